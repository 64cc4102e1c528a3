/* The processes of generative models, read by name, against their alpha and sigma. */
#include <math.h>

#include "sde/noise_schedule.h"
#include "tests/refusal.h"
#include "tests/suite.h"

typedef struct exact {
    double alpha, sigma2;
} exact;

static exact vp(double t)
{
    const double B = 0.1 * t + 9.95 * t * t;
    return (exact){exp(-0.5 * B), -expm1(-B)};
}

static exact sub_vp(double t)
{
    const exact e = vp(t);
    return (exact){e.alpha, e.sigma2 * e.sigma2};
}

static exact ve(double t)
{
    return (exact){1.0, 1e-4 * expm1(2.0 * t * log(5000.0))};
}

static exact edm(double t)
{
    return (exact){1.0, t * t};
}

/* sigma^2 = 1 - alpha^2 = sin(u + u0) sin(u - u0) / cos(u0)^2 */
static exact vp_cosine(double t)
{
    const double s = 0.008, u = 0.5 * M_PI * (t + s) / (1.0 + s),
                 u0 = 0.5 * M_PI * s / (1.0 + s);
    return (exact){sin(0.5 * M_PI * (1.0 - t) / (1.0 + s)) / cos(u0),
                   sin(u + u0) * sin(u - u0) / pow(cos(u0), 2.0)};
}

/* s = 0: alpha and sigma are cosine and sine. */
static exact trigonometric(double t)
{
    return (exact){sin(0.5 * M_PI * (1.0 - t)), pow(sin(0.5 * M_PI * t), 2.0)};
}

static exact rectified(double t)
{
    return (exact){1.0 - t, t * t};
}

static const struct {
    const char *process, *parameters;
    double end;
    exact (*at)(double t);
} row[] = {
    {"vp", "", 1.0, vp},
    {"sub-vp", "", 1.0, sub_vp},
    {"ve", "", 1.0, ve},
    {"edm", "", 80.0, edm},
    {"vp-cosine", "", 0.9999, vp_cosine},
    {"vp-cosine", "s: 0", 0.9999, trigonometric},
    {"rectified", "", 0.9999, rectified},
};

enum { ROWS = sizeof row / sizeof *row };

static fk_problem *problem(size_t i)
{
    char text[300];
    snprintf(text, sizeof text,
             "process: %s\nvariables: [x, y]\nparameters: {%s}\ntime: %.9g\npde: off\n"
             "initial: {point: [1, 1]}\n",
             row[i].process, row[i].parameters, row[i].end);
    write_file("problem.yaml", text, strlen(text));
    return read_with(0, NULL);
}

START_TEST(alpha_and_sigma_are_those_of_the_name)
{
    static const double share[] = {1e-6, 1e-3, 0.07, 0.5, 0.93, 1.0};
    for (size_t i = 0; i < ROWS; i++) {
        fk_problem *p = problem(i);
        fk_noise_schedule *s = NULL;
        ck_assert_int_eq(fk_noise_schedule_new(p->sde, 0.0, p->end, &s), FK_OK);
        ck_assert_ptr_nonnull(s);
        for (size_t k = 0; k < sizeof share / sizeof *share; k++) {
            const double t = share[k] * p->end;
            const exact e = row[i].at(t);
            const fk_noise_level l = fk_noise_at(s, t);
            ck_assert_msg(fabs(l.alpha / e.alpha - 1.0) < 1e-12 &&
                              fabs(l.sigma * l.sigma / e.sigma2 - 1.0) < 1e-11,
                          "%s, t = %g: alpha %.17g, %.17g; sigma^2 %.17g, %.17g",
                          row[i].process, t, l.alpha, e.alpha, l.sigma * l.sigma,
                          e.sigma2);
        }
        fk_noise_schedule_free(s);
        fk_problem_free(p);
    }
}
END_TEST

/* An end at the pole is a mistake of the file, however it is written. */
START_TEST(infinite_ends_are_refused)
{
    static const char *const base[] = {
        "process: rectified",  "variables: [x]", "time: 0.9", "pde: off",
        "initial: {point: 1}", "# end",          NULL};
    static const wrong w[] = {
        {3, "time: 1",
         AT "3:7: time: must end before 1, where a coefficient of the process "
            "'rectified' is infinite"},
        {3, "time: {output: [0.5, 1.5]}", AT "3:7: time: must end before 1"},
        {0, NULL, NULL},
    };
    check_all(base, w);
    fk_problem *p = read_line(base, 1, "process: vp-cosine");
    const fk_expr *name[2] = {p->sde->time};
    double t = 1.0;
    ck_assert(isinf(fk_expr_value(p->sde->drift[0], 1, name, &t)) ||
              isnan(fk_expr_value(p->sde->drift[0], 1, name, &t)));
    fk_problem_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process_schedules");
    TCase *cases = tcase_create("process_schedules");
    tcase_add_test(cases, alpha_and_sigma_are_those_of_the_name);
    tcase_add_test(cases, infinite_ends_are_refused);
    suite_add_tcase(suite, cases);
    return run_in_scratch(suite);
}
