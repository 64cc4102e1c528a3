/* Mean values <E_k> of a law, for an equation that depends on the law of its own solution
 * [mckean-1966].  Through one time step they are lines,
 *
 *     <E_k>(s) = value_k + (s - time) slope_k,
 *
 * which programs that are bound to the field read whenever they run.  Who has the law, as
 * particles or as a density, fills the field in: level by level, because the mean of an E_k
 * that has means in it itself, such as (x - <x>)^2, comes after those. */
#ifndef FK_CORE_MEAN_FIELD_H
#define FK_CORE_MEAN_FIELD_H

#include <stddef.h>

#include "core/expr.h"
#include "core/program.h"
#include "core/status.h"

struct fk_mean_field {
    size_t n;
    const fk_expr **node; /* [n] <E_k>, by level */
    size_t n_levels;
    size_t *first; /* [n_levels + 1]: level l is first[l] .. first[l + 1] - 1 */
    fk_program **integrand; /* [n_levels]: the E_k of a level */
    double time;
    double *value, *slope; /* [n] */
};

/* Field of all means in the n expressions; *out is NULL if there is none.  The binding is
 * that of the E_k; its own field is not looked at.  All values are 0.  FK_ENOMEM;
 * FK_EDOMAIN: a symbol without a binding. */
FK_NODISCARD fk_status fk_mean_field_new(size_t n, const fk_expr *const *e,
                                         const fk_binding *binding,
                                         fk_mean_field **out);
void fk_mean_field_free(fk_mean_field *f); /* accepts NULL */

/* Doubles that a run of any integrand needs. */
size_t fk_mean_field_scratch(const fk_mean_field *f);

/* Means of one level, at most. */
size_t fk_mean_field_widest(const fk_mean_field *f);

/* Constant at time t from now on, with the present values. */
void fk_mean_field_hold(fk_mean_field *f, double t);

/* Lines from the values before[n] at time t0, which is not t1, to after[n] at t1. */
void fk_mean_field_lead(fk_mean_field *f, double t0, const double *before, double t1,
                        const double *after);

#endif
