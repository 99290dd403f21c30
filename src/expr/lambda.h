/*
 * Lambdas at run time: instances of LambdaBody in the state of a driver, callable by kernels.
 */
#pragma once

#include "expr/step.h"

/*
 * Makes the instances of a step's lambdas in its state; outer is the state whose registers they
 * capture.
 */
void lambda_instances_create(StepState *state, const Step *step, ProgramState *outer);
void lambda_instances_free(StepState *state, const Step *step);
