/* Direct addressing: the range to cover is looked at once a batch, so the lookup itself is one
 * array access. */
#include "exec/group_direct.h"

#include <stdlib.h>

#include "base/allocate.h"

enum {
    KEYS_ALWAYS = 64 * 1024,  /* a range of this many keys is always covered */
    KEYS_A_GROUP_EARLY = 256, /* while it is small, a sparse range may still fill up */
    KEYS_EARLY_MAX = 8 * 1024 * 1024,
    KEYS_A_GROUP = 6,
};

void group_direct_done(GroupDirect *direct) {
    if (direct->groups != NULL) {
        free(direct->groups);
        pool_release(direct->pool, (int64_t)(direct->count * sizeof(int32_t)));
    }
    direct->groups = NULL;
    direct->count = 0;
}

static bool find_range(const int64_t *values, const uint64_t *is_null, int32_t count,
                       int64_t *ret_low, int64_t *ret_high) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    if (is_null == NULL) {
        for (int32_t i = 0; i < count; i++) {
            low = values[i] < low ? values[i] : low;
            high = values[i] > high ? values[i] : high;
        }
    } else {
        for (int32_t i = 0; i < count; i++) {
            bool counts = !bitmap_get(is_null, i);
            low = counts && values[i] < low ? values[i] : low;
            high = counts && values[i] > high ? values[i] : high;
        }
    }
    *ret_low = low;
    *ret_high = high;
    return low <= high;
}

static uint64_t keys_worth(int32_t group_count) {
    uint64_t groups = (uint64_t)group_count;
    uint64_t early = groups * KEYS_A_GROUP_EARLY;
    early = early < KEYS_EARLY_MAX ? early : KEYS_EARLY_MAX;
    uint64_t worth = groups * KEYS_A_GROUP > early ? groups * KEYS_A_GROUP : early;
    return worth > KEYS_ALWAYS ? worth : KEYS_ALWAYS;
}

/* Replaces the array by one that covers count keys from low on. */
static bool replace(GroupDirect *direct, int64_t low, uint64_t count) {
    if (!pool_try_reserve(direct->pool, (int64_t)(count * sizeof(int32_t)))) {
        return false;
    }
    int32_t *groups = allocate_zeroed(count * sizeof(int32_t));
    if (direct->groups != NULL) {
        memcpy(groups + ((uint64_t)direct->low - (uint64_t)low), direct->groups,
               direct->count * sizeof(int32_t));
    }
    group_direct_done(direct);
    direct->groups = groups;
    direct->low = low;
    direct->count = count;
    return true;
}

bool group_direct_cover(GroupDirect *direct, const int64_t *values, const uint64_t *is_null,
                        int32_t count, int32_t group_count) {
    int64_t low, high;
    if (!find_range(values, is_null, count, &low, &high)) {
        return direct->groups != NULL || replace(direct, 0, 1);
    }
    if (direct->groups != NULL) {
        uint64_t last = (uint64_t)direct->low + direct->count - 1;
        if (low >= direct->low && high <= (int64_t)last) {
            return true;
        }
        low = direct->low < low ? direct->low : low;
        high = (int64_t)last > high ? (int64_t)last : high;
    }
    uint64_t range = (uint64_t)high - (uint64_t)low;
    uint64_t worth = keys_worth(group_count + count);
    if (range >= worth) {
        return false;
    }
    /* Room to grow upwards, as much again, as far as the key's range and the rule allow. */
    uint64_t more = range + 1, left = (uint64_t)INT64_MAX - (uint64_t)high;
    more = more < left ? more : left;
    uint64_t wanted = range + 1 + more;
    return replace(direct, low, wanted < worth ? wanted : worth);
}
