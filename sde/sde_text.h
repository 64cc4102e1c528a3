/* An SDE written as text, in a program rather than in a problem file:
 *
 *     fk_sde_parse(pool, &(fk_sde_text){.dim = 1, .noises = 1, .variables = "x",
 *                  .drift = "-k*x", .noise = "sqrt(2)", .n_parameters = 1,
 *                  .parameter = (const char *const[]){"k"}, .value = &k}, &sde, &message);
 */
#ifndef FK_SDE_SDE_TEXT_H
#define FK_SDE_SDE_TEXT_H

#include "core/expr.h"
#include "core/status.h"
#include "sde/sde.h"

/* Lists are separated by semicolons. */
typedef struct fk_sde_text {
    fk_interpretation interpretation; /* zero: Ito */
    size_t dim, noises;
    const char *variables, *drift; /* of dim pieces; time is t */
    const char *noise;             /* [dim][noises], row by row */
    size_t n_parameters;
    const char *const *parameter; /* [n_parameters] names */
    const double *value;          /* [n_parameters] */
} fk_sde_text;

/* FK_ESYNTAX with a sentence: a list too short or too long, or what a piece has wrong.
 * The pool must outlive the SDE. */
FK_NODISCARD fk_status fk_sde_parse(fk_expr_pool *pool, const fk_sde_text *text,
                                    fk_sde **out, fk_message *message);

/* An expression in the SDE's variables, its parameters and t. */
FK_NODISCARD fk_status fk_sde_expression(const fk_sde *s, const char *text,
                                         const fk_expr **out, fk_message *message);

#endif
