/*
 * The parser of function declarations. Declarations are compiled into the program, so a mistake in
 * one is found by the first test that touches the registry; the parser therefore aborts instead of
 * reporting.
 */
#include "function/signature.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "type/type_text.h"

enum { PATTERNS_MAX = 64 };

typedef struct SignatureParser {
    Arena *arena;
    const char *text, *at;
    Signature *signature;
} SignatureParser;

static _Noreturn void malformed(const SignatureParser *parser, const char *what) {
    fprintf(stderr, "function declaration \"%s\": %s at \"%s\"\n", parser->text, what, parser->at);
    abort();
}

static void skip_blanks(SignatureParser *parser) {
    while (*parser->at == ' ') {
        parser->at++;
    }
}

static bool accept(SignatureParser *parser, const char *token) {
    skip_blanks(parser);
    size_t length = strlen(token);
    if (strncasecmp(parser->at, token, length) != 0) {
        return false;
    }
    bool word = isalnum((unsigned char)token[length - 1]);
    if (word && (isalnum((unsigned char)parser->at[length]) || parser->at[length] == '_')) {
        return false;
    }
    parser->at += length;
    return true;
}

static void expect(SignatureParser *parser, const char *token) {
    if (!accept(parser, token)) {
        malformed(parser, token);
    }
}

static const char *parse_word(SignatureParser *parser) {
    skip_blanks(parser);
    const char *start = parser->at;
    while (isalnum((unsigned char)*parser->at) || *parser->at == '_') {
        parser->at++;
    }
    if (parser->at == start) {
        malformed(parser, "a name is missing");
    }
    return arena_strndup(parser->arena, start, (size_t)(parser->at - start));
}

/* ---- formulas ---- */

static int32_t literal_variable(SignatureParser *parser, const char *name) {
    Signature *signature = parser->signature;
    for (int32_t i = 0; i < signature->literal_count; i++) {
        if (strcasecmp(signature->literals[i], name) == 0) {
            return i;
        }
    }
    if (signature->literal_count == SIGNATURE_VARIABLES_MAX) {
        malformed(parser, "too many variables");
    }
    signature->literals[signature->literal_count] = name;
    return signature->literal_count++;
}

static const Formula *formula_of(SignatureParser *parser, FormulaKind kind, const Formula *left,
                                 const Formula *right) {
    Formula *formula = arena_new(parser->arena, Formula);
    formula->kind = kind;
    formula->left = left;
    formula->right = right;
    return formula;
}

static const Formula *parse_formula(SignatureParser *parser);

static const Formula *parse_factor(SignatureParser *parser) {
    if (accept(parser, "(")) {
        const Formula *inner = parse_formula(parser);
        expect(parser, ")");
        return inner;
    }
    bool is_min = accept(parser, "min");
    if (is_min || accept(parser, "max")) {
        expect(parser, "(");
        const Formula *left = parse_formula(parser);
        expect(parser, ",");
        const Formula *right = parse_formula(parser);
        expect(parser, ")");
        return formula_of(parser, is_min ? FORMULA_MIN : FORMULA_MAX, left, right);
    }
    skip_blanks(parser);
    Formula *formula = arena_new(parser->arena, Formula);
    if (isdigit((unsigned char)*parser->at)) {
        formula->kind = FORMULA_NUMBER;
        formula->number = strtoll(parser->at, (char **)&parser->at, 10);
    } else {
        formula->kind = FORMULA_VARIABLE;
        formula->number = literal_variable(parser, parse_word(parser));
    }
    return formula;
}

static const Formula *parse_product(SignatureParser *parser) {
    const Formula *left = parse_factor(parser);
    for (;;) {
        if (accept(parser, "*")) {
            left = formula_of(parser, FORMULA_MULTIPLY, left, parse_factor(parser));
        } else if (accept(parser, "/")) {
            left = formula_of(parser, FORMULA_DIVIDE, left, parse_factor(parser));
        } else {
            return left;
        }
    }
}

static const Formula *parse_formula(SignatureParser *parser) {
    const Formula *left = parse_product(parser);
    for (;;) {
        if (accept(parser, "+")) {
            left = formula_of(parser, FORMULA_ADD, left, parse_product(parser));
        } else if (accept(parser, "-")) {
            left = formula_of(parser, FORMULA_SUBTRACT, left, parse_product(parser));
        } else {
            return left;
        }
    }
}

static uint32_t variables_of(const Formula *formula) {
    if (formula == NULL || formula->kind == FORMULA_NUMBER) {
        return 0;
    }
    if (formula->kind == FORMULA_VARIABLE) {
        return 1u << formula->number;
    }
    return variables_of(formula->left) | variables_of(formula->right);
}

/* ---- types ---- */

static const TypePattern *parse_type(SignatureParser *parser);

static const Type *type_of_children(TypeKind kind, int32_t count,
                                    const TypePattern *const *children, const char *const *names) {
    const Type *types[PATTERNS_MAX];
    for (int32_t i = 0; i < count; i++) {
        types[i] = children[i]->type;
    }
    return kind == TYPE_ARRAY     ? type_array(types[0])
           : kind == TYPE_MAP     ? type_map(types[0], types[1])
           : kind == TYPE_QDIGEST ? type_qdigest(types[0])
                                  : type_row(count, types, names);
}

static const char *parse_field_name(SignatureParser *parser) {
    skip_blanks(parser);
    if (*parser->at != '"') {
        return NULL;
    }
    const char *end = strchr(parser->at + 1, '"');
    if (end == NULL) {
        malformed(parser, "an open quote");
    }
    const char *name = arena_strndup(parser->arena, parser->at + 1, (size_t)(end - parser->at - 1));
    parser->at = end + 1;
    return name;
}

static void parse_nested(SignatureParser *parser, TypePattern *pattern) {
    const TypePattern *children[PATTERNS_MAX];
    const char *names[PATTERNS_MAX];
    int32_t count = 0;
    bool concrete = pattern->type_kind != TYPE_FUNCTION;
    do {
        if (count == PATTERNS_MAX) {
            malformed(parser, "too many children");
        }
        names[count] = parse_field_name(parser);
        const TypePattern *child = parse_type(parser);
        concrete = concrete && child->kind == PATTERN_CONCRETE;
        pattern->type_variables |= child->type_variables;
        pattern->literal_variables |= child->literal_variables;
        children[count++] = child;
    } while (accept(parser, ","));
    expect(parser, ")");
    pattern->kind = pattern->type_kind == TYPE_FUNCTION ? PATTERN_FUNCTION
                    : concrete                          ? PATTERN_CONCRETE
                                                        : PATTERN_NESTED;
    pattern->child_count = count;
    pattern->children = arena_copy(parser->arena, children, sizeof *children * (size_t)count);
    pattern->field_names = arena_copy(parser->arena, names, sizeof *names * (size_t)count);
    if (concrete) {
        pattern->type = type_of_children(pattern->type_kind, count, children, names);
    }
}

static void parse_literal_parameters(SignatureParser *parser, TypePattern *pattern) {
    pattern->kind = PATTERN_LITERAL;
    do {
        if (pattern->child_count == 2) {
            malformed(parser, "too many parameters");
        }
        const Formula *formula = parse_formula(parser);
        pattern->formulas[pattern->child_count++] = formula;
        pattern->literal_variables |= variables_of(formula);
    } while (accept(parser, ","));
    expect(parser, ")");
    if (accept(parser, "with time zone")) {
        pattern->type_kind = pattern->type_kind == TYPE_TIME ? TYPE_TIME_TZ : TYPE_TIMESTAMP_TZ;
    }
}

static TypeKind kind_named(SignatureParser *parser, const char *name) {
    if (strcasecmp(name, "interval") == 0) {
        bool day = accept(parser, "day to second");
        if (!day) {
            expect(parser, "year to month");
        }
        return day ? TYPE_INTERVAL_DAY_SECOND : TYPE_INTERVAL_YEAR_MONTH;
    }
    for (TypeKind kind = 0; kind < TYPE_KIND_COUNT; kind++) {
        if (strcasecmp(type_base_name(kind), name) == 0) {
            return kind;
        }
    }
    malformed(parser, "an unknown type");
}

static const TypePattern *parse_type(SignatureParser *parser) {
    TypePattern *pattern = arena_new(parser->arena, TypePattern);
    const char *name = parse_word(parser);
    for (int32_t i = 0; i < parser->signature->type_variable_count; i++) {
        if (strcasecmp(parser->signature->type_variables[i], name) == 0) {
            pattern->kind = PATTERN_VARIABLE;
            pattern->variable = i;
            pattern->type_variables = 1u << i;
            return pattern;
        }
    }
    pattern->type_kind = kind_named(parser, name);
    if (accept(parser, "(")) {
        switch (pattern->type_kind) {
        case TYPE_ARRAY:
        case TYPE_MAP:
        case TYPE_ROW:
        case TYPE_QDIGEST:
        case TYPE_FUNCTION:
            parse_nested(parser, pattern);
            return pattern;
        default:
            parse_literal_parameters(parser, pattern);
            return pattern;
        }
    }
    pattern->kind = PATTERN_CONCRETE;
    pattern->type = pattern->type_kind == TYPE_VARCHAR ? type_varchar_unbounded()
                                                       : type_simple(pattern->type_kind);
    return pattern;
}

/* ---- the whole declaration ---- */

static void parse_variable(SignatureParser *parser) {
    Signature *signature = parser->signature;
    const char *name = parse_word(parser);
    if (accept(parser, "=")) {
        int32_t index = literal_variable(parser, name);
        signature->calculations[index] = parse_formula(parser);
        return;
    }
    if (signature->type_variable_count == SIGNATURE_VARIABLES_MAX) {
        malformed(parser, "too many type variables");
    }
    int32_t index = signature->type_variable_count++;
    signature->type_variables[index] = name;
    const char *constraint = "";
    if (accept(parser, ":")) {
        signature->orderable[index] = accept(parser, "orderable");
        if (signature->orderable[index]) {
            constraint = ":orderable";
        } else {
            expect(parser, "comparable");
            signature->comparable[index] = true;
            constraint = ":comparable";
        }
    }
    const char *before = signature->constraints_text;
    signature->constraints_text =
        before[0] == '\0' ? arena_printf(parser->arena, "%s%s", name, constraint)
                          : arena_printf(parser->arena, "%s, %s%s", before, name, constraint);
}

static void parse_arguments(SignatureParser *parser) {
    Signature *signature = parser->signature;
    const TypePattern *arguments[PATTERNS_MAX];
    expect(parser, "(");
    const char *start = parser->at;
    const char *end = parser->at;
    while (!accept(parser, ")")) {
        if (signature->argument_count > 0) {
            expect(parser, ",");
        }
        if (signature->argument_count == PATTERNS_MAX) {
            malformed(parser, "too many arguments");
        }
        arguments[signature->argument_count++] = parse_type(parser);
        end = parser->at;
        signature->variadic = accept(parser, "...");
    }
    signature->arguments_text = arena_strndup(parser->arena, start, (size_t)(end - start));
    signature->arguments =
        arena_copy(parser->arena, arguments, sizeof *arguments * (size_t)signature->argument_count);
}

const Signature *signature_parse(Arena *arena, const char *text) {
    Signature *signature = arena_new(arena, Signature);
    SignatureParser parser = {.arena = arena, .text = text, .at = text, .signature = signature};
    signature->constraints_text = "";
    if (accept(&parser, "<")) {
        do {
            parse_variable(&parser);
        } while (accept(&parser, ","));
        expect(&parser, ">");
    }
    parse_arguments(&parser);
    expect(&parser, "->");
    skip_blanks(&parser);
    signature->result_text = arena_strdup(arena, parser.at);
    signature->result = parse_type(&parser);
    skip_blanks(&parser);
    if (*parser.at != '\0') {
        malformed(&parser, "text after the end");
    }
    return signature;
}
