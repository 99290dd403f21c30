/*
 * sequence() of dates and timestamps, by days, by intervals of time and by months.
 */
#include "function/scalar/arguments.h"
#include "function/scalar/list_result.h"
#include "function/scalar/moment.h"

enum { ENTRIES_MAX = 10000 };

/* A step: months, or milliseconds. */
typedef struct Step {
    int64_t months, millis;
} Step;

static Moment moment_after(const Moment *start, const Step *step, int64_t count) {
    Moment moment = *start;
    if (step->months != 0) {
        int64_t day = moment_day(start);
        moment.seconds += (add_months(day, step->months * count) - day) * SECONDS_PER_DAY;
        return moment;
    }
    int64_t millis = step->millis * count;
    int64_t picos = moment.picos + millis % 1000 * PICOS_PER_MILLI;
    moment.seconds += millis / 1000 + floor_divide(picos, PICOS_PER_SECOND);
    moment.picos = floor_remainder(picos, PICOS_PER_SECOND);
    return moment;
}

static int compare_moments(const Moment *a, const Moment *b) {
    return a->seconds != b->seconds ? (a->seconds > b->seconds) - (a->seconds < b->seconds)
                                    : (a->picos > b->picos) - (a->picos < b->picos);
}

static Step step_argument(const KernelCall *call, int32_t row, int order) {
    if (call->argument_count < 3) {
        return (Step){.millis = order <= 0 ? MILLIS_PER_DAY : -MILLIS_PER_DAY};
    }
    return call->function->argument_types[2]->kind == TYPE_INTERVAL_YEAR_MONTH
               ? (Step){.months = KERNEL_ARGUMENT(call, 2, int32_t, row)}
               : (Step){.millis = bigint_argument(call, 2, row)};
}

/* NULL, or the message of what is wrong with the row's bounds and step. */
static const char *sequence_problem(const Step *step, int order, bool of_dates) {
    int64_t size = step->months != 0 ? step->months : step->millis;
    return size == 0
               ? (of_dates ? "sequence step must be a day interval if start and end values are "
                             "dates"
                           : "step must not be zero")
           : of_dates && step->millis % MILLIS_PER_DAY != 0
               ? "sequence step must be a day interval if start and end values are dates"
           : (size > 0 ? order > 0 : order < 0)
               ? "sequence stop value should be greater than or equal to start value if step is "
                 "greater than zero otherwise stop should be less than or equal to start"
               : NULL;
}

/* Appends the row's elements; false when there are too many. */
static bool append_sequence(Vector *elements, const Moment *start, const Moment *stop,
                            const Step *step) {
    bool up = step->months > 0 || step->millis > 0;
    for (int64_t i = 0;; i++) {
        Moment moment = moment_after(start, step, i);
        int order = compare_moments(&moment, stop);
        if (up ? order > 0 : order < 0) {
            return true;
        }
        if (i == ENTRIES_MAX) {
            return false;
        }
        (void)moment_store(elements, list_grow(elements), &moment); /* between two stored ones */
    }
}

static Status moment_sequence(KernelCall *call) {
    const Type *type = call->function->argument_types[0];
    Vector *elements = call->result->children[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        Moment start = moment_at(&call->arguments[0], type, row);
        Moment stop = moment_at(&call->arguments[1], type, row);
        int order = compare_moments(&start, &stop);
        Step step = step_argument(call, row, order);
        const char *problem = sequence_problem(&step, order, type->kind == TYPE_DATE);
        int32_t first = elements->length;
        if (problem == NULL && !append_sequence(elements, &start, &stop, &step)) {
            problem = "result of sequence function must not have more than 10000 entries";
        }
        if (problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
        }
        list_finish(call, row, first);
    }
    return OK;
}

#define DS "interval day to second"
#define YM "interval year to month"
#define TEXT "Sequence function to generate synthetic arrays"

const ScalarFunction datetime_sequence_functions[] = {
    {"sequence", "(date, date) -> array(date)", moment_sequence, 0, TEXT},
    {"sequence", "(date, date, " DS ") -> array(date)", moment_sequence, 0, TEXT},
    {"sequence", "(date, date, " YM ") -> array(date)", moment_sequence, 0, TEXT},
    {"sequence", "(timestamp(p), timestamp(p), " DS ") -> array(timestamp(p))", moment_sequence, 0,
     TEXT},
    {"sequence", "(timestamp(p), timestamp(p), " YM ") -> array(timestamp(p))", moment_sequence, 0,
     TEXT},
    {NULL},
};
