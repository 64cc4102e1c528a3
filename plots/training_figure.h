/* The picture of `fokker train`: what is left to learn over the steps, the score's error
 * over time, and what errors of scores do to the densities of samples. */
#ifndef FK_PLOTS_TRAINING_FIGURE_H
#define FK_PLOTS_TRAINING_FIGURE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

typedef struct fk_training_point {
    double step, loss, loss_error; /* above its floor, where that is known */
    double fisher, fisher_error;   /* the same measured directly; NaN: unknown */
} fk_training_point;

typedef struct fk_training_time {
    double t, score_error, its_error, score,
        loss; /* mean squares; the last E|e^ - e|^2 */
} fk_training_time;

typedef struct fk_training_stage {
    double bound, its_error, sde, ode; /* of KL; KL of the samples [nats] */
} fk_training_stage;

typedef struct fk_training_picture {
    const char *title;
    bool exact; /* the floor is known, and so the score's error */
    size_t n;
    const fk_training_point *curve;
    size_t n_times;
    const fk_training_time *time;
    size_t n_stages; /* 0: none */
    const fk_training_stage *stage;
    double noise; /* KL of samples of the exact score */
} fk_training_picture;

/* DIR/plots/training.png, .svg, .gp and data.  Makes the folders. */
FK_NODISCARD fk_status fk_write_training_figure(const char *dir,
                                                const fk_training_picture *p,
                                                fk_message *message);

#endif
