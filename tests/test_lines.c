#include <check.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "solvers/lines.h"
#include "tests/suite.h"

/* A small fixed sequence on (0, 1); only variety is asked of it. */
static double next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) * 0x1p-53;
}

/* A tile with random rates over many decades, sinks at both ends of some lanes. */
typedef struct tile {
    fk_lines shape;
    size_t size, n_sinks;
    double *up, *dn, *factor, *x, *b;
    fk_line_sink sink[2 * FK_LANES];
} tile;

static tile tile_new(size_t rows, size_t lanes, bool cyclic, uint64_t seed)
{
    tile t = {.shape = {rows, lanes, cyclic}, .size = rows * lanes};
    t.up = fk_doubles(t.size);
    t.dn = fk_doubles(t.size);
    t.x = fk_doubles(t.size);
    t.b = fk_doubles(t.size);
    t.factor = fk_doubles(fk_lines_factor_size(&t.shape));
    for (size_t k = 0; k < t.size; k++) {
        const bool link = cyclic || k + lanes < t.size;
        t.up[k] = link ? pow(10.0, 6.0 * next(&seed) - 3.0) : 0.0;
        t.dn[k] = link ? pow(10.0, 6.0 * next(&seed) - 3.0) : 0.0;
        t.b[k] = next(&seed) < 0.7 ? next(&seed) : 0.0;
    }
    for (size_t l = 0; l < lanes; l += 2) {
        t.sink[t.n_sinks++] = (fk_line_sink){l, 10.0 * next(&seed)};
        t.sink[t.n_sinks++] = (fk_line_sink){(rows - 1) * lanes + l, next(&seed)};
    }
    memcpy(t.x, t.b, t.size * sizeof *t.x);
    return t;
}

static void tile_free(tile *t)
{
    free(t->up);
    free(t->dn);
    free(t->factor);
    free(t->x);
    free(t->b);
}

/* (I - theta L) x of lane l, row i, from the definition. */
static double residual(const tile *t, double theta, size_t i, size_t l)
{
    const size_t n = t->shape.rows, w = t->shape.lanes, k = i * w + l;
    const size_t after = i + 1 < n ? k + w : l,
                 before = i > 0 ? k - w : (n - 1) * w + l;
    const bool up = t->shape.cyclic || i + 1 < n, down = t->shape.cyclic || i > 0;
    double r = t->x[k] - t->b[k];
    if (up)
        r += theta * (t->up[k] * t->x[k] - t->dn[k] * t->x[after]);
    if (down)
        r += theta * (t->dn[before] * t->x[k] - t->up[before] * t->x[before]);
    for (size_t s = 0; s < t->n_sinks; s++)
        if (t->sink[s].place == k)
            r += theta * t->sink[s].rate * t->x[k];
    return r;
}

START_TEST(solution_satisfies_the_equations)
{
    const double theta = 0.37;
    for (size_t rows = 1; rows < 24; rows++)
        for (int kind = 0; kind < 4; kind++) {
            tile t = tile_new(rows, kind % 2 ? FK_LANES : 1, kind / 2, 1000 * rows);
            ck_assert(fk_lines_factor(&t.shape, theta, t.up, t.dn, t.n_sinks, t.sink,
                                      t.factor) == FK_OK);
            fk_lines_solve(&t.shape, theta, t.up, t.dn, t.factor, t.x);
            for (size_t k = 0; k < t.size; k++) {
                const size_t i = k / t.shape.lanes, l = k % t.shape.lanes;
                const double scale = 1.0 + 4.0 * theta * 1e3 * t.x[k];
                ck_assert_double_eq_tol(residual(&t, theta, i, l), 0.0, 4e-15 * scale);
                ck_assert(t.x[k] >= 0.0);
            }
            tile_free(&t);
        }
}
END_TEST

/* sum x + theta sum sink x = sum b, and nothing negative, for steps of any size. */
START_TEST(mass_and_sign_are_kept)
{
    for (double theta = 1e-6; theta < 1e7; theta *= 100.0)
        for (int kind = 0; kind < 4; kind++) {
            tile t = tile_new(201, kind % 2 ? FK_LANES : 1, kind / 2, 77);
            double before = 0.0, after = 0.0;
            ck_assert(fk_lines_factor(&t.shape, theta, t.up, t.dn, t.n_sinks, t.sink,
                                      t.factor) == FK_OK);
            fk_lines_solve(&t.shape, theta, t.up, t.dn, t.factor, t.x);
            for (size_t k = 0; k < t.size; k++) {
                ck_assert(t.x[k] >= 0.0);
                before += t.b[k];
                after += t.x[k];
            }
            for (size_t s = 0; s < t.n_sinks; s++)
                after += theta * t.sink[s].rate * t.x[t.sink[s].place];
            ck_assert_double_eq_tol(after, before, 1e-13 * before);
            tile_free(&t);
        }
}
END_TEST

/* Two cells, rates u and d, theta so large that the solution is the equilibrium
 * d : u to 1 / theta, where the textbook elimination has lost all its digits. */
START_TEST(stiff_limit_is_the_equilibrium)
{
    const fk_lines shape = {2, 1, false};
    const double up[] = {3.0, 0.0}, dn[] = {5.0, 0.0}, theta = 1e18;
    double factor[4], x[] = {1.0, 0.0};
    ck_assert(fk_lines_factor(&shape, theta, up, dn, 0, NULL, factor) == FK_OK);
    fk_lines_solve(&shape, theta, up, dn, factor, x);
    ck_assert_double_eq_tol(x[0], 5.0 / 8.0, 1e-15);
    ck_assert_double_eq_tol(x[1], 3.0 / 8.0, 1e-15);
}
END_TEST

/* <u, A^-1 b> = <A^-T u, b>, for steps of any size; and A^T 1 = 1 without sinks. */
START_TEST(the_transpose_is_the_adjoint)
{
    for (size_t rows = 1; rows < 40; rows++)
        for (int kind = 0; kind < 4; kind++) {
            const double theta = pow(10.0, (double)(rows % 7) - 3.0);
            tile t = tile_new(rows, kind % 2 ? FK_LANES : 1, kind / 2, 31 * rows);
            double *u = fk_doubles(t.size), forward = 0.0, back = 0.0;
            for (size_t k = 0; k < t.size; k++)
                u[k] = t.b[(k + 1) % t.size];
            ck_assert(fk_lines_factor(&t.shape, theta, t.up, t.dn, t.n_sinks, t.sink,
                                      t.factor) == FK_OK);
            fk_lines_solve(&t.shape, theta, t.up, t.dn, t.factor, t.x);
            for (size_t k = 0; k < t.size; k++)
                forward += u[k] * t.x[k];
            fk_lines_solve_transpose(&t.shape, theta, t.up, t.dn, t.factor, u);
            for (size_t k = 0; k < t.size; k++)
                back += u[k] * t.b[k];
            ck_assert_double_eq_tol(back, forward, 1e-13 * forward + 1e-300);

            ck_assert(fk_lines_factor(&t.shape, theta, t.up, t.dn, 0, NULL, t.factor) ==
                      FK_OK);
            for (size_t k = 0; k < t.size; k++)
                u[k] = 1.0;
            fk_lines_solve_transpose(&t.shape, theta, t.up, t.dn, t.factor, u);
            for (size_t k = 0; k < t.size; k++)
                ck_assert_double_eq_tol(u[k], 1.0, 1e-13);
            free(u);
            tile_free(&t);
        }
}
END_TEST

START_TEST(lanes_do_not_touch_each_other)
{
    tile t = tile_new(40, FK_LANES, true, 5);
    ck_assert(fk_lines_factor(&t.shape, 0.5, t.up, t.dn, t.n_sinks, t.sink, t.factor) ==
              FK_OK);
    for (size_t k = 0; k < t.size; k++)
        t.x[k] = k % FK_LANES == 3 ? 1.0 : 0.0;
    fk_lines_solve(&t.shape, 0.5, t.up, t.dn, t.factor, t.x);
    for (size_t k = 0; k < t.size; k++)
        ck_assert((t.x[k] > 0.0) == (k % FK_LANES == 3));
    tile_free(&t);
}
END_TEST

START_TEST(bad_pivots_are_reported)
{
    const fk_lines shape = {2, 1, false};
    const double dn[] = {0.0, 0.0};
    double factor[4];
    const double singular[] = {-1.0, 0.0}, undefined[] = {NAN, 0.0};
    ck_assert(fk_lines_factor(&shape, 1.0, singular, dn, 0, NULL, factor) ==
              FK_ESINGULAR);
    ck_assert(fk_lines_factor(&shape, 1.0, undefined, dn, 0, NULL, factor) ==
              FK_ESINGULAR);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lines");
    TCase *t = tcase_create("lines");
    tcase_add_test(t, solution_satisfies_the_equations);
    tcase_add_test(t, mass_and_sign_are_kept);
    tcase_add_test(t, stiff_limit_is_the_equilibrium);
    tcase_add_test(t, the_transpose_is_the_adjoint);
    tcase_add_test(t, lanes_do_not_touch_each_other);
    tcase_add_test(t, bad_pivots_are_reported);
    suite_add_tcase(s, t);
    return run_suite(s);
}
