/* Gathering and slicing whole batches. */
#include "exec/batch_gather.h"

Vector *column_gather(Vector *column, Buffer *indices, const int32_t *rows, int32_t count) {
    bool copies = column->encoding != ENCODING_FLAT || column->type->layout < LAYOUT_STRING;
    return copies ? vector_gather(column, rows, count) : vector_select(column, indices, count);
}

Buffer *indices_create(const int32_t *rows, int32_t count) {
    Buffer *indices = buffer_create((int64_t)count * (int64_t)sizeof(int32_t));
    memcpy(indices->data, rows, (size_t)count * sizeof(int32_t));
    return indices;
}

Batch *batch_gather(Batch *input, const int32_t *rows, int32_t count) {
    Batch *output = batch_create(input->column_count, count);
    Buffer *indices = indices_create(rows, count);
    for (int32_t i = 0; i < input->column_count; i++) {
        output->columns[i] = column_gather(input->columns[i], indices, rows, count);
    }
    buffer_unref(indices);
    batch_free(input);
    return output;
}

Batch *batch_slice(const Batch *input, int32_t offset, int32_t count) {
    Batch *output = batch_create(input->column_count, count);
    for (int32_t i = 0; i < input->column_count; i++) {
        output->columns[i] = vector_slice(input->columns[i], offset, count);
    }
    return output;
}
