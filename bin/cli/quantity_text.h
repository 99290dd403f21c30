/*
 * Counts, sizes and times in three digits and a unit, as Trino's command line writes them.
 */
#pragma once

#include <stdbool.h>

/* Small enough to be handed around by value. */
typedef struct ShortText {
    char text[32];
} ShortText;

ShortText count_text(double count);                                     /* 1.5M */
ShortText size_text(double bytes, bool is_decimal, bool has_byte_sign); /* 1.5M, 1.5MB */
ShortText seconds_text(long milliseconds);                              /* 0:17 */
ShortText final_seconds_text(long milliseconds); /* 0.22, from a minute on 1:05 */
ShortText grouped_text(long long number);        /* 1,234 */

/* 0 where time is 0. */
double rate_per_second(double amount, double milliseconds);
