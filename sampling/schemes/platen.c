/* Platen's explicit scheme of weak order 2, for any noise:
 *
 *     Y   = X + h f + sum_k G_k dW_k,    R+-_k = X + h f +- sqrt(h) G_k,
 *                                        U+-_k = X +- sqrt(h) G_k
 *     X+  = X + h/2 (f + f(Y))
 *             + 1/4 sum_k [G_k(R+_k) + G_k(R-_k) + 2 G_k
 *                          + sum_(l != k) (G_k(U+_l) + G_k(U-_l) - 2 G_k)] dW_k
 *             + 1/(4 sqrt(h)) sum_k [(G_k(R+_k) - G_k(R-_k)) (dW_k^2 - h)
 *                          + sum_(l != k) (G_k(U+_l) - G_k(U-_l)) (dW_k dW_l + V_lk)]
 *
 * f the Ito drift; Y and R are taken at t + h, everything else at t; V_lk = -V_kl = +-h,
 * each sign with probability 1/2: the sign of a further normal for each pair of noises.
 * [kloeden-platen-1992, section 15.1] */
#include <math.h>

#include "sampling/motion.h"
#include "sampling/rows.h"

extern const fk_scheme fk_scheme_platen;

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    return fk_motion_new(sde, sde->ito, 0, NULL, out, message);
}

static size_t draws(const fk_stepper *s)
{
    return s->noises + s->noises * (s->noises - 1) / 2;
}

/* The stage's point, X + h f, X+; the noises' weights, ones; the terms' own twice. */
static size_t scratch_size(const fk_stepper *s)
{
    return 3 * fk_state_scratch(s->dim) + 2 * FK_BLOCK +
           2 * fk_padded(fk_entries_scratch(&s->terms));
}

/* The row of the pair of noises k < l. */
static const double *pair_row(const fk_stepper *s, const double *z, size_t k, size_t l)
{
    const size_t before = k * s->noises - k * (k + 1) / 2;
    return z + (s->noises + before + l - k - 1) * FK_BLOCK;
}

/* to += root w_j G_k for one noise k */
static void add_one(const fk_stepper *s, size_t k, double *const *rows, double root,
                    const double *w, double *const *to)
{
    const fk_entry *G = fk_motion_noise(s) + k;
    for (size_t i = 0; i < s->dim; i++)
        fk_entry_add_product(&G[i * s->noises], rows, root, w, to[i]);
}

/* What multiplies G_k at R+-_k or U+-_l, over sqrt(h) / 4: z_k +- (product - less). */
FK_CLONES static void weigh_own(double sign, const double *restrict z,
                                double *restrict w)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        w[j] = z[j] + sign * (z[j] * z[j] - 1.0);
}

FK_CLONES static void weigh_pair(double sign, double order, const double *restrict zk,
                                 const double *restrict zl, const double *restrict v,
                                 double *restrict w)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        w[j] = zk[j] + sign * (zk[j] * zl[j] + (v[j] < 0.0 ? -order : order));
}

typedef struct work {
    const fk_stepper *s;
    double t, h;
    const double *z;
    double *const *x, *const *moved, *const *y, *const *next;
    double *const *rows; /* at (t, x), for the whole step */
    double *w, *ones, *scratch;
} work;

/* y = base + sign sqrt(h) G_k(X, t); its rows at time t */
static double *const *beside(const work *a, double *const *base, double sign, size_t k,
                             double t)
{
    fk_state_copy(a->s->dim, base, a->y);
    add_one(a->s, k, a->rows, sign * sqrt(a->h), a->ones, a->y);
    return fk_motion_eval(a->s, t, a->y, a->scratch);
}

/* Everything that noise l's two displacements give. */
static void displace(const work *a, size_t l, double sign)
{
    const fk_stepper *s = a->s;
    const double quarter = 0.25 * sqrt(a->h), *zl = a->z + l * FK_BLOCK;
    double *const *rows = beside(a, a->moved, sign, l, a->t + a->h);
    weigh_own(sign, zl, a->w);
    add_one(s, l, rows, quarter, a->w, a->next);
    if (s->noises == 1)
        return;
    rows = beside(a, a->x, sign, l, a->t);
    for (size_t k = 0; k < s->noises; k++) {
        if (k == l)
            continue;
        const double *v = k < l ? pair_row(s, a->z, k, l) : pair_row(s, a->z, l, k);
        weigh_pair(sign, k < l ? 1.0 : -1.0, a->z + k * FK_BLOCK, zl, v, a->w);
        add_one(s, k, rows, quarter, a->w, a->next);
    }
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    const size_t m = s->noises;
    work a = {.s = s, .t = t, .h = h, .z = z, .x = x};
    a.moved = fk_state_carve(s->dim, &scratch);
    a.y = fk_state_carve(s->dim, &scratch);
    a.next = fk_state_carve(s->dim, &scratch);
    a.w = scratch;
    a.ones = a.w + FK_BLOCK;
    a.scratch = a.ones + FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++)
        a.ones[j] = 1.0;

    fk_state_copy(s->dim, x, a.moved);
    fk_state_copy(s->dim, x, a.next);
    a.rows = fk_motion_eval(s, t, x, a.scratch);
    a.scratch += fk_padded(fk_entries_scratch(&s->terms));
    fk_motion_add_drift(s, a.rows, h, a.moved);
    fk_motion_add_drift(s, a.rows, 0.5 * h, a.next);
    /* 2 - 2 (m - 1) quarters of G_k dW_k at X; the rest is at displaced points */
    fk_motion_add_noise(s, a.rows, (1.0 - 0.5 * (double)m) * sqrt(h), z, a.next);
    fk_state_copy(s->dim, a.moved, a.y);
    fk_motion_add_noise(s, a.rows, sqrt(h), z, a.y);
    double *const *rows = fk_motion_eval(s, t + h, a.y, a.scratch);
    fk_motion_add_drift(s, rows, 0.5 * h, a.next);
    for (size_t l = 0; l < m; l++) {
        displace(&a, l, 1.0);
        displace(&a, l, -1.0);
    }
    fk_state_copy(s->dim, a.next, x);
}

const fk_scheme fk_scheme_platen = {
    .name = "platen",
    .summary = "weak order 2 for any noise, without derivatives",
    .reference = "kloeden-platen-1992",
    .strong_order = 0.5, /* 1 for one noise */
    .weak_order = 2.0,
    .coarsest = FK_THREE_POINT,
    .prepare = prepare,
    .release = fk_motion_free,
    .scratch = scratch_size,
    .draws = draws,
    .step = step,
};
