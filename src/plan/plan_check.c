/*
 * Sanity of a plan in debug builds: every symbol that a node uses or passes on is produced below it
 * (or, inside a correlated subquery, by the outer input), Project and Values have the shapes their
 * fields claim, and no expression that only the analyzer knows is left. A violation is a
 * programmer's error: it is printed and the process aborts.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "plan/plan.h"

#ifdef NDEBUG

void plan_check(const PlanNode *root) {
    (void)root;
}

#else

/* visible[id]: how many of the enclosing scopes offer the symbol. */
typedef struct PlanCheck {
    int32_t capacity;
    int32_t *visible;
    const PlanNode *node;
} PlanCheck;

static void fail_check(const PlanNode *node, const char *what, const char *name) {
    fprintf(stderr, "plan_check: %s #%d: %s %s\n", plan_kind_name(node->kind), (int)node->id, what,
            name);
    abort();
}

static void offer(PlanCheck *check, const SymbolList *list, int32_t step) {
    for (int32_t i = 0; i < list->count; i++) {
        int32_t id = list->items[i]->id;
        if (id >= check->capacity) {
            int32_t capacity = (id + 1) * 2;
            int32_t *visible = calloc((size_t)capacity, sizeof *visible);
            if (visible == NULL) {
                abort();
            }
            if (check->capacity > 0) {
                memcpy(visible, check->visible, sizeof *visible * (size_t)check->capacity);
            }
            free(check->visible);
            check->visible = visible;
            check->capacity = capacity;
        }
        check->visible[id] += step;
    }
}

static void check_symbol(void *closure, const Symbol *symbol) {
    const PlanCheck *check = closure;
    if (symbol->id >= check->capacity || check->visible[symbol->id] == 0) {
        fail_check(check->node, "uses a symbol that nothing below produces:", symbol->name);
    }
}

static void check_kinds(void *closure, const Expr *expr) {
    const PlanCheck *check = closure;
    if (expr->kind >= EXPR_SUBQUERY) {
        fail_check(check->node, "has an expression of the analyzer", "");
    }
    for (int32_t i = 0; i < expr->argument_count; i++) {
        check_kinds(closure, expr->arguments[i]);
    }
}

static void check_shape(const PlanNode *node) {
    if (node->kind == PLAN_PROJECT) {
        const ProjectNode *project = (const ProjectNode *)node;
        if (project->expressions.count != node->outputs.count) {
            fail_check(node, "has other numbers of outputs and expressions", "");
        }
        for (int32_t i = 0; i < node->outputs.count; i++) {
            if (project->expressions.items[i]->type != node->outputs.items[i]->type) {
                fail_check(node, "has an expression of another type than",
                           node->outputs.items[i]->name);
            }
        }
    } else if (node->kind == PLAN_VALUES) {
        const ValuesNode *values = (const ValuesNode *)node;
        if (values->rows.count != values->row_count * node->outputs.count) {
            fail_check(node, "has another number of values than rows by columns", "");
        }
    }
}

/* Nodes that only pass columns on, so that their outputs must come from their sources. */
static bool passes_on(PlanKind kind) {
    switch (kind) {
    case PLAN_FILTER:
    case PLAN_JOIN:
    case PLAN_SORT:
    case PLAN_TOP_N:
    case PLAN_LIMIT:
    case PLAN_OFFSET:
    case PLAN_SAMPLE:
    case PLAN_OUTPUT:
    case PLAN_CORRELATED_JOIN:
    case PLAN_ENFORCE_SINGLE_ROW:
        return true;
    default:
        return false;
    }
}

static void check_node(PlanCheck *check, const PlanNode *node) {
    bool correlated = node->kind == PLAN_CORRELATED_JOIN || node->kind == PLAN_APPLY;
    for (int32_t i = 0; i < node->source_count; i++) {
        if (correlated && i == 1) {
            offer(check, &node->sources[0]->outputs, 1);
        }
        check_node(check, node->sources[i]);
        if (correlated && i == 1) {
            offer(check, &node->sources[0]->outputs, -1);
        }
    }
    check_shape(node);
    for (int32_t i = 0; i < node->source_count; i++) {
        offer(check, &node->sources[i]->outputs, 1);
    }
    check->node = node;
    plan_used_symbols(node, check_symbol, check);
    plan_expressions(node, check_kinds, check);
    if (passes_on(node->kind)) {
        for (int32_t i = 0; i < node->outputs.count; i++) {
            check_symbol(check, node->outputs.items[i]);
        }
    }
    for (int32_t i = 0; i < node->source_count; i++) {
        offer(check, &node->sources[i]->outputs, -1);
    }
}

void plan_check(const PlanNode *root) {
    PlanCheck check = {0};
    check_node(&check, root);
    free(check.visible);
}

#endif
