/*
 * Blocks and draws. A block's start is reached by one power of the multiplier; from there every
 * value of every stream is one multiplication with a table entry away.
 */
#include "generator/scan.h"

#include <assert.h>

#include "generator/table.h"

void value_filter_init(ValueFilter *filter) {
    memset(filter, 0xff, sizeof *filter);
}

Scan *scan_create(Arena *arena, const TableModel *table, double scale, const ValueFilter *filter,
                  const Dictionaries *dictionaries, int64_t first_row, int64_t end_row,
                  uint32_t wanted) {
    Scan *scan = arena_new(arena, Scan);
    scan->table = table;
    scan->dictionaries = dictionaries;
    scan->scale = scale;
    scan->filter = *filter;
    scan->wanted = wanted;
    scan->next_row = first_row;
    scan->end_row = end_row;
    scan->arena = arena;
    if (table->begin != NULL) {
        table->begin(scan);
    }
    return scan;
}

bool scan_next(Scan *scan) {
    while (scan->next_row < scan->end_row) {
        int64_t left = scan->end_row - scan->next_row;
        scan->first_row = scan->next_row;
        scan->jump = random_power(RANDOM_MULTIPLIER, (uint64_t)scan->first_row);
        scan->row_count = left < SCAN_ROWS_MAX ? (int32_t)left : SCAN_ROWS_MAX;
        scan->count = scan->row_count;
        scan->rows = NULL;
        if (scan->table->next != NULL) {
            scan->table->next(scan);
        }
        scan->next_row += scan->row_count;
        if (scan->count > 0) {
            return true;
        }
    }
    return false;
}

/* A^(allotment * row) of each row. */
static const uint32_t *block_powers(Scan *scan, uint32_t allotment) {
    assert(allotment * (SCAN_ROWS_MAX - 1) < RANDOM_POWER_COUNT);
    if (scan->rows != NULL) {
        for (int32_t k = 0; k < scan->count; k++) {
            scan->powers[k] = random_powers[allotment * (uint32_t)scan->rows[k]];
        }
        return scan->powers;
    }
    if (allotment == 1) {
        return random_powers;
    }
    for (int32_t k = 0; k < scan->count; k++) {
        scan->powers[k] = random_powers[allotment * (uint32_t)k];
    }
    return scan->powers;
}

void scan_draw(Scan *scan, Stream stream, uint32_t step, int32_t low, int32_t high,
               int32_t *ret_values) {
    uint32_t base = random_multiply(scan_start(scan, stream), random_powers[step]);
    random_draw(base, block_powers(scan, stream.allotment), scan->count, low, high, ret_values);
}

uint32_t scan_start(const Scan *scan, Stream stream) {
    return random_multiply(stream.seed, random_power(scan->jump, stream.allotment));
}
