/*
 * The 300 MB of text that every comment is a piece of.
 *
 * There is one pool for the whole process, whatever the scale. It is made lane by lane
 * (text_pool_index.h), when a piece of a lane is first asked for, by whichever thread asks; what is
 * once made stays. Comments are views straight into it, so the pool is never freed. Thread safe.
 */
#pragma once

#include "warren/plugin.h"

/* What is drawn for one comment: an offset in 0 .. offset_max, then a length. */
typedef struct TextRange {
    int32_t offset_max, length_min, length_max;
} TextRange;

TextRange text_range(int32_t average_length);

/* Reserves the pool's addresses, no memory yet; has to succeed once before any piece is asked for.
 */
Status text_pool_open(Context *cx);
/* One piece a row, as a varchar vector. */
Vector *text_pool_vector(const Type *type, const int32_t *offsets, const int32_t *lengths,
                         int32_t count);
