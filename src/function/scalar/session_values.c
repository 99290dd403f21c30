/*
 * Functions about values, types and the session: typeof, version, fail, uuid, contains for
 * networks, width_bucket, wilson intervals.
 */
#include <math.h>

#include "function/scalar/arguments.h"
#include "function/scalar/random.h"

typedef unsigned __int128 uint128;

static Status type_of(KernelCall *call) {
    const char *name = call->function->argument_types[0]->name;
    KERNEL_FOR_EACH_ROW(call, row) {
        return_string(call, row, name, strlen(name));
    }
    return OK;
}

static Status version(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        return_string(call, row, "476", 3);
    }
    return OK;
}

static Status fail_with_message(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *message = string_argument(call, call->argument_count - 1, row);
        ErrorCode code = call->argument_count > 1
                             ? (ErrorCode)KERNEL_ARGUMENT(call, 0, int32_t, row)
                             : GENERIC_USER_ERROR;
        kernel_fail(call, row, error_code_name(code) != NULL ? code : GENERIC_USER_ERROR, "%.*s",
                    (int)message->length, string_data(message));
    }
    return OK;
}

static Status random_uuid(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        uint64_t high = (random_bits() & ~UINT64_C(0xF000)) | 0x4000;
        uint64_t low = (random_bits() & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
        KERNEL_RESULT(call, uint128)[row] = (uint128)high << 64 | low;
    }
    return OK;
}

/* ---- networks ---- */

static bool parse_ip4(const char *text, size_t size, uint128 *ret_address) {
    uint32_t address = 0;
    int part = -1, parts = 0;
    for (size_t i = 0; i <= size; i++) {
        if (i == size || text[i] == '.') {
            if (part < 0 || part > 255) {
                return false;
            }
            address = address << 8 | (uint32_t)part;
            parts++;
            part = -1;
        } else if (text[i] >= '0' && text[i] <= '9') {
            part = (part < 0 ? 0 : part) * 10 + text[i] - '0';
            if (part > 255) {
                return false;
            }
        } else {
            return false;
        }
    }
    *ret_address = (uint128)0xFFFF << 32 | address;
    return parts == 4;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9'                     ? c - '0'
           : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                    : -1;
}

/* Groups before and after "::"; no dotted tail. */
static bool parse_ip6(const char *text, size_t size, uint128 *ret_address) {
    uint16_t groups[8];
    int count = 0, gap = -1;
    size_t at = 0;
    while (at < size) {
        if (text[at] == ':' && at + 1 < size && text[at + 1] == ':') {
            if (gap >= 0) {
                return false;
            }
            gap = count;
            at += 2;
            continue;
        }
        if (count > 0 && gap != count) {
            if (text[at] != ':') {
                return false;
            }
            at++;
        }
        int digits = 0, group = 0;
        while (at < size && hex_digit(text[at]) >= 0 && digits < 5) {
            group = group << 4 | hex_digit(text[at++]);
            digits++;
        }
        if (digits == 0 || digits > 4 || count == 8) {
            return false;
        }
        groups[count++] = (uint16_t)group;
    }
    if (gap < 0 ? count != 8 : count > 7) {
        return false;
    }
    uint128 address = 0;
    for (int i = 0; i < count; i++) {
        int place = gap < 0 || i < gap ? 7 - i : count - 1 - i;
        address |= (uint128)groups[i] << (16 * place);
    }
    *ret_address = address;
    return true;
}

/* address/bits; the address may have no bits set after the prefix. */
static bool parse_network(const StringView *view, uint128 *ret_base, uint128 *ret_mask) {
    const char *text = string_data(view), *slash = memchr(text, '/', view->length);
    if (slash == NULL) {
        return false;
    }
    size_t size = (size_t)(slash - text), digits = view->length - size - 1;
    bool is_ip4 = parse_ip4(text, size, ret_base);
    if ((!is_ip4 && !parse_ip6(text, size, ret_base)) || digits == 0 || digits > 3) {
        return false;
    }
    int bits = 0;
    for (size_t i = 1; i <= digits; i++) {
        if (slash[i] < '0' || slash[i] > '9') {
            return false;
        }
        bits = bits * 10 + slash[i] - '0';
    }
    if (bits > (is_ip4 ? 32 : 128)) {
        return false;
    }
    bits += is_ip4 ? 96 : 0;
    *ret_mask = bits == 0 ? 0 : ~(uint128)0 << (128 - bits);
    return (*ret_base & ~*ret_mask) == 0;
}

static Status network_contains(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        uint128 base, mask;
        if (!parse_network(string_argument(call, 0, row), &base, &mask)) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid CIDR");
            continue;
        }
        return_boolean(call, row, (KERNEL_ARGUMENT(call, 1, uint128, row) & mask) == base);
    }
    return OK;
}

/* ---- buckets and intervals ---- */

static const char *bucket_problem(double operand, double first, double second, int64_t count) {
    return count <= 0          ? "bucketCount must be greater than 0"
           : isnan(operand)    ? "operand must not be NaN"
           : !isfinite(first)  ? "first bound must be finite"
           : !isfinite(second) ? "second bound must be finite"
           : first == second   ? "bounds cannot equal each other"
                               : NULL;
}

static Status width_bucket(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        double operand = KERNEL_ARGUMENT(call, 0, double, row);
        double first = KERNEL_ARGUMENT(call, 1, double, row);
        double second = KERNEL_ARGUMENT(call, 2, double, row);
        int64_t count = bigint_argument(call, 3, row), bucket;
        const char *problem = bucket_problem(operand, first, second, count);
        if (problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
            continue;
        }
        double low = first < second ? first : second, high = first < second ? second : first;
        bucket = operand < low     ? 0
                 : operand >= high ? count + 1
                                   : (int64_t)((double)count * (operand - low) / (high - low) + 1);
        KERNEL_RESULT(call, int64_t)[row] = first > second ? count - bucket + 1 : bucket;
    }
    return OK;
}

static Status wilson_interval(KernelCall *call) {
    double sign = *(const double *)call->function->scalar->data;
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t successes = bigint_argument(call, 0, row), trials = bigint_argument(call, 1, row);
        double z = KERNEL_ARGUMENT(call, 2, double, row);
        const char *problem = successes < 0 ? "number of successes must not be negative"
                              : trials <= 0 ? "number of trials must be positive"
                              : successes > trials
                                  ? "number of successes must not be larger than number of trials"
                              : z < 0 ? "z-score must not be negative"
                                      : NULL;
        if (problem != NULL) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s", problem);
            continue;
        }
        double n = (double)trials, p = (double)successes / n;
        KERNEL_RESULT(call, double)
        [row] = (p + z * z / (2 * n) + sign * z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) /
                (1 + z * z / n);
    }
    return OK;
}

static const double lower = -1, upper = 1;

const ScalarFunction session_value_functions[] = {
    {"typeof", "<T>(t) -> varchar", type_of, FUNCTION_CALLED_WITH_NULL,
     "Textual representation of expression type"},
    {"version", "() -> varchar", version, FUNCTION_HIDDEN, "Returns server version"},
    {"fail", "(varchar) -> unknown", fail_with_message, FUNCTION_HIDDEN,
     "Decodes json to an exception and throws it"},
    {"fail", "(integer, varchar) -> unknown", fail_with_message, FUNCTION_HIDDEN,
     "Throws an exception with a given message"},
    {"uuid", "() -> uuid", random_uuid, FUNCTION_NONDETERMINISTIC, "Generates a random UUID"},
    {"contains", "(varchar, ipaddress) -> boolean", network_contains, 0,
     "Determines whether given IP address is in the network"},
    {"width_bucket", "(double, double, double, bigint) -> bigint", width_bucket, 0,
     "The bucket number of a value given a lower and upper bound and the number of buckets"},
    {"wilson_interval_lower", "(bigint, bigint, double) -> double", wilson_interval, 0,
     "Binomial confidence interval lower bound using Wilson score", NULL, &lower},
    {"wilson_interval_upper", "(bigint, bigint, double) -> double", wilson_interval, 0,
     "Binomial confidence interval upper bound using Wilson score", NULL, &upper},
    {NULL},
};
