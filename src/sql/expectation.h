/*
 * What could have stood at the place of a syntax error: the "Expecting" list.
 */
#pragma once

#include "prediction.h"

typedef struct Expectation {
    int32_t token_index; /* the furthest token that some way through the grammar came to */
    int32_t count;
    const char **names; /* sorted: "'SELECT'", "<expression>" */
} Expectation;

/*
 * Follows every way through the grammar from `state` (of a rule called by `frame`'s) over the
 * tokens from `token_index`, none beyond `last_token`, and collects what the ways that came
 * furthest wanted next. False if that is too much work.
 */
bool expectation_find(Arena *arena, const Grammar *grammar, const TokenList *list, int32_t state,
                      const Frame *frame, int32_t token_index, int32_t last_token,
                      Expectation *ret_expectation);
