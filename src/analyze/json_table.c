/*
 * JSON_TABLE, planned with what there is: the items of a path are an array of json that Unnest
 * turns into rows, and columns are SQL/JSON functions over an item.
 *
 * Nested paths unnest the items under their parent's item. Siblings joined by UNION share one
 * Unnest: the arrays are shifted, each behind NULLs for those before it, so that a row has an item
 * of exactly one sibling. CROSS unnests one after the other, with no items at all when a sibling
 * has none. Every Unnest below the root keeps rows without items; INNER drops them above.
 */
#include "analyze/expression.h"
#include "analyze/json_path_parts.h"

enum { SIBLINGS_MAX = 32 };

/* How the nested paths of a level come with their parent and with each other. */
typedef struct LevelPlan {
    bool inner, cross;
    const Node *specific; /* of a specific plan: the part for this level's path; NULL otherwise */
} LevelPlan;

typedef struct JsonTablePlan {
    Analyzer *an;
    ExpressionContext context;
    const JsonTable *node;
    const Expr *parameters;
    const char *const *parameter_names;
    bool fails; /* ERROR ON ERROR */
    PlanNode *plan;
    int32_t field_count, capacity;
    Field *fields;
    const Expr **values; /* of the fields */
    int32_t name_count;
    const char *names[256]; /* of columns and paths so far */
} JsonTablePlan;

/* A path's current item and its number among its siblings' items (NULL: this row has none). */
typedef struct Level {
    const Expr *item, *ordinal;
} Level;

/* ---- names ---- */

static Status claim_name(JsonTablePlan *table, const Identifier *name, const Node *position) {
    const char *canonical = canonical_name(table->an, name);
    for (int32_t i = 0; i < table->name_count; i++) {
        if (strcmp(table->names[i], canonical) == 0) {
            return FAIL_NODE(table->an, DUPLICATE_COLUMN_OR_PATH_NAME, position,
                             "All column and path names in JSON_TABLE invocation must be unique");
        }
    }
    if (table->name_count < 256) {
        table->names[table->name_count++] = canonical;
    }
    return OK;
}

static Status check_names(JsonTablePlan *table, const NodeList *columns) {
    for (int32_t i = 0; i < columns->count; i++) {
        const Node *column = columns->items[i];
        switch (column->kind) {
        case NODE_ORDINALITY_COLUMN:
            TRY(claim_name(table, NODE_CAST(OrdinalityColumn, column)->name, column));
            break;
        case NODE_VALUE_COLUMN:
            TRY(claim_name(table, NODE_CAST(ValueColumn, column)->name, column));
            break;
        case NODE_QUERY_COLUMN:
            TRY(claim_name(table, NODE_CAST(QueryColumn, column)->name, column));
            break;
        default: {
            const NestedColumns *nested = NODE_CAST(NestedColumns, column);
            if (nested->path_name != NULL) {
                TRY(claim_name(table, nested->path_name, &nested->path_name->node));
            } else if (table->node->plan != NULL) {
                bool is_default = table->node->plan->kind == NODE_JSON_TABLE_DEFAULT_PLAN;
                return FAIL_NODE(table->an, MISSING_PATH_NAME, &nested->json_path->node,
                                 "All nested JSON paths must be named when %s plan is given",
                                 is_default ? "default" : "specific");
            }
            TRY(check_names(table, &nested->columns));
            break;
        }
        }
    }
    return OK;
}

/* ---- calls ---- */

static const Expr *number(JsonTablePlan *table, int64_t value) {
    return expr_bigint(table->an->arena, value);
}

static Status check_path(JsonTablePlan *table, const StringLiteral *path) {
    int32_t count = table->node->json_path_invocation->path_parameters.count;
    return check_json_path(table->an->cx, path->value, path->value_size, path->node.line,
                           path->node.column + 1, count, table->parameter_names);
}

static const Expr *text(JsonTablePlan *table, const StringLiteral *literal) {
    return unbounded_varchar_constant(
        table->an, arena_strndup(table->an->arena, literal->value, literal->value_size));
}

/* The items of a path under `input` as an array of json. */
static Status items_of(JsonTablePlan *table, const Expr *input, const StringLiteral *path,
                       const Expr **ret_items) {
    Analyzer *an = table->an;
    const Node *node = &path->node;
    TRY(check_path(table, path));
    int on_error = table->fails ? JSON_QUERY_ERROR : JSON_QUERY_EMPTY_ARRAY;
    const Expr *arguments[7] = {input,
                                text(table, path),
                                table->parameters,
                                number(table, JSON_WRAPPER_UNCONDITIONAL),
                                number(table, JSON_QUOTES_UNSPECIFIED),
                                number(table, JSON_QUERY_EMPTY_ARRAY),
                                number(table, on_error)};
    const Expr *call;
    TRY(call_function(an, "$json_query", 7, arguments, node, &call));
    TRY(call_function(an, "json_parse", 1, &call, node, &call));
    *ret_items = expr_cast(an->arena, call, type_array(type_simple(TYPE_JSON)));
    return OK;
}

static const Expr *empty_items(JsonTablePlan *table) {
    return expr_special(table->an->arena, EXPR_ARRAY, type_array(type_simple(TYPE_JSON)), 0, NULL);
}

static Status cardinality_of(JsonTablePlan *table, const Expr *items, const Expr **ret_count) {
    return call_function(table->an, "cardinality", 1, &items, &table->node->node, ret_count);
}

static Status type_as_json(Context *cx, void *closure, int32_t index, int32_t parameter_count,
                           const Type *const *parameter_types, const Type **ret_body_type) {
    *ret_body_type = type_simple(TYPE_JSON);
    return OK;
}

/* As many NULLs as there are items. */
static Status nulls_like(JsonTablePlan *table, const Expr *items, const Expr **ret_nulls) {
    Analyzer *an = table->an;
    const Type *json = type_simple(TYPE_JSON), *types[2] = {items->type, NULL};
    const int32_t arity[2] = {0, 1};
    ResolvedFunction *function;
    TRY(function_resolve_lambda(an->cx, "transform", 1u << FUNCTION_SCALAR, 2, types, arity,
                                type_as_json, NULL, 0, 0, &function));
    SymbolList *parameters = arena_new(an->arena, SymbolList);
    symbol_list_add(an->arena, parameters, plan_symbol(an->builder, "item", json));
    const Expr *body = expr_null(an->arena, json);
    Expr *lambda = expr_special(an->arena, EXPR_LAMBDA, function->argument_types[1], 1, &body);
    lambda->parameters = parameters;
    const Expr *arguments[2] = {items, lambda};
    *ret_nulls = expr_call(an->arena, function, 2, arguments);
    return OK;
}

/* ---- unnesting ---- */

/* Rows for the arrays, side by side; *ret_ordinal numbers them, NULL on rows kept without any. */
static void unnest(JsonTablePlan *table, int32_t count, const Expr *const *arrays, JoinKind kind,
                   Level *ret_levels) {
    Analyzer *an = table->an;
    UnnestNode *node = (UnnestNode *)plan_node_create(an->builder, PLAN_UNNEST, 1);
    Projection projection;
    projection_init(&projection, an, table->plan, true);
    node->element_symbols.count = count;
    node->element_symbols.items = arena_new_array(an->arena, SymbolList, count);
    SymbolList replicated = table->plan->outputs;
    for (int32_t i = 0; i < replicated.count; i++) {
        symbol_list_add(an->arena, &node->replicated, replicated.items[i]);
        symbol_list_add(an->arena, &node->base.outputs, replicated.items[i]);
    }
    node->ordinality = plan_symbol(an->builder, "ordinality", type_simple(TYPE_BIGINT));
    for (int32_t i = 0; i < count; i++) {
        const Symbol *item = plan_symbol(an->builder, "item", type_simple(TYPE_JSON));
        symbol_list_add(an->arena, &node->collections,
                        projection_add_distinct(&projection, arrays[i], "items"));
        symbol_list_add(an->arena, &node->element_symbols.items[i], item);
        symbol_list_add(an->arena, &node->base.outputs, item);
        ret_levels[i].item = expr_symbol(an->arena, item);
        ret_levels[i].ordinal = expr_symbol(an->arena, node->ordinality);
    }
    symbol_list_add(an->arena, &node->base.outputs, node->ordinality);
    node->base.sources[0] = projection_finish(&projection);
    node->join_kind = (int32_t)kind;
    table->plan = &node->base;
}

/* Keeps rows whose parent has no item here anyway, or that have an item of their own. */
static void drop_childless(JsonTablePlan *table, const Level *parent, const Expr *ordinal) {
    Arena *arena = table->an->arena;
    const Expr *either[2] = {expr_is_null(arena, parent->ordinal),
                             expr_not(arena, expr_is_null(arena, ordinal))};
    table->plan = plan_filter(table->an->builder, table->plan, expr_or(arena, 2, either));
}

static Status subtract(JsonTablePlan *table, const Expr *a, const Expr *b, const Expr **ret_expr) {
    const Expr *operands[2] = {a, b};
    return call_function(table->an, "$operator$subtract", 2, operands, &table->node->node,
                         ret_expr);
}

/* value if low < ordinal <= high, else NULL. */
static Status number_within(JsonTablePlan *table, const Expr *ordinal, const Expr *low,
                            const Expr *high, const Expr **ret_expr) {
    Analyzer *an = table->an;
    const Expr *value, *terms[2];
    TRY(subtract(table, ordinal, low, &value));
    TRY(compare(an, COMPARE_GREATER, ordinal, low, &table->node->node, &terms[0]));
    TRY(compare(an, COMPARE_LESS_OR_EQUAL, ordinal, high, &table->node->node, &terms[1]));
    const Expr *branches[3] = {expr_and(an->arena, 2, terms), value,
                               expr_null(an->arena, value->type)};
    *ret_expr = expr_special(an->arena, EXPR_IF, value->type, 3, branches);
    return OK;
}

/* UNION: array i stands behind as many NULLs as the arrays before it have items. */
static Status unite(JsonTablePlan *table, int32_t count, const Expr **arrays, Level *levels) {
    Analyzer *an = table->an;
    const Expr *shifted[SIBLINGS_MAX], *starts[SIBLINGS_MAX + 1];
    const Expr *before = empty_items(table);
    starts[0] = number(table, 0);
    for (int32_t i = 0; i < count; i++) {
        const Expr *nulls, *parts[2] = {before, arrays[i]};
        TRY(call_function(an, "concat", 2, parts, &table->node->node, &shifted[i]));
        TRY(nulls_like(table, shifted[i], &nulls));
        before = nulls;
        TRY(cardinality_of(table, shifted[i], &starts[i + 1]));
    }
    Projection projection;
    projection_init(&projection, an, table->plan, true);
    for (int32_t i = 1; i <= count; i++) {
        const Symbol *start = projection_add_distinct(&projection, starts[i], "start");
        starts[i] = expr_symbol(an->arena, start);
    }
    table->plan = projection_finish(&projection);
    unnest(table, count, shifted, LEFT_JOIN, levels);
    for (int32_t i = 0; i < count; i++) {
        TRY(number_within(table, levels[i].ordinal, starts[i], starts[i + 1], &levels[i].ordinal));
    }
    return OK;
}

/* CROSS: one after the other; none has items when one has none. */
static Status cross(JsonTablePlan *table, int32_t count, const Expr **arrays, Level *levels) {
    Analyzer *an = table->an;
    const Expr *empty[SIBLINGS_MAX];
    for (int32_t i = 0; i < count; i++) {
        const Expr *size;
        TRY(cardinality_of(table, arrays[i], &size));
        TRY(compare(an, COMPARE_EQUAL, size, number(table, 0), &table->node->node, &empty[i]));
    }
    const Expr *any_empty = expr_or(an->arena, count, empty);
    for (int32_t i = 0; i < count; i++) {
        const Expr *branches[3] = {any_empty, empty_items(table), arrays[i]};
        const Expr *guarded = expr_special(an->arena, EXPR_IF, arrays[i]->type, 3, branches);
        unnest(table, 1, &guarded, LEFT_JOIN, &levels[i]);
    }
    return OK;
}

/* ---- plans ---- */

static const Node *part_of(const Node *plan, const Identifier *path) {
    if (plan->kind == NODE_PLAN_LEAF) {
        return names_equal(NODE_CAST(PlanLeaf, plan)->name->value, path->value) ? plan : NULL;
    }
    if (plan->kind == NODE_PLAN_PARENT_CHILD) {
        const PlanParentChild *pair = NODE_CAST(PlanParentChild, plan);
        return names_equal(pair->parent->name->value, path->value) ? plan
                                                                   : part_of(pair->child, path);
    }
    const NodeList *siblings = &NODE_CAST(PlanSiblings, plan)->siblings;
    const Node *found = NULL;
    for (int32_t i = 0; i < siblings->count && found == NULL; i++) {
        found = part_of(siblings->items[i], path);
    }
    return found;
}

static LevelPlan plan_of_level(const JsonTablePlan *table, const Identifier *path) {
    const Node *plan = table->node->plan;
    LevelPlan result = {0};
    if (plan != NULL && plan->kind == NODE_JSON_TABLE_DEFAULT_PLAN) {
        const JsonTableDefaultPlan *defaults = NODE_CAST(JsonTableDefaultPlan, plan);
        result.inner = defaults->parent_child == JSON_TABLE_PLAN_INNER;
        result.cross = defaults->siblings == JSON_TABLE_PLAN_CROSS;
    } else if (plan != NULL && path != NULL) {
        const Node *part = part_of(plan, path);
        if (part != NULL && part->kind == NODE_PLAN_PARENT_CHILD) {
            const PlanParentChild *pair = NODE_CAST(PlanParentChild, part);
            result.inner = pair->type == JSON_TABLE_PLAN_INNER;
            result.cross = pair->child->kind == NODE_PLAN_SIBLINGS &&
                           NODE_CAST(PlanSiblings, pair->child)->type == JSON_TABLE_PLAN_CROSS;
        }
    }
    return result;
}

/* ---- columns ---- */

static void add_field(JsonTablePlan *table, const Identifier *name, const Expr *value) {
    Analyzer *an = table->an;
    if (table->field_count == table->capacity) {
        int32_t capacity = table->capacity == 0 ? 16 : table->capacity * 2;
        Field *fields = arena_new_array(an->arena, Field, capacity);
        const Expr **values = arena_new_array(an->arena, const Expr *, capacity);
        if (table->field_count > 0) {
            memcpy(fields, table->fields, sizeof *fields * (size_t)table->field_count);
            memcpy(values, table->values, sizeof *values * (size_t)table->field_count);
        }
        table->fields = fields;
        table->values = values;
        table->capacity = capacity;
    }
    table->fields[table->field_count] =
        (Field){.name = canonical_name(an, name), .type = value->type};
    table->values[table->field_count++] = value;
}

/* The path written, or the member called like the column. */
static Status column_path(JsonTablePlan *table, const StringLiteral *path, const Identifier *name,
                          const Expr **ret_path) {
    if (path != NULL) {
        TRY(check_path(table, path));
        *ret_path = text(table, path);
        return OK;
    }
    const char *member = canonical_name(table->an, name);
    *ret_path = unbounded_varchar_constant(table->an,
                                           arena_printf(table->an->arena, "lax $.\"%s\"", member));
    return OK;
}

static Status default_value(JsonTablePlan *table, const Node *node, const Type *type,
                            const Expr **ret_expr) {
    if (node == NULL) {
        *ret_expr = expr_null(table->an->arena, type);
        return OK;
    }
    TRY(analyze_expression(&table->context, node, ret_expr));
    *ret_expr = coerce(table->an, *ret_expr, type);
    return OK;
}

static int value_behavior(const JsonTablePlan *table, JsonValueBehavior behavior, bool on_error) {
    if (behavior != JSON_VALUE_DEFAULT_UNSPECIFIED) {
        return (int)behavior;
    }
    return on_error && table->fails ? JSON_VALUE_ERROR : JSON_VALUE_NULL;
}

static Status add_value_column(JsonTablePlan *table, const ValueColumn *node, const Level *level) {
    Analyzer *an = table->an;
    const Type *type;
    const Expr *arguments[7] = {level->item};
    TRY(analyze_type(an, node->type, &node->node, &type));
    TRY(column_path(table, node->json_path, node->name, &arguments[1]));
    arguments[2] = table->parameters;
    arguments[3] = number(table, value_behavior(table, node->empty_behavior, false));
    arguments[5] = number(table, value_behavior(table, node->error_behavior, true));
    TRY(default_value(table, node->empty_default, type, &arguments[4]));
    TRY(default_value(table, node->error_default, type, &arguments[6]));
    const Expr *value;
    TRY(call_function(an, "$json_value", 7, arguments, &node->node, &value));
    add_field(table, node->name, value);
    return OK;
}

static int query_behavior(const JsonTablePlan *table, JsonQueryBehavior behavior, bool on_error) {
    if (behavior != JSON_QUERY_UNSPECIFIED) {
        return (int)behavior;
    }
    return on_error && table->fails ? JSON_QUERY_ERROR : JSON_QUERY_NULL;
}

static Status add_query_column(JsonTablePlan *table, const QueryColumn *node, const Level *level) {
    const Expr *arguments[7] = {level->item};
    TRY(column_path(table, node->json_path, node->name, &arguments[1]));
    arguments[2] = table->parameters;
    arguments[3] = number(table, (int)node->wrapper_behavior);
    arguments[4] = number(table, (int)node->quotes_behavior);
    arguments[5] = number(table, query_behavior(table, node->empty_behavior, false));
    arguments[6] = number(table, query_behavior(table, node->error_behavior, true));
    const Expr *value;
    TRY(call_function(table->an, "$json_query", 7, arguments, &node->node, &value));
    TRY(json_returning(&table->context, &node->node, node->type, node->format, &value));
    add_field(table, node->name, value);
    return OK;
}

/* ---- levels ---- */

/* Unnests the nested paths among the columns; *ret_levels by their order. */
static Status unnest_children(JsonTablePlan *table, const NodeList *columns, const Level *parent,
                              LevelPlan plan, Level *levels) {
    const Expr *arrays[SIBLINGS_MAX];
    int32_t count = 0;
    for (int32_t i = 0; i < columns->count; i++) {
        if (columns->items[i]->kind != NODE_NESTED_COLUMNS) {
            continue;
        }
        if (count == SIBLINGS_MAX) {
            return FAIL_NODE(table->an, NOT_SUPPORTED, columns->items[i], "Too many nested paths");
        }
        const NestedColumns *nested = NODE_CAST(NestedColumns, columns->items[i]);
        const Expr *either[2];
        TRY(items_of(table, parent->item, nested->json_path, &either[0]));
        either[1] = empty_items(table);
        arrays[count++] = expr_special(table->an->arena, EXPR_COALESCE, either[0]->type, 2, either);
    }
    if (count == 0) {
        return OK;
    }
    if (count == 1) {
        unnest(table, 1, arrays, LEFT_JOIN, levels);
    } else {
        TRY(plan.cross ? cross(table, count, arrays, levels) : unite(table, count, arrays, levels));
    }
    if (plan.inner) {
        const Expr *ordinals[SIBLINGS_MAX];
        for (int32_t i = 0; i < count; i++) {
            ordinals[i] = levels[i].ordinal;
        }
        const Expr *any = count == 1 ? ordinals[0]
                                     : expr_special(table->an->arena, EXPR_COALESCE,
                                                    ordinals[0]->type, count, ordinals);
        drop_childless(table, parent, any);
    }
    return OK;
}

static Status add_columns(JsonTablePlan *table, const NodeList *columns, const Identifier *path,
                          const Level *level) {
    Level children[SIBLINGS_MAX];
    int32_t child = 0;
    TRY(analyzer_enter(table->an));
    TRY(unnest_children(table, columns, level, plan_of_level(table, path), children));
    for (int32_t i = 0; i < columns->count; i++) {
        const Node *column = columns->items[i];
        switch (column->kind) {
        case NODE_ORDINALITY_COLUMN:
            add_field(table, NODE_CAST(OrdinalityColumn, column)->name, level->ordinal);
            break;
        case NODE_VALUE_COLUMN:
            TRY(add_value_column(table, NODE_CAST(ValueColumn, column), level));
            break;
        case NODE_QUERY_COLUMN:
            TRY(add_query_column(table, NODE_CAST(QueryColumn, column), level));
            break;
        default: {
            const NestedColumns *nested = NODE_CAST(NestedColumns, column);
            TRY(add_columns(table, &nested->columns, nested->path_name, &children[child++]));
            break;
        }
        }
    }
    analyzer_leave(table->an);
    return OK;
}

Status analyze_json_table(Analyzer *an, const JsonTable *node, const Scope *scope, PlanNode *source,
                          JoinKind kind, RelationPlan *ret_plan) {
    const JsonPathInvocation *root = node->json_path_invocation;
    JsonTablePlan table = {.an = an, .node = node, .plan = source};
    table.context = (ExpressionContext){.an = an, .scope = scope};
    table.fails = node->error_behavior == JSON_TABLE_ERROR;
    if (root->path_name != NULL) {
        TRY(claim_name(&table, root->path_name, &root->path_name->node));
    }
    TRY(check_names(&table, &node->columns));
    const Expr *input, *items;
    TRY(json_input(&table.context, root->input_expression, root->input_format, &input));
    TRY(json_path_parameters(&table.context, root, &table.parameters, &table.parameter_names));
    TRY(items_of(&table, input, root->json_path, &items));
    Level level;
    unnest(&table, 1, &items, kind, &level);
    TRY(add_columns(&table, &node->columns, root->path_name, &level));
    Projection projection;
    projection_init(&projection, an, table.plan, false);
    for (int32_t i = 0; i < source->outputs.count; i++) {
        projection_add(&projection, expr_symbol(an->arena, source->outputs.items[i]), NULL);
    }
    for (int32_t i = 0; i < table.field_count; i++) {
        table.fields[i].symbol =
            projection_add_distinct(&projection, table.values[i], table.fields[i].name);
    }
    *ret_plan = (RelationPlan){projection_finish(&projection), table.field_count, table.fields};
    return OK;
}
