/*
 * The groups of combinations of small dictionaries: while all keys of batches are dictionaries over
 * the same few values, a row's group is looked up by its indices, and only combinations never seen
 * before go to the table.
 */
#pragma once

#include "warren/vector.h"

enum { GROUP_MEMO_KEYS_MAX = 6, GROUP_MEMO_CODES_MAX = 4096 };

typedef struct GroupMemo {
    int32_t key_count;
    Vector *
        bases[GROUP_MEMO_KEYS_MAX]; /* owned references; NULL: a constant's place is not memoised */
    int32_t strides[GROUP_MEMO_KEYS_MAX];
    int32_t groups[GROUP_MEMO_CODES_MAX]; /* by code; -1: unknown */
    int32_t codes[BATCH_ROWS_MAX];
} GroupMemo;

void group_memo_free(GroupMemo *memo); /* NULL is legal */
/* Whether the keys can be looked up; *memo is made, or emptied when the dictionaries are others
 * than before. */
bool group_memo_use(GroupMemo **memo, Vector *const *keys, int32_t key_count);
/* Fills ret_groups for the rows that are known and ret_misses with the others; the number of
 * misses. */
int32_t group_memo_find(GroupMemo *memo, Vector *const *keys, int32_t count, int32_t *ret_groups,
                        int32_t *ret_misses);
/* Notes the groups of rows that were misses. */
void group_memo_note(GroupMemo *memo, const int32_t *rows, const int32_t *groups, int32_t count);
