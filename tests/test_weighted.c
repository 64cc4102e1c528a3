/* Paths with Feynman-Kac weights.  For Gaussians the scores are linear and psi is quadratic,
 * so that the weighted law of the steps themselves is a Gaussian known by recursion. */
#include "sampling/resampling.h"
#include "solvers/integrate.h"
#include "tests/composition_fixture.h"

/* ---- resampling ---- */

/* Everyone as often as his weight says, rounded up or down, and exactly so on average. */
START_TEST(systematic_resampling)
{
    enum { N = 5, M = 7, OFFSETS = 1000 };
    const double weight[N] = {0.05, 0.4, 0.0, 0.3, 0.25};
    double mean[N] = {0.0};
    for (size_t k = 0; k < OFFSETS; k++) {
        size_t parent[M], times[N] = {0};
        fk_resample(N, weight, ((double)k + 0.5) / OFFSETS, M, parent);
        for (size_t j = 0; j < M; j++) {
            times[parent[j]]++;
            ck_assert(j == 0 || parent[j] >= parent[j - 1]);
        }
        for (size_t i = 0; i < N; i++) {
            ck_assert_double_lt(fabs((double)times[i] - M * weight[i]), 1.0);
            mean[i] += (double)times[i] / OFFSETS;
        }
    }
    for (size_t i = 0; i < N; i++)
        ck_assert_double_eq_tol(mean[i], M * weight[i], 1.01 / OFFSETS);
}
END_TEST

/* Far beyond what exp can hold; none at all; no number. */
START_TEST(sums_of_weights)
{
    double weight[4];
    const double alike[] = {-2000.0, -2000.0, -2000.0, -2000.0};
    fk_weight_sums s = fk_weight_sums_of(4, alike, weight);
    ck_assert_double_eq(s.log_mean, -2000.0);
    ck_assert_double_eq(s.share, 1.0);
    ck_assert_double_eq(weight[3], 0.25);
    s = fk_weight_sums_of(4, (const double[]){900.0, -900.0, -900.0, -INFINITY},
                          weight);
    ck_assert_double_eq_tol(s.log_mean, 900.0 - log(4.0), 1e-12);
    ck_assert_double_eq_tol(s.share, 0.25, 1e-15);
    ck_assert_double_eq(weight[0], 1.0);
    s = fk_weight_sums_of(2, (const double[]){-INFINITY, -INFINITY}, NULL);
    ck_assert_double_eq(s.log_mean, -INFINITY);
    ck_assert(isnan(fk_weight_sums_of(2, (const double[]){0.0, NAN}, NULL).log_mean));
}
END_TEST

/* ---- Gaussians by recursion ---- */

/* mass N(mean, var) */
typedef struct lump {
    double mean, var, log_mass;
} lump;

/* Times exp(h (A x^2 + B x + C)). */
static lump weighed(lump p, double h, double A, double B, double C)
{
    const double precision = 1.0 / p.var - 2.0 * h * A, pull = p.mean / p.var + h * B;
    const double log_mass = p.log_mass + h * C - 0.5 * log(p.var * precision) +
                            0.5 * (pull * pull / precision - p.mean * p.mean / p.var);
    return (lump){pull / precision, 1.0 / precision, log_mass};
}

/* s_k = -(x - c_k)/v_k of dX = -X dt + sqrt(2) dW at time t */
static void score_of(const plan *p, size_t k, double t, double *slope, double *value)
{
    const double v = 1.0 + (p->law[k].var[0] - 1.0) * exp(-2.0 * t);
    *slope = -1.0 / v;
    *value = p->law[k].mean[0] * exp(-t) / v;
}

typedef struct line_score {
    double slope, value, A, B, C; /* S, and psi = A x^2 + B x + C */
} line_score;

static line_score composed_at(const plan *p, double t)
{
    line_score s = {0.0, 0.0, 0.0, 0.0, 0.0};
    double excess = -1.0;
    for (size_t k = 0; k < p->n; k++) {
        double a, b;
        score_of(p, k, t, &a, &b);
        s.slope += p->weight[k] * a;
        s.value += p->weight[k] * b;
        s.A -= p->weight[k] * a * a;
        s.B -= 2.0 * p->weight[k] * a * b;
        s.C -= p->weight[k] * b * b;
        excess += p->weight[k];
    }
    s.A += s.slope * s.slope;
    s.B += 2.0 * s.slope * s.value;
    s.C += s.value * s.value - excess; /* div f = -1 */
    return s;
}

/* Euler and Maruyama's steps with weights by the trapezoidal rule, a = 1. */
static lump steps_law(const plan *p, lump q)
{
    for (size_t k = p->steps + 1; k-- > 0;) {
        const line_score s = composed_at(p, p->time[k]);
        const double before = k < p->steps ? p->time[k + 1] - p->time[k] : 0.0;
        const double h = k > 0 ? p->time[k] - p->time[k - 1] : 0.0;
        const double c = 1.0 + p->lambda * p->lambda;
        q = weighed(q, 0.5 * (before + h), s.A, s.B, s.C);
        const double slope = 1.0 + h * (1.0 + c * s.slope);
        q.mean = slope * q.mean + h * c * s.value;
        q.var = slope * slope * q.var + 2.0 * p->lambda * p->lambda * h;
    }
    return q;
}

/* q_t itself, and log int prod p_k^w_k. */
static lump target_at(const plan *p, double t)
{
    double precision = 0.0, pull = 0.0, log_z = 0.0;
    for (size_t k = 0; k < p->n; k++) {
        double a, b;
        score_of(p, k, t, &a, &b);
        precision -= p->weight[k] * a;
        pull += p->weight[k] * b;
        log_z += p->weight[k] * (0.5 * log(-a / (2.0 * M_PI)) + 0.5 * b * b / a);
    }
    return (lump){pull / precision, 1.0 / precision,
                  log_z + 0.5 * log(2.0 * M_PI / precision) +
                      0.5 * pull * pull / precision};
}

static const plan guided = {.n = 2,
                            .weight = {2.0, -1.0},
                            .law = {{{1}, {1.0}, {0.4}}, {{1}, {0.0}, {1.5}}},
                            .drift = "-x",
                            .noise = "sqrt(2)",
                            .sampler = "reverse-sde"};

static void check_recursion(plan p, double lambda, size_t steps)
{
    double *time = spread_times(1.2, 0.5, steps);
    p.lambda = lambda, p.steps = steps, p.time = time;
    trial t;
    trial_begin(&t, &p);
    fk_law *start = trial_start(&t);
    const fk_weighted_options o = {
        .groups = 32, .count = 1000, .seed = 11, .share = 0.5, .start = start};
    fk_weighted_result r = trial_sample(&t, &o);
    lump first = target_at(&p, 1.2);
    first.log_mass = 0.0;
    const lump known = steps_law(&p, first);
    const fk_weighted_mean mean = moment_of(&r, 1), square = moment_of(&r, 2);
    assert_sigmas(mean.value, known.mean, mean.error);
    assert_sigmas(square.value, known.var + known.mean * known.mean, square.error);
    assert_sigmas(r.log_mass, known.log_mass, r.mass_error);
    ck_assert_double_lt(mean.error, 0.02);
    fk_weighted_result_free(&r);
    fk_law_free(start);
    trial_end(&t);
    free(time);
}

/* Few steps, whose own error is plain, and several lambdas: with little noise paths end
 * closer together than the product is wide, and no weights make good for that. */
START_TEST(weighted_law_of_the_steps_themselves)
{
    const double lambda[] = {1.1, 1.4, 1.8};
    for (size_t k = 0; k < 3; k++) {
        check_recursion(twins(), lambda[k], 24);
        check_recursion(guided, lambda[k] - 0.3, 24);
    }
}
END_TEST

/* ... and with more of them the law becomes the product's: order 1 in mean, variance and
 * mass, for every lambda. */
START_TEST(steps_converge_to_the_product)
{
    const double lambda[] = {0.0, 0.5, 1.0};
    const plan both[] = {twins(), guided};
    for (size_t k = 0; k < 6; k++) {
        double error[2][3];
        plan p = both[k % 2];
        p.lambda = lambda[k / 2];
        lump end = {0.0, 0.0, 0.0};
        for (size_t i = 0; i < 2; i++) {
            double *time = spread_times(1.2, 0.5, 400 << i);
            p.steps = 400 << i, p.time = time;
            const lump first = target_at(&p, 1.2), q = steps_law(&p, first);
            end = target_at(&p, 0.0);
            error[i][0] = q.mean - end.mean;
            error[i][1] = q.var - end.var;
            error[i][2] = q.log_mass - end.log_mass;
            free(time);
        }
        for (size_t j = 0; j < 3; j++) {
            ck_assert_double_lt(fabs(error[1][j]), 2e-2);
            ck_assert_double_eq_tol(error[0][j] / error[1][j], 2.0, 0.1);
        }
    }
}
END_TEST

/* ---- along the flow nothing is random ---- */

/* y = (x, log weight), r = T - t */
static void along(double r, const double *y, double *dy, void *context)
{
    const line_score s = composed_at(context, 1.2 - r);
    dy[0] = y[0] + s.slope * y[0] + s.value;
    dy[1] = (s.A * y[0] + s.B) * y[0] + s.C;
}

static double flow_error(plan *p, const char *sampler, size_t steps)
{
    double *time = spread_times(1.2, 0.5, steps), y[] = {0.7, 0.0};
    p->sampler = sampler, p->steps = steps, p->time = time;
    trial t;
    trial_begin(&t, p);
    fk_law *start = normal_law_1d(0.7, 0.0);
    const fk_weighted_options o = {
        .groups = 2, .count = 1, .seed = 1, .share = 0.0, .start = start};
    fk_weighted_result r = trial_sample(&t, &o);
    ck_assert(fk_integrate(2, along, p, 0.0, 1.2, 1e-13, y) == FK_OK);
    const double error = r.log_mass - y[1];
    fk_weighted_result_free(&r);
    fk_law_free(start);
    trial_end(&t);
    free(time);
    return error;
}

/* The weight of one path from a point: the order of the sampler, at most the two of the
 * trapezoidal rule. */
START_TEST(weight_along_the_flow_has_its_order)
{
    static const struct {
        const char *name;
        double order;
    } sampler[] = {{"euler", 1}, {"heun", 2}, {"rk4", 2}};
    for (size_t k = 0; k < 3; k++) {
        plan p = guided;
        p.lambda = 0.0;
        const double coarse = flow_error(&p, sampler[k].name, 80),
                     fine = flow_error(&p, sampler[k].name, 160);
        ck_assert_double_eq_tol(log2(fabs(coarse / fine)), sampler[k].order, 0.1);
        ck_assert_double_lt(fabs(fine), 0.02);
    }
}
END_TEST

/* ---- two mixtures ---- */

static const plan mixtures = {.n = 2,
                              .weight = {1.0, 1.0},
                              .law = {{{0.5, 0.5}, {-2.0, 1.0}, {0.25, 0.25}},
                                      {{0.4, 0.6}, {-1.0, 1.6}, {0.36, 0.36}}},
                              .drift = "0",
                              .noise = "1",
                              .sampler = "reverse-sde",
                              .lambda = 1.0};

/* The product of both without noise: E x and P(x > 0), and log Z_0. */
static void known_product(double *mean, double *right, double *log_z)
{
    const double a = 0.25, b = 0.36, var = a * b / (a + b);
    double Z = 0.0;
    *mean = *right = 0.0;
    for (size_t k = 0; k < 4; k++) {
        const part *p = mixtures.law;
        const double m = p[0].mean[k / 2], n = p[1].mean[k % 2];
        const double w = p[0].weight[k / 2] * p[1].weight[k % 2] *
                         exp(-0.5 * (m - n) * (m - n) / (a + b)) /
                         sqrt(2.0 * M_PI * (a + b));
        const double centre = (m * b + n * a) / (a + b);
        Z += w;
        *mean += w * centre;
        *right += w * 0.5 * erfc(-centre / sqrt(2.0 * var));
    }
    *mean /= Z;
    *right /= Z;
    *log_z = log(Z);
}

/* From a Gaussian with the weights of q_T over it, the weighted paths find the product,
 * and the mean weight its mass; without weights more than ten standard errors are missing. */
START_TEST(product_of_mixtures_is_found)
{
    enum { STEPS = 300 };
    double *time = spread_times(4.0, 0.25, STEPS), mean, right, log_z;
    plan p = mixtures;
    p.steps = STEPS, p.time = time;
    trial t;
    trial_begin(&t, &p);
    fk_law *start = trial_start(&t);
    fk_weighted_options o = {.groups = 40,
                             .count = 1500,
                             .seed = 21,
                             .share = 0.5,
                             .start = start,
                             .begin = &t.last_powers};
    fk_weighted_result r = trial_sample(&t, &o);
    known_product(&mean, &right, &log_z);
    ck_assert_double_eq_tol(mean, 0.4373005, 1e-6);
    const fk_weighted_mean m = moment_of(&r, 1), q = moment_of(&r, 0);
    assert_sigmas(m.value, mean, m.error);
    assert_sigmas(q.value, right, q.error);
    assert_sigmas(r.log_mass, log_z, r.mass_error);
    ck_assert_double_lt(m.error, 0.03);
    ck_assert_double_lt(q.error, 0.008);
    ck_assert_double_lt(r.mass_error, 0.03);
    ck_assert_double_gt(r.resamplings, 0.9);
    fk_weighted_result_free(&r);
    fk_law_free(start);
    trial_end(&t);
    free(time);
}
END_TEST

/* ---- a drift that is not linear ---- */

/* dX = X - X^3 + dW has the stationary density p of the score 2 (x - x^3); its square goes
 * nowhere either, but paths that follow twice the score start to gather, and div f = 1 - 3 x^2
 * is not the same for all. */
static void eval_well(const fk_score *score, size_t k, const double *const *x,
                      double *const *s, double *scratch)
{
    (void)score, (void)k, (void)scratch;
    for (size_t j = 0; j < FK_BLOCK; j++)
        s[0][j] = 2.0 * x[0][j] * (1.0 - x[0][j] * x[0][j]);
}

START_TEST(square_of_a_stationary_law_stays)
{
    enum { STEPS = 200, CELLS = 200 };
    double *time = spread_times(1.0, 1e3, STEPS);
    fk_sde *sde = sde_text(FK_ITO, 1, 1, "x", "x - x^3", "1");
    const fk_domain d = line(-2.5, 2.5, CELLS, FK_OPEN);
    const fk_expr *density;
    fk_law *start;
    fk_recipe *recipe;
    fk_message message = {""};
    const fk_expr_name x = {"x", sde->variable[0]};
    fk_expr_error error;
    ck_assert(fk_expr_parse(sde->pool, "exp(2*x^2 - x^4)", &x, 1, &density, &error) ==
              FK_OK);
    ck_assert(fk_law_expression_new(sde, density, &d.grid, &start, &message) == FK_OK);
    ck_assert(fk_recipe_new(fk_sampler_find("reverse-sde"), NULL, STEPS, time,
                            &fk_sampler_standard, &recipe, &message) == FK_OK);
    fk_score well = {
        .dim = 1, .n_times = recipe->n_times, .time = recipe->time, .eval = eval_well};
    const fk_score *const wells[] = {&well, &well};
    const fk_composition c = {2, (const double[]){1.0, 1.0}, wells};
    const fk_weighted_options o = {
        .groups = 40, .count = 500, .seed = 31, .share = 0.5, .start = start};
    fk_weighted_result r;
    ck_assert(fk_weighted_sample(sde, &c, recipe, &o, NULL, &r, &message) == FK_OK);
    double mean, square;
    ck_assert(fk_law_moments(start, &mean, &square) == FK_OK);
    const fk_weighted_mean m = moment_of(&r, 2);
    assert_sigmas(m.value, square + mean * mean, m.error);
    ck_assert_double_lt(m.error, 0.015);
    fk_weighted_result_free(&r);
    fk_recipe_free(recipe);
    fk_law_free(start);
    sde_text_free(sde);
    free(time);
}
END_TEST

/* ---- error bars ---- */

/* Distances from the truth in standard errors, over many seeds: their squares have the mean
 * G - 1 over G - 3 of Student's t with as many degrees. */
START_TEST(error_bars_are_honest)
{
    enum { SEEDS = 60, GROUPS = 16, STEPS = 24 };
    double *time = spread_times(1.2, 0.5, STEPS), sum[3] = {0.0};
    plan p = guided;
    p.lambda = 1.2, p.steps = STEPS, p.time = time;
    trial t;
    trial_begin(&t, &p);
    fk_law *start = trial_start(&t);
    lump first = target_at(&p, 1.2);
    first.log_mass = 0.0;
    const lump known = steps_law(&p, first);
    for (size_t k = 0; k < SEEDS; k++) {
        const fk_weighted_options o = {.groups = GROUPS,
                                       .count = 200,
                                       .seed = 100 + k,
                                       .share = 0.7,
                                       .start = start};
        fk_weighted_result r = trial_sample(&t, &o);
        const fk_weighted_mean m = moment_of(&r, 1), q = moment_of(&r, 2);
        sum[0] += pow((m.value - known.mean) / m.error, 2.0);
        sum[1] += pow((q.value - known.var - known.mean * known.mean) / q.error, 2.0);
        sum[2] += pow((r.log_mass - known.log_mass) / r.mass_error, 2.0);
        fk_weighted_result_free(&r);
    }
    const double mean = (GROUPS - 1.0) / (GROUPS - 3.0);
    for (size_t k = 0; k < 3; k++)
        assert_sigmas(sum[k] / SEEDS, mean, mean * sqrt(2.6 / SEEDS));
    fk_law_free(start);
    trial_end(&t);
    free(time);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("weighted");
    TCase *resampling = tcase_create("resampling"), *laws = tcase_create("laws");
    tcase_add_test(resampling, systematic_resampling);
    tcase_add_test(resampling, sums_of_weights);
    tcase_add_test(laws, weighted_law_of_the_steps_themselves);
    tcase_add_test(laws, steps_converge_to_the_product);
    tcase_add_test(laws, weight_along_the_flow_has_its_order);
    tcase_add_test(laws, product_of_mixtures_is_found);
    tcase_add_test(laws, square_of_a_stationary_law_stays);
    tcase_add_test(laws, error_bars_are_honest);
    suite_add_tcase(suite, resampling);
    suite_add_tcase(suite, laws);
    return run_suite(suite);
}
