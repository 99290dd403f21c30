/*
 * numeric_histogram: at most so many weighted points (Ben-Haim and Tom-Tov). Points are buffered;
 * when the buffer is full, equal ones are joined and then the neighbours whose joining costs least,
 * until few enough are left.
 */
#include <stdlib.h>

#include "base/allocate.h"
#include "function/aggregate/weighted_points.h"
#include "function/function.h"

enum { BUFFERED_POINTS = 100 };

typedef struct HistogramState {
    WeightedPoint *points; /* room for bucket_count + BUFFERED_POINTS */
    int32_t bucket_count;  /* 0: not begun */
    int32_t count;
} HistogramState;

static HistogramState *state_at(StateRows states, int32_t i) {
    return (HistogramState *)(void *)(states.states[i] + states.offset);
}

/* Sorts, and adds up the weights of equal values. */
static int32_t join_equal(WeightedPoint *points, int32_t count) {
    if (count == 0) {
        return 0;
    }
    WeightedPoint *scratch = allocate((size_t)count * sizeof *scratch);
    weighted_points_sort(points, scratch, count);
    free(scratch);
    int32_t last = 0;
    for (int32_t i = 1; i < count; i++) {
        if (points[last].value == points[i].value) {
            points[last].weight += points[i].weight;
        } else {
            points[++last] = points[i];
        }
    }
    return last + 1;
}

/* What joining a point with its right neighbour costs. */
static double penalty_of(const WeightedPoint *left, const WeightedPoint *right) {
    double weight = left->weight + right->weight, distance = left->value - right->value;
    return weight * (distance * distance) * (left->weight * right->weight / (weight * weight));
}

/* A heap of points by penalty; stale entries are passed over when they come up. */
typedef struct Candidate {
    double penalty;
    int32_t point, version;
} Candidate;

typedef struct Joining {
    WeightedPoint *points;
    int32_t *left, *right, *version; /* of points; -1: none */
    Candidate *heap;
    int32_t heap_count;
} Joining;

static bool comes_before(const Candidate *a, const Candidate *b) {
    return a->penalty < b->penalty || (a->penalty == b->penalty && a->point < b->point);
}

static void push(Joining *joining, int32_t point) {
    if (joining->right[point] < 0) {
        return;
    }
    Candidate candidate = {
        .penalty = penalty_of(&joining->points[point], &joining->points[joining->right[point]]),
        .point = point,
        .version = joining->version[point]};
    int32_t at = joining->heap_count++;
    while (at > 0 && comes_before(&candidate, &joining->heap[(at - 1) / 2])) {
        joining->heap[at] = joining->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    joining->heap[at] = candidate;
}

static Candidate pop(Joining *joining) {
    Candidate first = joining->heap[0], moved = joining->heap[--joining->heap_count];
    int32_t at = 0;
    for (;;) {
        int32_t child = 2 * at + 1;
        if (child >= joining->heap_count) {
            break;
        }
        child += child + 1 < joining->heap_count &&
                 comes_before(&joining->heap[child + 1], &joining->heap[child]);
        if (!comes_before(&joining->heap[child], &moved)) {
            break;
        }
        joining->heap[at] = joining->heap[child];
        at = child;
    }
    joining->heap[at] = moved;
    return first;
}

/* Joins a point with its right neighbour; both neighbours' penalties change. */
static void join_with_right(Joining *joining, int32_t point) {
    int32_t right = joining->right[point], left = joining->left[point];
    WeightedPoint *a = &joining->points[point], *b = &joining->points[right];
    double weight = a->weight + b->weight;
    *a = (WeightedPoint){(a->value * a->weight + b->value * b->weight) / weight, weight};
    joining->version[right] = -1;
    joining->right[point] = joining->right[right];
    if (joining->right[point] >= 0) {
        joining->left[joining->right[point]] = point;
    }
    joining->version[point]++;
    push(joining, point);
    if (left >= 0) {
        joining->version[left]++;
        push(joining, left);
    }
}

/* Sorted points without equal ones, down to `wanted`. */
static int32_t join_cheapest(WeightedPoint *points, int32_t count, int32_t wanted) {
    if (count <= wanted) {
        return count;
    }
    int32_t *numbers = allocate((size_t)count * 3 * sizeof *numbers);
    Joining joining = {.points = points,
                       .left = numbers,
                       .right = numbers + count,
                       .version = numbers + 2 * (size_t)count,
                       .heap = allocate((size_t)count * 3 * sizeof(Candidate))};
    for (int32_t i = 0; i < count; i++) {
        joining.left[i] = i - 1;
        joining.right[i] = i + 1 < count ? i + 1 : -1;
        joining.version[i] = 0;
    }
    for (int32_t i = 0; i < count; i++) {
        push(&joining, i);
    }
    for (int32_t left = count; left > wanted;) {
        Candidate cheapest = pop(&joining);
        if (joining.version[cheapest.point] == cheapest.version) {
            join_with_right(&joining, cheapest.point);
            left--;
        }
    }
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (joining.version[i] >= 0) {
            points[kept++] = points[i];
        }
    }
    free(numbers);
    free(joining.heap);
    return kept;
}

static void compact(HistogramState *state) {
    state->count = join_equal(state->points, state->count);
    state->count = join_cheapest(state->points, state->count, state->bucket_count);
}

/* ---- the aggregate ---- */

static void begin(AggregateCall *call, HistogramState *state, int32_t bucket_count) {
    state->bucket_count = bucket_count;
    state->points =
        arena_alloc(call->arena, ((size_t)bucket_count + BUFFERED_POINTS) * sizeof(WeightedPoint));
}

static void add_point(HistogramState *state, WeightedPoint point) {
    if (state->count == state->bucket_count + BUFFERED_POINTS) {
        compact(state);
    }
    state->points[state->count++] = point;
}

static Status begin_at(AggregateCall *call, HistogramState *state, int32_t row) {
    VectorView buckets = vector_view(call->arguments[0]);
    int64_t count = VIEW_VALUE(&buckets, int64_t, row);
    if (count < 2) {
        return FAIL(call->cx, INVALID_FUNCTION_ARGUMENT,
                    "numeric_histogram bucket count must be greater than one");
    }
    if (count > INT32_MAX / 64) {
        return FAIL(call->cx, GENERIC_INTERNAL_ERROR, "integer overflow");
    }
    begin(call, state, (int32_t)count);
    return OK;
}

static Status add(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count) {
    VectorView values = vector_view(call->arguments[1]), weights = {0};
    bool is_real = call->arguments[1]->type->kind == TYPE_REAL;
    bool has_weight = call->argument_count > 2;
    if (has_weight) {
        weights = vector_view(call->arguments[2]);
    }
    for (int32_t i = 0; i < count; i++) {
        HistogramState *state = state_at(states, i);
        int32_t row = rows != NULL ? rows[i] : i;
        if (state->bucket_count == 0) {
            TRY(begin_at(call, state, row));
        }
        add_point(state, (WeightedPoint){is_real ? VIEW_VALUE(&values, float, row)
                                                 : VIEW_VALUE(&values, double, row),
                                         has_weight ? VIEW_VALUE(&weights, double, row) : 1});
    }
    return OK;
}

static Status combine(AggregateCall *call, StateRows targets, StateRows sources, int32_t count) {
    for (int32_t i = 0; i < count; i++) {
        HistogramState *target = state_at(targets, i);
        const HistogramState *source = state_at(sources, i);
        if (source->bucket_count == 0) {
            continue;
        }
        if (target->bucket_count == 0) {
            begin(call, target, source->bucket_count);
        }
        for (int32_t j = 0; j < source->count; j++) {
            add_point(target, source->points[j]);
        }
    }
    return OK;
}

static void put_number(Vector *vector, int32_t row, double value) {
    if (vector->type->kind == TYPE_REAL) {
        VECTOR_DATA(vector, float)[row] = (float)value;
    } else {
        VECTOR_DATA(vector, double)[row] = value;
    }
}

static Status output(AggregateCall *call, StateRows states, int32_t count, Vector *result) {
    Vector *keys = result->children[0], *values = result->children[1];
    for (int32_t i = 0; i < count; i++) {
        HistogramState *state = state_at(states, i);
        int32_t start = keys->length;
        if (state->bucket_count == 0) {
            VECTOR_DATA(result, ListEntry)[i] = (ListEntry){start, 0};
            vector_set_null(result, i);
            continue;
        }
        compact(state);
        VECTOR_DATA(result, ListEntry)[i] = (ListEntry){start, state->count};
        vector_resize(keys, start + state->count);
        vector_resize(values, start + state->count);
        for (int32_t j = 0; j < state->count; j++) {
            put_number(keys, start + j, state->points[j].value);
            put_number(values, start + j, state->points[j].weight);
        }
    }
    return OK;
}

#define HISTOGRAM(signature_)                                                                      \
    {                                                                                              \
        .name = "numeric_histogram", .signature = signature_, .description = "",                   \
        .state_size = sizeof(HistogramState), .add = add, .combine = combine, .output = output     \
    }

const AggregateFunction numeric_histogram_aggregates[] = {
    HISTOGRAM("(bigint, double) -> map(double,double)"),
    HISTOGRAM("(bigint, double, double) -> map(double,double)"),
    HISTOGRAM("(bigint, real) -> map(real,real)"),
    HISTOGRAM("(bigint, real, double) -> map(real,real)"),
    {.name = NULL},
};
