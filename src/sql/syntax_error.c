/*
 * What to say about a text that is not in the grammar: a run of the generated parser that Trino
 * has, over the grammar as data, up to the token at which it gives up, and then the list of what it
 * expected.
 *
 * The run keeps what that parser keeps: the state it is in, the calls it is in, and the first place
 * since the last sure token at which the coming token already did not fit (`doubt`), from which the
 * list is made if there is one. The run costs far more than parsing, so it is bounded; beyond the
 * bound the message has no list.
 */
#include "syntax_error.h"

#include <string.h>

#include "expectation.h"

enum { DEPTH_MAX = 3000, STEPS_MAX = 1000 * 1000 };

typedef enum Outcome {
    OUTCOME_RUNNING,
    OUTCOME_ERROR,   /* found: from here on the fields below say what */
    OUTCOME_MESSAGE, /* found: an error with a message of its own */
    OUTCOME_GAVE_UP,
} Outcome;

typedef struct Run {
    Arena *arena;
    const Grammar *grammar;
    const TokenList *list;
    Predictor *predictor;
    int32_t position;
    int32_t furthest;
    int32_t state;
    const Frame *frame;
    const Frame *doubt_frame; /* NULL: no doubt */
    int32_t doubt_state;
    int32_t depth;
    int64_t steps;
    Outcome outcome;
    int32_t error_state;
    const Frame *error_frame;
    int32_t error_start;     /* token from which the expectation is worked out */
    int32_t error_offending; /* token that is reported */
    const char *message;
} Run;

static void run_rule(Run *run, RuleId rule, int32_t precedence, int32_t invoking_state);

static TokenKind look(Run *run) {
    return run->list->tokens[run->position].kind;
}

static void fail_at(Run *run, int32_t state, const Frame *frame, int32_t start, int32_t offending) {
    run->outcome = OUTCOME_ERROR;
    run->error_state = state;
    run->error_frame = frame;
    run->error_start = start;
    run->error_offending = offending;
}

static void fail_here(Run *run) {
    fail_at(run, run->state, run->frame, run->position, run->position);
}

/* The parser looks at the coming token before a decision: does it fit? */
static void sync_at(Run *run, int32_t state, bool *ret_failed) {
    run->state = state;
    *ret_failed = false;
    const State *here = &run->grammar->states[state];
    if (token_set_has(&here->first, look(run))) {
        run->doubt_frame = NULL;
        return;
    }
    if (here->reaches_end) {
        if (run->doubt_frame == NULL) {
            run->doubt_frame = run->frame;
            run->doubt_state = state;
        }
        return;
    }
    fail_here(run);
    *ret_failed = true;
}

/* Identifiers that are tokens only to be refused. */
static void check_identifier(Run *run) {
    const Token *token = &run->list->tokens[run->position];
    switch (token->kind) {
    case TOKEN_BACKQUOTED_IDENTIFIER:
        run->message = "backquoted identifiers are not supported; use double quotes to quote "
                       "identifiers";
        break;
    case TOKEN_DIGIT_IDENTIFIER:
        run->message = "identifiers must not start with a digit; surround the identifier with "
                       "double quotes";
        break;
    case TOKEN_QUOTED_IDENTIFIER:
        if (token->size > 2) {
            return;
        }
        run->message = "Zero-length delimited identifier not allowed";
        break;
    default:
        return;
    }
    run->outcome = OUTCOME_MESSAGE;
    run->error_offending = run->position;
}

static void run_tokens(Run *run, const Element *element) {
    run->state = element->left;
    if (!token_set_has(&element->tokens, look(run))) {
        if (run->doubt_frame != NULL) {
            fail_at(run, run->doubt_state, run->doubt_frame, run->position, run->position);
        } else {
            fail_here(run);
        }
        return;
    }
    check_identifier(run);
    if (run->position < run->list->count - 1) {
        run->position++;
    }
    if (run->position > run->furthest) {
        run->furthest = run->position;
    }
}

/* The way out of `state` that the coming token takes, the last one if none does and `has_exit`; -1
 * for neither. */
static int32_t choose_by_token(Run *run, int32_t state) {
    const State *decision = &run->grammar->states[state];
    for (int32_t i = 0; i < decision->transition_count; i++) {
        TokenSet way = grammar_look(run->grammar, decision->transitions[i].target);
        if (token_set_has(&way, look(run))) {
            return i;
        }
    }
    return -1;
}

static int32_t choose_by_prediction(Run *run, int32_t decision, int32_t state,
                                    bool precedence_loop) {
    int32_t alternative;
    int32_t offending;
    switch (predictor_choose(run->predictor, decision, state, precedence_loop, run->frame,
                             run->position, &alternative, &offending)) {
    case PREDICTION_OK:
        return alternative;
    case PREDICTION_NONE:
        fail_at(run, run->state, run->frame, run->position, offending);
        return -1;
    default:
        run->outcome = OUTCOME_GAVE_UP;
        return -1;
    }
}

static void run_alternative(Run *run, const Alternative *alternative);

static void run_block(Run *run, const Element *element, int32_t state, bool is_ll1,
                      int32_t decision) {
    if (element->alternative_count == 1) {
        run_alternative(run, &element->alternatives[0]);
        return;
    }
    bool failed;
    sync_at(run, state, &failed);
    if (failed) {
        return;
    }
    int32_t chosen =
        is_ll1 ? choose_by_token(run, state) : choose_by_prediction(run, decision, state, false);
    if (chosen < 0) {
        if (run->outcome == OUTCOME_RUNNING) {
            fail_here(run);
        }
        return;
    }
    run_alternative(run, &element->alternatives[chosen]);
}

static void run_optional(Run *run, const Element *element) {
    bool failed;
    sync_at(run, element->left, &failed);
    if (failed) {
        return;
    }
    int32_t chosen = element->is_ll1
                         ? choose_by_token(run, element->left)
                         : choose_by_prediction(run, element->decision, element->left, false);
    if (chosen >= 0 && chosen < element->alternative_count) {
        run_alternative(run, &element->alternatives[chosen]);
    }
}

/* Is the loop to go on? `decision_state` is where the ways are: 0 in, 1 out. */
static bool goes_on(Run *run, const Element *element, int32_t decision_state) {
    int32_t chosen = element->is_ll1 ? choose_by_token(run, decision_state)
                                     : choose_by_prediction(run, element->decision, decision_state,
                                                            element->is_precedence_loop);
    return chosen == 0;
}

static void run_star(Run *run, const Element *element) {
    bool failed;
    sync_at(run, element->left, &failed);
    while (!failed && run->outcome == OUTCOME_RUNNING && goes_on(run, element, element->left)) {
        run_block(run, element, element->block_start, element->block_is_ll1,
                  element->block_decision);
        if (run->outcome != OUTCOME_RUNNING) {
            return;
        }
        sync_at(run, element->loop_back, &failed);
    }
}

static void run_plus(Run *run, const Element *element) {
    bool failed;
    sync_at(run, element->block_start, &failed);
    while (!failed && run->outcome == OUTCOME_RUNNING) {
        run_block(run, element, element->block_start, element->block_is_ll1,
                  element->block_decision);
        if (run->outcome != OUTCOME_RUNNING) {
            return;
        }
        sync_at(run, element->loop_back, &failed);
        if (failed || !goes_on(run, element, element->loop_back)) {
            return;
        }
    }
}

static void run_alternative(Run *run, const Alternative *alternative) {
    for (int32_t i = 0; i < alternative->count && run->outcome == OUTCOME_RUNNING; i++) {
        const Element *element = alternative->elements[i];
        if (++run->steps > STEPS_MAX) {
            run->outcome = OUTCOME_GAVE_UP;
        }
        switch (element->kind) {
        case ELEMENT_TOKENS:
            run_tokens(run, element);
            break;
        case ELEMENT_RULE:
            run_rule(run, element->rule, element->precedence, element->left);
            break;
        case ELEMENT_BLOCK:
            run_block(run, element, element->left, element->is_ll1, element->decision);
            break;
        case ELEMENT_OPTIONAL:
            run_optional(run, element);
            break;
        case ELEMENT_STAR:
            run_star(run, element);
            break;
        case ELEMENT_PLUS:
            run_plus(run, element);
            break;
        case ELEMENT_PRECEDENCE:
            break; /* prediction checked it */
        }
    }
}

static void run_rule(Run *run, RuleId rule, int32_t precedence, int32_t invoking_state) {
    if (++run->depth > DEPTH_MAX) {
        run->outcome = OUTCOME_GAVE_UP;
        return;
    }
    Frame *frame = arena_new(run->arena, Frame);
    *frame = (Frame){rule, invoking_state, precedence, run->frame};
    run->state = invoking_state;
    run->frame = frame;
    run_alternative(run, &run->grammar->rules[rule].body);
    run->frame = frame->parent;
    run->state = invoking_state;
    run->depth--;
}

/* ---- the message ---- */

static RuleId start_rule(StartRule start) {
    switch (start) {
    case START_STATEMENT:
        return RULE_single_statement;
    case START_EXPRESSION:
        return RULE_standalone_expression;
    case START_TYPE:
        return RULE_standalone_type;
    case START_PATH:
        return RULE_standalone_path;
    case START_FUNCTION:
        break;
    }
    return RULE_standalone_function;
}

static const char *token_text(Arena *arena, const TokenList *list, int32_t index) {
    const Token *token = &list->tokens[index];
    return token->kind == TOKEN_END
               ? "<EOF>"
               : arena_strndup(arena, list->text + token->offset, (size_t)token->size);
}

static const char *join_names(Arena *arena, const Expectation *expectation) {
    size_t size = 1;
    for (int32_t i = 0; i < expectation->count; i++) {
        size += strlen(expectation->names[i]) + 2;
    }
    char *text = arena_alloc(arena, size);
    char *end = text;
    for (int32_t i = 0; i < expectation->count; i++) {
        end = stpcpy(end, i == 0 ? "" : ", ");
        end = stpcpy(end, expectation->names[i]);
    }
    *end = '\0';
    return text;
}

static void run_start(Run *run, Arena *arena, const TokenList *list, StartRule start) {
    *run = (Run){.arena = arena, .grammar = grammar_get(), .list = list};
    run->predictor = predictor_create(arena, run->grammar, list);
    run_rule(run, start_rule(start), 0, -1);
}

bool grammar_accepts(const TokenList *list, StartRule start) {
    Arena *arena = arena_create(NULL);
    Run run;
    run_start(&run, arena, list, start);
    arena_free(arena);
    return run.outcome == OUTCOME_RUNNING;
}

/* "mismatched input 'x'. Expecting: ...", or NULL if working that out takes too long. */
static const char *explain(Run *run) {
    int32_t last = predictor_furthest(run->predictor);
    last = last > run->furthest ? last : run->furthest;
    Expectation expectation;
    bool found = expectation_find(run->arena, run->grammar, run->list, run->error_state,
                                  run->error_frame, run->error_start, last, &expectation);
    if (!found) {
        return NULL;
    }
    return arena_printf(run->arena, "mismatched input '%s'. Expecting: %s",
                        token_text(run->arena, run->list, expectation.token_index),
                        join_names(run->arena, &expectation));
}

Status syntax_error(Context *cx, const TokenList *list, StartRule start, int32_t furthest) {
    Arena *arena = arena_create(NULL);
    Run run;
    run_start(&run, arena, list, start);
    const char *message = run.message;
    int32_t offending = furthest;
    if (run.outcome == OUTCOME_MESSAGE || run.outcome == OUTCOME_ERROR) {
        offending = run.error_offending;
    }
    if (run.outcome == OUTCOME_ERROR) {
        message = explain(&run);
    }
    if (message == NULL) {
        message = arena_printf(arena, "mismatched input '%s'", token_text(arena, list, offending));
    }
    const Token *token = &list->tokens[offending];
    Status status = FAIL_AT(cx, SYNTAX_ERROR, token->line, token->column, "%s", message);
    arena_free(arena);
    return status;
}
