/*
 * Mathematical functions of one and two doubles, constants, and tests of floating-point values.
 * Where Java's Math differs from C's libm (pow of 1 and NaN), Java wins.
 */
#include <math.h>

#include "function/scalar/arguments.h"

/* ---- one double ---- */

typedef double (*DoubleFunction)(double x);

static Status apply_double(KernelCall *call) {
    DoubleFunction function = *(const DoubleFunction *)call->function->scalar->data;
    double *result = KERNEL_RESULT(call, double);
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = function(KERNEL_ARGUMENT(call, 0, double, row));
    }
    return OK;
}

static double degrees_of(double x) {
    return x * (180.0 / M_PI);
}

static double radians_of(double x) {
    return x / 180.0 * M_PI;
}

static double binary_logarithm(double x) {
    return log(x) / log(2);
}

static double sign_of(double x) {
    return isnan(x) || x == 0 ? x : x > 0 ? 1 : -1;
}

static const DoubleFunction acos_f = acos, asin_f = asin, atan_f = atan, cbrt_f = cbrt, cos_f = cos,
                            cosh_f = cosh, exp_f = exp, log_f = log, log10_f = log10, sin_f = sin,
                            sinh_f = sinh, sqrt_f = sqrt, tan_f = tan, tanh_f = tanh,
                            degrees_f = degrees_of, radians_f = radians_of,
                            log2_f = binary_logarithm, abs_f = fabs, ceil_f = ceil, floor_f = floor,
                            truncate_f = trunc, sign_f = sign_of;

/* The same functions for real: exact in double, so nothing is lost on the way. */
static Status apply_real(KernelCall *call) {
    DoubleFunction function = *(const DoubleFunction *)call->function->scalar->data;
    float *result = KERNEL_RESULT(call, float);
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] = (float)function(KERNEL_ARGUMENT(call, 0, float, row));
    }
    return OK;
}

/* ---- two doubles ---- */

typedef double (*DoubleFunction2)(double x, double y);

static Status apply_double2(KernelCall *call) {
    DoubleFunction2 function = *(const DoubleFunction2 *)call->function->scalar->data;
    double *result = KERNEL_RESULT(call, double);
    KERNEL_FOR_EACH_ROW(call, row) {
        result[row] =
            function(KERNEL_ARGUMENT(call, 0, double, row), KERNEL_ARGUMENT(call, 1, double, row));
    }
    return OK;
}

static double power_of(double x, double y) {
    if (y == 0) {
        return 1;
    }
    if (isnan(y) || ((x == 1 || x == -1) && isinf(y))) {
        return NAN;
    }
    return pow(x, y);
}

static double logarithm(double base, double x) {
    return log(x) / log(base);
}

static const DoubleFunction2 atan2_f = atan2, power_f = power_of, logarithm_f = logarithm;

/* ---- constants and tests ---- */

static Status constant_double(KernelCall *call) {
    double value = *(const double *)call->function->scalar->data;
    KERNEL_FOR_EACH_ROW(call, row) {
        KERNEL_RESULT(call, double)[row] = value;
    }
    return OK;
}

static const double e_value = M_E, pi_value = M_PI, nan_value = NAN, infinity_value = INFINITY;

static Status is_nan(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        return_boolean(call, row, isnan(KERNEL_ARGUMENT(call, 0, double, row)));
    }
    return OK;
}

static Status is_nan_real(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        return_boolean(call, row, isnan(KERNEL_ARGUMENT(call, 0, float, row)));
    }
    return OK;
}

static Status is_finite(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        return_boolean(call, row, isfinite(KERNEL_ARGUMENT(call, 0, double, row)));
    }
    return OK;
}

static Status is_infinite(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        return_boolean(call, row, isinf(KERNEL_ARGUMENT(call, 0, double, row)));
    }
    return OK;
}

/* ---- rounding of floating-point numbers ---- */

/* Java's Math.round before it becomes a long: ties towards positive infinity. */
static double round_up_ties(double x) {
    double down = floor(x);
    return x - down >= 0.5 ? down + 1 : down;
}

static double round_to(double x, int32_t digits) {
    if (!isfinite(x)) {
        return x;
    }
    double factor = pow(10, digits);
    double scaled = fabs(x) * factor;
    if (!isfinite(scaled)) {
        return x;
    }
    double rounded = round_up_ties(scaled) / factor;
    return x < 0 ? -rounded : rounded;
}

static Status round_double(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t digits = call->argument_count > 1 ? KERNEL_ARGUMENT(call, 1, int32_t, row) : 0;
        KERNEL_RESULT(call, double)[row] = round_to(KERNEL_ARGUMENT(call, 0, double, row), digits);
    }
    return OK;
}

static Status round_real(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        int32_t digits = call->argument_count > 1 ? KERNEL_ARGUMENT(call, 1, int32_t, row) : 0;
        KERNEL_RESULT(call, float)
        [row] = (float)round_to(KERNEL_ARGUMENT(call, 0, float, row), digits);
    }
    return OK;
}

#define D1 "(double) -> double"
#define D2 "(double, double) -> double"
#define R1 "(real) -> real"
#define DENSE FUNCTION_INFALLIBLE_DENSE
#define ROUND "Round to nearest integer"
#define ROUND_TO "Round to given number of decimal places"

const ScalarFunction math_functions[] = {
    {"abs", D1, apply_double, DENSE, "Absolute value", NULL, &abs_f},
    {"abs", R1, apply_real, DENSE, "Absolute value", NULL, &abs_f},
    {"acos", D1, apply_double, DENSE, "Arc cosine", NULL, &acos_f},
    {"asin", D1, apply_double, DENSE, "Arc sine", NULL, &asin_f},
    {"atan", D1, apply_double, DENSE, "Arc tangent", NULL, &atan_f},
    {"atan2", D2, apply_double2, DENSE, "Arc tangent of given fraction", NULL, &atan2_f},
    {"cbrt", D1, apply_double, DENSE, "Cube root", NULL, &cbrt_f},
    {"ceil", D1, apply_double, DENSE, "Round up to nearest integer", NULL, &ceil_f},
    {"ceil", R1, apply_real, DENSE, "Round up to nearest integer", NULL, &ceil_f},
    {"ceiling", D1, apply_double, DENSE | FUNCTION_ALIAS, "Round up to nearest integer", NULL,
     &ceil_f},
    {"ceiling", R1, apply_real, DENSE | FUNCTION_ALIAS, "Round up to nearest integer", NULL,
     &ceil_f},
    {"cos", D1, apply_double, DENSE, "Cosine", NULL, &cos_f},
    {"cosh", D1, apply_double, DENSE, "Hyperbolic cosine", NULL, &cosh_f},
    {"degrees", D1, apply_double, DENSE, "Converts an angle in radians to degrees", NULL,
     &degrees_f},
    {"e", "() -> double", constant_double, DENSE, "Euler's number", NULL, &e_value},
    {"exp", D1, apply_double, DENSE, "Euler's number raised to the given power", NULL, &exp_f},
    {"floor", D1, apply_double, DENSE, "Round down to nearest integer", NULL, &floor_f},
    {"floor", R1, apply_real, DENSE, "Round down to nearest integer", NULL, &floor_f},
    {"infinity", "() -> double", constant_double, DENSE, "Infinity", NULL, &infinity_value},
    {"is_finite", "(double) -> boolean", is_finite, DENSE, "Test if value is finite"},
    {"is_infinite", "(double) -> boolean", is_infinite, DENSE, "Test if value is infinite"},
    {"is_nan", "(double) -> boolean", is_nan, DENSE, "Test if value is not-a-number"},
    {"is_nan", "(real) -> boolean", is_nan_real, DENSE, "Test if value is not-a-number"},
    {"ln", D1, apply_double, DENSE, "Natural logarithm", NULL, &log_f},
    {"log", D2, apply_double2, DENSE, "Logarithm to given base", NULL, &logarithm_f},
    {"log10", D1, apply_double, DENSE, "Logarithm to base 10", NULL, &log10_f},
    {"log2", D1, apply_double, DENSE, "Logarithm to base 2", NULL, &log2_f},
    {"nan", "() -> double", constant_double, DENSE, "Constant representing not-a-number", NULL,
     &nan_value},
    {"pi", "() -> double", constant_double, DENSE, "The constant Pi", NULL, &pi_value},
    {"pow", D2, apply_double2, DENSE, "Value raised to the power of exponent", NULL, &power_f},
    {"power", D2, apply_double2, DENSE | FUNCTION_ALIAS, "Value raised to the power of exponent",
     NULL, &power_f},
    {"radians", D1, apply_double, DENSE, "Converts an angle in degrees to radians", NULL,
     &radians_f},
    {"round", D1, round_double, DENSE, ROUND},
    {"round", "(double, integer) -> double", round_double, DENSE, ROUND_TO},
    {"round", R1, round_real, DENSE, ROUND},
    {"round", "(real, integer) -> real", round_real, DENSE, ROUND_TO},
    {"sign", D1, apply_double, DENSE, NULL, NULL, &sign_f},
    {"sign", R1, apply_real, DENSE, NULL, NULL, &sign_f},
    {"sin", D1, apply_double, DENSE, "Sine", NULL, &sin_f},
    {"sinh", D1, apply_double, DENSE, "Hyperbolic sine", NULL, &sinh_f},
    {"sqrt", D1, apply_double, DENSE, "Square root", NULL, &sqrt_f},
    {"tan", D1, apply_double, DENSE, "Tangent", NULL, &tan_f},
    {"tanh", D1, apply_double, DENSE, "Hyperbolic tangent", NULL, &tanh_f},
    {"truncate", D1, apply_double, DENSE, "Round to integer by dropping digits after decimal point",
     NULL, &truncate_f},
    {"truncate", R1, apply_real, DENSE, "Round to integer by dropping digits after decimal point",
     NULL, &truncate_f},
    {NULL},
};
