/* The backward equation and its duality with the forward one. */
#include "pde/backward.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

static const fk_expr *parsed(const fk_sde *s, const char *text)
{
    const fk_expr_name names[] = {{"x", NULL}, {"y", NULL}, {"z", NULL}, {"t", NULL}};
    const fk_expr *out;
    fk_expr_error error;
    ck_assert(fk_expr_parse(s->pool, text, names, 4, &out, &error) == FK_OK);
    return out;
}

static double dot(const fk_grid *g, const double *u, const double *p)
{
    double sum = 0.0;
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        sum += u[c] * p[c];
    return sum * fk_grid_volume(g);
}

/* phi = cos 2x, or cos(2x + y), at the centres, and books of zeros */
static double *payoff(const fk_grid *g)
{
    double *u = fk_doubles(fk_grid_cells(g) + FK_BOOKS);
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        u[c] = cos(2.0 * x[0] + (g->dim > 1 ? x[1] : 0.0));
    }
    return u;
}

static double start_law(const double *lo, const double *hi, double t)
{
    (void)t;
    return normal_cell(*lo, *hi, 2.0, 0.5);
}

/* dX = -X dt + sqrt 2 dW from N(2, 1/4): E cos 2 X_1, and
 * u(x, 0) = cos(2 e^{-1} x) exp(-2 (1 - e^{-2})) */
START_TEST(the_value_function_is_that_of_ornstein_and_uhlenbeck)
{
    const double exact = 0.0164329643197709, decay = exp(-2.0 * (1.0 - exp(-2.0)));
    double error[2];
    for (size_t i = 0; i < 2; i++) {
        const size_t n = i == 0 ? 140 : 280;
        const fk_domain d = pde_line(-6.0, 8.0, n, FK_REFLECTING);
        const fk_pde_stepper *stepper = fk_pde_stepper_find("uniformisation");
        const fk_evolution_options o = {
            .stepper = stepper, .tolerance = 1e-6, .span = 1.0};
        pde_run r =
            pde_begin(sde_text(FK_ITO, 1, 1, "x", "-x", "sqrt(2)"), d, "chang-cooper",
                      &o, 0.0, pde_project(&d.grid, start_law, 0.0));
        double *u = payoff(&d.grid);
        const double *p = fk_evolution_density(r.evolution);
        double *p0 = pde_project(&d.grid, start_law, 0.0);
        fk_message message = {""};
        pde_advance(&r, 1.0);
        const double forward = dot(&d.grid, u, p);
        ck_assert(fk_backward_solve(r.fp, &(fk_backward_options){.stepper = stepper},
                                    0.0, 1.0, u, NULL, &message) == FK_OK);
        error[i] = 0.0;
        for (size_t c = n / 4; c < 3 * n / 4; c++) {
            const double x = fk_axis_centre(&d.grid.axis[0], c);
            error[i] = fmax(error[i], fabs(u[c] - decay * cos(2.0 * exp(-1.0) * x)));
        }
        ck_assert_double_eq_tol(dot(&d.grid, u, p0), forward, 1e-13);
        ck_assert_double_eq_tol(forward, exact, i == 0 ? 3e-3 : 7e-4);
        free(u);
        free(p0);
        pde_end(&r);
    }
    ck_assert_double_eq_tol(log2(error[0] / error[1]), 2.0, 0.1);
}
END_TEST

/* A problem whose densities are smooth and positive, so that nothing limits them. */
typedef struct setting {
    size_t dim, cells[3];
    const char *drift, *noise, *killing, *source, *cost;
} setting;

static const setting settings[] = {
    {1, {37}, "x - x^3", "0.7 + 0.1*sin(x)", "0.3*x^2", "0.1 + x^2/20", "1 + cos(x)"},
    {2,
     {16, 14},
     "-x - 2*y; 2*x - y",
     "0.7; 0; 0.4*cos(x); 0.6",
     "0.3*x^2",
     "0.1 + y^2/20",
     "1 + x*y"},
    {3,
     {7, 5, 6},
     "-x + y; -y; x - z",
     "0.6; 0; 0; 0.3; 0.5; 0; 0; 0; 0.7",
     "0.3 + 0.1*z",
     "0.1",
     "1 + x + z"},
};

/* The same with everything depending on time. */
static const setting moving[] = {
    {1,
     {37},
     "x*(1 + t) - x^3",
     "0.7 + 0.1*sin(x + t)",
     "0.3*x^2*(1 + t)",
     "0.1 + t*x^2/20",
     "1 + cos(x - t)"},
    {2,
     {16, 14},
     "-x - 2*y*(1 + t); 2*x - y",
     "0.7 + 0.2*t; 0; 0.4*cos(x); 0.6",
     "0.3*x^2*(1 + t)",
     "0.1 + t*y^2/20",
     "1 + x*y + t"},
};

static double hill(const double *x, size_t dim)
{
    double p = 1.0;
    for (size_t i = 0; i < dim; i++)
        p *= 0.25 + 0.1 * cos(0.7 * x[i] + 0.3);
    return p;
}

/* volume * sum over cells + sum over books; the books are those of the ledger. */
static double pairing(const pde_run *r, const double *u)
{
    const double *book = u + r->cells;
    const fk_ledger l = pde_ledger(r);
    double sum = dot(&r->domain.grid, u, fk_evolution_density(r->evolution));
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        for (size_t side = 0; side < 2; side++)
            sum += book[2 * a + side] * l.left[a][side];
    return sum + book[FK_BOOK_KILLED] * l.killed + book[FK_BOOK_MADE] * l.made +
           book[FK_BOOK_COST] * l.cost + book[FK_BOOK_ONE];
}

/* The payoff, and in the books what is paid besides. */
static double *payoff_and_books(const pde_run *r)
{
    double *u = payoff(&r->domain.grid);
    for (size_t c = 0; c < r->cells; c++)
        u[c] += 0.7;
    for (size_t k = 0; k < 2 * FK_GRID_DIM; k++)
        u[r->cells + k] = 0.2 + 0.31 * (double)k;
    u[r->cells + FK_BOOK_KILLED] = 0.43;
    u[r->cells + FK_BOOK_MADE] = 0.17;
    u[r->cells + FK_BOOK_COST] = 1.0;
    return u;
}

/* Walls of one kind; MIXED: taking, reflecting, closed. */
enum { MIXED = FK_PARTIAL + 1 };

static fk_domain walls(const fk_sde *sde, const setting *s, int kind)
{
    fk_domain d =
        pde_box(s->dim, (double[]){-2.0, -2.0, -1.0}, (double[]){2.0, 2.0, 1.5},
                s->cells, kind == MIXED ? FK_PERIODIC : (fk_boundary)kind);
    for (size_t a = 0; kind == FK_PARTIAL && a < s->dim; a++)
        d.reactivity[a][0] = d.reactivity[a][1] =
            fk_expr_number(sde->pool, 0.5 + (double)a);
    if (kind == MIXED) {
        d.face[0][0] = FK_ABSORBING;
        d.face[0][1] = FK_REFLECTING;
    }
    return d;
}

static pde_run begin(const setting *s, int kind, const char *flux,
                     const fk_evolution_options *o)
{
    fk_sde *sde = sde_text(FK_ITO, s->dim, s->dim, "x; y; z", s->drift, s->noise);
    const fk_domain d = walls(sde, s, kind);
    double *p = fk_doubles(fk_grid_cells(&d.grid));
    for (size_t c = 0; c < fk_grid_cells(&d.grid); c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&d.grid, c, x);
        p[c] = hill(x, s->dim);
    }
    pde_run r = pde_begin(sde, d, flux, o, 0.0, p);
    fk_message message = {""};
    ck_assert(fk_fokker_planck_react(r.fp, parsed(sde, s->killing),
                                     parsed(sde, s->source), parsed(sde, s->cost),
                                     &message) == FK_OK);
    return r;
}

/* <u, p> with the books at the start, in the middle and at the end. */
static void expect_duality(const fk_pde_stepper *stepper, const setting *s, int kind,
                           const char *flux)
{
    const double time[] = {0.0, 0.048, 0.08};
    const fk_evolution_options o = {.stepper = stepper, .step = 8e-3};
    pde_run r = begin(s, kind, flux, &o);
    pde_run middle = begin(s, kind, flux, &o), start = begin(s, kind, flux, &o);
    pde_advance(&middle, time[1]);
    pde_advance(&r, time[1]);
    pde_advance(&r, time[2]);
    ck_assert_uint_eq(pde_ledger(&r).limited, 0);

    double *u = payoff_and_books(&r);
    const double value = pairing(&r, u);
    for (size_t i = 2; i-- > 0;) {
        const fk_backward_options back = {
            .stepper = stepper, .step = 8e-3, .first = i == 0 ? stepper->start : 0};
        fk_message message = {""};
        const fk_status status =
            fk_backward_solve(r.fp, &back, time[i], time[i + 1], u, NULL, &message);
        ck_assert_msg(status == FK_OK, "%s", message.text);
        const double now = pairing(i == 1 ? &middle : &start, u);
        ck_assert_msg(fabs(now - value) <= 1e-13 * fabs(value),
                      "%s, %s, %zu-d, walls %d: %.17g for %.17g", stepper->name, flux,
                      s->dim, kind, now, value);
    }
    ck_assert_double_gt(fabs(pde_ledger(&r).cost), 1e-4);
    ck_assert_double_gt(pde_ledger(&r).killed, 1e-3);
    free(u);
    pde_end(&r);
    pde_end(&middle);
    pde_end(&start);
}

START_TEST(duality_holds_to_rounding)
{
    const fk_pde_stepper *stepper = fk_pde_steppers[_i];
    for (int kind = FK_REFLECTING; kind <= MIXED; kind++) {
        for (size_t k = 0; k < sizeof settings / sizeof settings[0]; k++)
            expect_duality(stepper, &settings[k], kind, "chang-cooper");
        for (size_t k = 0; !stepper->steady && k < sizeof moving / sizeof moving[0];
             k++)
            expect_duality(stepper, &moving[k], kind, "scharfetter-gummel");
        expect_duality(stepper, &settings[1], kind, "central");
    }
}
END_TEST

/* u = 1 stays 1 where nothing leaves, and nowhere grows. */
START_TEST(certainty_stays_certain)
{
    const fk_domain d = pde_line(-2.0, 2.0, 50, FK_REFLECTING);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("uniformisation"),
                                    .step = 1.0};
    pde_run r =
        pde_begin(sde_text(FK_ITO, 1, 1, "x", "x - x^3", "0.7"), d,
                  "scharfetter-gummel", &o, 0.0, pde_point(&d.grid, (double[]){0.1}));
    double u[50 + FK_BOOKS] = {0.0};
    fk_message message = {""};
    for (size_t c = 0; c < 50; c++)
        u[c] = 1.0;
    ck_assert(fk_backward_solve(r.fp, &(fk_backward_options){.stepper = o.stepper}, 0.0,
                                30.0, u, NULL, &message) == FK_OK);
    for (size_t c = 0; c < 50; c++)
        ck_assert_double_eq_tol(u[c], 1.0, 1e-12);
    pde_end(&r);
}
END_TEST

static fk_status refused(const char *flux, const char *stepper, const char *drift,
                         fk_message *message)
{
    const fk_domain d = pde_line(-2.0, 2.0, 20, FK_REFLECTING);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find(stepper),
                                    .step = 1e-3};
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 1, "x", drift, "0.7"), d, flux, &o, 0.0,
                          pde_point(&d.grid, (double[]){0.1}));
    double *u = payoff(&d.grid);
    const fk_status status = fk_backward_solve(
        r.fp, &(fk_backward_options){.stepper = o.stepper, .step = 1e-3}, 0.0, 0.1, u,
        NULL, message);
    free(u);
    pde_end(&r);
    return status;
}

START_TEST(what_has_no_transpose_is_said)
{
    fk_message m = {""};
    ck_assert(refused("weno5", "ssp-rk3", "-x", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "no transpose") != NULL, "%s", m.text);
    ck_assert(refused("chang-cooper", "uniformisation", "-x*t", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "free of t") != NULL, "%s", m.text);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("backward");
    TCase *t = tcase_create("backward");
    tcase_set_timeout(t, 30.0);
    tcase_add_test(t, the_value_function_is_that_of_ornstein_and_uhlenbeck);
    int steppers = 0;
    while (fk_pde_steppers[steppers] != NULL)
        steppers++;
    tcase_add_loop_test(t, duality_holds_to_rounding, 0, steppers);
    tcase_add_test(t, certainty_stays_certain);
    tcase_add_test(t, what_has_no_transpose_is_said);
    suite_add_tcase(s, t);
    return run_suite(s);
}
