/*
 * The state machine behind sentence.h, built from the grammar lists.
 *
 * There is a state for every word position of every phrase of every place in every sentence form,
 * so that what follows a word is always a table lookup and never a branch that the processor has to
 * guess.
 */
#include "generator/sentence.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "generator/distributions.h"
#include "generator/random.h"

enum {
    STATE_COUNT_MAX = 256,
    WORD_COUNT_MAX = 2048,
    BRANCH_COUNT_MAX = 5,
    WORD_BYTES_MAX = 14,
    STEP_BYTES_MAX = WORD_BYTES_MAX + 5
};

/* A value, once for each of its weight; a choice of grammar has no text and says which branch to
   take. */
typedef struct Word {
    char text[WORD_BYTES_MAX];
    uint8_t branch;
    uint8_t length;
} Word;

typedef struct State {
    uint16_t first_word;
    uint16_t word_count;
    uint16_t next[BRANCH_COUNT_MAX];
    uint16_t suffix_length;
    char suffix[8];
} State;

static Word words[WORD_COUNT_MAX];
static State states[STATE_COUNT_MAX];
static uint32_t state_count;
static struct { uint16_t first, count; } lists[LIST_COUNT];

/* ---- building ---- */

static void add_words(uint32_t *word_count, ValueList list, bool is_choice) {
    int32_t value_count;
    const Value *values = distribution_values(list, &value_count);
    lists[list].first = (uint16_t)*word_count;
    for (int32_t i = 0; i < value_count; i++) {
        size_t length = is_choice ? 0 : strlen(values[i].text);
        assert(length <= WORD_BYTES_MAX);
        for (int32_t n = 0; n < values[i].weight; n++) {
            assert(*word_count < WORD_COUNT_MAX);
            Word *word = &words[(*word_count)++];
            memcpy(word->text, values[i].text, length);
            word->branch = (uint8_t)(is_choice ? i : 0);
            word->length = (uint8_t)length;
        }
    }
    lists[list].count = (uint16_t)(*word_count - lists[list].first);
}

/* A state whose every branch leads to `next` until told otherwise. */
static uint32_t add_state(ValueList list, const char *suffix, uint32_t next) {
    assert(state_count < STATE_COUNT_MAX);
    State *state = &states[state_count];
    state->first_word = lists[list].first;
    state->word_count = lists[list].count;
    state->suffix_length = (uint16_t)strlen(suffix);
    memcpy(state->suffix, suffix, strlen(suffix));
    for (int32_t i = 0; i < BRANCH_COUNT_MAX; i++) {
        state->next[i] = (uint16_t)next;
    }
    return state_count++;
}

static ValueList list_of_letter(char letter) {
    switch (letter) {
    case 'N':
        return LIST_NOUNS;
    case 'V':
        return LIST_VERBS;
    case 'J':
        return LIST_ADJECTIVES;
    case 'D':
        return LIST_ADVERBS;
    default:
        assert(letter == 'X');
        return LIST_AUXILIARIES;
    }
}

/* One form of a phrase ("J, J N"), built from its end; the blank behind its last word is
   `last_suffix`. */
static uint32_t add_phrase_form(const char *form, const char *last_suffix, uint32_t next) {
    const char *suffix = last_suffix;
    for (size_t i = strlen(form); i-- > 0;) {
        if (form[i] == ',') {
            suffix = ", ";
        } else if (form[i] != ' ') {
            next = add_state(list_of_letter(form[i]), suffix, next);
            suffix = " ";
        }
    }
    return next;
}

static uint32_t add_phrase(ValueList forms, const char *last_suffix, uint32_t next) {
    int32_t form_count;
    const Value *form = distribution_values(forms, &form_count);
    uint32_t choice = add_state(forms, "", next);
    for (int32_t i = 0; i < form_count; i++) {
        states[choice].next[i] = (uint16_t)add_phrase_form(form[i].text, last_suffix, next);
    }
    return choice;
}

/* One form of a sentence ("N V P T"), built from its end. A terminator takes the place of the blank
   before it. */
static uint32_t add_sentence_form(const char *form) {
    uint32_t next = SENTENCE_BEGIN;
    const char *last_suffix = " ";
    for (size_t i = strlen(form); i-- > 0;) {
        switch (form[i]) {
        case 'T':
            next = add_state(LIST_TERMINATORS, " ", next);
            last_suffix = "";
            continue;
        case 'N':
            next = add_phrase(LIST_NOUN_PHRASES, last_suffix, next);
            break;
        case 'V':
            next = add_phrase(LIST_VERB_PHRASES, last_suffix, next);
            break;
        case 'P':
            next = add_phrase(LIST_NOUN_PHRASES, last_suffix, next);
            next = add_state(LIST_PREPOSITIONS, " the ", next);
            break;
        default:
            continue;
        }
        last_suffix = " ";
    }
    return next;
}

void sentence_init(void) {
    uint32_t word_count = 0;
    for (int32_t list = 0; list < LIST_COUNT; list++) {
        if (list >= LIST_SENTENCES) {
            add_words(&word_count, (ValueList)list, list <= LIST_VERB_PHRASES);
        }
    }
    state_count = 0;
    int32_t form_count;
    const Value *form = distribution_values(LIST_SENTENCES, &form_count);
    assert(form_count == BRANCH_COUNT_MAX);
    uint32_t begin = add_state(LIST_SENTENCES, "", 0);
    assert(begin == SENTENCE_BEGIN);
    for (int32_t i = 0; i < form_count; i++) {
        states[begin].next[i] = (uint16_t)add_sentence_form(form[i].text);
    }
}

/* ---- walking ---- */

static inline __attribute__((always_inline)) void step(Walk *walk) {
    const State *state = &states[walk->state];
    walk->seed = random_multiply(walk->seed, RANDOM_MULTIPLIER);
    uint64_t product = (uint64_t)walk->seed * state->word_count;
    uint32_t i = (uint32_t)((product + (product >> 31) + 1) >>
                            31); /* random.c says why this is the same number */
    const Word *word = &words[state->first_word + i];
    memcpy(walk->out, word->text, WORD_BYTES_MAX);
    walk->out += word->length;
    memcpy(walk->out, state->suffix, sizeof state->suffix);
    walk->out += state->suffix_length;
    walk->state = state->next[word->branch];
}

void sentence_step(Walk *walk) {
    step(walk);
}

void sentence_fill(Walk walks[SENTENCE_LANES]) {
    Walk a = walks[0], b = walks[1], c = walks[2], d = walks[3];
    for (;;) {
        ptrdiff_t room = a.end - a.out;
        room = b.end - b.out < room ? b.end - b.out : room;
        room = c.end - c.out < room ? c.end - c.out : room;
        room = d.end - d.out < room ? d.end - d.out : room;
        ptrdiff_t steps = room / STEP_BYTES_MAX;
        if (steps <= 0) {
            break;
        }
        for (ptrdiff_t i = 0; i < steps; i++) {
            step(&a);
            step(&b);
            step(&c);
            step(&d);
        }
    }
    Walk rest[SENTENCE_LANES] = {a, b, c, d};
    for (int32_t lane = 0; lane < SENTENCE_LANES; lane++) {
        while (rest[lane].out < rest[lane].end) {
            step(&rest[lane]);
        }
        walks[lane] = rest[lane];
    }
}
