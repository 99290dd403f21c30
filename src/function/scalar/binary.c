/*
 * Digests, checksums and message authentication codes of varbinary values. OpenSSL computes the
 * digests, zlib the CRC, xxHash its own; results are in the byte order that Trino returns.
 */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <xxhash.h>
#include <zlib.h>

#include "function/scalar/arguments.h"
#include "function/scalar/hash_functions.h"

typedef const EVP_MD *(*DigestAlgorithm)(void);
static const DigestAlgorithm md5_algorithm = EVP_md5, sha1_algorithm = EVP_sha1,
                             sha256_algorithm = EVP_sha256, sha512_algorithm = EVP_sha512;

static const EVP_MD *algorithm_of(const KernelCall *call) {
    return (*(const DigestAlgorithm *)call->function->scalar->data)();
}

static Status digest(KernelCall *call) {
    const EVP_MD *algorithm = algorithm_of(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        unsigned char bytes[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        if (EVP_Digest(string_data(view), view->length, bytes, &size, algorithm, NULL) != 1) {
            kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "the digest is not available");
            continue;
        }
        return_string(call, row, (const char *)bytes, size);
    }
    return OK;
}

static Status hmac(KernelCall *call) {
    const EVP_MD *algorithm = algorithm_of(call);
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row),
                         *key = string_argument(call, 1, row);
        unsigned char bytes[EVP_MAX_MD_SIZE];
        unsigned size = 0;
        if (HMAC(algorithm, string_data(key), (int)key->length,
                 (const unsigned char *)string_data(view), view->length, bytes, &size) == NULL) {
            kernel_fail(call, row, GENERIC_INTERNAL_ERROR, "the digest is not available");
            continue;
        }
        return_string(call, row, (const char *)bytes, size);
    }
    return OK;
}

static void return_big_endian(KernelCall *call, int32_t row, uint64_t value, size_t size) {
    char bytes[8];
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)(value >> (8 * (size - 1 - i)));
    }
    return_string(call, row, bytes, size);
}

static Status crc_32(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        KERNEL_RESULT(call, int64_t)
        [row] = (int64_t)crc32(0, (const Bytef *)string_data(view), view->length);
    }
    return OK;
}

static Status xxhash_64(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        return_big_endian(call, row, XXH64(string_data(view), view->length, 0), 8);
    }
    return OK;
}

static Status murmur_3(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        uint64_t hash[2];
        murmur3_128(string_data(view), view->length, hash);
        return_string(call, row, (const char *)hash, sizeof hash);
    }
    return OK;
}

static Status spooky_32(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        return_big_endian(call, row, (uint32_t)spooky_hash_v2(string_data(view), view->length), 4);
    }
    return OK;
}

static Status spooky_64(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        return_big_endian(call, row, spooky_hash_v2(string_data(view), view->length), 8);
    }
    return OK;
}

#define B "(varbinary) -> varbinary"
#define B2 "(varbinary, varbinary) -> varbinary"

const ScalarFunction binary_functions[] = {
    {"md5", B, digest, 0, "Compute md5 hash", NULL, &md5_algorithm},
    {"sha1", B, digest, 0, "Compute sha1 hash", NULL, &sha1_algorithm},
    {"sha256", B, digest, 0, "Compute sha256 hash", NULL, &sha256_algorithm},
    {"sha512", B, digest, 0, "Compute sha512 hash", NULL, &sha512_algorithm},
    {"hmac_md5", B2, hmac, 0, "Compute HMAC with MD5", NULL, &md5_algorithm},
    {"hmac_sha1", B2, hmac, 0, "Compute HMAC with SHA1", NULL, &sha1_algorithm},
    {"hmac_sha256", B2, hmac, 0, "Compute HMAC with SHA256", NULL, &sha256_algorithm},
    {"hmac_sha512", B2, hmac, 0, "Compute HMAC with SHA512", NULL, &sha512_algorithm},
    {"crc32", "(varbinary) -> bigint", crc_32, 0, "Compute CRC-32"},
    {"xxhash64", B, xxhash_64, 0, "Compute xxhash64 hash"},
    {"murmur3", B, murmur_3, 0, "Compute murmur3 hash"},
    {"spooky_hash_v2_32", B, spooky_32, 0, "Compute SpookyHashV2 32-bit hash"},
    {"spooky_hash_v2_64", B, spooky_64, 0, "Compute SpookyHashV2 64-bit hash"},
    {NULL},
};
