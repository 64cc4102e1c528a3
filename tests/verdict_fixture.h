/* Samples from known laws and their comparison, for tests of the verdict. */
#ifndef FK_TESTS_VERDICT_FIXTURE_H
#define FK_TESTS_VERDICT_FIXTURE_H

#include <check.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/budget.h"
#include "experiments/verdict.h"
#include "tests/suite.h"

enum { CELLS = 80 };

static const char *const names[] = {"x", "y", "z"};

static const fk_problem_compare standard = {
    .tolerance = 0.1, .significance = 0.05, .power = 0.9, .least = 10.0};

static inline fk_domain line(fk_boundary lo, fk_boundary hi)
{
    fk_domain d = {.grid = fk_grid_make(1, &(fk_axis){-4.0, 4.0, CELLS})};
    d.face[0][0] = lo;
    d.face[0][1] = hi;
    return d;
}

/* Cell averages of N(mean, sd^2); returns the mass beyond the grid. */
static inline double normal(const fk_grid *g, double mean, double sd, double *p)
{
    const fk_axis *a = &g->axis[0];
    double inside = 0.0;
    for (size_t i = 0; i < a->cells; i++) {
        const double m = gsl_cdf_ugaussian_P((fk_axis_edge(a, i + 1) - mean) / sd) -
                         gsl_cdf_ugaussian_P((fk_axis_edge(a, i) - mean) / sd);
        p[i] = m / fk_axis_width(a);
        inside += m;
    }
    return 1.0 - inside;
}

/* n draws from p and the rest: count[cells], what is left in `outside`. */
static inline void draw(gsl_rng *rng, const fk_grid *g, const double *p, double outside,
                        unsigned n, uint64_t *count, uint64_t *out)
{
    const size_t cells = fk_grid_cells(g);
    double *mass = calloc(cells + 1, sizeof *mass);
    unsigned *k = calloc(cells + 1, sizeof *k);
    for (size_t c = 0; c < cells; c++)
        mass[c] = p[c] * fk_grid_volume(g);
    mass[cells] = outside;
    gsl_ran_multinomial(rng, cells + 1, n, mass, k);
    for (size_t c = 0; c < cells; c++)
        count[c] = k[c];
    *out = k[cells];
    free(mass);
    free(k);
}

static inline gsl_rng *seeded(unsigned long seed)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, seed);
    return rng;
}

static inline fk_comparison compare(const fk_domain *d, const uint64_t *count,
                                    uint64_t outside, const double *p, double beyond,
                                    const fk_step_evidence *step,
                                    const fk_grid_evidence *grid,
                                    const fk_problem_compare *asked)
{
    fk_comparison c;
    const fk_sample s = {.name = "particles", .count = count, .outside = outside};
    const fk_reference r = {.name = "exact", .p = p, .outside = beyond};
    const fk_compare_input in = {.domain = d,
                                 .variable = names,
                                 .t = 1.0,
                                 .sample = &s,
                                 .reference = &r,
                                 .step = step,
                                 .grid = grid,
                                 .asked = asked,
                                 .comparisons = 1};
    ck_assert_int_eq(fk_compare_sample(&in, &c), FK_OK);
    return c;
}

#endif
