/* Boxes and problems of spectral densities, for tests. */
#ifndef FK_TESTS_SPECTRAL_BOX_H
#define FK_TESTS_SPECTRAL_BOX_H

#include "tests/spectral_fixture.h"
#include "tests/suite.h"

static inline fk_domain box(size_t dim, double lo, double hi, size_t cells,
                            fk_boundary all)
{
    const double from[] = {lo, lo, lo}, to[] = {hi, hi, hi};
    const size_t n[] = {cells, cells, cells};
    return pde_box(dim, from, to, n, all);
}

enum { IMAGES = 12 };

/* Cell average of sum_k s^k N(x; (1 - 2 odd) x0 + k period, v), the images of x0. */
static inline double images(double lo, double hi, double x0, double v, double period)
{
    double sum = 0.0;
    for (int k = -IMAGES; k <= IMAGES; k++)
        sum += normal_cell(lo, hi, x0 + k * period, sqrt(v));
    return sum;
}

/* dX = dW from N(0.35, 0.05^2) between walls at 0 and 1 */
static const double wall_x0 = 0.35, wall_v0 = 0.0025;

static inline double between_reflecting(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 2.0) + images(*lo, *hi, -wall_x0, v, 2.0);
}

static inline double between_absorbing(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 2.0) - images(*lo, *hi, -wall_x0, v, 2.0);
}

/* reflecting at 0, absorbing at 1: images in 1 with the sign changed, period 4 */
static inline double reflecting_absorbing(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 4.0) + images(*lo, *hi, -wall_x0, v, 4.0) -
           images(*lo, *hi, 2.0 - wall_x0, v, 4.0) -
           images(*lo, *hi, wall_x0 - 2.0, v, 4.0);
}

static inline double absorbing_reflecting(const double *lo, const double *hi, double t)
{
    const double v = wall_v0 + t;
    return images(*lo, *hi, wall_x0, v, 4.0) - images(*lo, *hi, -wall_x0, v, 4.0) +
           images(*lo, *hi, 2.0 - wall_x0, v, 4.0) -
           images(*lo, *hi, wall_x0 - 2.0, v, 4.0);
}

static const struct {
    fk_boundary face[2];
    pde_law *law;
} walls[] = {
    {{FK_REFLECTING, FK_REFLECTING}, between_reflecting},
    {{FK_ABSORBING, FK_ABSORBING}, between_absorbing},
    {{FK_REFLECTING, FK_ABSORBING}, reflecting_absorbing},
    {{FK_ABSORBING, FK_REFLECTING}, absorbing_reflecting},
};

static inline spectral_case between_walls(int i)
{
    spectral_case c = {.dim = 1,
                       .noises = 1,
                       .variables = "x",
                       .drift = "0",
                       .noise = "1",
                       .domain = box(1, 0.0, 1.0, 50, FK_REFLECTING),
                       .mean = {wall_x0},
                       .cov = {wall_v0},
                       .end = 0.2};
    c.domain.face[0][0] = walls[i].face[0];
    c.domain.face[0][1] = walls[i].face[1];
    return c;
}

/* L1 error at the end, and of the mass beyond the grid. */
static inline double gaussian_error(const spectral_case *c, const spectral_run *r)
{
    const fk_grid *g = &r->domain.grid;
    fk_mixture *m;
    double *exact = fk_doubles(fk_grid_cells(g)), outside;
    ck_assert(fk_linear_propagate(r->sde, 0.0, fk_law_mixture(r->law), c->end, &m) ==
              FK_OK);
    ck_assert(fk_mixture_project(m, g, exact, &outside) == FK_OK);
    const double e = fk_density_l1(g, fk_spectral_density(r->s), exact);
    const fk_ledger ledger = spectral_ledger(r);
    double left = 0.0;
    for (size_t i = 0; i < g->dim; i++)
        left += ledger.left[i][0] + ledger.left[i][1];
    free(exact);
    fk_mixture_free(m);
    return e + fabs(outside - left);
}

static inline spectral_case double_well(fk_boundary boundary)
{
    return (spectral_case){.dim = 1,
                           .noises = 1,
                           .variables = "x",
                           .drift = "x - x^3",
                           .noise = "0.7",
                           .domain = box(1, -3.0, 3.0, 256, boundary),
                           .mean = {-0.5},
                           .cov = {0.09},
                           .end = 1.0};
}

#endif
