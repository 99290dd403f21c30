/*
 * What the optimizer is told of a column: nulls, range, distinct values by HyperLogLog (Flajolet et
 * al. 2007).
 *
 * Registers only grow, so a summary over inserts stays valid after deletes as an upper bound.
 */
#include <math.h>

#include "memory.h"

static uint64_t mix(uint64_t value) {
    value ^= value >> 33;
    value *= 0xFF51AFD7ED558CCDu;
    value ^= value >> 33;
    value *= 0xC4CEB9FE1A85EC53u;
    return value ^ value >> 33;
}

static void note_hash(ColumnSummary *summary, uint64_t hash) {
    uint32_t index = (uint32_t)(hash & (SKETCH_REGISTERS - 1));
    uint8_t rank = (uint8_t)(__builtin_clzll(hash | 1) + 1);
    if (summary->registers[index] < rank) {
        summary->registers[index] = rank;
    }
}

static void note_number(ColumnSummary *summary, double value) {
    if (!summary->has_range) {
        summary->has_range = true;
        summary->low = summary->high = value;
    }
    summary->low = value < summary->low ? value : summary->low;
    summary->high = value > summary->high ? value : summary->high;
}

/* The value as a number where ranges are kept, and its bits for hashing; false for kinds without a
 * range. */
static bool number_of(const Type *type, const void *data, int32_t index, double *ret_number,
                      uint64_t *ret_bits) {
    switch (type->layout) {
    case LAYOUT_BYTE:
        *ret_bits = (uint64_t)(*ret_number = ((const int8_t *)data)[index]);
        return true;
    case LAYOUT_SHORT:
        *ret_number = ((const int16_t *)data)[index];
        break;
    case LAYOUT_INT:
        *ret_number = type->kind == TYPE_REAL ? (double)((const float *)data)[index]
                                              : ((const int32_t *)data)[index];
        break;
    case LAYOUT_LONG:
        *ret_bits = ((const uint64_t *)data)[index];
        *ret_number = type->kind == TYPE_DOUBLE ? ((const double *)data)[index]
                                                : (double)((const int64_t *)data)[index];
        return type->kind != TYPE_TIMESTAMP_TZ && type->kind != TYPE_TIME_TZ;
    default:
        return false;
    }
    *ret_bits = (uint64_t)(int64_t)*ret_number;
    if (type->kind == TYPE_REAL) {
        memcpy(ret_bits, ret_number, sizeof *ret_bits);
    }
    return true;
}

static uint64_t hash_view(const StringView *view) {
    uint64_t words[2], hash;
    memcpy(words, view, sizeof words);
    hash = mix(words[0]);
    if (view->length <= 12) {
        return mix(hash ^ words[1]);
    }
    const char *bytes = view->pointer;
    for (uint32_t left = view->length; left > 0;) {
        uint64_t word = 0;
        uint32_t size = left < 8 ? left : 8;
        memcpy(&word, bytes, size);
        hash = mix(hash ^ word);
        bytes += size;
        left -= size;
    }
    return hash;
}

static void add_flat(ColumnSummary *summary, const Vector *values) {
    double scale = values->type->kind == TYPE_DECIMAL ? pow(10, -values->type->scale) : 1;
    for (int32_t i = 0; i < values->length; i++) {
        double number;
        uint64_t bits = 0;
        if (values->nulls != NULL && bitmap_get(values->nulls, i)) {
            summary->null_count++;
        } else if (values->type->layout == LAYOUT_STRING) {
            note_hash(summary, hash_view(&VECTOR_DATA(values, StringView)[i]));
        } else if (number_of(values->type, values->data, i, &number, &bits)) {
            note_hash(summary, mix(bits));
            note_number(summary, number * scale);
        }
    }
}

void summary_add(ColumnSummary *summary, const Vector *values) {
    if (values->type->layout == LAYOUT_LIST || values->type->layout == LAYOUT_ROW) {
        for (int32_t i = 0; i < values->length; i++) {
            summary->null_count += vector_is_null(values, i);
        }
    } else if (values->encoding == ENCODING_FLAT) {
        add_flat(summary, values);
    } else {
        int64_t nulls = summary->null_count;
        const Vector *base = values->encoding == ENCODING_DICTIONARY ? values->base : values;
        add_flat(summary, base->encoding == ENCODING_FLAT ? base : values);
        summary->null_count = nulls;
        for (int32_t i = 0; base->nulls != NULL && i < values->length; i++) {
            summary->null_count += vector_is_null(values, i);
        }
    }
}

void summary_merge(ColumnSummary *summary, const ColumnSummary *other) {
    summary->null_count += other->null_count;
    if (other->has_range) {
        note_number(summary, other->low);
        note_number(summary, other->high);
    }
    for (int32_t i = 0; i < SKETCH_REGISTERS; i++) {
        if (summary->registers[i] < other->registers[i]) {
            summary->registers[i] = other->registers[i];
        }
    }
}

double summary_distinct(const ColumnSummary *summary) {
    double sum = 0, m = SKETCH_REGISTERS;
    int32_t zeros = 0;
    for (int32_t i = 0; i < SKETCH_REGISTERS; i++) {
        sum += ldexp(1, -summary->registers[i]);
        zeros += summary->registers[i] == 0;
    }
    double estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return estimate <= 2.5 * m && zeros > 0 ? m * log(m / zeros)
                                            : estimate; /* linear counting when sparse */
}
