/* Time steps of a spectral density: exponentials of its operator. */
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "pde/spectral_parts.h"
#include "pde/step_control.h"
#include "solvers/matrix_exponential.h"

/* A matrix's step is looked at so often; an action's step has about so many terms. */
enum { LOOKS = 16, MEAN_TERMS = 50 };

/* Share of the tolerance that the ends of series may take. */
static const double SERIES_SHARE = 1e-2;

/* Rounding of e^{hL}, in units of |hL|: about what errors of double wells level off at. */
static const double ROUNDING = 4.0 * DBL_EPSILON;

/* Shortest time scale that steps adapt to, in spans. */
static const double SHORTEST = 1e-4;

static double volume(const fk_spectral *s)
{
    const fk_basis *b = s->op->basis;
    return b[0].length * b[1].length * b[2].length;
}

/* ---- the exponential of the operator as it is ---- */

void fk_spectral_decay(const fk_spectral *s, double h, double *y)
{
    fk_spectral_operator_rates(s->op, s->work);
    for (size_t m = 0; m < s->op->modes; m++)
        y[m] *= exp(s->work[m] * h);
}

/* By the action, in as many parts as keep each short. */
static void act(fk_spectral *s, double h, double *y)
{
    const double r = fk_spectral_operator_radius(s->op);
    const double parts = fmax(ceil(h * r / MEAN_TERMS), 1.0);
    const double tolerance =
        SERIES_SHARE * s->options.tolerance * h / (s->options.span * parts * volume(s));
    size_t products = 0;
    for (double k = 0.0; k < parts; k += 1.0)
        products +=
            fk_exponential_action(s->op->size, h / parts, fk_spectral_operator_apply,
                                  s->op, r, tolerance, y, s->work);
    s->work_done += (double)products * (double)s->op->points;
}

static void exponential(fk_spectral *s, double h, double *y)
{
    if (s->op->idle)
        fk_spectral_decay(s, h, y);
    else
        act(s, h, y);
}

/* ---- as a matrix ---- */

static void fill_generator(fk_spectral *s)
{
    const size_t n = s->op->size;
    double *unit = s->work;
    s->norm = 0.0;
    memset(unit, 0, n * sizeof *unit);
    for (size_t k = 0; k < n; k++) {
        unit[k] = k < s->op->modes ? 1.0 : 0.0;
        fk_spectral_operator_apply(s->op, unit, s->generator + k * n);
        unit[k] = 0.0;
        double sum = 0.0;
        for (size_t i = 0; i < n; i++)
            sum += fabs(s->generator[k * n + i]);
        s->norm = fmax(s->norm, sum);
    }
}

static fk_status multiply(fk_spectral *s, double h, fk_message *message)
{
    const size_t n = s->op->size;
    if (!(s->length > 0.0) || fabs(h - s->length) > 1e-12 * h) {
        const fk_status status =
            fk_matrix_exponential(n, h, s->generator, s->propagator);
        if (status != FK_OK)
            return fk_fail(message, status,
                           "the operator's exponential over %g is not finite", h);
        s->length = h;
    }
    fk_matrix_times(n, s->propagator, s->y, s->work);
    memcpy(s->y, s->work, n * sizeof *s->y);
    return FK_OK;
}

/* ---- coefficients that depend on t ---- */

/* Magnus's series to fourth order without commutators: with the operators A1, A2 at the
 * two Gauss points of the step, e^{h (c A1 + b A2)} after e^{h (b A1 + c A2)},
 * b = 1/4 + sqrt(3)/6, c = 1/4 - sqrt(3)/6.  [blanes-moan-2006] */
static fk_status magnus(fk_spectral *s, double t, double h, double *y,
                        fk_message *message)
{
    const double node = sqrt(3.0) / 6.0;
    const double at[] = {t + (0.5 - node) * h, t + (0.5 + node) * h};
    const double first[] = {0.25 + node, 0.25 - node};
    const double second[] = {0.25 - node, 0.25 + node};
    FK_TRY(fk_spectral_operator_set(s->op, 2, at, first, message));
    exponential(s, h, y);
    FK_TRY(fk_spectral_operator_set(s->op, 2, at, second, message));
    exponential(s, h, y);
    return FK_OK;
}

/* One step against two of half the length, which are kept. */
static fk_status magnus_pair(fk_spectral *s, double h, double *error,
                             fk_message *message)
{
    const double t = s->time, half = 0.5 * h;
    memcpy(s->pair, s->y, s->op->size * sizeof *s->y);
    FK_TRY(magnus(s, t, h, s->pair, message));
    FK_TRY(magnus(s, t, half, s->y, message));
    FK_TRY(magnus(s, t + half, half, s->y, message));
    double sum = 0.0;
    for (size_t m = 0; m < s->op->modes; m++)
        sum += 2.0 * (s->y[m] - s->pair[m]) * (s->y[m] - s->pair[m]);
    *error = volume(s) * sqrt(sum) / 15.0;
    return FK_OK;
}

/* ---- any ---- */

fk_status fk_spectral_prepare(fk_spectral *s, fk_message *message)
{
    const double one = 1.0, rest = s->begin + s->options.span - s->time;
    const double t = s->op->steady ? s->time : s->time + 0.5 * fmax(rest, 0.0);
    s->length = 0.0;
    FK_TRY(fk_spectral_operator_set(s->op, 1, &t, &one, message));
    if (s->generator != NULL)
        fill_generator(s);
    return FK_OK;
}

static fk_step_control control(const fk_spectral *s)
{
    return (fk_step_control){.tolerance = s->options.tolerance,
                             .start = s->begin,
                             .span = s->options.span,
                             .shortest = SHORTEST * s->options.span};
}

double fk_spectral_length(fk_spectral *s, double t_end)
{
    const double rest = t_end - s->time;
    if (!s->op->steady) {
        const double wish = s->options.step > 0.0 ? s->options.step
                            : s->wish > 0.0       ? s->wish
                                                  : rest / 8.0;
        return rest / fmax(ceil(rest / wish * (1.0 - 1e-12)), 1.0);
    }
    if (s->op->idle)
        return rest;
    if (s->generator == NULL) {
        const double r = fk_spectral_operator_radius(s->op);
        return rest / fmax(ceil(rest * r / MEAN_TERMS), 1.0);
    }
    const double again = s->length > 0.0 ? round(rest / s->length) : 0.0;
    const bool fits = again >= 1.0 && again <= 4.0 * LOOKS &&
                      fabs(again * s->length - rest) <= 1e-12 * rest * again;
    return fits ? s->length : rest / LOOKS;
}

/* Whether what is done and, at least, is still to be done is within the bounds. */
static fk_status check_work(const fk_spectral *s, fk_message *message)
{
    const double rest = s->begin + s->options.span - s->time;
    const bool acts = !s->op->idle && s->generator == NULL;
    if (!(s->options.most_work > 0.0) || !acts)
        return FK_OK;
    const double products = 2.0 * rest * fk_spectral_operator_radius(s->op);
    const double ahead = products * (double)s->op->points;
    if (s->work_done + ahead <= s->options.most_work)
        return FK_OK;
    return fk_fail(
        message, FK_ELIMIT,
        "%zu modes would take %.1e operations (points times products), a trial "
        "may take %.1e",
        s->op->modes, s->work_done + ahead, s->options.most_work);
}

bool fk_spectral_allows(fk_spectral *s, double h, double error)
{
    if (s->op->steady || s->options.step > 0.0)
        return true;
    const fk_step_control c = control(s);
    s->wish = fk_step_control_next(&c, s->time, h, error, 4.0);
    return error <= fk_step_control_share(&c, s->time, h);
}

fk_status fk_spectral_step(fk_spectral *s, double h, double *error, fk_message *message)
{
    *error = 0.0;
    FK_TRY(check_work(s, message));
    if (!s->op->steady)
        return s->options.step > 0.0 ? magnus(s, s->time, h, s->y, message)
                                     : magnus_pair(s, h, error, message);
    if (s->generator != NULL) {
        *error = ROUNDING * s->norm * h;
        return multiply(s, h, message);
    }
    if (!s->op->idle)
        *error = SERIES_SHARE * s->options.tolerance * h / s->options.span;
    exponential(s, h, s->y);
    return FK_OK;
}
