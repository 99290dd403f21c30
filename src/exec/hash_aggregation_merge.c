/*
 * The end of an aggregation's input. Few groups: every driver's set is merged into the largest.
 * Many: the hash's top bits cut all sets into partitions that tasks merge side by side. A state is
 * moved the first time its group turns up in the target and combined after that, so no aggregate
 * needs to be copied.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/deferred_input.h"
#include "exec/hash_aggregation.h"
#include "exec/key_match.h"
#include "vector/vector_hash.h"

enum { PARTITION_GROUPS_MIN = 32 * 1024 };

static Vector **slice_keys(Arena *arena, const GroupTable *table, int32_t start, int32_t count) {
    Vector **keys = arena_new_array(arena, Vector *, table->keys.column_count);
    for (int32_t i = 0; i < table->keys.column_count; i++) {
        keys[i] = vector_slice(table->keys.columns[i], start, count);
    }
    return keys;
}

static void free_keys(const GroupTable *table, Vector **keys) {
    for (int32_t i = 0; i < table->keys.column_count; i++) {
        vector_unref(keys[i]);
    }
}

/* The groups whose key lies in the partition's range; NULL lies in the first. */
static int32_t range_rows(const HashAggregation *self, const Vector *key, int32_t count,
                          int32_t partition, int32_t *rows) {
    int64_t buffer[BATCH_ROWS_MAX];
    uint64_t is_null[BATCH_ROWS_MAX / 64];
    bool has_nulls;
    const int64_t *values = key_integers(key, NULL, 0, count, buffer, is_null, &has_nulls);
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        uint64_t offset = (uint64_t)values[i] - (uint64_t)self->range_low;
        uint64_t owner = offset >> self->range_shift;
        if (has_nulls && bitmap_get(is_null, i)) {
            owner = 0;
        }
        rows[kept] = i;
        kept += owner == (uint64_t)partition;
    }
    return kept;
}

/* The groups start .. start+count that belong to the partition (negative: all), with their hashes
 * moved to the front. */
static int32_t partition_rows(const HashAggregation *self, const GroupTable *table,
                              Vector *const *keys, int32_t start, int32_t count, int32_t partition,
                              int32_t bits, uint64_t *hashes, int32_t *rows) {
    if (partition >= 0 && self->by_range) {
        return range_rows(self, keys[0], count, partition, rows);
    }
    if (table->is_integer && partition >= 0) {
        vector_hash(keys[0], count, hashes, false);
    } else if (!table->is_integer && table->keys.column_count > 0) {
        memcpy(hashes, table->hashes + start, (size_t)count * sizeof *hashes);
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        rows[kept] = i;
        uint64_t hash = hashes[i];
        hashes[kept] = hash;
        kept += partition < 0 || (int32_t)(hash >> (64 - bits)) == partition;
    }
    return kept;
}

/* Moves or joins the states of source's groups rows[i] (from start) to the groups found for them.
 */
static Status merge_states(Context *cx, HashAggregation *self, GroupSet *target, GroupSet *source,
                           int32_t start, const int32_t *rows, int32_t count, int32_t first_new) {
    size_t bytes = (size_t)target->table.state_bytes;
    if (bytes == 0) {
        return OK;
    }
    uint8_t *to[BATCH_ROWS_MAX], *from[BATCH_ROWS_MAX];
    int32_t combined = 0;
    for (int32_t i = 0; i < count; i++) {
        uint8_t *state = group_state(&source->table, start + rows[i]);
        if (target->groups[i] >= first_new) { /* a source has each key once */
            memcpy(target->states[i], state, bytes);
        } else {
            to[combined] = target->states[i];
            from[combined++] = state;
        }
    }
    return aggregates_combine(cx, &self->aggregates, target->scratch, to, from, combined);
}

static Status merge_chunk(Context *cx, HashAggregation *self, GroupSet *target, GroupSet *source,
                          int32_t start, int32_t count, Vector *const *keys, int32_t partition,
                          int32_t bits, int32_t *group_map) {
    uint64_t hashes[BATCH_ROWS_MAX];
    int32_t rows[BATCH_ROWS_MAX];
    memset(hashes, 0, sizeof hashes);
    int32_t kept =
        partition_rows(self, &source->table, keys, start, count, partition, bits, hashes, rows);
    if (kept == 0) {
        return OK;
    }
    int32_t first_new;
    TRY(group_set_find(cx, self, target, keys, rows, hashes, kept, &first_new));
    for (int32_t i = 0; group_map != NULL && i < kept; i++) {
        group_map[start + rows[i]] = target->groups[i];
    }
    return merge_states(cx, self, target, source, start, rows, kept, first_new);
}

Status group_set_merge(Context *cx, HashAggregation *self, GroupSet *target, GroupSet *source,
                       int32_t partition, int32_t partition_bits) {
    const GroupTable *table = &source->table;
    int32_t *group_map = NULL;
    if (self->aggregates.has_deferred) {
        group_map = allocate((size_t)table->group_count * sizeof *group_map + 1);
    }
    Status status = OK;
    for (int32_t start = 0; start < table->group_count && status == OK; start += BATCH_ROWS_MAX) {
        int32_t left = table->group_count - start;
        int32_t count = left < BATCH_ROWS_MAX ? left : BATCH_ROWS_MAX;
        Vector **keys = slice_keys(cx->arena, table, start, count);
        status = check_cancelled(cx);
        if (status == OK) {
            status = merge_chunk(cx, self, target, source, start, count, keys, partition,
                                 partition_bits, group_map);
        }
        free_keys(table, keys);
    }
    if (status == OK && group_map != NULL) {
        status = deferred_inputs_merge(cx, self, target, source, group_map);
    }
    free(group_map);
    return status;
}

/* Empty input: a row of NULL keys for each grouping set without keys. */
static Status add_global_sets(Context *cx, HashAggregation *self, GroupSet *set) {
    for (int32_t i = 0; i < self->global_id_count; i++) {
        Vector **keys = arena_new_array(cx->arena, Vector *, self->key_count);
        for (int32_t k = 0; k < self->key_count; k++) {
            if (k == self->group_id_key) {
                keys[k] = vector_create(self->key_types[k], 1);
                VECTOR_DATA(keys[k], int64_t)[0] = self->global_ids[i];
            } else {
                keys[k] = vector_create_null(self->key_types[k], 1);
            }
        }
        int32_t first_new;
        Status status = group_set_find(cx, self, set, keys, NULL, NULL, 1, &first_new);
        for (int32_t k = 0; k < self->key_count; k++) {
            vector_unref(keys[k]);
        }
        TRY(status);
        for (int32_t g = first_new; g < set->table.group_count; g++) {
            aggregates_init(&self->aggregates, set->scratch, cx, group_state(&set->table, g));
        }
    }
    return OK;
}

/* Takes the largest set out of the list. */
static GroupSet *take_largest(HashAggregation *self) {
    GroupSet **best = &self->sets;
    for (GroupSet **at = &self->sets; *at != NULL; at = &(*at)->next) {
        if ((*at)->table.group_count > (*best)->table.group_count) {
            best = at;
        }
    }
    GroupSet *largest = *best;
    *best = largest->next;
    largest->next = NULL;
    return largest;
}

static Status use_partitions(HashAggregation *self, int32_t count) {
    self->partition_count = count;
    self->partitions = allocate_zeroed((size_t)count * sizeof *self->partitions);
    return OK;
}

/* When all tables address their key directly, partitions are ranges of it: each target stays as
 * compact. */
static void choose_ranges(HashAggregation *self, int32_t partition_count) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (const GroupSet *set = self->sources; set != NULL; set = set->next) {
        const GroupDirect *direct = &set->table.direct;
        if (!set->table.is_direct) {
            return;
        }
        if (direct->count > 0) {
            int64_t last = (int64_t)((uint64_t)direct->low + direct->count - 1);
            low = direct->low < low ? direct->low : low;
            high = last > high ? last : high;
        }
    }
    uint64_t range = (uint64_t)high - (uint64_t)low;
    self->by_range = low <= high;
    self->range_low = low;
    while (range >> self->range_shift >= (uint64_t)partition_count) {
        self->range_shift++;
    }
}

Status hash_aggregation_prepare_finish(Context *cx, Operator *op, int32_t *ret_tasks) {
    HashAggregation *self = (HashAggregation *)op;
    *ret_tasks = 0;
    int64_t groups = 0;
    for (GroupSet *set = self->sets; set != NULL; set = set->next) {
        groups += set->table.group_count;
    }
    if (self->sets == NULL) {
        TRY(group_set_create(cx, self, &self->sets));
    }
    if (self->sets->next != NULL && groups >= PARTITION_GROUPS_MIN &&
        !self->aggregates.has_deferred) {
        int32_t threads = scheduler_thread_count(op->execution->options.scheduler);
        int32_t count = 2;
        while (count < 2 * threads && count < 64) {
            count *= 2;
        }
        TRY(use_partitions(self, count));
        self->sources = self->sets;
        self->sets = NULL;
        choose_ranges(self, count);
        *ret_tasks = count;
        return OK;
    }
    TRY(use_partitions(self, 1));
    self->partitions[0] = take_largest(self);
    for (GroupSet *set = self->sets; set != NULL; set = set->next) {
        TRY(group_set_merge(cx, self, self->partitions[0], set, -1, 0));
    }
    return OK;
}

Status hash_aggregation_finish_task(Context *cx, Operator *op, int32_t index) {
    HashAggregation *self = (HashAggregation *)op;
    TRY(group_set_create(cx, self, &self->partitions[index]));
    int64_t groups = 0;
    for (GroupSet *set = self->sources; set != NULL; set = set->next) {
        groups += set->table.group_count;
    }
    TRY(group_table_reserve(cx, &self->partitions[index]->table,
                            groups / self->partition_count / 2));
    for (GroupSet *set = self->sources; set != NULL; set = set->next) {
        TRY(group_set_merge(cx, self, self->partitions[index], set, index,
                            __builtin_ctz((unsigned)self->partition_count)));
    }
    return OK;
}

/* A set whose states were merged away: only its arena is still needed. */
static void shrink(GroupSet *set) {
    group_table_done(&set->table);
}

Status hash_aggregation_finalize(Context *cx, Operator *op) {
    HashAggregation *self = (HashAggregation *)op;
    for (GroupSet *set = self->sources; set != NULL; set = set->next) {
        shrink(set);
    }
    for (GroupSet *set = self->sets; set != NULL; set = set->next) {
        shrink(set);
    }
    int64_t groups = 0;
    for (int32_t i = 0; i < self->partition_count; i++) {
        groups += self->partitions[i]->table.group_count;
        if (self->aggregates.has_deferred) {
            TRY(deferred_inputs_feed(cx, self, self->partitions[i]));
        }
    }
    if (groups == 0 && self->global_id_count > 0) {
        TRY(add_global_sets(cx, self, self->partitions[0]));
    }
    return OK;
}
