/* EXPLAIN: the inner statement is analyzed, its plan printed by the host; what has no plan is shown
 * as text. */
#include <string.h>

#include "analyze/statement.h"
#include "sql/formatter.h"

static Status plan_text(Analyzer *an, const char *text) {
    return plan_query_text(
        an, arena_printf(an->arena, "SELECT %s AS \"Query Plan\"", quote_string(an, text)));
}

static const char *type_name(ExplainTypeKind kind) {
    static const char *const names[] = {
        [EXPLAIN_TYPE_LOGICAL] = "LOGICAL",
        [EXPLAIN_TYPE_DISTRIBUTED] = "DISTRIBUTED",
        [EXPLAIN_TYPE_VALIDATE] = "VALIDATE",
        [EXPLAIN_TYPE_IO] = "IO",
    };
    return names[kind];
}

static const char *format_name(ExplainFormatKind kind) {
    static const char *const names[] = {
        [EXPLAIN_FORMAT_TEXT] = "TEXT",
        [EXPLAIN_FORMAT_GRAPHVIZ] = "GRAPHVIZ",
        [EXPLAIN_FORMAT_JSON] = "JSON",
    };
    return names[kind];
}

Status analyze_explain(Analyzer *an, const Node *statement) {
    const Explain *explain = (const Explain *)statement;
    ExplainTypeKind type = EXPLAIN_TYPE_DISTRIBUTED;
    ExplainFormatKind format = EXPLAIN_FORMAT_TEXT;
    bool has_type = false;
    for (int32_t i = 0; i < explain->options.count; i++) {
        const Node *option = explain->options.items[i];
        if (option->kind == NODE_EXPLAIN_TYPE && !has_type) {
            type = ((const ExplainType *)option)->type;
            has_type = true;
        } else if (option->kind == NODE_EXPLAIN_FORMAT) {
            format = ((const ExplainFormat *)option)->type;
        }
    }
    TRY(analyze_any_statement(an, explain->statement));
    PlanNode *plan = an->analysis->plan;
    bool has_plan = plan != NULL;
    an->analysis->update_type = NULL;
    an->analysis->is_dml = false;
    an->analysis->is_explain_analyze = false;
    an->analysis->task = NULL;
    an->analysis->changes = (SessionChanges){0};
    an->analysis->query_type = "EXPLAIN";
    an->analysis->statement = statement;
    if (type == EXPLAIN_TYPE_VALIDATE) {
        return plan_query_text(an, "SELECT true AS \"Valid\"");
    }
    if (!has_plan) {
        return plan_text(an, format_statement(an->arena, explain->statement));
    }
    const char *text;
    TRY(an->host->explain(an->cx, an->host->closure, an->builder, plan, an->analysis,
                          type_name(type), format_name(format), &text));
    return plan_text(an, text);
}
