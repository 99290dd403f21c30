/*
 * A merge sort without a call per comparison: runs of a few points by insertion, then merged by
 * turns into the scratch space and back.
 */
#include "function/aggregate/weighted_points.h"

#include <stdbool.h>
#include <string.h>

enum { RUN = 8 };

static inline bool comes_before(const WeightedPoint *a, const WeightedPoint *b) {
    return a->value < b->value || (b->value != b->value && a->value == a->value);
}

static void sort_run(WeightedPoint *points, int32_t count) {
    for (int32_t i = 1; i < count; i++) {
        WeightedPoint point = points[i];
        int32_t at = i;
        while (at > 0 && comes_before(&point, &points[at - 1])) {
            points[at] = points[at - 1];
            at--;
        }
        points[at] = point;
    }
}

static void merge_runs(const WeightedPoint *left, int32_t left_count, const WeightedPoint *right,
                       int32_t right_count, WeightedPoint *out) {
    const WeightedPoint *left_end = left + left_count, *right_end = right + right_count;
    while (left < left_end && right < right_end) {
        bool takes_right = comes_before(right, left);
        *out++ = *(takes_right ? right : left);
        right += takes_right;
        left += !takes_right;
    }
    memcpy(out, left, (size_t)(left_end - left) * sizeof *out);
    memcpy(out + (left_end - left), right, (size_t)(right_end - right) * sizeof *out);
}

void weighted_points_sort(WeightedPoint *points, WeightedPoint *scratch, int32_t count) {
    for (int32_t start = 0; start < count; start += RUN) {
        sort_run(points + start, count - start < RUN ? count - start : RUN);
    }
    WeightedPoint *from = points, *to = scratch;
    for (int32_t run = RUN; run < count; run *= 2) {
        for (int32_t start = 0; start < count; start += 2 * run) {
            int32_t left = count - start < run ? count - start : run;
            int32_t rest = count - start - left, right = rest < run ? rest : run;
            merge_runs(from + start, left, from + start + left, right, to + start);
        }
        WeightedPoint *swapped = from;
        from = to;
        to = swapped;
    }
    if (from != points) {
        memcpy(points, from, (size_t)count * sizeof *points);
    }
}
