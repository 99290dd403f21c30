/*
 * Group tables: linear probing, at most half full. A slot of the general table holds 32 bits of the
 * hash and the group number; a batch is matched in rounds: walk to a slot that is free or looks
 * right, then compare the candidates column by column, then walk on with those that were different.
 * With one integer key the slot holds the key and one pass is enough.
 */
#include "exec/group_table.h"

#include <stdlib.h>

#include "base/allocate.h"
#include "base/hash.h"
#include "exec/key_match.h"
#include "vector/vector_hash.h"

enum { SLOTS_MIN = 1024, PREFETCH_DISTANCE = 16 };

typedef struct IntegerSlot {
    int64_t key;
    int32_t group; /* group + 1; 0: free */
    int32_t unused;
} IntegerSlot;

/* General slots: hash bits above, group + 1 below; 0 is free. */
#define SLOT_TAG(hash) ((hash)&0xFFFFFFFF00000000ULL)

typedef struct GroupScratch {
    uint64_t hashes[BATCH_ROWS_MAX];
    uint64_t positions[BATCH_ROWS_MAX];
    int64_t values[BATCH_ROWS_MAX];
    int32_t pending[BATCH_ROWS_MAX];
    int32_t candidates[BATCH_ROWS_MAX];
    int32_t rows[BATCH_ROWS_MAX];
    int32_t new_rows[BATCH_ROWS_MAX];
    int32_t candidate_groups[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
} GroupScratch;

void group_table_init(GroupTable *table, MemoryPool *pool, int32_t key_count,
                      const Type *const *types, int32_t state_bytes) {
    *table = (GroupTable){.pool = pool, .null_group = -1, .state_bytes = state_bytes};
    column_store_init(&table->keys, pool, key_count, types);
    table->is_integer = key_count == 1 && key_is_integer(types[0]);
    table->is_direct = table->is_integer;
    table->direct.pool = pool;
    table->scratch = allocate(sizeof *table->scratch);
}

void group_table_done(GroupTable *table) {
    column_store_done(&table->keys);
    for (int32_t i = 0; i < table->state_chunk_count; i++) {
        free(table->state_chunks[i]);
    }
    free(table->state_chunks);
    free(table->slots);
    free(table->hashes);
    free(table->scratch);
    group_memo_free(table->memo);
    group_direct_done(&table->direct);
    if (table->reserved_bytes > 0) {
        pool_release(table->pool, table->reserved_bytes);
    }
    *table = (GroupTable){0};
}

static Status reserve(Context *cx, GroupTable *table, int64_t bytes) {
    if (table->pool != NULL) {
        TRY(pool_reserve(cx, table->pool, bytes));
        table->reserved_bytes += bytes;
    }
    return OK;
}

static void release(GroupTable *table, int64_t bytes) {
    if (table->pool != NULL) {
        pool_release(table->pool, bytes);
        table->reserved_bytes -= bytes;
    }
}

static size_t slot_bytes(const GroupTable *table) {
    return table->is_integer ? sizeof(IntegerSlot) : sizeof(uint64_t);
}

static void place_integer(GroupTable *table, IntegerSlot *slots, uint64_t mask) {
    const IntegerSlot *old = table->slots;
    uint64_t old_count = table->slots != NULL ? table->mask + 1 : 0;
    for (uint64_t i = 0; i < old_count; i++) {
        if (old[i].group == 0) {
            continue;
        }
        uint64_t position = hash_int64((uint64_t)old[i].key) & mask;
        while (slots[position].group != 0) {
            position = (position + 1) & mask;
        }
        slots[position] = old[i];
    }
}

static void place_general(const GroupTable *table, uint64_t *slots, uint64_t mask) {
    for (int32_t group = 0; group < table->group_count; group++) {
        uint64_t hash = table->hashes[group];
        uint64_t position = hash & mask;
        while (slots[position] != 0) {
            position = (position + 1) & mask;
        }
        slots[position] = SLOT_TAG(hash) | (uint32_t)(group + 1);
    }
}

static Status resize_slots(Context *cx, GroupTable *table, uint64_t count) {
    int64_t bytes = (int64_t)(count * slot_bytes(table));
    TRY(reserve(cx, table, bytes));
    void *slots = allocate_zeroed((size_t)bytes);
    if (table->is_integer) {
        place_integer(table, slots, count - 1);
    } else {
        place_general(table, slots, count - 1);
    }
    if (table->slots != NULL) {
        release(table, (int64_t)((table->mask + 1) * slot_bytes(table)));
        free(table->slots);
    }
    table->slots = slots;
    table->mask = count - 1;
    return OK;
}

static Status reserve_hashes(Context *cx, GroupTable *table, int64_t groups) {
    if (groups <= table->hash_capacity) {
        return OK;
    }
    int64_t capacity = table->hash_capacity * 2LL > groups ? table->hash_capacity * 2LL : groups;
    TRY(reserve(cx, table, (capacity - table->hash_capacity) * (int64_t)sizeof(uint64_t)));
    table->hashes = reallocate(table->hashes, (size_t)capacity * sizeof(uint64_t));
    table->hash_capacity = (int32_t)capacity;
    return OK;
}

static Status reserve_states(Context *cx, GroupTable *table, int64_t groups) {
    size_t chunk_bytes = (size_t)table->state_bytes * STATE_CHUNK_GROUPS;
    while (table->state_bytes > 0 &&
           (int64_t)table->state_chunk_count * STATE_CHUNK_GROUPS < groups) {
        if (table->state_chunk_count == table->state_chunk_capacity) {
            table->state_chunk_capacity =
                table->state_chunk_capacity > 0 ? table->state_chunk_capacity * 2 : 16;
            table->state_chunks = reallocate(
                table->state_chunks, (size_t)table->state_chunk_capacity * sizeof(uint8_t *));
        }
        TRY(reserve(cx, table, (int64_t)chunk_bytes));
        uint8_t *chunk = allocate_aligned(64, chunk_bytes);
        memset(chunk, 0, chunk_bytes);
        table->state_chunks[table->state_chunk_count++] = chunk;
    }
    return OK;
}

static Status reserve_slots(Context *cx, GroupTable *table, int64_t groups) {
    uint64_t slots = table->slots != NULL ? table->mask + 1 : SLOTS_MIN;
    if (table->slots != NULL && (uint64_t)groups * 2 <= slots) {
        return OK;
    }
    while ((uint64_t)groups * 2 > slots) {
        slots *= 2;
    }
    return resize_slots(cx, table, slots);
}

Status group_table_reserve(Context *cx, GroupTable *table, int64_t groups) {
    if (groups >= INT32_MAX) {
        return FAIL(cx, GENERIC_INSUFFICIENT_RESOURCES, "Too many groups in one operator");
    }
    if (!table->is_direct) {
        TRY(reserve_slots(cx, table, groups));
    }
    if (!table->is_integer) {
        TRY(reserve_hashes(cx, table, groups));
    }
    return reserve_states(cx, table, groups);
}

/* ---- one integer key ---- */

static Status add_integer_keys(Context *cx, GroupTable *table, Vector *key, const int32_t *new_rows,
                               int32_t new_count) {
    table->group_count += new_count;
    return column_store_append(cx, &table->keys, &key, new_rows, new_count);
}

static inline int32_t integer_group(IntegerSlot *slots, uint64_t mask, uint64_t position,
                                    int64_t key, int32_t next_group) {
    while (slots[position].group != 0 && slots[position].key != key) {
        position = (position + 1) & mask;
    }
    if (slots[position].group == 0) {
        slots[position] = (IntegerSlot){.key = key, .group = next_group + 1};
    }
    return slots[position].group - 1;
}

/* Goes over from direct addressing to hashing: the slots are filled from the keys. */
static Status leave_direct(Context *cx, GroupTable *table, int64_t groups) {
    table->is_direct = false;
    group_direct_done(&table->direct);
    TRY(reserve_slots(cx, table, groups));
    IntegerSlot *slots = table->slots;
    int64_t buffer[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    for (int32_t start = 0; start < table->group_count; start += BATCH_ROWS_MAX) {
        int32_t left = table->group_count - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        bool has_nulls;
        const int64_t *values =
            key_integers(table->keys.columns[0], NULL, start, count, buffer, is_null, &has_nulls);
        for (int32_t i = 0; i < count; i++) {
            if (!has_nulls || !bitmap_get(is_null, i)) {
                integer_group(slots, table->mask, hash_int64((uint64_t)values[i]) & table->mask,
                              values[i], start + i);
            }
        }
    }
    return OK;
}

static int32_t null_group(GroupTable *table, int32_t next_group) {
    table->null_group = table->null_group >= 0 ? table->null_group : next_group;
    return table->null_group;
}

/* The group of each value by the array; new_rows gets the rows that made one. */
static int32_t find_direct(GroupTable *table, const int64_t *values, const uint64_t *is_null,
                           const int32_t *rows, int32_t count, int32_t *ret_groups) {
    int32_t *groups = table->direct.groups, *new_rows = table->scratch->new_rows;
    uint64_t low = (uint64_t)table->direct.low;
    int32_t next_group = table->group_count, new_count = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t group;
        if (is_null != NULL && bitmap_get(is_null, i)) {
            group = null_group(table, next_group);
        } else {
            int32_t *place = &groups[(uint64_t)values[i] - low];
            group = *place - 1;
            if (group < 0) {
                group = next_group;
                *place = group + 1;
            }
        }
        ret_groups[i] = group;
        new_rows[new_count] = rows != NULL ? rows[i] : i;
        new_count += group == next_group;
        next_group += group == next_group;
    }
    return new_count;
}

static int32_t find_hashed(GroupTable *table, const int64_t *values, const uint64_t *is_null,
                           const int32_t *rows, int32_t count, int32_t *ret_groups) {
    GroupScratch *scratch = table->scratch;
    IntegerSlot *slots = table->slots;
    uint64_t mask = table->mask;
    int32_t next_group = table->group_count, new_count = 0;
    for (int32_t i = 0; i < count; i++) {
        scratch->positions[i] = hash_int64((uint64_t)values[i]) & mask;
    }
    for (int32_t i = 0; i < count && i < PREFETCH_DISTANCE; i++) {
        __builtin_prefetch(&slots[scratch->positions[i]]);
    }
    for (int32_t i = 0; i < count; i++) {
        if (i + PREFETCH_DISTANCE < count) {
            __builtin_prefetch(&slots[scratch->positions[i + PREFETCH_DISTANCE]]);
        }
        int32_t group =
            is_null != NULL && bitmap_get(is_null, i)
                ? null_group(table, next_group)
                : integer_group(slots, mask, scratch->positions[i], values[i], next_group);
        ret_groups[i] = group;
        scratch->new_rows[new_count] = rows != NULL ? rows[i] : i;
        new_count += group == next_group;
        next_group += group == next_group;
    }
    return new_count;
}

static Status find_integer(Context *cx, GroupTable *table, Vector *key, const int32_t *rows,
                           int32_t count, int32_t *ret_groups) {
    GroupScratch *scratch = table->scratch;
    bool has_nulls;
    const int64_t *values =
        key_integers(key, rows, 0, count, scratch->values, scratch->is_null, &has_nulls);
    const uint64_t *is_null = has_nulls ? scratch->is_null : NULL;
    if (table->is_direct &&
        !group_direct_cover(&table->direct, values, is_null, count, table->group_count)) {
        TRY(leave_direct(cx, table, (int64_t)table->group_count + count));
    }
    int32_t new_count = table->is_direct
                            ? find_direct(table, values, is_null, rows, count, ret_groups)
                            : find_hashed(table, values, is_null, rows, count, ret_groups);
    return new_count > 0 ? add_integer_keys(cx, table, key, scratch->new_rows, new_count) : OK;
}

/* ---- any keys ---- */

/* Walks each pending row to a free slot, which it takes, or to one whose hash bits agree, which
 * makes it a candidate. */
static int32_t walk(GroupTable *table, const uint64_t *hashes, int32_t *pending_count,
                    int32_t *ret_groups, int32_t *ret_new_count) {
    GroupScratch *scratch = table->scratch;
    uint64_t *slots = table->slots;
    uint64_t mask = table->mask;
    int32_t candidate_count = 0, new_count = 0;
    for (int32_t i = 0; i < *pending_count; i++) {
        int32_t row = scratch->pending[i];
        uint64_t position = scratch->positions[row];
        uint64_t tag = SLOT_TAG(hashes[row]);
        while (slots[position] != 0 && SLOT_TAG(slots[position]) != tag) {
            position = (position + 1) & mask;
        }
        if (slots[position] == 0) {
            int32_t group = table->group_count + new_count;
            slots[position] = tag | (uint32_t)(group + 1);
            table->hashes[group] = hashes[row];
            ret_groups[row] = group;
            scratch->new_rows[new_count++] = row;
        } else {
            ret_groups[row] = (int32_t)(uint32_t)slots[position] - 1;
            scratch->candidates[candidate_count++] = row;
        }
        scratch->positions[row] = position;
    }
    *ret_new_count = new_count;
    return candidate_count;
}

static Status add_keys(Context *cx, GroupTable *table, Vector *const *keys, const int32_t *rows,
                       int32_t new_count) {
    GroupScratch *scratch = table->scratch;
    if (new_count == 0) {
        return OK;
    }
    for (int32_t i = 0; rows != NULL && i < new_count; i++) {
        scratch->new_rows[i] = rows[scratch->new_rows[i]];
    }
    table->group_count += new_count;
    return column_store_append(cx, &table->keys, keys, scratch->new_rows, new_count);
}

/* Compares the candidates with their groups' keys; those that differ become pending again. */
static int32_t match_candidates(GroupTable *table, Vector *const *keys, const int32_t *rows,
                                int32_t candidate_count, const int32_t *groups) {
    GroupScratch *scratch = table->scratch;
    int32_t *candidates = scratch->candidates;
    int32_t left = candidate_count, pending = 0;
    for (int32_t k = 0; k < table->keys.column_count && left > 0; k++) {
        for (int32_t i = 0; i < left; i++) {
            int32_t row = candidates[i];
            scratch->rows[i] = rows != NULL ? rows[row] : row;
            scratch->candidate_groups[i] = groups[row];
        }
        left = key_match(keys[k], scratch->rows, table->keys.columns[k], scratch->candidate_groups,
                         left, candidates, scratch->pending, &pending);
    }
    for (int32_t i = 0; i < pending; i++) {
        int32_t row = scratch->pending[i];
        scratch->positions[row] = (scratch->positions[row] + 1) & table->mask;
    }
    return pending;
}

static Status find_general(Context *cx, GroupTable *table, Vector *const *keys, const int32_t *rows,
                           const uint64_t *hashes, int32_t count, int32_t *ret_groups) {
    GroupScratch *scratch = table->scratch;
    for (int32_t i = 0; i < count; i++) {
        scratch->positions[i] = hashes[i] & table->mask;
        __builtin_prefetch((uint64_t *)table->slots + scratch->positions[i]);
        scratch->pending[i] = i;
    }
    int32_t pending = count;
    while (pending > 0) {
        int32_t new_count;
        int32_t candidates = walk(table, hashes, &pending, ret_groups, &new_count);
        TRY(add_keys(cx, table, keys, rows, new_count));
        pending = match_candidates(table, keys, rows, candidates, ret_groups);
    }
    return OK;
}

Status group_table_find_rows(Context *cx, GroupTable *table, Vector *const *keys,
                             const int32_t *rows, const uint64_t *hashes, int32_t count,
                             int32_t *ret_groups, int32_t *ret_first_new) {
    *ret_first_new = table->group_count;
    TRY(group_table_reserve(cx, table, (int64_t)table->group_count + count));
    if (table->is_integer) {
        return find_integer(cx, table, keys[0], rows, count, ret_groups);
    }
    return find_general(cx, table, keys, rows, hashes, count, ret_groups);
}

static void hash_keys(const GroupTable *table, Vector *const *keys, const int32_t *rows,
                      int32_t count) {
    for (int32_t k = 0; !table->is_integer && k < table->keys.column_count; k++) {
        if (rows != NULL) {
            vector_hash_rows(keys[k], rows, count, table->scratch->hashes, k > 0);
        } else {
            vector_hash(keys[k], count, table->scratch->hashes, k > 0);
        }
    }
}

/* Looks up indices in the memo; rows it does not know go to the table. */
static Status find_memoised(Context *cx, GroupTable *table, Vector *const *keys, int32_t count,
                            int32_t *ret_groups, int32_t *ret_first_new) {
    int32_t misses[BATCH_ROWS_MAX], groups[BATCH_ROWS_MAX];
    int32_t miss_count = group_memo_find(table->memo, keys, count, ret_groups, misses);
    *ret_first_new = table->group_count;
    if (miss_count == 0) {
        return OK;
    }
    hash_keys(table, keys, misses, miss_count);
    TRY(group_table_find_rows(cx, table, keys, misses, table->scratch->hashes, miss_count, groups,
                              ret_first_new));
    for (int32_t i = 0; i < miss_count; i++) {
        ret_groups[misses[i]] = groups[i];
    }
    group_memo_note(table->memo, misses, groups, miss_count);
    return OK;
}

Status group_table_find(Context *cx, GroupTable *table, Vector *const *keys, int32_t count,
                        int32_t *ret_groups, int32_t *ret_first_new) {
    if (group_memo_use(&table->memo, keys, table->keys.column_count)) {
        return find_memoised(cx, table, keys, count, ret_groups, ret_first_new);
    }
    hash_keys(table, keys, NULL, count);
    return group_table_find_rows(cx, table, keys, NULL, table->scratch->hashes, count, ret_groups,
                                 ret_first_new);
}
