/*
 * Kernels of the operators that are neither functions nor comparisons: NOT and IS NULL. Signature
 * as ScalarKernel.
 */
#pragma once

#include "function/function.h"

Status not_kernel(KernelCall *call);     /* FUNCTION_INFALLIBLE_DENSE */
Status is_null_kernel(KernelCall *call); /* FUNCTION_CALLED_WITH_NULL | FUNCTION_INFALLIBLE */
