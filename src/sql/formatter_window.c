/*
 * Windows, ordering and row patterns to text.
 */
#include "formatter_internal.h"

/* ---- ordering ---- */

void put_sort_items(Formatter *f, const OrderBy *order_by) {
    for (int32_t i = 0; i < order_by->sort_items.count; i++) {
        const SortItem *item = NODE_CAST(SortItem, order_by->sort_items.items[i]);
        put(f, i == 0 ? "ORDER BY " : ", ");
        put_expression(f, item->sort_key);
        put(f, item->ordering == SORT_ASCENDING ? " ASC" : " DESC");
        if (item->null_ordering == NULLS_FIRST) {
            put(f, " NULLS FIRST");
        } else if (item->null_ordering == NULLS_LAST) {
            put(f, " NULLS LAST");
        }
    }
}

/* ---- row patterns ---- */

static void put_patterns(Formatter *f, const char *open, const NodeList *patterns,
                         const char *separator) {
    put(f, open);
    for (int32_t i = 0; i < patterns->count; i++) {
        put(f, i == 0 ? "" : separator);
        put_row_pattern(f, patterns->items[i]);
    }
    put(f, ")");
}

static void put_quantifier(Formatter *f, const PatternQuantifier *quantifier) {
    switch (quantifier->type) {
    case QUANTIFIER_ZERO_OR_MORE:
        put(f, "*");
        break;
    case QUANTIFIER_ONE_OR_MORE:
        put(f, "+");
        break;
    case QUANTIFIER_ZERO_OR_ONE:
        put(f, "?");
        break;
    case QUANTIFIER_RANGE:
        put(f, "{");
        put(f, quantifier->at_least == NULL ? "" : quantifier->at_least->text);
        put(f, ",");
        put(f, quantifier->at_most == NULL ? "" : quantifier->at_most->text);
        put(f, "}");
        break;
    }
    put(f, quantifier->reluctant ? "?" : "");
}

void put_row_pattern(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_PATTERN_ALTERNATION:
        put_patterns(f, "(", &NODE_CAST(PatternAlternation, node)->patterns, " | ");
        break;
    case NODE_PATTERN_CONCATENATION:
        put_patterns(f, "(", &NODE_CAST(PatternConcatenation, node)->patterns, " ");
        break;
    case NODE_PATTERN_PERMUTATION:
        put_patterns(f, "PERMUTE(", &NODE_CAST(PatternPermutation, node)->patterns, ", ");
        break;
    case NODE_PATTERN_VARIABLE:
        put_identifier(f, NODE_CAST(PatternVariable, node)->name);
        break;
    case NODE_EMPTY_PATTERN:
        put(f, "()");
        break;
    case NODE_ANCHOR_PATTERN:
        put(f, NODE_CAST(AnchorPattern, node)->partition_start ? "^" : "$");
        break;
    case NODE_EXCLUDED_PATTERN:
        put(f, "{-");
        put_row_pattern(f, NODE_CAST(ExcludedPattern, node)->pattern);
        put(f, "-}");
        break;
    default:
        put(f, "(");
        put_row_pattern(f, NODE_CAST(QuantifiedPattern, node)->pattern);
        put_quantifier(f, NODE_CAST(QuantifiedPattern, node)->quantifier);
        put(f, ")");
        break;
    }
}

void put_skip_to(Formatter *f, const SkipTo *skip_to) {
    static const char *const words[] = {
        [SKIP_PAST_LAST] = "AFTER MATCH SKIP PAST LAST ROW",
        [SKIP_TO_NEXT] = "AFTER MATCH SKIP TO NEXT ROW",
        [SKIP_TO_FIRST] = "AFTER MATCH SKIP TO FIRST ",
        [SKIP_TO_LAST] = "AFTER MATCH SKIP TO LAST ",
    };
    put(f, words[skip_to->position]);
    if (skip_to->identifier != NULL) {
        put_identifier(f, skip_to->identifier);
    }
}

const char *search_mode_word(PatternSearchMode mode) {
    return mode == SEARCH_MODE_INITIAL ? "INITIAL" : "SEEK";
}

void put_measure(Formatter *f, const Node *node) {
    const MeasureDefinition *measure = NODE_CAST(MeasureDefinition, node);
    put_expression(f, measure->expression);
    put(f, " AS ");
    put_identifier(f, measure->name);
}

void put_subset(Formatter *f, const Node *node) {
    const SubsetDefinition *subset = NODE_CAST(SubsetDefinition, node);
    put_identifier(f, subset->name);
    put(f, " = (");
    put_expressions(f, &subset->identifiers);
    put(f, ")");
}

void put_variable_definition(Formatter *f, const Node *node) {
    const VariableDefinition *definition = NODE_CAST(VariableDefinition, node);
    put_identifier(f, definition->name);
    put(f, " AS ");
    put_expression(f, definition->expression);
}

/* ---- windows ---- */

static void put_bound(Formatter *f, const FrameBound *bound) {
    static const char *const words[] = {
        [FRAME_UNBOUNDED_PRECEDING] = "UNBOUNDED PRECEDING",
        [FRAME_PRECEDING] = " PRECEDING",
        [FRAME_CURRENT_ROW] = "CURRENT ROW",
        [FRAME_FOLLOWING] = " FOLLOWING",
        [FRAME_UNBOUNDED_FOLLOWING] = "UNBOUNDED FOLLOWING",
    };
    if (bound->value != NULL) {
        put_expression(f, bound->value);
    }
    put(f, words[bound->type]);
}

static void put_each(Formatter *f, const char *word, const NodeList *list,
                     void (*put_one)(Formatter *f, const Node *node)) {
    for (int32_t i = 0; i < list->count; i++) {
        put(f, i == 0 ? word : ", ");
        put_one(f, list->items[i]);
    }
}

static void put_frame(Formatter *f, const WindowFrame *frame) {
    static const char *const types[] = {
        [FRAME_RANGE] = "RANGE ", [FRAME_ROWS] = "ROWS ", [FRAME_GROUPS] = "GROUPS "};
    if (frame->measures.count > 0) {
        put_each(f, "MEASURES ", &frame->measures, put_measure);
        put(f, " ");
    }
    put(f, types[frame->type]);
    put(f, frame->end == NULL ? "" : "BETWEEN ");
    put_bound(f, frame->start);
    if (frame->end != NULL) {
        put(f, " AND ");
        put_bound(f, frame->end);
    }
    if (frame->after_match_skip_to != NULL) {
        put(f, " ");
        put_skip_to(f, frame->after_match_skip_to);
    }
    if (frame->search_mode != SEARCH_MODE_UNDEFINED) {
        put(f, " ");
        put(f, search_mode_word(frame->search_mode));
    }
    if (frame->pattern != NULL) {
        put(f, " PATTERN(");
        put_row_pattern(f, frame->pattern);
        put(f, ")");
    }
    put_each(f, " SUBSET ", &frame->subsets, put_subset);
    put_each(f, " DEFINE ", &frame->variable_definitions, put_variable_definition);
}

void put_window(Formatter *f, const Node *window) {
    if (window->kind == NODE_WINDOW_REFERENCE) {
        put_identifier(f, NODE_CAST(WindowReference, window)->name);
        return;
    }
    const WindowSpecification *specification = NODE_CAST(WindowSpecification, window);
    const char *separator = "";
    put(f, "(");
    if (specification->existing_window_name != NULL) {
        put_identifier(f, specification->existing_window_name);
        separator = " ";
    }
    if (specification->partition_by.count > 0) {
        put(f, separator);
        put(f, "PARTITION BY ");
        put_expressions(f, &specification->partition_by);
        separator = " ";
    }
    if (specification->order_by != NULL) {
        put(f, separator);
        put_sort_items(f, specification->order_by);
        separator = " ";
    }
    if (specification->frame != NULL) {
        put(f, separator);
        put_frame(f, specification->frame);
    }
    put(f, ")");
}
