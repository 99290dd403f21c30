/*
 * The optimizer as a list: what happens to a plan, in order.
 *
 * Every pass is one file. plan_check runs after each in debug builds. With options.off only what
 * execution cannot do without is done: subqueries become joins, set operations become aggregations.
 */
#include "optimize/rewrite.h"

typedef PlanNode *Pass(Optimizer *o, PlanNode *plan);

static Pass *const required_passes[] = {
    decorrelate,
    rewrite_set_operations,
    prune_columns,
};

static Pass *const all_passes[] = {
    simplify_expressions, decorrelate,     rewrite_set_operations, merge_projections,
    simplify_expressions, push_predicates, simplify_expressions,   merge_projections,
    prune_columns,        order_joins,     push_predicates, /* implied equalities reach their
                                                               relations */
    push_limits,          prune_columns,   merge_projections,      push_into_connectors,
    add_dynamic_filters,
};

Status optimize_plan(Context *cx, const OptimizerOptions *options, PlanBuilder *builder,
                     PlanNode *plan, PlanNode **ret_plan) {
    Optimizer o = {.cx = cx, .builder = builder, .arena = builder->arena, .options = options};
    Pass *const *passes = options->off ? required_passes : all_passes;
    size_t count = options->off ? sizeof required_passes / sizeof required_passes[0]
                                : sizeof all_passes / sizeof all_passes[0];
    for (size_t i = 0; i < count; i++) {
        plan = passes[i](&o, plan);
        if (plan == NULL) {
            return FAILED;
        }
#ifndef NDEBUG
        plan_check(plan);
#endif
    }
    *ret_plan = plan;
    return OK;
}
