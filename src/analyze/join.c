/*
 * Joins. ON is cut into equalities between the sides, which become keys, and a filter for the rest;
 * USING gives one column for each pair. LATERAL and UNNEST on the right see the left side's columns
 * and join as CorrelatedJoin and Unnest.
 */
#include "analyze/expression.h"

#include "sql/formatter.h"

static const char *const JOIN_NAMES[] = {"CROSS", "INNER", "LEFT", "RIGHT", "FULL", "IMPLICIT"};

static JoinKind join_kind(JoinType type) {
    switch (type) {
    case JOIN_LEFT:
        return LEFT_JOIN;
    case JOIN_RIGHT:
        return RIGHT_JOIN;
    case JOIN_FULL:
        return FULL_JOIN;
    default:
        return INNER_JOIN;
    }
}

static void add_fields(Analyzer *an, SymbolList *list, const RelationPlan *relation) {
    for (int32_t i = 0; i < relation->field_count; i++) {
        if (!symbol_list_contains(list, relation->fields[i].symbol)) {
            symbol_list_add(an->arena, list, relation->fields[i].symbol);
        }
    }
}

SymbolList field_symbols(Analyzer *an, const RelationPlan *left, const RelationPlan *right) {
    SymbolList list = {0};
    add_fields(an, &list, left);
    add_fields(an, &list, right);
    return list;
}

static Field *fields_of_both(Analyzer *an, const RelationPlan *left, const RelationPlan *right) {
    Field *fields = arena_new_array(an->arena, Field, left->field_count + right->field_count);
    if (left->field_count > 0) {
        memcpy(fields, left->fields, sizeof(Field) * (size_t)left->field_count);
    }
    if (right->field_count > 0) {
        memcpy(fields + left->field_count, right->fields,
               sizeof(Field) * (size_t)right->field_count);
    }
    return fields;
}

/* ---- criteria ---- */

typedef struct Criteria {
    Analyzer *an;
    Projection left, right;
    SymbolList left_keys, right_keys;
    ExprList filter;
} Criteria;

typedef struct SideUse {
    const SymbolList *left, *right;
    bool uses_left, uses_right, uses_other;
} SideUse;

static void note_side(void *closure, const Symbol *symbol) {
    SideUse *use = closure;
    if (symbol_list_contains(use->left, symbol)) {
        use->uses_left = true;
    } else if (symbol_list_contains(use->right, symbol)) {
        use->uses_right = true;
    } else {
        use->uses_other = true;
    }
}

static SideUse side_of(const PlanNode *left, const PlanNode *right, const Expr *expr) {
    SideUse use = {.left = &left->outputs, .right = &right->outputs};
    expr_free_symbols(expr, note_side, &use);
    return use;
}

static bool is_only_left(SideUse use) {
    return use.uses_left && !use.uses_right && !use.uses_other;
}

static bool is_only_right(SideUse use) {
    return use.uses_right && !use.uses_left && !use.uses_other;
}

static void add_criterion(Criteria *criteria, const Expr *conjunct) {
    Arena *arena = criteria->an->arena;
    const PlanNode *left = criteria->left.plan, *right = criteria->right.plan;
    if (conjunct->kind == EXPR_COMPARISON && conjunct->comparison == COMPARE_EQUAL &&
        expr_is_deterministic(conjunct)) {
        const Expr *a = conjunct->arguments[0], *b = conjunct->arguments[1];
        if (is_only_right(side_of(left, right, a)) && is_only_left(side_of(left, right, b))) {
            const Expr *swapped = a;
            a = b;
            b = swapped;
        }
        if (is_only_left(side_of(left, right, a)) && is_only_right(side_of(left, right, b))) {
            symbol_list_add(arena, &criteria->left_keys, projection_add(&criteria->left, a, NULL));
            symbol_list_add(arena, &criteria->right_keys,
                            projection_add(&criteria->right, b, NULL));
            return;
        }
    }
    expr_list_add(arena, &criteria->filter, conjunct);
}

static PlanNode *plan_on(Analyzer *an, JoinKind kind, const RelationPlan *left,
                         const RelationPlan *right, const Expr *condition) {
    Criteria criteria = {.an = an};
    projection_init(&criteria.left, an, left->plan, true);
    projection_init(&criteria.right, an, right->plan, true);
    ExprList conjuncts = {0};
    expr_conjuncts(an->arena, condition, &conjuncts);
    for (int32_t i = 0; i < conjuncts.count; i++) {
        if (!expr_is_true(conjuncts.items[i])) {
            add_criterion(&criteria, conjuncts.items[i]);
        }
    }
    SymbolList outputs = field_symbols(an, left, right);
    const Expr *filter = criteria.filter.count == 0
                             ? NULL
                             : expr_and(an->arena, criteria.filter.count, criteria.filter.items);
    return plan_join(an->builder, kind, projection_finish(&criteria.left),
                     projection_finish(&criteria.right), criteria.left_keys.count,
                     criteria.left_keys.items, criteria.right_keys.items, filter, outputs.count,
                     outputs.items);
}

static PlanNode *plan_cross(Analyzer *an, const RelationPlan *left, const RelationPlan *right) {
    SymbolList outputs = field_symbols(an, left, right);
    return plan_join(an->builder, INNER_JOIN, left->plan, right->plan, 0, NULL, NULL, NULL,
                     outputs.count, outputs.items);
}

/* Which side computes the subqueries of an outer join's condition: one whose columns they need. */
static Status attach_to_side(Analyzer *an, const Node *node, RelationPlan *left,
                             RelationPlan *right, const Expr **condition) {
    ExprList conjuncts = {0};
    expr_conjuncts(an->arena, *condition, &conjuncts);
    for (int32_t i = 0; i < conjuncts.count; i++) {
        const Expr *conjunct = conjuncts.items[i];
        if (!expr_has_subquery(conjunct)) {
            continue;
        }
        SideUse use = side_of(left->plan, right->plan, conjunct);
        bool is_value_free = conjunct->kind != EXPR_SUBQUERY && conjunct->kind != EXPR_NOT;
        if (use.uses_left && use.uses_right && !is_value_free) {
            return FAIL_NODE(an, NOT_SUPPORTED, node,
                             "Subquery over columns of both sides of an outer join is not "
                             "supported");
        }
        RelationPlan *side = use.uses_right && !use.uses_left ? right : left;
        conjuncts.items[i] = plan_subqueries(an, &side->plan, conjunct);
    }
    *condition = expr_and(an->arena, conjuncts.count, conjuncts.items);
    return OK;
}

static Status analyze_on(Analyzer *an, const Join *join, const Scope *outer, RelationPlan *left,
                         RelationPlan *right, RelationPlan *ret_plan) {
    const Node *node = NODE_CAST(JoinOn, join->criteria)->expression;
    JoinKind kind = join_kind(join->type);
    ExpressionContext context = {.an = an};
    context.scope = scope_create(an, outer, false, ret_plan->field_count, ret_plan->fields);
    TRY(require_scalar(an, node, "JOIN clause"));
    bool refused = an->correlation_refused;
    an->correlation_refused = refused || kind != INNER_JOIN;
    const Expr *condition;
    TRY(analyze_predicate(&context, node, "JOIN ON clause", &condition));
    an->correlation_refused = refused;
    if (!expr_has_subquery(condition)) {
        ret_plan->plan = plan_on(an, kind, left, right, condition);
    } else if (kind == INNER_JOIN) {
        PlanNode *plan = plan_cross(an, left, right);
        condition = plan_subqueries(an, &plan, condition);
        ret_plan->plan = plan_filter(an->builder, plan, condition);
    } else {
        TRY(attach_to_side(an, node, left, right, &condition));
        ret_plan->plan = plan_on(an, kind, left, right, condition);
    }
    return OK;
}

/* ---- USING ---- */

typedef struct UsingColumn {
    const Identifier *node;
    const Field *left, *right;
    const Type *type;
    const Symbol *left_key, *right_key;
} UsingColumn;

static Status find_using_side(Analyzer *an, const Identifier *column, const RelationPlan *relation,
                              const char *side, const Field **ret_field) {
    NameChain chain = {.count = 1, .parts = {column->value}};
    int32_t matches =
        fields_matching(relation->field_count, relation->fields, &chain, 1, ret_field);
    if (matches > 1) {
        return FAIL_NODE(an, AMBIGUOUS_NAME, &column->node, "Column '%s' is ambiguous",
                         name_chain_text(an, &chain));
    }
    if (matches == 0) {
        return FAIL_NODE(an, COLUMN_NOT_FOUND, &column->node,
                         "Column '%s' is missing from %s side of join", column->value, side);
    }
    return OK;
}

static Status find_using(Analyzer *an, const NodeList *columns, const RelationPlan *left,
                         const RelationPlan *right, UsingColumn *found) {
    for (int32_t i = 0; i < columns->count; i++) {
        UsingColumn *column = &found[i];
        column->node = NODE_CAST(Identifier, columns->items[i]);
        for (int32_t j = 0; j < i; j++) {
            if (names_equal(found[j].node->value, column->node->value)) {
                return FAIL_NODE(an, DUPLICATE_COLUMN_NAME, &column->node->node,
                                 "Column '%s' appears multiple times in USING clause",
                                 column->node->value);
            }
        }
        TRY(find_using_side(an, column->node, left, "left", &column->left));
        TRY(find_using_side(an, column->node, right, "right", &column->right));
        const Expr *comparison;
        TRY(compare(an, COMPARE_EQUAL, expr_symbol(an->arena, column->left->symbol),
                    expr_symbol(an->arena, column->right->symbol), &column->node->node,
                    &comparison));
        column->type = comparison->arguments[0]->type;
    }
    return OK;
}

static const Expr *using_value(Analyzer *an, JoinKind kind, const UsingColumn *column) {
    const Expr *sides[2] = {expr_symbol(an->arena, column->left_key),
                            expr_symbol(an->arena, column->right_key)};
    if (kind == FULL_JOIN) {
        return expr_special(an->arena, EXPR_COALESCE, column->type, 2, sides);
    }
    return kind == RIGHT_JOIN ? sides[1] : sides[0];
}

static bool is_using(const UsingColumn *columns, int32_t count, const Field *field) {
    for (int32_t i = 0; i < count; i++) {
        if (columns[i].left == field || columns[i].right == field) {
            return true;
        }
    }
    return false;
}

/* The joined columns first, then what is left of each side. */
static void using_fields(Analyzer *an, const UsingColumn *columns, int32_t count,
                         const RelationPlan *left, const RelationPlan *right,
                         RelationPlan *ret_plan) {
    const RelationPlan *sides[2] = {left, right};
    Field *fields =
        arena_new_array(an->arena, Field, count + left->field_count + right->field_count);
    int32_t at = 0;
    for (int32_t i = 0; i < count; i++) {
        fields[at++] = (Field){.name = columns[i].node->value, .type = columns[i].type};
    }
    for (int side = 0; side < 2; side++) {
        for (int32_t i = 0; i < sides[side]->field_count; i++) {
            const Field *field = &sides[side]->fields[i];
            if (!is_using(columns, count, field)) {
                fields[at++] = *field;
            }
        }
    }
    ret_plan->fields = fields;
    ret_plan->field_count = at;
}

static Status analyze_using(Analyzer *an, const Join *join, RelationPlan *left, RelationPlan *right,
                            RelationPlan *ret_plan) {
    const NodeList *names = &NODE_CAST(JoinUsing, join->criteria)->columns;
    int32_t count = names->count;
    JoinKind kind = join_kind(join->type);
    UsingColumn *columns = arena_new_array(an->arena, UsingColumn, count);
    TRY(find_using(an, names, left, right, columns));
    Criteria criteria = {.an = an};
    projection_init(&criteria.left, an, left->plan, true);
    projection_init(&criteria.right, an, right->plan, true);
    SymbolList outputs = field_symbols(an, left, right);
    for (int32_t i = 0; i < count; i++) {
        UsingColumn *column = &columns[i];
        const Expr *sides[2] = {expr_symbol(an->arena, column->left->symbol),
                                expr_symbol(an->arena, column->right->symbol)};
        column->left_key = projection_add(&criteria.left, coerce(an, sides[0], column->type), NULL);
        column->right_key =
            projection_add(&criteria.right, coerce(an, sides[1], column->type), NULL);
        symbol_list_add(an->arena, &criteria.left_keys, column->left_key);
        symbol_list_add(an->arena, &criteria.right_keys, column->right_key);
        const Symbol *keys[2] = {column->left_key, column->right_key};
        for (int k = 0; k < 2; k++) {
            if (!symbol_list_contains(&outputs, keys[k])) {
                symbol_list_add(an->arena, &outputs, keys[k]);
            }
        }
    }
    PlanNode *plan = plan_join(an->builder, kind, projection_finish(&criteria.left),
                               projection_finish(&criteria.right), count, criteria.left_keys.items,
                               criteria.right_keys.items, NULL, outputs.count, outputs.items);
    using_fields(an, columns, count, left, right, ret_plan);
    Projection result;
    projection_init(&result, an, plan, false);
    for (int32_t i = 0; i < ret_plan->field_count; i++) {
        Field *field = &ret_plan->fields[i];
        const Expr *value =
            i < count ? using_value(an, kind, &columns[i]) : expr_symbol(an->arena, field->symbol);
        field->symbol = projection_add_distinct(&result, value, field->name);
    }
    ret_plan->plan = projection_finish(&result);
    return OK;
}

/* ---- LATERAL and UNNEST ---- */

/* The relation behind aliases and samples. */
static const Node *bare_relation(const Node *relation) {
    for (;;) {
        if (relation->kind == NODE_ALIASED_RELATION) {
            relation = NODE_CAST(AliasedRelation, relation)->relation;
        } else if (relation->kind == NODE_SAMPLED_RELATION) {
            relation = NODE_CAST(SampledRelation, relation)->relation;
        } else {
            return relation;
        }
    }
}

static bool is_plain_true(const Join *join) {
    if (join->criteria == NULL) {
        return true;
    }
    if (join->criteria->kind != NODE_JOIN_ON) {
        return false;
    }
    const Node *condition = NODE_CAST(JoinOn, join->criteria)->expression;
    return condition->kind == NODE_BOOLEAN_LITERAL && NODE_CAST(BooleanLiteral, condition)->value;
}

static Status check_unnest_criteria(Analyzer *an, const Join *join, const Node *bare) {
    if (is_plain_true(join)) {
        return OK;
    }
    const Node *position = join->criteria->kind == NODE_JOIN_ON
                               ? NODE_CAST(JoinOn, join->criteria)->expression
                               : join->criteria;
    return FAIL_NODE(an, NOT_SUPPORTED, position,
                     "%s JOIN involving %s is only supported with condition ON TRUE",
                     JOIN_NAMES[join->type], bare->kind == NODE_UNNEST ? "UNNEST" : "JSON_TABLE");
}

static Status analyze_join_unnest(Analyzer *an, const Join *join, const Node *bare,
                                  const Scope *left_scope, const RelationPlan *left,
                                  RelationPlan *ret_plan) {
    JoinKind kind = join_kind(join->type);
    RelationPlan right;
    if (bare->kind == NODE_UNNEST) {
        TRY(analyze_unnest(an, NODE_CAST(Unnest, bare), left_scope, left->plan, kind, &right));
    } else {
        TRY(analyze_json_table(an, NODE_CAST(JsonTable, bare), left_scope, left->plan, kind,
                               &right));
    }
    TRY(check_unnest_criteria(an, join, bare));
    if (join->right->kind == NODE_ALIASED_RELATION) {
        TRY(apply_alias(an, NODE_CAST(AliasedRelation, join->right), &right));
    }
    ret_plan->plan = right.plan;
    ret_plan->field_count = left->field_count + right.field_count;
    ret_plan->fields = fields_of_both(an, left, &right);
    return OK;
}

static Status analyze_correlated(Analyzer *an, const Join *join, const Node *bare,
                                 const Scope *outer, RelationPlan *left, RelationPlan *right,
                                 SymbolList correlation, RelationPlan *ret_plan) {
    const Expr *condition = expr_boolean(an->arena, true);
    if (join->criteria != NULL && join->criteria->kind != NODE_JOIN_ON) {
        return FAIL_NODE(an, NOT_SUPPORTED, join->criteria,
                         "USING is not supported with a LATERAL relation");
    }
    if (join->criteria != NULL) {
        ExpressionContext context = {.an = an};
        context.scope = scope_create(an, outer, false, ret_plan->field_count, ret_plan->fields);
        const Node *node = NODE_CAST(JoinOn, join->criteria)->expression;
        TRY(require_scalar(an, node, "JOIN clause"));
        TRY(analyze_predicate(&context, node, "JOIN ON clause", &condition));
        if (expr_has_subquery(condition)) {
            return FAIL_NODE(an, NOT_SUPPORTED, node,
                             "Subquery in the condition of a LATERAL join is not supported");
        }
    }
    const Node *position =
        bare->kind == NODE_LATERAL ? &NODE_CAST(Lateral, bare)->query->node : bare;
    CorrelatedJoinNode *node =
        (CorrelatedJoinNode *)plan_node_create(an->builder, PLAN_CORRELATED_JOIN, 2);
    node->base.sources[0] = left->plan;
    node->base.sources[1] = right->plan;
    node->base.outputs = field_symbols(an, left, right);
    node->join_kind = (int32_t)join_kind(join->type);
    node->correlation = correlation;
    node->filter = condition;
    node->line = position->line;
    node->column = position->column;
    ret_plan->plan = &node->base;
    return OK;
}

/* ---- joins ---- */

Status analyze_join(Analyzer *an, const Join *join, const Scope *outer, RelationPlan *ret_plan) {
    if (join->criteria != NULL && join->criteria->kind == NODE_NATURAL_JOIN) {
        return FAIL_NODE(an, NOT_SUPPORTED, &join->node, "Natural join not supported");
    }
    RelationPlan left, right;
    TRY(analyze_relation(an, join->left, outer, &left));
    Scope *left_scope = scope_create(an, outer, false, left.field_count, left.fields);
    const Node *bare = bare_relation(join->right);
    JoinKind kind = join_kind(join->type);
    bool is_right_or_full = kind == RIGHT_JOIN || kind == FULL_JOIN;
    if (is_right_or_full) {
        left_scope->refusal = arena_printf(an->arena, "LATERAL reference not allowed in %s JOIN",
                                           JOIN_NAMES[join->type]);
    }
    bool is_unnest = bare->kind == NODE_UNNEST || bare->kind == NODE_JSON_TABLE;
    if (is_unnest && !is_right_or_full && join->right->kind != NODE_SAMPLED_RELATION) {
        return analyze_join_unnest(an, join, bare, left_scope, &left, ret_plan);
    }
    bool is_lateral =
        bare->kind == NODE_LATERAL || bare->kind == NODE_UNNEST || bare->kind == NODE_JSON_TABLE;
    TRY(analyze_relation(an, join->right, is_lateral ? left_scope : outer, &right));
    ret_plan->field_count = left.field_count + right.field_count;
    ret_plan->fields = fields_of_both(an, &left, &right);
    SymbolList correlation = {0};
    if (is_lateral) {
        correlation = plan_correlation(an, right.plan, &left.plan->outputs);
    }
    if (correlation.count > 0) {
        return analyze_correlated(an, join, bare, outer, &left, &right, correlation, ret_plan);
    }
    if (join->criteria == NULL) {
        ret_plan->plan = plan_cross(an, &left, &right);
        return OK;
    }
    if (join->criteria->kind == NODE_JOIN_USING) {
        return analyze_using(an, join, &left, &right, ret_plan);
    }
    return analyze_on(an, join, outer, &left, &right, ret_plan);
}
