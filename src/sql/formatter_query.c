/*
 * Queries and relations to text, a clause a line.
 */
#include "formatter_internal.h"

/* ---- parts ---- */

void put_column_aliases(Formatter *f, const NodeList *columns) {
    if (columns->count > 0) {
        put(f, " (");
        put_expressions(f, columns);
        put(f, ")");
    }
}

/* One item after a space, several on lines of their own. */
static void put_definitions(Formatter *f, int indent, const NodeList *list,
                            void (*put_one)(Formatter *f, const Node *node)) {
    if (list->count == 1) {
        put(f, " ");
        put_one(f, list->items[0]);
        put(f, "\n");
        return;
    }
    put(f, "\n");
    for (int32_t i = 0; i < list->count; i++) {
        put_indent(f, indent);
        put_one(f, list->items[i]);
        put(f, i + 1 < list->count ? ",\n" : "\n");
    }
}

static void put_condition(Formatter *f, int indent, const char *word, const Node *condition) {
    if (condition != NULL) {
        put_line(f, indent, word);
        put_expression(f, condition);
        put(f, "\n");
    }
}

static void put_limit(Formatter *f, const Node *limit, int indent) {
    if (limit->kind == NODE_LIMIT) {
        put_condition(f, indent, "LIMIT ", NODE_CAST(Limit, limit)->row_count);
        return;
    }
    const FetchFirst *fetch = NODE_CAST(FetchFirst, limit);
    put_line(f, indent, "FETCH FIRST ");
    if (fetch->row_count != NULL) {
        put_expression(f, fetch->row_count);
        put(f, " ROWS ");
    } else {
        put(f, "ROW ");
    }
    put(f, fetch->with_ties ? "WITH TIES\n" : "ONLY\n");
}

static void put_order_and_limit(Formatter *f, const OrderBy *order_by, const Offset *offset,
                                const Node *limit, int indent) {
    if (order_by != NULL) {
        put_indent(f, indent);
        put_sort_items(f, order_by);
        put(f, "\n");
    }
    if (offset != NULL) {
        put_line(f, indent, "OFFSET ");
        put_expression(f, offset->row_count);
        put(f, " ROWS\n");
    }
    if (limit != NULL) {
        put_limit(f, limit, indent);
    }
}

/* ---- SELECT ---- */

static void put_select_item(Formatter *f, const Node *node) {
    if (node->kind == NODE_SINGLE_COLUMN) {
        const SingleColumn *column = NODE_CAST(SingleColumn, node);
        put_expression(f, column->expression);
        if (column->alias != NULL) {
            put(f, " ");
            put_identifier(f, column->alias);
        }
        return;
    }
    const AllColumns *all = NODE_CAST(AllColumns, node);
    if (all->target != NULL) {
        put_expression(f, all->target);
        put(f, ".");
    }
    put(f, "*");
    if (all->aliases.count > 0) {
        put(f, " AS");
        put_column_aliases(f, &all->aliases);
    }
}

static void put_select(Formatter *f, const Select *select, int indent) {
    put_line(f, indent, select->distinct ? "SELECT DISTINCT" : "SELECT");
    if (select->select_items.count == 1) {
        put(f, " ");
        put_select_item(f, select->select_items.items[0]);
    } else {
        for (int32_t i = 0; i < select->select_items.count; i++) {
            put(f, "\n");
            put_line(f, indent, i == 0 ? "  " : ", ");
            put_select_item(f, select->select_items.items[i]);
        }
    }
    put(f, "\n");
}

static void put_grouping_set(Formatter *f, const NodeList *columns) {
    put(f, "(");
    put_expressions(f, columns);
    put(f, ")");
}

static void put_grouping_element(Formatter *f, const Node *node) {
    static const char *const words[] = {
        [GROUPING_SETS_EXPLICIT] = "GROUPING SETS (",
        [GROUPING_SETS_ROLLUP] = "ROLLUP (",
        [GROUPING_SETS_CUBE] = "CUBE (",
    };
    if (node->kind == NODE_SIMPLE_GROUP_BY) {
        const NodeList *columns = &NODE_CAST(SimpleGroupBy, node)->columns;
        if (columns->count == 1) {
            put_expression(f, columns->items[0]);
        } else {
            put_grouping_set(f, columns);
        }
        return;
    }
    const GroupingSets *sets = NODE_CAST(GroupingSets, node);
    put(f, words[sets->type]);
    for (int32_t i = 0; i < sets->sets.count; i++) {
        put(f, i == 0 ? "" : ", ");
        put_grouping_set(f, &NODE_CAST(GroupingSet, sets->sets.items[i])->columns);
    }
    put(f, ")");
}

static void put_group_by(Formatter *f, const GroupBy *group_by, int indent) {
    put_line(f, indent, "GROUP BY ");
    put(f, group_by->automatic ? "AUTO" : group_by->distinct ? " DISTINCT " : "");
    for (int32_t i = 0; i < group_by->grouping_elements.count; i++) {
        put(f, i == 0 ? "" : ", ");
        put_grouping_element(f, group_by->grouping_elements.items[i]);
    }
    put(f, "\n");
}

static void put_window_definition(Formatter *f, const Node *node) {
    const WindowDefinition *definition = NODE_CAST(WindowDefinition, node);
    put_identifier(f, definition->name);
    put(f, " AS ");
    put_window(f, &definition->window->node);
}

static void put_query_specification(Formatter *f, const QuerySpecification *query, int indent) {
    put_select(f, query->select, indent);
    if (query->from != NULL) {
        put_line(f, indent, "FROM\n");
        put_line(f, indent, "  ");
        put_relation(f, query->from, indent);
    }
    put(f, "\n");
    put_condition(f, indent, "WHERE ", query->where);
    if (query->group_by != NULL) {
        put_group_by(f, query->group_by, indent);
    }
    put_condition(f, indent, "HAVING ", query->having);
    if (query->windows.count > 0) {
        put_line(f, indent, "WINDOW");
        put_definitions(f, indent + 1, &query->windows, put_window_definition);
    }
    put_order_and_limit(f, query->order_by, query->offset, query->limit, indent);
}

/* ---- queries ---- */

static void put_session_properties(Formatter *f, const NodeList *properties, int indent) {
    for (int32_t i = 0; i < properties->count; i++) {
        const SessionProperty *property = NODE_CAST(SessionProperty, properties->items[i]);
        put_line(f, indent, i == 0 ? "WITH SESSION\n" : "");
        put_indent(f, indent + 1);
        put_name(f, property->name);
        put(f, " = ");
        put_expression(f, property->value);
        put(f, i + 1 < properties->count ? ",\n" : "\n");
    }
}

static void put_functions(Formatter *f, const NodeList *functions, int indent) {
    for (int32_t i = 0; i < functions->count; i++) {
        if (i == 0) {
            put_line(f, indent, "WITH\n");
        }
        put_function_specification(f, NODE_CAST(FunctionSpecification, functions->items[i]),
                                   indent + 1);
        put(f, i + 1 < functions->count ? ",\n" : "\n");
    }
}

static void put_subquery(Formatter *f, const Query *query, int indent) {
    put(f, "(\n");
    put_query(f, query, indent + 1);
    put_line(f, indent, ") ");
}

static void put_with(Formatter *f, const With *with, int indent) {
    put_line(f, indent, with->recursive ? "WITH RECURSIVE\n  " : "WITH\n  ");
    for (int32_t i = 0; i < with->queries.count; i++) {
        const WithQuery *query = NODE_CAST(WithQuery, with->queries.items[i]);
        put(f, i == 0 ? "" : ", ");
        put_indent(f, indent);
        put_identifier(f, query->name);
        put_column_aliases(f, &query->column_names);
        put(f, " AS ");
        put_subquery(f, query->query, indent);
        put(f, "\n");
    }
}

void put_query(Formatter *f, const Query *query, int indent) {
    put_session_properties(f, &query->session_properties, indent);
    put_functions(f, &query->functions, indent);
    if (query->with != NULL) {
        put_with(f, query->with, indent);
    }
    put_query_body(f, query->query_body, indent);
    put_order_and_limit(f, query->order_by, query->offset, query->limit, indent);
}

static void put_set_operation(Formatter *f, const SetOperation *operation, int indent) {
    static const char *const words[] = {
        [SET_UNION] = "UNION ", [SET_INTERSECT] = "INTERSECT ", [SET_EXCEPT] = "EXCEPT "};
    for (int32_t i = 0; i < operation->relations.count; i++) {
        if (i > 0) {
            put(f, words[operation->type]);
            put(f, operation->distinct ? "" : "ALL ");
            put(f, operation->corresponding ? "CORRESPONDING " : "");
            if (operation->corresponding_columns.count > 0) {
                put(f, "BY (");
                put_expressions(f, &operation->corresponding_columns);
                put(f, ") ");
            }
        }
        put_query_body(f, operation->relations.items[i], indent);
    }
}

void put_query_body(Formatter *f, const Node *node, int indent) {
    if (node->kind == NODE_TABLE_REFERENCE) {
        put(f, "TABLE ");
        put_name(f, NODE_CAST(TableReference, node)->name);
        put(f, "\n");
    } else {
        put_relation(f, node, indent);
    }
}

static void put_values(Formatter *f, const Values *values, int indent) {
    put(f, " VALUES ");
    for (int32_t i = 0; i < values->rows.count; i++) {
        put(f, "\n");
        put_line(f, indent, i == 0 ? "  " : ", ");
        put_expression(f, values->rows.items[i]);
    }
    put(f, "\n");
}

/* ---- relations ---- */

static void put_table(Formatter *f, const TableReference *table) {
    put_name(f, table->name);
    if (table->query_period != NULL) {
        bool is_version = table->query_period->range_type == QUERY_PERIOD_VERSION;
        put(f, is_version ? " FOR VERSION AS OF " : " FOR TIMESTAMP AS OF ");
        put_expression(f, table->query_period->end);
    }
}

/* The input of an alias or a sample, in parentheses where it would read otherwise. */
static void put_suffixed_relation(Formatter *f, const Node *node, int indent) {
    bool needs_parentheses = node->kind == NODE_ALIASED_RELATION ||
                             node->kind == NODE_SAMPLED_RELATION ||
                             node->kind == NODE_PATTERN_RECOGNITION_RELATION;
    if (needs_parentheses) {
        put(f, "( ");
        put_relation(f, node, indent + 1);
        put_line(f, indent, ")");
    } else {
        put_relation(f, node, indent);
    }
}

static const char *join_word(const Join *join) {
    static const char *const words[] = {
        [JOIN_CROSS] = "CROSS JOIN ", [JOIN_INNER] = "INNER JOIN ", [JOIN_LEFT] = "LEFT JOIN ",
        [JOIN_RIGHT] = "RIGHT JOIN ", [JOIN_FULL] = "FULL JOIN ",   [JOIN_IMPLICIT] = ", ",
    };
    return words[join->type];
}

static void put_join(Formatter *f, const Join *join, int indent) {
    const Node *criteria = join->criteria;
    bool is_implicit = join->type == JOIN_IMPLICIT;
    put(f, is_implicit ? "" : "(");
    put_relation(f, join->left, indent);
    put(f, "\n");
    put_indent(f, indent);
    put(f, criteria != NULL && criteria->kind == NODE_NATURAL_JOIN ? "NATURAL " : "");
    put(f, join_word(join));
    put_relation(f, join->right, indent);
    if (criteria != NULL && criteria->kind == NODE_JOIN_USING) {
        put(f, " USING (");
        put_expressions(f, &NODE_CAST(JoinUsing, criteria)->columns);
        put(f, ")");
    } else if (criteria != NULL && criteria->kind == NODE_JOIN_ON) {
        put(f, " ON ");
        put_expression(f, NODE_CAST(JoinOn, criteria)->expression);
    }
    put(f, is_implicit ? "" : ")");
}

static void put_sample(Formatter *f, const SampledRelation *sample, int indent) {
    put_suffixed_relation(f, sample->relation, indent);
    put(f, sample->type == SAMPLE_SYSTEM ? " TABLESAMPLE SYSTEM (" : " TABLESAMPLE BERNOULLI (");
    put_expression(f, sample->sampled_percentage);
    put(f, ")");
}

static void put_match_recognize(Formatter *f, const PatternRecognitionRelation *node, int indent) {
    static const char *const rows[] = {
        [ROWS_PER_MATCH_ONE] = "ONE ROW PER MATCH\n",
        [ROWS_PER_MATCH_ALL_SHOW_EMPTY] = "ALL ROWS PER MATCH SHOW EMPTY MATCHES\n",
        [ROWS_PER_MATCH_ALL_OMIT_EMPTY] = "ALL ROWS PER MATCH OMIT EMPTY MATCHES\n",
        [ROWS_PER_MATCH_ALL_WITH_UNMATCHED] = "ALL ROWS PER MATCH WITH UNMATCHED ROWS\n",
    };
    put_suffixed_relation(f, node->input, indent);
    put(f, " MATCH_RECOGNIZE (\n");
    if (node->partition_by.count > 0) {
        put_line(f, indent + 1, "PARTITION BY ");
        put_expressions(f, &node->partition_by);
        put(f, "\n");
    }
    put_order_and_limit(f, node->order_by, NULL, NULL, indent + 1);
    if (node->measures.count > 0) {
        put_line(f, indent + 1, "MEASURES");
        put_definitions(f, indent + 2, &node->measures, put_measure);
    }
    if (node->rows_per_match != ROWS_PER_MATCH_UNDEFINED) {
        put_line(f, indent + 1, rows[node->rows_per_match]);
    }
    if (node->after_match_skip_to != NULL) {
        put_indent(f, indent + 1);
        put_skip_to(f, node->after_match_skip_to);
        put(f, "\n");
    }
    if (node->search_mode != SEARCH_MODE_UNDEFINED) {
        put_line(f, indent + 1, search_mode_word(node->search_mode));
        put(f, "\n");
    }
    put_line(f, indent + 1, "PATTERN (");
    put_row_pattern(f, node->pattern);
    put(f, ")\n");
    if (node->subsets.count > 0) {
        put_line(f, indent + 1, "SUBSET");
        put_definitions(f, indent + 2, &node->subsets, put_subset);
    }
    put_line(f, indent + 1, "DEFINE");
    put_definitions(f, indent + 2, &node->variable_definitions, put_variable_definition);
    put(f, ")");
}

static void put_json_table(Formatter *f, const JsonTable *table, int indent) {
    put(f, "JSON_TABLE (\n");
    put_indent(f, indent + 1);
    put_json_path_invocation(f, table->json_path_invocation);
    put(f, "\n");
    put_line(f, indent + 1, "COLUMNS (\n");
    for (int32_t i = 0; i < table->columns.count; i++) {
        put_indent(f, indent + 2);
        put_json_column(f, table->columns.items[i]);
        put(f, i + 1 < table->columns.count ? ",\n" : ")");
    }
    if (table->plan != NULL) {
        put(f, "\n");
        bool is_default = table->plan->kind == NODE_JSON_TABLE_DEFAULT_PLAN;
        put_line(f, indent + 1, is_default ? "PLAN DEFAULT (" : "PLAN (");
        put_json_plan(f, table->plan);
        put(f, ")");
    }
    if (table->error_behavior != JSON_TABLE_UNSPECIFIED) {
        put(f, "\n");
        put_line(f, indent + 1,
                 table->error_behavior == JSON_TABLE_ERROR ? "ERROR ON ERROR" : "EMPTY ON ERROR");
    }
    put(f, ")");
}

/* ---- table functions ---- */

static void put_table_argument(Formatter *f, const TableFunctionTableArgument *argument,
                               int indent) {
    const Node *table = argument->table;
    const AliasedRelation *aliased =
        table->kind == NODE_ALIASED_RELATION ? NODE_CAST(AliasedRelation, table) : NULL;
    table = aliased == NULL ? table : aliased->relation;
    put(f, "TABLE(");
    if (table->kind == NODE_TABLE_SUBQUERY) {
        put_query(f, NODE_CAST(TableSubquery, table)->query, indent);
    } else {
        put_relation(f, table, indent);
    }
    put(f, ")");
    if (aliased != NULL) {
        put(f, " AS ");
        put_identifier(f, aliased->alias);
        put_column_aliases(f, &aliased->column_names);
    }
    if (argument->has_partition_by) {
        put(f, "\n");
        put_line(f, indent, "PARTITION BY (");
        put_expressions(f, &argument->partition_by);
        put(f, ")");
    }
    if (argument->empty_table_treatment != EMPTY_TABLE_UNDEFINED) {
        bool prune = argument->empty_table_treatment == EMPTY_TABLE_PRUNE;
        put(f, "\n");
        put_line(f, indent, prune ? "PRUNE WHEN EMPTY" : "KEEP WHEN EMPTY");
    }
    if (argument->order_by != NULL) {
        put(f, "\n");
        put_indent(f, indent);
        put_sort_items(f, argument->order_by);
    }
}

static void put_descriptor(Formatter *f, const TableFunctionDescriptorArgument *descriptor) {
    if (descriptor->is_null) {
        put(f, "CAST(NULL AS DESCRIPTOR)");
        return;
    }
    put(f, "DESCRIPTOR(");
    for (int32_t i = 0; i < descriptor->fields.count; i++) {
        const DescriptorField *field = NODE_CAST(DescriptorField, descriptor->fields.items[i]);
        put(f, i == 0 ? "" : ", ");
        put_identifier(f, field->name);
        if (field->type != NULL) {
            put(f, " ");
            put_expression(f, field->type);
        }
    }
    put(f, ")");
}

static void put_table_function(Formatter *f, const TableFunctionInvocation *node, int indent) {
    put_line(f, indent, "TABLE(");
    put_name(f, node->name);
    put(f, "(\n");
    for (int32_t i = 0; i < node->arguments.count; i++) {
        const TableFunctionArgument *argument =
            NODE_CAST(TableFunctionArgument, node->arguments.items[i]);
        put_indent(f, indent + 2);
        if (argument->name != NULL) {
            put_identifier(f, argument->name);
            put(f, " => ");
        }
        if (argument->value->kind == NODE_TABLE_FUNCTION_TABLE_ARGUMENT) {
            put_table_argument(f, NODE_CAST(TableFunctionTableArgument, argument->value),
                               indent + 3);
        } else if (argument->value->kind == NODE_TABLE_FUNCTION_DESCRIPTOR_ARGUMENT) {
            put_descriptor(f, NODE_CAST(TableFunctionDescriptorArgument, argument->value));
        } else {
            put_expression(f, argument->value);
        }
        put(f, i + 1 < node->arguments.count ? ",\n" : "");
    }
    for (int32_t i = 0; i < node->copartitioning.count; i++) {
        put(f, i == 0 ? "\n" : ", ");
        if (i == 0) {
            put_line(f, indent + 2, "COPARTITION ");
        }
        put_grouping_set(f, &NODE_CAST(CopartitionTables, node->copartitioning.items[i])->names);
    }
    put(f, "))");
}

/* ---- dispatch ---- */

static void put_aliased(Formatter *f, const AliasedRelation *aliased, int indent) {
    put_suffixed_relation(f, aliased->relation, indent);
    put(f, " ");
    put_identifier(f, aliased->alias);
    put_column_aliases(f, &aliased->column_names);
}

static void put_unnest(Formatter *f, const Unnest *unnest) {
    put(f, "UNNEST(");
    put_expressions(f, &unnest->expressions);
    put(f, unnest->with_ordinality ? ") WITH ORDINALITY" : ")");
}

void put_relation(Formatter *f, const Node *node, int indent) {
    switch (node->kind) {
    case NODE_QUERY_SPECIFICATION:
        put_query_specification(f, NODE_CAST(QuerySpecification, node), indent);
        break;
    case NODE_VALUES:
        put_values(f, NODE_CAST(Values, node), indent);
        break;
    case NODE_SET_OPERATION:
        put_set_operation(f, NODE_CAST(SetOperation, node), indent);
        break;
    case NODE_TABLE_SUBQUERY:
        put_subquery(f, NODE_CAST(TableSubquery, node)->query, indent);
        break;
    case NODE_TABLE_REFERENCE:
        put_table(f, NODE_CAST(TableReference, node));
        break;
    case NODE_ALIASED_RELATION:
        put_aliased(f, NODE_CAST(AliasedRelation, node), indent);
        break;
    case NODE_SAMPLED_RELATION:
        put_sample(f, NODE_CAST(SampledRelation, node), indent);
        break;
    case NODE_JOIN:
        put_join(f, NODE_CAST(Join, node), indent);
        break;
    case NODE_UNNEST:
        put_unnest(f, NODE_CAST(Unnest, node));
        break;
    case NODE_LATERAL:
        put_line(f, indent, "LATERAL (");
        put_query(f, NODE_CAST(Lateral, node)->query, indent + 1);
        put_line(f, indent, ")");
        break;
    case NODE_TABLE_FUNCTION_INVOCATION:
        put_table_function(f, NODE_CAST(TableFunctionInvocation, node), indent);
        break;
    case NODE_PATTERN_RECOGNITION_RELATION:
        put_match_recognize(f, NODE_CAST(PatternRecognitionRelation, node), indent);
        break;
    default:
        put_json_table(f, NODE_CAST(JsonTable, node), indent);
        break;
    }
}
