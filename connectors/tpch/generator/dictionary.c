/*
 * Makes the dictionaries. Most are a value list as it stands; the others count through their names.
 */
#include "generator/dictionary.h"

#include <stdio.h>

#include "generator/distributions.h"

static Vector *dictionary_of_list(ValueList list, int32_t length) {
    int32_t count;
    const Value *values = distribution_values(list, &count);
    Vector *vector = vector_create(type_varchar(length), count);
    for (int32_t i = 0; i < count; i++) {
        vector_set_string(vector, i, values[i].text, strlen(values[i].text));
    }
    return vector;
}

/* One value for each letter. */
static Vector *dictionary_of_letters(const char *letters) {
    int32_t count = (int32_t)strlen(letters);
    Vector *vector = vector_create(type_varchar(1), count);
    for (int32_t i = 0; i < count; i++) {
        vector_set_string(vector, i, &letters[i], 1);
    }
    return vector;
}

/* `format` of first, first + 1, ... */
__attribute__((format(printf, 4, 0))) static Vector *
dictionary_of_numbers(int32_t count, int32_t length, int32_t first, const char *format) {
    Vector *vector = vector_create(type_varchar(length), count);
    for (int32_t i = 0; i < count; i++) {
        char text[32];
        int size = snprintf(text, sizeof text, format, first + i);
        vector_set_string(vector, i, text, (size_t)size);
    }
    return vector;
}

/* Brand#MN: five of each of five manufacturers. */
static Vector *dictionary_of_brands(void) {
    enum { BRANDS = 5 };
    Vector *vector = vector_create(type_varchar(10), BRANDS * BRANDS);
    for (int32_t i = 0; i < BRANDS * BRANDS; i++) {
        char text[32];
        int size = snprintf(text, sizeof text, "Brand#%d%d", i / BRANDS + 1, i % BRANDS + 1);
        vector_set_string(vector, i, text, (size_t)size);
    }
    return vector;
}

void dictionaries_create(Dictionaries *dictionaries) {
    Vector **values = dictionaries->values;
    values[DICTIONARY_REGION] = dictionary_of_list(LIST_REGIONS, 25);
    values[DICTIONARY_NATION] = dictionary_of_list(LIST_NATIONS, 25);
    values[DICTIONARY_MARKET_SEGMENT] = dictionary_of_list(LIST_MARKET_SEGMENTS, 10);
    values[DICTIONARY_ORDER_STATUS] = dictionary_of_letters("FOP");
    values[DICTIONARY_ORDER_PRIORITY] = dictionary_of_list(LIST_ORDER_PRIORITIES, 15);
    values[DICTIONARY_CLERK] = dictionary_of_numbers(CLERK_COUNT_MIN, 15, 1, "Clerk#%09d");
    values[DICTIONARY_RETURN_FLAG] = dictionary_of_letters("RAN");
    values[DICTIONARY_LINE_STATUS] = dictionary_of_letters("FO");
    values[DICTIONARY_SHIP_INSTRUCTION] = dictionary_of_list(LIST_SHIP_INSTRUCTIONS, 25);
    values[DICTIONARY_SHIP_MODE] = dictionary_of_list(LIST_SHIP_MODES, 10);
    values[DICTIONARY_MANUFACTURER] = dictionary_of_numbers(5, 25, 1, "Manufacturer#%d");
    values[DICTIONARY_BRAND] = dictionary_of_brands();
    values[DICTIONARY_PART_TYPE] = dictionary_of_list(LIST_PART_TYPES, 25);
    values[DICTIONARY_CONTAINER] = dictionary_of_list(LIST_CONTAINERS, 10);
}

void dictionaries_free(Dictionaries *dictionaries) {
    for (int32_t i = 0; i < DICTIONARY_COUNT; i++) {
        vector_unref(dictionaries->values[i]);
        dictionaries->values[i] = NULL;
    }
}
