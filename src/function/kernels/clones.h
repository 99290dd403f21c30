/*
 * KERNEL_CLONES marks a hot loop to be compiled for several instruction sets, chosen when the
 * program loads. Only optimised builds for x86-64 do so: the sanitizers do not survive the
 * resolvers.
 */
#pragma once

#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) &&              \
    !defined(__SANITIZE_THREAD__) && !defined(__clang__)
#define KERNEL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL_CLONES
#endif
