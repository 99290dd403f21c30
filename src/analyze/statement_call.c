/* CALL: a connector's procedure by name, its arguments evaluated here. */
#include <string.h>

#include "analyze/statement.h"

static const Procedure *find_procedure(const Catalog *catalog, const char *schema,
                                       const char *name) {
    const Procedure *procedure = catalog->api->procedures;
    for (; procedure != NULL && procedure->name != NULL; procedure++) {
        if (strcmp(procedure->schema, schema) == 0 && strcmp(procedure->name, name) == 0) {
            return procedure;
        }
    }
    return NULL;
}

/* The position among the procedure's arguments that CALL argument `index` is for. */
static Status argument_position(Analyzer *an, const Procedure *procedure,
                                const CallArgument *argument, int32_t index,
                                int32_t *ret_position) {
    const Node *node = &argument->node;
    if (argument->name == NULL) {
        *ret_position = index;
        return index < procedure->argument_count
                   ? OK
                   : FAIL_AT(an->cx, INVALID_PROCEDURE_ARGUMENT, node->line, node->column,
                             "Too many arguments for procedure");
    }
    const char *name = lower_case(an, argument->name->value);
    for (int32_t i = 0; i < procedure->argument_count; i++) {
        if (strcmp(procedure->argument_names[i], name) == 0) {
            *ret_position = i;
            return OK;
        }
    }
    return FAIL_AT(an->cx, INVALID_PROCEDURE_ARGUMENT, node->line, node->column,
                   "Unknown argument name: %s", argument->name->value);
}

static Status evaluate_arguments(Analyzer *an, const Call *call, const Procedure *procedure,
                                 const Vector **values) {
    bool named = false;
    for (int32_t i = 0; i < call->arguments.count; i++) {
        const CallArgument *argument = (const CallArgument *)call->arguments.items[i];
        if (i > 0 && named != (argument->name != NULL)) {
            return FAIL_AT(an->cx, INVALID_ARGUMENTS, call->node.line, call->node.column,
                           "Named and positional arguments cannot be mixed");
        }
        named = argument->name != NULL;
        int32_t position;
        TRY(argument_position(an, procedure, argument, i, &position));
        if (values[position] != NULL) {
            return FAIL_AT(an->cx, INVALID_PROCEDURE_ARGUMENT, argument->node.line,
                           argument->node.column, "Duplicate procedure argument: %s",
                           procedure->argument_names[position]);
        }
        TRY(analyze_constant(an, argument->value, procedure->argument_types[position],
                             "Procedure argument", &values[position]));
    }
    for (int32_t i = 0; i < procedure->argument_count; i++) {
        if (values[i] == NULL && procedure->argument_defaults[i] == NULL) {
            return FAIL_AT(an->cx, INVALID_PROCEDURE_ARGUMENT, call->node.line, call->node.column,
                           "Required procedure argument '%s' is missing",
                           procedure->argument_names[i]);
        }
        values[i] = values[i] != NULL ? values[i] : procedure->argument_defaults[i];
    }
    return OK;
}

static Status run_call(Context *cx, Analysis *analysis) {
    const Call *call = (const Call *)analysis->statement;
    const Node *position = analysis->statement;
    Analyzer *an = task_analyzer(cx, analysis);
    ResolvedTable name;
    TRY(resolve_table_name(an, call->name, position, &name));
    Catalog *catalog = transaction_catalog(analysis->host->transaction, name.catalog_name);
    if (catalog == NULL) {
        return FAIL_AT(cx, CATALOG_NOT_FOUND, position->line, position->column,
                       "Catalog '%s' not found", name.catalog_name);
    }
    const Procedure *procedure = find_procedure(catalog, name.schema, name.name);
    if (procedure == NULL) {
        return FAIL(cx, PROCEDURE_NOT_FOUND, "Procedure not registered: %s.%s", name.schema,
                    name.name);
    }
    const Vector **values =
        arena_new_array(cx->arena, const Vector *, procedure->argument_count + 1);
    TRY(evaluate_arguments(an, call, procedure, values));
    return procedure->call(cx, catalog->connector, values);
}

Status analyze_call(Analyzer *an, const Node *statement) {
    return set_task(an, "CALL", run_call);
}
