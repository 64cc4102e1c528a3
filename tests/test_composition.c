/* Composed scores and powers of mixtures: laws known in closed form, and what samplers that
 * follow such scores make of them. */
#include "tests/composition_fixture.h"

#include "core/density.h"

/* ---- powers of mixtures ---- */

static fk_mixture *gaussian_of(size_t n, const double *weight, const part *law)
{
    fk_mixture *data[LAWS], *out;
    fk_message message = {""};
    for (size_t k = 0; k < n; k++)
        data[k] = mixture_of(&law[k]);
    const fk_powers p = {n, weight, (const fk_mixture *const *)data};
    ck_assert_msg(fk_powers_gaussian(&p, &out, &message) == FK_OK, "%s", message.text);
    for (size_t k = 0; k < n; k++)
        fk_mixture_free(data[k]);
    return out;
}

static void check_rule(const char *name, double number, size_t n, const part *law,
                       double mean, double variance)
{
    double weight[LAWS];
    fk_composition_rule_find(name)->weigh(n, number, weight);
    fk_mixture *m = gaussian_of(n, weight, law);
    ck_assert_double_eq_tol(m->mean[0], mean, 1e-12);
    ck_assert_double_eq_tol(m->cov[0], variance, 1e-12);
    fk_mixture_free(m);
}

/* Naive Bayes: T ~ N(0, 4) seen three times with variance 4/3 gives N(1.32, 0.4), exactly with
 * the number that independence asks for.  Guidance of N(1, 1) away from N(0, 4): 2/1 - 1/4. */
START_TEST(rules_give_the_known_laws)
{
    const part bayes[] = {
        {{1}, {0}, {4}}, {{1}, {0.5}, {1}}, {{1}, {1.0}, {1}}, {{1}, {1.8}, {1}}};
    const part guided[] = {{{1}, {1}, {1}}, {{1}, {0}, {4}}};
    ck_assert_double_eq(fk_composition_rule_find("nbce")->standard(4), 2.0);
    check_rule("nbce", 2.0, 4, bayes, 1.32, 0.4);
    check_rule("nbce", 0.25, 4, bayes, 1.1 * 1.25 / 1.1875, 1.0 / 1.1875);
    check_rule("guidance", 1.0, 2, guided, 8.0 / 7.0, 4.0 / 7.0);
    check_rule("product", 1.0, 2, guided, 0.8, 0.8);
}
END_TEST

static const part pair[] = {{{0.5, 0.5}, {-2.0, 1.0}, {0.25, 0.25}},
                            {{0.4, 0.6}, {-1.0, 1.6}, {0.36, 0.36}}};

/* The product of two mixtures, tau wider, is a mixture of four. */
typedef struct product {
    double weight[4], mean[4], var, Z;
} product;

static product product_at(double tau)
{
    const double a = 0.25 + tau, b = 0.36 + tau;
    product p = {.var = a * b / (a + b)};
    for (size_t k = 0; k < 4; k++) {
        const double m = pair[0].mean[k / 2], n = pair[1].mean[k % 2];
        p.weight[k] = pair[0].weight[k / 2] * pair[1].weight[k % 2] *
                      exp(-0.5 * (m - n) * (m - n) / (a + b)) /
                      sqrt(2.0 * M_PI * (a + b));
        p.mean[k] = (m * b + n * a) / (a + b);
        p.Z += p.weight[k];
    }
    for (size_t k = 0; k < 4; k++)
        p.weight[k] /= p.Z;
    return p;
}

START_TEST(product_of_mixtures_on_a_grid)
{
    enum { CELLS = 240 };
    const product exact = product_at(0.0);
    fk_mixture *data[] = {mixture_of(&pair[0]), mixture_of(&pair[1])};
    const fk_powers p = {2, (const double[]){1.0, 1.0},
                         (const fk_mixture *const *)data};
    const fk_domain d = line(-6.0, 6.0, CELLS, FK_OPEN);
    double q[CELLS], log_z;
    fk_message message;
    ck_assert(fk_powers_project(&p, &d.grid, q, &log_z, &message) == FK_OK);
    ck_assert_double_eq_tol(log_z, log(exact.Z), 1e-9);
    ck_assert_double_eq_tol(exact.Z, 0.162942647, 5e-10);
    for (size_t c = 0; c < CELLS; c++) {
        double mass = 0.0;
        for (size_t k = 0; k < 4; k++)
            mass += exact.weight[k] * normal_mass(fk_axis_edge(&d.grid.axis[0], c),
                                                  fk_axis_edge(&d.grid.axis[0], c + 1),
                                                  exact.mean[k], sqrt(exact.var));
        ck_assert_double_eq_tol(q[c] * 12.0 / CELLS, mass, 1e-9);
    }
    fk_mixture_free(data[0]);
    fk_mixture_free(data[1]);
}
END_TEST

/* Correlated Gaussians of the plane with weights 2 and -1: moments on the grid, and the
 * precision 2 A - B. */
START_TEST(gaussians_of_the_plane)
{
    enum { CELLS = 120 };
    static double q[CELLS * CELLS];
    const double cov[2][4] = {{1.0, 0.3, 0.3, 0.5}, {4.0, -0.5, -0.5, 3.0}};
    const double mean[2][2] = {{0.5, -0.2}, {0.0, 0.1}};
    fk_mixture *data[2], *whole;
    for (size_t k = 0; k < 2; k++) {
        ck_assert(fk_mixture_new(2, 1, &data[k]) == FK_OK);
        data[k]->weight[0] = 1.0;
        memcpy(data[k]->mean, mean[k], sizeof mean[k]);
        memcpy(data[k]->cov, cov[k], sizeof cov[k]);
    }
    const fk_powers p = {2, (const double[]){2.0, -1.0},
                         (const fk_mixture *const *)data};
    const fk_domain d = box(2, (const double[]){-6, -6}, (const double[]){6, 6},
                            (const size_t[]){CELLS, CELLS}, FK_OPEN);
    fk_message message;
    ck_assert(fk_powers_gaussian(&p, &whole, &message) == FK_OK);
    ck_assert(fk_powers_project(&p, &d.grid, q, NULL, &message) == FK_OK);
    double m[2], s[4];
    fk_density_moments(&d.grid, q, m, s);
    for (size_t i = 0; i < 2; i++)
        ck_assert_double_eq_tol(m[i], whole->mean[i], 1e-9);
    for (size_t i = 0; i < 4; i++) /* a cell's own spread is in s */
        ck_assert_double_eq_tol(s[i], whole->cov[i], 1e-3);
    fk_mixture_free(data[0]);
    fk_mixture_free(data[1]);
    fk_mixture_free(whole);
}
END_TEST

/* Guided away from a law that is narrower: precision 2/1 - 1/0.25 < 0. */
START_TEST(no_law_without_mass)
{
    const part law[] = {{{1}, {1}, {1}}, {{1}, {0}, {0.25}}};
    fk_mixture *data[] = {mixture_of(&law[0]), mixture_of(&law[1])}, *out;
    const fk_powers p = {2, (const double[]){2.0, -1.0},
                         (const fk_mixture *const *)data};
    fk_message message = {""};
    ck_assert(fk_powers_gaussian(&p, &out, &message) == FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "not positive definite"));
    ck_assert_ptr_null(out);
    fk_mixture_free(data[0]);
    fk_mixture_free(data[1]);
}
END_TEST

/* ---- the score ---- */

/* S is the slope of log q at every time, by central differences: good to h^2. */
START_TEST(score_is_the_slope_of_the_logarithm)
{
    const double time[] = {0.05, 0.4, 1.5}, h = 1e-5;
    const plan p = {2, {1.7, -0.6}, {pair[0], pair[1]}, "-x", "sqrt(2)", "euler", 1.0,
                    2, time};
    trial t;
    trial_begin(&t, &p);
    fk_score *score;
    fk_powers_log *log_q;
    ck_assert(fk_composition_score_new(&t.composition, &score) == FK_OK);
    ck_assert(fk_powers_log_new(&t.last_powers, &log_q) == FK_OK);
    const size_t scratch =
        score->scratch + fk_powers_log_scratch(log_q) + 4 * (size_t)FK_BLOCK;
    double *x = fk_doubles(scratch), *s = x + FK_BLOCK, *up = s + FK_BLOCK,
           *down = up + FK_BLOCK, *rest = down + FK_BLOCK;
    const double *const at[] = {x};
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] = -4.0 + (double)j / 32.0;
    score->eval(score, t.recipe->n_times - 1, at, &s, rest);
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] += h;
    fk_powers_log_eval(log_q, at, up, rest);
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] -= 2.0 * h;
    fk_powers_log_eval(log_q, at, down, rest);
    for (size_t j = 0; j < FK_BLOCK; j++)
        ck_assert_double_eq_tol(s[j], (up[j] - down[j]) / (2.0 * h), 1e-8);
    free(x);
    fk_powers_log_free(log_q);
    fk_score_free(score);
    trial_end(&t);
}
END_TEST

/* ---- naive samplers: any of them takes the score, and none finds the product ---- */

/* The final variance of an affine flow, from two of its samples. */
static double flow_variance(const plan *p)
{
    trial t;
    trial_begin(&t, p);
    fk_law *start = trial_start(&t);
    fk_score *score;
    ck_assert(fk_composition_score_new(&t.composition, &score) == FK_OK);
    const fk_domain d = line(-1.0, 1.0, 2, FK_OPEN);
    const size_t frame[] = {t.recipe->n_times - 1};
    const fk_reverse_options o = {.count = 2,
                                  .seed = 5,
                                  .start = start,
                                  .histogram = &d.grid,
                                  .n_frames = 1,
                                  .frame = frame,
                                  .followed = 2};
    fk_reverse_result r;
    fk_message message = {""};
    ck_assert(fk_reverse_sample(t.sde, score, t.recipe, &o, NULL, &r, &message) ==
              FK_OK);
    const double slope = (r.x[1] - r.x[0]) / (r.followed[1] - r.followed[0]);
    const double variance = slope * slope * fk_law_mixture(start)->cov[0];
    fk_reverse_result_free(&r);
    fk_score_free(score);
    fk_law_free(start);
    trial_end(&t);
    return variance;
}

static void check_flow(const char *sampler, const double *weight, const part *law,
                       double T, double tolerance)
{
    enum { STEPS = 400 };
    double time[STEPS + 1], precision = 0.0, memory = 1.0;
    for (size_t k = 0; k <= STEPS; k++)
        time[k] = T * pow(1e-2 / T, 1.0 - (double)k / STEPS);
    for (size_t k = 0; k < 2; k++) {
        const double v = law[k].var[0];
        precision += weight[k] / (v + T);
        memory *= pow((v + time[0]) / (v + T), weight[k]);
    }
    const plan p = {
        2,   {weight[0], weight[1]}, {law[0], law[1]}, "0", "1", sampler, 0.0, STEPS,
        time};
    ck_assert_double_eq_tol(flow_variance(&p), memory / precision, tolerance);
}

/* Along the flow from noise T to tau the variance shrinks by prod ((v + tau) / (v + T))^w:
 * guidance of scale 2 from T = 100 ends near 1/4 in place of 4/7, two equal experts from T = 25
 * near 0 in place of 1/2.  Samplers of all kinds find just that. */
START_TEST(flows_end_elsewhere)
{
    static const struct {
        const char *name;
        double tolerance;
    } sampler[] = {
        {"dormand-prince", 1e-9}, {"rk4", 1e-7},   {"heun", 3e-4}, {"dpm-3", 1e-5},
        {"dpmpp-3m", 1e-4},       {"unipc", 1e-4}, {"ddim", 1e-2}};
    const part guided[] = {{{1}, {1}, {1}}, {{1}, {0}, {4}}};
    const part twins[] = {{{1}, {0}, {1}}, {{1}, {0}, {1}}};
    for (size_t k = 0; k < sizeof sampler / sizeof *sampler; k++) {
        check_flow(sampler[k].name, (const double[]){2, -1}, guided, 100.0,
                   sampler[k].tolerance);
        check_flow(sampler[k].name, (const double[]){1, 1}, twins, 25.0,
                   sampler[k].tolerance);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("composition");
    TCase *powers = tcase_create("powers"), *score = tcase_create("score");
    tcase_add_test(powers, rules_give_the_known_laws);
    tcase_add_test(powers, product_of_mixtures_on_a_grid);
    tcase_add_test(powers, gaussians_of_the_plane);
    tcase_add_test(powers, no_law_without_mass);
    tcase_add_test(score, score_is_the_slope_of_the_logarithm);
    tcase_add_test(score, flows_end_elsewhere);
    suite_add_tcase(suite, powers);
    suite_add_tcase(suite, score);
    return run_suite(suite);
}
