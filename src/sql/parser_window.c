/*
 * Windows and ordering: window specifications with their frames, ORDER BY.
 *
 * RANGE, ROWS, GROUPS and MEASURES are not reserved, so a window name may be spelled like the start
 * of a frame.
 */
#include "parser_internal.h"

Status parse_sort_item_node(Parser *p, Node **ret_node) {
    SortItem *item = NODE_AT(p, SortItem, current(p));
    TRY(parse_expression_rule(p, &item->sort_key));
    if (accept(p, KEYWORD_DESC)) {
        item->ordering = SORT_DESCENDING;
    } else {
        (void)accept(p, KEYWORD_ASC);
    }
    if (accept(p, KEYWORD_NULLS)) {
        if (accept(p, KEYWORD_FIRST)) {
            item->null_ordering = NULLS_FIRST;
        } else {
            TRY(expect(p, KEYWORD_LAST));
            item->null_ordering = NULLS_LAST;
        }
    }
    *ret_node = &item->node;
    return OK;
}

Status parse_order_by(Parser *p, OrderBy **ret_order_by) {
    if (peek(p) != KEYWORD_ORDER) {
        return OK;
    }
    OrderBy *order_by = NODE_AT(p, OrderBy, current(p));
    TRY(expect_two(p, KEYWORD_ORDER, KEYWORD_BY));
    TRY(parse_list(p, parse_sort_item_node, &order_by->sort_items));
    *ret_order_by = order_by;
    return OK;
}

/* ---- frames ---- */

static bool is_frame_start(TokenKind kind) {
    return kind == KEYWORD_RANGE || kind == KEYWORD_ROWS || kind == KEYWORD_GROUPS ||
           kind == KEYWORD_MEASURES;
}

static Status parse_frame_bound(Parser *p, FrameBound **ret_bound) {
    FrameBound *bound = NODE_AT(p, FrameBound, current(p));
    if (accept_two(p, KEYWORD_UNBOUNDED, KEYWORD_PRECEDING)) {
        bound->type = FRAME_UNBOUNDED_PRECEDING;
    } else if (accept_two(p, KEYWORD_UNBOUNDED, KEYWORD_FOLLOWING)) {
        bound->type = FRAME_UNBOUNDED_FOLLOWING;
    } else if (accept_two(p, KEYWORD_CURRENT, KEYWORD_ROW)) {
        bound->type = FRAME_CURRENT_ROW;
    } else {
        TRY(parse_expression_rule(p, &bound->value));
        if (accept(p, KEYWORD_PRECEDING)) {
            bound->type = FRAME_PRECEDING;
        } else {
            TRY(expect(p, KEYWORD_FOLLOWING));
            bound->type = FRAME_FOLLOWING;
        }
    }
    *ret_bound = bound;
    return OK;
}

static Status parse_frame_extent(Parser *p, WindowFrame *frame) {
    switch (peek(p)) {
    case KEYWORD_RANGE:
        frame->type = FRAME_RANGE;
        break;
    case KEYWORD_ROWS:
        frame->type = FRAME_ROWS;
        break;
    case KEYWORD_GROUPS:
        frame->type = FRAME_GROUPS;
        break;
    default:
        return unexpected(p);
    }
    advance(p);
    if (accept(p, KEYWORD_BETWEEN)) {
        TRY(parse_frame_bound(p, &frame->start));
        TRY(expect(p, KEYWORD_AND));
        return parse_frame_bound(p, &frame->end);
    }
    return parse_frame_bound(p, &frame->start);
}

static Status parse_window_frame(Parser *p, WindowFrame **ret_frame) {
    WindowFrame *frame = NODE_AT(p, WindowFrame, current(p));
    if (accept(p, KEYWORD_MEASURES)) {
        TRY(parse_list(p, parse_measure_node, &frame->measures));
    }
    TRY(parse_frame_extent(p, frame));
    TRY(parse_skip_to(p, &frame->after_match_skip_to));
    frame->search_mode = parse_search_mode(p);
    if (accept(p, KEYWORD_PATTERN)) {
        TRY(expect(p, TOKEN_LEFT_PAREN));
        TRY(parse_row_pattern(p, &frame->pattern));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
    }
    if (accept(p, KEYWORD_SUBSET)) {
        TRY(parse_list(p, parse_subset_node, &frame->subsets));
    }
    if (accept(p, KEYWORD_DEFINE)) {
        TRY(parse_list(p, parse_variable_definition_node, &frame->variable_definitions));
    }
    *ret_frame = frame;
    return OK;
}

/* ---- specifications ---- */

static bool at_existing_window_name(const Parser *p) {
    TokenKind next = peek_at(p, 1);
    if (!is_identifier(peek(p))) {
        return false;
    }
    if (peek(p) == KEYWORD_PARTITION && next == KEYWORD_BY) {
        return false;
    }
    if (!is_frame_start(peek(p))) {
        return true;
    }
    bool name_ends = next == TOKEN_RIGHT_PAREN || next == KEYWORD_ORDER ||
                     (next == KEYWORD_PARTITION && peek_at(p, 2) == KEYWORD_BY) ||
                     is_frame_start(next);
    return name_ends && peek_at(p, 2) != KEYWORD_PRECEDING && peek_at(p, 2) != KEYWORD_FOLLOWING;
}

Status parse_window_specification(Parser *p, WindowSpecification **ret_window) {
    WindowSpecification *window = NODE_AT(p, WindowSpecification, current(p));
    TRY(enter(p));
    if (at_existing_window_name(p)) {
        TRY(parse_identifier(p, &window->existing_window_name));
    }
    if (accept(p, KEYWORD_PARTITION)) {
        TRY(expect(p, KEYWORD_BY));
        TRY(parse_list(p, parse_expression_rule, &window->partition_by));
    }
    TRY(parse_order_by(p, &window->order_by));
    if (is_frame_start(peek(p))) {
        TRY(parse_window_frame(p, &window->frame));
    }
    leave(p);
    *ret_window = window;
    return OK;
}
