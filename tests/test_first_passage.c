/* Exit times against known numbers: by particles with the bridge, by particles that are
 * seen after steps only, and by the density. */
#include "core/density.h"
#include "pde/evolution.h"
#include "tests/particle_fixture.h"

/* dX = drift dt + noise dW from x0 until it leaves by an absorbing face. */
typedef struct passage {
    const char *drift, *noise, *scheme;
    fk_domain domain;
    double x0;
} passage;

typedef struct exit_times {
    double mean, error; /* of the time, without regard to the face */
    double upper;       /* share through the upper face */
} exit_times;

static const passage brownian = {
    "0", "1", "euler-maruyama", {.face = {{FK_OPEN}}}, 0.0};

static passage between(passage p, double lo, double hi, size_t cells)
{
    p.domain = line(lo, hi, cells, FK_ABSORBING);
    return p;
}

/* E T = int P(T > t) dt: paths that are seen after steps only leave at their ends, so
 * that the sum over the steps' beginnings is exact; those with a bridge in between, so
 * that it is the trapezoidal rule. */
static exit_times by_particles(const passage *p, size_t count, double h, double end,
                               bool bridge)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", p->drift, p->noise);
    fk_law *law = normal_law_1d(p->x0, 0.0);
    fk_ensemble_options o = euler_options(count, h, 31);
    o.scheme = fk_scheme_find(p->scheme);
    o.faces.bridge = bridge;
    fk_ensemble *e = ensemble(sde, &p->domain, law, &o);
    const size_t steps = (size_t)lround(end / h);
    double sum = bridge ? -0.5 * h : 0.0, square = 0.0, before = 1.0;
    fk_census census = {0};
    for (size_t k = 0; k <= steps; k++) {
        const double t = (double)k * h;
        uint64_t where[FK_ELSEWHERE] = {0};
        advance(e, t);
        fk_ensemble_tally(e, NULL, where);
        census = fk_census_read(0, where);
        const double alive = (double)census.outside / (double)count;
        sum += k < steps ? h * alive : 0.0;
        square += (before - alive) * t * t;
        before = alive;
    }
    ck_assert_double_lt(before, 1e-3);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(sde);
    return (exit_times){sum, sqrt((square - sum * sum) / (double)count),
                        (double)census.absorbed[0][1] / (double)count};
}

/* A density's exits through the upper face, at n even times up to end, to F[n + 1]; E T
 * by the trapezoidal rule. */
static exit_times by_density(const passage *p, double end, size_t n, double *F)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", p->drift, p->noise);
    fk_fokker_planck *fp;
    fk_evolution *e;
    fk_message message = {""};
    size_t cell;
    double *p0 = fk_doubles(fk_grid_cells(&p->domain.grid));
    const fk_evolution_options o = {
        .stepper = fk_pde_stepper_find("tr-bdf2"), .tolerance = 1e-6, .span = end};
    ck_assert(fk_grid_find(&p->domain.grid, &p->x0, &cell));
    p0[cell] = 1.0 / fk_grid_volume(&p->domain.grid);
    ck_assert(fk_fokker_planck_new(sde, &p->domain, fk_flux_find("scharfetter-gummel"),
                                   &fp, &message) == FK_OK);
    ck_assert(fk_evolution_new(fp, 0.0, p0, &o, &e) == FK_OK);
    free(p0);
    double sum = 0.0;
    fk_ledger ledger;
    for (size_t k = 0; k <= n; k++) {
        const double t = end * (double)k / (double)n;
        ck_assert(fk_evolution_advance(e, t, NULL, &message) == FK_OK);
        fk_evolution_ledger(e, &ledger);
        sum += (k == 0 || k == n ? 0.5 : 1.0) * ledger.inside * end / (double)n;
        if (F != NULL)
            F[k] = ledger.left[0][1];
    }
    ck_assert_double_lt(ledger.inside, 2e-4);
    const exit_times out = {sum, 0.0, ledger.left[0][1]};
    fk_evolution_free(e);
    fk_fokker_planck_free(fp);
    sde_text_free(sde);
    return out;
}

/* From 0 in (-1, 1): E T = 1; seen every h only, by an integral equation, more. */
START_TEST(brownian_motion_between_walls)
{
    static const double step[] = {0.01, 0.0025};
    static const double seen[] = {1.1224136261, 1.0597332644};
    const passage p = between(brownian, -1.0, 1.0, 101);
    for (size_t k = 0; k < 2; k++) {
        const exit_times without = by_particles(&p, 8192, step[k], 8.0, false);
        printf("# h = %g: E T = %.4f +- %.4f without the bridge\n", step[k],
               without.mean, without.error);
        assert_sigmas(without.mean, seen[k], without.error);
        ck_assert_double_gt(without.mean - 1.0, 5.0 * without.error);
    }
    const exit_times with = by_particles(&p, 16384, step[0], 8.0, true);
    printf("# h = %g: E T = %.4f +- %.4f\n", step[0], with.mean, with.error);
    assert_sigmas(with.mean, 1.0, with.error);
    ck_assert_double_eq_tol(by_density(&p, 8.0, 800, NULL).mean, 1.0, 2e-4);
}
END_TEST

/* dx = -x dt + sqrt(2) dW from 0 to the first passage of S.  [ricciardi-sato-1988] */
START_TEST(ornstein_uhlenbeck_to_a_threshold)
{
    passage p = {"-x", "sqrt(2)", "exact-linear", line(-7.0, 1.0, 804, FK_ABSORBING),
                 0.0};
    p.domain.face[0][0] = FK_REFLECTING;
    const exit_times by = by_particles(&p, 8192, 0.01, 20.0, true);
    printf("# E T = %.4f +- %.4f (2.0934)\n", by.mean, by.error);
    assert_sigmas(by.mean, 2.0934066497, by.error);
    ck_assert_double_eq_tol(by_density(&p, 24.0, 2400, NULL).mean, 2.0934066497, 1e-3);
    p.domain.grid.axis[0] = (fk_axis){-6.0, 2.0, 802};
    ck_assert_double_eq_tol(by_density(&p, 100.0, 2000, NULL).mean, 10.428409398, 5e-3);
}
END_TEST

/* Drift v, walls at -+a, from 0:  P = 1 / (1 + e^(-2 v a)),  E T = a / v tanh(v a),
 *
 *     F(t) = P - e^(v a) pi / (4 a^2) sum_k k sin(k pi / 2) e^(-l_k t) / l_k,
 *     l_k = v^2 / 2 + k^2 pi^2 / (8 a^2)       through the upper wall [navarro-fuss-2009] */
static double decided(double v, double a, double t)
{
    const double pi = acos(-1.0);
    double sum = 0.0;
    for (int k = 1; k < 400; k += 2) {
        const double l = 0.5 * v * v + k * k * pi * pi / (8.0 * a * a);
        sum += (k % 4 == 1 ? k : -k) * exp(-l * t) / l;
    }
    return 1.0 / (1.0 + exp(-2.0 * v * a)) - exp(v * a) * pi / (4.0 * a * a) * sum;
}

START_TEST(drift_diffusion_decides)
{
    enum { TIMES = 400, N = 16384 };
    passage p = between(brownian, -1.0, 1.0, 401);
    p.drift = "1";
    double F[TIMES + 1];
    const exit_times by = by_density(&p, 8.0, TIMES, F);
    ck_assert_double_eq_tol(by.upper, 0.8807970780, 1e-4);
    ck_assert_double_eq_tol(by.mean, 0.7615941560, 2e-4);
    for (size_t k = 5; k <= TIMES; k++)
        ck_assert_double_eq_tol(F[k], decided(1.0, 1.0, 8.0 * (double)k / TIMES), 3e-5);

    const exit_times with = by_particles(&p, N, 0.01, 8.0, true);
    assert_sigmas(with.upper, 0.8807970780, sqrt(0.88 * 0.12 / N));
    assert_sigmas(with.mean, 0.7615941560, with.error);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("first_passage");
    TCase *cases = tcase_create("known numbers");
    tcase_add_test(cases, brownian_motion_between_walls);
    tcase_add_test(cases, ornstein_uhlenbeck_to_a_threshold);
    tcase_add_test(cases, drift_diffusion_decides);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
