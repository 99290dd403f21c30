/*
 * Choosing an alternative of a decision as Trino's generated parser does: all alternatives are
 * followed through the coming tokens at once until one is left.
 *
 * First without the calling context (whatever may follow a rule anywhere may follow it here), then,
 * if that leaves several, with it. Where a wrong text is noticed, and by which rule, depends on
 * exactly this.
 */
#pragma once

#include "grammar.h"

typedef struct Frame {
    RuleId rule;
    int32_t invoking_state; /* of the caller, or -1 */
    int32_t precedence;
    const struct Frame *parent;
} Frame;

typedef struct Predictor Predictor;

Predictor *predictor_create(Arena *arena, const Grammar *grammar, const TokenList *list);

typedef enum PredictionResult {
    PREDICTION_OK,
    PREDICTION_NONE,    /* no alternative fits */
    PREDICTION_GAVE_UP, /* the text is too ambiguous to follow within reason */
} PredictionResult;

/*
 * The alternative (from 0; the last is the exit of an optional part or loop) at `state` for the
 * tokens from `position`. For PREDICTION_NONE ret_offending is the token at which the last
 * alternative failed. `decision` indexes a cache.
 */
PredictionResult predictor_choose(Predictor *predictor, int32_t decision, int32_t state,
                                  bool is_precedence_loop, const Frame *frame, int32_t position,
                                  int32_t *ret_alternative, int32_t *ret_offending);
/* The last token that was looked at. */
int32_t predictor_furthest(const Predictor *predictor);
