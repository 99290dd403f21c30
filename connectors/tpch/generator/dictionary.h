/*
 * The columns of few values: their dictionaries, one vector each, made once per catalog and shared
 * by every batch.
 */
#pragma once

#include "warren/plugin.h"

typedef enum Dictionary {
    DICTIONARY_REGION,
    DICTIONARY_NATION,
    DICTIONARY_MARKET_SEGMENT,
    DICTIONARY_ORDER_STATUS,
    DICTIONARY_ORDER_PRIORITY,
    DICTIONARY_CLERK, /* of every scale up to 1 */
    DICTIONARY_RETURN_FLAG,
    DICTIONARY_LINE_STATUS,
    DICTIONARY_SHIP_INSTRUCTION,
    DICTIONARY_SHIP_MODE,
    DICTIONARY_MANUFACTURER,
    DICTIONARY_BRAND,
    DICTIONARY_PART_TYPE,
    DICTIONARY_CONTAINER,
    DICTIONARY_COUNT,
} Dictionary;

enum { CLERK_COUNT_MIN = 1000 };

typedef struct Dictionaries {
    Vector *values[DICTIONARY_COUNT]; /* FLAT varchar */
} Dictionaries;

void dictionaries_create(Dictionaries *dictionaries);
void dictionaries_free(Dictionaries *dictionaries);

static inline int32_t dictionary_count(const Dictionaries *dictionaries, Dictionary dictionary) {
    return dictionaries->values[dictionary]->length;
}
