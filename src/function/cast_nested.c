/*
 * Casts of arrays, maps and rows: the casts of their children, run over all child values at once. A
 * child that fails fails the row it belongs to. Structure is shared with the source: offsets,
 * lengths and NULLs stay.
 */
#include "base/allocate.h"
#include "function/kernels/cast_family.h"
#include "function/kernels/compare.h"
#include "function/kernels/row_errors.h"
#include <stdlib.h>

typedef struct NestedCast {
    const Type *from, *to;
    Cast *children; /* kernel NULL where the child type stays */
} NestedCast;

/*
 * Child values in use: source[i] is a row of the child vector, parents[i] the row of the call it
 * belongs to.
 */
typedef struct Elements {
    int32_t count;
    int32_t *source;
    int32_t *parents;
} Elements;

static void fail_parents(KernelCall *call, const RowErrors *errors, const Elements *elements) {
    if (errors->row >= 0) {
        row_errors_note(call->errors, elements->parents[errors->row], errors->code,
                        errors->message);
    }
    for (int32_t i = 0; errors->caught_count > 0 && i < elements->count; i++) {
        if (row_errors_is_caught(errors, i)) {
            row_errors_mark(call->errors, elements->parents[i]);
        }
    }
}

/* Rows 0..count-1 of `values` that are not NULL; their NULLs become the result's. */
static int32_t rows_with_values(const Vector *values, Vector *result, int32_t *rows) {
    VectorView view = vector_view(values);
    int32_t count = 0;
    for (int32_t i = 0; i < values->length; i++) {
        rows[count] = i;
        if (view_is_null(&view, i)) {
            bitmap_set(vector_writable_nulls(result), i);
        } else {
            count++;
        }
    }
    return count;
}

/* The cast child values, one per element. */
static Status cast_child(KernelCall *call, const Cast *cast, const Type *to, const Vector *child,
                         const Elements *elements, Vector **ret_result) {
    Vector *values = vector_gather(child, elements->source, elements->count);
    if (cast->kernel == NULL) {
        *ret_result = values;
        return OK;
    }
    Vector *result = vector_create(to, elements->count);
    if (to->layout == LAYOUT_STRING || to->layout == LAYOUT_LIST) {
        memset(result->data, 0, (size_t)elements->count * to->width);
    }
    VectorView view = vector_view(values);
    RowErrors errors;
    row_errors_init(&errors, call->errors->catching);
    errors.catches_all = call->errors->catches_all;
    int32_t *rows = allocate(sizeof(int32_t) * ((size_t)elements->count + 1));
    KernelCall inner = {
        .cx = call->cx,
        .state = cast->state,
        .argument_count = 1,
        .arguments = &view,
        .result = result,
        .rows = rows,
        .row_count = elements->count,
        .errors = &errors,
    };
    if ((cast->flags & FUNCTION_CALLED_WITH_NULL) != 0) {
        inner.rows = NULL;
    } else {
        inner.row_count = rows_with_values(values, result, rows);
    }
    Status status = inner.row_count > 0 ? cast->kernel(&inner) : OK;
    for (int32_t i = 0; errors.caught_count > 0 && i < elements->count; i++) {
        if (row_errors_is_caught(&errors, i)) {
            vector_set_null(result, i);
        }
    }
    fail_parents(call, &errors, elements);
    row_errors_done(&errors);
    free(rows);
    vector_unref(values);
    if (status != OK) {
        vector_unref(result);
        return FAILED;
    }
    *ret_result = result;
    return OK;
}

/* ---- arrays and maps ---- */

/* The elements of the call's lists, which get consecutive offsets in the result. */
static Elements list_elements(KernelCall *call) {
    const VectorView *view = &call->arguments[0];
    int64_t count = 0;
    KERNEL_FOR_EACH_ROW(call, row) {
        count += VIEW_VALUE(view, ListEntry, row).length;
    }
    Elements elements = {0};
    elements.source = allocate(sizeof(int32_t) * ((size_t)count + 1));
    elements.parents = allocate(sizeof(int32_t) * ((size_t)count + 1));
    KERNEL_FOR_EACH_ROW(call, other) {
        ListEntry entry = VIEW_VALUE(view, ListEntry, other);
        KERNEL_RESULT(call, ListEntry)[other] = (ListEntry){elements.count, entry.length};
        for (int32_t i = 0; i < entry.length; i++) {
            elements.source[elements.count] = entry.offset + i;
            elements.parents[elements.count++] = other;
        }
    }
    return elements;
}

static Status cast_children_of(KernelCall *call, const Elements *elements) {
    const NestedCast *nested = call->state;
    for (int32_t i = 0; i < nested->to->child_count; i++) {
        Vector *child;
        TRY(cast_child(call, &nested->children[i], nested->to->children[i],
                       call->arguments[0].vector->children[i], elements, &child));
        vector_unref(call->result->children[i]);
        call->result->children[i] = child;
    }
    return OK;
}

static void check_keys(KernelCall *call) {
    const NestedCast *nested = call->state;
    const Vector *keys = call->result->children[0];
    VectorView view = vector_view(keys);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry entry = KERNEL_RESULT(call, ListEntry)[row];
        bool is_duplicate = false, is_null = false;
        for (int32_t i = 0; i < entry.length; i++) {
            is_null |= view_is_null(&view, entry.offset + i);
            for (int32_t j = 0; j < i && !is_duplicate; j++) {
                is_duplicate = value_identical(nested->to->children[0], &view, entry.offset + i,
                                               &view, entry.offset + j);
            }
        }
        if (is_null && !row_errors_is_caught(call->errors, row)) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "map key is null");
        } else if (is_duplicate) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "duplicate keys");
        }
    }
}

static Status cast_list(KernelCall *call) {
    const NestedCast *nested = call->state;
    Elements elements = list_elements(call);
    Status status = cast_children_of(call, &elements);
    free(elements.source);
    free(elements.parents);
    TRY(status);
    if (nested->to->kind == TYPE_MAP && nested->children[0].kernel != NULL &&
        call->errors->row < 0) {
        check_keys(call);
    }
    return OK;
}

/* ---- rows ---- */

/*
 * Field values go where their row is: element i of the gathered fields belongs to row parents[i].
 */
static Status cast_row(KernelCall *call) {
    const NestedCast *nested = call->state;
    const VectorView *view = &call->arguments[0];
    int32_t length = call->result->length;
    size_t size = sizeof(int32_t) * ((size_t)length + 1);
    Elements elements = {.source = allocate(size), .parents = allocate(size)};
    Buffer *places = buffer_create((int64_t)size);
    int32_t *place = (int32_t *)places->data;
    memset(place, 0, size);
    KERNEL_FOR_EACH_ROW(call, row) {
        place[row] = elements.count;
        elements.source[elements.count] = view_index(view, row);
        elements.parents[elements.count++] = row;
    }
    Status status = OK;
    for (int32_t i = 0; i < nested->to->child_count && status == OK; i++) {
        Vector *child = NULL;
        status = cast_child(call, &nested->children[i], nested->to->children[i],
                            view->vector->children[i], &elements, &child);
        if (status == OK) {
            vector_unref(call->result->children[i]);
            call->result->children[i] = vector_create_dictionary(child, buffer_ref(places), length);
        }
    }
    buffer_unref(places);
    free(elements.source);
    free(elements.parents);
    return status;
}

/* ---- choice ---- */

Status cast_nested(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    bool is_nested = from->kind == TYPE_ARRAY || from->kind == TYPE_MAP || from->kind == TYPE_ROW;
    if (!is_nested || from->kind != to->kind) {
        return OK;
    }
    NestedCast *nested = arena_new(cx->arena, NestedCast);
    *nested = (NestedCast){from, to, arena_new_array(cx->arena, Cast, to->child_count + 1)};
    unsigned flags = cast_may_fail(from, to) ? 0 : FUNCTION_INFALLIBLE;
    for (int32_t i = 0; i < to->child_count; i++) {
        if (from->children[i] != to->children[i]) {
            TRY(cast_create(cx, from->children[i], to->children[i], &nested->children[i]));
        }
    }
    *ret_cast = (Cast){
        .kernel = to->kind == TYPE_ROW ? cast_row : cast_list,
        .flags = flags,
        .state = nested,
    };
    return OK;
}
