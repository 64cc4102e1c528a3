/* Faults put into equations on purpose: each is seen, and named by the one correction that
 * undoes it with the amount that was put in; and right equations are left in peace. */
#include "sampling/typical.h"
#include "sampling/wrong_term.h"
#include "sde/test_family.h"
#include "sde/test_functions.h"
#include "solvers/whitening.h"
#include "tests/particle_fixture.h"

enum { FUNCTIONS = 24, DIM = 2 };

/* Two-sided, for fewer than 50 rows at the level 1e-4 together. */
static const double ALARM = 4.76;

/* The paths of an equation, the functions that look at them, and what is claimed. */
typedef struct bench {
    fk_weak_paths paths;
    fk_sde *claim;
    fk_law *law;
    double centre[DIM], width[DIM], box[2 * DIM];
    size_t n;
    const fk_expr *phi[FUNCTIONS];
    fk_weak_residual r;
} bench;

static void choose_functions(bench *b)
{
    fk_test_function f[FUNCTIONS];
    for (fk_family k = FK_HERMITE_FAMILY; k <= FK_BUMP_FAMILY; k++)
        b->n += fk_family_make(b->claim, k, b->centre, b->width, FUNCTIONS - b->n,
                               f + b->n);
    ck_assert_uint_le(b->n, FUNCTIONS);
    for (size_t i = 0; i < b->n; i++)
        b->phi[i] = f[i].phi;
}

static void open_bench(bench *b, const fk_sde *sde, fk_sde *claim, size_t count,
                       size_t steps, uint64_t seed)
{
    const double mean[] = {0.3, 0.2}, variance[] = {0.3, 0.4};
    fk_message message;
    b->law = normal_law(sde->dim, mean, variance);
    b->claim = claim;
    b->n = 0;
    b->paths = (fk_weak_paths){.sde = sde,
                               .law = b->law,
                               .count = count,
                               .steps = steps,
                               .end = 1.0,
                               .seed = seed,
                               .scheme = fk_scheme_find("euler-maruyama"),
                               .nodes = sde->dim == 1 ? 5 : 4};
    ck_assert(fk_typical(&b->paths, b->centre, b->width, &message) == FK_OK);
    fk_typical_box(sde->dim, b->centre, b->width, 3.0, b->box);
    b->paths.box = b->box;
    choose_functions(b);
    ck_assert(fk_weak_residual_measure(&b->paths, claim, b->n, b->phi, NULL, &b->r,
                                       &message) == FK_OK);
}

static void close_bench(bench *b)
{
    fk_weak_residual_clear(&b->r);
    fk_law_free(b->law);
}

static double worst(const bench *b)
{
    double most = 0.0;
    for (size_t k = 0; k < 2 * b->n; k++)
        most = fmax(most,
                    fabs(b->r.residual[k]) / sqrt(b->r.covariance[k * (2 * b->n + 1)]));
    return most;
}

/* The corrections that explain what is seen: their number, and the first one's kind and
 * amount; every other is rejected. */
typedef struct answer {
    size_t explain;
    fk_correction_kind kind[8];
    double amount[8], error[8];
} answer;

static answer blame(const bench *b)
{
    answer a = {0};
    fk_corrections c;
    fk_weak_residual base;
    fk_message message;
    double slope[16 * 2 * FUNCTIONS];
    ck_assert(fk_corrections_new(b->claim, &c) == FK_OK);
    ck_assert_uint_le(c.n, 16);
    ck_assert(fk_weak_slopes(&b->paths, b->claim, &c, b->n, b->phi, slope, &base,
                             &message) == FK_OK);
    for (size_t i = 0; i < c.n; i++) {
        fk_suspect s;
        ck_assert(fk_suspect_examine(&b->paths, &c.list[i], b->n, b->phi, &b->r, NULL,
                                     slope + 2 * b->n * i, NULL, &s,
                                     &message) == FK_OK);
        if (!s.explains)
            continue;
        a.kind[a.explain] = c.list[i].kind;
        a.amount[a.explain] = s.amount;
        a.error[a.explain++] = s.error;
    }
    fk_weak_residual_clear(&base);
    fk_corrections_clear(&c);
    return a;
}

/* A fault: the paths' equation, what is claimed instead, and what undoes it. */
typedef struct fault {
    const char *what;
    size_t dim;
    fk_interpretation is, claimed;
    const char *drift, *noise, *claimed_drift, *claimed_noise;
    fk_correction_kind kind;
    double amount;
} fault;

static const char well[] = "x - x^3", loud[] = "0.6*sqrt(1 + x^2)",
                  swirl[] = "-x - y; x - y";

static const fault faults[] = {
    {"factor 2 in D", 1, FK_ITO, FK_ITO, well, "0.7", well, "0.7/sqrt(2)",
     FK_NOISE_FACTOR, 2.0},
    {"sign of the drift", 1, FK_ITO, FK_ITO, well, "0.7", "x^3 - x", "0.7",
     FK_DRIFT_FACTOR, -1.0},
    {"dropped grad D", 1, FK_KINETIC, FK_ITO, well, loud, well, loud, FK_INDUCED_DRIFT,
     1.0},
    {"Ito for Stratonovich", 1, FK_STRATONOVICH, FK_ITO, well, loud, well, loud,
     FK_INDUCED_DRIFT, 0.5},
    {"Stratonovich for Ito", 1, FK_ITO, FK_STRATONOVICH, well, loud, well, loud,
     FK_INDUCED_DRIFT, -0.5},
    {"lost cross term", 2, FK_ITO, FK_ITO, swirl, "0.8; 0; 0.4; 0.6", swirl,
     "0.8; 0; 0; sqrt(0.52)", FK_CORRELATION, 0.5547001962252291}, /* 0.4/sqrt(0.52) */
    {"one noise too loud", 2, FK_ITO, FK_ITO, swirl, "0.8; 0; 0; 0.6", swirl,
     "0.8; 0; 0; 0.9", FK_NOISE_FACTOR, 4.0 / 9.0},
};

START_TEST(each_fault_is_found_and_named)
{
    const fault *f = &faults[_i];
    const char *variables = f->dim == 1 ? "x" : "x; y";
    fk_sde *sde = sde_text(f->is, f->dim, f->dim, variables, f->drift, f->noise);
    fk_sde *claim = sde_text(f->claimed, f->dim, f->dim, variables, f->claimed_drift,
                             f->claimed_noise);
    bench b;
    open_bench(&b, sde, claim, f->dim == 1 ? 4096 : 2048, 40, 11);
    ck_assert_msg(worst(&b) > ALARM, "%s: not seen, %g sigmas", f->what, worst(&b));
    const answer a = blame(&b);
    ck_assert_msg(a.explain == 1, "%s: %zu corrections explain it", f->what, a.explain);
    ck_assert_msg(a.kind[0] == f->kind, "%s: named as kind %d", f->what, a.kind[0]);
    ck_assert_msg(fabs(a.amount[0] - f->amount) < allowed_sigmas * a.error[0],
                  "%s: amount %g +- %g, put in %g", f->what, a.amount[0], a.error[0],
                  f->amount);
    ck_assert_double_lt(a.error[0], 0.15);
    close_bench(&b);
    sde_text_free(sde);
    sde_text_free(claim);
}
END_TEST

/* With drift -x and noise sqrt(1 + x^2) the induced drift is x too: nobody can tell. */
START_TEST(what_cannot_be_told_apart_is_named_together)
{
    fk_sde *sde = sde_text(FK_STRATONOVICH, 1, 1, "x", "-x", loud);
    fk_sde *claim = sde_text(FK_ITO, 1, 1, "x", "-x", loud);
    bench b;
    open_bench(&b, sde, claim, 8192, 40, 5);
    ck_assert_double_gt(worst(&b), ALARM);
    const answer a = blame(&b);
    ck_assert_uint_eq(a.explain, 2);
    ck_assert_int_eq(a.kind[0], FK_DRIFT_FACTOR);
    ck_assert_int_eq(a.kind[1], FK_INDUCED_DRIFT);
    /* -q x = -x + A 0.36 x */
    ck_assert_double_eq_tol(a.amount[0], 1.0 - 0.36 * a.amount[1], 1e-3);
    close_bench(&b);
    sde_text_free(sde);
    sde_text_free(claim);
}
END_TEST

START_TEST(no_false_alarm_over_many_seeds)
{
    fk_sde *sde = _i == 0   ? sde_text(FK_ITO, 1, 1, "x", well, "0.7")
                  : _i == 1 ? sde_text(FK_STRATONOVICH, 1, 1, "x", well, loud)
                            : sde_text(FK_ITO, 2, 2, "x; y", swirl, "0.8; 0; 0.4; 0.6");
    for (uint64_t seed = 0; seed < 200; seed++) {
        bench b;
        open_bench(&b, sde, sde, 1024, sde->dim == 1 ? 20 : 10, seed);
        ck_assert_msg(worst(&b) < ALARM, "seed %d: %g sigmas", (int)seed, worst(&b));
        close_bench(&b);
    }
    sde_text_free(sde);
}
END_TEST

/* x sees a constant drift and nothing else does it see in m; the noise it sees in s. */
START_TEST(blindness_is_known)
{
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "0.2", "0.7");
    const fk_expr *x = fk_test_monomial(sde->pool, sde->variable[0], 1);
    bench b;
    fk_corrections c;
    fk_weak_residual base;
    fk_message message;
    double slope[16];
    open_bench(&b, sde, sde, 1024, 20, 1);
    ck_assert(fk_corrections_new(sde, &c) == FK_OK);
    ck_assert_uint_eq(c.n, 2); /* drift and noise: there is no induced drift */
    ck_assert(fk_weak_slopes(&b.paths, sde, &c, 1, &x, slope, &base, &message) ==
              FK_OK);
    /* m of x answers to q by -0.2 T, by the share of steps looked at */
    ck_assert_double_eq_tol(slope[0], -0.2 * base.used, 1e-9);
    ck_assert_double_eq_tol(slope[2], 0.0, 1e-9);
    ck_assert_double_eq_tol(fk_weak_blindness(&base, slope, 5.0),
                            5.0 * sqrt(base.covariance[0]) / (0.2 * base.used), 1e-6);
    fk_weak_residual_clear(&base);
    fk_corrections_clear(&c);
    close_bench(&b);
    sde_text_free(sde);
}
END_TEST

/* |w|^2 = r^T C^-1 r, and an entry that is the sum of two others changes nothing. */
START_TEST(whitening_inverts_a_covariance)
{
    const double c2[] = {2.0, 0.6, 0.6, 0.5}, r[] = {0.7, -0.3, 0.4};
    const double c3[] = {2.0, 0.6, 2.6, 0.6, 0.5, 1.1, 2.6, 1.1, 3.7};
    const double det = 2.0 * 0.5 - 0.36;
    const double form =
        (0.5 * r[0] * r[0] - 1.2 * r[0] * r[1] + 2.0 * r[1] * r[1]) / det;
    for (size_t n = 2; n <= 3; n++) {
        fk_whitening w;
        double out[3] = {0.0};
        ck_assert(fk_whitening_new(n, n == 2 ? c2 : c3, 1e-9, &w) == FK_OK);
        ck_assert_uint_eq(w.rank, 2);
        fk_whitening_apply(&w, r, out);
        ck_assert_double_eq_tol(out[0] * out[0] + out[1] * out[1], form, 1e-13);
        fk_whitening_clear(&w);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("wrong_term");
    TCase *cases = tcase_create("wrong_term");
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, whitening_inverts_a_covariance);
    tcase_add_test(cases, blindness_is_known);
    tcase_add_loop_test(cases, each_fault_is_found_and_named, 0,
                        (int)(sizeof faults / sizeof *faults));
    tcase_add_test(cases, what_cannot_be_told_apart_is_named_together);
    tcase_add_loop_test(cases, no_false_alarm_over_many_seeds, 0, 3);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
