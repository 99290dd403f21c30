/*
 * The build side of a hash join: all rows as columns, and an index from key to rows.
 *
 * Keys become 64-bit codes: exact ones when all keys are integers whose ranges multiply to less
 * than 2^62, otherwise hashes that have to be verified. Exact codes in a small range index an array
 * (one row a code, or a range of rows); the rest go through a directory of buckets with small Bloom
 * tags over entries sorted by bucket. Rows with a NULL key are kept, but not indexed. Immutable
 * once built, shared by all probing drivers.
 */
#pragma once

#include "exec/column_store.h"

typedef enum JoinIndexKind {
    JOIN_INDEX_EMPTY,
    JOIN_INDEX_UNIQUE, /* row_of[code], -1 where there is none */
    JOIN_INDEX_RANGES, /* rows[offsets[code]] .. rows[offsets[code + 1]] */
    JOIN_INDEX_BUCKETS,
} JoinIndexKind;

typedef struct JoinEntry {
    uint64_t code;
    int32_t row;
    int32_t unused;
} JoinEntry;

typedef struct JoinTable {
    MemoryPool *pool;
    ColumnStore rows;
    int32_t key_count;
    const int32_t *key_columns; /* of rows */
    JoinIndexKind kind;
    bool is_exact; /* codes need no verification */
    bool has_null_key;
    int64_t *lows;       /* exact codes: the least value of each key ... */
    uint64_t *ranges;    /* ... the number of values up to the greatest ... */
    uint64_t *strides;   /* ... and what one step of the key adds to the code */
    uint64_t code_count; /* exact codes are below it */
    int32_t *row_of;
    uint32_t *offsets;
    int32_t *row_list;
    uint64_t *directory; /* bucket: first entry << 16 | tag; one more at the end */
    int32_t bucket_shift;
    JoinEntry *entries;
    int64_t reserved_bytes;
} JoinTable;

void join_table_init(JoinTable *table, MemoryPool *pool, int32_t key_count,
                     const int32_t *key_columns);
void join_table_done(JoinTable *table);
/* Indexes table->rows. */
MUST_CHECK Status join_table_build(Context *cx, JoinTable *table);

/* A probe batch looked up: row i's candidates are numbered first[i] .. last[i] (exclusive). */
typedef struct JoinMatches {
    uint64_t codes[BATCH_ROWS_MAX];
    uint32_t first[BATCH_ROWS_MAX], last[BATCH_ROWS_MAX];
    uint64_t has_null[BATCH_ROWS_MAX / 64]; /* rows with a NULL key */
    int32_t next_row;                       /* where join_matches_next goes on */
    uint32_t next_candidate;
} JoinMatches;

/* Finds the candidates of count rows of the key columns. */
void join_table_probe(const JoinTable *table, Vector *const *keys, int32_t count,
                      JoinMatches *ret_matches);
/* The next pairs of probe and build rows whose codes are equal, at most `limit`; fewer only at the
 * end. */
int32_t join_matches_next(const JoinTable *table, JoinMatches *matches, int32_t count,
                          int32_t limit, int32_t *ret_probe_rows, int32_t *ret_build_rows);
/* Keeps the pairs whose keys are really equal; the number kept. */
int32_t join_table_verify(const JoinTable *table, Vector *const *keys, int32_t count,
                          int32_t *probe_rows, int32_t *build_rows);
