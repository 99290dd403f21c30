/*
 * The blackhole connector: tables that swallow what is written and read as pages of one value, for
 * tests and measurements.
 *
 * This is the module's one exported function and the table of what the connector does.
 */
#include "blackhole.h"

const WarrenHost *warren_host;

static const ConnectorApi blackhole_api = {
    .size = sizeof(ConnectorApi),
    .name = "blackhole",
    .config_properties = blackhole_config_properties,
    .table_properties = blackhole_table_properties,
    .create = blackhole_create,
    .free = blackhole_free,
    .list_schemas = blackhole_list_schemas,
    .list_tables = blackhole_list_tables,
    .get_table = blackhole_get_table,
    .get_statistics = blackhole_get_statistics,
    .print_handle = blackhole_print_handle,
    .create_schema = blackhole_create_schema,
    .create_table = blackhole_create_table,
    .drop_table = blackhole_drop_table,
    .rename_table = blackhole_rename_table,
    .truncate_table = blackhole_truncate_table,
    .add_column = blackhole_add_column,
    .drop_column = blackhole_drop_column,
    .rename_column = blackhole_rename_column,
    .set_column_type = blackhole_set_column_type,
    .create_view = blackhole_create_view,
    .drop_view = blackhole_drop_view,
    .open_splits = blackhole_open_splits,
    .next_splits = blackhole_next_splits,
    .close_splits = blackhole_close_splits,
    .blocking_sources = true, /* page_processing_delay */
    .open_source = blackhole_open_source,
    .read_source = blackhole_read_source,
    .close_source = blackhole_close_source,
    .begin_create = blackhole_begin_create,
    .begin_insert = blackhole_begin_insert,
    .begin_merge = blackhole_begin_merge,
    .open_sink = blackhole_open_sink,
    .append = blackhole_append,
    .merge = blackhole_merge,
    .finish_sink = blackhole_finish_sink,
    .abort_sink = blackhole_abort_sink,
    .finish_write = blackhole_finish_write,
    .abort_write = blackhole_abort_write,
    .get_row_id_column = blackhole_get_row_id_column,
};

static const ConnectorApi *const connectors[] = {&blackhole_api};

/* The host calls it once, before any other thread knows of the module. */
WARREN_EXPORT Status warren_plugin(int32_t version, const WarrenHost *host,
                                   WarrenPlugin *ret_plugin);

Status warren_plugin(int32_t version, const WarrenHost *host, WarrenPlugin *ret_plugin) {
    if (version != WARREN_INTERFACE_VERSION || host->size < sizeof(WarrenHost)) {
        return FAILED;
    }
    warren_host = host;
    *ret_plugin = (WarrenPlugin){
        .size = sizeof *ret_plugin,
        .connector_count = 1,
        .connectors = connectors,
    };
    return OK;
}
