/*
 * Control statements of SQL routines: names to variables, labels to loops, expressions typed and
 * compiled.
 *
 * Variables live in nested scopes but not in nested storage: every declaration is a variable of the
 * routine, set to its default where it is declared.
 */
#include "analyze/routine.h"

#include "analyze/expression.h"
#include "analyze/inline_function.h"
#include "type/coercion.h"

typedef struct Label {
    const struct Label *outer;
    const char *name; /* NULL: the loop has none */
    int32_t number;
} Label;

typedef struct RoutineBuilder {
    Analyzer *an;
    InlineFunction *function;
    Routine *routine;
    int32_t variable_capacity, label_count;
    Block block; /* aggregates are found, then refused */
    bool deterministic;
} RoutineBuilder;

/* Variables in sight: a chain of scopes whose fields are variables. */
typedef struct RoutineScope {
    const Scope *names;
    const Label *labels;
} RoutineScope;

static Status build(RoutineBuilder *builder, const Node *node, const RoutineScope *scope,
                    RoutineStatement **ret_statement);

static RoutineStatement *statement_create(RoutineBuilder *builder, RoutineKind kind,
                                          int32_t child_capacity) {
    RoutineStatement *statement = arena_new(builder->an->arena, RoutineStatement);
    statement->kind = kind;
    statement->children = arena_new_array(builder->an->arena, RoutineStatement *, child_capacity);
    return statement;
}

/* ---- variables ---- */

static const Symbol *add_variable(RoutineBuilder *builder, const char *name, const Type *type) {
    Routine *routine = builder->routine;
    if (routine->variable_count == builder->variable_capacity) {
        int32_t capacity = builder->variable_capacity == 0 ? 8 : builder->variable_capacity * 2;
        const Symbol **variables = arena_new_array(builder->an->arena, const Symbol *, capacity);
        if (routine->variable_count > 0) {
            memcpy(variables, routine->variables,
                   sizeof *variables * (size_t)routine->variable_count);
        }
        routine->variables = variables;
        builder->variable_capacity = capacity;
    }
    const Symbol *symbol = plan_symbol(builder->an->builder, name, type);
    routine->variables[routine->variable_count++] = symbol;
    return symbol;
}

static const Scope *declare(RoutineBuilder *builder, const Scope *scope, const char *name,
                            const Type *type) {
    Field *field = arena_new(builder->an->arena, Field);
    field->name = name;
    field->type = type;
    field->symbol = add_variable(builder, name, type);
    return scope_create(builder->an, scope, false, 1, field);
}

static int32_t variable_of(const RoutineBuilder *builder, const Symbol *symbol) {
    int32_t at = 0;
    while (builder->routine->variables[at] != symbol) {
        at++;
    }
    return at;
}

static const Symbol *find_variable(const Scope *scope, const char *name) {
    for (; scope != NULL; scope = scope->parent) {
        if (scope->field_count == 1 && names_equal(scope->fields[0].name, name)) {
            return scope->fields[0].symbol;
        }
    }
    return NULL;
}

/* ---- expressions ---- */

typedef struct InputList {
    const RoutineBuilder *builder;
    SymbolList symbols;
} InputList;

static void note_input(void *closure, const Symbol *symbol) {
    InputList *list = closure;
    if (!symbol_list_contains(&list->symbols, symbol)) {
        symbol_list_add(list->builder->an->arena, &list->symbols, symbol);
    }
}

static Status compile(RoutineBuilder *builder, const Expr *expr, RoutineValue *ret_value) {
    InputList list = {.builder = builder};
    expr_symbols(expr, note_input, &list);
    ret_value->expr = expr;
    ret_value->input_count = list.symbols.count;
    ret_value->inputs = arena_new_array(builder->an->arena, int32_t, list.symbols.count);
    for (int32_t i = 0; i < list.symbols.count; i++) {
        ret_value->inputs[i] = variable_of(builder, list.symbols.items[i]);
    }
    builder->deterministic = builder->deterministic && expr_is_deterministic(expr);
    return program_compile(builder->an->cx, 1, &expr, list.symbols.count, list.symbols.items,
                           &ret_value->program);
}

/* `{what} must evaluate to {type} (actual: {type})` unless the expression can be coerced. */
static Status build_value(RoutineBuilder *builder, const Node *node, const RoutineScope *scope,
                          const Type *type, const char *what, RoutineValue *ret_value) {
    Analyzer *an = builder->an;
    ExpressionContext context = {.an = an,
                                 .scope = scope->names,
                                 .block = &builder->block,
                                 .subquery_refusal = "Queries are not allowed in functions"};
    const Expr *expr;
    TRY(analyze_expression(&context, node, &expr));
    if (!type_can_coerce(expr->type, type)) {
        return FAIL_NODE(an, TYPE_MISMATCH, node, "%s must evaluate to %s (actual: %s)", what,
                         type->name, expr->type->name);
    }
    TRY(require_scalar(an, node, "Function"));
    return compile(builder, coerce(an, expr, type), ret_value);
}

/* ---- blocks ---- */

static Status build_list(RoutineBuilder *builder, const NodeList *list, const RoutineScope *scope,
                         RoutineStatement **ret_statement) {
    RoutineStatement *block = statement_create(builder, ROUTINE_BLOCK, list->count);
    for (int32_t i = 0; i < list->count; i++) {
        TRY(build(builder, list->items[i], scope, &block->children[i]));
        block->child_count++;
    }
    *ret_statement = block;
    return OK;
}

static Status build_null(RoutineBuilder *builder, const Type *type, RoutineValue *ret_value) {
    return compile(builder, expr_null(builder->an->arena, type), ret_value);
}

static Status build_declaration(RoutineBuilder *builder, const VariableDeclaration *node,
                                RoutineScope *scope, RoutineStatement *block) {
    Analyzer *an = builder->an;
    const Type *type;
    TRY(analyze_type(an, node->type, node->type, &type));
    RoutineScope before = *scope;
    for (int32_t i = 0; i < node->names.count; i++) {
        const Identifier *name = NODE_CAST(Identifier, node->names.items[i]);
        if (find_variable(scope->names, name->value) != NULL) {
            return FAIL_NODE(an, ALREADY_EXISTS, &name->node,
                             "Variable already declared in this scope: %s", name->value);
        }
        RoutineStatement *set = statement_create(builder, ROUTINE_SET, 0);
        if (node->default_value != NULL) {
            TRY(build_value(builder, node->default_value, &before, type, "Value of DEFAULT",
                            &set->value));
        } else {
            TRY(build_null(builder, type, &set->value));
        }
        scope->names = declare(builder, scope->names, name->value, type);
        set->variable = builder->routine->variable_count - 1;
        block->children[block->child_count++] = set;
    }
    return OK;
}

static Status build_compound(RoutineBuilder *builder, const CompoundStatement *node,
                             const RoutineScope *outer, RoutineStatement **ret_statement) {
    RoutineScope scope = *outer;
    int32_t capacity = node->statements.count;
    for (int32_t i = 0; i < node->variable_declarations.count; i++) {
        capacity +=
            NODE_CAST(VariableDeclaration, node->variable_declarations.items[i])->names.count;
    }
    RoutineStatement *block = statement_create(builder, ROUTINE_BLOCK, capacity);
    for (int32_t i = 0; i < node->variable_declarations.count; i++) {
        TRY(build_declaration(builder,
                              NODE_CAST(VariableDeclaration, node->variable_declarations.items[i]),
                              &scope, block));
    }
    for (int32_t i = 0; i < node->statements.count; i++) {
        TRY(build(builder, node->statements.items[i], &scope,
                  &block->children[block->child_count]));
        block->child_count++;
    }
    *ret_statement = block;
    return OK;
}

static Status build_assignment(RoutineBuilder *builder, const AssignmentStatement *node,
                               const RoutineScope *scope, RoutineStatement **ret_statement) {
    Analyzer *an = builder->an;
    const Symbol *symbol = find_variable(scope->names, node->target->value);
    if (symbol == NULL) {
        return FAIL_NODE(an, NOT_FOUND, &node->target->node, "Variable cannot be resolved: %s",
                         node->target->value);
    }
    RoutineStatement *set = statement_create(builder, ROUTINE_SET, 0);
    set->variable = variable_of(builder, symbol);
    TRY(build_value(builder, node->value, scope, symbol->type,
                    arena_printf(an->arena, "Value of SET '%s'", node->target->value),
                    &set->value));
    *ret_statement = set;
    return OK;
}

/* ---- branches ---- */

static Status build_condition(RoutineBuilder *builder, const Node *node, const RoutineScope *scope,
                              const char *what, RoutineValue *ret_value) {
    return build_value(builder, node, scope, type_simple(TYPE_BOOLEAN), what, ret_value);
}

/* One IF of a chain; the next goes where *ret_else points. */
static RoutineStatement *link_branch(RoutineBuilder *builder, RoutineStatement ***slot) {
    RoutineStatement *branch = statement_create(builder, ROUTINE_IF, 2);
    branch->child_count = 1;
    **slot = branch;
    *slot = &branch->children[1];
    return branch;
}

static Status close_branches(RoutineBuilder *builder, const ElseClause *node,
                             const RoutineScope *scope, RoutineStatement *first,
                             RoutineStatement **slot) {
    if (node != NULL) {
        TRY(build_list(builder, &node->statements, scope, slot));
    }
    for (RoutineStatement *branch = first; branch != NULL && branch->kind == ROUTINE_IF;
         branch = branch->children[1]) {
        branch->child_count = branch->children[1] != NULL ? 2 : 1;
        if (&branch->children[1] == slot) {
            break;
        }
    }
    return OK;
}

static Status build_if(RoutineBuilder *builder, const IfStatement *node, const RoutineScope *scope,
                       RoutineStatement **ret_statement) {
    static const char what[] = "Condition of IF statement";
    RoutineStatement *first = NULL, **slot = &first;
    RoutineStatement *branch = link_branch(builder, &slot);
    TRY(build_condition(builder, node->expression, scope, what, &branch->value));
    TRY(build_list(builder, &node->statements, scope, &branch->children[0]));
    for (int32_t i = 0; i < node->else_if_clauses.count; i++) {
        const ElseIfClause *clause = NODE_CAST(ElseIfClause, node->else_if_clauses.items[i]);
        branch = link_branch(builder, &slot);
        TRY(build_condition(builder, clause->expression, scope, "Condition of ELSEIF clause",
                            &branch->value));
        TRY(build_list(builder, &clause->statements, scope, &branch->children[0]));
    }
    TRY(close_branches(builder, node->else_clause, scope, first, slot));
    *ret_statement = first;
    return OK;
}

/* CASE x WHEN y: the comparison x = y. */
static Status build_match(RoutineBuilder *builder, const CaseStatement *node, const Node *operand,
                          const RoutineScope *scope, RoutineValue *ret_value) {
    ComparisonExpression *comparison =
        NODE_NEW(builder->an->arena, ComparisonExpression, operand->line, operand->column);
    comparison->operator= COMPARISON_EQUAL;
    comparison->left = node->expression;
    comparison->right = (Node *)operand;
    return build_condition(builder, &comparison->node, scope, "Condition of WHEN clause",
                           ret_value);
}

static Status build_case(RoutineBuilder *builder, const CaseStatement *node,
                         const RoutineScope *scope, RoutineStatement **ret_statement) {
    RoutineStatement *first = NULL, **slot = &first;
    for (int32_t i = 0; i < node->when_clauses.count; i++) {
        const CaseStatementWhenClause *clause =
            NODE_CAST(CaseStatementWhenClause, node->when_clauses.items[i]);
        RoutineStatement *branch = link_branch(builder, &slot);
        TRY(node->expression != NULL
                ? build_match(builder, node, clause->expression, scope, &branch->value)
                : build_condition(builder, clause->expression, scope, "Condition of WHEN clause",
                                  &branch->value));
        TRY(build_list(builder, &clause->statements, scope, &branch->children[0]));
    }
    TRY(close_branches(builder, node->else_clause, scope, first, slot));
    *ret_statement = first;
    return OK;
}

/* ---- loops ---- */

static Status find_label(RoutineBuilder *builder, const RoutineScope *scope, const Identifier *name,
                         int32_t *ret_number) {
    for (const Label *label = scope->labels; label != NULL; label = label->outer) {
        if (label->name != NULL && names_equal(label->name, name->value)) {
            *ret_number = label->number;
            return OK;
        }
    }
    return FAIL_NODE(builder->an, NOT_FOUND, &name->node, "Label not defined: %s", name->value);
}

static Status build_loop(RoutineBuilder *builder, RoutineKind kind, const Identifier *name,
                         const Node *condition, const NodeList *statements,
                         const RoutineScope *outer, RoutineStatement **ret_statement) {
    Label label = {outer->labels, name == NULL ? NULL : name->value, builder->label_count++};
    for (const Label *other = outer->labels; other != NULL && name != NULL; other = other->outer) {
        if (other->name != NULL && names_equal(other->name, name->value)) {
            return FAIL_NODE(builder->an, ALREADY_EXISTS, &name->node,
                             "Label already declared in this scope: %s", name->value);
        }
    }
    RoutineScope scope = {outer->names, &label};
    RoutineStatement *loop = statement_create(builder, kind, 1);
    loop->label = label.number;
    loop->child_count = 1;
    if (condition != NULL) {
        TRY(build_condition(builder, condition, outer,
                            kind == ROUTINE_WHILE ? "Condition of WHILE statement"
                                                  : "Condition of REPEAT statement",
                            &loop->value));
    }
    TRY(build_list(builder, statements, &scope, &loop->children[0]));
    *ret_statement = loop;
    return OK;
}

static Status build_jump(RoutineBuilder *builder, RoutineKind kind, const Identifier *label,
                         const RoutineScope *scope, RoutineStatement **ret_statement) {
    RoutineStatement *jump = statement_create(builder, kind, 0);
    TRY(find_label(builder, scope, label, &jump->label));
    *ret_statement = jump;
    return OK;
}

/* ---- the choice ---- */

static Status build_return(RoutineBuilder *builder, const ReturnStatement *node,
                           const RoutineScope *scope, RoutineStatement **ret_statement) {
    RoutineStatement *statement = statement_create(builder, ROUTINE_RETURN, 0);
    TRY(build_value(builder, node->value, scope, builder->function->return_type, "Value of RETURN",
                    &statement->value));
    *ret_statement = statement;
    return OK;
}

static Status choose(RoutineBuilder *builder, const Node *node, const RoutineScope *scope,
                     RoutineStatement **ret) {
    switch (node->kind) {
    case NODE_RETURN_STATEMENT:
        return build_return(builder, NODE_CAST(ReturnStatement, node), scope, ret);
    case NODE_ASSIGNMENT_STATEMENT:
        return build_assignment(builder, NODE_CAST(AssignmentStatement, node), scope, ret);
    case NODE_COMPOUND_STATEMENT:
        return build_compound(builder, NODE_CAST(CompoundStatement, node), scope, ret);
    case NODE_IF_STATEMENT:
        return build_if(builder, NODE_CAST(IfStatement, node), scope, ret);
    case NODE_CASE_STATEMENT:
        return build_case(builder, NODE_CAST(CaseStatement, node), scope, ret);
    case NODE_LOOP_STATEMENT: {
        const LoopStatement *loop = NODE_CAST(LoopStatement, node);
        return build_loop(builder, ROUTINE_LOOP, loop->label, NULL, &loop->statements, scope, ret);
    }
    case NODE_WHILE_STATEMENT: {
        const WhileStatement *loop = NODE_CAST(WhileStatement, node);
        return build_loop(builder, ROUTINE_WHILE, loop->label, loop->expression, &loop->statements,
                          scope, ret);
    }
    case NODE_REPEAT_STATEMENT: {
        const RepeatStatement *loop = NODE_CAST(RepeatStatement, node);
        return build_loop(builder, ROUTINE_REPEAT, loop->label, loop->condition, &loop->statements,
                          scope, ret);
    }
    case NODE_LEAVE_STATEMENT:
        return build_jump(builder, ROUTINE_LEAVE, NODE_CAST(LeaveStatement, node)->label, scope,
                          ret);
    case NODE_ITERATE_STATEMENT:
        return build_jump(builder, ROUTINE_ITERATE, NODE_CAST(IterateStatement, node)->label, scope,
                          ret);
    default:
        return FAIL_NODE(builder->an, NOT_SUPPORTED, node, "%s is not supported",
                         node_kind_name(node->kind));
    }
}

static Status build(RoutineBuilder *builder, const Node *node, const RoutineScope *scope,
                    RoutineStatement **ret_statement) {
    TRY(analyzer_enter(builder->an));
    Status status = choose(builder, node, scope, ret_statement);
    analyzer_leave(builder->an);
    return status;
}

static bool ends_in_return(const Node *node) {
    if (node->kind == NODE_COMPOUND_STATEMENT) {
        const NodeList *list = &NODE_CAST(CompoundStatement, node)->statements;
        return list->count > 0 && ends_in_return(list->items[list->count - 1]);
    }
    return node->kind == NODE_RETURN_STATEMENT;
}

Status analyze_routine(Analyzer *an, InlineFunction *function) {
    const Node *statement = function->node->statement;
    RoutineBuilder builder = {.an = an, .function = function, .deterministic = true};
    builder.routine = arena_new(an->arena, Routine);
    RoutineScope scope = {0};
    for (int32_t i = 0; i < function->parameter_count; i++) {
        const char *name = function->parameter_names[i];
        scope.names = declare(&builder, scope.names, name, function->parameter_types[i]);
    }
    builder.routine->parameter_count = function->parameter_count;
    TRY(build(&builder, statement, &scope, &builder.routine->body));
    if (!ends_in_return(statement)) {
        return FAIL_NODE(an, MISSING_RETURN, statement, "Function must end in a RETURN statement");
    }
    function->routine = builder.routine;
    function->deterministic = builder.deterministic;
    if (builder.routine->body->kind == ROUTINE_RETURN) {
        function->value = builder.routine->body->value.expr;
    }
    return OK;
}
