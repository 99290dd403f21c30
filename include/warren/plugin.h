/*
 * What a plugin's source files include. The host hands its functions over in a table at load time;
 * the macros below let plugin code call them by the names the headers document. One file of each
 * plugin defines the exported entry point:
 *
 *     const WarrenHost *warren_host;
 *     WARREN_EXPORT Status warren_plugin(int32_t version, const WarrenHost *host, WarrenPlugin
 * *ret_plugin)
 */
#pragma once

#include "warren/connector.h"

#define WARREN_EXPORT __attribute__((visibility("default")))
enum { WARREN_INTERFACE_VERSION = 1 };

/* HOST_FUNCTION(return type, name, parameters) for every function of the public headers. */
typedef struct WarrenHost {
    size_t size;
#define HOST_FUNCTION(result, name, parameters) result(*name) parameters;
#include "warren/host_functions.def"
#undef HOST_FUNCTION
} WarrenHost;

extern const WarrenHost *warren_host;

#ifndef WARREN_HOST_SIDE
#include "warren/host_macros.h"
#endif
