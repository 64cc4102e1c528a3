/* How many modes, how wide a box: what a density shows of both. */
#include <math.h>
#include <string.h>

#include "pde/spectral_parts.h"

/* Modes along an axis of a domain in one, two and three variables, at most. */
static const size_t most_modes[] = {384, 256, 96};

/* Boxes longer than so many domains are not tried. */
static const double WIDEST = 6.0;

/* Terms that differ more between the points than this share are not seen by them: a wave has
 * 1 - cos(pi / n) at n points to its length, four at least. */
static const double ROUGHEST = 0.3;

/* No tail is below rounding. */
static const double ROUNDING = 1e-13;

static double tolerance(const fk_spectral *s)
{
    return fmax(s->options.tolerance, ROUNDING);
}

fk_series fk_spectral_series(const fk_spectral *s, size_t axis)
{
    return fk_basis_series(s->domain.face[axis]);
}

static fk_status too_fine(const fk_spectral *s, size_t axis, double tail,
                          fk_message *message)
{
    return fk_fail(
        message, FK_ECONVERGE,
        "at t = %g the density is too fine along variable %zu for %zu smooth "
        "functions: they leave out about %.2g, the tolerance is %.2g",
        s->time, axis + 1, most_modes[s->sde->dim - 1], tail, s->options.tolerance);
}

/* The last modes hold too much: more of them, by a quarter, or by a half where that is far
 * from enough. */
static fk_status add_modes(const fk_spectral *s, const fk_basis *basis,
                           const double *tail, fk_spectral_shape *next,
                           fk_message *message)
{
    for (size_t i = 0; i < s->sde->dim; i++) {
        const double factor = tail[i] > 30.0 * tolerance(s) ? 1.5 : 1.25;
        if (tail[i] <= tolerance(s))
            continue;
        next->modes[i] =
            fk_basis_modes(fk_spectral_series(s, i),
                           (size_t)ceil(factor * (double)basis[i].modes) - 1);
        if (next->modes[i] > most_modes[s->sde->dim - 1])
            return too_fine(s, i, tail[i], message);
    }
    return FK_OK;
}

/* As many modes as the wider box needs for the same waves, unless the same number will do:
 * a tail that falls exponentially is on a box `factor` times as long its root of that
 * order. */
static size_t keep_waves(const fk_spectral *s, size_t axis, double tail, size_t modes,
                         double factor)
{
    if (pow(tail, 1.0 / factor) <= 0.1 * tolerance(s))
        return modes;
    return fk_basis_modes(fk_spectral_series(s, axis),
                          (size_t)ceil(factor * (double)modes) - 1);
}

/* Mass beyond `most` is at an open end: the box is to be a quarter longer there. */
static fk_status widen(const fk_spectral *s, const fk_basis *basis, const double *c,
                       const double *tail, double most, fk_spectral_shape *next,
                       double *collar, fk_message *message)
{
    *collar = 0.0;
    for (size_t i = 0; i < s->sde->dim; i++) {
        const double lo = basis[i].lo, length = basis[i].length;
        const double width = FK_SPECTRAL_COLLAR * length;
        double mass[2] = {0.0, 0.0};
        if (s->domain.face[i][0] == FK_OPEN)
            FK_TRY(fk_spectral_slab(basis, c, i, lo, lo + width, NULL, &mass[0]));
        if (s->domain.face[i][1] == FK_OPEN)
            FK_TRY(fk_spectral_slab(basis, c, i, lo + length - width, lo + length, NULL,
                                    &mass[1]));
        *collar += fabs(mass[0]) + fabs(mass[1]);
        next->lo[i] -= fabs(mass[0]) > most ? 0.25 * length : 0.0;
        next->hi[i] += fabs(mass[1]) > most ? 0.25 * length : 0.0;
        const double now = next->hi[i] - next->lo[i];
        const fk_axis *a = &s->domain.grid.axis[i];
        if (!(now <= WIDEST * (a->hi - a->lo)))
            return fk_fail(
                message, FK_ECONVERGE,
                "at t = %g mass is at the open ends of variable %zu, even of "
                "a box from %g to %g",
                s->time, i + 1, lo, lo + length);
        if (now > length)
            next->modes[i] = keep_waves(s, i, tail[i], next->modes[i], now / length);
        if (next->modes[i] > most_modes[s->sde->dim - 1])
            return too_fine(s, i, tail[i], message);
    }
    return FK_OK;
}

bool fk_spectral_same_shape(const fk_spectral_shape *a, const fk_spectral_shape *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

fk_status fk_spectral_look(const fk_spectral *s, const fk_basis *basis, const double *c,
                           fk_spectral_shape *next, double *worst, double *collar,
                           fk_message *message)
{
    double tail[FK_GRID_DIM];
    *next = s->shape;
    *worst = 0.0;
    for (size_t i = 0; i < s->sde->dim; i++) {
        tail[i] = fk_spectral_tail(basis, i, c);
        *worst = fmax(*worst, tail[i]);
    }
    FK_TRY(widen(s, basis, c, tail, fmax(tolerance(s), *worst), next, collar, message));
    return fk_spectral_same_shape(next, &s->shape)
               ? add_modes(s, basis, tail, next, message)
               : FK_OK;
}

fk_status fk_spectral_more_modes(const fk_spectral *s, fk_spectral_shape *next,
                                 const char *why, fk_message *message)
{
    for (size_t i = 0; i < s->sde->dim; i++) {
        next->modes[i] =
            fk_basis_modes(fk_spectral_series(s, i), 3 * s->shape.modes[i] / 2);
        if (next->modes[i] > most_modes[s->sde->dim - 1])
            return fk_fail(message, FK_ECONVERGE,
                           "%s than %zu smooth functions of variable %zu do", why,
                           most_modes[s->sde->dim - 1], i + 1);
    }
    return FK_OK;
}

fk_status fk_spectral_look_at_terms(const fk_spectral *s, fk_spectral_shape *next,
                                    fk_message *message)
{
    if (!(fk_spectral_operator_roughness(s->op, s->y) > ROUGHEST))
        return FK_OK;
    return fk_spectral_more_modes(s, next, "drift or noise turn more often", message);
}
