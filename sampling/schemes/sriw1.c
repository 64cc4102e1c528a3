/* Roessler's SRIW1, strong order 3/2 for one noise, and for more where each drives its own
 * variables: no variable sees two noises, and no G_ik depends on a variable that another
 * noise drives.
 *
 *     f1 = f(X, t)                                   g1 = G(X, t)
 *     f2 = f(X + 3/4 h f1 + 3/2 g1 I_(1,0)/h, t + 3/4 h)
 *     g2 = G(X + 1/4 h f1 + 1/2 sqrt(h) g1, t + h/4)
 *     g3 = G(X + h f1 - sqrt(h) g1, t + h)
 *     g4 = G(X + 1/4 h f1 + sqrt(h) (-5 g1 + 3 g2 + 1/2 g3), t + h/4)
 *     X+ = X + h (1/3 f1 + 2/3 f2) + sum_i g_i (beta_i1 I_(1)
 *              + beta_i2 I_(1,1)/sqrt(h) + beta_i3 I_(1,0)/h + beta_i4 I_(1,1,1)/h)
 *
 * with I_(1,1) = (I_(1)^2 - h)/2 and I_(1,1,1) = (I_(1)^3 - 3 h I_(1))/6.
 * [roessler-2010, table 6.2] */
#include <math.h>
#include <stdbool.h>

#include "sampling/rows.h"
#include "sampling/time_integral.h"

extern const fk_scheme fk_scheme_sriw1;

static const double beta[4][4] = {{-1.0, -1.0, 2.0, -2.0},
                                  {4.0 / 3, 4.0 / 3, -4.0 / 3, 5.0 / 3},
                                  {2.0 / 3, -1.0 / 3, -2.0 / 3, -2.0 / 3},
                                  {0.0, 0.0, 0.0, 1.0}};

static bool drives(const fk_sde *s, size_t k, size_t i)
{
    double value;
    return !fk_expr_is_number(s->noise[i * s->noises + k], &value) || value != 0.0;
}

/* Whether noise k leaves variable i, and what its entry there depends on, to itself. */
static bool alone(const fk_sde *s, size_t k, size_t i)
{
    for (size_t l = 0; l < s->noises; l++) {
        if (l == k)
            continue;
        if (drives(s, l, i))
            return false;
        for (size_t j = 0; j < s->dim; j++)
            if (drives(s, l, j) &&
                fk_expr_depends(s->noise[i * s->noises + k], s->variable[j]))
                return false;
    }
    return true;
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    *out = NULL;
    for (size_t i = 0; i < sde->dim; i++)
        for (size_t k = 0; k < sde->noises; k++)
            if (drives(sde, k, i) && !alone(sde, k, i))
                return fk_fail(message, FK_EDOMAIN,
                               "particles.scheme: sriw1 needs noises that drive their "
                               "own variables, but noise %zu in variable %zu meets "
                               "another one there; euler-maruyama and heun accept them",
                               k + 1, i + 1);
    return fk_motion_new(sde, sde->ito, 0, NULL, out, message);
}

/* The points of f2, g2, g3 and g4, and X+; rows a noise: I_(1,0)/h, ones, weights. */
static size_t scratch_size(const fk_stepper *s)
{
    return 5 * fk_state_scratch(s->dim) + 3 * s->noises * FK_BLOCK +
           fk_entries_scratch(&s->terms);
}

FK_CLONES static void fill_ones(size_t n, double *restrict to)
{
    for (size_t j = 0; j < n; j++)
        to[j] = 1.0;
}

/* What multiplies g_i. */
FK_CLONES static void weigh(size_t n, double h, const double *restrict b,
                            const double *restrict z, const double *restrict mean,
                            double *restrict to)
{
    const double root = sqrt(h);
    const double b1 = b[0] * root, b2 = 0.5 * b[1] * root, b3 = b[2],
                 b4 = b[3] * root / 6.0;
    for (size_t j = 0; j < n; j++) {
        const double square = z[j] * z[j];
        to[j] =
            b1 * z[j] + b2 * (square - 1.0) + b3 * mean[j] + b4 * z[j] * (square - 3.0);
    }
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const size_t n = s->noises * FK_BLOCK;
    const double root = sqrt(h);
    double *const *y[4], *const *next;
    for (size_t i = 0; i < 4; i++) {
        y[i] = fk_state_carve(s->dim, &scratch);
        fk_state_copy(s->dim, x, y[i]);
    }
    next = fk_state_carve(s->dim, &scratch);
    fk_state_copy(s->dim, x, next);
    double *mean = scratch, *ones = mean + n, *weight = ones + n;
    scratch = weight + n;
    fk_time_integral_mean(s, h, z, mean);
    fill_ones(n, ones);

    static const double drift[4] = {0.75, 0.25, 1.0, 0.25}; /* f1 in y */
    static const double noise[4] = {0.0, 0.5, -1.0, -5.0};  /* sqrt(h) g1 in y */
    static const double late[4] = {0.0, 3.0, 0.5, 0.0};     /* sqrt(h) g_i in y[3] */
    double *const *rows = fk_motion_eval(s, t, x, scratch);
    for (size_t i = 0; i < 4; i++) {
        fk_motion_add_drift(s, rows, drift[i] * h, y[i]);
        fk_motion_add_noise(s, rows, noise[i] * root, ones, y[i]);
    }
    fk_motion_add_noise(s, rows, 1.5, mean, y[0]);
    fk_motion_add_drift(s, rows, h / 3.0, next);
    weigh(n, h, beta[0], z, mean, weight);
    fk_motion_add_noise(s, rows, 1.0, weight, next);

    rows = fk_motion_eval(s, t + drift[0] * h, y[0], scratch);
    fk_motion_add_drift(s, rows, 2.0 * h / 3.0, next);
    for (size_t i = 1; i < 4; i++) {
        rows = fk_motion_eval(s, t + drift[i] * h, y[i], scratch);
        if (late[i] != 0.0)
            fk_motion_add_noise(s, rows, late[i] * root, ones, y[3]);
        weigh(n, h, beta[i], z, mean, weight);
        fk_motion_add_noise(s, rows, 1.0, weight, next);
    }
    fk_state_copy(s->dim, next, x);
}

const fk_scheme fk_scheme_sriw1 = {
    .name = "sriw1",
    .summary = "Roessler's strong order 3/2 for noises that drive their own variables",
    .reference = "roessler-2010",
    .noise = FK_OWN_NOISE,
    .strong_order = 1.5,
    .weak_order = 1.5, /* 2 for additive noise */
    .path = FK_INTEGRATED_PATH,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .draws = fk_time_integral_draws,
    .join = fk_time_integral_join,
    .step = step,
};
