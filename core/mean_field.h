/* What an equation takes from the law of its own solution [mckean-1966]: mean values <E_k>,
 * and convolutions K_k * p with its density at the corners of the cells of a grid, between
 * which they are read linearly along each axis.  Through one time step all are lines,
 *
 *     value(s) = value + (s - time) slope,
 *
 * which programs that are bound to the field read whenever they run.  Who has the law, as
 * particles or as a density, fills the field in: first convolutions, then means, level by
 * level, because the mean of an E_k that has means in it itself, such as (x - <x>)^2, comes
 * after those.
 *
 * A convolution whose kernel is a sum of products is a sum of mean values, and is taken as
 * that; around periodic axes if its kernel has their period. */
#ifndef FK_CORE_MEAN_FIELD_H
#define FK_CORE_MEAN_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expr.h"
#include "core/grid.h"
#include "core/program.h"
#include "core/status.h"

/* A convolution. */
typedef struct fk_mean_map {
    const fk_mean_field *field;
    const fk_expr *node;
    const fk_expr *separated; /* what stands for it; NULL: it is known at corners */
    size_t first;             /* of its corners among the field's values */
    bool wanted;              /* some program reads it */
} fk_mean_map;

struct fk_mean_field {
    size_t n;
    const fk_expr **node; /* [n] <E_k>, by level */
    size_t n_levels;
    size_t *first; /* [n_levels + 1]: level l is first[l] .. first[l + 1] - 1 */
    fk_program **integrand; /* [n_levels]: the E_k of a level */

    size_t n_maps;
    fk_mean_map *map; /* [n_maps] */
    fk_grid grid;     /* of those at corners */
    bool periodic[FK_GRID_DIM];

    size_t n_values; /* the means, then the corners of each map that has some */
    double time;
    double *value, *slope; /* [n_values] */
};

/* Field of all means and convolutions in the n expressions; *out is NULL if there is none.
 * The binding is that of the E_k; its own field is not looked at.  domain: whose grid
 * convolutions are known on, and which axes are periodic; NULL: free space, for kernels that
 * are sums of products.  All values are 0.  FK_ENOMEM; FK_EDOMAIN: a symbol without a
 * binding, a kernel that depends on time or the law, or needs a domain and has none. */
FK_NODISCARD fk_status fk_mean_field_new(fk_expr_pool *pool, size_t n,
                                         const fk_expr *const *e,
                                         const fk_binding *binding,
                                         const fk_domain *domain, fk_mean_field **out);
void fk_mean_field_free(fk_mean_field *f); /* accepts NULL */

/* Doubles that a run of any integrand needs. */
size_t fk_mean_field_scratch(const fk_mean_field *f);

/* Means of one level, at most. */
size_t fk_mean_field_widest(const fk_mean_field *f);

/* Constant at time t from now on, with the present values. */
void fk_mean_field_hold(fk_mean_field *f, double t);

/* Lines from the values before[n_values] at time t0, which is not t1, to after at t1. */
void fk_mean_field_lead(fk_mean_field *f, double t0, const double *before, double t1,
                        const double *after);

/* The map at the points x[dim][FK_BLOCK] and time t: for programs.  Beyond the grid it is
 * what it is at its edge. */
void fk_mean_map_read(const fk_mean_map *m, double t, const double *const *x,
                      double *out);

#endif
