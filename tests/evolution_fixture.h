/* Evolutions beside exact laws, and the order at which they reach them, for tests. */
#ifndef FK_TESTS_EVOLUTION_FIXTURE_H
#define FK_TESTS_EVOLUTION_FIXTURE_H

#include "tests/pde_fixture.h"
#include "tests/suite.h"

static inline fk_evolution_options with_steps(const char *stepper, double span,
                                              double steps)
{
    return (fk_evolution_options){.stepper = fk_pde_stepper_find(stepper),
                                  .step = span / steps};
}

/* What a test runs: an SDE in a box and its exact law. */
typedef struct problem {
    const char *variables, *drift, *noise;
    size_t dim, noises;
    fk_interpretation interpretation;
    const char *flux;
    double lo[FK_GRID_DIM], hi[FK_GRID_DIM];
    fk_boundary boundary;
    double begin, end;
    pde_law *law;
} problem;

/* L1 error at the end with n cells an axis and `steps` steps. */
static inline double error_of(const problem *q, size_t n, const char *stepper,
                              double steps)
{
    const size_t cells[] = {n, n, n};
    const fk_domain d = pde_box(q->dim, q->lo, q->hi, cells, q->boundary);
    const fk_evolution_options o = with_steps(stepper, q->end - q->begin, steps);
    pde_run r =
        pde_begin(sde_text(q->interpretation, q->dim, q->noises, q->variables, q->drift,
                           q->noise),
                  d, q->flux, &o, q->begin, pde_project(&d.grid, q->law, q->begin));
    pde_advance(&r, q->end);
    const double e = pde_error(&r, q->law, q->end);
    ck_assert_double_eq_tol(pde_ledger(&r).defect, 0.0, 1e-12);
    pde_end(&r);
    return e;
}

/* Cells and steps are refined together: the error falls at `order`, below `most`. */
static inline void expect_order(const problem *q, size_t n, const char *stepper,
                                double steps, double order, double most)
{
    const double coarse = error_of(q, n, stepper, steps);
    const double fine = error_of(q, 2 * n, stepper, 2.0 * steps);
    ck_assert_double_eq_tol(log2(coarse / fine), order, 0.15);
    ck_assert_double_lt(fine, most);
}

/* dX = -X dt + sqrt 2 dW from N(2, 1/4) */
static inline double ornstein_uhlenbeck(const double *lo, const double *hi, double t)
{
    const double v = 1.0 - 0.75 * exp(-2.0 * t);
    return normal_cell(*lo, *hi, 2.0 * exp(-t), sqrt(v));
}

static const problem standard = {"x",
                                 "-x",
                                 "sqrt(2)",
                                 1,
                                 1,
                                 FK_ITO,
                                 "chang-cooper",
                                 {-6.0},
                                 {8.0},
                                 FK_REFLECTING,
                                 0.0,
                                 1.0,
                                 ornstein_uhlenbeck};

/* The density at the end on fixed cells, to be freed; NULL if the steps are too long. */
static inline double *density_of(const problem *q, size_t n, const char *stepper,
                                 double steps)
{
    const size_t cells[] = {n, n, n};
    const fk_domain d = pde_box(q->dim, q->lo, q->hi, cells, q->boundary);
    const fk_evolution_options o = with_steps(stepper, q->end - q->begin, steps);
    pde_run r =
        pde_begin(sde_text(q->interpretation, q->dim, q->noises, q->variables, q->drift,
                           q->noise),
                  d, q->flux, &o, q->begin, pde_project(&d.grid, q->law, q->begin));
    fk_message message = {""};
    const fk_status status = fk_evolution_advance(r.evolution, q->end, NULL, &message);
    ck_assert_msg(status == FK_OK || status == FK_ELIMIT, "%s", message.text);
    double *p = status == FK_OK ? fk_doubles(r.cells) : NULL;
    if (p != NULL)
        memcpy(p, fk_evolution_density(r.evolution), r.cells * sizeof *p);
    pde_end(&r);
    return p;
}

/* Gaussian quadrature over a cell, three points an axis. */
static inline double cell_mean(size_t dim, const double *lo, const double *hi,
                               double (*density)(const double *x, double t), double t)
{
    const double node[] = {0.5 - 0.5 * sqrt(0.6), 0.5, 0.5 + 0.5 * sqrt(0.6)};
    const double weight[] = {5.0 / 18.0, 8.0 / 18.0, 5.0 / 18.0};
    double sum = 0.0;
    for (size_t k = 0; k < (dim == 3 ? 27 : 9); k++) {
        const size_t i[] = {k % 3, k / 3 % 3, k / 9};
        double x[FK_GRID_DIM], w = 1.0;
        for (size_t a = 0; a < dim; a++) {
            x[a] = lo[a] + node[i[a]] * (hi[a] - lo[a]);
            w *= weight[i[a]];
        }
        sum += w * density(x, t);
    }
    return sum;
}

/* dX = (-0.5 I + 1.5 J) X dt + G dW, G G^T = [[0.5, 0.2], [0.2, 0.4]], J the rotation by
 * a right angle: with V = u I + r (cos a, sin a; sin a, -cos a) the noise's deviator
 * turns at twice the rate. */
static inline double rotating_at(const double *x, double t)
{
    const double gamma = 0.5, omega = 1.5, e = exp(-2.0 * gamma * t);
    const double u = 0.09 * e + 0.45 * (1.0 - e) / (2.0 * gamma);
    /* int_0^t e^{-2 gamma s} (deviator turned by 2 omega s) ds, as complex numbers */
    const double re = 0.05, im = 0.2, w = 2.0 * omega, n = 4.0 * gamma * gamma + w * w;
    const double ir =
        (2.0 * gamma - e * (2.0 * gamma * cos(w * t) - w * sin(w * t))) / n;
    const double ii = (w - e * (2.0 * gamma * sin(w * t) + w * cos(w * t))) / n;
    const double dr = re * ir - im * ii, di = re * ii + im * ir;
    const double xx = u + dr, yy = u - dr, xy = di, det = xx * yy - xy * xy;

    const double f = exp(-gamma * t);
    const double p = x[0] - f * cos(omega * t), q = x[1] - f * sin(omega * t);
    const double z = (yy * p * p - 2.0 * xy * p * q + xx * q * q) / det;
    return exp(-0.5 * z) / (2.0 * M_PI * sqrt(det));
}

static inline double rotating(const double *lo, const double *hi, double t)
{
    return cell_mean(2, lo, hi, rotating_at, t);
}

static const problem plane = {"x; y",
                              "-0.5 * x - 1.5 * y; 1.5 * x - 0.5 * y",
                              "sqrt(0.5); 0; 0.2 / sqrt(0.5); sqrt(0.32)",
                              2,
                              2,
                              FK_ITO,
                              "chang-cooper",
                              {-3.6, -3.4},
                              {3.6, 3.6},
                              FK_REFLECTING,
                              0.0,
                              1.0,
                              rotating};

#endif
