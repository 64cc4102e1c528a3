/* What is read from a problem file. */
#include <glob.h>
#include <math.h>

#include "sde/linear.h"
#include "sde/problem_file.h"
#include "tests/problem_text.h"

/* ---- what is read ---- */

START_TEST(the_ten_lines_say_everything)
{
    fk_problem *p = read_line(one, 0, NULL);
    ck_assert_str_eq(p->name, "problem");
    ck_assert_str_eq(p->about, "");
    ck_assert_str_eq(p->path, "problem.yaml");
    ck_assert_uint_eq(p->sde->dim, 1);
    ck_assert_uint_eq(p->sde->noises, 1);
    ck_assert_int_eq(p->sde->interpretation, FK_ITO);
    char *drift = fk_expr_print(p->sde->drift[0], FK_EXPR_TEXT);
    const double x = 0.731;
    ck_assert_double_eq_tol(fk_expr_value(p->sde->drift[0], 1, p->sde->variable, &x),
                            x - x * x * x, 1e-15);
    free(drift);
    ck_assert(p->start == 0.0 && p->end == 1.0 && p->n_outputs == 1);
    ck_assert(p->output[0] == 1.0);
    ck_assert(p->has_domain && p->domain.grid.dim == 1);
    ck_assert(p->domain.grid.axis[0].lo == -3.0 && p->domain.grid.axis[0].hi == 3.0);
    ck_assert_uint_eq(p->domain.grid.axis[0].cells, 60);
    ck_assert_int_eq(p->domain.face[0][0], FK_OPEN);
    ck_assert_str_eq(p->initial_text, "all in the point -1.05");
    ck_assert_uint_eq(fk_law_mixture(p->initial)->components, 1);
    ck_assert_str_eq(p->unit[0], "1");
    ck_assert_str_eq(p->time_unit, "1");
    fk_problem_free(p);
}
END_TEST

START_TEST(standard_values_are_those_of_the_table)
{
    fk_problem *p = read_line(one, 0, NULL);
    ck_assert(p->particles.on && p->particles.count == 1000000);
    ck_assert_str_eq(p->particles.scheme, "euler-maruyama");
    ck_assert(p->particles.step == 1e-3 && p->particles.seed == 1);
    ck_assert(p->particles.halving == 0.1 && p->particles.kernel);
    ck_assert(p->pde.on && p->pde.step == 0.0 && p->pde.tolerance == 1e-5);
    ck_assert_str_eq(p->pde.method, "auto");
    ck_assert_str_eq(p->pde.flux, "scharfetter-gummel");
    ck_assert_str_eq(p->pde.stepper, "auto");
    ck_assert(p->pde.halving);
    ck_assert(p->compare.tolerance == 0.02 && p->compare.significance == 1e-3);
    ck_assert(p->compare.power == 0.95 && p->compare.least == 25.0);
    ck_assert_uint_eq(p->reverse.steps, 0);
    ck_assert(p->result.plots && p->result.animation && p->result.frames == 60);
    fk_problem_free(p);

    p = read_line(two, 9, "reverse: on");
    ck_assert(p->reverse.steps == 500 && p->reverse.count == 200000);
    ck_assert(p->reverse.exact_count == 20000 && p->reverse.lambda == 1.0);
    ck_assert(p->reverse.grid && p->reverse.exact);
    fk_problem_free(p);
}
END_TEST

START_TEST(every_method_key_reaches_its_field)
{
    fk_problem *p = read_line(
        two, 9,
        "particles: {count: 1e3, scheme: milstein, step: 0.01, seed: "
        "18446744073709551615,\n  halving: 0.5, kernel: off}\n"
        "pde: {flux: upwind, stepper: implicit-euler, step: 1/64, tolerance: 1e-3, "
        "halving: no}\n"
        "compare: {tolerance: 0.1, significance: 1e-4, power: 0.9, least: 10}\n"
        "reverse: {steps: 100, count: 10, exact_count: 20, lambda: 0.5, score: "
        "[grid]}\n"
        "output: {plots: false, animation: false, frames: 10}\n"
        "units: {x: m, t: s}\nexact: exp(-x^2 - y^2 - t)\ninterpretation: kinetic\n"
        "name: a-b_2\nabout: |\n  Two\n  lines\n");
    ck_assert_uint_eq(p->particles.count, 1000);
    ck_assert_str_eq(p->particles.scheme, "milstein");
    ck_assert(p->particles.step == 0.01 && p->particles.seed == UINT64_MAX);
    ck_assert(p->particles.halving == 0.5 && !p->particles.kernel);
    ck_assert_str_eq(p->pde.method, "finite-volume"); /* whose settings they are */
    ck_assert_str_eq(p->pde.flux, "upwind");
    ck_assert_str_eq(p->pde.stepper, "implicit-euler");
    ck_assert(p->pde.step == 1.0 / 64 && p->pde.tolerance == 1e-3 && !p->pde.halving);
    ck_assert(p->compare.tolerance == 0.1 && p->compare.significance == 1e-4);
    ck_assert(p->compare.power == 0.9 && p->compare.least == 10.0);
    ck_assert(p->reverse.steps == 100 && p->reverse.count == 10);
    ck_assert(p->reverse.exact_count == 20 && p->reverse.lambda == 0.5);
    ck_assert(p->reverse.grid && !p->reverse.exact);
    ck_assert(!p->result.plots && !p->result.animation && p->result.frames == 10);
    ck_assert_str_eq(p->unit[0], "m");
    ck_assert_str_eq(p->unit[1], "1");
    ck_assert_str_eq(p->time_unit, "s");
    ck_assert_ptr_nonnull(p->exact);
    ck_assert_int_eq(p->sde->interpretation, FK_KINETIC);
    ck_assert_str_eq(p->name, "a-b_2");
    ck_assert_str_eq(p->about, "Two\nlines");
    fk_problem_free(p);
}
END_TEST

START_TEST(noise_has_three_forms)
{
    double g;
    fk_problem *p = read_line(two, 0, NULL);
    ck_assert_uint_eq(p->sde->noises, 2);
    ck_assert(fk_expr_is_number(p->sde->noise[2], &g) && g == 0.3);
    fk_problem_free(p);

    p = read_line(two, 5, "noise: [1, 2]");
    ck_assert_uint_eq(p->sde->noises, 2);
    ck_assert(fk_expr_is_number(p->sde->noise[1], &g) && g == 0.0);
    ck_assert(fk_expr_is_number(p->sde->noise[3], &g) && g == 2.0);
    fk_problem_free(p);

    /* a noise that moves nothing is none */
    p = read_line(two, 5, "noise: [0, 2]");
    ck_assert_uint_eq(p->sde->noises, 1);
    ck_assert(fk_expr_is_number(p->sde->noise[0], &g) && g == 0.0);
    ck_assert(fk_expr_is_number(p->sde->noise[1], &g) && g == 2.0);
    fk_problem_free(p);

    p = read_line(two, 5, "noise: 0");
    ck_assert_uint_eq(p->sde->noises, 0);
    fk_problem_free(p);

    p = read_line(one, 5, "noise: [[1, x, 2*x]]");
    ck_assert_uint_eq(p->sde->noises, 3);
    fk_problem_free(p);
}
END_TEST

START_TEST(times_and_axes_have_short_forms)
{
    fk_problem *p = read_line(one, 6, "time: 2*D");
    ck_assert(p->end == 0.5 && p->n_outputs == 1);
    fk_problem_free(p);

    p = read_line(one, 6, "time: {start: 1, end: 3, output: 4}");
    ck_assert(p->n_outputs == 4 && p->output[0] == 1.5 && p->output[3] == 3.0);
    fk_problem_free(p);

    /* the end is always an output, and the last output is the end if none is given */
    p = read_line(one, 6, "time: {end: 1, output: [0.25, 0.5]}");
    ck_assert(p->n_outputs == 3 && p->output[2] == 1.0);
    fk_problem_free(p);
    p = read_line(one, 6, "time: {output: [0.25, 0.5]}");
    ck_assert(p->n_outputs == 2 && p->end == 0.5);
    fk_problem_free(p);

    p = read_line(one, 7,
                  "domain: {x: {from: -pi, to: pi, cells: 2^6, boundary: periodic}}");
    ck_assert(p->domain.grid.axis[0].hi == acos(-1.0));
    ck_assert_uint_eq(p->domain.grid.axis[0].cells, 64);
    ck_assert_int_eq(p->domain.face[0][1], FK_PERIODIC);
    fk_problem_free(p);
    p = read_line(one, 7,
                  "domain: {x: {from: -3, to: 3, cells: 6, boundary: [absorbing, "
                  "reflecting]}}");
    ck_assert_int_eq(p->domain.face[0][0], FK_ABSORBING);
    ck_assert_int_eq(p->domain.face[0][1], FK_REFLECTING);
    fk_problem_free(p);
}
END_TEST

START_TEST(maps_stretch_axes)
{
    fk_problem *p =
        read_line(one, 7, "domain: {x: {map: D*tan(u), from: -inf, to: D, cells: 60}}");
    const fk_axis *a = &p->domain.grid.axis[0];
    ck_assert(isinf(a->lo) && a->hi == 0.25 && p->domain.face[0][0] == FK_OPEN);
    ck_assert_double_eq_tol(fk_axis_centre(a, 39), 0.25 * tan(-0.5 * M_PI / 80.0),
                            1e-15);
    ck_assert_double_eq_tol(fk_axis_width(a), 0.75 * M_PI / 60.0, 1e-15);
    fk_problem_free(p);

    p = read_line(
        two, 7,
        "domain: {x: [-3, 3, 60], y: {map: sinh(k*u), from: -3*k, to: 4, cells: "
        "8, boundary: reflecting}}");
    a = &p->domain.grid.axis[1];
    ck_assert(p->domain.grid.axis[0].stretch == NULL);
    ck_assert(p->domain.face[1][0] == FK_REFLECTING);
    for (size_t i = 0; i <= 8; i++)
        ck_assert_double_eq_tol(
            asinh(fk_axis_edge(a, i)),
            -asinh(3.0) + (asinh(4.0) + asinh(3.0)) * (double)i / 8.0, 1e-14);
    fk_problem_free(p);

    /* an infinite end has no face, whatever is said of the other one */
    p = read_line(
        one, 7,
        "domain: {x: {map: -2 - log(1 - u), from: -2, to: inf, cells: 9, boundary: "
        "absorbing}}");
    ck_assert(p->domain.face[0][0] == FK_ABSORBING && p->domain.face[0][1] == FK_OPEN);
    ck_assert_str_eq(fk_domain_face_name(&p->domain, 0, 1), "natural");
    fk_problem_free(p);
}
END_TEST

START_TEST(initial_laws_are_what_they_say)
{
    fk_problem *p = read_line(two, 0, NULL);
    const fk_mixture *m = fk_law_mixture(p->initial);
    ck_assert(m->mean[0] == 0.1 && m->cov[0] == 0.0625 && m->cov[3] == 0.0625);
    ck_assert(m->cov[1] == 0.0);
    ck_assert_str_eq(p->initial_text,
                     "Gaussian of mean (0.1, 0), standard deviation (0.25, 0.25)");
    fk_problem_free(p);

    p = read_line(
        two, 8,
        "initial: {mixture: [{mean: [0, 0], sd: [0.1, 0.2]}, {weight: 3, mean: "
        "[1, 1], cov: [[0.2, 0.1], [0.1, 0.2]]}]}");
    m = fk_law_mixture(p->initial);
    ck_assert(m->weight[0] == 0.25 && m->weight[1] == 0.75);
    ck_assert_double_eq_tol(m->cov[3], 0.04, 1e-15);
    ck_assert(m->cov[5] == 0.1);
    ck_assert_str_eq(p->initial_text,
                     "mixture of 2 Gaussians, weights divided by their sum, 4");
    fk_problem_free(p);

    p = read_line(two, 8, "initial: {uniform: {from: [-1, -2], to: [1, 2]}}");
    ck_assert_str_eq(p->initial_text, "uniform from (-1, -2) to (1, 2)");
    ck_assert_ptr_null(fk_law_mixture(p->initial));
    fk_problem_free(p);

    p = read_line(two, 8, "initial: {density: exp(-r^2/0.18)}");
    ck_assert_double_eq_tol(fk_law_stated_mass(p->initial), acos(-1.0) * 0.18, 1e-6);
    ck_assert_ptr_nonnull(
        strstr(p->initial_text, "exp(-r^2/0.18), divided by its integral"));
    fk_problem_free(p);
}
END_TEST

START_TEST(data_become_points_or_a_mixture)
{
    const char csv[] =
        "# three points\n\n\"id\",\"a\",b\n1,0,0\n2, 1 ,2\n\n3,\"2\",1\n";
    write_file("data.csv", csv, strlen(csv));
    fk_problem *p = read_line(
        two, 8,
        "initial: {samples: {file: data.csv, columns: [a, b], bandwidth: 0.1}}");
    const fk_mixture *m = fk_law_mixture(p->initial);
    ck_assert_uint_eq(m->components, 3);
    ck_assert(m->mean[2] == 1.0 && m->mean[3] == 2.0 && m->weight[1] == 1.0 / 3.0);
    ck_assert_double_eq_tol(m->cov[3], 0.01, 1e-17);
    ck_assert_str_eq(p->initial_text,
                     "3 points of data.csv, each a Gaussian of standard "
                     "deviation 0.1, 0.1");
    ck_assert_str_eq(p->data_path, "data.csv");
    fk_problem_free(p);

    /* both columns have mean 1 and standard deviation 1 */
    p = read_line(
        two, 8,
        "initial: {samples: {file: data.csv, columns: [a, b], standardize: true, "
        "bandwidth: silverman}}");
    m = fk_law_mixture(p->initial);
    ck_assert_double_eq_tol(m->mean[0], -1.0, 1e-15);
    ck_assert_double_eq_tol(m->mean[3], 1.0, 1e-15);
    ck_assert_double_eq_tol(m->cov[0], pow(1.0 / 3.0, 1.0 / 3.0), 1e-15);
    ck_assert_str_eq(
        p->initial_text,
        "3 points of data.csv, standardised (mean 1, 1; standard deviation 1, "
        "1), each a Gaussian of standard deviation 0.8327, 0.8327 "
        "(Silverman's rule)");
    fk_problem_free(p);

    p = read_line(two, 8, "initial: {samples: {file: data.csv, columns: [b, a]}}");
    ck_assert_ptr_null(fk_law_mixture(p->initial));
    ck_assert_str_eq(p->initial_text, "3 points of data.csv");
    fk_problem_free(p);
}
END_TEST

START_TEST(particles_alone_need_no_grid)
{
    static const char *const four[] = {"variables: {a: m, b: m/s, c: '1', d: '1'}",
                                       "drift: [b, -a, d, -c]",
                                       "noise: [0, 1, 0, 1]",
                                       "time: 1",
                                       "initial: {point: [1, 0, 0, 0]}",
                                       "pde: off",
                                       NULL};
    fk_problem *p = read_line(four, 0, NULL);
    ck_assert(!p->has_domain && !p->pde.on && p->sde->dim == 4 && p->sde->noises == 2);
    ck_assert_str_eq(p->unit[1], "m/s");
    fk_problem_free(p);
}
END_TEST

START_TEST(every_named_process_can_be_read)
{
    for (const fk_process *const *f = fk_processes; *f != NULL; f++) {
        char text[2000] = "", part[300];
        snprintf(text, sizeof text, "process: %s\ntime: 0.9\npde: off\n%sparameters: {",
                 (*f)->name, (*f)->dim == 0 ? "variables: [p, q]\n" : "");
        for (const fk_process_parameter *a = (*f)->parameter; a->name != NULL; a++)
            if (a->standard == NULL) {
                snprintf(part, sizeof part, "%s: 1, ", a->name);
                strcat(text, part);
            }
        strcat(text, "}\n");
        const size_t dim = (*f)->dim > 0 ? (*f)->dim : 2;
        strcat(text, "initial: {point: [1");
        for (size_t i = 1; i < dim; i++)
            strcat(text, ", 1");
        strcat(text, "]}\n");
        write_file("problem.yaml", text, strlen(text));
        fk_problem *p = read_with(0, NULL);
        ck_assert_ptr_eq(p->process, *f);
        ck_assert_uint_eq(p->sde->dim, dim);
        fk_problem_free(p);
    }
}
END_TEST

/* ---- settings ---- */

START_TEST(settings_replace_and_add)
{
    static const char *const s[] = {
        "particles.count=1e7", "params.D=0.5",
        "parameters.E=2*D",    "pde=off",
        "domain.x.cells=600",  "time.output=[0.5,1]",
        "name=run-2",          "initial={point: 0}",
        "define.U=E*x^2",
    };
    write_lines(one, 0, NULL);
    fk_problem *p = read_with(sizeof s / sizeof *s, s);
    ck_assert_uint_eq(p->particles.count, 10000000);
    ck_assert_uint_eq(p->sde->n_parameters, 2);
    ck_assert(p->sde->value[0] == 0.5 && p->sde->value[1] == 1.0);
    ck_assert(!p->pde.on);
    ck_assert_uint_eq(p->domain.grid.axis[0].cells, 600);
    ck_assert(p->n_outputs == 2 && p->output[0] == 0.5);
    ck_assert_str_eq(p->name, "run-2");
    ck_assert(fk_law_mixture(p->initial)->mean[0] == 0.0);
    ck_assert(fk_expr_depends(p->sde->drift[0], p->sde->parameter[1]));
    fk_problem_free(p);

    static const char *const entries[] = {"drift.0=-2*x", "noise.1.1=0.9",
                                          "domain.y=[-5, 5, 20]"};
    write_lines(two, 0, NULL);
    p = read_with(3, entries);
    double g;
    ck_assert(fk_expr_is_number(p->sde->noise[3], &g) && g == 0.9);
    ck_assert(p->domain.grid.axis[1].lo == -5.0);
    fk_problem_free(p);
}
END_TEST

START_TEST(the_text_gives_the_same_problem_again)
{
    static const char *const s[] = {"particles.count=123", "domain.x.cells=17",
                                    "drift='max(x, -x)'", "about=two: lines"};
    write_lines(one, 0, NULL);
    fk_problem *p = read_with(4 - 1, s);
    write_file("again.yaml", p->text, strlen(p->text));
    fk_problem *q;
    fk_message message;
    ck_assert_msg(fk_problem_read("again.yaml", 0, NULL, &q, &message) == FK_OK, "%s",
                  message.text);
    ck_assert_str_eq(q->name, p->name);
    ck_assert_str_eq(q->text, p->text);
    ck_assert_uint_eq(q->particles.count, 123);
    ck_assert_uint_eq(q->domain.grid.axis[0].cells, 17);

    /* as a text in memory, with a file's sentences */
    fk_problem *r;
    ck_assert_int_eq(fk_problem_parse(p->text, "memory", 0, NULL, &r, &message), FK_OK);
    ck_assert_str_eq(r->text, p->text);
    fk_problem_free(r);
    ck_assert_int_eq(fk_problem_parse("drift: y", "memory", 0, NULL, &r, &message),
                     FK_ESYNTAX);
    ck_assert_ptr_nonnull(strstr(message.text, "memory:1:"));
    char *a = fk_expr_print(p->sde->drift[0], FK_EXPR_TEXT);
    char *b = fk_expr_print(q->sde->drift[0], FK_EXPR_TEXT);
    ck_assert_str_eq(a, b);
    free(a);
    free(b);
    fk_problem_free(p);
    fk_problem_free(q);

    /* what its author wrote is kept, comments and all */
    p = read_line(one, 9, "name: mine  # a comment");
    ck_assert_ptr_nonnull(strstr(p->text, "name: mine  # a comment\n"));
    fk_problem_free(p);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("problem_file");
    TCase *c = tcase_create("problem_file");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, the_ten_lines_say_everything);
    tcase_add_test(c, standard_values_are_those_of_the_table);
    tcase_add_test(c, every_method_key_reaches_its_field);
    tcase_add_test(c, noise_has_three_forms);
    tcase_add_test(c, times_and_axes_have_short_forms);
    tcase_add_test(c, maps_stretch_axes);
    tcase_add_test(c, initial_laws_are_what_they_say);
    tcase_add_test(c, data_become_points_or_a_mixture);
    tcase_add_test(c, particles_alone_need_no_grid);
    tcase_add_test(c, every_named_process_can_be_read);
    tcase_add_test(c, settings_replace_and_add);
    tcase_add_test(c, the_text_gives_the_same_problem_again);
    suite_add_tcase(s, c);
    return run_in_scratch(s);
}
