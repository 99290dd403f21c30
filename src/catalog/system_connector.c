/*
 * The built-in connectors: `system`, and every catalog's information_schema.
 *
 * Both list the tables of system_tables.def. A scan has one split; its rows are made when it is
 * opened. The connectors' transaction is the engine's own, through which they read other catalogs.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "base/timezone.h"
#include "catalog/system_rows.h"
#include "type/type_parse.h"

typedef struct SystemTable {
    const char *schema, *name, *columns;
} SystemTable;

static const SystemTable system_tables[] = {
#define SYSTEM_TABLE(schema, name, columns) {#schema, #name, columns},
#include "catalog/system_tables.def"
#undef SYSTEM_TABLE
};

enum { SYSTEM_TABLES = sizeof system_tables / sizeof system_tables[0] };

static const char INFORMATION_SCHEMA[] = "information_schema";

/* ---- metadata ---- */

static Status list_schemas(Context *cx, void *connector, StringList *ret_schemas) {
    static const char *const schemas[] = {"information_schema", "jdbc", "metadata", "runtime"};
    *ret_schemas = (StringList){.count = 4, .items = schemas};
    return OK;
}

static Status list_tables(Context *cx, void *connector, const char *schema, TableName **ret_tables,
                          int32_t *ret_count) {
    TableName *names = arena_new_array(cx->arena, TableName, SYSTEM_TABLES);
    int32_t count = 0;
    for (int32_t i = 0; i < SYSTEM_TABLES; i++) {
        if (strcmp(system_tables[i].schema, schema) == 0) {
            names[count++] =
                (TableName){system_tables[i].schema, system_tables[i].name, TABLE_KIND_TABLE};
        }
    }
    *ret_tables = names;
    *ret_count = count;
    return OK;
}

/* "name type, name type": a comma inside parentheses is the type's. */
static Status parse_columns(Context *cx, const char *text, ConnectorColumn **ret_columns,
                            int32_t *ret_count) {
    ConnectorColumn *columns = arena_new_array(cx->arena, ConnectorColumn, 32);
    int32_t count = 0;
    while (*text != '\0') {
        size_t name_size = strcspn(text, " "), size = name_size;
        for (int depth = 0; text[size] != '\0' && (depth > 0 || text[size] != ','); size++) {
            depth += (text[size] == '(') - (text[size] == ')');
        }
        columns[count].name = arena_strndup(cx->arena, text, name_size);
        TRY(type_parse(cx, arena_strndup(cx->arena, text + name_size + 1, size - name_size - 1),
                       &columns[count].type));
        count++;
        text += size + strspn(text + size, ", ");
    }
    *ret_columns = columns;
    *ret_count = count;
    return OK;
}

static Status get_table(Context *cx, void *connector, const char *schema, const char *name,
                        ConnectorTable **ret_table) {
    *ret_table = NULL;
    for (int32_t i = 0; i < SYSTEM_TABLES; i++) {
        if (strcmp(system_tables[i].schema, schema) != 0 ||
            strcmp(system_tables[i].name, name) != 0) {
            continue;
        }
        ConnectorColumn *columns;
        int32_t count;
        TRY(parse_columns(cx, system_tables[i].columns, &columns, &count));
        ConnectorTable *table = arena_new(cx->arena, ConnectorTable);
        *table = (ConnectorTable){.schema = system_tables[i].schema,
                                  .name = system_tables[i].name,
                                  .handle = {arena_copy(cx->arena, &i, sizeof i), sizeof i},
                                  .column_count = count,
                                  .columns = columns};
        *ret_table = table;
    }
    return OK;
}

static Status print_handle(Context *cx, void *connector, Handle table, const char **ret_text) {
    const SystemTable *described = &system_tables[*(const int32_t *)table.data];
    *ret_text =
        arena_printf(cx->arena, "%s:%s.%s",
                     connector != NULL ? ((CatalogEntry *)connector)->catalog.name : "system",
                     described->schema, described->name);
    return OK;
}

/* ---- splits: one ---- */

static Status open_splits(Context *cx, void *connector, void *transaction, Handle table,
                          const DynamicFilter *filter, void **ret_splits) {
    *ret_splits = allocate_zeroed(1);
    return OK;
}

static Status next_splits(Context *cx, void *splits, int32_t limit, Split *ret_splits,
                          int32_t *ret_count, bool *ret_finished) {
    ret_splits[0] = (Split){.weight = 100};
    *ret_count = 1;
    *ret_finished = true;
    return OK;
}

static void close_splits(void *splits) {
    free(splits);
}

/* ---- cells to vectors ---- */

void row_add(RowBuffer *rows, const char *cell) {
    if (rows->cell_count == rows->cell_capacity) {
        int32_t capacity = rows->cell_capacity * 2 + 256;
        const char **cells = arena_alloc(rows->cx->arena, sizeof *cells * (size_t)capacity);
        if (rows->cell_count > 0) {
            memcpy(cells, rows->cells, sizeof *cells * (size_t)rows->cell_count);
        }
        rows->cells = cells;
        rows->cell_capacity = capacity;
    }
    rows->cells[rows->cell_count++] = cell;
}

void row_add_number(RowBuffer *rows, int64_t number) {
    row_add(rows, arena_printf(rows->cx->arena, "%lld", (long long)number));
}

/* "YYYY-MM-DD HH:MM:SS.mmm UTC" as milliseconds since the epoch. */
static int64_t parse_time(const char *text) {
    int year, month, day, hour, minute, second, millis;
    if (sscanf(text, "%d-%d-%d %d:%d:%d.%d", &year, &month, &day, &hour, &minute, &second,
               &millis) != 7) {
        return 0;
    }
    int shifted_year = year - (month <= 2), shifted_month = (month + 9) % 12;
    int64_t era_year = shifted_year;
    int64_t days = 365 * era_year + era_year / 4 - era_year / 100 + era_year / 400 +
                   (153 * shifted_month + 2) / 5 + day - 1 -
                   719468; /* days from civil, H. Hinnant */
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + millis;
}

static void put_cell(Vector *vector, int32_t row, const char *cell) {
    if (cell == NULL) {
        vector_set_null(vector, row);
        return;
    }
    switch (vector->type->kind) {
    case TYPE_BIGINT:
        VECTOR_DATA(vector, int64_t)[row] = strtoll(cell, NULL, 10);
        break;
    case TYPE_DOUBLE:
        VECTOR_DATA(vector, double)[row] = strtod(cell, NULL);
        break;
    case TYPE_BOOLEAN:
        VECTOR_DATA(vector, uint8_t)[row] = strcmp(cell, "true") == 0;
        break;
    case TYPE_TIMESTAMP_TZ:
        if (vector->type->layout == LAYOUT_LONG) {
            VECTOR_DATA(vector, int64_t)[row] = parse_time(cell) << 12 | TIMEZONE_UTC;
        } else {
            VECTOR_DATA(vector, TimestampTz12)
            [row] = (TimestampTz12){.packed = parse_time(cell) << 12 | TIMEZONE_UTC};
        }
        break;
    case TYPE_ARRAY: { /* of one text: the resource group */
        Vector *elements = vector->children[0];
        VECTOR_DATA(vector, ListEntry)[row] = (ListEntry){elements->length, 1};
        vector_resize(elements, elements->length + 1);
        vector_set_string(elements, elements->length - 1, cell, strlen(cell));
        break;
    }
    case TYPE_VARCHAR:
        vector_set_string(vector, row, cell, strlen(cell));
        break;
    default:
        vector_set_null(vector, row);
        break;
    }
}

/* ---- the source ---- */

typedef struct SystemSource {
    Arena *arena;
    RowBuffer rows;
    int32_t next_row, row_count;
    const ConnectorColumn *columns;
    int32_t column_count;
    int32_t *selected;
} SystemSource;

static Status provider_rows(RowBuffer *rows, const char *table) {
    const SystemTableProvider *provider =
        catalog_system_table(transaction_manager(rows->transaction), table);
    const char **cells;
    int32_t count = 0;
    if (provider == NULL) {
        return OK;
    }
    TRY(provider->rows(rows->cx, provider->closure, rows->column_count, &cells, &count));
    for (int32_t i = 0; i < count * rows->column_count; i++) {
        row_add(rows, cells[i]);
    }
    return OK;
}

static Status produce_rows(RowBuffer *rows, const SystemTable *table, Catalog *catalog) {
    if (strcmp(table->schema, "runtime") == 0) {
        return provider_rows(rows, table->name);
    }
    RowProducer *producer = strcmp(table->schema, INFORMATION_SCHEMA) == 0
                                ? information_schema_rows(table->name)
                            : strcmp(table->schema, "jdbc") == 0 ? jdbc_rows(table->name)
                                                                 : metadata_rows(table->name);
    return producer != NULL ? producer(rows, catalog) : OK;
}

static void close_source(void *opaque, SourceStatistics *statistics) {
    SystemSource *source = opaque;
    arena_free(source->arena);
    free(source);
}

static Status open_source(Context *cx, void *connector, void *transaction, Handle table,
                          const Split *split, const int32_t *columns, int32_t column_count,
                          const DynamicFilter *filter, void **ret_source) {
    const SystemTable *described = &system_tables[*(const int32_t *)table.data];
    SystemSource *source = allocate_zeroed(sizeof *source);
    source->arena = arena_create(NULL);
    Context reading = {.arena = source->arena,
                       .pool = cx->pool,
                       .session = cx->session,
                       .cancelled = cx->cancelled};
    int32_t table_columns = 0;
    ConnectorColumn *described_columns = NULL;
    Status status = parse_columns(&reading, described->columns, &described_columns, &table_columns);
    source->columns = described_columns;
    source->column_count = column_count;
    source->selected = arena_copy(source->arena, columns, sizeof *columns * (size_t)column_count);
    source->rows =
        (RowBuffer){.cx = &reading, .transaction = transaction, .column_count = table_columns};
    if (status == OK) {
        status = produce_rows(&source->rows, described,
                              connector != NULL ? &((CatalogEntry *)connector)->catalog : NULL);
    }
    source->row_count = table_columns > 0 ? source->rows.cell_count / table_columns : 0;
    if (status != OK) {
        status = FAIL(cx, reading.error.code, "%s", reading.error.message);
        close_source(source, NULL);
        return status;
    }
    *ret_source = source;
    return OK;
}

static Status read_source(Context *cx, void *opaque, Batch **ret_batch) {
    SystemSource *source = opaque;
    int32_t left = source->row_count - source->next_row,
            count = left < batch_rows() ? left : batch_rows();
    *ret_batch = NULL;
    if (count == 0) {
        return OK;
    }
    Batch *batch = batch_create(source->column_count, count);
    for (int32_t c = 0; c < source->column_count; c++) {
        int32_t column = source->selected[c];
        const Type *type = source->columns[column].type;
        batch->columns[c] = vector_create(type, count);
        for (int32_t i = 0; i < count; i++) {
            put_cell(
                batch->columns[c], i,
                source->rows.cells[(source->next_row + i) * source->rows.column_count + column]);
        }
    }
    source->next_row += count;
    *ret_batch = batch;
    return OK;
}

/* ---- CALL system.runtime.kill_query ---- */

static CatalogManager *kill_manager; /* of the one server of this process */

static Status call_kill_query(Context *cx, void *connector, const Vector *const *arguments) {
    const char *texts[2] = {"", ""};
    for (int i = 0; i < 2; i++) {
        if (arguments[i] != NULL && !vector_is_null(arguments[i], 0)) {
            const StringView *view = &VECTOR_DATA(arguments[i], StringView)[0];
            texts[i] = arena_strndup(cx->arena, string_data(view), view->length);
        }
    }
    if (kill_manager == NULL || kill_manager->kill_query == NULL) {
        return FAIL(cx, NOT_FOUND, "Target query not found: %s", texts[0]);
    }
    return kill_manager->kill_query(cx, kill_manager->kill_closure, texts[0], texts[1]);
}

static Procedure procedures[2];
static ConnectorApi system_connector, information_schema_connector;

static void fill_api(ConnectorApi *api, const char *name) {
    *api = (ConnectorApi){
        .size = sizeof *api,
        .name = name,
        .list_schemas = list_schemas,
        .list_tables = list_tables,
        .get_table = get_table,
        .print_handle = print_handle,
        .open_splits = open_splits,
        .next_splits = next_splits,
        .close_splits = close_splits,
        .open_source = open_source,
        .read_source = read_source,
        .close_source = close_source,
    };
}

const ConnectorApi *information_schema_api(void) {
    return &information_schema_connector;
}

const ConnectorApi *system_api(void) {
    return &system_connector;
}

static void fill_procedures(void) {
    static const char *const names[] = {"query_id", "message"};
    static const Type *types[2];
    static const Vector *defaults[2];
    types[0] = types[1] = type_varchar_unbounded();
    if (defaults[1] == NULL) {
        defaults[1] = vector_create_null(types[1], 1);
    }
    procedures[0] = (Procedure){.schema = "runtime",
                                .name = "kill_query",
                                .argument_count = 2,
                                .argument_names = names,
                                .argument_types = types,
                                .argument_defaults = defaults,
                                .call = call_kill_query};
}

Status catalog_load_builtin(Context *cx, CatalogManager *manager) {
    fill_api(&system_connector, "system");
    fill_api(&information_schema_connector, INFORMATION_SCHEMA);
    fill_procedures();
    system_connector.procedures = procedures;
    kill_manager = manager;
    catalog_add_connector(manager, &system_connector);
    return catalog_create(cx, manager, "system", "system", NULL, 0);
}
