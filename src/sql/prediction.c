/*
 * Adaptive prediction. A configuration is (state, alternative, callers); closure follows everything
 * that needs no token, reach moves over one token. Configurations of one state and alternative are
 * one, with their callers merged.
 *
 * Results without context are cached per decision as a tree over tokens; those with context are
 * not. Work is counted, and beyond a limit it gives up.
 */
#include "prediction.h"

#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 3 * 1000 * 1000, BUCKETS = 1 << 13, NO_STATE = INT32_MAX };

typedef struct Callers Callers;

/* One way to return. */
typedef struct Caller {
    int32_t return_state; /* NO_STATE: there is no caller */
    const Callers *callers;
} Caller;

/*
 * All ways to return from a place, as a graph; equal graphs are one pointer. NULL is the end:
 * without context it means "any caller" and absorbs all others, with context "no caller".
 */
struct Callers {
    int32_t id;
    int32_t count;
    const Caller *items; /* by return_state */
    Callers *next_in_bucket;
};

/* A merge done before. */
typedef struct MergeMemo {
    const Callers *left;
    const Callers *right;
    const Callers *result;
    struct MergeMemo *next_in_bucket;
} MergeMemo;

typedef struct Config {
    int32_t state;
    int32_t alternative;
    const Callers *callers;
    bool left_rule;  /* came out of the rule of the decision, without context */
    bool suppressed; /* came out of a left-recursive rule at its outermost: keep it when filtering
                        by precedence */
} Config;

typedef struct ConfigList {
    int32_t count;
    int32_t capacity;
    Config *items;
} ConfigList;

/* A point in the prediction without context: the configurations there and, by token, what comes
 * next. */
typedef struct PredictionNode {
    ConfigList configs;
    int32_t unique; /* alternative, or -1 */
    bool conflict;
    TokenKind token; /* that led here */
    struct PredictionNode *children;
    struct PredictionNode *next_sibling;
    int32_t precedence; /* of a root */
} PredictionNode;

struct Predictor {
    Arena *arena;
    const Grammar *grammar;
    const TokenList *list;
    int32_t furthest;
    int64_t steps;
    bool gave_up;
    PredictionNode **roots; /* by decision: a list over precedences */
    Callers *buckets[BUCKETS];
    MergeMemo *merges[2][BUCKETS]; /* with context or without */
    int32_t callers_count;
    /* Configurations met in the closure that is being made. */
    Config *seen;
    uint32_t *seen_stamp;
    uint32_t stamp;
    int32_t seen_capacity;
    int32_t seen_count;
    ConfigList work;
    /* Where in the list that is being made a state's alternative is. */
    int32_t *listed;
    uint32_t *listed_stamp;
    int32_t listed_capacity;
};

/* What a closure is for. */
typedef struct ClosureMode {
    bool with_context;
    bool at_start; /* of the decision: precedence guards of its own rule are checked */
    const Callers *start_callers;
    int32_t precedence;
    RuleId
        precedence_rule; /* RULE_COUNT unless the decision is the loop of a left-recursive rule */
} ClosureMode;

Predictor *predictor_create(Arena *arena, const Grammar *grammar, const TokenList *list) {
    enum { SEEN_CAPACITY = 1 << 12 };
    Predictor *predictor = arena_new(arena, Predictor);
    predictor->arena = arena;
    predictor->grammar = grammar;
    predictor->list = list;
    predictor->roots = arena_new_array(arena, PredictionNode *, grammar->decision_count);
    predictor->seen_capacity = SEEN_CAPACITY;
    predictor->seen = arena_new_array(arena, Config, SEEN_CAPACITY);
    predictor->seen_stamp = arena_new_array(arena, uint32_t, SEEN_CAPACITY);
    return predictor;
}

int32_t predictor_furthest(const Predictor *predictor) {
    return predictor->furthest;
}

/* ---- callers ---- */

static int32_t callers_id(const Callers *callers) {
    return callers == NULL ? 0 : callers->id;
}

static const Callers *intern_callers(Predictor *predictor, const Caller *items, int32_t count) {
    uint32_t hash = 2166136261u;
    for (int32_t i = 0; i < count; i++) {
        hash = (hash ^ (uint32_t)items[i].return_state) * 16777619u;
        hash = (hash ^ (uint32_t)callers_id(items[i].callers)) * 16777619u;
    }
    Callers **bucket = &predictor->buckets[(hash >> 7) % BUCKETS];
    for (Callers *callers = *bucket; callers != NULL; callers = callers->next_in_bucket) {
        bool equal = callers->count == count;
        for (int32_t i = 0; equal && i < count; i++) {
            equal = callers->items[i].return_state == items[i].return_state &&
                    callers->items[i].callers == items[i].callers;
        }
        if (equal) {
            return callers;
        }
    }
    Callers *callers = arena_new(predictor->arena, Callers);
    callers->id = ++predictor->callers_count;
    callers->count = count;
    callers->items = arena_copy(predictor->arena, items, sizeof(Caller) * (size_t)count);
    callers->next_in_bucket = *bucket;
    *bucket = callers;
    return callers;
}

static const Callers *push_caller(Predictor *predictor, int32_t return_state,
                                  const Callers *callers) {
    Caller caller = {return_state, callers};
    return intern_callers(predictor, &caller, 1);
}

static const Callers *callers_of_frames(Predictor *predictor, const Frame *frame) {
    if (frame == NULL || frame->invoking_state < 0) {
        return NULL;
    }
    const Callers *callers = callers_of_frames(predictor, frame->parent);
    const State *caller = &predictor->grammar->states[frame->invoking_state];
    return push_caller(predictor, caller->transitions[0].follow, callers);
}

static const Callers *merge_callers(Predictor *predictor, bool with_context, const Callers *left,
                                    const Callers *right);

/* The two sorted lists as one; equal return states get their callers merged. */
static const Callers *merge_items(Predictor *predictor, bool with_context, const Callers *left,
                                  const Callers *right) {
    static const Caller none = {NO_STATE, NULL};
    static const Callers end = {0, 1, &none, NULL};
    left = left == NULL ? &end : left;
    right = right == NULL ? &end : right;
    Caller *items = arena_new_array(predictor->arena, Caller, left->count + right->count);
    int32_t count = 0;
    int32_t l = 0;
    int32_t r = 0;
    while (l < left->count || r < right->count) {
        int32_t left_state = l < left->count ? left->items[l].return_state : -1;
        int32_t right_state = r < right->count ? right->items[r].return_state : -1;
        if (left_state >= 0 && left_state == right_state) {
            const Callers *both = merge_callers(predictor, with_context, left->items[l].callers,
                                                right->items[r].callers);
            items[count++] = (Caller){left_state, both};
            l++;
            r++;
        } else if (right_state < 0 || (left_state >= 0 && left_state < right_state)) {
            items[count++] = left->items[l++];
        } else {
            items[count++] = right->items[r++];
        }
    }
    return intern_callers(predictor, items, count);
}

static const Callers *merge_callers(Predictor *predictor, bool with_context, const Callers *left,
                                    const Callers *right) {
    if (left == right) {
        return left;
    }
    if (!with_context && (left == NULL || right == NULL)) {
        return NULL;
    }
    if (callers_id(left) > callers_id(right)) {
        const Callers *swap = left;
        left = right;
        right = swap;
    }
    uint32_t hash =
        (uint32_t)callers_id(left) * 2654435761u ^ (uint32_t)callers_id(right) * 2246822519u;
    MergeMemo **bucket = &predictor->merges[with_context][(hash >> 9) % BUCKETS];
    for (MergeMemo *memo = *bucket; memo != NULL; memo = memo->next_in_bucket) {
        if (memo->left == left && memo->right == right) {
            return memo->result;
        }
    }
    predictor->steps++;
    const Callers *result = merge_items(predictor, with_context, left, right);
    MergeMemo *memo = arena_new(predictor->arena, MergeMemo);
    *memo = (MergeMemo){left, right, result, *bucket};
    *bucket = memo;
    return result;
}

/* ---- lists of configurations ---- */

static void list_push(Predictor *predictor, ConfigList *list, Config config) {
    if (list->count == list->capacity) {
        int32_t capacity = list->capacity == 0 ? 32 : list->capacity * 2;
        Config *items = arena_new_array(predictor->arena, Config, capacity);
        if (list->count > 0) {
            memcpy(items, list->items, sizeof(Config) * (size_t)list->count);
        }
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = config;
}

static uint32_t place_hash(const Config *config) {
    return ((uint32_t)config->state * 2654435761u ^ (uint32_t)config->alternative * 2246822519u) >>
           7;
}

static void listed_start(Predictor *predictor) {
    enum { FIRST_CAPACITY = 1 << 12 };
    if (predictor->listed == NULL) {
        predictor->listed_capacity = FIRST_CAPACITY;
        predictor->listed = arena_new_array(predictor->arena, int32_t, FIRST_CAPACITY);
        predictor->listed_stamp = arena_new_array(predictor->arena, uint32_t, FIRST_CAPACITY);
    }
}

static void listed_grow(Predictor *predictor, const ConfigList *list) {
    int32_t capacity = predictor->listed_capacity * 2;
    predictor->listed_capacity = capacity;
    predictor->listed = arena_new_array(predictor->arena, int32_t, capacity);
    predictor->listed_stamp = arena_new_array(predictor->arena, uint32_t, capacity);
    for (int32_t i = 0; i < list->count; i++) {
        uint32_t slot = place_hash(&list->items[i]) & ((uint32_t)capacity - 1);
        while (predictor->listed_stamp[slot] == predictor->stamp) {
            slot = (slot + 1) & ((uint32_t)capacity - 1);
        }
        predictor->listed[slot] = i;
        predictor->listed_stamp[slot] = predictor->stamp;
    }
}

/* Adds to the list that was begun with the present stamp; callers of the same state and alternative
 * merge. */
static void list_add(Predictor *predictor, bool with_context, ConfigList *list, Config config) {
    if (list->count * 2 >= predictor->listed_capacity) {
        listed_grow(predictor, list);
    }
    uint32_t mask = (uint32_t)predictor->listed_capacity - 1;
    uint32_t slot = place_hash(&config) & mask;
    for (; predictor->listed_stamp[slot] == predictor->stamp; slot = (slot + 1) & mask) {
        Config *present = &list->items[predictor->listed[slot]];
        if (present->state == config.state && present->alternative == config.alternative) {
            present->callers =
                merge_callers(predictor, with_context, present->callers, config.callers);
            present->left_rule |= config.left_rule;
            present->suppressed |= config.suppressed;
            return;
        }
    }
    predictor->listed[slot] = list->count;
    predictor->listed_stamp[slot] = predictor->stamp;
    list_push(predictor, list, config);
}

/* ---- the set of configurations already met ---- */

static bool config_equals(const Config *left, const Config *right) {
    return left->state == right->state && left->alternative == right->alternative &&
           left->callers == right->callers && left->left_rule == right->left_rule &&
           left->suppressed == right->suppressed;
}

static uint32_t config_hash(const Config *config) {
    uint64_t hash = (uint64_t)config->state * 0x9e3779b97f4a7c15u;
    hash ^= (uint64_t)config->alternative * 0xc2b2ae3d27d4eb4fu;
    hash += (uint64_t)callers_id(config->callers) * 0x165667b19e3779f9u;
    hash ^= (uint64_t)(config->left_rule * 2 + config->suppressed) << 40;
    hash ^= hash >> 29;
    return (uint32_t)hash;
}

static void seen_clear(Predictor *predictor) {
    listed_start(predictor);
    predictor->stamp++;
    predictor->seen_count = 0;
}

static bool seen_insert(Predictor *predictor, const Config *config);

static void seen_grow(Predictor *predictor) {
    Config *old = predictor->seen;
    uint32_t *old_stamp = predictor->seen_stamp;
    int32_t old_capacity = predictor->seen_capacity;
    uint32_t stamp = predictor->stamp;
    predictor->seen_capacity *= 2;
    predictor->seen = arena_new_array(predictor->arena, Config, predictor->seen_capacity);
    predictor->seen_stamp = arena_new_array(predictor->arena, uint32_t, predictor->seen_capacity);
    predictor->seen_count = 0;
    for (int32_t i = 0; i < old_capacity; i++) {
        if (old_stamp[i] == stamp) {
            (void)seen_insert(predictor, &old[i]);
        }
    }
}

/* False if it was there. */
static bool seen_insert(Predictor *predictor, const Config *config) {
    if (predictor->seen_count * 2 >= predictor->seen_capacity) {
        seen_grow(predictor);
    }
    uint32_t mask = (uint32_t)predictor->seen_capacity - 1;
    uint32_t slot = config_hash(config) & mask;
    while (predictor->seen_stamp[slot] == predictor->stamp) {
        if (config_equals(&predictor->seen[slot], config)) {
            return false;
        }
        slot = (slot + 1) & mask;
    }
    predictor->seen[slot] = *config;
    predictor->seen_stamp[slot] = predictor->stamp;
    predictor->seen_count++;
    return true;
}

/* ---- closure ---- */

/* Out of a rule without a known caller: whatever may follow it anywhere. */
static void close_unknown_caller(Predictor *predictor, const ClosureMode *mode,
                                 const Config *config, ConfigList *out) {
    RuleId rule_id = predictor->grammar->states[config->state].rule;
    const RuleDefinition *rule = &predictor->grammar->rules[rule_id];
    if (mode->with_context || rule->link_count == 0) {
        list_add(predictor, mode->with_context, out, *config);
        return;
    }
    for (int32_t i = rule->link_count - 1; i >= 0; i--) {
        Config next = *config;
        next.state = rule->links[i].state;
        next.left_rule = true;
        next.suppressed =
            config->suppressed || (rule->links[i].outermost && rule_id == mode->precedence_rule);
        list_push(predictor, &predictor->work, next);
    }
}

static void close_stop_state(Predictor *predictor, const ClosureMode *mode, const Config *config,
                             ConfigList *out) {
    if (config->callers == NULL) {
        close_unknown_caller(predictor, mode, config, out);
        return;
    }
    for (int32_t i = config->callers->count - 1; i >= 0; i--) {
        Config next = *config;
        next.callers = config->callers->items[i].callers;
        if (config->callers->items[i].return_state == NO_STATE) {
            close_unknown_caller(predictor, mode, &next, out);
        } else {
            next.state = config->callers->items[i].return_state;
            list_push(predictor, &predictor->work, next);
        }
    }
}

static bool guard_is_open(const ClosureMode *mode, const Config *config, int32_t precedence) {
    bool own_rule = mode->at_start && !config->left_rule && config->callers == mode->start_callers;
    return !own_rule || precedence >= mode->precedence;
}

static void close_state(Predictor *predictor, const ClosureMode *mode, const Config *config,
                        ConfigList *out) {
    const State *state = &predictor->grammar->states[config->state];
    bool listed = false;
    for (int32_t i = state->transition_count - 1; i >= 0; i--) {
        const Transition *transition = &state->transitions[i];
        Config next = *config;
        next.state = transition->target;
        switch (transition->kind) {
        case TRANSITION_TOKENS:
            if (!listed) {
                list_add(predictor, mode->with_context, out, *config);
                listed = true;
            }
            continue;
        case TRANSITION_PRECEDENCE:
            if (!guard_is_open(mode, config, transition->precedence)) {
                continue;
            }
            break;
        case TRANSITION_RULE:
            next.callers = push_caller(predictor, transition->follow, config->callers);
            break;
        case TRANSITION_EPSILON:
            break;
        }
        list_push(predictor, &predictor->work, next);
    }
}

/* Adds the closure of `config` to `out`; `seen` carries over between calls. */
static void add_closure(Predictor *predictor, const ClosureMode *mode, Config config,
                        ConfigList *out) {
    predictor->work.count = 0;
    list_push(predictor, &predictor->work, config);
    while (predictor->work.count > 0 && !predictor->gave_up) {
        Config next = predictor->work.items[--predictor->work.count];
        if (!seen_insert(predictor, &next)) {
            continue;
        }
        if (++predictor->steps > STEPS_MAX) {
            predictor->gave_up = true;
        }
        if (predictor->grammar->states[next.state].is_stop) {
            close_stop_state(predictor, mode, &next, out);
        } else {
            close_state(predictor, mode, &next, out);
        }
    }
}

static ConfigList start_closure(Predictor *predictor, const ClosureMode *mode, int32_t state) {
    ConfigList configs = {0};
    const State *decision = &predictor->grammar->states[state];
    seen_clear(predictor);
    for (int32_t i = 0; i < decision->transition_count; i++) {
        Config config = {
            .state = decision->transitions[i].target,
            .alternative = i,
            .callers = mode->start_callers,
        };
        add_closure(predictor, mode, config, &configs);
    }
    return configs;
}

/* ---- moving over a token ---- */

static bool is_stop(const Predictor *predictor, const Config *config) {
    return predictor->grammar->states[config->state].is_stop;
}

static bool any_stop(const Predictor *predictor, const ConfigList *configs) {
    for (int32_t i = 0; i < configs->count; i++) {
        if (is_stop(predictor, &configs->items[i])) {
            return true;
        }
    }
    return false;
}

static ConfigList reach(Predictor *predictor, const ClosureMode *mode, const ConfigList *from,
                        TokenKind token) {
    ConfigList configs = {0};
    ConfigList skipped = {0};
    seen_clear(predictor);
    for (int32_t i = 0; i < from->count; i++) {
        const Config *config = &from->items[i];
        const State *state = &predictor->grammar->states[config->state];
        if (state->is_stop && (mode->with_context || token == TOKEN_END)) {
            list_push(predictor, &skipped, *config);
        }
        for (int32_t t = 0; t < state->transition_count; t++) {
            const Transition *transition = &state->transitions[t];
            if (transition->kind == TRANSITION_TOKENS &&
                token_set_has(&transition->tokens, token)) {
                Config next = *config;
                next.state = transition->target;
                add_closure(predictor, mode, next, &configs);
            }
        }
    }
    if (token == TOKEN_END) {
        int32_t kept = 0;
        for (int32_t i = 0; i < configs.count; i++) {
            if (is_stop(predictor, &configs.items[i])) {
                configs.items[kept++] = configs.items[i];
            }
        }
        configs.count = kept;
    }
    if (!mode->with_context || !any_stop(predictor, &configs)) {
        for (int32_t i = 0; i < skipped.count; i++) {
            list_push(predictor, &configs, skipped.items[i]);
        }
    }
    return configs;
}

/* ---- looking at a set ---- */

static int compare_configs(const void *left_item, const void *right_item) {
    const Config *left = left_item;
    const Config *right = right_item;
    if (left->state != right->state) {
        return left->state < right->state ? -1 : 1;
    }
    if (left->alternative != right->alternative) {
        return left->alternative < right->alternative ? -1 : 1;
    }
    return 0;
}

static int32_t unique_alternative(const ConfigList *configs) {
    for (int32_t i = 1; i < configs->count; i++) {
        if (configs->items[i].alternative != configs->items[0].alternative) {
            return -1;
        }
    }
    return configs->count == 0 ? -1 : configs->items[0].alternative;
}

/* What the alternatives at the states have in common. */
typedef struct Agreement {
    bool some_conflict;    /* two alternatives have the same callers at one state */
    bool some_state_alone; /* some state belongs to one alternative only */
    int32_t viable;        /* the alternative that wins every conflict, or -1 */
} Agreement;

/* Adds the alternatives at one state, items[from..to), to the judgement. */
static void judge_state(const ConfigList *sorted, int32_t from, int32_t to, Agreement *agreement) {
    agreement->some_state_alone |= to - from == 1;
    for (int32_t i = from; i < to; i++) {
        int32_t first = from; /* the least alternative with the same callers */
        while (sorted->items[first].callers != sorted->items[i].callers) {
            first++;
        }
        agreement->some_conflict |= first != i;
        int32_t least = sorted->items[first].alternative;
        if (agreement->viable == -2) {
            agreement->viable = least;
        } else if (agreement->viable != least) {
            agreement->viable = -1;
        }
    }
}

static Agreement agreement_of(ConfigList *configs) {
    Agreement agreement = {.viable = -2};
    qsort(configs->items, (size_t)configs->count, sizeof(Config), compare_configs);
    for (int32_t from = 0; from < configs->count;) {
        int32_t to = from + 1;
        while (to < configs->count && configs->items[to].state == configs->items[from].state) {
            to++;
        }
        judge_state(configs, from, to, &agreement);
        from = to;
    }
    return agreement;
}

static bool all_stop(const Predictor *predictor, const ConfigList *configs) {
    for (int32_t i = 0; i < configs->count; i++) {
        if (!is_stop(predictor, &configs->items[i])) {
            return false;
        }
    }
    return true;
}

/* The least alternative that had come to the end of the decision's rule, or -1. */
static int32_t finished_alternative(const Predictor *predictor, const ConfigList *configs) {
    int32_t least = -1;
    for (int32_t i = 0; i < configs->count; i++) {
        const Config *config = &configs->items[i];
        bool finished =
            config->left_rule || (is_stop(predictor, config) && config->callers == NULL);
        if (finished && (least < 0 || config->alternative < least)) {
            least = config->alternative;
        }
    }
    return least;
}

/* ---- precedence ---- */

/*
 * In the loop of a left-recursive rule, leaving is dropped where going on comes to the same place:
 * what follows then belongs to this loop and not to an outer one.
 */
static void filter_by_precedence(Predictor *predictor, ConfigList *configs) {
    qsort(configs->items, (size_t)configs->count, sizeof(Config), compare_configs);
    ConfigList kept = {0};
    const Config *going_on = NULL; /* the last configuration of alternative 0 */
    for (int32_t i = 0; i < configs->count; i++) {
        const Config *config = &configs->items[i];
        bool shadowed = going_on != NULL && going_on->state == config->state &&
                        going_on->callers == config->callers;
        if (config->alternative == 0) {
            going_on = config;
            list_push(predictor, &kept, *config);
        } else if (config->suppressed || !shadowed) {
            list_push(predictor, &kept, *config);
        }
    }
    *configs = kept;
}

/* ---- prediction ---- */

static void judge_node(Predictor *predictor, PredictionNode *node) {
    node->unique = unique_alternative(&node->configs);
    if (node->unique < 0 && node->configs.count > 0) {
        Agreement agreement = agreement_of(&node->configs);
        node->conflict = all_stop(predictor, &node->configs) ||
                         (agreement.some_conflict && !agreement.some_state_alone);
    }
}

static PredictionNode *root_node(Predictor *predictor, int32_t decision, int32_t state,
                                 const ClosureMode *mode) {
    for (PredictionNode *node = predictor->roots[decision]; node != NULL;
         node = node->next_sibling) {
        if (node->precedence == mode->precedence) {
            return node;
        }
    }
    PredictionNode *root = arena_new(predictor->arena, PredictionNode);
    root->precedence = mode->precedence;
    root->configs = start_closure(predictor, mode, state);
    if (mode->precedence_rule != RULE_COUNT) {
        filter_by_precedence(predictor, &root->configs);
    }
    root->unique = -1; /* at least one token is looked at */
    root->next_sibling = predictor->roots[decision];
    predictor->roots[decision] = root;
    return root;
}

static PredictionNode *child_node(Predictor *predictor, PredictionNode *parent,
                                  const ClosureMode *mode, TokenKind token) {
    for (PredictionNode *node = parent->children; node != NULL; node = node->next_sibling) {
        if (node->token == token) {
            return node;
        }
    }
    PredictionNode *child = arena_new(predictor->arena, PredictionNode);
    child->token = token;
    child->configs = reach(predictor, mode, &parent->configs, token);
    judge_node(predictor, child);
    child->next_sibling = parent->children;
    parent->children = child;
    return child;
}

static TokenKind look_at(Predictor *predictor, int32_t index) {
    if (index > predictor->furthest) {
        predictor->furthest = index;
    }
    return predictor->list->tokens[index].kind;
}

static PredictionResult choose_with_context(Predictor *predictor, int32_t state, const Frame *frame,
                                            int32_t position, int32_t *ret_alternative,
                                            int32_t *ret_offending) {
    ClosureMode mode = {
        .with_context = true,
        .at_start = true,
        .start_callers = callers_of_frames(predictor, frame),
        .precedence = frame->precedence,
        .precedence_rule = RULE_COUNT,
    };
    ConfigList configs = start_closure(predictor, &mode, state);
    mode.at_start = false;
    for (int32_t index = position; !predictor->gave_up; index++) {
        TokenKind token = look_at(predictor, index);
        ConfigList next = reach(predictor, &mode, &configs, token);
        *ret_alternative = -1;
        if (next.count == 0) {
            *ret_offending = index;
            *ret_alternative = finished_alternative(predictor, &configs);
            return *ret_alternative < 0 ? PREDICTION_NONE : PREDICTION_OK;
        }
        *ret_alternative = unique_alternative(&next);
        if (*ret_alternative < 0) {
            *ret_alternative = agreement_of(&next).viable;
        }
        if (*ret_alternative >= 0) {
            return PREDICTION_OK;
        }
        if (token == TOKEN_END) {
            break;
        }
        configs = next;
    }
    return PREDICTION_GAVE_UP;
}

PredictionResult predictor_choose(Predictor *predictor, int32_t decision, int32_t state,
                                  bool is_precedence_loop, const Frame *frame, int32_t position,
                                  int32_t *ret_alternative, int32_t *ret_offending) {
    ClosureMode mode = {
        .at_start = true,
        .precedence = frame->precedence,
        .precedence_rule = is_precedence_loop ? frame->rule : RULE_COUNT,
    };
    PredictionNode *node = root_node(predictor, decision, state, &mode);
    mode.at_start = false;
    for (int32_t index = position; !predictor->gave_up; index++) {
        TokenKind token = look_at(predictor, index);
        PredictionNode *next = child_node(predictor, node, &mode, token);
        if (next->configs.count == 0) {
            *ret_offending = index;
            *ret_alternative = finished_alternative(predictor, &node->configs);
            return *ret_alternative < 0 ? PREDICTION_NONE : PREDICTION_OK;
        }
        if (next->unique >= 0) {
            *ret_alternative = next->unique;
            return PREDICTION_OK;
        }
        if (next->conflict) {
            return choose_with_context(predictor, state, frame, position, ret_alternative,
                                       ret_offending);
        }
        if (token == TOKEN_END) {
            break;
        }
        node = next;
    }
    return PREDICTION_GAVE_UP;
}
