/*
 * Overload choice: Trino's FunctionBinder. Exact matches without type variables, then generic exact
 * matches, then matches by coercion of which the most specific wins, with the special treatment of
 * arguments that are a bare NULL.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "function/registry.h"

typedef struct Candidate {
    const FunctionEntry *entry;
    BoundSignature bound;
} Candidate;

typedef struct Resolution {
    Context *cx;
    const char *name;
    CallTypes call;
    int32_t line, column;
    int32_t entry_count;
    const FunctionEntry **entries; /* of the kinds that are asked for */
} Resolution;

/* ---- messages ---- */

static void append_call_types(ByteString *text, const CallTypes *call) {
    for (int32_t i = 0; i < call->count; i++) {
        byte_string_append_text(text, i > 0 ? ", " : "");
        byte_string_append_text(text,
                                call->types[i] != NULL ? call->types[i]->signature : "<function>");
    }
}

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static Status fail_operator(const Resolution *r) {
    static const struct {
        const char *name, *symbol;
    } symbols[] = {{"$operator$add", "+"},
                   {"$operator$subtract", "-"},
                   {"$operator$multiply", "*"},
                   {"$operator$divide", "/"},
                   {"$operator$modulus", "%"}};
    const Type *const *types = r->call.types;
    if (r->call.count == 1) {
        return FAIL_AT(r->cx, TYPE_MISMATCH, r->line, r->column, "Cannot negate %s",
                       types[0]->name);
    }
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (strcmp(r->name, symbols[i].name) == 0) {
            return FAIL_AT(r->cx, TYPE_MISMATCH, r->line, r->column,
                           "Cannot apply operator: %s %s %s", types[0]->name, symbols[i].symbol,
                           types[1]->name);
        }
    }
    return FAIL_AT(r->cx, TYPE_MISMATCH, r->line, r->column, "Cannot use %s for subscript of %s",
                   types[1]->name, types[0]->name);
}

static Status fail_not_found(const Resolution *r) {
    if (strncmp(r->name, "$operator$", 10) == 0) {
        return fail_operator(r);
    }
    Arena *arena = r->cx->arena;
    const char **expected = arena_new_array(arena, const char *, r->entry_count);
    for (int32_t i = 0; i < r->entry_count; i++) {
        const Signature *signature = r->entries[i]->signature;
        const char *space = signature->constraints_text[0] != '\0' ? " " : "";
        expected[i] = arena_printf(arena, "%s(%s)%s%s", r->name, signature->arguments_text, space,
                                   signature->constraints_text);
    }
    qsort(expected, (size_t)r->entry_count, sizeof *expected, compare_texts);
    ByteString text = {0};
    byte_string_append_text(&text, "Unexpected parameters (");
    append_call_types(&text, &r->call);
    byte_string_printf(&text, ") for function %s. Expected: ", r->name);
    for (int32_t i = 0; i < r->entry_count; i++) {
        byte_string_append_text(&text, i > 0 ? ", " : "");
        byte_string_append_text(&text, expected[i]);
    }
    const char *message = arena_strdup(arena, byte_string_text(&text));
    byte_string_done(&text);
    return FAIL_AT(r->cx, FUNCTION_NOT_FOUND, r->line, r->column, "%s", message);
}

static Status fail_ambiguous(const Resolution *r, const Candidate *candidates, int32_t count) {
    ByteString text = {0};
    byte_string_append_text(&text,
                            "Could not choose a best candidate operator. Explicit type casts "
                            "must be added.\nCandidates are:\n");
    for (int32_t i = 0; i < count; i++) {
        byte_string_append_text(&text, "\t * (");
        for (int32_t j = 0; j < r->call.count; j++) {
            byte_string_append_text(&text, j > 0 ? "," : "");
            byte_string_append_text(&text, candidates[i].bound.arguments[j]->signature);
        }
        const Type *result = candidates[i].bound.result;
        byte_string_printf(&text, "):%s\n", result != NULL ? result->signature : "unknown");
    }
    const char *message = arena_strdup(r->cx->arena, byte_string_text(&text));
    byte_string_done(&text);
    bool placed = strcmp(r->name, "$operator$negation") != 0; /* as Trino */
    return FAIL_AT(r->cx, AMBIGUOUS_FUNCTION_CALL, placed ? r->line : 0, placed ? r->column : 0,
                   "%s", message);
}

/* ---- specificity ---- */

/* Whether what `left` takes could be passed to `right`. */
static Status is_more_specific(const Resolution *r, const Candidate *left, const Candidate *right,
                               bool *ret_specific) {
    CallTypes call = {.count = r->call.count, .types = left->bound.arguments};
    for (int32_t i = 0; i < call.count; i++) {
        if (r->call.types[i] == NULL) {
            *ret_specific = false; /* overloads with lambdas are never compared */
            return OK;
        }
    }
    return signature_bind(r->cx, right->entry->signature, &call, true, ret_specific, NULL);
}

static Status most_specific(const Resolution *r, const Candidate *candidates, int32_t count,
                            Candidate *representatives, int32_t *ret_count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        bool found = false;
        for (int32_t j = 0; j < kept && !found; j++) {
            bool more, less;
            TRY(is_more_specific(r, &candidates[i], &representatives[j], &more));
            TRY(is_more_specific(r, &representatives[j], &candidates[i], &less));
            if (more) {
                representatives[j] = candidates[i];
            }
            found = more || less;
        }
        if (!found) {
            representatives[kept++] = candidates[i];
        }
    }
    *ret_count = kept;
    return OK;
}

static bool casts_only_unknown(const Resolution *r, const Candidate *candidate) {
    for (int32_t i = 0; i < r->call.count; i++) {
        const Type *actual = r->call.types[i];
        if (actual != candidate->bound.arguments[i] && actual->kind != TYPE_UNKNOWN) {
            return false;
        }
    }
    return true;
}

static bool all_alike(const Candidate *candidates, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        if (candidates[i].bound.result != candidates[0].bound.result ||
            (candidates[i].entry->flags & FUNCTION_CALLED_WITH_NULL)) {
            return false;
        }
    }
    return true;
}

/* Narrows candidates that a bare NULL leaves open; they are what most_specific kept, out of `all`.
 */
static int32_t narrow_by_unknown(const Resolution *r, const Candidate *all, int32_t all_count,
                                 Candidate *kept, int32_t kept_count) {
    bool has_unknown = false;
    for (int32_t i = 0; i < r->call.count; i++) {
        if (r->call.types[i] == NULL) {
            return kept_count;
        }
        has_unknown = has_unknown || r->call.types[i]->kind == TYPE_UNKNOWN;
    }
    if (!has_unknown) {
        return kept_count;
    }
    int32_t unknown_only = 0;
    for (int32_t i = 0; i < all_count; i++) {
        unknown_only += casts_only_unknown(r, &all[i]);
    }
    if (unknown_only > 0) {
        kept_count = 0;
        for (int32_t i = 0; i < all_count; i++) {
            if (casts_only_unknown(r, &all[i])) {
                kept[kept_count++] = all[i];
            }
        }
    }
    if (kept_count > 1 && all_alike(kept, kept_count)) {
        int32_t last = 0;
        for (int32_t i = 1; i < kept_count; i++) {
            if (strcmp(kept[i].entry->signature->arguments_text,
                       kept[last].entry->signature->arguments_text) > 0) {
                last = i;
            }
        }
        kept[0] = kept[last];
        kept_count = 1;
    }
    return kept_count;
}

/* ---- matching ---- */

typedef enum Generics { WITHOUT_VARIABLES, WITH_VARIABLES, ANY_VARIABLES } Generics;

/* One step of the choice; *ret_found.entry stays NULL when nothing matches. */
static Status match(const Resolution *r, Generics generics, bool allow_coercion,
                    Candidate *ret_found) {
    Candidate *candidates = arena_new_array(r->cx->arena, Candidate, 2 * r->entry_count + 1);
    int32_t count = 0;
    for (int32_t i = 0; i < r->entry_count; i++) {
        const Signature *signature = r->entries[i]->signature;
        bool generic = signature->type_variable_count > 0;
        if (generics != ANY_VARIABLES && generic != (generics == WITH_VARIABLES)) {
            continue;
        }
        bool applicable;
        TRY(signature_bind(r->cx, signature, &r->call, allow_coercion, &applicable,
                           &candidates[count].bound));
        if (applicable) {
            candidates[count++].entry = r->entries[i];
        }
    }
    if (allow_coercion && count > 1) {
        Candidate *kept = candidates + r->entry_count;
        int32_t kept_count;
        TRY(most_specific(r, candidates, count, kept, &kept_count));
        if (kept_count > 1) {
            kept_count = narrow_by_unknown(r, candidates, count, kept, kept_count);
        }
        candidates = kept;
        count = kept_count;
    }
    if (count > 1) {
        return fail_ambiguous(r, candidates, count);
    }
    if (count == 1) {
        *ret_found = candidates[0];
    }
    return OK;
}

static ResolvedFunction *resolved(const Resolution *r, const Candidate *found) {
    ResolvedFunction *function = arena_new(r->cx->arena, ResolvedFunction);
    const FunctionEntry *entry = found->entry;
    function->kind = entry->kind;
    function->name = entry->name;
    function->return_type = found->bound.result;
    function->argument_count = r->call.count;
    function->argument_types = found->bound.arguments;
    function->deterministic = (entry->flags & FUNCTION_NONDETERMINISTIC) == 0;
    function->returns_null_on_null =
        entry->kind == FUNCTION_SCALAR && (entry->flags & FUNCTION_CALLED_WITH_NULL) == 0;
    function->scalar = entry->scalar; /* the same bytes as the other members of the union */
    return function;
}

static Status resolve(Resolution *r, unsigned kinds, ResolvedFunction **ret_function) {
    int32_t count;
    const FunctionEntry *entries = registry_find(r->name, &count);
    r->entries = arena_new_array(r->cx->arena, const FunctionEntry *, count);
    for (int32_t i = 0; i < count; i++) {
        if (kinds >> entries[i].kind & 1) {
            r->entries[r->entry_count++] = &entries[i];
        }
    }
    if (r->entry_count == 0) {
        return FAIL_AT(r->cx, FUNCTION_NOT_FOUND, r->line, r->column,
                       "Function '%s' not registered", r->name);
    }
    Candidate found = {0};
    TRY(match(r, WITHOUT_VARIABLES, false, &found));
    if (found.entry == NULL) {
        TRY(match(r, WITH_VARIABLES, false, &found));
    }
    if (found.entry == NULL) {
        TRY(match(r, ANY_VARIABLES, true, &found));
    }
    if (found.entry == NULL) {
        return fail_not_found(r);
    }
    if (found.bound.result == NULL) {
        TRY(signature_result(r->cx, found.entry->signature, &r->call, &found.bound.result));
    }
    *ret_function = resolved(r, &found);
    return OK;
}

Status function_resolve(Context *cx, const char *name, unsigned kinds, int32_t argument_count,
                        const Type *const *argument_types, int32_t line, int32_t column,
                        ResolvedFunction **ret_function) {
    Resolution r = {.cx = cx, .name = name, .line = line, .column = column};
    r.call = (CallTypes){.count = argument_count, .types = argument_types};
    return resolve(&r, kinds, ret_function);
}

Status function_resolve_lambda(Context *cx, const char *name, unsigned kinds,
                               int32_t argument_count, const Type *const *argument_types,
                               const int32_t *lambda_arity, LambdaTyper typer, void *closure,
                               int32_t line, int32_t column, ResolvedFunction **ret_function) {
    Resolution r = {.cx = cx, .name = name, .line = line, .column = column};
    r.call = (CallTypes){
        .count = argument_count, .types = argument_types, .typer = typer, .closure = closure};
    return resolve(&r, kinds, ret_function);
}
