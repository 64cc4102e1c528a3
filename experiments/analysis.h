/* What is known of a problem without running it through time: stationary densities,
 * spectra, exits, transitions, transport, by sparse linear algebra on the generator of
 * its Fokker-Planck equation.  One file analysis_NAME.c each, one line in analyses.def.
 *
 * Each analysis is solved on the problem's grid and, where the numbers of cells allow, on
 * grids of two, four and eight times the cell width; every number it finds is extrapolated
 * from these with an estimate of its error (core/richardson.h).  Fields and pictures are
 * those of the problem's grid. */
#ifndef FK_EXPERIMENTS_ANALYSIS_H
#define FK_EXPERIMENTS_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "core/richardson.h"
#include "core/status.h"
#include "experiments/run.h"
#include "experiments/terminal.h"
#include "pde/generator.h"
#include "pde/stationary.h"
#include "plots/gallery.h"
#include "plots/netcdf_file.h"
#include "sde/problem.h"

enum { FK_ANALYSIS_GRIDS = 4, FK_ANALYSIS_NUMBERS = 64, FK_ANALYSIS_NOTES = 12 };

typedef struct fk_analysis_request {
    const fk_problem *problem;
    const fk_methods *methods;
    fk_terminal *terminal;
    size_t modes;            /* how many a spectrum shows */
    const char *set_text[2]; /* conditions of the sets A and B as given; NULL: none */
    const fk_expr *set[2];
    const struct fk_backward_request *backward; /* of `fokker backward` alone */
} fk_analysis_request;

typedef struct fk_number {
    char name[96];
    char unit[64]; /* "1" if pure */
    double value;
    double error;  /* beside that of the grid */
    bool estimate; /* by a formula, not on the grid */
} fk_number;

/* One grid: the equation there and what was found. */
typedef struct fk_analysis_grid {
    const fk_analysis_request *request;
    const struct fk_analysis_grid *finest; /* NULL: this is it */
    fk_domain domain;
    fk_fokker_planck *equation; /* these two NULL for an analysis in time */
    fk_generator *generator;
    fk_stationary stationary; /* if the analysis asks for it */
    size_t n_numbers;
    fk_number number[FK_ANALYSIS_NUMBERS];
    void *found; /* the analysis's own */
} fk_analysis_grid;

typedef struct fk_findings {
    size_t n_grids;
    fk_analysis_grid grid[FK_ANALYSIS_GRIDS]; /* the finest first; the others keep their
                                                 numbers alone */
    fk_richardson limit[FK_ANALYSIS_NUMBERS];
    char created[32]; /* UTC, ISO 8601 */
    size_t n_notes;
    char note[FK_ANALYSIS_NOTES][512];
    double seconds;
} fk_findings;

typedef struct fk_analysis {
    const char *name;
    const char *summary;  /* one line for help */
    const char *equation; /* what is solved, one line */
    bool stationary;      /* needs the stationary density */
    bool in_time;         /* goes through time with an equation of its own: neither
                             equation nor generator are made */
    /* Fills g->found and adds numbers; a refusal is FK_EDOMAIN with a sentence. */
    fk_status (*solve)(fk_analysis_grid *g, fk_message *message);
    void (*clear)(void *found);
    /* Notes, fields and series for results.nc, and pictures of the finest grid. */
    void (*tell)(fk_findings *f);
    void (*keep)(const fk_analysis_grid *g, fk_netcdf *file);
    void (*draw)(const fk_analysis_grid *g, fk_gallery *gallery);
} fk_analysis;

extern const fk_analysis *const fk_analyses[];         /* NULL-terminated */
const fk_analysis *fk_analysis_find(const char *name); /* NULL if there is none */

/* FK_EDOMAIN with a sentence: the problem has no answer to this, and why.  *out is to be
 * cleared even after a failure. */
FK_NODISCARD fk_status fk_analyse(const fk_analysis *a,
                                  const fk_analysis_request *request, fk_findings *out,
                                  fk_message *message);
void fk_findings_clear(const fk_analysis *a, fk_findings *f);

/* ---- for the analyses ---- */

/* Adds a number with its unit. */
void fk_analysis_number(fk_analysis_grid *g, double value, const char *unit,
                        const char *name, ...) FK_PRINTF(4, 5);
/* Adds an estimate by a formula, as such. */
void fk_analysis_estimate(fk_analysis_grid *g, double value, const char *unit,
                          const char *name);
/* The number added last has an error beside that of the grid. */
void fk_analysis_error(fk_analysis_grid *g, double error);
void fk_analysis_note(fk_findings *f, const char *format, ...) FK_PRINTF(2, 3);

/* "1/s", "1" without a unit of time; the unit of time itself; "m^2/s". */
const char *fk_rate_unit(const fk_problem *p, char text[64]);
const char *fk_time_unit(const fk_problem *p);

/* int p0 u: at points by interpolation, else by the cell averages p0[cells] of the part of
 * the initial law that lies on the grid. */
double fk_analysis_mean(const fk_analysis_grid *g, const double *p0, const double *u);

/* Means, variances and covariances of a density, as numbers. */
void fk_analysis_moments(fk_analysis_grid *g, const double *p);

/* Pictures of a density: a curve, a map, or the marginals. */
void fk_draw_density(const fk_analysis_grid *g, fk_gallery *gallery, const char *name,
                     const char *title, const double *p);

/* A density, and the current of one, for results.nc. */
void fk_keep_density(fk_netcdf *file, const char *name, const char *about,
                     const double *p);
void fk_keep_current(fk_netcdf *file, const char *about, double *const *J);

/* Centres of the cells of axis 0, to be freed. */
double *fk_analysis_centres(const fk_grid *g);

#endif
