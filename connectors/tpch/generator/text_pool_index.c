/*
 * Writes the index of the text pool: text_pool_index FILE. Part of the build.
 *
 * It walks through all sentences once and keeps none of them, only where each lane begins.
 */
#include "generator/text_pool_index.h"

#include <stdint.h>
#include <stdio.h>

#include "generator/sentence.h"

typedef struct Sentence {
    uint32_t seed;  /* before its first step */
    int64_t offset; /* in the pool */
} Sentence;

static void write_index(FILE *file) {
    char scratch[2 * SENTENCE_OVERRUN];
    int64_t offset = 0;
    int32_t lane = 0;
    Sentence sentence = {0};
    Walk walk = {.seed = SENTENCE_SEED, .state = SENTENCE_BEGIN};
    while (lane < TEXT_LANE_COUNT) {
        if (walk.state == SENTENCE_BEGIN) {
            sentence = (Sentence){.seed = walk.seed, .offset = offset};
        }
        walk.out = scratch;
        sentence_step(&walk);
        offset += walk.out - scratch;
        while (lane < TEXT_LANE_COUNT && (int64_t)lane * TEXT_LANE_BYTES < offset) {
            int64_t skip = (int64_t)lane * TEXT_LANE_BYTES - sentence.offset;
            fprintf(file, "LANE(%uu, %d)\n", sentence.seed, (int)skip);
            lane++;
        }
    }
}

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: text_pool_index FILE\n");
        return 1;
    }
    sentence_init();
    fprintf(file, "/* Made by text_pool_index.c: where each lane of the text pool begins. */\n");
    write_index(file);
    return fclose(file) == 0 ? 0 : 1;
}
