#include "solvers/point_tree.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/exponential.h"
#include "core/memory.h"

enum { LEAF = FK_POINT_LEAF, DEPTH = 64 };

static const double negligible = 39.2; /* e^-39.2 < 1e-17 */

struct fk_point_tree {
    size_t dim, n, n_nodes, n_leaves;
    double enough; /* log n + negligible */
    size_t *right; /* [nodes] the second child; the first follows its parent; 0: none */
    size_t *leaf;  /* [nodes] number of the leaf, where there are no children */
    double *box;   /* [nodes][2][dim] least and largest coordinates */
    double *rows; /* [leaves][1 + dim][LEAF] 0, or infinity where there is no point, and
                      the coordinates */
};

/* ---- making ---- */

typedef struct builder {
    fk_point_tree *tree;
    const double *point;
    size_t *order; /* [n] of the points */
} builder;

static double coordinate(const builder *b, size_t at, size_t axis)
{
    return b->point[b->order[at] * b->tree->dim + axis];
}

static void swap(size_t *a, size_t *b)
{
    const size_t kept = *a;
    *a = *b;
    *b = kept;
}

/* Orders first .. last so that the coordinates below `middle` are no larger than those
 * from it on.  [hoare-1961] */
static void part(builder *b, size_t first, size_t last, size_t middle, size_t axis)
{
    while (first < last) {
        const double pivot = coordinate(b, first + (last - first) / 2, axis);
        size_t i = first, j = last;
        while (i <= j) {
            while (coordinate(b, i, axis) < pivot)
                i++;
            while (coordinate(b, j, axis) > pivot)
                j--;
            if (i > j)
                break;
            swap(&b->order[i++], &b->order[j]);
            if (j-- == 0)
                break;
        }
        if (middle >= i)
            first = i;
        else if (j < last && middle <= j)
            last = j;
        else
            return;
    }
}

/* The box around count points from `first` on; the axis along which it is longest. */
static size_t enclose(const builder *b, size_t first, size_t count, double *box)
{
    const size_t d = b->tree->dim;
    size_t widest = 0;
    for (size_t i = 0; i < d; i++) {
        double least = coordinate(b, first, i), most = least;
        for (size_t k = 1; k < count; k++) {
            least = fmin(least, coordinate(b, first + k, i));
            most = fmax(most, coordinate(b, first + k, i));
        }
        box[i] = least;
        box[d + i] = most;
        if (most - least > box[d + widest] - box[widest])
            widest = i;
    }
    return widest;
}

static void fill_leaf(builder *b, size_t node, size_t first, size_t count)
{
    fk_point_tree *t = b->tree;
    t->leaf[node] = t->n_leaves++;
    double *row = t->rows + t->leaf[node] * (1 + t->dim) * LEAF;
    for (size_t k = count; k < LEAF; k++)
        row[k] = HUGE_VAL;
    for (size_t i = 0; i < t->dim; i++)
        for (size_t k = 0; k < count; k++)
            row[(1 + i) * LEAF + k] = coordinate(b, first + k, i);
}

/* The branch of count points from `first` on; all leaves but the last are full. */
static size_t branch(builder *b, size_t first, size_t count)
{
    fk_point_tree *t = b->tree;
    const size_t node = t->n_nodes++;
    const size_t axis = enclose(b, first, count, t->box + node * 2 * t->dim);
    if (count <= LEAF) {
        fill_leaf(b, node, first, count);
        return node;
    }
    const size_t left = (count + LEAF - 1) / LEAF / 2 * LEAF;
    part(b, first, first + count - 1, first + left, axis);
    branch(b, first, left);
    t->right[node] = branch(b, first + left, count - left);
    return node;
}

fk_status fk_point_tree_new(size_t dim, size_t n, const double *points,
                            fk_point_tree **out)
{
    assert(dim >= 1 && n >= 1);
    const size_t leaves = (n + LEAF - 1) / LEAF;
    *out = NULL;
    fk_point_tree *t = calloc(1, sizeof *t);
    if (t == NULL)
        return FK_ENOMEM;
    t->dim = dim;
    t->n = n;
    t->enough = log((double)n) + negligible;
    t->right = fk_alloc(2 * leaves, sizeof *t->right);
    t->leaf = fk_alloc(2 * leaves, sizeof *t->leaf);
    t->box = fk_alloc(2 * leaves, 2 * dim * sizeof *t->box);
    t->rows = fk_alloc(leaves, (1 + dim) * LEAF * sizeof *t->rows);
    builder b = {.tree = t, .point = points, .order = fk_alloc(n, sizeof *b.order)};
    if (t->right == NULL || t->leaf == NULL || t->box == NULL || t->rows == NULL ||
        b.order == NULL) {
        fk_point_tree_free(t);
        free(b.order);
        return FK_ENOMEM;
    }
    for (size_t k = 0; k < n; k++)
        b.order[k] = k;
    branch(&b, 0, n);
    free(b.order);
    *out = t;
    return FK_OK;
}

void fk_point_tree_free(fk_point_tree *t)
{
    if (t == NULL)
        return;
    free(t->right);
    free(t->leaf);
    free(t->box);
    free(t->rows);
    free(t);
}

size_t fk_point_tree_dim(const fk_point_tree *t)
{
    return t->dim;
}

size_t fk_point_tree_count(const fk_point_tree *t)
{
    return t->n;
}

/* ---- sums ---- */

typedef struct sums {
    double least; /* square of the smallest distance so far, the unit of all weights */
    double *weight;    /* [LEAF] sums of e */
    double *offset;    /* [dim][LEAF] sums of e (x - y) */
    double *now, *low; /* [LEAF] of the leaf at hand: squared distances, then weights */
} sums;

size_t fk_point_tree_scratch(const fk_point_tree *t)
{
    return (3 + t->dim) * LEAF;
}

/* The smallest of a[LEAF], by halves. */
static inline double smallest(const double *a, double *work)
{
    memcpy(work, a, LEAF * sizeof *work);
    for (size_t half = LEAF / 2; half > 0; half /= 2)
        for (size_t j = 0; j < half; j++)
            work[j] = work[j + half] < work[j] ? work[j + half] : work[j];
    return work[0];
}

/* The sum of a[LEAF], by halves; a is lost. */
static inline double total(double *a)
{
    for (size_t half = LEAF / 2; half > 0; half /= 2)
        for (size_t j = 0; j < half; j++)
            a[j] += a[j + half];
    return a[0];
}

/* Takes the nearest point so far for the unit if it is in the leaf. */
static inline void rebase(size_t dim, double half, sums *s)
{
    const double least = smallest(s->now, s->low);
    if (!(least < s->least))
        return;
    const double shrink = fk_exp_negative((least - s->least) * half);
    for (size_t j = 0; j < (1 + dim) * LEAF; j++) /* weight and offset are one */
        s->weight[j] *= shrink;
    s->least = least;
}

/* Adds the points of a leaf; `nearer`: one of them may be nearer than all before. */
FK_CLONES static void visit(size_t dim, const double *restrict leaf,
                            const double *restrict y, double half, bool nearer, sums *s)
{
    double *restrict now = s->now, *restrict weight = s->weight;
    memcpy(now, leaf, LEAF * sizeof *now);
    for (size_t i = 0; i < dim; i++) {
        const double *restrict x = leaf + (1 + i) * LEAF;
        for (size_t j = 0; j < LEAF; j++)
            now[j] += (x[j] - y[i]) * (x[j] - y[i]);
    }
    if (nearer)
        rebase(dim, half, s);
    const double unit = s->least;
    for (size_t j = 0; j < LEAF; j++) {
        now[j] = fk_exp_negative((unit - now[j]) * half);
        weight[j] += now[j];
    }
    for (size_t i = 0; i < dim; i++) {
        const double *restrict x = leaf + (1 + i) * LEAF;
        double *restrict offset = s->offset + i * LEAF;
        for (size_t j = 0; j < LEAF; j++)
            offset[j] += now[j] * (x[j] - y[i]);
    }
}

/* Square of the distance from y to the box of a node. */
static double distance(const fk_point_tree *t, size_t node, const double *y)
{
    const double *low = t->box + node * 2 * t->dim, *high = low + t->dim;
    double square = 0.0;
    for (size_t i = 0; i < t->dim; i++) {
        const double below = low[i] - y[i], above = y[i] - high[i];
        const double out = below > 0.0 ? below : above > 0.0 ? above : 0.0;
        square += out * out;
    }
    return square;
}

typedef struct waiting {
    size_t node;
    double square; /* of the distance to its box */
} waiting;

/* Down from a node to a leaf, the nearer child first; the others wait. */
static waiting descend(const fk_point_tree *t, waiting at, const double *y,
                       waiting *stack, size_t *top)
{
    while (t->right[at.node] != 0) {
        const size_t first = at.node + 1, second = t->right[at.node];
        const waiting a = {first, distance(t, first, y)},
                      b = {second, distance(t, second, y)};
        assert(*top < DEPTH);
        stack[(*top)++] = a.square <= b.square ? b : a;
        at = a.square <= b.square ? a : b;
    }
    return at;
}

double fk_point_tree_gaussian(const fk_point_tree *t, const double *y, double v,
                              double *offset, double *scratch)
{
    const double half = 0.5 / v, reach = 2.0 * v * t->enough;
    waiting stack[DEPTH] = {{0, 0.0}};
    size_t top = 1;
    sums s = {.least = HUGE_VAL,
              .weight = scratch,
              .offset = scratch + LEAF,
              .now = scratch + (1 + t->dim) * LEAF,
              .low = scratch + (2 + t->dim) * LEAF};
    memset(scratch, 0, (1 + t->dim) * LEAF * sizeof *scratch);
    while (top > 0) {
        const waiting next = stack[--top];
        if (next.square > s.least + reach)
            continue;
        const waiting at = descend(t, next, y, stack, &top);
        visit(t->dim, t->rows + t->leaf[at.node] * (1 + t->dim) * LEAF, y, half,
              at.square < s.least, &s);
    }
    const double weight = total(s.weight);
    for (size_t i = 0; i < t->dim; i++)
        offset[i] = total(s.offset + i * LEAF) / weight;
    return log(weight) - s.least * half;
}
