/*
 * Zone keys and offsets. Keys: 0 is UTC, 1 .. 1681 are offsets, regions follow at 2048 in the order
 * of zones.def. A region's transitions are read from ICU once, into an array that ends with the 400
 * years of the Gregorian cycle before 2500; later instants are mapped into that cycle, since rules
 * repeat exactly after it.
 */
#include "base/timezone.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>

#include "base/allocate.h"

enum { OFFSET_KEY_OF_ZERO = 841 };

#define CYCLE_SECONDS 12622780800LL /* 400 years */
#define TABLE_END 16725225600LL     /* 2500-01-01 */
#define TABLE_START (-6000000000LL) /* 1779, before any transition */

static const char *const regions[] = {
#define ZONE(name) name,
#include "base/zones.def"
#undef ZONE
};

enum { REGION_COUNT = sizeof regions / sizeof *regions };

static_assert(TIMEZONE_REGION_FIRST + REGION_COUNT <= TIMEZONE_KEY_COUNT, "keys have 12 bits");

/*
 * offsets[0] holds before instants[0], offsets[i + 1] from instants[i] on; locals[i]: from which
 * local time on it is read.
 */
typedef struct Transitions {
    int32_t count;
    int64_t *instants, *locals;
    int32_t *offsets;
} Transitions;

static const Transitions *_Atomic region_transitions[REGION_COUNT];
static pthread_mutex_t load_lock = PTHREAD_MUTEX_INITIALIZER;

/* ---- names ---- */

static char offset_names[2 * TIMEZONE_OFFSET_MINUTES_MAX + 1][8];
static pthread_once_t offset_names_once = PTHREAD_ONCE_INIT;

static void print_offset_names(void) {
    for (int32_t minutes = -TIMEZONE_OFFSET_MINUTES_MAX; minutes <= TIMEZONE_OFFSET_MINUTES_MAX;
         minutes++) {
        int32_t magnitude = abs(minutes);
        snprintf(offset_names[minutes + TIMEZONE_OFFSET_MINUTES_MAX], sizeof *offset_names,
                 "%c%02d:%02d", minutes < 0 ? '-' : '+', magnitude / 60 % 100, magnitude % 60);
    }
}

static bool is_offset_key(uint16_t key) {
    return key >= 1 && key <= 2 * TIMEZONE_OFFSET_MINUTES_MAX + 1;
}

const char *timezone_name(uint16_t key) {
    if (key == TIMEZONE_UTC) {
        return "UTC";
    }
    if (is_offset_key(key)) {
        pthread_once(&offset_names_once, print_offset_names);
        return offset_names[key - 1];
    }
    int32_t region = key - TIMEZONE_REGION_FIRST;
    return region >= 0 && region < REGION_COUNT ? regions[region] : NULL;
}

bool timezone_of_offset(int32_t minutes, uint16_t *ret_key) {
    if (minutes < -TIMEZONE_OFFSET_MINUTES_MAX || minutes > TIMEZONE_OFFSET_MINUTES_MAX) {
        return false;
    }
    *ret_key = minutes == 0 ? TIMEZONE_UTC : (uint16_t)(OFFSET_KEY_OF_ZERO + minutes);
    return true;
}

/* ---- transitions ---- */

static int32_t offset_of(UCalendar *calendar, double millis, UErrorCode *status) {
    ucal_setMillis(calendar, millis, status);
    return (ucal_get(calendar, UCAL_ZONE_OFFSET, status) +
            ucal_get(calendar, UCAL_DST_OFFSET, status)) /
           1000;
}

static void add_transition(Transitions *table, int32_t *capacity, int64_t instant, int32_t offset) {
    int32_t before = table->offsets[table->count];
    if (before == offset) {
        return;
    }
    if (table->count + 1 == *capacity) {
        size_t doubled = (size_t)*capacity * 2;
        table->instants = reallocate(table->instants, doubled * sizeof *table->instants);
        table->locals = reallocate(table->locals, doubled * sizeof *table->locals);
        table->offsets = reallocate(table->offsets, doubled * sizeof *table->offsets);
        *capacity = (int32_t)doubled;
    }
    table->instants[table->count] = instant;
    table->locals[table->count] = instant + (before > offset ? before : offset);
    table->offsets[++table->count] = offset;
}

/* A region that ICU does not know is taken as UTC; the build's own test looks at every region. */
static Transitions *load_transitions(const char *name) {
    UErrorCode status = U_ZERO_ERROR;
    UChar id[64];
    int32_t length = 0, capacity = 64;
    for (; name[length] != '\0' && length < 63; length++) {
        id[length] = (UChar)name[length];
    }
    Transitions *table = allocate_zeroed(sizeof *table);
    table->instants = allocate((size_t)capacity * sizeof *table->instants);
    table->locals = allocate((size_t)capacity * sizeof *table->locals);
    table->offsets = allocate((size_t)capacity * sizeof *table->offsets);
    UCalendar *calendar = ucal_open(id, length, "en", UCAL_GREGORIAN, &status);
    table->offsets[0] =
        U_SUCCESS(status) ? offset_of(calendar, (double)TABLE_START * 1000, &status) : 0;
    double millis = (double)TABLE_START * 1000;
    while (U_SUCCESS(status)) {
        ucal_setMillis(calendar, millis, &status);
        UDate next;
        if (!ucal_getTimeZoneTransitionDate(calendar, UCAL_TZ_TRANSITION_NEXT, &next, &status) ||
            next >= (double)TABLE_END * 1000) {
            break;
        }
        add_transition(table, &capacity, (int64_t)(next / 1000),
                       offset_of(calendar, next, &status));
        millis = next;
    }
    ucal_close(calendar);
    return table;
}

static const Transitions *transitions_of(uint16_t key) {
    int32_t region = key - TIMEZONE_REGION_FIRST;
    assert(region >= 0 && region < REGION_COUNT);
    const Transitions *table =
        atomic_load_explicit(&region_transitions[region], memory_order_acquire);
    if (table == NULL) {
        pthread_mutex_lock(&load_lock);
        table = atomic_load(&region_transitions[region]);
        if (table == NULL) {
            table = load_transitions(regions[region]);
            atomic_store_explicit(&region_transitions[region], table, memory_order_release);
        }
        pthread_mutex_unlock(&load_lock);
    }
    return table;
}

/* How many of the sorted values are <= value. */
static int32_t count_up_to(const int64_t *sorted, int32_t count, int64_t value) {
    int32_t low = 0, high = count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        if (sorted[middle] <= value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int64_t within_table(int64_t seconds) {
    if (seconds < TABLE_END - 86400) {
        return seconds;
    }
    int64_t cycles = (seconds - (TABLE_END - 86400)) / CYCLE_SECONDS + 1;
    return seconds - cycles * CYCLE_SECONDS;
}

static int32_t fixed_offset(uint16_t key) {
    return key == TIMEZONE_UTC ? 0 : (key - OFFSET_KEY_OF_ZERO) * 60;
}

int32_t timezone_offset_at(uint16_t key, int64_t utc_seconds) {
    if (key < TIMEZONE_REGION_FIRST) {
        return fixed_offset(key);
    }
    const Transitions *table = transitions_of(key);
    return table->offsets[count_up_to(table->instants, table->count, within_table(utc_seconds))];
}

int32_t timezone_offset_at_local(uint16_t key, int64_t local_seconds) {
    if (key < TIMEZONE_REGION_FIRST) {
        return fixed_offset(key);
    }
    const Transitions *table = transitions_of(key);
    return table->offsets[count_up_to(table->locals, table->count, within_table(local_seconds))];
}

bool timezone_is_gap(uint16_t key, int64_t local_seconds) {
    if (key < TIMEZONE_REGION_FIRST) {
        return false;
    }
    const Transitions *table = transitions_of(key);
    int64_t local = within_table(local_seconds);
    int32_t i = count_up_to(table->locals, table->count, local);
    return i < table->count && local >= table->instants[i] + table->offsets[i];
}
