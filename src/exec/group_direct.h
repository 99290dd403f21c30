/*
 * Groups of one integer key by direct addressing: an array from key to group, for as long as the
 * keys lie close together for their number. The array covers a range of keys and grows with them; a
 * table that outgrows it goes on by hashing.
 */
#pragma once

#include "warren/vector.h"

typedef struct GroupDirect {
    MemoryPool *pool;
    int64_t low;     /* key of groups[0] */
    uint64_t count;  /* keys covered */
    int32_t *groups; /* group + 1; 0: none */
} GroupDirect;

void group_direct_done(GroupDirect *direct);
/* Makes the array cover the non-NULL values, if that is worth its memory for a table of
 * `group_count` groups. */
bool group_direct_cover(GroupDirect *direct, const int64_t *values, const uint64_t *is_null,
                        int32_t count, int32_t group_count);
