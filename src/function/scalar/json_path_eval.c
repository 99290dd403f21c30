/*
 * Evaluation of paths. Every expression gives a sequence of items; structural errors are swallowed
 * in lax mode, where arrays are unwrapped and single items wrapped as accessors need it. Inside a
 * predicate an error makes it unknown.
 */
#include <math.h>
#include <stdio.h>

#include "base/double_text.h"
#include "function/scalar/json_path.h"

typedef struct Evaluation {
    Arena *arena;
    const JsonPath2016 *path;
    const JsonItem *context, *current;
    int32_t last; /* index of the last element of the array being subscripted; -1: none */
    const PathParameters *parameters;
    const char *problem;
} Evaluation;

typedef enum Truth { IS_FALSE, IS_TRUE, IS_UNKNOWN } Truth;

static bool evaluate(Evaluation *e, const PathNode *node, JsonSequence *out);
static Truth test(Evaluation *e, const PathNode *node);

static void add(Evaluation *e, JsonSequence *sequence, const JsonItem *item) {
    if (sequence->count == sequence->capacity) {
        int32_t capacity = sequence->capacity * 2 + 4;
        const JsonItem **grown = arena_new_array(e->arena, const JsonItem *, capacity);
        for (int32_t i = 0; i < sequence->count; i++) {
            grown[i] = sequence->items[i];
        }
        sequence->items = grown;
        sequence->capacity = capacity;
    }
    sequence->items[sequence->count++] = item;
}

PRINTF_LIKE(2, 3) static bool fail(Evaluation *e, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    e->problem = arena_vprintf(e->arena, format, arguments);
    va_end(arguments);
    return false;
}

static const char *kind_name(const JsonItem *item) {
    static const char *const names[] = {"NULL",   "BOOLEAN", "NUMBER", "NUMBER",
                                        "NUMBER", "STRING",  "ARRAY",  "OBJECT"};
    return names[item->kind];
}

static bool fail_kind(Evaluation *e, const char *expected, const JsonItem *item) {
    return fail(e, "invalid item type. Expected: %s, actual: %s", expected, kind_name(item));
}

/* The items of an operand; in lax mode the elements of arrays stand for the arrays. */
static bool evaluate_unwrapped(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence items = {0};
    if (!evaluate(e, node, &items)) {
        return false;
    }
    for (int32_t i = 0; i < items.count; i++) {
        const JsonItem *item = items.items[i];
        if (e->path->is_lax && item->kind == JSON_ITEM_ARRAY) {
            for (int32_t j = 0; j < item->count; j++) {
                add(e, out, item->items[j]);
            }
        } else {
            add(e, out, item);
        }
    }
    return true;
}

/* ---- accessors ---- */

static bool evaluate_member(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence objects = {0};
    if (!evaluate_unwrapped(e, node->left, &objects)) {
        return false;
    }
    for (int32_t i = 0; i < objects.count; i++) {
        const JsonItem *object = objects.items[i];
        if (object->kind != JSON_ITEM_OBJECT) {
            if (!e->path->is_lax) {
                return fail_kind(e, "OBJECT", object);
            }
            continue;
        }
        if (node->name == NULL) {
            for (int32_t j = 0; j < object->count; j++) {
                add(e, out, object->items[j]);
            }
            continue;
        }
        const JsonItem *member = json_item_member(object, node->name, node->name_size);
        if (member != NULL) {
            add(e, out, member);
        } else if (!e->path->is_lax) {
            return fail(e, "structural error: missing member '%.*s' in JSON object",
                        (int)node->name_size, node->name);
        }
    }
    return true;
}

static void add_descendants(Evaluation *e, const JsonItem *item, const PathNode *node,
                            JsonSequence *out) {
    if (item->kind == JSON_ITEM_OBJECT) {
        const JsonItem *member = json_item_member(item, node->name, node->name_size);
        if (member != NULL) {
            add(e, out, member);
        }
    }
    if (item->kind >= JSON_ITEM_ARRAY) {
        for (int32_t i = 0; i < item->count; i++) {
            add_descendants(e, item->items[i], node, out);
        }
    }
}

static bool evaluate_descendant(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence items = {0};
    if (!evaluate(e, node->left, &items)) {
        return false;
    }
    for (int32_t i = 0; i < items.count; i++) {
        add_descendants(e, items.items[i], node, out);
    }
    return true;
}

/* A single number as a subscript, rounded. */
static bool evaluate_subscript(Evaluation *e, const PathNode *node, int64_t *ret_index) {
    JsonSequence items = {0};
    if (!evaluate_unwrapped(e, node, &items)) {
        return false;
    }
    if (items.count != 1) {
        return fail(e, "array subscript 'from' value must be singleton numeric");
    }
    if (!json_item_is_number(items.items[0])) {
        return fail_kind(e, "NUMBER", items.items[0]);
    }
    *ret_index = items.items[0]->kind == JSON_ITEM_INTEGER
                     ? items.items[0]->integer
                     : (int64_t)llround(json_item_as_double(items.items[0]));
    return true;
}

static bool add_subscripted(Evaluation *e, const PathNode *node, int32_t i,
                            const JsonItem *const *items, int32_t count, JsonSequence *out) {
    int64_t from, to;
    if (!evaluate_subscript(e, node->from[i], &from)) {
        return false;
    }
    to = from;
    if (node->to[i] != NULL && !evaluate_subscript(e, node->to[i], &to)) {
        return false;
    }
    if (!e->path->is_lax && (from < 0 || from >= count || to < 0 || to >= count || from > to)) {
        return fail(e, "structural error: invalid array subscript: [%ld, %ld] for array of size %d",
                    (long)from, (long)to, count);
    }
    for (int64_t at = from < 0 ? 0 : from; at <= to && at < count; at++) {
        add(e, out, items[at]);
    }
    return true;
}

static bool evaluate_elements(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence arrays = {0};
    if (!evaluate(e, node->left, &arrays)) {
        return false;
    }
    int32_t outer_last = e->last;
    for (int32_t i = 0; i < arrays.count; i++) {
        const JsonItem *array = arrays.items[i];
        bool is_array = array->kind == JSON_ITEM_ARRAY;
        if (!is_array && !e->path->is_lax) {
            return fail_kind(e, "ARRAY", array);
        }
        const JsonItem *const *items = is_array ? array->items : &arrays.items[i];
        int32_t count = is_array ? array->count : 1;
        e->last = count - 1;
        for (int32_t j = 0; node->subscript_count == 0 && j < count; j++) {
            add(e, out, items[j]);
        }
        for (int32_t j = 0; j < node->subscript_count; j++) {
            if (!add_subscripted(e, node, j, items, count, out)) {
                return false;
            }
        }
    }
    e->last = outer_last;
    return true;
}

static bool evaluate_filter(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence items = {0};
    const JsonItem *outer = e->current;
    if (!evaluate_unwrapped(e, node->left, &items)) {
        return false;
    }
    for (int32_t i = 0; i < items.count; i++) {
        e->current = items.items[i];
        if (test(e, node->right) == IS_TRUE) {
            add(e, out, items.items[i]);
        }
    }
    e->current = outer;
    return true;
}

/* ---- methods ---- */

static const char *type_name(const JsonItem *item) {
    static const char *const names[] = {"null",   "boolean", "number", "number",
                                        "number", "string",  "array",  "object"};
    return names[item->kind];
}

static bool add_key_values(Evaluation *e, const JsonItem *object, int32_t id, JsonSequence *out) {
    static const char *const names[] = {"name", "value", "id"};
    if (object->kind != JSON_ITEM_OBJECT) {
        return fail_kind(e, "OBJECT", object);
    }
    for (int32_t i = 0; i < object->count; i++) {
        JsonItem *pair = arena_new(e->arena, JsonItem);
        pair->kind = JSON_ITEM_OBJECT;
        pair->count = 3;
        pair->items = arena_new_array(e->arena, const JsonItem *, 3);
        pair->names = arena_new_array(e->arena, const JsonItem *, 3);
        for (int32_t j = 0; j < 3; j++) {
            pair->names[j] = json_item_string(e->arena, names[j], strlen(names[j]));
        }
        pair->items[0] = object->names[i];
        pair->items[1] = object->items[i];
        pair->items[2] = json_item_integer(e->arena, id);
        add(e, out, pair);
    }
    return true;
}

static bool apply_double(Evaluation *e, const JsonItem *item, JsonSequence *out) {
    double value;
    if (json_item_is_number(item)) {
        value = json_item_as_double(item);
    } else if (item->kind != JSON_ITEM_STRING) {
        return fail_kind(e, "NUMBER or TEXT", item);
    } else if (!double_parse(item->text, item->size, &value)) {
        return fail(e, "%s", "");
    }
    add(e, out, json_item_double(e->arena, value));
    return true;
}

static int128_t decimal_rounded(int128_t value, int32_t scale, PathMethod method) {
    int128_t power = int128_powers_of_ten[scale], whole = value / power, rest = value % power;
    return method == METHOD_CEILING ? whole + (rest > 0) : whole - (rest < 0);
}

static bool apply_rounding(Evaluation *e, const JsonItem *item, PathMethod method,
                           JsonSequence *out) {
    if (!json_item_is_number(item)) {
        return fail_kind(e, "NUMBER", item);
    }
    switch (item->kind) {
    case JSON_ITEM_INTEGER:
        add(e, out,
            method == METHOD_ABS && item->integer < 0 ? json_item_integer(e->arena, -item->integer)
                                                      : item);
        return true;
    case JSON_ITEM_DECIMAL:
        add(e, out,
            method == METHOD_ABS
                ? json_item_decimal(e->arena, item->decimal < 0 ? -item->decimal : item->decimal,
                                    item->scale)
                : json_item_decimal(e->arena, decimal_rounded(item->decimal, item->scale, method),
                                    0));
        return true;
    default:
        add(e, out,
            json_item_double(e->arena, method == METHOD_ABS       ? fabs(item->number)
                                       : method == METHOD_CEILING ? ceil(item->number)
                                                                  : floor(item->number)));
        return true;
    }
}

static bool evaluate_method(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence items = {0};
    bool whole = node->method == METHOD_TYPE || node->method == METHOD_SIZE;
    if (!(whole ? evaluate(e, node->left, &items) : evaluate_unwrapped(e, node->left, &items))) {
        return false;
    }
    for (int32_t i = 0; i < items.count; i++) {
        const JsonItem *item = items.items[i];
        bool good = true;
        switch (node->method) {
        case METHOD_TYPE:
            add(e, out, json_item_string(e->arena, type_name(item), strlen(type_name(item))));
            break;
        case METHOD_SIZE:
            if (item->kind != JSON_ITEM_ARRAY && !e->path->is_lax) {
                return fail_kind(e, "ARRAY", item);
            }
            add(e, out,
                json_item_integer(e->arena, item->kind == JSON_ITEM_ARRAY ? item->count : 1));
            break;
        case METHOD_DOUBLE:
            good = apply_double(e, item, out);
            break;
        case METHOD_KEYVALUE:
            good = add_key_values(e, item, i, out);
            break;
        default:
            good = apply_rounding(e, item, node->method, out);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

/* ---- arithmetic ---- */

static int128_t as_decimal(const JsonItem *item, int32_t *ret_scale) {
    *ret_scale = item->kind == JSON_ITEM_DECIMAL ? item->scale : 0;
    return item->kind == JSON_ITEM_DECIMAL ? item->decimal : item->integer;
}

static const JsonItem *compute_integers(Evaluation *e, PathKind kind, int64_t a, int64_t b) {
    int64_t result = 0;
    bool overflow = false;
    if ((kind == PATH_DIVIDE || kind == PATH_MODULUS) && b == 0) {
        return NULL;
    }
    switch (kind) {
    case PATH_ADD:
        overflow = __builtin_add_overflow(a, b, &result);
        break;
    case PATH_SUBTRACT:
        overflow = __builtin_sub_overflow(a, b, &result);
        break;
    case PATH_MULTIPLY:
        overflow = __builtin_mul_overflow(a, b, &result);
        break;
    case PATH_DIVIDE:
        overflow = b == -1 && a == INT64_MIN;
        result = overflow ? 0 : a / b;
        break;
    default:
        result = b == -1 ? 0 : a % b;
    }
    return overflow ? NULL : json_item_integer(e->arena, result);
}

static const JsonItem *compute_decimals(Evaluation *e, PathKind kind, const JsonItem *x,
                                        const JsonItem *y) {
    int32_t a_scale, b_scale;
    int128_t a = as_decimal(x, &a_scale), b = as_decimal(y, &b_scale), result;
    int32_t scale = a_scale > b_scale ? a_scale : b_scale;
    bool good;
    if (kind == PATH_MULTIPLY) {
        scale = a_scale + b_scale;
        good = decimal_multiply(a, b, &result);
    } else if (kind == PATH_DIVIDE) {
        good = b != 0 && decimal_divide(a, scale - a_scale + b_scale, b, &result);
    } else if (kind == PATH_MODULUS) {
        good = b != 0 && decimal_remainder(a, scale - a_scale, b, scale - b_scale, &result);
    } else {
        good = decimal_rescale(a, scale - a_scale, &a) && decimal_rescale(b, scale - b_scale, &b) &&
               (kind == PATH_ADD ? decimal_add(a, b, &result) : decimal_subtract(a, b, &result));
    }
    return good ? json_item_decimal(e->arena, result, scale) : NULL;
}

static const JsonItem *compute_doubles(Evaluation *e, PathKind kind, double a, double b) {
    return json_item_double(e->arena, kind == PATH_ADD        ? a + b
                                      : kind == PATH_SUBTRACT ? a - b
                                      : kind == PATH_MULTIPLY ? a * b
                                      : kind == PATH_DIVIDE   ? a / b
                                                              : fmod(a, b));
}

static bool evaluate_operand(Evaluation *e, const PathNode *node, const JsonItem **ret_number) {
    JsonSequence items = {0};
    if (!evaluate_unwrapped(e, node, &items)) {
        return false;
    }
    if (items.count != 1) {
        return fail(e, "arithmetic binary expression requires singleton operands");
    }
    *ret_number = items.items[0];
    return json_item_is_number(items.items[0]) || fail_kind(e, "NUMBER", items.items[0]);
}

static bool evaluate_binary(Evaluation *e, const PathNode *node, JsonSequence *out) {
    const JsonItem *a, *b;
    if (!evaluate_operand(e, node->left, &a) || !evaluate_operand(e, node->right, &b)) {
        return false;
    }
    const JsonItem *result =
        a->kind == JSON_ITEM_DOUBLE || b->kind == JSON_ITEM_DOUBLE
            ? compute_doubles(e, node->kind, json_item_as_double(a), json_item_as_double(b))
        : a->kind == JSON_ITEM_DECIMAL || b->kind == JSON_ITEM_DECIMAL
            ? compute_decimals(e, node->kind, a, b)
            : compute_integers(e, node->kind, a->integer, b->integer);
    if (result == NULL) {
        return fail(e, "%s", "");
    }
    add(e, out, result);
    return true;
}

static bool evaluate_sign(Evaluation *e, const PathNode *node, JsonSequence *out) {
    JsonSequence items = {0};
    if (!evaluate_unwrapped(e, node->left, &items)) {
        return false;
    }
    for (int32_t i = 0; i < items.count; i++) {
        const JsonItem *item = items.items[i];
        if (!json_item_is_number(item)) {
            return fail_kind(e, "NUMBER", item);
        }
        if (node->kind == PATH_MINUS) {
            item = item->kind == JSON_ITEM_INTEGER ? json_item_integer(e->arena, -item->integer)
                   : item->kind == JSON_ITEM_DOUBLE
                       ? json_item_double(e->arena, -item->number)
                       : json_item_decimal(e->arena, -item->decimal, item->scale);
        }
        add(e, out, item);
    }
    return true;
}

/* ---- predicates ---- */

/* -1, 0, 1; 2: the items cannot be compared. */
static int compare_items(const JsonItem *a, const JsonItem *b) {
    if (json_item_is_number(a) && json_item_is_number(b)) {
        if (a->kind != JSON_ITEM_DOUBLE && b->kind != JSON_ITEM_DOUBLE) {
            int32_t a_scale, b_scale;
            int128_t x = as_decimal(a, &a_scale), y = as_decimal(b, &b_scale);
            int32_t scale = a_scale > b_scale ? a_scale : b_scale;
            if (decimal_rescale(x, scale - a_scale, &x) &&
                decimal_rescale(y, scale - b_scale, &y)) {
                return (x > y) - (x < y);
            }
        }
        double x = json_item_as_double(a), y = json_item_as_double(b);
        return (x > y) - (x < y);
    }
    if (a->kind != b->kind || a->kind >= JSON_ITEM_ARRAY) {
        return 2;
    }
    if (a->kind == JSON_ITEM_STRING) {
        size_t shorter = a->size < b->size ? a->size : b->size;
        int order = memcmp(a->text, b->text, shorter);
        return order != 0 ? (order > 0) - (order < 0) : (a->size > b->size) - (a->size < b->size);
    }
    return a->kind == JSON_ITEM_NULL ? 0 : a->boolean - b->boolean;
}

static Truth compare_pair(PathKind kind, const JsonItem *a, const JsonItem *b) {
    bool null_a = a->kind == JSON_ITEM_NULL, null_b = b->kind == JSON_ITEM_NULL;
    if (null_a != null_b) {
        return kind == PATH_NOT_EQUAL ? IS_TRUE : IS_FALSE;
    }
    int order = compare_items(a, b);
    if (order == 2) {
        return IS_UNKNOWN;
    }
    bool result = kind == PATH_EQUAL           ? order == 0
                  : kind == PATH_NOT_EQUAL     ? order != 0
                  : kind == PATH_LESS          ? order < 0
                  : kind == PATH_GREATER       ? order > 0
                  : kind == PATH_LESS_OR_EQUAL ? order <= 0
                                               : order >= 0;
    return result ? IS_TRUE : IS_FALSE;
}

static Truth starts_with(const JsonItem *whole, const JsonItem *start) {
    if (whole->kind != JSON_ITEM_STRING || start->kind != JSON_ITEM_STRING) {
        return IS_UNKNOWN;
    }
    return whole->size >= start->size && memcmp(whole->text, start->text, start->size) == 0
               ? IS_TRUE
               : IS_FALSE;
}

/* True if some pair of items is; unknown if some pair is (in strict mode before any true one
 * counts). */
static Truth test_pairs(Evaluation *e, const PathNode *node) {
    JsonSequence left = {0}, right = {0};
    if (!evaluate_unwrapped(e, node->left, &left) || !evaluate_unwrapped(e, node->right, &right)) {
        return IS_UNKNOWN;
    }
    bool found = false, unknown = false;
    for (int32_t i = 0; i < left.count; i++) {
        for (int32_t j = 0; j < right.count; j++) {
            Truth truth = node->kind == PATH_STARTS_WITH
                              ? starts_with(left.items[i], right.items[j])
                              : compare_pair(node->kind, left.items[i], right.items[j]);
            found = found || truth == IS_TRUE;
            unknown = unknown || truth == IS_UNKNOWN;
            if (e->path->is_lax && (found || unknown)) {
                return found ? IS_TRUE : IS_UNKNOWN;
            }
        }
    }
    return unknown ? IS_UNKNOWN : found ? IS_TRUE : IS_FALSE;
}

static Truth test(Evaluation *e, const PathNode *node) {
    Truth left, right;
    JsonSequence items = {0};
    switch (node->kind) {
    case PATH_AND:
        left = test(e, node->left);
        right = test(e, node->right);
        return left == IS_FALSE || right == IS_FALSE ? IS_FALSE
               : left == IS_TRUE && right == IS_TRUE ? IS_TRUE
                                                     : IS_UNKNOWN;
    case PATH_OR:
        left = test(e, node->left);
        right = test(e, node->right);
        return left == IS_TRUE || right == IS_TRUE     ? IS_TRUE
               : left == IS_FALSE && right == IS_FALSE ? IS_FALSE
                                                       : IS_UNKNOWN;
    case PATH_NOT:
        left = test(e, node->left);
        return left == IS_UNKNOWN ? IS_UNKNOWN : left == IS_TRUE ? IS_FALSE : IS_TRUE;
    case PATH_IS_UNKNOWN:
        return test(e, node->left) == IS_UNKNOWN ? IS_TRUE : IS_FALSE;
    case PATH_EXISTS:
        return !evaluate(e, node->left, &items) ? IS_UNKNOWN : items.count > 0 ? IS_TRUE : IS_FALSE;
    default:
        return test_pairs(e, node);
    }
}

/* ---- the whole ---- */

static bool evaluate_variable(Evaluation *e, const PathNode *node, JsonSequence *out) {
    for (int32_t i = 0; i < e->parameters->count; i++) {
        if (strcmp(e->parameters->names[i], node->name) == 0) {
            add(e, out, e->parameters->items[i]);
            return true;
        }
    }
    return fail(e, "no value passed for parameter %s", node->name);
}

static bool evaluate(Evaluation *e, const PathNode *node, JsonSequence *out) {
    switch (node->kind) {
    case PATH_CONTEXT:
        add(e, out, e->context);
        return true;
    case PATH_CURRENT:
        add(e, out, e->current);
        return true;
    case PATH_LAST:
        add(e, out, json_item_integer(e->arena, e->last));
        return true;
    case PATH_LITERAL:
        add(e, out, node->literal);
        return true;
    case PATH_VARIABLE:
        return evaluate_variable(e, node, out);
    case PATH_MEMBER:
        return evaluate_member(e, node, out);
    case PATH_DESCENDANT:
        return evaluate_descendant(e, node, out);
    case PATH_ELEMENTS:
        return evaluate_elements(e, node, out);
    case PATH_FILTER:
        return evaluate_filter(e, node, out);
    case PATH_METHOD:
        return evaluate_method(e, node, out);
    case PATH_PLUS:
    case PATH_MINUS:
        return evaluate_sign(e, node, out);
    default:
        return evaluate_binary(e, node, out);
    }
}

bool json_path_evaluate(Arena *arena, const JsonPath2016 *path, const JsonItem *context,
                        const PathParameters *parameters, JsonSequence *ret_sequence,
                        const char **ret_problem) {
    Evaluation evaluation = {.arena = arena,
                             .path = path,
                             .context = context,
                             .current = context,
                             .last = -1,
                             .parameters = parameters};
    *ret_sequence = (JsonSequence){0};
    bool good = evaluate(&evaluation, path->root, ret_sequence);
    *ret_problem = good ? NULL : evaluation.problem != NULL ? evaluation.problem : "";
    return good;
}
