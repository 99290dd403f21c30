/*
 * The select list. `*` and `t.*` become the visible columns, `row.*` the fields of a row. A column
 * is called by its alias, or as the column or field was written; everything else is anonymous.
 */
#include "analyze/select_items.h"

#include "analyze/expression.h"
#include "sql/formatter.h"

typedef struct SelectList {
    const ExpressionContext *context;
    Analyzer *an;
    const QuerySpecification *node;
    const RelationPlan *from;
    int32_t count, capacity;
    OutputItem *items;
} SelectList;

static void add_item(SelectList *list, OutputItem item) {
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity == 0 ? 16 : list->capacity * 2;
        OutputItem *items = arena_new_array(list->an->arena, OutputItem, capacity);
        if (list->count > 0) {
            memcpy(items, list->items, sizeof *items * (size_t)list->count);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = item;
}

/* ---- stars ---- */

/* Unquoted aliases of a star become upper case, the canonical form of identifiers. */
static const char *alias_at(SelectList *list, const AllColumns *star, int32_t index,
                            const char *name) {
    if (star->aliases.count == 0) {
        return name;
    }
    const Identifier *alias = NODE_CAST(Identifier, star->aliases.items[index]);
    char *upper = arena_strdup(list->an->arena, alias->value);
    for (char *c = upper; *c != '\0' && !alias->delimited; c++) {
        *c = *c >= 'a' && *c <= 'z' ? (char)(*c - 32) : *c;
    }
    return upper;
}

static Status check_aliases(SelectList *list, const AllColumns *star, int32_t columns) {
    if (star->aliases.count == 0 || star->aliases.count == columns) {
        return OK;
    }
    return FAIL_NODE(list->an, MISMATCHED_COLUMN_ALIASES, &star->node,
                     "Column alias list has %d entries but relation has %d columns",
                     (int)star->aliases.count, (int)columns);
}

/* The visible fields, of those that `prefix` qualifies when it is given. */
static Status add_fields(SelectList *list, const AllColumns *star, int32_t field_count,
                         const Field *fields, const NameChain *prefix) {
    int32_t columns = 0, index = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int32_t i = 0; i < field_count; i++) {
            const Field *field = &fields[i];
            if (field->hidden ||
                (prefix != NULL && !field_has_relation(field, prefix, prefix->count))) {
                continue;
            }
            if (pass == 0) {
                columns++;
                continue;
            }
            OutputItem item = {.expr = expr_symbol(list->an->arena, field->symbol),
                               .star_field = field,
                               .name = alias_at(list, star, index++, field->name)};
            add_item(list, item);
        }
        if (pass == 0) {
            TRY(check_aliases(list, star, columns));
        }
    }
    if (columns == 0) {
        return FAIL_NODE(list->an, COLUMN_NOT_FOUND, &star->node,
                         "SELECT * not allowed from relation that has no columns");
    }
    return OK;
}

static Status add_row_fields(SelectList *list, const AllColumns *star) {
    Analyzer *an = list->an;
    const Expr *row;
    TRY(analyze_expression(list->context, star->target, &row));
    const Type *type = row->type;
    if (type->kind != TYPE_ROW) {
        return FAIL_NODE(an, TYPE_MISMATCH, star->target, "expected expression of type Row");
    }
    TRY(check_aliases(list, star, type->child_count));
    for (int32_t i = 0; i < type->child_count; i++) {
        const char *name = type->field_names == NULL ? NULL : type->field_names[i];
        OutputItem item = {.expr = row_field(an, row, i),
                           .node = star->target,
                           .name = alias_at(list, star, i, name)};
        add_item(list, item);
    }
    return OK;
}

static bool scope_has_relation(const Scope *scope, const NameChain *prefix) {
    for (int32_t i = 0; i < scope->field_count; i++) {
        if (field_has_relation(&scope->fields[i], prefix, prefix->count)) {
            return true;
        }
    }
    return false;
}

/* `a.b.*` where a.b (or a.b.c, ...) is a column of a relation, so that the rest are row fields. */
static bool scope_has_column(const Scope *scope, const NameChain *prefix) {
    for (int32_t count = 2; count <= prefix->count; count++) {
        if (fields_matching(scope->field_count, scope->fields, prefix, count, NULL) > 0) {
            return true;
        }
    }
    return false;
}

static Status add_star_of(SelectList *list, const AllColumns *star) {
    NameChain prefix;
    if (!name_chain_of(star->target, &prefix)) {
        return add_row_fields(list, star);
    }
    for (const Scope *scope = list->context->scope; scope != NULL; scope = scope->parent) {
        if (scope_has_relation(scope, &prefix)) {
            return add_fields(list, star, scope->field_count, scope->fields, &prefix);
        }
        if (scope_has_column(scope, &prefix)) {
            return add_row_fields(list, star);
        }
    }
    return FAIL_NODE(list->an, TABLE_NOT_FOUND, &star->node, "Unable to resolve reference %s",
                     name_chain_text(list->an, &prefix));
}

static Status add_star(SelectList *list, const AllColumns *star) {
    if (star->target != NULL) {
        return add_star_of(list, star);
    }
    if (list->node->from == NULL) {
        return FAIL_NODE(list->an, COLUMN_NOT_FOUND, &star->node,
                         "SELECT * not allowed in queries without FROM clause");
    }
    return add_fields(list, star, list->from->field_count, list->from->fields, NULL);
}

/* ---- single items ---- */

static Status add_single(SelectList *list, const SingleColumn *column) {
    OutputItem item = {.node = column->expression};
    TRY(analyze_expression(list->context, column->expression, &item.expr));
    NameChain chain;
    if (column->alias != NULL) {
        item.name = column->alias->value;
    } else if (name_chain_of(column->expression, &chain)) {
        item.name = chain.parts[chain.count - 1];
    }
    add_item(list, item);
    return OK;
}

static Status check_comparable(SelectList *list, int32_t from) {
    for (int32_t i = from; i < list->count; i++) {
        const OutputItem *item = &list->items[i];
        const Type *type = item->expr->type;
        if (type->comparable || type->kind == TYPE_UNKNOWN) {
            continue;
        }
        const char *text = item->node != NULL   ? format_expression(list->an->arena, item->node)
                           : item->name != NULL ? item->name
                                                : "";
        return FAIL_NODE(list->an, TYPE_MISMATCH, &list->node->select->node,
                         "DISTINCT can only be applied to comparable types (actual: %s): %s",
                         type->name, text);
    }
    return OK;
}

Status analyze_select(const ExpressionContext *context, const QuerySpecification *node,
                      const RelationPlan *from, int32_t *ret_count, OutputItem **ret_outputs) {
    SelectList list = {.context = context, .an = context->an, .node = node, .from = from};
    const NodeList *items = &node->select->select_items;
    for (int32_t i = 0; i < items->count; i++) {
        int32_t before = list.count;
        const Node *item = items->items[i];
        if (item->kind == NODE_ALL_COLUMNS) {
            TRY(add_star(&list, NODE_CAST(AllColumns, item)));
        } else {
            TRY(add_single(&list, NODE_CAST(SingleColumn, item)));
        }
        if (node->select->distinct) {
            TRY(check_comparable(&list, before));
        }
    }
    *ret_count = list.count;
    *ret_outputs = list.items;
    return OK;
}
