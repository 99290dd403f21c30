/*
 * Statements to text: EXPLAIN, prepared statements, DML, and the parts that other statements share.
 */
#include "formatter_internal.h"

/* ---- parts ---- */

void put_property(Formatter *f, const Node *node) {
    const Property *property = NODE_CAST(Property, node);
    put_identifier(f, property->name);
    put(f, " = ");
    if (property->value == NULL) {
        put(f, "DEFAULT");
    } else {
        put_expression(f, property->value);
    }
}

void put_properties_lines(Formatter *f, const NodeList *properties) {
    for (int32_t i = 0; i < properties->count; i++) {
        put(f, i == 0 ? "\nWITH (\n   " : ",\n   ");
        put_property(f, properties->items[i]);
    }
    put(f, properties->count > 0 ? "\n)" : "");
}

void put_principal(Formatter *f, const Principal *principal) {
    static const char *const words[] = {
        [PRINCIPAL_UNSPECIFIED] = "", [PRINCIPAL_USER] = "USER ", [PRINCIPAL_ROLE] = "ROLE "};
    put(f, words[principal->type]);
    put_identifier(f, principal->name);
}

void put_comment(Formatter *f, const char *before, const StringLiteral *comment) {
    if (comment != NULL) {
        put(f, before);
        put(f, "COMMENT ");
        put_literal(f, comment);
    }
}

static void put_where(Formatter *f, const char *before, const Node *where) {
    if (where != NULL) {
        put(f, before);
        put_expression(f, where);
    }
}

/* ---- DML ---- */

static void put_insert(Formatter *f, const Insert *insert, int indent) {
    put(f, "INSERT INTO ");
    put_name(f, insert->table->name);
    put_column_aliases(f, &insert->columns);
    put(f, "\n");
    put_query(f, insert->query, indent);
}

static void put_update(Formatter *f, const Update *update, int indent) {
    put(f, "UPDATE ");
    put_name(f, update->table->name);
    put(f, " SET");
    for (int32_t i = 0; i < update->assignments.count; i++) {
        const UpdateAssignment *assignment =
            NODE_CAST(UpdateAssignment, update->assignments.items[i]);
        put(f, i == 0 ? "\n" : ",\n");
        put_indent(f, indent + 1);
        put_identifier(f, assignment->name);
        put(f, " = ");
        put_expression(f, assignment->value);
    }
    if (update->where != NULL) {
        put(f, "\n");
        put_line(f, indent, "WHERE ");
        put_expression(f, update->where);
    }
}

static void put_merge_when(Formatter *f, bool matched, const Node *condition, int indent) {
    put(f, matched ? "WHEN MATCHED" : "WHEN NOT MATCHED");
    if (condition != NULL) {
        put(f, " AND ");
        put_expression(f, condition);
    }
    put(f, "\n");
    put_indent(f, indent + 1);
}

static void put_merge_case(Formatter *f, const Node *node, int indent) {
    if (node->kind == NODE_MERGE_DELETE) {
        put_merge_when(f, true, NODE_CAST(MergeDelete, node)->condition, indent);
        put(f, "THEN DELETE");
        return;
    }
    if (node->kind == NODE_MERGE_INSERT) {
        const MergeInsert *insert = NODE_CAST(MergeInsert, node);
        put_merge_when(f, false, insert->condition, indent);
        put(f, "THEN INSERT");
        put_column_aliases(f, &insert->columns);
        put(f, " VALUES (");
        put_expressions(f, &insert->values);
        put(f, ")");
        return;
    }
    const MergeUpdate *update = NODE_CAST(MergeUpdate, node);
    put_merge_when(f, true, update->condition, indent);
    put(f, "THEN UPDATE SET");
    for (int32_t i = 0; i < update->assignments.count; i++) {
        const UpdateAssignment *assignment =
            NODE_CAST(UpdateAssignment, update->assignments.items[i]);
        put(f, i == 0 ? "\n" : ",\n");
        put_indent(f, indent + 1);
        put_identifier(f, assignment->name);
        put(f, " = ");
        put_expression(f, assignment->value);
    }
}

static void put_merge(Formatter *f, const Merge *merge, int indent) {
    put(f, "MERGE INTO ");
    put_relation(f, merge->target, indent);
    put(f, "\n");
    put_line(f, indent + 1, "USING ");
    put_relation(f, merge->source, indent + 2);
    put(f, "\n");
    put_line(f, indent + 1, "ON ");
    put_expression(f, merge->predicate);
    for (int32_t i = 0; i < merge->merge_cases.count; i++) {
        put(f, "\n");
        put_merge_case(f, merge->merge_cases.items[i], indent);
    }
}

/* ---- EXPLAIN and prepared statements ---- */

static void put_explain(Formatter *f, const Explain *explain, int indent) {
    static const char *const types[] = {
        [EXPLAIN_TYPE_LOGICAL] = "TYPE LOGICAL",
        [EXPLAIN_TYPE_DISTRIBUTED] = "TYPE DISTRIBUTED",
        [EXPLAIN_TYPE_VALIDATE] = "TYPE VALIDATE",
        [EXPLAIN_TYPE_IO] = "TYPE IO",
    };
    static const char *const formats[] = {
        [EXPLAIN_FORMAT_TEXT] = "FORMAT TEXT",
        [EXPLAIN_FORMAT_GRAPHVIZ] = "FORMAT GRAPHVIZ",
        [EXPLAIN_FORMAT_JSON] = "FORMAT JSON",
    };
    put(f, "EXPLAIN ");
    for (int32_t i = 0; i < explain->options.count; i++) {
        const Node *option = explain->options.items[i];
        put(f, i == 0 ? "(" : ", ");
        put(f, option->kind == NODE_EXPLAIN_TYPE ? types[NODE_CAST(ExplainType, option)->type]
                                                 : formats[NODE_CAST(ExplainFormat, option)->type]);
    }
    put(f, explain->options.count > 0 ? ")\n" : "\n");
    put_statement(f, explain->statement, indent);
}

static void put_using(Formatter *f, const char *before, const NodeList *parameters) {
    if (parameters->count > 0) {
        put(f, before);
        put_expressions(f, parameters);
    }
}

static bool put_prepared_statement(Formatter *f, const Node *node, int indent) {
    switch (node->kind) {
    case NODE_PREPARE:
        put(f, "PREPARE ");
        put_identifier(f, NODE_CAST(Prepare, node)->name);
        put(f, " FROM\n");
        put_statement(f, NODE_CAST(Prepare, node)->statement, indent + 1);
        return true;
    case NODE_DEALLOCATE:
        put(f, "DEALLOCATE PREPARE ");
        put_identifier(f, NODE_CAST(Deallocate, node)->name);
        return true;
    case NODE_EXECUTE:
        put(f, "EXECUTE ");
        put_identifier(f, NODE_CAST(Execute, node)->name);
        put_using(f, " USING ", &NODE_CAST(Execute, node)->parameters);
        return true;
    case NODE_EXECUTE_IMMEDIATE:
        put(f, "EXECUTE IMMEDIATE\n");
        put_literal(f, NODE_CAST(ExecuteImmediate, node)->statement);
        put_using(f, "\nUSING ", &NODE_CAST(ExecuteImmediate, node)->parameters);
        return true;
    case NODE_DESCRIBE_INPUT:
        put(f, "DESCRIBE INPUT ");
        put_identifier(f, NODE_CAST(DescribeInput, node)->name);
        return true;
    case NODE_DESCRIBE_OUTPUT:
        put(f, "DESCRIBE OUTPUT ");
        put_identifier(f, NODE_CAST(DescribeOutput, node)->name);
        return true;
    default:
        return false;
    }
}

/* ---- dispatch ---- */

void put_statement(Formatter *f, const Node *node, int indent) {
    switch (node->kind) {
    case NODE_QUERY:
        put_query(f, NODE_CAST(Query, node), indent);
        return;
    case NODE_EXPLAIN:
        put_explain(f, NODE_CAST(Explain, node), indent);
        return;
    case NODE_EXPLAIN_ANALYZE:
        put(f, NODE_CAST(ExplainAnalyze, node)->verbose ? "EXPLAIN ANALYZE VERBOSE\n"
                                                        : "EXPLAIN ANALYZE\n");
        put_statement(f, NODE_CAST(ExplainAnalyze, node)->statement, indent);
        return;
    case NODE_INSERT:
        put_insert(f, NODE_CAST(Insert, node), indent);
        return;
    case NODE_DELETE:
        put(f, "DELETE FROM ");
        put_name(f, NODE_CAST(Delete, node)->table->name);
        put_where(f, " WHERE ", NODE_CAST(Delete, node)->where);
        return;
    case NODE_UPDATE:
        put_update(f, NODE_CAST(Update, node), indent);
        return;
    case NODE_MERGE:
        put_merge(f, NODE_CAST(Merge, node), indent);
        return;
    case NODE_FUNCTION_SPECIFICATION: /* what is stored of CREATE FUNCTION */
        put_function_specification(f, NODE_CAST(FunctionSpecification, node), indent);
        return;
    default:
        break;
    }
    bool done = put_prepared_statement(f, node, indent) || put_table_statement(f, node, indent) ||
                put_session_statement(f, node) || put_access_statement(f, node);
    assert(done && "not a statement");
    (void)done;
}
