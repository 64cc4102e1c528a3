/* The weak form on cells: summation by parts to rounding, and rate = generator - bracket at
 * second order, with every kind of face, for densities and functions of no symmetry. */
#include "pde/weak_balance.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static double gap(const fk_weak_balance *b)
{
    return fabs(b->rate - b->generator + b->bracket);
}

/* A density at the centres of cells, in no equilibrium. */
static void fill(const fk_grid *g, double *p)
{
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        p[c] = exp(-0.7 * (x[0] - 0.3) * (x[0] - 0.3)) * (1.2 + sin(2.1 * x[0] + 0.4));
        if (g->dim > 1)
            p[c] *= exp(-0.5 * (x[1] + 0.2) * (x[1] + 0.2));
    }
}

/* Some time later, by small explicit steps, so that it knows its faces. */
static void settle(const fk_fokker_planck *fp, double *p)
{
    const size_t n = fk_grid_cells(&fk_fokker_planck_domain(fp)->grid);
    const double h = 0.4 / fk_fokker_planck_max_rate(fp);
    double *flow = fk_doubles(n);
    for (double t = 0.0; t < 0.1; t += h) {
        fk_fokker_planck_apply(fp, p, flow);
        for (size_t c = 0; c < n; c++)
            p[c] += h * flow[c];
    }
    free(flow);
}

/* Mass of the density, which walls keep. */
static double integral_of(const fk_domain *d)
{
    double *p = fk_doubles(fk_grid_cells(&d->grid)), sum = 0.0;
    fill(&d->grid, p);
    for (size_t c = 0; c < fk_grid_cells(&d->grid); c++)
        sum += p[c] * fk_grid_volume(&d->grid);
    free(p);
    return sum;
}

static fk_weak_balance take(const fk_sde *sde, const fk_domain *d, const fk_sde *claim,
                            const char *text)
{
    fk_fokker_planck *fp;
    fk_message message = {"no message"};
    fk_weak_balance b;
    const fk_expr *phi;
    double *p = fk_doubles(fk_grid_cells(&d->grid));
    fill(&d->grid, p);
    ck_assert_msg(fk_fokker_planck_new(sde, d, fk_flux_find("scharfetter-gummel"), &fp,
                                       &message) == FK_OK,
                  "%s", message.text);
    ck_assert(fk_fokker_planck_set(fp, 0.3, &message) == FK_OK);
    settle(fp, p);
    ck_assert(fk_sde_expression(claim, text, &phi, &message) == FK_OK);
    ck_assert_msg(fk_weak_balance_take(fp, p, claim, 0.3, 1, &phi, &b, &message) ==
                      FK_OK,
                  "%s", message.text);
    ck_assert_double_eq_tol(b.rate, b.adjoint, 1e-12 * (1.0 + fabs(b.rate)));
    fk_fokker_planck_free(fp);
    free(p);
    return b;
}

static const fk_boundary kinds[] = {FK_REFLECTING, FK_ABSORBING, FK_PERIODIC, FK_OPEN};

/* Second order on twice the cells, and the bracket is no small part of it. */
static void closes(fk_sde *sde, const fk_domain *coarse, const fk_domain *fine,
                   const char *phi)
{
    const fk_weak_balance a = take(sde, coarse, sde, phi);
    const fk_weak_balance b = take(sde, fine, sde, phi);
    ck_assert_msg(log2(gap(&a) / gap(&b)) > 1.8, "gaps %g, %g", gap(&a), gap(&b));
    if (coarse->face[0][0] == FK_PERIODIC)
        ck_assert_double_eq(b.bracket, 0.0);
    else
        ck_assert_double_gt(fabs(b.bracket), 0.1);
    sde_text_free(sde);
}

START_TEST(the_bracket_closes_the_identity_on_a_line)
{
    const bool ring = kinds[_i] == FK_PERIODIC;
    const fk_domain coarse = pde_line(-1.5, 1.5, 60, kinds[_i]);
    const fk_domain fine = pde_line(-1.5, 1.5, 120, kinds[_i]);
    closes(sde_text(FK_ITO, 1, 1, "x",
                    ring ? "0.4 + sin(pi*x/1.5)" : "0.4 - x*(1 + 0.3*t)",
                    ring ? "0.8 + 0.2*cos(pi*x/1.5)" : "0.8 + 0.2*cos(x)"),
           &coarse, &fine, ring ? "cos(pi*x/1.5 + 0.3)" : "x^3 - x + t*cos(2*x)");
}
END_TEST

START_TEST(and_in_the_plane_with_cross_terms)
{
    const bool ring = kinds[_i] == FK_PERIODIC;
    const double lo[] = {-1.5, -1.2}, hi[] = {1.5, 1.3};
    const size_t few[] = {40, 36}, more[] = {80, 72};
    const fk_domain coarse = pde_box(2, lo, hi, few, kinds[_i]);
    const fk_domain fine = pde_box(2, lo, hi, more, kinds[_i]);
    closes(sde_text(FK_ITO, 2, 2, "x; y",
                    ring ? "sin(2*pi*x/3); 0.3" : "-x - y; x - y + 0.3",
                    "0.8; 0; 0.3; 0.6"),
           &coarse, &fine,
           ring ? "cos(2*pi*x/3 + 4*pi*y/2.5)" : "x^2*y + cos(x + 0.5*y)");
}
END_TEST

/* A claim with another drift is off by <(f - f') phi', p>. */
START_TEST(a_wrong_equation_leaves_a_gap)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "-x", "0.8");
    fk_sde *claim = sde_text(FK_ITO, 1, 1, "x", "0.5 - x", "0.8");
    const fk_domain d = pde_line(-5.0, 5.0, 200, FK_REFLECTING);
    const fk_weak_balance mass = take(sde, &d, claim, "1"),
                          b = take(sde, &d, claim, "x");
    const fk_weak_balance own = take(sde, &d, sde, "x");
    ck_assert_double_eq_tol(mass.rate, 0.0, 1e-12);
    ck_assert_double_eq_tol(b.generator - own.generator, 0.5 * integral_of(&d), 1e-10);
    ck_assert_double_lt(gap(&own), 0.01); /* of cells of 0.05 */
    ck_assert_double_gt(gap(&b), 0.3);
    sde_text_free(sde);
    sde_text_free(claim);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weak_balance");
    TCase *cases = tcase_create("weak_balance");
    tcase_add_loop_test(cases, the_bracket_closes_the_identity_on_a_line, 0, 4);
    tcase_add_loop_test(cases, and_in_the_plane_with_cross_terms, 0, 4);
    tcase_add_test(cases, a_wrong_equation_leaves_a_gap);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
