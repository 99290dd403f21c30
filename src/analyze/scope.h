/*
 * Names to fields: the lookup rules of Trino's Scope. A name is looked for in a scope, then in its
 * parents; a scope whose column is a prefix of the name ends the search, so that the rest is read
 * as row fields.
 */
#pragma once

#include "analyze/analyzer.h"

enum { NAME_PARTS_MAX = 64 };

/* A dotted name: identifiers in order. */
typedef struct NameChain {
    int32_t count;
    const char *parts[NAME_PARTS_MAX];
} NameChain;

typedef struct ResolvedName {
    const Field *field; /* NULL: not found */
    bool is_local;      /* found without leaving the query */
} ResolvedName;

/* Equal but for case, as identifiers are compared. */
bool names_equal(const char *a, const char *b);
/* Whether a node is an identifier or a dereference of identifiers; then *ret_chain is the name. */
bool name_chain_of(const Node *node, NameChain *ret_chain);
/* "a.b.c" in lower case. */
const char *name_chain_text(Analyzer *an, const NameChain *chain);

/* AMBIGUOUS_NAME at the node when the nearest scope with a match has several. */
MUST_CHECK Status scope_resolve(Analyzer *an, const Scope *scope, const Node *node,
                                const NameChain *chain, ResolvedName *ret_name);
/* Whether a proper prefix of the name is a column somewhere. */
bool scope_has_prefix(const Scope *scope, const NameChain *chain);
/* Whether a field may be called by relation name `chain` (the first `count` parts of it). */
bool field_has_relation(const Field *field, const NameChain *chain, int32_t count);
/* How many of the fields the name may mean; the last is *ret_field. */
int32_t fields_matching(int32_t field_count, const Field *fields, const NameChain *chain,
                        int32_t count, const Field **ret_field);

Scope *scope_create(Analyzer *an, const Scope *parent, bool query_boundary, int32_t field_count,
                    const Field *fields);
/* A scope without fields below `outer`, in which a query starts. */
Scope *scope_create_for_query(Analyzer *an, const Scope *outer);
