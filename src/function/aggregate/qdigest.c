/*
 * The quantile digest's tree. A node of level n stands for all values that agree in all but their n
 * lowest bits; branches without a value of their own are skipped, so a tree over k values has at
 * most 2k - 1 nodes. Values are held as unsigned bits whose order is the integers'.
 */
#include "function/aggregate/qdigest.h"

#include <math.h>
#include <string.h>

enum { FORMAT_TAG = 0, HAS_LEFT = 1, HAS_RIGHT = 2, LEVELS = 64, NODE_BYTES = 17, HEAD_BYTES = 45 };

#define WEIGHT_MIN 1e-5 /* less is nothing */

static uint64_t bits_of(int64_t value) {
    return (uint64_t)value ^ 0x8000000000000000u;
}

static int64_t value_of(uint64_t bits) {
    return (int64_t)(bits ^ 0x8000000000000000u);
}

int64_t qdigest_from_double(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 63 & INT64_MAX);
}

double qdigest_to_double(int64_t value) {
    int64_t bits = value ^ (value >> 63 & INT64_MAX);
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

int64_t qdigest_from_real(float value) {
    int32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits ^ (bits >> 31 & INT32_MAX);
}

float qdigest_to_real(int64_t value) {
    int32_t bits = (int32_t)value ^ ((int32_t)value >> 31 & INT32_MAX);
    float result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

void qdigest_init(QDigest *digest, double max_error) {
    *digest = (QDigest){
        .max_error = max_error, .min = INT64_MAX, .max = INT64_MIN, .root = -1, .first_free = -1};
}

/* ---- nodes ---- */

static int32_t create_node(Arena *arena, QDigest *digest, uint64_t bits, int32_t level,
                           double count) {
    int32_t node = digest->first_free;
    if (node >= 0) {
        digest->first_free = digest->nodes[node].left;
        digest->free_count--;
    } else {
        if (digest->node_count == digest->node_capacity) {
            int32_t capacity = digest->node_capacity < 4 ? 4 : digest->node_capacity * 2;
            QDigestNode *nodes = arena_alloc(arena, (size_t)capacity * sizeof *nodes);
            if (digest->node_count > 0) {
                memcpy(nodes, digest->nodes, (size_t)digest->node_count * sizeof *nodes);
            }
            digest->nodes = nodes;
            digest->node_capacity = capacity;
        }
        node = digest->node_count++;
    }
    digest->count += count;
    digest->nodes[node] =
        (QDigestNode){.count = count, .bits = bits, .left = -1, .right = -1, .level = level};
    return node;
}

static void free_node(QDigest *digest, int32_t node) {
    if (node == digest->node_count - 1) {
        digest->node_count--;
        return;
    }
    digest->nodes[node].left = digest->first_free;
    digest->first_free = node;
    digest->free_count++;
}

static bool same_subtree(uint64_t a, uint64_t b, int32_t level) {
    return level == LEVELS || a >> level == b >> level;
}

/* Whether the value lies right below a node of the level. */
static bool goes_right(uint64_t bits, int32_t level) {
    return (bits >> (level - 1) & 1) != 0;
}

static int32_t make_siblings(Arena *arena, QDigest *digest, int32_t first, int32_t second) {
    uint64_t bits = digest->nodes[first].bits;
    int32_t level = LEVELS - __builtin_clzll(bits ^ digest->nodes[second].bits);
    int32_t parent = create_node(arena, digest, bits, level, 0);
    bool is_right = goes_right(bits, level);
    digest->nodes[parent].left = is_right ? second : first;
    digest->nodes[parent].right = is_right ? first : second;
    return parent;
}

/* ---- compression ---- */

static int32_t compression_factor(const QDigest *digest) {
    if (digest->root < 0) {
        return 1;
    }
    double factor = (digest->nodes[digest->root].level + 1) / digest->max_error;
    return factor < 1 ? 1 : factor > INT32_MAX ? INT32_MAX : (int32_t)factor;
}

/* Takes a node's weight away (it is its parent's now); gives what stands in its place. */
static int32_t remove_node(QDigest *digest, int32_t node) {
    QDigestNode *removed = &digest->nodes[node];
    if (removed->left >= 0 && removed->right >= 0) {
        removed->count = 0;
        return node;
    }
    int32_t child = removed->left >= 0 ? removed->left : removed->right;
    free_node(digest, node);
    return child;
}

static void compress_below(QDigest *digest, int32_t node, double bound) {
    QDigestNode *self = &digest->nodes[node];
    int32_t left = self->left, right = self->right;
    if (left >= 0) {
        compress_below(digest, left, bound);
    }
    if (right >= 0) {
        compress_below(digest, right, bound);
    }
    double left_count = left >= 0 ? digest->nodes[left].count : 0;
    double right_count = right >= 0 ? digest->nodes[right].count : 0;
    bool is_thin = self->count + left_count + right_count < bound;
    if (left >= 0 && (is_thin || left_count < WEIGHT_MIN)) {
        self->left = remove_node(digest, left);
        self->count += left_count;
    }
    if (right >= 0 && (is_thin || right_count < WEIGHT_MIN)) {
        self->right = remove_node(digest, right);
        self->count += right_count;
    }
}

static void compress(QDigest *digest) {
    if (digest->root < 0) {
        return;
    }
    compress_below(digest, digest->root, floor(digest->count / compression_factor(digest)));
    if (digest->nodes[digest->root].count < WEIGHT_MIN) {
        digest->root = remove_node(digest, digest->root);
    }
}

/* ---- adding and merging ---- */

static void insert(Arena *arena, QDigest *digest, uint64_t bits, double weight) {
    int32_t parent = -1, node = digest->root;
    bool is_right = false;
    while (node >= 0 && same_subtree(bits, digest->nodes[node].bits, digest->nodes[node].level)) {
        QDigestNode *self = &digest->nodes[node];
        if (self->level == 0) {
            self->count += weight;
            digest->count += weight;
            return;
        }
        parent = node;
        is_right = goes_right(bits, self->level);
        node = is_right ? self->right : self->left;
    }
    int32_t leaf = create_node(arena, digest, bits, 0, weight);
    int32_t child = node >= 0 ? make_siblings(arena, digest, node, leaf) : leaf;
    if (parent < 0) {
        digest->root = child;
    } else if (is_right) {
        digest->nodes[parent].right = child;
    } else {
        digest->nodes[parent].left = child;
    }
}

void qdigest_add(Arena *arena, QDigest *digest, int64_t value, double weight) {
    digest->min = value < digest->min ? value : digest->min;
    digest->max = value > digest->max ? value : digest->max;
    double before = digest->count;
    if (weight >= WEIGHT_MIN) {
        insert(arena, digest, bits_of(value), weight);
    }
    int64_t factor = compression_factor(digest);
    if ((int64_t)before / factor != (int64_t)digest->count / factor) {
        compress(digest);
    }
}

static int32_t copy_tree(Arena *arena, QDigest *digest, const QDigest *other, int32_t other_node) {
    if (other_node < 0) {
        return -1;
    }
    const QDigestNode *source = &other->nodes[other_node];
    int32_t node = create_node(arena, digest, source->bits, source->level, source->count);
    int32_t left = copy_tree(arena, digest, other, source->left);
    int32_t right = copy_tree(arena, digest, other, source->right);
    digest->nodes[node].left = left;
    digest->nodes[node].right = right;
    return node;
}

static int32_t merge_trees(Arena *arena, QDigest *digest, int32_t node, const QDigest *other,
                           int32_t other_node) {
    if (other_node < 0) {
        return node;
    }
    if (node < 0) {
        return copy_tree(arena, digest, other, other_node);
    }
    QDigestNode self = digest->nodes[node];
    const QDigestNode *source = &other->nodes[other_node];
    int32_t level = self.level > source->level ? self.level : source->level;
    if (!same_subtree(self.bits, source->bits, level)) {
        return make_siblings(arena, digest, node, copy_tree(arena, digest, other, other_node));
    }
    if (self.level < source->level) { /* the other's node stands above this one */
        bool is_right = goes_right(self.bits, source->level);
        int32_t inner = is_right ? source->right : source->left;
        int32_t outer = is_right ? source->left : source->right;
        int32_t merged = merge_trees(arena, digest, node, other, inner);
        int32_t copied = copy_tree(arena, digest, other, outer);
        int32_t result = create_node(arena, digest, source->bits, source->level, source->count);
        digest->nodes[result].left = is_right ? copied : merged;
        digest->nodes[result].right = is_right ? merged : copied;
        return result;
    }
    bool is_above = self.level > source->level;
    bool is_right = is_above && goes_right(source->bits, self.level);
    if (!is_above) {
        digest->count += source->count;
        digest->nodes[node].count += source->count;
    }
    if (!is_right) {
        int32_t from = is_above ? other_node : source->left;
        int32_t left = merge_trees(arena, digest, self.left, other, from);
        digest->nodes[node].left = left;
    }
    if (is_right || !is_above) {
        int32_t from = is_above ? other_node : source->right;
        int32_t right = merge_trees(arena, digest, self.right, other, from);
        digest->nodes[node].right = right;
    }
    return node;
}

void qdigest_merge(Arena *arena, QDigest *target, const QDigest *source) {
    int32_t root = merge_trees(arena, target, target->root, source, source->root);
    target->root = root;
    target->min = source->min < target->min ? source->min : target->min;
    target->max = source->max > target->max ? source->max : target->max;
    compress(target);
}

/* ---- asking ---- */

static uint64_t mask_of(const QDigestNode *node) {
    return node->level == 0 ? 0 : UINT64_MAX >> (LEVELS - node->level);
}

/* Children before their parents, left to right: true when `sum` passed `rank` at this node. */
static bool pass_rank(const QDigest *digest, int32_t node, double rank, double *sum,
                      int64_t *ret_upper) {
    if (node < 0) {
        return false;
    }
    const QDigestNode *self = &digest->nodes[node];
    if (pass_rank(digest, self->left, rank, sum, ret_upper) ||
        pass_rank(digest, self->right, rank, sum, ret_upper)) {
        return true;
    }
    *sum += self->count;
    *ret_upper = value_of(self->bits | mask_of(self));
    return *sum > rank;
}

int64_t qdigest_value_at(const QDigest *digest, double quantile) {
    double sum = 0;
    int64_t upper;
    if (pass_rank(digest, digest->root, quantile * digest->count, &sum, &upper)) {
        return upper < digest->max ? upper : digest->max;
    }
    return digest->max;
}

/* Adds up counts until a node that reaches the value; false there. */
static bool sum_below(const QDigest *digest, int32_t node, int64_t value, double *sum) {
    if (node < 0) {
        return true;
    }
    const QDigestNode *self = &digest->nodes[node];
    if (!sum_below(digest, self->left, value, sum) || !sum_below(digest, self->right, value, sum) ||
        value <= value_of(self->bits | mask_of(self))) {
        return false;
    }
    *sum += self->count;
    return true;
}

double qdigest_weight_below(const QDigest *digest, int64_t value) {
    double sum = 0;
    sum_below(digest, digest->root, value, &sum);
    return sum;
}

/* ---- serialised: nodes in post-order, so that the tree can be put together from below ---- */

static void write_nodes(const QDigest *digest, int32_t node, ByteString *out) {
    if (node < 0) {
        return;
    }
    const QDigestNode *self = &digest->nodes[node];
    write_nodes(digest, self->left, out);
    write_nodes(digest, self->right, out);
    int32_t level = self->level > 0 ? self->level - 1 : 0;
    byte_string_append_char(out, (char)(level << 2 | (self->left >= 0 ? HAS_LEFT : 0) |
                                        (self->right >= 0 ? HAS_RIGHT : 0)));
    byte_string_append(out, &self->count, sizeof self->count);
    byte_string_append(out, &self->bits, sizeof self->bits);
}

void qdigest_write(Arena *arena, const QDigest *digest, ByteString *out) {
    QDigest copy = *digest;
    copy.nodes = arena_copy(arena, digest->nodes, (size_t)digest->node_count * sizeof *copy.nodes);
    copy.node_capacity = copy.node_count;
    compress(&copy);
    double decay = 0;
    int64_t landmark = 0;
    int32_t nodes = copy.node_count - copy.free_count;
    byte_string_append_char(out, FORMAT_TAG);
    byte_string_append(out, &copy.max_error, sizeof copy.max_error);
    byte_string_append(out, &decay, sizeof decay);
    byte_string_append(out, &landmark, sizeof landmark);
    byte_string_append(out, &copy.min, sizeof copy.min);
    byte_string_append(out, &copy.max, sizeof copy.max);
    byte_string_append(out, &nodes, sizeof nodes);
    write_nodes(&copy, copy.root, out);
}

/* One node, whose children are the last of the stack. */
static bool read_node(Arena *arena, const char *bytes, QDigest *digest, int32_t *stack,
                      int32_t *top) {
    uint8_t structure = (uint8_t)bytes[0];
    bool is_leaf = (structure & (HAS_LEFT | HAS_RIGHT)) == 0;
    double count;
    uint64_t bits;
    memcpy(&count, bytes + 1, sizeof count);
    memcpy(&bits, bytes + 9, sizeof bits);
    int32_t node = create_node(arena, digest, bits, (structure >> 2) + !is_leaf, count);
    if ((structure & HAS_RIGHT) != 0) {
        if (*top == 0) {
            return false;
        }
        digest->nodes[node].right = stack[--*top];
    }
    if ((structure & HAS_LEFT) != 0) {
        if (*top == 0) {
            return false;
        }
        digest->nodes[node].left = stack[--*top];
    }
    stack[(*top)++] = node;
    return true;
}

/* Children have lower levels than their parents: recursion is then bounded. */
static bool levels_fall(const QDigest *digest) {
    for (int32_t i = 0; i < digest->node_count; i++) {
        const QDigestNode *node = &digest->nodes[i];
        if ((node->left >= 0 && digest->nodes[node->left].level >= node->level) ||
            (node->right >= 0 && digest->nodes[node->right].level >= node->level)) {
            return false;
        }
    }
    return true;
}

bool qdigest_read(Arena *arena, const char *bytes, size_t size, QDigest *ret_digest) {
    if (size < HEAD_BYTES || bytes[0] != FORMAT_TAG) {
        return false;
    }
    double max_error;
    int32_t nodes, top = 0;
    memcpy(&max_error, bytes + 1, sizeof max_error);
    memcpy(&nodes, bytes + HEAD_BYTES - sizeof nodes, sizeof nodes);
    if (!(max_error > 0 && max_error <= 1) || nodes < 0 ||
        size != HEAD_BYTES + (size_t)nodes * NODE_BYTES) {
        return false;
    }
    qdigest_init(ret_digest, max_error);
    memcpy(&ret_digest->min, bytes + 25, sizeof ret_digest->min);
    memcpy(&ret_digest->max, bytes + 33, sizeof ret_digest->max);
    int32_t *stack = arena_alloc(arena, (size_t)(nodes + 1) * sizeof *stack);
    for (int32_t i = 0; i < nodes; i++) {
        if (!read_node(arena, bytes + HEAD_BYTES + (size_t)i * NODE_BYTES, ret_digest, stack,
                       &top)) {
            return false;
        }
    }
    ret_digest->root = nodes - 1;
    return (nodes == 0 || top == 1) && levels_fall(ret_digest);
}
