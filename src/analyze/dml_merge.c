/*
 * DELETE, UPDATE and MERGE: the rows to change, with the kind of change and the row's id, under a
 * MergeWriter.
 *
 * The target is scanned with the hidden column that identifies a row. MERGE joins the source to it
 * (right outer, so that source rows without a match come too) and takes the first case whose
 * condition holds; rows of no case are dropped.
 */
#include "analyze/coercion.h"
#include "analyze/dml.h"
#include "analyze/expression.h"

typedef struct Target {
    Analyzer *an;
    ResolvedTable table;
    RelationPlan relation; /* of the scan; the row id is the last, hidden field */
    const Symbol *row_id;
} Target;

static Status resolve_target(Target *target, const QualifiedName *name, const Node *node,
                             const char *view_refusal) {
    TRY(resolve_table(target->an, name, node, &target->table));
    const ConnectorTable *table = target->table.table;
    if (table != NULL && table->kind != TABLE_KIND_TABLE) {
        return FAIL_NODE(target->an, NOT_SUPPORTED, node, "%s", view_refusal);
    }
    return require_table(target->an, &target->table, node);
}

static Status refuse_modification(Analyzer *an) {
    return FAIL(an->cx, NOT_SUPPORTED, "This connector does not support modifying table rows");
}

/* The scan of the target, row id included. */
static Status scan_target(Target *target, const QualifiedName *name) {
    Analyzer *an = target->an;
    const ConnectorApi *api = target->table.catalog->api;
    if (api->begin_merge == NULL || api->get_row_id_column == NULL) {
        return refuse_modification(an);
    }
    const ConnectorTable *table = target->table.table;
    ConnectorColumn row_id;
    TRY(api->get_row_id_column(an->cx, target->table.catalog->connector, table->handle, &row_id));
    ConnectorTable *with_id = arena_copy(an->arena, table, sizeof *table);
    ConnectorColumn *columns = arena_new_array(an->arena, ConnectorColumn, table->column_count + 1);
    memcpy(columns, table->columns, sizeof *columns * (size_t)table->column_count);
    row_id.hidden = true;
    columns[table->column_count] = row_id;
    with_id->columns = columns;
    with_id->column_count = table->column_count + 1;
    RelationPlan *relation = &target->relation;
    relation->plan = plan_table_scan(an, target->table.catalog, with_id, name,
                                     &relation->field_count, &relation->fields);
    target->row_id = relation->fields[table->column_count].symbol;
    relation->field_count--;
    return OK;
}

static const Expr *change_constant(Analyzer *an, RowChange change) {
    Vector *value = vector_create(type_simple(TYPE_TINYINT), 1);
    VECTOR_DATA(value, int8_t)[0] = (int8_t)change;
    Expr *expr = expr_constant(an->arena, value);
    vector_unref(value);
    return expr;
}

/* A MergeWriter over what the projection has: change, row id, every visible column. */
static PlanNode *plan_writer(Target *target, PlanNode *source, const Symbol *change,
                             const Symbol *row_id, SymbolList input, bool check_multiple) {
    Analyzer *an = target->an;
    MergeWriterNode *writer =
        (MergeWriterNode *)plan_node_create(an->builder, PLAN_MERGE_WRITER, 1);
    PlanWriteTarget *written = arena_new(an->arena, PlanWriteTarget);
    written->kind = WRITE_MERGE;
    written->catalog = target->table.catalog;
    written->table = target->table.table;
    writer->target = written;
    writer->base.sources[0] = source;
    writer->change = change;
    writer->row_id = row_id;
    writer->input = input;
    writer->check_multiple = check_multiple;
    return plan_row_count(an, &writer->base);
}

static Status filter_target(Target *target, const Node *where) {
    Analyzer *an = target->an;
    if (where == NULL) {
        return OK;
    }
    ExpressionContext context = {.an = an};
    context.scope =
        scope_create(an, NULL, false, target->relation.field_count, target->relation.fields);
    const Expr *predicate;
    TRY(require_scalar(an, where, "WHERE clause"));
    TRY(analyze_predicate(&context, where, "WHERE clause", &predicate));
    predicate = plan_subqueries(an, &target->relation.plan, predicate);
    target->relation.plan = plan_filter(an->builder, target->relation.plan, predicate);
    return OK;
}

/* ---- DELETE ---- */

Status analyze_delete(Analyzer *an, const Delete *node, PlanNode **ret_plan) {
    Target target = {.an = an};
    TRY(resolve_target(&target, node->table->name, &node->node,
                       "Deleting from views is not supported"));
    const ConnectorTable *table = target.table.table;
    if (target.table.catalog->api->begin_merge == NULL) {
        ExpressionContext context = {.an = an};
        Field *fields;
        int32_t count;
        plan_table_scan(an, target.table.catalog, target.table.table, node->table->name, &count,
                        &fields);
        context.scope = scope_create(an, NULL, false, count, fields);
        const Expr *ignored;
        if (node->where != NULL) {
            TRY(analyze_predicate(&context, node->where, "WHERE clause", &ignored));
        }
        return refuse_modification(an);
    }
    TRY(scan_target(&target, node->table->name));
    TRY(filter_target(&target, node->where));
    Projection projection;
    projection_init(&projection, an, target.relation.plan, false);
    const Symbol *change =
        projection_add_distinct(&projection, change_constant(an, ROW_CHANGE_DELETE), "change");
    projection_add(&projection, expr_symbol(an->arena, target.row_id), NULL);
    SymbolList input = {0};
    for (int32_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].hidden) {
            const Expr *nothing = expr_null(an->arena, table->columns[i].type);
            symbol_list_add(an->arena, &input,
                            projection_add_distinct(&projection, nothing, table->columns[i].name));
        }
    }
    *ret_plan =
        plan_writer(&target, projection_finish(&projection), change, target.row_id, input, false);
    return OK;
}

/* ---- UPDATE ---- */

static int32_t find_column(const ConnectorTable *table, const char *name) {
    for (int32_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].hidden && names_equal(table->columns[i].name, name)) {
            return i;
        }
    }
    return -1;
}

static Status check_assignments(Target *target, const NodeList *assignments) {
    Analyzer *an = target->an;
    for (int32_t i = 0; i < assignments->count; i++) {
        const UpdateAssignment *assignment = NODE_CAST(UpdateAssignment, assignments->items[i]);
        const char *name = assignment->name->value;
        if (find_column(target->table.table, name) < 0) {
            return FAIL_NODE(an, COLUMN_NOT_FOUND, &assignment->name->node,
                             "The UPDATE SET target column %s doesn't exist", name);
        }
        for (int32_t j = 0; j < i; j++) {
            const UpdateAssignment *other = NODE_CAST(UpdateAssignment, assignments->items[j]);
            if (names_equal(other->name->value, name)) {
                return FAIL_NODE(an, DUPLICATE_COLUMN_NAME, &assignment->name->node,
                                 "The UPDATE SET target column %s is specified more than once",
                                 name);
            }
        }
    }
    return OK;
}

/* The assigned values by column of the table; NULL where nothing is assigned. */
static Status analyze_assignments(Target *target, const ExpressionContext *context,
                                  const NodeList *assignments, const Node *position,
                                  const char *message, const Expr **values) {
    Analyzer *an = target->an;
    const ConnectorTable *table = target->table.table;
    const char *table_types = NULL, *value_types = NULL;
    bool matching = true;
    for (int32_t i = 0; i < assignments->count; i++) {
        const UpdateAssignment *assignment = NODE_CAST(UpdateAssignment, assignments->items[i]);
        int32_t column = find_column(table, assignment->name->value);
        const Type *type = table->columns[column].type;
        TRY(require_scalar(an, assignment->value, "UPDATE SET expression"));
        TRY(analyze_expression(context, assignment->value, &values[column]));
        const char *actual = values[column]->type->name;
        matching = matching && can_store(values[column]->type, type);
        table_types =
            i == 0 ? type->name : arena_printf(an->arena, "%s, %s", table_types, type->name);
        value_types = i == 0 ? actual : arena_printf(an->arena, "%s, %s", value_types, actual);
    }
    if (matching) {
        return OK;
    }
    return FAIL_NODE(an, TYPE_MISMATCH, position, "%s: Table: [%s], Expressions: [%s]", message,
                     table_types, value_types);
}

Status analyze_update(Analyzer *an, const Update *node, PlanNode **ret_plan) {
    Target target = {.an = an};
    TRY(resolve_target(&target, node->table->name, &node->node,
                       "Updating through views is not supported"));
    TRY(check_assignments(&target, &node->assignments));
    TRY(scan_target(&target, node->table->name));
    TRY(filter_target(&target, node->where));
    const ConnectorTable *table = target.table.table;
    ExpressionContext context = {.an = an};
    context.scope =
        scope_create(an, NULL, false, target.relation.field_count, target.relation.fields);
    const Expr **values = arena_new_array(an->arena, const Expr *, table->column_count);
    TRY(analyze_assignments(&target, &context, &node->assignments, &node->node,
                            "UPDATE table column types don't match SET expressions", values));
    Projection projection;
    projection_init(&projection, an, target.relation.plan, true);
    const Symbol *change =
        projection_add_distinct(&projection, change_constant(an, ROW_CHANGE_UPDATE), "change");
    SymbolList input = {0};
    for (int32_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].hidden) {
            continue;
        }
        const Expr *old = expr_symbol(an->arena, target.relation.fields[i].symbol);
        const Expr *value =
            values[i] == NULL ? old : store_column(an, values[i], &table->columns[i]);
        symbol_list_add(an->arena, &input, projection_add(&projection, value, NULL));
    }
    *ret_plan =
        plan_writer(&target, projection_finish(&projection), change, target.row_id, input, false);
    return OK;
}

/* ---- MERGE ---- */

/* A WHEN case: its condition and what each column becomes. */
typedef struct MergeCase {
    RowChange change;
    const Expr *condition;
    const Expr **values; /* by column; NULL: the old value, or NULL when inserted */
} MergeCase;

typedef struct Merging {
    Target target;
    const Merge *node;
    ExpressionContext both, source; /* scopes */
    int32_t case_count;
    MergeCase *cases;
} Merging;

static Status merge_condition(const ExpressionContext *context, const Node *node,
                              const Expr *matched, MergeCase *ret_case) {
    Analyzer *an = context->an;
    ret_case->condition = matched;
    if (node == NULL) {
        return OK;
    }
    const Expr *terms[2] = {matched};
    TRY(analyze_predicate(context, node, "WHEN clause", &terms[1]));
    ret_case->condition = expr_and(an->arena, 2, terms);
    return OK;
}

static Status merge_column(Merging *merging, const char *name, int32_t *ret_column) {
    Analyzer *an = merging->target.an;
    *ret_column = find_column(merging->target.table.table, name);
    if (*ret_column < 0) {
        return FAIL_NODE(an, COLUMN_NOT_FOUND, &merging->node->node,
                         "Merge column name does not exist in target table: %s",
                         lower_case(an, name));
    }
    return OK;
}

static Status merge_update(Merging *merging, const MergeUpdate *node, int32_t number,
                           MergeCase *ret_case) {
    Analyzer *an = merging->target.an;
    for (int32_t i = 0; i < node->assignments.count; i++) {
        int32_t column;
        const UpdateAssignment *assignment =
            NODE_CAST(UpdateAssignment, node->assignments.items[i]);
        TRY(merge_column(merging, assignment->name->value, &column));
    }
    ret_case->change = ROW_CHANGE_UPDATE;
    return analyze_assignments(
        &merging->target, &merging->both, &node->assignments, &merging->node->node,
        arena_printf(an->arena,
                     "MERGE table column types don't match for MERGE case %d, SET expressions",
                     (int)number),
        ret_case->values);
}

static Status merge_insert(Merging *merging, const MergeInsert *node, int32_t number,
                           MergeCase *ret_case) {
    Analyzer *an = merging->target.an;
    const ConnectorTable *table = merging->target.table.table;
    const char *table_types = NULL, *value_types = NULL;
    bool matching = true;
    int32_t next = 0;
    ret_case->change = ROW_CHANGE_INSERT;
    for (int32_t i = 0; i < node->values.count; i++) {
        int32_t column = -1;
        if (i < node->columns.count) {
            TRY(merge_column(merging, NODE_CAST(Identifier, node->columns.items[i])->value,
                             &column));
        } else if (node->columns.count == 0) {
            while (next < table->column_count && table->columns[next].hidden) {
                next++;
            }
            column = next < table->column_count ? next++ : -1;
        }
        const Expr *value;
        TRY(analyze_expression(&merging->source, node->values.items[i], &value));
        const char *actual = value->type->name;
        value_types = i == 0 ? actual : arena_printf(an->arena, "%s, %s", value_types, actual);
        if (column < 0) {
            matching = false;
            continue;
        }
        const Type *type = table->columns[column].type;
        ret_case->values[column] = value;
        table_types = table_types == NULL
                          ? type->name
                          : arena_printf(an->arena, "%s, %s", table_types, type->name);
        matching = matching && can_store(value->type, type);
    }
    if (matching) {
        return OK;
    }
    return FAIL_NODE(an, TYPE_MISMATCH, &merging->node->node,
                     "MERGE table column types don't match for MERGE case %d, SET expressions: "
                     "Table: [%s], Expressions: [%s]",
                     (int)number, table_types == NULL ? "" : table_types,
                     value_types == NULL ? "" : value_types);
}

static Status analyze_cases(Merging *merging, const Expr *matched, const Expr *unmatched) {
    Analyzer *an = merging->target.an;
    const NodeList *list = &merging->node->merge_cases;
    merging->cases = arena_new_array(an->arena, MergeCase, list->count);
    for (int32_t i = 0; i < list->count; i++) {
        MergeCase *merge_case = &merging->cases[i];
        const Node *node = list->items[i];
        merge_case->values =
            arena_new_array(an->arena, const Expr *, merging->target.table.table->column_count);
        if (node->kind == NODE_MERGE_UPDATE) {
            const MergeUpdate *update = NODE_CAST(MergeUpdate, node);
            TRY(merge_condition(&merging->both, update->condition, matched, merge_case));
            TRY(merge_update(merging, update, i + 1, merge_case));
        } else if (node->kind == NODE_MERGE_DELETE) {
            merge_case->change = ROW_CHANGE_DELETE;
            TRY(merge_condition(&merging->both, NODE_CAST(MergeDelete, node)->condition, matched,
                                merge_case));
        } else {
            const MergeInsert *insert = NODE_CAST(MergeInsert, node);
            TRY(merge_condition(&merging->source, insert->condition, unmatched, merge_case));
            TRY(merge_insert(merging, insert, i + 1, merge_case));
        }
    }
    merging->case_count = list->count;
    return OK;
}

/* CASE WHEN condition1 THEN value1 ... over the cases, in order. */
static const Expr *by_case(const Merging *merging, const Type *type, const Expr *const *values) {
    Arena *arena = merging->target.an->arena;
    int32_t count = 2 * merging->case_count + 1;
    const Expr **arguments = arena_new_array(arena, const Expr *, count);
    for (int32_t i = 0; i < merging->case_count; i++) {
        arguments[2 * i] = merging->cases[i].condition;
        arguments[2 * i + 1] = values[i];
    }
    arguments[count - 1] = expr_null(arena, type);
    return expr_special(arena, EXPR_CASE, type, count, arguments);
}

static const Expr *merged_column(Merging *merging, int32_t column) {
    Analyzer *an = merging->target.an;
    const ConnectorColumn *declared = &merging->target.table.table->columns[column];
    const Expr **values = arena_new_array(an->arena, const Expr *, merging->case_count);
    for (int32_t i = 0; i < merging->case_count; i++) {
        const MergeCase *merge_case = &merging->cases[i];
        const Expr *value = merge_case->values[column];
        if (merge_case->change == ROW_CHANGE_DELETE) {
            values[i] = expr_null(an->arena, declared->type);
        } else if (value != NULL) {
            values[i] = store_column(an, value, declared);
        } else if (merge_case->change == ROW_CHANGE_UPDATE) {
            values[i] = expr_symbol(an->arena, merging->target.relation.fields[column].symbol);
        } else {
            values[i] = store_column(an, expr_null(an->arena, declared->type), declared);
        }
    }
    return by_case(merging, declared->type, values);
}

static PlanNode *plan_merge(Merging *merging, PlanNode *joined) {
    Analyzer *an = merging->target.an;
    const ConnectorTable *table = merging->target.table.table;
    const Expr **changes = arena_new_array(an->arena, const Expr *, merging->case_count);
    for (int32_t i = 0; i < merging->case_count; i++) {
        merging->cases[i].condition = plan_subqueries(an, &joined, merging->cases[i].condition);
        changes[i] = change_constant(an, merging->cases[i].change);
    }
    Projection projection;
    projection_init(&projection, an, joined, true);
    const Expr *change_value = by_case(merging, type_simple(TYPE_TINYINT), changes);
    const Symbol *change = projection_add_distinct(&projection, change_value, "change");
    SymbolList input = {0};
    for (int32_t i = 0; i < table->column_count; i++) {
        if (!table->columns[i].hidden) {
            symbol_list_add(an->arena, &input,
                            projection_add_distinct(&projection, merged_column(merging, i),
                                                    table->columns[i].name));
        }
    }
    PlanNode *plan = projection_finish(&projection);
    const Expr *is_null = expr_is_null(an->arena, expr_symbol(an->arena, change));
    plan = plan_filter(an->builder, plan, expr_not(an->arena, is_null));
    return plan_writer(&merging->target, plan, change, merging->target.row_id, input, true);
}

/* The target's rows with a marker that tells matched rows from rows the outer join made up. */
static PlanNode *mark_target(Analyzer *an, PlanNode *scan, const Symbol **ret_marker) {
    Projection projection;
    projection_init(&projection, an, scan, true);
    *ret_marker = projection_add_distinct(&projection, expr_boolean(an->arena, true), "is_matched");
    return projection_finish(&projection);
}

Status analyze_merge(Analyzer *an, const Merge *node, PlanNode **ret_plan) {
    Merging merging = {.target = {.an = an}, .node = node};
    const Node *written = node->target;
    const AliasedRelation *alias = NULL;
    if (written->kind == NODE_ALIASED_RELATION) {
        alias = NODE_CAST(AliasedRelation, written);
        written = alias->relation;
    }
    const QualifiedName *name = NODE_CAST(TableReference, written)->name;
    Target *target = &merging.target;
    TRY(resolve_target(target, name, &node->node, "Merging into views is not supported"));
    TRY(scan_target(target, name));
    if (alias != NULL) {
        TRY(apply_alias(an, alias, &target->relation));
    }
    RelationPlan source;
    TRY(analyze_relation(an, node->source, NULL, &source));
    const Symbol *marker;
    PlanNode *marked = mark_target(an, target->relation.plan, &marker);
    int32_t count = target->relation.field_count + source.field_count;
    Field *fields = arena_new_array(an->arena, Field, count);
    memcpy(fields, target->relation.fields, sizeof(Field) * (size_t)target->relation.field_count);
    memcpy(fields + target->relation.field_count, source.fields,
           sizeof(Field) * (size_t)source.field_count);
    merging.both =
        (ExpressionContext){.an = an, .scope = scope_create(an, NULL, false, count, fields)};
    merging.source = (ExpressionContext){
        .an = an, .scope = scope_create(an, NULL, false, source.field_count, source.fields)};
    const Expr *condition;
    TRY(require_scalar(an, node->predicate, "MERGE clause"));
    TRY(analyze_predicate(&merging.both, node->predicate, "MERGE search condition", &condition));
    if (expr_has_subquery(condition)) {
        return FAIL_NODE(an, NOT_SUPPORTED, node->predicate,
                         "Subquery in the condition of MERGE is not supported");
    }
    SymbolList outputs = {0};
    for (int32_t i = 0; i < marked->outputs.count; i++) {
        symbol_list_add(an->arena, &outputs, marked->outputs.items[i]);
    }
    for (int32_t i = 0; i < source.plan->outputs.count; i++) {
        symbol_list_add(an->arena, &outputs, source.plan->outputs.items[i]);
    }
    PlanNode *joined = plan_join(an->builder, RIGHT_JOIN, marked, source.plan, 0, NULL, NULL,
                                 condition, outputs.count, outputs.items);
    const Expr *unmatched = expr_is_null(an->arena, expr_symbol(an->arena, marker));
    TRY(analyze_cases(&merging, expr_not(an->arena, unmatched), unmatched));
    *ret_plan = plan_merge(&merging, joined);
    return OK;
}
