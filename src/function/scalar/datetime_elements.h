/*
 * What datetime_pattern.c compiles and prints and datetime_parse.c parses: the elements of a
 * pattern. Also the English names of months and days, and zone names from ICU.
 */
#pragma once

#include "base/buffer.h"
#include "function/scalar/moment.h"

typedef enum ElementKind {
    ELEMENT_LITERAL,
    ELEMENT_ERA,
    ELEMENT_CENTURY,
    ELEMENT_YEAR,
    ELEMENT_YEAR_2,
    ELEMENT_WEEK_YEAR,
    ELEMENT_WEEK_YEAR_2,
    ELEMENT_WEEK,
    ELEMENT_WEEKDAY,
    ELEMENT_DAY_SHORT,
    ELEMENT_DAY_NAME,
    ELEMENT_DAY_OF_YEAR,
    ELEMENT_MONTH,
    ELEMENT_MONTH_SHORT,
    ELEMENT_MONTH_NAME,
    ELEMENT_DAY,
    ELEMENT_HALF,
    ELEMENT_HOUR,
    ELEMENT_HOUR_11,
    ELEMENT_HOUR_12,
    ELEMENT_HOUR_24,
    ELEMENT_MINUTE,
    ELEMENT_SECOND,
    ELEMENT_FRACTION,
    ELEMENT_OFFSET,
    ELEMENT_OFFSET_COLON,
    ELEMENT_ZONE_ID,
    ELEMENT_ZONE_NAME,
    ELEMENT_KIND_COUNT,
} ElementKind;

typedef struct DateTimeElement {
    ElementKind kind;
    int32_t digits, digits_max;
    const char *literal;
    size_t literal_size;
} DateTimeElement;

struct DateTimePattern {
    DateTimeElement *elements;
    int32_t count, capacity;
};

extern const char *const month_names[12], *const day_names[7];

/* Appends "CET" or "Central European Time" as of an instant. */
void zone_display_name(const char *zone, int64_t utc_seconds, bool is_long, ByteString *out);
