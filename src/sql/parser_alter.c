/*
 * ALTER and DROP statements.
 */
#include "parser_internal.h"

/* ---- ALTER TABLE ---- */

/* After ALTER TABLE [IF EXISTS] name. */
typedef struct AlteredTable {
    const Token *start;
    QualifiedName *name;
    bool exists;
} AlteredTable;

static Status parse_add_column(Parser *p, const AlteredTable *table, Node **ret_node) {
    AddColumn *add = NODE_AT(p, AddColumn, table->start);
    add->name = table->name;
    add->table_exists = table->exists;
    TRY(expect_two(p, KEYWORD_ADD, KEYWORD_COLUMN));
    TRY(parse_if_not_exists(p, &add->column_not_exists));
    TRY(parse_column_definition(p, &add->column));
    *ret_node = &add->node;
    ColumnPosition *position = NODE_AT(p, ColumnPosition, current(p));
    if (accept(p, KEYWORD_FIRST)) {
        position->type = COLUMN_POSITION_FIRST;
    } else if (accept(p, KEYWORD_LAST)) {
        position->type = COLUMN_POSITION_LAST;
    } else if (accept(p, KEYWORD_AFTER)) {
        position->type = COLUMN_POSITION_AFTER;
        TRY(parse_identifier(p, &position->column));
    } else {
        return OK;
    }
    add->position = position;
    return OK;
}

static Status parse_rename_column(Parser *p, const AlteredTable *table, Node **ret_node) {
    RenameColumn *rename = NODE_AT(p, RenameColumn, table->start);
    rename->table = table->name;
    rename->table_exists = table->exists;
    TRY(parse_if_exists(p, &rename->column_exists));
    TRY(parse_qualified_name(p, &rename->source));
    TRY(expect(p, KEYWORD_TO));
    *ret_node = &rename->node;
    return parse_identifier(p, &rename->target);
}

static Status parse_rename_table(Parser *p, const AlteredTable *table, Node **ret_node) {
    RenameTable *rename = NODE_AT(p, RenameTable, table->start);
    rename->source = table->name;
    rename->exists = table->exists;
    TRY(expect(p, KEYWORD_TO));
    *ret_node = &rename->node;
    return parse_qualified_name(p, &rename->target);
}

static Status parse_drop_column(Parser *p, const AlteredTable *table, Node **ret_node) {
    DropColumn *drop = NODE_AT(p, DropColumn, table->start);
    drop->table = table->name;
    drop->table_exists = table->exists;
    TRY(expect_two(p, KEYWORD_DROP, KEYWORD_COLUMN));
    TRY(parse_if_exists(p, &drop->column_exists));
    *ret_node = &drop->node;
    return parse_qualified_name(p, &drop->field);
}

static Status parse_alter_column(Parser *p, const AlteredTable *table, Node **ret_node) {
    TRY(expect_two(p, KEYWORD_ALTER, KEYWORD_COLUMN));
    QualifiedName *column;
    TRY(parse_qualified_name(p, &column));
    if (column->parts.count == 1 && accept(p, KEYWORD_DROP)) {
        DropNotNullConstraint *drop = NODE_AT(p, DropNotNullConstraint, table->start);
        drop->table = table->name;
        drop->table_exists = table->exists;
        drop->column = NODE_CAST(Identifier, column->parts.items[0]);
        *ret_node = &drop->node;
        return expect_two(p, KEYWORD_NOT, KEYWORD_NULL);
    }
    SetColumnType *set = NODE_AT(p, SetColumnType, table->start);
    set->table = table->name;
    set->table_exists = table->exists;
    set->column = column;
    TRY(expect_two(p, KEYWORD_SET, KEYWORD_DATA));
    TRY(expect(p, KEYWORD_TYPE));
    *ret_node = &set->node;
    return parse_type_rule(p, &set->type);
}

static Status parse_execute_procedure(Parser *p, const AlteredTable *table, Node **ret_node) {
    TableExecute *execute = NODE_AT(p, TableExecute, table->start);
    execute->table = NODE_AT(p, TableReference, &table->name->node);
    execute->table->name = table->name;
    TRY(expect(p, KEYWORD_EXECUTE));
    TRY(parse_identifier(p, &execute->procedure_name));
    if (accept(p, TOKEN_LEFT_PAREN) && !accept(p, TOKEN_RIGHT_PAREN)) {
        TRY(parse_list(p, parse_call_argument_node, &execute->arguments));
        TRY(expect(p, TOKEN_RIGHT_PAREN));
    }
    *ret_node = &execute->node;
    return accept(p, KEYWORD_WHERE) ? parse_expression_rule(p, &execute->where) : OK;
}

static Status parse_set_properties(Parser *p, const Token *start, SetPropertiesType type,
                                   QualifiedName *name, Node **ret_node) {
    SetProperties *set = NODE_AT(p, SetProperties, start);
    set->type = type;
    set->name = name;
    *ret_node = &set->node;
    return parse_list(p, parse_property_node, &set->properties);
}

static Status parse_set_authorization(Parser *p, const Token *start, const Token *kind,
                                      QualifiedName *name, Node **ret_node) {
    SetAuthorization *set = NODE_AT(p, SetAuthorization, start);
    set->owned_entity_kind = NODE_AT(p, Identifier, kind);
    set->owned_entity_kind->value = token_string(p, kind);
    set->source = name;
    *ret_node = &set->node;
    return parse_principal(p, &set->principal);
}

static Status parse_alter_table(Parser *p, const Token *start, Node **ret_node) {
    AlteredTable table = {.start = start};
    const Token *kind = current(p);
    advance(p);
    TRY(parse_if_exists(p, &table.exists));
    TRY(parse_qualified_name(p, &table.name));
    switch (peek(p)) {
    case KEYWORD_RENAME:
        advance(p);
        return accept(p, KEYWORD_COLUMN) ? parse_rename_column(p, &table, ret_node)
                                         : parse_rename_table(p, &table, ret_node);
    case KEYWORD_ADD:
        return parse_add_column(p, &table, ret_node);
    case KEYWORD_DROP:
        return parse_drop_column(p, &table, ret_node);
    case KEYWORD_ALTER:
        return parse_alter_column(p, &table, ret_node);
    default:
        break;
    }
    if (table.exists) {
        return unexpected(p);
    }
    if (accept_two(p, KEYWORD_SET, KEYWORD_PROPERTIES)) {
        return parse_set_properties(p, start, SET_PROPERTIES_TABLE, table.name, ret_node);
    }
    if (accept_two(p, KEYWORD_SET, KEYWORD_AUTHORIZATION)) {
        return parse_set_authorization(p, start, kind, table.name, ret_node);
    }
    return parse_execute_procedure(p, &table, ret_node);
}

/* ---- ALTER of other things ---- */

static Status parse_alter_schema(Parser *p, const Token *start, const Token *kind,
                                 QualifiedName *name, Node **ret_node) {
    if (!accept_two(p, KEYWORD_RENAME, KEYWORD_TO)) {
        TRY(expect_two(p, KEYWORD_SET, KEYWORD_AUTHORIZATION));
        return parse_set_authorization(p, start, kind, name, ret_node);
    }
    RenameSchema *rename = NODE_AT(p, RenameSchema, start);
    rename->source = name;
    *ret_node = &rename->node;
    return parse_identifier(p, &rename->target);
}

static Status parse_alter_view(Parser *p, const Token *start, const Token *kind,
                               QualifiedName *name, Node **ret_node) {
    if (!accept_two(p, KEYWORD_RENAME, KEYWORD_TO)) {
        TRY(expect_two(p, KEYWORD_SET, KEYWORD_AUTHORIZATION));
        return parse_set_authorization(p, start, kind, name, ret_node);
    }
    RenameView *rename = NODE_AT(p, RenameView, start);
    rename->source = name;
    *ret_node = &rename->node;
    return parse_qualified_name(p, &rename->target);
}

static Status parse_alter_materialized_view(Parser *p, const Token *start, Node **ret_node) {
    TRY(expect_two(p, KEYWORD_MATERIALIZED, KEYWORD_VIEW));
    bool exists;
    QualifiedName *name;
    TRY(parse_if_exists(p, &exists));
    TRY(parse_qualified_name(p, &name));
    if (!exists && accept_two(p, KEYWORD_SET, KEYWORD_PROPERTIES)) {
        return parse_set_properties(p, start, SET_PROPERTIES_MATERIALIZED_VIEW, name, ret_node);
    }
    RenameMaterializedView *rename = NODE_AT(p, RenameMaterializedView, start);
    rename->exists = exists;
    rename->source = name;
    TRY(expect_two(p, KEYWORD_RENAME, KEYWORD_TO));
    *ret_node = &rename->node;
    return parse_qualified_name(p, &rename->target);
}

Status parse_alter(Parser *p, Node **ret_node) {
    const Token *start = current(p);
    advance(p);
    const Token *kind = current(p);
    if (kind->kind == KEYWORD_TABLE) {
        return parse_alter_table(p, start, ret_node);
    }
    if (kind->kind == KEYWORD_MATERIALIZED && peek_at(p, 1) == KEYWORD_VIEW) {
        return parse_alter_materialized_view(p, start, ret_node);
    }
    if (!is_identifier(kind->kind)) {
        return unexpected(p);
    }
    advance(p);
    QualifiedName *name;
    TRY(parse_qualified_name(p, &name));
    if (kind->kind == KEYWORD_SCHEMA) {
        return parse_alter_schema(p, start, kind, name, ret_node);
    }
    if (kind->kind == KEYWORD_VIEW) {
        return parse_alter_view(p, start, kind, name, ret_node);
    }
    TRY(expect_two(p, KEYWORD_SET, KEYWORD_AUTHORIZATION));
    return parse_set_authorization(p, start, kind, name, ret_node);
}

/* ---- DROP ---- */

static Status parse_behavior(Parser *p, bool *ret_cascade) {
    *ret_cascade = accept(p, KEYWORD_CASCADE);
    if (!*ret_cascade) {
        (void)accept(p, KEYWORD_RESTRICT);
    }
    return OK;
}

static Status parse_drop_catalog(Parser *p, const Token *start, Node **ret_node) {
    DropCatalog *drop = NODE_AT(p, DropCatalog, start);
    TRY(parse_if_exists(p, &drop->exists));
    TRY(parse_identifier(p, &drop->name));
    *ret_node = &drop->node;
    return parse_behavior(p, &drop->cascade);
}

static Status parse_drop_schema(Parser *p, const Token *start, Node **ret_node) {
    DropSchema *drop = NODE_AT(p, DropSchema, start);
    TRY(parse_if_exists(p, &drop->exists));
    TRY(parse_qualified_name(p, &drop->name));
    *ret_node = &drop->node;
    return parse_behavior(p, &drop->cascade);
}

static Status parse_drop_table(Parser *p, const Token *start, Node **ret_node) {
    DropTable *drop = NODE_AT(p, DropTable, start);
    TRY(parse_if_exists(p, &drop->exists));
    *ret_node = &drop->node;
    return parse_qualified_name(p, &drop->name);
}

static Status parse_drop_view(Parser *p, const Token *start, Node **ret_node) {
    DropView *drop = NODE_AT(p, DropView, start);
    TRY(parse_if_exists(p, &drop->exists));
    *ret_node = &drop->node;
    return parse_qualified_name(p, &drop->name);
}

static Status parse_drop_materialized_view(Parser *p, const Token *start, Node **ret_node) {
    DropMaterializedView *drop = NODE_AT(p, DropMaterializedView, start);
    TRY(expect(p, KEYWORD_VIEW));
    TRY(parse_if_exists(p, &drop->exists));
    *ret_node = &drop->node;
    return parse_qualified_name(p, &drop->name);
}

static Status parse_drop_role(Parser *p, const Token *start, Node **ret_node) {
    DropRole *drop = NODE_AT(p, DropRole, start);
    TRY(parse_if_exists(p, &drop->exists));
    TRY(parse_identifier(p, &drop->name));
    *ret_node = &drop->node;
    return parse_catalog_clause(p, &drop->catalog);
}

static Status parse_drop_function(Parser *p, const Token *start, Node **ret_node) {
    DropFunction *drop = NODE_AT(p, DropFunction, start);
    TRY(parse_if_exists(p, &drop->exists));
    TRY(parse_qualified_name(p, &drop->name));
    TRY(expect(p, TOKEN_LEFT_PAREN));
    if (peek(p) != TOKEN_RIGHT_PAREN) {
        TRY(parse_list(p, parse_parameter_declaration_node, &drop->parameters));
    }
    *ret_node = &drop->node;
    return expect(p, TOKEN_RIGHT_PAREN);
}

Status parse_drop(Parser *p, Node **ret_node) {
    const Token *start = current(p);
    advance(p);
    TokenKind kind = peek(p);
    switch (kind) {
    case KEYWORD_CATALOG:
        advance(p);
        return parse_drop_catalog(p, start, ret_node);
    case KEYWORD_SCHEMA:
        advance(p);
        return parse_drop_schema(p, start, ret_node);
    case KEYWORD_TABLE:
        advance(p);
        return parse_drop_table(p, start, ret_node);
    case KEYWORD_VIEW:
        advance(p);
        return parse_drop_view(p, start, ret_node);
    case KEYWORD_MATERIALIZED:
        advance(p);
        return parse_drop_materialized_view(p, start, ret_node);
    case KEYWORD_ROLE:
        advance(p);
        return parse_drop_role(p, start, ret_node);
    case KEYWORD_FUNCTION:
        advance(p);
        return parse_drop_function(p, start, ret_node);
    default:
        return unexpected(p);
    }
}
