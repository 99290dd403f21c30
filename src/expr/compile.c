/*
 * program_compile: from expression trees to blocks of steps. Constants, symbols, calls and casts
 * are here; forms that narrow the selection are in compile_special.c. Expressions nested deeper
 * than the stack allows are refused.
 */
#include "expr/compile.h"

#include "expr/operators.h"
#include "function/cast.h"

/* Registers of the arguments, in the arena. */
static Status compile_arguments(Compiler *compiler, const Expr *expr, int32_t **ret_registers) {
    int32_t *registers = arena_new_array(compiler->cx->arena, int32_t, expr->argument_count + 1);
    for (int32_t i = 0; i < expr->argument_count; i++) {
        registers[i] = -1;
        if (expr->arguments[i]->kind != EXPR_LAMBDA) {
            TRY(compile_expr(compiler, expr->arguments[i], &registers[i]));
        }
    }
    *ret_registers = registers;
    return OK;
}

static Status compile_symbol(Compiler *compiler, const Symbol *symbol, int32_t *ret_result) {
    Value value = {.what = symbol, .type = symbol->type};
    *ret_result = find_value(compiler, &value);
    if (*ret_result < 0) {
        return FAIL(compiler->cx, GENERIC_INTERNAL_ERROR, "Symbol %s is not among the inputs",
                    symbol->name);
    }
    return OK;
}

/* ---- lambdas ---- */

typedef struct CaptureList {
    Arena *arena;
    int32_t count, capacity;
    const Symbol **symbols;
} CaptureList;

static void add_capture(void *closure, const Symbol *symbol) {
    CaptureList *list = closure;
    for (int32_t i = 0; i < list->count; i++) {
        if (list->symbols[i] == symbol) {
            return;
        }
    }
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity * 2 + 8;
        const Symbol **symbols = arena_new_array(list->arena, const Symbol *, capacity);
        if (list->count > 0) {
            memcpy(symbols, list->symbols, sizeof *symbols * (size_t)list->count);
        }
        list->symbols = symbols;
        list->capacity = capacity;
    }
    list->symbols[list->count++] = symbol;
}

static Status compile_lambda(Compiler *compiler, const Expr *lambda, LambdaBody **ret_body) {
    Arena *arena = compiler->cx->arena;
    CaptureList captured = {.arena = arena};
    expr_symbols(lambda, add_capture, &captured);
    int32_t count = captured.count + lambda->parameters->count;
    const Symbol **inputs = arena_new_array(arena, const Symbol *, count + 1);
    int32_t *registers = arena_new_array(arena, int32_t, captured.count + 1);
    for (int32_t i = 0; i < captured.count; i++) {
        inputs[i] = captured.symbols[i];
        TRY(compile_symbol(compiler, captured.symbols[i], &registers[i]));
    }
    for (int32_t i = 0; i < lambda->parameters->count; i++) {
        inputs[captured.count + i] = lambda->parameters->items[i];
    }
    Program *program;
    TRY(program_compile(compiler->cx, 1, &lambda->arguments[0], count, inputs, &program));
    LambdaBody *body = arena_new(arena, LambdaBody);
    *body = (LambdaBody){program, captured.count, registers};
    *ret_body = body;
    return OK;
}

static Status compile_lambdas(Compiler *compiler, const Expr *call,
                              const LambdaBody *const **ret_lambdas) {
    const LambdaBody **lambdas = NULL;
    for (int32_t i = 0; i < call->argument_count; i++) {
        if (call->arguments[i]->kind == EXPR_LAMBDA) {
            if (lambdas == NULL) {
                lambdas =
                    arena_new_array(compiler->cx->arena, const LambdaBody *, call->argument_count);
            }
            LambdaBody *body;
            TRY(compile_lambda(compiler, call->arguments[i], &body));
            lambdas[i] = body;
        }
    }
    *ret_lambdas = lambdas;
    return OK;
}

/* ---- calls ---- */

static Status prepare(Compiler *compiler, const ResolvedFunction *function, int32_t count,
                      const int32_t *registers, void **ret_state) {
    *ret_state = NULL;
    if (function->scalar->prepare == NULL) {
        return OK;
    }
    const Vector **constants = arena_new_array(compiler->cx->arena, const Vector *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        constants[i] = registers[i] >= 0 ? compiler->constants[registers[i]] : NULL;
    }
    FunctionBinding binding = {function, constants};
    return function->scalar->prepare(compiler->cx, &binding, ret_state);
}

static Status compile_call(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    const ResolvedFunction *function = expr->function;
    if (function->kind != FUNCTION_SCALAR) {
        return FAIL(compiler->cx, GENERIC_INTERNAL_ERROR, "%s is not a scalar function",
                    function->name);
    }
    int32_t *registers;
    TRY(compile_arguments(compiler, expr, &registers));
    CallParts parts = {
        .kernel = function->scalar->kernel,
        .flags = function->scalar->flags,
        .deterministic = function->deterministic,
        .function = function,
        .identity = function->scalar,
    };
    TRY(compile_lambdas(compiler, expr, &parts.lambdas));
    TRY(prepare(compiler, function, expr->argument_count, registers, &parts.state));
    return emit_call(compiler, &parts, expr->type, expr->argument_count, registers, ret_result);
}

Status emit_cast(Compiler *compiler, int32_t value, const Type *from, const Type *to,
                 int32_t *ret_result) {
    if (from == to) {
        *ret_result = value;
        return OK;
    }
    Cast cast;
    TRY(cast_create(compiler->cx, from, to, &cast));
    CallParts parts = {
        .kernel = cast.kernel,
        .flags = cast.flags,
        .deterministic = true,
        .state = cast.state,
        .identity = from,
        .identity2 = to,
    };
    return emit_call(compiler, &parts, to, 1, &value, ret_result);
}

static Status compile_cast(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    if (expr->is_try && cast_may_fail(expr->arguments[0]->type, expr->type)) {
        return compile_try(compiler, expr, ret_result);
    }
    int32_t value;
    TRY(compile_expr(compiler, expr->arguments[0], &value));
    return emit_cast(compiler, value, expr->arguments[0]->type, expr->type, ret_result);
}

static Status compile_operator(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    int32_t value;
    TRY(compile_expr(compiler, expr->arguments[0], &value));
    bool is_not = expr->kind == EXPR_NOT;
    CallParts parts = {
        .kernel = is_not ? not_kernel : is_null_kernel,
        .flags =
            is_not ? FUNCTION_INFALLIBLE_DENSE : FUNCTION_CALLED_WITH_NULL | FUNCTION_INFALLIBLE,
        .deterministic = true,
    };
    return emit_call(compiler, &parts, expr->type, 1, &value, ret_result);
}

static Status compile_comparison(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    int32_t left, right;
    TRY(compile_expr(compiler, expr->arguments[0], &left));
    TRY(compile_expr(compiler, expr->arguments[1], &right));
    return emit_comparison(compiler, expr->comparison, expr->arguments[0]->type, left, right,
                           ret_result);
}

/* ROW, ARRAY and FIELD. */
static Status compile_structure(Compiler *compiler, const Expr *expr, StepKind kind,
                                int32_t *ret_result) {
    static const char KIND_ADDRESSES[STEP_FIELD + 1];
    int32_t *registers;
    TRY(compile_arguments(compiler, expr, &registers));
    int32_t field_index = kind == STEP_FIELD ? expr->field_index : 0;
    Value value = {
        .what = &KIND_ADDRESSES[kind],
        .state = (const void *)(uintptr_t)field_index,
        .type = expr->type,
        .argument_count = expr->argument_count,
        .arguments = registers,
    };
    *ret_result = find_value(compiler, &value);
    if (*ret_result < 0) {
        Step *step = emit_step(compiler, kind, expr->type, expr->argument_count, registers);
        step->field_index = field_index;
        *ret_result = step->result;
        remember_value(compiler, &value, *ret_result);
    }
    return OK;
}

/* ---- dispatch ---- */

static Status compile_node(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    switch (expr->kind) {
    case EXPR_CONSTANT:
        *ret_result = constant_register(compiler, expr);
        return OK;
    case EXPR_SYMBOL:
        return compile_symbol(compiler, expr->symbol, ret_result);
    case EXPR_CALL:
        return compile_call(compiler, expr, ret_result);
    case EXPR_CAST:
        return compile_cast(compiler, expr, ret_result);
    case EXPR_COMPARISON:
        return compile_comparison(compiler, expr, ret_result);
    case EXPR_BETWEEN:
        return compile_between(compiler, expr, ret_result);
    case EXPR_IN:
        return compile_in(compiler, expr, ret_result);
    case EXPR_IS_NULL:
    case EXPR_NOT:
        return compile_operator(compiler, expr, ret_result);
    case EXPR_AND:
    case EXPR_OR:
        return compile_logic(compiler, expr, ret_result);
    case EXPR_IF:
    case EXPR_CASE:
    case EXPR_SWITCH:
        return compile_case(compiler, expr, ret_result);
    case EXPR_COALESCE:
        return compile_coalesce(compiler, expr, ret_result);
    case EXPR_NULLIF:
        return compile_null_if(compiler, expr, ret_result);
    case EXPR_TRY:
        return compile_try(compiler, expr, ret_result);
    case EXPR_ROW:
        return compile_structure(compiler, expr, STEP_ROW, ret_result);
    case EXPR_ARRAY:
        return compile_structure(compiler, expr, STEP_ARRAY, ret_result);
    case EXPR_FIELD:
        return compile_structure(compiler, expr, STEP_FIELD, ret_result);
    default:
        return FAIL(compiler->cx, GENERIC_INTERNAL_ERROR, "Expression kind %d cannot be evaluated",
                    (int)expr->kind);
    }
}

Status compile_expr(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    if (compiler->depth >= COMPILE_DEPTH_MAX) {
        return FAIL(compiler->cx, STACK_OVERFLOW,
                    "statement is too large (stack overflow during analysis)");
    }
    compiler->depth++;
    Status status = compile_node(compiler, expr, ret_result);
    compiler->depth--;
    return status;
}

Status compile_block(Compiler *compiler, const Expr *expr, Block *ret_block) {
    StepList list = {0};
    StepList *outer = compiler->steps;
    compiler->steps = &list;
    int32_t result = -1;
    Status status = compile_expr(compiler, expr, &result);
    compiler->steps = outer;
    *ret_block = (Block){list.count, list.items, result};
    return status;
}

/* ---- programs ---- */

static Status compile_conjuncts(Compiler *compiler, const Expr *expr, int32_t *ret_count,
                                const Conjunct **ret_conjuncts) {
    ExprList list = {0};
    expr_conjuncts(compiler->cx->arena, expr, &list);
    Conjunct *conjuncts = arena_new_array(compiler->cx->arena, Conjunct, list.count);
    for (int32_t i = 0; i < list.count; i++) {
        int32_t mark = scope_mark(compiler);
        TRY(compile_block(compiler, list.items[i], &conjuncts[i].block));
        scope_release(compiler, mark);
        conjuncts[i].may_fail = expr_may_fail(list.items[i]);
        conjuncts[i].is_cheap = is_cheap_expr(list.items[i]);
    }
    *ret_count = list.count;
    *ret_conjuncts = conjuncts;
    return OK;
}

Status program_compile(Context *cx, int32_t count, const Expr *const *exprs, int32_t input_count,
                       const Symbol *const *inputs, Program **ret_program) {
    Compiler compiler;
    compiler_init(&compiler, cx, input_count, inputs);
    int32_t conjunct_count = 0;
    const Conjunct *conjuncts = NULL;
    if (count > 0 && exprs[0]->type->kind == TYPE_BOOLEAN) {
        TRY(compile_conjuncts(&compiler, exprs[0], &conjunct_count, &conjuncts));
    }
    StepList list = {0};
    compiler.steps = &list;
    int32_t *results = arena_new_array(cx->arena, int32_t, count + 1);
    const Type **types = arena_new_array(cx->arena, const Type *, count + 1);
    for (int32_t i = 0; i < count; i++) {
        TRY(compile_expr(&compiler, exprs[i], &results[i]));
        types[i] = exprs[i]->type;
    }
    Program *program = compiler_finish(&compiler);
    program->main = (Block){list.count, list.items, -1};
    program->result_count = count;
    program->results = results;
    program->result_types = types;
    program->conjunct_count = conjunct_count;
    program->conjuncts = conjuncts;
    program_number_steps(program, cx->arena);
    *ret_program = program;
    return OK;
}
