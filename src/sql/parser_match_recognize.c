/*
 * Row pattern recognition: MATCH_RECOGNIZE, and the clauses that window frames share with it.
 *
 * Alternation and concatenation nest to the left in pairs, as in Trino's tree.
 */
#include "parser_internal.h"

/* ---- patterns ---- */

static bool starts_pattern_primary(const Parser *p) {
    switch (peek(p)) {
    case TOKEN_LEFT_PAREN:
    case TOKEN_CARET:
    case TOKEN_DOLLAR:
    case TOKEN_LEFT_BRACE_HYPHEN:
        return true;
    default:
        return is_identifier(peek(p));
    }
}

static Status parse_anchor(Parser *p, Node **ret_node) {
    AnchorPattern *anchor = NODE_AT(p, AnchorPattern, current(p));
    anchor->partition_start = peek(p) == TOKEN_CARET;
    advance(p);
    *ret_node = &anchor->node;
    return OK;
}

static Status parse_pattern_primary(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    if (peek(p) == TOKEN_CARET || peek(p) == TOKEN_DOLLAR) {
        return parse_anchor(p, ret_node);
    }
    if (accept_two(p, TOKEN_LEFT_PAREN, TOKEN_RIGHT_PAREN)) {
        *ret_node = &NODE_AT(p, EmptyPattern, at)->node;
        return OK;
    }
    if (accept(p, TOKEN_LEFT_PAREN)) {
        TRY(parse_row_pattern(p, ret_node));
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    if (accept(p, TOKEN_LEFT_BRACE_HYPHEN)) {
        ExcludedPattern *excluded = NODE_AT(p, ExcludedPattern, at);
        TRY(parse_row_pattern(p, &excluded->pattern));
        *ret_node = &excluded->node;
        return expect(p, TOKEN_RIGHT_BRACE_HYPHEN);
    }
    if (accept_two(p, KEYWORD_PERMUTE, TOKEN_LEFT_PAREN)) {
        PatternPermutation *permutation = NODE_AT(p, PatternPermutation, at);
        TRY(parse_list(p, parse_row_pattern, &permutation->patterns));
        *ret_node = &permutation->node;
        return expect(p, TOKEN_RIGHT_PAREN);
    }
    PatternVariable *variable = NODE_AT(p, PatternVariable, at);
    TRY(parse_identifier(p, &variable->name));
    *ret_node = &variable->node;
    return OK;
}

/* {n} {n,} {,m} {n,m}, after the brace. */
static Status parse_range(Parser *p, PatternQuantifier *quantifier) {
    quantifier->type = QUANTIFIER_RANGE;
    if (peek(p) == TOKEN_INTEGER_VALUE) {
        TRY(parse_integer(p, &quantifier->at_least));
    }
    if (quantifier->at_least != NULL && accept(p, TOKEN_RIGHT_BRACE)) {
        quantifier->at_most = quantifier->at_least;
        return OK;
    }
    TRY(expect(p, TOKEN_COMMA));
    if (peek(p) == TOKEN_INTEGER_VALUE) {
        TRY(parse_integer(p, &quantifier->at_most));
    }
    return expect(p, TOKEN_RIGHT_BRACE);
}

static Status parse_quantifier(Parser *p, PatternQuantifier **ret_quantifier) {
    PatternQuantifier *quantifier = NODE_AT(p, PatternQuantifier, current(p));
    if (accept(p, TOKEN_ASTERISK)) {
        quantifier->type = QUANTIFIER_ZERO_OR_MORE;
    } else if (accept(p, TOKEN_PLUS)) {
        quantifier->type = QUANTIFIER_ONE_OR_MORE;
    } else if (accept(p, TOKEN_QUESTION_MARK)) {
        quantifier->type = QUANTIFIER_ZERO_OR_ONE;
    } else if (accept(p, TOKEN_LEFT_BRACE)) {
        TRY(parse_range(p, quantifier));
    } else {
        *ret_quantifier = NULL;
        return OK;
    }
    quantifier->reluctant = accept(p, TOKEN_QUESTION_MARK);
    *ret_quantifier = quantifier;
    return OK;
}

static Status parse_quantified(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Node *primary;
    PatternQuantifier *quantifier;
    TRY(parse_pattern_primary(p, &primary));
    TRY(parse_quantifier(p, &quantifier));
    if (quantifier != NULL) {
        QuantifiedPattern *quantified = NODE_AT(p, QuantifiedPattern, at);
        quantified->pattern = primary;
        quantified->quantifier = quantifier;
        primary = &quantified->node;
    }
    *ret_node = primary;
    return OK;
}

static Status parse_concatenation(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Node *left;
    int32_t links = 0;
    TRY(parse_quantified(p, &left));
    while (starts_pattern_primary(p)) {
        TRY(count_link(p, &links));
        PatternConcatenation *node = NODE_AT(p, PatternConcatenation, at);
        Node *right;
        TRY(parse_quantified(p, &right));
        list_append(p, &node->patterns, left);
        list_append(p, &node->patterns, right);
        left = &node->node;
    }
    *ret_node = left;
    return OK;
}

Status parse_row_pattern(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    Node *left;
    int32_t links = 0;
    TRY(enter(p));
    TRY(parse_concatenation(p, &left));
    while (accept(p, TOKEN_VERTICAL_BAR)) {
        TRY(count_link(p, &links));
        PatternAlternation *node = NODE_AT(p, PatternAlternation, at);
        Node *right;
        TRY(parse_concatenation(p, &right));
        list_append(p, &node->patterns, left);
        list_append(p, &node->patterns, right);
        left = &node->node;
    }
    leave(p);
    *ret_node = left;
    return OK;
}

/* ---- clauses ---- */

Status parse_measure_node(Parser *p, Node **ret_node) {
    MeasureDefinition *measure = NODE_AT(p, MeasureDefinition, current(p));
    TRY(parse_expression_rule(p, &measure->expression));
    TRY(expect(p, KEYWORD_AS));
    *ret_node = &measure->node;
    return parse_identifier(p, &measure->name);
}

Status parse_subset_node(Parser *p, Node **ret_node) {
    SubsetDefinition *subset = NODE_AT(p, SubsetDefinition, current(p));
    TRY(parse_identifier(p, &subset->name));
    TRY(expect(p, TOKEN_EQ));
    *ret_node = &subset->node;
    return parse_parenthesized_list(p, parse_identifier_node, &subset->identifiers);
}

Status parse_variable_definition_node(Parser *p, Node **ret_node) {
    VariableDefinition *definition = NODE_AT(p, VariableDefinition, current(p));
    TRY(parse_identifier(p, &definition->name));
    TRY(expect(p, KEYWORD_AS));
    *ret_node = &definition->node;
    return parse_expression_rule(p, &definition->expression);
}

Status parse_skip_to(Parser *p, SkipTo **ret_skip_to) {
    if (!accept(p, KEYWORD_AFTER)) {
        return OK;
    }
    TRY(expect(p, KEYWORD_MATCH));
    SkipTo *skip = NODE_AT(p, SkipTo, current(p));
    *ret_skip_to = skip;
    TRY(expect(p, KEYWORD_SKIP));
    if (accept(p, KEYWORD_PAST)) {
        skip->position = SKIP_PAST_LAST;
        return expect_two(p, KEYWORD_LAST, KEYWORD_ROW);
    }
    TRY(expect(p, KEYWORD_TO));
    if (accept_two(p, KEYWORD_NEXT, KEYWORD_ROW)) {
        skip->position = SKIP_TO_NEXT;
        return OK;
    }
    /* INITIAL, SEEK and PATTERN start the next clause, so FIRST before them is a variable. */
    TokenKind next = peek_at(p, 1);
    bool named = is_identifier(next) &&
                 !(next == KEYWORD_PATTERN && peek_at(p, 2) == TOKEN_LEFT_PAREN) &&
                 !((next == KEYWORD_INITIAL || next == KEYWORD_SEEK) &&
                   peek_at(p, 2) == KEYWORD_PATTERN && peek_at(p, 3) == TOKEN_LEFT_PAREN);
    skip->position = SKIP_TO_LAST;
    if (named && accept(p, KEYWORD_FIRST)) {
        skip->position = SKIP_TO_FIRST;
    } else if (named) {
        (void)accept(p, KEYWORD_LAST);
    }
    return parse_identifier(p, &skip->identifier);
}

PatternSearchMode parse_search_mode(Parser *p) {
    if (accept(p, KEYWORD_INITIAL)) {
        return SEARCH_MODE_INITIAL;
    }
    return accept(p, KEYWORD_SEEK) ? SEARCH_MODE_SEEK : SEARCH_MODE_UNDEFINED;
}

static Status parse_rows_per_match(Parser *p, RowsPerMatch *ret_rows) {
    if (accept(p, KEYWORD_ONE)) {
        TRY(expect_two(p, KEYWORD_ROW, KEYWORD_PER));
        *ret_rows = ROWS_PER_MATCH_ONE;
        return expect(p, KEYWORD_MATCH);
    }
    if (!accept(p, KEYWORD_ALL)) {
        return OK;
    }
    TRY(expect_two(p, KEYWORD_ROWS, KEYWORD_PER));
    TRY(expect(p, KEYWORD_MATCH));
    *ret_rows = ROWS_PER_MATCH_ALL_SHOW_EMPTY;
    if (accept(p, KEYWORD_SHOW)) {
        return expect_two(p, KEYWORD_EMPTY, KEYWORD_MATCHES);
    }
    if (accept(p, KEYWORD_OMIT)) {
        *ret_rows = ROWS_PER_MATCH_ALL_OMIT_EMPTY;
        return expect_two(p, KEYWORD_EMPTY, KEYWORD_MATCHES);
    }
    if (accept(p, KEYWORD_WITH)) {
        *ret_rows = ROWS_PER_MATCH_ALL_WITH_UNMATCHED;
        return expect_two(p, KEYWORD_UNMATCHED, KEYWORD_ROWS);
    }
    return OK;
}

bool match_recognize_starts_at(const Parser *p, int32_t ahead) {
    if (peek_at(p, ahead) != KEYWORD_MATCH_RECOGNIZE || peek_at(p, ahead + 1) != TOKEN_LEFT_PAREN) {
        return false;
    }
    TokenKind next = peek_at(p, ahead + 3);
    switch (peek_at(p, ahead + 2)) {
    case KEYWORD_PARTITION:
    case KEYWORD_ORDER:
        return next == KEYWORD_BY;
    case KEYWORD_MEASURES:
        return starts_expression(next);
    case KEYWORD_ONE:
    case KEYWORD_ALL:
    case KEYWORD_AFTER:
    case KEYWORD_INITIAL:
    case KEYWORD_SEEK:
        return is_identifier(next);
    case KEYWORD_PATTERN:
        return next == TOKEN_LEFT_PAREN;
    default:
        return false;
    }
}

Status parse_match_recognize(Parser *p, const Token *start, Node *input, Node **ret_node) {
    PatternRecognitionRelation *relation = NODE_AT(p, PatternRecognitionRelation, start);
    relation->input = input;
    TRY(expect_two(p, KEYWORD_MATCH_RECOGNIZE, TOKEN_LEFT_PAREN));
    if (accept(p, KEYWORD_PARTITION)) {
        TRY(expect(p, KEYWORD_BY));
        TRY(parse_list(p, parse_expression_rule, &relation->partition_by));
    }
    TRY(parse_order_by(p, &relation->order_by));
    if (accept(p, KEYWORD_MEASURES)) {
        TRY(parse_list(p, parse_measure_node, &relation->measures));
    }
    TRY(parse_rows_per_match(p, &relation->rows_per_match));
    TRY(parse_skip_to(p, &relation->after_match_skip_to));
    relation->search_mode = parse_search_mode(p);
    TRY(expect_two(p, KEYWORD_PATTERN, TOKEN_LEFT_PAREN));
    TRY(parse_row_pattern(p, &relation->pattern));
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    if (accept(p, KEYWORD_SUBSET)) {
        TRY(parse_list(p, parse_subset_node, &relation->subsets));
    }
    TRY(expect(p, KEYWORD_DEFINE));
    TRY(parse_list(p, parse_variable_definition_node, &relation->variable_definitions));
    *ret_node = &relation->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}
