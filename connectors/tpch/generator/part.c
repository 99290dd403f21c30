/*
 * The part table. A filter on container or type chooses the rows before any other column is made.
 */
#include "generator/column.h"
#include "generator/part_values.h"
#include "generator/distributions.h"
#include "generator/table.h"

enum {
    NAME_COLORS = 5,
    COLOR_COUNT_MAX = 128,
    NAME_BYTES_MAX = 55,
    CONTAINER_COUNT = 40,
    PART_TYPE_COUNT = 150,
    BRANDS_PER_MANUFACTURER = 5,
};

static const Stream name_stream = {709314158, 92};
static const Stream manufacturer_stream = {1, 1};
static const Stream brand_stream = {46831694, 1};
static const Stream type_stream = {1841581359, 1};
static const Stream size_stream = {1193163244, 1};
static const Stream container_stream = {727633698, 1};
static const Stream comment_stream = {804159733, 2};

typedef struct Parts {
    uint32_t name_powers[SCAN_ROWS_MAX]; /* A^(92 * row) */
    const Value *colors;
    int32_t color_count;
    bool is_filtered;
} Parts;

/* ---- rows ---- */

static bool passes_all(const ValueFilter *filter) {
    ValueFilter all;
    value_filter_init(&all);
    return filter->containers == all.containers &&
           memcmp(filter->part_types, all.part_types, sizeof all.part_types) == 0;
}

static void begin(Scan *scan) {
    Parts *parts = arena_new(scan->arena, Parts);
    uint32_t factor = random_power(RANDOM_MULTIPLIER, name_stream.allotment);
    uint32_t power = 1;
    for (int32_t i = 0; i < SCAN_ROWS_MAX; i++) {
        parts->name_powers[i] = power;
        power = random_multiply(power, factor);
    }
    parts->colors = distribution_values(LIST_COLORS, &parts->color_count);
    parts->is_filtered = !passes_all(&scan->filter);
    scan->state = parts;
}

static void next(Scan *scan) {
    const Parts *parts = scan->state;
    if (!parts->is_filtered) {
        return;
    }
    const ValueFilter *filter = &scan->filter;
    int32_t *containers = scan->draws[0], *types = scan->draws[1];
    scan_draw(scan, container_stream, 1, 0, CONTAINER_COUNT - 1, containers);
    scan_draw(scan, type_stream, 1, 0, PART_TYPE_COUNT - 1, types);
    int32_t count = 0;
    for (int32_t row = 0; row < scan->row_count; row++) {
        scan->chosen[count] = row;
        uint64_t type_bits = filter->part_types[types[row] / 64] >> (types[row] % 64);
        count += (int32_t)(filter->containers >> containers[row] & type_bits & 1);
    }
    scan->rows = scan->chosen;
    scan->count = count;
}

/* ---- columns ---- */

/* The first five of a shuffled list of colors. Exchanges are undone, so that each row begins with
   the list in order. */
static char *write_name(char *out, uint32_t seed, const Parts *parts, uint8_t *order) {
    int32_t exchanged[NAME_COLORS];
    for (int32_t i = 0; i < NAME_COLORS; i++) {
        seed = random_multiply(seed, RANDOM_MULTIPLIER);
        int32_t j = random_bounded(seed, i, parts->color_count - 1);
        uint8_t color = order[j];
        order[j] = order[i];
        order[i] = color;
        exchanged[i] = j;
        const char *text = parts->colors[color].text;
        size_t length = strlen(text);
        memcpy(out, text, length);
        out[length] = ' ';
        out += length + 1;
    }
    for (int32_t i = NAME_COLORS - 1; i >= 0; i--) {
        uint8_t color = order[i];
        order[i] = order[exchanged[i]];
        order[exchanged[i]] = color;
    }
    return out - 1;
}

static Vector *make_name(Scan *scan, const Type *type) {
    const Parts *parts = scan->state;
    uint8_t order[COLOR_COUNT_MAX];
    for (int32_t i = 0; i < COLOR_COUNT_MAX; i++) {
        order[i] = (uint8_t)i;
    }
    char *heap;
    size_t room = (size_t)scan->count * NAME_BYTES_MAX + 1;
    Vector *vector = strings_begin(type, scan->count, room, &heap);
    StringView *views = vector->data;
    uint32_t start = scan_start(scan, name_stream);
    char *out = heap;
    for (int32_t k = 0; k < scan->count; k++) {
        uint32_t seed = random_multiply(start, parts->name_powers[scan_row(scan, k)]);
        char *end = write_name(out, seed, parts, order);
        views[k] = string_view(out, (size_t)(end - out));
        out = end;
    }
    strings_end(vector, heap, out);
    return vector;
}

static Vector *make_manufacturer(Scan *scan, const Type *type) {
    return column_picked(scan, DICTIONARY_MANUFACTURER, manufacturer_stream);
}

static Vector *make_brand(Scan *scan, const Type *type) {
    int32_t *manufacturers = scan->draws[0];
    scan_draw(scan, manufacturer_stream, 1, 0, BRANDS_PER_MANUFACTURER - 1, manufacturers);
    Buffer *indices = indices_create(scan->count);
    int32_t *brands = (int32_t *)indices->data;
    scan_draw(scan, brand_stream, 1, 0, BRANDS_PER_MANUFACTURER - 1, brands);
    for (int32_t k = 0; k < scan->count; k++) {
        brands[k] += manufacturers[k] * BRANDS_PER_MANUFACTURER;
    }
    return column_dictionary(scan->dictionaries, DICTIONARY_BRAND, indices, scan->count);
}

static Vector *make_type(Scan *scan, const Type *type) {
    return column_picked(scan, DICTIONARY_PART_TYPE, type_stream);
}

static Vector *make_size(Scan *scan, const Type *type) {
    return column_drawn_integer(scan, type, size_stream, 1, 50);
}

static Vector *make_container(Scan *scan, const Type *type) {
    return column_picked(scan, DICTIONARY_CONTAINER, container_stream);
}

static Vector *make_retail_price(Scan *scan, const Type *type) {
    int32_t *cents = scan->draws[0];
    for (int32_t k = 0; k < scan->count; k++) {
        cents[k] = part_price(scan->first_row + scan_row(scan, k) + 1);
    }
    return column_money(type, cents, scan->count);
}

static Vector *make_comment(Scan *scan, const Type *type) {
    return column_text(scan, type, comment_stream, 14);
}

static const ColumnModel columns[] = {
    {"p_partkey", COLUMN_BIGINT, .make = column_key},
    {"p_name", COLUMN_VARCHAR, 55, .make = make_name},
    {"p_mfgr", COLUMN_VARCHAR, 25, .make = make_manufacturer},
    {"p_brand", COLUMN_VARCHAR, 10, .make = make_brand},
    {"p_type", COLUMN_VARCHAR, 25, .make = make_type},
    {"p_size", COLUMN_INTEGER, .make = make_size},
    {"p_container", COLUMN_VARCHAR, 10, .make = make_container},
    {"p_retailprice", COLUMN_MONEY, .make = make_retail_price},
    {"p_comment", COLUMN_VARCHAR, 23, .is_text = true, .make = make_comment},
    {"row_number", COLUMN_BIGINT, .make = column_key},
};

const TableModel part_table = {
    .name = "part",
    .prefix_length = 2,
    .base_rows = 200000,
    .is_scaled = true,
    .rows_per_base = 1,
    .column_count = sizeof columns / sizeof columns[0] - 1,
    .columns = columns,
    .begin = begin,
    .next = next,
};
