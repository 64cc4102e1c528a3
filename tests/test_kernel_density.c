/* The estimate of an ensemble's density by the transition kernel of its scheme. */
#include "core/density.h"

#include "tests/particle_fixture.h"

typedef struct setting {
    fk_sde *sde;
    fk_law *law;
    fk_ensemble *e;
} setting;

/* dX = drift dt + noise dW from N(mean, var), to time t. */
static setting begin(const char *drift, const char *noise, const fk_domain *d,
                     double mean, double var, size_t count, double h, double t)
{
    const fk_ensemble_options o = euler_options(count, h, 51);
    setting s = {sde_text(FK_ITO, 1, 1, "x", drift, noise), normal_law_1d(mean, var),
                 NULL};
    s.e = ensemble(s.sde, d, s.law, &o);
    advance(s.e, t);
    return s;
}

static void end(setting *s)
{
    fk_ensemble_free(s->e);
    fk_law_free(s->law);
    sde_text_free(s->sde);
}

/* Density and, behind it, its standard error: [2][cells]. */
static double *kernel(const fk_ensemble *e, const fk_grid *g, double h)
{
    const size_t cells = fk_grid_cells(g);
    double *p = fk_doubles(2 * cells);
    ck_assert_ptr_nonnull(p);
    ck_assert(fk_ensemble_kernel_density(e, g, h, p, p + cells, NULL) == FK_OK);
    fk_density_from_masses(g, (double)fk_ensemble_count(e), p, p + cells, p, p + cells);
    return p;
}

/* On dX = -X dt + sqrt(2) dW the estimate has the mean (1 - h) m and the variance
 * (1 - h)^2 v + 2 h of the sample it is made of: no noise, so no tolerance but the kernels'
 * ends.  Moments of cell averages carry dx^2 / 12. */
START_TEST(moments_are_those_of_the_sample_one_step_on)
{
    enum { N = 20000 };
    const double h = 0.05;
    const fk_domain d = line(-8.0, 8.0, 320, FK_OPEN);
    setting s = begin("-x", "sqrt(2)", &d, 1.0, 0.25, N, h, 0.5);
    const moments m = ensemble_moments(s.e);
    double *p = kernel(s.e, &d.grid, h), mean = 0.0, square = 0.0;
    const double dx = fk_axis_width(&d.grid.axis[0]);
    for (size_t c = 0; c < 320; c++)
        mean += dx * p[c] * fk_axis_centre(&d.grid.axis[0], c);
    for (size_t c = 0; c < 320; c++)
        square += dx * p[c] * pow(fk_axis_centre(&d.grid.axis[0], c) - mean, 2.0);
    ck_assert_double_eq_tol(fk_density_mass(&d.grid, p), 1.0, 1e-12);
    ck_assert_double_eq_tol(mean, (1.0 - h) * m.mean, 1e-8);
    ck_assert_double_eq_tol(square - dx * dx / 12.0,
                            (1.0 - h) * (1.0 - h) * m.var * (1.0 - 1.0 / N) + 2.0 * h,
                            1e-7);
    free(p);
    end(&s);
}
END_TEST

/* It estimates the law of the ensemble after one more step, without bias, and nearer than
 * the histogram does: the latter lies at its noise floor from both. */
START_TEST(agrees_with_the_histogram_one_step_on)
{
    enum { N = 50000, CELLS = 200 };
    const double h = 0.05;
    const fk_domain d = line(-4.0, 5.0, CELLS, FK_OPEN);
    setting s = begin("-x", "sqrt(2)", &d, 2.0, 0.25, N, h, 0.95);
    double *p = kernel(s.e, &d.grid, h), exact[CELLS], counted[CELLS];
    advance(s.e, 1.0);
    fk_census census;
    uint64_t *count = histogram_of(s.e, &d.grid, &census);
    fk_density_from_counts(&d.grid, count, N, counted);

    double mean = 2.0, var = 0.25;
    for (int k = 0; k < 20; k++) {
        mean *= 1.0 - h;
        var = (1.0 - h) * (1.0 - h) * var + 2.0 * h;
    }
    for (size_t c = 0; c < CELLS; c++)
        exact[c] = normal_mass(fk_axis_edge(&d.grid.axis[0], c),
                               fk_axis_edge(&d.grid.axis[0], c + 1), mean, sqrt(var)) /
                   fk_axis_width(&d.grid.axis[0]);
    const double floor = fk_density_noise_floor(&d.grid, exact, N);
    const double histogram = fk_density_l1(&d.grid, counted, exact);
    ck_assert_double_eq_tol(histogram, floor, 0.25 * floor);
    ck_assert_double_eq_tol(fk_density_l1(&d.grid, counted, p), floor, 0.25 * floor);
    ck_assert_double_lt(fk_density_l1(&d.grid, p, exact), 0.4 * floor);
    free(count);
    free(p);
    end(&s);
}
END_TEST

/* Between walls and on the circle all the mass stays, also with kernels wider than the
 * box; one particle between walls is the method of images. */
START_TEST(closed_boxes_keep_the_mass)
{
    const fk_boundary kind[] = {FK_REFLECTING, FK_PERIODIC};
    const double spread[] = {0.001, 0.2, 3.0, 50.0};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < 4; i++) {
            const fk_domain d = line(0.0, 1.0, 25, kind[k]);
            setting s = begin("1", "1", &d, 0.7, 0.0, 1, 0.1, 0.0);
            const double h = spread[i] * spread[i], mean = 0.7 + h;
            double *p = kernel(s.e, &d.grid, h);
            ck_assert_double_eq_tol(fk_density_mass(&d.grid, p), 1.0, 1e-12);
            for (size_t c = 0; c < 25 && spread[i] < 4.0; c++) {
                const double lo = fk_axis_edge(&d.grid.axis[0], c),
                             hi = fk_axis_edge(&d.grid.axis[0], c + 1);
                double mass = 0.0;
                for (int image = -40; image <= 40; image++)
                    mass += kind[k] == FK_REFLECTING && image % 2 != 0
                                ? normal_mass(image + 1.0 - hi, image + 1.0 - lo, mean,
                                              spread[i])
                                : normal_mass(image + lo, image + hi, mean, spread[i]);
                ck_assert_double_eq_tol(p[c] / 25.0, mass, 1e-8);
            }
            for (size_t c = 0; c < 25 && spread[i] > 4.0; c++)
                ck_assert_double_eq_tol(p[c], 1.0, 1e-7);
            free(p);
            end(&s);
        }
}
END_TEST

/* Over independent ensembles the estimate scatters by its standard error, cell by cell:
 * at a wall too, where a kernel and its reflection share a cell, and with correlated
 * noise in the plane.  64 ensembles know a variance to 18 %: five of those. */
static void check_errors(const fk_domain *d, const char *noise, double h)
{
    enum { ENSEMBLES = 64, N = 100, CELLS = 36 };
    const size_t dim = d->grid.dim;
    double sum[CELLS] = {0}, square[CELLS] = {0}, error[CELLS] = {0};
    ck_assert_uint_eq(fk_grid_cells(&d->grid), CELLS);
    fk_sde *sde = sde_text(FK_ITO, dim, dim, dim == 1 ? "x" : "x; y",
                           dim == 1 ? "0" : "0; 0", noise);
    fk_law *law = normal_law(dim, (double[]){0.3, 0.2}, (double[]){0.04, 0.04});
    for (size_t k = 0; k < ENSEMBLES; k++) {
        const fk_ensemble_options o = euler_options(N, h, 900 + k);
        fk_ensemble *e = ensemble(sde, d, law, &o);
        double *p = kernel(e, &d->grid, h);
        for (size_t c = 0; c < CELLS; c++) {
            sum[c] += p[c] / ENSEMBLES;
            square[c] += p[c] * p[c] / ENSEMBLES;
            error[c] += p[CELLS + c] * p[CELLS + c] / ENSEMBLES;
        }
        free(p);
        fk_ensemble_free(e);
    }
    for (size_t c = 0; c < CELLS; c++) {
        const double scatter =
            (square[c] - sum[c] * sum[c]) * ENSEMBLES / (ENSEMBLES - 1.0);
        ck_assert_double_eq_tol(scatter, error[c], 5.0 * 0.18 * error[c]);
    }
    fk_law_free(law);
    sde_text_free(sde);
}

START_TEST(errors_are_those_of_repeated_estimates)
{
    fk_domain d = line(0.0, 0.9, 36, FK_REFLECTING);
    check_errors(&d, "1", 0.01);
    d = box(2, (double[]){-0.4, -0.4}, (double[]){0.8, 0.8}, (size_t[]){6, 6},
            FK_REFLECTING);
    check_errors(&d, "0.8; 0.2; 0.3; 0.7", 0.04);
}
END_TEST

/* A particle alone is squared as a whole, reflections included. */
START_TEST(squares_are_those_of_whole_particles)
{
    enum { CELLS = 25 };
    const fk_domain d = line(0.0, 1.0, CELLS, FK_REFLECTING);
    setting s = begin("1", "1", &d, 0.97, 0.0, 1, 0.1, 0.0);
    double mass[CELLS] = {0}, square[CELLS] = {0};
    ck_assert(fk_ensemble_kernel_density(s.e, &d.grid, 0.01, mass, square, NULL) ==
              FK_OK);
    for (size_t c = 0; c < CELLS; c++)
        ck_assert_double_eq_tol(square[c], mass[c] * mass[c], 1e-15);
    end(&s);
}
END_TEST

/* Open and absorbing faces let mass out; the wall beside one sends it back. */
START_TEST(open_boxes_lose_what_is_beyond)
{
    const fk_boundary kind[] = {FK_OPEN, FK_ABSORBING};
    for (size_t k = 0; k < 2; k++) {
        fk_domain d = line(0.0, 1.0, 10, kind[k]);
        setting s = begin("0", "1", &d, 0.9, 0.0, 1, 0.1, 0.0);
        double *p = kernel(s.e, &d.grid, 0.04);
        ck_assert_double_eq_tol(fk_density_mass(&d.grid, p),
                                normal_mass(0.0, 1.0, 0.9, 0.2), 1e-8);
        free(p);
        end(&s);
        d.face[0][1] = FK_REFLECTING;
        s = begin("0", "1", &d, 0.9, 0.0, 1, 0.1, 0.0);
        p = kernel(s.e, &d.grid, 0.04);
        for (size_t c = 0; c < 10; c++) {
            const double lo = 0.1 * (double)c, hi = lo + 0.1;
            ck_assert_double_eq_tol(0.1 * p[c],
                                    normal_mass(lo, hi, 0.9, 0.2) +
                                        normal_mass(2.0 - hi, 2.0 - lo, 0.9, 0.2),
                                    1e-8);
        }
        free(p);
        end(&s);
    }
}
END_TEST

/* Those absorbed have no kernel: the mass is at most the share of those alive. */
START_TEST(the_absorbed_are_gone)
{
    enum { N = 4000 };
    const fk_domain d = line(-1.0, 1.0, 20, FK_ABSORBING);
    setting s = begin("0", "1", &d, 0.0, 0.0, N, 0.02, 0.5);
    fk_census census;
    free(histogram_of(s.e, &d.grid, &census));
    double *p = kernel(s.e, &d.grid, 1e-8); /* too narrow to lose much */
    const double alive = (double)census.inside / N;
    ck_assert_double_lt(alive, 0.9);
    ck_assert_double_eq_tol(fk_density_mass(&d.grid, p), alive, 1e-3);
    free(p);
    end(&s);
}
END_TEST

/* One particle in the plane: N((x + h f), h G G^T) by a fine sum of its density, for
 * independent, correlated and nearly degenerate noise. */
static void check_plane(const char *noise, double xx, double xy, double yy)
{
    enum { N = 16, FINE = 60 };
    const double h = 0.25, at[2] = {0.1 + h * 0.4, -0.3 + h * 0.6};
    const fk_domain d =
        box(2, (double[]){-3.0, -3.0}, (double[]){3.0, 3.0}, (size_t[]){N, N}, FK_OPEN);
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "4*x; -2*y", noise);
    fk_law *law = normal_law(2, (double[]){0.1, -0.3}, (double[]){0.0, 0.0});
    const fk_ensemble_options o = euler_options(1, h, 52);
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    double *p = kernel(e, &d.grid, h), worst = 0.0;

    const double dx = 6.0 / N, sd = sqrt(xx * h), slope = xy / xx;
    const double rest = sqrt(h * (yy - xy * xy / xx));
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            double mass = 0.0;
            for (size_t k = 0; k < FINE; k++) {
                const double w = dx / FINE, x = -3.0 + dx * (double)i + w * (double)k;
                const double y = at[1] + slope * (x + 0.5 * w - at[0]);
                const double lo = -3.0 + dx * (double)j;
                mass += normal_mass(x, x + w, at[0], sd) *
                        normal_mass(lo, lo + dx, y, rest);
            }
            worst = fmax(worst, fabs(p[j * N + i] * dx * dx - mass));
        }
    ck_assert_double_lt(worst, 5e-5);
    ck_assert_double_eq_tol(fk_density_mass(&d.grid, p), 1.0, 2e-4);
    free(p);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}

START_TEST(kernels_in_the_plane)
{
    check_plane("1; 0; 0; 0.5", 1.0, 0.0, 0.25);
    check_plane("0.8; 0.2; 0.3; 0.7", 0.68, 0.38, 0.58);
    check_plane("0.8; 0.2; -0.6; 0.1", 0.68, -0.46, 0.37);
}
END_TEST

START_TEST(limits_are_told)
{
    fk_sde *sde = sde_text(FK_ITO, 3, 3, "x; y; z", "0; 0; 0", "1;0;0;0;1;0;0;0;1");
    fk_law *law = normal_law(3, (double[]){0.0, 0.0, 0.0}, (double[]){1.0, 1.0, 1.0});
    const fk_domain d = box(3, (double[]){-1.0, -1.0, -1.0}, (double[]){1.0, 1.0, 1.0},
                            (size_t[]){4, 4, 4}, FK_OPEN);
    const fk_ensemble_options o = euler_options(10, 0.1, 53);
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    double p[64], square[64];
    ck_assert(fk_ensemble_kernel_density(e, &d.grid, 0.1, p, square, NULL) ==
              FK_EDOMAIN);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel density");
    TCase *cases = tcase_create("kernel density");
    tcase_add_test(cases, moments_are_those_of_the_sample_one_step_on);
    tcase_add_test(cases, agrees_with_the_histogram_one_step_on);
    tcase_add_test(cases, closed_boxes_keep_the_mass);
    tcase_add_test(cases, errors_are_those_of_repeated_estimates);
    tcase_add_test(cases, squares_are_those_of_whole_particles);
    tcase_add_test(cases, open_boxes_lose_what_is_beyond);
    tcase_add_test(cases, the_absorbed_are_gone);
    tcase_add_test(cases, kernels_in_the_plane);
    tcase_add_test(cases, limits_are_told);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
