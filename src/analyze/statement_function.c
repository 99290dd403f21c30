/* CREATE and DROP FUNCTION: SQL routines stored with their catalog. */
#include <string.h>

#include "analyze/inline_function.h"
#include "analyze/statement.h"
#include "sql/formatter.h"

typedef struct RoutineName {
    ResolvedTable name;
    Catalog *catalog;
} RoutineName;

static Status resolve_routine(Analyzer *an, const QualifiedName *name, const Node *position,
                              RoutineName *ret_name) {
    TRY(resolve_table_name(an, name, position, &ret_name->name));
    ret_name->catalog = transaction_catalog(an->host->transaction, ret_name->name.catalog_name);
    return ret_name->catalog != NULL
               ? OK
               : FAIL_AT(an->cx, CATALOG_NOT_FOUND, position->line, position->column,
                         "Catalog '%s' not found", ret_name->name.catalog_name);
}

/* "(bigint, varchar)" */
static Status signature_text(Analyzer *an, const NodeList *parameters, const char **ret_text) {
    const char *text = "(";
    for (int32_t i = 0; i < parameters->count; i++) {
        const ParameterDeclaration *parameter = (const ParameterDeclaration *)parameters->items[i];
        const Type *type;
        TRY(analyze_type(an, parameter->type, parameter->type, &type));
        text = arena_printf(an->arena, "%s%s%s", text, i > 0 ? "," : "", type->name);
    }
    *ret_text = arena_printf(an->arena, "%s)", text);
    return OK;
}

static Status run_create(Context *cx, Analysis *analysis) {
    const CreateFunction *create = (const CreateFunction *)analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    RoutineName routine;
    StoredFunction function = {0};
    TRY(resolve_routine(an, create->specification->name, analysis->statement, &routine));
    TRY(signature_text(an, &create->specification->parameters, &function.signature));
    function.name = routine.name.name;
    function.schema = routine.name.schema;
    function.sql = format_statement(cx->arena, (const Node *)create->specification);
    return metadata_create_function(cx, routine.catalog, &function, create->replace);
}

Status analyze_create_function(Analyzer *an, const Node *statement) {
    const CreateFunction *create = (const CreateFunction *)statement;
    RoutineName routine;
    TRY(resolve_routine(an, create->specification->name, statement, &routine));
    NodeList one = {1, (Node *[]){(Node *)create->specification}};
    TRY(analyze_inline_functions(an, &one));
    return set_task(an, "CREATE FUNCTION", run_create);
}

static Status run_drop(Context *cx, Analysis *analysis) {
    const DropFunction *drop = (const DropFunction *)analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    RoutineName routine;
    const char *signature;
    bool existed;
    TRY(resolve_routine(an, drop->name, analysis->statement, &routine));
    TRY(signature_text(an, &drop->parameters, &signature));
    TRY(metadata_drop_function(cx, routine.catalog, routine.name.schema, routine.name.name,
                               signature, &existed));
    return existed || drop->exists
               ? OK
               : FAIL_AT(cx, NOT_FOUND, drop->node.line, drop->node.column, "Function not found");
}

Status analyze_drop_function(Analyzer *an, const Node *statement) {
    return set_task(an, "DROP FUNCTION", run_drop);
}
