/*
 * EXPLAIN: the optimised plan as text, JSON, dot or its inputs and estimates; EXPLAIN ANALYZE's
 * figures; SHOW STATS.
 *
 * On one node a plan is one fragment.
 */
#include "optimize/explain.h"

#include <math.h>
#include <string.h>

#include "base/double_text.h"
#include "base/quantity.h"
#include "optimize/plan_text.h"
#include "optimize/statistics.h"

static const char HEADER[] = "Trino version: 476\n";

static void append_json_string(ByteString *out, const char *text) {
    byte_string_append_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            byte_string_append_char(out, '\\');
        }
        byte_string_append_char(out, *text);
    }
    byte_string_append_char(out, '"');
}

static void append_number(ByteString *out, double number) {
    char text[DOUBLE_TEXT_MAX];
    if (isnan(number)) {
        byte_string_append_text(out, "\"NaN\"");
    } else {
        byte_string_append(out, text, (size_t)double_print(number, text));
    }
}

/* ---- JSON ---- */

static void indent(ByteString *out, int32_t depth) {
    byte_string_append_char(out, '\n');
    for (int32_t i = 0; i < depth; i++) {
        byte_string_append_text(out, "  ");
    }
}

/* "key = value, key = value" as members; commas inside brackets belong to values. */
static void append_descriptor(Optimizer *o, const PlanNode *node, int32_t depth, ByteString *out) {
    ByteString text = {0};
    plan_text_descriptor(o, node, &text);
    const char *next = byte_string_text(&text);
    bool first = true;
    byte_string_append_text(out, "{");
    while (*next != '\0') {
        const char *equals = strstr(next, " = ");
        if (equals == NULL) {
            break;
        }
        const char *end = equals + 3;
        for (int level = 0; *end != '\0' && !(level == 0 && strncmp(end, ", ", 2) == 0); end++) {
            level += (*end == '[' || *end == '(') - (*end == ']' || *end == ')');
        }
        byte_string_append_text(out, first ? "" : ",");
        indent(out, depth + 1);
        append_json_string(out, arena_strndup(o->arena, next, (size_t)(equals - next)));
        byte_string_append_text(out, " : ");
        append_json_string(out, arena_strndup(o->arena, equals + 3, (size_t)(end - equals - 3)));
        first = false;
        next = *end != '\0' ? end + 2 : end;
    }
    byte_string_done(&text);
    if (first) {
        byte_string_append_text(out, " }");
    } else {
        indent(out, depth);
        byte_string_append_char(out, '}');
    }
}

static void append_estimate(Optimizer *o, const PlanNode *node, int32_t depth, ByteString *out) {
    const struct {
        const char *name;
        double value;
    } members[] = {
        {"outputRowCount", plan_text_rows(o, node)},
        {"outputSizeInBytes", plan_text_bytes(o, node)},
        {"cpuCost", 0},
        {"memoryCost", 0},
        {"networkCost", 0},
    };
    byte_string_append_char(out, '{');
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        byte_string_append_text(out, i > 0 ? "," : "");
        indent(out, depth + 1);
        byte_string_printf(out, "\"%s\" : ", members[i].name);
        append_number(out, members[i].value);
    }
    indent(out, depth);
    byte_string_append_char(out, '}');
}

static void append_outputs(const PlanNode *node, int32_t depth, ByteString *out) {
    byte_string_append_text(out, "[ ");
    for (int32_t i = 0; i < node->outputs.count; i++) {
        byte_string_append_text(out, i > 0 ? ", {" : "{");
        indent(out, depth + 1);
        byte_string_append_text(out, "\"type\" : ");
        append_json_string(out, node->outputs.items[i]->type->name);
        byte_string_append_char(out, ',');
        indent(out, depth + 1);
        byte_string_append_text(out, "\"name\" : ");
        append_json_string(out, node->outputs.items[i]->name);
        indent(out, depth);
        byte_string_append_char(out, '}');
    }
    byte_string_append_text(out, node->outputs.count > 0 ? " ]" : "]");
}

static void append_json_node(Optimizer *o, const PlanNode *node, int32_t depth, ByteString *out) {
    const char **details;
    int32_t detail_count = plan_text_details(o, node, &details);
    byte_string_append_char(out, '{');
    indent(out, depth + 1);
    byte_string_printf(out, "\"id\" : \"%d\",", node->id);
    indent(out, depth + 1);
    byte_string_printf(out, "\"name\" : \"%s\",", plan_text_name(node));
    indent(out, depth + 1);
    byte_string_append_text(out, "\"descriptor\" : ");
    append_descriptor(o, node, depth + 1, out);
    byte_string_append_char(out, ',');
    indent(out, depth + 1);
    byte_string_append_text(out, "\"outputs\" : ");
    append_outputs(node, depth + 1, out);
    byte_string_append_char(out, ',');
    indent(out, depth + 1);
    byte_string_append_text(out, "\"details\" : [ ");
    for (int32_t i = 0; i < detail_count; i++) {
        byte_string_append_text(out, i > 0 ? ", " : "");
        append_json_string(out, details[i]);
    }
    byte_string_append_text(out, detail_count > 0 ? " ]," : "],");
    indent(out, depth + 1);
    byte_string_append_text(out, "\"estimates\" : [ ");
    append_estimate(o, node, depth + 1, out);
    byte_string_append_text(out, " ],");
    indent(out, depth + 1);
    byte_string_append_text(out, "\"children\" : [ ");
    for (int32_t i = 0; i < node->source_count; i++) {
        byte_string_append_text(out, i > 0 ? ", " : "");
        append_json_node(o, node->sources[i], depth + 1, out);
    }
    byte_string_append_text(out, node->source_count > 0 ? " ]" : "]");
    indent(out, depth);
    byte_string_append_char(out, '}');
}

/* ---- IO ---- */

static void append_io_estimate(double rows, double bytes, double cpu, int32_t depth,
                               ByteString *out) {
    const struct {
        const char *name;
        double value;
    } members[] = {
        {"outputRowCount", rows}, {"outputSizeInBytes", bytes}, {"cpuCost", cpu},
        {"maxMemory", 0},         {"networkCost", 0},
    };
    byte_string_append_text(out, "\"estimate\" : {");
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        byte_string_append_text(out, i > 0 ? "," : "");
        indent(out, depth + 1);
        byte_string_printf(out, "\"%s\" : ", members[i].name);
        append_number(out, members[i].value);
    }
    indent(out, depth);
    byte_string_append_char(out, '}');
}

static double append_io_tables(Optimizer *o, const PlanNode *node, int32_t *count,
                               ByteString *out) {
    double cpu = 0;
    if (node->kind == PLAN_TABLE_SCAN) {
        const PlanTable *table = ((const TableScanNode *)node)->table;
        cpu = plan_text_bytes(o, node);
        byte_string_append_text(out, (*count)++ > 0 ? ", {" : "{");
        byte_string_printf(
            out,
            "\n    \"table\" : {\n      \"catalog\" : \"%s\",\n      \"schemaTable\" : {\n"
            "        \"schema\" : \"%s\",\n        \"table\" : \"%s\"\n      }\n    },\n"
            "    \"constraint\" : {\n      \"none\" : false,\n      \"columnConstraints\" : [ ]\n  "
            "  },\n    ",
            table->catalog->name, table->table->schema, table->table->name);
        append_io_estimate(plan_text_rows(o, node), cpu, cpu, 2, out);
        byte_string_append_text(out, "\n  }");
    }
    for (int32_t i = 0; i < node->source_count; i++) {
        cpu += append_io_tables(o, node->sources[i], count, out);
    }
    return cpu;
}

static void append_io(Optimizer *o, const PlanNode *plan, ByteString *out) {
    int32_t count = 0;
    byte_string_append_text(out, "{\n  \"inputTableColumnInfos\" : [ ");
    double cpu = append_io_tables(o, plan, &count, out);
    byte_string_append_text(out, count > 0 ? " ],\n  " : "],\n  ");
    append_io_estimate(plan_text_rows(o, plan), plan_text_bytes(o, plan), cpu, 1, out);
    byte_string_append_text(out, "\n}");
}

/* ---- GRAPHVIZ ---- */

static void append_dot_node(Optimizer *o, const PlanNode *node, ByteString *out) {
    ByteString label = {0};
    plan_text_descriptor(o, node, &label);
    for (size_t i = 0; i < label.size; i++) {
        label.data[i] = strchr("\"{}|<>", label.data[i]) != NULL ? '\'' : label.data[i];
    }
    byte_string_printf(out,
                       "plannode_%d[label=\"{%s[%s]}\", style=\"rounded, filled\", shape=record, "
                       "fillcolor=white];\n",
                       node->id, plan_text_name(node), byte_string_text(&label));
    byte_string_done(&label);
    for (int32_t i = 0; i < node->source_count; i++) {
        append_dot_node(o, node->sources[i], out);
        byte_string_printf(out, "plannode_%d -> plannode_%d;\n", node->id, node->sources[i]->id);
    }
}

/* ---- the whole ---- */

static void append_fragment(Optimizer *o, const PlanNode *plan, int32_t number,
                            const char *(*extra)(void *closure, const PlanNode *node),
                            void *closure, ByteString *out) {
    byte_string_printf(out, "Fragment %d [SINGLE]\n    Output layout: ", number);
    plan_text_symbols(&plan->outputs, out);
    byte_string_append_text(out, "\n    Output partitioning: SINGLE []\n");
    plan_text_tree(o, plan, "    ", extra, closure, out);
    byte_string_append_text(out, "\n\n");
}

Status explain_plan(Context *cx, const OptimizerOptions *options, PlanBuilder *builder,
                    PlanNode *plan, const char *type, const char *format, const char **ret_text) {
    PlanNode *optimized;
    TRY(optimize_plan(cx, options, builder, plan, &optimized));
    Optimizer o = {.cx = cx, .builder = builder, .arena = builder->arena, .options = options};
    ByteString out = {0};
    bool distributed = strcmp(type, "DISTRIBUTED") == 0;
    if (strcmp(type, "IO") == 0) {
        append_io(&o, optimized, &out);
    } else if (strcmp(format, "JSON") == 0) {
        byte_string_append_text(&out, distributed ? "{\n  \"0\" : " : "");
        append_json_node(&o, optimized, distributed ? 1 : 0, &out);
        byte_string_append_text(&out, distributed ? "\n}" : "");
    } else if (strcmp(format, "GRAPHVIZ") == 0) {
        byte_string_printf(&out, "digraph %s {\nsubgraph cluster_%s {\nlabel = \"SINGLE\"\n",
                           distributed ? "distributed_plan" : "logical_plan",
                           distributed ? "0" : "graphviz_plan");
        append_dot_node(&o, optimized, &out);
        byte_string_append_text(&out, "}\n}\n");
    } else {
        byte_string_append_text(&out, HEADER);
        if (distributed) {
            append_fragment(&o, optimized, 0, NULL, NULL, &out);
        } else {
            plan_text_tree(&o, optimized, "", NULL, NULL, &out);
            byte_string_append_char(&out, '\n');
        }
    }
    *ret_text = arena_strdup(cx->arena, byte_string_text(&out));
    byte_string_done(&out);
    return OK;
}

/* ---- EXPLAIN ANALYZE ---- */

typedef struct AnalyzedPlan {
    Arena *arena;
    const ExplainFigures *figures;
    int32_t count;
    int64_t cpu_nanos;
} AnalyzedPlan;

static const char *figures_line(void *closure, const PlanNode *node) {
    const AnalyzedPlan *analyzed = closure;
    char cpu[QUANTITY_TEXT_MAX], wall[QUANTITY_TEXT_MAX], size[QUANTITY_TEXT_MAX];
    for (int32_t i = 0; i < analyzed->count; i++) {
        const ExplainFigures *figures = &analyzed->figures[i];
        if (figures->node_id == node->id) {
            double share = analyzed->cpu_nanos > 0
                               ? 100.0 * (double)figures->cpu_nanos / (double)analyzed->cpu_nanos
                               : 0;
            return arena_printf(
                analyzed->arena,
                "CPU: %s (%.2f%%), Scheduled: %s (%.2f%%), Blocked: 0.00ns (0.00%%), "
                "Output: %lld row%s (%s)",
                duration_print(figures->cpu_nanos, cpu), share,
                duration_print(figures->wall_nanos, wall), share, (long long)figures->output_rows,
                figures->output_rows == 1 ? "" : "s", data_size_print(figures->output_bytes, size));
        }
    }
    return NULL;
}

Status explain_analyzed(Context *cx, PlanBuilder *builder, PlanNode *plan,
                        const ExplainFigures *figures, int32_t figure_count, bool verbose,
                        const char **ret_text) {
    Optimizer o = {.cx = cx, .builder = builder, .arena = cx->arena};
    AnalyzedPlan analyzed = {.arena = cx->arena, .figures = figures, .count = figure_count};
    for (int32_t i = 0; i < figure_count; i++) {
        analyzed.cpu_nanos += figures[i].cpu_nanos;
    }
    ByteString out = {0};
    byte_string_append_text(&out, HEADER);
    append_fragment(&o, plan, 1, figures_line, &analyzed, &out);
    *ret_text = arena_strdup(cx->arena, byte_string_text(&out));
    byte_string_done(&out);
    return OK;
}

/* ---- SHOW STATS ---- */

static const Expr *double_or_null(Optimizer *o, double number) {
    if (!isfinite(number)) {
        return expr_null(o->arena, type_simple(TYPE_DOUBLE));
    }
    Vector *value = vector_create(type_simple(TYPE_DOUBLE), 1);
    VECTOR_DATA(value, double)[0] = number;
    const Expr *expr = expr_constant(o->arena, value);
    vector_unref(value);
    return expr;
}

static const Expr *text_or_null(Optimizer *o, const char *text) {
    if (text == NULL) {
        return expr_null(o->arena, type_varchar_unbounded());
    }
    Vector *value = vector_create(type_varchar_unbounded(), 1);
    vector_set_string(value, 0, text, strlen(text));
    const Expr *expr = expr_constant(o->arena, value);
    vector_unref(value);
    return expr;
}

/* A bound as the type writes its values; NULL when unknown. */
static const char *bound_text(Optimizer *o, const Type *type, double bound) {
    char text[DOUBLE_TEXT_MAX];
    if (!isfinite(bound)) {
        return NULL;
    }
    switch (type->kind) {
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return arena_printf(o->arena, "%.0f", bound);
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return arena_strndup(o->arena, text, (size_t)double_print(bound, text));
    case TYPE_DECIMAL:
        return arena_printf(o->arena, "%.*f", type->scale, bound);
    case TYPE_DATE: {
        int64_t days = (int64_t)bound + 719468, era = (days >= 0 ? days : days - 146096) / 146097;
        unsigned day_of_era = (unsigned)(days - era * 146097); /* civil from days, H. Hinnant */
        unsigned year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
        unsigned day_of_year =
            day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        unsigned month = (5 * day_of_year + 2) / 153, day = day_of_year - (153 * month + 2) / 5 + 1;
        month = month < 10 ? month + 3 : month - 9;
        return arena_printf(o->arena, "%04lld-%02u-%02u",
                            (long long)year_of_era + era * 400 + (month <= 2), month, day);
    }
    default:
        return NULL;
    }
}

static void stats_row(Optimizer *o, const char *name, const Symbol *symbol,
                      const PlanStatistics *statistics, const Expr **cells) {
    const SymbolStatistics *values = symbol_statistics(statistics, symbol);
    bool none = statistics->row_count == 0;
    bool known = values != NULL;
    double bytes = known && symbol->type->layout == LAYOUT_STRING
                       ? values->average_bytes * statistics->row_count
                       : NAN;
    cells[0] = text_or_null(o, name);
    cells[1] = double_or_null(o, none ? 0 : bytes);
    cells[2] = double_or_null(o, none ? 0 : known ? values->distinct_count : NAN);
    cells[3] = double_or_null(o, none ? 1 : known ? values->null_fraction : NAN);
    cells[4] = double_or_null(o, NAN);
    cells[5] = text_or_null(o, known && !none ? bound_text(o, symbol->type, values->low) : NULL);
    cells[6] = text_or_null(o, known && !none ? bound_text(o, symbol->type, values->high) : NULL);
}

Status show_stats_plan(Context *cx, const OptimizerOptions *options, PlanBuilder *builder,
                       PlanNode *plan, PlanNode **ret_plan) {
    static const char *const names[] = {"column_name",    "data_size", "distinct_values_count",
                                        "nulls_fraction", "row_count", "low_value",
                                        "high_value"};
    PlanNode *optimized;
    TRY(optimize_plan(cx, options, builder, plan, &optimized));
    Optimizer o = {.cx = cx, .builder = builder, .arena = builder->arena, .options = options};
    const PlanStatistics *statistics = statistics_of(&o, optimized);
    const OutputNode *output = (const OutputNode *)optimized;
    int32_t rows = optimized->outputs.count + 1;
    const Expr **cells = arena_new_array(o.arena, const Expr *, rows * 7);
    for (int32_t i = 0; i + 1 < rows; i++) {
        stats_row(&o, output->column_names.items[i], optimized->outputs.items[i], statistics,
                  cells + i * 7);
    }
    const Symbol *symbols[7];
    for (int32_t i = 0; i < 7; i++) {
        const Type *type = i == 0 || i >= 5 ? type_varchar_unbounded() : type_simple(TYPE_DOUBLE);
        symbols[i] = plan_symbol(builder, names[i], type);
        cells[(rows - 1) * 7 + i] = i == 4             ? double_or_null(&o, statistics->row_count)
                                    : i == 0 || i >= 5 ? text_or_null(&o, NULL)
                                                       : double_or_null(&o, NAN);
    }
    OutputNode *shown = (OutputNode *)plan_node_create(builder, PLAN_OUTPUT, 1);
    shown->base.sources[0] = plan_values(builder, 7, symbols, rows, cells);
    shown->base.outputs = shown->base.sources[0]->outputs;
    shown->column_names.count = 7;
    shown->column_names.items = arena_copy(o.arena, names, sizeof names);
    *ret_plan = &shown->base;
    return OK;
}
