/*
 * GROUP BY: keys, grouping sets, and the check that what a grouped query computes is made of them.
 *
 * Keys are compared as typed expressions, so `a` and `t.a` are the same key. Grouping sets are
 * lists of key numbers; the elements of GROUP BY are multiplied out in their order.
 */
#include "analyze/query_block.h"
#include "sql/formatter.h"

enum { SETS_MAX = 2048, CUBE_COLUMNS_MAX = 30 };

typedef struct SetList {
    int32_t count, capacity;
    KeySet *items;
} SetList;

typedef struct GroupByBuilder {
    const ExpressionContext *context;
    Analyzer *an;
    int32_t output_count;
    const OutputItem *outputs;
    GroupByAnalysis *result;
    int32_t key_capacity;
} GroupByBuilder;

static void add_set(Analyzer *an, SetList *list, KeySet set) {
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        KeySet *items = arena_new_array(an->arena, KeySet, capacity);
        if (list->count > 0) {
            memcpy(items, list->items, sizeof *items * (size_t)list->count);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = set;
}

static bool set_has(const KeySet *set, int32_t key) {
    for (int32_t i = 0; i < set->count; i++) {
        if (set->keys[i] == key) {
            return true;
        }
    }
    return false;
}

static KeySet set_union(Analyzer *an, const KeySet *a, const KeySet *b) {
    KeySet set = {0, arena_new_array(an->arena, int32_t, a->count + b->count)};
    for (int32_t i = 0; i < a->count; i++) {
        set.keys[set.count++] = a->keys[i];
    }
    for (int32_t i = 0; i < b->count; i++) {
        if (!set_has(&set, b->keys[i])) {
            set.keys[set.count++] = b->keys[i];
        }
    }
    return set;
}

/* ---- keys ---- */

static int32_t add_key(GroupByBuilder *builder, const Expr *expr) {
    GroupByAnalysis *result = builder->result;
    for (int32_t i = 0; i < result->key_count; i++) {
        if (expr_equal(result->keys[i], expr)) {
            return i;
        }
    }
    if (result->key_count == builder->key_capacity) {
        int32_t capacity = builder->key_capacity == 0 ? 8 : builder->key_capacity * 2;
        const Expr **keys = arena_new_array(builder->an->arena, const Expr *, capacity);
        if (result->key_count > 0) {
            memcpy(keys, result->keys, sizeof *keys * (size_t)result->key_count);
        }
        result->keys = keys;
        builder->key_capacity = capacity;
    }
    result->keys[result->key_count] = expr;
    return result->key_count++;
}

static Status check_comparable(GroupByBuilder *builder, const Expr *expr) {
    const Type *type = expr->type;
    if (type->comparable || type->kind == TYPE_UNKNOWN) {
        return OK;
    }
    return FAIL_NODE(builder->an, TYPE_MISMATCH, &builder->context->block->specification->node,
                     "%s is not comparable, and therefore cannot be used in GROUP BY", type->name);
}

/* A column of GROUP BY: an ordinal of the select list, or an expression over FROM. */
static Status simple_key(GroupByBuilder *builder, const Node *column, int32_t *ret_key) {
    Analyzer *an = builder->an;
    const Expr *expr;
    if (column->kind == NODE_LONG_LITERAL) {
        int64_t ordinal = NODE_CAST(LongLiteral, column)->value;
        if (ordinal < 1 || ordinal > builder->output_count) {
            return FAIL_NODE(an, INVALID_COLUMN_REFERENCE, column,
                             "GROUP BY position %lld is not in select list", (long long)ordinal);
        }
        const OutputItem *output = &builder->outputs[ordinal - 1];
        if (output->node != NULL) {
            TRY(require_scalar(an, output->node, "GROUP BY clause"));
        }
        expr = output->expr;
    } else {
        TRY(require_scalar(an, column, "GROUP BY clause"));
        TRY(analyze_expression(builder->context, column, &expr));
    }
    TRY(check_comparable(builder, expr));
    *ret_key = add_key(builder, expr);
    return OK;
}

/* A column of GROUPING SETS, CUBE or ROLLUP: a column only. */
static Status column_key(GroupByBuilder *builder, const Node *column, int32_t *ret_key) {
    const Expr *expr;
    TRY(require_scalar(builder->an, column, "GROUP BY clause"));
    TRY(analyze_expression(builder->context, column, &expr));
    if (expr->kind != EXPR_SYMBOL) {
        return FAIL_NODE(builder->an, INVALID_COLUMN_REFERENCE, column,
                         "GROUP BY expression must be a column reference: %s",
                         format_expression(builder->an->arena, column));
    }
    TRY(check_comparable(builder, expr));
    *ret_key = add_key(builder, expr);
    return OK;
}

/* ---- sets ---- */

static Status multiply(GroupByBuilder *builder, SetList *sets, const SetList *more) {
    Analyzer *an = builder->an;
    if ((int64_t)sets->count * more->count > SETS_MAX) {
        return FAIL_NODE(an, TOO_MANY_GROUPING_SETS, &builder->context->block->specification->node,
                         "GROUP BY has %lld grouping sets but can contain at most %d",
                         (long long)sets->count * more->count, SETS_MAX);
    }
    SetList product = {0};
    for (int32_t i = 0; i < sets->count; i++) {
        for (int32_t j = 0; j < more->count; j++) {
            add_set(an, &product, set_union(an, &sets->items[i], &more->items[j]));
        }
    }
    *sets = product;
    return OK;
}

static Status simple_group(GroupByBuilder *builder, const SimpleGroupBy *node, SetList *sets) {
    KeySet set = {0, arena_new_array(builder->an->arena, int32_t, node->columns.count)};
    for (int32_t i = 0; i < node->columns.count; i++) {
        TRY(simple_key(builder, node->columns.items[i], &set.keys[i]));
        set.count++;
    }
    SetList one = {1, 1, &set};
    return multiply(builder, sets, &one);
}

static Status column_sets(GroupByBuilder *builder, const GroupingSets *node, SetList *ret_sets) {
    for (int32_t i = 0; i < node->sets.count; i++) {
        const GroupingSet *written = NODE_CAST(GroupingSet, node->sets.items[i]);
        KeySet set = {0, arena_new_array(builder->an->arena, int32_t, written->columns.count)};
        for (int32_t j = 0; j < written->columns.count; j++) {
            TRY(column_key(builder, written->columns.items[j], &set.keys[j]));
            set.count++;
        }
        add_set(builder->an, ret_sets, set);
    }
    return OK;
}

static void rollup(Analyzer *an, const SetList *parts, SetList *ret_sets) {
    for (int32_t length = parts->count; length >= 0; length--) {
        KeySet set = {0};
        for (int32_t i = 0; i < length; i++) {
            set = set_union(an, &set, &parts->items[i]);
        }
        add_set(an, ret_sets, set);
    }
}

/* Every subset of the parts, the full one first. */
static void cube(Analyzer *an, const SetList *parts, SetList *ret_sets) {
    for (int64_t mask = ((int64_t)1 << parts->count) - 1; mask >= 0; mask--) {
        KeySet set = {0};
        for (int32_t i = 0; i < parts->count; i++) {
            if (mask >> (parts->count - 1 - i) & 1) {
                set = set_union(an, &set, &parts->items[i]);
            }
        }
        add_set(an, ret_sets, set);
    }
}

static bool sets_equal(const KeySet *a, const KeySet *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = set_has(b, a->keys[i]);
    }
    return equal;
}

static void remove_duplicates(SetList *sets) {
    int32_t kept = 0;
    for (int32_t i = 0; i < sets->count; i++) {
        bool seen = false;
        for (int32_t j = 0; j < kept && !seen; j++) {
            seen = sets_equal(&sets->items[i], &sets->items[j]);
        }
        if (!seen) {
            sets->items[kept++] = sets->items[i];
        }
    }
    sets->count = kept;
}

static Status grouping_sets(GroupByBuilder *builder, const GroupingSets *node, SetList *sets) {
    SetList parts = {0}, expanded = {0};
    TRY(column_sets(builder, node, &parts));
    if (node->type == GROUPING_SETS_EXPLICIT) {
        return multiply(builder, sets, &parts);
    }
    if (node->type == GROUPING_SETS_ROLLUP) {
        rollup(builder->an, &parts, &expanded);
        return multiply(builder, sets, &expanded);
    }
    if (parts.count > CUBE_COLUMNS_MAX || ((int64_t)1 << parts.count) > SETS_MAX) {
        return FAIL_NODE(builder->an, TOO_MANY_GROUPING_SETS,
                         &builder->context->block->specification->node,
                         "GROUP BY has %lld grouping sets but can contain at most %d",
                         (long long)1 << (parts.count > 62 ? 62 : parts.count), SETS_MAX);
    }
    remove_duplicates(&parts);
    cube(builder->an, &parts, &expanded);
    return multiply(builder, sets, &expanded);
}

/* GROUP BY AUTO: the select items without aggregates are the keys. */
static Status automatic_group(GroupByBuilder *builder, SetList *sets) {
    KeySet set = {0, arena_new_array(builder->an->arena, int32_t, builder->output_count)};
    for (int32_t i = 0; i < builder->output_count; i++) {
        const OutputItem *output = &builder->outputs[i];
        FoundCalls found = {0};
        if (output->node != NULL) {
            find_calls(builder->an, output->node, &found);
        }
        if (found.all == NULL) {
            TRY(check_comparable(builder, output->expr));
            int32_t key = add_key(builder, output->expr);
            if (!set_has(&set, key)) {
                set.keys[set.count++] = key;
            }
        }
    }
    SetList one = {1, 1, &set};
    return multiply(builder, sets, &one);
}

Status analyze_group_by(const ExpressionContext *context, const QuerySpecification *specification,
                        int32_t output_count, const OutputItem *outputs,
                        GroupByAnalysis *ret_analysis) {
    Analyzer *an = context->an;
    GroupByAnalysis analysis = {.is_aggregation = true};
    GroupByBuilder builder = {context, an, output_count, outputs, &analysis, 0};
    SetList sets = {0};
    add_set(an, &sets, (KeySet){0});
    const GroupBy *group_by = specification->group_by;
    if (group_by != NULL && group_by->automatic) {
        TRY(automatic_group(&builder, &sets));
    }
    for (int32_t i = 0; group_by != NULL && i < group_by->grouping_elements.count; i++) {
        const Node *element = group_by->grouping_elements.items[i];
        if (element->kind == NODE_SIMPLE_GROUP_BY) {
            TRY(simple_group(&builder, NODE_CAST(SimpleGroupBy, element), &sets));
        } else {
            TRY(grouping_sets(&builder, NODE_CAST(GroupingSets, element), &sets));
        }
    }
    if (group_by != NULL && group_by->distinct) {
        remove_duplicates(&sets);
    }
    analysis.set_count = sets.count;
    analysis.sets = sets.items;
    *ret_analysis = analysis;
    return OK;
}

/* ---- verification ---- */

typedef struct Verification {
    Analyzer *an;
    const Block *block;
    const GroupByAnalysis *group_by;
    const Symbol *offending; /* of a subquery */
} Verification;

static bool is_key(const Verification *verification, const Expr *expr) {
    for (int32_t i = 0; i < verification->group_by->key_count; i++) {
        const Expr *key = verification->group_by->keys[i];
        if (key->kind == expr->kind && key->type == expr->type && expr_equal(key, expr)) {
            return true;
        }
    }
    return false;
}

static bool is_source_column(const Verification *verification, const Symbol *symbol) {
    const Scope *source = verification->block->source;
    for (int32_t i = 0; i < source->field_count; i++) {
        if (source->fields[i].symbol == symbol) {
            return true;
        }
    }
    return false;
}

static void check_free_symbol(void *closure, const Symbol *symbol) {
    Verification *verification = closure;
    Expr expr = {.kind = EXPR_SYMBOL, .type = symbol->type, .symbol = symbol};
    if (verification->offending == NULL && is_source_column(verification, symbol) &&
        !is_key(verification, &expr)) {
        verification->offending = symbol;
    }
}

static const char *column_name(const Verification *verification, const Symbol *symbol) {
    const Scope *source = verification->block->source;
    for (int32_t i = 0; i < source->field_count; i++) {
        if (source->fields[i].symbol == symbol && source->fields[i].name != NULL) {
            return source->fields[i].name;
        }
    }
    return symbol->name;
}

static bool window_is_grouped(Verification *verification, const BlockWindow *call);

static bool is_grouped(Verification *verification, const Expr *expr) {
    if (is_key(verification, expr)) {
        return true;
    }
    switch (expr->kind) {
    case EXPR_SYMBOL:
        return !is_source_column(verification, expr->symbol);
    case EXPR_AGGREGATE:
    case EXPR_GROUPING:
        return true;
    case EXPR_WINDOW:
        return window_is_grouped(verification, expr->analysis);
    case EXPR_SUBQUERY: {
        const BlockSubquery *subquery = expr->analysis;
        plan_free_symbols(subquery->plan, check_free_symbol, verification);
        return verification->offending == NULL &&
               (subquery->value == NULL || is_grouped(verification, subquery->value));
    }
    default:
        break;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (!is_grouped(verification, expr->arguments[i])) {
            return false;
        }
    }
    return true;
}

static bool window_is_grouped(Verification *verification, const BlockWindow *call) {
    const ResolvedWindow *window = call->window;
    bool grouped = (window->start_value == NULL || is_grouped(verification, window->start_value)) &&
                   (window->end_value == NULL || is_grouped(verification, window->end_value));
    for (int32_t i = 0; grouped && i < call->argument_count; i++) {
        grouped = is_grouped(verification, call->arguments[i]);
    }
    for (int32_t i = 0; grouped && i < window->partition_count; i++) {
        grouped = is_grouped(verification, window->partition[i]);
    }
    for (int32_t i = 0; grouped && i < window->order_count; i++) {
        grouped = is_grouped(verification, window->order[i].expr);
    }
    return grouped;
}

Status verify_aggregation(Analyzer *an, const Block *block, const GroupByAnalysis *group_by,
                          const Expr *expr, const Node *node, const Field *star_field) {
    Verification verification = {an, block, group_by, NULL};
    if (is_grouped(&verification, expr)) {
        return OK;
    }
    if (verification.offending != NULL) {
        return FAIL_NODE(an, EXPRESSION_NOT_AGGREGATE, node,
                         "Subquery uses '%s' which must appear in GROUP BY clause",
                         column_name(&verification, verification.offending));
    }
    if (star_field != NULL) {
        const QualifiedName *relation = star_field->relation;
        const char *name = star_field->name == NULL ? "" : star_field->name;
        const char *column = relation == NULL
                                 ? name
                                 : arena_printf(an->arena, "%s.%s",
                                                format_qualified_name(an->arena, relation), name);
        return FAIL(an->cx, EXPRESSION_NOT_AGGREGATE, "Column '%s' not in GROUP BY clause", column);
    }
    return FAIL_NODE(an, EXPRESSION_NOT_AGGREGATE, node,
                     "'%s' must be an aggregate expression or appear in GROUP BY clause",
                     format_expression(an->arena, node));
}
