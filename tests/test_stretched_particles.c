/* Particles counted and spread on stretched axes. */
#include "core/goodness.h"
#include "tests/particle_fixture.h"
#include "tests/stretch_fixture.h"

/* Particles drawn from an expression, moved exactly, counted and spread by kernels. */
START_TEST(particles_on_a_logarithmic_axis)
{
    enum { CELLS = 80, COUNT = 1 << 17 };
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x/5", "0.6*x");
    fk_stretch *m = stretch(sde->pool, "exp(u)", 1e-3, 1e3, CELLS);
    const fk_domain d = stretched_line(m, CELLS, FK_OPEN);
    const fk_axis *a = &d.grid.axis[0];
    fk_law *law = narrow_lognormal(sde, &d.grid);
    fk_ensemble_options o = euler_options(COUNT, 1.0, 5);
    o.scheme = fk_scheme_find("exact-geometric");
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    uint64_t count[CELLS + FK_ELSEWHERE] = {0};
    double mass[CELLS + 1] = {0.0};
    fk_bins *bins;
    fk_chi_square chi;
    uint64_t binned[CELLS + 1];
    advance(e, 1.0);
    fk_ensemble_tally(e, &d.grid, count);
    for (size_t i = 0; i < CELLS; i++)
        mass[i] = lognormal_below(fk_axis_edge(a, i + 1)) -
                  lognormal_below(fk_axis_edge(a, i));
    ck_assert(fk_bins_new(&d.grid, mass, COUNT, 25.0, &bins) == FK_OK);
    fk_bins_count(bins, count, binned);
    fk_chi_square_test(bins, binned, 0.0, 1e-3, 0.9, &chi);
    ck_assert_double_gt(chi.p_value, least_p_value);
    ck_assert_uint_gt(bins->n, 20);
    fk_bins_free(bins);
    fk_ensemble_free(e);
    fk_law_free(law);
    fk_stretch_free(m);
    sde_text_free(sde);
}
END_TEST

/* Last-step kernels from one point: the Gaussian's masses in cells of any width, folded
 * at reflecting ends. */
START_TEST(kernels_fall_into_stretched_cells)
{
    enum { CELLS = 40 };
    const double at[] = {0.3, 1.0, 3.9}, sd = 0.5;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    fk_stretch *m = stretch(sde->pool, "exp(u)", 0.25, 4.0, CELLS);
    const fk_domain d = stretched_line(m, CELLS, FK_REFLECTING);
    const fk_axis *a = &d.grid.axis[0];
    for (size_t k = 0; k < 3; k++) {
        fk_law *law = normal_law_1d(at[k], 0.0);
        const fk_ensemble_options o = euler_options(FK_BLOCK, sd * sd, 7);
        fk_ensemble *e = ensemble(sde, &d, law, &o);
        double mass[CELLS] = {0.0}, square[CELLS] = {0.0}, sum = 0.0;
        ck_assert(fk_ensemble_kernel_density(e, &d.grid, sd * sd, mass, square, NULL) ==
                  FK_OK);
        for (size_t i = 0; i < CELLS; i++) {
            const double lo = fk_axis_edge(a, i), hi = fk_axis_edge(a, i + 1);
            double exact = 0.0;
            for (int turn = -2; turn <= 2; turn++)
                exact += normal_mass(lo + 7.5 * turn, hi + 7.5 * turn, at[k], sd) +
                         normal_mass(0.5 - hi + 7.5 * turn, 0.5 - lo + 7.5 * turn,
                                     at[k], sd);
            ck_assert_double_eq_tol(mass[i] / FK_BLOCK, exact, 1e-8);
            sum += mass[i];
        }
        ck_assert_double_eq_tol(sum, FK_BLOCK, 1e-9 * FK_BLOCK);
        fk_ensemble_free(e);
        fk_law_free(law);
    }
    fk_stretch_free(m);
    sde_text_free(sde);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stretched particles");
    TCase *cases = tcase_create("stretched particles");
    tcase_add_test(cases, particles_on_a_logarithmic_axis);
    tcase_add_test(cases, kernels_fall_into_stretched_cells);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
