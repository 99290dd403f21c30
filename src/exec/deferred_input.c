/*
 * Deferred aggregate input. Rows are (group, arguments, order keys): in a GroupTable keyed by all
 * of them when DISTINCT, else in a ColumnStore. Ordering sorts a permutation over the whole store;
 * each group sees its rows in that order.
 */
#include "exec/deferred_input.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "exec/row_order.h"

struct DeferredInput {
    const AggregateSpec *spec;
    bool is_distinct;
    int32_t column_count; /* group, arguments, order keys */
    GroupTable table;     /* is_distinct */
    ColumnStore store;    /* otherwise */
};

static const ColumnStore *rows_of(const DeferredInput *input) {
    return input->is_distinct ? &input->table.keys : &input->store;
}

static DeferredInput *create(const AggregateSpec *spec, MemoryPool *pool) {
    DeferredInput *input = allocate_zeroed(sizeof *input);
    input->spec = spec;
    input->is_distinct = spec->is_distinct;
    input->column_count = 1 + spec->argument_count + spec->order_count;
    const Type **types = allocate((size_t)input->column_count * sizeof(Type *));
    types[0] = type_simple(TYPE_INTEGER);
    for (int32_t i = 0; i < spec->argument_count; i++) {
        types[1 + i] = spec->columns[i] < 0 && spec->constants[i] == NULL
                           ? type_simple(TYPE_UNKNOWN)
                           : spec->function->argument_types[i];
        if (spec->columns[i] < 0 && spec->constants[i] != NULL) {
            types[1 + i] = spec->constants[i]->type;
        }
    }
    for (int32_t i = 0; i < spec->order_count; i++) {
        types[1 + spec->argument_count + i] = spec->order_by[i].symbol->type;
    }
    if (input->is_distinct) {
        group_table_init(&input->table, pool, input->column_count, types, 0);
    } else {
        column_store_init(&input->store, pool, input->column_count, types);
    }
    free(types);
    return input;
}

DeferredInput **deferred_inputs_create(HashAggregation *self, MemoryPool *pool) {
    if (!self->aggregates.has_deferred) {
        return NULL;
    }
    DeferredInput **inputs = allocate_zeroed((size_t)self->aggregates.count * sizeof *inputs);
    for (int32_t i = 0; i < self->aggregates.count; i++) {
        const AggregateSpec *spec = &self->aggregates.items[i];
        if (spec->is_distinct || spec->order_count > 0) {
            inputs[i] = create(spec, pool);
        }
    }
    return inputs;
}

void deferred_inputs_free(HashAggregation *self, DeferredInput **inputs) {
    for (int32_t i = 0; inputs != NULL && i < self->aggregates.count; i++) {
        if (inputs[i] != NULL) {
            if (inputs[i]->is_distinct) {
                group_table_done(&inputs[i]->table);
            } else {
                column_store_done(&inputs[i]->store);
            }
            free(inputs[i]);
        }
    }
    free(inputs);
}

/* Adds rows 0..count of the columns. */
static Status add_columns(Context *cx, DeferredInput *input, Vector *const *columns,
                          int32_t count) {
    if (!input->is_distinct) {
        return column_store_append(cx, &input->store, columns, NULL, count);
    }
    int32_t groups[BATCH_ROWS_MAX];
    int32_t first_new;
    return group_table_find(cx, &input->table, columns, count, groups, &first_new);
}

static Vector *group_column(const int32_t *groups, const int32_t *rows, int32_t count) {
    Vector *column = vector_create(type_simple(TYPE_INTEGER), count);
    int32_t *values = column->data;
    for (int32_t i = 0; i < count; i++) {
        values[i] = groups == NULL ? 0 : groups[rows != NULL ? rows[i] : i];
    }
    return column;
}

/* Whether the aggregate counts the row: FILTER is TRUE, and no argument is NULL unless it asks for
 * NULLs. */
static bool counts_row(const AggregateSpec *spec, const Batch *batch, int32_t row) {
    if (spec->filter_column >= 0) {
        VectorView view = vector_view(batch->columns[spec->filter_column]);
        if (view_is_null(&view, row) || VIEW_VALUE(&view, int8_t, row) == 0) {
            return false;
        }
    }
    if ((spec->aggregate->flags & FUNCTION_CALLED_WITH_NULL) != 0) {
        return true;
    }
    for (int32_t i = 0; i < spec->argument_count; i++) {
        const Vector *argument = spec->columns[i] >= 0 ? batch->columns[spec->columns[i]] : NULL;
        if (argument != NULL && vector_is_null(argument, row)) {
            return false;
        }
    }
    return true;
}

static Status add_batch(Context *cx, DeferredInput *input, const Batch *batch,
                        const int32_t *groups) {
    const AggregateSpec *spec = input->spec;
    int32_t rows[BATCH_ROWS_MAX];
    int32_t count = 0;
    for (int32_t row = 0; row < batch->row_count; row++) {
        rows[count] = row;
        count += counts_row(spec, batch, row);
    }
    if (count == 0) {
        return OK;
    }
    Vector **columns = arena_new_array(cx->arena, Vector *, input->column_count);
    columns[0] = group_column(groups, rows, count);
    for (int32_t i = 0; i < spec->argument_count; i++) {
        columns[1 + i] =
            spec->columns[i] >= 0 ? vector_gather(batch->columns[spec->columns[i]], rows, count)
            : spec->constants[i] != NULL ? vector_create_constant(spec->constants[i], 0, count)
                                         : vector_create_null(type_simple(TYPE_UNKNOWN), count);
    }
    for (int32_t i = 0; i < spec->order_count; i++) {
        columns[1 + spec->argument_count + i] =
            vector_gather(batch->columns[spec->order_columns[i]], rows, count);
    }
    Status status = add_columns(cx, input, columns, count);
    for (int32_t i = 0; i < input->column_count; i++) {
        vector_unref(columns[i]);
    }
    return status;
}

Status deferred_inputs_add(Context *cx, HashAggregation *self, GroupSet *set, const Batch *input,
                           const int32_t *groups) {
    for (int32_t i = 0; i < self->aggregates.count; i++) {
        if (set->deferred[i] != NULL) {
            TRY(add_batch(cx, set->deferred[i], input, groups));
        }
    }
    return OK;
}

/* Calls visit with batches of the rows, in `order` (NULL: as they lie). */
typedef Status VisitRows(Context *cx, void *closure, Vector **columns, int32_t count);

static Status for_each_batch(Context *cx, const DeferredInput *input, const int32_t *order,
                             VisitRows *visit, void *closure) {
    const ColumnStore *store = rows_of(input);
    Vector **columns = arena_new_array(cx->arena, Vector *, input->column_count);
    Status status = OK;
    for (int32_t start = 0; start < store->row_count && status == OK; start += BATCH_ROWS_MAX) {
        int32_t left = store->row_count - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        TRY(check_cancelled(cx));
        for (int32_t i = 0; i < input->column_count; i++) {
            columns[i] = order == NULL ? vector_slice(store->columns[i], start, count)
                                       : vector_gather(store->columns[i], order + start, count);
        }
        status = visit(cx, closure, columns, count);
        for (int32_t i = 0; i < input->column_count; i++) {
            vector_unref(columns[i]);
        }
    }
    return status;
}

typedef struct DeferredMerge {
    DeferredInput *target;
    const int32_t *group_map;
} DeferredMerge;

static Status merge_rows(Context *cx, void *closure, Vector **columns, int32_t count) {
    DeferredMerge *merge = closure;
    Vector *own = columns[0];
    const int32_t *groups = own->data;
    int32_t mapped[BATCH_ROWS_MAX];
    for (int32_t i = 0; i < count; i++) {
        mapped[i] = merge->group_map[groups[i]];
    }
    columns[0] = group_column(mapped, NULL, count);
    vector_unref(own);
    return add_columns(cx, merge->target, columns, count);
}

Status deferred_inputs_merge(Context *cx, HashAggregation *self, GroupSet *target, GroupSet *source,
                             const int32_t *group_map) {
    for (int32_t i = 0; i < self->aggregates.count; i++) {
        if (target->deferred[i] != NULL) {
            DeferredMerge merge = {.target = target->deferred[i], .group_map = group_map};
            TRY(for_each_batch(cx, source->deferred[i], NULL, merge_rows, &merge));
        }
    }
    return OK;
}

typedef struct Feed {
    const AggregateSpec *spec;
    GroupSet *set;
} Feed;

static Status feed_rows(Context *cx, void *closure, Vector **columns, int32_t count) {
    Feed *feed = closure;
    const int32_t *groups = columns[0]->data;
    for (int32_t i = 0; i < count; i++) {
        feed->set->states[i] = group_state(&feed->set->table, groups[i]);
    }
    return aggregate_add_columns(cx, feed->spec, feed->set->scratch, columns + 1, count,
                                 feed->set->states);
}

Status deferred_inputs_feed(Context *cx, HashAggregation *self, GroupSet *set) {
    for (int32_t i = 0; i < self->aggregates.count; i++) {
        DeferredInput *input = set->deferred[i];
        if (input == NULL) {
            continue;
        }
        Feed feed = {.spec = input->spec, .set = set};
        const ColumnStore *rows = rows_of(input);
        int32_t *order = NULL;
        if (input->spec->order_count > 0) {
            order = allocate((size_t)rows->row_count * sizeof *order + 1);
            row_order_sort(rows->columns + 1 + input->spec->argument_count, input->spec->order_by,
                           input->spec->order_count, order, rows->row_count);
        }
        Status status = for_each_batch(cx, input, order, feed_rows, &feed);
        free(order);
        TRY(status);
    }
    return OK;
}
