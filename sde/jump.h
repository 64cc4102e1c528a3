/* What moves an SDE beside Wiener processes: jumps, and noise with stable increments.
 *
 * Jumps: at times that come with the rate r(X, t) the state X becomes c(X, t, z).  The mark
 * z is a number drawn anew for each jump from its law:
 *
 *     points       values z_k with weights w_k
 *     gaussian     mean, sd >= 0
 *     exponential  mean > 0
 *     laplace      mean, scale > 0:  exp(-|z - mean| / scale) / (2 scale)
 *     uniform      from < to
 *
 * Stable noise: dX_i += s_i(X, t) dL, taken at X before the increment (Ito), with
 *
 *     log E exp(i k L_t) = -t |k|^alpha (1 - i beta sign(k) tan(pi alpha / 2)),
 *
 * 0 < alpha <= 2 the stability and -1 <= beta <= 1 the skewness, 0 where alpha = 1.  Of
 * alpha = 2, L_t is N(0, 2 t); below, it has no variance, and up to 1 no mean.
 * [merton-1976, samorodnitsky-taqqu-1994] */
#ifndef FK_SDE_JUMP_H
#define FK_SDE_JUMP_H

#include <stddef.h>

#include "core/expr.h"
#include "core/status.h"

enum { FK_MARK_PARAMETERS = 2 };

typedef struct fk_mark fk_mark;

typedef struct fk_mark_law {
    const char *name;                          /* problem-file word */
    const char *parameter[FK_MARK_PARAMETERS]; /* their names; NULL: there is none */
    double (*quantile)(const fk_mark *m,
                       double u); /* z of P(mark < z) = u, 0 < u < 1 */
} fk_mark_law;

struct fk_mark {
    const fk_mark_law *law;
    double parameter[FK_MARK_PARAMETERS];
    size_t n_points; /* of the law points alone */
    double *point;   /* [n_points] */
    double *weight;  /* [n_points] > 0, sum 1 */
};

extern const fk_mark_law *const fk_mark_laws[];        /* NULL-terminated */
const fk_mark_law *fk_mark_law_find(const char *name); /* NULL if there is none */

/* In place of a law that has not been stated: always z = 0. */
fk_mark fk_mark_none(void);

/* What is wrong with the parameters, e.g. "'sd' must be >= 0"; NULL if nothing is. */
const char *fk_mark_fault(const fk_mark *m);

double fk_mark_mean(const fk_mark *m);

/* "gaussian, mean 0, sd 0.3", to be freed; NULL without memory. */
char *fk_mark_text(const fk_mark *m);

typedef struct fk_jump {
    const fk_expr *rate; /* >= 0, over the variables and t [1/time] */
    const fk_expr *mark; /* symbol z */
    fk_mark law;
    const fk_expr **to; /* [dim] c, over the variables, t and z */
} fk_jump;

typedef struct fk_stable {
    double alpha, beta;
    const fk_expr **scale; /* [dim] s, over the variables and t */
} fk_stable;

/* Deep copies in dim variables, of the same expressions; *to is empty after FK_ENOMEM. */
FK_NODISCARD fk_status fk_jump_copy(size_t dim, const fk_jump *from, fk_jump *to);
FK_NODISCARD fk_status fk_stable_copy(size_t dim, const fk_stable *from, fk_stable *to);
void fk_jump_clear(fk_jump *j); /* accepts one of zeros */
void fk_stable_clear(fk_stable *s);

#endif
