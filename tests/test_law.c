#include "sde/law.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/goodness.h"
#include "core/memory.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

enum { MOST_DIM = 5 };

/* A block of states. */
typedef struct states {
    _Alignas(FK_ALIGN) double x[MOST_DIM][FK_BLOCK];
    double *row[MOST_DIM];
} states;

static void draw(const fk_law *law, uint64_t seed, fk_purpose purpose, uint64_t first,
                 states *s)
{
    for (size_t i = 0; i < MOST_DIM; i++)
        s->row[i] = s->x[i];
    fk_law_draw(law, seed, purpose, first, s->row);
}

/* p-value of `blocks` blocks of draws against the law's own projection to g. */
static double agreement(const fk_law *law, const fk_grid *g, size_t blocks)
{
    const size_t cells = fk_grid_cells(g);
    double *mass = fk_doubles(cells + 1);
    uint64_t *count = fk_alloc(cells + 1, sizeof *count);
    ck_assert_int_eq(fk_law_project(law, g, mass, &mass[cells]), FK_OK);
    for (size_t c = 0; c < cells; c++)
        mass[c] *= fk_grid_volume(g);

    for (size_t b = 0; b < blocks; b++) {
        static states s;
        draw(law, 20240607, FK_FOR_INITIAL, b * FK_BLOCK, &s);
        for (size_t j = 0; j < FK_BLOCK; j++) {
            double x[FK_GRID_DIM];
            size_t cell;
            for (size_t i = 0; i < g->dim; i++)
                x[i] = s.x[i][j];
            count[fk_grid_find(g, x, &cell) ? cell : cells]++;
        }
    }

    fk_bins *bins;
    fk_chi_square test;
    const double n = (double)(blocks * FK_BLOCK);
    ck_assert_int_eq(fk_bins_new(g, mass, n, 20.0, &bins), FK_OK);
    ck_assert_uint_ge(bins->n, 5);
    uint64_t *sum = fk_alloc(bins->n, sizeof *sum);
    fk_bins_count(bins, count, sum);
    fk_chi_square_test(bins, sum, 0.0, 0.01, 0.9, &test);
    fk_bins_free(bins);
    free(sum);
    free(count);
    free(mass);
    return test.p_value;
}

/* The first two moments of as many draws, within five standard errors. */
static void check_moments(const fk_law *law, size_t blocks)
{
    const size_t d = fk_law_dim(law);
    const double n = (double)(blocks * FK_BLOCK);
    double mean[MOST_DIM], cov[MOST_DIM * MOST_DIM];
    double sum[MOST_DIM] = {0.0}, product[MOST_DIM * MOST_DIM] = {0.0},
           square[MOST_DIM * MOST_DIM] = {0.0};
    ck_assert_int_eq(fk_law_moments(law, mean, cov), FK_OK);
    for (size_t b = 0; b < blocks; b++) {
        static states s;
        draw(law, 20240608, FK_FOR_INITIAL, b * FK_BLOCK, &s);
        for (size_t j = 0; j < FK_BLOCK; j++)
            for (size_t i = 0; i < d * d; i++) {
                const double u = s.x[i / d][j] - mean[i / d];
                const double uv = u * (s.x[i % d][j] - mean[i % d]) - cov[i];
                sum[i / d] += u / (double)d;
                product[i] += uv;
                square[i] += uv * uv;
            }
    }
    for (size_t i = 0; i < d; i++)
        ck_assert_double_le(fabs(sum[i]), 5.0 * sqrt(n * cov[i * d + i]) + 1e-9 * n);
    for (size_t i = 0; i < d * d; i++)
        ck_assert_double_le(fabs(product[i]), 5.0 * sqrt(square[i]) + 1e-9 * n);
}

/* One draw in a million fails for another seed. */
#define AGREES(law, g, blocks)                                \
    do {                                                      \
        ck_assert_double_ge(agreement(law, g, blocks), 1e-6); \
        check_moments(law, blocks);                           \
    } while (0)

/* ---- the laws under test ---- */

static fk_law *mixture_law(size_t dim, size_t n, const double *weight,
                           const double *mean, const double *cov)
{
    fk_law *law;
    fk_mixture *m;
    ck_assert_int_eq(fk_mixture_new(dim, n, &m), FK_OK);
    memcpy(m->weight, weight, n * sizeof *weight);
    memcpy(m->mean, mean, n * dim * sizeof *mean);
    memcpy(m->cov, cov, n * dim * dim * sizeof *cov);
    ck_assert_int_eq(fk_law_mixture_new(m, &law), FK_OK);
    fk_mixture_free(m);
    return law;
}

static fk_law *plane_mixture(void)
{
    return mixture_law(2, 3, (double[]){0.25, 0.35, 0.4},
                       (double[]){-1.5, 0.0, 1.0, 1.2, 0.8, -1.0},
                       (double[]){0.2, 0.05, 0.05, 0.1, 0.15, -0.06, -0.06, 0.25, 0.3,
                                  0.0, 0.0, 0.12});
}

/* A density over the variables x, y, z of an SDE at rest; the SDE is what keeps it. */
static fk_status expression_law(size_t dim, const char *text, const fk_grid *g,
                                fk_sde **sde, fk_law **law, fk_message *message)
{
    static const char *const names[] = {"x", "x;y", "x;y;z"};
    static const char *const zeros[] = {"0", "0;0", "0;0;0"};
    const fk_expr *e;
    fk_expr_error error;
    fk_expr_name name[] = {{"x", NULL}, {"y", NULL}, {"z", NULL}};
    *sde = sde_text(FK_ITO, dim, 1, names[dim - 1], zeros[dim - 1], zeros[dim - 1]);
    ck_assert_int_eq(fk_expr_parse((*sde)->pool, text, name, dim, &e, &error), FK_OK);
    return fk_law_expression_new(*sde, e, g, law, message);
}

/* ---- draws follow the projection ---- */

START_TEST(mixtures_on_a_line)
{
    const fk_grid g = fk_grid_make(1, (fk_axis[]){{-2.6, 2.3, 120}});
    fk_law *law = mixture_law(1, 3, (double[]){0.3, 0.6, 0.1},
                              (double[]){-1.5, 1.0, 0.201}, (double[]){0.09, 0.25, 0});
    AGREES(law, &g, 1000);
    ck_assert_uint_eq(fk_law_dim(law), 1);
    ck_assert_double_eq(fk_law_stated_mass(law), 1.0);
    ck_assert_ptr_nonnull(fk_law_mixture(law));
    ck_assert_uint_eq(fk_law_mixture(law)->components, 3);
    fk_law_free(law);
}
END_TEST

START_TEST(correlated_mixtures_in_the_plane)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-3.0, 2.5, 40}, {-2.2, 2.6, 45}});
    fk_law *law = plane_mixture();
    AGREES(law, &g, 1500);
    fk_law_free(law);
}
END_TEST

/* One on a line, one a point along y only, one whose first variable is the point. */
START_TEST(degenerate_mixtures_in_the_plane)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-3.0, 2.5, 40}, {-2.2, 2.6, 45}});
    fk_law *law =
        mixture_law(2, 3, (double[]){0.5, 0.3, 0.2}, (double[]){0, 0.1, 0.5, 1, -1, -1},
                    (double[]){0.49, -0.35, -0.35, 0.25, 0.3, 0, 0, 0, 0, 0, 0, 0.2});
    AGREES(law, &g, 1000);
    fk_law_free(law);
}
END_TEST

START_TEST(correlated_gaussians_in_space)
{
    const fk_grid g =
        fk_grid_make(3, (fk_axis[]){{-2.0, 2.2, 14}, {-1.9, 2.0, 15}, {-2.4, 2.1, 16}});
    fk_law *law =
        mixture_law(3, 1, (double[]){1.0}, (double[]){0.1, 0.2, -0.15},
                    (double[]){0.4, 0.35, -0.1, 0.35, 0.5, 0.12, -0.1, 0.12, 0.3});
    AGREES(law, &g, 1500);
    fk_law_free(law);
}
END_TEST

/* The box ends inside cells and reaches beyond the grid on one side. */
START_TEST(uniform_boxes)
{
    const fk_grid g =
        fk_grid_make(3, (fk_axis[]){{0.0, 1.0, 8}, {-1.0, 1.0, 9}, {0.0, 4.0, 7}});
    fk_law *law;
    ck_assert_int_eq(fk_law_uniform_new(3, (double[]){0.13, -1.4, 0.77},
                                        (double[]){0.81, 0.52, 3.3}, &law),
                     FK_OK);
    AGREES(law, &g, 1000);
    double *p = fk_doubles(fk_grid_cells(&g)), outside;
    ck_assert_int_eq(fk_law_project(law, &g, p, &outside), FK_OK);
    ck_assert_double_eq_tol(outside, 0.4 / 1.92, 1e-14);
    ck_assert_double_eq_tol(fk_density_mass(&g, p), 1.52 / 1.92, 1e-14);
    ck_assert_ptr_null(fk_law_mixture(law));
    free(p);
    fk_law_free(law);
}
END_TEST

START_TEST(points_with_repetitions)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{0.0, 1.0, 4}, {0.0, 1.0, 4}});
    const double point[] = {0.1, 0.1, 0.6, 0.3, 0.6, 0.3, 0.9, 0.9,
                            0.3, 0.7, 1.0, 0.5, 0.1, 0.9, 0.5, 0.25};
    fk_law *law;
    ck_assert_int_eq(fk_law_points_new(2, 8, point, &law), FK_OK);
    AGREES(law, &g, 200);
    double p[16], outside;
    ck_assert_int_eq(fk_law_project(law, &g, p, &outside), FK_OK);
    ck_assert_double_eq_tol(outside, 1.0 / 8.0, 1e-15); /* the upper face */
    ck_assert_double_eq_tol(p[2 + 4 * 1], 16.0 * 3.0 / 8.0, 1e-13);
    fk_law_free(law);
}
END_TEST

/* Made on coarse cells, judged on cells 16 times smaller: within a cell too the draws
 * follow the expression.  Polynomials, so that both grids' masses are exact. */
START_TEST(expressions_within_their_cells)
{
    const fk_grid line = fk_grid_make(1, (fk_axis[]){{-1.0, 1.0, 5}});
    const fk_grid fine_line = fk_grid_refine(&line, 16);
    fk_sde *sde;
    fk_law *law;
    ck_assert_int_eq(
        expression_law(1, "2*(x + 1)*(1 - x)^3 + x^6", &line, &sde, &law, NULL), FK_OK);
    /* int 2 u (2 - u)^3 du = 2 (16/5), u = 0..2;  int x^6 = 2/7 */
    ck_assert_double_eq_tol(fk_law_stated_mass(law), 2.0 * 1.6 + 2.0 / 7.0, 1e-13);
    AGREES(law, &fine_line, 1500);
    fk_law_free(law);
    sde_text_free(sde);

    const fk_grid plane = fk_grid_make(2, (fk_axis[]){{0.0, 1.0, 3}, {-1.0, 1.0, 4}});
    const fk_grid fine_plane = fk_grid_refine(&plane, 8);
    ck_assert_int_eq(
        expression_law(2, "x^3*(1 + y)^5 + x*(x + y)^2", &plane, &sde, &law, NULL),
        FK_OK);
    AGREES(law, &fine_plane, 1500);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* Ten standard deviations in one cell: the values at the corners differ from those at the
 * nodes by far more than the margin.  Monotone within each cell. */
START_TEST(expressions_steep_within_their_cells)
{
    const fk_grid g = fk_grid_make(1, (fk_axis[]){{0.0, 1.0, 2}});
    const fk_grid fine = fk_grid_refine(&g, 64);
    fk_sde *sde;
    fk_law *law;
    ck_assert_int_eq(expression_law(1, "exp(-20*x)", &g, &sde, &law, NULL), FK_OK);

    /* the first cell holds 1 - 5e-5 of the mass: its fine cells are exponential */
    const size_t blocks = 1000;
    double mass[129], below = 0.0;
    uint64_t count[129] = {0};
    for (size_t c = 0; c < 128; c++) {
        const double h = 1.0 / 128.0;
        mass[c] = exp(-20.0 * h * (double)c) * -expm1(-20.0 * h) / -expm1(-20.0);
        below += mass[c];
    }
    ck_assert_double_eq_tol(below, 1.0, 1e-13);
    mass[128] = 0.0;
    for (size_t b = 0; b < blocks; b++) {
        static states s;
        draw(law, 3, FK_FOR_INITIAL, b * FK_BLOCK, &s);
        for (size_t j = 0; j < FK_BLOCK; j++)
            count[(size_t)(128.0 * s.x[0][j])]++;
    }
    fk_bins *bins;
    fk_chi_square test;
    uint64_t sum[129];
    ck_assert_int_eq(fk_bins_new(&fine, mass, (double)(blocks * FK_BLOCK), 20.0, &bins),
                     FK_OK);
    fk_bins_count(bins, count, sum);
    /* the quadrature is as wrong in one cell as in the other: the masses are exact */
    fk_chi_square_test(bins, sum, 0.0, 0.01, 0.9, &test);
    ck_assert_double_ge(test.p_value, 1e-6);
    fk_bins_free(bins);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(expressions_with_jumps_and_empty_cells)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-1.0, 1.0, 40}, {-1.0, 1.0, 40}});
    fk_sde *sde;
    fk_law *law;
    ck_assert_int_eq(
        expression_law(2, "x^2 + y^2 < 0.5 ? 1 + x : 0", &g, &sde, &law, NULL), FK_OK);
    ck_assert_double_eq_tol(fk_law_stated_mass(law), 0.5 * M_PI, 5e-3);
    AGREES(law, &g, 1000);
    for (size_t b = 0; b < 200; b++) {
        static states s;
        draw(law, 9, FK_FOR_INITIAL, b * FK_BLOCK, &s);
        for (size_t j = 0; j < FK_BLOCK; j++)
            ck_assert_double_lt(s.x[0][j] * s.x[0][j] + s.x[1][j] * s.x[1][j], 0.5);
    }
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(expressions_keep_mass_one_on_every_grid_of_the_box)
{
    const fk_grid g = fk_grid_make(1, (fk_axis[]){{-3.0, 3.0, 30}});
    const fk_grid half = fk_grid_refine(&g, 2);
    const fk_grid other = fk_grid_make(1, (fk_axis[]){{-3.0, 2.9, 30}});
    double p[60], outside;
    fk_sde *sde;
    fk_law *law;
    ck_assert_int_eq(expression_law(1, "7*exp(-x^2/2)", &g, &sde, &law, NULL), FK_OK);
    ck_assert_double_eq_tol(fk_law_stated_mass(law),
                            7.0 * sqrt(2.0 * M_PI) * erf(3.0 * M_SQRT1_2), 1e-9);
    ck_assert_int_eq(fk_law_project(law, &g, p, &outside), FK_OK);
    ck_assert_double_eq_tol(fk_density_mass(&g, p), 1.0, 1e-14);
    ck_assert_int_eq(fk_law_project(law, &half, p, NULL), FK_OK);
    ck_assert_double_eq_tol(fk_density_mass(&half, p), 1.0, 1e-14);
    ck_assert_double_eq(outside, 0.0);
    ck_assert_int_eq(fk_law_project(law, &other, p, NULL), FK_EDOMAIN);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

START_TEST(expressions_that_are_no_density_are_refused)
{
    static const struct {
        const char *text, *sentence;
    } bad[] = {
        {"x", "negative or not finite in the cell around x = -0.95"},
        {"log(x)", "negative or not finite in the cell around x = -0.95"},
        {"0.5 - x", "negative or not finite in the cell around x = 0.55"},
        {"0*x", "zero everywhere"},
        {"x > 2", "zero everywhere"},
        {"1e308", "integral of the density over the grid is not finite"},
    };
    const fk_grid g = fk_grid_make(1, (fk_axis[]){{-1.0, 1.0, 20}});
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fk_sde *sde;
        fk_law *law;
        fk_message message = {""};
        ck_assert_int_eq(expression_law(1, bad[i].text, &g, &sde, &law, &message),
                         FK_EDOMAIN);
        ck_assert_ptr_null(law);
        ck_assert_msg(strstr(message.text, bad[i].sentence) != NULL, "%s: %s",
                      bad[i].text, message.text);
        sde_text_free(sde);
    }
}
END_TEST

/* ---- what draws depend on ---- */

static void check_partition(const fk_law *law)
{
    static states whole[2], shifted;
    draw(law, 5, FK_FOR_INITIAL, 0, &whole[0]);
    draw(law, 5, FK_FOR_INITIAL, FK_BLOCK, &whole[1]);
    for (uint64_t first = 1; first < FK_BLOCK; first += 85) {
        draw(law, 5, FK_FOR_INITIAL, first, &shifted);
        for (size_t j = 0; j < FK_BLOCK; j++)
            for (size_t i = 0; i < fk_law_dim(law); i++) {
                const size_t at = j + first;
                ck_assert(shifted.x[i][j] == whole[at / FK_BLOCK].x[i][at % FK_BLOCK]);
            }
    }
    draw(law, 6, FK_FOR_INITIAL, 0, &shifted);
    ck_assert(memcmp(shifted.x[0], whole[0].x[0], sizeof shifted.x[0]) != 0);
    draw(law, 5, FK_FOR_HALVING, 0, &shifted);
    ck_assert(memcmp(shifted.x[0], whole[0].x[0], sizeof shifted.x[0]) != 0);
}

START_TEST(draws_depend_on_seed_purpose_and_particle_alone)
{
    const fk_grid g = fk_grid_make(2, (fk_axis[]){{-1.0, 1.0, 6}, {-1.0, 1.0, 6}});
    fk_law *law[4];
    fk_sde *sde;
    law[0] = plane_mixture();
    ck_assert_int_eq(fk_law_uniform_new(2, (double[]){0, 1}, (double[]){1, 3}, &law[1]),
                     FK_OK);
    ck_assert_int_eq(fk_law_points_new(2, 3, (double[]){0, 1, 2, 3, 4, 5}, &law[2]),
                     FK_OK);
    /* some lanes need many rounds */
    ck_assert_int_eq(
        expression_law(2, "exp(-30*x^2) + 0.01*(y + 1)^6", &g, &sde, &law[3], NULL),
        FK_OK);
    for (size_t k = 0; k < 4; k++) {
        check_partition(law[k]);
        fk_law_free(law[k]);
    }
    fk_law_free(NULL);
    sde_text_free(sde);
}
END_TEST

/* Where lo + (hi - lo) u rounds to hi for a thousandth of all u. */
START_TEST(draws_stay_below_the_upper_face)
{
    const double lo = 1e6, hi = 1e6 + 500.0 * 0x1p-33;
    const fk_grid g = fk_grid_make(1, (fk_axis[]){{lo, hi, 4}});
    fk_law *law[2];
    fk_sde *sde;
    ck_assert_int_eq(fk_law_uniform_new(1, &lo, &hi, &law[0]), FK_OK);
    ck_assert_int_eq(expression_law(1, "1 + 0*x", &g, &sde, &law[1], NULL), FK_OK);
    for (size_t k = 0; k < 2; k++) {
        for (size_t b = 0; b < 100; b++) {
            static states s;
            draw(law[k], 1, FK_FOR_INITIAL, b * FK_BLOCK, &s);
            for (size_t j = 0; j < FK_BLOCK; j++)
                ck_assert(s.x[0][j] >= lo && s.x[0][j] < hi);
        }
        fk_law_free(law[k]);
    }
    sde_text_free(sde);
}
END_TEST

/* No grid: five variables, the sample's moments within five standard errors. */
START_TEST(mixtures_beyond_every_grid_have_their_moments)
{
    enum { D = 5, BLOCKS = 1500 };
    double weight[2] = {0.3, 0.7}, mean[2 * D], cov[2 * D * D];
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < D; i++) {
            mean[k * D + i] = sin((double)(k + 2 * i));
            for (size_t j = 0; j < D; j++)
                cov[(k * D + i) * D + j] =
                    (i == j ? 0.5 : 0.0) +
                    0.3 * cos((double)(k + 3 * i)) * cos((double)(k + 3 * j));
        }
    fk_law *law = mixture_law(D, 2, weight, mean, cov);
    double m[D], s[D * D], sum[D] = {0}, product[D * D] = {0}, square[D * D] = {0};
    fk_mixture_moments(fk_law_mixture(law), m, s);
    for (size_t b = 0; b < BLOCKS; b++) {
        static states at;
        draw(law, 11, FK_FOR_TEST, b * FK_BLOCK, &at);
        for (size_t j = 0; j < FK_BLOCK; j++)
            for (size_t i = 0; i < D; i++) {
                sum[i] += at.x[i][j] - m[i];
                for (size_t q = 0; q < D; q++) {
                    const double y = (at.x[i][j] - m[i]) * (at.x[q][j] - m[q]);
                    product[i * D + q] += y - s[i * D + q];
                    square[i * D + q] += (y - s[i * D + q]) * (y - s[i * D + q]);
                }
            }
    }
    const double n = (double)BLOCKS * FK_BLOCK;
    for (size_t i = 0; i < D; i++)
        ck_assert_double_le(fabs(sum[i] / n), 5.0 * sqrt(s[i * D + i] / n));
    for (size_t e = 0; e < D * D; e++)
        ck_assert_double_le(fabs(product[e]), 5.0 * sqrt(square[e]));
    fk_law_free(law);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("law");
    TCase *fit = tcase_create("draws follow the projection");
    tcase_add_test(fit, mixtures_on_a_line);
    tcase_add_test(fit, correlated_mixtures_in_the_plane);
    tcase_add_test(fit, degenerate_mixtures_in_the_plane);
    tcase_add_test(fit, correlated_gaussians_in_space);
    tcase_add_test(fit, uniform_boxes);
    tcase_add_test(fit, points_with_repetitions);
    tcase_add_test(fit, expressions_within_their_cells);
    tcase_add_test(fit, expressions_steep_within_their_cells);
    tcase_add_test(fit, expressions_with_jumps_and_empty_cells);
    tcase_add_test(fit, mixtures_beyond_every_grid_have_their_moments);
    suite_add_tcase(suite, fit);
    TCase *contract = tcase_create("contract");
    tcase_add_test(contract, expressions_keep_mass_one_on_every_grid_of_the_box);
    tcase_add_test(contract, expressions_that_are_no_density_are_refused);
    tcase_add_test(contract, draws_depend_on_seed_purpose_and_particle_alone);
    tcase_add_test(contract, draws_stay_below_the_upper_face);
    suite_add_tcase(suite, contract);

    return run_suite(suite);
}
