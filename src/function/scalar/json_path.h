/*
 * The SQL/JSON path language: paths as trees, and their evaluation over items. A compiled path is
 * immutable and shared.
 */
#pragma once

#include "function/scalar/json_item.h"

typedef enum PathKind {
    PATH_CONTEXT, /* $ */
    PATH_CURRENT, /* @ */
    PATH_LAST,
    PATH_LITERAL,    /* literal */
    PATH_VARIABLE,   /* name */
    PATH_MEMBER,     /* left.name; name NULL: all */
    PATH_DESCENDANT, /* left..name */
    PATH_ELEMENTS,   /* left[subscripts]; none: all */
    PATH_FILTER,     /* left ? (right) */
    PATH_METHOD,     /* left.method() */
    PATH_PLUS,
    PATH_MINUS,
    PATH_ADD,
    PATH_SUBTRACT,
    PATH_MULTIPLY,
    PATH_DIVIDE,
    PATH_MODULUS,
    /* predicates */
    PATH_AND,
    PATH_OR,
    PATH_NOT,
    PATH_EXISTS,
    PATH_IS_UNKNOWN,
    PATH_STARTS_WITH,
    PATH_EQUAL,
    PATH_NOT_EQUAL,
    PATH_LESS,
    PATH_GREATER,
    PATH_LESS_OR_EQUAL,
    PATH_GREATER_OR_EQUAL,
} PathKind;

typedef enum PathMethod {
    METHOD_TYPE,
    METHOD_SIZE,
    METHOD_DOUBLE,
    METHOD_CEILING,
    METHOD_FLOOR,
    METHOD_ABS,
    METHOD_KEYVALUE,
} PathMethod;

typedef struct PathNode PathNode;

struct PathNode {
    PathKind kind;
    PathMethod method;
    const PathNode *left, *right;
    const char *name; /* member, variable */
    size_t name_size;
    const JsonItem *literal;
    int32_t subscript_count;
    const PathNode **from, **to; /* to[i] NULL: one element */
};

typedef struct JsonPath2016 {
    bool is_lax;
    const PathNode *root;
} JsonPath2016;

/* What is wrong with a path: NO_ERROR, SYNTAX_ERROR or NOT_SUPPORTED, at a byte offset. */
typedef struct PathProblem {
    ErrorCode code;
    size_t offset;
    const char *message;
} PathProblem;

/* NULL when the path is malformed. */
JsonPath2016 *json_path_parse(Arena *arena, const char *text, size_t size,
                              PathProblem *ret_problem);
/* Calls visit for every variable of the path. */
void json_path_variables(const PathNode *node,
                         void (*visit)(void *closure, const PathNode *variable), void *closure);

typedef struct JsonSequence {
    const JsonItem **items;
    int32_t count, capacity;
} JsonSequence;

typedef struct PathParameters {
    int32_t count;
    const char *const *names;
    const JsonItem *const *items;
} PathParameters;

/* False: a path evaluation error, whose message (never NULL) is in *ret_problem. */
bool json_path_evaluate(Arena *arena, const JsonPath2016 *path, const JsonItem *context,
                        const PathParameters *parameters, JsonSequence *ret_sequence,
                        const char **ret_problem);
