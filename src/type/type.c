/*
 * Interning of types. A type is built once, entered in a table that is never emptied, and compared
 * by pointer ever after. Kinds without parameters, and the small parameter ranges that kernels ask
 * for all the time (decimals, times, timestamps), are also remembered in arrays, so that asking
 * again takes no lock.
 */
#include "warren/type.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/buffer.h"
#include "type/type_text.h"

typedef struct Entry {
    struct Entry *next;
    uint64_t hash;
    Type type;
} Entry;

enum { FIRST_BUCKETS = 256 };

static struct {
    pthread_mutex_t lock;
    Entry **buckets;
    size_t bucket_count, entry_count;
} table = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const Type *_Atomic simple_types[TYPE_KIND_COUNT];
static const Type *_Atomic decimal_types[DECIMAL_PRECISION_MAX + 1][DECIMAL_PRECISION_MAX + 1];
static const Type *_Atomic time_types[4][TIME_PRECISION_MAX + 1];
static const Type *_Atomic unbounded_varchar;

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static uint64_t hash_of(const Type *type) {
    uint64_t hash = mix((uint64_t)type->kind,
                        (uint64_t)(uint32_t)type->precision << 32 | (uint32_t)type->scale);
    hash = mix(hash, (uint64_t)(uint32_t)type->length);
    for (int32_t i = 0; i < type->child_count; i++) {
        hash = mix(hash, (uintptr_t)type->children[i]);
        const char *name = type->field_names != NULL ? type->field_names[i] : NULL;
        for (; name != NULL && *name != '\0'; name++) {
            hash = mix(hash, (uint8_t)*name);
        }
    }
    return hash;
}

static bool same_name(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_type(const Type *a, const Type *b) {
    if (a->kind != b->kind || a->precision != b->precision || a->scale != b->scale ||
        a->length != b->length || a->child_count != b->child_count) {
        return false;
    }
    for (int32_t i = 0; i < a->child_count; i++) {
        if (a->children[i] != b->children[i] ||
            (a->kind == TYPE_ROW && !same_name(a->field_names[i], b->field_names[i]))) {
            return false;
        }
    }
    return true;
}

static Layout layout_of(TypeKind kind, int32_t precision) {
    switch (kind) {
    case TYPE_UNKNOWN:
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_FUNCTION:
        return LAYOUT_BYTE;
    case TYPE_SMALLINT:
        return LAYOUT_SHORT;
    case TYPE_INTEGER:
    case TYPE_REAL:
    case TYPE_DATE:
    case TYPE_INTERVAL_YEAR_MONTH:
        return LAYOUT_INT;
    case TYPE_BIGINT:
    case TYPE_DOUBLE:
    case TYPE_TIME:
    case TYPE_INTERVAL_DAY_SECOND:
        return LAYOUT_LONG;
    case TYPE_DECIMAL:
        return precision <= DECIMAL_SHORT_PRECISION_MAX ? LAYOUT_LONG : LAYOUT_WIDE;
    case TYPE_TIME_TZ:
        return precision <= 9 ? LAYOUT_LONG : LAYOUT_WIDE;
    case TYPE_TIMESTAMP:
        return precision <= 6 ? LAYOUT_LONG : LAYOUT_WIDE;
    case TYPE_TIMESTAMP_TZ:
        return precision <= 3 ? LAYOUT_LONG : LAYOUT_WIDE;
    case TYPE_UUID:
    case TYPE_IPADDRESS:
        return LAYOUT_WIDE;
    case TYPE_ARRAY:
    case TYPE_MAP:
        return LAYOUT_LIST;
    case TYPE_ROW:
        return LAYOUT_ROW;
    default:
        return LAYOUT_STRING;
    }
}

static uint8_t width_of(Layout layout) {
    static const uint8_t widths[] = {
        [LAYOUT_BYTE] = 1,  [LAYOUT_SHORT] = 2,   [LAYOUT_INT] = 4,  [LAYOUT_LONG] = 8,
        [LAYOUT_WIDE] = 16, [LAYOUT_STRING] = 16, [LAYOUT_LIST] = 8, [LAYOUT_ROW] = 0,
    };
    return widths[layout];
}

static bool children_are(const Type *type, bool orderable) {
    for (int32_t i = 0; i < type->child_count; i++) {
        if (orderable ? !type->children[i]->orderable : !type->children[i]->comparable) {
            return false;
        }
    }
    return true;
}

static void set_properties(Type *type) {
    type->layout = layout_of(type->kind, type->precision);
    type->width = width_of(type->layout);
    switch (type->kind) {
    case TYPE_ARRAY:
    case TYPE_ROW:
        type->comparable = children_are(type, false);
        type->orderable = children_are(type, true);
        break;
    case TYPE_MAP:
        type->comparable = children_are(type, false);
        break;
    case TYPE_JSON:
    case TYPE_COLOR:
        type->comparable = true;
        break;
    default:
        type->comparable = type->kind <= TYPE_IPADDRESS;
        type->orderable = type->comparable;
    }
}

static const char *text_of(const Type *type, TypeTextStyle style) {
    ByteString text = {0};
    type_text_append(&text, type, style);
    byte_string_text(&text);
    return reallocate(text.data, text.size + 1);
}

static Entry *entry_create(const Type *key, uint64_t hash) {
    Entry *entry = allocate_zeroed(sizeof *entry);
    entry->hash = hash;
    entry->type = *key;
    if (key->child_count > 0) {
        size_t size = (size_t)key->child_count * sizeof(void *);
        entry->type.children = memcpy(allocate(size), key->children, size);
    }
    if (key->kind == TYPE_ROW) {
        const char **names = allocate((size_t)key->child_count * sizeof *names);
        for (int32_t i = 0; i < key->child_count; i++) {
            names[i] = allocate_copy_of(key->field_names[i]);
        }
        entry->type.field_names = names;
    }
    set_properties(&entry->type);
    entry->type.name = text_of(&entry->type, TYPE_TEXT_NAME);
    entry->type.display = text_of(&entry->type, TYPE_TEXT_DISPLAY);
    entry->type.signature = text_of(&entry->type, TYPE_TEXT_SIGNATURE);
    return entry;
}

static void grow_table(void) {
    size_t count = table.bucket_count == 0 ? FIRST_BUCKETS : table.bucket_count * 2;
    Entry **buckets = allocate_zeroed(count * sizeof *buckets);
    for (size_t i = 0; i < table.bucket_count; i++) {
        for (Entry *entry = table.buckets[i], *next; entry != NULL; entry = next) {
            next = entry->next;
            entry->next = buckets[entry->hash & (count - 1)];
            buckets[entry->hash & (count - 1)] = entry;
        }
    }
    free(table.buckets);
    table.buckets = buckets;
    table.bucket_count = count;
}

static const Type *intern(const Type *key) {
    uint64_t hash = hash_of(key);
    pthread_mutex_lock(&table.lock);
    if (table.entry_count >= table.bucket_count) {
        grow_table();
    }
    Entry **bucket = &table.buckets[hash & (table.bucket_count - 1)];
    Entry *entry = *bucket;
    while (entry != NULL && !(entry->hash == hash && same_type(&entry->type, key))) {
        entry = entry->next;
    }
    if (entry == NULL) {
        entry = entry_create(key, hash);
        entry->next = *bucket;
        *bucket = entry;
        table.entry_count++;
    }
    pthread_mutex_unlock(&table.lock);
    return &entry->type;
}

static const Type *remember(const Type *_Atomic *slot, Type key) {
    const Type *type = atomic_load_explicit(slot, memory_order_acquire);
    if (type == NULL) {
        type = intern(&key);
        atomic_store_explicit(slot, type, memory_order_release);
    }
    return type;
}

const Type *type_simple(TypeKind kind) {
    assert((unsigned)kind < TYPE_KIND_COUNT);
    assert(kind != TYPE_DECIMAL && kind != TYPE_VARCHAR && kind != TYPE_CHAR);
    assert(kind < TYPE_TIME || kind > TYPE_TIMESTAMP_TZ);
    assert(kind != TYPE_ARRAY && kind != TYPE_MAP && kind != TYPE_ROW);
    assert(kind != TYPE_QDIGEST && kind != TYPE_FUNCTION);
    return remember(&simple_types[kind], (Type){.kind = kind});
}

const Type *type_decimal(int32_t precision, int32_t scale) {
    assert(precision >= 1 && precision <= DECIMAL_PRECISION_MAX);
    assert(scale >= 0 && scale <= precision);
    return remember(&decimal_types[precision][scale],
                    (Type){.kind = TYPE_DECIMAL, .precision = precision, .scale = scale});
}

const Type *type_varchar(int32_t length) {
    assert(length >= 0);
    if (length == VARCHAR_UNBOUNDED) {
        return type_varchar_unbounded();
    }
    return intern(&(Type){.kind = TYPE_VARCHAR, .length = length});
}

const Type *type_varchar_unbounded(void) {
    return remember(&unbounded_varchar, (Type){.kind = TYPE_VARCHAR, .length = VARCHAR_UNBOUNDED});
}

const Type *type_char(int32_t length) {
    assert(length >= 0 && length <= CHAR_LENGTH_MAX);
    return intern(&(Type){.kind = TYPE_CHAR, .length = length});
}

const Type *type_time(int32_t precision, bool with_time_zone) {
    assert(precision >= 0 && precision <= TIME_PRECISION_MAX);
    TypeKind kind = with_time_zone ? TYPE_TIME_TZ : TYPE_TIME;
    return remember(&time_types[kind - TYPE_TIME][precision],
                    (Type){.kind = kind, .precision = precision});
}

const Type *type_timestamp(int32_t precision, bool with_time_zone) {
    assert(precision >= 0 && precision <= TIME_PRECISION_MAX);
    TypeKind kind = with_time_zone ? TYPE_TIMESTAMP_TZ : TYPE_TIMESTAMP;
    return remember(&time_types[kind - TYPE_TIME][precision],
                    (Type){.kind = kind, .precision = precision});
}

const Type *type_array(const Type *element) {
    return intern(&(Type){.kind = TYPE_ARRAY, .child_count = 1, .children = &element});
}

const Type *type_map(const Type *key, const Type *value) {
    const Type *children[] = {key, value};
    return intern(&(Type){.kind = TYPE_MAP, .child_count = 2, .children = children});
}

const Type *type_row(int32_t count, const Type *const *fields, const char *const *names) {
    assert(count >= 0);
    const char **no_names = names == NULL ? allocate_zeroed((size_t)count * sizeof(char *)) : NULL;
    const Type *type = intern(&(Type){.kind = TYPE_ROW,
                                      .child_count = count,
                                      .children = fields,
                                      .field_names = names != NULL ? names : no_names});
    free(no_names);
    return type;
}

const Type *type_qdigest(const Type *element) {
    return intern(&(Type){.kind = TYPE_QDIGEST, .child_count = 1, .children = &element});
}

const Type *type_function(int32_t argument_count, const Type *const *arguments,
                          const Type *result) {
    assert(argument_count >= 0);
    const Type **children = allocate((size_t)(argument_count + 1) * sizeof *children);
    if (argument_count > 0) {
        memcpy(children, arguments, (size_t)argument_count * sizeof *children);
    }
    children[argument_count] = result;
    const Type *type = intern(
        &(Type){.kind = TYPE_FUNCTION, .child_count = argument_count + 1, .children = children});
    free(children);
    return type;
}
