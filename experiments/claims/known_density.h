/* Private to experiments/claims/.
 * Densities on the line that are known exactly, with their equations, as expressions. */
#ifndef FK_EXPERIMENTS_CLAIMS_KNOWN_DENSITY_H
#define FK_EXPERIMENTS_CLAIMS_KNOWN_DENSITY_H

#include "core/expr.h"
#include "core/status.h"
#include "sde/sde.h"

enum { FK_KNOWN_FUNCTIONS = 4 };

/* p(x, t) of dX = drift dt + noise dW, looked at on (from, to) at one time. */
typedef struct fk_known_density {
    const char *name, *drift, *noise, *density;
    double time, from, to;
    const char *phi[FK_KNOWN_FUNCTIONS]; /* test functions; after the last NULL */
} fk_known_density;

typedef struct fk_known_model {
    const fk_known_density *is;
    fk_expr_pool *pool;
    fk_sde *sde;
    const fk_expr *p;
} fk_known_model;

/* To be cleared even after a failure. */
FK_NODISCARD fk_status fk_known_model_init(fk_known_model *m, const fk_known_density *is,
                                           fk_message *message);
void fk_known_model_clear(fk_known_model *m); /* accepts zeros */

double fk_known_at(const fk_known_model *m, const fk_expr *e, double x, double time);

/* int e dx at the model's time, even in asinh x, which takes tails that fall like powers;
 * *error as of fk_integral. */
double fk_known_integral(const fk_known_model *m, const fk_expr *e, double from,
                         double to, double *error);

#endif
