/*
 * Transactions: which catalogs a query or a client's explicit transaction has touched, pinned, and
 * what their connectors made of it. At most one catalog is written.
 */
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "catalog/catalog_state.h"

Transaction *transaction_begin(CatalogManager *manager, bool auto_commit, bool read_only,
                               const char *isolation_level) {
    Transaction *transaction = calloc(1, sizeof *transaction);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) {
        abort();
    }
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40); /* RFC 9562: version 4 */
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    char *out = transaction->id;
    for (int i = 0; i < 16; i++) {
        out +=
            snprintf(out, 4, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
    }
    transaction->manager = manager;
    transaction->auto_commit = auto_commit;
    transaction->read_only = read_only;
    transaction->created_micros = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    snprintf(transaction->isolation, sizeof transaction->isolation, "%s", isolation_level);
    pthread_mutex_init(&transaction->lock, NULL);
    return transaction;
}

const char *transaction_id(const Transaction *transaction) {
    return transaction->id;
}

CatalogManager *transaction_manager(Transaction *transaction) {
    return transaction->manager;
}

/* The part of the named catalog, pinned on its first use; the lock is held. */
static TransactionPart *find_part(Transaction *transaction, const char *name) {
    for (int32_t i = 0; i < transaction->part_count; i++) {
        if (strcmp(transaction->parts[i].entry->catalog.name, name) == 0) {
            return &transaction->parts[i];
        }
    }
    CatalogEntry *entry = catalog_manager_pin(transaction->manager, name);
    if (entry == NULL) {
        return NULL;
    }
    if (transaction->part_count == transaction->part_capacity) {
        transaction->part_capacity = transaction->part_capacity * 2 + 4;
        transaction->parts = realloc(transaction->parts, sizeof *transaction->parts *
                                                             (size_t)transaction->part_capacity);
    }
    TransactionPart *part = &transaction->parts[transaction->part_count++];
    *part = (TransactionPart){.entry = entry};
    return part;
}

Catalog *transaction_catalog(Transaction *transaction, const char *name) {
    pthread_mutex_lock(&transaction->lock);
    TransactionPart *part = find_part(transaction, name);
    Catalog *catalog = part != NULL ? &part->entry->catalog : NULL;
    pthread_mutex_unlock(&transaction->lock);
    return catalog;
}

static Status check_write(Context *cx, Transaction *transaction, Catalog *catalog) {
    if (transaction->read_only) {
        return FAIL(cx, READ_ONLY_VIOLATION, "Cannot execute write in a read-only transaction");
    }
    if (transaction->written != NULL && transaction->written != catalog) {
        return FAIL(cx, MULTI_CATALOG_WRITE_CONFLICT,
                    "Multi-catalog writes not supported in a single transaction. Already wrote to "
                    "catalog %s",
                    transaction->written->name);
    }
    transaction->written = catalog;
    return OK;
}

Status transaction_handle(Context *cx, Transaction *transaction, Catalog *catalog, bool write,
                          void **ret_handle) {
    *ret_handle = catalog->is_internal ? transaction : NULL;
    Status status = OK;
    pthread_mutex_lock(&transaction->lock);
    if (write) {
        status = check_write(cx, transaction, catalog);
    }
    TransactionPart *part = find_part(transaction, catalog->name);
    if (status == OK && part != NULL && !catalog->is_internal && catalog->api->begin != NULL) {
        if (!part->begun) {
            status =
                catalog->api->begin(cx, catalog->connector, transaction->read_only, &part->handle);
            part->begun = status == OK;
        }
        *ret_handle = part->handle;
    }
    pthread_mutex_unlock(&transaction->lock);
    return status;
}

static void transaction_free(Transaction *transaction) {
    for (int32_t i = 0; i < transaction->part_count; i++) {
        catalog_entry_unpin(transaction->parts[i].entry);
    }
    free(transaction->parts);
    pthread_mutex_destroy(&transaction->lock);
    free(transaction);
}

Status transaction_commit(Context *cx, Transaction *transaction) {
    Status status = OK;
    for (int32_t i = 0; i < transaction->part_count; i++) {
        TransactionPart *part = &transaction->parts[i];
        const Catalog *catalog = &part->entry->catalog;
        if (!part->begun) {
            continue;
        }
        if (status == OK) {
            status = catalog->api->commit(cx, catalog->connector, part->handle);
        } else {
            catalog->api->rollback(catalog->connector, part->handle);
        }
    }
    transaction_free(transaction);
    return status;
}

void transaction_rollback(Transaction *transaction) {
    for (int32_t i = 0; i < transaction->part_count; i++) {
        TransactionPart *part = &transaction->parts[i];
        if (part->begun) {
            part->entry->catalog.api->rollback(part->entry->catalog.connector, part->handle);
        }
    }
    transaction_free(transaction);
}
