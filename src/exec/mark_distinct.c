/*
 * MarkDistinct: TRUE for the first row of each combination of keys. One table for all drivers,
 * under a lock: a row is first only once in the whole query.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/group_table.h"
#include "exec/pipeline_builder.h"

typedef struct MarkDistinctOperator {
    Operator base;
    pthread_mutex_t lock;
    GroupTable table;
    int32_t key_count;
    int32_t *keys;
} MarkDistinctOperator;

/* Groups of a batch's rows as a marker: new groups count up from first_new in some order, each
 * marked where it is met. */
static Vector *marker_of(const int32_t *groups, int32_t count, int32_t first_new) {
    Vector *marker = vector_create(type_simple(TYPE_BOOLEAN), count);
    uint64_t seen[BATCH_ROWS_MAX / 64] = {0};
    for (int32_t i = 0; i < count; i++) {
        bool is_first = groups[i] >= first_new && !bitmap_get(seen, groups[i] - first_new);
        if (is_first) {
            bitmap_set(seen, groups[i] - first_new);
        }
        VECTOR_DATA(marker, int8_t)[i] = is_first;
    }
    return marker;
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    MarkDistinctOperator *self = (MarkDistinctOperator *)op;
    Vector **keys = arena_new_array(cx->arena, Vector *, self->key_count);
    int32_t groups[BATCH_ROWS_MAX];
    int32_t first_new = 0;
    for (int32_t i = 0; i < self->key_count; i++) {
        keys[i] = input->columns[self->keys[i]];
    }
    pthread_mutex_lock(&self->lock);
    Status status = group_table_find(cx, &self->table, keys, input->row_count, groups, &first_new);
    pthread_mutex_unlock(&self->lock);
    if (status == OK) {
        Batch *output = batch_create(input->column_count + 1, input->row_count);
        for (int32_t i = 0; i < input->column_count; i++) {
            output->columns[i] = vector_ref(input->columns[i]);
        }
        output->columns[input->column_count] = marker_of(groups, input->row_count, first_new);
        *ret_output = output;
    }
    batch_free(input);
    *ret_progress = PROGRESS_NEED_INPUT;
    return status;
}

static void mark_free(Operator *op) {
    MarkDistinctOperator *self = (MarkDistinctOperator *)op;
    group_table_done(&self->table);
    pthread_mutex_destroy(&self->lock);
}

static const OperatorType mark_distinct_type = {
    .name = "MarkDistinctOperator", .execute = execute, .free = mark_free};

Status build_mark_distinct(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const MarkDistinctNode *node = (const MarkDistinctNode *)plan;
    QueryExecution *execution = builder->execution;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    MarkDistinctOperator *self =
        operator_new(execution, MarkDistinctOperator, &mark_distinct_type, plan->id);
    pthread_mutex_init(&self->lock, NULL);
    self->key_count = node->keys.count;
    TRY(stream_columns(builder, ret_stream, &node->keys, &self->keys));
    const Type **types = arena_new_array(execution->arena, const Type *, self->key_count);
    for (int32_t i = 0; i < self->key_count; i++) {
        types[i] = node->keys.items[i]->type;
    }
    group_table_init(&self->table, execution->options.pool, self->key_count, types, 0);
    SymbolList layout = ret_stream->layout;
    layout_add(execution->arena, &layout, node->marker);
    stream_append(ret_stream, &self->base, layout);
    return OK;
}
