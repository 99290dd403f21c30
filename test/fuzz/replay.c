/*
 * Runs a fuzz target once over every file of its kept corpus, so that what a fuzzer once found
 * stays found under any compiler. Arguments are corpus folders; a folder without a file is a
 * failure, since it would test nothing.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path) {
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode))
        return 0;
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc((size_t)status.st_size + 1);
    if (!file || !data) {
        perror(path);
        exit(1);
    }
    size_t size = fread(data, 1, (size_t)status.st_size, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

int main(int argument_count, char **arguments) {
    int file_count = 0;
    for (int i = 1; i < argument_count; i++) {
        DIR *folder = opendir(arguments[i]);
        if (!folder) {
            perror(arguments[i]);
            return 1;
        }
        for (struct dirent *entry; (entry = readdir(folder));) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", arguments[i], entry->d_name);
            file_count += replay_file(path);
        }
        closedir(folder);
    }
    printf("%d inputs replayed\n", file_count);
    return file_count > 0 ? 0 : 1;
}
