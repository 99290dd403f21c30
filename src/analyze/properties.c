/*
 * Properties of tables, schemas and columns. A value is a constant expression, cast to the declared
 * type; DEFAULT leaves the property out, so that the connector's default holds.
 */
#include "analyze/properties.h"

#include "analyze/query_block.h"
#include "sql/formatter.h"
#include "type/coercion.h"
#include "type/type_parse.h"

static ErrorCode code_of(const char *kind) {
    return strcmp(kind, "schema") == 0    ? INVALID_SCHEMA_PROPERTY
           : strcmp(kind, "column") == 0  ? INVALID_COLUMN_PROPERTY
           : strcmp(kind, "analyze") == 0 ? INVALID_ANALYZE_PROPERTY
                                          : INVALID_TABLE_PROPERTY;
}

static const ConnectorProperty *find(const ConnectorProperty *declared, const char *name) {
    for (; declared != NULL && declared->name != NULL; declared++) {
        if (strcmp(declared->name, name) == 0) {
            return declared;
        }
    }
    return NULL;
}

static const char *text_of(Analyzer *an, const Vector *value) {
    if (value->type->layout != LAYOUT_STRING || vector_is_null(value, 0)) {
        return NULL;
    }
    VectorView view = vector_view(value);
    const StringView *text = (const StringView *)view.data + view_index(&view, 0);
    return arena_strndup(an->arena, string_data(text), text->length);
}

static Status evaluate(Analyzer *an, const Catalog *catalog, const char *kind,
                       const ConnectorProperty *property, const Node *node,
                       PropertyValue *ret_value) {
    const Type *type;
    const Vector *value;
    TRY(type_parse(an->cx, property->type, &type));
    TRY(analyze_constant(an, node, NULL, "Constant expression", &value));
    if (!type_can_coerce(value->type, type)) {
        return FAIL_NODE(an, code_of(kind), node,
                         "Invalid value for catalog '%s' %s property '%s': Cannot convert [%s] to "
                         "%s",
                         catalog->name, kind, property->name, format_expression(an->arena, node),
                         type->name);
    }
    TRY(analyze_constant(an, node, type, "Constant expression", &value));
    ret_value->name = property->name;
    ret_value->value = value;
    ret_value->text = text_of(an, value);
    return OK;
}

Status analyze_properties(Analyzer *an, const Catalog *catalog, const char *kind,
                          const ConnectorProperty *declared, const NodeList *properties,
                          const PropertyValue **ret_values, int32_t *ret_count) {
    PropertyValue *values = arena_new_array(an->arena, PropertyValue, properties->count);
    int32_t count = 0;
    for (int32_t i = 0; i < properties->count; i++) {
        const Property *property = NODE_CAST(Property, properties->items[i]);
        const char *name = lower_case(an, property->name->value);
        const ConnectorProperty *found = find(declared, name);
        if (found == NULL) {
            return FAIL_NODE(an, code_of(kind), &property->node,
                             "Catalog '%s' %s property '%s' does not exist", catalog->name, kind,
                             name);
        }
        if (property->value != NULL) {
            TRY(evaluate(an, catalog, kind, found, property->value, &values[count++]));
        }
    }
    *ret_values = values;
    *ret_count = count;
    return OK;
}
