/*
 * Emitting steps: registers, value numbering, scopes, constant folding. A value computed for some
 * rows may be used again for these rows and any subset: the values known at a point are those of
 * the enclosing scopes, kept as a stack over a hash table of chains.
 */
#include "expr/compile.h"

#include <assert.h>

#include "expr/call.h"

static void *grown(Arena *arena, const void *items, int32_t count, size_t item_size,
                   int32_t capacity) {
    void *more = arena_alloc(arena, item_size * (size_t)capacity);
    if (count > 0) {
        memcpy(more, items, item_size * (size_t)count);
    }
    return more;
}

static int32_t new_register(Compiler *compiler) {
    if (compiler->register_count == compiler->register_capacity) {
        compiler->register_capacity = compiler->register_capacity * 2 + 16;
        compiler->constants =
            grown(compiler->cx->arena, compiler->constants, compiler->register_count,
                  sizeof(Vector *), compiler->register_capacity);
    }
    compiler->constants[compiler->register_count] = NULL;
    return compiler->register_count++;
}

/* ---- value numbering ---- */

static uint64_t mix(uint64_t hash, uint64_t value) {
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ (hash >> 29);
}

static uint64_t hash_value(const Value *value) {
    uint64_t hash = value->constant != NULL ? expr_hash(value->constant) : 0;
    hash = mix(hash, (uintptr_t)value->what);
    hash = mix(hash, (uintptr_t)value->state);
    hash = mix(hash, (uintptr_t)value->more);
    hash = mix(hash, (uintptr_t)value->type);
    for (int32_t i = 0; i < value->argument_count; i++) {
        hash = mix(hash, (uint64_t)value->arguments[i]);
    }
    return hash;
}

static bool values_equal(const Value *a, const Value *b) {
    if (a->hash != b->hash || a->what != b->what || a->state != b->state || a->more != b->more ||
        a->type != b->type || a->argument_count != b->argument_count ||
        (a->constant == NULL) != (b->constant == NULL)) {
        return false;
    }
    if (a->argument_count > 0 &&
        memcmp(a->arguments, b->arguments, sizeof(int32_t) * (size_t)a->argument_count) != 0) {
        return false;
    }
    return a->constant == NULL || expr_equal(a->constant, b->constant);
}

int32_t find_value(const Compiler *compiler, const Value *value) {
    Value key = *value;
    key.hash = hash_value(value);
    int32_t i = compiler->buckets[key.hash % VALUE_BUCKETS];
    while (i >= 0 && !values_equal(&compiler->values[i], &key)) {
        i = compiler->values[i].next;
    }
    return i >= 0 ? compiler->values[i].result : -1;
}

void remember_value(Compiler *compiler, Value *value, int32_t result) {
    if (compiler->value_count == compiler->value_capacity) {
        compiler->value_capacity = compiler->value_capacity * 2 + 64;
        compiler->values = grown(compiler->cx->arena, compiler->values, compiler->value_count,
                                 sizeof(Value), compiler->value_capacity);
    }
    value->hash = hash_value(value);
    value->result = result;
    value->arguments = arena_copy(compiler->cx->arena, value->arguments,
                                  sizeof(int32_t) * (size_t)value->argument_count);
    int32_t *bucket = &compiler->buckets[value->hash % VALUE_BUCKETS];
    value->next = *bucket;
    *bucket = compiler->value_count;
    compiler->values[compiler->value_count++] = *value;
}

int32_t scope_mark(const Compiler *compiler) {
    return compiler->value_count;
}

void scope_release(Compiler *compiler, int32_t mark) {
    while (compiler->value_count > mark) {
        const Value *value = &compiler->values[--compiler->value_count];
        compiler->buckets[value->hash % VALUE_BUCKETS] = value->next;
    }
}

/* ---- steps ---- */

Step *emit_step(Compiler *compiler, StepKind kind, const Type *type, int32_t argument_count,
                const int32_t *arguments) {
    StepList *list = compiler->steps;
    if (list->count == list->capacity) {
        list->capacity = list->capacity * 2 + 8;
        list->items =
            grown(compiler->cx->arena, list->items, list->count, sizeof(Step), list->capacity);
    }
    Step *step = &list->items[list->count++];
    *step = (Step){.kind = kind, .type = type, .argument_count = argument_count};
    step->arguments =
        arena_copy(compiler->cx->arena, arguments, sizeof(int32_t) * (size_t)argument_count);
    step->result = new_register(compiler);
    step->number = compiler->step_number++;
    return step;
}

static void unref_vector(void *vector) {
    vector_unref(vector);
}

/* A register that always holds `value`; takes over the reference. */
static int32_t own_constant(Compiler *compiler, Vector *value) {
    int32_t result = new_register(compiler);
    compiler->constants[result] = value;
    arena_on_free(compiler->cx->arena, unref_vector, value);
    return result;
}

int32_t constant_register(Compiler *compiler, const Expr *constant) {
    Value value = {.constant = constant, .type = constant->type};
    int32_t found = find_value(compiler, &value);
    if (found >= 0) {
        return found;
    }
    int32_t result = own_constant(compiler, vector_ref((Vector *)constant->value));
    remember_value(compiler, &value, result);
    return result;
}

/* ---- calls ---- */

static bool is_foldable(const Compiler *compiler, const Step *step) {
    if (!step->deterministic || step->lambdas != NULL) {
        return false;
    }
    for (int32_t i = 0; i < step->argument_count; i++) {
        if (compiler->constants[step->arguments[i]] == NULL) {
            return false;
        }
    }
    return true;
}

/*
 * Computes a call of constants now; *ret_result is -1 when it fails, and must fail when rows come.
 */
static Status fold(Compiler *compiler, const Step *step, int32_t *ret_result) {
    Vector **arguments = arena_new_array(compiler->cx->arena, Vector *, step->argument_count + 1);
    for (int32_t i = 0; i < step->argument_count; i++) {
        arguments[i] = compiler->constants[step->arguments[i]];
    }
    Vector *value;
    TRY(call_constants(compiler->cx, step, arguments, &value));
    *ret_result = value != NULL ? own_constant(compiler, value) : -1;
    return OK;
}

Status emit_call(Compiler *compiler, const CallParts *parts, const Type *type,
                 int32_t argument_count, const int32_t *arguments, int32_t *ret_result) {
    bool is_pure = parts->deterministic && parts->lambdas == NULL;
    Value value = {
        .what = (const void *)parts->kernel,
        .state = parts->identity,
        .more = parts->identity2,
        .type = type,
        .argument_count = argument_count,
        .arguments = arguments,
    };
    int32_t found = is_pure ? find_value(compiler, &value) : -1;
    if (found >= 0) {
        *ret_result = found;
        return OK;
    }
    Step call = {
        .kind = STEP_CALL,
        .type = type,
        .argument_count = argument_count,
        .arguments = arguments,
        .kernel = parts->kernel,
        .flags = parts->flags,
        .deterministic = parts->deterministic,
        .kernel_state = parts->state,
        .function = parts->function,
        .lambdas = parts->lambdas,
    };
    int32_t result = -1;
    if (is_foldable(compiler, &call)) {
        TRY(fold(compiler, &call, &result));
    }
    if (result < 0) {
        Step *step = emit_step(compiler, STEP_CALL, type, argument_count, arguments);
        call.arguments = step->arguments;
        call.number = step->number;
        call.result = result = step->result;
        *step = call;
    }
    if (is_pure) {
        remember_value(compiler, &value, result);
    }
    *ret_result = result;
    return OK;
}

/* ---- beginning and end ---- */

void compiler_init(Compiler *compiler, Context *cx, int32_t input_count,
                   const Symbol *const *inputs) {
    *compiler = (Compiler){.cx = cx, .symbol_count = input_count, .symbols = inputs};
    for (int32_t i = 0; i < VALUE_BUCKETS; i++) {
        compiler->buckets[i] = -1;
    }
    for (int32_t i = 0; i < input_count; i++) {
        Value value = {.what = inputs[i], .type = inputs[i]->type};
        remember_value(compiler, &value, new_register(compiler));
    }
}

static void collect_steps(const Step **numbered, const Block *block) {
    for (int32_t i = 0; i < block->step_count; i++) {
        const Step *step = &block->steps[i];
        numbered[step->number] = step;
        for (int32_t j = 0; j < step->block_count; j++) {
            collect_steps(numbered, &step->blocks[j]);
        }
    }
}

Program *compiler_finish(Compiler *compiler) {
    Program *program = arena_new(compiler->cx->arena, Program);
    program->register_count = compiler->register_count;
    program->constants = compiler->constants;
    program->input_count = compiler->symbol_count;
    program->step_count = compiler->step_number;
    return program;
}

void program_number_steps(Program *program, Arena *arena) {
    const Step **numbered = arena_new_array(arena, const Step *, program->step_count + 1);
    collect_steps(numbered, &program->main);
    for (int32_t i = 0; i < program->conjunct_count; i++) {
        collect_steps(numbered, &program->conjuncts[i].block);
    }
    program->steps = numbered;
}
