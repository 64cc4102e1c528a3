/* Densities whose own mean values drive them. */
#include "core/expr.h"
#include "tests/mean_field_exact.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static double self_cell(const double *lo, const double *hi, double t)
{
    const self_law l = self_at(t);
    return normal_cell(*lo, *hi, l.mean, sqrt(l.variance));
}

static pde_run self_run(size_t cells, const char *stepper, double step)
{
    const fk_domain d = pde_line(-5.0, 4.0, cells, FK_REFLECTING);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find(stepper),
                                    .step = step,
                                    .tolerance = 1e-5,
                                    .span = 1.0};
    return pde_begin(sde_text(FK_ITO, 1, 1, "x", self_drift, self_noise), d,
                     "scharfetter-gummel", &o, 0.0,
                     pde_project(&d.grid, self_cell, 0.0));
}

START_TEST(cells_converge_at_second_order)
{
    double error[2];
    for (size_t k = 0; k < 2; k++) {
        pde_run r = self_run((size_t)100 << k, "tr-bdf2", 0.0);
        pde_advance(&r, 1.0);
        error[k] = pde_error(&r, self_cell, 1.0);
        ck_assert_double_eq_tol(pde_ledger(&r).defect, 0.0, 1e-12);
        pde_end(&r);
    }
    ck_assert_double_eq_tol(log2(error[0] / error[1]), 2.0, 0.1);
}
END_TEST

/* What halving the step changes, falls with the order that the stepper declares, but 2 at
 * most. */
START_TEST(steppers_keep_their_order_to_two)
{
    size_t n = 0;
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++) {
        double *p[3], change[2];
        if ((*s)->steady)
            continue;
        const double first = 0.016;
        for (size_t k = 0; k < 3; k++) {
            pde_run r = self_run(60, (*s)->name, first / (double)(1 << k));
            pde_advance(&r, 1.0);
            p[k] = fk_doubles(60);
            memcpy(p[k], fk_evolution_density(r.evolution), 60 * sizeof *p[k]);
            pde_end(&r);
        }
        for (size_t k = 0; k < 2; k++) {
            change[k] = 0.0;
            for (size_t c = 0; c < 60; c++)
                change[k] += fabs(p[k][c] - p[k + 1][c]);
        }
        for (size_t k = 0; k < 3; k++)
            free(p[k]);
        const double order = fmin((*s)->order, 2.0);
        const double measured = log2(change[0] / change[1]);
        ck_assert_msg(measured > order - 0.1, "%s: order %.3f, not %g", (*s)->name,
                      measured, order);
        n++;
    }
    ck_assert_uint_ge(n, 6);
}
END_TEST

/* ---- Kuramoto's oscillators with noise ---- */

static double nearly_uniform(const double *lo, const double *hi, double t)
{
    (void)t;
    return (1.0 + 0.001 * (sin(*hi) - sin(*lo)) / (*hi - *lo)) / (2.0 * M_PI);
}

/* dx = K r sin(psi - x) dt + sqrt(2 D) dW, r e^(i psi) = <e^(i x)>, D = 0.5. */
static pde_run kuramoto(double K, size_t cells, double step)
{
    char drift[128];
    const fk_domain d = pde_line(-M_PI, M_PI, cells, FK_PERIODIC);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("tr-bdf2"),
                                    .step = step,
                                    .tolerance = 1e-6,
                                    .span = 1.0};
    snprintf(drift, sizeof drift, "%.17g*(mean(sin(x))*cos(x) - mean(cos(x))*sin(x))",
             K);
    return pde_begin(sde_text(FK_ITO, 1, 1, "x", drift, "1"), d, "scharfetter-gummel",
                     &o, 0.0, pde_project(&d.grid, nearly_uniform, 0.0));
}

static double order_parameter(const pde_run *r)
{
    const double *p = fk_evolution_density(r->evolution);
    double c = 0.0, s = 0.0;
    for (size_t k = 0; k < r->cells; k++) {
        const double x = fk_axis_centre(&r->domain.grid.axis[0], k);
        c += cos(x) * p[k] * fk_grid_volume(&r->domain.grid);
        s += sin(x) * p[k] * fk_grid_volume(&r->domain.grid);
    }
    return hypot(c, s);
}

/* Coherence grows until r = I_1(K r / D) / I_0(K r / D), 0.5897079878 and 0.7241587176 at
 * K/D = 2.5 and 3 [sakaguchi-1988].  The equilibrium between cells is exact, and so are
 * sums over the circle: ten digits on 40 cells. */
START_TEST(coherence_is_that_of_von_mises)
{
    static const double K[] = {1.25, 1.5}, r[] = {0.5897079878, 0.7241587176};
    for (size_t i = 0; i < 2; i++) {
        pde_run run = kuramoto(K[i], 40, 0.25);
        pde_advance(&run, 300.0);
        ck_assert_double_eq_tol(order_parameter(&run), r[i], 1e-9);
        pde_end(&run);
    }
}
END_TEST

/* Near uniform r grows or falls like exp((K/2 - D) t): K = 2 D is critical.  Cells of
 * width h change the diffusion by the factor 1 - h^2/12. */
START_TEST(incoherence_loses_stability_at_twice_the_noise)
{
    static const double K[] = {0.7, 1.0, 1.3};
    for (size_t i = 0; i < 3; i++) {
        pde_run run = kuramoto(K[i], 200, 0.02);
        const double before = order_parameter(&run);
        pde_advance(&run, 2.0);
        const double rate = log(order_parameter(&run) / before) / 2.0;
        ck_assert_double_eq_tol(rate, 0.5 * K[i] - 0.5, 3e-5);
        pde_end(&run);
    }
}
END_TEST

/* ---- attention on the circle ---- */

/* d/dt of log of the k-th Fourier coefficient about the uniform law. */
static double growth_rate(const char *drift, const char *noise, size_t k, size_t cells)
{
    const fk_domain d = pde_line(-M_PI, M_PI, cells, FK_PERIODIC);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("rkc"),
                                    .step = 0.002};
    double *p = fk_doubles(cells), before = 0.0, after = 0.0;
    for (size_t c = 0; c < cells; c++) {
        const double x = fk_axis_centre(&d.grid.axis[0], c);
        p[c] = (1.0 + 1e-6 * cos((double)k * x)) / (2.0 * M_PI);
        before += p[c] * cos((double)k * x);
    }
    pde_run r = pde_begin(sde_text(FK_ITO, 1, noise[0] != '\0', "x", drift, noise), d,
                          "central", &o, 0.0, p);
    pde_advance(&r, 0.1);
    for (size_t c = 0; c < cells; c++)
        after += fk_evolution_density(r.evolution)[c] *
                 cos((double)k * fk_axis_centre(&d.grid.axis[0], c));
    pde_end(&r);
    return log(after / before) / 0.1;
}

/* The same extrapolated from two grids, order 2. */
static double exact_rate(const char *drift, const char *noise, size_t k)
{
    const double coarse = growth_rate(drift, noise, k, 64);
    const double fine = growth_rate(drift, noise, k, 128);
    return fine + (fine - coarse) / 3.0;
}

/* Tokens on the circle attend to each other with e^(beta cos): v = (W * p)' with W =
 * e^(beta cos) / beta, or over e^(beta cos) * p.  Modes about uniform grow at the rates k^2
 * I_k(beta) / beta and k^2 I_k(beta) / (beta I_0(beta)) [geshkovski-2023]; noise takes
 * k^2 D away. */
START_TEST(attention_grows_clusters_at_bessel_rates)
{
    static const double plain[] = {2.439866, 6.422189, 7.508871, 5.665103};
    static const double softmax[] = {0.215881, 0.568239, 0.664389, 0.501251};
    static const char force[] = "-conv(sin(x)*exp(4*cos(x)))";
    static const char share[] = "-conv(sin(x)*exp(4*cos(x)))/conv(exp(4*cos(x)))";
    for (size_t k = 1; k <= 4; k++) {
        ck_assert_double_eq_tol(exact_rate(force, "", k) / plain[k - 1], 1.0, 1e-4);
        ck_assert_double_eq_tol(exact_rate(share, "", k) / softmax[k - 1], 1.0, 1e-4);
        ck_assert_double_eq_tol(exact_rate(force, "0.8", k),
                                plain[k - 1] - 0.32 * (double)(k * k), 1e-3);
    }
}
END_TEST

/* Kernels on the grid are lines in time as means are. */
START_TEST(convolutions_keep_order_two_in_time)
{
    double *p[3], change[2] = {0.0, 0.0};
    for (size_t k = 0; k < 3; k++) {
        const fk_domain d = pde_line(-5.0, 4.0, 60, FK_REFLECTING);
        const fk_evolution_options o = {.stepper = fk_pde_stepper_find("tr-bdf2"),
                                        .step = 0.02 / (double)(1 << k)};
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "x - conv(x*abs(x))", "0.7"), d,
                      "chang-cooper", &o, 0.0, pde_project(&d.grid, self_cell, 0.0));
        pde_advance(&r, 1.0);
        p[k] = fk_doubles(60);
        memcpy(p[k], fk_evolution_density(r.evolution), 60 * sizeof *p[k]);
        pde_end(&r);
    }
    for (size_t k = 0; k < 2; k++)
        for (size_t c = 0; c < 60; c++)
            change[k] += fabs(p[k][c] - p[k + 1][c]);
    for (size_t k = 0; k < 3; k++)
        free(p[k]);
    ck_assert_double_eq_tol(log2(change[0] / change[1]), 2.0, 0.1);
}
END_TEST

/* ---- gravity on a line ---- */

static double slab(const double *lo, const double *hi, double t)
{
    const double R = 1.0 - 0.5 * t;
    const double inside = fmin(*hi, R) - fmax(*lo, -R);
    return inside > 0.0 ? inside / (2.0 * R * (*hi - *lo)) : 0.0;
}

/* Uniform on [-1, 1], mass 1, shrinks to R = 1 - t/2: at 0.8 of the time to collapse the
 * density is five times as high, and the edges' error falls like h^(2/3). */
START_TEST(gravity_raises_the_density_five_times)
{
    double error[2];
    for (size_t k = 0; k < 2; k++) {
        const fk_domain d = pde_line(-1.5, 1.5, (size_t)150 << k, FK_REFLECTING);
        const fk_evolution_options o = {.stepper = fk_pde_stepper_find("ssp-rk3"),
                                        .step = 0.004};
        pde_run r = pde_begin(sde_text(FK_ITO, 1, 0, "x", "-conv(sign(x))/2", ""), d,
                              "van-leer", &o, 0.0, pde_project(&d.grid, slab, 0.0));
        pde_advance(&r, 1.6);
        const double *p = fk_evolution_density(r.evolution);
        ck_assert_double_eq_tol(p[r.cells / 2], 2.5, 0.01);
        error[k] = pde_error(&r, slab, 1.6);
        pde_end(&r);
    }
    ck_assert_double_lt(error[1], 0.65 * error[0]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("nonlinear_density");
    TCase *tc = tcase_create("nonlinear_density");
    tcase_add_test(tc, cells_converge_at_second_order);
    tcase_add_test(tc, steppers_keep_their_order_to_two);
    tcase_add_test(tc, coherence_is_that_of_von_mises);
    tcase_add_test(tc, incoherence_loses_stability_at_twice_the_noise);
    tcase_add_test(tc, attention_grows_clusters_at_bessel_rates);
    tcase_add_test(tc, convolutions_keep_order_two_in_time);
    tcase_add_test(tc, gravity_raises_the_density_five_times);
    suite_add_tcase(suite, tc);
    return run_suite(suite);
}
