/* GroupId: gives every batch once a grouping set, with NULL for the keys outside the set and the
 * set's number. */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/pipeline_builder.h"

typedef struct GroupIdOperator {
    Operator base;
    int32_t set_count, key_count, argument_count;
    int32_t *keys; /* input columns */
    int32_t *arguments;
    const Type **key_types;
    bool *is_in_set; /* set * key_count + key */
} GroupIdOperator;

typedef struct GroupIdState {
    Batch *input;
    int32_t next_set;
} GroupIdState;

static Status open(Context *cx, Operator *op, Driver *driver, void **ret_local) {
    *ret_local = allocate_zeroed(sizeof(GroupIdState));
    return OK;
}

static void close(Operator *op, void *local) {
    GroupIdState *state = local;
    if (state != NULL) {
        batch_free(state->input);
        free(state);
    }
}

static Status execute(Context *cx, Operator *op, void *local, Batch *input, Batch **ret_output,
                      Progress *ret_progress) {
    const GroupIdOperator *self = (GroupIdOperator *)op;
    GroupIdState *state = local;
    if (input != NULL) {
        state->input = input;
        state->next_set = 0;
    }
    int32_t rows = state->input->row_count, set = state->next_set++;
    Batch *output = batch_create(self->key_count + self->argument_count + 1, rows);
    for (int32_t i = 0; i < self->key_count; i++) {
        bool is_in_set = self->is_in_set[set * self->key_count + i];
        output->columns[i] = is_in_set ? vector_ref(state->input->columns[self->keys[i]])
                                       : vector_create_null(self->key_types[i], rows);
    }
    for (int32_t i = 0; i < self->argument_count; i++) {
        output->columns[self->key_count + i] =
            vector_ref(state->input->columns[self->arguments[i]]);
    }
    Vector *id = vector_create(type_simple(TYPE_BIGINT), 1);
    VECTOR_DATA(id, int64_t)[0] = set;
    output->columns[self->key_count + self->argument_count] = vector_create_constant(id, 0, rows);
    vector_unref(id);
    *ret_output = output;
    *ret_progress = PROGRESS_MORE;
    if (state->next_set == self->set_count) {
        batch_free(state->input);
        state->input = NULL;
        *ret_progress = PROGRESS_NEED_INPUT;
    }
    return OK;
}

static const OperatorType group_id_type = {
    .name = "GroupIdOperator", .open = open, .close = close, .execute = execute};

Status build_group_id(Builder *builder, const PlanNode *plan, Stream *ret_stream) {
    const GroupIdNode *node = (const GroupIdNode *)plan;
    Arena *arena = builder->execution->arena;
    TRY(build_node(builder, plan->sources[0], ret_stream));
    GroupIdOperator *self =
        operator_new(builder->execution, GroupIdOperator, &group_id_type, plan->id);
    self->set_count = node->grouping_sets.count;
    self->key_count = node->key_outputs.count;
    self->argument_count = node->arguments.count;
    TRY(stream_columns(builder, ret_stream, &node->key_inputs, &self->keys));
    TRY(stream_columns(builder, ret_stream, &node->arguments, &self->arguments));
    self->key_types = arena_new_array(arena, const Type *, self->key_count);
    self->is_in_set = arena_new_array(arena, bool, self->set_count * self->key_count);
    SymbolList layout = {0};
    for (int32_t i = 0; i < self->key_count; i++) {
        const Symbol *key = node->key_outputs.items[i];
        self->key_types[i] = key->type;
        layout_add(arena, &layout, key);
        for (int32_t set = 0; set < self->set_count; set++) {
            self->is_in_set[set * self->key_count + i] =
                layout_find(&node->grouping_sets.items[set], key) >= 0;
        }
    }
    for (int32_t i = 0; i < self->argument_count; i++) {
        layout_add(arena, &layout, node->arguments.items[i]);
    }
    layout_add(arena, &layout, node->group_id);
    stream_append(ret_stream, &self->base, layout);
    return OK;
}
