/* Densities against exact solutions, and the orders at which they are reached. */
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static fk_evolution_options with_steps(const char *stepper, double span, double steps)
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
static double error_of(const problem *q, size_t n, const char *stepper, double steps)
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
static void expect_order(const problem *q, size_t n, const char *stepper, double steps,
                         double order, double most)
{
    const double coarse = error_of(q, n, stepper, steps);
    const double fine = error_of(q, 2 * n, stepper, 2.0 * steps);
    ck_assert_double_eq_tol(log2(coarse / fine), order, 0.15);
    ck_assert_double_lt(fine, most);
}

/* dX = -X dt + sqrt 2 dW from N(2, 1/4) */
static double ornstein_uhlenbeck(const double *lo, const double *hi, double t)
{
    const double v = 1.0 - 0.75 * exp(-2.0 * t);
    return normal_cell(*lo, *hi, 2.0 * exp(-t), sqrt(v));
}

static double ornstein_uhlenbeck_at_centre(const double *lo, const double *hi, double t)
{
    const double v = 1.0 - 0.75 * exp(-2.0 * t);
    const double z = 0.5 * (*lo + *hi) - 2.0 * exp(-t);
    return exp(-z * z / (2.0 * v)) / sqrt(2.0 * M_PI * v);
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

/* Errors of an independent code: n cells, n Crank-Nicolson steps, no starting steps,
 * densities at the centres. */
START_TEST(reference_errors_are_met_within_two_percent)
{
    static const struct {
        const char *flux;
        size_t n;
        double l1;
    } table[] = {
        {"chang-cooper", 70, 4.644e-3},  {"chang-cooper", 140, 1.159e-3},
        {"chang-cooper", 280, 2.899e-4}, {"chang-cooper", 560, 7.246e-5},
        {"central", 70, 4.966e-3},       {"central", 280, 3.067e-4},
        {"upwind", 70, 6.07e-2},         {"upwind", 280, 1.61e-2},
    };
    fk_pde_stepper plain = *fk_pde_stepper_find("crank-nicolson");
    plain.start = 0;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const size_t n = table[i].n;
        const fk_domain d = pde_line(-6.0, 8.0, n, FK_REFLECTING);
        const fk_evolution_options o = {.stepper = &plain, .step = 1.0 / (double)n};
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"), d, table[i].flux,
                      &o, 0.0, pde_project(&d.grid, ornstein_uhlenbeck_at_centre, 0.0));
        pde_advance(&r, 1.0);
        const double e = pde_error(&r, ornstein_uhlenbeck_at_centre, 1.0);
        ck_assert_double_eq_tol(e, table[i].l1, 0.02 * table[i].l1);
        pde_end(&r);
    }
}
END_TEST

START_TEST(every_flux_reaches_its_order_in_space)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        problem q = standard;
        q.flux = (*f)->name;
        const bool wide = (*f)->reach > 1;
        const char *stepper = wide ? "ssp-rk3" : "tr-bdf2";
        const double steps = wide ? 1200.0 / (*f)->courant : 400.0;
        const double coarse = error_of(&q, 140, stepper, steps);
        const double fine = error_of(&q, 280, stepper, steps);
        ck_assert_double_gt(log2(coarse / fine), (*f)->order - 0.1);
        ck_assert(wide || log2(coarse / fine) < (*f)->order + 0.1);
    }
}
END_TEST

/* The density at the end on fixed cells, to be freed; NULL if the steps are too long. */
static double *density_of(const problem *q, size_t n, const char *stepper, double steps)
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

/* Distance between the densities after `steps` and after twice as many; 0 if these are too
 * long. */
static double step_error(const problem *q, size_t n, const char *stepper, double steps)
{
    const size_t cells[] = {n, n, n};
    const fk_domain d = pde_box(q->dim, q->lo, q->hi, cells, q->boundary);
    double *a = density_of(q, n, stepper, steps);
    double *b = density_of(q, n, stepper, 2.0 * steps);
    const double e = a == NULL ? 0.0 : fk_density_l1(&d.grid, a, b);
    free(a);
    free(b);
    return e;
}

/* The order of a stepper away from walls: hundsdorfer-verwer's parameter makes it 3 where
 * coefficients do not change in time. */
static double order_in_time(const fk_pde_stepper *s, bool steady)
{
    return steady && strcmp(s->name, "hundsdorfer-verwer") == 0 ? 3.0 : s->order;
}

/* From so many steps on; stages of the whole operator from where explicit Euler would be
 * stable, so that rkc has two of them throughout. */
static void expect_order_in_time(const problem *q, size_t n, double steps, bool steady)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++) {
        double count = steps;
        if (isinf((*s)->order))
            continue;
        while ((*s)->theta <= 0.0 && step_error(q, n, "ssp-rk3", count) <= 0.0)
            count *= 2.0;
        const double coarse = step_error(q, n, (*s)->name, count);
        const double fine = step_error(q, n, (*s)->name, 2.0 * count);
        ck_assert_double_eq_tol(log2(coarse / fine), order_in_time(*s, steady), 0.15);
    }
}

START_TEST(every_stepper_reaches_its_order_in_time)
{
    expect_order_in_time(&standard, 140, 64.0, true);
}
END_TEST

/* dX = (cos t - X) dt + sqrt(2 (1 + t)) dW from N(1, 1/4) */
static double driven(const double *lo, const double *hi, double t)
{
    const double m = 0.5 * (cos(t) + sin(t)) + 0.5 * exp(-t);
    const double v = t + 0.5 - 0.25 * exp(-2.0 * t);
    return normal_cell(*lo, *hi, m, sqrt(v));
}

START_TEST(coefficients_that_change_in_time)
{
    problem q = standard;
    q.drift = "cos(t) - x";
    q.noise = "sqrt(2 * (1 + t))";
    q.law = driven;
    q.lo[0] = -8.0;
    expect_order(&q, 100, "crank-nicolson", 20.0, 2.0, 1e-3);
    expect_order(&q, 100, "tr-bdf2", 20.0, 2.0, 1e-3);
    expect_order_in_time(&q, 100, 32.0, false);
}
END_TEST

/* Modes of pure diffusion, D = 0.3: 1 + sum c_k e^{-D k^2 pi^2 t} cos(k pi x) between
 * walls, sum c_k ... sin(k pi x) between absorbing ends, on [0, 1]. */
enum { MODES = 4 };
static const double amplitude[MODES] = {0.0, 0.5, 0.0, 0.3};
static const double sines[MODES] = {0.0, M_PI / 2.0, 0.4, 0.2};

static double decay(int k, double t)
{
    return exp(-0.3 * k * k * M_PI * M_PI * t);
}

static double cosine_series(const double *lo, const double *hi, double t)
{
    double sum = 1.0;
    for (int k = 1; k < MODES; k++)
        sum += amplitude[k] * decay(k, t) *
               (sin(k * M_PI * *hi) - sin(k * M_PI * *lo)) / (k * M_PI * (*hi - *lo));
    return sum;
}

static double sine_series(const double *lo, const double *hi, double t)
{
    double sum = 0.0;
    for (int k = 1; k < MODES; k++)
        sum += sines[k] * decay(k, t) * (cos(k * M_PI * *lo) - cos(k * M_PI * *hi)) /
               (k * M_PI * (*hi - *lo));
    return sum;
}

static const problem interval = {
    "x",   "0",   "sqrt(0.6)",   1,   1,   FK_ITO,       "chang-cooper",
    {0.0}, {1.0}, FK_REFLECTING, 0.0, 0.3, cosine_series};

START_TEST(walls_reflect_the_cosine_series)
{
    expect_order(&interval, 20, "crank-nicolson", 20.0, 2.0, 5e-4);
    const double coarse = error_of(&interval, 300, "implicit-euler", 20.0);
    const double fine = error_of(&interval, 300, "implicit-euler", 40.0);
    ck_assert_double_eq_tol(log2(coarse / fine), 1.0, 0.1);
}
END_TEST

START_TEST(ends_absorb_the_sine_series)
{
    problem q = interval;
    q.boundary = FK_ABSORBING;
    q.law = sine_series;
    expect_order(&q, 20, "crank-nicolson", 20.0, 2.0, 1e-3);
    expect_order(&q, 20, "tr-bdf2", 20.0, 2.0, 1e-3);
}
END_TEST

/* Through either end: D p'(0) or -D p'(1), over time. */
static double sine_series_lost(int side, double t)
{
    double sum = 0.0;
    for (int k = 1; k < MODES; k++)
        sum += (side == 1 && k % 2 == 0 ? -1.0 : 1.0) * sines[k] * (1.0 - decay(k, t)) /
               (k * M_PI);
    return sum;
}

START_TEST(each_absorbing_end_books_its_own_losses)
{
    const fk_domain d = pde_line(0.0, 1.0, 200, FK_ABSORBING);
    const fk_evolution_options o = with_steps("tr-bdf2", 0.2, 200.0);
    pde_run r =
        pde_begin(sde_text(FK_ITO, 1, 1, "x", "0", "sqrt(0.6)"), d, "chang-cooper", &o,
                  0.0, pde_project(&d.grid, sine_series, 0.0));
    pde_advance(&r, 0.1);
    pde_advance(&r, 0.2);
    const fk_ledger ledger = pde_ledger(&r);
    ck_assert_double_eq_tol(ledger.left[0][0], sine_series_lost(0, 0.2), 2e-5);
    ck_assert_double_eq_tol(ledger.left[0][1], sine_series_lost(1, 0.2), 2e-5);
    ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-13);
    ck_assert_uint_eq(ledger.steps, 200);
    pde_end(&r);
}
END_TEST

/* Inverse Gaussian law: Brownian motion with drift c from 0 meets b = 1 before t. */
START_TEST(first_passage_with_drift)
{
    const double c = 0.8, b = 1.0, sigma = 0.7, t = 1.3, s = sigma * sqrt(t);
    const double exact = normal_mass(-40.0, (c * t - b) / s, 0.0, 1.0) +
                         exp(2.0 * c * b / (sigma * sigma)) *
                             normal_mass(-40.0, (-b - c * t) / s, 0.0, 1.0);
    fk_domain d = pde_line(-4.0, b, 750, FK_REFLECTING);
    d.face[0][1] = FK_ABSORBING;
    const double x[] = {-1e-9};
    const fk_evolution_options o = with_steps("tr-bdf2", t, 400.0);
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "0.8", "0.7"), d, "chang-cooper",
                          &o, 0.0, pde_point(&d.grid, x));
    pde_advance(&r, t);
    /* the point sits half a cell before 0: the passage is later by its share */
    ck_assert_double_eq_tol(pde_ledger(&r).left[0][1], exact, 3e-3);
    pde_end(&r);
}
END_TEST

/* Brownian motion with drift -0.8 and sigma = 0.7 from 0.5, absorbed at 0: its image on
 * the other side, weighted by e^{2 c x_0 / sigma^2}, cancels it there. */
static double absorbed(const double *lo, const double *hi, double t)
{
    const double c = -0.8, x0 = 0.5, s = 0.7 * sqrt(t);
    const double image = exp(-2.0 * c * x0 / 0.49);
    return normal_cell(*lo, *hi, x0 + c * t, s) -
           image * normal_cell(*lo, *hi, -x0 + c * t, s);
}

START_TEST(drift_into_an_absorbing_end)
{
    problem q = standard;
    q.drift = "-0.8";
    q.noise = "0.7";
    q.boundary = FK_ABSORBING;
    q.lo[0] = 0.0;
    q.hi[0] = 4.0;
    q.begin = 0.1;
    q.end = 0.6;
    q.law = absorbed;
    expect_order(&q, 80, "crank-nicolson", 40.0, 2.0, 1e-3);
}
END_TEST

/* dX = 0.7 dt + sqrt 0.6 dW around the circle of length 2 pi */
static double circle(const double *lo, const double *hi, double t)
{
    const double u = *lo - 0.7 * t, v = *hi - 0.7 * t, h = *hi - *lo;
    return (1.0 + (0.5 * exp(-0.3 * t) * (sin(v) - sin(u)) +
                   0.1 * exp(-2.7 * t) * (sin(3.0 * v) - sin(3.0 * u))) /
                      h) /
           (2.0 * M_PI);
}

START_TEST(around_a_circle)
{
    problem q = interval;
    q.drift = "0.7";
    q.boundary = FK_PERIODIC;
    q.hi[0] = 2.0 * M_PI;
    q.end = 1.0;
    q.law = circle;
    expect_order(&q, 24, "crank-nicolson", 12.0, 2.0, 2e-3);
}
END_TEST

/* b = sqrt(1 + x^2) from 0: X = sinh W in the first two readings, a mixture of
 * asinh X ~ N(+-t, t) in the third. */
static double sinh_of_noise(const double *lo, const double *hi, double t)
{
    return normal_mass(asinh(*lo), asinh(*hi), 0.0, sqrt(t)) / (*hi - *lo);
}

static double benes(const double *lo, const double *hi, double t)
{
    const double u = asinh(*lo), v = asinh(*hi), s = sqrt(t);
    return 0.5 * (normal_mass(u, v, t, s) + normal_mass(u, v, -t, s)) / (*hi - *lo);
}

START_TEST(noise_is_read_as_ito_stratonovich_or_hanggi_klimontovich)
{
    problem q = {
        "x",   "x / 2", "sqrt(1 + x^2)", 1,   1,   FK_ITO,       "chang-cooper",
        {-20}, {20},    FK_REFLECTING,   0.1, 0.5, sinh_of_noise};
    expect_order(&q, 800, "crank-nicolson", 40.0, 2.0, 5e-4);
    q.drift = "0";
    q.interpretation = FK_STRATONOVICH;
    expect_order(&q, 800, "crank-nicolson", 40.0, 2.0, 5e-4);
    q.drift = "x / 2";
    q.interpretation = FK_HANGGI_KLIMONTOVICH;
    q.law = benes;
    expect_order(&q, 800, "crank-nicolson", 40.0, 2.0, 5e-4);
}
END_TEST

/* Gaussian quadrature over a cell, three points an axis. */
static double cell_mean(size_t dim, const double *lo, const double *hi,
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
static double rotating_at(const double *x, double t)
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

static double rotating(const double *lo, const double *hi, double t)
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

START_TEST(rotation_with_correlated_noise)
{
    expect_order(&plane, 48, "crank-nicolson", 24.0, 2.0, 0.015);
    expect_order(&plane, 48, "tr-bdf2", 24.0, 2.0, 0.015);
    expect_order_in_time(&plane, 40, 32.0, true);
}
END_TEST

/* dX = -X dt + G dW from N(0, 1/4 I), G as in the problem below */
static double space_at(const double *x, double t)
{
    static const double noise[3][3] = {
        {1.0, 0.3, -0.2}, {0.3, 0.9, -0.15}, {-0.2, -0.15, 1.05}};
    const double e = exp(-2.0 * t);
    double v[3][3], c[3][3], z = 0.0;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            v[i][j] = 0.5 * (1.0 - e) * noise[i][j] + (i == j ? 0.25 * e : 0.0);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            c[i][j] = v[(i + 1) % 3][(j + 1) % 3] * v[(i + 2) % 3][(j + 2) % 3] -
                      v[(i + 1) % 3][(j + 2) % 3] * v[(i + 2) % 3][(j + 1) % 3];
    const double det = v[0][0] * c[0][0] + v[0][1] * c[0][1] + v[0][2] * c[0][2];
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 3; j++)
            z += x[i] * c[i][j] * x[j] / det;
    return exp(-0.5 * z) / sqrt(8.0 * M_PI * M_PI * M_PI * det);
}

static double space(const double *lo, const double *hi, double t)
{
    return cell_mean(3, lo, hi, space_at, t);
}

START_TEST(three_variables_with_correlated_noise)
{
    const problem q = {"x; y; z",
                       "-x; -y; -z",
                       "1; 0; 0; 0.3; 0.9; 0; -0.2; -0.1; 1",
                       3,
                       3,
                       FK_ITO,
                       "scharfetter-gummel",
                       {-3.0, -3.0, -3.0},
                       {3.0, 3.0, 3.0},
                       FK_OPEN,
                       0.0,
                       0.5,
                       space};
    expect_order(&q, 18, "crank-nicolson", 6.0, 2.0, 0.03);
}
END_TEST

/* dX = -X dt without noise, from N(1, 1/4): the Gaussian shrinks. */
static double shrinking(const double *lo, const double *hi, double t)
{
    return normal_cell(*lo, *hi, exp(-t), 0.5 * exp(-t));
}

START_TEST(no_noise_carries_the_density_along)
{
    problem q = standard;
    q.noises = 0;
    q.noise = "";
    q.law = shrinking;
    q.lo[0] = -4.0;
    q.hi[0] = 6.0;
    expect_order(&q, 1000, "crank-nicolson", 200.0, 1.0, 0.02);
}
END_TEST

/* Diffusion with cross terms between walls, from a Gaussian in a corner: cells of half
 * the width agree at second order, the walls' tangential currents included.  Steps are short, as splitting is of lower
 * order there. */
static double corner(const double *lo, const double *hi, double t)
{
    (void)t;
    return normal_cell(lo[0], hi[0], 0.1, 0.25) * normal_cell(lo[1], hi[1], 0.2, 0.2);
}

static double halving_distance(size_t n)
{
    const problem q = {
        "x; y",     "0.3; -0.2", "0.7; 0; 0.4; 0.6", 2,   2,   FK_ITO, "chang-cooper",
        {0.0, 0.0}, {1.0, 1.0},  FK_REFLECTING,      0.0, 0.1, corner};
    const fk_domain d = pde_box(2, q.lo, q.hi, (size_t[]){n, n}, FK_REFLECTING);
    double *a = density_of(&q, n, "tr-bdf2", 16.0 * (double)n);
    double *b = density_of(&q, 2 * n, "tr-bdf2", 32.0 * (double)n);
    double *c = fk_doubles(n * n);
    fk_grid_restrict(&d.grid, 2, b, c);
    const double e = fk_density_l1(&d.grid, a, c);
    free(a);
    free(b);
    free(c);
    return e;
}

START_TEST(walls_keep_second_order_under_cross_terms)
{
    const double coarse = halving_distance(12), fine = halving_distance(24);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 1e-3);
}
END_TEST

/* Mass crosses the barrier of a double well at the known rate: P(X > 0) - 1/2 decays
 * as e^{-lambda t}, where a spectral code found lambda. */
START_TEST(the_barrier_is_crossed_at_the_known_rate)
{
    static const struct {
        const char *noise;
        double lambda;
    } table[] = {
        {"sqrt(0.5)", 0.1871704}, {"sqrt(0.2)", 0.0335453}, {"sqrt(0.1)", 0.0027761}};
    for (size_t i = 0; i < 3; i++) {
        const fk_domain d = pde_line(-3.0, 3.0, 600, FK_REFLECTING);
        const fk_evolution_options o = with_steps("tr-bdf2", 16.0, 400.0);
        pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", "x - x^3", table[i].noise), d,
                              "scharfetter-gummel", &o, 0.0,
                              pde_point(&d.grid, (double[]){0.995}));
        double excess[2];
        for (size_t k = 0; k < 2; k++) {
            pde_advance(&r, 8.0 + 8.0 * (double)k);
            excess[k] = -0.5;
            for (size_t c = 300; c < 600; c++)
                excess[k] += 0.01 * fk_evolution_density(r.evolution)[c];
        }
        const double lambda = log(excess[0] / excess[1]) / 8.0;
        ck_assert_double_eq_tol(lambda, table[i].lambda, 3e-4 * table[i].lambda);
        pde_end(&r);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("evolution");
    TCase *t = tcase_create("exact solutions");
    tcase_add_test(t, reference_errors_are_met_within_two_percent);
    tcase_add_test(t, every_flux_reaches_its_order_in_space);
    tcase_add_test(t, every_stepper_reaches_its_order_in_time);
    tcase_add_test(t, coefficients_that_change_in_time);
    tcase_add_test(t, walls_reflect_the_cosine_series);
    tcase_add_test(t, ends_absorb_the_sine_series);
    tcase_add_test(t, each_absorbing_end_books_its_own_losses);
    tcase_add_test(t, first_passage_with_drift);
    tcase_add_test(t, drift_into_an_absorbing_end);
    tcase_add_test(t, around_a_circle);
    tcase_add_test(t, noise_is_read_as_ito_stratonovich_or_hanggi_klimontovich);
    tcase_add_test(t, rotation_with_correlated_noise);
    tcase_add_test(t, three_variables_with_correlated_noise);
    tcase_add_test(t, no_noise_carries_the_density_along);
    tcase_add_test(t, walls_keep_second_order_under_cross_terms);
    tcase_add_test(t, the_barrier_is_crossed_at_the_known_rate);
    suite_add_tcase(s, t);
    return run_suite(s);
}
