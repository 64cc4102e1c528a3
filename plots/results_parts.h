/* Private to plots/.
 * The open results.nc and what its parts are written with. */
#ifndef FK_PLOTS_RESULTS_PARTS_H
#define FK_PLOTS_RESULTS_PARTS_H

#include <netcdf.h>
#include <stdbool.h>

#include "plots/label.h"
#include "plots/result.h"

enum { FK_RESULTS_DIMS = FK_GRID_DIM + 1 };

/* The open file.  `error` is netCDF's code of the first failure; after one, every
 * further call does nothing. */
typedef struct fk_results {
    const fk_result *r;
    int id, error;
    int shape[FK_RESULTS_DIMS]; /* dimensions time, ..., y, x */
    int bounds;
    fk_label name[FK_GRID_DIM]; /* of the coordinates */
} fk_results;

/* Keeps the first error; true if there is none. */
bool fk_results_call(fk_results *f, int error);

void fk_results_text(fk_results *f, int variable, const char *name, const char *value);
int fk_results_dimension(fk_results *f, const char *name, size_t n);

/* A double variable, compressed, chunked by records of its first dimension. */
int fk_results_variable(fk_results *f, const char *name, int n, const int *shape,
                        const char *about, const char *unit);

/* All of a variable's values. */
void fk_results_values(fk_results *f, int variable, const double *x);

void fk_results_exits(fk_results *f);
void fk_results_moments(fk_results *f);
void fk_results_paths(fk_results *f);

#endif
