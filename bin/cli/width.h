/*
 * How many columns of a terminal a text takes.
 */
#pragma once

#include <stddef.h>

/* Escape sequences and combining marks take none, East Asian wide characters two. */
size_t console_width(const char *bytes, size_t size);

/* The widest of the text's lines. */
size_t console_line_width(const char *bytes, size_t size);
