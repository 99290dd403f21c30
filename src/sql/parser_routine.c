/*
 * SQL routines: FUNCTION specifications and control statements.
 */
#include "parser_internal.h"

#include <strings.h>

static Status parse_control_statement(Parser *p, Node **ret_node);

/* ---- specification ---- */

Status parse_parameter_declaration_node(Parser *p, Node **ret_node) {
    ParameterDeclaration *parameter = NODE_AT(p, ParameterDeclaration, current(p));
    int32_t end = is_identifier(peek(p)) ? skip_type(p, p->position + 1) : -1;
    TokenKind after = end < 0 ? TOKEN_END : p->list.tokens[end].kind;
    if (after == TOKEN_COMMA || after == TOKEN_RIGHT_PAREN) {
        TRY(parse_identifier(p, &parameter->name));
    } else {
        /* One word: a type without a name, unless more follows that the type cannot take. */
        int32_t bare = skip_type(p, p->position);
        TokenKind next = bare < 0 ? TOKEN_END : p->list.tokens[bare].kind;
        if (next != TOKEN_COMMA && next != TOKEN_RIGHT_PAREN && is_identifier(peek_at(p, 1))) {
            TRY(parse_identifier(p, &parameter->name));
        }
    }
    *ret_node = &parameter->node;
    return parse_type_rule(p, &parameter->type);
}

static Status parse_characteristic(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    switch (at->kind) {
    case KEYWORD_LANGUAGE: {
        LanguageCharacteristic *node = NODE_AT(p, LanguageCharacteristic, at);
        advance(p);
        *ret_node = &node->node;
        return parse_identifier(p, &node->language);
    }
    case KEYWORD_NOT:
    case KEYWORD_DETERMINISTIC: {
        DeterministicCharacteristic *node = NODE_AT(p, DeterministicCharacteristic, at);
        node->deterministic = !accept(p, KEYWORD_NOT);
        *ret_node = &node->node;
        return expect(p, KEYWORD_DETERMINISTIC);
    }
    case KEYWORD_RETURNS:
    case KEYWORD_CALLED: {
        NullInputCharacteristic *node = NODE_AT(p, NullInputCharacteristic, at);
        node->called_on_null = at->kind == KEYWORD_CALLED;
        advance(p);
        if (!node->called_on_null) {
            TRY(expect(p, KEYWORD_NULL));
        }
        *ret_node = &node->node;
        TRY(expect_two(p, KEYWORD_ON, KEYWORD_NULL));
        return expect(p, KEYWORD_INPUT);
    }
    case KEYWORD_SECURITY: {
        SecurityCharacteristic *node = NODE_AT(p, SecurityCharacteristic, at);
        advance(p);
        node->security = peek(p) == KEYWORD_DEFINER ? SECURITY_DEFINER : SECURITY_INVOKER;
        *ret_node = &node->node;
        return accept(p, KEYWORD_DEFINER) ? OK : expect(p, KEYWORD_INVOKER);
    }
    case KEYWORD_COMMENT: {
        CommentCharacteristic *node = NODE_AT(p, CommentCharacteristic, at);
        *ret_node = &node->node;
        return parse_comment(p, &node->comment);
    }
    case KEYWORD_WITH: {
        PropertiesCharacteristic *node = NODE_AT(p, PropertiesCharacteristic, at);
        *ret_node = &node->node;
        return parse_properties(p, &node->properties);
    }
    default:
        return unexpected(p);
    }
}

static bool at_characteristic(const Parser *p) {
    switch (peek(p)) {
    case KEYWORD_LANGUAGE:
    case KEYWORD_NOT:
    case KEYWORD_DETERMINISTIC:
    case KEYWORD_RETURNS:
    case KEYWORD_CALLED:
    case KEYWORD_SECURITY:
    case KEYWORD_COMMENT:
        return peek_at(p, 1) != TOKEN_COLON;
    case KEYWORD_WITH:
        return peek_at(p, 1) == TOKEN_LEFT_PAREN;
    default:
        return false;
    }
}

/* The text between $$ and $$. */
static Status parse_definition(Parser *p, StringLiteral **ret_definition) {
    const Token *token = current(p);
    StringLiteral *definition = NODE_AT(p, StringLiteral, token);
    TRY(expect(p, TOKEN_DOLLAR_STRING));
    definition->value_size = (size_t)token->size - 4;
    definition->value =
        arena_strndup(p->arena, p->list.text + token->offset + 2, definition->value_size);
    *ret_definition = definition;
    return OK;
}

/* The language must fit the form of the body. */
static void check_language(Parser *p, const FunctionSpecification *function, const Token *body) {
    bool is_sql = true;
    for (int32_t i = 0; i < function->routine_characteristics.count; i++) {
        const Node *node = function->routine_characteristics.items[i];
        if (node->kind == NODE_LANGUAGE_CHARACTERISTIC) {
            is_sql =
                strcasecmp(((const LanguageCharacteristic *)node)->language->value, "SQL") == 0;
        }
    }
    if (!is_sql && function->statement != NULL) {
        defer_error(p, SYNTAX_ERROR, body,
                    "Only functions using language 'SQL' may be defined using SQL");
    } else if (is_sql && function->definition != NULL) {
        defer_error(p, SYNTAX_ERROR, body,
                    "Functions using language 'SQL' must be defined using SQL");
    }
}

Status parse_function_specification_rule(Parser *p, FunctionSpecification **ret_function) {
    FunctionSpecification *function = NODE_AT(p, FunctionSpecification, current(p));
    TRY(expect(p, KEYWORD_FUNCTION));
    TRY(parse_qualified_name(p, &function->name));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (peek(p) != TOKEN_RIGHT_PAREN) {
        TRY(parse_list(p, parse_parameter_declaration_node, &function->parameters));
    }
    TRY(expect(p, TOKEN_RIGHT_PAREN));
    function->returns_clause = NODE_AT(p, ReturnsClause, current(p));
    TRY(expect(p, KEYWORD_RETURNS));
    TRY(parse_type_rule(p, &function->returns_clause->return_type));
    while (at_characteristic(p)) {
        Node *characteristic;
        TRY(parse_characteristic(p, &characteristic));
        list_append(p, &function->routine_characteristics, characteristic);
    }
    const Token *body = current(p);
    if (accept(p, KEYWORD_AS)) {
        TRY(parse_definition(p, &function->definition));
    } else {
        TRY(parse_control_statement(p, &function->statement));
    }
    check_language(p, function, body);
    *ret_function = function;
    return OK;
}

/* ---- control statements ---- */

static bool at_list_end(const Parser *p) {
    switch (peek(p)) {
    case KEYWORD_END:
    case KEYWORD_ELSE:
    case KEYWORD_WHEN:
    case TOKEN_END:
        return true;
    case KEYWORD_ELSEIF:
    case KEYWORD_UNTIL:
        return peek_at(p, 1) != TOKEN_COLON;
    default:
        return false;
    }
}

/* (statement ';')+ */
static Status parse_statement_list(Parser *p, NodeList *statements) {
    do {
        Node *statement;
        TRY(parse_control_statement(p, &statement));
        TRY(expect(p, TOKEN_SEMICOLON));
        list_append(p, statements, statement);
    } while (!at_list_end(p));
    return OK;
}

static Status parse_else(Parser *p, ElseClause **ret_else) {
    const Token *at = current(p);
    if (!accept(p, KEYWORD_ELSE)) {
        return OK;
    }
    *ret_else = NODE_AT(p, ElseClause, at);
    return parse_statement_list(p, &(*ret_else)->statements);
}

static Status parse_case_statement(Parser *p, const Token *at, Node **ret_node) {
    CaseStatement *node = NODE_AT(p, CaseStatement, at);
    advance(p);
    if (peek(p) != KEYWORD_WHEN) {
        TRY(parse_expression_rule(p, &node->expression));
    }
    do {
        CaseStatementWhenClause *when = NODE_AT(p, CaseStatementWhenClause, current(p));
        TRY(expect(p, KEYWORD_WHEN));
        TRY(parse_expression_rule(p, &when->expression));
        TRY(expect(p, KEYWORD_THEN));
        TRY(parse_statement_list(p, &when->statements));
        list_append(p, &node->when_clauses, when);
    } while (peek(p) == KEYWORD_WHEN);
    TRY(parse_else(p, &node->else_clause));
    *ret_node = &node->node;
    return expect_two(p, KEYWORD_END, KEYWORD_CASE);
}

static Status parse_if_statement(Parser *p, const Token *at, Node **ret_node) {
    IfStatement *node = NODE_AT(p, IfStatement, at);
    advance(p);
    TRY(parse_expression_rule(p, &node->expression));
    TRY(expect(p, KEYWORD_THEN));
    TRY(parse_statement_list(p, &node->statements));
    while (peek(p) == KEYWORD_ELSEIF) {
        ElseIfClause *clause = NODE_AT(p, ElseIfClause, current(p));
        advance(p);
        TRY(parse_expression_rule(p, &clause->expression));
        TRY(expect(p, KEYWORD_THEN));
        TRY(parse_statement_list(p, &clause->statements));
        list_append(p, &node->else_if_clauses, clause);
    }
    TRY(parse_else(p, &node->else_clause));
    *ret_node = &node->node;
    return expect_two(p, KEYWORD_END, KEYWORD_IF);
}

static Status parse_declaration(Parser *p, Node **ret_node) {
    VariableDeclaration *node = NODE_AT(p, VariableDeclaration, current(p));
    TRY(expect(p, KEYWORD_DECLARE));
    TRY(parse_list(p, parse_identifier_node, &node->names));
    TRY(parse_type_rule(p, &node->type));
    if (accept(p, KEYWORD_DEFAULT)) {
        TRY(parse_value_expression(p, &node->default_value));
    }
    *ret_node = &node->node;
    return expect(p, TOKEN_SEMICOLON);
}

static Status parse_compound(Parser *p, const Token *at, Node **ret_node) {
    CompoundStatement *node = NODE_AT(p, CompoundStatement, at);
    advance(p);
    while (peek(p) == KEYWORD_DECLARE && peek_at(p, 1) != TOKEN_COLON) {
        Node *declaration;
        TRY(parse_declaration(p, &declaration));
        list_append(p, &node->variable_declarations, declaration);
    }
    if (peek(p) != KEYWORD_END) {
        TRY(parse_statement_list(p, &node->statements));
    }
    *ret_node = &node->node;
    return expect(p, KEYWORD_END);
}

/* LOOP, WHILE, REPEAT, at their keyword; the node's position is that of the label if there is one.
 */
static Status parse_loop(Parser *p, const Token *at, Identifier *label, Node **ret_node) {
    if (accept(p, KEYWORD_LOOP)) {
        LoopStatement *node = NODE_AT(p, LoopStatement, at);
        node->label = label;
        *ret_node = &node->node;
        TRY(parse_statement_list(p, &node->statements));
        return expect_two(p, KEYWORD_END, KEYWORD_LOOP);
    }
    if (accept(p, KEYWORD_WHILE)) {
        WhileStatement *node = NODE_AT(p, WhileStatement, at);
        node->label = label;
        *ret_node = &node->node;
        TRY(parse_expression_rule(p, &node->expression));
        TRY(expect(p, KEYWORD_DO));
        TRY(parse_statement_list(p, &node->statements));
        return expect_two(p, KEYWORD_END, KEYWORD_WHILE);
    }
    TRY(expect(p, KEYWORD_REPEAT));
    RepeatStatement *node = NODE_AT(p, RepeatStatement, at);
    node->label = label;
    *ret_node = &node->node;
    TRY(parse_statement_list(p, &node->statements));
    TRY(expect(p, KEYWORD_UNTIL));
    TRY(parse_expression_rule(p, &node->condition));
    return expect_two(p, KEYWORD_END, KEYWORD_REPEAT);
}

static Status parse_return(Parser *p, const Token *at, Node **ret_node) {
    ReturnStatement *node = NODE_AT(p, ReturnStatement, at);
    advance(p);
    *ret_node = &node->node;
    return parse_value_expression(p, &node->value);
}

static Status parse_assignment(Parser *p, const Token *at, Node **ret_node) {
    AssignmentStatement *node = NODE_AT(p, AssignmentStatement, at);
    advance(p);
    TRY(parse_identifier(p, &node->target));
    TRY(expect(p, TOKEN_EQ));
    *ret_node = &node->node;
    return parse_expression_rule(p, &node->value);
}

static Status parse_jump(Parser *p, const Token *at, Node **ret_node) {
    advance(p);
    if (at->kind == KEYWORD_ITERATE) {
        IterateStatement *node = NODE_AT(p, IterateStatement, at);
        *ret_node = &node->node;
        return parse_identifier(p, &node->label);
    }
    LeaveStatement *node = NODE_AT(p, LeaveStatement, at);
    *ret_node = &node->node;
    return parse_identifier(p, &node->label);
}

static Status parse_unlabelled(Parser *p, const Token *at, Node **ret_node) {
    switch (at->kind) {
    case KEYWORD_RETURN:
        return parse_return(p, at, ret_node);
    case KEYWORD_SET:
        return parse_assignment(p, at, ret_node);
    case KEYWORD_CASE:
        return parse_case_statement(p, at, ret_node);
    case KEYWORD_IF:
        return parse_if_statement(p, at, ret_node);
    case KEYWORD_ITERATE:
    case KEYWORD_LEAVE:
        return parse_jump(p, at, ret_node);
    case KEYWORD_BEGIN:
        return parse_compound(p, at, ret_node);
    default:
        return parse_loop(p, at, NULL, ret_node);
    }
}

static Status parse_control_statement(Parser *p, Node **ret_node) {
    const Token *at = current(p);
    TRY(enter(p));
    if (is_identifier(at->kind) && peek_at(p, 1) == TOKEN_COLON) {
        Identifier *label;
        TRY(parse_identifier(p, &label));
        advance(p);
        TRY(parse_loop(p, at, label, ret_node));
    } else {
        TRY(parse_unlabelled(p, at, ret_node));
    }
    leave(p);
    return OK;
}
