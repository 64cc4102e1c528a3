/* Private to pde/.
 * The functions along one axis that a spectral density is a sum of, chosen by the axis's
 * faces (solvers/series.h, x = (position - lo) / length):
 *
 *     periodic, open at both ends      fourier
 *     reflecting at both ends          cosine, no slope there
 *     absorbing at both ends           sine, zero there
 *     one of each                      cosine-sine, sine-cosine
 *
 * An end open to free space next to a wall takes the wall's kind: no mass is to be there.
 * `modes` functions are kept (an odd number of fourier ones); products are formed in
 * `points` >= 3/2 modes points, so that the modes kept are free of what the product folds
 * back.  [orszag-1971] */
#ifndef FK_PDE_BASIS_H
#define FK_PDE_BASIS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/block.h"
#include "core/grid.h"
#include "core/status.h"
#include "solvers/series.h"

typedef struct fk_basis {
    fk_series series;
    double lo, length;
    size_t modes, points;
    double *kappa; /* [modes] wave number [1/length] */
    double *slope; /* [modes] derivative of mode m: slope[m] times the dual series'
                       coefficient at dual[m]; its transpose is minus that */
    double *sign; /* [modes] mode m is weight[m] sign[m] times a cosine or sine; fourier
                       sines have -1 */
    bool *cosine; /* [modes] */
    size_t *place;  /* [modes] of mode m among `points` coefficients */
    size_t *dual;   /* [modes] of its derivative there */
    double *weight; /* [modes] 1 for the constant, 2 for the others: the mean square of
                       sum f_m phi_m is sum weight_m f_m^2 */
} fk_basis;

/* Series of an axis with these faces. */
fk_series fk_basis_series(const fk_boundary face[2]);

/* The number of modes that serves best next to `least` or above it, within a fifth: the
 * points of its transforms have small factors. */
size_t fk_basis_modes(fk_series series, size_t least);

FK_NODISCARD fk_status fk_basis_make(fk_series series, double lo, double length,
                                     size_t modes, fk_basis *out);
void fk_basis_clear(fk_basis *b); /* frees what it owns */

double fk_basis_point(const fk_basis *b, size_t j); /* position of transform point j */

typedef enum fk_basis_form {
    FK_VALUE,   /* phi(x) */
    FK_SLOPE,   /* phi'(x) */
    FK_AVERAGE, /* mean of phi over x - h/2 .. x + h/2 */
    FK_SHARPEN, /* the value whose mean that is: 1 / sinc where AVERAGE has sinc */
} fk_basis_form;

/* row[m][j] for all modes and n <= FK_BLOCK points x[j]. */
void fk_basis_rows(const fk_basis *b, fk_basis_form form, double h, size_t n,
                   const double *x, double (*row)[FK_BLOCK]);

/* A field's axis from modes to n points, or from points to modes with the transposed
 * rows: arrays [outer][modes or n][inner].  FK_ENOMEM. */
FK_NODISCARD fk_status fk_basis_sum(const fk_basis *b, fk_basis_form form, double h,
                                    size_t n, const double *x, size_t inner,
                                    size_t outer, const double *modes, double *points);
FK_NODISCARD fk_status fk_basis_project(const fk_basis *b, fk_basis_form form, double h,
                                        size_t n, const double *x, size_t inner,
                                        size_t outer, const double *points,
                                        double *modes);

/* integral[modes] of phi from a to b. */
void fk_basis_integral(const fk_basis *basis, double a, double b, double *integral);

#endif
