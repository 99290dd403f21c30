/*
 * date_format, date_parse, format_datetime, parse_datetime: kernels over compiled patterns. A
 * constant pattern is compiled once; other patterns are compiled for each row into an arena of the
 * call.
 */
#include "function/scalar/arguments.h"
#include "function/scalar/datetime_pattern.h"

typedef DateTimePattern *(*PatternCompiler)(Arena *arena, const char *text, size_t size,
                                            const char **ret_problem);

static bool is_mysql(const ResolvedFunction *function) {
    return strncmp(function->name, "date_", 5) == 0;
}

static DateTimePattern *compile(const ResolvedFunction *function, Arena *arena,
                                const StringView *text, const char **ret_problem) {
    PatternCompiler compiler = is_mysql(function) ? pattern_of_mysql : pattern_of_joda;
    return compiler(arena, string_data(text), text->length, ret_problem);
}

static Status prepare_pattern(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Vector *constant = constant_argument(binding, 1);
    const char *problem;
    *ret_state = constant == NULL ? NULL
                                  : compile(binding->function, cx->arena,
                                            VECTOR_DATA(constant, StringView), &problem);
    return OK;
}

/* NULL when the row has failed. */
static const DateTimePattern *pattern_of_row(KernelCall *call, int32_t row, Arena *arena) {
    if (call->state != NULL) {
        return call->state;
    }
    const char *problem = NULL;
    const DateTimePattern *pattern =
        compile(call->function, arena, string_argument(call, 1, row), &problem);
    if (pattern == NULL) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
    }
    return pattern;
}

static Status format_moments(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    Arena *arena = arena_create(NULL);
    ByteString text = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const DateTimePattern *pattern = pattern_of_row(call, row, arena);
        if (pattern == NULL) {
            continue;
        }
        if (type->kind == TYPE_TIMESTAMP && pattern_has_zone(pattern)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "format_datetime for TIMESTAMP type, cannot use 'Z' nor 'z' in format, as "
                        "this type does not contain TZ information");
            continue;
        }
        Moment moment = moment_at(&call->arguments[0], type, row);
        text.size = 0;
        pattern_print(pattern, &moment, type->kind == TYPE_TIMESTAMP_TZ, &text);
        return_string(call, row, text.data != NULL ? text.data : "", text.size);
    }
    byte_string_done(&text);
    arena_free(arena);
    return OK;
}

static Status parse_moments(KernelCall *call) {
    bool instant = call->result->type->kind == TYPE_TIMESTAMP_TZ;
    const Session *session = call->cx->session;
    Arena *arena = arena_create(NULL);
    KERNEL_FOR_EACH_ROW(call, row) {
        const DateTimePattern *pattern = pattern_of_row(call, row, arena);
        if (pattern == NULL) {
            continue;
        }
        const StringView *text = string_argument(call, 0, row);
        Moment moment = {.zone = session != NULL ? session->time_zone_key : 0};
        const char *problem =
            pattern_parse(pattern, arena, string_data(text), text->length, instant, &moment);
        if (problem == NULL && !moment_store(call->result, row, &moment)) {
            problem = "timestamp out of range";
        }
        if (problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
        }
    }
    arena_free(arena);
    return OK;
}

#define SESSION FUNCTION_SESSION_DEPENDENT

const ScalarFunction datetime_format_functions[] = {
    {"date_format", "(timestamp(p), varchar(x)) -> varchar", format_moments, 0,
     "Formats the given timestamp by the given format", prepare_pattern},
    {"date_format", "(timestamp(p) with time zone, varchar(x)) -> varchar", format_moments, 0,
     "Formats the given timestamp by the given format", prepare_pattern},
    {"date_parse", "(varchar(x), varchar(y)) -> timestamp(3)", parse_moments, 0, NULL,
     prepare_pattern},
    {"format_datetime", "(timestamp(p), varchar(x)) -> varchar", format_moments, 0,
     "Formats the given time by the given format", prepare_pattern},
    {"format_datetime", "(timestamp(p) with time zone, varchar(x)) -> varchar", format_moments, 0,
     "Formats the given time by the given format", prepare_pattern},
    {"parse_datetime", "(varchar(x), varchar(y)) -> timestamp(3) with time zone", parse_moments,
     SESSION, "Parses the specified date/time by the given format", prepare_pattern},
    {NULL},
};
