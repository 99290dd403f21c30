/*
 * Date/time patterns: Joda-Time's letters (format_datetime) and MySQL's percents (date_format),
 * compiled into one list of elements that both prints and parses.
 */
#pragma once

#include "base/buffer.h"
#include "function/scalar/moment.h"

typedef struct DateTimePattern DateTimePattern;

/* In `arena`; NULL and *ret_problem (in the arena) when the pattern is malformed. */
DateTimePattern *pattern_of_joda(Arena *arena, const char *text, size_t size,
                                 const char **ret_problem);
DateTimePattern *pattern_of_mysql(Arena *arena, const char *text, size_t size,
                                  const char **ret_problem);

bool pattern_has_zone(const DateTimePattern *pattern); /* it names an offset or a zone */
void pattern_print(const DateTimePattern *pattern, const Moment *moment, bool zoned,
                   ByteString *out);

/*
 * Parses the whole text. moment->zone is the zone to use when the text has none. NULL on success,
 * else the message of what is wrong, in the arena. `instant` false: local fields are taken as they
 * are, without zone.
 */
const char *pattern_parse(const DateTimePattern *pattern, Arena *arena, const char *text,
                          size_t size, bool instant, Moment *moment);
/* Joda's message for text that cannot be understood from `at` on. */
const char *invalid_format_message(Arena *arena, const char *text, size_t size, size_t at);
