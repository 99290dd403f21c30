/*
 * SQL routines to text, a statement a line.
 */
#include "formatter_internal.h"

static void put_control(Formatter *f, const Node *node, int indent);

/* ---- specification ---- */

void put_parameters(Formatter *f, const NodeList *parameters) {
    put(f, "(");
    for (int32_t i = 0; i < parameters->count; i++) {
        const ParameterDeclaration *parameter =
            NODE_CAST(ParameterDeclaration, parameters->items[i]);
        put(f, i == 0 ? "" : ", ");
        if (parameter->name != NULL) {
            put_identifier(f, parameter->name);
            put(f, " ");
        }
        put_expression(f, parameter->type);
    }
    put(f, ")");
}

static void put_characteristic(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_LANGUAGE_CHARACTERISTIC:
        put(f, "LANGUAGE ");
        put_identifier(f, NODE_CAST(LanguageCharacteristic, node)->language);
        break;
    case NODE_DETERMINISTIC_CHARACTERISTIC:
        put(f, NODE_CAST(DeterministicCharacteristic, node)->deterministic ? "" : "NOT ");
        put(f, "DETERMINISTIC");
        break;
    case NODE_NULL_INPUT_CHARACTERISTIC:
        put(f, NODE_CAST(NullInputCharacteristic, node)->called_on_null
                   ? "CALLED ON NULL INPUT"
                   : "RETURNS NULL ON NULL INPUT");
        break;
    case NODE_SECURITY_CHARACTERISTIC:
        put(f, NODE_CAST(SecurityCharacteristic, node)->security == SECURITY_DEFINER
                   ? "SECURITY DEFINER"
                   : "SECURITY INVOKER");
        break;
    case NODE_COMMENT_CHARACTERISTIC:
        put(f, "COMMENT ");
        put_literal(f, NODE_CAST(CommentCharacteristic, node)->comment);
        break;
    default: {
        const NodeList *properties = &NODE_CAST(PropertiesCharacteristic, node)->properties;
        for (int32_t i = 0; i < properties->count; i++) {
            put(f, i == 0 ? "WITH ( " : ", ");
            put_property(f, properties->items[i]);
        }
        put(f, " )");
        break;
    }
    }
}

void put_function_specification(Formatter *f, const FunctionSpecification *function, int indent) {
    put_line(f, indent, "FUNCTION ");
    put_name(f, function->name);
    put_parameters(f, &function->parameters);
    put(f, "\n");
    put_line(f, indent, "RETURNS ");
    put_expression(f, function->returns_clause->return_type);
    put(f, "\n");
    for (int32_t i = 0; i < function->routine_characteristics.count; i++) {
        put_indent(f, indent);
        put_characteristic(f, function->routine_characteristics.items[i]);
        put(f, "\n");
    }
    if (function->statement != NULL) {
        put_control(f, function->statement, indent);
    } else {
        put_line(f, indent, "AS $$");
        put_bytes(f, function->definition->value, function->definition->value_size);
        put(f, "$$");
    }
}

/* ---- control statements ---- */

static void put_block(Formatter *f, const NodeList *statements, int indent) {
    for (int32_t i = 0; i < statements->count; i++) {
        put_control(f, statements->items[i], indent);
        put(f, ";\n");
    }
}

static void put_guarded(Formatter *f, int indent, const char *word, const Node *condition,
                        const char *then, const NodeList *statements) {
    put_line(f, indent, word);
    if (condition != NULL) {
        put_expression(f, condition);
    }
    put(f, then);
    put_block(f, statements, indent + 1);
}

static void put_else(Formatter *f, const ElseClause *clause, int indent) {
    if (clause != NULL) {
        put_guarded(f, indent, "ELSE", NULL, "\n", &clause->statements);
    }
}

static void put_if(Formatter *f, const IfStatement *node, int indent) {
    put_guarded(f, indent, "IF ", node->expression, " THEN\n", &node->statements);
    for (int32_t i = 0; i < node->else_if_clauses.count; i++) {
        const ElseIfClause *clause = NODE_CAST(ElseIfClause, node->else_if_clauses.items[i]);
        put_guarded(f, indent, "ELSEIF ", clause->expression, " THEN\n", &clause->statements);
    }
    put_else(f, node->else_clause, indent);
    put_line(f, indent, "END IF");
}

static void put_case(Formatter *f, const CaseStatement *node, int indent) {
    put_line(f, indent, "CASE");
    if (node->expression != NULL) {
        put(f, " ");
        put_expression(f, node->expression);
    }
    put(f, "\n");
    for (int32_t i = 0; i < node->when_clauses.count; i++) {
        const CaseStatementWhenClause *when =
            NODE_CAST(CaseStatementWhenClause, node->when_clauses.items[i]);
        put_guarded(f, indent + 1, "WHEN ", when->expression, " THEN\n", &when->statements);
    }
    put_else(f, node->else_clause, indent + 1);
    put_line(f, indent, "END CASE");
}

static void put_declaration(Formatter *f, const VariableDeclaration *node, int indent) {
    put_line(f, indent, "DECLARE ");
    put_expressions(f, &node->names);
    put(f, " ");
    put_expression(f, node->type);
    if (node->default_value != NULL) {
        put(f, " DEFAULT ");
        put_expression(f, node->default_value);
    }
    put(f, ";\n");
}

static void put_compound(Formatter *f, const CompoundStatement *node, int indent) {
    put_line(f, indent, "BEGIN\n");
    for (int32_t i = 0; i < node->variable_declarations.count; i++) {
        put_declaration(f, NODE_CAST(VariableDeclaration, node->variable_declarations.items[i]),
                        indent + 1);
    }
    put_block(f, &node->statements, indent + 1);
    put_line(f, indent, "END");
}

static void put_label(Formatter *f, const Identifier *label, int indent) {
    put_indent(f, indent);
    if (label != NULL) {
        put_identifier(f, label);
        put(f, ": ");
    }
}

static void put_loop(Formatter *f, const Node *node, int indent) {
    if (node->kind == NODE_LOOP_STATEMENT) {
        const LoopStatement *loop = NODE_CAST(LoopStatement, node);
        put_label(f, loop->label, indent);
        put(f, "LOOP\n");
        put_block(f, &loop->statements, indent + 1);
        put_line(f, indent, "END LOOP");
    } else if (node->kind == NODE_WHILE_STATEMENT) {
        const WhileStatement *loop = NODE_CAST(WhileStatement, node);
        put_label(f, loop->label, indent);
        put(f, "WHILE ");
        put_expression(f, loop->expression);
        put(f, " DO\n");
        put_block(f, &loop->statements, indent + 1);
        put_line(f, indent, "END WHILE");
    } else {
        const RepeatStatement *loop = NODE_CAST(RepeatStatement, node);
        put_label(f, loop->label, indent);
        put(f, "REPEAT\n");
        put_block(f, &loop->statements, indent + 1);
        put_line(f, indent, "UNTIL ");
        put_expression(f, loop->condition);
        put(f, "\n");
        put_line(f, indent, "END REPEAT");
    }
}

static void put_control(Formatter *f, const Node *node, int indent) {
    switch (node->kind) {
    case NODE_RETURN_STATEMENT:
        put_line(f, indent, "RETURN ");
        put_expression(f, NODE_CAST(ReturnStatement, node)->value);
        break;
    case NODE_ASSIGNMENT_STATEMENT:
        put_line(f, indent, "SET ");
        put_identifier(f, NODE_CAST(AssignmentStatement, node)->target);
        put(f, " = ");
        put_expression(f, NODE_CAST(AssignmentStatement, node)->value);
        break;
    case NODE_CASE_STATEMENT:
        put_case(f, NODE_CAST(CaseStatement, node), indent);
        break;
    case NODE_IF_STATEMENT:
        put_if(f, NODE_CAST(IfStatement, node), indent);
        break;
    case NODE_ITERATE_STATEMENT:
        put_line(f, indent, "ITERATE ");
        put_identifier(f, NODE_CAST(IterateStatement, node)->label);
        break;
    case NODE_LEAVE_STATEMENT:
        put_line(f, indent, "LEAVE ");
        put_identifier(f, NODE_CAST(LeaveStatement, node)->label);
        break;
    case NODE_COMPOUND_STATEMENT:
        put_compound(f, NODE_CAST(CompoundStatement, node), indent);
        break;
    default:
        put_loop(f, node, indent);
        break;
    }
}
