/* Private to experiments/analysis_exit*.c.  What the analysis `exit` has found. */
#ifndef FK_EXPERIMENTS_ANALYSIS_EXIT_H
#define FK_EXPERIMENTS_ANALYSIS_EXIT_H

#include "experiments/analysis.h"
#include "pde/exit_times.h"

enum { FK_EXIT_TIMES = 201 };

/* The forward equation from the initial law, on the finest grid. */
typedef struct fk_exit_course {
    double *time, *inside; /* [FK_EXIT_TIMES] */
    double
        *leaving[2 *
                 FK_GRID_DIM]; /* [FK_EXIT_TIMES] density of the exit time at a face */
    double *total;             /* [FK_EXIT_TIMES] at all faces together */
    double mean; /* E T = int of `inside` + mean time that those left still have */
} fk_exit_course;

typedef struct fk_exit_found {
    fk_exit_times times;
    double outside; /* share of the initial law beyond the grid */
    fk_exit_course course;
} fk_exit_found;

/* Fields and series for results.nc; pictures. */
void fk_exit_keep(const fk_analysis_grid *g, fk_netcdf *file);
void fk_exit_draw(const fk_analysis_grid *g, fk_gallery *gallery);

#endif
