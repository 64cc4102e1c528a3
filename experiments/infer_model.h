/* The model that `fokker infer` fits if it is given none: a polynomial drift and a
 * constant noise, or with one variable the root of a polynomial,
 *
 *     dX = (a0 + a1 u + a2 u^2 + ...) dt + sigma dW,      u = x - (mean of the data),
 *
 * with two variables polynomials of both and a triangular noise; as a problem file
 * that runs: on a box around the data, from the last point on. */
#ifndef FK_EXPERIMENTS_INFER_MODEL_H
#define FK_EXPERIMENTS_INFER_MODEL_H

#include <stdio.h>

#include "core/status.h"
#include "experiments/series.h"

enum { FK_INFER_DEGREE = 5, FK_INFER_PLANE_DEGREE = 2 };

typedef struct fk_infer_model {
    int degree;       /* of the drift, to FK_INFER_DEGREE, with two variables to
                         FK_INFER_PLANE_DEGREE; negative on entry: the least BIC of a
                         regression of the increments decides */
    int noise_degree; /* 0: constant noise; else of the noise squared, one variable */
} fk_infer_model;

/* Writes the problem file, name and start values of the parameters included.  path: of the
 * data. */
FK_NODISCARD fk_status fk_infer_model_write(const fk_series *s, const char *path,
                                            fk_infer_model *m, FILE *out);

#endif
