/*
 * HyperLogLog (Flajolet et al.; Heule et al. for the sparse form). Dense registers hold whole
 * values; base line, 4-bit deltas and overflows exist only when serialised: the base line is always
 * the least register.
 */
#include "function/aggregate/hyperloglog.h"

#include <math.h>
#include <string.h>

#include "function/scalar/hash_functions.h"

enum {
    PREFIX_BITS = 26, /* of the hash, in a sparse entry */
    ZEROS_BITS = 6,
    ZEROS_MASK = (1 << ZEROS_BITS) - 1,
    DELTA_MAX = 15,
    SPARSE_TAG = 2,
    DENSE_V1_TAG = 0x01,
    DENSE_TAG = 3,
    /* sizes in the reference's memory: objects' headers and fields */
    SPARSE_OBJECT_BYTES = 24,
    DENSE_OBJECT_BYTES = 40,
};

uint64_t hyperloglog_hash(const void *bytes, size_t size) {
    uint64_t hash[2];
    murmur3_128(bytes, size, hash);
    return hash[0];
}

void hyperloglog_init(Arena *arena, HyperLogLog *hll, int index_bits) {
    *hll = (HyperLogLog){.index_bits = (uint8_t)index_bits, .reference_length = 1};
    (void)arena;
}

static int32_t bucket_count(const HyperLogLog *hll) {
    return 1 << hll->index_bits;
}

/* Zeros after the first `bits` of the hash. */
static int zeros_after(uint64_t hash, int bits) {
    return __builtin_clzll(hash << bits | (uint64_t)1 << (bits - 1));
}

/* ---- dense ---- */

static void raise_register(HyperLogLog *hll, uint32_t bucket, int value) {
    if (hll->registers[bucket] < value) {
        hll->registers[bucket] = (uint8_t)value;
    }
}

/* Bits of the prefix beyond the bucket's give the zeros, unless they all are. */
static void raise_by_entry(const HyperLogLog *from, HyperLogLog *to, uint32_t entry) {
    int bits = PREFIX_BITS - from->index_bits;
    uint32_t rest = entry << from->index_bits;
    int zeros = rest == 0 ? 32 : __builtin_clz(rest);
    if (zeros >= bits) {
        zeros = bits + (int)(entry & ZEROS_MASK);
    }
    raise_register(to, entry >> (32 - from->index_bits), zeros + 1);
}

void hyperloglog_make_dense(Arena *arena, HyperLogLog *hll) {
    if (hll->is_dense) {
        return;
    }
    HyperLogLog dense = {.index_bits = hll->index_bits, .is_dense = true};
    dense.registers = arena_zalloc(arena, (size_t)bucket_count(hll));
    for (int32_t i = 0; i < hll->entry_count; i++) {
        raise_by_entry(hll, &dense, hll->entries[i]);
    }
    *hll = dense;
}

/* ---- sparse ---- */

static void reserve_entries(Arena *arena, HyperLogLog *hll, int32_t count) {
    if (count <= hll->entry_capacity) {
        return;
    }
    int32_t capacity = hll->entry_capacity < 4 ? 4 : hll->entry_capacity * 2;
    capacity = capacity < count ? count : capacity;
    uint32_t *entries = arena_alloc(arena, (size_t)capacity * sizeof *entries);
    if (hll->entry_count > 0) {
        memcpy(entries, hll->entries, (size_t)hll->entry_count * sizeof *entries);
    }
    hll->entries = entries;
    hll->entry_capacity = capacity;
}

/* The reference changes over when its sparse object outgrows its dense one. */
static void make_dense_if_larger(Arena *arena, HyperLogLog *hll) {
    int32_t sparse = SPARSE_OBJECT_BYTES + 4 * hll->reference_length;
    if (sparse > DENSE_OBJECT_BYTES + bucket_count(hll) / 2) {
        hyperloglog_make_dense(arena, hll);
    }
}

static int32_t find_entry(const HyperLogLog *hll, uint32_t prefix) {
    int32_t low = 0, high = hll->entry_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (hll->entries[middle] >> ZEROS_BITS < prefix) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void add_sparse(Arena *arena, HyperLogLog *hll, uint64_t hash) {
    uint32_t prefix = (uint32_t)(hash >> (64 - PREFIX_BITS));
    uint32_t entry = prefix << ZEROS_BITS | (uint32_t)zeros_after(hash, PREFIX_BITS);
    int32_t at = find_entry(hll, prefix);
    if (at < hll->entry_count && hll->entries[at] >> ZEROS_BITS == prefix) {
        hll->entries[at] = hll->entries[at] < entry ? entry : hll->entries[at];
        return;
    }
    if (hll->entry_count + 1 > hll->reference_length) {
        hll->reference_length += 10;
    }
    reserve_entries(arena, hll, hll->entry_count + 1);
    memmove(hll->entries + at + 1, hll->entries + at,
            (size_t)(hll->entry_count - at) * sizeof *hll->entries);
    hll->entries[at] = entry;
    hll->entry_count++;
    make_dense_if_larger(arena, hll);
}

void hyperloglog_add_hash(Arena *arena, HyperLogLog *hll, uint64_t hash) {
    if (hll->is_dense) {
        raise_register(hll, (uint32_t)(hash >> (64 - hll->index_bits)),
                       zeros_after(hash, hll->index_bits) + 1);
    } else {
        add_sparse(arena, hll, hash);
    }
}

/* ---- merging ---- */

static void merge_sparse(Arena *arena, HyperLogLog *target, const HyperLogLog *source) {
    int32_t left = 0, right = 0, count = 0;
    int32_t capacity = target->entry_count + source->entry_count;
    uint32_t *merged = arena_alloc(arena, (size_t)capacity * sizeof *merged + 1);
    while (left < target->entry_count || right < source->entry_count) {
        uint64_t a = left < target->entry_count ? target->entries[left] : UINT64_MAX;
        uint64_t b = right < source->entry_count ? source->entries[right] : UINT64_MAX;
        bool same = a >> ZEROS_BITS == b >> ZEROS_BITS;
        left += a < b || same;
        right += b < a || same;
        merged[count++] = (uint32_t)(same ? (a > b ? a : b) : (a < b ? a : b));
    }
    target->entries = merged;
    target->entry_count = count;
    target->entry_capacity = capacity;
    target->reference_length = count;
    make_dense_if_larger(arena, target);
}

bool hyperloglog_merge(Arena *arena, HyperLogLog *target, const HyperLogLog *source) {
    if (target->index_bits != source->index_bits) {
        return false;
    }
    if (!target->is_dense && !source->is_dense) {
        merge_sparse(arena, target, source);
        return true;
    }
    hyperloglog_make_dense(arena, target);
    if (source->is_dense) {
        for (int32_t i = 0; i < bucket_count(target); i++) {
            raise_register(target, (uint32_t)i, source->registers[i]);
        }
    } else {
        for (int32_t i = 0; i < source->entry_count; i++) {
            raise_by_entry(source, target, source->entries[i]);
        }
    }
    return true;
}

/* ---- estimating ---- */

static double linear_count(double zero, double total) {
    return total * log(total / zero);
}

static double alpha(int index_bits) {
    switch (index_bits) {
    case 4:
        return 0.673;
    case 5:
        return 0.697;
    case 6:
        return 0.709;
    default:
        return 0.7213 / (1 + 1.079 / (double)(1 << index_bits));
    }
}

/* What 2^-register is on average when a bucket has been hit `load` times on average. */
static double expected_inverse(double load) {
    double sum = 0, below = 0, inverse = 1;
    for (int value = 0; value < 64; value++, inverse /= 2) {
        double up_to = exp(-load * inverse);
        sum += inverse * (up_to - below);
        below = up_to;
    }
    return sum;
}

/*
 * Up to five values a bucket the raw estimate is too high. The load whose expected registers would
 * give the same raw estimate is free of that.
 */
static double without_bias(double raw, double buckets, double factor) {
    double low = 0, high = 2 * raw / buckets;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        if (factor * buckets / expected_inverse(middle) < raw) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (low + high) / 2 * buckets;
}

static int64_t dense_cardinality(const HyperLogLog *hll) {
    int32_t buckets = bucket_count(hll), zero = 0;
    double sum = 0;
    for (int32_t i = 0; i < buckets; i++) {
        zero += hll->registers[i] == 0;
        sum += ldexp(1.0, -hll->registers[i]);
    }
    if (zero > 0.4 * buckets) {
        return (int64_t)floor(linear_count(zero, buckets) + 0.5);
    }
    double factor = alpha(hll->index_bits);
    double raw = factor * buckets * buckets / sum;
    double estimate = raw < 5.0 * buckets ? without_bias(raw, buckets, factor) : raw;
    return (int64_t)floor(estimate + 0.5);
}

int64_t hyperloglog_cardinality(const HyperLogLog *hll) {
    if (hll->is_dense) {
        return dense_cardinality(hll);
    }
    double total = (double)(1 << PREFIX_BITS);
    return (int64_t)floor(linear_count(total - hll->entry_count, total) + 0.5);
}

/* ---- serialised ---- */

static void write_dense(const HyperLogLog *hll, ByteString *out) {
    int32_t buckets = bucket_count(hll);
    uint8_t base_line = UINT8_MAX;
    for (int32_t i = 0; i < buckets; i++) {
        base_line = hll->registers[i] < base_line ? hll->registers[i] : base_line;
    }
    char head[] = {DENSE_TAG, (char)hll->index_bits, (char)base_line};
    byte_string_append(out, head, sizeof head);
    byte_string_reserve(out, (size_t)buckets * 3);
    uint16_t overflow_count = 0;
    for (int32_t i = 0; i < buckets; i += 2) {
        int first = hll->registers[i] - base_line, second = hll->registers[i + 1] - base_line;
        overflow_count += (first > DELTA_MAX) + (second > DELTA_MAX);
        first = first < DELTA_MAX ? first : DELTA_MAX;
        second = second < DELTA_MAX ? second : DELTA_MAX;
        byte_string_append_char(out, (char)(first << 4 | second));
    }
    byte_string_append(out, &overflow_count, sizeof overflow_count);
    for (int32_t i = 0; i < buckets; i++) {
        uint16_t bucket = (uint16_t)i;
        if (hll->registers[i] - base_line > DELTA_MAX) {
            byte_string_append(out, &bucket, sizeof bucket);
        }
    }
    for (int32_t i = 0; i < buckets; i++) {
        if (hll->registers[i] - base_line > DELTA_MAX) {
            byte_string_append_char(out, (char)(hll->registers[i] - base_line - DELTA_MAX));
        }
    }
}

void hyperloglog_write(const HyperLogLog *hll, ByteString *out) {
    if (hll->is_dense) {
        write_dense(hll, out);
        return;
    }
    char head[] = {SPARSE_TAG, (char)hll->index_bits};
    uint16_t count = (uint16_t)hll->entry_count;
    byte_string_append(out, head, sizeof head);
    byte_string_append(out, &count, sizeof count);
    byte_string_append(out, hll->entries, (size_t)hll->entry_count * sizeof *hll->entries);
}

static bool read_sparse(Arena *arena, const char *bytes, size_t size, HyperLogLog *hll) {
    uint16_t count;
    memcpy(&count, bytes + 2, sizeof count);
    if (size != 4 + (size_t)count * sizeof(uint32_t)) {
        return false;
    }
    hyperloglog_init(arena, hll, bytes[1]);
    reserve_entries(arena, hll, count);
    if (count > 0) {
        memcpy(hll->entries, bytes + 4, (size_t)count * sizeof(uint32_t));
    }
    hll->entry_count = hll->reference_length = count;
    return true;
}

/* Overflows: how much more than base line + 15 a bucket has. */
static bool read_overflows(const char *bytes, size_t size, HyperLogLog *hll) {
    uint16_t count;
    if (size < sizeof count) {
        return false;
    }
    memcpy(&count, bytes, sizeof count);
    if (size != sizeof count + (size_t)count * 3) {
        return false;
    }
    const char *buckets = bytes + sizeof count, *values = buckets + (size_t)count * 2;
    for (int32_t i = 0; i < count; i++) {
        uint16_t bucket;
        memcpy(&bucket, buckets + (size_t)i * 2, sizeof bucket);
        if (bucket >= bucket_count(hll) || values[i] <= 0 ||
            hll->registers[bucket] > UINT8_MAX - values[i]) {
            return false;
        }
        hll->registers[bucket] = (uint8_t)(hll->registers[bucket] + values[i]);
    }
    return true;
}

/* The first form had room for one overflow: a bucket and a value, 0 for none. */
static bool read_one_overflow(const char *bytes, size_t size, HyperLogLog *hll) {
    int16_t bucket;
    if (size != 3) {
        return false;
    }
    memcpy(&bucket, bytes, sizeof bucket);
    if (bucket >= 0 && bytes[2] > 0) {
        if (bucket >= bucket_count(hll)) {
            return false;
        }
        hll->registers[bucket] = (uint8_t)(hll->registers[bucket] + bytes[2]);
    }
    return true;
}

static bool read_dense(Arena *arena, const char *bytes, size_t size, HyperLogLog *hll) {
    *hll = (HyperLogLog){.index_bits = (uint8_t)bytes[1], .is_dense = true};
    int32_t buckets = bucket_count(hll);
    size_t head = 3 + (size_t)buckets / 2;
    if (size < head || bytes[2] < 0 || bytes[2] > 64) {
        return false;
    }
    hll->registers = arena_alloc(arena, (size_t)buckets);
    for (int32_t i = 0; i < buckets / 2; i++) {
        uint8_t pair = (uint8_t)bytes[3 + i];
        hll->registers[2 * i] = (uint8_t)(bytes[2] + (pair >> 4));
        hll->registers[2 * i + 1] = (uint8_t)(bytes[2] + (pair & DELTA_MAX));
    }
    return bytes[0] == DENSE_TAG ? read_overflows(bytes + head, size - head, hll)
                                 : read_one_overflow(bytes + head, size - head, hll);
}

bool hyperloglog_read(Arena *arena, const char *bytes, size_t size, HyperLogLog *ret_hll) {
    if (size < 4 || bytes[1] < 1 || bytes[1] > HYPERLOGLOG_INDEX_BITS_MAX) {
        return false;
    }
    switch (bytes[0]) {
    case SPARSE_TAG:
        return read_sparse(arena, bytes, size, ret_hll);
    case DENSE_TAG:
    case DENSE_V1_TAG:
        return read_dense(arena, bytes, size, ret_hll);
    default:
        return false;
    }
}
