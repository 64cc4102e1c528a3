/* Named processes in problem files. */
#include "sde/linear.h"
#include "tests/refusal.h"

static const char *const ou[] = {"process: ou", "variables: [x]",      "time: 1",
                                 "pde: off",    "initial: {point: 0}", "# end",
                                 NULL};

START_TEST(wrong_processes_and_parameters_are_named)
{
    static const wrong w[] = {
        {1, "process: uo", AT "1:10: process: there is no process 'uo'; did you mean"},
        {1, "process: nothinglikeit",
         AT "1:10: process: there is no process "
            "'nothinglikeit'; see `fokker list processes`"},
        {1, "process: [ou]", AT "1:10: process: expected name of a process"},
        {2, "# none", AT "1:1: 'variables' must be given"},
        {2, "variables: [theta]", AT "1:10: process: the name 'theta' is taken"},
        {6, "parameters: {thetta: 1}",
         AT
         "6:14: parameters.thetta: the process 'ou' has no parameter 'thetta', did you "
         "mean 'theta'? its parameters: theta"},
        {6, "parameters: {theta: 2*y}", AT "6:23: parameters.theta: "},
        {6, "parameters: {theta: 1/0}",
         AT "6:21: parameters.theta: the parameter 'theta' "
            "is inf"},
        {6, "noise: 1", AT "6:1: noise: the process 'ou' has its own"},
        {0, NULL, NULL},
    };
    check_all(ou, w);
}
END_TEST

START_TEST(parameters_have_their_values)
{
    fk_problem *p = read_line(ou, 6, "parameters: {theta: 2}");
    const double x = 0.7;
    const fk_expr *s[8] = {p->sde->variable[0]};
    double v[8] = {x};
    for (size_t i = 0; i < p->sde->n_parameters; i++) {
        s[i + 1] = p->sde->parameter[i];
        v[i + 1] = p->sde->value[i];
    }
    const double drift =
        fk_expr_value(p->sde->drift[0], p->sde->n_parameters + 1, s, v);
    ck_assert_double_eq_tol(drift, -1.4, 1e-15);
    ck_assert(fk_sde_linear(p->sde));
    fk_problem_free(p);
}
END_TEST

START_TEST(each_variable_has_its_own_line_and_noise)
{
    static const char *const plane[] = {
        "process: ou", "variables: [x, y]",        "time: 1",
        "pde: off",    "initial: {point: [0, 0]}", NULL};
    fk_problem *p = read_line(plane, 0, NULL);
    double g;
    ck_assert(!fk_expr_depends(p->sde->drift[1], p->sde->variable[0]));
    ck_assert(fk_expr_depends(p->sde->drift[1], p->sde->variable[1]));
    ck_assert(fk_expr_is_number(p->sde->noise[1], &g) && g == 0.0);
    ck_assert(fk_expr_is_number(p->sde->noise[2], &g) && g == 0.0);
    ck_assert_ptr_eq(p->sde->noise[0], p->sde->noise[3]);
    fk_problem_free(p);
}
END_TEST

START_TEST(parameters_may_be_expressions)
{
    static const char *const langevin[] = {"process: langevin",
                                           "variables: [position, velocity]",
                                           "time: 1",
                                           "pde: off",
                                           "initial: {point: [0, 0]}",
                                           "parameters: {force: position - position^3}",
                                           NULL};
    fk_problem *p = read_line(langevin, 0, NULL);
    ck_assert(fk_expr_depends(p->sde->drift[1], p->sde->variable[0]));
    ck_assert(!fk_expr_depends(p->sde->drift[0], p->sde->variable[0]));
    fk_problem_free(p);
    static const wrong l[] = {
        {2, "variables: [x]",
         AT "2:12: variables: the process 'langevin' has 2 variables, "
            "but here are 1"},
        {6, "parameters: {force: x}", AT "6:21: parameters.force: "},
        {0, NULL, NULL},
    };
    check_all(langevin, l);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("problem_process");
    TCase *c = tcase_create("problem_process");
    tcase_add_test(c, wrong_processes_and_parameters_are_named);
    tcase_add_test(c, parameters_have_their_values);
    tcase_add_test(c, each_variable_has_its_own_line_and_noise);
    tcase_add_test(c, parameters_may_be_expressions);
    suite_add_tcase(s, c);
    return run_in_scratch(s);
}
