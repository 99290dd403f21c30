/*
 * Maps without lambdas: making them, looking keys up, taking them apart and joining them. A map
 * value is a list over two children, keys and values; keys are distinct and not NULL.
 */
#include <math.h>

#include "function/kernels/compare.h"
#include "function/scalar/elements.h"

/* A map argument: lists of keys; values have the same numbers. */
typedef struct Maps {
    Lists keys, values;
} Maps;

static Maps maps_of(const KernelCall *call, int32_t index) {
    return (Maps){lists_of_child(call, index, 0), lists_of_child(call, index, 1)};
}

/* ---- lookup ---- */

/* Element number of the key, -1 when the map has not got it. */
static int32_t find_key(const KernelCall *call, const Maps *maps, int32_t row) {
    ListEntry list = list_at(&maps->keys, row);
    for (int32_t i = list.offset; i < list.offset + list.length; i++) {
        if (value_identical(maps->keys.element_type, &maps->keys.element_view, i,
                            &call->arguments[1], row)) {
            return i;
        }
    }
    return -1;
}

static Status map_element_at(KernelCall *call) {
    Maps maps = maps_of(call, 0);
    vector_share_heaps(call->result, maps.values.element_view.vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t element = find_key(call, &maps, row);
        if (element >= 0) {
            copy_element(call->result, row, &maps.values.element_view, element);
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static Status map_subscript(KernelCall *call) {
    Maps maps = maps_of(call, 0);
    const VectorView *key = &call->arguments[1];
    vector_share_heaps(call->result, maps.values.element_view.vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t element = find_key(call, &maps, row);
        if (element >= 0) {
            copy_element(call->result, row, &maps.values.element_view, element);
            continue;
        }
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Key not present in map: %s",
                    element_text(call, maps.keys.element_type, key->vector, view_index(key, row)));
    }
    return OK;
}

static Status map_cardinality(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, int64_t)[row] = KERNEL_ARGUMENT(call, 0, ListEntry, row).length;
    }
    return OK;
}

/* ---- making maps ---- */

static Status empty_map(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){0, 0};
    }
    return OK;
}

static void fail_duplicate(KernelCall *call, int32_t row, const Lists *keys, int32_t element) {
    kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Duplicate map keys (%s) are not allowed",
                element_text(call, keys->element_type, keys->elements, element));
}

/* Checks one key and enters it in the set of the row's keys. */
static bool check_key(KernelCall *call, int32_t row, const Lists *keys, int32_t element,
                      ElementSet *seen) {
    if (view_is_null(&keys->element_view, element)) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "map key cannot be null");
        return false;
    }
    if (!element_set_add(seen, 0, element)) {
        fail_duplicate(call, row, keys, element);
        return false;
    }
    return true;
}

static Status map_of_arrays(KernelCall *call) {
    Lists keys = lists_of(call, 0), values = lists_of(call, 1);
    ELEMENT_SET seen;
    ELEMENT_ROWS key_rows = {0};
    ELEMENT_ROWS value_rows = {0};
    element_set_init(&seen, keys.elements, NULL);
    int32_t base = list_position(call, 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry key = list_at(&keys, row), value = list_at(&values, row);
        int32_t first = key_rows.count;
        bool good = key.length == value.length;
        if (!good) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Key and value arrays must be the same length");
        }
        element_set_clear(&seen, key.length);
        for (int32_t i = 0; i < key.length && good; i++) {
            good = check_key(call, row, &keys, key.offset + i, &seen);
            element_rows_add(&key_rows, key.offset + i);
            element_rows_add(&value_rows, value.offset + i);
        }
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + first, key_rows.count - first};
    }
    vector_append(call->result->children[0], keys.elements, key_rows.rows, key_rows.count);
    vector_append(call->result->children[1], values.elements, value_rows.rows, value_rows.count);
    return OK;
}

/* Entries are rows (key, value): their fields are vectors as long as the entries. */
typedef struct Entries {
    Lists lists, keys;
    Vector *values;
} Entries;

static Entries entries_of(const KernelCall *call) {
    Entries entries = {.lists = lists_of(call, 0)};
    const VectorView *view = &entries.lists.element_view;
    entries.keys.elements = view->vector->children[0];
    entries.keys.element_view = vector_view(entries.keys.elements);
    entries.keys.element_type = entries.lists.element_type->children[0];
    entries.values = view->vector->children[1];
    return entries;
}

/* Number of the fields of entry i; -1 when the row has failed because the entry is NULL. */
static int32_t entry_fields(KernelCall *call, int32_t row, const Entries *entries, int32_t i) {
    if (view_is_null(&entries->lists.element_view, i)) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "map entry cannot be null");
        return -1;
    }
    return view_index(&entries->lists.element_view, i);
}

static Status map_from_entries(KernelCall *call) {
    Entries entries = entries_of(call);
    ELEMENT_SET seen;
    ELEMENT_ROWS rows = {0};
    element_set_init(&seen, entries.keys.elements, NULL);
    int32_t base = list_position(call, 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&entries.lists, row);
        int32_t first = rows.count;
        bool good = true;
        element_set_clear(&seen, list.length);
        for (int32_t i = list.offset; i < list.offset + list.length && good; i++) {
            int32_t fields = entry_fields(call, row, &entries, i);
            good = fields >= 0 && check_key(call, row, &entries.keys, fields, &seen);
            if (good) {
                element_rows_add(&rows, fields);
            }
        }
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + first, rows.count - first};
    }
    vector_append(call->result->children[0], entries.keys.elements, rows.rows, rows.count);
    vector_append(call->result->children[1], entries.values, rows.rows, rows.count);
    return OK;
}

static bool same_key(const Entries *entries, int32_t a, int32_t b) {
    return value_identical(entries->keys.element_type, &entries->keys.element_view, a,
                           &entries->keys.element_view, b);
}

/* Appends the array of the values of all fields whose key is that of fields[at]. */
static void append_values_of_key(Vector *lists, const Entries *entries, const ElementRows *fields,
                                 int32_t at) {
    Vector *values = lists->children[0];
    int32_t start = values->length, entry = list_grow(lists);
    for (int32_t i = at; i < fields->count; i++) {
        if (same_key(entries, fields->rows[i], fields->rows[at])) {
            vector_append(values, entries->values, &fields->rows[i], 1);
        }
    }
    VECTOR_DATA(lists, ListEntry)[entry] = (ListEntry){start, values->length - start};
}

static Status multimap_from_entries(KernelCall *call) {
    Entries entries = entries_of(call);
    Vector *keys = call->result->children[0], *lists = call->result->children[1];
    ELEMENT_SET seen;
    ELEMENT_ROWS fields = {0};
    element_set_init(&seen, entries.keys.elements, NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&entries.lists, row);
        int32_t start = keys->length;
        bool good = true;
        fields.count = 0;
        for (int32_t i = list.offset; i < list.offset + list.length && good; i++) {
            int32_t field = entry_fields(call, row, &entries, i);
            good = field >= 0;
            if (good && view_is_null(&entries.keys.element_view, field)) {
                kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "map key cannot be null");
                good = false;
            }
            element_rows_add(&fields, field);
        }
        element_set_clear(&seen, list.length);
        for (int32_t i = 0; i < fields.count && good; i++) {
            if (element_set_add(&seen, 0, fields.rows[i])) {
                vector_append(keys, entries.keys.elements, &fields.rows[i], 1);
                append_values_of_key(lists, &entries, &fields, i);
            }
        }
        list_finish(call, row, start);
    }
    return OK;
}

/* ---- taking apart ---- */

static Status map_part(KernelCall *call, int32_t child) {
    Lists lists = lists_of_child(call, 0, child);
    ELEMENT_ROWS rows = {0};
    int32_t base = list_position(call, 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + rows.count, list.length};
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            element_rows_add(&rows, i);
        }
    }
    vector_append(call->result->children[0], lists.elements, rows.rows, rows.count);
    return OK;
}

static Status map_keys(KernelCall *call) {
    return map_part(call, 0);
}

static Status map_values(KernelCall *call) {
    return map_part(call, 1);
}

/* The result's elements are rows: they grow together with their two fields. */
static Status map_entries(KernelCall *call) {
    Maps maps = maps_of(call, 0);
    Vector *target = call->result->children[0];
    ELEMENT_ROWS rows = {0};
    int32_t base = target->length;
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&maps.keys, row);
        KERNEL_RESULT(call, ListEntry)[row] = (ListEntry){base + rows.count, list.length};
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            element_rows_add(&rows, i);
        }
    }
    const Type *row_type = target->type;
    Vector *entries = vector_create(row_type, rows.count);
    vector_unref(entries->children[0]);
    vector_unref(entries->children[1]);
    entries->children[0] = vector_gather(maps.keys.elements, rows.rows, rows.count);
    entries->children[1] = vector_gather(maps.values.elements, rows.rows, rows.count);
    vector_append(target, entries, NULL, rows.count);
    vector_unref(entries);
    return OK;
}

/* ---- joining ---- */

static Status check_two_maps(Context *cx, const FunctionBinding *binding, void **ret_state) {
    *ret_state = NULL;
    if (binding->function->argument_count < 2) {
        return FAIL(cx, INVALID_FUNCTION_ARGUMENT,
                    "There must be two or more concatenation arguments to map_concat");
    }
    return OK;
}

/* Whether a later argument has the key too: then its value is the one to keep. */
static bool is_overridden(const Maps *maps, int32_t count, int32_t map, int32_t element,
                          int32_t row) {
    for (int32_t later = map + 1; later < count; later++) {
        ListEntry list = list_at(&maps[later].keys, row);
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            if (value_identical(maps[map].keys.element_type, &maps[map].keys.element_view, element,
                                &maps[later].keys.element_view, i)) {
                return true;
            }
        }
    }
    return false;
}

static Status map_concat(KernelCall *call) {
    Maps maps[FUNCTION_ARGUMENTS_MAX];
    ELEMENT_ROWS rows = {0};
    for (int32_t i = 0; i < call->argument_count; i++) {
        maps[i] = maps_of(call, i);
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = list_position(call, 0);
        for (int32_t i = 0; i < call->argument_count; i++) {
            ListEntry list = list_at(&maps[i].keys, row);
            rows.count = 0;
            for (int32_t j = list.offset; j < list.offset + list.length; j++) {
                if (!is_overridden(maps, call->argument_count, i, j, row)) {
                    element_rows_add(&rows, j);
                }
            }
            vector_append(call->result->children[0], maps[i].keys.elements, rows.rows, rows.count);
            vector_append(call->result->children[1], maps[i].values.elements, rows.rows,
                          rows.count);
        }
        list_finish(call, row, start);
    }
    return OK;
}

/* ---- array_histogram ---- */

static Status array_histogram(KernelCall *call) {
    Lists lists = lists_of(call, 0);
    Vector *keys = call->result->children[0], *counts = call->result->children[1];
    ELEMENT_SET seen;
    element_set_init(&seen, lists.elements, NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry list = list_at(&lists, row);
        int32_t start = keys->length;
        element_set_clear(&seen, list.length);
        for (int32_t i = list.offset; i < list.offset + list.length; i++) {
            if (view_is_null(&lists.element_view, i)) {
                continue;
            }
            if (element_set_add(&seen, 0, i)) {
                vector_append(keys, lists.elements, &i, 1);
                int32_t entry = list_grow(counts);
                VECTOR_DATA(counts, int64_t)[entry] = 1;
                continue;
            }
            VectorView key_view = vector_view(keys);
            int32_t at = start;
            while (!value_identical(lists.element_type, &key_view, at, &lists.element_view, i)) {
                at++;
            }
            VECTOR_DATA(counts, int64_t)[at]++;
        }
        list_finish(call, row, start);
    }
    return OK;
}

/* ---- cosine_similarity of sparse vectors ---- */

static double norm_of(const Lists *values, ListEntry list) {
    double sum = 0;
    for (int32_t i = list.offset; i < list.offset + list.length; i++) {
        double x = VIEW_VALUE(&values->element_view, double, i);
        sum += view_is_null(&values->element_view, i) ? 0 : x * x;
    }
    return sqrt(sum);
}

static double product_of(const Maps *a, ListEntry left, const Maps *b, ListEntry right) {
    double sum = 0;
    for (int32_t i = left.offset; i < left.offset + left.length; i++) {
        for (int32_t j = right.offset; j < right.offset + right.length; j++) {
            if (value_identical(a->keys.element_type, &a->keys.element_view, i,
                                &b->keys.element_view, j)) {
                sum += VIEW_VALUE(&a->values.element_view, double, i) *
                       VIEW_VALUE(&b->values.element_view, double, j);
            }
        }
    }
    return sum;
}

static Status cosine_of_maps(KernelCall *call) {
    Maps a = maps_of(call, 0), b = maps_of(call, 1);
    KERNEL_FOR_EACH_ROW(call, row) {
        ListEntry left = list_at(&a.keys, row), right = list_at(&b.keys, row);
        double norms = norm_of(&a.values, left) * norm_of(&b.values, right);
        if (norms == 0) {
            vector_set_null(call->result, row);
        } else {
            KERNEL_RESULT(call, double)[row] = product_of(&a, left, &b, right) / norms;
        }
    }
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL

const ScalarFunction map_functions[] = {
    {"map", "() -> map(unknown,unknown)", empty_map, 0, "Creates an empty map"},
    {"map", "<K:comparable,V>(array(K), array(V)) -> map(K,V)", map_of_arrays, 0,
     "Constructs a map from the given key/value arrays"},
    {"$operator$subscript", "<K,V>(map(K,V), K) -> V", map_subscript, FUNCTION_HIDDEN | NULLABLE},
    {"element_at", "<K,V>(map(K,V), K) -> V", map_element_at, NULLABLE,
     "Get value for the given key, or null if it does not exist"},
    {"cardinality", "<K,V>(map(k,v)) -> bigint", map_cardinality, 0,
     "Returns the cardinality (the number of key-value pairs) of the map"},
    {"map_from_entries", "<K:comparable,V>(array(row(k,v))) -> map(k,v)", map_from_entries, 0,
     "Construct a map from an array of entries"},
    {"multimap_from_entries", "<K:comparable,V>(array(row(k,v))) -> map(k,array(v))",
     multimap_from_entries, 0, "Construct a multimap from an array of entries"},
    {"map_keys", "<K,V>(map(k,v)) -> array(k)", map_keys, 0,
     "Returns the keys of the given map(K,V) as an array"},
    {"map_values", "<K,V>(map(k,v)) -> array(v)", map_values, 0,
     "Returns the values of the given map(K,V) as an array"},
    {"map_entries", "<K,V>(map(k,v)) -> array(row(k,v))", map_entries, 0,
     "Construct an array of entries from a given map"},
    {"map_concat", "<K,V>(map(K,V)...) -> map(K,V)", map_concat, 0, "Concatenates given maps",
     check_two_maps},
    {"cosine_similarity", "(map(varchar,double), map(varchar,double)) -> double", cosine_of_maps,
     NULLABLE, "Cosine similarity between the given sparse vectors"},
    {"array_histogram", "<T:comparable>(array(t)) -> map(t,bigint)", array_histogram, 0,
     "Return a map containing the counts of the elements in the array"},
    {NULL},
};
