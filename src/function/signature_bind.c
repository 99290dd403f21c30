/*
 * Binding of a signature to argument types: Trino's SignatureBinder. Each argument widens the
 * variables it mentions to a common super type, repeatedly until nothing changes; then every
 * argument must equal (or, with coercion, be coercible to) its pattern under the bindings. The
 * number of rounds is Trino's, as is the refusal to coerce what a lambda returns.
 */
#include <assert.h>

#include "function/signature.h"
#include "type/coercion.h"

enum { ROUNDS_MAX = 4, LAMBDA_PARAMETERS_MAX = 8 };

typedef enum Outcome { SATISFIED, NOT_YET, CHANGED, UNSOLVABLE } Outcome;

typedef struct Binder {
    Context *cx;
    const Signature *signature;
    const CallTypes *call;
    bool allow_coercion;
    const Type *types[SIGNATURE_VARIABLES_MAX];
    int64_t literals[SIGNATURE_VARIABLES_MAX];
    uint32_t bound_types, bound_literals;
} Binder;

/* ---- types from patterns ---- */

static __int128 evaluate(const Binder *binder, const Formula *formula) {
    if (formula->kind == FORMULA_NUMBER) {
        return formula->number;
    }
    if (formula->kind == FORMULA_VARIABLE) {
        const Formula *calculation = binder->signature->calculations[formula->number];
        return calculation != NULL ? evaluate(binder, calculation)
                                   : binder->literals[formula->number];
    }
    __int128 left = evaluate(binder, formula->left), right = evaluate(binder, formula->right);
    switch (formula->kind) {
    case FORMULA_ADD:
        return left + right;
    case FORMULA_SUBTRACT:
        return left - right;
    case FORMULA_MULTIPLY:
        return left * right;
    case FORMULA_DIVIDE:
        return left / right;
    case FORMULA_MIN:
        return left < right ? left : right;
    default:
        return left > right ? left : right;
    }
}

static Status check_decimal(Context *cx, int64_t precision, int64_t scale) {
    if (precision < 1 || precision > DECIMAL_PRECISION_MAX) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                    "DECIMAL precision must be in range [1, 38]: %ld", (long)precision);
    }
    if (scale < 0 || scale > precision) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                    "DECIMAL scale must be in range [0, precision (%ld)]: %ld", (long)precision,
                    (long)scale);
    }
    return OK;
}

static Status literal_type(Context *cx, TypeKind kind, int64_t first, int64_t second,
                           const Type **ret_type) {
    switch (kind) {
    case TYPE_DECIMAL:
        TRY(check_decimal(cx, first, second));
        *ret_type = type_decimal((int32_t)first, (int32_t)second);
        return OK;
    case TYPE_VARCHAR:
        *ret_type = type_varchar((int32_t)first);
        return OK;
    case TYPE_CHAR:
        if (first > CHAR_LENGTH_MAX) {
            return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                        "CHAR length must be in range [0, 65536], got %ld", (long)first);
        }
        *ret_type = type_char((int32_t)first);
        return OK;
    case TYPE_TIME:
    case TYPE_TIME_TZ:
        *ret_type = type_time((int32_t)first, kind == TYPE_TIME_TZ);
        return OK;
    default:
        assert(kind == TYPE_TIMESTAMP || kind == TYPE_TIMESTAMP_TZ);
        *ret_type = type_timestamp((int32_t)first, kind == TYPE_TIMESTAMP_TZ);
        return OK;
    }
}

static Status pattern_type(const Binder *binder, const TypePattern *pattern,
                           const Type **ret_type) {
    const Type *children[64];
    switch (pattern->kind) {
    case PATTERN_CONCRETE:
        *ret_type = pattern->type;
        return OK;
    case PATTERN_VARIABLE:
        *ret_type = binder->types[pattern->variable];
        return OK;
    case PATTERN_LITERAL: {
        __int128 first = evaluate(binder, pattern->formulas[0]);
        __int128 second = pattern->child_count > 1 ? evaluate(binder, pattern->formulas[1]) : 0;
        return literal_type(binder->cx, pattern->type_kind, (int64_t)first, (int64_t)second,
                            ret_type);
    }
    default:
        break;
    }
    for (int32_t i = 0; i < pattern->child_count; i++) {
        TRY(pattern_type(binder, pattern->children[i], &children[i]));
    }
    int32_t last = pattern->child_count - 1;
    *ret_type = pattern->kind == PATTERN_FUNCTION  ? type_function(last, children, children[last])
                : pattern->type_kind == TYPE_ARRAY ? type_array(children[0])
                : pattern->type_kind == TYPE_MAP   ? type_map(children[0], children[1])
                : pattern->type_kind == TYPE_QDIGEST
                    ? type_qdigest(children[0])
                    : type_row(pattern->child_count, children, pattern->field_names);
    return OK;
}

/* ---- solving ---- */

static Outcome solve_variable(Binder *binder, int32_t variable, const Type *actual) {
    const Type *type = actual;
    bool bound = binder->bound_types >> variable & 1;
    if (bound) {
        type = type_common_super(binder->types[variable], actual);
        if (type == NULL) {
            return UNSOLVABLE;
        }
    }
    if ((binder->signature->comparable[variable] && !type->comparable) ||
        (binder->signature->orderable[variable] && !type->orderable)) {
        return UNSOLVABLE;
    }
    if (bound && type == binder->types[variable]) {
        return SATISFIED;
    }
    binder->types[variable] = type;
    binder->bound_types |= 1u << variable;
    return CHANGED;
}

static int64_t literal_of(const Type *type, int32_t index) {
    return type->kind == TYPE_DECIMAL ? (index == 0 ? type->precision : type->scale)
           : type_is_string(type)     ? type->length
                                      : type->precision;
}

static Outcome solve_literals(Binder *binder, const TypePattern *pattern, const Type *actual) {
    const Type *as_kind = type_coerced_to_kind(actual, pattern->type_kind);
    int64_t parameters[2] = {0, 0};
    for (int32_t i = 0; i < pattern->child_count; i++) {
        const Formula *formula = pattern->formulas[i];
        if (formula->kind == FORMULA_NUMBER) {
            parameters[i] = formula->number;
        } else if (binder->bound_literals >> formula->number & 1) {
            parameters[i] = binder->literals[formula->number];
        } else if (as_kind != NULL) {
            parameters[i] = literal_of(as_kind, i);
        } else {
            return UNSOLVABLE;
        }
    }
    const Type *original, *common;
    if (literal_type(binder->cx, pattern->type_kind, parameters[0], parameters[1], &original) !=
        OK) {
        context_clear_error(binder->cx);
        return UNSOLVABLE;
    }
    common = type_common_super(original, actual);
    if (common == NULL || common->kind != pattern->type_kind) {
        return UNSOLVABLE;
    }
    Outcome outcome = SATISFIED;
    for (int32_t i = 0; i < pattern->child_count; i++) {
        const Formula *formula = pattern->formulas[i];
        int64_t value = literal_of(common, i);
        if (formula->kind == FORMULA_NUMBER) {
            if (value != formula->number) {
                return UNSOLVABLE;
            }
        } else if (!(binder->bound_literals >> formula->number & 1) ||
                   binder->literals[formula->number] != value) {
            binder->literals[formula->number] = value;
            binder->bound_literals |= 1u << formula->number;
            outcome = CHANGED;
        }
    }
    return outcome;
}

static Outcome merge(Outcome a, Outcome b) {
    return a > b ? a : b;
}

static Outcome solve_pattern(Binder *binder, const TypePattern *pattern, const Type *actual) {
    switch (pattern->kind) {
    case PATTERN_CONCRETE:
        return SATISFIED;
    case PATTERN_VARIABLE:
        return solve_variable(binder, pattern->variable, actual);
    case PATTERN_LITERAL:
        return solve_literals(binder, pattern, actual);
    case PATTERN_FUNCTION:
        return UNSOLVABLE;
    default:
        break;
    }
    bool unknown = actual->kind == TYPE_UNKNOWN;
    if (!unknown && actual->child_count != pattern->child_count) {
        return UNSOLVABLE;
    }
    Outcome outcome = SATISFIED;
    for (int32_t i = 0; i < pattern->child_count && outcome != UNSOLVABLE; i++) {
        outcome = merge(outcome, solve_pattern(binder, pattern->children[i],
                                               unknown ? actual : actual->children[i]));
    }
    return outcome;
}

/* Whether `actual` may be passed for the pattern under the bindings so far. */
static Outcome check_relation(Binder *binder, const TypePattern *pattern, const Type *actual,
                              bool allow_coercion) {
    if ((pattern->type_variables & ~binder->bound_types) != 0 ||
        (pattern->literal_variables & ~binder->bound_literals) != 0) {
        return NOT_YET;
    }
    const Type *type;
    if (pattern_type(binder, pattern, &type) != OK) {
        context_clear_error(binder->cx);
        return UNSOLVABLE;
    }
    return type == actual || (allow_coercion && type_can_coerce(actual, type)) ? SATISFIED
                                                                               : UNSOLVABLE;
}

static Status solve_lambda(Binder *binder, const TypePattern *pattern, int32_t index,
                           Outcome *ret_outcome) {
    const Type *parameters[LAMBDA_PARAMETERS_MAX];
    int32_t count = pattern->child_count - 1;
    assert(count <= LAMBDA_PARAMETERS_MAX);
    if (binder->call->types[index] != NULL || binder->call->typer == NULL) {
        *ret_outcome = UNSOLVABLE;
        return OK;
    }
    for (int32_t i = 0; i < count; i++) {
        if ((pattern->children[i]->type_variables & ~binder->bound_types) != 0 ||
            (pattern->children[i]->literal_variables & ~binder->bound_literals) != 0) {
            *ret_outcome = NOT_YET;
            return OK;
        }
        TRY(pattern_type(binder, pattern->children[i], &parameters[i]));
    }
    const Type *body;
    TRY(binder->call->typer(binder->cx, binder->call->closure, index, count, parameters, &body));
    const TypePattern *result = pattern->children[count];
    Outcome outcome = solve_pattern(binder, result, body);
    if (outcome != UNSOLVABLE) {
        outcome = merge(outcome, check_relation(binder, result, body, false));
    }
    *ret_outcome = outcome;
    return OK;
}

static const TypePattern *pattern_of_argument(const Signature *signature, int32_t index) {
    int32_t last = signature->argument_count - 1;
    return signature->arguments[index < last ? index : last];
}

static Status solve_round(Binder *binder, Outcome *ret_outcome) {
    Outcome outcome = SATISFIED;
    for (int32_t i = 0; i < binder->call->count && outcome != UNSOLVABLE; i++) {
        const TypePattern *pattern = pattern_of_argument(binder->signature, i);
        const Type *actual = binder->call->types[i];
        Outcome one;
        if (pattern->kind == PATTERN_FUNCTION) {
            TRY(solve_lambda(binder, pattern, i, &one));
        } else if (actual == NULL) {
            one = UNSOLVABLE;
        } else {
            one = solve_pattern(binder, pattern, actual);
            if (one != UNSOLVABLE) {
                one = merge(one, check_relation(binder, pattern, actual, binder->allow_coercion));
            }
        }
        outcome = merge(outcome, one);
    }
    *ret_outcome = outcome;
    return OK;
}

static bool accepts_count(const Signature *signature, int32_t count) {
    return signature->variadic ? count >= signature->argument_count - 1
                               : count == signature->argument_count;
}

static Status solve(Binder *binder, bool *ret_applicable) {
    *ret_applicable = false;
    for (int32_t round = 0; round < ROUNDS_MAX; round++) {
        Outcome outcome;
        TRY(solve_round(binder, &outcome));
        if (outcome == UNSOLVABLE || outcome == NOT_YET) {
            return OK;
        }
        if (outcome == SATISFIED) {
            uint32_t all = (1u << binder->signature->type_variable_count) - 1;
            *ret_applicable = (all & ~binder->bound_types) == 0;
            return OK;
        }
    }
    return FAIL(binder->cx, GENERIC_INTERNAL_ERROR,
                "SignatureBinder.iterativeSolve does not converge after 4 iterations.");
}

Status signature_bind(Context *cx, const Signature *signature, const CallTypes *call,
                      bool allow_coercion, bool *ret_applicable, BoundSignature *ret_bound) {
    *ret_applicable = false;
    if (!accepts_count(signature, call->count)) {
        return OK;
    }
    Binder binder = {
        .cx = cx, .signature = signature, .call = call, .allow_coercion = allow_coercion};
    bool applicable;
    TRY(solve(&binder, &applicable));
    if (applicable && ret_bound != NULL) {
        ret_bound->arguments = arena_new_array(cx->arena, const Type *, call->count + 1);
        for (int32_t i = 0; i < call->count; i++) {
            TRY(pattern_type(&binder, pattern_of_argument(signature, i), &ret_bound->arguments[i]));
        }
        if (pattern_type(&binder, signature->result, &ret_bound->result) != OK) {
            ret_bound->result = NULL; /* impossible parameters: an error only if it is chosen */
            context_clear_error(cx);
        }
    }
    *ret_applicable = applicable;
    return OK;
}

Status signature_result(Context *cx, const Signature *signature, const CallTypes *call,
                        const Type **ret_result) {
    Binder binder = {.cx = cx, .signature = signature, .call = call, .allow_coercion = true};
    bool applicable;
    TRY(solve(&binder, &applicable));
    return pattern_type(&binder, signature->result, ret_result);
}

/* A type is parsed as the result of a declaration that has the same variables and arguments. */
Status signature_type(Context *cx, const char *signature_text, const char *type_text,
                      int32_t argument_count, const Type *const *argument_types,
                      const Type **ret_type) {
    const char *arrow = strstr(signature_text, "->");
    assert(arrow != NULL);
    const char *text = arena_printf(cx->arena, "%.*s-> %s", (int)(arrow - signature_text),
                                    signature_text, type_text);
    CallTypes call = {.count = argument_count, .types = argument_types};
    BoundSignature bound;
    bool applicable;
    TRY(signature_bind(cx, signature_parse(cx->arena, text), &call, true, &applicable, &bound));
    if (!applicable) {
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "%s does not accept its arguments", signature_text);
    }
    *ret_type = bound.result;
    return bound.result != NULL ? OK
                                : FAIL(cx, GENERIC_INTERNAL_ERROR, "no such type: %s", type_text);
}
