/*
 * Generic work on syntax trees, generated from ast.def: names, children, equality.
 */
#include "ast.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const char *node_kind_name(NodeKind kind) {
    static const char *const names[NODE_KIND_COUNT] = {
#define NODE(KIND, Name, CLASS, fields) [NODE_##KIND] = #Name,
#include "ast.def"
    };
    return names[kind];
}

NodeClass node_kind_class(NodeKind kind) {
    static const NodeClass classes[NODE_KIND_COUNT] = {
#define NODE(KIND, Name, CLASS, fields) [NODE_##KIND] = NODE_CLASS_##CLASS,
#include "ast.def"
    };
    return classes[kind];
}

Node *node_create(Arena *arena, NodeKind kind, size_t size, int32_t line, int32_t column) {
    Node *node = arena_zalloc(arena, size);
    node->kind = kind;
    node->line = line;
    node->column = column;
    return node;
}

/* ---- children ---- */

typedef void (*Visit)(void *argument, Node *child);

static void visit_one(Visit visit, void *argument, Node *child) {
    if (child != NULL) {
        visit(argument, child);
    }
}

static void visit_list(Visit visit, void *argument, NodeList list) {
    for (int32_t i = 0; i < list.count; i++) {
        visit_one(visit, argument, list.items[i]);
    }
}

void node_visit_children(const Node *node, Visit visit, void *argument) {
    switch (node->kind) {
#define NODE(KIND, Name, CLASS, fields)                                                            \
    case NODE_##KIND: {                                                                            \
        const Name *self = (const Name *)node;                                                     \
        (void)self;                                                                                \
        fields break;                                                                              \
    }
#define CHILD(name) visit_one(visit, argument, self->name);
#define OPTIONAL(name) visit_one(visit, argument, self->name);
#define CHILD_OF(Type, name) visit_one(visit, argument, (Node *)self->name);
#define OPTIONAL_OF(Type, name) visit_one(visit, argument, (Node *)self->name);
#define LIST(name) visit_list(visit, argument, self->name);
#define TEXT(name)
#define BYTES(name)
#define FLAG(name)
#define CHOICE(Type, name)
#define LONG(name)
#include "ast.def"
    case NODE_KIND_COUNT:
        break;
    }
}

/* ---- equality ---- */

typedef struct Pair {
    const Node *left;
    const Node *right;
} Pair;

/* Pairs still to compare. */
typedef struct Worklist {
    Arena *arena;
    Pair *pairs;
    size_t count;
    size_t capacity;
    bool equal;
} Worklist;

static void worklist_push(Worklist *work, const void *left, const void *right) {
    enum { FIRST_CAPACITY = 64 };
    if ((left == NULL) != (right == NULL)) {
        work->equal = false;
    }
    if (left == NULL || right == NULL) {
        return;
    }
    if (work->count == work->capacity) {
        size_t capacity = work->capacity == 0 ? FIRST_CAPACITY : work->capacity * 2;
        Pair *pairs = arena_new_array(work->arena, Pair, capacity);
        if (work->count > 0) {
            memcpy(pairs, work->pairs, work->count * sizeof(Pair));
        }
        work->pairs = pairs;
        work->capacity = capacity;
    }
    work->pairs[work->count++] = (Pair){left, right};
}

static void worklist_push_lists(Worklist *work, NodeList left, NodeList right) {
    if (left.count != right.count) {
        work->equal = false;
        return;
    }
    for (int32_t i = 0; i < left.count; i++) {
        worklist_push(work, left.items[i], right.items[i]);
    }
}

static bool text_equals(const char *left, const char *right) {
    return left == right || (left != NULL && right != NULL && strcmp(left, right) == 0);
}

/* Names resolve without regard to case, quoted or not. */
static bool identifier_equals(const Identifier *left, const Identifier *right) {
    return strcasecmp(left->value, right->value) == 0;
}

/* Compares one pair of nodes of one kind without their children, which go on the worklist. */
static void compare_fields(Worklist *work, const Node *left_node, const Node *right_node) {
    switch (left_node->kind) {
#define NODE(KIND, Name, CLASS, fields)                                                            \
    case NODE_##KIND: {                                                                            \
        const Name *left = (const Name *)left_node;                                                \
        const Name *right = (const Name *)right_node;                                              \
        (void)left;                                                                                \
        (void)right;                                                                               \
        fields break;                                                                              \
    }
#define CHILD(name) worklist_push(work, left->name, right->name);
#define OPTIONAL(name) worklist_push(work, left->name, right->name);
#define CHILD_OF(Type, name) worklist_push(work, left->name, right->name);
#define OPTIONAL_OF(Type, name) worklist_push(work, left->name, right->name);
#define LIST(name) worklist_push_lists(work, left->name, right->name);
#define TEXT(name) work->equal &= text_equals(left->name, right->name);
#define BYTES(name)                                                                                \
    work->equal &= left->name##_size == right->name##_size &&                                      \
                   memcmp(left->name, right->name, left->name##_size) == 0;
#define FLAG(name) work->equal &= left->name == right->name;
#define CHOICE(Type, name) work->equal &= left->name == right->name;
#define LONG(name) work->equal &= left->name == right->name;
#include "ast.def"
    case NODE_KIND_COUNT:
        break;
    }
}

bool node_equals(const Node *left, const Node *right) {
    Worklist work = {.arena = arena_create(NULL), .equal = true};
    worklist_push(&work, left, right);
    while (work.equal && work.count > 0) {
        Pair pair = work.pairs[--work.count];
        if (pair.left->kind != pair.right->kind) {
            work.equal = false;
        } else if (pair.left->kind == NODE_IDENTIFIER) {
            work.equal =
                identifier_equals((const Identifier *)pair.left, (const Identifier *)pair.right);
        } else {
            compare_fields(&work, pair.left, pair.right);
        }
    }
    arena_free(work.arena);
    return work.equal;
}

/* ---- parameters ---- */

static void push_child(void *argument, Node *child) {
    worklist_push(argument, child, child);
}

int32_t node_parameter_count(const Node *node) {
    Worklist work = {.arena = arena_create(NULL)};
    int32_t parameters = 0;
    worklist_push(&work, node, node);
    while (work.count > 0) {
        const Node *next = work.pairs[--work.count].left;
        parameters += next->kind == NODE_PARAMETER ? 1 : 0;
        node_visit_children(next, push_child, &work);
    }
    arena_free(work.arena);
    return parameters;
}
