/*
 * Compilation of forms that compute different rows differently. What they need of a row lies in
 * blocks; values that a block computes are known to the blocks inside it and to those that only run
 * after it for a subset of its rows.
 */
#include "expr/compile.h"

#include "function/kernels/in_set.h"

static Block *new_blocks(Compiler *compiler, int32_t count) {
    return arena_new_array(compiler->cx->arena, Block, count + 1);
}

static Step *emit_blocks(Compiler *compiler, StepKind kind, const Type *type, int32_t count,
                         const Block *blocks) {
    Step *step = emit_step(compiler, kind, type, 0, NULL);
    step->block_count = count;
    step->blocks = blocks;
    return step;
}

Status emit_comparison(Compiler *compiler, Comparison comparison, const Type *type, int32_t left,
                       int32_t right, int32_t *ret_result) {
    ComparisonKernel kernel = comparison_kernel(comparison, type);
    CallParts parts = {
        .kernel = kernel.kernel,
        .flags = kernel.flags,
        .deterministic = true,
        .state = kernel.state,
        .identity = kernel.state,
    };
    return emit_call(compiler, &parts, type_simple(TYPE_BOOLEAN), 2, (const int32_t[]){left, right},
                     ret_result);
}

/* ---- AND, OR ---- */

enum { CHEAP_DEPTH_MAX = 4 };

/*
 * Whether computing a term for rows that do not need it is harmless, and faster than leaving them
 * out.
 */
static bool is_cheap_within(const Expr *expr, int32_t depth) {
    if (depth > CHEAP_DEPTH_MAX || expr->argument_count > 4) {
        return false;
    }
    switch (expr->kind) {
    case EXPR_CONSTANT:
    case EXPR_SYMBOL:
        return true;
    case EXPR_COMPARISON:
        if (comparison_kernel(expr->comparison, expr->arguments[0]->type).flags !=
            FUNCTION_INFALLIBLE_DENSE) {
            return false;
        }
        break;
    case EXPR_BETWEEN:
        if (comparison_kernel(COMPARE_LESS, expr->arguments[0]->type).flags !=
            FUNCTION_INFALLIBLE_DENSE) {
            return false;
        }
        break;
    case EXPR_CALL:
        if (expr->function->kind != FUNCTION_SCALAR ||
            (expr->function->scalar->flags & FUNCTION_INFALLIBLE_DENSE) == 0) {
            return false;
        }
        break;
    case EXPR_IS_NULL:
    case EXPR_NOT:
    case EXPR_AND:
    case EXPR_OR:
        break;
    default:
        return false;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        if (!is_cheap_within(expr->arguments[i], depth + 1)) {
            return false;
        }
    }
    return true;
}

bool is_cheap_expr(const Expr *expr) {
    return is_cheap_within(expr, 0);
}

Status compile_logic(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    Block *blocks = new_blocks(compiler, expr->argument_count);
    int32_t mark = -1;
    for (int32_t i = 0; i < expr->argument_count; i++) {
        const Expr *term = expr->arguments[i];
        if (mark < 0 && (i == 0 || is_cheap_expr(term))) {
            TRY(compile_expr(compiler, term, &blocks[i].result));
            continue;
        }
        if (mark < 0) {
            mark = scope_mark(compiler);
        }
        TRY(compile_block(compiler, term, &blocks[i]));
    }
    if (mark >= 0) {
        scope_release(compiler, mark);
    }
    StepKind kind = expr->kind == EXPR_AND ? STEP_AND : STEP_OR;
    *ret_result = emit_blocks(compiler, kind, expr->type, expr->argument_count, blocks)->result;
    return OK;
}

Status compile_between(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    const Type *type = expr->arguments[0]->type;
    int32_t value, low, high;
    TRY(compile_expr(compiler, expr->arguments[0], &value));
    TRY(compile_expr(compiler, expr->arguments[1], &low));
    TRY(compile_expr(compiler, expr->arguments[2], &high));
    Block *blocks = new_blocks(compiler, 2);
    TRY(emit_comparison(compiler, COMPARE_GREATER_OR_EQUAL, type, value, low, &blocks[0].result));
    TRY(emit_comparison(compiler, COMPARE_LESS_OR_EQUAL, type, value, high, &blocks[1].result));
    *ret_result = emit_blocks(compiler, STEP_AND, expr->type, 2, blocks)->result;
    return OK;
}

/* ---- IN ---- */

/* The constants of the list as one set lookup. */
static Status compile_set(Compiler *compiler, const Expr *expr, int32_t value, int32_t count,
                          int32_t *ret_result) {
    const Vector **constants = arena_new_array(compiler->cx->arena, const Vector *, count);
    int32_t found = 0;
    for (int32_t i = 1; i < expr->argument_count; i++) {
        if (expr->arguments[i]->kind == EXPR_CONSTANT) {
            constants[found++] = expr->arguments[i]->value;
        }
    }
    InSet *set = in_set_create(compiler->cx->arena, expr->arguments[0]->type, found, constants);
    CallParts parts = {
        .kernel = in_set_kernel,
        .flags = in_set_flags(set),
        .deterministic = true,
        .state = set,
        .identity = set,
    };
    return emit_call(compiler, &parts, expr->type, 1, &value, ret_result);
}

/*
 * Candidates that are no constants are compared one by one, for rows that have found none so far.
 */
Status compile_in(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    const Type *type = expr->arguments[0]->type;
    int32_t value;
    TRY(compile_expr(compiler, expr->arguments[0], &value));
    int32_t constant_count = 0;
    for (int32_t i = 1; i < expr->argument_count; i++) {
        constant_count += expr->arguments[i]->kind == EXPR_CONSTANT;
    }
    int32_t others = expr->argument_count - 1 - constant_count;
    Block *blocks = new_blocks(compiler, others + 1);
    int32_t block_count = 0;
    if (constant_count > 0) {
        TRY(compile_set(compiler, expr, value, constant_count, &blocks[block_count++].result));
        if (others == 0) {
            *ret_result = blocks[0].result;
            return OK;
        }
    }
    int32_t mark = scope_mark(compiler);
    StepList *outer = compiler->steps;
    for (int32_t i = 1; i < expr->argument_count; i++) {
        if (expr->arguments[i]->kind == EXPR_CONSTANT) {
            continue;
        }
        StepList list = {0};
        compiler->steps = block_count > 0 ? &list : outer;
        int32_t candidate, result = -1;
        Status status = compile_expr(compiler, expr->arguments[i], &candidate);
        if (status == OK) {
            status = emit_comparison(compiler, COMPARE_EQUAL, type, value, candidate, &result);
        }
        compiler->steps = outer;
        TRY(status);
        blocks[block_count++] = (Block){list.count, list.items, result};
        if (block_count == 1) {
            mark = scope_mark(compiler);
        }
    }
    scope_release(compiler, mark);
    *ret_result = emit_blocks(compiler, STEP_OR, expr->type, block_count, blocks)->result;
    return OK;
}

/* ---- CASE, COALESCE, NULLIF, TRY ---- */

/* `operand = when` of a simple CASE. */
static Status compile_when(Compiler *compiler, const Expr *expr, int32_t operand, const Expr *when,
                           Block *ret_block) {
    StepList list = {0};
    StepList *outer = compiler->steps;
    compiler->steps = &list;
    int32_t value, result = -1;
    Status status = compile_expr(compiler, when, &value);
    if (status == OK) {
        status = emit_comparison(compiler, COMPARE_EQUAL, expr->arguments[0]->type, operand, value,
                                 &result);
    }
    compiler->steps = outer;
    *ret_block = (Block){list.count, list.items, result};
    return status;
}

Status compile_case(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    bool is_switch = expr->kind == EXPR_SWITCH;
    int32_t operand = -1;
    if (is_switch) {
        TRY(compile_expr(compiler, expr->arguments[0], &operand));
    }
    int32_t count = expr->argument_count - is_switch; /* when, then, ..., default */
    const Expr *const *arguments = expr->arguments + is_switch;
    Block *blocks = new_blocks(compiler, count);
    int32_t outer_mark = scope_mark(compiler);
    for (int32_t i = 0; i + 1 < count; i += 2) {
        TRY(is_switch ? compile_when(compiler, expr, operand, arguments[i], &blocks[i])
                      : compile_block(compiler, arguments[i], &blocks[i]));
        int32_t mark = scope_mark(compiler);
        TRY(compile_block(compiler, arguments[i + 1], &blocks[i + 1]));
        scope_release(compiler, mark);
    }
    TRY(compile_block(compiler, arguments[count - 1], &blocks[count - 1]));
    scope_release(compiler, outer_mark);
    *ret_result = emit_blocks(compiler, STEP_CASE, expr->type, count, blocks)->result;
    return OK;
}

Status compile_coalesce(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    Block *blocks = new_blocks(compiler, expr->argument_count);
    TRY(compile_expr(compiler, expr->arguments[0], &blocks[0].result));
    int32_t mark = scope_mark(compiler);
    for (int32_t i = 1; i < expr->argument_count; i++) {
        TRY(compile_block(compiler, expr->arguments[i], &blocks[i]));
    }
    scope_release(compiler, mark);
    *ret_result =
        emit_blocks(compiler, STEP_COALESCE, expr->type, expr->argument_count, blocks)->result;
    return OK;
}

Status compile_null_if(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    const Type *left = expr->arguments[0]->type, *right = expr->arguments[1]->type;
    const Type *type = expr->comparison_type != NULL ? expr->comparison_type : left;
    int32_t value, other, cast_value, cast_other, condition;
    TRY(compile_expr(compiler, expr->arguments[0], &value));
    TRY(compile_expr(compiler, expr->arguments[1], &other));
    TRY(emit_cast(compiler, value, left, type, &cast_value));
    TRY(emit_cast(compiler, other, right, type, &cast_other));
    TRY(emit_comparison(compiler, COMPARE_EQUAL, type, cast_value, cast_other, &condition));
    *ret_result =
        emit_step(compiler, STEP_NULL_WHERE, expr->type, 2, (const int32_t[]){condition, value})
            ->result;
    return OK;
}

/* TRY(body), or TRY_CAST: then only the cast is inside, its argument's errors are not caught. */
Status compile_try(Compiler *compiler, const Expr *expr, int32_t *ret_result) {
    Block *block = new_blocks(compiler, 1);
    if (expr->kind == EXPR_TRY) {
        int32_t mark = scope_mark(compiler);
        TRY(compile_block(compiler, expr->arguments[0], block));
        scope_release(compiler, mark);
    } else {
        int32_t value, result = -1;
        TRY(compile_expr(compiler, expr->arguments[0], &value));
        StepList list = {0};
        StepList *outer = compiler->steps;
        compiler->steps = &list;
        int32_t mark = scope_mark(compiler);
        Status status = emit_cast(compiler, value, expr->arguments[0]->type, expr->type, &result);
        scope_release(compiler, mark);
        compiler->steps = outer;
        TRY(status);
        *block = (Block){list.count, list.items, result};
    }
    *ret_result = emit_blocks(compiler, STEP_TRY, expr->type, 1, block)->result;
    return OK;
}
