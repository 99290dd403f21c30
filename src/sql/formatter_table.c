/*
 * Statements that make, change and drop catalogs, schemas, tables, views and functions, to text.
 */
#include "formatter_internal.h"

/* ---- parts ---- */

static void put_word_and_name(Formatter *f, const char *words, const QualifiedName *name) {
    put(f, words);
    put_name(f, name);
}

static void put_alter_table(Formatter *f, bool exists, const QualifiedName *name,
                            const char *words) {
    put_word_and_name(f, exists ? "ALTER TABLE IF EXISTS " : "ALTER TABLE ", name);
    put(f, words);
}

static void put_rename(Formatter *f, const char *words, bool exists, const QualifiedName *source,
                       const QualifiedName *target) {
    put(f, words);
    put_word_and_name(f, exists ? "IF EXISTS " : "", source);
    put_word_and_name(f, " RENAME TO ", target);
}

static void put_drop(Formatter *f, const char *words, bool exists, const QualifiedName *name) {
    put(f, words);
    put_word_and_name(f, exists ? "IF EXISTS " : "", name);
}

static void put_property_list(Formatter *f, const char *before, const NodeList *properties,
                              const char *after) {
    for (int32_t i = 0; i < properties->count; i++) {
        put(f, i == 0 ? before : ", ");
        put_property(f, properties->items[i]);
    }
    put(f, properties->count > 0 ? after : "");
}

static void put_column_definition(Formatter *f, const ColumnDefinition *column) {
    put_name(f, column->name);
    put(f, " ");
    put_expression(f, column->type);
    put(f, column->not_null ? " NOT NULL" : "");
    put_comment(f, " ", column->comment);
    put_property_list(f, " WITH ( ", &column->properties, " )");
}

/* ---- tables ---- */

static const char *create_table_words(SaveMode mode) {
    static const char *const words[] = {
        [SAVE_MODE_FAIL] = "CREATE TABLE ",
        [SAVE_MODE_IGNORE] = "CREATE TABLE IF NOT EXISTS ",
        [SAVE_MODE_REPLACE] = "CREATE OR REPLACE TABLE ",
    };
    return words[mode];
}

static void put_table_element(Formatter *f, const Node *node) {
    if (node->kind == NODE_COLUMN_DEFINITION) {
        put_column_definition(f, NODE_CAST(ColumnDefinition, node));
        return;
    }
    const LikeClause *like = NODE_CAST(LikeClause, node);
    put_word_and_name(f, "LIKE ", like->table_name);
    if (like->properties_option == PROPERTIES_INCLUDING) {
        put(f, " INCLUDING PROPERTIES");
    } else if (like->properties_option == PROPERTIES_EXCLUDING) {
        put(f, " EXCLUDING PROPERTIES");
    }
}

static void put_create_table(Formatter *f, const CreateTable *create, int indent) {
    put_word_and_name(f, create_table_words(create->save_mode), create->name);
    put(f, " (\n");
    for (int32_t i = 0; i < create->elements.count; i++) {
        put_indent(f, indent + 1);
        put_table_element(f, create->elements.items[i]);
        put(f, i + 1 < create->elements.count ? ",\n" : "\n)");
    }
    put_comment(f, "\n", create->comment);
    put_properties_lines(f, &create->properties);
}

static void put_create_table_as(Formatter *f, const CreateTableAsSelect *create, int indent) {
    put_word_and_name(f, create_table_words(create->save_mode), create->name);
    if (create->has_column_aliases) {
        put(f, "( ");
        put_expressions(f, &create->column_aliases);
        put(f, " )");
    }
    put_comment(f, "\n", create->comment);
    put_properties_lines(f, &create->properties);
    put(f, " AS ");
    put_query(f, create->query, indent);
    put(f, create->with_data ? "" : " WITH NO DATA");
}

static void put_add_column(Formatter *f, const AddColumn *add) {
    put_alter_table(f, add->table_exists, add->name, " ADD COLUMN ");
    put(f, add->column_not_exists ? "IF NOT EXISTS " : "");
    put_column_definition(f, add->column);
    if (add->position == NULL) {
        return;
    }
    switch (add->position->type) {
    case COLUMN_POSITION_FIRST:
        put(f, " FIRST");
        break;
    case COLUMN_POSITION_LAST:
        put(f, " LAST");
        break;
    case COLUMN_POSITION_AFTER:
        put(f, " AFTER ");
        put_identifier(f, add->position->column);
        break;
    }
}

static void put_rename_column(Formatter *f, const RenameColumn *rename) {
    put_alter_table(f, rename->table_exists, rename->table, " RENAME COLUMN ");
    put_word_and_name(f, rename->column_exists ? "IF EXISTS " : "", rename->source);
    put(f, " TO ");
    put_identifier(f, rename->target);
}

static void put_call_arguments(Formatter *f, const NodeList *arguments) {
    put(f, "(");
    for (int32_t i = 0; i < arguments->count; i++) {
        const CallArgument *argument = NODE_CAST(CallArgument, arguments->items[i]);
        put(f, i == 0 ? "" : ", ");
        if (argument->name != NULL) {
            put_identifier(f, argument->name);
            put(f, " => ");
        }
        put_expression(f, argument->value);
    }
    put(f, ")");
}

static void put_table_execute(Formatter *f, const TableExecute *execute) {
    put_alter_table(f, false, execute->table->name, " EXECUTE ");
    put_identifier(f, execute->procedure_name);
    if (execute->arguments.count > 0) {
        put_call_arguments(f, &execute->arguments);
    }
    if (execute->where != NULL) {
        put(f, "\nWHERE ");
        put_expression(f, execute->where);
    }
}

static bool put_alter_statement(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_ADD_COLUMN:
        put_add_column(f, NODE_CAST(AddColumn, node));
        return true;
    case NODE_RENAME_COLUMN:
        put_rename_column(f, NODE_CAST(RenameColumn, node));
        return true;
    case NODE_DROP_COLUMN: {
        const DropColumn *drop = NODE_CAST(DropColumn, node);
        put_alter_table(f, drop->table_exists, drop->table, " DROP COLUMN ");
        put_word_and_name(f, drop->column_exists ? "IF EXISTS " : "", drop->field);
        return true;
    }
    case NODE_SET_COLUMN_TYPE: {
        const SetColumnType *set = NODE_CAST(SetColumnType, node);
        put_alter_table(f, set->table_exists, set->table, " ALTER COLUMN ");
        put_name(f, set->column);
        put(f, " SET DATA TYPE ");
        put_expression(f, set->type);
        return true;
    }
    case NODE_DROP_NOT_NULL_CONSTRAINT: {
        const DropNotNullConstraint *drop = NODE_CAST(DropNotNullConstraint, node);
        put_alter_table(f, drop->table_exists, drop->table, " ALTER COLUMN ");
        put_identifier(f, drop->column);
        put(f, " DROP NOT NULL");
        return true;
    }
    case NODE_SET_PROPERTIES: {
        const SetProperties *set = NODE_CAST(SetProperties, node);
        bool is_table = set->type == SET_PROPERTIES_TABLE;
        put_word_and_name(f, is_table ? "ALTER TABLE " : "ALTER MATERIALIZED VIEW ", set->name);
        put_property_list(f, " SET PROPERTIES ", &set->properties, "");
        return true;
    }
    case NODE_TABLE_EXECUTE:
        put_table_execute(f, NODE_CAST(TableExecute, node));
        return true;
    case NODE_SET_AUTHORIZATION: {
        const SetAuthorization *set = NODE_CAST(SetAuthorization, node);
        put(f, "ALTER ");
        put(f, set->owned_entity_kind->value);
        put_word_and_name(f, " ", set->source);
        put(f, " SET AUTHORIZATION ");
        put_principal(f, set->principal);
        return true;
    }
    default:
        return false;
    }
}

/* ---- views ---- */

static void put_create_view(Formatter *f, const CreateView *create, int indent) {
    put_word_and_name(f, create->replace ? "CREATE OR REPLACE VIEW " : "CREATE VIEW ",
                      create->name);
    put_comment(f, " ", create->comment);
    if (create->security != SECURITY_UNDEFINED) {
        put(f, create->security == SECURITY_DEFINER ? " SECURITY DEFINER" : " SECURITY INVOKER");
    }
    put_properties_lines(f, &create->properties);
    put(f, " AS\n");
    put_query(f, create->query, indent);
}

static void put_create_materialized_view(Formatter *f, const CreateMaterializedView *create,
                                         int indent) {
    put(f, create->replace ? "CREATE OR REPLACE MATERIALIZED VIEW " : "CREATE MATERIALIZED VIEW ");
    put_word_and_name(f, create->not_exists ? "IF NOT EXISTS " : "", create->name);
    if (create->grace_period != NULL) {
        put(f, "\nGRACE PERIOD ");
        put_expression(f, &create->grace_period->node);
    }
    put_comment(f, "\n", create->comment);
    put_properties_lines(f, &create->properties);
    put(f, " AS\n");
    put_query(f, create->query, indent);
}

/* ---- schemas, catalogs, functions ---- */

static void put_authorization(Formatter *f, const char *before, const Principal *principal) {
    if (principal != NULL) {
        put(f, before);
        put_principal(f, principal);
    }
}

static void put_create_catalog(Formatter *f, const CreateCatalog *create) {
    put(f, create->not_exists ? "CREATE CATALOG IF NOT EXISTS " : "CREATE CATALOG ");
    put_identifier(f, create->name);
    put(f, " USING ");
    put_identifier(f, create->connector_name);
    put_comment(f, "\n", create->comment);
    put_authorization(f, "\nAUTHORIZATION ", create->principal);
    put_properties_lines(f, &create->properties);
}

static bool put_schema_statement(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_CREATE_CATALOG:
        put_create_catalog(f, NODE_CAST(CreateCatalog, node));
        return true;
    case NODE_DROP_CATALOG: {
        const DropCatalog *drop = NODE_CAST(DropCatalog, node);
        put(f, drop->exists ? "DROP CATALOG IF EXISTS " : "DROP CATALOG ");
        put_identifier(f, drop->name);
        put(f, drop->cascade ? " CASCADE" : " RESTRICT");
        return true;
    }
    case NODE_CREATE_SCHEMA: {
        const CreateSchema *create = NODE_CAST(CreateSchema, node);
        put_word_and_name(f, create->not_exists ? "CREATE SCHEMA IF NOT EXISTS " : "CREATE SCHEMA ",
                          create->name);
        put_authorization(f, "\nAUTHORIZATION ", create->principal);
        put_properties_lines(f, &create->properties);
        return true;
    }
    case NODE_DROP_SCHEMA: {
        const DropSchema *drop = NODE_CAST(DropSchema, node);
        put_drop(f, "DROP SCHEMA ", drop->exists, drop->name);
        put(f, drop->cascade ? " CASCADE" : " RESTRICT");
        return true;
    }
    case NODE_RENAME_SCHEMA:
        put_word_and_name(f, "ALTER SCHEMA ", NODE_CAST(RenameSchema, node)->source);
        put(f, " RENAME TO ");
        put_identifier(f, NODE_CAST(RenameSchema, node)->target);
        return true;
    case NODE_CREATE_FUNCTION: {
        const CreateFunction *create = NODE_CAST(CreateFunction, node);
        put(f, create->replace ? "CREATE OR REPLACE " : "CREATE ");
        put_function_specification(f, create->specification, 0);
        return true;
    }
    case NODE_DROP_FUNCTION: {
        const DropFunction *drop = NODE_CAST(DropFunction, node);
        put_drop(f, "DROP FUNCTION ", drop->exists, drop->name);
        put_parameters(f, &drop->parameters);
        return true;
    }
    default:
        return false;
    }
}

/* ---- dispatch ---- */

static bool put_rename_or_drop(Formatter *f, const Node *node) {
    switch (node->kind) {
    case NODE_DROP_TABLE:
        put_drop(f, "DROP TABLE ", NODE_CAST(DropTable, node)->exists,
                 NODE_CAST(DropTable, node)->name);
        return true;
    case NODE_DROP_VIEW:
        put_drop(f, "DROP VIEW ", NODE_CAST(DropView, node)->exists,
                 NODE_CAST(DropView, node)->name);
        return true;
    case NODE_DROP_MATERIALIZED_VIEW: {
        const DropMaterializedView *drop = NODE_CAST(DropMaterializedView, node);
        put_drop(f, "DROP MATERIALIZED VIEW ", drop->exists, drop->name);
        return true;
    }
    case NODE_RENAME_TABLE: {
        const RenameTable *rename = NODE_CAST(RenameTable, node);
        put_rename(f, "ALTER TABLE ", rename->exists, rename->source, rename->target);
        return true;
    }
    case NODE_RENAME_VIEW: {
        const RenameView *rename = NODE_CAST(RenameView, node);
        put_rename(f, "ALTER VIEW ", false, rename->source, rename->target);
        return true;
    }
    case NODE_RENAME_MATERIALIZED_VIEW: {
        const RenameMaterializedView *rename = NODE_CAST(RenameMaterializedView, node);
        put_rename(f, "ALTER MATERIALIZED VIEW ", rename->exists, rename->source, rename->target);
        return true;
    }
    default:
        return false;
    }
}

static void put_comment_on(Formatter *f, const Comment *comment) {
    static const char *const words[] = {
        [COMMENT_TABLE] = "COMMENT ON TABLE ",
        [COMMENT_VIEW] = "COMMENT ON VIEW ",
        [COMMENT_COLUMN] = "COMMENT ON COLUMN ",
    };
    put_word_and_name(f, words[comment->type], comment->name);
    put(f, " IS ");
    if (comment->comment == NULL) {
        put(f, "NULL");
    } else {
        put_literal(f, comment->comment);
    }
}

bool put_table_statement(Formatter *f, const Node *node, int indent) {
    switch (node->kind) {
    case NODE_CREATE_TABLE:
        put_create_table(f, NODE_CAST(CreateTable, node), indent);
        return true;
    case NODE_CREATE_TABLE_AS_SELECT:
        put_create_table_as(f, NODE_CAST(CreateTableAsSelect, node), indent);
        return true;
    case NODE_CREATE_VIEW:
        put_create_view(f, NODE_CAST(CreateView, node), indent);
        return true;
    case NODE_CREATE_MATERIALIZED_VIEW:
        put_create_materialized_view(f, NODE_CAST(CreateMaterializedView, node), indent);
        return true;
    case NODE_REFRESH_MATERIALIZED_VIEW:
        put_word_and_name(f, "REFRESH MATERIALIZED VIEW ",
                          NODE_CAST(RefreshMaterializedView, node)->table->name);
        return true;
    case NODE_TRUNCATE_TABLE:
        put_word_and_name(f, "TRUNCATE TABLE ", NODE_CAST(TruncateTable, node)->table_name);
        return true;
    case NODE_ANALYZE:
        put_word_and_name(f, "ANALYZE ", NODE_CAST(Analyze, node)->table_name);
        put_properties_lines(f, &NODE_CAST(Analyze, node)->properties);
        return true;
    case NODE_COMMENT:
        put_comment_on(f, NODE_CAST(Comment, node));
        return true;
    case NODE_CALL:
        put_word_and_name(f, "CALL ", NODE_CAST(Call, node)->name);
        put_call_arguments(f, &NODE_CAST(Call, node)->arguments);
        return true;
    default:
        return put_rename_or_drop(f, node) || put_alter_statement(f, node) ||
               put_schema_statement(f, node);
    }
}
