/*
 * Arenas: bump allocation out of blocks that double up to a cap. The arena itself lies at the head
 * of its first block, so a small arena is one malloc. Allocations too big for the next block get a
 * block of their own, and what is left of the current block stays in use. Under the address
 * sanitizer every byte not handed out is poisoned and allocations are kept apart, so an overrun
 * inside an arena is found like one on the heap.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "warren/memory.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define POISON(memory, size) ASAN_POISON_MEMORY_REGION((memory), (size))
#define UNPOISON(memory, size) ASAN_UNPOISON_MEMORY_REGION((memory), (size))
enum { GAP = 16 };
#else
#define POISON(memory, size) ((void)0)
#define UNPOISON(memory, size) ((void)0)
enum { GAP = 0 };
#endif

enum { ALIGNMENT = 16, FIRST_BLOCK = 2048, BLOCK_MAX = 512 * 1024 };

typedef struct Block {
    struct Block *next;
    size_t size; /* of the whole malloc */
} Block;

typedef struct Cleanup {
    struct Cleanup *next;
    void (*call)(void *);
    void *argument;
} Cleanup;

struct Arena {
    Arena *parent;
    Arena *first_child, *next_sibling, *previous_sibling;
    Block *blocks; /* newest first; the first block ever is last */
    Cleanup *cleanups;
    char *position, *limit; /* free part of the current block */
    size_t next_block;      /* size of the next ordinary block */
    size_t bytes;
};

static size_t round_up(size_t size) {
    return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

static void block_free(Block *block) {
    UNPOISON(block, block->size);
    free(block);
}

Arena *arena_create(Arena *parent) {
    Block *block = allocate(FIRST_BLOCK);
    *block = (Block){.size = FIRST_BLOCK};
    Arena *arena = (Arena *)((char *)block + round_up(sizeof(Block)));
    *arena = (Arena){
        .parent = parent, .blocks = block, .next_block = 2 * FIRST_BLOCK, .bytes = FIRST_BLOCK};
    arena->position = (char *)arena + round_up(sizeof(Arena));
    arena->limit = (char *)block + FIRST_BLOCK;
    POISON(arena->position, (size_t)(arena->limit - arena->position));
    if (parent != NULL) {
        arena->next_sibling = parent->first_child;
        if (parent->first_child != NULL) {
            parent->first_child->previous_sibling = arena;
        }
        parent->first_child = arena;
    }
    return arena;
}

static void unlink_from_parent(Arena *arena) {
    if (arena->parent == NULL) {
        return;
    }
    if (arena->previous_sibling != NULL) {
        arena->previous_sibling->next_sibling = arena->next_sibling;
    } else {
        arena->parent->first_child = arena->next_sibling;
    }
    if (arena->next_sibling != NULL) {
        arena->next_sibling->previous_sibling = arena->previous_sibling;
    }
}

/*
 * Children, then cleanups (latest first), then every block but the first, which holds the arena
 * itself.
 */
static void release_contents(Arena *arena) {
    while (arena->first_child != NULL) {
        arena_free(arena->first_child);
    }
    while (arena->cleanups != NULL) {
        Cleanup *cleanup = arena->cleanups;
        arena->cleanups = cleanup->next;
        cleanup->call(cleanup->argument);
    }
    while (arena->blocks->next != NULL) {
        Block *block = arena->blocks;
        arena->blocks = block->next;
        block_free(block);
    }
}

void arena_free(Arena *arena) {
    if (arena == NULL) {
        return;
    }
    release_contents(arena);
    unlink_from_parent(arena);
    block_free(arena->blocks);
}

void arena_reset(Arena *arena) {
    release_contents(arena);
    arena->position = (char *)arena + round_up(sizeof(Arena));
    arena->limit = (char *)arena->blocks + arena->blocks->size;
    arena->bytes = arena->blocks->size;
    arena->next_block = 2 * FIRST_BLOCK;
    POISON(arena->position, (size_t)(arena->limit - arena->position));
}

static void *allocate_in_new_block(Arena *arena, size_t size, size_t rounded) {
    size_t header = round_up(sizeof(Block));
    bool own = rounded > arena->next_block / 2;
    size_t block_size = own ? header + rounded : arena->next_block;
    Block *block = allocate(block_size);
    *block = (Block){.next = arena->blocks, .size = block_size};
    arena->blocks = block;
    arena->bytes += block_size;
    char *memory = (char *)block + header;
    POISON(memory, block_size - header);
    UNPOISON(memory, size);
    if (!own) {
        arena->position = memory + rounded;
        arena->limit = (char *)block + block_size;
        arena->next_block = block_size * 2 < BLOCK_MAX ? block_size * 2 : BLOCK_MAX;
    }
    return memory;
}

void *arena_alloc(Arena *arena, size_t size) {
    size_t rounded = round_up(size + GAP);
    assert(rounded >= size);
    if (rounded <= (size_t)(arena->limit - arena->position)) {
        void *memory = arena->position;
        arena->position += rounded;
        UNPOISON(memory, size);
        return memory;
    }
    return allocate_in_new_block(arena, size, rounded);
}

void *arena_zalloc(Arena *arena, size_t size) {
    return memset(arena_alloc(arena, size), 0, size);
}

void *arena_copy(Arena *arena, const void *bytes, size_t size) {
    void *copy = arena_alloc(arena, size);
    if (size > 0) {
        memcpy(copy, bytes, size);
    }
    return copy;
}

char *arena_strdup(Arena *arena, const char *text) {
    return text == NULL ? NULL : arena_copy(arena, text, strlen(text) + 1);
}

char *arena_strndup(Arena *arena, const char *text, size_t size) {
    char *copy = arena_alloc(arena, size + 1);
    if (size > 0) {
        memcpy(copy, text, size);
    }
    copy[size] = '\0';
    return copy;
}

char *arena_vprintf(Arena *arena, const char *format, va_list arguments) {
    char small[256];
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(small, sizeof small, format, arguments);
    assert(length >= 0);
    char *text = arena_alloc(arena, (size_t)length + 1);
    if ((size_t)length < sizeof small) {
        memcpy(text, small, (size_t)length + 1);
    } else {
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    return text;
}

char *arena_printf(Arena *arena, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *text = arena_vprintf(arena, format, arguments);
    va_end(arguments);
    return text;
}

void arena_on_free(Arena *arena, void (*cleanup)(void *), void *argument) {
    Cleanup *entry = arena_alloc(arena, sizeof *entry);
    *entry = (Cleanup){.next = arena->cleanups, .call = cleanup, .argument = argument};
    arena->cleanups = entry;
}

size_t arena_bytes(const Arena *arena) {
    return arena->bytes;
}
