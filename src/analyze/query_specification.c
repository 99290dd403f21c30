/*
 * SELECT ... FROM ... WHERE ... GROUP BY ... HAVING ... WINDOW ... ORDER BY ... LIMIT.
 *
 * First every clause is analyzed, in the order in which Trino would find errors; then the plan is
 * put together from the bottom: FROM, filter, aggregation, filter, windows, select items, DISTINCT,
 * order and limits. ORDER BY sees the select items' symbols first, then the columns of FROM.
 */
#include "analyze/expression.h"
#include "analyze/select_items.h"

#include "sql/formatter.h"

/* One query specification on its way. */
typedef struct Specification {
    Analyzer *an;
    const QuerySpecification *node;
    const Scope *scope; /* of the query around */
    RelationPlan from;
    Block block;
    ExpressionContext context;  /* over FROM */
    const Expr *where, *having; /* NULL: none */
    int32_t output_count;
    OutputItem *outputs;
    GroupByAnalysis group_by;
    int32_t order_count;
    SortKey *order;
    const Node **order_nodes; /* NULL entries: ordinals */
    RowLimits limits;
} Specification;

/* ---- the clauses ---- */

static Status analyze_from(Specification *s) {
    Analyzer *an = s->an;
    if (s->node->from == NULL) {
        s->from = (RelationPlan){.plan = plan_single_row(an)};
    } else {
        TRY(analyze_relation(an, s->node->from, s->scope, &s->from));
    }
    s->block.specification = s->node;
    s->block.source = scope_create(an, s->scope, false, s->from.field_count, s->from.fields);
    s->context = (ExpressionContext){.an = an, .scope = s->block.source, .block = &s->block};
    return OK;
}

static Status analyze_where(Specification *s) {
    if (s->node->where == NULL) {
        return OK;
    }
    TRY(require_scalar(s->an, s->node->where, "WHERE clause"));
    return analyze_predicate(&s->context, s->node->where, "WHERE clause", &s->where);
}

static Status analyze_having(Specification *s) {
    const Node *having = s->node->having;
    if (having == NULL) {
        return OK;
    }
    FoundCalls found;
    find_calls(s->an, having, &found);
    if (found.window_count > 0) {
        return FAIL_NODE(s->an, NESTED_WINDOW, found.first_window,
                         "HAVING clause cannot contain window functions or row pattern measures");
    }
    return analyze_predicate(&s->context, having, "HAVING clause", &s->having);
}

static Status analyze_grouping_clause(Specification *s) {
    bool has_aggregates = s->block.aggregates != NULL;
    if (!has_aggregates && s->node->order_by != NULL) {
        FoundCalls found;
        find_calls(s->an, &s->node->order_by->node, &found);
        has_aggregates = found.aggregate_count > 0;
    }
    if (s->node->group_by == NULL && s->node->having == NULL && !has_aggregates) {
        return OK;
    }
    return analyze_group_by(&s->context, s->node, s->output_count, s->outputs, &s->group_by);
}

/* ---- ORDER BY ---- */

static const Symbol *new_output(const Specification *s, const OutputItem *output) {
    const char *hint = output->name != NULL ? output->name : expr_hint(output->expr);
    return plan_symbol(s->an->builder, hint, output->expr->type);
}

/* For ORDER BY: a select item that is a column of FROM keeps its symbol, once; others get one. */
static void name_outputs(Specification *s) {
    SymbolList taken = {0};
    for (int32_t i = 0; i < s->output_count && s->node->order_by != NULL; i++) {
        OutputItem *output = &s->outputs[i];
        const Expr *expr = output->expr;
        bool is_column = expr->kind == EXPR_SYMBOL &&
                         symbol_list_contains(&s->from.plan->outputs, expr->symbol) &&
                         !symbol_list_contains(&taken, expr->symbol);
        output->symbol = is_column ? expr->symbol : new_output(s, output);
        symbol_list_add(s->an->arena, &taken, output->symbol);
    }
}

static Field *output_fields(const Specification *s) {
    Field *fields = arena_new_array(s->an->arena, Field, s->output_count);
    for (int32_t i = 0; i < s->output_count; i++) {
        fields[i] = (Field){
            .name = s->outputs[i].name,
            .type = s->outputs[i].expr->type,
            .symbol = s->outputs[i].symbol,
            .is_output = true,
        };
    }
    return fields;
}

static Status analyze_order_item(Specification *s, const ExpressionContext *context,
                                 const SortItem *item, int32_t index) {
    Analyzer *an = s->an;
    const Node *key = item->sort_key;
    SortKey *result = &s->order[index];
    if (key->kind == NODE_LONG_LITERAL) {
        int64_t ordinal = NODE_CAST(LongLiteral, key)->value;
        if (ordinal < 1 || ordinal > s->output_count) {
            return FAIL_NODE(an, INVALID_COLUMN_REFERENCE, key,
                             "ORDER BY position %lld is not in select list", (long long)ordinal);
        }
        result->expr = expr_symbol(an->arena, s->outputs[ordinal - 1].symbol);
    } else {
        TRY(analyze_expression(context, key, &result->expr));
        s->order_nodes[index] = key;
    }
    const Type *type = result->expr->type;
    if (!type->orderable && type->kind != TYPE_UNKNOWN) {
        return FAIL_NODE(an, TYPE_MISMATCH, &s->node->node,
                         "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s",
                         type->name, format_expression(an->arena, key));
    }
    result->descending = item->ordering == SORT_DESCENDING;
    result->nulls_first = item->null_ordering == NULLS_FIRST;
    return OK;
}

static Status analyze_order_by(Specification *s) {
    Analyzer *an = s->an;
    if (s->node->order_by == NULL) {
        return OK;
    }
    const NodeList *items = &s->node->order_by->sort_items;
    ExpressionContext context = s->context;
    context.scope = scope_create(an, s->block.source, false, s->output_count, output_fields(s));
    s->order = arena_new_array(an->arena, SortKey, items->count);
    s->order_nodes = arena_new_array(an->arena, const Node *, items->count);
    s->block.in_order_by = true;
    for (int32_t i = 0; i < items->count; i++) {
        TRY(analyze_order_item(s, &context, NODE_CAST(SortItem, items->items[i]), i));
    }
    s->order_count = items->count;
    s->block.in_order_by = false;
    return OK;
}

/* ---- checks over all clauses ---- */

static bool is_output_symbol(const Specification *s, const Symbol *symbol) {
    for (int32_t i = 0; i < s->output_count; i++) {
        if (s->outputs[i].symbol == symbol) {
            return true;
        }
    }
    return false;
}

typedef struct OutputUse {
    const Specification *s;
    bool found;
} OutputUse;

static void note_output_use(void *closure, const Symbol *symbol) {
    OutputUse *use = closure;
    bool is_column = symbol_list_contains(&use->s->from.plan->outputs, symbol);
    use->found = use->found || (!is_column && is_output_symbol(use->s, symbol));
}

static bool uses_outputs(const Specification *s, const Expr *expr) {
    OutputUse use = {s, false};
    expr_free_symbols(expr, note_output_use, &use);
    return use.found;
}

/* Aggregates and windows of ORDER BY are computed before the select items are. */
static Status check_order_calls(Specification *s) {
    for (const BlockAggregate *call = s->block.aggregates; call != NULL; call = call->next) {
        for (int32_t i = 0; call->from_order_by && i < call->argument_count; i++) {
            if (uses_outputs(s, call->arguments[i])) {
                return FAIL_NODE(s->an, COLUMN_NOT_FOUND, call->node->arguments.items[i],
                                 "Invalid reference to output projection attribute from ORDER BY "
                                 "aggregation");
            }
        }
    }
    for (const BlockWindow *call = s->block.windows; call != NULL; call = call->next) {
        for (int32_t i = 0; call->from_order_by && i < call->argument_count; i++) {
            if (uses_outputs(s, call->arguments[i])) {
                return FAIL_NODE(s->an, COLUMN_NOT_FOUND, call->node->arguments.items[i],
                                 "Invalid reference to output projection attribute from ORDER BY "
                                 "window function");
            }
        }
    }
    return OK;
}

static Status check_aggregation(Specification *s) {
    Analyzer *an = s->an;
    if (s->block.groupings != NULL && s->node->group_by == NULL) {
        return FAIL_NODE(an, MISSING_GROUP_BY, &s->node->node,
                         "A GROUPING() operation can only be used with a corresponding GROUPING "
                         "SET/CUBE/ROLLUP/GROUP BY clause");
    }
    if (!s->group_by.is_aggregation) {
        return OK;
    }
    for (int32_t i = 0; i < s->output_count; i++) {
        const OutputItem *output = &s->outputs[i];
        TRY(verify_aggregation(an, &s->block, &s->group_by, output->expr, output->node,
                               output->star_field));
    }
    if (s->having != NULL) {
        TRY(verify_aggregation(an, &s->block, &s->group_by, s->having, s->node->having, NULL));
    }
    for (int32_t i = 0; i < s->order_count; i++) {
        if (s->order_nodes[i] != NULL && !(s->order[i].expr->kind == EXPR_SYMBOL &&
                                           is_output_symbol(s, s->order[i].expr->symbol))) {
            TRY(verify_aggregation(an, &s->block, &s->group_by, s->order[i].expr, s->order_nodes[i],
                                   NULL));
        }
    }
    return OK;
}

/* The select item that an ORDER BY expression is; -1 when it is none. */
static int32_t matching_output(const Specification *s, const Expr *expr) {
    for (int32_t i = 0; i < s->output_count; i++) {
        if ((expr->kind == EXPR_SYMBOL && expr->symbol == s->outputs[i].symbol) ||
            expr_equal(expr, s->outputs[i].expr)) {
            return i;
        }
    }
    return -1;
}

static Status check_distinct(Specification *s) {
    if (!s->node->select->distinct) {
        return OK;
    }
    const Node *position = &s->node->select->node;
    for (int32_t i = 0; i < s->order_count; i++) {
        if (matching_output(s, s->order[i].expr) < 0) {
            return FAIL_NODE(s->an, EXPRESSION_NOT_IN_DISTINCT, position,
                             "For SELECT DISTINCT, ORDER BY expressions must appear in select "
                             "list");
        }
    }
    return OK;
}

/* ---- the plan ---- */

static PlanNode *filter(Analyzer *an, PlanNode *plan, const Translation *translation,
                        const Expr *predicate) {
    if (predicate == NULL) {
        return plan;
    }
    const Expr *expr = translate(an, translation, predicate);
    expr = plan_subqueries(an, &plan, expr);
    return plan_filter(an->builder, plan, expr);
}

/* The select items as columns. One that is a column already keeps that symbol, once; what ORDER BY
   knows it by is translated from then on. */
static PlanNode *project_outputs(Specification *s, PlanNode *plan, Translation *translation,
                                 bool keep_all) {
    Projection projection;
    SymbolList taken = {0};
    projection_init(&projection, s->an, plan, keep_all);
    for (int32_t i = 0; i < s->output_count; i++) {
        OutputItem *output = &s->outputs[i];
        const Expr *expr = translate(s->an, translation, output->expr);
        expr = plan_subqueries(s->an, &projection.plan, expr);
        bool is_column = expr->kind == EXPR_SYMBOL &&
                         symbol_list_contains(&projection.plan->outputs, expr->symbol) &&
                         !symbol_list_contains(&taken, expr->symbol);
        output->planned = is_column                ? expr->symbol
                          : output->symbol != NULL ? output->symbol
                                                   : new_output(s, output);
        symbol_list_add(s->an->arena, &taken, output->planned);
        bool is_kept = keep_all && symbol_list_contains(&plan->outputs, output->planned);
        if (!is_column || !is_kept) {
            projection_assign(&projection, output->planned, expr);
        }
    }
    for (int32_t i = 0; i < s->output_count; i++) {
        const OutputItem *output = &s->outputs[i];
        if (output->symbol != NULL && output->planned != output->symbol) {
            translation_add(s->an, translation, expr_symbol(s->an->arena, output->symbol),
                            output->planned);
        }
    }
    return projection_finish(&projection);
}

static PlanNode *only_outputs(const Specification *s, PlanNode *plan) {
    Projection projection;
    projection_init(&projection, s->an, plan, false);
    for (int32_t i = 0; i < s->output_count; i++) {
        projection_add_distinct(&projection, expr_symbol(s->an->arena, s->outputs[i].planned),
                                NULL);
    }
    return projection_finish(&projection);
}

/* DISTINCT, then order by select items only. */
static PlanNode *plan_distinct_order(const Specification *s, PlanNode *plan, bool is_ordered) {
    SortOrder *order = arena_new_array(s->an->arena, SortOrder, s->order_count);
    for (int32_t i = 0; i < s->order_count; i++) {
        int32_t output = matching_output(s, s->order[i].expr);
        order[i] =
            (SortOrder){s->outputs[output].symbol, s->order[i].descending, s->order[i].nulls_first};
    }
    plan = plan_distinct_rows(s->an, plan);
    return plan_order(s->an, plan, is_ordered ? s->order_count : 0, order, &s->limits);
}

static PlanNode *plan_order_by(const Specification *s, PlanNode *plan,
                               const Translation *translation) {
    Projection projection;
    projection_init(&projection, s->an, plan, true);
    SortOrder *order = arena_new_array(s->an->arena, SortOrder, s->order_count);
    for (int32_t i = 0; i < s->order_count; i++) {
        const Expr *expr = translate(s->an, translation, s->order[i].expr);
        order[i] = (SortOrder){projection_add(&projection, expr, NULL), s->order[i].descending,
                               s->order[i].nulls_first};
    }
    plan = projection_finish(&projection);
    return only_outputs(s, plan_order(s->an, plan, s->order_count, order, &s->limits));
}

static Status plan_specification(Specification *s, bool is_top, PlanNode **ret_plan) {
    Analyzer *an = s->an;
    Translation translation = {0};
    PlanNode *plan = filter(an, s->from.plan, &translation, s->where);
    if (s->group_by.is_aggregation) {
        TRY(plan_aggregation(an, &s->block, &s->group_by, &plan, &translation));
    }
    plan = filter(an, plan, &translation, s->having);
    TRY(plan_windows(an, &s->block, false, &plan, &translation));
    bool is_redundant = !is_top && s->limits.limit < 0 && s->limits.offset == 0;
    bool is_ordered = s->order_count > 0 && !is_redundant;
    bool is_distinct = s->node->select->distinct;
    if (is_ordered) {
        TRY(plan_windows(an, &s->block, true, &plan, &translation));
    }
    plan = project_outputs(s, plan, &translation, is_ordered && !is_distinct);
    if (is_distinct) {
        *ret_plan = plan_distinct_order(s, plan, is_ordered);
    } else if (is_ordered) {
        *ret_plan = plan_order_by(s, plan, &translation);
    } else {
        *ret_plan = plan_order(an, plan, 0, NULL, &s->limits);
    }
    return OK;
}

static Status analyze_clauses(Specification *s) {
    TRY(analyze_from(s));
    TRY(check_window_definitions(&s->context));
    TRY(analyze_where(s));
    TRY(analyze_select(&s->context, s->node, &s->from, &s->output_count, &s->outputs));
    TRY(analyze_grouping_clause(s));
    TRY(analyze_having(s));
    name_outputs(s);
    TRY(analyze_order_by(s));
    TRY(analyze_limits(s->an, s->node->offset, s->node->limit, s->order_count > 0, &s->limits));
    TRY(check_order_calls(s));
    TRY(check_aggregation(s));
    return check_distinct(s);
}

Status analyze_query_specification(Analyzer *an, const QuerySpecification *node, const Scope *scope,
                                   bool is_top, RelationPlan *ret_plan) {
    Specification *s = arena_new(an->arena, Specification);
    s->an = an;
    s->node = node;
    s->scope = scope;
    TRY(analyze_clauses(s));
    TRY(plan_specification(s, is_top, &ret_plan->plan));
    ret_plan->field_count = s->output_count;
    ret_plan->fields = output_fields(s);
    for (int32_t i = 0; i < s->output_count; i++) {
        ret_plan->fields[i].is_output = false;
        ret_plan->fields[i].symbol = s->outputs[i].planned;
    }
    return OK;
}
