#include "experiments/verdict.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/budget.h"
#include "experiments/cell_moments.h"

enum { SAMPLING, STEP, GRID, TRUNCATION, ENSEMBLE };

/* Everything a comparison needs while it lasts. */
typedef struct work {
    const fk_compare_input *in;
    const fk_grid *grid;
    size_t cells;
    bool rest_counts; /* what is not in a cell is compared like one */
    double count;     /* particles compared */

    double *p, *sample;    /* [cells] both laws as densities, given not truncated */
    double *mass;          /* [cells + 1] of the reference, sum 1 */
    uint64_t *n;           /* [cells + 1] */
    double *delta, *other; /* [cells + 1] */
    uint64_t *binned;      /* [cells + 1] */
    fk_bins *bins;
    fk_cell_moments moments;
    fk_budget *budget;
    fk_part part[FK_BUDGET_LINES];
    bool measured[FK_BUDGET_LINES];
} work;

static void work_end(work *w)
{
    free(w->p);
    free(w->sample);
    free(w->mass);
    free(w->n);
    free(w->delta);
    free(w->other);
    free(w->binned);
    fk_bins_free(w->bins);
    fk_budget_free(w->budget);
}

static fk_status work_begin(const fk_compare_input *in, work *w)
{
    const size_t cells = fk_grid_cells(&in->domain->grid);
    *w = (work){.in = in, .grid = &in->domain->grid, .cells = cells};
    w->rest_counts = !in->reference->truncated || fk_domain_absorbs(in->domain) ||
                     in->reference->ended > 0.0;
    w->p = fk_doubles(cells);
    w->sample = fk_doubles(cells);
    w->mass = fk_doubles(cells + 1);
    w->n = fk_alloc(cells + 1, sizeof *w->n);
    w->delta = fk_doubles(cells + 1);
    w->other = fk_doubles(cells + 1);
    w->binned = fk_alloc(cells + 1, sizeof *w->binned);
    return w->p == NULL || w->sample == NULL || w->mass == NULL || w->n == NULL ||
                   w->delta == NULL || w->other == NULL || w->binned == NULL
               ? FK_ENOMEM
               : FK_OK;
}

/* Cell averages and the rest as masses of sum 1; false if that makes no sense. */
static bool masses(const work *w, const double *p, double ended, double outside,
                   double *mass)
{
    const double volume = fk_grid_volume(w->grid);
    double total = mass[w->cells] = !w->rest_counts               ? 0.0
                                    : w->in->reference->truncated ? ended
                                                                  : ended + outside;
    for (size_t c = 0; c < w->cells; c++)
        total += mass[c] = p[c] * volume;
    for (size_t c = 0; c <= w->cells; c++)
        mass[c] /= total;
    return isfinite(total) && total > mass[w->cells] * total;
}

/* Both sides as masses, counts and densities of what is compared. */
static fk_status take_sides(work *w)
{
    const fk_sample *s = w->in->sample;
    const fk_reference *r = w->in->reference;
    const double volume = fk_grid_volume(w->grid);
    if (!masses(w, r->p, r->ended, r->outside, w->mass))
        return FK_EDOMAIN;
    w->n[w->cells] = !w->rest_counts ? 0
                     : r->truncated  ? s->ended
                                     : s->ended + s->outside;
    w->count = (double)w->n[w->cells];
    for (size_t c = 0; c < w->cells; c++) {
        w->n[c] = s->count[c];
        w->count += (double)w->n[c];
        w->p[c] = w->mass[c] / volume;
    }
    if (w->count > 0.0)
        fk_density_from_counts(w->grid, w->n, w->count, w->sample);
    return FK_OK;
}

/* delta = (coarse / n_c - fine / n_f) / (1 - ratio^-order).  A pair in two places adds
 * one to `moved` of both; independent samples have the variance of counts each.  Of
 * infinite order: nothing. */
static void step_part(work *w, const fk_step_evidence *e)
{
    if (isinf(e->order)) {
        w->measured[STEP] = true;
        return;
    }
    const size_t entries = w->cells + (w->rest_counts ? 1 : 0);
    const double factor = 1.0 / (1.0 - pow(e->ratio, -e->order));
    double coarse = 0.0, fine = 0.0;
    for (size_t c = 0; c < entries; c++) {
        coarse += (double)e->coarse[c];
        fine += (double)e->fine[c];
    }
    w->delta[w->cells] = w->other[w->cells] = 0.0;
    for (size_t c = 0; c < entries; c++) {
        const double nc = (double)e->coarse[c], nf = (double)e->fine[c];
        w->delta[c] = factor * (nc / coarse - nf / fine);
        w->other[c] = factor * factor *
                      (e->moved != NULL ? (double)e->moved[c] / (coarse * fine)
                                        : nc / (coarse * coarse) + nf / (fine * fine));
    }
    const fk_difference d = {w->delta, w->other, e->moved != NULL};
    if (coarse > 0.0 && fine > 0.0) {
        fk_budget_measure(w->budget, &d, &w->part[STEP]);
        w->measured[STEP] = true;
    }
}

static void add_part(fk_part *sum, const fk_part *p)
{
    sum->chi += p->chi;
    sum->l1 += p->l1;
    sum->ks += p->ks;
    for (size_t k = 0; k < FK_CELL_MOMENTS; k++)
        sum->moment[k] += p->moment[k];
}

/* delta = (p_h - R p_{h/2}) / (1 - 2^-order), and the time error: of unknown shape, its
 * chi-distance is taken as twice its L1 distance (1.25 and 1.46 for a shifted and a
 * widened Gaussian). */
static fk_status grid_part(work *w, const fk_grid_evidence *e)
{
    const double factor = 1.0 / (1.0 - pow(2.0, -e->order));
    fk_part time;
    w->measured[GRID] = true;
    const double l1 = isfinite(e->time_error) ? e->time_error : 0.0;
    fk_budget_bound(w->budget, l1, 2.0 * l1, &time);
    if (e->fine != NULL) {
        fk_grid_restrict(w->grid, 2, e->fine, w->delta);
        if (!masses(w, w->delta, e->ended, e->outside, w->other))
            return FK_EDOMAIN;
        for (size_t c = 0; c <= w->cells; c++) {
            w->delta[c] = factor * (w->mass[c] - w->other[c]);
            w->other[c] = 0.0;
        }
        const fk_difference d = {w->delta, w->other, false};
        fk_budget_measure(w->budget, &d, &w->part[GRID]);
    }
    add_part(&w->part[GRID], &time);
    return FK_OK;
}

/* Mass m that left through open faces might be anywhere on the grid by now.  All in the
 * smallest bin: chi = m / sqrt(q_min).  And where the density missing is nowhere more
 * than the density there, chi^2 = sum delta^2 / q <= sum |delta| = m. */
static void truncation_part(work *w)
{
    const fk_sample *s = w->in->sample;
    const fk_reference *r = w->in->reference;
    double least = 1.0, m = 0.0;
    w->measured[TRUNCATION] = true;
    for (size_t i = 0; i < w->bins->n; i++)
        least = fmin(least, w->bins->q[i]);
    if (r->truncated && fk_domain_has(w->in->domain, FK_OPEN))
        m = fmax(r->outside, (double)s->outside / (w->count + (double)s->outside));
    if (m > 0.0)
        fk_budget_bound(w->budget, 2.0 * m, fmin(m / sqrt(least), sqrt(m)),
                        &w->part[TRUNCATION]);
}

/* What an ensemble's own law makes it scatter beyond sampling; in a dozen bins, because what
 * moves the whole is smooth and fine bins have noise of their own. */
static fk_status ensemble_part(work *w)
{
    const double DOZEN = 16.0;
    const fk_scatter_evidence *e = w->in->scatter;
    fk_bins *broad = NULL;
    double chi = NAN;
    if (e == NULL || e->groups < 2 || w->count == 0.0)
        return FK_OK;
    FK_TRY(fk_bins_new(w->grid, w->mass, DOZEN, 1.0, &broad));
    const fk_status status = fk_scatter_chi(broad, e, w->rest_counts, w->count, &chi);
    fk_bins_free(broad);
    w->measured[ENSEMBLE] = !isnan(chi);
    if (!isnan(chi))
        fk_budget_bound(w->budget, chi, chi, &w->part[ENSEMBLE]);
    return status;
}

static fk_status fill_budget(work *w, fk_comparison *out)
{
    const fk_compare_input *in = w->in;
    const char *source[FK_BUDGET_LINES] = {
        "expected of a sample of this size",
        in->step == NULL          ? "not measured"
        : in->step->moved != NULL ? "smaller steps with the same noise, extrapolated"
                                  : "smaller steps in another sample, extrapolated",
        in->grid == NULL
            ? (in->reference->truncated ? "not measured" : "none in the reference")
        : in->grid->whole ? "modes left out, mass at the box's ends, time stepping"
        : in->grid->fine == NULL
            ? "cells not measured, time stepping alone"
            : "half the cell width, extrapolated, and time stepping",
        !fk_domain_has(in->domain, FK_OPEN) ? "no open faces"
        : in->reference->truncated ? "bounded by the mass beyond the open faces"
                                   : "none: the reference holds beyond the grid",
        in->scatter == NULL       ? NULL
        : in->scatter->groups > 1 ? "scatter of ensembles beyond sampling"
                                  : "not measured",
    };
    const char *name[FK_BUDGET_LINES] = {"sampling", "time step", "grid", "truncation",
                                         in->scatter != NULL ? "ensemble" : NULL};

    if (in->step != NULL)
        step_part(w, in->step);
    if (in->grid != NULL)
        FK_TRY(grid_part(w, in->grid));
    truncation_part(w);
    FK_TRY(ensemble_part(w));
    w->part[SAMPLING].l1 = out->l1_floor;
    w->part[SAMPLING].chi =
        w->count > 0.0 ? sqrt((double)(w->bins->n - 1) / w->count) : (double)NAN;
    w->measured[SAMPLING] = true;
    for (size_t k = 0; k < FK_BUDGET_LINES; k++)
        out->budget[k] = (fk_budget_line){
            .name = name[k],
            .source = source[k],
            .l1 = w->measured[k] ? w->part[k].l1 : (double)NAN,
            .chi = w->measured[k] ? w->part[k].chi : (double)NAN,
        };
    return FK_OK;
}

static fk_status fill_distances(const fk_grid *g, const double *p, const double *q,
                                fk_comparison *out)
{
    out->l1 = fk_density_l1(g, p, q);
    out->l2 = fk_density_l2(g, p, q);
    out->kl = fk_density_kl(g, p, q);
    out->hellinger = fk_density_hellinger(g, p, q);
    const fk_status status = fk_density_w1(g, p, q, &out->w1);
    if (status ==
        FK_EDOMAIN) /* nobody is inside any more: no distance between places */
        out->w1 = NAN;
    return status == FK_EDOMAIN ? FK_OK : status;
}

/* An excess below `grain`, far below a cell, is rounding. */
static double sigmas(const fk_moment_line *m, double grain)
{
    const double excess = fabs(m->sample - m->reference) - m->allowance;
    return excess <= grain  ? 0.0
           : m->error > 0.0 ? excess / m->error
                            : (double)INFINITY;
}

/* Standard errors are those of the reference law: the null distribution's own. */
static void fill_moments(const work *w, const fk_part *allowed, fk_comparison *out)
{
    const fk_cell_moments *m = &w->moments;
    const double n = w->count - (double)w->n[w->cells];
    double value[FK_CELL_MOMENTS];
    fk_cell_moments_other(m, w->sample, value);
    out->n_moments = n > 1.0 ? m->n : 0;
    for (size_t k = 0; k < out->n_moments; k++) {
        const fk_cell_moment *f = &m->moment[k];
        const char *x = w->in->variable[f->i], *y = w->in->variable[f->j];
        fk_moment_line *line = &out->moment[k];
        /* the centres of cells spread a little more than what is in them; shown only */
        const fk_axis *axis = &w->grid->axis[f->i];
        const double dx = fk_axis_extent(axis, fk_axis_cell(axis, m->mean[f->i]));
        const bool even = axis->stretch == NULL;
        const double sheppard = even && !f->mean && f->i == f->j ? dx * dx / 12.0 : 0.0;
        if (f->i == f->j)
            snprintf(line->name, sizeof line->name, "%s %s",
                     f->mean ? "mean" : "variance", x);
        else
            snprintf(line->name, sizeof line->name, "covariance %s %s", x, y);
        if (!f->mean)
            value[k] *= n / (n - 1.0);
        line->sample = value[k] - sheppard;
        line->reference = f->value - sheppard;
        line->error = f->spread / sqrt(n);
        line->allowance = allowed->moment[k];
        line->sigmas = sigmas(line, 1e-9 * fmin(dx, f->mean ? dx : dx * dx));
    }
}

/* Centre of the worst bin's cells, weighted with their mass (evenly if it has none). */
static void locate(const work *w, size_t bin, double *at)
{
    double weight = 0.0, even = 0.0, x[FK_GRID_DIM];
    double centre[FK_GRID_DIM] = {0.0}, middle[FK_GRID_DIM] = {0.0};
    for (size_t c = 0; c < w->cells; c++) {
        if (w->bins->bin[c] != bin)
            continue;
        fk_grid_centre(w->grid, c, x);
        weight += w->mass[c];
        even += 1.0;
        for (size_t i = 0; i < w->grid->dim; i++) {
            centre[i] += w->mass[c] * x[i];
            middle[i] += x[i];
        }
    }
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        at[i] = i >= w->grid->dim ? 0.0
                : weight > 0.0    ? centre[i] / weight
                                  : middle[i] / even;
}

static void run_tests(work *w, fk_comparison *out)
{
    const fk_compare_input *in = w->in;
    const fk_problem_compare *asked = in->asked;
    fk_part allowed = {.chi = 0.0};
    add_part(&allowed, &w->part[STEP]);
    add_part(&allowed, &w->part[GRID]);
    add_part(&allowed, &w->part[TRUNCATION]);
    add_part(&allowed, &w->part[ENSEMBLE]);

    fill_moments(w, &allowed, out);
    out->has_ks = w->grid->dim == 1 && in->domain->face[0][0] != FK_PERIODIC;
    const double tests = 1.0 + (out->has_ks ? 1.0 : 0.0) + (double)out->n_moments;
    const double level = asked->significance / (tests * (double)in->comparisons);

    fk_bins_count(w->bins, w->n, w->binned);
    fk_chi_square_test(w->bins, w->binned, allowed.chi, level, asked->power, &out->chi);
    out->n_bins = w->bins->n;
    locate(w, out->chi.worst_bin, out->linf_at);
    double least = out->chi.p_value;
    if (out->has_ks) {
        fk_ks_test(&w->grid->axis[0], w->n, w->mass, allowed.ks, &out->ks);
        least = fmin(least, out->ks.p_value);
    }
    for (size_t k = 0; k < out->n_moments; k++)
        least = fmin(least, erfc(out->moment[k].sigmas * M_SQRT1_2));
    out->p_least = fmin(1.0, tests * least);
    out->word = least < level                            ? FK_DISAGREE
                : out->chi.detectable > asked->tolerance ? FK_INCONCLUSIVE
                                                         : FK_AGREE;
}

static fk_status compare(work *w, fk_comparison *out)
{
    FK_TRY(take_sides(w));
    FK_TRY(fk_bins_new(w->grid, w->mass, w->count, w->in->asked->least, &w->bins));
    fk_cell_moments_set(w->in->domain, w->mass, &w->moments);
    FK_TRY(fk_budget_new(w->bins, &w->moments, &w->budget));
    out->count = w->count;
    out->l1_floor =
        w->count > 0.0 ? fk_density_noise_floor(w->grid, w->p, w->count) : (double)NAN;
    FK_TRY(fill_budget(w, out));
    run_tests(w, out);
    if (w->count == 0.0) {
        out->l1 = out->l2 = out->kl = out->hellinger = out->w1 = NAN;
        return FK_OK;
    }
    return fill_distances(w->grid, w->sample, w->p, out);
}

fk_status fk_compare_sample(const fk_compare_input *in, fk_comparison *out)
{
    assert(in->comparisons >= 1);
    work w;
    *out = (fk_comparison){.t = in->t};
    snprintf(out->sample, sizeof out->sample, "%s", in->sample->name);
    snprintf(out->reference, sizeof out->reference, "%s", in->reference->name);
    fk_status status = work_begin(in, &w);
    if (status == FK_OK)
        status = compare(&w, out);
    work_end(&w);
    return status;
}

fk_status fk_compare_densities(const fk_domain *domain, double t, const char *name,
                               const double *p, const char *reference, const double *q,
                               const fk_problem_compare *asked, fk_comparison *out)
{
    const fk_grid *g = &domain->grid;
    const size_t cells = fk_grid_cells(g);
    size_t worst = 0;
    *out = (fk_comparison){.t = t, .p_least = NAN, .l1_floor = 0.0};
    snprintf(out->sample, sizeof out->sample, "%s", name);
    snprintf(out->reference, sizeof out->reference, "%s", reference);
    for (size_t k = 0; k < FK_BUDGET_LINES; k++)
        out->budget[k] = (fk_budget_line){NULL, NULL, NAN, NAN};
    for (size_t c = 1; c < cells; c++)
        if (fabs(p[c] - q[c]) > fabs(p[worst] - q[worst]))
            worst = c;
    fk_grid_centre(g, worst, out->linf_at);
    FK_TRY(fill_distances(g, p, q, out));
    out->word = out->l1 <= asked->tolerance ? FK_AGREE : FK_DISAGREE;
    return FK_OK;
}

fk_word fk_verdict_word(size_t n, const fk_comparison *c)
{
    fk_word word = FK_AGREE;
    for (size_t i = 0; i < n; i++)
        if (c[i].word == FK_DISAGREE)
            return FK_DISAGREE;
        else if (c[i].word == FK_INCONCLUSIVE)
            word = FK_INCONCLUSIVE;
    return word;
}
