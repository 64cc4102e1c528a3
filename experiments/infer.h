/* Private to experiments/. From a measured path to drift and diffusion: without a
 * model (sampling/kramers_moyal.h), by a model fitted to it (experiments/fit.h), and
 * to the folder that holds them. */
#ifndef FK_EXPERIMENTS_INFER_H
#define FK_EXPERIMENTS_INFER_H

#include <stdbool.h>
#include <stdio.h>

#include "experiments/fit.h"
#include "experiments/infer_model.h"
#include "experiments/result_folder.h"
#include "experiments/series.h"
#include "sampling/kramers_moyal.h"
#include "sde/problem.h"

enum { FK_INFER_BINS = 40, FK_INFER_PLANE_BINS = 12, FK_INFER_SETTINGS = 256 };

typedef struct fk_infer_options {
    const char *data, *model; /* paths; model NULL: a polynomial */
    const char *fit; /* names of the parameters to fit, with commas; NULL: all */
    fk_series_options series;
    fk_infer_model polynomial;
    size_t bins;        /* along each variable; 0: 12, in the plane 4 */
    double gap;         /* steps longer than this are none */
    const char *folder; /* NULL: out/DATA_model */
    bool force, quiet, plots;
    size_t n_settings;
    const char *setting[FK_INFER_SETTINGS];
} fk_infer_options;

typedef struct fk_inference {
    const fk_infer_options *o;
    fk_series s;
    size_t gaps; /* steps left out */
    size_t bins;
    fk_moyal_bin bin[FK_INFER_PLANE_BINS * FK_INFER_PLANE_BINS];
    fk_problem *model;
    fk_fit fit;
    char *name[FK_FIT_MOST]; /* of the parameters fitted */
    fk_result_folder folder;
} fk_inference;

/* Reads, fits, writes; *f zero but for o, to be cleared in any case. */
FK_NODISCARD fk_status fk_infer(fk_inference *f, fk_message *message);
void fk_infer_clear(fk_inference *f);

/* ---- telling it (experiments/infer_report.c) ---- */

void fk_infer_print(const fk_inference *f);
void fk_infer_json(const fk_inference *f, FILE *out);
/* The figure; gnuplot's failure is told on stderr alone. */
FK_NODISCARD fk_status fk_infer_draw(const fk_inference *f, fk_message *message);

#endif
