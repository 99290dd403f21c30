/*
 * The sentences that every comment is cut from.
 *
 * A sentence is a walk through a small state machine: each state picks a word from a list, writes
 * it and its suffix, and leads to the next. The text is one long walk, but a walk can be joined at
 * any sentence's beginning when the random state there is known (text_pool_index). Several walks
 * are advanced together because one alone waits for memory.
 */
#pragma once

#include <stdint.h>

#define SENTENCE_SEED 933588178u

enum {
    SENTENCE_LANES = 4,    /* walks advanced together */
    SENTENCE_OVERRUN = 64, /* bytes that a walk may touch behind its end */
    SENTENCE_BEGIN = 0,    /* the state that begins a sentence */
};

typedef struct Walk {
    uint32_t seed;
    uint32_t state;
    char *out;
    char *end;
} Walk;

/* Has to run first; it may run again. */
void sentence_init(void);
/* One word (or one choice of grammar) further. */
void sentence_step(Walk *walk);
/* Writes until `out` has reached `end` in every walk. */
void sentence_fill(Walk walks[SENTENCE_LANES]);
