/*
 * Table handles. They hold types as codes, because a handle's pointers would mean nothing on
 * another node; only types whose values can be made have a way back from the code.
 */
#include <stddef.h>

#include "blackhole.h"

static int32_t add_text(char *texts, int32_t *size, const char *text) {
    int32_t offset = *size;
    size_t length = strlen(text) + 1;
    if (texts != NULL) {
        memcpy(texts + offset, text, length);
    }
    *size += (int32_t)length;
    return offset;
}

/* Fills in the handle when there is one; gives the size of its texts. */
static int32_t fill_handle(const BlackholeTable *table, TableHandle *handle, char *texts) {
    int32_t size = 0;
    int32_t schema_offset = add_text(texts, &size, table->schema);
    int32_t name_offset = add_text(texts, &size, table->name);
    for (int32_t i = 0; i < table->column_count; i++) {
        const Type *type = table->columns[i].type;
        int32_t type_offset = add_text(texts, &size, type->name);
        if (handle != NULL) {
            handle->columns[i] = (ColumnCode){(int32_t)type->kind, type->precision, type->scale,
                                              type->length, type_offset};
        }
    }
    if (handle != NULL) {
        handle->id = table->id;
        handle->properties = table->properties;
        handle->schema_offset = schema_offset;
        handle->name_offset = name_offset;
        handle->column_count = table->column_count;
    }
    return size;
}

Handle table_handle_create(Arena *arena, const BlackholeTable *table) {
    size_t fixed =
        offsetof(TableHandle, columns) + (size_t)table->column_count * sizeof(ColumnCode);
    size_t size = fixed + (size_t)fill_handle(table, NULL, NULL);
    TableHandle *handle = arena_zalloc(arena, size > sizeof *handle ? size : sizeof *handle);
    fill_handle(table, handle, (char *)handle + fixed);
    return (Handle){.data = handle, .size = (int64_t)size};
}

const TableHandle *table_handle_open(Arena *arena, Handle handle) {
    return arena_copy(arena, handle.data, (size_t)handle.size);
}

const char *table_handle_text(const TableHandle *handle, int32_t offset) {
    return (const char *)&handle->columns[handle->column_count] + offset;
}

Status column_type(Context *cx, const TableHandle *handle, int32_t column, const Type **ret_type) {
    const ColumnCode *code = &handle->columns[column];
    switch (code->kind) {
    case TYPE_BOOLEAN:
    case TYPE_TINYINT:
    case TYPE_SMALLINT:
    case TYPE_INTEGER:
    case TYPE_BIGINT:
    case TYPE_REAL:
    case TYPE_DOUBLE:
    case TYPE_DATE:
    case TYPE_VARBINARY:
        *ret_type = type_simple((TypeKind)code->kind);
        return OK;
    case TYPE_DECIMAL:
        *ret_type = type_decimal(code->precision, code->scale);
        return OK;
    case TYPE_VARCHAR:
        *ret_type = type_varchar(code->length);
        return OK;
    case TYPE_TIMESTAMP:
        if (code->precision > 6) {
            return FAIL(cx, GENERIC_INTERNAL_ERROR,
                        "Unknown javaType: io.trino.spi.type.LongTimestamp");
        }
        *ret_type = type_timestamp(code->precision, false);
        return OK;
    default:
        return FAIL(cx, GENERIC_INTERNAL_ERROR, "Unsupported type [%s]",
                    table_handle_text(handle, code->name_offset));
    }
}
