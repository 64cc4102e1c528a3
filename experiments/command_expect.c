/* fokker expect FILE PHI: the expectation of an expression, to a given error. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "experiments/command.h"
#include "experiments/problem_load.h"
#include "experiments/run.h"
#include "sampling/multilevel.h"

enum { OPTION_ERROR = 1000, OPTION_JSON, NAMES = 256, COARSE = 64 };

typedef struct arguments {
    const char *file, *phi;
    double error;
    bool json, quiet;
    size_t n_settings;
    const char *const *setting;
} arguments;

static const struct option long_options[] = {
    {"error", required_argument, NULL, OPTION_ERROR},
    {"json", no_argument, NULL, OPTION_JSON},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
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

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    int option, status = 0;
    *a = (arguments){.error = 0.01};
    while ((option = getopt_long(argc, argv, "qh", long_options, NULL)) != -1) {
        if (option == OPTION_ERROR)
            status = read_error(a, optarg);
        else if (option == OPTION_JSON)
            a->json = true;
        else if (option == 'q')
            a->quiet = true;
        else if (option == 'h')
            return fk_command_help(&fk_the_expect) == 0 ? -1 : FK_EXIT_FAILED;
        else
            status = fk_command_misuse(&fk_the_expect,
                                       "the option is not known or lacks its value");
        if (status != 0)
            return status;
    }
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

/* ---- the expression, in the names of the problem ---- */

static fk_status add_names(const fk_sde *s, fk_expr_name *name, char **text, size_t *n)
{
    const size_t most = s->dim + s->n_parameters;
    for (size_t i = 0; i < most && *n + 1 < NAMES; i++) {
        const fk_expr *symbol = i < s->dim ? s->variable[i] : s->parameter[i - s->dim];
        text[*n] = fk_expr_print(symbol, FK_EXPR_TEXT);
        if (text[*n] == NULL)
            return FK_ENOMEM;
        name[*n] = (fk_expr_name){text[*n], NULL};
        ++*n;
    }
    name[*n] = (fk_expr_name){"t", NULL};
    return FK_OK;
}

static fk_status read_phi(const fk_problem *p, const char *phi, const fk_expr **out,
                          fk_message *message)
{
    fk_expr_name name[NAMES];
    char *text[NAMES];
    size_t n = 0;
    fk_expr_error error;
    fk_status status = add_names(p->sde, name, text, &n);
    if (status == FK_OK)
        status = fk_expr_parse(p->pool, phi, name, n + 1, out, &error);
    if (status == FK_ESYNTAX)
        fk_fail(message, status, "the expression '%.200s': %s (character %zu)", phi,
                error.text, error.offset + 1);
    for (size_t i = 0; i < n; i++)
        free(text[i]);
    return status;
}

/* ---- saying it ---- */

static double total_error(const fk_multilevel *m)
{
    return sqrt(m->sampling * m->sampling + m->bias * m->bias);
}

static void print_result(const arguments *a, const fk_problem *p,
                         const fk_multilevel *m)
{
    printf("%12s%14s%16s%14s\n", "step", "paths", "mean", "variance");
    for (size_t l = 0; l < m->levels; l++)
        printf("%12.4g%14.6g%16.6g%14.3g\n", m->level[l].step, m->level[l].paths,
               m->level[l].mean, m->level[l].variance);
    printf("\nE[%s] at t = %g is %.8g +- %.2g\n", a->phi, p->end, m->value,
           total_error(m));
    printf("standard error of the sample %.2g, error of the step about %.2g\n",
           m->sampling, m->bias);
    printf("work: %.3g particle-steps; plain Monte Carlo of the same error: %.3g\n",
           m->work, m->plain);
}

static void write_json(const arguments *a, const fk_problem *p, const fk_multilevel *m)
{
    fk_json j = fk_json_begin(stdout);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", p->name);
    fk_json_text(&j, "expression", a->phi);
    fk_json_number(&j, "t", p->end);
    fk_json_number(&j, "value", m->value);
    fk_json_number(&j, "error", total_error(m));
    fk_json_number(&j, "sampling_error", m->sampling);
    fk_json_number(&j, "step_error", m->bias);
    fk_json_number(&j, "work", m->work);
    fk_json_number(&j, "plain_work", m->plain);
    fk_json_array(&j, "levels");
    for (size_t l = 0; l < m->levels; l++) {
        fk_json_object(&j, NULL);
        fk_json_number(&j, "step", m->level[l].step);
        fk_json_number(&j, "paths", m->level[l].paths);
        fk_json_number(&j, "mean", m->level[l].mean);
        fk_json_number(&j, "variance", m->level[l].variance);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    fk_json_end(&j);
}

static fk_status expect(const arguments *a, const fk_problem *p,
                        const fk_methods *methods, fk_message *message)
{
    const double coarse = COARSE * p->particles.step;
    fk_multilevel_options o = {
        .error = a->error,
        .steps = (size_t)fmax(ceil((p->end - p->start) / coarse - 1e-9), 1.0),
        .start = p->start,
        .end = p->end,
        .seed = p->particles.seed,
        .scheme = methods->scheme,
        .bridge = p->particles.bridge};
    fk_multilevel found;
    fk_terminal terminal = fk_terminal_make(a->quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    FK_TRY(read_phi(p, a->phi, &o.phi, message));
    FK_TRY(fk_multilevel_run(p->sde, p->has_domain ? &p->domain : NULL, p->initial, &o,
                             &progress, &found, message));
    if (a->json)
        write_json(a, p, &found);
    else
        print_result(a, p, &found);
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
    if (status == FK_OK && methods.scheme == NULL)
        status = fk_fail(&message, FK_ESYNTAX, "the problem has particles: off");
    if (status == FK_OK)
        status = expect(&a, problem, &methods, &message);
    fk_problem_free(problem);
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_expect, status, &message);
}

const fk_command fk_the_expect = {
    .name = "expect",
    .summary = "expectation of an expression at the end, by multilevel Monte Carlo",
    .usage =
        "usage: fokker expect [OPTION...] FILE EXPRESSION [KEY=VALUE...]\n\n"
        "E of an expression of the variables, e.g. 'max(x - 1, 0)', at the end of the\n"
        "problem's time, with as many paths and as small steps as the error asked for\n"
        "needs.  The coarsest step is 64 times particles.step.\n\n"
        "      --error=E      root mean square error to reach [0.01]\n"
        "      --json         print JSON instead of a table\n"
        "  -q, --quiet        no progress on stderr\n"
        "  -h, --help         this text\n",
    .run = run,
};
