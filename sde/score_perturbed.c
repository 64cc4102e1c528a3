#include "sde/score_perturbed.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/elementary.h"
#include "core/memory.h"
#include "core/random.h"

enum { WAVES = FK_PERTURBED_WAVES };

typedef struct perturbed_score {
    fk_score score;
    const fk_score *of;
    double scale, amplitude; /* e; of one wave in one variable */
    double *bias;            /* [dim] */
    double *unit;            /* [n_times] */
    double *wave;            /* [WAVES][dim] w */
    double *cosine, *sine;   /* [WAVES][dim] of phi */
} perturbed_score;

static const perturbed_score *perturbed(const fk_score *score)
{
    return (const perturbed_score *)(const void *)score;
}

/* phase = w . x */
FK_CLONES static void find_phase(size_t d, const double *w, const double *const *x,
                                 double *restrict phase)
{
    memset(phase, 0, FK_BLOCK * sizeof *phase);
    for (size_t i = 0; i < d; i++) {
        const double *restrict from = x[i];
        for (size_t j = 0; j < FK_BLOCK; j++)
            phase[j] += w[i] * from[j];
    }
}

/* s_i += factor (cos phi cos(w . x) - sin phi sin(w . x)) */
FK_CLONES static void add_wave(double cosine, double sine, const double *restrict c,
                               const double *restrict s, double *restrict to)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        to[j] += cosine * c[j] - sine * s[j];
}

FK_CLONES static void scale_and_shift(double factor, double shift, double *restrict s)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        s[j] = factor * s[j] + shift;
}

static void add_field(const perturbed_score *p, double unit, const double *const *x,
                      double *const *s, double *scratch)
{
    fk_block_function *const cosine = fk_elementary_loop(FK_ELEMENTARY_COS);
    fk_block_function *const sine = fk_elementary_loop(FK_ELEMENTARY_SIN);
    double *phase = scratch, *c = scratch + FK_BLOCK, *z = c + FK_BLOCK;
    const size_t d = p->score.dim;
    const double a = unit * p->amplitude;
    for (size_t m = 0; m < WAVES; m++) {
        find_phase(d, p->wave + m * d, x, phase);
        cosine(phase, NULL, c);
        sine(phase, NULL, z);
        for (size_t i = 0; i < d; i++)
            add_wave(a * p->cosine[m * d + i], a * p->sine[m * d + i], c, z, s[i]);
    }
}

static void eval(const fk_score *score, size_t k, const double *const *x,
                 double *const *s, double *scratch)
{
    const perturbed_score *p = perturbed(score);
    p->of->eval(p->of, k, x, s, scratch + 3 * FK_BLOCK);
    for (size_t i = 0; i < score->dim; i++)
        scale_and_shift(1.0 + p->scale, p->unit[k] * p->bias[i], s[i]);
    if (p->amplitude > 0.0)
        add_field(p, p->unit[k], x, s, scratch);
}

static void release(fk_score *score)
{
    perturbed_score *p = (perturbed_score *)(void *)score;
    free(p->bias);
    free(p);
}

/* ---- making ---- */

/* Waves are lanes of the streams. */
static void draw_waves(perturbed_score *p, const fk_score_error *error)
{
    _Alignas(FK_ALIGN) double row[FK_BLOCK];
    const size_t d = p->score.dim;
    fk_streams streams;
    fk_streams_seed(&streams, error->seed, FK_FOR_SCORE_ERROR, 0);
    for (size_t i = 0; i < d; i++) {
        fk_streams_normal(&streams, 1, row);
        for (size_t m = 0; m < WAVES; m++)
            p->wave[m * d + i] = row[m] / error->length;
    }
    for (size_t i = 0; i < d; i++) {
        fk_streams_uniform(&streams, row);
        for (size_t m = 0; m < WAVES; m++) {
            p->cosine[m * d + i] = cos(2.0 * M_PI * row[m]);
            p->sine[m * d + i] = sin(2.0 * M_PI * row[m]);
        }
    }
}

fk_status fk_score_perturbed_new(const fk_score *score, const fk_score_error *error,
                                 fk_score **out)
{
    const size_t d = score->dim, n = score->n_times;
    *out = NULL;
    perturbed_score *p = calloc(1, sizeof *p);
    double *block = fk_doubles(d + n + 3 * WAVES * d);
    if (p == NULL || block == NULL) {
        free(p);
        free(block);
        return FK_ENOMEM;
    }
    p->score = (fk_score){.dim = d,
                          .n_times = n,
                          .time = score->time,
                          .scratch = score->scratch + 3 * FK_BLOCK,
                          .eval = eval,
                          .free = release};
    p->of = score;
    p->scale = error->scale;
    p->amplitude = error->rms * sqrt(2.0 / (double)(WAVES * d));
    p->bias = block;
    p->unit = block + d;
    p->wave = p->unit + n;
    p->cosine = p->wave + WAVES * d;
    p->sine = p->cosine + WAVES * d;
    for (size_t i = 0; i < d; i++)
        p->bias[i] = error->bias != NULL ? error->bias[i] : 0.0;
    for (size_t k = 0; k < n; k++)
        p->unit[k] = error->unit != NULL ? error->unit[k] : 1.0;
    if (error->rms > 0.0)
        draw_waves(p, error);
    *out = &p->score;
    return FK_OK;
}

/* ---- the exact error ---- */

/* E e^(i w . x) with w = a + sign b */
static double complex characteristic(const fk_mixture *law, const double *a,
                                     double sign, const double *b)
{
    const size_t d = law->dim;
    double complex sum = 0.0;
    for (size_t k = 0; k < law->components; k++) {
        double turn = 0.0, square = 0.0;
        for (size_t i = 0; i < d; i++) {
            const double w = a[i] + sign * b[i];
            turn += w * law->mean[k * d + i];
            for (size_t j = 0; j < d; j++)
                square += w * law->cov[(k * d + i) * d + j] * (a[j] + sign * b[j]);
        }
        sum += law->weight[k] * exp(-0.5 * square) * (cos(turn) + I * sin(turn));
    }
    return sum;
}

static double complex phase(const perturbed_score *p, size_t m, size_t i)
{
    const size_t at = m * p->score.dim + i;
    return p->cosine[at] + I * p->sine[at];
}

/* c . E n and E div n */
static void means(const perturbed_score *p, const fk_mixture *law, double *along_bias,
                  double *divergence)
{
    const size_t d = p->score.dim;
    *along_bias = *divergence = 0.0;
    for (size_t m = 0; m < WAVES; m++) {
        const double *w = p->wave + m * d;
        const double complex chi = p->amplitude * characteristic(law, w, 0.0, w);
        for (size_t i = 0; i < d; i++) {
            *along_bias += p->bias[i] * creal(chi * phase(p, m, i));
            *divergence -= w[i] * cimag(chi * phase(p, m, i));
        }
    }
}

/* E |n|^2, with 2 cos a cos b = cos(a + b) + cos(a - b) */
static double field_square(const perturbed_score *p, const fk_mixture *law)
{
    const size_t d = p->score.dim;
    double sum = 0.0;
    for (size_t m = 0; m < WAVES; m++)
        for (size_t l = 0; l < WAVES; l++) {
            const double *a = p->wave + m * d, *b = p->wave + l * d;
            const double complex plus = characteristic(law, a, 1.0, b),
                                 minus = characteristic(law, a, -1.0, b);
            for (size_t i = 0; i < d; i++) {
                const double complex u = phase(p, m, i), v = phase(p, l, i);
                sum += creal(plus * u * v) + creal(minus * u * conj(v));
            }
        }
    return 0.5 * p->amplitude * p->amplitude * sum;
}

double fk_score_perturbed_square(const fk_score *score, size_t k, const fk_mixture *law,
                                 double fisher)
{
    const perturbed_score *p = perturbed(score);
    const double e = p->scale, u = p->unit[k];
    double bias = 0.0, along_bias, divergence;
    for (size_t i = 0; i < score->dim; i++)
        bias += p->bias[i] * p->bias[i];
    means(p, law, &along_bias, &divergence);
    return e * e * fisher + u * u * (bias + 2.0 * along_bias + field_square(p, law)) -
           2.0 * e * u * divergence;
}
