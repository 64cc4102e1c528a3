/* Means, variances and covariances of masses on the cells of a grid, each with its
 * influence function phi: the mean of phi over the law q is 0, and over a nearby law it
 * is, to first order, the change of the moment:
 *
 *     mean_i          phi = x_i - m_i
 *     covariance_ij   phi = (x_i - m_i)(x_j - m_j) - c_ij        (i = j: the variance)
 *
 * x is the centre of the cell, for sample and law alike, so the comparison of two such
 * moments is exact on any grid.  What lies beyond the grid is left out (the law on the
 * grid is scaled to 1), and so are periodic axes, on which a mean depends on the cut. */
#ifndef FK_EXPERIMENTS_CELL_MOMENTS_H
#define FK_EXPERIMENTS_CELL_MOMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/grid.h"

enum { FK_CELL_MOMENTS = 9 };

typedef struct fk_cell_moment {
    size_t i, j;
    bool mean;     /* of axis i == j; else a covariance */
    double value;  /* of q */
    double spread; /* sqrt of the mean of phi^2 over q */
} fk_cell_moment;

typedef struct fk_cell_moments {
    const fk_domain *domain; /* borrowed */
    double inside;           /* mass of q on the grid */
    double mean[FK_GRID_DIM];
    size_t n;
    fk_cell_moment moment[FK_CELL_MOMENTS];
} fk_cell_moments;

/* Of masses q[cells]; needs some mass. */
void fk_cell_moments_set(const fk_domain *domain, const double *q, fk_cell_moments *m);

/* phi_k(x) of every moment at the centre x of a cell, phi[n]. */
void fk_cell_moments_phi(const fk_cell_moments *m, const double *x, double *phi);

/* The most that a step to a neighbouring cell changes phi, change[n]. */
void fk_cell_moments_step(const fk_cell_moments *m, const double *x, double *change);

/* The same moments of other masses on the cells: value[n]. */
void fk_cell_moments_other(const fk_cell_moments *m, const double *mass, double *value);

#endif
