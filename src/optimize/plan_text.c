/*
 * The lines of EXPLAIN's text: node names, descriptors, layouts, estimates, details, drawn as a
 * tree.
 */
#include "optimize/plan_text.h"

#include <math.h>
#include <string.h>

#include "base/quantity.h"
#include "optimize/statistics.h"

static void append_symbols(ByteString *out, const SymbolList *symbols) {
    byte_string_append_char(out, '[');
    for (int32_t i = 0; i < symbols->count; i++) {
        byte_string_printf(out, "%s%s", i > 0 ? ", " : "", symbols->items[i]->name);
    }
    byte_string_append_char(out, ']');
}

static void append_layout(ByteString *out, const SymbolList *symbols) {
    byte_string_append_text(out, "Layout: [");
    for (int32_t i = 0; i < symbols->count; i++) {
        byte_string_printf(out, "%s%s:%s", i > 0 ? ", " : "", symbols->items[i]->name,
                           symbols->items[i]->type->name);
    }
    byte_string_append_char(out, ']');
}

static void append_orders(ByteString *out, const SortOrderArray *orders) {
    byte_string_append_char(out, '[');
    for (int32_t i = 0; i < orders->count; i++) {
        byte_string_printf(out, "%s%s %s NULLS %s", i > 0 ? ", " : "",
                           orders->items[i].symbol->name,
                           orders->items[i].descending ? "DESC" : "ASC",
                           orders->items[i].nulls_first ? "FIRST" : "LAST");
    }
    byte_string_append_char(out, ']');
}

static const char *table_text(Optimizer *o, const PlanTable *table) {
    const char *text = NULL;
    const ConnectorApi *api = table->catalog->api;
    if (api->print_handle != NULL &&
        api->print_handle(o->cx, table->catalog->connector, table->handle, &text) != OK) {
        context_clear_error(o->cx);
    }
    return text != NULL ? text
                        : arena_printf(o->arena, "%s:%s:%s", table->catalog->name,
                                       table->table->schema, table->table->name);
}

static void append_criteria(ByteString *out, const SymbolList *left, const SymbolList *right,
                            const Expr *filter, Arena *arena) {
    if (left->count > 0) {
        byte_string_append_text(out, "criteria = ");
        for (int32_t i = 0; i < left->count; i++) {
            byte_string_printf(out, "%s(%s = %s)", i > 0 ? " AND " : "", left->items[i]->name,
                               right->items[i]->name);
        }
    }
    if (filter != NULL) {
        byte_string_printf(out, "%sfilter = %s", left->count > 0 ? ", " : "",
                           expr_format(arena, filter));
    }
}

const char *plan_text_name(const PlanNode *node) {
    static const char *const joins[] = {"InnerJoin", "LeftJoin", "RightJoin", "FullJoin"};
    switch (node->kind) {
    case PLAN_JOIN: {
        const JoinNode *join = (const JoinNode *)node;
        bool cross =
            join->join_kind == INNER_JOIN && join->left_keys.count == 0 && join->filter == NULL;
        return cross ? "CrossJoin" : joins[join->join_kind];
    }
    case PLAN_AGGREGATION:
        return "Aggregate";
    case PLAN_TOP_N:
        return "TopN";
    case PLAN_SET_OPERATION:
        return "Union";
    default:
        return plan_kind_name(node->kind);
    }
}

void plan_text_descriptor(Optimizer *o, const PlanNode *node, ByteString *out) {
    switch (node->kind) {
    case PLAN_OUTPUT: {
        const OutputNode *output = (const OutputNode *)node;
        byte_string_append_text(out, "columnNames = [");
        for (int32_t i = 0; i < output->column_names.count; i++) {
            byte_string_printf(out, "%s%s", i > 0 ? ", " : "", output->column_names.items[i]);
        }
        byte_string_append_char(out, ']');
        break;
    }
    case PLAN_TABLE_SCAN:
        byte_string_printf(out, "table = %s", table_text(o, ((const TableScanNode *)node)->table));
        break;
    case PLAN_FILTER:
        byte_string_printf(out, "filterPredicate = %s",
                           expr_format(o->arena, ((const FilterNode *)node)->predicate));
        break;
    case PLAN_AGGREGATION: {
        const AggregationNode *aggregation = (const AggregationNode *)node;
        if (aggregation->group_keys.count > 0) {
            byte_string_append_text(out, "keys = ");
            append_symbols(out, &aggregation->group_keys);
        }
        break;
    }
    case PLAN_JOIN: {
        const JoinNode *join = (const JoinNode *)node;
        append_criteria(out, &join->left_keys, &join->right_keys, join->filter, o->arena);
        break;
    }
    case PLAN_SEMI_JOIN: {
        const SemiJoinNode *join = (const SemiJoinNode *)node;
        static const char *const kinds[] = {"SEMI", "ANTI", "MARK"};
        byte_string_printf(out, "type = %s%s", kinds[join->semi_kind],
                           join->left_keys.count > 0 || join->filter != NULL ? ", " : "");
        append_criteria(out, &join->left_keys, &join->right_keys, join->filter, o->arena);
        break;
    }
    case PLAN_SORT:
        byte_string_append_text(out, "orderBy = ");
        append_orders(out, &((const SortNode *)node)->order_by);
        break;
    case PLAN_TOP_N:
        byte_string_printf(out,
                           "count = %lld, orderBy = ", (long long)((const TopNNode *)node)->count);
        append_orders(out, &((const TopNNode *)node)->order_by);
        break;
    case PLAN_LIMIT:
        byte_string_printf(out, "count = %lld", (long long)((const LimitNode *)node)->count);
        break;
    case PLAN_OFFSET:
        byte_string_printf(out, "count = %lld", (long long)((const OffsetNode *)node)->count);
        break;
    case PLAN_WINDOW: {
        const WindowNode *window = (const WindowNode *)node;
        byte_string_append_text(out, "partitionBy = ");
        append_symbols(out, &window->partition_by);
        if (window->order_by.count > 0) {
            byte_string_append_text(out, ", orderBy = ");
            append_orders(out, &window->order_by);
        }
        break;
    }
    default:
        break;
    }
}

/* ---- estimates ---- */

static double row_bytes(Optimizer *o, const PlanNode *node) {
    const PlanStatistics *statistics = statistics_of(o, (PlanNode *)(uintptr_t)node);
    double bytes = 0;
    for (int32_t i = 0; i < node->outputs.count; i++) {
        const Symbol *symbol = node->outputs.items[i];
        const SymbolStatistics *values = symbol_statistics(statistics, symbol);
        bool fixed = symbol->type->layout <= LAYOUT_WIDE;
        bytes += fixed            ? symbol->type->width + 1.0
                 : values != NULL ? values->average_bytes + 5.0
                                  : NAN;
    }
    return bytes;
}

static const char *size_text(double bytes, char *buffer) {
    return isfinite(bytes) ? data_size_print((int64_t)(bytes + 0.5), buffer) : "?";
}

double plan_text_rows(Optimizer *o, const PlanNode *node) {
    return statistics_of(o, (PlanNode *)(uintptr_t)node)->row_count;
}

double plan_text_bytes(Optimizer *o, const PlanNode *node) {
    return plan_text_rows(o, node) * row_bytes(o, node);
}

static void append_estimates(Optimizer *o, const PlanNode *node, ByteString *out) {
    char size[QUANTITY_TEXT_MAX];
    double rows = plan_text_rows(o, node), bytes = plan_text_bytes(o, node);
    if (isnan(rows)) {
        byte_string_append_text(out, "Estimates: {rows: ? (?), cpu: ?, memory: ?, network: ?}");
        return;
    }
    bool reads = node->kind == PLAN_TABLE_SCAN;
    byte_string_printf(out, "Estimates: {rows: %.0f (%s), cpu: %.0f, memory: 0B, network: 0B}",
                       rows, size_text(bytes, size), reads && isfinite(bytes) ? bytes : 0.0);
}

/* ---- details ---- */

static void append_aggregate(Optimizer *o, const Aggregate *aggregate, ByteString *out) {
    byte_string_printf(out, "%s := %s(%s", aggregate->symbol->name, aggregate->function->name,
                       aggregate->distinct ? "DISTINCT " : "");
    for (int32_t i = 0; i < aggregate->arguments.count; i++) {
        byte_string_printf(out, "%s%s", i > 0 ? ", " : "",
                           expr_format(o->arena, aggregate->arguments.items[i]));
    }
    byte_string_append_text(out, aggregate->arguments.count == 0 ? "*)" : ")");
    if (aggregate->filter != NULL) {
        byte_string_printf(out, " (mask = %s)", aggregate->filter->name);
    }
}

int32_t plan_text_details(Optimizer *o, const PlanNode *node, const char ***ret_lines) {
    int32_t capacity = node->outputs.count + 8, count = 0;
    if (node->kind == PLAN_VALUES) {
        capacity += ((const ValuesNode *)node)->row_count;
    }
    const char **lines = arena_new_array(o->arena, const char *, capacity);
    for (int32_t i = 0; i < node->outputs.count; i++) {
        ByteString line = {0};
        const Symbol *symbol = node->outputs.items[i];
        if (node->kind == PLAN_OUTPUT &&
            strcmp(((const OutputNode *)node)->column_names.items[i], symbol->name) != 0) {
            byte_string_printf(&line, "%s := %s", ((const OutputNode *)node)->column_names.items[i],
                               symbol->name);
        } else if (node->kind == PLAN_PROJECT) {
            const Expr *expr = ((const ProjectNode *)node)->expressions.items[i];
            if (expr->kind != EXPR_SYMBOL || expr->symbol != symbol) {
                byte_string_printf(&line, "%s := %s", symbol->name, expr_format(o->arena, expr));
            }
        } else if (node->kind == PLAN_TABLE_SCAN) {
            const TableScanNode *scan = (const TableScanNode *)node;
            int32_t column = scan->columns.items[i];
            byte_string_printf(&line, "%s := %s:%s", symbol->name, scan->table->catalog->name,
                               column < scan->table->table->column_count
                                   ? scan->table->table->columns[column].name
                                   : symbol->name);
        } else if (node->kind == PLAN_AGGREGATION &&
                   i >= ((const AggregationNode *)node)->group_keys.count) {
            const AggregationNode *aggregation = (const AggregationNode *)node;
            append_aggregate(o, &aggregation->aggregates.items[i - aggregation->group_keys.count],
                             &line);
        }
        if (line.size > 0) {
            lines[count++] = arena_strdup(o->arena, byte_string_text(&line));
        }
        byte_string_done(&line);
    }
    for (int32_t r = 0; node->kind == PLAN_VALUES && r < ((const ValuesNode *)node)->row_count;
         r++) {
        ByteString line = {0};
        for (int32_t i = 0; i < node->outputs.count; i++) {
            byte_string_printf(
                &line, "%s%s", i > 0 ? ", " : "(",
                expr_format(o->arena,
                            ((const ValuesNode *)node)->rows.items[r * node->outputs.count + i]));
        }
        lines[count++] = arena_printf(o->arena, "%s)", byte_string_text(&line));
        byte_string_done(&line);
    }
    *ret_lines = lines;
    return count;
}

/* ---- the tree ---- */

typedef struct TreeWriter {
    Optimizer *o;
    ByteString *out;
    const char *(*extra)(void *closure, const PlanNode *node); /* a further detail line, or NULL */
    void *closure;
} TreeWriter;

static void write_line(TreeWriter *writer, const char *prefix, const char *text) {
    byte_string_printf(writer->out, "%s%s\n", prefix, text);
}

static void write_node(TreeWriter *writer, const PlanNode *node, const char *first,
                       const char *rest) {
    Optimizer *o = writer->o;
    ByteString line = {0};
    byte_string_printf(&line, "%s[", plan_text_name(node));
    plan_text_descriptor(o, node, &line);
    byte_string_append_char(&line, ']');
    write_line(writer, first, byte_string_text(&line));
    const char *prefix =
        arena_printf(o->arena, "%s%s", rest, node->source_count > 0 ? "│   " : "    ");
    line.size = 0;
    append_layout(&line, &node->outputs);
    write_line(writer, prefix, byte_string_text(&line));
    line.size = 0;
    append_estimates(o, node, &line);
    write_line(writer, prefix, byte_string_text(&line));
    byte_string_done(&line);
    const char *extra = writer->extra != NULL ? writer->extra(writer->closure, node) : NULL;
    if (extra != NULL) {
        write_line(writer, prefix, extra);
    }
    const char **details;
    int32_t count = plan_text_details(o, node, &details);
    for (int32_t i = 0; i < count; i++) {
        write_line(writer, prefix, details[i]);
    }
    for (int32_t i = 0; i < node->source_count; i++) {
        bool last = i == node->source_count - 1;
        write_node(writer, node->sources[i],
                   arena_printf(o->arena, "%s%s", rest, last ? "└─ " : "├─ "),
                   arena_printf(o->arena, "%s%s", rest, last ? "   " : "│  "));
    }
}

void plan_text_tree(Optimizer *o, const PlanNode *node, const char *indent,
                    const char *(*extra)(void *closure, const PlanNode *node), void *closure,
                    ByteString *out) {
    TreeWriter writer = {o, out, extra, closure};
    write_node(&writer, node, indent, indent);
}

void plan_text_symbols(const SymbolList *symbols, ByteString *out) {
    append_symbols(out, symbols);
}
