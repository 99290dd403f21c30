/* The plugin's entry point, and the connector's table of functions. */
#include "memory.h"

const WarrenHost *warren_host;

const ConnectorApi memory_api = {
    .size = sizeof(ConnectorApi),
    .name = "memory",
    .config_properties = memory_config_properties,
    .create = memory_create,
    .free = memory_free,
    .begin = memory_begin,
    .commit = memory_commit,
    .rollback = memory_rollback,
    .list_schemas = memory_list_schemas,
    .list_tables = memory_list_tables,
    .get_table = memory_get_table,
    .get_statistics = memory_get_statistics,
    .print_handle = memory_print_handle,
    .create_schema = memory_create_schema,
    .drop_schema = memory_drop_schema,
    .rename_schema = memory_rename_schema,
    .create_table = memory_create_table,
    .drop_table = memory_drop_table,
    .rename_table = memory_rename_table,
    .truncate_table = memory_truncate_table,
    .set_table_comment = memory_set_table_comment,
    .set_column_comment = memory_set_column_comment,
    .add_column = memory_add_column,
    .rename_column = memory_rename_column,
    .drop_not_null = memory_drop_not_null,
    .create_view = memory_create_view,
    .drop_view = memory_drop_view,
    .rename_view = memory_rename_view,
    .set_view_comment = memory_set_view_comment,
    .set_view_column_comment = memory_set_view_column_comment,
    .open_splits = memory_open_splits,
    .next_splits = memory_next_splits,
    .close_splits = memory_close_splits,
    .open_source = memory_open_source,
    .read_source = memory_read_source,
    .close_source = memory_close_source,
    .begin_create = memory_begin_create,
    .begin_insert = memory_begin_insert,
    .begin_merge = memory_begin_merge,
    .open_sink = memory_open_sink,
    .append = memory_append,
    .merge = memory_merge,
    .finish_sink = memory_finish_sink,
    .abort_sink = memory_abort_sink,
    .finish_write = memory_finish_write,
    .abort_write = memory_abort_write,
    .get_row_id_column = memory_get_row_id_column,
};

WARREN_EXPORT Status warren_plugin(int32_t version, const WarrenHost *host,
                                   WarrenPlugin *ret_plugin);

WARREN_EXPORT Status warren_plugin(int32_t version, const WarrenHost *host,
                                   WarrenPlugin *ret_plugin) {
    static const ConnectorApi *const connectors[] = {&memory_api};
    if (version != WARREN_INTERFACE_VERSION || host->size < sizeof(WarrenHost)) {
        return FAILED;
    }
    warren_host = host;
    ret_plugin->connector_count = 1;
    ret_plugin->connectors = connectors;
    return OK;
}
