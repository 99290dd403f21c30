/* Values with weights, as digests and histograms buffer them, and their sort. */
#pragma once

#include <stdint.h>

typedef struct WeightedPoint {
    double value, weight;
} WeightedPoint;

/* By value, NaN last; equal values keep their order. `scratch` has room for as many. */
void weighted_points_sort(WeightedPoint *points, WeightedPoint *scratch, int32_t count);
