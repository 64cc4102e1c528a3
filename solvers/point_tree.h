/* Points in a k-d tree, for sums over all of them of kernels that fall with distance.
 *
 *     e_k = exp(-|x_k - y|^2 / (2 v))           k = 1 .. n
 *
 * Points so far from y that all of them together weigh less than 1e-17 of the nearest one are
 * left out, which boxes around the points of a branch decide; the rest is summed in rows of
 * FK_POINT_LEAF.  A sum depends on y and the tree alone.  [bentley-1975] */
#ifndef FK_SOLVERS_POINT_TREE_H
#define FK_SOLVERS_POINT_TREE_H

#include <stddef.h>

#include "core/status.h"

enum { FK_POINT_LEAF = 64 };

typedef struct fk_point_tree fk_point_tree;

/* Of points[n][dim], finite, n >= 1; copies them.  O(n log n).  FK_ENOMEM. */
FK_NODISCARD fk_status fk_point_tree_new(size_t dim, size_t n, const double *points,
                                         fk_point_tree **out);
void fk_point_tree_free(fk_point_tree *t); /* accepts NULL */

size_t fk_point_tree_dim(const fk_point_tree *t);
size_t fk_point_tree_count(const fk_point_tree *t);

/* offset[dim] = sum_k e_k (x_k - y) / sum_k e_k and log sum_k e_k, for v > 0 and
 * |y_i| <= 1e150.  scratch: fk_point_tree_scratch() doubles.  Safe from many threads. */
double fk_point_tree_gaussian(const fk_point_tree *t, const double *y, double v,
                              double *offset, double *scratch);
size_t fk_point_tree_scratch(const fk_point_tree *t);

#endif
