/* Samplers backwards of a Gaussian under the variance-preserving process, for tests. */
#ifndef FK_TESTS_REVERSE_FIXTURE_H
#define FK_TESTS_REVERSE_FIXTURE_H

#include "sampling/reverse.h"
#include "sde/linear.h"
#include "tests/particle_fixture.h"

/* dX = -1/2 beta X dt + sqrt(beta) dW with beta = 0.1 + 19.9 t, from N(m, v):
 * N(alpha m, alpha^2 v + 1 - alpha^2), alpha = exp(-1/2 int beta). */
static inline double beta(double t)
{
    return 0.1 + 19.9 * t;
}

static inline double alpha(double t)
{
    return exp(-0.05 * t - 4.975 * t * t);
}

typedef struct gauss {
    double mean, var;
} gauss;

static const gauss data = {1.3, 0.16};

static inline gauss at_time(gauss p, double t)
{
    const double a = alpha(t);
    return (gauss){a * p.mean, a * a * p.var + 1.0 - a * a};
}

static inline fk_sde *variance_preserving(void)
{
    return sde_text(FK_ITO, 1, 1, "x", "-(0.1 + 19.9*t)*x/2", "sqrt(0.1 + 19.9*t)");
}

/* n + 1 times from t0 to t1, closer at the start. */
static inline double *times(double t0, double t1, size_t n)
{
    double *t = fk_doubles(n + 1);
    for (size_t k = 0; k <= n; k++) {
        const double u = (double)k / (double)n;
        t[k] = t0 + (t1 - t0) * u * (0.5 + 0.5 * u);
    }
    return t;
}

static inline fk_score *exact_score(const fk_sde *sde, const fk_law *law, size_t n,
                                    const double *t)
{
    fk_score *score;
    ck_assert(fk_score_linear_new(sde, 0.0, fk_law_mixture(law), n, t, &score) ==
              FK_OK);
    return score;
}

static inline fk_reverse_result sample(const fk_sde *sde, const fk_score *score,
                                       double lambda, const fk_reverse_options *o)
{
    fk_reverse_result r;
    fk_message message = {""};
    const fk_status status =
        fk_reverse_family(sde, score, lambda, o, NULL, &r, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return r;
}

/* dX/dr = -[f - (1 + lambda^2) a s] is linear in X here: slope and value at 0. */
typedef struct affine {
    double slope, value;
} affine;

static inline affine velocity(gauss start, double lambda, double t)
{
    const gauss p = at_time(start, t);
    const double pull = (1.0 + lambda * lambda) * 0.5 * beta(t) / p.var;
    return (affine){0.5 * beta(t) - pull, pull * p.mean};
}

/* The law after the steps t[n], t[n - stride] ... t[0] of the sampler from N(p). */
static inline gauss sampler_law(gauss start, gauss p, double lambda, size_t n,
                                size_t stride, const double *t)
{
    for (size_t k = n; k > 0;) {
        const size_t l = k > stride ? k - stride : 0;
        const double dr = t[k] - t[l];
        const affine u = velocity(start, lambda, t[k]),
                     w = velocity(start, lambda, t[l]);
        affine step = {1.0 + dr * u.slope, dr * u.value};
        if (lambda <= 0.0)
            step = (affine){1.0 + 0.5 * dr * (u.slope + w.slope * step.slope),
                            0.5 * dr * (u.value + w.value + w.slope * step.value)};
        p.mean = step.slope * p.mean + step.value;
        p.var = step.slope * step.slope * p.var + lambda * lambda * beta(t[k]) * dr;
        k = l;
    }
    return p;
}

typedef struct setting {
    fk_sde *sde;
    fk_law *law, *start;
    fk_score *score;
    double *t;
    gauss last;
    fk_domain d;
} setting;

static inline void end(setting *s)
{
    fk_score_free(s->score);
    fk_law_free(s->start);
    fk_law_free(s->law);
    free(s->t);
    sde_text_free(s->sde);
}

#endif
