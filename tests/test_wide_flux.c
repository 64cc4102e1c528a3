/* Fluxes that look at more than two cells: sharp densities carried by a drift stay sharp, and
 * nothing becomes negative. */
#include <omp.h>

#include "experiments/pde_order.h"
#include "tests/pde_fixture.h"
#include "tests/suite.h"

/* The longest steps that keep the sign. */
static fk_evolution_options longest(const fk_flux *flux, double rate, double span)
{
    const double steps = ceil(span * rate / flux->courant * (1.0 + 1e-9));
    return (fk_evolution_options){.stepper = fk_pde_stepper_find("ssp-rk3"),
                                  .step = span / steps};
}

static double box_of_one(const double *lo, const double *hi, double t)
{
    (void)t;
    const double from = fmax(*lo, 0.2), to = fmin(*hi, 0.5);
    return to > from ? (to - from) / (*hi - *lo) : 0.0;
}

/* Once around a circle of length 1 at speed 1. */
static pde_run around(const fk_flux *flux, size_t n)
{
    const fk_domain d = pde_line(0.0, 1.0, n, FK_PERIODIC);
    const fk_evolution_options o = longest(flux, (double)n, 1.0);
    pde_run r = pde_begin(sde_text(FK_ITO, 1, 0, "x", "1", ""), d, flux->name, &o, 0.0,
                          pde_project(&d.grid, box_of_one, 0.0));
    pde_advance(&r, 1.0);
    return r;
}

START_TEST(a_box_goes_round_without_a_negative_cell)
{
    double error[3];
    static const char *const name[] = {"upwind", "van-leer", "weno5"};
    for (size_t i = 0; i < 3; i++) {
        pde_run r = around(fk_flux_find(name[i]), 100);
        const fk_ledger ledger = pde_ledger(&r);
        error[i] = pde_error(&r, box_of_one, 0.0);
        double most = 0.0;
        for (size_t c = 0; c < r.cells; c++)
            most = fmax(most, fk_evolution_density(r.evolution)[c]);
        ck_assert_double_ge(ledger.minimum, 0.0);
        ck_assert_double_le(most, i == 2 ? 1.01 : 1.0 + 1e-13);
        ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-13);
        pde_end(&r);
    }
    ck_assert_double_lt(error[1], 0.5 * error[0]);
    ck_assert_double_lt(error[2], 0.65 * error[1]);
}
END_TEST

/* A velocity that changes along the circle, no noise. */
START_TEST(every_wide_flux_has_its_order_without_noise)
{
    fk_sde *s = sde_text(FK_ITO, 1, 0, "x", "1 + 0.4*sin(2*pi*x)", "");
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++) {
        double width[3], error[3];
        fk_message message = {""};
        fk_pde_order_case c = {.sde = s,
                               .domain = pde_line(0.0, 1.0, 24, FK_PERIODIC),
                               .flux = *f,
                               .stepper = fk_pde_stepper_find("ssp-rk3"),
                               .end = 1.0,
                               .levels = 3};
        ck_assert(fk_pde_order_prepare(&c, &message) == FK_OK);
        ck_assert((*f)->reach == 1 || c.order == (*f)->drift_order);
        ck_assert(fk_pde_order_cells(&c, width, error, &message) == FK_OK);
        ck_assert((*f)->reach == 1 || fabs(log2(error[1] / error[2]) - c.order) < 0.25);
    }
    sde_text_free(s);
}
END_TEST

/* Zalesak's disc of radius 0.3 with a slot, sampled on 5 x 5 points a cell. */
static double slotted_disc(const double *lo, const double *hi, double t)
{
    (void)t;
    int inside = 0;
    for (int k = 0; k < 25; k++) {
        const double x = lo[0] + (k % 5 + 0.5) / 5.0 * (hi[0] - lo[0]);
        const double y = lo[1] + (k / 5 + 0.5) / 5.0 * (hi[1] - lo[1]);
        const bool disc = x * x + (y - 0.5) * (y - 0.5) < 0.09;
        inside += disc && (fabs(x) > 0.05 || y > 0.7);
    }
    return inside / 25.0;
}

/* LeVeque's swirl: a bump is drawn out into a spiral and back. */
static double bump(const double *lo, const double *hi, double t)
{
    (void)t;
    const double x = 0.5 * (lo[0] + hi[0]), y = 0.5 * (lo[1] + hi[1]);
    const double r = fmin(hypot(x - 0.25, y - 0.5) / 0.2, 1.0);
    return 0.5 * (1.0 + cos(M_PI * r));
}

typedef struct flow {
    const char *drift;
    double lo, hi, end, rate; /* of cells of width 1, at most */
    pde_law *law;             /* at the start and at the end */
} flow;

static const flow disc = {"-2*pi*y; 2*pi*x", -1.0, 1.0, 1.0, 4.0 * M_PI, slotted_disc};
static const flow swirl = {"sin(pi*x)^2*sin(2*pi*y)*cos(pi*t/1.5);"
                           "-sin(pi*y)^2*sin(2*pi*x)*cos(pi*t/1.5)",
                           0.0,
                           1.0,
                           1.5,
                           2.0,
                           bump};

/* Relative L1 error at the end on n x n cells. */
static double flow_error(const flow *q, const char *name, size_t n)
{
    const fk_flux *flux = fk_flux_find(name);
    const fk_domain d = pde_box(2, (double[]){q->lo, q->lo}, (double[]){q->hi, q->hi},
                                (size_t[]){n, n}, FK_REFLECTING);
    const fk_evolution_options o =
        longest(flux, q->rate * (double)n / (q->hi - q->lo), q->end);
    pde_run r = pde_begin(sde_text(FK_ITO, 2, 0, "x; y", q->drift, ""), d, name, &o,
                          0.0, pde_project(&d.grid, q->law, 0.0));
    const double mass = fk_density_mass(&d.grid, fk_evolution_density(r.evolution));
    pde_advance(&r, q->end);
    const fk_ledger ledger = pde_ledger(&r);
    ck_assert_double_ge(ledger.minimum, 0.0);
    ck_assert_double_eq_tol(ledger.defect, 0.0, 1e-12);
    const double error = pde_error(&r, q->law, q->end) / mass;
    pde_end(&r);
    return error;
}

START_TEST(zalesaks_disc_keeps_its_slot)
{
    const double blurred = flow_error(&disc, "upwind", 40);
    const double limited = flow_error(&disc, "van-leer", 40);
    const double weighted = flow_error(&disc, "weno5", 40);
    ck_assert_double_lt(limited, 0.6 * blurred);
    ck_assert_double_lt(weighted, 0.75 * limited);
}
END_TEST

START_TEST(a_swirl_is_undone)
{
    const double blurred = flow_error(&swirl, "upwind", 40);
    const double limited = flow_error(&swirl, "van-leer", 40);
    const double weighted = flow_error(&swirl, "weno5", 40);
    ck_assert_double_lt(limited, 0.4 * blurred);
    ck_assert_double_lt(weighted, 0.3 * limited);
}
END_TEST

/* dX = V dt, dV = dW from N(0, 0.01) in both: a Gaussian with covariance
 * [[s + s t^2 + t^3 / 3, s t + t^2 / 2], [., s + t]], s = 0.01. */
static double integrated_noise(const double *lo, const double *hi, double t)
{
    const double s = 0.01, xx = s + s * t * t + t * t * t / 3.0;
    const double xv = s * t + 0.5 * t * t, vv = s + t, det = xx * vv - xv * xv;
    double sum = 0.0;
    for (int k = 0; k < 9; k++) {
        const double x = lo[0] + (k % 3 + 0.5) / 3.0 * (hi[0] - lo[0]);
        const double v = lo[1] + (k / 3 + 0.5) / 3.0 * (hi[1] - lo[1]);
        sum += exp(-0.5 * (vv * x * x - 2.0 * xv * x * v + xx * v * v) / det);
    }
    return sum / 9.0 / (2.0 * M_PI * sqrt(det));
}

static double integrated_error(const char *name, size_t n)
{
    const fk_flux *flux = fk_flux_find(name);
    const fk_domain d = pde_box(2, (double[]){-4.0, -5.0}, (double[]){4.0, 5.0},
                                (size_t[]){n, n}, FK_OPEN);
    const double hx = 8.0 / (double)n, hv = 10.0 / (double)n;
    const fk_evolution_options o = longest(flux, 5.0 / hx + 1.0 / (hv * hv), 1.0);
    pde_run r = pde_begin(sde_text(FK_ITO, 2, 1, "x; v", "v; 0", "0; 1"), d, name, &o,
                          0.0, pde_project(&d.grid, integrated_noise, 0.0));
    pde_advance(&r, 1.0);
    ck_assert_double_ge(pde_ledger(&r).minimum, 0.0);
    const double error = pde_error(&r, integrated_noise, 1.0);
    pde_end(&r);
    return error;
}

START_TEST(degenerate_noise_is_stable_and_converges)
{
    const double upwind = integrated_error("upwind", 60);
    const double coarse = integrated_error("van-leer", 60);
    const double fine = integrated_error("van-leer", 120);
    ck_assert_double_lt(coarse, 0.3 * upwind);
    ck_assert_double_gt(log2(coarse / fine), 1.6);
}
END_TEST

static fk_status outcome(size_t dim, size_t n, const char *noise, const char *flux,
                         const char *stepper, fk_message *message)
{
    const fk_domain d = pde_box(dim, (double[]){0.0, 0.0}, (double[]){1.0, 1.0},
                                (size_t[]){n, n}, FK_REFLECTING);
    const fk_evolution_options o = {.stepper = fk_pde_stepper_find(stepper),
                                    .step = 1e-4};
    fk_sde *s = dim == 1 ? sde_text(FK_ITO, 1, 1, "x", "-x", noise)
                         : sde_text(FK_ITO, 2, 2, "x; y", "-x; -y", noise);
    fk_fokker_planck *fp = NULL;
    fk_evolution *e = NULL;
    double *p = pde_point(&d.grid, (double[]){0.5, 0.5});
    fk_status status = fk_fokker_planck_new(s, &d, fk_flux_find(flux), &fp, message);
    if (status == FK_OK)
        status = fk_evolution_new(fp, 0.0, p, &o, &e);
    if (status == FK_OK)
        status = fk_evolution_advance(e, 1e-4, NULL, message);
    fk_evolution_free(e);
    fk_fokker_planck_free(fp);
    sde_text_free(s);
    free(p);
    return status;
}

START_TEST(what_wide_fluxes_cannot_do_is_said)
{
    fk_message m = {""};
    ck_assert(outcome(2, 8, "1; 0; 0; 1", "weno5", "ssp-rk3", &m) == FK_OK);
    ck_assert(outcome(2, 8, "1; 0; 0.2; 1", "weno5", "ssp-rk3", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "cross terms") != NULL, "%s", m.text);
    ck_assert(outcome(1, 5, "1", "weno5", "ssp-rk3", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "at least 6 cells") != NULL, "%s", m.text);
    ck_assert(outcome(1, 8, "1", "van-leer", "tr-bdf2", &m) == FK_EDOMAIN);
    ck_assert_msg(strstr(m.text, "take ssp-rk3") != NULL, "%s", m.text);
    ck_assert(outcome(1, 8, "1", "fourth-order", "uniformisation", &m) == FK_EDOMAIN);
}
END_TEST

START_TEST(threads_do_not_change_a_bit)
{
    double *first = NULL;
    for (int threads = 1; threads <= 3; threads++) {
        omp_set_num_threads(threads);
        const size_t n = 100;
        const fk_domain d = pde_box(2, (double[]){-1.0, -1.0}, (double[]){1.0, 1.0},
                                    (size_t[]){n, n}, FK_OPEN);
        const fk_evolution_options o = longest(fk_flux_find("weno5"), 700.0, 0.002);
        pde_run r =
            pde_begin(sde_text(FK_ITO, 2, 0, "x; y", disc.drift, ""), d, "weno5", &o,
                      0.0, pde_project(&d.grid, slotted_disc, 0.0));
        pde_advance(&r, 0.002);
        const double *p = fk_evolution_density(r.evolution);
        if (first == NULL) {
            first = malloc(n * n * sizeof *first);
            memcpy(first, p, n * n * sizeof *first);
        }
        ck_assert(memcmp(first, p, n * n * sizeof *first) == 0);
        pde_end(&r);
    }
    free(first);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wide_flux");
    TCase *t = tcase_create("wide_flux");
    tcase_set_timeout(t, 30.0);
    tcase_add_test(t, a_box_goes_round_without_a_negative_cell);
    tcase_add_test(t, every_wide_flux_has_its_order_without_noise);
    tcase_add_test(t, zalesaks_disc_keeps_its_slot);
    tcase_add_test(t, a_swirl_is_undone);
    tcase_add_test(t, degenerate_noise_is_stable_and_converges);
    tcase_add_test(t, what_wide_fluxes_cannot_do_is_said);
    tcase_add_test(t, threads_do_not_change_a_bit);
    suite_add_tcase(s, t);
    return run_suite(s);
}
