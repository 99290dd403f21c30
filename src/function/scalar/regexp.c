/*
 * Compiling and searching, and the functions that only look: regexp_like, regexp_extract,
 * regexp_count, regexp_position, regexp_extract_all, regexp_split.
 */
#include "function/scalar/regexp.h"

#include <pthread.h>

#include "function/scalar/arguments.h"
#include "function/scalar/list_result.h"
#include "function/scalar/utf8.h"

static pthread_once_t initialized = PTHREAD_ONCE_INIT;

static OnigSyntaxType syntax;

/* Java's syntax, with named groups, and with \w, \d and \s that know only ASCII. */
static void initialize(void) {
    OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
    onig_initialize(encodings, 1);
    onig_copy_syntax(&syntax, ONIG_SYNTAX_JAVA);
    onig_set_syntax_op2(&syntax, onig_get_syntax_op2(&syntax) | ONIG_SYN_OP2_QMARK_LT_NAMED_GROUP);
}

/* ONIG_NORMAL or an error code. */
static int compile(const StringView *text, regex_t **ret_pattern, OnigErrorInfo *ret_info) {
    pthread_once(&initialized, initialize);
    const OnigUChar *bytes = (const OnigUChar *)string_data(text);
    OnigOptionType options =
        ONIG_OPTION_WORD_IS_ASCII | ONIG_OPTION_DIGIT_IS_ASCII | ONIG_OPTION_SPACE_IS_ASCII;
    return onig_new(ret_pattern, bytes, bytes + text->length, options, ONIG_ENCODING_UTF8, &syntax,
                    ret_info);
}

static void free_pattern(void *pattern) {
    onig_free(pattern);
}

Status regexp_prepare(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Vector *constant = constant_argument(binding, 1);
    regex_t *pattern = NULL;
    OnigErrorInfo info;
    *ret_state = NULL;
    if (constant != NULL &&
        compile(VECTOR_DATA(constant, StringView), &pattern, &info) == ONIG_NORMAL) {
        arena_on_free(cx->arena, free_pattern, pattern);
        *ret_state = pattern;
    }
    return OK;
}

RegexpCall regexp_start(KernelCall *call) {
    return (RegexpCall){.call = call, .constant = call->state, .region = onig_region_new()};
}

void regexp_done(RegexpCall *regexp) {
    if (regexp->current != NULL) {
        onig_free(regexp->current);
    }
    onig_region_free(regexp->region, 1);
}

regex_t *regexp_of_row(RegexpCall *regexp, int32_t row) {
    if (regexp->constant != NULL) {
        return regexp->constant;
    }
    const StringView *text = string_argument(regexp->call, 1, row);
    if (regexp->current != NULL && string_equal(text, &regexp->current_text)) {
        return regexp->current;
    }
    if (regexp->current != NULL) {
        onig_free(regexp->current);
        regexp->current = NULL;
    }
    OnigErrorInfo info;
    int code = compile(text, &regexp->current, &info);
    if (code != ONIG_NORMAL) {
        OnigUChar message[ONIG_MAX_ERROR_MESSAGE_LEN + 1];
        int length = onig_error_code_to_str(message, code, &info);
        kernel_fail(regexp->call, row, INVALID_FUNCTION_ARGUMENT, "%.*s", length,
                    (const char *)message);
        regexp->current = NULL;
        return NULL;
    }
    regexp->current_text = *text;
    return regexp->current;
}

bool regexp_search(RegexpCall *regexp, regex_t *pattern, const char *text, size_t size,
                   size_t from) {
    const OnigUChar *bytes = (const OnigUChar *)text, *end = bytes + size;
    return from <= size && onig_search(pattern, bytes, end, bytes + from, end, regexp->region,
                                       ONIG_OPTION_NONE) >= 0;
}

size_t regexp_next_start(const RegexpCall *regexp, const char *text, size_t size) {
    size_t begin = (size_t)regexp->region->beg[0], end = (size_t)regexp->region->end[0];
    if (end > begin) {
        return end;
    }
    return begin < size ? begin + utf8_width((unsigned char)text[begin]) : begin + 1;
}

/* ---- looking ---- */

static Status regexp_like(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        regex_t *pattern = regexp_of_row(&regexp, row);
        if (pattern != NULL) {
            return_boolean(call, row,
                           regexp_search(&regexp, pattern, string_data(view), view->length, 0));
        }
    }
    return OK;
}

/* Checks the group argument (number 2); -1 when the row has failed. */
static int32_t group_argument(KernelCall *call, int32_t row, regex_t *pattern) {
    int64_t group = call->argument_count > 2 ? bigint_argument(call, 2, row) : 0;
    int32_t groups = onig_number_of_captures(pattern);
    if (group < 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Group cannot be negative");
        return -1;
    }
    if (group > groups) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "Pattern has %d groups. Cannot access group %ld", groups, (long)group);
        return -1;
    }
    return (int32_t)group;
}

static Status regexp_extract(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    vector_share_heaps(call->result, call->arguments[0].vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        regex_t *pattern = regexp_of_row(&regexp, row);
        int32_t group = pattern != NULL ? group_argument(call, row, pattern) : -1;
        if (group < 0) {
            continue;
        }
        const OnigRegion *region = regexp.region;
        if (regexp_search(&regexp, pattern, text, view->length, 0) && region->beg[group] >= 0) {
            KERNEL_RESULT(call, StringView)
            [row] = string_view(text + region->beg[group],
                                (size_t)(region->end[group] - region->beg[group]));
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

static Status regexp_extract_all(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    Vector *elements = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        regex_t *pattern = regexp_of_row(&regexp, row);
        int32_t group = pattern != NULL ? group_argument(call, row, pattern) : -1;
        int32_t start = elements->length;
        size_t from = 0;
        while (group >= 0 && regexp_search(&regexp, pattern, text, view->length, from)) {
            const OnigRegion *region = regexp.region;
            if (region->beg[group] >= 0) {
                list_append_string(elements, text + region->beg[group],
                                   (size_t)(region->end[group] - region->beg[group]));
            } else {
                int32_t element = list_grow(elements);
                VECTOR_DATA(elements, StringView)[element] = string_view("", 0);
                vector_set_null(elements, element);
            }
            from = regexp_next_start(&regexp, text, view->length);
        }
        list_finish(call, row, start);
    }
    return OK;
}

static Status regexp_split(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    Vector *elements = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        regex_t *pattern = regexp_of_row(&regexp, row);
        int32_t start = elements->length;
        size_t from = 0, last = 0;
        while (pattern != NULL && regexp_search(&regexp, pattern, text, view->length, from)) {
            from = regexp_next_start(&regexp, text, view->length);
            list_append_string(elements, text + last, (size_t)regexp.region->beg[0] - last);
            last = (size_t)regexp.region->end[0];
        }
        list_append_string(elements, text + last, view->length - last);
        list_finish(call, row, start);
    }
    return OK;
}

static Status regexp_count(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        regex_t *pattern = regexp_of_row(&regexp, row);
        int64_t count = 0;
        size_t from = 0;
        while (pattern != NULL && regexp_search(&regexp, pattern, text, view->length, from)) {
            from = regexp_next_start(&regexp, text, view->length);
            count++;
        }
        KERNEL_RESULT(call, int64_t)[row] = count;
    }
    return OK;
}

/* Position in code points of the occurrence, -1 when there are fewer. */
static int32_t find_occurrence(RegexpCall *regexp, regex_t *pattern, const StringView *view,
                               int32_t start, int32_t occurrence) {
    const char *text = string_data(view);
    if (start > utf8_count(text, view->length)) {
        return -1;
    }
    size_t from = utf8_offset(text, view->length, start - 1);
    while (regexp_search(regexp, pattern, text, view->length, from)) {
        if (--occurrence == 0) {
            return (int32_t)utf8_count(text, (size_t)regexp->region->beg[0]) + 1;
        }
        from = regexp_next_start(regexp, text, view->length);
    }
    return -1;
}

static Status regexp_position(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = call->argument_count > 2 ? KERNEL_ARGUMENT(call, 2, int32_t, row) : 1;
        int32_t occurrence = call->argument_count > 3 ? KERNEL_ARGUMENT(call, 3, int32_t, row) : 1;
        regex_t *pattern = regexp_of_row(&regexp, row);
        if (start < 1 || occurrence < 1) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s cannot be smaller than 1",
                        start < 1 ? "start position" : "occurrence");
        } else if (pattern != NULL) {
            KERNEL_RESULT(call, int32_t)
            [row] =
                find_occurrence(&regexp, pattern, string_argument(call, 0, row), start, occurrence);
        }
    }
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL
#define P regexp_prepare

const ScalarFunction regexp_functions[] = {
    {"regexp_like", "(varchar(x), joniregexp) -> boolean", regexp_like, 0,
     "Returns whether the pattern is contained within the string", P},
    {"regexp_extract", "(varchar(x), joniregexp) -> varchar(x)", regexp_extract, NULLABLE,
     "String extracted using the given pattern", P},
    {"regexp_extract", "(varchar(x), joniregexp, bigint) -> varchar(x)", regexp_extract, NULLABLE,
     "Returns regex group of extracted string with a pattern", P},
    {"regexp_extract_all", "(varchar(x), joniregexp) -> array(varchar(x))", regexp_extract_all, 0,
     "String(s) extracted using the given pattern", P},
    {"regexp_extract_all", "(varchar(x), joniregexp, bigint) -> array(varchar(x))",
     regexp_extract_all, 0, "Group(s) extracted using the given pattern", P},
    {"regexp_split", "(varchar(x), joniregexp) -> array(varchar(x))", regexp_split, 0,
     "Returns array of strings split by pattern", P},
    {"regexp_count", "(varchar(x), joniregexp) -> bigint", regexp_count, 0,
     "Returns the number of times that a pattern occurs in a string", P},
    {"regexp_position", "(varchar(x), joniregexp) -> integer", regexp_position, 0,
     "Returns the index of the matched substring", P},
    {"regexp_position", "(varchar(x), joniregexp, integer) -> integer", regexp_position, 0,
     "Returns the index of the matched substring starting from the specified position", P},
    {"regexp_position", "(varchar(x), joniregexp, integer, integer) -> integer", regexp_position, 0,
     "Returns the index of the n-th matched substring starting from the specified position", P},
    {NULL},
};
