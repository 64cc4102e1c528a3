/* The Fokker-Planck operator: what it keeps, to rounding, and what it refuses. */
#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/operator_fixture.h"

static const kind kinds[] = {
    {1, 1, "sin(3 * x) - x", "0.7 + 0.2 * cos(x)", {2.0}, {37}},
    {1, 0, "sin(3 * x) + 0.2", "", {2.0}, {16}},
    {2, 2, "-x - y; x - y^3", "0.8; 0; 0; 0.6", {2.0, 1.5}, {19, 23}},
    {2, 2, "-x + 2 * y; -x", "0.9; 0.5 * sin(x + y); 0; 0.8", {1.5, 1.5}, {33, 21}},
    {2, 1, "y; -x - y", "0; 0.9", {2.0, 2.0}, {12, 40}},
    {2, 1, "1 - x; -y", "0.7; 0.7", {2.0, 2.0}, {24, 24}},
    {3,
     3,
     "-x + y; -y - z; x - z",
     "1; 0; 0; 0.3; 0.9; 0; -0.2; 0.25 * cos(x); 1",
     {1.0, 1.1, 0.9},
     {11, 9, 10}},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* False where a wide flux meets cross terms. */
static bool suits(const fk_flux *f, const kind *k)
{
    fk_sde *sde = sde_text(FK_ITO, k->dim, k->noises, "x; y; z", k->drift, k->noise);
    const bool diagonal = fk_sde_diagonal(sde);
    sde_text_free(sde);
    return f->reach == 1 || diagonal;
}

static void expect_mass_kept(const equation *e)
{
    double *p = random_field(e->cells, 3), *out = fk_doubles(e->cells);
    double sum = 0.0;
    fk_fokker_planck_apply(e->fp, p, out);
    for (size_t i = 0; i < e->cells; i++)
        sum += out[i];
    ck_assert(l1(e->cells, out) > 0.0);
    ck_assert_double_eq_tol(sum, 0.0, 1e-14 * l1(e->cells, out));
    free(p);
    free(out);
}

START_TEST(mass_is_conserved_between_walls_and_around)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        for (size_t i = 0; i < KINDS; i++)
            for (int around = 0; suits(*f, &kinds[i]) && around < 2; around++) {
                const kind *k = &kinds[i];
                equation e = of_kind(k,
                                     box(k->dim, k->width, k->cells,
                                         around ? FK_PERIODIC : FK_REFLECTING),
                                     (*f)->name);
                expect_mass_kept(&e);
                close_equation(&e);
            }
}
END_TEST

/* One periodic axis with walls at the ends of the other: diagonals close nowhere. */
START_TEST(mass_is_conserved_on_a_strip)
{
    for (size_t i = 2; i < KINDS; i++)
        for (size_t axis = 0; axis < kinds[i].dim; axis++) {
            const kind *k = &kinds[i];
            fk_domain d = box(k->dim, k->width, k->cells, FK_REFLECTING);
            d.face[axis][0] = d.face[axis][1] = FK_PERIODIC;
            equation e = of_kind(k, d, "chang-cooper");
            expect_mass_kept(&e);
            close_equation(&e);
        }
}
END_TEST

/* <u, L p> = <L^T u, p>, and L^T 1 = -(rate out of the grid), which is <= 0. */
START_TEST(transpose_is_the_adjoint)
{
    const fk_boundary all[] = {FK_REFLECTING, FK_ABSORBING, FK_PERIODIC, FK_OPEN};
    for (size_t b = 0; b < 4; b++)
        for (size_t i = 0; i < KINDS; i++) {
            const kind *k = &kinds[i];
            equation e = of_kind(k, box(k->dim, k->width, k->cells, all[b]),
                                 "scharfetter-gummel");
            const size_t n = e.cells;
            double *u = random_field(n, 5), *p = random_field(n, 7);
            double *lp = fk_doubles(n), *ltu = fk_doubles(n), *one = fk_doubles(n);
            fk_fokker_planck_apply(e.fp, p, lp);
            fk_fokker_planck_apply_transpose(e.fp, u, ltu);
            const double scale = l1(n, lp) + l1(n, ltu);
            ck_assert_double_eq_tol(dot(n, u, lp), dot(n, ltu, p), 1e-14 * scale);

            for (size_t c = 0; c < n; c++)
                one[c] = 1.0;
            fk_fokker_planck_apply_transpose(e.fp, one, ltu);
            const bool closed = all[b] == FK_REFLECTING || all[b] == FK_PERIODIC;
            const double most = fk_fokker_planck_max_rate(e.fp);
            ck_assert(closed ? l1(n, ltu) < 1e-14 * most * (double)n
                             : l1(n, ltu) > 0.0 || k->noises == 0);
            for (size_t c = 0; c < n; c++)
                ck_assert(ltu[c] <= 1e-14 * most);
            free(u);
            free(p);
            free(lp);
            free(ltu);
            free(one);
            close_equation(&e);
        }
}
END_TEST

/* Off the diagonal nothing is negative: where p >= 0 vanishes, L p >= 0. */
START_TEST(positive_fluxes_fill_empty_cells)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        for (size_t i = 0; (*f)->positive && i < KINDS; i++) {
            const kind *k = &kinds[i];
            if (!suits(*f, k))
                continue;
            equation e =
                of_kind(k, box(k->dim, k->width, k->cells, FK_ABSORBING), (*f)->name);
            double *p = random_field(e.cells, 11), *out = fk_doubles(e.cells);
            for (size_t c = 0; c < e.cells; c++)
                p[c] = p[c] < 0.5 ? 0.0 : p[c];
            fk_fokker_planck_apply(e.fp, p, out);
            for (size_t c = 0; c < e.cells; c++)
                ck_assert(p[c] > 0.0 || out[c] >= 0.0);
            free(p);
            free(out);
            close_equation(&e);
        }
}
END_TEST

/* Drift -a grad U (kinetic), walls all around: exp(-U) at the centres is stationary. */
typedef struct equilibrium {
    const char *flux, *density;
    kind kind;
} equilibrium;

static const equilibrium equilibria[] = {
    {"chang-cooper",
     "exp(-(x - 0.3)^2)",
     {1, 1, "-1.62 * (x - 0.3)", "0.9 * sqrt(2)", {3.0}, {61}}},
    {"scharfetter-gummel",
     "exp(-(x^4 / 4 - x^2 / 2) / 0.245)",
     {1, 1, "x - x^3", "0.7", {2.0}, {77}}},
    {"scharfetter-gummel",
     "exp(-(x^6 / 6 - x^2 / 2))",
     {1, 1, "(1 + x^2) * (x - x^5)", "sqrt(2 * (1 + x^2))", {2.0}, {40}}},
    /* a = [[0.5, 0.2], [0.2, 0.58]], U = x^4 / 4 + x^2 y^2 / 2 + y^2 / 2 - x y / 2 */
    {"scharfetter-gummel",
     "exp(-(x^4 / 4 + x^2 * y^2 / 2 + y^2 / 2 - x * y / 2))",
     {2,
      2,
      "-0.5 * (x^3 + x * y^2 - y / 2) - 0.2 * (x^2 * y + y - x / 2);"
      "-0.2 * (x^3 + x * y^2 - y / 2) - 0.58 * (x^2 * y + y - x / 2)",
      "1; 0; 0.4; 1",
      {1.7, 1.6},
      {33, 30}}},
    /* a = [[0.5, 0.3 x], [0.3 x, 0.18 x^2 + 0.5]], U = (x^2 + y^2) / 2 */
    {"chang-cooper",
     "exp(-(x^2 + y^2) / 2)",
     {2,
      2,
      "-0.5 * x - 0.3 * x * y; -0.3 * x^2 - (0.18 * x^2 + 0.5) * y",
      "1; 0; 0.6 * x; 1",
      {1.1, 1.1},
      {24, 24}}},
    /* three variables with cross terms of both signs, U = (x^2 + y^2 + z^2) / 2 */
    {"chang-cooper",
     "exp(-(x^2 + y^2 + z^2) / 2)",
     {3,
      3,
      "-0.5 * x - 0.15 * y + 0.1 * z; -0.15 * x - 0.45 * y + 0.075 * z;"
      "0.1 * x + 0.075 * y - 0.525 * z",
      "1; 0; 0; 0.3; 0.9; 0; -0.2; -0.1; 1",
      {1.5, 1.6, 1.4},
      {12, 13, 11}}},
};

START_TEST(boltzmann_density_is_stationary_to_rounding)
{
    for (size_t i = 0; i < sizeof equilibria / sizeof equilibria[0]; i++) {
        const equilibrium *q = &equilibria[i];
        const kind *k = &q->kind;
        equation e = open_equation(
            sde_text(FK_KINETIC, k->dim, k->noises, "x; y; z", k->drift, k->noise),
            box(k->dim, k->width, k->cells, FK_REFLECTING), q->flux);
        double *p = sampled(&e, parsed(&e, q->density)), *out = fk_doubles(e.cells);
        const double most = fk_fokker_planck_max_rate(e.fp);
        fk_fokker_planck_apply(e.fp, p, out);
        for (size_t c = 0; c < e.cells; c++)
            ck_assert_double_eq_tol(out[c], 0.0, 2e-14 * most * p[c]);
        free(p);
        free(out);
        close_equation(&e);
    }
}
END_TEST

static fk_status refusal(const kind *k, const double *w, fk_message *message)
{
    fk_sde *sde = sde_text(FK_ITO, k->dim, k->noises, "x; y; z", k->drift, k->noise);
    const fk_domain d = box(k->dim, w, k->cells, FK_REFLECTING);
    fk_fokker_planck *fp;
    const fk_status status =
        fk_fokker_planck_new(sde, &d, fk_flux_find("chang-cooper"), &fp, message);
    ck_assert((fp != NULL) == (status == FK_OK));
    fk_fokker_planck_free(fp);
    sde_text_free(sde);
    return status;
}

/* a = [[1, 1.5], [1.5, 4]]: cells must have h0 / h1 between 0.375 and 0.667. */
START_TEST(too_skewed_a_tensor_is_refused_with_the_shape_that_would_do)
{
    const kind k = {
        2, 2, "-x; -y", "sqrt(2); 0; 1.5 * sqrt(2); sqrt(3.5)", {1.0, 1.0}, {16, 16}};
    fk_message message = {""};
    ck_assert(refusal(&k, (double[]){1.0, 1.0}, &message) == FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "too skewed") != NULL, "%s", message.text);
    ck_assert_msg(strstr(message.text, "between 0.375 and 0.6667") != NULL, "%s",
                  message.text);
    ck_assert(refusal(&k, (double[]){0.38, 1.0}, &message) == FK_OK);
    ck_assert(refusal(&k, (double[]){0.66, 1.0}, &message) == FK_OK);
    ck_assert(refusal(&k, (double[]){0.37, 1.0}, &message) == FK_EDOMAIN);
    ck_assert(refusal(&k, (double[]){0.67, 1.0}, &message) == FK_EDOMAIN);
}
END_TEST

START_TEST(a_coefficient_that_is_not_finite_is_named)
{
    const kind drift = {1, 1, "1 / x", "1", {1.0}, {16}};
    const kind noise = {2, 2, "-x; -y", "1; 0; 0; 1 / y", {1.0, 1.0}, {8, 16}};
    fk_message message = {""};
    ck_assert(refusal(&drift, drift.width, &message) == FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "the drift of variable 1") != NULL &&
                      strstr(message.text, "x = 0, t = 0") != NULL,
                  "%s", message.text);
    ck_assert(refusal(&noise, noise.width, &message) == FK_EDOMAIN);
    ck_assert_msg(strstr(message.text, "y = 0, t = 0") != NULL, "%s", message.text);

    /* what lies on a reflecting wall is not asked for */
    const kind wall = {1, 1, "1 / (x + 1)", "1", {1.0}, {16}};
    ck_assert(refusal(&wall, wall.width, &message) == FK_OK);
}
END_TEST

/* Coefficients that end at the open faces are asked for there, not a rounding beyond. */
START_TEST(faces_are_where_they_are)
{
    for (size_t n = 2; n < 80; n++) {
        equation e = open_equation(
            sde_text(FK_ITO, 1, 1, "x", "sqrt(0.7 - x) - sqrt(0.7 + x)", "1"),
            box(1, (double[]){0.7}, &n, FK_OPEN), "chang-cooper");
        close_equation(&e);
    }
}
END_TEST

/* Coefficients in t: the rates of any t are those of the problem frozen there. */
START_TEST(time_dependent_rates_are_those_of_the_time_set)
{
    fk_message message;
    const fk_domain d = box(1, (double[]){2.0}, (size_t[]){33}, FK_ABSORBING);
    equation moving = open_equation(
        sde_text(FK_ITO, 1, 1, "x", "-x * (1 + t)", "0.5 + t"), d, "chang-cooper");
    equation frozen = open_equation(sde_text(FK_ITO, 1, 1, "x", "-x * 1.25", "0.75"), d,
                                    "chang-cooper");
    double *p = random_field(33, 17), *a = fk_doubles(33), *b = fk_doubles(33);
    ck_assert(!fk_fokker_planck_steady(moving.fp));
    ck_assert(fk_fokker_planck_set(moving.fp, 7.0, &message) == FK_OK);
    ck_assert(fk_fokker_planck_set(moving.fp, 0.25, &message) == FK_OK);
    fk_fokker_planck_apply(moving.fp, p, a);
    fk_fokker_planck_apply(frozen.fp, p, b);
    for (size_t i = 0; i < 33; i++)
        ck_assert_double_eq_tol(a[i], b[i], 1e-11);

    /* a revision counts rates taken, not questions asked */
    const uint64_t revision = fk_fokker_planck_revision(moving.fp);
    ck_assert(fk_fokker_planck_set(moving.fp, 0.25, &message) == FK_OK);
    ck_assert(fk_fokker_planck_revision(moving.fp) == revision);
    free(p);
    free(a);
    free(b);
    close_equation(&moving);
    close_equation(&frozen);
}
END_TEST

/* The largest rate out of a cell is the largest entry of the diagonal. */
START_TEST(largest_rate_is_on_the_diagonal)
{
    for (size_t i = 0; i < KINDS; i++) {
        const kind *k = &kinds[i];
        equation e = of_kind(
            k, box(k->dim, k->width, (size_t[]){6, 6, 5}, FK_ABSORBING), "upwind");
        double *p = fk_doubles(e.cells), *out = fk_doubles(e.cells), most = 0.0;
        for (size_t c = 0; c < e.cells; c++) {
            p[c] = 1.0;
            fk_fokker_planck_apply(e.fp, p, out);
            most = fmax(most, -out[c]);
            p[c] = 0.0;
        }
        ck_assert_double_eq_tol(fk_fokker_planck_max_rate(e.fp), most, 1e-14 * most);
        free(p);
        free(out);
        close_equation(&e);
    }
}
END_TEST

START_TEST(threads_do_not_change_a_bit)
{
    const kind *k = &kinds[KINDS - 1];
    double *p = NULL, *first = NULL, *out = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        equation e =
            of_kind(k, box(3, k->width, (size_t[]){22, 21, 20}, FK_OPEN), "upwind");
        ck_assert(e.cells > FK_PARALLEL_PLACES);
        if (p == NULL) {
            p = random_field(e.cells, 19);
            first = fk_doubles(e.cells);
            out = fk_doubles(e.cells);
        }
        fk_fokker_planck_apply(e.fp, p, threads == 1 ? first : out);
        ck_assert(threads == 1 || memcmp(first, out, e.cells * sizeof *out) == 0);
        close_equation(&e);
    }
    free(p);
    free(first);
    free(out);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("fokker_planck");
    TCase *t = tcase_create("operator");
    tcase_add_test(t, mass_is_conserved_between_walls_and_around);
    tcase_add_test(t, mass_is_conserved_on_a_strip);
    tcase_add_test(t, transpose_is_the_adjoint);
    tcase_add_test(t, positive_fluxes_fill_empty_cells);
    tcase_add_test(t, boltzmann_density_is_stationary_to_rounding);
    tcase_add_test(t, too_skewed_a_tensor_is_refused_with_the_shape_that_would_do);
    tcase_add_test(t, a_coefficient_that_is_not_finite_is_named);
    tcase_add_test(t, faces_are_where_they_are);
    tcase_add_test(t, time_dependent_rates_are_those_of_the_time_set);
    tcase_add_test(t, largest_rate_is_on_the_diagonal);
    tcase_add_test(t, threads_do_not_change_a_bit);
    suite_add_tcase(s, t);
    return run_suite(s);
}
