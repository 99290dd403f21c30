/*
 * The SQL/JSON functions: input conversion, evaluation, and the behaviours on empty and on error.
 * json_2016.h says how they are called. Each row works in an arena that is reset after it.
 */
#include "function/scalar/json_2016.h"

#include <strings.h>

#include "function/cast.h"
#include "function/scalar/elements.h"
#include "function/kernels/row_errors.h"
#include "function/scalar/json_path.h"
#include "function/scalar/utf8.h"

/* ---- checking at analysis ---- */

typedef struct VariableCheck {
    const char *missing;
    int32_t count;
    const char *const *names;
} VariableCheck;

static void check_variable(void *closure, const PathNode *variable) {
    VariableCheck *check = closure;
    for (int32_t i = 0; i < check->count; i++) {
        if (strcmp(check->names[i], variable->name) == 0) {
            return;
        }
    }
    check->missing = variable->name;
}

static const char *quoting_hint(Context *cx, const VariableCheck *check) {
    for (int32_t i = 0; i < check->count; i++) {
        if (strcasecmp(check->names[i], check->missing) == 0) {
            return arena_printf(cx->arena,
                                ". Try quoting \"%s\" in the PASSING clause to match case",
                                check->missing);
        }
    }
    return "";
}

Status json_path_check(Context *cx, const char *path, size_t size, int32_t line, int32_t column,
                       int32_t parameter_count, const char *const *parameter_names) {
    PathProblem problem;
    const JsonPath2016 *parsed = json_path_parse(cx->arena, path, size, &problem);
    if (parsed == NULL) {
        int32_t place = problem.code == SYNTAX_ERROR ? (int32_t)problem.offset : -1; /* the quote */
        return FAIL_AT(cx, problem.code, line, column + place, "%s", problem.message);
    }
    VariableCheck check = {.count = parameter_count, .names = parameter_names};
    json_path_variables(parsed->root, check_variable, &check);
    if (check.missing != NULL) {
        return FAIL_AT(cx, INVALID_PATH, line, column - 1, "no value passed for parameter %s%s",
                       check.missing, quoting_hint(cx, &check));
    }
    return OK;
}

/* ---- what the functions share ---- */

typedef struct JsonCall {
    KernelCall *call;
    Arena *arena; /* of the row */
    const JsonPath2016 *path;
    const Type *parameters_type;
} JsonCall;

typedef enum RowOutcome { ROW_IS_NULL, ROW_HAS_ITEMS, ROW_FAILED } RowOutcome;

/* Why a row failed. */
typedef struct RowProblem {
    ErrorCode code;
    const char *message;
} RowProblem;

static Status prepare_path(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Vector *constant = constant_argument(binding, 1);
    PathProblem problem;
    *ret_state = NULL;
    if (constant != NULL) {
        const StringView *text = VECTOR_DATA(constant, StringView);
        *ret_state = json_path_parse(cx->arena, string_data(text), text->length, &problem);
        if (*ret_state == NULL) {
            return FAIL(cx, problem.code, "%s", problem.message);
        }
    }
    return OK;
}

static JsonCall json_call_start(KernelCall *call) {
    return (JsonCall){.call = call,
                      .arena = arena_create(NULL),
                      .path = call->state,
                      .parameters_type = call->function->argument_types[2]};
}

static PathParameters parameters_of(JsonCall *json, int32_t row) {
    const Type *type = json->parameters_type;
    PathParameters parameters = {0};
    if (type->kind != TYPE_ROW || argument_is_null(json->call, 2, row)) {
        return parameters;
    }
    const VectorView *view = &json->call->arguments[2];
    const JsonItem **items = arena_new_array(json->arena, const JsonItem *, type->child_count);
    for (int32_t i = 0; i < type->child_count; i++) {
        items[i] = json_item_of_value(json->call, json->arena, type->children[i],
                                      view->vector->children[i], view_index(view, row));
    }
    parameters.count = type->child_count;
    parameters.names = type->field_names;
    parameters.items = items;
    return parameters;
}

static RowOutcome evaluate_row(JsonCall *json, int32_t row, JsonSequence *ret_items,
                               RowProblem *ret_problem) {
    if (argument_is_null(json->call, 0, row)) {
        return ROW_IS_NULL;
    }
    const StringView *text = string_argument(json->call, 0, row);
    const JsonItem *context = json_item_parse(json->arena, string_data(text), text->length);
    if (context == NULL) {
        *ret_problem = (RowProblem){JSON_INPUT_CONVERSION_ERROR, "conversion to JSON failed: "};
        return ROW_FAILED;
    }
    PathParameters parameters = parameters_of(json, row);
    const char *problem;
    if (!json_path_evaluate(json->arena, json->path, context, &parameters, ret_items, &problem)) {
        *ret_problem =
            (RowProblem){PATH_EVALUATION_ERROR,
                         arena_printf(json->arena, "path evaluation failed: %s", problem)};
        return ROW_FAILED;
    }
    return ROW_HAS_ITEMS;
}

static void fail_row(JsonCall *json, int32_t row, const RowProblem *problem) {
    kernel_fail(json->call, row, problem->code, "%s", problem->message);
}

/* ---- json_exists ---- */

static Status json_exists(KernelCall *call) {
    JsonCall json = json_call_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        JsonSequence items;
        RowProblem problem;
        RowOutcome outcome = evaluate_row(&json, row, &items, &problem);
        int64_t behavior = bigint_argument(call, 3, row);
        if (outcome == ROW_HAS_ITEMS) {
            return_boolean(call, row, items.count > 0);
        } else if (outcome == ROW_IS_NULL || behavior == JSON_EXISTS_IS_UNKNOWN) {
            vector_set_null(call->result, row);
        } else if (behavior == JSON_EXISTS_FAILS) {
            fail_row(&json, row, &problem);
        } else {
            return_boolean(call, row, behavior == JSON_EXISTS_IS_TRUE);
        }
        arena_reset(json.arena);
    }
    arena_free(json.arena);
    return OK;
}

/* ---- json_value ---- */

enum { VALUE_ON_EMPTY = 3, VALUE_EMPTY_DEFAULT, VALUE_ON_ERROR, VALUE_ERROR_DEFAULT };

/* Casts a scalar item to the result's type and stores it; false when it cannot be. */
static bool store_scalar(JsonCall *json, int32_t row, const JsonItem *item) {
    KernelCall *call = json->call;
    const Type *type = call->result->type;
    OWNED_VECTOR *value = json_item_value(item);
    VectorView view = vector_view(value);
    OWNED_VECTOR *converted = vector_create(type, 1);
    if (value->type != type) {
        Context cx = {.arena = json->arena, .session = call->cx->session};
        Cast cast;
        RowErrors errors;
        if (!cast_exists(value->type, type) || cast_create(&cx, value->type, type, &cast) != OK) {
            return false;
        }
        row_errors_init(&errors, false);
        ResolvedFunction function = {.kind = FUNCTION_SCALAR,
                                     .name = "cast",
                                     .return_type = type,
                                     .argument_count = 1,
                                     .argument_types = (const Type *const[]){value->type}};
        KernelCall inner = {.cx = &cx,
                            .function = &function,
                            .state = cast.state,
                            .argument_count = 1,
                            .arguments = &view,
                            .result = converted,
                            .row_count = 1,
                            .errors = &errors};
        bool good = cast.kernel(&inner) == OK && row_errors_raise(&cx, &errors) == OK;
        row_errors_done(&errors);
        if (!good) {
            return false;
        }
        view = vector_view(converted);
    }
    vector_copy_value(call->result, row, view.vector, 0);
    return true;
}

static RowOutcome value_of_items(JsonCall *json, int32_t row, const JsonSequence *items,
                                 RowProblem *ret_problem) {
    *ret_problem = (RowProblem){
        JSON_VALUE_RESULT_ERROR,
        items->count > 1
            ? "cannot extract SQL scalar from JSON: JSON path found multiple items"
            : "cannot extract SQL scalar from JSON: JSON path found an item that cannot be "
              "converted to an SQL value"};
    if (items->count > 1 || items->items[0]->kind >= JSON_ITEM_ARRAY) {
        return ROW_FAILED;
    }
    if (items->items[0]->kind == JSON_ITEM_NULL) {
        return ROW_IS_NULL;
    }
    return store_scalar(json, row, items->items[0]) ? ROW_HAS_ITEMS : ROW_FAILED;
}

static void apply_value_behavior(JsonCall *json, int32_t row, int32_t behavior_argument,
                                 const RowProblem *problem) {
    KernelCall *call = json->call;
    int64_t behavior = bigint_argument(call, behavior_argument, row);
    const VectorView *fallback = &call->arguments[behavior_argument + 1];
    if (behavior == JSON_VALUE_FAILS) {
        fail_row(json, row, problem);
    } else if (behavior == JSON_VALUE_IS_DEFAULT && !view_is_null(fallback, row)) {
        vector_copy_value(call->result, row, fallback->vector, view_index(fallback, row));
    } else {
        vector_set_null(call->result, row);
    }
}

static Status json_value(KernelCall *call) {
    static const RowProblem empty = {
        JSON_VALUE_RESULT_ERROR, "cannot extract SQL scalar from JSON: JSON path found no items"};
    JsonCall json = json_call_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        JsonSequence items;
        RowProblem problem;
        RowOutcome outcome = evaluate_row(&json, row, &items, &problem);
        bool is_empty = outcome == ROW_HAS_ITEMS && items.count == 0;
        if (outcome == ROW_HAS_ITEMS && !is_empty) {
            outcome = value_of_items(&json, row, &items, &problem);
        }
        if (is_empty) {
            apply_value_behavior(&json, row, VALUE_ON_EMPTY, &empty);
        } else if (outcome == ROW_IS_NULL) {
            vector_set_null(call->result, row);
        } else if (outcome == ROW_FAILED) {
            apply_value_behavior(&json, row, VALUE_ON_ERROR, &problem);
        }
        arena_reset(json.arena);
    }
    arena_free(json.arena);
    return OK;
}

/* ---- json_query ---- */

enum { QUERY_WRAPPER = 3, QUERY_QUOTES, QUERY_ON_EMPTY, QUERY_ON_ERROR };

static void apply_query_behavior(JsonCall *json, int32_t row, int32_t argument,
                                 const RowProblem *problem) {
    int64_t behavior = bigint_argument(json->call, argument, row);
    if (behavior == JSON_QUERY_FAILS) {
        fail_row(json, row, problem);
    } else if (behavior == JSON_QUERY_IS_NULL) {
        vector_set_null(json->call->result, row);
    } else {
        return_string(json->call, row, behavior == JSON_QUERY_IS_ARRAY ? "[]" : "{}", 2);
    }
}

/* Wrapped items, or the only one; false when there are several. */
static bool append_items(const JsonCall *json, int32_t row, const JsonSequence *items,
                         ByteString *out) {
    int64_t wrapper = bigint_argument(json->call, QUERY_WRAPPER, row);
    bool is_structure = items->count == 1 && items->items[0]->kind >= JSON_ITEM_ARRAY;
    bool wrap =
        wrapper == JSON_IS_WRAPPED || (wrapper == JSON_IS_WRAPPED_IF_NEEDED && !is_structure);
    if (!wrap && items->count > 1) {
        return false;
    }
    const JsonItem *first = items->items[0];
    if (!wrap && first->kind == JSON_ITEM_STRING &&
        bigint_argument(json->call, QUERY_QUOTES, row) == JSON_QUOTES_OMITTED) {
        byte_string_append(out, first->text, first->size);
        return true;
    }
    byte_string_append_text(out, wrap ? "[" : "");
    for (int32_t i = 0; i < items->count; i++) {
        byte_string_append_text(out, i > 0 ? "," : "");
        json_item_append(items->items[i], out);
    }
    byte_string_append_text(out, wrap ? "]" : "");
    return true;
}

static Status json_query(KernelCall *call) {
    static const RowProblem empty = {JSON_OUTPUT_CONVERSION_ERROR,
                                     "conversion from JSON failed: JSON path found no items"};
    static const RowProblem multiple = {
        JSON_OUTPUT_CONVERSION_ERROR,
        "conversion from JSON failed: JSON path found multiple items"};
    JsonCall json = json_call_start(call);
    ByteString text = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        JsonSequence items;
        RowProblem problem;
        RowOutcome outcome = evaluate_row(&json, row, &items, &problem);
        text.size = 0;
        if (outcome == ROW_IS_NULL) {
            vector_set_null(call->result, row);
        } else if (outcome == ROW_FAILED) {
            apply_query_behavior(&json, row, QUERY_ON_ERROR, &problem);
        } else if (items.count == 0) {
            apply_query_behavior(&json, row, QUERY_ON_EMPTY, &empty);
        } else if (append_items(&json, row, &items, &text)) {
            return_string(call, row, byte_string_text(&text), text.size);
        } else {
            apply_query_behavior(&json, row, QUERY_ON_ERROR, &multiple);
        }
        arena_reset(json.arena);
    }
    byte_string_done(&text);
    arena_free(json.arena);
    return OK;
}

/* ---- constructors ---- */

static const JsonItem *field_item(KernelCall *call, Arena *arena, int32_t field, int32_t row) {
    const VectorView *view = &call->arguments[0];
    return json_item_of_value(call, arena, call->function->argument_types[0]->children[field],
                              view->vector->children[field], view_index(view, row));
}

static Status json_array(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    ByteString text = {0};
    const Type *type = call->function->argument_types[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        bool null_on_null = KERNEL_ARGUMENT(call, 1, uint8_t, row);
        text.size = 0;
        byte_string_append_char(&text, '[');
        for (int32_t i = 0; i < type->child_count; i++) {
            const VectorView *view = &call->arguments[0];
            bool null = vector_is_null(view->vector->children[i], view_index(view, row));
            if (null && !null_on_null) {
                continue;
            }
            byte_string_append_text(&text, text.size > 1 ? "," : "");
            json_item_append(field_item(call, arena, i, row), &text);
        }
        byte_string_append_char(&text, ']');
        return_string(call, row, text.data, text.size);
        arena_reset(arena);
    }
    byte_string_done(&text);
    arena_free(arena);
    return OK;
}

/* java.util.HashMap's spread of String.hashCode. */
static uint32_t java_hash(const JsonItem *name) {
    uint32_t hash = 0;
    for (size_t at = 0; at < name->size;) {
        int32_t c = utf8_next(name->text, name->size, &at);
        if (c >= 0x10000) {
            hash = hash * 31 + (uint32_t)(0xD800 + ((c - 0x10000) >> 10));
            c = 0xDC00 + ((c - 0x10000) & 0x3FF);
        }
        hash = hash * 31 + (uint32_t)c;
    }
    return hash ^ hash >> 16;
}

/* Members in the order in which a HashMap of their number iterates: by bucket, then by insertion.
 */
static void order_members(JsonItem *object) {
    uint32_t buckets = 16;
    while ((uint32_t)object->count * 4 > buckets * 3) {
        buckets *= 2;
    }
    for (int32_t i = 1; i < object->count; i++) {
        const JsonItem *name = object->names[i], *item = object->items[i];
        uint32_t bucket = java_hash(name) & (buckets - 1);
        int32_t at = i;
        for (; at > 0 && (java_hash(object->names[at - 1]) & (buckets - 1)) > bucket; at--) {
            object->names[at] = object->names[at - 1];
            object->items[at] = object->items[at - 1];
        }
        object->names[at] = name;
        object->items[at] = item;
    }
}

/* Adds a member; false when the name is there already. */
static bool add_member(JsonItem *object, const JsonItem *name, const JsonItem *value) {
    if (json_item_member(object, name->text, name->size) != NULL) {
        return false;
    }
    object->names[object->count] = name;
    object->items[object->count++] = value;
    return true;
}

/* The object of a row; NULL when the row has failed. */
static const JsonItem *object_of_row(KernelCall *call, Arena *arena, int32_t row) {
    const VectorView *view = &call->arguments[0];
    bool null_on_null = KERNEL_ARGUMENT(call, 1, uint8_t, row);
    bool unique = KERNEL_ARGUMENT(call, 2, uint8_t, row);
    int32_t members = call->function->argument_types[0]->child_count / 2;
    JsonItem *object = arena_new(arena, JsonItem);
    object->kind = JSON_ITEM_OBJECT;
    object->items = arena_new_array(arena, const JsonItem *, members + 1);
    object->names = arena_new_array(arena, const JsonItem *, members + 1);
    for (int32_t i = 0; i < members; i++) {
        const JsonItem *name = field_item(call, arena, 2 * i, row);
        if (name->kind != JSON_ITEM_STRING) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "null value passed for JSON object key to JSON_OBJECT function");
            return NULL;
        }
        bool null = vector_is_null(view->vector->children[2 * i + 1], view_index(view, row));
        if (null && !null_on_null) {
            continue;
        }
        if (!add_member(object, name, field_item(call, arena, 2 * i + 1, row))) {
            kernel_fail(call, row, unique ? INVALID_FUNCTION_ARGUMENT : NOT_SUPPORTED, "%s",
                        unique ? "duplicate key passed to JSON_OBJECT function"
                               : "cannot construct a JSON object with duplicate key");
            return NULL;
        }
    }
    order_members(object);
    return object;
}

static Status json_object(KernelCall *call) {
    Arena *arena = arena_create(NULL);
    ByteString text = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const JsonItem *object = object_of_row(call, arena, row);
        text.size = 0;
        if (object != NULL) {
            json_item_append(object, &text);
            return_string(call, row, text.data, text.size);
        }
        arena_reset(arena);
    }
    byte_string_done(&text);
    arena_free(arena);
    return OK;
}

#define FLAGS (FUNCTION_HIDDEN | FUNCTION_CALLED_WITH_NULL)

const ScalarFunction json_2016_functions[] = {
    {"$json_exists", "<T,P>(T, varchar, P, bigint) -> boolean", json_exists, FLAGS, NULL,
     prepare_path},
    {"$json_value", "<T,P,R>(T, varchar, P, bigint, R, bigint, R) -> R", json_value, FLAGS, NULL,
     prepare_path},
    {"$json_query", "<T,P>(T, varchar, P, bigint, bigint, bigint, bigint) -> varchar", json_query,
     FLAGS, NULL, prepare_path},
    {"$json_object", "<R>(R, boolean, boolean) -> varchar", json_object, FLAGS},
    {"$json_array", "<R>(R, boolean) -> varchar", json_array, FLAGS},
    {NULL},
};
