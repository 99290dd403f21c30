/*
 * One value of any type as bytes without pointers, for places that cannot hold a vector: packed
 * rows store arrays, maps and rows so. The format is the process's own (native byte order, no
 * version) and only read back by this module.
 */
#pragma once

#include "base/buffer.h"
#include "warren/vector.h"

void nested_bytes_append(ByteString *bytes, const Vector *source, int32_t row);
/* Appends the value to a writable vector of the same type; gives the position after it. */
const char *nested_bytes_read(const char *bytes, Vector *target);
