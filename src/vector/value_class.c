/*
 * Types to value classes, and the one comparison too long for a header.
 */
#include "vector/value_class.h"

#include <assert.h>

ValueClass value_class_of(const Type *type) {
    switch (type->kind) {
    case TYPE_REAL:
        return VALUE_REAL;
    case TYPE_DOUBLE:
        return VALUE_DOUBLE;
    case TYPE_CHAR:
        return VALUE_CHAR;
    case TYPE_ARRAY:
        return VALUE_ARRAY;
    case TYPE_MAP:
        return VALUE_MAP;
    case TYPE_ROW:
        return VALUE_ROW;
    case TYPE_UUID:
    case TYPE_IPADDRESS:
        return VALUE_UINT128;
    case TYPE_TIMESTAMP:
        return type->layout == LAYOUT_LONG ? VALUE_INT64 : VALUE_TIMESTAMP12;
    case TYPE_TIMESTAMP_TZ:
        return type->layout == LAYOUT_LONG ? VALUE_ZONED_TIMESTAMP : VALUE_ZONED_TIMESTAMP12;
    case TYPE_TIME_TZ:
        return type->layout == LAYOUT_LONG ? VALUE_ZONED_TIME : VALUE_ZONED_TIME12;
    default:
        break;
    }
    switch (type->layout) {
    case LAYOUT_BYTE:
        return VALUE_INT8;
    case LAYOUT_SHORT:
        return VALUE_INT16;
    case LAYOUT_INT:
        return VALUE_INT32;
    case LAYOUT_LONG:
        return VALUE_INT64;
    case LAYOUT_WIDE:
        assert(type->kind == TYPE_DECIMAL);
        return VALUE_INT128;
    default:
        assert(type->layout == LAYOUT_STRING);
        return VALUE_STRING;
    }
}

int char_order(const StringView *a, const StringView *b) {
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(string_data(a), string_data(b), shorter);
    if (order != 0 || a->length == b->length) {
        return order;
    }
    const StringView *longer = a->length > b->length ? a : b;
    int sign = longer == a ? 1 : -1;
    const char *bytes = string_data(longer);
    for (uint32_t i = shorter; i < longer->length; i++) {
        if (bytes[i] != ' ') {
            return (unsigned char)bytes[i] > ' ' ? sign : -sign;
        }
    }
    return 0;
}
