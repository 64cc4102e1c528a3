/* Spectral densities where there is no formula, where they end, and what they refuse. */
#include "tests/spectral_box.h"

/* ---- no formula ---- */

/* Modes that are half as many again bring orders of magnitude, not a factor. */
START_TEST(the_double_well_converges_exponentially)
{
    const spectral_case c = double_well(_i == 0 ? FK_REFLECTING : FK_OPEN);
    spectral_run best = spectral_solve(&c, 1e-12);
    const double *exact = fk_spectral_density(best.s);
    fk_spectral_report first, last;
    for (double tolerance = 1e-3; tolerance > 1e-11; tolerance *= 0.1) {
        spectral_run r = spectral_solve(&c, tolerance);
        fk_spectral_report_on(r.s, tolerance > 5e-4 ? &first : &last);
        const double e = fk_density_l1(&c.domain.grid, fk_spectral_density(r.s), exact);
        ck_assert_double_lt(e, tolerance);
        ck_assert_double_eq_tol(spectral_ledger(&r).defect, 0.0, 1e-11);
        spectral_close(&r);
    }
    ck_assert_uint_le(last.modes[0], 3 * first.modes[0]);
    spectral_close(&best);
}
END_TEST

/* Finite volumes on cells of half the width are three quarters nearer. */
static double *by_finite_volumes(const spectral_case *c, const fk_law *law,
                                 size_t factor)
{
    const fk_evolution_options o = {
        .stepper = fk_pde_stepper_find("tr-bdf2"), .tolerance = 1e-7, .span = c->end};
    fk_domain fine = c->domain;
    fine.grid = fk_grid_refine(&c->domain.grid, factor);
    double *p = fk_doubles(fk_grid_cells(&fine.grid));
    double *coarse = fk_doubles(fk_grid_cells(&c->domain.grid));
    ck_assert(fk_law_project(law, &fine.grid, p, NULL) == FK_OK);
    pde_run r = pde_begin(sde_text(c->interpretation, c->dim, c->noises, c->variables,
                                   c->drift, c->noise),
                          fine, "scharfetter-gummel", &o, 0.0, p);
    pde_advance(&r, c->end);
    fk_grid_restrict(&c->domain.grid, factor, fk_evolution_density(r.evolution),
                     coarse);
    pde_end(&r);
    return coarse;
}

static void expect_the_same_by_finite_volumes(const spectral_case *c, double most)
{
    spectral_run r = spectral_solve(c, 1e-9);
    double *coarse = by_finite_volumes(c, r.law, 1),
           *fine = by_finite_volumes(c, r.law, 2);
    for (size_t k = 0; k < fk_grid_cells(&c->domain.grid); k++)
        fine[k] += (fine[k] - coarse[k]) / 3.0;
    ck_assert_double_lt(fk_density_l1(&c->domain.grid, fk_spectral_density(r.s), fine),
                        most);
    spectral_close(&r);
    free(coarse);
    free(fine);
}

START_TEST(the_double_well_is_that_of_finite_volumes)
{
    const spectral_case c = double_well(FK_REFLECTING);
    expect_the_same_by_finite_volumes(&c, 1e-6);
}
END_TEST

/* Noise that depends on the variable, in every sense of the product, on a circle. */
START_TEST(varying_noise_is_that_of_finite_volumes)
{
    const spectral_case c = {.dim = 1,
                             .noises = 1,
                             .variables = "x",
                             .drift = "0.3 + sin(x)",
                             .noise = "0.6 + 0.3 * cos(x)",
                             .interpretation = (fk_interpretation)_i,
                             .domain = box(1, 0.0, 2.0 * M_PI, 256, FK_PERIODIC),
                             .mean = {3.0},
                             .cov = {0.09},
                             .end = 1.0};
    expect_the_same_by_finite_volumes(&c, 2e-6);
}
END_TEST

/* The drift pushes against walls that the density reaches: cosines converge slowly there,
 * and no faster than their measured tail says. */
START_TEST(at_walls_with_a_drift_the_tail_is_the_error)
{
    spectral_case c = between_walls(0);
    c.drift = "1";
    spectral_run best = spectral_solve(&c, 3e-4), r = spectral_solve(&c, 1e-2);
    fk_spectral_report report;
    fk_spectral_report_on(r.s, &report);
    const double e = fk_density_l1(&c.domain.grid, fk_spectral_density(r.s),
                                   fk_spectral_density(best.s));
    ck_assert_double_lt(e, 3.0 * report.tail);
    ck_assert_double_lt(report.tail, 1e-2);
    ck_assert_double_eq_tol(spectral_ledger(&r).defect, 0.0, 1e-12);
    spectral_close(&r);
    spectral_close(&best);
}
END_TEST

/* Nothing is clipped: a coarse density is negative somewhere and says so. */
START_TEST(negative_averages_are_reported_as_they_are)
{
    const spectral_case c = double_well(FK_REFLECTING);
    spectral_run r = spectral_solve(&c, 1e-2);
    const double least = fk_density_min(&c.domain.grid, fk_spectral_density(r.s));
    ck_assert_double_lt(least, 0.0);
    ck_assert_double_eq(spectral_ledger(&r).minimum, least);
    ck_assert_double_eq_tol(fk_density_mass(&c.domain.grid, fk_spectral_density(r.s)),
                            1.0, 1e-12);
    spectral_close(&r);
}
END_TEST

/* Drifts that the first modes' points do not see: at 24 points sin(24 x) is nothing, sin(20 x)
 * a wave that is left out.  In the end p = exp(-int b / a) / Z, with a = 0.18. */
static double waves;

static double equilibrium_of_waves(const double *lo, const double *hi, double t)
{
    enum { POINTS = 32 };
    double sum = 0.0, all = 0.0;
    (void)t;
    for (int k = 0; k < POINTS; k++) {
        const double x = *lo + (*hi - *lo) * (k + 0.5) / POINTS;
        sum += exp(-3.0 / (0.18 * waves) * cos(waves * x));
        all += exp(-3.0 / (0.18 * waves) * cos(2.0 * M_PI * k / POINTS));
    }
    return sum / (2.0 * M_PI * all);
}

START_TEST(drifts_between_the_points_are_seen)
{
    static const char *const drift[] = {"3 * sin(24 * x)", "3 * sin(20 * x)"};
    const spectral_case c = {.dim = 1,
                             .noises = 1,
                             .variables = "x",
                             .drift = drift[_i],
                             .noise = "0.6",
                             .domain = box(1, 0.0, 2.0 * M_PI, 512, FK_PERIODIC),
                             .mean = {3.0},
                             .cov = {1.0},
                             .end = 200.0};
    waves = _i == 0 ? 24.0 : 20.0;
    spectral_run r = spectral_solve(&c, 1e-6);
    ck_assert_double_lt(spectral_error(&r, equilibrium_of_waves), 3e-6);
    spectral_close(&r);
}
END_TEST

/* Eight narrow Gaussians evenly round a circle: all but every eighth mode are nothing. */
START_TEST(laws_with_gaps_in_their_spectrum_are_seen)
{
    enum { PEAKS = 8 };
    const fk_domain d = box(1, 0.0, 8.0, 64, FK_PERIODIC);
    const fk_spectral_options o = {.tolerance = 1e-9, .span = 1.0};
    fk_mixture *m;
    spectral_run r = {.sde = sde_text(FK_ITO, 1, 1, "x", "0.1", "0.2"), .domain = d};
    fk_message message = {""};
    ck_assert(fk_mixture_new(1, PEAKS, &m) == FK_OK);
    for (size_t k = 0; k < PEAKS; k++) {
        m->weight[k] = 1.0 / PEAKS;
        m->mean[k] = (double)k + 0.5;
        m->cov[k] = 0.01;
    }
    ck_assert(fk_law_mixture_new(m, &r.law) == FK_OK);
    ck_assert(fk_spectral_new(r.sde, &d, r.law, 0.0, &o, &r.s, &message) == FK_OK);
    spectral_advance(&r, 1.0);
    for (size_t k = 0; k < 64; k++) { /* one peak is the picture of all */
        const double lo = fk_axis_edge(&d.grid.axis[0], k), hi = lo + 0.125;
        const double exact = images(lo, hi, 0.6, 0.05, 1.0) / PEAKS;
        ck_assert_double_eq_tol(fk_spectral_density(r.s)[k], exact, 1e-9);
    }
    fk_mixture_free(m);
    spectral_close(&r);
}
END_TEST

/* ---- what is refused ---- */

static void expect_refused(const spectral_case *c, double tolerance, fk_status expected,
                           const char *word)
{
    const fk_spectral_options o = {.tolerance = tolerance, .span = c->end};
    fk_sde *sde = sde_text(c->interpretation, c->dim, c->noises, c->variables, c->drift,
                           c->noise);
    fk_law *law = gaussian_law(c);
    fk_message message = {""};
    fk_spectral *s;
    fk_status status = fk_spectral_new(sde, &c->domain, law, 0.0, &o, &s, &message);
    if (status == FK_OK)
        status = fk_spectral_advance(s, c->end, NULL, &message);
    ck_assert_int_eq(status, expected);
    ck_assert_msg(strstr(message.text, word) != NULL, "%s", message.text);
    fk_spectral_free(s);
    fk_law_free(law);
    sde_text_free(sde);
}

START_TEST(what_is_not_smooth_is_refused_with_a_reason)
{
    spectral_case c = double_well(FK_REFLECTING);
    c.cov[0] = 0.0;
    expect_refused(&c, 1e-5, FK_ECONVERGE, "too fine along variable 1");
    c = double_well(FK_OPEN);
    c.drift = "5 * x"; /* runs away, beyond every box */
    expect_refused(&c, 1e-5, FK_ECONVERGE, "open ends of variable 1");
    c = double_well(FK_REFLECTING);
    c.drift = "1 / x";
    c.domain = box(1, -1.0, 1.0, 10, FK_REFLECTING);
    c.noise = "sqrt(x)";
    expect_refused(&c, 1e-5, FK_EDOMAIN, "at (-0.9");
}
END_TEST

/* As if the SDE had a jump: nothing of it is looked at. */
START_TEST(jumps_are_refused)
{
    const spectral_case c = double_well(FK_OPEN);
    fk_sde *sde =
        sde_text(c.interpretation, c.dim, c.noises, c.variables, c.drift, c.noise);
    const fk_spectral_options o = {.tolerance = 1e-5, .span = 1.0};
    fk_message message = {""};
    fk_spectral *s;
    sde->n_jumps = 1;
    ck_assert_int_eq(fk_spectral_new(sde, &c.domain, NULL, 0.0, &o, &s, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "jumps"));
    sde->n_jumps = 0;
    sde_text_free(sde);
}
END_TEST

/* A step that failed leaves the density of the last one that did not. */
START_TEST(after_a_failure_the_density_is_that_of_its_time)
{
    spectral_case c = double_well(FK_OPEN);
    c.drift = "5 * x";
    c.end = 3.0;
    const fk_spectral_options o = {.tolerance = 1e-5, .span = c.end};
    spectral_run r = spectral_open(&c, &o);
    fk_message message = {""};
    ck_assert_int_eq(fk_spectral_advance(r.s, c.end, NULL, &message), FK_ECONVERGE);
    c.end = fk_spectral_time(r.s);
    ck_assert_double_gt(c.end, 0.0);
    ck_assert_double_lt(gaussian_error(&c, &r), 1e-4);
    spectral_close(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("spectral_limits");
    TCase *c = tcase_create("spectral_limits");
    tcase_add_loop_test(c, the_double_well_converges_exponentially, 0, 2);
    tcase_add_test(c, the_double_well_is_that_of_finite_volumes);
    tcase_add_loop_test(c, varying_noise_is_that_of_finite_volumes, 0, 3);
    tcase_add_loop_test(c, drifts_between_the_points_are_seen, 0, 2);
    tcase_add_test(c, laws_with_gaps_in_their_spectrum_are_seen);
    tcase_add_test(c, at_walls_with_a_drift_the_tail_is_the_error);
    tcase_add_test(c, negative_averages_are_reported_as_they_are);
    tcase_add_test(c, what_is_not_smooth_is_refused_with_a_reason);
    tcase_add_test(c, after_a_failure_the_density_is_that_of_its_time);
    tcase_add_test(c, jumps_are_refused);
    suite_add_tcase(suite, c);
    return run_suite(suite);
}
