/*
 * Probability distributions: normal, beta, Student's t. The regularised incomplete beta function is
 * a continued fraction (modified Lentz); inverses are found by Newton's method kept inside a
 * bracket.
 */
#include <math.h>

#include "function/scalar/arguments.h"

/* ---- numerics ---- */

static double log_beta(double a, double b) {
    int sign;
    return lgamma_r(a, &sign) + lgamma_r(b, &sign) - lgamma_r(a + b, &sign);
}

static double beta_fraction(double a, double b, double x) {
    static const double tiny = 1e-300, precision = 1e-16;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (fabs(d) < tiny ? tiny : d);
    double fraction = d;
    for (int m = 1; m <= 10000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        for (int i = 0; i < 2; i++) {
            double term = i == 0 ? even : odd;
            d = 1 + term * d;
            d = 1 / (fabs(d) < tiny ? tiny : d);
            c = 1 + term / c;
            c = fabs(c) < tiny ? tiny : c;
            fraction *= d * c;
        }
        if (fabs(d * c - 1) < precision) {
            break;
        }
    }
    return fraction;
}

static double regularized_beta(double x, double a, double b) {
    if (x <= 0 || x >= 1) {
        return x <= 0 ? 0 : 1;
    }
    double front = exp(a * log(x) + b * log1p(-x) - log_beta(a, b));
    return x < (a + 1) / (a + b + 2) ? front * beta_fraction(a, b, x) / a
                                     : 1 - front * beta_fraction(b, a, 1 - x) / b;
}

static double inverse_beta(double p, double a, double b) {
    if (p <= 0 || p >= 1) {
        return p <= 0 ? 0 : 1;
    }
    double low = 0, high = 1, x = a / (a + b);
    for (int i = 0; i < 200; i++) {
        double error = regularized_beta(x, a, b) - p;
        if (error > 0) {
            high = x;
        } else {
            low = x;
        }
        double density = exp((a - 1) * log(x) + (b - 1) * log1p(-x) - log_beta(a, b));
        double next = x - error / density;
        next = next > low && next < high ? next : (low + high) / 2;
        if (fabs(next - x) < 1e-16 || next == x) {
            break;
        }
        x = next;
    }
    return x;
}

/* Newton on the standard normal distribution function, from a logistic guess. */
static double inverse_normal(double p) {
    if (p == 0.5) {
        return 0;
    }
    double x = log(p / (1 - p)) / 1.702;
    for (int i = 0; i < 100; i++) {
        double error = 0.5 * erfc(-x / M_SQRT2) - p;
        double step = error * sqrt(2 * M_PI) * exp(x * x / 2);
        step /= 1 + x * step / 2; /* Halley */
        x -= step;
        if (fabs(step) < 1e-16 * (1 + fabs(x))) {
            break;
        }
    }
    return x;
}

/* ---- kernels ---- */

static double double_argument(const KernelCall *call, int32_t index, int32_t row) {
    return KERNEL_ARGUMENT(call, index, double, row);
}

/* The value of a distribution function, or NULL problems. */
typedef struct Outcome {
    double value;
    const char *problem;
} Outcome;

typedef Outcome (*Distribution)(double a, double b, double c);

static Status apply_distribution(KernelCall *call) {
    Distribution distribution = *(const Distribution *)call->function->scalar->data;
    KERNEL_FOR_EACH_ROW(call, row) {
        double third = call->argument_count > 2 ? double_argument(call, 2, row) : 0;
        Outcome outcome =
            distribution(double_argument(call, 0, row), double_argument(call, 1, row), third);
        KERNEL_RESULT(call, double)[row] = outcome.value;
        if (outcome.problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", outcome.problem);
        }
    }
    return OK;
}

static Outcome failed(const char *problem) {
    return (Outcome){.problem = problem};
}

static Outcome normal_cdf(double mean, double deviation, double value) {
    return !(deviation > 0)
               ? failed("standardDeviation must be > 0")
               : (Outcome){.value = 0.5 * (1 + erf((value - mean) / (deviation * M_SQRT2)))};
}

static Outcome inverse_normal_cdf(double mean, double deviation, double p) {
    return !(p > 0 && p < 1)  ? failed("p must be 0 > p > 1")
           : !(deviation > 0) ? failed("sd must be > 0")
                              : (Outcome){.value = mean + deviation * inverse_normal(p)};
}

static Outcome beta_cdf(double a, double b, double value) {
    return !(value >= 0 && value <= 1) ? failed("value must be 0 >= v >= 1")
           : !(a > 0 && b > 0)         ? failed("a, b must be > 0")
                                       : (Outcome){.value = regularized_beta(value, a, b)};
}

static Outcome inverse_beta_cdf(double a, double b, double p) {
    return !(p >= 0 && p <= 1) ? failed("p must be 0 >= p >= 1")
           : !(a > 0 && b > 0) ? failed("a, b must be > 0")
                               : (Outcome){.value = inverse_beta(p, a, b)};
}

static Outcome t_pdf(double x, double freedom, double unused) {
    if (!(freedom >= 1)) {
        return failed("degrees of freedom must be greater than or equal to 1");
    }
    return (Outcome){.value = exp(-(freedom + 1) / 2 * log1p(x * x / freedom) -
                                  log_beta(freedom / 2, 0.5) - log(freedom) / 2)};
}

static Outcome t_cdf(double x, double freedom, double unused) {
    if (!(freedom >= 1)) {
        return failed("degrees of freedom must be greater than or equal to 1");
    }
    double tail = 0.5 * regularized_beta(freedom / (freedom + x * x), freedom / 2, 0.5);
    return (Outcome){.value = x == 0 ? 0.5 : x < 0 ? tail : 1 - tail};
}

static const Distribution normal_f = normal_cdf, inverse_normal_f = inverse_normal_cdf,
                          beta_f = beta_cdf, inverse_beta_f = inverse_beta_cdf, t_pdf_f = t_pdf,
                          t_cdf_f = t_cdf;

#define D3 "(double, double, double) -> double"
#define D2 "(double, double) -> double"

const ScalarFunction distribution_functions[] = {
    {"normal_cdf", D3, apply_distribution, 0,
     "Computes the cumulative distribution function value of a normal distribution", NULL,
     &normal_f},
    {"inverse_normal_cdf", D3, apply_distribution, 0,
     "Inverse of normal cdf given a mean, std, and probability", NULL, &inverse_normal_f},
    {"beta_cdf", D3, apply_distribution, 0, "Beta cdf given the a, b parameters and value", NULL,
     &beta_f},
    {"inverse_beta_cdf", D3, apply_distribution, 0,
     "Inverse of Beta cdf given a, b parameters and probability", NULL, &inverse_beta_f},
    {"t_pdf", D2, apply_distribution, 0,
     "Computes Student's t-distribution probability density function", NULL, &t_pdf_f},
    {"t_cdf", D2, apply_distribution, 0,
     "Computes Student's t-distribution cumulative distribution function", NULL, &t_cdf_f},
    {NULL},
};
