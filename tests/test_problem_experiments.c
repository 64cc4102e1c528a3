/* The reference of the keys, and the problem files that come with fokker. */
#include <glob.h>
#include <math.h>

#include "sde/linear.h"
#include "sde/problem_file.h"
#include "tests/problem_text.h"

/* ---- the table, the reference, the experiments ---- */

START_TEST(the_reference_has_every_key)
{
    char path[PATH_MAX + 40], row[2000];
    snprintf(path, sizeof path, "%s/docs/problem-file.md", home);
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s", path);
    static char text[200000];
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    size_t n;
    const fk_problem_key *key = fk_problem_keys(&n);
    ck_assert_uint_gt(n, 60);
    for (size_t i = 0; i < n; i++) {
        snprintf(row, sizeof row, "| `%s` | %s | %s | %s |\n", key[i].key,
                 key[i].accepts,
                 key[i].standard[0] != '\0' ? key[i].standard : "**must be given**",
                 key[i].meaning);
        ck_assert_msg(strstr(text, row) != NULL, "docs/problem-file.md lacks:\n%s",
                      row);
    }
}
END_TEST

static size_t experiments(glob_t *g)
{
    char pattern[PATH_MAX + 40];
    snprintf(pattern, sizeof pattern, "%s/experiments/*.yaml", home);
    ck_assert_int_eq(glob(pattern, 0, NULL, g), 0);
    return g->gl_pathc;
}

START_TEST(all_experiments_can_be_read)
{
    glob_t g;
    const size_t n = experiments(&g);
    ck_assert_uint_ge(n, 11);
    for (size_t i = 0; i < n; i++) {
        fk_problem *p = NULL, *q = NULL;
        fk_message message = {""};
        ck_assert_msg(fk_problem_read(g.gl_pathv[i], 0, NULL, &p, &message) == FK_OK,
                      "%s", message.text);
        const char *base = strrchr(g.gl_pathv[i], '/') + 1;
        ck_assert_uint_eq(strlen(base), strlen(p->name) + strlen(".yaml"));
        ck_assert_int_eq(strncmp(base, p->name, strlen(p->name)), 0);

        /* a change that is none, through the printed document */
        static const char *const same[] = {"compare.significance=1e-3"};
        ck_assert_int_eq(fk_problem_read(g.gl_pathv[i], 1, same, &q, &message), FK_OK);
        ck_assert_str_eq(q->initial_text, p->initial_text);
        ck_assert_uint_eq(q->sde->dim, p->sde->dim);
        fk_problem_free(p);
        fk_problem_free(q);
    }
    globfree(&g);
}
END_TEST

static void read_experiment(const char *name, fk_problem **p)
{
    char path[PATH_MAX + 80];
    fk_message message = {""};
    snprintf(path, sizeof path, "%s/experiments/%s.yaml", home, name);
    ck_assert_msg(fk_problem_read(path, 0, NULL, p, &message) == FK_OK, "%s",
                  message.text);
}

/* value of an expression at one point and time, parameters set */
static double at(const fk_problem *p, const fk_expr *e, double x, double t)
{
    const fk_expr *s[20] = {p->sde->variable[0], p->sde->time};
    double v[20] = {x, t};
    for (size_t i = 0; i < p->sde->n_parameters; i++) {
        s[i + 2] = p->sde->parameter[i];
        v[i + 2] = p->sde->value[i];
    }
    return fk_expr_value(e, p->sde->n_parameters + 2, s, v);
}

/* p_t + (f p)' - (a p)'' = 0 for the densities that the files state as exact, f the
 * Ito drift: central differences, step h, error O(h^2). */
START_TEST(stated_exact_densities_solve_their_equation)
{
    static const char *const name[] = {"geometric_brownian", "stratonovich"};
    for (size_t i = 0; i < 2; i++) {
        fk_problem *p;
        read_experiment(name[i], &p);
        const double h = 1e-3, t = 0.4;
        for (double x = 0.4; x < 2.0; x += 0.37) {
            double fp[3], ap[3];
            for (int k = -1; k <= 1; k++) {
                const double density = at(p, p->exact, x + k * h, t);
                fp[k + 1] = at(p, p->sde->ito[0], x + k * h, t) * density;
                ap[k + 1] = at(p, p->sde->diffusion[0], x + k * h, t) * density;
            }
            const double dpdt =
                (at(p, p->exact, x, t + h) - at(p, p->exact, x, t - h)) / (2 * h);
            const double rate =
                -(fp[2] - fp[0]) / (2 * h) + (ap[2] - 2 * ap[1] + ap[0]) / (h * h);
            ck_assert_double_eq_tol(dpdt, rate, 2e-4);
        }
        /* both start from their exact density, so nothing had to be normalised */
        ck_assert_double_eq_tol(fk_law_stated_mass(p->initial), 1.0, 1e-5);
        fk_problem_free(p);
    }
}
END_TEST

START_TEST(old_faithful_is_the_known_data)
{
    fk_problem *p;
    read_experiment("old_faithful", &p);
    ck_assert_uint_eq(fk_law_mixture(p->initial)->components, 272);
    ck_assert_str_eq(p->initial_text,
                     "272 points of old_faithful.csv, standardised (mean 3.488, 70.9; "
                     "standard deviation 1.141, 13.59), each a Gaussian of standard "
                     "deviation 0.18, 0.18");
    ck_assert(p->reverse.grid && p->reverse.exact);
    fk_problem_free(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("problem_experiments");
    TCase *c = tcase_create("problem_experiments");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, the_reference_has_every_key);
    tcase_add_test(c, all_experiments_can_be_read);
    tcase_add_test(c, stated_exact_densities_solve_their_equation);
    tcase_add_test(c, old_faithful_is_the_known_data);
    suite_add_tcase(suite, c);
    return run_in_scratch(suite);
}
