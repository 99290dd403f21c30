/*
 * UNION, INTERSECT, EXCEPT: columns brought to common types, by position or by name
 * (CORRESPONDING).
 *
 * A chain of equal UNIONs or INTERSECTs nests to the left in the tree; it is walked in a loop and
 * becomes one node.
 */
#include "analyze/query_block.h"

#include "sql/formatter.h"
#include "type/coercion.h"

static const char *const SET_NAMES[] = {
    [SET_UNION] = "UNION", [SET_INTERSECT] = "INTERSECT", [SET_EXCEPT] = "EXCEPT"};

static Status check_types(Analyzer *an, const SetOperation *node, int32_t count, const Type **types,
                          const RelationPlan *relation) {
    const char *name = SET_NAMES[node->type];
    if (relation->field_count != count) {
        return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                         "%s query has different number of fields: %d, %d", name, (int)count,
                         (int)relation->field_count);
    }
    for (int32_t i = 0; i < count; i++) {
        const Type *common = type_common_super(types[i], relation->fields[i].type);
        if (common == NULL) {
            return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                             "column %d in %s query has incompatible types: %s, %s", (int)i + 1,
                             name, types[i]->name, relation->fields[i].type->name);
        }
        types[i] = common;
    }
    return OK;
}

static Status check_comparable(Analyzer *an, const SetOperation *node, int32_t count,
                               const Type *const *types) {
    bool compares = node->distinct || node->type != SET_UNION;
    for (int32_t i = 0; compares && i < count; i++) {
        if (!types[i]->comparable && types[i]->kind != TYPE_UNKNOWN) {
            return FAIL_NODE(an, TYPE_MISMATCH, &node->node,
                             "Type %s is not comparable and therefore cannot be used in %s%s",
                             types[i]->name, SET_NAMES[node->type], node->distinct ? "" : " ALL");
        }
    }
    return OK;
}

/* ---- CORRESPONDING ---- */

static Status require_named(Analyzer *an, const SetOperation *node, const RelationPlan *relation) {
    for (int32_t i = 0; i < relation->field_count; i++) {
        if (relation->fields[i].name == NULL) {
            return FAIL_NODE(an, MISSING_COLUMN_NAME, &node->node,
                             "Anonymous columns are not allowed in set operations with "
                             "CORRESPONDING");
        }
        for (int32_t j = 0; j < i; j++) {
            if (names_equal(relation->fields[i].name, relation->fields[j].name)) {
                return FAIL_NODE(an, AMBIGUOUS_NAME, &node->node,
                                 "Duplicate columns found when using CORRESPONDING in set "
                                 "operations: %s",
                                 relation->fields[i].name);
            }
        }
    }
    return OK;
}

/* Both sides reduced to the columns whose names they share, in the left side's order. */
static Status match_names(Analyzer *an, const SetOperation *node, RelationPlan *left,
                          RelationPlan *right) {
    if (node->corresponding_columns.count > 0) {
        return FAIL_NODE(an, NOT_SUPPORTED, &node->node,
                         "CORRESPONDING with columns is unsupported");
    }
    TRY(require_named(an, node, left));
    TRY(require_named(an, node, right));
    Field *left_fields = arena_new_array(an->arena, Field, left->field_count);
    Field *right_fields = arena_new_array(an->arena, Field, left->field_count);
    int32_t count = 0;
    for (int32_t i = 0; i < left->field_count; i++) {
        for (int32_t j = 0; j < right->field_count; j++) {
            if (names_equal(left->fields[i].name, right->fields[j].name)) {
                left_fields[count] = left->fields[i];
                right_fields[count++] = right->fields[j];
            }
        }
    }
    if (count == 0) {
        return FAIL_NODE(an, MISMATCHED_COLUMN_ALIASES, &node->node, "No corresponding columns");
    }
    *left = (RelationPlan){left->plan, count, left_fields};
    *right = (RelationPlan){right->plan, count, right_fields};
    return OK;
}

/* ---- the node ---- */

static void plan_node(Analyzer *an, const SetOperation *node, int32_t count,
                      RelationPlan *relations, const Type **types, RelationPlan *ret_plan) {
    static const SetKind kinds[] = {
        [SET_UNION] = UNION_SET, [SET_INTERSECT] = INTERSECT_SET, [SET_EXCEPT] = EXCEPT_SET};
    SetOperationNode *set =
        (SetOperationNode *)plan_node_create(an->builder, PLAN_SET_OPERATION, count);
    set->set_kind = (int32_t)kinds[node->type];
    set->distinct = node->distinct;
    set->inputs.count = count;
    set->inputs.items = arena_new_array(an->arena, SymbolList, count);
    int32_t columns = relations[0].field_count;
    for (int32_t r = 0; r < count; r++) {
        plan_coerce_columns(an, &relations[r], types);
        set->base.sources[r] = relations[r].plan;
        for (int32_t c = 0; c < columns; c++) {
            symbol_list_add(an->arena, &set->inputs.items[r], relations[r].fields[c].symbol);
        }
    }
    Field *fields = arena_new_array(an->arena, Field, columns);
    for (int32_t c = 0; c < columns; c++) {
        const char *name = relations[0].fields[c].name;
        fields[c] = (Field){.name = name, .type = types[c]};
        fields[c].symbol = plan_symbol(an->builder, name, types[c]);
        symbol_list_add(an->arena, &set->base.outputs, fields[c].symbol);
    }
    *ret_plan = (RelationPlan){&set->base, columns, fields};
}

static const Type **field_types(Analyzer *an, const RelationPlan *relation) {
    const Type **types = arena_new_array(an->arena, const Type *, relation->field_count);
    for (int32_t i = 0; i < relation->field_count; i++) {
        types[i] = relation->fields[i].type;
    }
    return types;
}

static Status analyze_branch(Analyzer *an, const Node *body, const Scope *scope,
                             RelationPlan *ret_plan) {
    TRY(analyzer_enter(an));
    TRY(analyze_query_body(an, body, scope_create(an, scope, false, 0, NULL), false, ret_plan));
    analyzer_leave(an);
    plan_visible(an, ret_plan);
    return OK;
}

static bool continues_chain(const SetOperation *node, const Node *left) {
    if (left->kind != NODE_SET_OPERATION || node->type == SET_EXCEPT || node->corresponding) {
        return false;
    }
    const SetOperation *other = NODE_CAST(SetOperation, left);
    return other->type == node->type && other->distinct == node->distinct && !other->corresponding;
}

Status analyze_set_operation(Analyzer *an, const SetOperation *node, const Scope *scope,
                             RelationPlan *ret_plan) {
    int32_t count = 2;
    const SetOperation *lowest = node;
    while (continues_chain(lowest, lowest->relations.items[0])) {
        lowest = NODE_CAST(SetOperation, lowest->relations.items[0]);
        count++;
    }
    const SetOperation **chain = arena_new_array(an->arena, const SetOperation *, count);
    RelationPlan *relations = arena_new_array(an->arena, RelationPlan, count);
    const SetOperation *next = node;
    for (int32_t i = count - 1; i > 0; i--) {
        chain[i] = next;
        if (i > 1) {
            next = NODE_CAST(SetOperation, next->relations.items[0]);
        }
    }
    TRY(analyze_branch(an, lowest->relations.items[0], scope, &relations[0]));
    const Type **types = field_types(an, &relations[0]);
    for (int32_t i = 1; i < count; i++) {
        TRY(analyze_branch(an, chain[i]->relations.items[1], scope, &relations[i]));
        if (chain[i]->corresponding) {
            TRY(match_names(an, chain[i], &relations[0], &relations[i]));
            types = field_types(an, &relations[0]);
        }
        TRY(check_types(an, chain[i], relations[0].field_count, types, &relations[i]));
        TRY(check_comparable(an, chain[i], relations[0].field_count, types));
    }
    plan_node(an, node, count, relations, types, ret_plan);
    return OK;
}
