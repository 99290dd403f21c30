/*
 * Expressions as Trino's plan printer writes them: infix forms in parentheses, everything else by
 * its function's name, constants as TYPE 'value'. Forms that Trino has as functions are printed as
 * such: $not(...), $try(() -> ...).
 */
#include "base/buffer.h"
#include "base/double_text.h"
#include "function/cast.h"
#include "function/kernels/datetime_text.h"
#include "function/kernels/row_errors.h"
#include "plan/expr.h"

static void format(ByteString *out, const Expr *expr);

/* ---- constants ---- */

static void append_value(ByteString *out, const VectorView *view, const Type *type, int32_t row);

static void append_list(ByteString *out, const VectorView *view, const Type *type, int32_t index) {
    ListEntry entry = ((const ListEntry *)view->data)[index];
    bool is_map = type->kind == TYPE_MAP;
    VectorView first = vector_view(view->vector->children[0]);
    VectorView second = is_map ? vector_view(view->vector->children[1]) : first;
    byte_string_append_char(out, is_map ? '{' : '[');
    for (int32_t i = 0; i < entry.length; i++) {
        byte_string_append_text(out, i > 0 ? ", " : "");
        append_value(out, &first, type->children[0], entry.offset + i);
        if (is_map) {
            byte_string_append_char(out, '=');
            append_value(out, &second, type->children[1], entry.offset + i);
        }
    }
    byte_string_append_char(out, is_map ? '}' : ']');
}

static void append_row(ByteString *out, const VectorView *view, const Type *type, int32_t index) {
    byte_string_append_char(out, '[');
    for (int32_t i = 0; i < type->child_count; i++) {
        VectorView field = vector_view(view->vector->children[i]);
        byte_string_append_text(out, i > 0 ? ", " : "");
        append_value(out, &field, type->children[i], index);
    }
    byte_string_append_char(out, ']');
}

/* By way of the cast to varchar. */
static void append_cast(ByteString *out, const VectorView *view, const Type *type, int32_t row) {
    Arena *arena = arena_create(NULL);
    Context cx = {.arena = arena};
    Cast cast;
    const Type *text = type_varchar_unbounded();
    if (cast_exists(type, text) && cast_create(&cx, type, text, &cast) == OK) {
        Vector *result = vector_create(text, row + 1);
        vector_set_string(result, row, "", 0);
        RowErrors errors;
        row_errors_init(&errors, false);
        KernelCall call = {
            .cx = &cx,
            .state = cast.state,
            .argument_count = 1,
            .arguments = view,
            .result = result,
            .rows = &row,
            .row_count = 1,
            .errors = &errors,
        };
        if (cast.kernel(&call) == OK) {
            const StringView *value = VECTOR_DATA(result, StringView) + row;
            byte_string_append(out, string_data(value), value->length);
        }
        row_errors_done(&errors);
        vector_unref(result);
    }
    arena_free(arena);
}

static void append_bytes(ByteString *out, const StringView *bytes) {
    const unsigned char *data = (const unsigned char *)string_data(bytes);
    for (uint32_t i = 0; i < bytes->length; i++) {
        byte_string_printf(out, i > 0 ? " %02x" : "%02x", data[i]);
    }
}

static void append_value(ByteString *out, const VectorView *view, const Type *type, int32_t row) {
    if (view_is_null(view, row)) {
        byte_string_append_text(out, "null");
        return;
    }
    int32_t index = view_index(view, row);
    char text[DATETIME_TEXT_MAX];
    switch (type->kind) {
    case TYPE_DOUBLE:
        double_print(((const double *)view->data)[index], text);
        byte_string_append_text(out, text);
        break;
    case TYPE_REAL:
        real_print(((const float *)view->data)[index], text);
        byte_string_append_text(out, text);
        break;
    case TYPE_DATE:
        date_print(((const int32_t *)view->data)[index], text);
        byte_string_append_text(out, text);
        break;
    case TYPE_ARRAY:
    case TYPE_MAP:
        append_list(out, view, type, index);
        break;
    case TYPE_ROW:
        append_row(out, view, type, index);
        break;
    case TYPE_VARBINARY:
        append_bytes(out, (const StringView *)view->data + index);
        break;
    case TYPE_VARCHAR:
    case TYPE_JSON:
    case TYPE_REGEXP:
    case TYPE_LIKE_PATTERN:
    case TYPE_JSON_PATH: {
        const StringView *value = (const StringView *)view->data + index;
        byte_string_append(out, string_data(value), value->length);
        break;
    }
    default:
        append_cast(out, view, type, row);
        break;
    }
}

static void format_constant(ByteString *out, const Expr *expr) {
    if (vector_is_null(expr->value, 0)) {
        byte_string_printf(out, "null::%s", expr->type->name);
        return;
    }
    VectorView view = vector_view(expr->value);
    byte_string_printf(out, "%s '", expr->type->name);
    append_value(out, &view, expr->type, 0);
    byte_string_append_char(out, '\'');
}

/* ---- forms ---- */

static void format_name(ByteString *out, const char *name) {
    bool is_plain = true;
    for (const char *c = name; *c != '\0' && is_plain; c++) {
        is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                   (*c >= '0' && *c <= '9') || *c == '_' || *c == '$';
    }
    if (is_plain) {
        byte_string_append_text(out, name);
        return;
    }
    byte_string_append_char(out, '"');
    for (const char *c = name; *c != '\0'; c++) {
        byte_string_append_text(out, *c == '"' ? "\"" : "");
        byte_string_append_char(out, *c);
    }
    byte_string_append_char(out, '"');
}

static void format_list(ByteString *out, const char *before, const Expr *expr, int32_t from,
                        const char *separator, const char *after) {
    byte_string_append_text(out, before);
    for (int32_t i = from; i < expr->argument_count; i++) {
        byte_string_append_text(out, i > from ? separator : "");
        format(out, expr->arguments[i]);
    }
    byte_string_append_text(out, after);
}

static const char *comparison_sign(Comparison comparison) {
    static const char *const SIGNS[] = {"=", "<>", "<", "<=", ">", ">=", "\u2261", "\u2261"};
    return SIGNS[comparison];
}

static void format_comparison(ByteString *out, const Expr *expr) {
    bool is_distinct = expr->comparison == COMPARE_DISTINCT;
    byte_string_append_text(out, is_distinct ? "$not((" : "(");
    format(out, expr->arguments[0]);
    byte_string_printf(out, " %s ", comparison_sign(expr->comparison));
    format(out, expr->arguments[1]);
    byte_string_append_text(out, is_distinct ? "))" : ")");
}

/* `arguments` are when, then, ..., default. */
static void format_case(ByteString *out, const Expr *operand, const Expr *const *arguments,
                        int32_t count) {
    byte_string_append_text(out, "(CASE");
    if (operand != NULL) {
        byte_string_append_char(out, ' ');
        format(out, operand);
    }
    for (int32_t i = 0; i + 1 < count; i += 2) {
        byte_string_append_text(out, " WHEN ");
        format(out, arguments[i]);
        byte_string_append_text(out, " THEN ");
        format(out, arguments[i + 1]);
    }
    byte_string_append_text(out, " ELSE ");
    format(out, arguments[count - 1]);
    byte_string_append_text(out, " END)");
}

static void format_lambda(ByteString *out, const Expr *expr) {
    byte_string_append_char(out, '(');
    for (int32_t i = 0; i < expr->parameters->count; i++) {
        byte_string_append_text(out, i > 0 ? ", " : "");
        byte_string_append_text(out, expr->parameters->items[i]->name);
    }
    byte_string_append_text(out, ") -> ");
    format(out, expr->arguments[0]);
}

static void format_between(ByteString *out, const Expr *expr) {
    byte_string_append_char(out, '(');
    format(out, expr->arguments[0]);
    byte_string_append_text(out, " BETWEEN ");
    format(out, expr->arguments[1]);
    byte_string_append_text(out, " AND ");
    format(out, expr->arguments[2]);
    byte_string_append_char(out, ')');
}

static void format(ByteString *out, const Expr *expr) { /* long: one case per kind */
    const Expr *const *arguments = expr->arguments;
    switch (expr->kind) {
    case EXPR_CONSTANT:
        format_constant(out, expr);
        break;
    case EXPR_SYMBOL:
        format_name(out, expr->symbol->name);
        break;
    case EXPR_CALL:
        byte_string_append_text(out, expr->function->name);
        format_list(out, "(", expr, 0, ", ", ")");
        break;
    case EXPR_CAST:
        format_list(out, expr->is_try ? "TRY_CAST(" : "CAST(", expr, 0, "", " AS ");
        byte_string_printf(out, "%s)", expr->type->name);
        break;
    case EXPR_COMPARISON:
        format_comparison(out, expr);
        break;
    case EXPR_BETWEEN:
        format_between(out, expr);
        break;
    case EXPR_IN:
        byte_string_append_char(out, '(');
        format(out, arguments[0]);
        format_list(out, " IN (", expr, 1, ", ", "))");
        break;
    case EXPR_IS_NULL:
        format_list(out, "(", expr, 0, "", " IS NULL)");
        break;
    case EXPR_NOT:
        format_list(out, "$not(", expr, 0, "", ")");
        break;
    case EXPR_AND:
        format_list(out, "(", expr, 0, " AND ", ")");
        break;
    case EXPR_OR:
        format_list(out, "(", expr, 0, " OR ", ")");
        break;
    case EXPR_IF:
    case EXPR_CASE:
        format_case(out, NULL, arguments, expr->argument_count);
        break;
    case EXPR_SWITCH:
        format_case(out, arguments[0], arguments + 1, expr->argument_count - 1);
        break;
    case EXPR_COALESCE:
        format_list(out, "COALESCE(", expr, 0, ", ", ")");
        break;
    case EXPR_NULLIF:
        format_list(out, "NULLIF(", expr, 0, ", ", ")");
        break;
    case EXPR_TRY:
        format_list(out, "$try(() -> ", expr, 0, "", ")");
        break;
    case EXPR_ROW:
        format_list(out, "ROW (", expr, 0, ", ", ")");
        break;
    case EXPR_ARRAY:
        format_list(out, "ARRAY[", expr, 0, ", ", "]");
        break;
    case EXPR_FIELD:
        format(out, arguments[0]);
        byte_string_printf(out, ".%d", expr->field_index);
        break;
    case EXPR_LAMBDA:
        format_lambda(out, expr);
        break;
    case EXPR_SUBQUERY:
    case EXPR_AGGREGATE:
    case EXPR_WINDOW:
    case EXPR_GROUPING:
        format_list(out, "<analysis>(", expr, 0, ", ", ")");
        break;
    }
}

const char *expr_format(Arena *arena, const Expr *expr) {
    ByteString out = {0};
    format(&out, expr);
    const char *text = arena_strndup(arena, out.data != NULL ? out.data : "", out.size);
    byte_string_done(&out);
    return text;
}
