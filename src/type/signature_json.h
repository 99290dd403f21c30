/*
 * Types as clients see them: the typeSignature object of the protocol, the text of a result column
 * with or without the PARAMETRIC_DATETIME capability, java.sql.Types codes. Writers append to a
 * ByteString. Threads: any.
 */
#pragma once

#include "base/buffer.h"
#include "warren/type.h"

/*
 * {"rawType":"...","arguments":[...]}; without parametric_datetime time and timestamp types have no
 * arguments.
 */
void type_signature_json_append(ByteString *json, const Type *type, bool parametric_datetime);
/*
 * type->display, except that without parametric_datetime "timestamp(6)" is "timestamp" at every
 * depth.
 */
void type_display_append(ByteString *text, const Type *type, bool parametric_datetime);
int32_t type_jdbc_code(const Type *type); /* java.sql.Types */
