/*
 * The failures of rows during one evaluation. A kernel goes on after a row has failed; what a
 * failure means is decided here: inside TRY, errors that TRY catches only mark their row, every
 * other error is kept if its row comes before those noted so far, to be raised once the kernel is
 * through.
 */
#pragma once

#include "function/function.h"

typedef struct RowErrors {
    bool catching;    /* inside TRY */
    bool catches_all; /* trial run over a dictionary: any error only marks its row */
    int32_t caught_count;
    int32_t row_capacity; /* of `caught` */
    uint64_t *caught;     /* rows that failed; NULL while there are none */
    int32_t row;          /* of the error to raise; -1: none */
    ErrorCode code;
    const char *message; /* in the arena of the context it was noted with */
} RowErrors;

void row_errors_init(RowErrors *errors, bool catching);
void row_errors_done(RowErrors *errors);
bool row_errors_catch(const RowErrors *errors, ErrorCode code);
void row_errors_mark(RowErrors *errors, int32_t row); /* caught */
/* Notes an error that is not caught; `message` must live as long as the context's arena. */
void row_errors_note(RowErrors *errors, int32_t row, ErrorCode code, const char *message);
static inline bool row_errors_is_caught(const RowErrors *errors, int32_t row) {
    return errors->caught != NULL && row < errors->row_capacity && bitmap_get(errors->caught, row);
}
/* FAILED with the noted error in cx, OK when there is none. */
MUST_CHECK Status row_errors_raise(Context *cx, const RowErrors *errors);
/* Whether TRY and TRY_CAST turn an error of this code into NULL. */
bool error_is_caught_by_try(ErrorCode code);
