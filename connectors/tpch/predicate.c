/*
 * Filters that the scan takes.
 *
 * Order status, container and part type have few values: the filter is evaluated on each, enforced
 * while rows are chosen, and needs no evaluation above. A range of a table's key only narrows the
 * range of rows; it stays in the engine's filter, so that plans look as they do without.
 */
#include "generator/lines.h"
#include "generator/order_values.h"
#include "tpch.h"

/* ---- domains ---- */

static bool range_has(const Range *range, const StringView *value) {
    if (range->low != NULL) {
        VectorView low = vector_view(range->low);
        int order = string_compare(value, &VIEW_VALUE(&low, StringView, 0));
        if (order < 0 || (order == 0 && !range->low_inclusive)) {
            return false;
        }
    }
    if (range->high != NULL) {
        VectorView high = vector_view(range->high);
        int order = string_compare(value, &VIEW_VALUE(&high, StringView, 0));
        if (order > 0 || (order == 0 && !range->high_inclusive)) {
            return false;
        }
    }
    return true;
}

static bool domain_has(const Domain *domain, const StringView *value) {
    bool found = domain->all_values;
    for (int32_t i = 0; i < domain->range_count && !found; i++) {
        found = range_has(&domain->ranges[i], value);
    }
    return found;
}

/* Clears the bits of values outside the domain; false when no bit is left. */
static bool narrow_values(uint64_t *bits, const Vector *values, const Domain *domain) {
    bool some_left = false;
    for (int32_t i = 0; i < values->length; i++) {
        uint64_t bit = (uint64_t)1 << (i % 64);
        if (!domain_has(domain, &VECTOR_DATA(values, StringView)[i])) {
            bits[i / 64] &= ~bit;
        }
        some_left = some_left || (bits[i / 64] & bit) != 0;
    }
    return some_left;
}

/* ---- keys ---- */

static int64_t bigint_of(const Vector *vector) {
    VectorView view = vector_view(vector);
    return VIEW_VALUE(&view, int64_t, 0);
}

static int64_t lowest_of(const Range *range) {
    if (range->low == NULL) {
        return INT64_MIN;
    }
    int64_t low = bigint_of(range->low);
    return low + (!range->low_inclusive && low < INT64_MAX);
}

static int64_t highest_of(const Range *range) {
    if (range->high == NULL) {
        return INT64_MAX;
    }
    int64_t high = bigint_of(range->high);
    return high - (!range->high_inclusive && high > INT64_MIN);
}

/* Scan rows whose key is at most `key`. */
static int64_t rows_up_to(const TpchTable *table, int64_t key) {
    if (key < 0) {
        return 0;
    }
    switch (table->id) {
    case TABLE_ORDERS:
    case TABLE_LINEITEM:
        return orders_up_to(key);
    case TABLE_PARTSUPP:
        return key > INT64_MAX / SUPPLIERS_PER_PART ? INT64_MAX : key * SUPPLIERS_PER_PART;
    case TABLE_NATION:
    case TABLE_REGION:
        return key == INT64_MAX ? key : key + 1;
    default:
        return key;
    }
}

/* Keys of the first column grow with the rows. Wide streams cannot be entered at any row: they are
   left whole. */
static void narrow_rows(TpchTable *table, const Domain *domain) {
    bool is_wide = (table->id == TABLE_ORDERS || table->id == TABLE_LINEITEM) &&
                   scale_has_wide_keys(table->scale);
    if (is_wide || domain->all_values) {
        return;
    }
    if (domain->range_count == 0) {
        table->end_row = table->first_row;
        return;
    }
    int64_t low = lowest_of(&domain->ranges[0]);
    int64_t high = highest_of(&domain->ranges[domain->range_count - 1]);
    int64_t first = low == INT64_MIN ? 0 : rows_up_to(table, low - 1);
    int64_t end = rows_up_to(table, high);
    table->first_row = first > table->first_row ? first : table->first_row;
    table->end_row = end < table->end_row ? end : table->end_row;
    if (table->first_row > table->end_row) {
        table->first_row = table->end_row;
    }
}

/* ---- push-down ---- */

/* The bits that stand for the column's values, and the values; NULL for columns that are not pushed
   down. */
static uint64_t *bits_of_column(TpchTable *table, const Dictionaries *dictionaries, int32_t column,
                                const Vector **ret_values) {
    const char *name = table_model(table->id)->columns[column].name;
    if (strcmp(name, "o_orderstatus") == 0) {
        *ret_values = dictionaries->values[DICTIONARY_ORDER_STATUS];
        return &table->filter.order_statuses;
    }
    if (strcmp(name, "p_container") == 0) {
        *ret_values = dictionaries->values[DICTIONARY_CONTAINER];
        return &table->filter.containers;
    }
    if (strcmp(name, "p_type") == 0) {
        *ret_values = dictionaries->values[DICTIONARY_PART_TYPE];
        return table->filter.part_types;
    }
    return NULL;
}

Status tpch_apply_filter(Context *cx, void *connector, Handle handle, const TupleDomain *filter,
                         bool *ret_taken, Handle *ret_table, TupleDomain *ret_remaining) {
    const TpchCatalog *catalog = connector;
    TpchTable *table = arena_copy(cx->arena, handle.data, (size_t)handle.size);
    const TpchTable *before = tpch_table_of(cx, handle);
    *ret_taken = false;
    if (!catalog->predicate_pushdown || filter->none) {
        return OK;
    }
    ColumnDomain *remaining = arena_new_array(cx->arena, ColumnDomain, filter->count + 1);
    int32_t remaining_count = 0;
    bool some_left = true;
    for (int32_t i = 0; i < filter->count; i++) {
        const ColumnDomain *domain = &filter->domains[i];
        const Vector *values;
        uint64_t *bits = bits_of_column(table, &catalog->dictionaries, domain->column, &values);
        if (bits != NULL) {
            some_left = narrow_values(bits, values, domain->domain) && some_left;
            continue;
        }
        remaining[remaining_count++] = *domain;
        if (domain->column == 0) {
            narrow_rows(table, domain->domain);
        }
    }
    if (memcmp(table, before, sizeof *table) == 0) {
        return OK;
    }
    *ret_taken = true;
    *ret_table = tpch_table_handle(cx, table);
    *ret_remaining =
        (TupleDomain){.none = !some_left, .count = remaining_count, .domains = remaining};
    return OK;
}
