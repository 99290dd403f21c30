/*
 * Functions: how a family declares them, how they are resolved, how their kernels are called.
 *
 * A family's file holds its kernels and ends with a table of ScalarFunction, AggregateFunction or
 * WindowFunction entries; registry.c lists the tables. SHOW FUNCTIONS, overload resolution and the
 * documentation all read those entries.
 *
 * A signature is text in Trino's notation, parsed when its name is first looked up:
 *     "(bigint) -> bigint"                          concrete
 *     "<E:comparable>(array(E), E) -> bigint"       type variables; constraints comparable,
 * orderable
 *     "(varchar(x)) -> varchar(x)"                  length variables, lower case
 *     "(decimal(p1,s1), decimal(p2,s2)) -> decimal(min(38, p1+p2), s1+s2)"   computed parameters: +
 * - * min max
 *     "(timestamp(p)) -> timestamp(max(3,p))"
 *     "<T,R>(array(T), function(T,R)) -> array(R)"  lambdas
 *     "<T>(T...) -> T"                              the last argument repeats (one or more)
 */
#pragma once

#include "warren/session.h"
#include "warren/vector.h"

/* ---- a resolved function: what the analyzer puts in a plan ---- */

typedef enum FunctionKind {
    FUNCTION_SCALAR,
    FUNCTION_AGGREGATE,
    FUNCTION_WINDOW,
    FUNCTION_TABLE
} FunctionKind;

typedef struct ScalarFunction ScalarFunction;
typedef struct AggregateFunction AggregateFunction;
typedef struct WindowFunction WindowFunction;

typedef struct ResolvedFunction {
    FunctionKind kind;
    const char *name; /* registry name: "abs", "$operator$add" */
    const Type *return_type;
    int32_t argument_count;
    const Type *const
        *argument_types; /* after coercion: each argument must be cast to exactly this */
    bool deterministic;
    bool returns_null_on_null; /* scalar: any NULL argument gives NULL */
    union {
        const ScalarFunction *scalar;
        const AggregateFunction *aggregate;
        const WindowFunction *window;
    };
} ResolvedFunction;

/*
 * Chooses the overload of `name` for the argument types by Trino's rules
 * (operators-and-coercions.md, section 2). Lambda arguments are given as NULL types;
 * `lambda_arity[i]` says their parameter count (0: not a lambda); the analyzer then types the
 * lambda body with function_lambda_types and calls function_resolve_lambda. Fails with
 * FUNCTION_NOT_FOUND, AMBIGUOUS_FUNCTION_CALL or TYPE_MISMATCH at line:column in Trino's words.
 * `kinds`: bit set 1 << FunctionKind.
 */
MUST_CHECK Status function_resolve(Context *cx, const char *name, unsigned kinds,
                                   int32_t argument_count, const Type *const *argument_types,
                                   int32_t line, int32_t column, ResolvedFunction **ret_function);
/* A callback gives the analyzer's type of lambda argument `index` once its parameter types are
 * known. */
typedef Status (*LambdaTyper)(Context *cx, void *closure, int32_t index, int32_t parameter_count,
                              const Type *const *parameter_types, const Type **ret_body_type);
MUST_CHECK Status function_resolve_lambda(Context *cx, const char *name, unsigned kinds,
                                          int32_t argument_count, const Type *const *argument_types,
                                          const int32_t *lambda_arity, LambdaTyper typer,
                                          void *closure, int32_t line, int32_t column,
                                          ResolvedFunction **ret_function);
bool function_exists(const char *name, unsigned kinds);

/* Operators are functions named
   "$operator$add|subtract|multiply|divide|modulus|negation|subscript"; comparisons, logic, casts
   and the special forms of expr.h are not functions. */

/* One entry of SHOW FUNCTIONS: called for each visible signature in name order. */
typedef struct FunctionDescription {
    const char *name, *return_type, *argument_types, *kind,
        *description; /* kind "scalar", "aggregate", "window" */
    bool deterministic;
} FunctionDescription;
void function_list(void (*visit)(void *closure, const FunctionDescription *description),
                   void *closure);

/* ---- scalar kernels ---- */

typedef struct KernelCall KernelCall;

/*
 * Computes rows `call->rows` (or 0..row_count-1 when rows is NULL) of call->result, a writable FLAT
 * vector of the return type. Unless the function is declared called_with_null, no argument of those
 * rows is NULL and the framework has set the result's nulls; rows outside are untouched. A row's
 * failure is noted with kernel_fail and the kernel goes on.
 */
typedef Status (*ScalarKernel)(KernelCall *call);

enum { FUNCTION_ARGUMENTS_MAX = 255 };

struct KernelCall {
    Context *cx;
    const ResolvedFunction *function;
    void *state; /* what prepare made; NULL without prepare. Read-only: shared by threads */
    int32_t argument_count;
    const VectorView *arguments; /* lambda arguments: zeroed */
    Vector *result;
    const int32_t *rows;
    int32_t row_count; /* number of entries of rows, or of rows of the batch */
    struct RowErrors *errors;
    const struct Lambda *const *lambdas; /* per argument; NULL where it is none */
};

#define KERNEL_FOR_EACH_ROW(call, row)                                                             \
    for (int32_t row##_i = 0, row = 0;                                                             \
         row##_i < (call)->row_count &&                                                            \
         (row = (call)->rows != NULL ? (call)->rows[row##_i] : row##_i, true);                     \
         row##_i++)
#define KERNEL_ARGUMENT(call, index, T, row) VIEW_VALUE(&(call)->arguments[index], T, row)
#define KERNEL_RESULT(call, T) ((T *)(call)->result->data)

/* Notes that `row` failed; its result is then unspecified. Inside TRY it becomes NULL if Trino's
 * TRY would. */
PRINTF_LIKE(4, 5)
void kernel_fail(KernelCall *call, int32_t row, ErrorCode code, const char *format, ...);

/*
 * Calls lambda argument `index` for `count` elements: `arguments` are vectors of that many elements
 * (references stay the caller's), parent_rows[i] is the row of this call that element i belongs to
 * (for captured columns). ret_result is a new reference, of `count` values. Elements that fail are
 * noted against their parent row.
 */
MUST_CHECK Status kernel_call_lambda(KernelCall *call, int32_t index, Vector *const *arguments,
                                     int32_t argument_count, const int32_t *parent_rows,
                                     int32_t count, Vector **ret_result);

/* What prepare sees: constants among the arguments (NULL entries otherwise), so that patterns
 * compile once. */
typedef struct FunctionBinding {
    const ResolvedFunction *function;
    const Vector *const *constants; /* CONSTANT vectors; may be NULL as a whole */
} FunctionBinding;

enum ScalarFlags {
    FUNCTION_CALLED_WITH_NULL =
        1, /* the kernel sees NULL arguments and sets the result's nulls itself */
    FUNCTION_NONDETERMINISTIC = 2,
    FUNCTION_HIDDEN = 4,             /* not in SHOW FUNCTIONS */
    FUNCTION_MAY_RETURN_NULL = 8,    /* the kernel may vector_set_null rows of non-null arguments */
    FUNCTION_SESSION_DEPENDENT = 16, /* constant within a query, not across (now, current_user) */
    FUNCTION_INFALLIBLE_DENSE =
        32,              /* may be run over null rows too: never fails, any bits are legal input */
    FUNCTION_ALIAS = 64, /* another name of the entry before it */
    FUNCTION_INFALLIBLE =
        128, /* never fails, but must see rows without NULLs only (filters may reorder it) */
};

struct ScalarFunction {
    const char *name;
    const char *signature;
    ScalarKernel kernel;
    unsigned flags;
    const char *description; /* Trino's words, shown by SHOW FUNCTIONS */
    /* Optional; *ret_state lives in cx->arena, which lives as long as the compiled expression. */
    Status (*prepare)(Context *cx, const FunctionBinding *binding, void **ret_state);
    const void *data; /* for a kernel shared by several entries */
};

/* ---- aggregates ---- */

typedef struct AggregateCall {
    Context *cx;
    Arena *arena; /* where states put what they point to; charged to the operator */
    const ResolvedFunction *function;
    void *prepared; /* what prepare made */
    int32_t argument_count;
    Vector *const
        *arguments; /* of the batch; NULL rows are already left out unless called_with_null */
    const Session *session;
    const struct Lambda *const *lambdas; /* reduce_agg */
} AggregateCall;

/* Where states are: row i's state is at states[i] + offset, 16-byte aligned. */
typedef struct StateRows {
    uint8_t *const *states;
    int32_t offset;
} StateRows;

/*
 * An aggregate. States are `state_size` bytes. A state may point into the arena of the call that
 * made it; arenas live as long as any state does. `add` and `add_single` see rows `rows[0..count)`
 * of the arguments (rows NULL: 0..count-1), with states.states[i] the state of the i-th entry;
 * `combine` joins two states in memory, the source may be pilfered. Without write_intermediate and
 * add_intermediate the intermediate is the state's bytes as varbinary.
 */
struct AggregateFunction {
    const char *name;
    const char *signature;
    unsigned flags; /* FUNCTION_CALLED_WITH_NULL, FUNCTION_HIDDEN, FUNCTION_ALIAS */
    const char *description;
    int32_t state_size;
    void (*init)(const AggregateCall *call, void *state); /* NULL: zeroed */
    Status (*add)(AggregateCall *call, StateRows states, const int32_t *rows, int32_t count);
    Status (*add_single)(AggregateCall *call, void *state, const int32_t *rows,
                         int32_t count); /* NULL: add is used */
    Status (*combine)(AggregateCall *call, StateRows targets, StateRows sources, int32_t count);
    Status (*output)(AggregateCall *call, StateRows states, int32_t count,
                     Vector *result); /* writable FLAT */
    const char *intermediate; /* its type as signature text, may use the signature's variables */
    Status (*write_intermediate)(AggregateCall *call, StateRows states, int32_t count,
                                 Vector *result);
    Status (*add_intermediate)(AggregateCall *call, StateRows states, const Vector *values,
                               const int32_t *rows, int32_t count);
    Status (*prepare)(Context *cx, const FunctionBinding *binding, void **ret_prepared);
    bool order_sensitive;       /* array_agg, listagg: ORDER BY inside the call matters */
    bool duplicate_insensitive; /* min, max, bool_or: DISTINCT changes nothing */
    const void *data;
};

/* ---- window functions (ranking and value functions; aggregates also work as windows) ---- */

/* A partition, sorted. frame_start[i]..frame_end[i] (inclusive; start > end: empty) are rows of the
 * partition. */
typedef struct WindowCall {
    Context *cx;
    const ResolvedFunction *function;
    int32_t argument_count;
    Vector *const *arguments;             /* of the whole partition */
    int32_t row_count;                    /* of the partition */
    const int32_t *peer_start, *peer_end; /* first and last row of each row's peer group */
    const int32_t *frame_start, *frame_end;
    bool ignore_nulls;
    Vector *result; /* writable FLAT of row_count values */
} WindowCall;

struct WindowFunction {
    const char *name;
    const char *signature;
    unsigned flags;
    const char *description;
    Status (*process)(WindowCall *call);
    const void *data;
};

/* ---- families: tables end with an entry whose name is NULL; registry.c lists them ---- */

typedef struct FunctionFamily {
    const ScalarFunction *scalars;
    const AggregateFunction *aggregates;
    const WindowFunction *windows;
} FunctionFamily;
