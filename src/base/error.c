/*
 * Names and types of error codes. Both tables are generated from error_codes.def; codes are sparse
 * (each type of error has its own range of numbers), so a lookup is a switch that the compiler
 * turns into jump tables.
 */
#include "warren/memory.h"

const char *error_code_name(ErrorCode code) {
    switch (code) {
#define ERROR_CODE(name, number, type)                                                             \
    case name:                                                                                     \
        return #name;
#include "warren/error_codes.def"
#undef ERROR_CODE
    case NO_ERROR:
        break;
    }
    return "NO_ERROR";
}

ErrorType error_code_type(ErrorCode code) {
    switch (code) {
#define ERROR_CODE(name, number, type)                                                             \
    case name:                                                                                     \
        return type;
#include "warren/error_codes.def"
#undef ERROR_CODE
    case NO_ERROR:
        break;
    }
    return ERROR_TYPE_INTERNAL_ERROR;
}

const char *error_type_name(ErrorType type) {
    switch (type) {
    case ERROR_TYPE_USER_ERROR:
        return "USER_ERROR";
    case ERROR_TYPE_INTERNAL_ERROR:
        return "INTERNAL_ERROR";
    case ERROR_TYPE_INSUFFICIENT_RESOURCES:
        return "INSUFFICIENT_RESOURCES";
    case ERROR_TYPE_EXTERNAL:
        return "EXTERNAL";
    }
    return "INTERNAL_ERROR";
}
