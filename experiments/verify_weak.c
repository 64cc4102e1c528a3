#include "experiments/verify_weak.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/memory.h"
#include "experiments/command.h"
#include "experiments/options.h"
#include "experiments/problem_expression.h"
#include "experiments/problem_load.h"
#include "experiments/terminal.h"
#include "sampling/typical.h"
#include "sampling/wrong_term.h"
#include "sde/correction.h"
#include "sde/test_family.h"

enum { OPTION_AGAINST = 0x100, OPTION_PHI, OPTION_PATHS, GIVEN = 16 };
enum { FEWEST_STEPS = 20, MOST_STEPS = 200, LOOKS = 100, ROUGH = 512 };

/* All rows together raise a false alarm in one of so many checks, and looked at are steps
 * that begin within so many widths of the middle of the paths. */
static const double FALSE_ALARM = 1e-4, REACH = 3.0;

typedef struct arguments {
    fk_options common;
    const char *file, *against; /* NULL: the file's own equation */
    const char *given[GIVEN];
    size_t n_given, paths;
    size_t n_settings;
    const char *const *setting;
} arguments;

typedef struct check {
    const arguments *a;
    fk_problem *problem, *other; /* other NULL: none */
    const fk_sde *claim;
    fk_weak_paths paths;
    double box[2 * FK_GRID_DIM], centre[FK_GRID_DIM], width[FK_GRID_DIM];
    size_t n;
    fk_test_function function[FK_WEAK_FUNCTIONS];
    const fk_expr *phi[FK_WEAK_FUNCTIONS];
    fk_weak_residual residual;
    double *allowance; /* [2n] error of the rule that expects what a step does */
    double limit, statistic, p; /* of |z|; chi-square of all rows */
    size_t worst;               /* row */
    fk_corrections corrections;
    double *slope, *sees; /* [corrections][2n], [corrections] */
    fk_suspect *suspect;  /* [corrections]; zeros where nothing was found */
    bool fails;
} check;

/* ---- words ---- */

static const struct option own_rows[] = {
    {"against", required_argument, NULL, OPTION_AGAINST},
    {"phi", required_argument, NULL, OPTION_PHI},
    {"paths", required_argument, NULL, OPTION_PATHS},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    if (option == OPTION_PATHS)
        return fk_option_whole(&fk_the_verify, "paths", text, 256, 1e8, &a->paths);
    if (option == OPTION_AGAINST)
        a->against = text;
    else if (a->n_given < GIVEN)
        a->given[a->n_given++] = text;
    else
        return fk_command_misuse(&fk_the_verify, "--phi: at most %d of them", GIVEN);
    return 0;
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){.paths = 20000};
    const int wrong =
        fk_options_read(&fk_the_verify, argc, argv, FK_OPTION_QUIET | FK_OPTION_JSON,
                        &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    if (optind == argc)
        return fk_command_misuse(&fk_the_verify, "weak: which problem file?");
    a->file = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* ---- paths and functions ---- */

static fk_status load(check *c, fk_message *message)
{
    fk_methods methods, ignored;
    FK_TRY(fk_problem_load(c->a->file, c->a->n_settings, c->a->setting, &c->problem,
                           &methods, message));
    if (c->a->against != NULL)
        FK_TRY(fk_problem_load(c->a->against, 0, NULL, &c->other, &ignored, message));
    const fk_problem *p = c->problem;
    c->claim = c->other != NULL ? c->other->sde : p->sde;
    if (c->claim->dim != p->sde->dim)
        return fk_fail(message, FK_ESYNTAX,
                       "%s has %zu variables and %s %zu: the equation must be over the "
                       "same ones, in the same order",
                       p->name, p->sde->dim, c->other->name, c->claim->dim);
    if (p->sde->dim > FK_GRID_DIM)
        return fk_fail(message, FK_ELIMIT,
                       "%s: %zu variables; the weak form is held over at most %d",
                       p->name, p->sde->dim, FK_GRID_DIM);
    const double steps = round((p->end - p->start) / p->particles.step);
    c->paths =
        (fk_weak_paths){.sde = p->sde,
                        .domain = p->has_domain ? &p->domain : NULL,
                        .law = p->initial,
                        .count = c->a->paths,
                        .steps = (size_t)fmin(fmax(steps, FEWEST_STEPS), MOST_STEPS),
                        .start = p->start,
                        .end = p->end,
                        .seed = p->particles.seed,
                        .scheme = methods.scheme,
                        .rules = methods.rules,
                        .faces = methods.faces,
                        .nodes = p->sde->noises == 1   ? 16
                                 : p->sde->noises == 2 ? 6
                                                       : 5};
    c->paths.every = (c->paths.steps + LOOKS - 1) / LOOKS;
    return FK_OK;
}

static fk_status choose_functions(check *c, fk_message *message)
{
    const fk_problem *over = c->other != NULL ? c->other : c->problem;
    FK_TRY(fk_typical(&c->paths, c->centre, c->width, message));
    for (size_t i = 0; i < c->claim->dim; i++) {
        c->box[2 * i] = c->centre[i] - REACH * c->width[i];
        c->box[2 * i + 1] = c->centre[i] + REACH * c->width[i];
    }
    c->paths.box = c->box;
    for (; c->n < c->a->n_given; c->n++) {
        snprintf(c->function[c->n].name, sizeof c->function[c->n].name, "%.60s",
                 c->a->given[c->n]);
        FK_TRY(fk_problem_expression(over, c->a->given[c->n], &c->function[c->n].phi,
                                     message));
    }
    for (int family = FK_HERMITE_FAMILY; family < FK_FAMILIES; family++) {
        const size_t room = FK_WEAK_FUNCTIONS - c->n;
        const size_t n = fk_family_make(c->claim, (fk_family)family, c->centre,
                                        c->width, room, c->function + c->n);
        c->n += n < room ? n : room;
    }
    for (size_t i = 0; i < c->n; i++)
        c->phi[i] = c->function[i].phi;
    return FK_OK;
}

/* ---- what they say ---- */

static double error_of(const check *c, size_t row)
{
    return sqrt(c->residual.covariance[row * (2 * c->n + 1)]);
}

/* Standard errors beyond the allowance. */
static double z_of(const check *c, size_t row)
{
    const double error = error_of(c, row), gap = c->residual.residual[row];
    const double beyond = fmax(fabs(gap) - c->allowance[row], 0.0);
    return error > 0.0 ? copysign(beyond / error, gap) : 0.0;
}

/* What twice the nodes change, on a few paths. */
static fk_status measure_rule(check *c, fk_message *message)
{
    fk_weak_residual rough = {0}, fine = {0};
    fk_weak_paths few = c->paths;
    few.count = ROUGH;
    c->allowance = fk_doubles(2 * c->n);
    if (c->allowance == NULL)
        return FK_ENOMEM;
    fk_status status =
        fk_weak_residual_measure(&few, c->claim, c->n, c->phi, NULL, &rough, message);
    few.nodes = 2 * few.nodes;
    if (status == FK_OK)
        status = fk_weak_residual_measure(&few, c->claim, c->n, c->phi, NULL, &fine,
                                          message);
    for (size_t k = 0; k < 2 * c->n && status == FK_OK; k++)
        c->allowance[k] = 2.0 * fabs(fine.forecast[k] - rough.forecast[k]);
    fk_weak_residual_clear(&rough);
    fk_weak_residual_clear(&fine);
    return status;
}

static fk_status measure(check *c, const fk_progress *progress, fk_message *message)
{
    FK_TRY(measure_rule(c, message));
    FK_TRY(fk_weak_residual_measure(&c->paths, c->claim, c->n, c->phi, progress,
                                    &c->residual, message));
    FK_TRY(fk_weak_chi_square(&c->residual, c->allowance, &c->statistic, &c->p));
    c->limit = -gsl_cdf_ugaussian_Pinv(0.5 * FALSE_ALARM / (2.0 * (double)c->n));
    for (size_t k = 1; k < 2 * c->n; k++)
        if (fabs(z_of(c, k)) > fabs(z_of(c, c->worst)))
            c->worst = k;
    c->fails = fabs(z_of(c, c->worst)) > c->limit;
    return FK_OK;
}

/* Which errors the functions could have seen, and which explains what they have seen. */
static fk_status examine(check *c, const fk_progress *progress, fk_message *message)
{
    fk_weak_residual base = {0};
    FK_TRY(fk_corrections_new(c->claim, &c->corrections));
    const size_t n = c->corrections.n;
    c->slope = fk_doubles(n * 2 * c->n);
    c->sees = fk_doubles(n);
    c->suspect = fk_alloc(n, sizeof *c->suspect);
    if (c->slope == NULL || c->sees == NULL || c->suspect == NULL)
        return FK_ENOMEM;
    fk_status status = fk_weak_slopes(&c->paths, c->claim, &c->corrections, c->n,
                                      c->phi, c->slope, &base, message);
    fk_weak_residual_clear(&base);
    for (size_t i = 0; i < n && status == FK_OK; i++) {
        const double *slope = c->slope + i * 2 * c->n;
        c->sees[i] = fk_weak_blindness(&c->residual, slope, c->limit);
        if (c->fails)
            status = fk_suspect_examine(&c->paths, &c->corrections.list[i], c->n,
                                        c->phi, &c->residual, c->allowance, slope,
                                        progress, &c->suspect[i], message);
    }
    return status;
}

/* ---- for people ---- */

static void print_rows(const check *c)
{
    const fk_weak_residual *r = &c->residual;
    printf("%-34s%14s%14s%12s%8s%9s\n", "test function", "change", "expected", "+-",
           "z", " square");
    for (size_t k = 0; k < c->n; k++)
        printf("%-34.33s%14.6g%14.6g%12.2g%8.2f%9.2f\n", c->function[k].name,
               r->change[k], r->forecast[k], error_of(c, k), z_of(c, k),
               z_of(c, c->n + k));
}

static void print_corrections(const check *c)
{
    printf("\n%-34s%22s", "what may be wrong", "would be seen from");
    printf(c->fails ? "   as found\n" : "\n");
    for (size_t i = 0; i < c->corrections.n; i++) {
        const fk_correction *x = &c->corrections.list[i];
        const fk_suspect *s = &c->suspect[i];
        char text[240] = "";
        if (s->tried)
            fk_correction_tell(x, s->amount, s->error, sizeof text, text);
        printf("%-34.33s", x->name);
        if (isfinite(c->sees[i]))
            printf("%22.2g", c->sees[i]);
        else
            printf("%22s", "never: blind to it");
        if (c->fails && s->tried)
            printf("   %s%s", s->explains ? "EXPLAINS: " : "does not explain: ", text);
        putchar('\n');
    }
}

static void print_verdict(const check *c)
{
    size_t explain = 0;
    printf("\nlargest abs(z) %.2f (%s%s), allowed %.2f; chi-square %.4g, p = %.2g\n",
           fabs(z_of(c, c->worst)), c->function[c->worst % c->n].name,
           c->worst < c->n ? "" : ", square", c->limit, c->statistic, c->p);
    if (!c->fails) {
        printf("holds: the paths contradict the equation in none of %zu test "
               "functions\n",
               c->n);
        return;
    }
    printf("fails: the paths do not obey the equation;");
    for (size_t i = 0; i < c->corrections.n; i++)
        if (c->suspect[i].explains)
            printf("%s %s", explain++ > 0 ? " or" : " wrong is",
                   c->corrections.list[i].name);
    printf(explain == 0  ? " no single term explains it\n"
           : explain > 1 ? ": these functions cannot tell\n"
                         : "\n");
}

static void print_all(const check *c)
{
    printf("%s: %.0f paths of %zu steps by %s, against the equation of %s\n"
           "%.1f %% of the steps begin within %g widths of the middle and away from "
           "faces: these count\n"
           "change: mean of the sum of phi(X') - phi(X); expected: by the equation's "
           "own steps\n\n",
           c->problem->name, c->residual.paths, c->paths.steps, c->paths.scheme->name,
           c->other != NULL ? c->other->name : "its own file", 100.0 * c->residual.used,
           REACH);
    print_rows(c);
    print_corrections(c);
    print_verdict(c);
}

/* ---- for programs ---- */

static void write_json(const check *c)
{
    fk_json j = fk_json_begin(stdout);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", c->problem->name);
    fk_json_text(&j, "against", c->other != NULL ? c->other->name : c->problem->name);
    fk_json_text(&j, "verdict", c->fails ? "fails" : "holds");
    fk_json_number(&j, "paths", c->residual.paths);
    fk_json_number(&j, "z_allowed", c->limit);
    fk_json_number(&j, "chi_square", c->statistic);
    fk_json_number(&j, "p", c->p);
    fk_json_array(&j, "functions");
    for (size_t k = 0; k < c->n; k++) {
        fk_json_object(&j, NULL);
        fk_json_text(&j, "phi", c->function[k].name);
        fk_json_number(&j, "change", c->residual.change[k]);
        fk_json_number(&j, "expected", c->residual.forecast[k]);
        fk_json_number(&j, "z", z_of(c, k));
        fk_json_number(&j, "z_square", z_of(c, c->n + k));
        fk_json_end(&j);
    }
    fk_json_end(&j);
    fk_json_array(&j, "corrections");
    for (size_t i = 0; i < c->corrections.n; i++) {
        const fk_suspect *s = &c->suspect[i];
        fk_json_object(&j, NULL);
        fk_json_text(&j, "name", c->corrections.list[i].name);
        fk_json_number(&j, "seen_from", c->sees[i]);
        if (s->tried) {
            fk_json_number(&j, "amount", s->amount);
            fk_json_number(&j, "error", s->error);
            fk_json_number(&j, "p", s->p);
            fk_json_bool(&j, "explains", s->explains);
        }
        fk_json_end(&j);
    }
    fk_json_end(&j);
    fk_json_end(&j);
    putchar('\n');
}

/* ---- the whole ---- */

static fk_status run(check *c, fk_message *message)
{
    fk_terminal terminal = fk_terminal_make(c->a->common.quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    FK_TRY(load(c, message));
    FK_TRY(choose_functions(c, message));
    fk_terminal_begin(&terminal, "paths", NULL, 1.0);
    FK_TRY(measure(c, &progress, message));
    FK_TRY(examine(c, &progress, message));
    fk_terminal_end(&terminal);
    if (c->a->common.json)
        write_json(c);
    else
        print_all(c);
    return FK_OK;
}

int fk_verify_weak(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    check c = {.a = &a};
    const fk_status status = run(&c, &message);
    const int exit = status != FK_OK ? fk_command_fail(&fk_the_verify, status, &message)
                     : c.fails       ? FK_EXIT_DISAGREE
                                     : FK_EXIT_AGREE;
    fk_corrections_clear(&c.corrections);
    fk_weak_residual_clear(&c.residual);
    free(c.allowance);
    free(c.slope);
    free(c.sees);
    free(c.suspect);
    fk_problem_free(c.other);
    fk_problem_free(c.problem);
    return exit;
}
