/*
 * Looking for strings in strings: strpos, starts_with, replace, translate, and the functions that
 * split.
 */
#include "function/scalar/arguments.h"
#include "function/scalar/list_result.h"
#include "function/scalar/utf8.h"

/* Offset of `needle` in text[from..size), -1 when it is not there. */
static int64_t find(const char *text, size_t size, size_t from, const StringView *needle) {
    if (from > size) {
        return -1;
    }
    const char *found = memmem(text + from, size - from, string_data(needle), needle->length);
    return found != NULL ? found - text : -1;
}

static int64_t find_last(const char *text, size_t size, const StringView *needle) {
    for (int64_t at = (int64_t)size - needle->length; at >= 0; at--) {
        if (memcmp(text + at, string_data(needle), needle->length) == 0) {
            return at;
        }
    }
    return -1;
}

/* ---- position ---- */

static int64_t find_instance(const char *text, size_t size, const StringView *needle,
                             int64_t instance) {
    int64_t at = -1;
    if (instance > 0) {
        for (size_t from = 0; instance > 0; instance--, from = (size_t)at + 1) {
            at = find(text, size, from, needle);
            if (at < 0) {
                return -1;
            }
        }
        return at;
    }
    for (size_t end = size; instance < 0; instance++) {
        at = find_last(text, end, needle);
        if (at < 0) {
            return -1;
        }
        end = (size_t)at + needle->length - 1;
    }
    return at;
}

static Status strpos(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const StringView *needle = string_argument(call, 1, row);
        int64_t instance = call->argument_count > 2 ? bigint_argument(call, 2, row) : 1;
        const char *text = string_data(view);
        if (instance == 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "'instance' must be a positive or negative number.");
            continue;
        }
        int64_t at = needle->length == 0 ? 0 : find_instance(text, view->length, needle, instance);
        KERNEL_RESULT(call, int64_t)[row] = at < 0 ? 0 : utf8_count(text, (size_t)at) + 1;
    }
    return OK;
}

static Status starts_with(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const StringView *prefix = string_argument(call, 1, row);
        return_boolean(call, row,
                       view->length >= prefix->length &&
                           memcmp(string_data(view), string_data(prefix), prefix->length) == 0);
    }
    return OK;
}

/* ---- replacing ---- */

/* An empty search string inserts the replacement before every code point and at the end. */
static void insert_everywhere(KernelCall *call, int32_t row, const StringView *view,
                              const StringView *by) {
    const char *text = string_data(view);
    size_t count = (size_t)utf8_count(text, view->length), at = 0, written = 0;
    char *bytes = vector_reserve_string(call->result, view->length + (count + 1) * by->length);
    while (at < view->length) {
        size_t width = utf8_width((unsigned char)text[at]);
        width = width < view->length - at ? width : view->length - at;
        memcpy(bytes + written, string_data(by), by->length);
        memcpy(bytes + written + by->length, text + at, width);
        written += by->length + width;
        at += width;
    }
    memcpy(bytes + written, string_data(by), by->length);
    vector_finish_string(call->result, row, bytes, written + by->length);
}

static void replace_all(KernelCall *call, int32_t row, const StringView *view,
                        const StringView *search, const StringView *by) {
    const char *text = string_data(view);
    size_t count = 0, at = 0, written = 0;
    int64_t found;
    while ((found = find(text, view->length, at, search)) >= 0) {
        count++;
        at = (size_t)found + search->length;
    }
    char *bytes = vector_reserve_string(call->result,
                                        view->length + count * by->length - count * search->length);
    at = 0;
    while (count > 0 && (found = find(text, view->length, at, search)) >= 0) {
        memcpy(bytes + written, text + at, (size_t)found - at);
        written += (size_t)found - at;
        memcpy(bytes + written, string_data(by), by->length);
        written += by->length;
        at = (size_t)found + search->length;
    }
    memcpy(bytes + written, text + at, view->length - at);
    vector_finish_string(call->result, row, bytes, written + view->length - at);
}

static Status replace(KernelCall *call) {
    StringView nothing = string_view("", 0);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const StringView *search = string_argument(call, 1, row);
        const StringView *by = call->argument_count > 2 ? string_argument(call, 2, row) : &nothing;
        if (search->length == 0) {
            insert_everywhere(call, row, view, by);
        } else {
            replace_all(call, row, view, search, by);
        }
    }
    return OK;
}

/* The code point that takes the place of c, -1 to drop it. */
static int32_t translated(int32_t c, const StringView *from, const StringView *to) {
    size_t from_at = 0, to_at = 0;
    while (from_at < from->length) {
        int32_t candidate = utf8_next(string_data(from), from->length, &from_at);
        int32_t replacement =
            to_at < to->length ? utf8_next(string_data(to), to->length, &to_at) : -1;
        if (candidate == c) {
            return replacement;
        }
    }
    return c;
}

static Status translate(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        char *bytes = vector_reserve_string(call->result, (size_t)view->length * 4);
        size_t written = 0;
        for (size_t at = 0; at < view->length;) {
            int32_t c = translated(utf8_next(text, view->length, &at),
                                   string_argument(call, 1, row), string_argument(call, 2, row));
            written += c >= 0 ? utf8_put(c, bytes + written) : 0;
        }
        vector_finish_string(call->result, row, bytes, written);
    }
    return OK;
}

/* ---- splitting ---- */

static Status split(KernelCall *call) {
    Vector *parts = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const StringView *delimiter = string_argument(call, 1, row);
        int64_t limit = call->argument_count > 2 ? bigint_argument(call, 2, row) : INT64_MAX;
        const char *text = string_data(view);
        int32_t start = parts->length;
        if (limit <= 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Limit must be positive");
            continue;
        }
        if (delimiter->length == 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                        "The delimiter may not be the empty string");
            continue;
        }
        size_t at = 0;
        int64_t found;
        while (--limit > 0 && (found = find(text, view->length, at, delimiter)) >= 0) {
            list_append_string(parts, text + at, (size_t)found - at);
            at = (size_t)found + delimiter->length;
        }
        list_append_string(parts, text + at, view->length - at);
        list_finish(call, row, start);
    }
    return OK;
}

/* The bytes of part `index` (1-based); false when there is no such part. */
static bool find_field(const StringView *view, const StringView *delimiter, int64_t index,
                       size_t *ret_from, size_t *ret_to) {
    const char *text = string_data(view);
    if (delimiter->length == 0) {
        *ret_from = utf8_offset(text, view->length, index - 1);
        *ret_to =
            *ret_from < view->length ? *ret_from + utf8_width((unsigned char)text[*ret_from]) : 0;
        return *ret_from < view->length;
    }
    size_t at = 0;
    for (;; index--) {
        int64_t found = find(text, view->length, at, delimiter);
        *ret_from = at;
        *ret_to = found < 0 ? view->length : (size_t)found;
        if (index == 1) {
            return true;
        }
        if (found < 0) {
            return false;
        }
        at = (size_t)found + delimiter->length;
    }
}

static Status split_part(KernelCall *call) {
    vector_share_heaps(call->result, call->arguments[0].vector);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        int64_t index = bigint_argument(call, 2, row);
        size_t from, to;
        if (index <= 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Index must be greater than zero");
        } else if (find_field(view, string_argument(call, 1, row), index, &from, &to)) {
            KERNEL_RESULT(call, StringView)
            [row] = string_view(string_data(view) + from, to - from);
        } else {
            vector_set_null(call->result, row);
        }
    }
    return OK;
}

/* ---- splitting into maps ---- */

static bool check_delimiters(KernelCall *call, int32_t row) {
    const StringView *entry = string_argument(call, 1, row), *pair = string_argument(call, 2, row);
    const char *problem = entry->length == 0  ? "entryDelimiter is empty"
                          : pair->length == 0 ? "keyValueDelimiter is empty"
                          : string_equal(entry, pair)
                              ? "entryDelimiter and keyValueDelimiter must not be the same"
                              : NULL;
    if (problem != NULL) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
    }
    return problem == NULL;
}

/* Index of the key among keys[start..), -1 when it is new. */
static int32_t find_key(const Vector *keys, int32_t start, const StringView *key) {
    for (int32_t i = start; i < keys->length; i++) {
        if (string_equal(&VECTOR_DATA(keys, StringView)[i], key)) {
            return i;
        }
    }
    return -1;
}

/* Cuts the pair that starts at *at into key and value and moves past it. False: the row has failed.
 */
static bool next_pair(KernelCall *call, int32_t row, size_t *at, StringView *ret_key,
                      StringView *ret_value) {
    const StringView *view = string_argument(call, 0, row);
    const StringView *entry = string_argument(call, 1, row), *pair = string_argument(call, 2, row);
    const char *text = string_data(view);
    int64_t end = find(text, view->length, *at, entry);
    size_t stop = end < 0 ? view->length : (size_t)end;
    int64_t middle = find(text, stop, *at, pair);
    size_t value = (size_t)middle + pair->length;
    if (middle < 0 || find(text, stop, value, pair) >= 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                    "Key-value delimiter must appear exactly once in each entry. Bad input: '%.*s'",
                    (int)(stop - *at), text + *at);
        return false;
    }
    *ret_key = string_view(text + *at, (size_t)middle - *at);
    *ret_value = string_view(text + value, stop - value);
    *at = end < 0 ? view->length : stop + entry->length;
    return true;
}

static Status split_to_map(KernelCall *call) {
    Vector *keys = call->result->children[0], *values = call->result->children[1];
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = keys->length;
        bool good = check_delimiters(call, row);
        for (size_t at = 0; good && at < string_argument(call, 0, row)->length;) {
            StringView key, value;
            good = next_pair(call, row, &at, &key, &value);
            if (good && find_key(keys, start, &key) >= 0) {
                kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT,
                            "Duplicate keys (%.*s) are not allowed", (int)key.length,
                            string_data(&key));
                good = false;
            }
            if (good) {
                list_append_string(keys, string_data(&key), key.length);
                list_append_string(values, string_data(&value), value.length);
            }
        }
        list_finish(call, row, start);
    }
    return OK;
}

/* Values of one key must be adjacent, so the string is walked once for each new key. */
static void collect_values(KernelCall *call, int32_t row, const StringView *key) {
    Vector *lists = call->result->children[1], *values = lists->children[0];
    int32_t start = values->length;
    for (size_t at = 0; at < string_argument(call, 0, row)->length;) {
        StringView other, value;
        if (!next_pair(call, row, &at, &other, &value)) {
            break;
        }
        if (string_equal(&other, key)) {
            list_append_string(values, string_data(&value), value.length);
        }
    }
    int32_t entry = list_grow(lists);
    VECTOR_DATA(lists, ListEntry)[entry] = (ListEntry){start, values->length - start};
}

static Status split_to_multimap(KernelCall *call) {
    Vector *keys = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t start = keys->length;
        bool good = check_delimiters(call, row);
        for (size_t at = 0; good && at < string_argument(call, 0, row)->length;) {
            StringView key, value;
            good = next_pair(call, row, &at, &key, &value);
            if (good && find_key(keys, start, &key) < 0) {
                list_append_string(keys, string_data(&key), key.length);
                collect_values(call, row, &key);
            }
        }
        list_finish(call, row, start);
    }
    return OK;
}

#define NULLABLE FUNCTION_MAY_RETURN_NULL

const ScalarFunction string_search_functions[] = {
    {"strpos", "(varchar(x), varchar(y)) -> bigint", strpos, 0,
     "Returns index of first occurrence of a substring (or 0 if not found)"},
    {"strpos", "(varchar(x), varchar(y), bigint) -> bigint", strpos, 0,
     "Returns index of n-th occurrence of a substring (or 0 if not found)"},
    {"index", "(varchar, varchar) -> bigint", strpos, 0,
     "Returns index of first occurrence of a substring (or 0 if not found)"},
    {"starts_with", "(varchar(x), varchar(y)) -> boolean", starts_with, 0,
     "Determine whether source starts with prefix or not"},
    {"replace", "(varchar(x), varchar(y)) -> varchar(x)", replace, 0,
     "Greedily removes occurrences of a pattern in a string"},
    {"replace",
     "<u = min(2147483647, x + z * (x + 1))>(varchar(x), varchar(y), varchar(z)) -> varchar(u)",
     replace, 0, "Greedily replaces occurrences of a pattern with a string"},
    {"translate", "(varchar(x), varchar(y), varchar(z)) -> varchar", translate, 0,
     "Translate characters from the source string based on original and translations strings"},
    {"split", "(varchar(x), varchar(y)) -> array(varchar(x))", split, 0},
    {"split", "(varchar(x), varchar(y), bigint) -> array(varchar(x))", split, 0},
    {"split_part", "(varchar(x), varchar(y), bigint) -> varchar(x)", split_part, NULLABLE,
     "Splits a string by a delimiter and returns the specified field (counting from one)"},
    {"split_to_map", "(varchar, varchar, varchar) -> map(varchar,varchar)", split_to_map, 0,
     "Creates a map using entryDelimiter and keyValueDelimiter"},
    {"split_to_multimap", "(varchar, varchar, varchar) -> map(varchar,array(varchar))",
     split_to_multimap, 0, "Creates a multimap by splitting a string into key/value pairs"},
    {NULL},
};
