/*
 * char(n) arguments for kernels written for varchar: values are stored without their trailing
 * spaces, and most functions see them with the spaces. padded_char_kernel is the kernel of a table
 * entry whose data points at the varchar kernel.
 */
#pragma once

#include "function/function.h"

MUST_CHECK Status padded_char_kernel(KernelCall *call);
