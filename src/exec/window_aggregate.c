/*
 * Aggregates over frames. A state that only has to grow from row to row is fed what is new; other
 * frames are put together from precomputed blocks of rows (as intermediate values, which combining
 * does not use up) and the rows at their edges.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "exec/group_table.h"
#include "exec/window.h"

enum { BLOCK_ROWS = 64, FANOUT = 16, LEVELS_MAX = 8, CHECK_ROWS = 1024 };

typedef struct FrameFeed {
    Context *cx;
    const AggregateSpec *spec;
    AggregateScratch *scratch;
    Vector *const *arguments;
    int32_t row_count;
    int32_t *valid;        /* rows the kernel may see, in order; NULL: all */
    int32_t *valid_before; /* how many of them come before row i */
    int32_t *previous;     /* DISTINCT: the row before with the same arguments, -1: none; or NULL */
    int32_t frame_start;   /* of the frame being fed */
    uint8_t *state;
    int32_t fed_start, fed_end; /* what the state holds, end exclusive */
    int32_t level_count;
    Vector *levels[LEVELS_MAX]; /* intermediates of blocks, then of FANOUT blocks, ... */
    int32_t level_lengths[LEVELS_MAX];
} FrameFeed;

static AggregateCall call_of(FrameFeed *feed) {
    return aggregate_call(feed->cx, feed->spec, feed->scratch, feed->arguments);
}

static void reset(FrameFeed *feed) {
    memset(feed->state, 0, (size_t)feed->spec->aggregate->state_size);
    if (feed->spec->aggregate->init != NULL) {
        AggregateCall call = call_of(feed);
        feed->spec->aggregate->init(&call, feed->state);
    }
}

/* Of rows with equal arguments a frame counts the first. */
static int32_t keep_first(const FrameFeed *feed, int32_t *rows, int32_t count) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t row = rows[i];
        rows[kept] = row;
        kept += feed->previous[row] < feed->frame_start;
    }
    return kept;
}

/* Feeds rows [start, end). */
static Status feed_rows(FrameFeed *feed, int32_t start, int32_t end) {
    const AggregateFunction *aggregate = feed->spec->aggregate;
    AggregateCall call = call_of(feed);
    int32_t first = feed->valid != NULL ? feed->valid_before[start] : start;
    int32_t last = feed->valid != NULL ? feed->valid_before[end] : end;
    for (int32_t at = first; at < last; at += BATCH_ROWS_MAX) {
        int32_t count = last - at < BATCH_ROWS_MAX ? last - at : BATCH_ROWS_MAX;
        int32_t *rows = feed->scratch->rows;
        for (int32_t i = 0; i < count; i++) {
            rows[i] = feed->valid != NULL ? feed->valid[at + i] : at + i;
        }
        if (feed->previous != NULL) {
            count = keep_first(feed, rows, count);
        }
        TRY(check_cancelled(feed->cx));
        if (aggregate->add_single != NULL) {
            TRY(aggregate->add_single(&call, feed->state, rows, count));
            continue;
        }
        for (int32_t i = 0; i < count; i++) {
            feed->scratch->states[i] = feed->state;
        }
        TRY(aggregate->add(&call, (StateRows){.states = feed->scratch->states}, rows, count));
    }
    return OK;
}

/* ---- blocks ---- */

static bool can_use_blocks(const AggregateFunction *aggregate) {
    return (aggregate->write_intermediate != NULL) == (aggregate->add_intermediate != NULL) &&
           !aggregate->order_sensitive;
}

/* Appends the state's intermediate value to a level. */
static Status keep_intermediate(FrameFeed *feed, Vector *level) {
    const AggregateFunction *aggregate = feed->spec->aggregate;
    AggregateCall call = call_of(feed);
    Vector *value = vector_create(level->type, 1);
    Status status = OK;
    if (aggregate->write_intermediate != NULL) {
        status =
            aggregate->write_intermediate(&call, (StateRows){.states = &feed->state}, 1, value);
    } else {
        vector_set_string(value, 0, (const char *)feed->state, (size_t)aggregate->state_size);
    }
    vector_append(level, value, NULL, 1);
    vector_unref(value);
    return status;
}

/* Feeds intermediates [start, end) of a level. */
static Status feed_level(FrameFeed *feed, int32_t level, int32_t start, int32_t end) {
    const AggregateFunction *aggregate = feed->spec->aggregate;
    AggregateCall call = call_of(feed);
    uint8_t *targets[FANOUT], *sources[FANOUT];
    int32_t rows[FANOUT];
    for (int32_t at = start; at < end; at += FANOUT) {
        int32_t count = end - at < FANOUT ? end - at : FANOUT;
        for (int32_t i = 0; i < count; i++) {
            targets[i] = feed->state;
            rows[i] = at + i;
        }
        if (aggregate->add_intermediate != NULL) {
            TRY(aggregate->add_intermediate(&call, (StateRows){.states = targets},
                                            feed->levels[level], rows, count));
            continue;
        }
        for (int32_t i = 0; i < count; i++) {
            const StringView *bytes = &VECTOR_DATA(feed->levels[level], StringView)[rows[i]];
            sources[i] = arena_copy(feed->cx->arena, string_data(bytes), bytes->length);
        }
        TRY(aggregate->combine(&call, (StateRows){.states = targets},
                               (StateRows){.states = sources}, count));
    }
    return OK;
}

static Status build_levels(FrameFeed *feed) {
    int32_t length = feed->row_count / BLOCK_ROWS;
    const Type *type = feed->spec->intermediate_type;
    for (int32_t level = 0; length > 0 && level < LEVELS_MAX; level++) {
        feed->levels[level] = vector_create(type, 0);
        feed->level_lengths[level] = length;
        feed->level_count = level + 1;
        for (int32_t i = 0; i < length; i++) {
            reset(feed);
            TRY(level == 0 ? feed_rows(feed, i * BLOCK_ROWS, (i + 1) * BLOCK_ROWS)
                           : feed_level(feed, level - 1, i * FANOUT, (i + 1) * FANOUT));
            TRY(keep_intermediate(feed, feed->levels[level]));
        }
        length /= FANOUT;
    }
    feed->fed_start = feed->fed_end = 0;
    return OK;
}

/* Feeds units [start, end) of a level (level -1: rows) with as few values as possible. */
static Status feed_range(FrameFeed *feed, int32_t level, int32_t start, int32_t end) {
    int32_t unit = level < 0 ? BLOCK_ROWS : FANOUT;
    int32_t first_whole = (start + unit - 1) / unit, end_whole = end / unit;
    bool goes_up = level + 1 < feed->level_count && end_whole > first_whole &&
                   end_whole <= feed->level_lengths[level + 1];
    if (!goes_up) {
        return level < 0 ? feed_rows(feed, start, end) : feed_level(feed, level, start, end);
    }
    int32_t middle = first_whole * unit, middle_end = end_whole * unit;
    TRY(level < 0 ? feed_rows(feed, start, middle) : feed_level(feed, level, start, middle));
    TRY(feed_range(feed, level + 1, first_whole, end_whole));
    return level < 0 ? feed_rows(feed, middle_end, end) : feed_level(feed, level, middle_end, end);
}

/* ---- frames ---- */

static Status move_to(FrameFeed *feed, int32_t start, int32_t end) {
    feed->frame_start = start;
    bool grows = start == feed->fed_start && end >= feed->fed_end && feed->fed_end > start;
    if (grows) {
        TRY(feed_rows(feed, feed->fed_end, end));
    } else {
        reset(feed);
        TRY(feed_range(feed, -1, start, end));
    }
    feed->fed_start = start;
    feed->fed_end = end;
    return OK;
}

static void find_valid(FrameFeed *feed) {
    bool has_nulls = false;
    for (int32_t i = 0; i < feed->spec->argument_count; i++) {
        has_nulls =
            has_nulls || (feed->arguments[i] != NULL && vector_may_have_nulls(feed->arguments[i]));
    }
    if (!has_nulls || (feed->spec->aggregate->flags & FUNCTION_CALLED_WITH_NULL) != 0) {
        return;
    }
    feed->valid = allocate((size_t)feed->row_count * sizeof(int32_t) + 1);
    feed->valid_before = allocate((size_t)(feed->row_count + 1) * sizeof(int32_t));
    int32_t count = 0;
    for (int32_t row = 0; row < feed->row_count; row++) {
        bool is_null = false;
        for (int32_t i = 0; i < feed->spec->argument_count; i++) {
            is_null =
                is_null || (feed->arguments[i] != NULL && vector_is_null(feed->arguments[i], row));
        }
        feed->valid_before[row] = count;
        feed->valid[count] = row;
        count += !is_null;
    }
    feed->valid_before[feed->row_count] = count;
}

/* For DISTINCT: chains the valid rows with equal arguments. */
static Status find_previous(FrameFeed *feed) {
    GroupTable table;
    const Type **types = arena_new_array(feed->cx->arena, const Type *, feed->spec->argument_count);
    Vector **keys = arena_new_array(feed->cx->arena, Vector *, feed->spec->argument_count);
    for (int32_t i = 0; i < feed->spec->argument_count; i++) {
        types[i] = feed->arguments[i]->type;
    }
    group_table_init(&table, feed->scratch->pool, feed->spec->argument_count, types, 0);
    feed->previous = allocate((size_t)feed->row_count * sizeof(int32_t) + 1);
    int32_t *last = allocate((size_t)feed->row_count * sizeof(int32_t) + 1);
    int32_t total = feed->valid != NULL ? feed->valid_before[feed->row_count] : feed->row_count;
    Status status = OK;
    for (int32_t start = 0; start < total && status == OK; start += BATCH_ROWS_MAX) {
        int32_t count = total - start < BATCH_ROWS_MAX ? total - start : BATCH_ROWS_MAX;
        int32_t groups[BATCH_ROWS_MAX], rows[BATCH_ROWS_MAX], first_new;
        for (int32_t i = 0; i < count; i++) {
            rows[i] = feed->valid != NULL ? feed->valid[start + i] : start + i;
        }
        for (int32_t k = 0; k < feed->spec->argument_count; k++) {
            keys[k] = vector_gather(feed->arguments[k], rows, count);
        }
        status = group_table_find(feed->cx, &table, keys, count, groups, &first_new);
        for (int32_t g = first_new; status == OK && g < table.group_count; g++) {
            last[g] = -1;
        }
        for (int32_t i = 0; status == OK && i < count; i++) {
            feed->previous[rows[i]] = last[groups[i]];
            last[groups[i]] = rows[i];
        }
        for (int32_t k = 0; k < feed->spec->argument_count; k++) {
            vector_unref(keys[k]);
        }
    }
    free(last);
    group_table_done(&table);
    return status;
}

/* Whether frames move at both ends and are long enough for blocks to pay. */
static bool wants_blocks(const FrameFeed *feed, const WindowPartition *partition) {
    int64_t refed = 0;
    for (int32_t row = 1; row < partition->row_count; row++) {
        if (partition->frame_start[row] != partition->frame_start[row - 1] ||
            partition->frame_end[row] < partition->frame_end[row - 1]) {
            refed += partition->frame_end[row] - partition->frame_start[row];
        }
    }
    return refed > (int64_t)partition->row_count * BLOCK_ROWS * 2 &&
           can_use_blocks(feed->spec->aggregate);
}

static Status output_frames(FrameFeed *feed, const WindowPartition *partition, Vector *result) {
    AggregateCall call = call_of(feed);
    Vector *value = NULL;
    Status status = OK;
    for (int32_t row = 0; row < partition->row_count && status == OK; row++) {
        int32_t start = partition->frame_start[row], end = partition->frame_end[row] + 1;
        bool is_empty = start >= end;
        bool is_same = value != NULL && feed->fed_start == (is_empty ? 0 : start) &&
                       feed->fed_end == (is_empty ? 0 : end);
        if (!is_same) {
            status = is_empty ? move_to(feed, 0, 0) : move_to(feed, start, end);
            vector_unref(value);
            value = vector_create(result->type, 1);
            if (status == OK) {
                status = feed->spec->aggregate->output(&call, (StateRows){.states = &feed->state},
                                                       1, value);
            }
        }
        if (status == OK) {
            vector_append(result, value, NULL, 1);
        }
        if (row % CHECK_ROWS == 0 && status == OK) {
            status = aggregate_scratch_charge(feed->cx, feed->scratch);
        }
    }
    vector_unref(value);
    return status;
}

Status window_aggregate(Context *cx, const WindowSpec *spec, AggregateScratch *scratch,
                        const WindowPartition *partition, Vector *const *arguments,
                        Vector **ret_result) {
    FrameFeed feed = {.cx = cx,
                      .spec = spec->aggregate,
                      .scratch = scratch,
                      .arguments = arguments,
                      .row_count = partition->row_count};
    size_t state_bytes = (size_t)spec->aggregate->aggregate->state_size;
    feed.state = allocate_aligned(16, state_bytes > 0 ? state_bytes : 16);
    find_valid(&feed);
    Status status = OK;
    if (spec->aggregate->is_distinct) {
        status = find_previous(&feed);
    } else if (wants_blocks(&feed, partition)) {
        status = build_levels(&feed);
    }
    reset(&feed);
    Vector *result = vector_create(spec->aggregate->result_type, 0);
    if (status == OK) {
        status = output_frames(&feed, partition, result);
    }
    for (int32_t i = 0; i < feed.level_count; i++) {
        vector_unref(feed.levels[i]);
    }
    free(feed.valid);
    free(feed.valid_before);
    free(feed.previous);
    free(feed.state);
    if (status != OK) {
        vector_unref(result);
        return FAILED;
    }
    *ret_result = result;
    return OK;
}
