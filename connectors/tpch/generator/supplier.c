/*
 * The supplier table. Ten in ten thousand suppliers have a comment that tells of a complaint or a
 * recommendation.
 */
#include "generator/column.h"
#include "generator/table.h"
#include "generator/text_pool.h"

enum {
    COMMENT_AVERAGE = 63,
    COMMENT_MAX = 100,
    REMARK_BASE = 10000,
    REMARKS_PER_BASE = 10,
    COMPLAINT_PERCENT = 50,
};

static const char customer_word[] = "Customer ";
static const char complaint_word[] = "Complaints";
static const char recommendation_word[] = "Recommends";

static const Stream address_stream = {706178559, 9};
static const Stream nation_stream = {110356601, 1};
static const Stream phone_stream = {884434366, 3};
static const Stream balance_stream = {962338209, 1};
static const Stream comment_stream = {1341315363, 2};
static const Stream remark_stream = {202794285, 1};
static const Stream remark_gap_stream = {263032577, 1};
static const Stream remark_offset_stream = {715851524, 1};
static const Stream remark_kind_stream = {753643799, 1};

static Vector *make_name(Scan *scan, const Type *type) {
    return column_named_key(scan, type, "Supplier#");
}

static Vector *make_address(Scan *scan, const Type *type) {
    return column_address(scan, type, address_stream);
}

static Vector *make_nation_key(Scan *scan, const Type *type) {
    return column_drawn_bigint(scan, type, nation_stream, 0, 24);
}

static Vector *make_phone(Scan *scan, const Type *type) {
    return column_phone(scan, type, phone_stream, nation_stream);
}

static Vector *make_balance(Scan *scan, const Type *type) {
    return column_drawn_money(scan, type, balance_stream, -99999, 999999);
}

/* One draw of one row, for streams of one step a row. */
static int32_t draw_of_row(const Scan *scan, Stream stream, int32_t k, int32_t low, int32_t high) {
    uint32_t power = random_powers[scan_row(scan, k) + 1];
    return random_bounded(random_multiply(scan_start(scan, stream), power), low, high);
}

/* Writes the two words of a remark over a copy of the comment. */
static void add_remark(const Scan *scan, Vector *comments, int32_t k) {
    const int32_t customer_length = (int32_t)strlen(customer_word);
    const int32_t kind_length = (int32_t)strlen(complaint_word);
    const StringView *view = &VECTOR_DATA(comments, StringView)[k];
    int32_t length = (int32_t)view->length;
    int32_t room = length - customer_length - kind_length;
    int32_t gap = draw_of_row(scan, remark_gap_stream, k, 0, room);
    int32_t offset = draw_of_row(scan, remark_offset_stream, k, 0, room - gap);
    int32_t kind = draw_of_row(scan, remark_kind_stream, k, 0, 100);
    char text[COMMENT_MAX];
    memcpy(text, string_data(view), (size_t)length);
    memcpy(text + offset, customer_word, (size_t)customer_length);
    memcpy(text + offset + customer_length + gap,
           kind < COMPLAINT_PERCENT ? complaint_word : recommendation_word, (size_t)kind_length);
    vector_set_string(comments, k, text, (size_t)length);
}

static Vector *make_comment(Scan *scan, const Type *type) {
    Vector *comments = column_text(scan, type, comment_stream, COMMENT_AVERAGE);
    int32_t *remarks = scan->draws[0];
    scan_draw(scan, remark_stream, 1, 1, REMARK_BASE, remarks);
    for (int32_t k = 0; k < scan->count; k++) {
        if (remarks[k] <= REMARKS_PER_BASE) {
            add_remark(scan, comments, k);
        }
    }
    return comments;
}

static const ColumnModel columns[] = {
    {"s_suppkey", COLUMN_BIGINT, .make = column_key},
    {"s_name", COLUMN_VARCHAR, 25, .make = make_name},
    {"s_address", COLUMN_VARCHAR, 40, .make = make_address},
    {"s_nationkey", COLUMN_BIGINT, .make = make_nation_key},
    {"s_phone", COLUMN_VARCHAR, 15, .make = make_phone},
    {"s_acctbal", COLUMN_MONEY, .make = make_balance},
    {"s_comment", COLUMN_VARCHAR, 101, .is_text = true, .make = make_comment},
    {"row_number", COLUMN_BIGINT, .make = column_key},
};

const TableModel supplier_table = {
    .name = "supplier",
    .prefix_length = 2,
    .base_rows = 10000,
    .is_scaled = true,
    .rows_per_base = 1,
    .column_count = sizeof columns / sizeof columns[0] - 1,
    .columns = columns,
};
