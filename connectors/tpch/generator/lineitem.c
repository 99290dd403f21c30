/*
 * The lineitem table. Its scan goes through orders; a block is the lines of as many orders as fit.
 */
#include "generator/column.h"
#include "generator/lines.h"
#include "generator/order_values.h"
#include "generator/table.h"
#include "generator/text_pool.h"

enum {
    COMMENT_AVERAGE = 27,
    COMMENT_STEPS = 14, /* of its stream, an order */
    NOT_RETURNED = 2,   /* N, behind the flags that are drawn */
};

static const uint32_t supplier_seed = 2095021727, return_flag_seed = 717419739;
static const uint32_t commit_day_seed = 904914315, ship_instruction_seed = 1371272478;
static const uint32_t ship_mode_seed = 675466456, comment_seed = 1095462486;

static void begin(Scan *scan) {
    Lines *lines = arena_new(scan->arena, Lines);
    lines_begin(lines, scan->scale, scan->next_row);
    scan->state = lines;
}

static void next(Scan *scan) {
    Lines *lines = scan->state;
    lines_next(lines, scan->first_row, scan->jump, scan->end_row - scan->first_row);
    scan->row_count = lines->order_count;
    scan->count = lines->count;
}

static Vector *make_order_key(Scan *scan, const Type *type) {
    const Lines *lines = scan->state;
    Vector *vector = vector_create(type, lines->count);
    int64_t *keys = vector->data;
    for (int32_t k = 0; k < lines->count; k++) {
        keys[k] = order_key(lines->first_order + lines->orders[k] + 1);
    }
    return vector;
}

static Vector *make_part_key(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    if (!lines->wide_keys) {
        return column_bigint(type, lines_part_keys(lines), lines->count);
    }
    Vector *vector = vector_create(type, lines->count);
    memcpy(vector->data, lines->wide_part_keys, (size_t)lines->count * sizeof(int64_t));
    return vector;
}

/* part_supplier in doubles: every intermediate value is an integer below 2^53, and quotients are
   below 2^31, where the rounded quotient never passes the next integer. Divides two at a time. */
static void list_suppliers(const int32_t *restrict part_keys, const int32_t *restrict choices,
                           int32_t count, int64_t supplier_count, int64_t *restrict ret_keys) {
    const double suppliers = (double)supplier_count;
    const double quarter = (double)(supplier_count / SUPPLIERS_PER_PART);
    for (int32_t k = 0; k < count; k++) {
        double key = part_keys[k];
        double step = quarter + (double)(int32_t)((key - 1) / suppliers);
        double position = key + choices[k] * step;
        double turns = (double)(int32_t)(position / suppliers);
        ret_keys[k] = (int32_t)(position - turns * suppliers) + 1;
    }
}

static Vector *make_supplier_key(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    int32_t *choices = scan->draws[0];
    lines_draw(lines, supplier_seed, 0, SUPPLIERS_PER_PART - 1, choices);
    Vector *vector = vector_create(type, lines->count);
    int64_t *keys = vector->data;
    if (!lines->wide_keys) {
        list_suppliers(lines_part_keys(lines), choices, lines->count, lines->supplier_count, keys);
        return vector;
    }
    for (int32_t k = 0; k < lines->count; k++) {
        keys[k] = part_supplier(lines->wide_part_keys[k], choices[k], lines->supplier_count);
    }
    return vector;
}

static Vector *make_line_number(Scan *scan, const Type *type) {
    const Lines *lines = scan->state;
    Vector *vector = vector_create(type, lines->count);
    int32_t *numbers = vector->data;
    for (int32_t k = 0; k < lines->count; k++) {
        numbers[k] = lines->numbers[k] + 1;
    }
    return vector;
}

static Vector *make_quantity(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    const int32_t *quantities = lines_quantities(lines);
    int32_t *cents = scan->draws[0];
    for (int32_t k = 0; k < lines->count; k++) {
        cents[k] = quantities[k] * 100;
    }
    return column_money(type, cents, lines->count);
}

static Vector *make_extended_price(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    return column_money(type, lines_extended_prices(lines), lines->count);
}

static Vector *make_discount(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    return column_money(type, lines_discounts(lines), lines->count);
}

static Vector *make_tax(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    return column_money(type, lines_taxes(lines), lines->count);
}

/* Only lines received in the past draw a flag: the step counts those of the order alone. */
static Vector *make_return_flag(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    const int32_t *receipt_days = lines_receipt_days(lines);
    uint32_t *powers = scan->powers;
    int32_t received = 0;
    for (int32_t k = 0; k < lines->count; k++) {
        received = lines->numbers[k] == 0 ? 0 : received;
        powers[k] = random_powers[LINES_PER_ORDER_MAX * lines->orders[k] + received];
        received += receipt_days[k] <= LAST_PAST_DAY;
    }
    uint32_t start =
        random_multiply(return_flag_seed, random_power(lines->jump, LINES_PER_ORDER_MAX));
    Buffer *indices = indices_create(lines->count);
    int32_t *flags = (int32_t *)indices->data;
    random_draw(random_multiply(start, RANDOM_MULTIPLIER), powers, lines->count, 0,
                NOT_RETURNED - 1, flags);
    for (int32_t k = 0; k < lines->count; k++) {
        flags[k] = receipt_days[k] <= LAST_PAST_DAY ? flags[k] : NOT_RETURNED;
    }
    return column_dictionary(scan->dictionaries, DICTIONARY_RETURN_FLAG, indices, lines->count);
}

static Vector *make_line_status(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    const int32_t *ship_days = lines_ship_days(lines);
    Buffer *indices = indices_create(lines->count);
    int32_t *statuses = (int32_t *)indices->data;
    for (int32_t k = 0; k < lines->count; k++) {
        statuses[k] = ship_days[k] > LAST_PAST_DAY;
    }
    return column_dictionary(scan->dictionaries, DICTIONARY_LINE_STATUS, indices, lines->count);
}

static Vector *make_ship_date(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    return column_integer(type, lines_ship_days(lines), lines->count);
}

static Vector *make_commit_date(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    const int32_t *order_dates = lines_order_dates(lines);
    Vector *vector = vector_create(type, lines->count);
    int32_t *days = vector->data;
    lines_draw(lines, commit_day_seed, 30, 90, days);
    for (int32_t k = 0; k < lines->count; k++) {
        days[k] += order_dates[lines->orders[k]];
    }
    return vector;
}

static Vector *make_receipt_date(Scan *scan, const Type *type) {
    Lines *lines = scan->state;
    return column_integer(type, lines_receipt_days(lines), lines->count);
}

static Vector *make_picked(Scan *scan, Dictionary dictionary, uint32_t seed) {
    const Lines *lines = scan->state;
    Buffer *indices = indices_create(lines->count);
    int32_t last = dictionary_count(scan->dictionaries, dictionary) - 1;
    lines_draw(lines, seed, 0, last, (int32_t *)indices->data);
    return column_dictionary(scan->dictionaries, dictionary, indices, lines->count);
}

static Vector *make_ship_instruction(Scan *scan, const Type *type) {
    return make_picked(scan, DICTIONARY_SHIP_INSTRUCTION, ship_instruction_seed);
}

static Vector *make_ship_mode(Scan *scan, const Type *type) {
    return make_picked(scan, DICTIONARY_SHIP_MODE, ship_mode_seed);
}

/* Twice the steps of the other streams: the powers are their squares. */
static Vector *make_comment(Scan *scan, const Type *type) {
    const Lines *lines = scan->state;
    TextRange range = text_range(COMMENT_AVERAGE);
    int32_t *offsets = scan->draws[0], *lengths = scan->draws[1];
    uint32_t *powers = scan->powers;
    for (int32_t k = 0; k < lines->count; k++) {
        powers[k] = random_multiply(lines->powers[k], lines->powers[k]);
    }
    uint32_t start = random_multiply(comment_seed, random_power(lines->jump, COMMENT_STEPS));
    uint32_t first_step = random_multiply(start, random_powers[1]);
    uint32_t second_step = random_multiply(start, random_powers[2]);
    random_draw(first_step, powers, lines->count, 0, range.offset_max, offsets);
    random_draw(second_step, powers, lines->count, range.length_min, range.length_max, lengths);
    return text_pool_vector(type, offsets, lengths, lines->count);
}

static Vector *make_row_number(Scan *scan, const Type *type) {
    const Lines *lines = scan->state;
    Vector *vector = vector_create(type, lines->count);
    int64_t *numbers = vector->data;
    for (int32_t k = 0; k < lines->count; k++) {
        numbers[k] = lines->first_order + lines->orders[k] + 1;
    }
    return vector;
}

static const ColumnModel columns[] = {
    {"l_orderkey", COLUMN_BIGINT, .make = make_order_key},
    {"l_partkey", COLUMN_BIGINT, .make = make_part_key},
    {"l_suppkey", COLUMN_BIGINT, .make = make_supplier_key},
    {"l_linenumber", COLUMN_INTEGER, .make = make_line_number},
    {"l_quantity", COLUMN_MONEY, .make = make_quantity},
    {"l_extendedprice", COLUMN_MONEY, .make = make_extended_price},
    {"l_discount", COLUMN_MONEY, .make = make_discount},
    {"l_tax", COLUMN_MONEY, .make = make_tax},
    {"l_returnflag", COLUMN_VARCHAR, 1, .make = make_return_flag},
    {"l_linestatus", COLUMN_VARCHAR, 1, .make = make_line_status},
    {"l_shipdate", COLUMN_DATE, .make = make_ship_date},
    {"l_commitdate", COLUMN_DATE, .make = make_commit_date},
    {"l_receiptdate", COLUMN_DATE, .make = make_receipt_date},
    {"l_shipinstruct", COLUMN_VARCHAR, 25, .make = make_ship_instruction},
    {"l_shipmode", COLUMN_VARCHAR, 10, .make = make_ship_mode},
    {"l_comment", COLUMN_VARCHAR, 44, .is_text = true, .make = make_comment},
    {"row_number", COLUMN_BIGINT, .make = make_row_number},
};

const TableModel lineitem_table = {
    .name = "lineitem",
    .prefix_length = 2,
    .base_rows = 1500000,
    .is_scaled = true,
    .rows_per_base = 1,
    .column_count = sizeof columns / sizeof columns[0] - 1,
    .columns = columns,
    .begin = begin,
    .next = next,
};
