#include "pde/basis.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

fk_series fk_basis_series(const fk_boundary face[2])
{
    const bool walls[2] = {face[0] == FK_REFLECTING || face[0] == FK_ABSORBING,
                           face[1] == FK_REFLECTING || face[1] == FK_ABSORBING};
    if (!walls[0] && !walls[1])
        return FK_FOURIER;
    const bool zero_lo = (walls[0] ? face[0] : face[1]) == FK_ABSORBING;
    const bool zero_hi = (walls[1] ? face[1] : face[0]) == FK_ABSORBING;
    if (zero_lo)
        return zero_hi ? FK_SINE : FK_SINE_COSINE;
    return zero_hi ? FK_COSINE_SINE : FK_COSINE;
}

size_t fk_basis_modes(fk_series series, size_t least)
{
    static const size_t good[] = {8, 12, 16, 20, 24, 28};
    size_t unit = 1, i = 0;
    const size_t wanted = least + (series == FK_FOURIER ? 1 : 0);
    while (unit * good[i] < wanted) {
        i++;
        if (i == sizeof good / sizeof *good) {
            i = 2;
            unit *= 2;
        }
    }
    return unit * good[i] - (series == FK_FOURIER ? 1 : 0);
}

/* Mode m: places, cosine or sine.  Returns its wave number in units of pi / length. */
static double place_mode(fk_basis *b, size_t m)
{
    const size_t K = b->modes, M = b->points;
    b->place[m] = b->dual[m] = m;
    b->cosine[m] = b->series == FK_COSINE || b->series == FK_COSINE_SINE;
    switch (b->series) {
    case FK_FOURIER: {
        b->cosine[m] = m <= K / 2;
        const size_t k = b->cosine[m] ? m : K - m, mirror = (M - k) % M;
        b->place[m] = b->cosine[m] ? k : mirror;
        b->dual[m] = b->cosine[m] ? mirror : k;
        return 2.0 * (double)k;
    }
    case FK_COSINE:
        b->dual[m] = m > 0 ? m - 1 : 0;
        return (double)m;
    case FK_SINE:
        b->dual[m] = m + 1;
        return (double)m + 1.0;
    default:
        return (double)m + 0.5;
    }
}

fk_status fk_basis_make(fk_series series, double lo, double length, size_t modes,
                        fk_basis *out)
{
    const size_t even = modes + modes % 2;
    *out = (fk_basis){.series = series,
                      .lo = lo,
                      .length = length,
                      .modes = modes,
                      .points = 3 * even / 2,
                      .kappa = fk_doubles(modes),
                      .slope = fk_doubles(modes),
                      .weight = fk_doubles(modes),
                      .sign = fk_doubles(modes),
                      .cosine = fk_alloc(modes, sizeof *out->cosine),
                      .place = fk_alloc(modes, sizeof *out->place),
                      .dual = fk_alloc(modes, sizeof *out->dual)};
    if (out->kappa == NULL || out->slope == NULL || out->weight == NULL ||
        out->sign == NULL || out->cosine == NULL || out->place == NULL ||
        out->dual == NULL) {
        fk_basis_clear(out);
        return FK_ENOMEM;
    }
    for (size_t m = 0; m < modes; m++) {
        const double wave = place_mode(out, m);
        const bool falls = out->cosine[m] != (series == FK_FOURIER);
        out->kappa[m] = wave * M_PI / length;
        out->slope[m] = falls ? -out->kappa[m] : out->kappa[m];
        out->weight[m] = wave > 0.0 ? 2.0 : 1.0;
        out->sign[m] = series == FK_FOURIER && !out->cosine[m] ? -1.0 : 1.0;
    }
    return FK_OK;
}

void fk_basis_clear(fk_basis *b)
{
    free(b->kappa);
    free(b->slope);
    free(b->weight);
    free(b->sign);
    free(b->cosine);
    free(b->place);
    free(b->dual);
    *b = (fk_basis){.modes = 0};
}

double fk_basis_point(const fk_basis *b, size_t j)
{
    const double shift = b->series == FK_FOURIER ? 0.0 : 0.5;
    return b->lo + b->length * ((double)j + shift) / (double)b->points;
}

/* What the form makes of a wave of this number in cells of width h. */
static double attenuation(fk_basis_form form, double kappa, double h)
{
    const double u = 0.5 * kappa * h;
    if (form == FK_VALUE || form == FK_SLOPE || u == 0.0)
        return 1.0;
    return form == FK_AVERAGE ? sin(u) / u : u / sin(u);
}

/* wave = e^(i angle_j), advanced by one turn[j] from one wave number to the next */
FK_CLONES
static void turn(double *restrict c, double *restrict s, const double *restrict dc,
                 const double *restrict ds)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double old = c[j];
        c[j] = old * dc[j] - s[j] * ds[j];
        s[j] = old * ds[j] + s[j] * dc[j];
    }
}

FK_CLONES
static void scaled(double factor, const double *restrict wave, double *restrict out)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        out[j] = factor * wave[j];
}

/* Mode m from the wave of its number: 1, 2 cos, 2 sin or (fourier) -2 sin. */
static void one_row(const fk_basis *b, size_t m, fk_basis_form form, double h,
                    const double *c, const double *s, double *row)
{
    const bool cosine = b->cosine[m];
    const double size = b->weight[m] * b->sign[m] * attenuation(form, b->kappa[m], h);
    if (form == FK_SLOPE)
        scaled((cosine ? -size : size) * b->kappa[m], cosine ? s : c, row);
    else
        scaled(size, cosine ? c : s, row);
}

void fk_basis_rows(const fk_basis *b, fk_basis_form form, double h, size_t n,
                   const double *x, double (*row)[FK_BLOCK])
{
    _Alignas(FK_ALIGN) double c[FK_BLOCK], s[FK_BLOCK], dc[FK_BLOCK], ds[FK_BLOCK];
    const bool fourier = b->series == FK_FOURIER, constant = b->kappa[0] == 0.0;
    const size_t waves = fourier ? b->modes / 2 + 1 : b->modes;
    const double step = (fourier ? 2.0 : 1.0) * M_PI / b->length;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double at = x[j < n ? j : 0] - b->lo;
        dc[j] = cos(step * at);
        ds[j] = sin(step * at);
        c[j] = constant ? 1.0 : cos(b->kappa[0] * at);
        s[j] = constant ? 0.0 : sin(b->kappa[0] * at);
    }
    for (size_t k = 0; k < waves; k++) {
        one_row(b, k, form, h, c, s, row[k]);
        if (fourier && k > 0)
            one_row(b, b->modes - k, form, h, c, s, row[b->modes - k]);
        turn(c, s, dc, ds);
    }
}

void fk_basis_integral(const fk_basis *basis, double a, double b, double *integral)
{
    for (size_t m = 0; m < basis->modes; m++) {
        const double kappa = basis->kappa[m], size = basis->weight[m] * basis->sign[m];
        const double u = kappa * (a - basis->lo), v = kappa * (b - basis->lo);
        if (kappa == 0.0)
            integral[m] = b - a;
        else
            integral[m] =
                size / kappa * (basis->cosine[m] ? sin(v) - sin(u) : cos(u) - cos(v));
    }
}
