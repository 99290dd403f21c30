/*
 * Casts from varchar to everything that is parsed.
 */
#include "base/double_text.h"
#include "function/kernels/cast_family.h"
#include "function/kernels/datetime_text.h"
#include "function/kernels/identifier_text.h"
#include "function/kernels/number_parse.h"
#include "warren/session.h"

static void fail_quoted(KernelCall *call, int32_t row, const StringView *value,
                        const char *target) {
    kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Cannot cast '%.*s' to %s", (int)value->length,
                string_data(value), target);
}

/* ---- numbers ---- */

static Status text_to_integer(KernelCall *call) {
    const CastPair *pair = call->state;
    TypeKind kind = pair->to->kind;
    static const char *const NAMES[] = {"TINYINT", "SMALLINT", "INT", "BIGINT"};
    static const int64_t LIMITS[] = {INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};
    int64_t limit = LIMITS[kind - TYPE_TINYINT];
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        int64_t value;
        if (!integer_parse(string_data(text), text->length, &value) || value > limit ||
            value < -limit - 1) {
            fail_quoted(call, row, text, NAMES[kind - TYPE_TINYINT]);
            continue;
        }
        switch (kind) {
        case TYPE_TINYINT:
            KERNEL_RESULT(call, int8_t)[row] = (int8_t)value;
            break;
        case TYPE_SMALLINT:
            KERNEL_RESULT(call, int16_t)[row] = (int16_t)value;
            break;
        case TYPE_INTEGER:
            KERNEL_RESULT(call, int32_t)[row] = (int32_t)value;
            break;
        default:
            KERNEL_RESULT(call, int64_t)[row] = value;
            break;
        }
    }
    return OK;
}

static Status text_to_double(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        if (!double_parse(string_data(text), text->length, &KERNEL_RESULT(call, double)[row])) {
            fail_quoted(call, row, text, "DOUBLE");
        }
    }
    return OK;
}

static Status text_to_real(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        if (!real_parse(string_data(text), text->length, &KERNEL_RESULT(call, float)[row])) {
            fail_quoted(call, row, text, "REAL");
        }
    }
    return OK;
}

static Status text_to_decimal(KernelCall *call) {
    const CastPair *pair = call->state;
    const Type *to = pair->to;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        int128_t unscaled = 0;
        NumberParse parsed =
            decimal_parse_as(string_data(text), text->length, to->precision, to->scale, &unscaled);
        if (parsed != NUMBER_PARSED) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT,
                        "Cannot cast VARCHAR '%.*s' to DECIMAL(%d, %d). Value %s.",
                        (int)text->length, string_data(text), to->precision, to->scale,
                        parsed == NUMBER_TOO_LARGE ? "too large" : "is not a number");
        } else if (to->layout == LAYOUT_LONG) {
            KERNEL_RESULT(call, int64_t)[row] = (int64_t)unscaled;
        } else {
            KERNEL_RESULT(call, int128_t)[row] = unscaled;
        }
    }
    return OK;
}

static bool matches(const StringView *text, const char *word) {
    size_t size = strlen(word);
    if (text->length != size) {
        return false;
    }
    const char *bytes = string_data(text);
    for (size_t i = 0; i < size; i++) {
        char c = bytes[i] >= 'A' && bytes[i] <= 'Z' ? (char)(bytes[i] | 0x20) : bytes[i];
        if (c != word[i]) {
            return false;
        }
    }
    return true;
}

static Status text_to_boolean(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        bool is_true = matches(text, "t") || matches(text, "true") || matches(text, "1");
        bool is_false = matches(text, "f") || matches(text, "false") || matches(text, "0");
        KERNEL_RESULT(call, uint8_t)[row] = is_true;
        if (!is_true && !is_false) {
            fail_quoted(call, row, text, "BOOLEAN");
        }
    }
    return OK;
}

/* ---- identifiers ---- */

static Status text_to_identifier(KernelCall *call) {
    const CastPair *pair = call->state;
    bool is_uuid = pair->to->kind == TYPE_UUID;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        uint128_t *result = &KERNEL_RESULT(call, uint128_t)[row];
        bool parsed = is_uuid ? uuid_parse(string_data(text), text->length, result)
                              : ip_address_parse(string_data(text), text->length, result);
        if (!parsed) {
            kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Cannot cast value to %s: %.*s",
                        is_uuid ? "UUID" : "IPADDRESS", (int)text->length, string_data(text));
        }
    }
    return OK;
}

/* ---- dates and times ---- */

static void fail_datetime(KernelCall *call, int32_t row, const StringView *value,
                          const char *target) {
    kernel_fail(call, row, INVALID_CAST_ARGUMENT, "Value cannot be cast to %s: %.*s", target,
                (int)value->length, string_data(value));
}

static uint16_t session_zone(const Context *cx) {
    return cx->session != NULL ? cx->session->time_zone_key : TIMEZONE_UTC;
}

static Status text_to_date(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        int64_t days = 0;
        if (!date_parse(string_data(text), text->length, &days)) {
            fail_datetime(call, row, text, "date");
        }
        KERNEL_RESULT(call, int32_t)[row] = (int32_t)days;
    }
    return OK;
}

static Status text_to_time(KernelCall *call) {
    const CastPair *pair = call->state;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        DateTimeParts parts;
        if (!time_parse(string_data(text), text->length, &parts) || parts.zone != NULL) {
            fail_datetime(call, row, text, "time");
            continue;
        }
        KERNEL_RESULT(call, int64_t)[row] = parts_time(&parts, pair->to->precision);
    }
    return OK;
}

static Status text_to_zoned_time(KernelCall *call) {
    const CastPair *pair = call->state;
    int64_t now = call->cx->session != NULL ? call->cx->session->start_micros : 0;
    int32_t offset_now =
        timezone_offset_at(session_zone(call->cx), floor_divide(now, MICROS_PER_SECOND)) / 60;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        DateTimeParts parts;
        int32_t offset = offset_now;
        if (!time_parse(string_data(text), text->length, &parts) ||
            (parts.zone != NULL && !zone_offset_parse(parts.zone, parts.zone_size, &offset))) {
            fail_datetime(call, row, text, "time with time zone");
            continue;
        }
        zoned_time_store(pair->to, call->result->data, row,
                         (ZonedTime){parts_time(&parts, pair->to->precision), offset});
    }
    return OK;
}

/* Days whose microseconds fit 64 bits. */
static bool is_timestamp_day(int64_t days) {
    return days >= INT64_MIN / MICROS_PER_DAY && days < INT64_MAX / MICROS_PER_DAY;
}

static Status text_to_timestamp(KernelCall *call) {
    const CastPair *pair = call->state;
    bool is_zoned = pair->to->kind == TYPE_TIMESTAMP_TZ;
    int32_t precision = pair->to->precision;
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *text = &KERNEL_ARGUMENT(call, 0, StringView, row);
        DateTimeParts parts;
        bool parsed = timestamp_parse(string_data(text), text->length, &parts) &&
                      is_timestamp_day(parts.days);
        uint16_t zone = session_zone(call->cx);
        if (parsed && is_zoned && parts.zone != NULL) {
            parsed = timezone_parse(parts.zone, parts.zone_size, &zone);
        }
        if (parsed && is_zoned) {
            ZonedTimestamp value = timestamp_at_zone(parts_timestamp(&parts, precision), zone);
            parsed = zoned_timestamp_store(pair->to, call->result->data, row, value);
        } else if (parsed) {
            Timestamp value = parts_timestamp(&parts, precision);
            timestamp_store(pair->to, call->result->data, row, value);
        }
        if (!parsed) {
            fail_datetime(call, row, text, "timestamp");
        }
    }
    return OK;
}

/* ---- choice ---- */

static ScalarKernel parse_kernel(const Type *to) {
    switch (to->kind) {
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
        return text_to_integer;
    case TYPE_REAL:
        return text_to_real;
    case TYPE_DOUBLE:
        return text_to_double;
    case TYPE_DECIMAL:
        return text_to_decimal;
    case TYPE_BOOLEAN:
        return text_to_boolean;
    case TYPE_DATE:
        return text_to_date;
    case TYPE_TIME:
        return text_to_time;
    case TYPE_TIME_TZ:
        return text_to_zoned_time;
    case TYPE_TIMESTAMP:
    case TYPE_TIMESTAMP_TZ:
        return text_to_timestamp;
    case TYPE_UUID:
    case TYPE_IPADDRESS:
        return text_to_identifier;
    default:
        return NULL;
    }
}

Status cast_from_text(Context *cx, const Type *from, const Type *to, Cast *ret_cast) {
    if (from->kind == TYPE_VARCHAR) {
        *ret_cast = (Cast){.kernel = parse_kernel(to), .state = cast_pair(cx, from, to)};
    }
    return OK;
}
