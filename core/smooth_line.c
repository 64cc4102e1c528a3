#include "core/smooth_line.h"

#include <complex.h>
#include <fftw3.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { KERNELS = 5 }; /* k, u k; k^2, u k^2, u^2 k^2 */

struct fk_smooth_line {
    size_t n, reach, length; /* of the transform, at least n + 2 reach */
    fk_boundary face[2];
    double spread;
    double *sums; /* [3][2 reach + 2] of u^l k(u), u from -reach on */
    fftw_complex *spectrum[KERNELS]; /* [length / 2 + 1], over the length */
    fftw_plan forward, backward;
};

static size_t modes(const fk_smooth_line *l)
{
    return l->length / 2 + 1;
}

/* The next even product of 2, 3 and 5. */
static size_t good_length(size_t least)
{
    for (size_t n = least + least % 2;; n += 2) {
        size_t rest = n;
        while (rest % 2 == 0)
            rest /= 2;
        while (rest % 3 == 0)
            rest /= 3;
        while (rest % 5 == 0)
            rest /= 5;
        if (rest == 1)
            return n;
    }
}

static double kernel(const fk_smooth_line *l, double u)
{
    return exp(-0.5 * u * u / (l->spread * l->spread));
}

static bool closed(fk_boundary f)
{
    return f == FK_REFLECTING || f == FK_PERIODIC;
}

/* ---- making ---- */

static fk_status make_sums(fk_smooth_line *l)
{
    const size_t row = 2 * l->reach + 2;
    l->sums = fk_doubles(3 * row);
    if (l->sums == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i + 1 < row; i++) {
        const double u = (double)i - (double)l->reach;
        double term = kernel(l, u);
        for (size_t m = 0; m < 3; m++, term *= u)
            l->sums[m * row + i + 1] = l->sums[m * row + i] + term;
    }
    return FK_OK;
}

/* Of f(u) = u^power k(u)^square, u < 0 at the end. */
static void make_spectrum(const fk_smooth_line *l, int power, bool square, double *real,
                          fftw_complex *out)
{
    memset(real, 0, l->length * sizeof *real);
    for (size_t i = 0; i <= 2 * l->reach; i++) {
        const double u = (double)i - (double)l->reach, k = kernel(l, u);
        const size_t at = i >= l->reach ? i - l->reach : l->length - l->reach + i;
        real[at] = pow(u, power) * (square ? k * k : k) / (double)l->length;
    }
    fftw_execute_dft_r2c(l->forward, real, out);
}

static fk_status make_plans(fk_smooth_line *l, double *real)
{
    const int n = (int)l->length;
    for (size_t k = 0; k < KERNELS; k++) {
        l->spectrum[k] = fk_alloc(modes(l), sizeof *l->spectrum[k]);
        if (l->spectrum[k] == NULL)
            return FK_ENOMEM;
    }
    l->forward = fftw_plan_dft_r2c_1d(n, real, l->spectrum[0], FFTW_ESTIMATE);
    l->backward = fftw_plan_dft_c2r_1d(n, l->spectrum[0], real, FFTW_ESTIMATE);
    return l->forward == NULL || l->backward == NULL ? FK_ENOMEM : FK_OK;
}

fk_status fk_smooth_line_new(size_t n, const fk_boundary face[2], double spread,
                             size_t reach, fk_smooth_line **out)
{
    static const int power[KERNELS] = {0, 1, 0, 1, 2};
    fk_smooth_line *l = *out = calloc(1, sizeof *l);
    if (l == NULL)
        return FK_ENOMEM;
    *l = (fk_smooth_line){.n = n,
                          .reach = reach,
                          .length = good_length(n + 2 * reach),
                          .face = {face[0], face[1]},
                          .spread = spread};
    double *real = fk_doubles(l->length);
    fk_status status = real == NULL ? FK_ENOMEM : make_sums(l);
    if (status == FK_OK)
        status = make_plans(l, real);
    for (size_t k = 0; k < KERNELS && status == FK_OK; k++)
        make_spectrum(l, power[k], k >= 2, real, l->spectrum[k]);
    free(real);
    if (status != FK_OK) {
        fk_smooth_line_free(l);
        *out = NULL;
    }
    return status;
}

void fk_smooth_line_free(fk_smooth_line *l)
{
    if (l == NULL)
        return;
    if (l->forward != NULL)
        fftw_destroy_plan(l->forward);
    if (l->backward != NULL)
        fftw_destroy_plan(l->backward);
    for (size_t k = 0; k < KERNELS; k++)
        free(l->spectrum[k]);
    free(l->sums);
    free(l);
}

/* ---- running ---- */

static size_t padded(size_t n)
{
    return (n + 7) / 8 * 8;
}

/* Counts beyond the faces, their transform, a product, up to three correlations. */
size_t fk_smooth_line_room(const fk_smooth_line *l)
{
    return 4 * padded(l->length) + 2 * padded(2 * modes(l));
}

/* ext_j+reach = n_j, and what faces make of j < 0 and j >= n. */
static void extend(const fk_smooth_line *l, const double *in, size_t stride,
                   double *ext)
{
    const size_t n = l->n, r = l->reach;
    memset(ext, 0, l->length * sizeof *ext);
    for (size_t j = 0; j < n; j++)
        ext[r + j] = in[j * stride];
    for (size_t j = 0; j < r; j++) {
        const size_t below = l->face[0] == FK_PERIODIC ? n - 1 - j : j;
        const size_t above = l->face[1] == FK_PERIODIC ? j : n - 1 - j;
        if (closed(l->face[0]))
            ext[r - 1 - j] = in[below * stride];
        if (closed(l->face[1]))
            ext[r + n + j] = in[above * stride];
    }
}

/* [f]_j at out[reach + j]; counts: the transform of the counts */
static void correlate(const fk_smooth_line *l, size_t k, const fftw_complex *counts,
                      fftw_complex *product, double *out)
{
    for (size_t m = 0; m < modes(l); m++)
        product[m] = conj(l->spectrum[k][m]) * counts[m];
    fftw_execute_dft_c2r(l->backward, product, out);
}

/* Moments of what is there of the kernel around cell j. */
static void moments(const fk_smooth_line *l, size_t j, double a[3])
{
    const size_t r = l->reach, row = 2 * r + 2;
    const size_t first = !closed(l->face[0]) && j < r ? r - j : 0;
    const size_t end =
        !closed(l->face[1]) && l->n - 1 - j < r ? r + l->n - j : 2 * r + 1;
    for (size_t m = 0; m < 3; m++)
        a[m] = l->sums[m * row + end] - l->sums[m * row + first];
}

/* Whether face `side` folds weights back onto cells that have one. */
static bool folds(const fk_smooth_line *l, size_t side)
{
    return l->face[side] == FK_REFLECTING;
}

/* Adds 2 / a_0^2 sum_i k(i - j) k(i + j + 1) n_i over i + j < reach, counted from the face:
 * the product is exp(-(y_i^2 + y_j^2) / spread^2), y = i + 1/2. */
static void add_cross_terms(const fk_smooth_line *l, size_t side, const double *in,
                            double *out, size_t stride, double *sum)
{
    const size_t n = l->n, r = l->reach;
    double a[3];
    moments(l, n / 2, a);
    for (size_t i = 0; i < r; i++) {
        const double y = ((double)i + 0.5) / l->spread;
        const size_t at = side == 0 ? i : n - 1 - i;
        sum[i] = (i > 0 ? sum[i - 1] : 0.0) + exp(-y * y) * in[at * stride];
    }
    for (size_t j = 0; j < r; j++) {
        const double y = ((double)j + 0.5) / l->spread;
        const size_t at = side == 0 ? j : n - 1 - j;
        out[at * stride] += 2.0 / (a[0] * a[0]) * exp(-y * y) * sum[r - 1 - j];
    }
}

static void combine(const fk_smooth_line *l, const double *f0, const double *f1,
                    double *out, size_t stride)
{
    for (size_t j = 0; j < l->n; j++) {
        double a[3];
        moments(l, j, a);
        const double D = a[0] * a[2] - a[1] * a[1];
        out[j * stride] = D > 0.0 ? (a[2] * f0[j] - a[1] * f1[j]) / D : f0[j] / a[0];
    }
}

static void combine_squares(const fk_smooth_line *l, const double *f0, const double *f1,
                            const double *f2, double *out, size_t stride)
{
    for (size_t j = 0; j < l->n; j++) {
        double a[3];
        moments(l, j, a);
        const double D = a[0] * a[2] - a[1] * a[1];
        out[j * stride] = D > 0.0 ? (a[2] * a[2] * f0[j] - 2.0 * a[1] * a[2] * f1[j] +
                                     a[1] * a[1] * f2[j]) /
                                        (D * D)
                                  : f0[j] / (a[0] * a[0]);
    }
}

void fk_smooth_line_run(const fk_smooth_line *l, int power, const double *in,
                        double *out, size_t stride, double *room)
{
    const size_t length = padded(l->length), r = l->reach;
    double *ext = room, *f[3];
    fftw_complex *counts = (fftw_complex *)(void *)(room + 4 * length);
    fftw_complex *product = counts + padded(2 * modes(l)) / 2;
    for (size_t k = 0; k < 3; k++)
        f[k] = room + (k + 1) * length;
    extend(l, in, stride, ext);
    fftw_execute_dft_r2c(l->forward, ext, counts);
    const size_t first = power == 2 ? 2 : 0, n = power == 2 ? 3 : 2;
    for (size_t k = 0; k < n; k++)
        correlate(l, first + k, counts, product, f[k]);
    if (power == 1) {
        combine(l, f[0] + r, f[1] + r, out, stride);
        return;
    }
    combine_squares(l, f[0] + r, f[1] + r, f[2] + r, out, stride);
    for (size_t side = 0; side < 2; side++)
        if (folds(l, side))
            add_cross_terms(l, side, in, out, stride, ext);
}
