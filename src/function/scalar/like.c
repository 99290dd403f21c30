/*
 * LIKE. A pattern is cut at its % into segments of literal bytes and single-character wildcards;
 * the first and the last are anchored, the others are searched for from left to right. A constant
 * pattern is compiled once. Comparing a value with a pattern of one literal segment is a memcmp,
 * searching for one a memmem.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "function/scalar/arguments.h"
#include "function/scalar/padded_char.h"
#include "function/scalar/utf8.h"

typedef struct LikeSegment {
    size_t from, to; /* of LikePattern.bytes; a wildcard is a byte 0xFF, which no UTF-8 text has */
    int64_t code_points;
    bool has_wildcards;
} LikeSegment;

typedef struct LikePattern {
    char *bytes;
    LikeSegment *segments;
    int32_t segment_count; /* one more than there are % (runs of % count once) */
} LikePattern;

enum { WILDCARD = 0xFF };

static void pattern_done(LikePattern *pattern) {
    free(pattern->bytes);
    free(pattern->segments);
}

static void finish_segment(LikePattern *pattern, size_t size) {
    LikeSegment *segment = &pattern->segments[pattern->segment_count - 1];
    segment->to = size;
    segment->code_points = utf8_count(pattern->bytes + segment->from, size - segment->from);
    segment->has_wildcards =
        memchr(pattern->bytes + segment->from, WILDCARD, size - segment->from) != NULL;
}

static const char *const bad_escape =
    "Escape character must be followed by '%', '_' or the escape character itself";

/* NULL, or the message of what is wrong. `escape` is -1 for none. */
static const char *compile(LikePattern *pattern, const char *text, size_t size, int32_t escape) {
    pattern->bytes = allocate(size + 1);
    pattern->segments = allocate_zeroed((size + 1) * sizeof *pattern->segments);
    pattern->segment_count = 1;
    size_t written = 0;
    for (size_t at = 0; at < size;) {
        size_t start = at;
        int32_t c = utf8_next(text, size, &at);
        if (c >= 0 && c == escape) {
            start = at;
            int32_t next = at < size ? utf8_next(text, size, &at) : -1;
            if (next != '%' && next != '_' && next != escape) {
                return bad_escape;
            }
        } else if (c == '%') {
            LikeSegment *last = &pattern->segments[pattern->segment_count - 1];
            if (last->from != written || pattern->segment_count == 1) {
                finish_segment(pattern, written);
                pattern->segments[pattern->segment_count++].from = written;
            }
            continue;
        } else if (c == '_') {
            pattern->bytes[written++] = (char)WILDCARD;
            continue;
        }
        memcpy(pattern->bytes + written, text + start, at - start);
        written += at - start;
    }
    finish_segment(pattern, written);
    return NULL;
}

/* ---- matching ---- */

/* Whether the segment matches at `text`; *ret_end is where it ends. */
static bool match_here(const LikePattern *pattern, const LikeSegment *segment, const char *text,
                       const char *end, const char **ret_end) {
    const char *bytes = pattern->bytes + segment->from;
    size_t size = segment->to - segment->from;
    if (!segment->has_wildcards) {
        *ret_end = text + size;
        return (size_t)(end - text) >= size && memcmp(text, bytes, size) == 0;
    }
    for (size_t i = 0; i < size; i++) {
        if (text >= end) {
            return false;
        }
        if ((unsigned char)bytes[i] == WILDCARD) {
            size_t width = utf8_width((unsigned char)*text);
            text += width < (size_t)(end - text) ? width : (size_t)(end - text);
        } else if (*text++ != bytes[i]) {
            return false;
        }
    }
    *ret_end = text;
    return true;
}

static bool find_segment(const LikePattern *pattern, const LikeSegment *segment, const char *text,
                         const char *end, const char **ret_end) {
    size_t size = segment->to - segment->from;
    if (!segment->has_wildcards) {
        const char *found =
            memmem(text, (size_t)(end - text), pattern->bytes + segment->from, size);
        *ret_end = found != NULL ? found + size : end;
        return found != NULL;
    }
    while (text <= end) {
        if (match_here(pattern, segment, text, end, ret_end)) {
            return true;
        }
        if (text == end) {
            return false;
        }
        size_t width = utf8_width((unsigned char)*text);
        text += width < (size_t)(end - text) ? width : (size_t)(end - text);
    }
    return false;
}

/* Whether the last segment ends the text, starting no earlier than `text`. */
static bool match_end(const LikePattern *pattern, const LikeSegment *segment, const char *text,
                      const char *end) {
    const char *start = end, *stop;
    if (!segment->has_wildcards) {
        start = end - (segment->to - segment->from);
    } else {
        for (int64_t i = 0; i < segment->code_points; i++) {
            if (start <= text) {
                return false;
            }
            start = text + utf8_previous(text, (size_t)(start - text));
        }
    }
    return start >= text && match_here(pattern, segment, start, end, &stop) && stop == end;
}

static bool matches(const LikePattern *pattern, const StringView *view) {
    const char *text = string_data(view), *end = text + view->length;
    const LikeSegment *segments = pattern->segments;
    int32_t last = pattern->segment_count - 1;
    const char *at;
    if (!match_here(pattern, &segments[0], text, end, &at)) {
        return false;
    }
    if (last == 0) {
        return at == end;
    }
    for (int32_t i = 1; i < last; i++) {
        if (!find_segment(pattern, &segments[i], at, end, &at)) {
            return false;
        }
    }
    return match_end(pattern, &segments[last], at, end);
}

/* ---- kernels ---- */

/* -2 when the escape is not one character. */
static int32_t escape_of(const StringView *view) {
    size_t at = 0;
    int32_t c = view->length > 0 ? utf8_next(string_data(view), view->length, &at) : -2;
    return at == view->length && at > 0 ? c : -2;
}

static const char *compile_views(LikePattern *pattern, const StringView *text,
                                 const StringView *escape) {
    int32_t c = escape == NULL ? -1 : escape_of(escape);
    return c == -2 ? "Escape string must be a single character"
                   : compile(pattern, string_data(text), text->length, c);
}

static void pattern_cleanup(void *pattern) {
    pattern_done(pattern);
}

static Status prepare_like(Context *cx, const FunctionBinding *binding, void **ret_state) {
    const Vector *text = constant_argument(binding, 1);
    bool has_escape = binding->function->argument_count > 2;
    const Vector *escape = has_escape ? constant_argument(binding, 2) : NULL;
    *ret_state = NULL;
    if (text == NULL || (has_escape && escape == NULL)) {
        return OK;
    }
    LikePattern *pattern = arena_new(cx->arena, LikePattern);
    const char *problem = compile_views(pattern, VECTOR_DATA(text, StringView),
                                        has_escape ? VECTOR_DATA(escape, StringView) : NULL);
    arena_on_free(cx->arena, pattern_cleanup, pattern);
    *ret_state = problem == NULL ? pattern : NULL; /* a bad pattern fails the rows that use it */
    return OK;
}

static Status like(KernelCall *call) {
    const LikePattern *constant = call->state;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        if (constant != NULL) {
            return_boolean(call, row, matches(constant, view));
            continue;
        }
        LikePattern pattern = {0};
        const char *problem =
            compile_views(&pattern, string_argument(call, 1, row),
                          call->argument_count > 2 ? string_argument(call, 2, row) : NULL);
        if (problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
        } else {
            return_boolean(call, row, matches(&pattern, view));
        }
        pattern_done(&pattern);
    }
    return OK;
}

static const ScalarKernel like_kernel = like;

const ScalarFunction like_functions[] = {
    {"$like", "(varchar(x), varchar(y)) -> boolean", like, FUNCTION_HIDDEN, NULL, prepare_like},
    {"$like", "(char(x), varchar(y)) -> boolean", padded_char_kernel, FUNCTION_HIDDEN, NULL,
     prepare_like, &like_kernel},
    {"$like", "(varchar(x), varchar(y), varchar(z)) -> boolean", like, FUNCTION_HIDDEN, NULL,
     prepare_like},
    {"$like", "(char(x), varchar(y), varchar(z)) -> boolean", padded_char_kernel, FUNCTION_HIDDEN,
     NULL, prepare_like, &like_kernel},
    {NULL},
};
