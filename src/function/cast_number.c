/*
 * Casts among numbers and boolean. Rounding is half up, away from zero; what does not fit is an
 * error in Trino's words, which differ from source to source.
 */
#include <math.h>

#include "base/double_text.h"
#include "base/int128.h"
#include "function/kernels/cast_family.h"

static const char *sql_name(const Type *type) {
    switch (type->kind) {
    case TYPE_TINYINT:
        return "TINYINT";
    case TYPE_SMALLINT:
        return "SMALLINT";
    case TYPE_INTEGER:
        return "INTEGER";
    case TYPE_REAL:
        return "REAL";
    case TYPE_DOUBLE:
        return "DOUBLE";
    default:
        return "BIGINT";
    }
}

static inline int64_t load_integer(const VectorView *view, TypeKind kind, int32_t index) {
    switch (kind) {
    case TYPE_BOOLEAN:
        return ((const uint8_t *)view->data)[index] != 0;
    case TYPE_TINYINT:
        return ((const int8_t *)view->data)[index];
    case TYPE_SMALLINT:
        return ((const int16_t *)view->data)[index];
    case TYPE_INTEGER:
        return ((const int32_t *)view->data)[index];
    default:
        return ((const int64_t *)view->data)[index];
    }
}

static inline bool integer_fits(TypeKind kind, int64_t value) {
    switch (kind) {
    case TYPE_TINYINT:
        return value == (int8_t)value;
    case TYPE_SMALLINT:
        return value == (int16_t)value;
    case TYPE_INTEGER:
        return value == (int32_t)value;
    default:
        return true;
    }
}

static inline void store_integer(Vector *result, TypeKind kind, int32_t row, int64_t value) {
    switch (kind) {
    case TYPE_BOOLEAN:
        VECTOR_DATA(result, uint8_t)[row] = value != 0;
        break;
    case TYPE_TINYINT:
        VECTOR_DATA(result, int8_t)[row] = (int8_t)value;
        break;
    case TYPE_SMALLINT:
        VECTOR_DATA(result, int16_t)[row] = (int16_t)value;
        break;
    case TYPE_INTEGER:
        VECTOR_DATA(result, int32_t)[row] = (int32_t)value;
        break;
    default:
        VECTOR_DATA(result, int64_t)[row] = value;
        break;
    }
}

static inline void store_floating(Vector *result, TypeKind kind, int32_t row, double value) {
    if (kind == TYPE_REAL) {
        VECTOR_DATA(result, float)[row] = (float)value;
    } else {
        VECTOR_DATA(result, double)[row] = value;
    }
}

static inline double load_floating(const VectorView *view, TypeKind kind, int32_t index) {
    return kind == TYPE_REAL ? (double)((const float *)view->data)[index]
                             : ((const double *)view->data)[index];
}

static inline int128_t load_decimal(const VectorView *view, const Type *type, int32_t index) {
    return type_is_short_decimal(type) ? ((const int64_t *)view->data)[index]
                                       : ((const int128_t *)view->data)[index];
}

static inline void store_decimal(Vector *result, int32_t row, int128_t value) {
    if (result->type->layout == LAYOUT_LONG) {
        VECTOR_DATA(result, int64_t)[row] = (int64_t)value;
    } else {
        VECTOR_DATA(result, int128_t)[row] = value;
    }
}

/* ---- from integers and boolean ---- */

static Status integer_to_integer(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    TypeKind from = pair->from->kind, to = pair->to->kind;
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value = load_integer(view, from, view_index(view, row));
        if (!integer_fits(to, value)) {
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "Out of range for %s: %lld",
                        pair->to->name, (long long)value);
        }
        store_integer(call->result, to, row, value);
    }
    return OK;
}

/* The common widening, as a loop that vectorises. */
static Status integer_to_bigint(KernelCall *call) {
    const VectorView *view = &call->arguments[0];
    int64_t *restrict result = KERNEL_RESULT(call, int64_t);
    if (call->rows == NULL && view->indices == NULL && view->mask != 0) {
        const int32_t *restrict values = view->data;
        for (int32_t i = 0; i < call->row_count; i++) {
            result[i] = values[i];
        }
        return OK;
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = VIEW_VALUE(view, int32_t, row);
    }
    return OK;
}

static Status integer_to_floating(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value = load_integer(view, pair->from->kind, view_index(view, row));
        if (pair->to->kind == TYPE_REAL) {
            VECTOR_DATA(call->result, float)[row] = (float)value;
        } else {
            VECTOR_DATA(call->result, double)[row] = (double)value;
        }
    }
    return OK;
}

static Status integer_to_decimal(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    const Type *to = pair->to;
    bool is_boolean = pair->from->kind == TYPE_BOOLEAN;
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t value = load_integer(view, pair->from->kind, view_index(view, row));
        int128_t unscaled = 0;
        if (!decimal_rescale(value, to->scale, &unscaled) ||
            !int128_fits_precision(unscaled, to->precision)) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT,
                        "Cannot cast %s '%lld' to DECIMAL(%d, %d)",
                        is_boolean ? "BOOLEAN" : sql_name(pair->from), (long long)value,
                        to->precision, to->scale);
        }
        store_decimal(call->result, row, unscaled);
    }
    return OK;
}

/* ---- from floating point ---- */

/* Half away from zero; exact, unlike adding a half first. */
static double round_half_away(double value) {
    double whole = trunc(value);
    double rest = fabs(value - whole);
    return rest >= 0.5 ? whole + (value < 0 ? -1 : 1) : whole;
}

static bool is_beyond_bigint(double value) {
    return !(value >= -0x1p63 && value < 0x1p63);
}

static int print_floating(TypeKind kind, double value, char *buffer) {
    return kind == TYPE_REAL ? real_print((float)value, buffer) : double_print(value, buffer);
}

static Status floating_to_integer(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    TypeKind from = pair->from->kind, to = pair->to->kind;
    char text[DOUBLE_TEXT_MAX];
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = load_floating(view, from, view_index(view, row));
        double rounded = round_half_away(value);
        bool is_beyond = is_beyond_bigint(rounded);
        if (to == TYPE_BIGINT && is_beyond && (from == TYPE_DOUBLE || value != value)) {
            print_floating(from, value, text);
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Unable to cast %s to bigint", text);
            continue;
        }
        if (value != value) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Cannot cast %s NaN to %s",
                        pair->from->name, pair->to->name);
            continue;
        }
        int64_t whole = is_beyond ? (rounded < 0 ? INT64_MIN : INT64_MAX) : (int64_t)rounded;
        if (!integer_fits(to, whole)) {
            print_floating(from, value, text);
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "Out of range for %s: %s",
                        pair->to->name, text);
            continue;
        }
        store_integer(call->result, to, row, whole);
    }
    return OK;
}

static Status floating_to_boolean(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = load_floating(view, pair->from->kind, view_index(view, row));
        KERNEL_RESULT(call, uint8_t)[row] = value != 0;
    }
    return OK;
}

static Status floating_to_floating(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = load_floating(view, pair->from->kind, view_index(view, row));
        store_floating(call->result, pair->to->kind, row, value);
    }
    return OK;
}

typedef enum DecimalFit { DECIMAL_FITS, DECIMAL_TOO_WIDE, DECIMAL_BEYOND_38 } DecimalFit;

/* The decimal text of the number is what is rounded: 1.005 becomes 1.01. */
static DecimalFit floating_unscaled(TypeKind kind, double value, const Type *to,
                                    int128_t *ret_unscaled) {
    uint64_t digits;
    int exponent;
    *ret_unscaled = 0;
    if (value == 0) {
        return DECIMAL_FITS;
    }
    if (kind == TYPE_REAL) {
        real_shortest((float)value, &digits, &exponent);
    } else {
        double_shortest(value, &digits, &exponent);
    }
    int128_t unscaled = (int128_t)digits;
    int shift = exponent + to->scale;
    if (shift > 38) {
        return DECIMAL_TOO_WIDE;
    }
    for (int i = 0; i < shift; i++) {
        if (__builtin_mul_overflow(unscaled, (int128_t)10, &unscaled)) {
            return DECIMAL_TOO_WIDE;
        }
    }
    if (shift < -38) {
        unscaled = 0;
    } else if (shift < 0) {
        unscaled = int128_divide_rounded(unscaled, int128_powers_of_ten[-shift]);
    }
    *ret_unscaled = value < 0 ? -unscaled : unscaled;
    if (!int128_fits_precision(unscaled, 38)) {
        return DECIMAL_BEYOND_38;
    }
    return int128_fits_precision(unscaled, to->precision) ? DECIMAL_FITS : DECIMAL_TOO_WIDE;
}

static Status floating_to_decimal(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    const Type *to = pair->to;
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = load_floating(view, pair->from->kind, view_index(view, row));
        int128_t unscaled = 0;
        DecimalFit fit = DECIMAL_TOO_WIDE;
        if (isfinite(value)) {
            fit = floating_unscaled(pair->from->kind, value, to, &unscaled);
        }
        if (fit == DECIMAL_FITS) {
            store_decimal(call->result, row, unscaled);
        } else if (fit == DECIMAL_BEYOND_38) {
            kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "Decimal overflow");
        } else {
            char text[DOUBLE_TEXT_MAX];
            print_floating(pair->from->kind, value, text);
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Cannot cast %s '%s' to DECIMAL(%d, %d)",
                        sql_name(pair->from), text, to->precision, to->scale);
        }
    }
    return OK;
}

/* ---- from decimals ---- */

static Status decimal_to_integer(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    const Type *from = pair->from;
    TypeKind to = pair->to->kind;
    int128_t power = int128_powers_of_ten[from->scale];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = load_decimal(view, from, view_index(view, row));
        int128_t whole = from->scale == 0 ? value : int128_divide_rounded(value, power);
        if (whole != (int64_t)whole || !integer_fits(to, (int64_t)whole)) {
            char text[INT128_TEXT_MAX];
            if (type_is_short_decimal(from)) {
                int128_print(whole, text);
            } else {
                decimal_print(value, from->scale, text);
            }
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Cannot cast '%s' to %s", text,
                        sql_name(pair->to));
            continue;
        }
        store_integer(call->result, to, row, (int64_t)whole);
    }
    return OK;
}

static Status decimal_to_boolean(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = load_decimal(view, pair->from, view_index(view, row));
        KERNEL_RESULT(call, uint8_t)[row] = value != 0;
    }
    return OK;
}

/* Small numbers by division, which is exact to the last bit; others by way of their text. */
static double decimal_as_double(const Type *from, int128_t value) {
    double power = (double)int128_powers_of_ten[from->scale];
    if (type_is_short_decimal(from) ||
        (int128_magnitude(value) <= (uint128_t)1 << 53 && from->scale <= 22)) {
        return (double)(int64_t)value / power;
    }
    char text[INT128_TEXT_MAX];
    double result = 0;
    int size = decimal_print(value, from->scale, text);
    return double_parse(text, (size_t)size, &result) ? result : 0;
}

static float decimal_as_real(const Type *from, int128_t value) {
    if (type_is_short_decimal(from) ||
        (int128_magnitude(value) <= (uint128_t)1 << 22 && from->scale <= 10)) {
        return (float)(int64_t)value / (float)int128_powers_of_ten[from->scale];
    }
    char text[INT128_TEXT_MAX];
    float result = 0;
    int size = decimal_print(value, from->scale, text);
    return real_parse(text, (size_t)size, &result) ? result : 0;
}

static Status short_decimal_to_double(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    double power = (double)int64_powers_of_ten[pair->from->scale];
    double *restrict result = KERNEL_RESULT(call, double);
    if (call->rows == NULL && view->indices == NULL && view->mask != 0) {
        const int64_t *restrict values = view->data;
        for (int32_t i = 0; i < call->row_count; i++) {
            result[i] = (double)values[i] / power;
        }
        return OK;
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = (double)VIEW_VALUE(view, int64_t, row) / power;
    }
    return OK;
}

static Status decimal_to_floating(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = load_decimal(view, pair->from, view_index(view, row));
        if (pair->to->kind == TYPE_REAL) {
            VECTOR_DATA(call->result, float)[row] = decimal_as_real(pair->from, value);
        } else {
            VECTOR_DATA(call->result, double)[row] = decimal_as_double(pair->from, value);
        }
    }
    return OK;
}

/*
 * Short to short without loss needs one multiplication: the way constants and columns meet in
 * arithmetic.
 */
static Status short_decimal_widen(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    int64_t power = int64_powers_of_ten[pair->to->scale - pair->from->scale];
    int64_t *restrict result = KERNEL_RESULT(call, int64_t);
    if (call->rows == NULL && view->indices == NULL && view->mask != 0) {
        const int64_t *restrict values = view->data;
        for (int32_t i = 0; i < call->row_count; i++) {
            result[i] = (int64_t)((uint64_t)values[i] * (uint64_t)power);
        }
        return OK;
    }
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = (int64_t)((uint64_t)VIEW_VALUE(view, int64_t, row) * (uint64_t)power);
    }
    return OK;
}

static Status decimal_to_decimal(KernelCall *call) {
    const CastPair *pair = call->state;
    const VectorView *view = &call->arguments[0];
    const Type *from = pair->from, *to = pair->to;
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = load_decimal(view, from, view_index(view, row));
        int128_t rescaled = 0;
        if (!decimal_rescale(value, to->scale - from->scale, &rescaled) ||
            !int128_fits_precision(rescaled, to->precision)) {
            char text[INT128_TEXT_MAX];
            decimal_print(value, from->scale, text);
            kernel_fail(call, row, INVALID_CAST_ARGUMENT,
                        "Cannot cast DECIMAL(%d, %d) '%s' to DECIMAL(%d, %d)", from->precision,
                        from->scale, text, to->precision, to->scale);
        }
        store_decimal(call->result, row, rescaled);
    }
    return OK;
}

/* ---- choice ---- */

static ScalarKernel integer_kernel(const Type *from, const Type *to) {
    if (to->kind == TYPE_DECIMAL) {
        return integer_to_decimal;
    }
    if (to->kind == TYPE_REAL || to->kind == TYPE_DOUBLE) {
        return integer_to_floating;
    }
    bool is_common = from->kind == TYPE_INTEGER && to->kind == TYPE_BIGINT;
    return is_common ? integer_to_bigint : integer_to_integer;
}

static ScalarKernel floating_kernel(const Type *to) {
    switch (to->kind) {
    case TYPE_BOOLEAN:
        return floating_to_boolean;
    case TYPE_REAL:
    case TYPE_DOUBLE:
        return floating_to_floating;
    case TYPE_DECIMAL:
        return floating_to_decimal;
    default:
        return floating_to_integer;
    }
}

static ScalarKernel decimal_kernel(const Type *from, const Type *to) {
    switch (to->kind) {
    case TYPE_BOOLEAN:
        return decimal_to_boolean;
    case TYPE_DOUBLE:
        return type_is_short_decimal(from) ? short_decimal_to_double : decimal_to_floating;
    case TYPE_REAL:
        return decimal_to_floating;
    case TYPE_DECIMAL:
        break;
    default:
        return decimal_to_integer;
    }
    bool is_widening = type_is_short_decimal(from) && type_is_short_decimal(to) &&
                       to->scale >= from->scale && !cast_may_fail(from, to);
    return is_widening ? short_decimal_widen : decimal_to_decimal;
}

static bool is_number_or_boolean(const Type *type) {
    return type->kind >= TYPE_BOOLEAN && type->kind <= TYPE_DECIMAL;
}

Status cast_among_numbers(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    if (!is_number_or_boolean(from) || !is_number_or_boolean(to)) {
        return OK;
    }
    ScalarKernel kernel;
    if (from->kind == TYPE_REAL || from->kind == TYPE_DOUBLE) {
        kernel = floating_kernel(to);
    } else if (from->kind == TYPE_DECIMAL) {
        kernel = decimal_kernel(from, to);
    } else {
        kernel = integer_kernel(from, to);
    }
    unsigned flags = cast_may_fail(from, to) ? 0 : FUNCTION_INFALLIBLE;
    if (kernel == integer_to_bigint || kernel == integer_to_floating ||
        kernel == short_decimal_widen || kernel == short_decimal_to_double ||
        (kernel == integer_to_integer && flags != 0)) {
        flags = FUNCTION_INFALLIBLE_DENSE;
    }
    *ret_cast = (Cast){.kernel = kernel, .flags = flags, .state = cast_pair(cx, from, to)};
    return OK;
}
