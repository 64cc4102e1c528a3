/* Walls that move: against the law of Bachelier and Levy for a wall that moves evenly, and
 * particles against the density. */
#include "core/density.h"
#include "pde/evolution.h"
#include "sde/walls.h"
#include "tests/particle_fixture.h"

/* dX = drift dt + dW between walls given as texts of t, all on the grid's axis. */
typedef struct scene {
    fk_sde *sde;
    fk_domain domain;
} scene;

static scene scene_of(const char *lower, const char *upper, fk_boundary below,
                      fk_boundary above, double lo, double hi, size_t cells)
{
    scene s = {sde_text(FK_ITO, 1, 1, "x", "0", "1"), line(lo, hi, cells, below)};
    const char *const text[] = {lower, upper};
    fk_expr_error error;
    s.domain.face[0][1] = above;
    for (size_t side = 0; side < 2; side++)
        ck_assert(fk_expr_parse(s.sde->pool, text[side], &(fk_expr_name){"t", NULL}, 1,
                                &s.domain.wall[side], &error) == FK_OK);
    return s;
}

/* Share that has ended by t = 1 from the Gaussian N(0, sd^2), and the rest's histogram. */
static double ended(const scene *s, double sd, double h, size_t count, uint64_t **rest)
{
    fk_law *law = normal_law_1d(0.0, sd * sd);
    fk_ensemble_options o = euler_options(count, h, 51);
    o.faces.bridge = true;
    fk_ensemble *e = ensemble(s->sde, &s->domain, law, &o);
    advance(e, 1.0);
    fk_census census;
    uint64_t *histogram = histogram_of(e, &s->domain.grid, &census);
    ck_assert_uint_eq(census.outside, 0);
    if (rest != NULL)
        *rest = histogram;
    else
        free(histogram);
    fk_ensemble_free(e);
    fk_law_free(law);
    return (double)(census.absorbed[0][0] + census.absorbed[0][1]) / (double)count;
}

/* The density at t = 1 in the walls' frame, remapped to p[cells]; what left. */
static double left_by_density(const scene *s, double sd, double *p)
{
    const size_t cells = s->domain.grid.axis[0].cells;
    fk_message message = {""};
    fk_domain unit;
    fk_sde *framed;
    fk_walls *walls;
    fk_fokker_planck *fp;
    fk_evolution *e;
    ck_assert(fk_walls_new(s->sde, &s->domain, &walls) == FK_OK);
    ck_assert(fk_walls_frame(s->sde, &s->domain, &framed, &unit) == FK_OK);
    double *scratch = fk_doubles(fk_walls_scratch(walls)), *q = fk_doubles(cells);
    fk_walls_now now = fk_walls_at(walls, 0.0, scratch);
    for (size_t c = 0; c < cells; c++) {
        const double width = (now.at[1] - now.at[0]) / (double)cells;
        const double lo = now.at[0] + (double)c * width;
        q[c] = normal_mass(lo, lo + width, 0.0, sd) * (double)cells;
    }
    const fk_evolution_options o = {
        .stepper = fk_pde_stepper_find("tr-bdf2"), .tolerance = 1e-6, .span = 1.0};
    ck_assert(fk_fokker_planck_new(framed, &unit, fk_flux_find("scharfetter-gummel"),
                                   &fp, &message) == FK_OK);
    ck_assert(fk_evolution_new(fp, 0.0, q, &o, &e) == FK_OK);
    ck_assert(fk_evolution_advance(e, 1.0, NULL, &message) == FK_OK);
    fk_ledger ledger;
    fk_evolution_ledger(e, &ledger);
    ck_assert_double_le(fabs(ledger.defect), 1e-12);
    now = fk_walls_at(walls, 1.0, scratch);
    for (size_t c = 0; c < cells; c++)
        q[c] = fk_evolution_density(e)[c] / (now.at[1] - now.at[0]);
    const fk_axis axis = {now.at[0], now.at[1], cells};
    fk_density_remap(&axis, q, &s->domain.grid.axis[0], p);
    ck_assert_double_eq_tol(fk_density_mass(&s->domain.grid, p), ledger.inside, 1e-12);
    free(q);
    free(scratch);
    fk_evolution_free(e);
    fk_fokker_planck_free(fp);
    fk_sde_free(framed);
    fk_walls_free(walls);
    return ledger.left[0][0] + ledger.left[0][1];
}

/* A wall at -d + v t is not met by time t with the probability
 *
 *     Phi((d - v t) / sqrt t) - e^(2 v d) Phi((-d - v t) / sqrt t). */
START_TEST(one_wall_that_moves_evenly)
{
    enum { N = 100000 };
    static const char *const wall[] = {"-1 + t/2", "-1 - t/2"};
    for (size_t k = 0; k < 2; k++) {
        const double v = k == 0 ? 0.5 : -0.5;
        scene s = scene_of(wall[k], "6", FK_ABSORBING, FK_REFLECTING, -1.5, 6.0, 375);
        const double met = 0.5 * erfc((1.0 - v) * M_SQRT1_2) +
                           exp(2.0 * v) * 0.5 * erfc((1.0 + v) * M_SQRT1_2);
        const double error = sqrt(met * (1.0 - met) / N);
        assert_sigmas(ended(&s, 0.0, 1.0, N, NULL), met, error); /* one step is exact */
        assert_sigmas(ended(&s, 0.0, 0.125, N, NULL), met, error);
        double p[375];
        const double by = left_by_density(&s, 0.01, p);
        printf("# met %.5f, by the density %.5f\n", met, by);
        ck_assert_double_eq_tol(by, met, 2e-4);
        sde_text_free(s.sde);
    }
}
END_TEST

static double below(double x)
{
    return 0.5 * erfc(-x * M_SQRT1_2);
}

/* Daniels's curved wall, met first by W where images at 1 and 2 cancel it:
 *
 *     S(t) = 1/2 - t log(1/4 + sqrt(1/16 + exp(-1/t) / 2)),
 *     P(not met by t) = Phi(S / sqrt t) - Phi((S - 1) / sqrt t) / 2
 *                                       - Phi((S - 2) / sqrt t) / 2.   [daniels-1969] */
static double met_by(double t)
{
    const double S = 0.5 - t * log(0.25 + sqrt(0.0625 + 0.5 * exp(-1.0 / t)));
    const double root = sqrt(t);
    return 1.0 - below(S / root) + 0.5 * below((S - 1.0) / root) +
           0.5 * below((S - 2.0) / root);
}

START_TEST(a_curved_wall)
{
    enum { N = 200000, CELLS = 400 };
    scene s = scene_of("-6", "1/2 - t*log(1/4 + sqrt(1/16 + exp(-1/max(t, 1e-3))/2))",
                       FK_REFLECTING, FK_ABSORBING, -6.0, 0.9, CELLS);
    fk_law *law = normal_law_1d(0.0, 0.0);
    fk_ensemble_options o = euler_options(N, 1.0 / 64.0, 52);
    o.faces.bridge = true;
    fk_ensemble *e = ensemble(s.sde, &s.domain, law, &o);
    for (double t = 0.25; t <= 1.0; t *= 2.0) {
        fk_census census;
        advance(e, t);
        free(histogram_of(e, &s.domain.grid, &census));
        assert_sigmas((double)census.absorbed[0][1] / N, met_by(t),
                      sqrt(met_by(t) * (1.0 - met_by(t)) / N));
    }
    double p[CELLS];
    const double by = left_by_density(&s, 0.01, p);
    printf("# met %.5f, by the density %.5f\n", met_by(1.0), by);
    ck_assert_double_eq_tol(by, met_by(1.0), 2e-4);
    fk_ensemble_free(e);
    fk_law_free(law);
    sde_text_free(s.sde);
}
END_TEST

/* Particles and density between two walls that move, of all kinds. */
START_TEST(particles_agree_with_the_density)
{
    enum { N = 100000, CELLS = 120 };
    static const struct {
        fk_boundary below, above;
    } faces[] = {{FK_ABSORBING, FK_ABSORBING},
                 {FK_PARTIAL, FK_REFLECTING},
                 {FK_REFLECTING, FK_REFLECTING}};
    for (size_t k = 0; k < 3; k++) {
        scene s = scene_of("-1 + 0.4*sin(3*t)", "1.2 - 0.5*t", faces[k].below,
                           faces[k].above, -1.0, 1.2, CELLS);
        s.domain.reactivity[0][0] = fk_expr_number(s.sde->pool, 0.7);
        double p[CELLS], mass[CELLS + 1];
        uint64_t *rest;
        const double by = left_by_density(&s, 0.2, p);
        const double share = ended(&s, 0.2, 1.0 / 512.0, N, &rest);
        mass[CELLS] = by;
        for (size_t c = 0; c < CELLS; c++)
            mass[c] = p[c] * fk_axis_width(&s.domain.grid.axis[0]);
        const double chance = p_value(&s.domain.grid, rest, mass);
        printf("# left %.4f, by the density %.4f; p = %.3f\n", share, by, chance);
        if (k < 2)
            assert_sigmas(share, by, sqrt(by * (1.0 - by) / N) + 2e-4);
        else
            ck_assert(share == 0.0 && by == 0.0);
        ck_assert_double_gt(chance, least_p_value);
        free(rest);
        sde_text_free(s.sde);
    }
}
END_TEST

/* x^2 on one grid to another that it does not fit: mass and order. */
START_TEST(remapping_keeps_mass)
{
    double error[2];
    for (size_t k = 0; k < 2; k++) {
        const size_t n = k == 0 ? 40 : 160;
        const double shift = 0.3 / (double)n; /* edges lie alike in both */
        const fk_axis from = {0.0, 1.0, n}, to = {-0.2 - shift, 1.3 - shift, 6 * n / 5};
        double p[160], out[192], mass = 0.0;
        error[k] = 0.0;
        for (size_t c = 0; c < n; c++) {
            const double a = fk_axis_edge(&from, c), b = fk_axis_edge(&from, c + 1);
            p[c] = (b * b * b - a * a * a) / (b - a);
        }
        fk_density_remap(&from, p, &to, out);
        for (size_t c = 0; c < to.cells; c++) {
            const double a = fmin(fmax(fk_axis_edge(&to, c), 0.0), 1.0);
            const double b = fmin(fmax(fk_axis_edge(&to, c + 1), 0.0), 1.0);
            const double exact = (b * b * b - a * a * a) / fk_axis_width(&to);
            error[k] += fabs(out[c] - exact) * fk_axis_width(&to);
            mass += out[c] * fk_axis_width(&to);
            ck_assert_double_ge(out[c], 0.0);
        }
        ck_assert_double_eq_tol(mass, 1.0, 1e-14);
    }
    printf("# remap: order %.2f\n", log(error[0] / error[1]) / log(4.0));
    ck_assert_double_gt(log(error[0] / error[1]) / log(4.0), 1.9);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("moving_walls");
    TCase *cases = tcase_create("laws");
    tcase_add_test(cases, one_wall_that_moves_evenly);
    tcase_add_test(cases, a_curved_wall);
    tcase_add_test(cases, particles_agree_with_the_density);
    tcase_add_test(cases, remapping_keeps_mass);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
