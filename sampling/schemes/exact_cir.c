/* The exact step of Cox-Ingersoll-Ross processes, any number of independent ones:
 *
 *     dX = (a - kappa X) dt + sigma sqrt(X) dW,     a >= 0,
 *     X+ = c Y,   Y noncentral chi-square with  d = 4 a / sigma^2  degrees of freedom
 *                 and  lambda = X e^(-kappa h) / c,
 *     c = sigma^2 (1 - e^(-kappa h)) / (4 kappa)
 *
 * Y is (z + sqrt(lambda))^2 plus a central chi-square with d - 1 degrees of freedom if
 * d > 1, else a central one with d + 2 N, N a Poisson number of mean lambda / 2.  What is
 * drawn by rejection comes from a stream of the step's own, keyed with the bits of a
 * further normal and of z, so that a step takes the same rows always.
 *
 * The law is exact; there is no path behind it that longer and shorter steps could have in
 * common.  Of a pair they share the normals z.  [cox-ingersoll-ross-1985, section 3] */
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/random.h"
#include "sampling/entries.h"
#include "sampling/prepared.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_exact_cir;

enum { NUMBERS = 3 }; /* of a variable: a, kappa, sigma^2 */

struct fk_stepper {
    size_t dim;
    size_t *noise;      /* [dim] which drives a variable */
    fk_entries numbers; /* [dim][NUMBERS] */
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_entries_clear(&s->numbers);
    free(s->noise);
    free(s);
}

/* ---- recognising ---- */

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

static const fk_expr *with(const fk_sde *sde, const fk_expr *e, size_t i, double value)
{
    const fk_expr *number = fk_expr_number(sde->pool, value);
    return fk_expr_substitute(sde->pool, e, 1, &sde->variable[i], &number);
}

/* Whether e = s u. */
static bool is_multiple(const fk_sde *sde, const fk_expr *e, const fk_expr *s,
                        const fk_expr *u)
{
    fk_expr_pool *pool = sde->pool;
    return is_zero(fk_expr_expand(pool, fk_expr_sub(pool, e, fk_expr_mul(pool, s, u))));
}

/* max(x_i, 0), which may stand for x_i under the root */
static const fk_expr *positive_part(const fk_sde *sde, size_t i)
{
    const fk_expr_name x = {"x", sde->variable[i]};
    const fk_expr *e;
    fk_expr_error error;
    return fk_expr_parse(sde->pool, "max(x, 0)", &x, 1, &e, &error) == FK_OK
               ? e
               : sde->variable[i];
}

/* e[NUMBERS] of variable i; false if its drift or noise has another form. */
static bool recognise(const fk_sde *sde, size_t i, const fk_expr **e)
{
    fk_expr_pool *pool = sde->pool;
    const fk_expr *x = sde->variable[i], *f = sde->ito[i];
    const fk_expr *square =
        fk_expr_mul(pool, fk_expr_number(pool, 2.0), sde->diffusion[i * sde->dim + i]);
    square = fk_expr_expand(pool, square);
    e[0] = with(sde, f, i, 0.0);
    e[1] = fk_expr_sub(pool, e[0], with(sde, f, i, 1.0));
    e[2] = with(sde, square, i, 1.0);
    for (size_t k = 0; k < NUMBERS; k++)
        if (!fk_sde_constant(sde, e[k]))
            return false;
    return is_multiple(sde, fk_expr_sub(pool, e[0], f), e[1], x) &&
           (is_multiple(sde, square, e[2], x) ||
            is_multiple(sde, square, e[2], positive_part(sde, i)));
}

/* The only noise of variable i, which drives no other; false if there is none. */
static bool own_noise(const fk_sde *sde, size_t i, size_t *noise)
{
    size_t found = 0, users = 0;
    for (size_t k = 0; k < sde->noises; k++)
        if (!is_zero(sde->noise[i * sde->noises + k])) {
            *noise = k;
            found++;
        }
    for (size_t j = 0; found == 1 && j < sde->dim; j++)
        users += !is_zero(sde->noise[j * sde->noises + *noise]);
    return found == 1 && users == 1;
}

/* FK_EDOMAIN if the SDE has another form. */
static fk_status compile(const fk_sde *sde, fk_stepper *s)
{
    s->dim = sde->dim;
    s->noise = calloc(sde->dim, sizeof *s->noise);
    const fk_expr **e = calloc(NUMBERS * sde->dim, sizeof *e);
    fk_status status = s->noise == NULL || e == NULL ? FK_ENOMEM : FK_OK;
    for (size_t i = 0; status == FK_OK && i < sde->dim; i++)
        if (!own_noise(sde, i, &s->noise[i]) || !recognise(sde, i, e + NUMBERS * i))
            status = FK_EDOMAIN;
    if (status == FK_OK && sde->noises != sde->dim)
        status = FK_EDOMAIN;
    if (status == FK_OK)
        status = fk_entries_new(sde, NUMBERS * sde->dim, e, &s->numbers);
    free(e);
    for (size_t i = 0; status == FK_OK && i < sde->dim; i++) {
        const fk_entry *n = s->numbers.entry + NUMBERS * i;
        if (!(n[0].value >= 0.0 && isfinite(n[1].value) && n[2].value > 0.0))
            status = FK_EDOMAIN;
    }
    return status;
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    static const char needs[] =
        "exact-cir needs each variable x to have the drift a - "
        "kappa*x with a >= 0 and a noise of its own, sigma*sqrt(x) "
        "or sigma*sqrt(max(x, 0)), with constants a, kappa, sigma; "
        "milstein accepts any";
    fk_stepper *s = calloc(1, sizeof *s);
    const fk_status status = s == NULL ? FK_ENOMEM : compile(sde, s);
    return fk_prepared(status, s, release, needs, out, message);
}

/* ---- a stream of one step of one particle ---- */

typedef struct hashed {
    uint64_t key[2], counter[2];
} hashed;

static unsigned long next(void *state)
{
    hashed *s = state;
    uint64_t out[2];
    fk_threefry(s->key, s->counter, out);
    s->counter[0]++;
    return (unsigned long)(out[0] >> 32);
}

/* (k + 1/2) 2^-52 */
static double next_uniform(void *state)
{
    hashed *s = state;
    uint64_t out[2];
    fk_threefry(s->key, s->counter, out);
    s->counter[0]++;
    return ((double)(out[0] >> 12) + 0.5) * 0x1p-52;
}

static const gsl_rng_type hashed_type = {.name = "threefry",
                                         .max = 0xffffffff,
                                         .size = sizeof(hashed),
                                         .get = next,
                                         .get_double = next_uniform};

/* ---- stepping ---- */

static size_t draws(const fk_stepper *s)
{
    return 2 * s->dim;
}

static size_t scratch_size(const fk_stepper *s)
{
    (void)s;
    return 0;
}

/* From 1e9 on the Poisson law is normal to 1e-5 of its standard deviation. */
static double poisson(const gsl_rng *rng, double mean)
{
    return mean < 1e9 ? (double)gsl_ran_poisson(rng, mean)
                      : mean + gsl_ran_gaussian_ziggurat(rng, sqrt(mean));
}

static double central(const gsl_rng *rng, double degrees)
{
    return degrees > 0.0 ? gsl_ran_gamma(rng, 0.5 * degrees, 2.0) : 0.0;
}

static double noncentral(double degrees, double lambda, double z, double key)
{
    hashed state = {.counter = {0, 0}};
    memcpy(&state.key[0], &key, sizeof key);
    memcpy(&state.key[1], &z, sizeof z);
    const gsl_rng rng = {&hashed_type, &state};
    if (degrees > 1.0) {
        const double shifted = z + sqrt(lambda);
        return shifted * shifted + central(&rng, degrees - 1.0);
    }
    return central(&rng, degrees + 2.0 * poisson(&rng, 0.5 * lambda));
}

/* A state below zero is none of the process. */
static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    (void)t;
    (void)scratch;
    for (size_t i = 0; i < s->dim; i++) {
        const fk_entry *n = s->numbers.entry + NUMBERS * i;
        const double a = n[0].value, kappa = n[1].value, square = n[2].value;
        const double time = kappa == 0.0 ? h : -expm1(-kappa * h) / kappa;
        const double c = 0.25 * square * time, keep = exp(-kappa * h) / c;
        const double *normal = z + s->noise[i] * FK_BLOCK;
        const double *key = z + (s->dim + i) * FK_BLOCK;
        for (size_t j = 0; j < FK_BLOCK; j++)
            x[i][j] = x[i][j] >= 0.0 ? c * noncentral(4.0 * a / square, keep * x[i][j],
                                                      normal[j], key[j])
                                     : (double)NAN;
    }
}

const fk_scheme fk_scheme_exact_cir = {
    .name = "exact-cir",
    .summary = "exact in law, at any step, for Cox-Ingersoll-Ross processes",
    .reference = "cox-ingersoll-ross-1985",
    .noise = FK_PROCESS_NOISE,
    .strong_order = 0.0, /* there is no path to be near to */
    .weak_order = INFINITY,
    .path = FK_OWN_PATH,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .draws = draws,
    .step = step,
};
