#include "experiments/fit.h"

#include <assert.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/goodness.h"
#include "core/memory.h"
#include "core/sort.h"
#include "sde/cholesky.h"

enum { MOST = FK_FIT_MOST, ITERATIONS = 100, RENEW = 3 };

/* Half of g^T J^-1 g, the gain that a step promises: below SMALL the top is reached,
 * to 1/200 of a standard error; below NEAR, and every RENEW steps, the true curvature
 * is worth its price instead of J, which is like it in a right model alone. */
static const double SMALL = 1e-5, NEAR = 1.0;

typedef struct surface {
    const fk_sde *sde;
    const fk_transitions *t;
    size_t steps;
    const fk_progress *progress;
    const fk_fit *fit;
    double *all;   /* [n_parameters] */
    double *log_p; /* [2][steps]: ahead, and behind */
    double *score; /* [n][steps] */
    fk_status status;
} surface;

static void set_parameters(surface *s, const double *theta)
{
    for (size_t k = 0; k < s->fit->n; k++)
        s->all[s->fit->index[k]] = theta[k];
}

/* log L and log_p[steps]; -infinity where the model has no numbers. */
static double likelihood(surface *s, const double *theta, double *log_p)
{
    if (s->status == FK_OK && fk_progress_stopped(s->progress))
        s->status = FK_EINTERRUPTED;
    if (s->status != FK_OK)
        return -HUGE_VAL;
    set_parameters(s, theta);
    s->status = fk_transitions_run(s->t, s->sde, s->all, log_p, NULL);
    double sum = 0.0;
    for (size_t i = 0; i < s->steps; i++)
        sum += log_p[i];
    return isfinite(sum) ? sum : -HUGE_VAL;
}

static double shifted(surface *s, const double *theta, size_t k, double h,
                      double *log_p)
{
    double x[MOST];
    memcpy(x, theta, s->fit->n * sizeof *x);
    x[k] += h;
    return likelihood(s, x, log_p);
}

/* ---- slope and information ---- */

/* log L at theta, its slope, and the metric that makes it a step: J = sum of s s^T. */
typedef struct local {
    double value, slope[MOST], metric[MOST * MOST];
} local;

/* Scores along axis k; a step over the edge of the model is shortened. */
static void look_along(surface *s, const double *theta, size_t k, double *h)
{
    double *ahead = s->log_p, *back = s->log_p + s->steps;
    double *score = s->score + k * s->steps;
    for (int tries = 0; tries < 30; tries++, *h *= 0.25)
        if (isfinite(shifted(s, theta, k, *h, ahead)) &&
            isfinite(shifted(s, theta, k, -*h, back)))
            break;
    for (size_t i = 0; i < s->steps; i++)
        score[i] = (ahead[i] - back[i]) / (2.0 * *h);
}

/* h[n]: a tenth of a standard error afterwards; with half of one the third derivative would
 * move the top by a hundredth. */
static local look_around(surface *s, const double *theta, double *h)
{
    const size_t n = s->fit->n;
    local at = {.value = likelihood(s, theta, s->log_p)};
    for (size_t k = 0; k < n && isfinite(at.value); k++)
        look_along(s, theta, k, &h[k]);
    for (size_t k = 0; k < n; k++) {
        const double *a = s->score + k * s->steps;
        for (size_t i = 0; i < s->steps; i++)
            at.slope[k] += a[i];
        for (size_t l = 0; l <= k; l++) {
            const double *b = s->score + l * s->steps;
            double sum = 0.0;
            for (size_t i = 0; i < s->steps; i++)
                sum += a[i] * b[i];
            at.metric[k * n + l] = at.metric[l * n + k] = sum;
        }
        if (at.metric[k * n + k] > 0.0)
            h[k] = 0.1 / sqrt(at.metric[k * n + k]);
    }
    return at;
}

/* J = L L^T gives directions d_k, the columns of L^-T, in which the surface is about
 * as bent one way as another however much the parameters hang together. */
static bool find_directions(size_t n, const double *metric, double *l, double *d)
{
    if (!fk_cholesky(n, metric, l))
        return false;
    for (size_t k = 0; k < n; k++)
        for (size_t i = n; i-- > 0;) {
            double sum = i == k ? 1.0 : 0.0;
            for (size_t j = i + 1; j < n; j++)
                sum -= l[j * n + i] * d[j * n + k];
            d[i * n + k] = sum / l[i * n + i];
        }
    return true;
}

static double along(surface *s, const double *theta, const double *d, size_t i,
                    double a, size_t k, double b)
{
    const size_t n = s->fit->n;
    double x[MOST];
    for (size_t j = 0; j < n; j++)
        x[j] = theta[j] + a * d[j * n + i] + b * d[j * n + k];
    return likelihood(s, x, s->log_p);
}

/* minus = -H: central second differences over half a unit of the directions, those of two
 * from the corners (+, +) and (-, -) and the four points on the axes; then back.  False if
 * the directions cannot be found. */
static bool curvature(surface *s, const double *theta, const local *at, double *minus)
{
    const size_t n = s->fit->n;
    const double h = 0.5, twice = 2.0 * at->value;
    double l[MOST * MOST], d[MOST * MOST], c[MOST * MOST], axis[MOST];
    if (!find_directions(n, at->metric, l, d))
        return false;
    for (size_t k = 0; k < n; k++) {
        axis[k] = along(s, theta, d, k, h, k, 0.0) - twice +
                  along(s, theta, d, k, -h, k, 0.0);
        c[k * n + k] = -axis[k] / (h * h);
        for (size_t i = 0; i < k; i++)
            c[i * n + k] = c[k * n + i] =
                -0.5 / (h * h) *
                (along(s, theta, d, i, h, k, h) - twice +
                 along(s, theta, d, i, -h, k, -h) - axis[i] - axis[k]);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            minus[i * n + k] = 0.0;
            for (size_t p = 0; p <= i; p++)
                for (size_t q = 0; q <= k; q++)
                    minus[i * n + k] += l[i * n + p] * c[p * n + q] * l[k * n + q];
        }
    return true;
}

/* ---- steps ---- */

/* m x = b with m = L L^T */
static void solve(size_t n, const double *l, const double *b, double *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = b[i];
        for (size_t k = 0; k < i; k++)
            x[i] -= l[i * n + k] * x[k];
        x[i] /= l[i * n + i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            x[i] -= l[k * n + i] * x[k];
        x[i] /= l[i * n + i];
    }
}

/* (metric + lambda its diagonal) delta = slope; false if that is not definite. */
static bool find_step(size_t n, const local *at, double lambda, double *delta)
{
    double m[MOST * MOST], l[MOST * MOST];
    memcpy(m, at->metric, n * n * sizeof *m);
    for (size_t i = 0; i < n; i++)
        m[i * n + i] *= 1.0 + lambda;
    if (!fk_cholesky(n, m, l))
        return false;
    solve(n, l, at->slope, delta);
    return true;
}

/* Moves theta uphill; returns what a full step promises to gain, the sign that the top is
 * reached; negative if there is no way up. */
static double climb(surface *s, double *theta, const local *at)
{
    const size_t n = s->fit->n;
    double delta[MOST], next[MOST];
    for (double lambda = 0.0; lambda < 1e12 && s->status == FK_OK;
         lambda = lambda == 0.0 ? 1e-2 : 10.0 * lambda) {
        if (!find_step(n, at, lambda, delta))
            continue;
        double promise = 0.0;
        for (size_t k = 0; k < n; k++) {
            next[k] = theta[k] + delta[k];
            promise += 0.5 * delta[k] * at->slope[k];
        }
        if (promise < SMALL || likelihood(s, next, s->log_p) > at->value) {
            memcpy(theta, next, n * sizeof *theta);
            return lambda == 0.0 ? promise : fmax(promise, 1.0);
        }
    }
    return -1.0;
}

/* ---- at the top ---- */

/* Standard errors, and by what the top of the finer density is elsewhere: (-H)^-1 times the
 * slope there. */
static fk_status judge_values(surface *s, const fk_transitions *finer, double *h,
                              fk_fit *fit, fk_message *message)
{
    double minus[MOST * MOST], l[MOST * MOST];
    const size_t n = fit->n;
    const local coarse = look_around(s, fit->value, h);
    const bool bent = curvature(s, fit->value, &coarse, minus);
    FK_TRY(s->status);
    if (!bent || !fk_cholesky(n, minus, l))
        return fk_fail(
            message, FK_ECONVERGE,
            "the likelihood is flat or bent upwards where it ends: some of the "
            "parameters cannot be told apart in these data");
    for (size_t k = 0; k < n; k++) {
        double unit[MOST] = {0.0}, column[MOST];
        unit[k] = 1.0;
        solve(n, l, unit, column);
        fit->error[k] = sqrt(column[k]);
    }
    double here[MOST], there[MOST];
    fit->log_likelihood = coarse.value;
    s->t = finer;
    const local fine = look_around(s, fit->value, h);
    FK_TRY(s->status);
    solve(n, l, coarse.slope, here);
    solve(n, l, fine.slope, there);
    for (size_t k = 0; k < n; k++)
        fit->shift[k] = there[k] - here[k];
    return FK_OK;
}

/* Correlation of a step's normal score with the next one's, component by component. */
static void correlate(size_t steps, size_t dim, const double *u, fk_fit *fit)
{
    const double edge = 1e-9;
    double product = 0.0, square = 0.0;
    for (size_t i = 0; i < steps * dim; i++) {
        const double z = gsl_cdf_ugaussian_Pinv(fmin(fmax(u[i], edge), 1.0 - edge));
        square += z * z;
        if (i >= dim)
            product +=
                z * gsl_cdf_ugaussian_Pinv(fmin(fmax(u[i - dim], edge), 1.0 - edge));
    }
    fit->correlation = product / square;
    fit->correlation_error = 1.0 / sqrt((double)(steps * dim));
}

/* The probabilities of the steps taken must be spread evenly over (0, 1), each independent
 * of the one before. */
static fk_status judge_steps(surface *s, size_t dim, fk_fit *fit)
{
    const size_t n = s->steps * dim;
    double *u = fk_doubles(n);
    if (u == NULL)
        return FK_ENOMEM;
    set_parameters(s, fit->value);
    const fk_status status = fk_transitions_run(s->t, s->sde, s->all, s->log_p, u);
    correlate(s->steps, dim, u, fit);
    fk_sort(n, u);
    fit->beyond = 0;
    fit->ks_distance = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double low = u[i] - (double)i / (double)n;
        const double high = (double)(i + 1) / (double)n - u[i];
        fit->ks_distance = fmax(fit->ks_distance, fmax(low, high));
        fit->beyond += u[i] < 1e-9 || u[i] > 1.0 - 1e-9;
    }
    fit->ks_p_value = fk_kolmogorov_tail(sqrt((double)n) * fit->ks_distance);
    free(u);
    return status;
}

/* The curvature instead of J, where it is one of a top. */
static bool sharpen(surface *s, const double *theta, const local *at, double *metric)
{
    double minus[MOST * MOST], l[MOST * MOST];
    if (!curvature(s, theta, at, minus) || s->status != FK_OK ||
        !fk_cholesky(s->fit->n, minus, l))
        return false;
    memcpy(metric, minus, sizeof minus);
    return true;
}

static fk_status search(surface *s, double *h, fk_fit *fit, fk_message *message)
{
    double *theta = fit->value, metric[MOST * MOST], promise = HUGE_VAL;
    bool sharp = false;
    for (size_t k = 0; k < fit->n; k++) {
        theta[k] = s->sde->value[fit->index[k]];
        h[k] = 0.02 * fmax(fabs(theta[k]), 0.05);
    }
    for (fit->iterations = 1; fit->iterations <= ITERATIONS; fit->iterations++) {
        local at = look_around(s, theta, h);
        FK_TRY(s->status);
        if (!isfinite(at.value))
            return fk_fail(
                message, FK_ECONVERGE,
                "with the parameters it starts from, the model has no density "
                "at the data");
        if (fit->iterations % RENEW == 0 || (!sharp && promise < NEAR))
            sharp = sharpen(s, theta, &at, metric);
        if (sharp)
            memcpy(at.metric, metric, sizeof metric);
        promise = climb(s, theta, &at);
        FK_TRY(s->status);
        fk_progress_report(s->progress, (double)fit->iterations,
                           (double)fit->iterations + 3.0);
        if (promise < 0.0)
            break;
        if (promise < SMALL)
            return FK_OK;
    }
    return fk_fail(
        message, FK_ECONVERGE,
        "the likelihood has no top near the parameters it starts from: some of "
        "them may not show in these data, or start values nearer to the truth "
        "are needed");
}

fk_status fk_fit_run(const fk_sde *sde, const fk_transitions *t,
                     const fk_transitions *finer, const fk_progress *progress,
                     fk_fit *fit, fk_message *message)
{
    assert(fit->n >= 1 && fit->n <= FK_FIT_MOST);
    const size_t steps = fk_transitions_count(t);
    double h[MOST];
    surface s = {.sde = sde,
                 .t = t,
                 .steps = steps,
                 .progress = progress,
                 .fit = fit,
                 .all = fk_doubles(sde->n_parameters),
                 .log_p = fk_doubles(2 * steps),
                 .score = fk_doubles(fit->n * steps),
                 .status = FK_OK};
    fk_status status = FK_ENOMEM;
    if (s.all != NULL && s.log_p != NULL && s.score != NULL) {
        memcpy(s.all, sde->value, sde->n_parameters * sizeof *s.all);
        status = search(&s, h, fit, message);
        if (status == FK_OK)
            status = judge_values(&s, finer, h, fit, message);
        if (status == FK_OK)
            status = judge_steps(&s, sde->dim, fit);
    }
    free(s.all);
    free(s.log_p);
    free(s.score);
    return status;
}
