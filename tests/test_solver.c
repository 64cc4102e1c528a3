/* One face for all ways to the density: they agree, and the choice between them is right. */
#include "pde/solver.h"

#include "tests/spectral_fixture.h"
#include "tests/suite.h"

/* A double well between far walls, from a law of standard deviation sd. */
typedef struct fixture {
    fk_sde *sde;
    fk_law *law;
    fk_solver_task task;
} fixture;

static fixture open_fixture(const char *drift, double sd, fk_boundary faces)
{
    const spectral_case c = {.dim = 1, .mean = {-0.5}, .cov = {sd * sd}};
    fixture f = {.sde = sde_text(FK_ITO, 1, 1, "x", drift, "0.7"),
                 .law = gaussian_law(&c)};
    f.task = (fk_solver_task){.sde = f.sde,
                              .law = f.law,
                              .domain = pde_line(-3.0, 3.0, 300, faces),
                              .end = 1.0,
                              .tolerance = 1e-5,
                              .flux = fk_flux_find("scharfetter-gummel"),
                              .stepper = fk_pde_stepper_find("tr-bdf2")};
    return f;
}

static void close_fixture(fixture *f)
{
    fk_law_free(f->law);
    sde_text_free(f->sde);
}

static fk_solver *solve(const fixture *f, const char *name)
{
    fk_solver *s;
    fk_message message = {""};
    fk_status status = fk_solver_new(fk_pde_method_find(name), &f->task, &s, &message);
    if (status == FK_OK)
        status = fk_solver_advance(s, 1.0, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return s;
}

/* Density, current and what left by either way, within the error of second-order cells. */
START_TEST(all_ways_lead_to_one_density)
{
    static const fk_boundary faces[] = {FK_REFLECTING, FK_ABSORBING, FK_OPEN};
    fixture f = open_fixture("x - x^3", 0.3, faces[_i]);
    fk_solver *volumes = solve(&f, "finite-volume"), *modes = solve(&f, "spectral");
    const fk_grid *g = &f.task.domain.grid;
    double J[2][300], *const one[] = {J[0]}, *const two[] = {J[1]};
    ck_assert(fk_solver_current(volumes, one) == FK_OK);
    ck_assert(fk_solver_current(modes, two) == FK_OK);
    ck_assert_double_lt(
        fk_density_l1(g, fk_solver_density(volumes), fk_solver_density(modes)), 5e-4);
    ck_assert_double_lt(fk_density_l1(g, J[0], J[1]), 1e-3);
    const fk_ledger a = fk_solver_ledger(volumes), b = fk_solver_ledger(modes);
    ck_assert_double_eq_tol(a.left[0][0], b.left[0][0], 1e-5);
    ck_assert_double_eq_tol(a.left[0][1], b.left[0][1], 1e-5);
    ck_assert(isnan(a.grid_error));
    ck_assert_double_lt(b.grid_error, 1e-7);
    fk_solver_free(volumes);
    fk_solver_free(modes);
    close_fixture(&f);
}
END_TEST

static void expect_choice(const fixture *f, bool positive, const char *name,
                          const char *word)
{
    const fk_pde_method *method;
    char why[512];
    ck_assert(fk_pde_method_choose(&f->task, positive, NULL, &method, sizeof why, why,
                                   NULL) == FK_OK);
    ck_assert_str_eq(method->name, name);
    ck_assert_msg(strstr(why, word) != NULL, "%s", why);
}

START_TEST(what_is_smooth_is_solved_by_modes_and_all_else_by_cells)
{
    fixture f = open_fixture("x - x^3", 0.3, FK_REFLECTING);
    expect_choice(&f, false, "spectral", "modes on -3..3 leave out");
    expect_choice(&f, true, "finite-volume", "positive");
    close_fixture(&f);
    f = open_fixture("x - x^3", 0.0, FK_REFLECTING); /* from a point */
    expect_choice(&f, false, "finite-volume", "too fine along variable 1");
    close_fixture(&f);
    f = open_fixture("4 * sign(x)", 0.3, FK_REFLECTING); /* against both walls */
    expect_choice(&f, false, "finite-volume", "too fine along variable 1");
    close_fixture(&f);
    f = open_fixture("5 * x", 0.3, FK_OPEN); /* out of any box */
    expect_choice(&f, false, "finite-volume", "variable 1");
    close_fixture(&f);
}
END_TEST

/* A narrow density in the plane under a strong drift: modes could, but for a long time. */
START_TEST(what_would_take_long_is_not_tried)
{
    const spectral_case c = {
        .dim = 2, .mean = {0.5, 0.0}, .cov = {0.01, 0.0, 0.0, 0.01}};
    fixture f = {.sde = sde_text(FK_ITO, 2, 2, "x; y", "-20 * y - x; 20 * x - y",
                                 "0.1; 0; 0; 0.1"),
                 .law = gaussian_law(&c)};
    const double lo[] = {-2.0, -2.0}, hi[] = {2.0, 2.0};
    const size_t n[] = {40, 40};
    f.task = (fk_solver_task){.sde = f.sde,
                              .law = f.law,
                              .domain = pde_box(2, lo, hi, n, FK_OPEN),
                              .end = 20.0,
                              .tolerance = 1e-5,
                              .flux = fk_flux_find("scharfetter-gummel"),
                              .stepper = fk_pde_stepper_find("tr-bdf2")};
    expect_choice(&f, false, "finite-volume", "operations");
    close_fixture(&f);
}
END_TEST

/* Correlated noise between reflecting walls, which are where the density is. */
static fixture open_corner(size_t cells)
{
    const spectral_case c = {
        .dim = 2, .mean = {0.3, 0.0}, .cov = {0.09, 0.0, 0.0, 0.09}};
    fixture f = {.sde = sde_text(FK_ITO, 2, 2, "x; y", "-x; -y", "1; 0; 0.6; 0.8"),
                 .law = gaussian_law(&c)};
    f.task = (fk_solver_task){
        .sde = f.sde,
        .law = f.law,
        .domain = pde_box(2, (double[]){-1.5, -1.5}, (double[]){1.5, 1.5},
                          (size_t[]){cells, cells}, FK_REFLECTING),
        .end = 1.0,
        .tolerance = 1e-4,
        .flux = fk_flux_find("scharfetter-gummel")};
    return f;
}

static const char *chosen(const fixture *f, const char *flux, bool positive)
{
    return fk_pde_stepper_choose(f->sde, &f->task.domain, fk_flux_find(flux), positive)
        ->name;
}

/* Splitting has to take many steps there; who does without comes to the same density. */
START_TEST(the_stepper_that_serves_is_chosen)
{
    fixture f = open_corner(32);
    ck_assert_str_eq(chosen(&f, "scharfetter-gummel", false), "hundsdorfer-verwer");
    ck_assert_str_eq(chosen(&f, "scharfetter-gummel", true), "tr-bdf2");
    ck_assert_str_eq(chosen(&f, "weno5", false), "ssp-rk3");
    uint64_t steps[2];
    fk_solver *s[2];
    for (int k = 0; k < 2; k++) {
        f.task.stepper =
            fk_pde_stepper_choose(f.sde, &f.task.domain, f.task.flux, k == 1);
        s[k] = solve(&f, "finite-volume");
        steps[k] = fk_solver_ledger(s[k]).steps;
    }
    const fk_grid *g = &f.task.domain.grid;
    ck_assert_uint_lt(4 * steps[0], steps[1]);
    ck_assert_double_lt(
        fk_density_l1(g, fk_solver_density(s[0]), fk_solver_density(s[1])), 2e-4);
    fk_solver_free(s[0]);
    fk_solver_free(s[1]);
    for (size_t i = 0; i < 2; i++)
        f.task.domain.face[i][0] = f.task.domain.face[i][1] = FK_OPEN;
    ck_assert_str_eq(chosen(&f, "scharfetter-gummel", false), "tr-bdf2");
    close_fixture(&f);

    f = open_fixture("x - x^3", 0.3, FK_REFLECTING);
    ck_assert_str_eq(chosen(&f, "scharfetter-gummel", false), "tr-bdf2");
    close_fixture(&f);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("solver");
    TCase *all = tcase_create("all");
    tcase_add_loop_test(all, all_ways_lead_to_one_density, 0, 3);
    tcase_add_test(all, what_is_smooth_is_solved_by_modes_and_all_else_by_cells);
    tcase_add_test(all, what_would_take_long_is_not_tried);
    tcase_add_test(all, the_stepper_that_serves_is_chosen);
    suite_add_tcase(suite, all);
    return run_suite(suite);
}
