/*
 * Walks the grammar from the place of an error and records what was wanted at the furthest token.
 *
 * Some rules are reported by a name of their own: entering one records the name, and what it starts
 * with is then suppressed. Results of a rule at a token are remembered, whether or not it was
 * entered suppressed; that decides whether a name appears twice or not at all, so the order of the
 * walk is fixed: last alternative first.
 */
#include "expectation.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 2 * 1000 * 1000, DEPTH_MAX = 3000, BUCKETS = 1 << 12 };

/* Token positions at which a rule can end. */
typedef struct EndList {
    int32_t count;
    int32_t capacity;
    int32_t *tokens;
} EndList;

/* A remembered walk: of `state` from a token with a precedence. */
typedef struct Memo {
    int32_t state;
    int32_t token_index;
    int32_t precedence;
    EndList ends;
    struct Memo *next_in_bucket;
} Memo;

typedef struct Place {
    int32_t state;
    int32_t token_index;
    bool suppressed;
} Place;

typedef struct Walk {
    Arena *arena;
    const Grammar *grammar;
    const TokenList *list;
    int32_t last_token;
    int32_t furthest;
    int32_t name_count;
    const char *names[TOKEN_KIND_COUNT + RULE_COUNT];
    int64_t steps;
    int32_t depth;
    bool gave_up;
    Memo *buckets[BUCKETS];
} Walk;

static const char *rule_label(RuleId rule) {
    switch (rule) {
    case RULE_expression:
    case RULE_boolean_expression:
    case RULE_value_expression:
    case RULE_primary_expression:
        return "<expression>";
    case RULE_predicate:
        return "<predicate>";
    case RULE_identifier:
        return "<identifier>";
    case RULE_string:
        return "<string>";
    case RULE_query:
        return "<query>";
    case RULE_type:
        return "<type>";
    default:
        return NULL;
    }
}

static const char *token_label(Walk *walk, TokenKind kind) {
    switch (kind) {
    case TOKEN_END:
        return "<EOF>";
    case TOKEN_INTEGER_VALUE:
        return "<integer>";
    case TOKEN_NEQ:
        return "NEQ";
    case TOKEN_IDENTIFIER:
        return "IDENTIFIER";
    case TOKEN_DIGIT_IDENTIFIER:
        return "DIGIT_IDENTIFIER";
    case TOKEN_QUOTED_IDENTIFIER:
        return "QUOTED_IDENTIFIER";
    case TOKEN_BACKQUOTED_IDENTIFIER:
        return "BACKQUOTED_IDENTIFIER";
    case TOKEN_STRING:
        return "STRING";
    case TOKEN_UNICODE_STRING:
        return "UNICODE_STRING";
    case TOKEN_DOLLAR_STRING:
        return "DOLLAR_STRING";
    case TOKEN_BINARY_LITERAL:
        return "BINARY_LITERAL";
    case TOKEN_DECIMAL_VALUE:
        return "DECIMAL_VALUE";
    case TOKEN_DOUBLE_VALUE:
        return "DOUBLE_VALUE";
    default:
        return arena_printf(walk->arena, "'%s'", token_kind_text(kind));
    }
}

/* ---- recording ---- */

static bool counts(Walk *walk, int32_t token_index) {
    if (token_index < walk->furthest) {
        return false;
    }
    if (token_index > walk->furthest) {
        walk->furthest = token_index;
        walk->name_count = 0;
    }
    return true;
}

static void add_name(Walk *walk, const char *name) {
    for (int32_t i = 0; i < walk->name_count; i++) {
        if (strcmp(walk->names[i], name) == 0) {
            return;
        }
    }
    walk->names[walk->name_count++] = name;
}

static void record_tokens(Walk *walk, int32_t token_index, const TokenSet *tokens) {
    if (!counts(walk, token_index)) {
        return;
    }
    for (int kind = 0; kind < TOKEN_KIND_COUNT; kind++) {
        if (token_set_has(tokens, (TokenKind)kind)) {
            add_name(walk, token_label(walk, (TokenKind)kind));
        }
    }
}

/* ---- small lists ---- */

static void ends_add(Walk *walk, EndList *ends, int32_t token_index) {
    for (int32_t i = 0; i < ends->count; i++) {
        if (ends->tokens[i] == token_index) {
            return;
        }
    }
    if (ends->count == ends->capacity) {
        int32_t capacity = ends->capacity == 0 ? 4 : ends->capacity * 2;
        int32_t *tokens = arena_new_array(walk->arena, int32_t, capacity);
        if (ends->count > 0) {
            memcpy(tokens, ends->tokens, sizeof(int32_t) * (size_t)ends->count);
        }
        ends->tokens = tokens;
        ends->capacity = capacity;
    }
    ends->tokens[ends->count++] = token_index;
}

/* The places of one walk still to visit, and the ones visited. */
typedef struct Places {
    int32_t count;
    int32_t capacity;
    Place *items;
} Places;

static void places_push(Walk *walk, Places *places, Place place) {
    if (places->count == places->capacity) {
        int32_t capacity = places->capacity == 0 ? 16 : places->capacity * 2;
        Place *items = arena_new_array(walk->arena, Place, capacity);
        if (places->count > 0) {
            memcpy(items, places->items, sizeof(Place) * (size_t)places->count);
        }
        places->items = items;
        places->capacity = capacity;
    }
    places->items[places->count++] = place;
}

static Memo *find_memo(Walk *walk, int32_t state, int32_t token_index, int32_t precedence) {
    uint32_t hash = (uint32_t)state * 2654435761u ^ (uint32_t)token_index * 40503u;
    Memo **bucket = &walk->buckets[(hash >> 12) % BUCKETS];
    for (Memo *memo = *bucket; memo != NULL; memo = memo->next_in_bucket) {
        if (memo->state == state && memo->token_index == token_index &&
            memo->precedence == precedence) {
            return memo;
        }
    }
    Memo *memo = arena_new(walk->arena, Memo);
    *memo = (Memo){state, token_index, precedence, {-1, 0, NULL}, *bucket};
    *bucket = memo;
    return memo;
}

/* ---- walking ---- */

static EndList walk_rule(Walk *walk, Place start, int32_t precedence);

static void take_transition(Walk *walk, Places *active, const Place *place,
                            const Transition *transition, int32_t precedence) {
    Place next = *place;
    next.state = transition->target;
    switch (transition->kind) {
    case TRANSITION_RULE: {
        EndList ends = walk_rule(walk, next, transition->precedence);
        for (int32_t i = 0; i < ends.count; i++) {
            bool suppressed = place->suppressed && ends.tokens[i] == place->token_index;
            places_push(walk, active, (Place){transition->follow, ends.tokens[i], suppressed});
        }
        break;
    }
    case TRANSITION_PRECEDENCE:
        if (precedence < transition->precedence) {
            places_push(walk, active, next);
        }
        break;
    case TRANSITION_EPSILON:
        places_push(walk, active, next);
        break;
    case TRANSITION_TOKENS: {
        TokenKind kind = walk->list->tokens[place->token_index].kind;
        bool matches = token_set_has(&transition->tokens, kind);
        if (matches && place->token_index < walk->last_token) {
            next.token_index++;
            next.suppressed = false;
            places_push(walk, active, next);
        } else if (!place->suppressed) {
            record_tokens(walk, place->token_index, &transition->tokens);
        }
        break;
    }
    }
}

static EndList walk_places(Walk *walk, Place start, int32_t precedence) {
    EndList ends = {0};
    Places active = {0};
    places_push(walk, &active, start);
    while (active.count > 0 && !walk->gave_up) {
        Place place = active.items[--active.count];
        const State *state = &walk->grammar->states[place.state];
        if (++walk->steps > STEPS_MAX) {
            walk->gave_up = true;
        }
        if (place.state == walk->grammar->rules[state->rule].start) {
            const char *label = rule_label(state->rule);
            if (label != NULL) {
                if (!place.suppressed && counts(walk, place.token_index)) {
                    add_name(walk, label);
                }
                place.suppressed = true;
            }
        }
        if (state->is_stop) {
            ends_add(walk, &ends, place.token_index);
            continue;
        }
        for (int32_t i = 0; i < state->transition_count; i++) {
            take_transition(walk, &active, &place, &state->transitions[i], precedence);
        }
    }
    return ends;
}

static EndList walk_rule(Walk *walk, Place start, int32_t precedence) {
    Memo *memo = find_memo(walk, start.state, start.token_index, precedence);
    if (memo->ends.count >= 0) {
        return memo->ends;
    }
    if (++walk->depth > DEPTH_MAX) {
        walk->gave_up = true;
        return (EndList){0};
    }
    EndList ends = walk_places(walk, start, precedence);
    walk->depth--;
    memo->ends = ends;
    return ends;
}

/* Can `target` be come to from the start of its rule without a token? Then the walk had better
 * start there. */
static bool reachable_from_start(Walk *walk, int32_t target) {
    const Grammar *grammar = walk->grammar;
    bool *visited = arena_new_array(walk->arena, bool, grammar->state_count);
    Places active = {0};
    places_push(walk, &active,
                (Place){.state = grammar->rules[grammar->states[target].rule].start});
    while (active.count > 0) {
        int32_t at = active.items[--active.count].state;
        if (at == target) {
            return true;
        }
        if (visited[at]) {
            continue;
        }
        visited[at] = true;
        const State *state = &grammar->states[at];
        for (int32_t i = 0; i < state->transition_count; i++) {
            if (state->transitions[i].kind != TRANSITION_TOKENS) {
                places_push(walk, &active, (Place){.state = state->transitions[i].target});
            }
        }
        const RuleDefinition *rule = &grammar->rules[state->rule];
        for (int32_t i = 0; state->is_stop && i < rule->link_count; i++) {
            places_push(walk, &active, (Place){.state = rule->links[i].state});
        }
    }
    return false;
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

bool expectation_find(Arena *arena, const Grammar *grammar, const TokenList *list, int32_t state,
                      const Frame *frame, int32_t token_index, int32_t last_token,
                      Expectation *ret_expectation) {
    Walk *walk = arena_new(arena, Walk);
    walk->arena = arena;
    walk->grammar = grammar;
    walk->list = list;
    walk->last_token = last_token;
    walk->furthest = -1;
    if (reachable_from_start(walk, state)) {
        state = grammar->rules[grammar->states[state].rule].start;
    }
    EndList ends = walk_rule(walk, (Place){state, token_index, false}, 0);
    while (ends.count > 0 && frame->invoking_state >= 0 && !walk->gave_up) {
        EndList next = {0};
        int32_t follow = grammar->states[frame->invoking_state].transitions[0].follow;
        for (int32_t i = 0; i < ends.count; i++) {
            EndList more = walk_rule(walk, (Place){follow, ends.tokens[i], false}, 0);
            for (int32_t m = 0; m < more.count; m++) {
                ends_add(walk, &next, more.tokens[m]);
            }
        }
        frame = frame->parent;
        ends = next;
    }
    qsort(walk->names, (size_t)walk->name_count, sizeof(char *), compare_names);
    *ret_expectation = (Expectation){walk->furthest, walk->name_count, walk->names};
    return !walk->gave_up && walk->name_count > 0;
}
