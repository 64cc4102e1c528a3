/* Grids of times for samplers.  With u = 0 ... 1 in even steps from `first` to `last`:
 *
 *     uniform      t even
 *     quadratic    sqrt(t - start) even
 *     log-snr      lambda = log(alpha/sigma) even
 *     karras       (sigma/alpha)^(1/rho) even       [karras-2022, equation 5]
 *
 * The last two need a schedule. */
#ifndef FK_SAMPLING_TIME_GRID_H
#define FK_SAMPLING_TIME_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"
#include "sde/noise_schedule.h"

typedef struct fk_time_grid {
    const char *name;
    const char *summary;
    bool schedule; /* needs one */
    /* The time at the share u of the way from first to last. */
    double (*at)(const fk_noise_schedule *s, double rho, double first, double last,
                 double u);
} fk_time_grid;

extern const fk_time_grid fk_time_grids[]; /* a row without a name ends them */
const fk_time_grid *fk_time_grid_find(const char *name);

/* time[n + 1], rising from first to last exactly; times are counted from the start of the
 * process, t = 0.  FK_EDOMAIN with a sentence: no schedule where one is needed, or no
 * noise at first. */
FK_NODISCARD fk_status fk_time_grid_make(const fk_time_grid *g,
                                         const fk_noise_schedule *schedule, double rho,
                                         size_t n, double first, double last,
                                         double *time, fk_message *message);

#endif
