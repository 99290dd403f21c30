/*
 * The grammar of grammar_rules.def as a network of states, in the form in which Trino's parser
 * generator sees it.
 *
 * Only syntax errors need it: what Trino says about a wrong text depends on how its generated
 * parser got there and on everything reachable from that place. It is a constant, but one that is
 * computed: read-only once built.
 */
#pragma once

#include <assert.h>

#include "lexer.h"

typedef enum RuleId {
#define RULE(name, body) RULE_##name,
#include "grammar_rules.def"
    RULE_COUNT,
} RuleId;

enum { TOKEN_SET_WORDS = (TOKEN_KIND_COUNT + 63) / 64 };

typedef struct TokenSet {
    uint64_t words[TOKEN_SET_WORDS];
} TokenSet;

static inline bool token_set_has(const TokenSet *set, TokenKind kind) {
    return (set->words[kind / 64] >> (kind % 64) & 1) != 0;
}

/* ---- states and transitions ---- */

typedef enum TransitionKind {
    TRANSITION_EPSILON,
    TRANSITION_TOKENS,
    TRANSITION_RULE,
    TRANSITION_PRECEDENCE, /* open if the rule was called with at most this precedence */
} TransitionKind;

typedef struct Transition {
    TransitionKind kind;
    int32_t target;     /* state; for a rule its start state */
    int32_t follow;     /* of a rule: the state after it */
    int32_t precedence; /* of PRECEDENCE, and what a called rule gets */
    TokenSet tokens;
} Transition;

typedef struct State {
    RuleId rule;
    bool is_stop;
    int32_t transition_count;
    int32_t transition_capacity;
    Transition *transitions;
    /* Tokens that can come first from here within the rule, and whether its end can. */
    TokenSet first;
    bool reaches_end;
    /* The same, but not through precedence transitions, which are noted instead. */
    TokenSet first_plain;
    bool plain_reaches_end;
    bool meets_precedence;
} State;

/* Where a rule can return to. */
typedef struct ReturnLink {
    int32_t state;
    bool outermost; /* of a left-recursive rule called with precedence 0 */
} ReturnLink;

/* ---- the rules as trees, with the states of their parts ---- */

typedef enum ElementKind {
    ELEMENT_TOKENS, /* one of `tokens` */
    ELEMENT_RULE,
    ELEMENT_BLOCK,    /* (a | b) */
    ELEMENT_OPTIONAL, /* (a | b)? */
    ELEMENT_STAR,     /* (a | b)* */
    ELEMENT_PLUS,     /* (a | b)+ */
    ELEMENT_PRECEDENCE,
} ElementKind;

typedef struct Element Element;

typedef struct Alternative {
    int32_t count;
    Element **elements;
} Alternative;

struct Element {
    ElementKind kind;
    bool single_token; /* written as one token, not as a set */
    TokenSet tokens;
    RuleId rule;
    int32_t precedence;
    int32_t alternative_count;
    Alternative *alternatives;
    /* States; a loop has an entry where it decides, a loop back, and a block with its own decision.
     */
    int32_t left;
    int32_t right;
    int32_t block_start;
    int32_t loop_back;
    bool is_precedence_loop;
    bool is_ll1;       /* the decision (of a loop: whether to go on) takes one token */
    bool block_is_ll1; /* of a loop with several alternatives */
    int32_t decision;  /* index, for caches */
    int32_t block_decision;
};

typedef struct RuleDefinition {
    const char *name;
    bool left_recursive;
    int32_t start;
    int32_t stop;
    Alternative body; /* one BLOCK, or for a left-recursive rule a BLOCK and a STAR */
    int32_t link_count;
    int32_t link_capacity;
    ReturnLink *links;
    TokenSet follow;
    bool follow_meets_precedence;
} RuleDefinition;

typedef struct Grammar {
    Arena *arena;
    int32_t state_count;
    int32_t state_capacity;
    State *states;
    int32_t decision_count;
    RuleDefinition rules[RULE_COUNT];
} Grammar;

/* The grammar, built by the first caller and kept for the life of the process. Thread safe. */
const Grammar *grammar_get(void);
/* Tokens that choose alternative `state` starts with, its rule's end included through what may
 * follow. */
TokenSet grammar_look(const Grammar *grammar, int32_t state);
