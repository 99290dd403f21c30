/*
 * regexp_replace: with a replacement text ($1, ${name}, backslash escapes), and with a lambda that
 * is called once for all matches of all rows.
 */
#include <ctype.h>

#include "base/buffer.h"
#include "function/scalar/elements.h"
#include "function/scalar/regexp.h"
#include "function/scalar/utf8.h"

static void append_group(ByteString *out, const char *text, const OnigRegion *region, int group) {
    if (region->beg[group] >= 0) {
        byte_string_append(out, text + region->beg[group],
                           (size_t)(region->end[group] - region->beg[group]));
    }
}

/* ---- replacement texts ---- */

/* The group that a reference after the dollar at *at names, moving past it; -1 when the row has
 * failed. */
static int reference(KernelCall *call, int32_t row, regex_t *pattern, const StringView *view,
                     size_t *at) {
    const char *text = string_data(view);
    int groups = onig_number_of_captures(pattern);
    if (*at < view->length && isdigit((unsigned char)text[*at])) {
        int group = text[(*at)++] - '0';
        if (group > groups) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "Illegal replacement sequence: unknown group %d", group);
            return -1;
        }
        while (*at < view->length && isdigit((unsigned char)text[*at]) &&
               group * 10 + text[*at] - '0' <= groups) {
            group = group * 10 + text[(*at)++] - '0';
        }
        return group;
    }
    const char *close =
        *at < view->length && text[*at] == '{' ? memchr(text + *at, '}', view->length - *at) : NULL;
    if (close == NULL) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Illegal replacement sequence: %.*s",
                    (int)view->length, text);
        return -1;
    }
    const char *name = text + *at + 1;
    int *numbers;
    int count = onig_name_to_group_numbers(pattern, (const OnigUChar *)name,
                                           (const OnigUChar *)close, &numbers);
    if (count < 1) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "Illegal replacement sequence: unknown group { %.*s }", (int)(close - name),
                    name);
        return -1;
    }
    *at = (size_t)(close + 1 - text);
    return numbers[count - 1];
}

/* Appends the replacement of the match in the region; false when the row has failed. */
static bool append_replacement(RegexpCall *regexp, int32_t row, regex_t *pattern, const char *text,
                               const StringView *replacement, ByteString *out) {
    const char *by = string_data(replacement);
    for (size_t at = 0; at < replacement->length;) {
        if (by[at] == '$') {
            at++;
            int group = reference(regexp->call, row, pattern, replacement, &at);
            if (group < 0) {
                return false;
            }
            append_group(out, text, regexp->region, group);
            continue;
        }
        if (by[at] == '\\') {
            at++;
            if (at == replacement->length || (by[at] != '$' && by[at] != '\\')) {
                kernel_fail(regexp->call, row, INVALID_FUNCTION_ARGUMENT,
                            "Illegal replacement sequence: %.*s", (int)replacement->length, by);
                return false;
            }
        }
        byte_string_append_char(out, by[at++]);
    }
    return true;
}

static Status regexp_replace(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    StringView nothing = string_view("", 0);
    ByteString out = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const StringView *by = call->argument_count > 2 ? string_argument(call, 2, row) : &nothing;
        const char *text = string_data(view);
        regex_t *pattern = regexp_of_row(&regexp, row);
        bool good = pattern != NULL;
        size_t from = 0, last = 0;
        out.size = 0;
        while (good && regexp_search(&regexp, pattern, text, view->length, from)) {
            from = regexp_next_start(&regexp, text, view->length);
            byte_string_append(&out, text + last, (size_t)regexp.region->beg[0] - last);
            last = (size_t)regexp.region->end[0];
            good = append_replacement(&regexp, row, pattern, text, by, &out);
        }
        byte_string_append(&out, text + last, view->length - last);
        return_string(call, row, out.data != NULL ? out.data : "", out.size);
    }
    byte_string_done(&out);
    return OK;
}

/* ---- lambdas ---- */

/* All matches of the call: groups as arrays for the lambda, byte ranges, rows. */
typedef struct Matches {
    ElementRows parents, begins, ends;
    Vector *groups; /* array(varchar) */
} Matches;

static void matches_done(Matches *matches) {
    element_rows_done(&matches->parents);
    element_rows_done(&matches->begins);
    element_rows_done(&matches->ends);
    vector_unref(matches->groups);
}

static void add_match(Matches *matches, int32_t row, const char *text, const OnigRegion *region) {
    Vector *values = matches->groups->children[0];
    int32_t start = values->length, list = list_grow(matches->groups);
    for (int group = 1; group < region->num_regs; group++) {
        int32_t element = list_grow(values);
        if (region->beg[group] >= 0) {
            vector_set_string(values, element, text + region->beg[group],
                              (size_t)(region->end[group] - region->beg[group]));
        } else {
            VECTOR_DATA(values, StringView)[element] = string_view("", 0);
            vector_set_null(values, element);
        }
    }
    VECTOR_DATA(matches->groups, ListEntry)[list] = (ListEntry){start, values->length - start};
    element_rows_add(&matches->parents, row);
    element_rows_add(&matches->begins, region->beg[0]);
    element_rows_add(&matches->ends, region->end[0]);
}

static Status regexp_replace_by_lambda(KernelCall *call) {
    REGEXP_CALL regexp = regexp_start(call);
    __attribute__((cleanup(matches_done)))
    Matches matches = {.groups = vector_create(type_array(type_varchar_unbounded()), 0)};
    OWNED_VECTOR *values = NULL;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        regex_t *pattern = regexp_of_row(&regexp, row);
        size_t from = 0;
        while (pattern != NULL && regexp_search(&regexp, pattern, text, view->length, from)) {
            add_match(&matches, row, text, regexp.region);
            from = regexp_next_start(&regexp, text, view->length);
        }
    }
    int32_t count = matches.parents.count, at = 0;
    TRY(kernel_call_lambda(call, 2, &matches.groups, 1, matches.parents.rows, count, &values));
    VectorView view = vector_view(values);
    ByteString out = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *source = string_argument(call, 0, row);
        const char *text = string_data(source);
        int32_t last = 0;
        bool null = false;
        out.size = 0;
        for (; at < count && matches.parents.rows[at] == row; at++) {
            null = null || view_is_null(&view, at);
            if (!null) {
                const StringView *value = &VIEW_VALUE(&view, StringView, at);
                byte_string_append(&out, text + last, (size_t)(matches.begins.rows[at] - last));
                byte_string_append(&out, string_data(value), value->length);
                last = matches.ends.rows[at];
            }
        }
        byte_string_append(&out, text + last, source->length - (uint32_t)last);
        return_string(call, row, out.data != NULL ? out.data : "", out.size);
        if (null) {
            vector_set_null(call->result, row);
        }
    }
    byte_string_done(&out);
    return OK;
}

const ScalarFunction regexp_replace_functions[] = {
    {"regexp_replace", "(varchar(x), joniregexp) -> varchar(x)", regexp_replace, 0,
     "Removes substrings matching a regular expression", regexp_prepare},
    {"regexp_replace",
     "<z = min(2147483647, x + max(x * y / 2, y) * (x + 1))>"
     "(varchar(x), joniregexp, varchar(y)) -> varchar(z)",
     regexp_replace, 0, "Replaces substrings matching a regular expression by given string",
     regexp_prepare},
    {"regexp_replace", "(varchar, joniregexp, function(array(varchar),varchar(x))) -> varchar",
     regexp_replace_by_lambda, FUNCTION_MAY_RETURN_NULL,
     "Replaces substrings matching a regular expression using a lambda function", regexp_prepare},
    {NULL},
};
