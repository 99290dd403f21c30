/* Group memos: a code is the sum of the keys' indices, each times the number of combinations of the
 * keys before it. */
#include "exec/group_memo.h"

#include <stdlib.h>

#include "base/allocate.h"

void group_memo_free(GroupMemo *memo) {
    if (memo == NULL) {
        return;
    }
    for (int32_t i = 0; i < memo->key_count; i++) {
        vector_unref(memo->bases[i]);
    }
    free(memo);
}

/* The number of combinations, or 0 when there are too many or a key is no dictionary. */
static int32_t combinations(Vector *const *keys, int32_t key_count) {
    int64_t codes = 1;
    for (int32_t i = 0; i < key_count; i++) {
        if (keys[i]->encoding != ENCODING_DICTIONARY) {
            return 0;
        }
        codes *= keys[i]->base->length;
        if (codes > GROUP_MEMO_CODES_MAX) {
            return 0;
        }
    }
    return (int32_t)codes;
}

bool group_memo_use(GroupMemo **memo_slot, Vector *const *keys, int32_t key_count) {
    if (key_count == 0 || key_count > GROUP_MEMO_KEYS_MAX) {
        return false;
    }
    int32_t codes = combinations(keys, key_count);
    if (codes == 0) {
        return false;
    }
    if (*memo_slot == NULL) {
        *memo_slot = allocate_zeroed(sizeof **memo_slot);
    }
    GroupMemo *memo = *memo_slot;
    bool is_same = memo->key_count == key_count;
    for (int32_t i = 0; is_same && i < key_count; i++) {
        is_same = memo->bases[i] == keys[i]->base;
    }
    if (is_same) {
        return true;
    }
    for (int32_t i = 0; i < memo->key_count; i++) {
        vector_unref(memo->bases[i]);
    }
    memo->key_count = key_count;
    int32_t stride = 1;
    for (int32_t i = 0; i < key_count; i++) {
        memo->bases[i] = vector_ref(keys[i]->base);
        memo->strides[i] = stride;
        stride *= keys[i]->base->length;
    }
    memset(memo->groups, 0xFF, (size_t)codes * sizeof *memo->groups);
    return true;
}

int32_t group_memo_find(GroupMemo *memo, Vector *const *keys, int32_t count, int32_t *ret_groups,
                        int32_t *ret_misses) {
    const int32_t *first = keys[0]->indices;
    memcpy(memo->codes, first, (size_t)count * sizeof *memo->codes);
    for (int32_t k = 1; k < memo->key_count; k++) {
        const int32_t *indices = keys[k]->indices;
        int32_t stride = memo->strides[k];
        for (int32_t i = 0; i < count; i++) {
            memo->codes[i] += indices[i] * stride;
        }
    }
    int32_t misses = 0;
    for (int32_t i = 0; i < count; i++) {
        int32_t group = memo->groups[memo->codes[i]];
        ret_groups[i] = group;
        ret_misses[misses] = i;
        misses += group < 0;
    }
    return misses;
}

void group_memo_note(GroupMemo *memo, const int32_t *rows, const int32_t *groups, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        memo->groups[memo->codes[rows[i]]] = groups[i];
    }
}
