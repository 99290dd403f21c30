/* WITH (name = value, ...): properties that a connector declares, evaluated and checked. */
#pragma once

#include "analyze/analyzer.h"

/*
 * The values of the properties written, in cx->arena. `kind` is "table", "schema", "column",
 * "analyze" as messages say it; `declared` ends with a NULL name and may be NULL. Unknown names and
 * wrong types fail as in Trino.
 */
MUST_CHECK Status analyze_properties(Analyzer *an, const Catalog *catalog, const char *kind,
                                     const ConnectorProperty *declared, const NodeList *properties,
                                     const PropertyValue **ret_values, int32_t *ret_count);
