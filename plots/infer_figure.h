/* The picture of `fokker infer`: the measured path, and drift and diffusion as measured
 * without a model beside the fitted ones. */
#ifndef FK_PLOTS_INFER_FIGURE_H
#define FK_PLOTS_INFER_FIGURE_H

#include <stddef.h>

#include "core/status.h"

enum { FK_INFER_FIGURE_DIM = 2 };

/* A place with what was measured there and what the model says; a point of a curve has the
 * model alone.  diffusion: 00; with two variables 01, 11. */
typedef struct fk_infer_point {
    double x[FK_INFER_FIGURE_DIM];
    double drift[FK_INFER_FIGURE_DIM], drift_error[FK_INFER_FIGURE_DIM];
    double diffusion[3], diffusion_error[3];
    double model_drift[FK_INFER_FIGURE_DIM], model_diffusion[3];
} fk_infer_point;

typedef struct fk_infer_picture {
    const char *title;
    size_t dim;                            /* 1 or 2 */
    const char *name[FK_INFER_FIGURE_DIM]; /* of what was measured */
    size_t n;
    const double *t, *x; /* [n], [n][dim] */
    size_t bins;
    const fk_infer_point *bin;
    size_t points; /* one variable: of the curve, at least 2 */
    const fk_infer_point *curve;
} fk_infer_picture;

/* DIR/plots/infer.png, .svg, .gp and data.  Makes the folders. */
FK_NODISCARD fk_status fk_write_infer_figure(const char *dir, const fk_infer_picture *p,
                                             fk_message *message);

#endif
