#include "sampling/wrong_term.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/goodness.h"
#include "core/memory.h"
#include "solvers/whitening.h"

enum { SLOPE_PATHS = 512, STEPS = 6 };

/* Of an amount, to see how the residuals answer. */
static const double NUDGE = 0.02;

/* Of a row's variance, what no other row has.  Rows with less say nothing new, and what
 * little they have of their own are rare paths, far from any Gaussian. */
static const double LEAST_PIVOT = 0.02;

/* Residuals this small against what they are differences of are rounding. */
static const double ROUNDING = 1e-11;

/* A scheme may refuse a corrected equation, or its values overflow. */
static bool is_refusal(fk_status s)
{
    return s == FK_EDOMAIN || s == FK_ELIMIT;
}

fk_status fk_weak_slopes(const fk_weak_paths *paths, const fk_sde *claim,
                         fk_corrections *c, size_t n, const fk_expr *const *phi,
                         double *slope, fk_weak_residual *base, fk_message *message)
{
    fk_weak_paths few = *paths;
    fk_weak_residual r;
    few.count = paths->count < SLOPE_PATHS ? paths->count : SLOPE_PATHS;
    FK_TRY(fk_weak_residual_measure(&few, claim, n, phi, NULL, base, message));
    for (size_t i = 0; i < c->n; i++) {
        fk_correction_set(&c->list[i], c->list[i].none + NUDGE);
        const fk_status status =
            fk_weak_residual_measure(&few, c->list[i].sde, n, phi, NULL, &r, message);
        for (size_t k = 0; k < 2 * n; k++)
            slope[2 * n * i + k] = status == FK_OK
                                       ? (r.residual[k] - base->residual[k]) / NUDGE
                                       : (double)NAN;
        fk_weak_residual_clear(&r);
        if (status != FK_OK && !is_refusal(status))
            return status;
    }
    return FK_OK;
}

double fk_weak_blindness(const fk_weak_residual *r, const double *slope, double sigmas)
{
    double least = (double)INFINITY;
    for (size_t k = 0; k < 2 * r->n; k++) {
        const double error = sqrt(r->covariance[k * (2 * r->n + 1)]);
        if (fabs(slope[k]) > 0.0)
            least = fmin(least, sigmas * error / fabs(slope[k]));
    }
    return least;
}

/* ---- residuals made independent ---- */

typedef struct frame {
    fk_whitening w;
    double *r, *s; /* [rank] residuals and slopes */
} frame;

static void frame_clear(frame *f)
{
    fk_whitening_clear(&f->w);
    free(f->r);
}

static fk_status frame_new(const fk_weak_residual *r, const double *allowance,
                           frame *out)
{
    const size_t rows = 2 * r->n;
    double *c = fk_doubles(rows * rows);
    *out = (frame){.r = fk_doubles(2 * rows)};
    fk_status status = c != NULL && out->r != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK) {
        memcpy(c, r->covariance, rows * rows * sizeof *c);
        for (size_t k = 0; k < rows; k++) {
            const double floor = ROUNDING * (fabs(r->change[k]) + fabs(r->forecast[k]));
            const double bound = allowance != NULL ? allowance[k] : 0.0;
            c[k * rows + k] += floor * floor + bound * bound;
        }
        status = fk_whitening_new(rows, c, LEAST_PIVOT, &out->w);
    }
    if (status == FK_OK) {
        fk_whitening_apply(&out->w, r->residual, out->r);
        out->s = out->r + rows;
    }
    free(c);
    if (status != FK_OK)
        frame_clear(out);
    return status;
}

static double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t k = 0; k < n; k++)
        sum += u[k] * v[k];
    return sum;
}

/* Hotelling's statistic is chi-square for many paths; with fewer it is larger by about
 * paths / (paths - dof).  [rao-1973, section 8b] */
static double tail(const fk_weak_residual *r, double statistic, size_t dof)
{
    const double share = (r->paths - (double)dof) / r->paths;
    return dof > 0 && share > 0.0
               ? fk_noncentral_tail(statistic * share, (double)dof, 0.0)
               : 1.0;
}

fk_status fk_weak_chi_square(const fk_weak_residual *r, const double *allowance,
                             double *statistic, double *p)
{
    frame f;
    FK_TRY(frame_new(r, allowance, &f));
    *statistic = dot(f.w.rank, f.r, f.r);
    *p = tail(r, *statistic, f.w.rank);
    frame_clear(&f);
    return FK_OK;
}

/* ---- one suspect ---- */

/* Fills the suspect with the minimum along the slopes from r, which is that of the present
 * amount; *next is where it lies. */
static fk_status minimise(const fk_weak_residual *r, const double *allowance,
                          const double *slope, fk_suspect *out, double *next)
{
    frame f;
    FK_TRY(frame_new(r, allowance, &f));
    const size_t rank = f.w.rank;
    fk_whitening_apply(&f.w, slope, f.s);
    const double rs = dot(rank, f.r, f.s), ss = dot(rank, f.s, f.s);
    out->tried = isfinite(ss) && ss > 0.0;
    out->error = 1.0 / sqrt(ss);
    out->statistic = dot(rank, f.r, f.r) - rs * rs / ss;
    out->p = out->tried ? tail(r, out->statistic, rank - 1) : 0.0;
    out->explains = out->p >= FK_EXPLAINS;
    *next = out->amount - rs / ss;
    frame_clear(&f);
    return FK_OK;
}

/* From one amount towards another, no further than makes sense. */
static double within(const fk_correction *c, double from, double to)
{
    const bool factor = c->kind == FK_NOISE_FACTOR;
    const double least = factor ? fmax(c->least, from / 4.0) : c->least;
    const double most = factor ? fmin(c->most, from * 4.0) : c->most;
    return fmin(fmax(to, least), most);
}

fk_status fk_suspect_examine(const fk_weak_paths *paths, fk_correction *c, size_t n,
                             const fk_expr *const *phi, const fk_weak_residual *before,
                             const double *allowance, const double *slope,
                             const fk_progress *progress, fk_suspect *out,
                             fk_message *message)
{
    double secant[2 * FK_WEAK_FUNCTIONS], last[2 * FK_WEAK_FUNCTIONS], next;
    fk_weak_residual r;
    *out = (fk_suspect){.amount = c->none};
    memcpy(last, before->residual, 2 * n * sizeof *last);
    FK_TRY(minimise(before, allowance, slope, out, &next));
    for (int i = 0; i < STEPS && out->tried; i++) {
        const double from = out->amount, to = within(c, from, next);
        if (fabs(to - from) <= 0.1 * out->error)
            return FK_OK;
        fk_correction_set(c, to);
        fk_status status =
            fk_weak_residual_measure(paths, c->sde, n, phi, progress, &r, message);
        for (size_t k = 0; k < 2 * n && status == FK_OK; k++) {
            secant[k] = (r.residual[k] - last[k]) / (to - from);
            last[k] = r.residual[k];
        }
        out->amount = to;
        if (status == FK_OK)
            status = minimise(&r, allowance, secant, out, &next);
        fk_weak_residual_clear(&r);
        if (is_refusal(status)) {
            *out = (fk_suspect){.amount = c->none};
            return FK_OK;
        }
        FK_TRY(status);
    }
    return FK_OK;
}
