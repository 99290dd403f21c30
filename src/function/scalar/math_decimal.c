/*
 * abs, ceil, floor, round, truncate and sign of decimals. Result types are the signatures'
 * formulas.
 */
#include "function/function.h"
#include "function/scalar/decimal_values.h"

static const Type *argument_type(const KernelCall *call) {
    return call->function->argument_types[0];
}

static Status decimal_abs(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], argument_type(call), row);
        decimal_store(call->result, row, value < 0 ? -value : value);
    }
    return OK;
}

static Status decimal_sign(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], argument_type(call), row);
        decimal_store(call->result, row, (value > 0) - (value < 0));
    }
    return OK;
}

static Status decimal_ceil(KernelCall *call) {
    int128_t power = int128_powers_of_ten[argument_type(call)->scale];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], argument_type(call), row);
        decimal_store(call->result, row, value / power + (value % power > 0));
    }
    return OK;
}

static Status decimal_floor(KernelCall *call) {
    int128_t power = int128_powers_of_ten[argument_type(call)->scale];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], argument_type(call), row);
        decimal_store(call->result, row, value / power - (value % power < 0));
    }
    return OK;
}

static Status decimal_round(KernelCall *call) {
    int128_t power = int128_powers_of_ten[argument_type(call)->scale];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], argument_type(call), row);
        decimal_store(call->result, row, int128_divide_rounded(value, power));
    }
    return OK;
}

static Status decimal_truncate(KernelCall *call) {
    int128_t power = int128_powers_of_ten[argument_type(call)->scale];
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], argument_type(call), row);
        decimal_store(call->result, row, value / power);
    }
    return OK;
}

/* Digits to drop: all that come after `digits` places. */
static Status decimal_round_to(KernelCall *call) {
    const Type *type = argument_type(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], type, row);
        int64_t drop = (int64_t)type->scale - KERNEL_ARGUMENT(call, 1, int32_t, row);
        if (drop > type->precision) {
            value = 0;
        } else if (drop > 0) {
            int128_t power = int128_powers_of_ten[drop];
            int128_t quotient = int128_divide_rounded(value, power);
            if (__builtin_mul_overflow(quotient, power, &value) ||
                !int128_fits_precision(value, DECIMAL_PRECISION_MAX)) {
                kernel_fail(call, row, NUMERIC_VALUE_OUT_OF_RANGE, "decimal overflow");
                continue;
            }
        }
        decimal_store(call->result, row, value);
    }
    return OK;
}

static Status decimal_truncate_to(KernelCall *call) {
    const Type *type = argument_type(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        int128_t value = decimal_at(&call->arguments[0], type, row);
        int64_t drop = (int64_t)type->scale - KERNEL_ARGUMENT(call, 1, int32_t, row);
        if (drop > type->precision) {
            value = 0;
        } else if (drop > 0) {
            value -= value % int128_powers_of_ten[drop];
        }
        decimal_store(call->result, row, value);
    }
    return OK;
}

#define DENSE FUNCTION_INFALLIBLE_DENSE
#define WHOLE "<rp = p - s + min(s, 1)>(decimal(p,s)) -> decimal(rp,0)"

const ScalarFunction math_decimal_functions[] = {
    {"abs", "(decimal(p,s)) -> decimal(p,s)", decimal_abs, DENSE, "Absolute value"},
    {"sign", "(decimal(p,s)) -> decimal(1,0)", decimal_sign, DENSE, "Signum"},
    {"ceil", WHOLE, decimal_ceil, DENSE, "Round up to nearest integer"},
    {"ceiling", WHOLE, decimal_ceil, DENSE | FUNCTION_ALIAS, "Round up to nearest integer"},
    {"floor", WHOLE, decimal_floor, DENSE, "Round down to nearest integer"},
    {"round", "<rp = min(38, p - s + min(1, s)), rs = 0>(decimal(p,s)) -> decimal(rp,rs)",
     decimal_round, DENSE, "Round to nearest integer"},
    {"round", "<rp = min(38, p + 1)>(decimal(p,s), integer) -> decimal(rp,s)", decimal_round_to, 0,
     "Round to given number of decimal places"},
    {"truncate", "<rp = max(1, p - s)>(decimal(p,s)) -> decimal(rp,0)", decimal_truncate, DENSE,
     "Round to integer by dropping digits after decimal point"},
    {"truncate", "(decimal(p,s), integer) -> decimal(p,s)", decimal_truncate_to, DENSE,
     "Round to integer by dropping given number of digits after decimal point"},
    {NULL},
};
