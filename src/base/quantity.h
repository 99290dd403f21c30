/*
 * Data sizes and durations as Trino's configuration writes them and its messages print them: "5GB",
 * "1.5m", "50.92kB". Parsers take the whole text (surrounding spaces allowed), are case-sensitive
 * about the unit and do not touch the result on failure. Printers write into the caller's buffer of
 * QUANTITY_TEXT_MAX bytes and return it.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { QUANTITY_TEXT_MAX = 48 };

bool data_size_parse(const char *text, int64_t *ret_bytes);      /* B, kB, MB, GB, TB, PB */
bool duration_parse(const char *text, int64_t *ret_nanoseconds); /* ns, us, ms, s, m, h, d */

/*
 * The largest unit in which the size is at least 1, two decimals unless whole: "20GB", "50.92kB",
 * "0B".
 */
char *data_size_print(int64_t bytes, char *buffer);
/*
 * The largest unit in which the duration is at least 1, always two decimals: "28.76m", "1.00s",
 * "0.00ns".
 */
char *duration_print(int64_t nanoseconds, char *buffer);
/* In the unit given ("ms"), as Trino prints a duration that keeps its unit: "5.00m". */
char *duration_print_in(int64_t nanoseconds, const char *unit, char *buffer);
