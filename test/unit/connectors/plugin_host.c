/*
 * The host's side of a plugin, as far as one test program needs it.
 */
#include "plugin_host.h"

#include <inttypes.h>
#include <stdlib.h>

static const WarrenHost host_table = {
    .size = sizeof(WarrenHost),
#define HOST_FUNCTION(result, name, parameters) .name = name,
#include "warren/host_functions.def"
#undef HOST_FUNCTION
};

Status warren_plugin(int32_t version, const WarrenHost *host, WarrenPlugin *ret_plugin);

Context context_start(void) {
    return (Context){.arena = arena_create(NULL), .error = {.code = NO_ERROR}};
}

void context_done(Context *cx) {
    arena_free(cx->arena);
}

const ConnectorApi *plugin_connector(void) {
    WarrenPlugin plugin = {.size = sizeof plugin};
    if (warren_plugin(WARREN_INTERFACE_VERSION, &host_table, &plugin) != OK ||
        plugin.connector_count != 1) {
        abort();
    }
    return plugin.connectors[0];
}

void *catalog_of(Context *cx, const ConnectorApi *api, const char *const *properties) {
    PropertyValue values[16];
    int32_t count = 0;
    for (; properties != NULL && properties[2 * count] != NULL; count++) {
        values[count] =
            (PropertyValue){.name = properties[2 * count], .text = properties[2 * count + 1]};
    }
    void *catalog;
    if (api->create(cx, "test", values, count, &catalog) != OK) {
        abort();
    }
    return catalog;
}

static Status read_split(Context *cx, const ConnectorApi *api, void *catalog, Handle table,
                         const Split *split, const int32_t *columns, int32_t column_count,
                         void (*receive)(void *closure, const Batch *batch), void *closure) {
    void *source;
    TRY(api->open_source(cx, catalog, NULL, table, split, columns, column_count, NULL, &source));
    Status status;
    for (;;) {
        Batch *batch;
        status = api->read_source(cx, source, &batch);
        if (status != OK || batch == NULL) {
            break;
        }
        receive(closure, batch);
        batch_free(batch);
    }
    api->close_source(source, NULL);
    return status;
}

Status read_table(Context *cx, const ConnectorApi *api, void *catalog, Handle table,
                  const int32_t *columns, int32_t column_count,
                  void (*receive)(void *closure, const Batch *batch), void *closure) {
    enum { SPLITS = 7 };
    void *splits;
    TRY(api->open_splits(cx, catalog, NULL, table, NULL, &splits));
    Status status = OK;
    bool finished = false;
    while (status == OK && !finished) {
        Split list[SPLITS];
        int32_t count;
        status = api->next_splits(cx, splits, SPLITS, list, &count, &finished);
        for (int32_t i = 0; i < count && status == OK; i++) {
            status = read_split(cx, api, catalog, table, &list[i], columns, column_count, receive,
                                closure);
        }
    }
    api->close_splits(splits);
    return status;
}

const char *value_text(Context *cx, const Vector *vector, int32_t row) {
    VectorView view = vector_view(vector);
    if (view_is_null(&view, row)) {
        return "NULL";
    }
    switch (vector->type->layout) {
    case LAYOUT_BYTE:
        return arena_printf(cx->arena, "%d", VIEW_VALUE(&view, int8_t, row));
    case LAYOUT_SHORT:
        return arena_printf(cx->arena, "%d", VIEW_VALUE(&view, int16_t, row));
    case LAYOUT_INT:
        if (vector->type->kind == TYPE_REAL) {
            return arena_printf(cx->arena, "%.9g", (double)VIEW_VALUE(&view, float, row));
        }
        return arena_printf(cx->arena, "%d", VIEW_VALUE(&view, int32_t, row));
    case LAYOUT_LONG:
        if (vector->type->kind == TYPE_DOUBLE) {
            return arena_printf(cx->arena, "%.17g", VIEW_VALUE(&view, double, row));
        }
        return arena_printf(cx->arena, "%" PRId64, VIEW_VALUE(&view, int64_t, row));
    case LAYOUT_STRING: {
        const StringView *text = &VIEW_VALUE(&view, StringView, row);
        return arena_strndup(cx->arena, string_data(text), text->length);
    }
    default:
        return "?";
    }
}
