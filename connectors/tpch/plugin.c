/*
 * The tpch connector: the tables of the TPC-H benchmark, generated while they are read.
 *
 * This is the module's one exported function and the table of what the connector does. It only
 * reads.
 */
#include "generator/sentence.h"
#include "tpch.h"

const WarrenHost *warren_host;

static const ConnectorApi tpch_api = {
    .size = sizeof(ConnectorApi),
    .name = "tpch",
    .config_properties = tpch_config_properties,
    .create = tpch_create,
    .free = tpch_free,
    .list_schemas = tpch_list_schemas,
    .list_tables = tpch_list_tables,
    .get_table = tpch_get_table,
    .get_statistics = tpch_get_statistics,
    .print_handle = tpch_print_handle,
    .apply_filter = tpch_apply_filter,
    .open_splits = tpch_open_splits,
    .next_splits = tpch_next_splits,
    .close_splits = tpch_close_splits,
    .open_source = tpch_open_source,
    .read_source = tpch_read_source,
    .close_source = tpch_close_source,
};

static const ConnectorApi *const connectors[] = {&tpch_api};

/* The host calls it once, before any other thread knows of the module. */
WARREN_EXPORT Status warren_plugin(int32_t version, const WarrenHost *host,
                                   WarrenPlugin *ret_plugin);

Status warren_plugin(int32_t version, const WarrenHost *host, WarrenPlugin *ret_plugin) {
    if (version != WARREN_INTERFACE_VERSION || host->size < sizeof(WarrenHost)) {
        return FAILED;
    }
    warren_host = host;
    random_init();
    sentence_init();
    *ret_plugin = (WarrenPlugin){
        .size = sizeof *ret_plugin,
        .connector_count = 1,
        .connectors = connectors,
    };
    return OK;
}
