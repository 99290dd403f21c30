/*
 * The three texts of a type, made once when the type is interned. They differ in spaces, in the
 * case of intervals and in how row fields are quoted; types.md shows where each is seen. Appends to
 * a ByteString; children must be interned.
 */
#pragma once

#include "base/buffer.h"
#include "warren/type.h"

typedef enum TypeTextStyle {
    TYPE_TEXT_NAME, /* typeof(), most messages: "decimal(3,2)", "map(varchar, bigint)", "row(a b)"
                       unquoted */
    TYPE_TEXT_DISPLAY, /* a result column: "decimal(3, 2)", "INTERVAL DAY TO SECOND", names quoted
                          when needed */
    TYPE_TEXT_LEGACY_DISPLAY, /* the same without the precision of times and timestamps */
    TYPE_TEXT_SIGNATURE, /* function lookup messages: "map(varchar,bigint)", "row("a" integer)" */
} TypeTextStyle;

void type_text_append(ByteString *text, const Type *type, TypeTextStyle style);
const char *type_base_name(TypeKind kind); /* rawType: "timestamp with time zone", "HyperLogLog" */
/*
 * Whether a name must be double quoted to stand as an identifier: other characters, a leading
 * digit, a reserved word.
 */
bool identifier_needs_quotes(const char *name);
void identifier_append_quoted(ByteString *text, const char *name); /* "a""b" */
