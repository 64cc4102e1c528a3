/* Laws, ensembles and their moments for tests: everything aborts on a mistake.
 *
 * Statistics are compared with the exact law of the scheme, so that sampling noise is the
 * only difference: four standard errors are allowed, estimated from the sample's own
 * fourth moments. */
#ifndef FK_TESTS_PARTICLE_FIXTURE_H
#define FK_TESTS_PARTICLE_FIXTURE_H

#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/goodness.h"
#include "core/memory.h"
#include "sampling/ensemble.h"
#include "tests/law_fixture.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

static const double allowed_sigmas = 4.0;
static const double least_p_value = 6e-5; /* of four standard deviations, both sides */

/* At -10 or +10 with even chances.  The first random word of a particle chooses, so that
 * noise from the same stream would be wide around one point and narrow around the other. */
static inline fk_law *two_points(void)
{
    fk_mixture *m;
    fk_law *law;
    ck_assert(fk_mixture_new(1, 2, &m) == FK_OK);
    m->weight[0] = m->weight[1] = 0.5;
    m->mean[0] = -10.0;
    m->mean[1] = 10.0;
    ck_assert(fk_law_mixture_new(m, &law) == FK_OK);
    fk_mixture_free(m);
    return law;
}

static inline fk_ensemble_options euler_options(size_t count, double step,
                                                uint64_t seed)
{
    return (fk_ensemble_options){.count = count,
                                 .step = step,
                                 .seed = seed,
                                 .purpose = FK_FOR_NOISE,
                                 .scheme = fk_scheme_find("euler-maruyama")};
}

static inline fk_ensemble *ensemble(const fk_sde *sde, const fk_domain *domain,
                                    const fk_law *law, const fk_ensemble_options *o)
{
    fk_ensemble *e;
    fk_message message = {""};
    const fk_status status = fk_ensemble_new(sde, domain, law, o, &e, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return e;
}

static inline void advance(fk_ensemble *e, double t)
{
    fk_message message = {""};
    const fk_status status = fk_ensemble_advance(e, t, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    ck_assert_double_eq(fk_ensemble_time(e), t);
}

/* All states [count][dim], to be freed. */
static inline double *all_states(const fk_ensemble *e, size_t dim)
{
    const size_t n = fk_ensemble_count(e);
    double *x = fk_doubles(n * dim);
    ck_assert_ptr_nonnull(x);
    fk_ensemble_states(e, 0, n, x);
    return x;
}

/* The box lo .. hi with n[dim] cells, `all` at every face. */
static inline fk_domain box(size_t dim, const double *lo, const double *hi,
                            const size_t *n, fk_boundary all)
{
    fk_axis axis[FK_GRID_DIM];
    fk_domain d = {.face = {{FK_OPEN}}};
    for (size_t i = 0; i < dim; i++)
        axis[i] = (fk_axis){lo[i], hi[i], n[i]};
    d.grid = fk_grid_make(dim, axis);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        d.face[i][0] = d.face[i][1] = all;
    return d;
}

static inline fk_domain line(double lo, double hi, size_t n, fk_boundary all)
{
    return box(1, &lo, &hi, &n, all);
}

typedef struct moments {
    double n, mean, var, mean_error, var_error; /* errors: one standard error each */
} moments;

static inline moments moments_of(const double *x, size_t n, size_t stride)
{
    double sum = 0.0, square = 0.0, fourth = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += x[i * stride];
    const double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) {
        const double u = x[i * stride] - mean;
        square += u * u;
        fourth += u * u * u * u;
    }
    const double var = square / ((double)n - 1.0);
    fourth /= (double)n;
    return (moments){(double)n, mean, var, sqrt(var / (double)n),
                     sqrt((fourth - var * var) / (double)n)};
}

static inline moments ensemble_moments(const fk_ensemble *e)
{
    double mean, var, fourth;
    uint64_t alive;
    fk_ensemble_moments(e, &mean, &var, &fourth, &alive);
    const double n = (double)alive;
    return (moments){n, mean, var, sqrt(var / n), sqrt((fourth - var * var) / n)};
}

/* A number within four standard errors of what it estimates. */
#define assert_sigmas(value, expected, error)                                       \
    do {                                                                            \
        const double v_ = (value), x_ = (expected), s_ = (error);                   \
        ck_assert_msg(fabs(v_ - x_) <= allowed_sigmas * s_,                         \
                      "%s = %.10g, expected %s = %.10g, %.2f standard errors away", \
                      #value, v_, #expected, x_, (v_ - x_) / s_);                   \
    } while (0)

#define assert_moments(m, exact_mean, exact_var)           \
    do {                                                   \
        const moments m_ = (m);                            \
        assert_sigmas(m_.mean, exact_mean, m_.mean_error); \
        assert_sigmas(m_.var, exact_var, m_.var_error);    \
    } while (0)

/* P(lo < N(mean, sd^2) < hi) without cancellation in the tails. */
static inline double normal_mass(double lo, double hi, double mean, double sd)
{
    const double u = (lo - mean) / (sd * sqrt(2.0)), v = (hi - mean) / (sd * sqrt(2.0));
    return 0.5 * (u > 0.0 ? erfc(u) - erfc(v) : erfc(-v) - erfc(-u));
}

/* Chi-square p-value of counts[cells + 1] for a law with mass[cells + 1]. */
static inline double p_value(const fk_grid *g, const uint64_t *count,
                             const double *mass)
{
    const size_t cells = fk_grid_cells(g);
    uint64_t total = 0;
    for (size_t c = 0; c <= cells; c++)
        total += count[c];
    fk_bins *bins;
    ck_assert(fk_bins_new(g, mass, (double)total, 10.0, &bins) == FK_OK);
    uint64_t *binned = fk_alloc(bins->n, sizeof *binned);
    fk_bins_count(bins, count, binned);
    fk_chi_square chi;
    fk_chi_square_test(bins, binned, 0.0, 1e-4, 0.9, &chi);
    ck_assert(bins->n >= 10);
    free(binned);
    fk_bins_free(bins);
    return chi.p_strict;
}

/* counts[cells + 1] of an ensemble, the last of all that are not in a cell; to be freed.
 * Everyone is counted once. */
static inline uint64_t *histogram_of(const fk_ensemble *e, const fk_grid *g,
                                     fk_census *census)
{
    const size_t cells = fk_grid_cells(g);
    uint64_t *count = fk_alloc(cells + FK_ELSEWHERE, sizeof *count), inside = 0;
    ck_assert_ptr_nonnull(count);
    fk_ensemble_tally(e, g, count);
    *census = fk_census_read(cells, count);
    for (size_t c = 0; c < cells; c++)
        inside += count[c];
    ck_assert_uint_eq(inside, census->inside);
    uint64_t total = inside + census->outside;
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        total += census->absorbed[i][0] + census->absorbed[i][1];
    ck_assert_uint_eq(total, fk_ensemble_count(e));
    count[cells] = total - inside;
    return count;
}

#endif
