/* fokker expect FILE PHI: the expectation of an expression, to a given error. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/spelling.h"
#include "experiments/command.h"
#include "experiments/expect_density.h"
#include "experiments/options.h"
#include "experiments/problem_expression.h"
#include "experiments/problem_load.h"
#include "experiments/run.h"
#include "sampling/expectation.h"

enum { OPTION_ERROR = 0x100, OPTION_METHOD, ESTIMATORS = 16 };

typedef struct arguments {
    const char *file, *phi;
    double error;
    const fk_estimator *method; /* NULL: all */
    fk_options common;
    size_t n_settings;
    const char *const *setting;
} arguments;

static const struct option own_rows[] = {
    {"error", required_argument, NULL, OPTION_ERROR},
    {"method", required_argument, NULL, OPTION_METHOD},
    {NULL, 0, NULL, 0},
};

static int read_error(arguments *a, const char *text)
{
    char *end;
    a->error = strtod(text, &end);
    if (*end != '\0' || end == text || !(a->error > 0.0) || !isfinite(a->error))
        return fk_command_misuse(&fk_the_expect, "--error=%s: must be a number > 0",
                                 text);
    return 0;
}

static int read_method(arguments *a, const char *text)
{
    char known[256] = "";
    const char *name[ESTIMATORS];
    size_t n = 0;
    a->method = strcmp(text, "all") == 0 ? NULL : fk_estimator_find(text);
    if (a->method != NULL || strcmp(text, "all") == 0)
        return 0;
    for (; fk_estimators[n] != NULL && n < ESTIMATORS; n++) {
        name[n] = fk_estimators[n]->name;
        const size_t end = strlen(known);
        snprintf(known + end, sizeof known - end, "%s, ", name[n]);
    }
    const char *near = fk_spelling_nearest(text, n, name);
    return fk_command_misuse(&fk_the_expect, "--method=%s: must be one of %sall%s%s%s",
                             text, known, near != NULL ? "; did you mean '" : "",
                             near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int take(void *context, int option, const char *text)
{
    return option == OPTION_ERROR ? read_error(context, text)
                                  : read_method(context, text);
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){.error = 0.01, .method = fk_estimators[0]};
    const int wrong =
        fk_options_read(&fk_the_expect, argc, argv, FK_OPTION_QUIET | FK_OPTION_JSON,
                        &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    if (argc - optind < 2)
        return fk_command_misuse(&fk_the_expect,
                                 "give a problem file and an expression, e.g. fokker "
                                 "expect double_well 'x^2'");
    a->file = argv[optind++];
    a->phi = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* ---- all that was asked ---- */

typedef struct estimate {
    const fk_estimator *way;
    fk_expectation found;
    double seconds;
    fk_message refusal; /* empty: found is */
} estimate;

typedef struct answer {
    const arguments *a;
    const fk_problem *p;
    size_t n;
    estimate estimate[ESTIMATORS];
    fk_expect_density density;
} answer;

static double total_error(const fk_expectation *m)
{
    return sqrt(m->sampling * m->sampling + m->bias * m->bias);
}

static void print_levels(const fk_expectation *m)
{
    printf("%12s%14s%16s%14s\n", "step", "paths", "mean", "variance");
    for (size_t l = 0; l < m->levels; l++)
        printf("%12.4g%14.6g%16.6g%14.3g\n", m->level[l].step, m->level[l].paths,
               m->level[l].mean, m->level[l].variance);
    putchar('\n');
}

static void print_density(const answer *w)
{
    const fk_expect_density *d = &w->density;
    if (d->known)
        printf("Fokker-Planck: %.8g, changed by %.2g as the cells were halved",
               d->value, d->grid_error);
    else
        printf("Fokker-Planck: no value, as %s", d->why);
    if (d->known && d->outside > 0.0)
        printf("; %.2g of the mass left through open faces", d->outside);
    putchar('\n');
}

/* The error told is that of a finite variance. */
static void print_tail(const fk_expectation *m)
{
    if (!fk_tail_is_heavy(&m->tail))
        return;
    printf("warning: the largest values fall off like a power with index %.2g +- %.1g. "
           "Below 2\nthe variance is infinite and the error means nothing%s.\n",
           m->tail.index, m->tail.error,
           m->tail.index - 2.0 * m->tail.error < 1.1
               ? "; at 1 and below there is\nno expectation either"
               : "");
}

/* Killed paths count as nothing: Feynman and Kac's expectation. */
static void print_quantity(const answer *w)
{
    const fk_expr *killing = w->p->sde->killing;
    char *rate = killing != NULL ? fk_expr_print(killing, FK_EXPR_DISPLAY) : NULL;
    if (w->p->source != NULL)
        printf("integral of (%s) p at t = %g", w->a->phi, w->p->end);
    else if (rate != NULL)
        printf("E[(%s) exp(-int (%s) dt)] at t = %g", w->a->phi, rate, w->p->end);
    else
        printf("E[%s] at t = %g", w->a->phi, w->p->end);
    free(rate);
}

static void print_density_alone(const answer *w)
{
    print_quantity(w);
    putchar('\n');
    print_density(w);
}

static void print_one(const answer *w)
{
    const fk_expectation *m = &w->estimate[0].found;
    if (m->levels > 1)
        print_levels(m);
    print_quantity(w);
    printf(" is %.8g +- %.2g\n", m->value, total_error(m));
    printf("standard error of the sample %.2g, error of the step about %.2g\n",
           m->sampling, m->bias);
    printf("work: %.3g particle-steps; plain Monte Carlo of the same error: %.3g\n",
           m->work, m->plain);
    print_tail(m);
    print_density(w);
}

static void print_all(const answer *w)
{
    print_quantity(w);
    printf("\n\n%-14s%14s%11s%11s%11s%11s%10s\n", "method", "value", "error",
           "sampling", "step", "work", "seconds");
    for (size_t i = 0; i < w->n; i++) {
        const estimate *e = &w->estimate[i];
        const fk_expectation *m = &e->found;
        if (e->refusal.text[0] != '\0')
            printf("%-14s%s\n", e->way->name, e->refusal.text);
        else
            printf("%-14s%14.8g%11.2g%11.2g%11.2g%11.2g%10.2g\n", e->way->name,
                   m->value, total_error(m), m->sampling, m->bias, m->work, e->seconds);
    }
    printf(
        "\nwork: particle-steps, those that measured the error of the step included\n");
    for (size_t i = 0; i < w->n; i++)
        if (w->estimate[i].refusal.text[0] == '\0') {
            print_tail(&w->estimate[i].found);
            break;
        }
    print_density(w);
}

static void write_estimate(fk_json *j, const estimate *e)
{
    const fk_expectation *m = &e->found;
    fk_json_text(j, "method", e->way->name);
    if (e->refusal.text[0] != '\0') {
        fk_json_text(j, "refusal", e->refusal.text);
        return;
    }
    fk_json_number(j, "value", m->value);
    fk_json_number(j, "error", total_error(m));
    fk_json_number(j, "sampling_error", m->sampling);
    fk_json_number(j, "step_error", m->bias);
    fk_json_number(j, "work", m->work);
    fk_json_number(j, "plain_work", m->plain);
    fk_json_number(j, "seconds", e->seconds);
    fk_json_bool(j, "infinite_variance", fk_tail_is_heavy(&m->tail));
    fk_json_number(j, "tail_index", m->tail.index);
    fk_json_array(j, "levels");
    for (size_t l = 0; l < m->levels; l++) {
        fk_json_object(j, NULL);
        fk_json_number(j, "step", m->level[l].step);
        fk_json_number(j, "paths", m->level[l].paths);
        fk_json_number(j, "mean", m->level[l].mean);
        fk_json_number(j, "variance", m->level[l].variance);
        fk_json_end(j);
    }
    fk_json_end(j);
}

static void write_density(fk_json *j, const answer *w)
{
    const fk_expect_density *d = &w->density;
    fk_json_object(j, "fokker_planck");
    fk_json_number(j, "value", d->known ? d->value : (double)NAN);
    fk_json_number(j, "grid_error", d->known ? d->grid_error : (double)NAN);
    fk_json_number(j, "outside", d->outside);
    fk_json_text(j, "why", d->known ? "" : d->why);
    fk_json_end(j);
}

/* One method's numbers at the top, several in an array. */
static void write_json(const answer *w)
{
    fk_json j = fk_json_begin(stdout);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", w->p->name);
    fk_json_text(&j, "expression", w->a->phi);
    fk_json_number(&j, "t", w->p->end);
    if (w->n == 1)
        write_estimate(&j, &w->estimate[0]);
    else
        fk_json_array(&j, "methods");
    for (size_t i = 0; w->n > 1 && i < w->n; i++) {
        fk_json_object(&j, NULL);
        write_estimate(&j, &w->estimate[i]);
        fk_json_end(&j);
    }
    if (w->n > 1)
        fk_json_end(&j);
    write_density(&j, w);
    fk_json_end(&j);
}

/* Among several, one that does not fit the problem says so and the others go on. */
static fk_status estimate_by(answer *w, const fk_estimator *way,
                             const fk_expectation_options *o,
                             const fk_progress *progress, fk_message *message)
{
    const fk_problem *p = w->p;
    estimate *e = &w->estimate[w->n++];
    *e = (estimate){.way = way};
    const double began = fk_seconds();
    const fk_status status = way->run(p->sde, p->has_domain ? &p->domain : NULL,
                                      p->initial, o, progress, &e->found, message);
    e->seconds = fk_seconds() - began;
    if ((status != FK_EDOMAIN && status != FK_ESYNTAX && status != FK_ECONVERGE) ||
        w->a->method != NULL)
        return status;
    e->refusal = *message;
    return FK_OK;
}

static fk_status expect(const arguments *a, const fk_problem *p,
                        const fk_methods *methods, fk_message *message)
{
    const double steps = ceil((p->end - p->start) / p->particles.step - 1e-9);
    fk_expectation_options o = {.error = a->error,
                                .steps = (size_t)fmax(steps, 1.0),
                                .start = p->start,
                                .end = p->end,
                                .seed = p->particles.seed,
                                .scheme = methods->scheme,
                                .faces = methods->faces,
                                .rules = methods->rules};
    answer w = {.a = a, .p = p};
    fk_terminal terminal = fk_terminal_make(a->common.quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    FK_TRY(fk_problem_expression(p, a->phi, &o.phi, message));
    for (const fk_estimator *const *e = fk_estimators; *e != NULL; e++)
        if (o.scheme != NULL && (a->method == NULL || *e == a->method))
            FK_TRY(estimate_by(&w, *e, &o, &progress, message));
    FK_TRY(fk_expect_by_density(p, methods, 1, &o.phi, &progress, &w.density, message));
    if (a->common.json)
        write_json(&w);
    else if (w.n == 0)
        print_density_alone(&w);
    else if (a->method != NULL)
        print_one(&w);
    else
        print_all(&w);
    return FK_OK;
}

static int run(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    fk_problem *problem = NULL;
    fk_methods methods;
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_status status =
        fk_problem_load(a.file, a.n_settings, a.setting, &problem, &methods, &message);
    if (status == FK_OK && methods.scheme == NULL && !problem->pde.on)
        status = fk_fail(&message, FK_ESYNTAX,
                         "the problem has particles: off and pde: off");
    if (status == FK_OK)
        status = expect(&a, problem, &methods, &message);
    fk_problem_free(problem);
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_expect, status, &message);
}

const fk_command fk_the_expect = {
    .name = "expect",
    .summary = "expectation of an expression at the end, to a given error",
    .usage =
        "usage: fokker expect [OPTION...] FILE EXPRESSION [KEY=VALUE...]\n\n"
        "E of an expression of the variables, e.g. 'max(x - 1, 0)', at the end of the\n"
        "problem's time, with as many paths as the error asked for needs; beside it "
        "the\n"
        "value by the density where the problem has one (pde=off saves its time); by "
        "the\n"
        "density alone with particles=off, also of paths that are killed.\n\n"
        "      --error=E      root mean square error to reach [0.01]\n"
        "      --method=NAME  multilevel, which chooses the steps too; or with\n"
        "                     particles.step: plain, antithetic, extrapolated,\n"
        "                     quasi-random; or all of them in a table [multilevel]\n"
        "      --json         print JSON instead of a table\n"
        "  -q, --quiet        no progress on stderr\n"
        "  -h, --help         this text\n",
    .run = run,
};
