/*
 * Statements analyzed without tables: a catalog manager without catalogs, a session, and the plan
 * as one line of node names
 * ("Output(Project(Values))"), or the error as "CODE line:column message".
 */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "analyze/analyze.h"
#include "sql/parser.h"

typedef struct Fixture {
    Arena *arena;
    CatalogManager *manager;
    Transaction *transaction;
    Session session;
    Context cx;
    AnalysisHost host;
    Analysis *analysis;
} Fixture;

static inline void fixture_init(Fixture *fixture) {
    memset(fixture, 0, sizeof *fixture);
    fixture->arena = arena_create(NULL);
    fixture->manager = catalog_manager_create();
    fixture->transaction = transaction_begin(fixture->manager, true, true, "READ UNCOMMITTED");
    fixture->session.user = "test";
    fixture->session.time_zone = "UTC";
    fixture->session.path = "";
    fixture->cx.arena = fixture->arena;
    fixture->cx.session = &fixture->session;
    fixture->host.transaction = fixture->transaction;
}

static inline void fixture_done(Fixture *fixture) {
    transaction_rollback(fixture->transaction);
    catalog_manager_free(fixture->manager);
    arena_free(fixture->arena);
}

static inline const char *plan_shape(Arena *arena, const PlanNode *node) {
    const char *sources = "";
    for (int32_t i = 0; i < node->source_count; i++) {
        sources = arena_printf(arena, "%s%s%s", sources, i > 0 ? ", " : "",
                               plan_shape(arena, node->sources[i]));
    }
    return node->source_count == 0
               ? plan_kind_name(node->kind)
               : arena_printf(arena, "%s(%s)", plan_kind_name(node->kind), sources);
}

/* The shape of the plan, or the error. */
static inline const char *analyze_text(Fixture *fixture, const char *sql) {
    Context *cx = &fixture->cx;
    Node *statement;
    context_clear_error(cx);
    if (parse_statement(cx, sql, strlen(sql), &statement) == OK &&
        analyze_statement(cx, &fixture->host, statement, &fixture->analysis) == OK) {
        return plan_shape(fixture->arena, fixture->analysis->plan);
    }
    return arena_printf(fixture->arena, "%s %s", error_code_name(cx->error.code),
                        cx->error.message);
}

#define assert_analyzed(fixture, sql, expected)                                                    \
    assert_string_equal(analyze_text((fixture), (sql)), (expected))
