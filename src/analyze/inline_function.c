/*
 * SQL routines: declaration, the choice among overloads, calls.
 *
 * A call of a routine that is one RETURN becomes its expression with the arguments in place of the
 * parameters, unless an argument that must be computed once is used twice. Every other call is a
 * scalar function whose kernel runs the routine. Stored routines are found by catalog.schema.name,
 * or by name in the schemas of the session's path.
 */
#include "analyze/inline_function.h"

#include <strings.h>

#include "analyze/expression.h"
#include "sql/parser.h"
#include "type/coercion.h"

static const char *signature_text(Analyzer *an, const InlineFunction *function,
                                  const char *separator) {
    const char *text = "";
    for (int32_t i = 0; i < function->parameter_count; i++) {
        text = arena_printf(an->arena, "%s%s%s", text, i > 0 ? separator : "",
                            function->parameter_types[i]->signature);
    }
    return text;
}

/* ---- declaration ---- */

static Status declare_parameters(Analyzer *an, const FunctionSpecification *node,
                                 InlineFunction *function) {
    int32_t count = node->parameters.count;
    function->parameter_names = arena_new_array(an->arena, const char *, count);
    function->parameter_types = arena_new_array(an->arena, const Type *, count);
    for (int32_t i = 0; i < count; i++) {
        const ParameterDeclaration *parameter =
            NODE_CAST(ParameterDeclaration, node->parameters.items[i]);
        if (parameter->name == NULL) {
            return FAIL_NODE(an, INVALID_ARGUMENTS, &parameter->node,
                             "Function parameters must have a name");
        }
        const char *name = parameter->name->value;
        for (int32_t j = 0; j < i; j++) {
            if (names_equal(function->parameter_names[j], name)) {
                return FAIL_NODE(an, INVALID_ARGUMENTS, &parameter->node,
                                 "Duplicate function parameter name: %s", name);
            }
        }
        TRY(analyze_type(an, parameter->type, &parameter->node, &function->parameter_types[i]));
        function->parameter_names[i] = name;
    }
    function->parameter_count = count;
    return OK;
}

/* What the characteristics declare; *ret_deterministic -1: nothing. */
static Status read_characteristics(Analyzer *an, const FunctionSpecification *node,
                                   InlineFunction *function, int *ret_deterministic) {
    *ret_deterministic = -1;
    for (int32_t i = 0; i < node->routine_characteristics.count; i++) {
        const Node *item = node->routine_characteristics.items[i];
        if (item->kind == NODE_LANGUAGE_CHARACTERISTIC) {
            const char *language = NODE_CAST(LanguageCharacteristic, item)->language->value;
            if (strcasecmp(language, "sql") != 0 && node->definition == NULL) {
                return FAIL_NODE(an, SYNTAX_ERROR, item,
                                 "Only functions using language 'SQL' may be defined using SQL");
            }
            if (strcasecmp(language, "sql") != 0) {
                return FAIL_NODE(an, NOT_SUPPORTED, item, "Unsupported function language: %s",
                                 language);
            }
        } else if (item->kind == NODE_NULL_INPUT_CHARACTERISTIC) {
            function->null_on_null = !NODE_CAST(NullInputCharacteristic, item)->called_on_null;
        } else if (item->kind == NODE_DETERMINISTIC_CHARACTERISTIC) {
            *ret_deterministic = NODE_CAST(DeterministicCharacteristic, item)->deterministic;
        }
    }
    if (node->statement == NULL) {
        return FAIL_NODE(an, NOT_SUPPORTED, &node->node,
                         "Only functions using language 'SQL' are supported");
    }
    return OK;
}

static Status check_deterministic(Analyzer *an, const InlineFunction *function, int declared) {
    const Node *node = &function->node->node;
    if (declared == 0 && function->deterministic) {
        return FAIL_NODE(an, INVALID_ARGUMENTS, node,
                         "Deterministic function declared NOT DETERMINISTIC");
    }
    if (declared == 1 && !function->deterministic) {
        return FAIL_NODE(an, INVALID_ARGUMENTS, node,
                         "Non-deterministic function declared DETERMINISTIC");
    }
    return OK;
}

Status analyze_function(Analyzer *an, const FunctionSpecification *node, const char *name,
                        const InlineFunction **ret_function) {
    InlineFunction *function = arena_new(an->arena, InlineFunction);
    int declared;
    function->node = node;
    function->name = name;
    TRY(declare_parameters(an, node, function));
    TRY(analyze_type(an, node->returns_clause->return_type, &node->returns_clause->node,
                     &function->return_type));
    TRY(read_characteristics(an, node, function, &declared));
    function->next = an->functions;
    an->functions = function;
    function->is_being_analyzed = true;
    TRY(analyze_routine(an, function));
    function->is_being_analyzed = false;
    TRY(check_deterministic(an, function, declared));
    function->scalar = arena_new(an->arena, ScalarFunction);
    function->scalar->name = function->name;
    function->scalar->kernel = routine_kernel;
    function->scalar->flags = FUNCTION_HIDDEN | FUNCTION_MAY_RETURN_NULL |
                              (function->null_on_null ? 0 : FUNCTION_CALLED_WITH_NULL) |
                              (function->deterministic ? 0 : FUNCTION_NONDETERMINISTIC);
    function->scalar->data = function->routine;
    *ret_function = function;
    return OK;
}

Status analyze_inline_functions(Analyzer *an, const NodeList *specifications) {
    for (int32_t i = 0; i < specifications->count; i++) {
        const FunctionSpecification *node =
            NODE_CAST(FunctionSpecification, specifications->items[i]);
        const InlineFunction *ignored;
        TRY(analyze_function(an, node, name_suffix(an, node->name), &ignored));
    }
    return OK;
}

/* ---- stored routines ---- */

static Status load_stored(Analyzer *an, Catalog *catalog, const char *schema, const char *function,
                          const char *name) {
    const StoredFunction *stored;
    int32_t count = metadata_list_functions(an->cx, catalog, schema, &stored);
    for (int32_t i = 0; i < count; i++) {
        FunctionSpecification *node;
        const InlineFunction *ignored;
        if (!names_equal(stored[i].name, function)) {
            continue;
        }
        TRY(parse_function_specification(an->cx, stored[i].sql, strlen(stored[i].sql), &node));
        TRY(analyze_function(an, node, name, &ignored));
    }
    return OK;
}

static bool is_known(const Analyzer *an, const char *name) {
    for (const InlineFunction *f = an->functions; f != NULL; f = f->next) {
        if (strcmp(f->name, name) == 0) {
            return true;
        }
    }
    return false;
}

static Status find_qualified(Analyzer *an, const QualifiedName *name, const char *text) {
    const char *parts[3];
    for (int i = 0; i < 3; i++) {
        parts[i] = lower_case(an, NODE_CAST(Identifier, name->parts.items[i])->value);
    }
    Catalog *catalog = transaction_catalog(an->host->transaction, parts[0]);
    return catalog == NULL ? OK : load_stored(an, catalog, parts[1], parts[2], text);
}

/* The schemas of the path, in order, until one has the function. */
static Status find_in_path(Analyzer *an, const char *name) {
    const char *path = an->cx->session->path;
    PathSpecification *specification;
    if (path == NULL || *path == '\0') {
        return OK;
    }
    if (parse_path(an->cx, path, strlen(path), &specification) != OK) {
        context_clear_error(an->cx);
        return OK;
    }
    for (int32_t i = 0; i < specification->path.count && !is_known(an, name); i++) {
        const PathElement *element = NODE_CAST(PathElement, specification->path.items[i]);
        const char *catalog_name = element->catalog == NULL ? an->catalog : element->catalog->value;
        Catalog *catalog = catalog_name == NULL ? NULL
                                                : transaction_catalog(an->host->transaction,
                                                                      lower_case(an, catalog_name));
        if (catalog != NULL) {
            TRY(load_stored(an, catalog, lower_case(an, element->schema->value), name, name));
        }
    }
    return OK;
}

/* Makes stored functions of that name callable; builtin ones come first. */
static Status find_stored(Analyzer *an, const QualifiedName *node, const char *name) {
    unsigned kinds = 1u << FUNCTION_SCALAR | 1u << FUNCTION_AGGREGATE | 1u << FUNCTION_WINDOW;
    if (is_known(an, name) || function_exists(name, kinds)) {
        return OK;
    }
    if (node->parts.count == 3) {
        return find_qualified(an, node, name);
    }
    return node->parts.count == 1 ? find_in_path(an, name) : OK;
}

/* ---- the choice ---- */

typedef struct Candidates {
    int32_t exact, coercible;
    const InlineFunction *chosen;
    const char *ambiguous; /* list of the exact ones */
    const char *expected;
} Candidates;

static bool accepts(const InlineFunction *function, int32_t count, const Expr **arguments,
                    bool coerced) {
    bool accepted = function->parameter_count == count;
    for (int32_t i = 0; accepted && i < count; i++) {
        const Type *actual = arguments[i]->type, *expected = function->parameter_types[i];
        accepted = actual == expected || (coerced && type_can_coerce(actual, expected));
    }
    return accepted;
}

static const char *append_candidate(Analyzer *an, const char *list,
                                    const InlineFunction *function) {
    return arena_printf(an->arena, "%s\t * (%s):%s\n", list == NULL ? "" : list,
                        signature_text(an, function, ","), function->return_type->signature);
}

static void consider(Analyzer *an, Candidates *candidates, const InlineFunction *function,
                     int32_t count, const Expr **arguments) {
    const char *expected =
        arena_printf(an->arena, "%s(%s)", function->name, signature_text(an, function, ", "));
    candidates->expected = candidates->expected == NULL
                               ? expected
                               : arena_printf(an->arena, "%s, %s", expected, candidates->expected);
    if (accepts(function, count, arguments, false)) {
        candidates->exact++;
        candidates->chosen = function;
        candidates->ambiguous = append_candidate(an, candidates->ambiguous, function);
    } else if (candidates->exact == 0 && accepts(function, count, arguments, true)) {
        candidates->coercible++;
        candidates->chosen = function;
    }
}

static const char *types_text(Analyzer *an, int32_t count, const Expr **arguments) {
    const char *text = "";
    for (int32_t i = 0; i < count; i++) {
        text = arena_printf(an->arena, "%s%s%s", text, i > 0 ? ", " : "",
                            arguments[i]->type->signature);
    }
    return text;
}

static Status choose(Analyzer *an, const FunctionCall *node, const char *name,
                     const Expr **arguments, const InlineFunction **ret_function) {
    Candidates candidates = {0};
    int32_t count = node->arguments.count;
    for (const InlineFunction *f = an->functions; f != NULL; f = f->next) {
        if (strcmp(f->name, name) == 0) {
            consider(an, &candidates, f, count, arguments);
        }
    }
    if (candidates.exact > 1) {
        return FAIL_NODE(an, AMBIGUOUS_FUNCTION_CALL, &node->node,
                         "Could not choose a best candidate operator. Explicit type casts must be "
                         "added.\nCandidates are:\n%s",
                         candidates.ambiguous);
    }
    if (candidates.chosen == NULL) {
        return FAIL_NODE(an, FUNCTION_NOT_FOUND, &node->node,
                         "Unexpected parameters (%s) for function %s. Expected: %s",
                         types_text(an, count, arguments), name, candidates.expected);
    }
    if (candidates.chosen->is_being_analyzed) {
        const InlineFunction *function = candidates.chosen;
        return FAIL_NODE(an, NOT_SUPPORTED, &function->node->node,
                         "Recursive language functions are not supported: %s(%s):%s",
                         function->name, signature_text(an, function, ","),
                         function->return_type->signature);
    }
    *ret_function = candidates.chosen;
    return OK;
}

/* ---- calls ---- */

typedef struct UseCount {
    const Symbol *symbol;
    int32_t count;
} UseCount;

static void count_use(void *closure, const Symbol *symbol) {
    UseCount *use = closure;
    use->count += symbol == use->symbol;
}

/* Whether the arguments may stand where the parameters do: each is computed as often as it was. */
static bool can_inline(const InlineFunction *function, const Expr **arguments) {
    if (function->value == NULL) {
        return false;
    }
    for (int32_t i = 0; i < function->parameter_count; i++) {
        UseCount use = {function->routine->variables[i], 0};
        expr_symbols(function->value, count_use, &use);
        bool is_simple = arguments[i]->kind == EXPR_SYMBOL || arguments[i]->kind == EXPR_CONSTANT;
        if (!is_simple && use.count != 1) {
            return false;
        }
    }
    return true;
}

static const Expr *inline_value(Analyzer *an, const InlineFunction *function,
                                const Expr **arguments) {
    int32_t count = an->builder->symbol_count;
    const Expr **map = arena_new_array(an->arena, const Expr *, count);
    for (int32_t i = 0; i < function->parameter_count; i++) {
        map[function->routine->variables[i]->id] = arguments[i];
    }
    const Expr *value = expr_replace_symbols(an->arena, function->value, map, count);
    if (!function->null_on_null || function->parameter_count == 0) {
        return value;
    }
    const Expr **nulls = arena_new_array(an->arena, const Expr *, function->parameter_count);
    for (int32_t i = 0; i < function->parameter_count; i++) {
        nulls[i] = expr_is_null(an->arena, arguments[i]);
    }
    const Expr *branches[3] = {expr_or(an->arena, function->parameter_count, nulls),
                               expr_null(an->arena, function->return_type), value};
    return expr_special(an->arena, EXPR_IF, function->return_type, 3, branches);
}

static const Expr *call_routine(Analyzer *an, const InlineFunction *function,
                                const Expr **arguments) {
    ResolvedFunction *resolved = arena_new(an->arena, ResolvedFunction);
    resolved->kind = FUNCTION_SCALAR;
    resolved->name = function->name;
    resolved->return_type = function->return_type;
    resolved->argument_count = function->parameter_count;
    resolved->argument_types = function->parameter_types;
    resolved->deterministic = function->deterministic;
    resolved->returns_null_on_null = function->null_on_null;
    resolved->scalar = function->scalar;
    return expr_call(an->arena, resolved, function->parameter_count, arguments);
}

Status analyze_inline_call(const ExpressionContext *context, const FunctionCall *node,
                           const char *name, bool *ret_is_inline, const Expr **ret_expr) {
    Analyzer *an = context->an;
    TRY(find_stored(an, node->name, name));
    *ret_is_inline = is_known(an, name);
    if (!*ret_is_inline) {
        return OK;
    }
    int32_t count = node->arguments.count;
    const Expr **arguments = arena_new_array(an->arena, const Expr *, count);
    for (int32_t i = 0; i < count; i++) {
        TRY(analyze_expression(context, node->arguments.items[i], &arguments[i]));
    }
    const InlineFunction *function = NULL;
    TRY(choose(an, node, name, arguments, &function));
    for (int32_t i = 0; i < count; i++) {
        arguments[i] = coerce(an, arguments[i], function->parameter_types[i]);
    }
    const Expr *expr = can_inline(function, arguments) ? inline_value(an, function, arguments)
                                                       : call_routine(an, function, arguments);
    *ret_expr = expr;
    return OK;
}
