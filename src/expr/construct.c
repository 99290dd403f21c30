/*
 * Row and array constructors, and field access. A row constructor copies nothing: its fields become
 * children.
 */
#include "expr/run.h"

#include "vector/build.h"

Status run_row(const Run *run, const Step *step, Selection selection) {
    (void)selection;
    Vector *row = vector_create(step->type, 0);
    row->length = row->capacity = run->row_count;
    for (int32_t i = 0; i < step->argument_count; i++) {
        const Vector *field = run_register(run, step->arguments[i]);
        vector_unref(row->children[i]);
        row->children[i] = field->length == run->row_count || field->encoding != ENCODING_CONSTANT
                               ? vector_ref((Vector *)field)
                               : vector_create_constant(field, 0, run->row_count);
    }
    run_set_register(run, step->result, row);
    return OK;
}

/*
 * Arguments are appended one after another, then put in row order: element j of row i is at j *
 * count + i.
 */
static Vector *interleave(const Run *run, const Step *step, Selection selection) {
    int32_t width = step->argument_count, count = selection.count;
    Vector *columns = vector_create(step->type->children[0], 0);
    for (int32_t j = 0; j < width; j++) {
        const Vector *column = run_register(run, step->arguments[j]);
        vector_append(columns, column, selection.rows, count);
    }
    int32_t *order = run_rows(run, width * count);
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < width; j++) {
            order[i * width + j] = j * count + i;
        }
    }
    Vector *elements = vector_gather(columns, order, width * count);
    vector_unref(columns);
    return elements;
}

Status run_array(const Run *run, const Step *step, Selection selection) {
    Vector *array = vector_create(step->type, run->row_count);
    ListEntry *entries = array->data;
    if (selection.rows != NULL) {
        memset(entries, 0, sizeof *entries * (size_t)run->row_count);
    }
    int32_t width = step->argument_count;
    if (width > 0) {
        vector_unref(array->children[0]);
        array->children[0] = interleave(run, step, selection);
    }
    for (int32_t i = 0; i < selection.count; i++) {
        entries[selection_row(selection, i)] = (ListEntry){i * width, width};
    }
    run_set_register(run, step->result, array);
    return OK;
}

/* The values of `field` with more NULLs: those of the row around it. */
static Vector *with_row_nulls(Vector *field, const Vector *row) {
    int32_t length = row->length;
    Vector *flat = vector_flatten(field);
    Vector *result = vector_share(flat);
    Buffer *nulls = nulls_create(length);
    uint64_t *bits = (uint64_t *)nulls->data;
    size_t words = bitmap_words(length);
    for (size_t i = 0; i < words; i++) {
        bits[i] = row->nulls[i] | (flat->nulls != NULL ? flat->nulls[i] : 0);
    }
    buffer_unref(result->nulls_buffer);
    result->nulls_buffer = nulls;
    result->nulls = bits;
    vector_unref(flat);
    return result;
}

/* The indices of a dictionary as a buffer that begins with them. */
static Buffer *indices_of(const Vector *dictionary) {
    if (dictionary->indices == (const int32_t *)dictionary->indices_buffer->data) {
        return buffer_ref(dictionary->indices_buffer);
    }
    size_t size = sizeof(int32_t) * (size_t)dictionary->length;
    Buffer *indices = buffer_create((int64_t)size);
    memcpy(indices->data, dictionary->indices, size);
    return indices;
}

/* Field `index` of a row vector, as long as it. */
static Vector *field_of(const Vector *row, int32_t index) {
    if (row->encoding == ENCODING_DICTIONARY) {
        Vector *values = field_of(row->base, index);
        return vector_create_dictionary(values, indices_of(row), row->length);
    }
    Vector *field = row->children[index];
    if (row->encoding == ENCODING_CONSTANT) {
        bool is_null = row->nulls != NULL && bitmap_get(row->nulls, 0);
        return is_null ? vector_create_null(field->type, row->length)
                       : vector_create_constant(field, 0, row->length);
    }
    return row->nulls != NULL ? with_row_nulls(field, row) : vector_ref(field);
}

Status run_field(const Run *run, const Step *step, Selection selection) {
    (void)selection;
    const Vector *row = run_register(run, step->arguments[0]);
    run_set_register(run, step->result, field_of(row, step->field_index));
    return OK;
}
