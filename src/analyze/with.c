/*
 * WITH: named queries, plain and recursive.
 *
 * Every named query is analyzed where it stands, whether it is used or not. The first reference
 * takes that plan, further ones take copies with fresh symbols. A recursive query is analyzed as
 * its base relation and a step whose reference to the query reads the rows of the previous round.
 */
#include "analyze/plan_copy.h"
#include "analyze/query_block.h"
#include "type/coercion.h"

#include <stdlib.h>

static const char *alias_name(const Node *alias) {
    return NODE_CAST(Identifier, alias)->value;
}

static Status check_aliases(Analyzer *an, const WithQuery *query, int32_t columns) {
    const NodeList *names = &query->column_names;
    if (!query->has_column_names) {
        return OK;
    }
    if (names->count != columns) {
        return FAIL_NODE(an, MISMATCHED_COLUMN_ALIASES, names->items[0],
                         "Column alias list has %d entries but relation has %d columns",
                         (int)names->count, (int)columns);
    }
    for (int32_t i = 0; i < names->count; i++) {
        for (int32_t j = 0; j < i; j++) {
            if (names_equal(alias_name(names->items[i]), alias_name(names->items[j]))) {
                return FAIL_NODE(an, DUPLICATE_COLUMN_NAME, names->items[i],
                                 "Column name '%s' specified more than once",
                                 alias_name(names->items[i]));
            }
        }
    }
    return OK;
}

static void name_columns(const WithQuery *query, RelationPlan *relation) {
    for (int32_t i = 0; query->has_column_names && i < relation->field_count; i++) {
        relation->fields[i].name = alias_name(query->column_names.items[i]);
    }
}

/* ---- references inside a tree ---- */

typedef struct ReferenceSearch {
    const char *name;
    int32_t count;
    const Node *first, *second;
} ReferenceSearch;

static void search_references(void *closure, Node *node) {
    ReferenceSearch *search = closure;
    if (node->kind == NODE_TABLE_REFERENCE) {
        const NodeList *parts = &NODE_CAST(TableReference, node)->name->parts;
        if (parts->count == 1 && names_equal(alias_name(parts->items[0]), search->name)) {
            search->first = search->count == 0 ? node : search->first;
            search->second = search->count == 1 ? node : search->second;
            search->count++;
        }
        return;
    }
    node_visit_children(node, search_references, search);
}

static ReferenceSearch find_references(const Node *node, const char *name) {
    ReferenceSearch search = {.name = name};
    search_references(&search, (Node *)node);
    return search;
}

/* ---- recursion ---- */

static int32_t max_depth(const Analyzer *an) {
    const Session *session = an->cx->session;
    for (int32_t i = 0; i < session->property_count; i++) {
        if (strcmp(session->properties[i].name, "max_recursion_depth") == 0) {
            return (int32_t)strtol(session->properties[i].value, NULL, 10);
        }
    }
    return 10;
}

/* base UNION [ALL] step, with one reference to the query in the step: then it can be expanded. */
static Status find_step(Analyzer *an, const WithQuery *query, const SetOperation **ret_union) {
    *ret_union = NULL;
    const char *name = query->name->value;
    if (!query->has_column_names) {
        return FAIL_NODE(an, MISSING_COLUMN_ALIASES, &query->node,
                         "missing column aliases in recursive WITH query");
    }
    const Node *body = query->query->query_body;
    if (body->kind != NODE_SET_OPERATION || NODE_CAST(SetOperation, body)->type != SET_UNION) {
        return OK;
    }
    const SetOperation *unite = NODE_CAST(SetOperation, body);
    ReferenceSearch base = find_references(unite->relations.items[0], name);
    if (base.count > 0) {
        return FAIL_NODE(an, INVALID_RECURSIVE_REFERENCE, base.first,
                         "WITH table name is referenced in the base relation of recursion");
    }
    ReferenceSearch step = find_references(unite->relations.items[1], name);
    if (step.count > 1) {
        return FAIL_NODE(an, INVALID_RECURSIVE_REFERENCE, step.second,
                         "multiple recursive references in the step relation of recursion");
    }
    if (step.count == 1) {
        *ret_union = unite;
    }
    return OK;
}

static Status refuse_order(Analyzer *an, const Query *query) {
    if (query->order_by != NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, &query->order_by->node,
                         "immediate ORDER BY clause in recursive query");
    }
    if (query->offset != NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, &query->offset->node,
                         "immediate OFFSET clause in recursive query");
    }
    if (query->limit != NULL) {
        return FAIL_NODE(an, INVALID_LIMIT_CLAUSE, query->limit,
                         "immediate FETCH FIRST / LIMIT clause in recursive query");
    }
    return OK;
}

static Status match_step(Analyzer *an, const Node *node, const RelationPlan *anchor,
                         RelationPlan *step) {
    if (anchor->field_count != step->field_count) {
        return FAIL_NODE(an, TYPE_MISMATCH, node,
                         "base and step relations of recursion have different number of fields: "
                         "%d, %d",
                         (int)anchor->field_count, (int)step->field_count);
    }
    const Type **types = arena_new_array(an->arena, const Type *, anchor->field_count);
    for (int32_t i = 0; i < anchor->field_count; i++) {
        types[i] = anchor->fields[i].type;
        if (!type_can_coerce(step->fields[i].type, types[i])) {
            return FAIL_NODE(an, TYPE_MISMATCH, node,
                             "recursion step relation output type (%s) is not coercible to "
                             "recursion base relation output type (%s) at column %d",
                             step->fields[i].type->name, types[i]->name, (int)i + 1);
        }
    }
    plan_coerce_columns(an, step, types);
    return OK;
}

static RelationPlan plan_recursion(Analyzer *an, int32_t id, const RelationPlan *anchor,
                                   const RelationPlan *step, bool distinct) {
    RecursiveUnionNode *node =
        (RecursiveUnionNode *)plan_node_create(an->builder, PLAN_RECURSIVE_UNION, 2);
    node->base.sources[0] = anchor->plan;
    node->base.sources[1] = step->plan;
    node->recursion_id = id;
    node->max_depth = max_depth(an);
    RelationPlan result = *anchor;
    result.fields =
        arena_copy(an->arena, anchor->fields, sizeof(Field) * (size_t)anchor->field_count);
    for (int32_t i = 0; i < anchor->field_count; i++) {
        Field *field = &result.fields[i];
        symbol_list_add(an->arena, &node->anchor_inputs, anchor->fields[i].symbol);
        symbol_list_add(an->arena, &node->step_inputs, step->fields[i].symbol);
        field->symbol = plan_symbol(an->builder, field->name, field->type);
        symbol_list_add(an->arena, &node->base.outputs, field->symbol);
    }
    result.plan = distinct ? plan_distinct_rows(an, &node->base) : &node->base;
    return result;
}

static Status analyze_recursive(Analyzer *an, const SetOperation *unite, NamedQuery *named,
                                Scope *scope, RelationPlan *ret_plan) {
    const WithQuery *query = named->query;
    RelationPlan anchor, step;
    TRY(refuse_order(an, query->query));
    const Scope *inner = scope;
    TRY(analyze_with(an, query->query->with, scope, &inner));
    TRY(analyze_query_body(an, unite->relations.items[0], inner, false, &anchor));
    TRY(check_aliases(an, query, anchor.field_count));
    name_columns(query, &anchor);
    named->anchor = &anchor;
    named->recursion_id = an->builder->next_recursion_id++;
    Scope *step_scope = scope_create(an, inner, false, 0, NULL);
    named->next = inner->named;
    step_scope->named = named;
    TRY(analyze_query_body(an, unite->relations.items[1], step_scope, false, &step));
    TRY(match_step(an, unite->relations.items[1], &anchor, &step));
    *ret_plan = plan_recursion(an, named->recursion_id, &anchor, &step, unite->distinct);
    named->recursion_id = -1;
    return OK;
}

/* ---- definitions ---- */

static Status analyze_definition(Analyzer *an, bool recursive, NamedQuery *named, Scope *scope,
                                 RelationPlan *ret_plan) {
    const WithQuery *query = named->query;
    const SetOperation *unite = NULL;
    if (recursive) {
        ReferenceSearch any = find_references(&query->query->node, named->name);
        if (any.count > 0) {
            TRY(find_step(an, query, &unite));
        }
        if (unite == NULL && any.count > 0) {
            return FAIL_NODE(an, INVALID_RECURSIVE_REFERENCE, any.first,
                             "recursive reference not allowed in this context");
        }
    }
    if (unite != NULL) {
        return analyze_recursive(an, unite, named, scope, ret_plan);
    }
    TRY(analyze_query_in(an, query->query, scope, false, ret_plan));
    TRY(check_aliases(an, query, ret_plan->field_count));
    name_columns(query, ret_plan);
    return OK;
}

Status analyze_with(Analyzer *an, const With *with, const Scope *scope, const Scope **ret_scope) {
    *ret_scope = scope;
    for (int32_t i = 0; with != NULL && i < with->queries.count; i++) {
        const WithQuery *query = NODE_CAST(WithQuery, with->queries.items[i]);
        for (int32_t j = 0; j < i; j++) {
            const WithQuery *other = NODE_CAST(WithQuery, with->queries.items[j]);
            if (names_equal(other->name->value, query->name->value)) {
                return FAIL_NODE(an, DUPLICATE_NAMED_QUERY, &query->node,
                                 "WITH query name '%s' specified more than once",
                                 query->name->value);
            }
        }
        NamedQuery *named = arena_new(an->arena, NamedQuery);
        named->name = query->name->value;
        named->query = query;
        named->recursion_id = -1;
        RelationPlan *plan = arena_new(an->arena, RelationPlan);
        Scope *definition = scope_create(an, *ret_scope, false, 0, NULL);
        TRY(analyze_definition(an, with->recursive, named, definition, plan));
        named->first = plan;
        named->scope = definition;
        Scope *next = scope_create(an, *ret_scope, false, 0, NULL);
        named->next = next->named;
        next->named = named;
        *ret_scope = next;
    }
    return OK;
}

/* ---- references ---- */

static void reference_round(Analyzer *an, const NamedQuery *named, RelationPlan *ret_plan) {
    RecursiveReferenceNode *node =
        (RecursiveReferenceNode *)plan_node_create(an->builder, PLAN_RECURSIVE_REFERENCE, 0);
    node->recursion_id = named->recursion_id;
    *ret_plan = *named->anchor;
    for (int32_t i = 0; i < ret_plan->field_count; i++) {
        const Field *field = &named->anchor->fields[i];
        symbol_list_add(an->arena, &node->base.outputs,
                        plan_symbol(an->builder, field->name, field->type));
    }
    ret_plan->plan = &node->base;
}

Status analyze_named_reference(Analyzer *an, const TableReference *node, const Scope *scope,
                               bool *ret_found, RelationPlan *ret_plan) {
    const NodeList *parts = &node->name->parts;
    *ret_found = false;
    const NamedQuery *named = scope == NULL || parts->count != 1 ? NULL : scope->named;
    while (named != NULL && !names_equal(named->name, alias_name(parts->items[0]))) {
        named = named->next;
    }
    if (named == NULL) {
        return OK;
    }
    *ret_found = true;
    PlanCopy copy = {0};
    bool in_round = named->recursion_id >= 0;
    if (in_round) {
        reference_round(an, named, ret_plan);
    } else {
        *ret_plan = *named->first;
        if (named->reference_count > 0) {
            copy = plan_copy_fresh(an->builder, named->first->plan);
            ret_plan->plan = copy.plan;
        }
        ((NamedQuery *)named)->reference_count++;
    }
    const Field *fields = ret_plan->fields;
    ret_plan->fields = arena_copy(an->arena, fields, sizeof(Field) * (size_t)ret_plan->field_count);
    for (int32_t i = 0; i < ret_plan->field_count; i++) {
        Field *field = &ret_plan->fields[i];
        field->relation = node->name;
        field->symbol =
            in_round ? ret_plan->plan->outputs.items[i] : plan_copy_symbol(&copy, field->symbol);
    }
    return OK;
}
