/*
 * Result batches to the JSON rows of the client protocol (types.md), a column at a time.
 *
 * A ResultEncoder is made once a query for its column types; it belongs to one thread at a time.
 * Values are turned into text by the engine's own casts, so they read exactly as CAST(... AS
 * varchar) and CAST(... AS json) do.
 */
#pragma once

#include "base/buffer.h"
#include "warren/vector.h"

typedef struct ResultEncoder ResultEncoder;

/* parametric_datetime: the client knows timestamp(p); otherwise times are sent with precision 3.
   Lives in cx->arena, but for what result_encoder_free releases. */
MUST_CHECK Status result_encoder_create(Context *cx, int32_t column_count, const Type *const *types,
                                        bool parametric_datetime, ResultEncoder **ret_encoder);
void result_encoder_free(ResultEncoder *encoder);
/* Appends "[v,v],[v,v]" for the batch's rows, a comma first when *row_count > 0; adds to
 * *row_count. */
MUST_CHECK Status result_encode_rows(Context *cx, ResultEncoder *encoder, const Batch *batch,
                                     ByteString *out, int64_t *row_count);
/* `"columns":[...]`: names, display types and signatures as this client sees them. */
void result_encode_columns(ByteString *out, int32_t column_count, const char *const *names,
                           const Type *const *types, bool parametric_datetime);
void result_append_string(ByteString *out, const char *bytes, size_t size); /* quoted and escaped */
