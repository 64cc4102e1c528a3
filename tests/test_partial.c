/* Partially absorbing faces, J . n = kappa p: densities against eigenfunctions, particles
 * against closed forms. */
#include "core/density.h"
#include "pde/evolution.h"
#include "tests/particle_fixture.h"

/* ---- densities ---- */

static const double decay_time = 0.3;

/* Modes of diffusion a with drift b on (0, 1): p = e^(b x / 2a - l t) q(x),
 * q = cos(m x) + s sin(m x), l = a m^2 + b^2 / 4a; the face at 0 gives s, that at 1 m. */
typedef struct mode {
    double a, b, kappa[2]; /* of the faces; 0 reflects, infinity absorbs */
    double m, s;
} mode;

static double q(const mode *w, double x)
{
    if (isinf(w->kappa[0]))
        return sin(w->m * x);
    return cos(w->m * x) + w->s * sin(w->m * x);
}

static double slope_q(const mode *w, double x)
{
    if (isinf(w->kappa[0]))
        return w->m * cos(w->m * x);
    return w->m * (w->s * cos(w->m * x) - sin(w->m * x));
}

/* J = (b / 2 q - a q') e^(...) = -kappa_0 p at 0, so a m s = b / 2 + kappa_0, and
 * kappa_1 p at 1; the least root m of that, by bisection. */
static mode mode_of(double a, double b, double kappa_0, double kappa_1)
{
    mode w = {.a = a, .b = b, .kappa = {kappa_0, kappa_1}};
    double lo = 1e-9, hi = acos(-1.0);
    for (int i = 0; i < 100; i++) {
        w.m = 0.5 * (lo + hi);
        w.s = (0.5 * b + kappa_0) / (a * w.m);
        const double excess =
            isinf(kappa_1) ? -q(&w, 1.0)
                           : (0.5 * b - kappa_1) * q(&w, 1.0) - a * slope_q(&w, 1.0);
        *(excess < 0.0 ? &lo : &hi) = w.m;
    }
    return w;
}

static double mode_at(const mode *w, double x, double t)
{
    const double rate = w->a * w->m * w->m + w->b * w->b / (4.0 * w->a);
    return exp(w->b * x / (2.0 * w->a) - rate * t) * q(w, x);
}

/* Cell average by Gauss's three points. */
static double cell_mean(const mode *w, const fk_axis *axis, size_t c, double t)
{
    const double x = fk_axis_centre(axis, c), r = 0.5 * sqrt(0.6) * fk_axis_width(axis);
    return (5.0 * mode_at(w, x - r, t) + 8.0 * mode_at(w, x, t) +
            5.0 * mode_at(w, x + r, t)) /
           18.0;
}

static fk_boundary kind_of(double kappa)
{
    return kappa == 0.0 ? FK_REFLECTING : isinf(kappa) ? FK_ABSORBING : FK_PARTIAL;
}

/* dX = b dt + sqrt(2 a) dW on (0, 1); faces as they are called, or all partial. */
static fk_sde *walled(double a, double b, const double kappa[2], size_t cells,
                      fk_domain *d)
{
    char drift[32], noise[32];
    snprintf(drift, sizeof drift, "%.17g", b);
    snprintf(noise, sizeof noise, "sqrt(2*%.17g)", a);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", drift, noise);
    *d = line(0.0, 1.0, cells, FK_REFLECTING);
    for (size_t side = 0; side < 2; side++) {
        d->face[0][side] = kind_of(kappa[side]);
        d->reactivity[0][side] = fk_expr_number(sde->pool, kappa[side]);
    }
    return sde;
}

/* L1 error at the end relative to the mass then. */
static double mode_error(const mode *w, const char *flux, size_t cells)
{
    fk_domain d;
    fk_message message = {""};
    fk_fokker_planck *fp;
    fk_evolution *e;
    fk_sde *sde = walled(w->a, w->b, w->kappa, cells, &d);
    double *p = fk_doubles(cells);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("tr-bdf2"),
                                    .step = decay_time / 400.0};
    for (size_t c = 0; c < cells; c++)
        p[c] = cell_mean(w, &d.grid.axis[0], c, 0.0);
    const double mass = fk_density_mass(&d.grid, p);
    ck_assert(fk_fokker_planck_new(sde, &d, fk_flux_find(flux), &fp, &message) ==
              FK_OK);
    ck_assert(fk_evolution_new(fp, 0.0, p, &o, &e) == FK_OK);
    ck_assert(fk_evolution_advance(e, decay_time, NULL, &message) == FK_OK);
    for (size_t c = 0; c < cells; c++)
        p[c] = cell_mean(w, &d.grid.axis[0], c, decay_time);
    const double error = fk_density_l1(&d.grid, fk_evolution_density(e), p);
    fk_ledger ledger;
    fk_evolution_ledger(e, &ledger);
    ck_assert_double_le(fabs(ledger.defect), 1e-12 * mass);
    const double end_mass = fk_density_mass(&d.grid, p);
    free(p);
    fk_evolution_free(e);
    fk_fokker_planck_free(fp);
    sde_text_free(sde);
    return error / end_mass;
}

START_TEST(modes_decay_with_second_order)
{
    static const double kappa[][2] = {{0.0, 2.0},      {2.0, 0.0}, {HUGE_VAL, 0.7},
                                      {0.4, HUGE_VAL}, {1.5, 0.3}, {5.0, 40.0}};
    static const double drift[] = {0.0, 0.5, -0.6};
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        if ((*f)->reach > 1)
            continue; /* does not take such faces */
        double least = 9.0, most = 0.0;
        for (size_t i = 0; i < sizeof kappa / sizeof *kappa; i++)
            for (size_t k = 0; k < 3; k++) {
                const mode w = mode_of(0.5, drift[k], kappa[i][0], kappa[i][1]);
                const double a = mode_error(&w, (*f)->name, 30);
                const double b = mode_error(&w, (*f)->name, 120);
                if (drift[k] == 0.0 || (*f)->order > 1.0)
                    least = fmin(least, log(a / b) / log(4.0));
                most = fmax(most, b);
                ck_assert_double_gt(log(a / b) / log(4.0), (*f)->order - 0.1);
            }
        printf("# %s: order >= %.3f, error <= %.1e on 120 cells\n", (*f)->name, least,
               most);
    }
}
END_TEST

/* Rates of the faces' cells out of a domain of 10 cells with these reactivities. */
static void exit_rates(const char *flux, double kappa_0, double kappa_1, bool partial,
                       double rate[2])
{
    const double kappa[] = {kappa_0, kappa_1};
    fk_domain d;
    fk_message message = {""};
    fk_fokker_planck *fp;
    fk_sde *sde = walled(0.5, 0.7, kappa, 10, &d);
    if (partial)
        d.face[0][0] = d.face[0][1] = FK_PARTIAL;
    ck_assert(fk_fokker_planck_new(sde, &d, fk_flux_find(flux), &fp, &message) ==
              FK_OK);
    double one[10], out[10];
    for (size_t c = 0; c < 10; c++)
        one[c] = 1.0;
    fk_fokker_planck_apply_transpose(fp, one, out);
    rate[0] = -out[0];
    rate[1] = -out[9];
    fk_fokker_planck_free(fp);
    sde_text_free(sde);
}

START_TEST(reactivity_leads_from_reflecting_to_absorbing)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        if ((*f)->reach > 1)
            continue; /* does not take such faces */
        double none[2], some[2], more[2], all[2];
        exit_rates((*f)->name, 0.0, 0.0, true, none);
        exit_rates((*f)->name, 1.0, 1.0, true, some);
        exit_rates((*f)->name, 1e13, 1e13, true, more);
        exit_rates((*f)->name, HUGE_VAL, HUGE_VAL, false, all);
        for (size_t side = 0; side < 2; side++) {
            ck_assert_double_le(fabs(none[side]), 1e-12);
            ck_assert(some[side] > 1.0 && some[side] < 0.5 * all[side]);
            ck_assert_double_eq_tol(more[side], all[side], 1e-9 * all[side]);
        }
    }
}
END_TEST

/* In the plane with a_xx = a_yy = 1/2, a_xy = 1/5, periodic along y: sums of
 *
 *     cos(m x) cos(k (y - r x)) e^(-l t),   r = a_xy / a_xx,  a_xx m tan m = kappa,
 *     l = a_xx m^2 + k^2 (a_yy - a_xy r)    between a reflecting and a partial face. */
static double skewed(double m, double k, double x, double y, double t)
{
    const double rate = 0.5 * m * m + k * k * (0.5 - 0.08);
    return cos(m * x) * cos(k * (y - 0.4 * x)) * exp(-rate * t);
}

static double skewed_error(size_t n)
{
    const double kappa = 2.0, m = mode_of(0.5, 0.0, 0.0, kappa).m, k = 2.0 * acos(-1.0);
    const double end = 0.05;
    fk_message message = {""};
    fk_fokker_planck *fp;
    fk_evolution *e;
    fk_sde *sde = sde_text(FK_ITO, 2, 2, "x; y", "0; 0", "1; 0; 0.4; sqrt(0.84)");
    fk_domain d = box(2, (double[]){0.0, 0.0}, (double[]){1.0, 1.0}, (size_t[]){n, n},
                      FK_PERIODIC);
    d.face[0][0] = FK_REFLECTING;
    d.face[0][1] = FK_PARTIAL;
    d.reactivity[0][1] = fk_expr_number(sde->pool, kappa);
    double *p = fk_doubles(n * n), *exact = fk_doubles(n * n);
    for (size_t c = 0; c < n * n; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(&d.grid, c, x);
        p[c] = skewed(m, 0.0, x[0], x[1], 0.0) + 0.5 * skewed(m, k, x[0], x[1], 0.0);
        exact[c] =
            skewed(m, 0.0, x[0], x[1], end) + 0.5 * skewed(m, k, x[0], x[1], end);
    }
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find("tr-bdf2"),
                                    .step = end / 64.0};
    ck_assert(fk_fokker_planck_new(sde, &d, fk_flux_find("scharfetter-gummel"), &fp,
                                   &message) == FK_OK);
    ck_assert(fk_evolution_new(fp, 0.0, p, &o, &e) == FK_OK);
    ck_assert(fk_evolution_advance(e, end, NULL, &message) == FK_OK);
    const double error = fk_density_l1(&d.grid, fk_evolution_density(e), exact);
    free(p);
    free(exact);
    fk_evolution_free(e);
    fk_fokker_planck_free(fp);
    sde_text_free(sde);
    return error;
}

START_TEST(correlated_noise_at_a_partial_face)
{
    const double a = skewed_error(16), b = skewed_error(64);
    const double order = log(a / b) / log(4.0);
    printf("# correlated: errors %.2e, %.2e, order %.2f\n", a, b, order);
    ck_assert_double_gt(order, 0.9);
}
END_TEST

/* ---- particles ---- */

/* Brownian motion of variance 1 a time from d above a face of reactivity kappa: mass
 * between 0 and y at time t, by integrating
 *
 *     n(y - d) + n(y + d) - c e^(c (y + d) + c^2 t / 2) erfc((y + d + c t) / sqrt(2 t)),
 *     c = 2 kappa,  with n the normal density of variance t. */
static double survivors_below(double y, double d, double kappa, double t)
{
    const double c = 2.0 * kappa, s = sqrt(2.0 * t);
    double mass =
        normal_mass(-d, y - d, 0.0, sqrt(t)) + normal_mass(d, y + d, 0.0, sqrt(t));
    /* int of the last term by parts: e^(c v + c^2 t / 2) erfc((v + c t) / s) + erf(v / s) */
    const double v[] = {d, y + d};
    for (size_t i = 0; i < 2; i++) {
        const double term =
            exp(c * v[i] + 0.5 * c * c * t) * erfc((v[i] + c * t) / s) + erf(v[i] / s);
        mass += i == 0 ? term : -term;
    }
    return mass;
}

/* One step of any length is exact, and so are several. */
START_TEST(steps_at_one_face_are_exact)
{
    enum { N = 100000, CELLS = 20 };
    const double kappa = 0.8, d0 = 0.3;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0", "1");
    for (int steps = 1; steps <= 9; steps += 4)
        for (size_t side = 0; side < 2; side++) {
            fk_domain d = side == 0 ? line(1.0, 5.0, CELLS, FK_OPEN)
                                    : line(-5.0, -1.0, CELLS, FK_OPEN);
            d.face[0][side] = FK_PARTIAL;
            d.reactivity[0][side] = fk_expr_number(sde->pool, kappa);
            fk_law *law = normal_law_1d(side == 0 ? 1.0 + d0 : -1.0 - d0, 0.0);
            fk_ensemble_options o = euler_options(N, 1.0 / steps, 41);
            o.faces.bridge = true;
            fk_ensemble *e = ensemble(sde, &d, law, &o);
            advance(e, 1.0);
            fk_census census;
            uint64_t *count = histogram_of(e, &d.grid, &census);
            double mass[CELLS + 1] = {0}, sum = 0.0;
            for (size_t c = 0; c < CELLS; c++) {
                const size_t at = side == 0 ? c : CELLS - 1 - c;
                mass[at] = survivors_below(0.2 * (double)(c + 1), d0, kappa, 1.0) -
                           survivors_below(0.2 * (double)c, d0, kappa, 1.0);
                sum += mass[at];
            }
            mass[CELLS] = 1.0 - sum;
            ck_assert_double_gt(p_value(&d.grid, count, mass), least_p_value);
            const double all = survivors_below(40.0, d0, kappa, 1.0);
            assert_sigmas((double)census.absorbed[0][side] / N, 1.0 - all,
                          sqrt(all * (1.0 - all) / N));
            free(count);
            fk_ensemble_free(e);
            fk_law_free(law);
        }
    sde_text_free(sde);
}
END_TEST

/* Begun with a mode, with drift and both faces partial, particles keep its shape and die
 * at its rate. */
START_TEST(particles_keep_a_mode)
{
    enum { N = 100000, CELLS = 25 };
    const mode w = mode_of(0.5, 0.5, 1.5, 0.3);
    fk_domain d;
    fk_expr_error error;
    fk_message message;
    fk_law *law;
    const fk_expr *density;
    char text[200];
    fk_sde *sde = walled(w.a, w.b, w.kappa, CELLS, &d);
    snprintf(text, sizeof text, "exp(%.17g*x)*(cos(%.17g*x) + %.17g*sin(%.17g*x))",
             w.b / (2.0 * w.a), w.m, w.s, w.m);
    ck_assert(fk_expr_parse(sde->pool, text, &(fk_expr_name){"x", NULL}, 1, &density,
                            &error) == FK_OK);
    ck_assert(fk_law_expression_new(sde, density, &d.grid, &law, &message) == FK_OK);
    fk_ensemble_options o = euler_options(N, 1.0 / 128.0, 42);
    o.faces.bridge = true;
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    advance(e, 0.5);
    fk_census census;
    uint64_t *count = histogram_of(e, &d.grid, &census);
    double mass[CELLS + 1] = {0}, begun = 0.0, sum = 0.0;
    for (size_t c = 0; c < CELLS; c++) {
        begun += cell_mean(&w, &d.grid.axis[0], c, 0.0);
        mass[c] = cell_mean(&w, &d.grid.axis[0], c, 0.5);
        sum += mass[c];
    }
    for (size_t c = 0; c < CELLS; c++)
        mass[c] /= begun;
    mass[CELLS] = 1.0 - sum / begun;
    const double p = p_value(&d.grid, count, mass);
    printf("# p of the mode: %g\n", p);
    ck_assert_double_gt(p, least_p_value);
    free(count);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
}
END_TEST

/* x = e^u, u Brownian motion above 0: noise that changes with the place, the same share
 * of survivors.  The share lost errs like h. */
static moments survival_error(double h, bool bridge)
{
    enum { N = 600000 };
    const double kappa = 0.8, d0 = 0.3;
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x/2", "x");
    fk_domain d = line(1.0, 1e3, 4, FK_OPEN);
    d.face[0][0] = FK_PARTIAL;
    d.reactivity[0][0] = fk_expr_number(sde->pool, kappa);
    fk_law *law = normal_law_1d(exp(d0), 0.0);
    fk_ensemble_options o = euler_options(N, h, 43);
    o.faces.bridge = bridge;
    fk_ensemble *e = ensemble(sde, &d, law, &o);
    advance(e, 1.0);
    fk_census census;
    free(histogram_of(e, &d.grid, &census));
    const double alive = 1.0 - (double)census.absorbed[0][0] / N;
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
    return (moments){.mean = alive - survivors_below(40.0, d0, kappa, 1.0),
                     .mean_error = sqrt(alive * (1.0 - alive) / N)};
}

START_TEST(order_where_noise_changes_with_the_place)
{
    for (int bridge = 0; bridge < 2; bridge++) {
        const double h = 1.0 / 16.0;
        const moments a = survival_error(h, bridge),
                      b = survival_error(h / 4.0, bridge);
        const double order = log(fabs(a.mean / b.mean)) / log(4.0);
        const double error =
            hypot(a.mean_error / a.mean, b.mean_error / b.mean) / log(4.0);
        printf("# %s: errors %.5f, %.5f, order %.2f +- %.2f\n",
               bridge ? "bridge" : "no bridge", a.mean, b.mean, order, error);
        ck_assert_double_le(error, 0.15);
        ck_assert_double_le(fabs(order - (bridge ? 1.0 : 0.5)), 4.0 * error + 0.1);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("partial");
    TCase *density = tcase_create("density"), *particles = tcase_create("particles");
    tcase_add_test(density, modes_decay_with_second_order);
    tcase_add_test(density, reactivity_leads_from_reflecting_to_absorbing);
    tcase_add_test(density, correlated_noise_at_a_partial_face);
    tcase_add_test(particles, steps_at_one_face_are_exact);
    tcase_add_test(particles, particles_keep_a_mode);
    tcase_add_test(particles, order_where_noise_changes_with_the_place);
    suite_add_tcase(suite, density);
    suite_add_tcase(suite, particles);
    return run_suite(suite);
}
