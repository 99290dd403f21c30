/*
 * Plan nodes and symbols: making them, and the short constructors that rules and the analyzer use
 * most.
 *
 * A builder hands out dense symbol and node ids for one statement. Names of symbols are unique: the
 * first symbol of a name has it bare, later ones get the next number of the statement, as Trino's
 * EXPLAIN shows them. What works on the fields of a node in general (copies, comparison, used
 * symbols) is in plan_fields.c.
 */
#include "plan/plan.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>

static const size_t NODE_SIZES[] = {
#define PLAN_NODE(Name, NAME) [PLAN_##NAME] = sizeof(Name##Node),
#define FIELD(Kind, name)
#define PLAN_NODE_END(Name)
#include "plan/plan.def"
#undef PLAN_NODE
#undef PLAN_NODE_END
};

static const char *const NODE_NAMES[] = {
#define PLAN_NODE(Name, NAME) [PLAN_##NAME] = #Name,
#define PLAN_NODE_END(Name)
#include "plan/plan.def"
#undef PLAN_NODE
#undef FIELD
#undef PLAN_NODE_END
};

size_t plan_node_size(PlanKind kind) {
    assert(kind < PLAN_KIND_COUNT);
    return NODE_SIZES[kind];
}

const char *plan_kind_name(PlanKind kind) {
    assert(kind < PLAN_KIND_COUNT);
    return NODE_NAMES[kind];
}

/* ---- symbols ---- */

PlanBuilder *plan_builder_create(Arena *arena) {
    PlanBuilder *builder = arena_new(arena, PlanBuilder);
    builder->arena = arena;
    builder->name_capacity = 64;
    builder->names = arena_new_array(arena, int32_t, builder->name_capacity);
    return builder;
}

static uint32_t name_hash(const char *name) {
    uint32_t hash = 2166136261u;
    for (const char *c = name; *c != '\0'; c++) {
        hash = (hash ^ (uint8_t)*c) * 16777619u;
    }
    return hash;
}

/* The slot where `name` is or would go. */
static int32_t *name_slot(PlanBuilder *builder, const char *name) {
    uint32_t mask = (uint32_t)builder->name_capacity - 1;
    uint32_t at = name_hash(name) & mask;
    while (builder->names[at] != 0 &&
           strcmp(builder->symbols[builder->names[at] - 1]->name, name) != 0) {
        at = (at + 1) & mask;
    }
    return &builder->names[at];
}

static void grow_symbols(PlanBuilder *builder) {
    if (builder->symbol_count == builder->symbol_capacity) {
        builder->symbol_capacity =
            builder->symbol_capacity == 0 ? 64 : builder->symbol_capacity * 2;
        const Symbol **symbols =
            arena_new_array(builder->arena, const Symbol *, builder->symbol_capacity);
        if (builder->symbol_count > 0) {
            memcpy(symbols, builder->symbols,
                   sizeof(const Symbol *) * (size_t)builder->symbol_count);
        }
        builder->symbols = symbols;
    }
    if ((builder->symbol_count + 1) * 2 > builder->name_capacity) {
        builder->name_capacity *= 2;
        builder->names = arena_new_array(builder->arena, int32_t, builder->name_capacity);
        for (int32_t i = 0; i < builder->symbol_count; i++) {
            *name_slot(builder, builder->symbols[i]->name) = i + 1;
        }
    }
}

/* The hint in lower case, other characters replaced, a numeric tail cut off: "name_3" hints at
 * "name". */
static char *name_from_hint(Arena *arena, const char *hint) {
    if (hint == NULL || *hint == '\0') {
        return arena_strdup(arena, "expr");
    }
    char *name = arena_strdup(arena, hint);
    for (char *c = name; *c != '\0'; c++) {
        bool plain = isalnum((unsigned char)*c) || *c == '_' || *c == '$';
        *c = plain ? (char)tolower((unsigned char)*c) : '_';
    }
    char *tail = strrchr(name, '_');
    if (tail != NULL && tail > name && strspn(tail + 1, "0123456789") == strlen(tail + 1)) {
        *tail = '\0';
    }
    return name;
}

const Symbol *plan_symbol(PlanBuilder *builder, const char *hint, const Type *type) {
    assert(type != NULL);
    grow_symbols(builder);
    const char *base = name_from_hint(builder->arena, hint);
    const char *name = base;
    int32_t *slot = name_slot(builder, name);
    while (*slot != 0) {
        name = arena_printf(builder->arena, "%s_%d", base, (int)builder->next_name++);
        slot = name_slot(builder, name);
    }
    Symbol *symbol = arena_new(builder->arena, Symbol);
    symbol->id = builder->symbol_count;
    symbol->name = name;
    symbol->type = type;
    builder->symbols[builder->symbol_count++] = symbol;
    *slot = builder->symbol_count;
    return symbol;
}

bool symbol_list_contains(const SymbolList *list, const Symbol *symbol) {
    return symbol_list_index(list, symbol) >= 0;
}

int32_t symbol_list_index(const SymbolList *list, const Symbol *symbol) {
    for (int32_t i = 0; i < list->count; i++) {
        if (list->items[i] == symbol) {
            return i;
        }
    }
    return -1;
}

/* A free slot that is not NULL was filled through another copy of the list: then this copy moves
 * away. */
void symbol_list_add(Arena *arena, SymbolList *list, const Symbol *symbol) {
    if (list->count >= list->capacity || list->items[list->count] != NULL) {
        list->capacity = list->count < 4 ? 8 : list->count * 2;
        const Symbol **items = arena_new_array(arena, const Symbol *, list->capacity);
        if (list->count > 0) {
            memcpy(items, list->items, sizeof(const Symbol *) * (size_t)list->count);
        }
        list->items = items;
    }
    list->items[list->count++] = symbol;
}

/* ---- nodes ---- */

PlanNode *plan_node_create(PlanBuilder *builder, PlanKind kind, int32_t source_count) {
    PlanNode *node = arena_zalloc(builder->arena, plan_node_size(kind));
    node->kind = kind;
    node->id = builder->next_node_id++;
    node->source_count = source_count;
    if (source_count > 0) {
        node->sources = arena_new_array(builder->arena, PlanNode *, source_count);
    }
    return node;
}

PlanNode *plan_with_sources(PlanBuilder *builder, const PlanNode *node, PlanNode *const *sources) {
    bool same = true;
    for (int32_t i = 0; i < node->source_count; i++) {
        same = same && sources[i] == node->sources[i];
    }
    if (same) {
        return (PlanNode *)node;
    }
    PlanNode *copy = arena_copy(builder->arena, node, plan_node_size(node->kind));
    copy->sources =
        arena_copy(builder->arena, sources, sizeof(PlanNode *) * (size_t)node->source_count);
    copy->statistics = NULL;
    return copy;
}

static SymbolList list_copy(Arena *arena, int32_t count, const Symbol *const *symbols) {
    SymbolList list = {.count = count};
    if (count > 0) {
        list.items = arena_copy(arena, symbols, sizeof(const Symbol *) * (size_t)count);
    }
    return list;
}

static ExprArray array_copy(Arena *arena, int32_t count, const Expr *const *items) {
    ExprArray array = {.count = count};
    if (count > 0) {
        array.items = arena_copy(arena, items, sizeof(const Expr *) * (size_t)count);
    }
    return array;
}

PlanNode *plan_filter(PlanBuilder *builder, PlanNode *source, const Expr *predicate) {
    if (expr_is_true(predicate)) {
        return source;
    }
    FilterNode *node = (FilterNode *)plan_node_create(builder, PLAN_FILTER, 1);
    node->base.sources[0] = source;
    node->base.outputs = source->outputs;
    node->predicate = predicate;
    return &node->base;
}

PlanNode *plan_project(PlanBuilder *builder, PlanNode *source, int32_t count,
                       const Symbol *const *symbols, const Expr *const *expressions) {
    ProjectNode *node = (ProjectNode *)plan_node_create(builder, PLAN_PROJECT, 1);
    node->base.sources[0] = source;
    node->base.outputs = list_copy(builder->arena, count, symbols);
    node->expressions = array_copy(builder->arena, count, expressions);
    return &node->base;
}

PlanNode *plan_limit(PlanBuilder *builder, PlanNode *source, int64_t count) {
    LimitNode *node = (LimitNode *)plan_node_create(builder, PLAN_LIMIT, 1);
    node->base.sources[0] = source;
    node->base.outputs = source->outputs;
    node->count = count;
    return &node->base;
}

PlanNode *plan_values(PlanBuilder *builder, int32_t column_count, const Symbol *const *symbols,
                      int32_t row_count, const Expr *const *rows) {
    ValuesNode *node = (ValuesNode *)plan_node_create(builder, PLAN_VALUES, 0);
    node->base.outputs = list_copy(builder->arena, column_count, symbols);
    node->row_count = row_count;
    node->rows = array_copy(builder->arena, row_count * column_count, rows);
    return &node->base;
}

PlanNode *plan_join(PlanBuilder *builder, JoinKind kind, PlanNode *left, PlanNode *right,
                    int32_t key_count, const Symbol *const *left_keys,
                    const Symbol *const *right_keys, const Expr *filter, int32_t output_count,
                    const Symbol *const *outputs) {
    JoinNode *node = (JoinNode *)plan_node_create(builder, PLAN_JOIN, 2);
    node->base.sources[0] = left;
    node->base.sources[1] = right;
    node->base.outputs = list_copy(builder->arena, output_count, outputs);
    node->join_kind = kind;
    node->left_keys = list_copy(builder->arena, key_count, left_keys);
    node->right_keys = list_copy(builder->arena, key_count, right_keys);
    node->filter = filter;
    return &node->base;
}
