/*
 * Scopes and the lookup of names. Identifiers are compared without regard to case, quoted or not; a
 * field may be qualified by any suffix of the name its relation was written with.
 */
#include "analyze/scope.h"

#include <strings.h>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

static bool unicode_names_equal(const char *a, const char *b) {
    int32_t length_a = (int32_t)strlen(a), length_b = (int32_t)strlen(b);
    int32_t at_a = 0, at_b = 0;
    while (at_a < length_a && at_b < length_b) {
        UChar32 x, y;
        U8_NEXT(a, at_a, length_a, x);
        U8_NEXT(b, at_b, length_b, y);
        if (x != y && u_tolower(x) != u_tolower(y) && u_toupper(x) != u_toupper(y)) {
            return false;
        }
    }
    return at_a == length_a && at_b == length_b;
}

bool names_equal(const char *a, const char *b) {
    for (const char *x = a, *y = b;; x++, y++) {
        unsigned char c = (unsigned char)*x, d = (unsigned char)*y;
        if (c >= 0x80 || d >= 0x80) {
            return unicode_names_equal(x, y);
        }
        c = c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c;
        d = d >= 'A' && d <= 'Z' ? (unsigned char)(d + 32) : d;
        if (c != d) {
            return false;
        }
        if (c == '\0') {
            return true;
        }
    }
}

bool name_chain_of(const Node *node, NameChain *ret_chain) {
    const char *reversed[NAME_PARTS_MAX];
    int32_t count = 0;
    while (node->kind == NODE_DEREFERENCE_EXPRESSION) {
        const DereferenceExpression *dereference = NODE_CAST(DereferenceExpression, node);
        if (dereference->field == NULL || count == NAME_PARTS_MAX - 1) {
            return false;
        }
        reversed[count++] = dereference->field->value;
        node = dereference->base;
    }
    if (node->kind != NODE_IDENTIFIER) {
        return false;
    }
    reversed[count++] = NODE_CAST(Identifier, node)->value;
    ret_chain->count = count;
    for (int32_t i = 0; i < count; i++) {
        ret_chain->parts[i] = reversed[count - 1 - i];
    }
    return true;
}

const char *name_chain_text(Analyzer *an, const NameChain *chain) {
    const char *text = lower_case(an, chain->parts[0]);
    for (int32_t i = 1; i < chain->count; i++) {
        text = arena_printf(an->arena, "%s.%s", text, lower_case(an, chain->parts[i]));
    }
    return text;
}

bool field_has_relation(const Field *field, const NameChain *chain, int32_t count) {
    if (count == 0) {
        return true;
    }
    if (field->relation == NULL || field->relation->parts.count < count) {
        return false;
    }
    int32_t skipped = field->relation->parts.count - count;
    for (int32_t i = 0; i < count; i++) {
        const Node *part = field->relation->parts.items[skipped + i];
        if (!names_equal(NODE_CAST(Identifier, part)->value, chain->parts[i])) {
            return false;
        }
    }
    return true;
}

int32_t fields_matching(int32_t field_count, const Field *fields, const NameChain *chain,
                        int32_t count, const Field **ret_field) {
    int32_t matches = 0;
    for (int32_t i = 0; i < field_count; i++) {
        const Field *field = &fields[i];
        if (field->name != NULL && names_equal(field->name, chain->parts[count - 1]) &&
            field_has_relation(field, chain, count - 1)) {
            matches++;
            if (ret_field != NULL) {
                *ret_field = field;
            }
        }
    }
    return matches;
}

static bool has_prefix(const Scope *scope, const NameChain *chain) {
    for (int32_t count = chain->count - 1; count > 0; count--) {
        if (fields_matching(scope->field_count, scope->fields, chain, count, NULL) > 0) {
            return true;
        }
    }
    return false;
}

bool scope_has_prefix(const Scope *scope, const NameChain *chain) {
    for (; scope != NULL; scope = scope->parent) {
        if (has_prefix(scope, chain)) {
            return true;
        }
    }
    return false;
}

Status scope_resolve(Analyzer *an, const Scope *scope, const Node *node, const NameChain *chain,
                     ResolvedName *ret_name) {
    bool is_local = true;
    *ret_name = (ResolvedName){NULL, true};
    for (; scope != NULL; scope = scope->parent) {
        const Field *field = NULL;
        int32_t matches =
            fields_matching(scope->field_count, scope->fields, chain, chain->count, &field);
        if (matches > 1) {
            return FAIL_AT(an->cx, AMBIGUOUS_NAME, node->line, node->column,
                           "Column '%s' is ambiguous", name_chain_text(an, chain));
        }
        if (matches == 1 && scope->refusal != NULL) {
            return FAIL_AT(an->cx, INVALID_COLUMN_REFERENCE, node->line, node->column, "%s",
                           scope->refusal);
        }
        if (matches == 1) {
            *ret_name = (ResolvedName){field, is_local};
            return OK;
        }
        if (has_prefix(scope, chain)) {
            return OK;
        }
        is_local = is_local && !scope->query_boundary;
    }
    return OK;
}

Scope *scope_create(Analyzer *an, const Scope *parent, bool query_boundary, int32_t field_count,
                    const Field *fields) {
    Scope *scope = arena_new(an->arena, Scope);
    scope->parent = parent;
    scope->query_boundary = query_boundary;
    scope->field_count = field_count;
    scope->fields = fields;
    scope->named = parent != NULL ? parent->named : NULL;
    return scope;
}

Scope *scope_create_for_query(Analyzer *an, const Scope *outer) {
    return scope_create(an, outer, outer != NULL, 0, NULL);
}
