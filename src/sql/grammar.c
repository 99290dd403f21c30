/*
 * Builds the grammar network: bodies to trees, left recursion to loops, trees to states, then the
 * first and follow sets.
 *
 * Left-recursive rules become what the generator makes of them: the alternatives that do not start
 * with the rule itself, then a loop over the rest, guarded by precedence; an earlier alternative
 * binds tighter.
 */
#include "grammar.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

typedef struct Reader {
    Grammar *grammar;
    const char *text;
} Reader;

static const char *const rule_bodies[RULE_COUNT] = {
#define RULE(name, body) [RULE_##name] = body,
#include "grammar_rules.def"
};

static const char *const rule_names[RULE_COUNT] = {
#define RULE(name, body) [RULE_##name] = #name,
#include "grammar_rules.def"
};

/* ---- token sets ---- */

static void token_set_add(TokenSet *set, TokenKind kind) {
    set->words[kind / 64] |= (uint64_t)1 << (kind % 64);
}

static bool token_set_merge(TokenSet *set, const TokenSet *other) {
    bool changed = false;
    for (int i = 0; i < TOKEN_SET_WORDS; i++) {
        changed |= (other->words[i] & ~set->words[i]) != 0;
        set->words[i] |= other->words[i];
    }
    return changed;
}

static bool token_sets_meet(const TokenSet *left, const TokenSet *right) {
    for (int i = 0; i < TOKEN_SET_WORDS; i++) {
        if ((left->words[i] & right->words[i]) != 0) {
            return true;
        }
    }
    return false;
}

/* ---- reading bodies ---- */

static Alternative *read_alternatives(Reader *reader, int32_t *ret_count);

static void skip_space(Reader *reader) {
    while (*reader->text == ' ') {
        reader->text++;
    }
}

static TokenKind named_token(const char *word, size_t size) {
    static const struct {
        const char *name;
        TokenKind kind;
    } names[] = {
        {"EOF", TOKEN_END},
        {"IDENTIFIER", TOKEN_IDENTIFIER},
        {"DIGIT_IDENTIFIER", TOKEN_DIGIT_IDENTIFIER},
        {"QUOTED_IDENTIFIER", TOKEN_QUOTED_IDENTIFIER},
        {"BACKQUOTED_IDENTIFIER", TOKEN_BACKQUOTED_IDENTIFIER},
        {"STRING", TOKEN_STRING},
        {"UNICODE_STRING", TOKEN_UNICODE_STRING},
        {"DOLLAR_STRING", TOKEN_DOLLAR_STRING},
        {"BINARY_LITERAL", TOKEN_BINARY_LITERAL},
        {"INTEGER_VALUE", TOKEN_INTEGER_VALUE},
        {"DECIMAL_VALUE", TOKEN_DECIMAL_VALUE},
        {"DOUBLE_VALUE", TOKEN_DOUBLE_VALUE},
        {"STRING_WORD", KEYWORD_STRING},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i].name) == size && memcmp(names[i].name, word, size) == 0) {
            return names[i].kind;
        }
    }
    TokenKind keyword = keyword_find(word, size);
    assert(keyword != TOKEN_IDENTIFIER);
    return keyword;
}

static TokenKind punctuation_token(const char *text, size_t size) {
    for (TokenKind kind = TOKEN_EQ; kind < (TokenKind)TOKEN_KEYWORD_FIRST; kind++) {
        const char *candidate = token_kind_text(kind);
        if (strlen(candidate) == size && memcmp(candidate, text, size) == 0) {
            return kind;
        }
    }
    assert(false);
    return TOKEN_END;
}

static RuleId named_rule(const char *word, size_t size) {
    for (int i = 0; i < RULE_COUNT; i++) {
        if (strlen(rule_names[i]) == size && memcmp(rule_names[i], word, size) == 0) {
            return (RuleId)i;
        }
    }
    assert(false);
    return RULE_COUNT;
}

static Element *new_element(Reader *reader, ElementKind kind) {
    Element *element = arena_new(reader->grammar->arena, Element);
    element->kind = kind;
    return element;
}

static Element *read_word(Reader *reader) {
    const char *word = reader->text;
    while (isalnum((unsigned char)*reader->text) || *reader->text == '_') {
        reader->text++;
    }
    size_t size = (size_t)(reader->text - word);
    if (islower((unsigned char)*word)) {
        Element *element = new_element(reader, ELEMENT_RULE);
        element->rule = named_rule(word, size);
        return element;
    }
    Element *element = new_element(reader, ELEMENT_TOKENS);
    if (size == strlen("NON_RESERVED") && memcmp(word, "NON_RESERVED", size) == 0) {
        for (int kind = TOKEN_KEYWORD_FIRST; kind < TOKEN_KIND_COUNT; kind++) {
            if (token_is_non_reserved((TokenKind)kind)) {
                token_set_add(&element->tokens, (TokenKind)kind);
            }
        }
        return element;
    }
    element->single_token = true;
    token_set_add(&element->tokens, named_token(word, size));
    return element;
}

static Element *read_punctuation(Reader *reader) {
    const char *text = ++reader->text;
    const char *end = strchr(text, '\'');
    Element *element = new_element(reader, ELEMENT_TOKENS);
    element->single_token = true;
    token_set_add(&element->tokens, punctuation_token(text, (size_t)(end - text)));
    reader->text = end + 1;
    return element;
}

/* (A | B) of single tokens is one set, as the generator makes it. */
static bool reduce_to_set(Element *block) {
    if (block->alternative_count < 2) {
        return false;
    }
    for (int32_t i = 0; i < block->alternative_count; i++) {
        const Alternative *alternative = &block->alternatives[i];
        if (alternative->count != 1 || alternative->elements[0]->kind != ELEMENT_TOKENS ||
            !alternative->elements[0]->single_token) {
            return false;
        }
    }
    for (int32_t i = 0; i < block->alternative_count; i++) {
        token_set_merge(&block->tokens, &block->alternatives[i].elements[0]->tokens);
    }
    block->kind = ELEMENT_TOKENS;
    block->alternative_count = 0;
    return true;
}

static Element *block_of(Reader *reader, Element *inner) {
    Element *block = new_element(reader, ELEMENT_BLOCK);
    block->alternative_count = 1;
    block->alternatives = arena_new(reader->grammar->arena, Alternative);
    block->alternatives[0].count = 1;
    block->alternatives[0].elements = arena_new(reader->grammar->arena, Element *);
    block->alternatives[0].elements[0] = inner;
    return block;
}

static Element *read_element(Reader *reader) {
    Element *element;
    if (*reader->text == '(') {
        reader->text++;
        element = new_element(reader, ELEMENT_BLOCK);
        element->alternatives = read_alternatives(reader, &element->alternative_count);
        reader->text++; /* ')' */
        (void)reduce_to_set(element);
    } else if (*reader->text == '\'') {
        element = read_punctuation(reader);
    } else {
        element = read_word(reader);
    }
    const char *suffix = *reader->text == '\0' ? NULL : strchr("?*+", *reader->text);
    if (suffix != NULL) {
        if (element->kind != ELEMENT_BLOCK) {
            element = block_of(reader, element);
        }
        element->kind = *suffix == '?'   ? ELEMENT_OPTIONAL
                        : *suffix == '*' ? ELEMENT_STAR
                                         : ELEMENT_PLUS;
        reader->text++;
    }
    return element;
}

static Alternative read_alternative(Reader *reader) {
    enum { ELEMENTS_MAX = 48 };
    Element *elements[ELEMENTS_MAX];
    int32_t count = 0;
    for (;;) {
        skip_space(reader);
        if (*reader->text == '\0' || *reader->text == '|' || *reader->text == ')') {
            break;
        }
        assert(count < ELEMENTS_MAX);
        elements[count++] = read_element(reader);
    }
    Alternative alternative = {.count = count};
    alternative.elements =
        arena_copy(reader->grammar->arena, elements, sizeof(Element *) * (size_t)count);
    return alternative;
}

static Alternative *read_alternatives(Reader *reader, int32_t *ret_count) {
    enum { ALTERNATIVES_MAX = 128 };
    Alternative alternatives[ALTERNATIVES_MAX];
    int32_t count = 0;
    for (;;) {
        assert(count < ALTERNATIVES_MAX);
        alternatives[count++] = read_alternative(reader);
        skip_space(reader);
        if (*reader->text != '|') {
            break;
        }
        reader->text++;
    }
    *ret_count = count;
    return arena_copy(reader->grammar->arena, alternatives, sizeof(Alternative) * (size_t)count);
}

/* ---- left recursion ---- */

static bool is_rule(const Element *element, RuleId rule) {
    return element->kind == ELEMENT_RULE && element->rule == rule;
}

/* `r op r` or `r op` without its first part, guarded by its precedence. */
static Alternative operator_alternative(Reader *reader, RuleId rule, const Alternative *from,
                                        int32_t precedence) {
    Alternative alternative = {.count = from->count};
    alternative.elements = arena_new_array(reader->grammar->arena, Element *, from->count);
    Element *guard = new_element(reader, ELEMENT_PRECEDENCE);
    guard->precedence = precedence;
    alternative.elements[0] = guard;
    for (int32_t i = 1; i < from->count; i++) {
        alternative.elements[i] = from->elements[i];
    }
    Element *last = from->elements[from->count - 1];
    if (from->count > 1 && is_rule(last, rule)) {
        last->precedence = precedence + 1;
    }
    return alternative;
}

static void eliminate_left_recursion(Reader *reader, RuleId rule, Element *block) {
    RuleDefinition *definition = &reader->grammar->rules[rule];
    int32_t count = block->alternative_count;
    Element *loop = new_element(reader, ELEMENT_STAR);
    loop->alternatives = arena_new_array(reader->grammar->arena, Alternative, count);
    int32_t primary_count = 0;
    for (int32_t i = 0; i < count; i++) {
        Alternative *alternative = &block->alternatives[i];
        Element *last = alternative->elements[alternative->count - 1];
        int32_t precedence = count - i;
        if (is_rule(alternative->elements[0], rule)) {
            loop->alternatives[loop->alternative_count++] =
                operator_alternative(reader, rule, alternative, precedence);
        } else {
            if (is_rule(last, rule)) {
                last->precedence = precedence;
            }
            block->alternatives[primary_count++] = *alternative;
        }
    }
    block->alternative_count = primary_count;
    if (loop->alternative_count > 0) {
        loop->is_precedence_loop = true;
        definition->left_recursive = true;
        definition->body.count = 2;
        definition->body.elements[1] = loop;
    }
}

static void read_rule(Reader *reader, RuleId rule) {
    RuleDefinition *definition = &reader->grammar->rules[rule];
    reader->text = rule_bodies[rule];
    definition->name = rule_names[rule];
    Element *block = new_element(reader, ELEMENT_BLOCK);
    block->alternatives = read_alternatives(reader, &block->alternative_count);
    assert(*reader->text == '\0');
    definition->body.elements = arena_new_array(reader->grammar->arena, Element *, 2);
    definition->body.elements[0] = block;
    definition->body.count = 1;
    if (!reduce_to_set(block)) {
        eliminate_left_recursion(reader, rule, block);
    }
}

/* ---- states ---- */

static int32_t new_state(Grammar *grammar, RuleId rule) {
    if (grammar->state_count == grammar->state_capacity) {
        int32_t capacity = grammar->state_capacity == 0 ? 1024 : grammar->state_capacity * 2;
        State *states = arena_new_array(grammar->arena, State, capacity);
        if (grammar->state_count > 0) {
            memcpy(states, grammar->states, sizeof(State) * (size_t)grammar->state_count);
        }
        grammar->states = states;
        grammar->state_capacity = capacity;
    }
    grammar->states[grammar->state_count] = (State){.rule = rule};
    return grammar->state_count++;
}

static Transition *add_transition(Grammar *grammar, int32_t from, TransitionKind kind,
                                  int32_t target) {
    State *state = &grammar->states[from];
    if (state->transition_count == state->transition_capacity) {
        int32_t capacity = state->transition_capacity == 0 ? 2 : state->transition_capacity * 4;
        Transition *larger = arena_new_array(grammar->arena, Transition, capacity);
        if (state->transition_count > 0) {
            memcpy(larger, state->transitions,
                   sizeof(Transition) * (size_t)state->transition_count);
        }
        state->transitions = larger;
        state->transition_capacity = capacity;
    }
    Transition *transition = &state->transitions[state->transition_count++];
    *transition = (Transition){.kind = kind, .target = target};
    return transition;
}

static void add_epsilon(Grammar *grammar, int32_t from, int32_t to) {
    (void)add_transition(grammar, from, TRANSITION_EPSILON, to);
}

static void build_element(Grammar *grammar, RuleId rule, Element *element);

static void build_alternative(Grammar *grammar, RuleId rule, const Alternative *alternative,
                              int32_t from, int32_t to) {
    int32_t at = from;
    for (int32_t i = 0; i < alternative->count; i++) {
        Element *element = alternative->elements[i];
        build_element(grammar, rule, element);
        add_epsilon(grammar, at, element->left);
        at = element->right;
    }
    add_epsilon(grammar, at, to);
}

static void build_alternatives(Grammar *grammar, RuleId rule, const Element *element, int32_t from,
                               int32_t to) {
    for (int32_t i = 0; i < element->alternative_count; i++) {
        build_alternative(grammar, rule, &element->alternatives[i], from, to);
    }
}

static void build_loop(Grammar *grammar, RuleId rule, Element *element) {
    int32_t block_end = new_state(grammar, rule);
    element->block_start = new_state(grammar, rule);
    element->loop_back = new_state(grammar, rule);
    element->right = new_state(grammar, rule);
    element->block_decision = grammar->decision_count++;
    build_alternatives(grammar, rule, element, element->block_start, block_end);
    add_epsilon(grammar, block_end, element->loop_back);
    if (element->kind == ELEMENT_STAR) {
        element->left = new_state(grammar, rule); /* the entry, where it decides */
        add_epsilon(grammar, element->left, element->block_start);
        add_epsilon(grammar, element->left, element->right);
        add_epsilon(grammar, element->loop_back, element->left);
    } else {
        element->left = element->block_start;
        add_epsilon(grammar, element->loop_back, element->block_start);
        add_epsilon(grammar, element->loop_back, element->right);
    }
}

static void build_element(Grammar *grammar, RuleId rule, Element *element) {
    element->decision = grammar->decision_count++;
    if (element->kind == ELEMENT_STAR || element->kind == ELEMENT_PLUS) {
        build_loop(grammar, rule, element);
        return;
    }
    element->left = new_state(grammar, rule);
    element->right = new_state(grammar, rule);
    Transition *transition;
    switch (element->kind) {
    case ELEMENT_TOKENS:
        transition = add_transition(grammar, element->left, TRANSITION_TOKENS, element->right);
        transition->tokens = element->tokens;
        break;
    case ELEMENT_RULE:
        transition = add_transition(grammar, element->left, TRANSITION_RULE,
                                    grammar->rules[element->rule].start);
        transition->follow = element->right;
        transition->precedence = element->precedence;
        break;
    case ELEMENT_PRECEDENCE:
        transition = add_transition(grammar, element->left, TRANSITION_PRECEDENCE, element->right);
        transition->precedence = element->precedence;
        break;
    default:
        build_alternatives(grammar, rule, element, element->left, element->right);
        if (element->kind == ELEMENT_OPTIONAL) {
            add_epsilon(grammar, element->left, element->right);
        }
        break;
    }
}

static void add_link(Grammar *grammar, RuleDefinition *rule, ReturnLink link) {
    if (rule->link_count == rule->link_capacity) {
        int32_t capacity = rule->link_capacity == 0 ? 4 : rule->link_capacity * 2;
        ReturnLink *larger = arena_new_array(grammar->arena, ReturnLink, capacity);
        if (rule->link_count > 0) {
            memcpy(larger, rule->links, sizeof(ReturnLink) * (size_t)rule->link_count);
        }
        rule->links = larger;
        rule->link_capacity = capacity;
    }
    rule->links[rule->link_count++] = link;
}

static void build_links(Grammar *grammar) {
    for (int32_t i = 0; i < grammar->state_count; i++) {
        for (int32_t t = 0; t < grammar->states[i].transition_count; t++) {
            const Transition *transition = &grammar->states[i].transitions[t];
            if (transition->kind == TRANSITION_RULE) {
                RuleDefinition *rule = &grammar->rules[grammar->states[transition->target].rule];
                add_link(grammar, rule,
                         (ReturnLink){transition->follow,
                                      rule->left_recursive && transition->precedence == 0});
            }
        }
    }
}

/* ---- first and follow ---- */

/* Adds to `state` what its transition number `t` can start with; did anything change? */
static bool merge_first(Grammar *grammar, State *state, int32_t t) {
    const Transition *transition = &state->transitions[t];
    const State *target = &grammar->states[transition->target];
    State before = *state;
    bool changed = false;
    switch (transition->kind) {
    case TRANSITION_TOKENS:
        changed |= token_set_merge(&state->first, &transition->tokens);
        changed |= token_set_merge(&state->first_plain, &transition->tokens);
        break;
    case TRANSITION_PRECEDENCE:
        changed |= token_set_merge(&state->first, &target->first);
        state->reaches_end |= target->reaches_end;
        state->meets_precedence = true;
        break;
    case TRANSITION_RULE:
        changed |= token_set_merge(&state->first, &target->first);
        changed |= token_set_merge(&state->first_plain, &target->first_plain);
        state->meets_precedence |= target->meets_precedence;
        if (target->plain_reaches_end) {
            target = &grammar->states[transition->follow];
            changed |= token_set_merge(&state->first_plain, &target->first_plain);
            state->plain_reaches_end |= target->plain_reaches_end;
            state->meets_precedence |= target->meets_precedence;
        }
        if (grammar->states[transition->target].reaches_end) {
            target = &grammar->states[transition->follow];
            changed |= token_set_merge(&state->first, &target->first);
            state->reaches_end |= target->reaches_end;
        }
        break;
    case TRANSITION_EPSILON:
        changed |= token_set_merge(&state->first, &target->first);
        changed |= token_set_merge(&state->first_plain, &target->first_plain);
        state->reaches_end |= target->reaches_end;
        state->plain_reaches_end |= target->plain_reaches_end;
        state->meets_precedence |= target->meets_precedence;
        break;
    }
    return changed || before.reaches_end != state->reaches_end ||
           before.plain_reaches_end != state->plain_reaches_end ||
           before.meets_precedence != state->meets_precedence;
}

static void compute_first(Grammar *grammar) {
    for (int i = 0; i < RULE_COUNT; i++) {
        State *stop = &grammar->states[grammar->rules[i].stop];
        stop->is_stop = true;
        stop->reaches_end = true;
        stop->plain_reaches_end = true;
    }
    bool changed = true;
    while (changed) {
        changed = false;
        for (int32_t i = grammar->state_count - 1; i >= 0; i--) {
            for (int32_t t = 0; t < grammar->states[i].transition_count; t++) {
                changed |= merge_first(grammar, &grammar->states[i], t);
            }
        }
    }
}

static void compute_follow(Grammar *grammar) {
    bool changed = true;
    while (changed) {
        changed = false;
        for (int i = 0; i < RULE_COUNT; i++) {
            RuleDefinition *rule = &grammar->rules[i];
            for (int32_t l = 0; l < rule->link_count; l++) {
                const State *after = &grammar->states[rule->links[l].state];
                bool meets = after->meets_precedence;
                changed |= token_set_merge(&rule->follow, &after->first_plain);
                if (after->plain_reaches_end) {
                    const RuleDefinition *caller = &grammar->rules[after->rule];
                    changed |= token_set_merge(&rule->follow, &caller->follow);
                    meets |= caller->follow_meets_precedence;
                }
                changed |= meets && !rule->follow_meets_precedence;
                rule->follow_meets_precedence |= meets;
            }
        }
    }
}

TokenSet grammar_look(const Grammar *grammar, int32_t state) {
    const State *from = &grammar->states[state];
    TokenSet look = from->first_plain;
    if (from->plain_reaches_end) {
        token_set_merge(&look, &grammar->rules[from->rule].follow);
    }
    return look;
}

/* ---- which decisions take one token ---- */

/* Do all ways out of `state` start with different tokens? A precedence guard on the way says no. */
static bool ways_are_distinct(const Grammar *grammar, int32_t state) {
    TokenSet seen = {0};
    const State *from = &grammar->states[state];
    for (int32_t t = 0; t < from->transition_count; t++) {
        const State *way = &grammar->states[from->transitions[t].target];
        bool guarded = way->meets_precedence || (way->plain_reaches_end &&
                                                 grammar->rules[way->rule].follow_meets_precedence);
        TokenSet look = grammar_look(grammar, from->transitions[t].target);
        if (guarded || token_sets_meet(&seen, &look)) {
            return false;
        }
        token_set_merge(&seen, &look);
    }
    return true;
}

static void classify_alternatives(const Grammar *grammar, const Element *element);

static void classify_element(const Grammar *grammar, Element *element) {
    switch (element->kind) {
    case ELEMENT_BLOCK:
    case ELEMENT_OPTIONAL:
        element->is_ll1 = ways_are_distinct(grammar, element->left);
        break;
    case ELEMENT_STAR:
        element->is_ll1 =
            element->alternative_count == 1 && ways_are_distinct(grammar, element->left);
        element->block_is_ll1 = ways_are_distinct(grammar, element->block_start);
        break;
    case ELEMENT_PLUS:
        element->is_ll1 =
            element->alternative_count == 1 && ways_are_distinct(grammar, element->loop_back);
        element->block_is_ll1 = ways_are_distinct(grammar, element->block_start);
        break;
    default:
        return;
    }
    classify_alternatives(grammar, element);
}

static void classify_alternatives(const Grammar *grammar, const Element *element) {
    for (int32_t i = 0; i < element->alternative_count; i++) {
        for (int32_t e = 0; e < element->alternatives[i].count; e++) {
            classify_element(grammar, element->alternatives[i].elements[e]);
        }
    }
}

static const Grammar *build_grammar(Arena *arena) {
    Grammar *grammar = arena_new(arena, Grammar);
    grammar->arena = arena;
    Reader reader = {.grammar = grammar};
    for (int i = 0; i < RULE_COUNT; i++) {
        read_rule(&reader, (RuleId)i);
        grammar->rules[i].start = new_state(grammar, (RuleId)i);
        grammar->rules[i].stop = new_state(grammar, (RuleId)i);
    }
    for (int i = 0; i < RULE_COUNT; i++) {
        const RuleDefinition *rule = &grammar->rules[i];
        build_alternative(grammar, (RuleId)i, &rule->body, rule->start, rule->stop);
    }
    build_links(grammar);
    compute_first(grammar);
    compute_follow(grammar);
    for (int i = 0; i < RULE_COUNT; i++) {
        for (int32_t e = 0; e < grammar->rules[i].body.count; e++) {
            classify_element(grammar, grammar->rules[i].body.elements[e]);
        }
    }
    return grammar;
}

static const Grammar *shared_grammar;

static void build_shared_grammar(void) {
    shared_grammar = build_grammar(arena_create(NULL));
}

const Grammar *grammar_get(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, build_shared_grammar);
    return shared_grammar;
}
