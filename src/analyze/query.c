/*
 * Queries: WITH, the body, and ORDER BY, OFFSET and LIMIT around bodies that are no query
 * specifications.
 *
 * A query starts in a scope without fields below its outer query's, so that names found further out
 * are correlations. ORDER BY of a query that is not outermost and has no limit has no effect and is
 * checked only.
 */
#include "analyze/expression.h"

#include "sql/formatter.h"

/* ---- limits ---- */

static Status row_count(Analyzer *an, const Node *node, int64_t *ret_count) {
    if (node->kind == NODE_LONG_LITERAL) {
        *ret_count = NODE_CAST(LongLiteral, node)->value;
        return OK;
    }
    if (an->is_describing) {
        *ret_count = 0;
        return OK;
    }
    const Vector *value;
    TRY(analyze_constant(an, node, type_simple(TYPE_BIGINT), "Row count", &value));
    if (vector_is_null(value, 0)) {
        return FAIL_NODE(an, NUMERIC_VALUE_OUT_OF_RANGE, node, "Row count must not be null");
    }
    *ret_count = VECTOR_DATA(value, int64_t)[0];
    return OK;
}

static Status analyze_fetch(Analyzer *an, const FetchFirst *fetch, RowLimits *limits) {
    limits->limit = 1;
    limits->with_ties = fetch->with_ties;
    if (fetch->row_count != NULL) {
        TRY(row_count(an, fetch->row_count, &limits->limit));
    }
    if (limits->limit <= 0 && !an->is_describing) {
        return FAIL_NODE(an, NUMERIC_VALUE_OUT_OF_RANGE, &fetch->node,
                         "FETCH FIRST row count must be positive (actual value: %lld)",
                         (long long)limits->limit);
    }
    return OK;
}

static Status check_count(Analyzer *an, const Node *node, const char *clause, int64_t count) {
    if (count >= 0) {
        return OK;
    }
    return FAIL_NODE(an, NUMERIC_VALUE_OUT_OF_RANGE, node,
                     "%s row count must be greater or equal to 0 (actual value: %lld)", clause,
                     (long long)count);
}

Status analyze_limits(Analyzer *an, const Offset *offset, const Node *limit, bool has_order_by,
                      RowLimits *ret_limits) {
    RowLimits limits = {.offset = 0, .limit = -1};
    if (offset != NULL) {
        TRY(row_count(an, offset->row_count, &limits.offset));
        TRY(check_count(an, &offset->node, "OFFSET", limits.offset));
    }
    if (limit != NULL && limit->kind == NODE_FETCH_FIRST) {
        TRY(analyze_fetch(an, NODE_CAST(FetchFirst, limit), &limits));
    } else if (limit != NULL && NODE_CAST(Limit, limit)->row_count->kind != NODE_ALL_ROWS) {
        TRY(row_count(an, NODE_CAST(Limit, limit)->row_count, &limits.limit));
        TRY(check_count(an, limit, "LIMIT", limits.limit));
    }
    if (limits.with_ties && !has_order_by) {
        return FAIL_NODE(an, MISSING_ORDER_BY, limit,
                         "FETCH FIRST WITH TIES clause requires ORDER BY");
    }
    if (has_order_by && limits.limit > INT32_MAX) {
        return FAIL(an->cx, NOT_SUPPORTED, "ORDER BY LIMIT > 2147483647 is not supported");
    }
    *ret_limits = limits;
    return OK;
}

static PlanNode *over(Analyzer *an, PlanKind kind, PlanNode *source) {
    PlanNode *node = plan_node_create(an->builder, kind, 1);
    node->sources[0] = source;
    node->outputs = source->outputs;
    return node;
}

static SortOrderArray sort_orders(Analyzer *an, int32_t count, const SortOrder *order) {
    SortOrderArray array = {0, arena_new_array(an->arena, SortOrder, count)};
    for (int32_t i = 0; i < count; i++) {
        bool seen = false;
        for (int32_t j = 0; j < array.count && !seen; j++) {
            seen = array.items[j].symbol == order[i].symbol;
        }
        if (!seen) {
            array.items[array.count++] = order[i];
        }
    }
    return array;
}

PlanNode *plan_order(Analyzer *an, PlanNode *plan, int32_t order_count, const SortOrder *order,
                     const RowLimits *limits) {
    if (order_count > 0 && limits->limit >= 0) {
        TopNNode *top = (TopNNode *)over(an, PLAN_TOP_N, plan);
        top->count = limits->limit + limits->offset;
        top->order_by = sort_orders(an, order_count, order);
        top->with_ties = limits->with_ties;
        plan = &top->base;
    } else if (order_count > 0) {
        SortNode *sort = (SortNode *)over(an, PLAN_SORT, plan);
        sort->order_by = sort_orders(an, order_count, order);
        plan = &sort->base;
    }
    if (limits->offset > 0) {
        OffsetNode *offset = (OffsetNode *)over(an, PLAN_OFFSET, plan);
        offset->count = limits->offset;
        plan = &offset->base;
    }
    if (order_count == 0 && limits->limit >= 0) {
        plan = plan_limit(an->builder, plan, limits->limit);
    }
    return plan;
}

/* ---- plans of one shape ---- */

PlanNode *plan_single_row(Analyzer *an) {
    return plan_values(an->builder, 0, NULL, 1, NULL);
}

PlanNode *plan_distinct_rows(Analyzer *an, PlanNode *plan) {
    AggregationNode *node = (AggregationNode *)over(an, PLAN_AGGREGATION, plan);
    node->step = AGGREGATION_SINGLE;
    for (int32_t i = 0; i < plan->outputs.count; i++) {
        symbol_list_add(an->arena, &node->group_keys, plan->outputs.items[i]);
    }
    return &node->base;
}

PlanNode *plan_visible(Analyzer *an, RelationPlan *relation) {
    Projection projection;
    projection_init(&projection, an, relation->plan, false);
    int32_t count = 0;
    for (int32_t i = 0; i < relation->field_count; i++) {
        Field field = relation->fields[i];
        if (!field.hidden) {
            const Expr *expr = expr_symbol(an->arena, field.symbol);
            field.symbol = projection_add_distinct(&projection, expr, field.name);
            relation->fields[count++] = field;
        }
    }
    relation->field_count = count;
    relation->plan = projection_finish(&projection);
    return relation->plan;
}

void plan_coerce_columns(Analyzer *an, RelationPlan *relation, const Type *const *types) {
    Projection projection;
    projection_init(&projection, an, relation->plan, false);
    Field *fields =
        arena_copy(an->arena, relation->fields, sizeof(Field) * (size_t)relation->field_count);
    for (int32_t i = 0; i < relation->field_count; i++) {
        const Expr *column = expr_symbol(an->arena, fields[i].symbol);
        const Expr *expr = coerce(an, column, types[i]);
        fields[i].symbol = projection_add_distinct(&projection, expr, fields[i].symbol->name);
        fields[i].type = types[i];
    }
    relation->fields = fields;
    relation->plan = projection_finish(&projection);
}

PlanNode *plan_output(Analyzer *an, const RelationPlan *relation) {
    RelationPlan visible = *relation;
    visible.fields =
        arena_copy(an->arena, relation->fields, sizeof(Field) * (size_t)relation->field_count);
    PlanNode *plan = plan_visible(an, &visible);
    OutputNode *node = (OutputNode *)over(an, PLAN_OUTPUT, plan);
    node->column_names.count = visible.field_count;
    node->column_names.items = arena_new_array(an->arena, const char *, visible.field_count);
    for (int32_t i = 0; i < visible.field_count; i++) {
        const char *name = visible.fields[i].name;
        node->column_names.items[i] =
            name != NULL ? name : arena_printf(an->arena, "_col%d", (int)i);
    }
    return &node->base;
}

/* ---- ORDER BY over the columns of a body ---- */

static Status analyze_order_key(const ExpressionContext *context, const Query *query,
                                const SortItem *item, const Expr **ret_expr) {
    Analyzer *an = context->an;
    const Node *key = item->sort_key;
    if (key->kind == NODE_LONG_LITERAL) {
        int64_t ordinal = NODE_CAST(LongLiteral, key)->value;
        if (ordinal < 1 || ordinal > context->scope->field_count) {
            return FAIL_NODE(an, INVALID_COLUMN_REFERENCE, key,
                             "ORDER BY position %lld is not in select list", (long long)ordinal);
        }
        *ret_expr = expr_symbol(an->arena, context->scope->fields[ordinal - 1].symbol);
    } else {
        TRY(require_scalar(an, key, "ORDER BY clause"));
        TRY(analyze_expression(context, key, ret_expr));
    }
    const Type *type = (*ret_expr)->type;
    if (!type->orderable && type->kind != TYPE_UNKNOWN) {
        return FAIL_NODE(an, TYPE_MISMATCH, &query->node,
                         "Type %s is not orderable, and therefore cannot be used in ORDER BY: %s",
                         type->name, format_expression(an->arena, key));
    }
    return OK;
}

static Status order_body(Analyzer *an, const Query *query, const Scope *scope, bool is_top,
                         RelationPlan *relation) {
    const OrderBy *order_by = query->order_by;
    int32_t count = order_by == NULL ? 0 : order_by->sort_items.count;
    ExpressionContext context = {.an = an};
    context.scope = scope_create(an, scope, false, relation->field_count, relation->fields);
    Projection projection;
    projection_init(&projection, an, relation->plan, true);
    SortOrder *order = arena_new_array(an->arena, SortOrder, count);
    for (int32_t i = 0; i < count; i++) {
        const SortItem *item = NODE_CAST(SortItem, order_by->sort_items.items[i]);
        const Expr *expr;
        TRY(analyze_order_key(&context, query, item, &expr));
        order[i] =
            (SortOrder){projection_add(&projection, expr, NULL), item->ordering == SORT_DESCENDING,
                        item->null_ordering == NULLS_FIRST};
    }
    RowLimits limits;
    TRY(analyze_limits(an, query->offset, query->limit, count > 0, &limits));
    bool is_redundant = !is_top && limits.limit < 0 && limits.offset == 0;
    if (is_redundant) {
        return OK;
    }
    relation->plan = plan_order(an, projection_finish(&projection), count, order, &limits);
    plan_visible(an, relation);
    return OK;
}

/* ---- queries ---- */

Status analyze_query_body(Analyzer *an, const Node *body, const Scope *scope, bool is_top,
                          RelationPlan *ret_plan) {
    switch (body->kind) {
    case NODE_QUERY_SPECIFICATION:
        return analyze_query_specification(an, NODE_CAST(QuerySpecification, body), scope, is_top,
                                           ret_plan);
    case NODE_TABLE_SUBQUERY:
        return analyze_query_in(an, NODE_CAST(TableSubquery, body)->query, scope, is_top, ret_plan);
    case NODE_SET_OPERATION:
        return analyze_set_operation(an, NODE_CAST(SetOperation, body), scope, ret_plan);
    default:
        TRY(analyze_relation(an, body, scope, ret_plan));
        plan_visible(an, ret_plan);
        return OK;
    }
}

Status analyze_query_in(Analyzer *an, const Query *query, const Scope *outer, bool is_top,
                        RelationPlan *ret_plan) {
    TRY(analyzer_enter(an));
    const Scope *scope = scope_create_for_query(an, outer);
    TRY(analyze_with(an, query->with, scope, &scope));
    TRY(analyze_query_body(an, query->query_body, scope, is_top, ret_plan));
    if (query->order_by != NULL || query->offset != NULL || query->limit != NULL) {
        TRY(order_body(an, query, scope, is_top, ret_plan));
    }
    analyzer_leave(an);
    return OK;
}

Status analyze_query(Analyzer *an, const Query *query, const Scope *outer, RelationPlan *ret_plan) {
    return analyze_query_in(an, query, outer, outer == NULL, ret_plan);
}
