/*
 * Relations of FROM: the choice by kind, aliases, samples, VALUES, UNNEST, LATERAL.
 *
 * `scope` is what names inside a relation may find: the outer query's columns, and for LATERAL and
 * UNNEST on the right of a join the columns on its left.
 */
#include "analyze/expression.h"

#include "sql/formatter.h"
#include "type/coercion.h"

/* ---- aliases ---- */

static const QualifiedName *alias_as_name(Analyzer *an, const Identifier *alias) {
    QualifiedName *name = NODE_NEW(an->arena, QualifiedName, alias->node.line, alias->node.column);
    name->parts.count = 1;
    name->parts.items = arena_new_array(an->arena, Node *, 1);
    name->parts.items[0] = (Node *)&alias->node;
    return name;
}

Status apply_alias(Analyzer *an, const AliasedRelation *alias, RelationPlan *relation) {
    int32_t visible = 0;
    for (int32_t i = 0; i < relation->field_count; i++) {
        visible += !relation->fields[i].hidden;
    }
    if (alias->has_column_names && alias->column_names.count != visible) {
        return FAIL_NODE(an, MISMATCHED_COLUMN_ALIASES, &alias->node,
                         "Column alias list has %d entries but '%s' has %d columns available",
                         (int)alias->column_names.count, alias->alias->value, (int)visible);
    }
    const QualifiedName *name = alias_as_name(an, alias->alias);
    Field *fields =
        arena_copy(an->arena, relation->fields, sizeof(Field) * (size_t)relation->field_count);
    int32_t count = 0;
    for (int32_t i = 0; i < relation->field_count; i++) {
        fields[count] = relation->fields[i];
        fields[count].relation = name;
        if (alias->has_column_names) {
            if (fields[count].hidden) {
                continue; /* column names hide them for good */
            }
            fields[count].name = NODE_CAST(Identifier, alias->column_names.items[count])->value;
        }
        count++;
    }
    relation->fields = fields;
    relation->field_count = count;
    return OK;
}

/* ---- TABLESAMPLE ---- */

static Status sample_ratio(Analyzer *an, const Node *node, double *ret_ratio) {
    ExpressionContext context = {.an = an};
    const Expr *expr;
    if (analyze_expression(&context, node, &expr) != OK) {
        if (an->cx->error.code != COLUMN_NOT_FOUND) {
            return FAILED;
        }
        context_clear_error(an->cx);
        return FAIL_NODE(an, EXPRESSION_NOT_CONSTANT, node,
                         "Sample percentage cannot contain column references");
    }
    TypeKind kind = expr->type->kind;
    if (kind < TYPE_TINYINT || kind > TYPE_DECIMAL) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "Sample percentage should be a numeric expression");
    }
    Vector *value;
    TRY(expr_evaluate(an->cx, coerce(an, expr, type_simple(TYPE_DOUBLE)), &value));
    bool is_null = vector_is_null(value, 0);
    double percentage = is_null ? 0 : VECTOR_DATA(value, double)[0];
    vector_unref(value);
    if (is_null) {
        return FAIL_NODE(an, INVALID_ARGUMENTS, node, "Sample percentage cannot be NULL");
    }
    if (percentage < 0) {
        return FAIL_NODE(an, NUMERIC_VALUE_OUT_OF_RANGE, node,
                         "Sample percentage must be greater than or equal to 0");
    }
    if (percentage > 100) {
        return FAIL_NODE(an, NUMERIC_VALUE_OUT_OF_RANGE, node,
                         "Sample percentage must be less than or equal to 100");
    }
    *ret_ratio = percentage / 100;
    return OK;
}

static Status analyze_sample(Analyzer *an, const SampledRelation *node, const Scope *scope,
                             RelationPlan *ret_plan) {
    double ratio;
    TRY(sample_ratio(an, node->sampled_percentage, &ratio));
    TRY(analyze_relation(an, node->relation, scope, ret_plan));
    SampleNode *sample = (SampleNode *)plan_node_create(an->builder, PLAN_SAMPLE, 1);
    sample->base.sources[0] = ret_plan->plan;
    sample->base.outputs = ret_plan->plan->outputs;
    sample->ratio = ratio;
    sample->system = node->type == SAMPLE_SYSTEM;
    ret_plan->plan = &sample->base;
    return OK;
}

/* ---- VALUES ---- */

/* A row of VALUES as expressions; one that is a row value is taken apart. */
typedef struct ValueRow {
    const Type *type; /* as messages print it */
    int32_t count;
    const Expr **items;
} ValueRow;

static Status analyze_value_row(const ExpressionContext *context, const Node *node,
                                ValueRow *ret_row) {
    Analyzer *an = context->an;
    const Expr *expr;
    TRY(analyze_expression(context, node, &expr));
    if (expr->type->kind != TYPE_ROW) {
        const Expr **items = arena_new_array(an->arena, const Expr *, 1);
        items[0] = expr;
        *ret_row = (ValueRow){type_row(1, &expr->type, NULL), 1, items};
        return OK;
    }
    int32_t count = expr->type->child_count;
    *ret_row = (ValueRow){expr->type, count, arena_new_array(an->arena, const Expr *, count)};
    for (int32_t i = 0; i < count; i++) {
        ret_row->items[i] = row_field(an, expr, i);
    }
    return OK;
}

static Status common_row(Analyzer *an, const Values *node, const ValueRow *rows,
                         const Type **types) {
    memcpy(types, rows[0].type->children, sizeof *types * (size_t)rows[0].count);
    for (int32_t r = 1; r < node->rows.count; r++) {
        if (rows[r].count != rows[0].count) {
            return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                             "Values rows have mismatched sizes: %d vs %d", (int)rows[0].count,
                             (int)rows[r].count);
        }
    }
    for (int32_t r = 1; r < node->rows.count; r++) {
        for (int32_t c = 0; c < rows[0].count; c++) {
            types[c] = type_common_super(types[c], rows[r].items[c]->type);
            if (types[c] == NULL) {
                return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                                 "Values rows have mismatched types: %s vs %s", rows[0].type->name,
                                 rows[r].type->name);
            }
        }
    }
    return OK;
}

static void note_any(void *closure, const Symbol *symbol) {
    *(bool *)closure = true;
}

/* Rows that hold subqueries or outer columns are projections of a single row, united. */
static PlanNode *plan_computed_rows(Analyzer *an, int32_t row_count, int32_t column_count,
                                    const Expr **cells, const Symbol **symbols) {
    SetOperationNode *unite =
        (SetOperationNode *)plan_node_create(an->builder, PLAN_SET_OPERATION, row_count);
    unite->set_kind = UNION_SET;
    unite->inputs.count = row_count;
    unite->inputs.items = arena_new_array(an->arena, SymbolList, row_count);
    for (int32_t r = 0; r < row_count; r++) {
        Projection projection;
        projection_init(&projection, an, plan_single_row(an), false);
        for (int32_t c = 0; c < column_count; c++) {
            const Symbol *symbol =
                projection_add_distinct(&projection, cells[r * column_count + c], "field");
            symbol_list_add(an->arena, &unite->inputs.items[r], symbol);
        }
        unite->base.sources[r] = projection_finish(&projection);
    }
    if (row_count == 1) {
        memcpy(symbols, unite->inputs.items[0].items, sizeof *symbols * (size_t)column_count);
        return unite->base.sources[0];
    }
    for (int32_t c = 0; c < column_count; c++) {
        symbol_list_add(an->arena, &unite->base.outputs, symbols[c]);
    }
    return &unite->base;
}

Status analyze_values(Analyzer *an, const Values *node, const Scope *scope,
                      RelationPlan *ret_plan) {
    ExpressionContext context = {.an = an, .scope = scope};
    int32_t row_count = node->rows.count;
    ValueRow *rows = arena_new_array(an->arena, ValueRow, row_count);
    for (int32_t r = 0; r < row_count; r++) {
        TRY(analyze_value_row(&context, node->rows.items[r], &rows[r]));
    }
    int32_t column_count = rows[0].count;
    const Type **types = arena_new_array(an->arena, const Type *, column_count);
    TRY(common_row(an, node, rows, types));
    const Expr **cells = arena_new_array(an->arena, const Expr *, row_count *column_count);
    bool is_computed = false;
    for (int32_t r = 0; r < row_count; r++) {
        for (int32_t c = 0; c < column_count; c++) {
            const Expr *cell = coerce(an, rows[r].items[c], types[c]);
            cells[r * column_count + c] = cell;
            is_computed = is_computed || expr_has_subquery(cell);
            expr_free_symbols(cell, note_any, &is_computed);
        }
    }
    const Symbol **symbols = arena_new_array(an->arena, const Symbol *, column_count);
    Field *fields = arena_new_array(an->arena, Field, column_count);
    for (int32_t c = 0; c < column_count; c++) {
        symbols[c] = plan_symbol(an->builder, "field", types[c]);
    }
    ret_plan->plan = is_computed
                         ? plan_computed_rows(an, row_count, column_count, cells, symbols)
                         : plan_values(an->builder, column_count, symbols, row_count, cells);
    for (int32_t c = 0; c < column_count; c++) {
        fields[c] = (Field){.type = types[c], .symbol = symbols[c]};
    }
    ret_plan->field_count = column_count;
    ret_plan->fields = fields;
    return OK;
}

/* ---- UNNEST ---- */

typedef struct Unnesting {
    Analyzer *an;
    UnnestNode *node;
    int32_t field_count, capacity;
    Field *fields;
} Unnesting;

static void add_element(Unnesting *unnesting, int32_t index, const char *name, const Type *type) {
    Analyzer *an = unnesting->an;
    if (unnesting->field_count == unnesting->capacity) {
        int32_t capacity = unnesting->capacity == 0 ? 8 : unnesting->capacity * 2;
        Field *fields = arena_new_array(an->arena, Field, capacity);
        if (unnesting->field_count > 0) {
            memcpy(fields, unnesting->fields, sizeof(Field) * (size_t)unnesting->field_count);
        }
        unnesting->fields = fields;
        unnesting->capacity = capacity;
    }
    const Symbol *symbol = plan_symbol(an->builder, name != NULL ? name : "field", type);
    unnesting->fields[unnesting->field_count++] =
        (Field){.name = name, .type = type, .symbol = symbol};
    if (index >= 0) {
        symbol_list_add(an->arena, &unnesting->node->element_symbols.items[index], symbol);
    }
}

/* The columns that one collection becomes: an array's rows are taken apart, a map gives keys and
 * values. */
static Status add_elements(Unnesting *unnesting, int32_t index, const Type *type) {
    if (type->kind == TYPE_ARRAY && type->children[0]->kind == TYPE_ROW) {
        const Type *row = type->children[0];
        for (int32_t i = 0; i < row->child_count; i++) {
            const char *name = row->field_names == NULL ? NULL : row->field_names[i];
            add_element(unnesting, index, name, row->children[i]);
        }
        return OK;
    }
    if (type->kind == TYPE_ARRAY || type->kind == TYPE_MAP) {
        for (int32_t i = 0; i < type->child_count; i++) {
            add_element(unnesting, index, NULL, type->children[i]);
        }
        return OK;
    }
    return FAIL(unnesting->an->cx, INVALID_FUNCTION_ARGUMENT, "Cannot unnest type: %s", type->name);
}

Status analyze_unnest(Analyzer *an, const Unnest *unnest, const Scope *scope, PlanNode *source,
                      JoinKind kind, RelationPlan *ret_plan) {
    ExpressionContext context = {.an = an, .scope = scope};
    int32_t count = unnest->expressions.count;
    UnnestNode *node = (UnnestNode *)plan_node_create(an->builder, PLAN_UNNEST, 1);
    node->element_symbols.count = count;
    node->element_symbols.items = arena_new_array(an->arena, SymbolList, count);
    Unnesting unnesting = {.an = an, .node = node};
    Projection projection;
    projection_init(&projection, an, source, true);
    for (int32_t i = 0; i < count; i++) {
        const Node *expression = unnest->expressions.items[i];
        const Expr *collection;
        TRY(require_scalar(an, expression, "UNNEST"));
        TRY(analyze_expression(&context, expression, &collection));
        TRY(add_elements(&unnesting, i, collection->type));
        symbol_list_add(an->arena, &node->collections,
                        projection_add(&projection, collection, NULL));
    }
    node->base.sources[0] = projection_finish(&projection);
    node->join_kind = (int32_t)kind;
    if (unnest->with_ordinality) {
        add_element(&unnesting, -1, NULL, type_simple(TYPE_BIGINT));
        node->ordinality = unnesting.fields[unnesting.field_count - 1].symbol;
    }
    for (int32_t i = 0; i < source->outputs.count; i++) {
        symbol_list_add(an->arena, &node->replicated, source->outputs.items[i]);
        symbol_list_add(an->arena, &node->base.outputs, source->outputs.items[i]);
    }
    for (int32_t i = 0; i < unnesting.field_count; i++) {
        symbol_list_add(an->arena, &node->base.outputs, unnesting.fields[i].symbol);
    }
    *ret_plan = (RelationPlan){&node->base, unnesting.field_count, unnesting.fields};
    return OK;
}

/* ---- the choice ---- */

static Status choose(Analyzer *an, const Node *relation, const Scope *scope,
                     RelationPlan *ret_plan) {
    switch (relation->kind) {
    case NODE_TABLE_REFERENCE:
        return analyze_table_reference(an, NODE_CAST(TableReference, relation), scope, ret_plan);
    case NODE_TABLE_SUBQUERY:
        return analyze_query_in(an, NODE_CAST(TableSubquery, relation)->query, scope, false,
                                ret_plan);
    case NODE_LATERAL:
        return analyze_query_in(an, NODE_CAST(Lateral, relation)->query, scope, false, ret_plan);
    case NODE_ALIASED_RELATION: {
        const AliasedRelation *alias = NODE_CAST(AliasedRelation, relation);
        TRY(analyze_relation(an, alias->relation, scope, ret_plan));
        return apply_alias(an, alias, ret_plan);
    }
    case NODE_SAMPLED_RELATION:
        return analyze_sample(an, NODE_CAST(SampledRelation, relation), scope, ret_plan);
    case NODE_JOIN:
        return analyze_join(an, NODE_CAST(Join, relation), scope, ret_plan);
    case NODE_VALUES:
        return analyze_values(an, NODE_CAST(Values, relation), scope, ret_plan);
    case NODE_UNNEST:
        return analyze_unnest(an, NODE_CAST(Unnest, relation), scope, plan_single_row(an),
                              INNER_JOIN, ret_plan);
    case NODE_TABLE_FUNCTION_INVOCATION:
        return analyze_table_function(an, NODE_CAST(TableFunctionInvocation, relation), scope,
                                      ret_plan);
    case NODE_QUERY_SPECIFICATION:
    case NODE_SET_OPERATION:
        return analyze_query_body(an, relation, scope, false, ret_plan);
    case NODE_JSON_TABLE:
        return analyze_json_table(an, NODE_CAST(JsonTable, relation), scope, plan_single_row(an),
                                  INNER_JOIN, ret_plan);
    case NODE_PATTERN_RECOGNITION_RELATION:
        return FAIL_NODE(an, NOT_SUPPORTED, relation, "MATCH_RECOGNIZE is not supported");
    default:
        return FAIL_NODE(an, NOT_SUPPORTED, relation, "%s is not supported",
                         node_kind_name(relation->kind));
    }
}

Status analyze_relation(Analyzer *an, const Node *relation, const Scope *scope,
                        RelationPlan *ret_plan) {
    TRY(analyzer_enter(an));
    Status status = choose(an, relation, scope, ret_plan);
    analyzer_leave(an);
    return status;
}
