/*
 * Structural equality and hash of expressions. Constants are compared bit by bit (0.0 and -0.0
 * differ, NaN equals itself), so that equal expressions may stand for one another. Lambdas are
 * equal up to the names of their parameters.
 */
#include "plan/expr.h"

static bool values_equal(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b);

static bool ranges_equal(const Vector *a, int32_t from_a, const Vector *b, int32_t from_b,
                         int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        if (!values_equal(a, from_a + i, b, from_b + i)) {
            return false;
        }
    }
    return true;
}

static bool values_equal(const Vector *a, int32_t row_a, const Vector *b, int32_t row_b) {
    VectorView left = vector_view(a), right = vector_view(b);
    bool null_a = view_is_null(&left, row_a), null_b = view_is_null(&right, row_b);
    if (null_a || null_b) {
        return null_a == null_b;
    }
    int32_t index_a = view_index(&left, row_a), index_b = view_index(&right, row_b);
    switch (a->type->layout) {
    case LAYOUT_STRING:
        return string_equal((const StringView *)left.data + index_a,
                            (const StringView *)right.data + index_b);
    case LAYOUT_LIST: {
        ListEntry x = ((const ListEntry *)left.data)[index_a];
        ListEntry y = ((const ListEntry *)right.data)[index_b];
        bool equal = x.length == y.length;
        for (int32_t i = 0; equal && i < left.vector->child_count; i++) {
            equal = ranges_equal(left.vector->children[i], x.offset, right.vector->children[i],
                                 y.offset, x.length);
        }
        return equal;
    }
    case LAYOUT_ROW:
        for (int32_t i = 0; i < left.vector->child_count; i++) {
            if (!values_equal(left.vector->children[i], index_a, right.vector->children[i],
                              index_b)) {
                return false;
            }
        }
        return true;
    default: {
        size_t width = a->type->width;
        return memcmp((const char *)left.data + (size_t)index_a * width,
                      (const char *)right.data + (size_t)index_b * width, width) == 0;
    }
    }
}

/* Pairs of lambda parameters that stand for each other in the bodies being compared. */
typedef struct Binding {
    const struct Binding *outer;
    const SymbolList *left, *right;
} Binding;

static bool symbols_equal(const Symbol *a, const Symbol *b, const Binding *binding) {
    for (; binding != NULL; binding = binding->outer) {
        for (int32_t i = 0; i < binding->left->count; i++) {
            if (binding->left->items[i] == a || binding->right->items[i] == b) {
                return binding->left->items[i] == a && binding->right->items[i] == b;
            }
        }
    }
    return a == b;
}

static bool parameters_equal(const SymbolList *a, const SymbolList *b) {
    bool equal = a->count == b->count;
    for (int32_t i = 0; equal && i < a->count; i++) {
        equal = a->items[i]->type == b->items[i]->type;
    }
    return equal;
}

static bool functions_equal(const ResolvedFunction *a, const ResolvedFunction *b) {
    return a->deterministic && b->deterministic &&
           (a == b || (a->kind == b->kind && a->scalar == b->scalar));
}

static bool nodes_equal(const Expr *a, const Expr *b, const Binding *binding) {
    if (a->kind != b->kind || a->type != b->type || a->argument_count != b->argument_count) {
        return false;
    }
    switch (a->kind) {
    case EXPR_CONSTANT:
        return values_equal(a->value, 0, b->value, 0);
    case EXPR_SYMBOL:
        return symbols_equal(a->symbol, b->symbol, binding);
    case EXPR_CALL:
        return functions_equal(a->function, b->function);
    case EXPR_CAST:
        return a->is_try == b->is_try;
    case EXPR_COMPARISON:
        return a->comparison == b->comparison;
    case EXPR_FIELD:
        return a->field_index == b->field_index;
    case EXPR_NULLIF:
        return a->comparison_type == b->comparison_type;
    case EXPR_LAMBDA:
        return parameters_equal(a->parameters, b->parameters);
    case EXPR_SUBQUERY:
    case EXPR_AGGREGATE:
    case EXPR_WINDOW:
    case EXPR_GROUPING:
        return a->analysis == b->analysis;
    default:
        return true;
    }
}

static bool equal_under(const Expr *a, const Expr *b, const Binding *binding) {
    if (a == b && binding == NULL && a->kind <= EXPR_SYMBOL) {
        return true;
    }
    if (!nodes_equal(a, b, binding)) {
        return false;
    }
    Binding inner = {binding, NULL, NULL};
    if (a->kind == EXPR_LAMBDA) {
        inner.left = a->parameters;
        inner.right = b->parameters;
        binding = &inner;
    }
    for (int32_t i = 0; i < a->argument_count; i++) {
        if (!equal_under(a->arguments[i], b->arguments[i], binding)) {
            return false;
        }
    }
    return true;
}

bool expr_equal(const Expr *a, const Expr *b) {
    return equal_under(a, b, NULL);
}

/* ---- hash ---- */

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 32);
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < size; i++) {
        hash = mix(hash, p[i]);
    }
    return hash;
}

/* Lists and rows hash by their type alone: big constants are rare among them. */
static uint64_t hash_constant(uint64_t hash, const Vector *value) {
    if (vector_is_null(value, 0)) {
        return mix(hash, 1);
    }
    VectorView view = vector_view(value);
    if (value->type->layout == LAYOUT_STRING) {
        const StringView *text = (const StringView *)view.data + view_index(&view, 0);
        return hash_bytes(hash, string_data(text), text->length);
    }
    if (value->type->layout == LAYOUT_LIST || value->type->layout == LAYOUT_ROW) {
        return hash;
    }
    size_t width = value->type->width;
    return hash_bytes(hash, (const char *)view.data + (size_t)view_index(&view, 0) * width, width);
}

uint64_t expr_hash(const Expr *expr) {
    uint64_t hash = mix((uint64_t)expr->kind + 1, (uintptr_t)expr->type >> 4);
    switch (expr->kind) {
    case EXPR_CONSTANT:
        hash = hash_constant(hash, expr->value);
        break;
    case EXPR_SYMBOL:
        hash = mix(hash, (uintptr_t)expr->symbol >> 4);
        break;
    case EXPR_CALL:
        hash = mix(hash, (uintptr_t)expr->function->scalar >> 4);
        break;
    case EXPR_CAST:
        hash = mix(hash, expr->is_try);
        break;
    case EXPR_COMPARISON:
        hash = mix(hash, expr->comparison);
        break;
    case EXPR_FIELD:
        hash = mix(hash, (uint64_t)expr->field_index);
        break;
    case EXPR_LAMBDA: /* the body names its parameters, which differ between equal lambdas */
        return mix(hash, (uint64_t)expr->parameters->count);
    default:
        break;
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        hash = mix(hash, expr_hash(expr->arguments[i]));
    }
    return hash;
}
