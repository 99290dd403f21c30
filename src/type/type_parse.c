/*
 * Recursive descent over SQL type text. A row field is a type if that reading works out, else a
 * name and a type, which is the order in which the grammar has it. Depth is bounded, so that
 * hostile text cannot exhaust the stack.
 */
#include "type/type_parse.h"

#include <string.h>
#include <strings.h>

enum { DEPTH_MAX = 64, ARGUMENTS_MAX = 10000 };

typedef struct Parser {
    Context *cx;
    const char *position;
    int depth;
    int work_left; /* bounds re-reading of fields in deeply nested rows */
} Parser;

typedef struct Arguments {
    TypeArgument *items;
    int32_t count, capacity;
} Arguments;

static Status parse_type(Parser *parser, const Type **ret_type);

static void skip_spaces(Parser *parser) {
    while (*parser->position == ' ' || (*parser->position >= '\t' && *parser->position <= '\r')) {
        parser->position++;
    }
}

static bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool accept(Parser *parser, char c) {
    skip_spaces(parser);
    if (*parser->position != c) {
        return false;
    }
    parser->position++;
    return true;
}

/* A bare word, lower case or not, as it stands; NULL when there is none. */
static char *accept_word(Parser *parser) {
    skip_spaces(parser);
    const char *start = parser->position;
    if (is_digit(*start)) {
        return NULL;
    }
    while (is_word_char(*parser->position)) {
        parser->position++;
    }
    size_t length = (size_t)(parser->position - start);
    return length > 0 ? arena_strndup(parser->cx->arena, start, length) : NULL;
}

static bool accept_keyword(Parser *parser, const char *keyword) {
    const char *start = parser->position;
    const char *word = accept_word(parser);
    if (word != NULL && strcasecmp(word, keyword) == 0) {
        return true;
    }
    parser->position = start;
    return false;
}

static bool accept_keywords(Parser *parser, const char *first, const char *second,
                            const char *third) {
    const char *start = parser->position;
    if (accept_keyword(parser, first) && accept_keyword(parser, second) &&
        (third == NULL || accept_keyword(parser, third))) {
        return true;
    }
    parser->position = start;
    return false;
}

/* "a""b"; NULL when there is none or it does not end. */
static char *accept_quoted(Parser *parser) {
    const char *start = parser->position;
    if (!accept(parser, '"')) {
        return NULL;
    }
    char *name = arena_alloc(parser->cx->arena, strlen(parser->position) + 1);
    size_t length = 0;
    for (;; parser->position++) {
        char c = *parser->position;
        if (c == '"' && parser->position[1] == '"') {
            parser->position++;
        } else if (c == '"') {
            parser->position++;
            name[length] = '\0';
            return name;
        } else if (c == '\0') {
            parser->position = start;
            return NULL;
        }
        name[length++] = c;
    }
}

static bool accept_number(Parser *parser, int64_t *ret_number) {
    skip_spaces(parser);
    const char *start = parser->position;
    int64_t number = 0;
    while (is_digit(*parser->position)) {
        number =
            number > INT64_MAX / 100 ? INT64_MAX / 100 : number * 10 + (*parser->position - '0');
        parser->position++;
    }
    *ret_number = number;
    return parser->position > start;
}

static Status fail(Parser *parser) {
    return FAIL(parser->cx, TYPE_MISMATCH, "Unknown type");
}

static void add_argument(Parser *parser, Arguments *arguments, TypeArgument argument) {
    if (arguments->count == arguments->capacity) {
        int32_t capacity = arguments->capacity == 0 ? 4 : arguments->capacity * 2;
        TypeArgument *items = arena_new_array(parser->cx->arena, TypeArgument, capacity);
        if (arguments->count > 0) {
            memcpy(items, arguments->items, (size_t)arguments->count * sizeof *items);
        }
        arguments->items = items;
        arguments->capacity = capacity;
    }
    arguments->items[arguments->count++] = argument;
}

static bool at_end_of_argument(Parser *parser, char close) {
    skip_spaces(parser);
    return *parser->position == ',' || *parser->position == close;
}

static char *lower_case(char *name) {
    for (char *c = name; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c;
    }
    return name;
}

static Status parse_row_field(Parser *parser, TypeArgument *ret_argument) {
    const char *start = parser->position;
    *ret_argument = (TypeArgument){0};
    if (parse_type(parser, &ret_argument->type) == OK && at_end_of_argument(parser, ')')) {
        return OK;
    }
    parser->position = start;
    char *name = accept_quoted(parser);
    if (name == NULL && (name = accept_word(parser)) != NULL) {
        lower_case(name);
    }
    if (name == NULL) {
        return fail(parser);
    }
    ret_argument->name = name;
    return parse_type(parser, &ret_argument->type);
}

static Status parse_arguments(Parser *parser, bool row, char close, Arguments *arguments) {
    do {
        TypeArgument argument = {0};
        if (arguments->count >= ARGUMENTS_MAX) {
            return fail(parser);
        }
        if (row) {
            TRY(parse_row_field(parser, &argument));
        } else if (!accept_number(parser, &argument.number)) {
            TRY(parse_type(parser, &argument.type));
        }
        add_argument(parser, arguments, argument);
    } while (accept(parser, ','));
    return accept(parser, close) ? OK : fail(parser);
}

/*
 * "with time zone" after the precision, "precision" after double: the rest of names of several
 * words.
 */
static const char *finish_name(Parser *parser, const char *name) {
    bool time = strcasecmp(name, "time") == 0, timestamp = strcasecmp(name, "timestamp") == 0;
    if (time || timestamp) {
        if (accept_keywords(parser, "with", "time", "zone")) {
            return time ? "time with time zone" : "timestamp with time zone";
        }
        (void)accept_keywords(parser, "without", "time", "zone");
    }
    return name;
}

static const char *accept_interval(Parser *parser, const char *name) {
    if (strcasecmp(name, "interval") == 0) {
        if (accept_keywords(parser, "year", "to", "month")) {
            return "interval year to month";
        }
        if (accept_keywords(parser, "day", "to", "second")) {
            return "interval day to second";
        }
    }
    if (strcasecmp(name, "double") == 0 && accept_keyword(parser, "precision")) {
        return "double";
    }
    return name;
}

static Status parse_base(Parser *parser, const Type **ret_type) {
    const char *name = accept_quoted(parser);
    if (name == NULL && (name = accept_word(parser)) == NULL) {
        return fail(parser);
    }
    name = accept_interval(parser, name);
    Arguments arguments = {0};
    bool array_or_map = strcasecmp(name, "array") == 0 || strcasecmp(name, "map") == 0;
    if (accept(parser, '(')) {
        TRY(parse_arguments(parser, strcasecmp(name, "row") == 0, ')', &arguments));
    } else if (array_or_map && accept(parser, '<')) {
        TRY(parse_arguments(parser, false, '>', &arguments));
    }
    name = finish_name(parser, name);
    TRY(type_resolve(parser->cx, name, arguments.items, arguments.count, ret_type));
    return *ret_type != NULL ? OK : fail(parser);
}

static Status parse_type(Parser *parser, const Type **ret_type) {
    if (parser->depth >= DEPTH_MAX || parser->work_left-- <= 0) {
        return fail(parser);
    }
    parser->depth++;
    Status status = parse_base(parser, ret_type);
    parser->depth--;
    TRY(status);
    while (accept_keyword(parser, "array")) {
        int64_t size;
        if (accept(parser, '[') && !(accept_number(parser, &size) && accept(parser, ']'))) {
            return fail(parser);
        }
        *ret_type = type_array(*ret_type);
    }
    return OK;
}

Status type_parse(Context *cx, const char *text, const Type **ret_type) {
    Parser parser = {.cx = cx, .position = text, .work_left = 100000};
    const Type *type = NULL;
    if (parse_type(&parser, &type) == OK) {
        skip_spaces(&parser);
        if (*parser.position == '\0') {
            *ret_type = type;
            return OK;
        }
    } else if (cx->error.code == INVALID_FUNCTION_ARGUMENT) {
        return FAILED;
    }
    return FAIL(cx, TYPE_MISMATCH, "Unknown type: %s", text);
}
