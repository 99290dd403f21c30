/*
 * Floating point numbers as Java writes and reads them: Double.toString (result pages, messages,
 * json), the scientific form of CAST(... AS varchar), Double.parseDouble. Printers fill a buffer of
 * DOUBLE_TEXT_MAX bytes, NUL-terminated, and give the length. Pure functions; threads: any.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOUBLE_TEXT_MAX = 32 };

/* "1.0", "1.0E10", "-0.0", "4.9E-324", "NaN", "Infinity": plain for 1e-3 <= abs < 1e7. */
int double_print(double value, char *buffer);
int real_print(float value, char *buffer);

/* CAST to varchar: "1.0E0", "3.0000000000000004E-1", "0E0", "-0E0"; real has at most 7 digits. */
int double_print_cast(double value, char *buffer);
int real_print_cast(float value, char *buffer);

/*
 * The shortest decimal that reads back as |value| (finite, not 0), as Java chooses it: digits *
 * 10^exponent, digits without trailing zeros.
 */
void double_shortest(double value, uint64_t *ret_digits, int *ret_exponent);
void real_shortest(float value, uint64_t *ret_digits, int *ret_exponent);

/*
 * The whole text, but for characters up to space around it: [sign] decimal, hexadecimal, NaN or
 * Infinity, [fFdD].
 */
bool double_parse(const char *text, size_t size, double *ret_value);
bool real_parse(const char *text, size_t size, float *ret_value);
