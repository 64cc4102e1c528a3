/* Private to core/.
 * The sums of core/smooth.h along one line by fast Fourier transforms, for kernels that
 * reach over many cells but not over half of the line.  With the moments of what is there of
 * the kernel around cell j, a_l = sum_u u^l k(u),
 *
 *     sum_i w_ji n_i   = (a_2 [k] - a_1 [u k]) / D,       D = a_0 a_2 - a_1^2,
 *     sum_i w_ji^2 n_i = (a_2^2 [k^2] - 2 a_1 a_2 [u k^2] + a_1^2 [u^2 k^2]) / D^2,
 *
 * where [f]_j = sum_u f(u) n_{j+u} is a correlation of the counts, continued beyond the
 * faces.  What a reflecting face folds onto a cell that has a weight already adds the cross
 * term 2 k(u) k(u') / a_0^2, which is a product of functions of i and of j. */
#ifndef FK_CORE_SMOOTH_LINE_H
#define FK_CORE_SMOOTH_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"
#include "core/status.h"

typedef struct fk_smooth_line fk_smooth_line;

/* n cells, kernel exp(-u^2 / (2 spread^2)) for |u| <= reach < n / 2. */
FK_NODISCARD fk_status fk_smooth_line_new(size_t n, const fk_boundary face[2],
                                          double spread, size_t reach,
                                          fk_smooth_line **out);
void fk_smooth_line_free(fk_smooth_line *l); /* accepts NULL */

/* Doubles that a thread needs, aligned to FK_ALIGN. */
size_t fk_smooth_line_room(const fk_smooth_line *l);

/* out_j = sum_i w_ji^power in_i, power 1 or 2; neighbours lie `stride` apart. */
void fk_smooth_line_run(const fk_smooth_line *l, int power, const double *in,
                        double *out, size_t stride, double *room);

#endif
