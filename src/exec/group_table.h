/*
 * A hash table from key columns to dense group numbers, with packed aggregation states beside them.
 *
 * Keys are kept by column, in the order in which the groups were first seen, so results come out as
 * slices. NULL is a key like any other (GROUP BY, DISTINCT). Growing happens between batches. Not
 * thread safe.
 */
#pragma once

#include "exec/column_store.h"
#include "exec/group_direct.h"
#include "exec/group_memo.h"

enum { STATE_CHUNK_GROUPS = 1024 };

typedef struct GroupTable {
    MemoryPool *pool;
    ColumnStore keys;
    bool is_integer; /* one key of an integer class: slots hold the key itself */
    bool is_direct;  /* is_integer, and the keys so far are in `direct` instead of slots */
    GroupDirect direct;
    int32_t group_count;
    int32_t null_group; /* is_integer: the group of NULL, or -1 */
    uint64_t mask;      /* slots - 1 */
    void *slots;
    uint64_t *hashes; /* by group */
    int32_t hash_capacity;
    int32_t state_bytes;    /* of one group; 0: a set of keys only */
    uint8_t **state_chunks; /* of STATE_CHUNK_GROUPS groups each, zeroed */
    int32_t state_chunk_count, state_chunk_capacity;
    int64_t reserved_bytes; /* besides the keys' */
    struct GroupScratch *scratch;
    GroupMemo *memo; /* NULL until keys are small dictionaries */
} GroupTable;

void group_table_init(GroupTable *table, MemoryPool *pool, int32_t key_count,
                      const Type *const *types, int32_t state_bytes);
void group_table_done(GroupTable *table); /* states are not destroyed: they own nothing */
/*
 * The groups of `count` rows (at most BATCH_ROWS_MAX) of the key columns, new ones where there were
 * none: *ret_first_new is the number of the first new group, new groups being numbered upwards from
 * there, their states zeroed.
 */
MUST_CHECK Status group_table_find(Context *cx, GroupTable *table, Vector *const *keys,
                                   int32_t count, int32_t *ret_groups, int32_t *ret_first_new);
/* As group_table_find, for rows given by number and hashes already known (by group_hash or
 * group_table_hashes). */
MUST_CHECK Status group_table_find_rows(Context *cx, GroupTable *table, Vector *const *keys,
                                        const int32_t *rows, const uint64_t *hashes, int32_t count,
                                        int32_t *ret_groups, int32_t *ret_first_new);
/* Makes room so that no growing is needed up to this number of groups. */
MUST_CHECK Status group_table_reserve(Context *cx, GroupTable *table, int64_t groups);

static inline uint8_t *group_state(const GroupTable *table, int32_t group) {
    return table->state_chunks[group / STATE_CHUNK_GROUPS] +
           (size_t)(group % STATE_CHUNK_GROUPS) * (size_t)table->state_bytes;
}
