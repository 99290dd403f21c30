/*
 * Calls with lambda arguments. The overload is chosen with the lambdas' bodies typed on demand:
 * each time resolution knows the parameter types, the body is analyzed over a scope with the
 * parameters. The last body of each lambda is kept, so that the final types rarely need another
 * pass, however deep lambdas nest.
 */
#include "analyze/lambda.h"

typedef struct TypedLambda {
    const LambdaExpression *node; /* NULL: not a lambda */
    const Type **parameter_types;
    SymbolList *parameters;
    const Expr *body; /* NULL: not typed yet */
} TypedLambda;

typedef struct LambdaCall {
    const ExpressionContext *context;
    TypedLambda *lambdas; /* by argument */
} LambdaCall;

static bool same_parameters(const TypedLambda *lambda, int32_t count, const Type *const *types) {
    return lambda->body != NULL &&
           memcmp(lambda->parameter_types, types, sizeof *types * (size_t)count) == 0;
}

static Status type_body(const ExpressionContext *context, TypedLambda *lambda, int32_t count,
                        const Type *const *types) {
    Analyzer *an = context->an;
    Field *fields = arena_new_array(an->arena, Field, count);
    SymbolList *parameters = arena_new(an->arena, SymbolList);
    for (int32_t i = 0; i < count; i++) {
        const LambdaArgumentDeclaration *argument =
            NODE_CAST(LambdaArgumentDeclaration, lambda->node->arguments.items[i]);
        fields[i].name = argument->name->value;
        fields[i].type = types[i];
        fields[i].symbol = plan_symbol(an->builder, fields[i].name, types[i]);
        symbol_list_add(an->arena, parameters, fields[i].symbol);
    }
    ExpressionContext inner = *context;
    inner.scope = scope_create(an, context->scope, false, count, fields);
    inner.in_lambda = true;
    inner.subquery_refusal = "Lambda expression cannot contain subqueries";
    TRY(require_scalar(an, lambda->node->body, "Lambda expression"));
    const Expr *body;
    TRY(analyze_expression(&inner, lambda->node->body, &body));
    lambda->parameter_types = arena_copy(an->arena, types, sizeof *types * (size_t)count);
    lambda->parameters = parameters;
    lambda->body = body;
    return OK;
}

static Status type_lambda(Context *cx, void *closure, int32_t index, int32_t parameter_count,
                          const Type *const *parameter_types, const Type **ret_body_type) {
    LambdaCall *call = closure;
    TypedLambda *lambda = &call->lambdas[index];
    int32_t written = lambda->node->arguments.count;
    if (written != parameter_count) {
        return FAIL_AT(cx, INVALID_PARAMETER_USAGE, lambda->node->node.line,
                       lambda->node->node.column,
                       "Expected a lambda that takes %d argument(s) but got %d",
                       (int)parameter_count, (int)written);
    }
    if (!same_parameters(lambda, parameter_count, parameter_types)) {
        TRY(type_body(call->context, lambda, parameter_count, parameter_types));
    }
    *ret_body_type = lambda->body->type;
    return OK;
}

/* The lambda as an argument of the function: its body cast to what the function makes of it. */
static Status lambda_argument(const ExpressionContext *context, TypedLambda *lambda,
                              const Type *type, const Expr **ret_expr) {
    Analyzer *an = context->an;
    int32_t count = type->child_count - 1;
    const Type *ignored;
    LambdaCall call = {context, lambda};
    TRY(type_lambda(an->cx, &call, 0, count, type->children, &ignored));
    const Expr *body = coerce(an, lambda->body, type->children[count]);
    Expr *expr = expr_special(an->arena, EXPR_LAMBDA, type, 1, &body);
    expr->parameters = lambda->parameters;
    expr->line = lambda->node->node.line;
    expr->column = lambda->node->node.column;
    *ret_expr = expr;
    return OK;
}

bool has_lambda(const NodeList *arguments) {
    for (int32_t i = 0; i < arguments->count; i++) {
        if (arguments->items[i]->kind == NODE_LAMBDA_EXPRESSION) {
            return true;
        }
    }
    return false;
}

Status resolve_with_lambdas(const ExpressionContext *context, const FunctionCall *node,
                            const char *name, unsigned kinds, const Expr **arguments,
                            ResolvedFunction **ret_function) {
    Analyzer *an = context->an;
    int32_t count = node->arguments.count;
    const Type **types = arena_new_array(an->arena, const Type *, count);
    int32_t *arity = arena_new_array(an->arena, int32_t, count);
    LambdaCall call = {context, arena_new_array(an->arena, TypedLambda, count)};
    for (int32_t i = 0; i < count; i++) {
        const Node *argument = node->arguments.items[i];
        if (argument->kind == NODE_LAMBDA_EXPRESSION) {
            call.lambdas[i].node = NODE_CAST(LambdaExpression, argument);
            arity[i] = call.lambdas[i].node->arguments.count;
        } else {
            types[i] = arguments[i]->type;
        }
    }
    ResolvedFunction *function;
    TRY(function_resolve_lambda(an->cx, name, kinds, count, types, arity, type_lambda, &call,
                                node->node.line, node->node.column, &function));
    for (int32_t i = 0; i < count; i++) {
        if (call.lambdas[i].node != NULL) {
            TRY(lambda_argument(context, &call.lambdas[i], function->argument_types[i],
                                &arguments[i]));
        }
    }
    *ret_function = function;
    return OK;
}
