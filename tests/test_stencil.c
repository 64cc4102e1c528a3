/* The operator in one sweep is the operator tile by tile. */
#include <omp.h>

#include "tests/operator_fixture.h"

/* Rates that are fields, and lines (the drift along an axis depends on it alone). */
static const kind kinds[] = {
    {1, 1, "sin(3 * x) - x", "0.7 + 0.2 * cos(x)", {2.0}, {37}},
    {2, 2, "-x - y; x - y^3", "0.8; 0; 0; 0.6", {2.0, 1.5}, {19, 23}},
    {2, 2, "-x + 2 * y; -x", "0.9; 0.5 * sin(x + y); 0; 0.8", {1.5, 1.5}, {33, 21}},
    {2, 2, "1 - x; sin(y)", "0.8; 0; 0; 0.6", {2.0, 1.5}, {70, 41}},
    {3, 3, "-x; 1; -z^3", "1; 0; 0; 0; 0.9; 0; 0; 0; 1", {1.0, 1.1, 0.9}, {25, 19, 21}},
    {3,
     3,
     "-x + y; -y - z; x - z",
     "1; 0; 0; 0.3; 0.9; 0; -0.2; 0.25 * cos(x); 1",
     {1.0, 1.1, 0.9},
     {11, 9, 10}},
    {2, 2, "t * x; cos(t) - y", "0.8 + t; 0; 0; 0.6", {2.0, 1.5}, {19, 23}},
};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* L p and L^T p */
static double *both(const equation *e, const double *p)
{
    double *out = fk_doubles(2 * e->cells);
    fk_fokker_planck_apply(e->fp, p, out);
    fk_fokker_planck_apply_transpose(e->fp, p, out + e->cells);
    return out;
}

static void set(const equation *e, double t)
{
    fk_message message = {""};
    ck_assert_msg(fk_fokker_planck_set(e->fp, t, &message) == FK_OK, "%s",
                  message.text);
}

static void expect_same(const kind *k, fk_domain d)
{
    equation e = of_kind(k, d, "scharfetter-gummel");
    double *p = random_field(e.cells, 23);
    set(&e, 0.5);
    double *tiles = both(&e, p);
    set(&e, 0.25);
    ck_assert_int_eq(fk_fokker_planck_sweep(e.fp), FK_OK);
    set(&e, 0.5);
    double *swept = both(&e, p);
    const double scale = fk_fokker_planck_max_rate(e.fp);
    for (size_t c = 0; c < 2 * e.cells; c++)
        ck_assert_double_eq_tol(swept[c], tiles[c], 1e-14 * scale);
    free(p);
    free(tiles);
    free(swept);
    close_equation(&e);
}

START_TEST(sweeps_are_tiles)
{
    const fk_boundary all[] = {FK_REFLECTING, FK_ABSORBING, FK_PERIODIC, FK_OPEN};
    for (size_t i = 0; i < KINDS; i++)
        for (size_t b = 0; b < 4; b++)
            expect_same(&kinds[i],
                        box(kinds[i].dim, kinds[i].width, kinds[i].cells, all[b]));
}
END_TEST

START_TEST(sweeps_are_tiles_on_strips)
{
    for (size_t i = 1; i < KINDS; i++)
        for (size_t axis = 0; axis < kinds[i].dim; axis++) {
            const kind *k = &kinds[i];
            fk_domain d = box(k->dim, k->width, k->cells, FK_REFLECTING);
            d.face[axis][0] = d.face[axis][1] = FK_PERIODIC;
            expect_same(k, d);
        }
}
END_TEST

/* A sum over all cells of a sweep's change is rounding, and no bit depends on threads. */
START_TEST(sweeps_keep_mass_with_any_number_of_threads)
{
    const kind *k = &kinds[5];
    double *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        equation e = of_kind(k, box(3, k->width, (size_t[]){22, 21, 20}, FK_PERIODIC),
                             "scharfetter-gummel");
        ck_assert(e.cells > FK_PARALLEL_PLACES);
        ck_assert_int_eq(fk_fokker_planck_sweep(e.fp), FK_OK);
        double *p = random_field(e.cells, 19), *out = both(&e, p), sum = 0.0;
        for (size_t c = 0; c < e.cells; c++)
            sum += out[c];
        ck_assert_double_eq_tol(sum, 0.0, 1e-14 * l1(e.cells, out));
        if (first == NULL)
            first = out;
        else
            ck_assert_mem_eq(first, out, 2 * e.cells * sizeof *out);
        if (first != out)
            free(out);
        free(p);
        close_equation(&e);
    }
    free(first);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stencil");
    TCase *tests = tcase_create("stencil");
    tcase_add_test(tests, sweeps_are_tiles);
    tcase_add_test(tests, sweeps_are_tiles_on_strips);
    tcase_add_test(tests, sweeps_keep_mass_with_any_number_of_threads);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
