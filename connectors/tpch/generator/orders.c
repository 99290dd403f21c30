/*
 * The orders table. Status and total price are sums over the order's lines, which are computed only
 * when one of the two is asked for; a filter on the status chooses the rows before any other column
 * is made.
 */
#include "generator/column.h"
#include "generator/lines.h"
#include "generator/order_values.h"
#include "generator/table.h"

enum { STATUS_COLUMN = 2, PRICE_COLUMN = 3, CUSTOMER_MORTALITY = 3, CLERKS_PER_SCALE = 1000 };
enum { STATUS_F, STATUS_O, STATUS_P, STATUS_COUNT }; /* as in the dictionary */

static const Stream customer_stream = {851767375, 1};
static const Stream date_stream = {1066728069, 1};
static const Stream priority_stream = {591449447, 1};
static const Stream clerk_stream = {1171034773, 1};
static const Stream comment_stream = {276090261, 2};

typedef struct Orders {
    bool needs_statuses, needs_prices;
    uint64_t statuses_wanted; /* bits */
    int64_t customer_count;
    int64_t wide_customer_state;
    int64_t customers[SCAN_ROWS_MAX]; /* of the block's rows, when keys are wide */
    int32_t statuses[SCAN_ROWS_MAX];  /* of the block's rows, before filtering */
    int32_t prices[SCAN_ROWS_MAX];    /* the same; cents */
    Lines lines;
} Orders;

/* ---- rows ---- */

static void begin(Scan *scan) {
    const uint64_t all = (1u << STATUS_COUNT) - 1;
    Orders *orders = arena_new(scan->arena, Orders);
    orders->statuses_wanted = scan->filter.order_statuses & all;
    orders->needs_statuses =
        orders->statuses_wanted != all || (scan->wanted >> STATUS_COLUMN & 1) != 0;
    orders->needs_prices = (scan->wanted >> PRICE_COLUMN & 1) != 0;
    orders->customer_count = scaled_count(customer_table.base_rows, scan->scale);
    orders->wide_customer_state = random_wide_skip(customer_stream.seed, scan->next_row);
    lines_begin(&orders->lines, scan->scale, scan->next_row);
    scan->state = orders;
}

/* How many of each order's lines have been shipped says its status. */
static void add_statuses(Lines *lines, int32_t *statuses) {
    const int32_t *ship_days = lines_ship_days(lines);
    int32_t shipped[LINE_ORDERS_MAX] = {0};
    for (int32_t k = 0; k < lines->count; k++) {
        shipped[lines->orders[k]] += ship_days[k] <= LAST_PAST_DAY;
    }
    for (int32_t j = 0; j < lines->order_count; j++) {
        statuses[j] = shipped[j] == 0                       ? STATUS_O
                      : shipped[j] == lines->line_counts[j] ? STATUS_F
                                                            : STATUS_P;
    }
}

static void add_prices(Lines *lines, int32_t *prices) {
    const int32_t *extended_prices = lines_extended_prices(lines);
    const int32_t *discounts = lines_discounts(lines);
    const int32_t *taxes = lines_taxes(lines);
    int32_t charges[LINES_MAX];
    for (int32_t k = 0; k < lines->count; k++) {
        charges[k] = extended_prices[k] * (100 - discounts[k]) / 100 * (100 + taxes[k]) / 100;
    }
    memset(prices, 0, (size_t)lines->order_count * sizeof *prices);
    for (int32_t k = 0; k < lines->count; k++) {
        prices[lines->orders[k]] += charges[k];
    }
}

/* Status and price of every row of the block, from the lines of a few hundred orders at a time. */
static void add_lines(Scan *scan, Orders *orders) {
    uint32_t jump = scan->jump;
    for (int32_t row = 0; row < scan->row_count;) {
        Lines *lines = &orders->lines;
        lines_next(lines, scan->first_row + row, jump, scan->row_count - row);
        if (orders->needs_statuses) {
            add_statuses(lines, &orders->statuses[row]);
        }
        if (orders->needs_prices) {
            add_prices(lines, &orders->prices[row]);
        }
        row += lines->order_count;
        jump = random_multiply(jump, random_powers[lines->order_count]);
    }
}

static void next(Scan *scan) {
    Orders *orders = scan->state;
    if (orders->needs_statuses || orders->needs_prices) {
        add_lines(scan, orders);
    }
    if (orders->lines.wide_keys) {
        for (int32_t row = 0; row < scan->row_count; row++) {
            orders->wide_customer_state = random_wide_step(orders->wide_customer_state);
            orders->customers[row] =
                random_wide_bounded(orders->wide_customer_state, 1, orders->customer_count);
        }
    }
    if (orders->statuses_wanted == (1u << STATUS_COUNT) - 1) {
        return;
    }
    int32_t count = 0;
    for (int32_t row = 0; row < scan->row_count; row++) {
        scan->chosen[count] = row;
        count += (int32_t)(orders->statuses_wanted >> orders->statuses[row] & 1);
    }
    scan->rows = scan->chosen;
    scan->count = count;
}

/* ---- columns ---- */

static Vector *make_order_key(Scan *scan, const Type *type) {
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    for (int32_t k = 0; k < scan->count; k++) {
        keys[k] = order_key(scan->first_row + scan_row(scan, k) + 1);
    }
    return vector;
}

/* A third of the customers never order: their keys move on to a neighbour. */
static int64_t ordering_customer(int64_t key, int64_t customer_count) {
    for (int64_t step = 1; key % CUSTOMER_MORTALITY == 0; step = -step) {
        key = key + step < customer_count ? key + step : customer_count;
    }
    return key;
}

static Vector *make_customer_key(Scan *scan, const Type *type) {
    const Orders *orders = scan->state;
    int64_t customer_count = orders->customer_count;
    int32_t *drawn = scan->draws[0];
    Vector *vector = vector_create(type, scan->count);
    int64_t *keys = vector->data;
    if (!orders->lines.wide_keys) {
        scan_draw(scan, customer_stream, 1, 1, (int32_t)customer_count, drawn);
    }
    for (int32_t k = 0; k < scan->count; k++) {
        int64_t key = orders->lines.wide_keys ? orders->customers[scan_row(scan, k)] : drawn[k];
        keys[k] = ordering_customer(key, customer_count);
    }
    return vector;
}

static Vector *make_status(Scan *scan, const Type *type) {
    const Orders *orders = scan->state;
    Buffer *indices = indices_create(scan->count);
    int32_t *statuses = (int32_t *)indices->data;
    for (int32_t k = 0; k < scan->count; k++) {
        statuses[k] = orders->statuses[scan_row(scan, k)];
    }
    return column_dictionary(scan->dictionaries, DICTIONARY_ORDER_STATUS, indices, scan->count);
}

static Vector *make_total_price(Scan *scan, const Type *type) {
    const Orders *orders = scan->state;
    int32_t *cents = scan->draws[0];
    for (int32_t k = 0; k < scan->count; k++) {
        cents[k] = orders->prices[scan_row(scan, k)];
    }
    return column_money(type, cents, scan->count);
}

static Vector *make_date(Scan *scan, const Type *type) {
    return column_drawn_integer(scan, type, date_stream, FIRST_ORDER_DAY, LAST_ORDER_DAY);
}

static Vector *make_priority(Scan *scan, const Type *type) {
    return column_picked(scan, DICTIONARY_ORDER_PRIORITY, priority_stream);
}

static Vector *make_clerk(Scan *scan, const Type *type) {
    double clerks = scan->scale * CLERKS_PER_SCALE;
    int32_t clerk_count = clerks >= INT32_MAX ? INT32_MAX : (int32_t)clerks;
    if (clerk_count <= CLERK_COUNT_MIN) {
        return column_picked(scan, DICTIONARY_CLERK, clerk_stream);
    }
    scan_draw(scan, clerk_stream, 1, 1, clerk_count, scan->draws[0]);
    int64_t numbers[SCAN_ROWS_MAX];
    for (int32_t k = 0; k < scan->count; k++) {
        numbers[k] = scan->draws[0][k];
    }
    return column_numbered(type, "Clerk#", numbers, scan->count);
}

static Vector *make_ship_priority(Scan *scan, const Type *type) {
    Vector *zero = vector_create(type, 1);
    VECTOR_DATA(zero, int32_t)[0] = 0;
    Vector *vector = vector_create_constant(zero, 0, scan->count);
    vector_unref(zero);
    return vector;
}

static Vector *make_comment(Scan *scan, const Type *type) {
    return column_text(scan, type, comment_stream, 49);
}

static const ColumnModel columns[] = {
    {"o_orderkey", COLUMN_BIGINT, .make = make_order_key},
    {"o_custkey", COLUMN_BIGINT, .make = make_customer_key},
    [STATUS_COLUMN] = {"o_orderstatus", COLUMN_VARCHAR, 1, .make = make_status},
    [PRICE_COLUMN] = {"o_totalprice", COLUMN_MONEY, .make = make_total_price},
    {"o_orderdate", COLUMN_DATE, .make = make_date},
    {"o_orderpriority", COLUMN_VARCHAR, 15, .make = make_priority},
    {"o_clerk", COLUMN_VARCHAR, 15, .make = make_clerk},
    {"o_shippriority", COLUMN_INTEGER, .make = make_ship_priority},
    {"o_comment", COLUMN_VARCHAR, 79, .is_text = true, .make = make_comment},
    {"row_number", COLUMN_BIGINT, .make = column_key},
};

const TableModel orders_table = {
    .name = "orders",
    .prefix_length = 2,
    .base_rows = 1500000,
    .is_scaled = true,
    .rows_per_base = 1,
    .column_count = sizeof columns / sizeof columns[0] - 1,
    .columns = columns,
    .begin = begin,
    .next = next,
};
