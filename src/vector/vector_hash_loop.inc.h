/*
 * One loop of vector_hash.c: hashes of count values of type T, found at positions (NULL: 0 ..
 * count). Included with NAME, T and HASH(value) defined; undefines them.
 */
static void NAME(const void *restrict values, const int32_t *restrict positions, int32_t count,
                 uint64_t *restrict hashes) {
    const T *restrict data = values;
    if (positions == NULL) {
        for (int32_t i = 0; i < count; i++) {
            hashes[i] = HASH(data[i]);
        }
    } else {
        for (int32_t i = 0; i < count; i++) {
            hashes[i] = HASH(data[positions[i]]);
        }
    }
}

#undef NAME
#undef T
#undef HASH
