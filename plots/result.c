#include "plots/result.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

const char *const fk_estimate_key[FK_ESTIMATES] = {"particles", "kernel", "smooth"};

const double fk_quantile_level[FK_QUANTILES] = {0.025, 0.25, 0.5, 0.75, 0.975};

fk_status fk_moments_new(size_t dim, fk_moments *m)
{
    double **const of_dim[] = {&m->mean, &m->mean_error, &m->exact_mean,
                               &m->mean_allowance};
    double **const of_pairs[] = {&m->cov, &m->cov_error, &m->exact_cov,
                                 &m->cov_allowance};
    const size_t kinds = sizeof of_dim / sizeof *of_dim;
    double *own = fk_doubles(kinds * (dim + dim * dim) + 2 * FK_QUANTILES * dim);
    *m = (fk_moments){0};
    if (own == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < kinds; k++, own += dim + dim * dim) {
        *of_dim[k] = own;
        *of_pairs[k] = own + dim;
    }
    m->quantile = own;
    m->quantile_error = own + FK_QUANTILES * dim;
    return FK_OK;
}

void fk_moments_free(fk_moments *m)
{
    free(m->mean); /* where the one block begins */
    *m = (fk_moments){0};
}

double fk_moment_sigmas(double value, double exact, double allowance, double error)
{
    const double grain = 1e-9 * fmax(fabs(value), fabs(exact)); /* rounding */
    const double excess = fabs(value - exact) - allowance;
    return excess <= grain ? 0.0 : error > 0.0 ? excess / error : HUGE_VAL;
}

const char *fk_word_text(fk_word w)
{
    switch (w) {
    case FK_AGREE:
        return "agree";
    case FK_DISAGREE:
        return "disagree";
    case FK_INCONCLUSIVE:
        return "inconclusive";
    }
    return "unknown";
}

void fk_result_density_text(const fk_result *r, size_t n, char *text)
{
    text[0] = '\0';
    if (r->density_method == NULL)
        return;
    const bool chosen = r->density_why[0] != '\0';
    const bool other = chosen && strcmp(r->density_method, "spectral") != 0;
    snprintf(text, n, "Fokker-Planck by the %s method%s: %s%s%s%s", r->density_method,
             chosen ? " (auto)" : "", r->density_note,
             other ? "; not spectral, as " : "", other ? r->density_why : "", ".");
}

bool fk_result_compared(const fk_result *r)
{
    return r->n_comparisons + r->n_reverse > 0 || r->lost.count + r->lost.pairs > 0;
}

static void free_arrays(double **array, size_t n)
{
    for (size_t i = 0; array != NULL && i < n; i++)
        free(array[i]);
    free(array);
}

static void free_snapshot(fk_snapshot *s)
{
    free(s->pde);
    free(s->particles);
    free(s->kernel);
    free(s->kernel_error);
    free(s->smooth);
    for (size_t i = 0; i < FK_ESTIMATES; i++)
        for (size_t side = 0; side < 2; side++)
            free(s->limit[i][side]);
    free(s->exact);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        free(s->current[i]);
    free(s->points);
    fk_moments_free(&s->moments);
}

void fk_result_free(fk_result *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; r->snapshot != NULL && i < r->n_snapshots; i++)
        free_snapshot(&r->snapshot[i]);
    free(r->snapshot);
    free(r->frame_time);
    free_arrays(r->frame_pde, r->n_frames);
    free_arrays(r->frame_particles, r->n_frames);
    free_arrays(r->frame_points, r->n_frames);
    for (size_t i = 0; i < r->n_traced; i++) {
        free(r->traced[i].t);
        free(r->traced[i].x);
    }
    free(r->traced);
    free(r->lost.x);
    free(r->exits.time);
    for (size_t k = 0; k < r->exits.n_faces; k++) {
        free(r->exits.face[k].particles);
        free(r->exits.face[k].pde);
        free(r->exits.face[k].unbridged);
    }
    free(r->comparison);
    for (size_t i = 0; r->reverse != NULL && i < r->n_reverse; i++) {
        fk_reverse_run *v = &r->reverse[i];
        free(v->time);
        free_arrays(v->density, v->n_frames);
        free(v->points);
        free_arrays(v->frame_points, v->n_frames);
    }
    free(r->reverse);
    memset(r, 0, sizeof *r);
}
