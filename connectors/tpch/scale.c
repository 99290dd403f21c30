/*
 * Reads scale factors. What follows "sf" may be all that Java reads as a double: blanks around it,
 * a sign, a trailing f or d, hexadecimal with an exponent. strtod reads some more and some less, so
 * the text is checked first.
 */
#include "scale.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { NUMBER_BYTES_MAX = 400 };

static const char *skip_digits(const char *text, bool hexadecimal) {
    while (hexadecimal ? isxdigit((unsigned char)*text) : isdigit((unsigned char)*text)) {
        text++;
    }
    return text;
}

/* Behind an exponent that begins with `letter` (lower case), or where it is when there is none. */
static const char *skip_exponent(const char *text, char letter) {
    if (*text != letter) {
        return text;
    }
    const char *digits = text + 1 + (text[1] == '+' || text[1] == '-');
    const char *end = skip_digits(digits, false);
    return end > digits ? end : text;
}

/* Behind the number that `text` begins with, or NULL. Names are lower case. */
static const char *skip_number(const char *text) {
    text += *text == '+' || *text == '-';
    bool hexadecimal = strncmp(text, "0x", 2) == 0;
    const char *digits = text + (hexadecimal ? 2 : 0);
    const char *end = skip_digits(digits, hexadecimal);
    bool has_digits = end > digits;
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction, hexadecimal);
        has_digits = has_digits || end > fraction;
    }
    const char *behind = skip_exponent(end, hexadecimal ? 'p' : 'e');
    bool exponent_missing = hexadecimal && behind == end;
    return has_digits && !exponent_missing ? behind : NULL;
}

bool scale_parse(const char *schema, double *ret_scale) {
    if (strcmp(schema, "tiny") == 0) {
        *ret_scale = 0.01;
        return true;
    }
    if (strncmp(schema, "sf", 2) != 0) {
        return false;
    }
    const char *text = schema + 2;
    while (*text != '\0' && (unsigned char)*text <= ' ') {
        text++;
    }
    const char *end = skip_number(text);
    if (end == NULL || end - text >= NUMBER_BYTES_MAX) {
        return false;
    }
    char number[NUMBER_BYTES_MAX];
    memcpy(number, text, (size_t)(end - text));
    number[end - text] = '\0';
    end += *end == 'f' || *end == 'd';
    while (*end != '\0' && (unsigned char)*end <= ' ') {
        end++;
    }
    double scale = strtod(number, NULL);
    if (*end != '\0' || !(scale > 0)) {
        return false;
    }
    *ret_scale = scale;
    return true;
}
