#include <check.h>
#include <math.h>
#include <omp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/fokker_planck.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

/* An SDE, its domain and its operator. */
typedef struct equation {
    fk_sde *sde;
    fk_domain domain;
    fk_fokker_planck *fp;
    size_t cells;
} equation;

/* The box [-w_i, w_i] with the same boundary everywhere. */
static fk_domain box(size_t dim, const double *w, const size_t *cells, fk_boundary all)
{
    fk_axis axis[FK_GRID_DIM];
    fk_domain d = {.face = {{FK_OPEN}}};
    for (size_t i = 0; i < dim; i++)
        axis[i] = (fk_axis){-w[i], w[i], cells[i]};
    d.grid = fk_grid_make(dim, axis);
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        d.face[i][0] = d.face[i][1] = all;
    return d;
}

static equation open_equation(fk_sde *sde, fk_domain domain, const char *flux)
{
    equation e = {.sde = sde, .domain = domain, .cells = fk_grid_cells(&domain.grid)};
    fk_message message = {""};
    const fk_status status =
        fk_fokker_planck_new(sde, &domain, fk_flux_find(flux), &e.fp, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return e;
}

static void close_equation(equation *e)
{
    fk_fokker_planck_free(e->fp);
    sde_text_free(e->sde);
}

static double next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) * 0x1p-53;
}

static double *random_field(size_t n, uint64_t seed)
{
    double *u = fk_doubles(n);
    for (size_t i = 0; i < n; i++)
        u[i] = next(&seed);
    return u;
}

static double dot(size_t n, const double *u, const double *v)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += u[i] * v[i];
    return sum;
}

static double l1(size_t n, const double *u)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(u[i]);
    return sum;
}

/* Values of an expression in the SDE's variables at the cell centres. */
static double *sampled(const equation *e, const fk_expr *f)
{
    const fk_binding binding = fk_sde_binding(e->sde);
    fk_program *program;
    ck_assert(fk_program_new(1, &f, &binding, &program) == FK_OK);
    double *scratch = fk_doubles(fk_program_scratch(program));
    double *x = fk_doubles(FK_GRID_DIM * FK_BLOCK), *out = fk_doubles(FK_BLOCK);
    double *u = fk_doubles(e->cells);
    for (size_t c = 0; c < e->cells; c += FK_BLOCK) {
        for (size_t k = 0; k < FK_BLOCK && c + k < e->cells; k++) {
            double centre[FK_GRID_DIM];
            fk_grid_centre(&e->domain.grid, c + k, centre);
            for (size_t a = 0; a < e->domain.grid.dim; a++)
                x[a * FK_BLOCK + k] = centre[a];
        }
        fk_program_run(program, 0.0,
                       (const double *[]){x, x + FK_BLOCK, x + 2 * FK_BLOCK},
                       (double *[]){out}, scratch);
        for (size_t k = 0; k < FK_BLOCK && c + k < e->cells; k++)
            u[c + k] = out[k];
    }
    free(x);
    free(out);
    free(scratch);
    fk_program_free(program);
    return u;
}

static const fk_expr *parsed(const equation *e, const char *text)
{
    const fk_expr *out;
    fk_expr_error error;
    const fk_expr_name names[] = {{"x", NULL}, {"y", NULL}, {"z", NULL}};
    ck_assert_msg(fk_expr_parse(e->sde->pool, text, names, 3, &out, &error) == FK_OK,
                  "%s", error.text);
    return out;
}

/* Systems of every kind: cross terms of both signs, time, noise that fails. */
typedef struct kind {
    size_t dim, noises;
    const char *drift, *noise;
    double width[FK_GRID_DIM];
    size_t cells[FK_GRID_DIM];
} kind;

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

static equation of_kind(const kind *k, fk_domain d, const char *flux)
{
    return open_equation(
        sde_text(FK_ITO, k->dim, k->noises, "x; y; z", k->drift, k->noise), d, flux);
}

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

/* -sum_i d_i (b_i p - sum_j a_ij d_j p), as an expression */
static const fk_expr *exact_operator(const fk_sde *s, const fk_expr *p)
{
    fk_expr_pool *pool = s->pool;
    const fk_expr *sum = fk_expr_number(pool, 0.0);
    for (size_t i = 0; i < s->dim; i++) {
        const fk_expr *J = fk_expr_mul(pool, s->flux_drift[i], p);
        for (size_t j = 0; j < s->dim; j++)
            J = fk_expr_sub(pool, J,
                            fk_expr_mul(pool, s->diffusion[i * s->dim + j],
                                        fk_expr_diff(pool, p, s->variable[j])));
        sum = fk_expr_sub(pool, sum, fk_expr_diff(pool, J, s->variable[i]));
    }
    return sum;
}

/* L p less the exact one on a torus with n times the kind's cells: sum |difference|, or
 * |sum weight difference|, over sum |L p|. */
static double inconsistency(const kind *k, size_t n, const char *p_text,
                            const char *flux, const char *weight_text)
{
    size_t cells[FK_GRID_DIM];
    for (size_t i = 0; i < k->dim; i++)
        cells[i] = k->cells[i] * n;
    equation e = of_kind(k, box(k->dim, k->width, cells, FK_PERIODIC), flux);
    const fk_expr *p_expr = parsed(&e, p_text);
    double *p = sampled(&e, p_expr);
    double *exact = sampled(&e, exact_operator(e.sde, p_expr));
    double *out = fk_doubles(e.cells);
    fk_fokker_planck_apply(e.fp, p, out);
    for (size_t c = 0; c < e.cells; c++)
        out[c] -= exact[c];
    double error = l1(e.cells, out) / l1(e.cells, exact);
    if (weight_text != NULL) {
        double *weight = sampled(&e, parsed(&e, weight_text));
        error = fabs(dot(e.cells, weight, out)) / l1(e.cells, exact);
        free(weight);
    }
    free(p);
    free(exact);
    free(out);
    close_equation(&e);
    return error;
}

START_TEST(operator_is_consistent_to_its_order)
{
    static const kind torus[] = {
        {1, 1, "sin(x) + 0.4", "1 + 0.3 * cos(x)", {M_PI}, {16}},
        {2,
         2,
         "sin(y) + 0.3; cos(x + y)",
         "1 + 0.2 * cos(x); 0.3 + 0.2 * sin(x - y); 0; 1.1 + 0.2 * sin(y)",
         {M_PI, M_PI},
         {17, 16}},
        {3,
         3,
         "sin(y) + 0.3; cos(x + z); sin(z)",
         "1.2; 0; 0; 0.3 * sin(z); 1.1; 0; -0.2; 0.3 * cos(x); 1.2 + 0.1 * cos(y)",
         {M_PI, M_PI, M_PI},
         {8, 8, 9}},
    };
    static const char *const density[] = {"exp(sin(x))", "exp(sin(x) + cos(y + x))",
                                          "exp(sin(x) + cos(y + x) - sin(z) / 2)"};
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        for (size_t i = 0; (*f)->reach == 1 && i < 3; i++) {
            const size_t n = i == 2 ? 2 : 4;
            const double coarse =
                inconsistency(&torus[i], n, density[i], (*f)->name, NULL);
            const double fine =
                inconsistency(&torus[i], 2 * n, density[i], (*f)->name, NULL);
            ck_assert_double_eq_tol(log2(coarse / fine), (*f)->order, 0.2);
            ck_assert_double_lt(fine, (*f)->order > 1.5 ? 0.04 : 0.2);
        }
}
END_TEST

/* Where a cross term changes its sign the currents go over to other links: the errors
 * there are of a divergence, large at the cells but not in any average. */
START_TEST(operator_is_weakly_consistent_where_a_cross_term_changes_its_sign)
{
    const kind k = {2,
                    2,
                    "sin(y) + 0.3; cos(x + y)",
                    "1 + 0.2 * cos(x); 0.4 * sin(x - y); 0; 1.1 + 0.2 * sin(y)",
                    {M_PI, M_PI},
                    {17, 16}};
    const char *p = "exp(sin(x) + cos(y + x))", *weight = "cos(x - y)";
    const double coarse = inconsistency(&k, 4, p, "chang-cooper", weight);
    const double fine = inconsistency(&k, 8, p, "chang-cooper", weight);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 1e-3);
}
END_TEST

/* A drift across the only noise: along the noise the diagonal carries it, across it
 * the axes do, upwind. */
START_TEST(drift_without_noise_is_upwind_to_first_order)
{
    const kind across = {2,       1, "1 + 0.5 * sin(y); -0.8", "0.7; 0.7", {M_PI, M_PI},
                         {16, 16}};
    const kind none = {2, 0, "sin(y) + 1.5; cos(x)", "", {M_PI, M_PI}, {16, 16}};
    const kind *both[] = {&across, &none};
    for (size_t i = 0; i < 2; i++) {
        const double coarse =
            inconsistency(both[i], 8, "exp(sin(x) + cos(y + x))", "chang-cooper", NULL);
        const double fine = inconsistency(both[i], 16, "exp(sin(x) + cos(y + x))",
                                          "chang-cooper", NULL);
        ck_assert_double_eq_tol(log2(coarse / fine), 1.0, 0.1);
    }
}
END_TEST

/* dp_i/dt = -(f p_i - f p_{i-1}) / h for a constant f > 0, to the last digit. */
START_TEST(no_noise_is_the_continuity_equation)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        if ((*f)->reach > 1)
            continue;
        equation e = open_equation(sde_text(FK_ITO, 1, 0, "x", "0.75", ""),
                                   box(1, (double[]){2.0}, (size_t[]){16}, FK_PERIODIC),
                                   (*f)->name);
        double *p = random_field(16, 13), *out = fk_doubles(16);
        fk_fokker_planck_apply(e.fp, p, out);
        for (size_t i = 0; i < 16; i++)
            ck_assert_double_eq_tol(out[i], 3.0 * (p[(i + 15) % 16] - p[i]), 1e-15);
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

/* Constant drift 0.8 and D = 0.3 into an absorbing end at 1: the current of
 * p = 1 - e^{0.8 (x - 1) / 0.3} is the same everywhere, in the last half cell too. */
START_TEST(steady_current_into_an_absorbing_end_is_exact)
{
    const size_t n = 30;
    fk_domain d = box(1, (double[]){1.0}, &n, FK_REFLECTING);
    d.face[0][1] = FK_ABSORBING;
    equation e = open_equation(sde_text(FK_ITO, 1, 1, "x", "0.8", "sqrt(0.6)"), d,
                               "chang-cooper");
    double *p = sampled(&e, parsed(&e, "1 - exp(8 * (x - 1) / 3)"));
    double *out = fk_doubles(n);
    fk_fokker_planck_apply(e.fp, p, out);
    ck_assert_double_eq_tol(out[0], -0.8 / (2.0 / 30.0), 1e-11); /* nothing comes in */
    for (size_t c = 1; c < n; c++)
        ck_assert_double_eq_tol(out[c], 0.0, 1e-11);
    free(p);
    free(out);
    close_equation(&e);
}
END_TEST

/* p = cos(pi x / 2) between absorbing ends at +-1: J = D pi / 2 sin(pi x / 2), D = 0.3 */
static double exit_current_error(size_t n)
{
    equation e = open_equation(sde_text(FK_ITO, 1, 1, "x", "0", "sqrt(0.6)"),
                               box(1, (double[]){1.0}, &n, FK_ABSORBING), "central");
    double *p = sampled(&e, parsed(&e, "cos(pi * x / 2)")), worst = 0.0;
    double *J[] = {fk_doubles(n)};
    fk_fokker_planck_current(e.fp, p, J);
    for (size_t c = 0; c < n; c++) {
        const double x = fk_axis_centre(&e.domain.grid.axis[0], c);
        worst = fmax(worst, fabs(J[0][c] - 0.15 * M_PI * sin(0.5 * M_PI * x)));
    }
    free(p);
    free(J[0]);
    close_equation(&e);
    return worst;
}

START_TEST(current_reaches_through_absorbing_ends)
{
    const double coarse = exit_current_error(20), fine = exit_current_error(40);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 1e-3);
}
END_TEST

/* Rotating Ornstein-Uhlenbeck process: a stationary Gaussian with the current
 * J = omega p (-y, x).  [mean distance over all cells] */
static double current_error(size_t n)
{
    equation e = open_equation(
        sde_text(FK_ITO, 2, 2, "x; y", "-0.7 * x - 3 * y; 3 * x - 0.7 * y",
                 "1; 0; 0; 1"),
        box(2, (double[]){4.5, 4.5}, (size_t[]){n, n}, FK_REFLECTING), "chang-cooper");
    double *p = sampled(&e, parsed(&e, "exp(-0.7 * (x^2 + y^2)) * 0.7 / pi"));
    double *J[] = {fk_doubles(e.cells), fk_doubles(e.cells)}, sum = 0.0;
    fk_fokker_planck_current(e.fp, p, J);
    for (size_t c = 0; c < e.cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&e.domain.grid, c, x);
        sum += fabs(J[0][c] + 3.0 * p[c] * x[1]) + fabs(J[1][c] - 3.0 * p[c] * x[0]);
    }
    free(p);
    free(J[0]);
    free(J[1]);
    const double error = sum * fk_grid_volume(&e.domain.grid);
    close_equation(&e);
    return error;
}

START_TEST(current_of_a_rotating_equilibrium)
{
    const double coarse = current_error(40), fine = current_error(80);
    ck_assert_double_eq_tol(log2(coarse / fine), 2.0, 0.1);
    ck_assert_double_lt(fine, 0.03); /* int |J_x| + |J_y| = 3 sqrt(4 / (0.7 pi)) = 4 */
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
    tcase_add_test(t, operator_is_consistent_to_its_order);
    tcase_add_test(t,
                   operator_is_weakly_consistent_where_a_cross_term_changes_its_sign);
    tcase_add_test(t, drift_without_noise_is_upwind_to_first_order);
    tcase_add_test(t, no_noise_is_the_continuity_equation);
    tcase_add_test(t, too_skewed_a_tensor_is_refused_with_the_shape_that_would_do);
    tcase_add_test(t, a_coefficient_that_is_not_finite_is_named);
    tcase_add_test(t, faces_are_where_they_are);
    tcase_add_test(t, time_dependent_rates_are_those_of_the_time_set);
    tcase_add_test(t, current_of_a_rotating_equilibrium);
    tcase_add_test(t, steady_current_into_an_absorbing_end_is_exact);
    tcase_add_test(t, current_reaches_through_absorbing_ends);
    tcase_add_test(t, largest_rate_is_on_the_diagonal);
    tcase_add_test(t, threads_do_not_change_a_bit);
    suite_add_tcase(s, t);
    return run_suite(s);
}
