/* Compiled expressions: a straight-line program over blocks of FK_BLOCK points.
 *
 *     out[k][j] = e_k(x_0[j], ..., x_{d-1}[j]; t, parameters),   j = 0..FK_BLOCK-1
 *
 * Parameters are constants at compile time, t and mean values (core/mean_field.h) at run
 * time.  Sub-expressions that depend on these alone are computed once per run, not once per point.
 * One loop per operation over the whole block; transcendental functions through
 * vector code.  Same input, same bits, on any thread. */
#ifndef FK_CORE_PROGRAM_H
#define FK_CORE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "core/block.h"
#include "core/expr.h"
#include "core/status.h"

typedef struct fk_program fk_program;
typedef struct fk_mean_field fk_mean_field; /* core/mean_field.h */

/* What the program's symbols are.  Every symbol in the expressions must be one. */
typedef struct fk_binding {
    size_t dim;                     /* block inputs */
    const fk_expr *const *variable; /* [dim] */
    const fk_expr *time;            /* NULL: none */
    size_t n_parameters;
    const fk_expr *const *parameter; /* [n_parameters] */
    const double *value;             /* [n_parameters] */
    const fk_mean_field *field; /* of the mean values; read at each run; NULL: none */
} fk_binding;

/* Program for out[n_out].  The expressions and binding are read, not kept, but for the
 * field, which must outlive the program.
 * FK_EDOMAIN: a symbol without a binding, or a mean value that the field lacks. */
FK_NODISCARD fk_status fk_program_new(size_t n_out, const fk_expr *const *e,
                                      const fk_binding *binding, fk_program **out);
void fk_program_free(fk_program *p); /* accepts NULL */

/* True if output k does not depend on the variables. */
bool fk_program_uniform(const fk_program *p, size_t k);

/* True if output k depends neither on t nor on the law. */
bool fk_program_steady(const fk_program *p, size_t k);

/* Doubles of scratch that a run needs, per thread, aligned to FK_ALIGN. */
size_t fk_program_scratch(const fk_program *p);

/* x[dim][FK_BLOCK] -> out[n_out][FK_BLOCK], arrays aligned to FK_ALIGN; outputs may
 * not overlap inputs.  Uniform outputs are filled too.  out[k] == NULL skips k. */
void fk_program_run(const fk_program *p, double t, const double *const *x,
                    double *const *out, double *scratch);

/* The n_out values at one point x[dim]; needs the same scratch. */
void fk_program_point(const fk_program *p, double t, const double *x, double *out,
                      double *scratch);

#endif
