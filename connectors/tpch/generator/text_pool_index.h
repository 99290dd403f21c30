/*
 * The text pool's size and how it is cut into lanes, which can be made each on its own.
 *
 * The index says for each lane's first byte which sentence it lies in. It is a list of LANE(seed,
 * skip), made at build time by text_pool_index.c: the random state at that sentence's beginning,
 * and the bytes from there to the lane.
 */
#pragma once

#include "generator/sentence.h"

enum {
    TEXT_POOL_BYTES = 300 * 1024 * 1024,
    TEXT_LANE_BYTES = 2 * 1024,
    TEXT_LANE_COUNT = TEXT_POOL_BYTES / TEXT_LANE_BYTES,
};
