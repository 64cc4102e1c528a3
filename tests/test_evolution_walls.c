/* Densities between walls against exact solutions: reflection, absorption, circles, barriers. */
#include "tests/evolution_fixture.h"

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
    Suite *suite = suite_create("evolution_walls");
    TCase *c = tcase_create("evolution_walls");
    tcase_add_test(c, walls_reflect_the_cosine_series);
    tcase_add_test(c, ends_absorb_the_sine_series);
    tcase_add_test(c, each_absorbing_end_books_its_own_losses);
    tcase_add_test(c, first_passage_with_drift);
    tcase_add_test(c, drift_into_an_absorbing_end);
    tcase_add_test(c, around_a_circle);
    tcase_add_test(c, walls_keep_second_order_under_cross_terms);
    tcase_add_test(c, the_barrier_is_crossed_at_the_known_rate);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
