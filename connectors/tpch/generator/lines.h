/*
 * The lines of a block of orders: what lineitem shows and what orders adds up.
 *
 * A block holds whole orders. Every list has one value a line unless it says otherwise, is computed
 * when it is first asked for, and stays valid until the next block.
 */
#pragma once

#include "generator/part_values.h"
#include "generator/random.h"

#include <stdbool.h>

enum {
    LINES_MAX = 2048,      /* in a block */
    LINE_ORDERS_MAX = 640, /* in a block */
    LINES_PER_ORDER_MAX = 7,
    LINES_PADDING = 8,      /* list entries that may be written behind the last */
    FIRST_ORDER_DAY = 8035, /* 1992-01-01 */
    LAST_ORDER_DAY = 10440, /* 1998-08-02 */
    LAST_PAST_DAY = 9298,   /* 1995-06-17: "past" is on or before it */
};

typedef struct Lines {
    int64_t part_count, supplier_count;
    bool wide_keys; /* part keys come from the 64-bit stream: blocks have to follow each other */
    int64_t wide_part_state;

    int64_t first_order; /* 0-based number of the block's first order */
    uint32_t jump;       /* A^first_order */
    int32_t order_count;
    int32_t count;  /* lines */
    uint32_t known; /* bits of the lists below that are computed */

    int32_t line_counts[LINE_ORDERS_MAX];       /* of each order */
    int32_t order_dates[LINE_ORDERS_MAX];       /* of each order, days since 1970 */
    int32_t orders[LINES_MAX + LINES_PADDING];  /* order of the line, relative to first_order */
    int32_t numbers[LINES_MAX + LINES_PADDING]; /* of the line in its order, from 0 */
    uint32_t powers[LINES_MAX + LINES_PADDING]; /* A^(7 * order + number) */

    int32_t quantities[LINES_MAX];
    int32_t part_keys[LINES_MAX];      /* not when keys are wide */
    int64_t wide_part_keys[LINES_MAX]; /* when keys are wide */
    int32_t prices[LINES_MAX];
    int32_t discounts[LINES_MAX];
    int32_t taxes[LINES_MAX];
    int32_t ship_days[LINES_MAX];
    int32_t receipt_days[LINES_MAX];
} Lines;

/* At the start of a range of orders; blocks follow with lines_next. */
void lines_begin(Lines *lines, double scale, int64_t first_order);
/* The block of up to order_limit orders from first_order on. jump is A^first_order. */
void lines_next(Lines *lines, int64_t first_order, uint32_t jump, int64_t order_limit);

/* A draw of each line from a stream of 7 steps an order. */
void lines_draw(const Lines *lines, uint32_t stream_seed, int32_t low, int32_t high,
                int32_t *ret_values);
const int32_t *lines_order_dates(Lines *lines); /* one an order */
const int32_t *lines_quantities(Lines *lines);
const int32_t *lines_part_keys(Lines *lines);       /* not when keys are wide */
const int32_t *lines_extended_prices(Lines *lines); /* cents */
const int32_t *lines_discounts(Lines *lines);       /* hundredths */
const int32_t *lines_taxes(Lines *lines);           /* hundredths */
const int32_t *lines_ship_days(Lines *lines);
const int32_t *lines_receipt_days(Lines *lines);

/* Scales from which on part and customer keys come from the 64-bit stream. */
static inline bool scale_has_wide_keys(double scale) {
    return scale >= 30000;
}
