/*
 * Computes the lines of orders. Since each order owns seven steps of every line stream, the line n
 * of order j is at step 7 * j + n: one list of powers serves all of them.
 */
#include "generator/lines.h"

#include <string.h>

#include "generator/table.h"

enum {
    KNOWN_ORDER_DATES = 1,
    KNOWN_QUANTITIES = 2,
    KNOWN_PART_KEYS = 4,
    KNOWN_PRICES = 8,
    KNOWN_DISCOUNTS = 16,
    KNOWN_TAXES = 32,
    KNOWN_SHIP_DAYS = 64,
    KNOWN_RECEIPT_DAYS = 128,
};

static const uint32_t line_count_seed = 1434868289, order_date_seed = 1066728069;
static const uint32_t quantity_seed = 209208115, discount_seed = 554590007, tax_seed = 721958466;
static const uint32_t part_key_seed = 1808217256;
static const uint32_t ship_day_seed = 1769349045, receipt_day_seed = 373135028;

void lines_begin(Lines *lines, double scale, int64_t first_order) {
    lines->part_count = scaled_count(part_table.base_rows, scale);
    lines->supplier_count = scaled_count(supplier_table.base_rows, scale);
    lines->wide_keys = scale_has_wide_keys(scale);
    lines->wide_part_state = random_wide_skip(part_key_seed, first_order * LINES_PER_ORDER_MAX);
}

/* Steps through the 64-bit stream; what an order leaves of its seven steps is skipped. */
static void draw_wide_part_keys(Lines *lines) {
    int64_t state = lines->wide_part_state;
    int32_t k = 0;
    for (int32_t j = 0; j < lines->order_count; j++) {
        for (int32_t n = 0; n < lines->line_counts[j]; n++) {
            state = random_wide_step(state);
            lines->wide_part_keys[k++] = random_wide_bounded(state, 1, lines->part_count);
        }
        state = random_wide_skip(state, LINES_PER_ORDER_MAX - lines->line_counts[j]);
    }
    lines->wide_part_state = state;
}

/* Lists the lines of as many orders as fit. Each order writes all eight entries and keeps its own.
   */
static void list_lines(Lines *lines, int32_t order_limit) {
    static const int32_t numbers[LINES_PADDING] = {0, 1, 2, 3, 4, 5, 6, 7};
    int32_t k = 0, j = 0;
    for (; j < order_limit && k + lines->line_counts[j] <= LINES_MAX; j++) {
        for (int32_t n = 0; n < LINES_PADDING; n++) {
            lines->orders[k + n] = j;
        }
        memcpy(&lines->numbers[k], numbers, sizeof numbers);
        memcpy(&lines->powers[k], &random_powers[LINES_PER_ORDER_MAX * j],
               LINES_PADDING * sizeof(uint32_t));
        k += lines->line_counts[j];
    }
    lines->order_count = j;
    lines->count = k;
}

void lines_next(Lines *lines, int64_t first_order, uint32_t jump, int64_t order_limit) {
    int32_t limit = order_limit < LINE_ORDERS_MAX ? (int32_t)order_limit : LINE_ORDERS_MAX;
    lines->first_order = first_order;
    lines->jump = jump;
    lines->known = 0;
    uint32_t base = random_multiply(line_count_seed, jump);
    random_draw(base, &random_powers[1], limit, 1, LINES_PER_ORDER_MAX, lines->line_counts);
    list_lines(lines, limit);
    if (lines->wide_keys) {
        draw_wide_part_keys(lines);
    }
}

void lines_draw(const Lines *lines, uint32_t stream_seed, int32_t low, int32_t high,
                int32_t *ret_values) {
    uint32_t start = random_multiply(stream_seed, random_power(lines->jump, LINES_PER_ORDER_MAX));
    uint32_t base = random_multiply(start, RANDOM_MULTIPLIER);
    random_draw(base, lines->powers, lines->count, low, high, ret_values);
}

/* Whether the list has to be computed now. */
static inline bool begins_to_know(Lines *lines, uint32_t list) {
    bool is_new = (lines->known & list) == 0;
    lines->known |= list;
    return is_new;
}

const int32_t *lines_order_dates(Lines *lines) {
    if (begins_to_know(lines, KNOWN_ORDER_DATES)) {
        uint32_t base = random_multiply(order_date_seed, lines->jump);
        random_draw(base, &random_powers[1], lines->order_count, FIRST_ORDER_DAY, LAST_ORDER_DAY,
                    lines->order_dates);
    }
    return lines->order_dates;
}

const int32_t *lines_quantities(Lines *lines) {
    if (begins_to_know(lines, KNOWN_QUANTITIES)) {
        lines_draw(lines, quantity_seed, 1, 50, lines->quantities);
    }
    return lines->quantities;
}

/* Between the scales where the count passes 2^31 and where keys become wide, the bound wraps, as in
   the reference. */
const int32_t *lines_part_keys(Lines *lines) {
    if (begins_to_know(lines, KNOWN_PART_KEYS)) {
        lines_draw(lines, part_key_seed, 1, (int32_t)lines->part_count, lines->part_keys);
    }
    return lines->part_keys;
}

const int32_t *lines_extended_prices(Lines *lines) {
    if (!begins_to_know(lines, KNOWN_PRICES)) {
        return lines->prices;
    }
    const int32_t *quantities = lines_quantities(lines);
    if (lines->wide_keys) {
        for (int32_t k = 0; k < lines->count; k++) {
            lines->prices[k] = part_price(lines->wide_part_keys[k]) * quantities[k];
        }
        return lines->prices;
    }
    const int32_t *part_keys = lines_part_keys(lines);
    for (int32_t k = 0; k < lines->count; k++) {
        lines->prices[k] = part_price_narrow(part_keys[k]) * quantities[k];
    }
    return lines->prices;
}

const int32_t *lines_discounts(Lines *lines) {
    if (begins_to_know(lines, KNOWN_DISCOUNTS)) {
        lines_draw(lines, discount_seed, 0, 10, lines->discounts);
    }
    return lines->discounts;
}

const int32_t *lines_taxes(Lines *lines) {
    if (begins_to_know(lines, KNOWN_TAXES)) {
        lines_draw(lines, tax_seed, 0, 8, lines->taxes);
    }
    return lines->taxes;
}

const int32_t *lines_ship_days(Lines *lines) {
    if (begins_to_know(lines, KNOWN_SHIP_DAYS)) {
        const int32_t *order_dates = lines_order_dates(lines);
        lines_draw(lines, ship_day_seed, 1, 121, lines->ship_days);
        for (int32_t k = 0; k < lines->count; k++) {
            lines->ship_days[k] += order_dates[lines->orders[k]];
        }
    }
    return lines->ship_days;
}

const int32_t *lines_receipt_days(Lines *lines) {
    if (begins_to_know(lines, KNOWN_RECEIPT_DAYS)) {
        const int32_t *ship_days = lines_ship_days(lines);
        lines_draw(lines, receipt_day_seed, 1, 30, lines->receipt_days);
        for (int32_t k = 0; k < lines->count; k++) {
            lines->receipt_days[k] += ship_days[k];
        }
    }
    return lines->receipt_days;
}
