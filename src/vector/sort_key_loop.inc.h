/*
 * One loop of sort_key.c: values of type T into keys. STORE(out, value, invert) writes the ordered
 * bytes. Included with NAME, T and STORE defined; undefines them.
 */
static void NAME(const KeyInput *input, uint8_t *restrict keys) {
    const T *restrict data = input->view.data;
    uint64_t invert = input->descending ? ~(uint64_t)0 : 0;
    for (int32_t i = 0; i < input->count; i++, keys += input->stride) {
        int32_t position = key_position(input, i);
        const T value = data[position];
        keys[0] = input->present_byte;
        STORE(keys + 1, value, invert);
    }
}

#undef NAME
#undef T
#undef STORE
