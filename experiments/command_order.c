/* fokker order strong|weak FILE: how fast does the scheme converge on this problem? */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/slope.h"
#include "experiments/command.h"
#include "experiments/problem_load.h"
#include "experiments/run.h"
#include "plots/order_figure.h"
#include "sampling/levels.h"

enum { CURVES = 6, OPTION_LEVELS = 1000, OPTION_PATHS, OPTION_JSON };

typedef struct arguments {
    bool weak;
    const char *file, *folder;
    size_t levels, paths; /* 0: standard */
    bool json, quiet;
    size_t n_settings;
    const char *const *setting;
} arguments;

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"levels", required_argument, NULL, OPTION_LEVELS},
    {"paths", required_argument, NULL, OPTION_PATHS},
    {"json", no_argument, NULL, OPTION_JSON},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static int read_count(const char *name, const char *text, double least, double most,
                      size_t *n)
{
    char *end;
    const double value = strtod(text, &end);
    if (*end != '\0' || end == text || !(value >= least && value <= most) ||
        floor(value) < value)
        return fk_command_misuse(&fk_the_order,
                                 "--%s=%s: must be a whole number from %g to %g", name,
                                 text, least, most);
    *n = (size_t)value;
    return 0;
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_option(arguments *a, int option)
{
    switch (option) {
    case 'o':
        a->folder = optarg;
        return 0;
    case 'q':
        a->quiet = true;
        return 0;
    case OPTION_LEVELS:
        return read_count("levels", optarg, 3, FK_LEVELS_MOST, &a->levels);
    case OPTION_PATHS:
        return read_count("paths", optarg, 100, 1e10, &a->paths);
    case OPTION_JSON:
        a->json = true;
        return 0;
    case 'h':
        fk_command_help(&fk_the_order);
        return -1;
    default:
        return fk_command_misuse(&fk_the_order,
                                 "the option is not known or lacks its value");
    }
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    int option;
    *a = (arguments){.levels = 6};
    while ((option = getopt_long(argc, argv, "o:qh", long_options, NULL)) != -1) {
        const int status = read_option(a, option);
        if (status != 0)
            return status;
    }
    if (argc - optind < 2)
        return fk_command_misuse(&fk_the_order,
                                 "say which order, strong or weak, and a problem file");
    const char *kind = argv[optind++];
    if (strcmp(kind, "strong") != 0 && strcmp(kind, "weak") != 0)
        return fk_command_misuse(
            &fk_the_order, "there is no order '%s'; there are: strong, weak", kind);
    a->weak = strcmp(kind, "weak") == 0;
    a->file = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* ---- what was found ---- */

typedef struct curve {
    char name[64];
    double step[FK_LEVELS_MOST], value[FK_LEVELS_MOST], error[FK_LEVELS_MOST];
    fk_slope slope;
} curve;

typedef struct finding {
    size_t n_curves, n_points;
    curve curve[CURVES];
    double declared;
    fk_word word;
    double order, error; /* of the curve that decides */
} finding;

static void fill_curve(curve *c, const fk_levels *l, size_t k, fk_estimate e)
{
    c->step[k] = l->pair[k].step;
    c->value[k] = e.mean;
    c->error[k] = e.error;
}

static void add_weak(finding *f, const fk_problem *p, const fk_levels *l, size_t i)
{
    char *name = fk_expr_print(p->sde->variable[i], FK_EXPR_TEXT);
    for (int power = 1; power <= 2 && f->n_curves < CURVES; power++) {
        curve *c = &f->curve[f->n_curves++];
        snprintf(c->name, sizeof c->name, power == 1 ? "E %.40s" : "E %.40s^2",
                 name != NULL ? name : "?");
        for (size_t k = 0; k < l->n_pairs; k++)
            fill_curve(c, l, k, power == 1 ? l->pair[k].mean[i] : l->pair[k].square[i]);
    }
    free(name);
}

/* A scheme declared exact leaves rounding, which has no order. */
static void judge_exact(finding *f)
{
    static const double rounding = 1e-9;
    double most = 0.0;
    for (size_t k = 0; k < f->n_curves; k++)
        for (size_t i = 0; i < f->n_points; i++)
            most = fmax(most, fabs(f->curve[k].value[i]));
    f->order = f->error = NAN;
    f->word = most <= rounding ? FK_AGREE : FK_DISAGREE;
}

/* The slowest curve decides; a curve with fewer than three points above noise says
 * nothing. */
static void judge(finding *f)
{
    f->word = FK_INCONCLUSIVE;
    f->order = f->error = NAN;
    for (size_t k = 0; k < f->n_curves; k++) {
        curve *c = &f->curve[k];
        c->slope = fk_slope_fit(f->n_points, c->step, c->value, c->error);
        if (c->slope.used < 3 || (f->order <= c->slope.order))
            continue;
        f->order = c->slope.order;
        f->error = c->slope.error;
    }
    if (isfinite(f->order) && f->error < 0.25)
        f->word =
            f->order + 2.0 * f->error >= f->declared - 0.1 ? FK_AGREE : FK_DISAGREE;
}

/* Strong orders are those without walls. */
static double declared(const arguments *a, const fk_problem *p,
                       const fk_methods *methods)
{
    if (!a->weak)
        return methods->scheme->strong_order;
    return fk_scheme_weak_order(methods->scheme, p->has_domain ? &p->domain : NULL,
                                methods->faces);
}

static void evaluate(const arguments *a, const fk_problem *p, const fk_methods *methods,
                     const fk_levels *l, finding *f)
{
    *f = (finding){.n_points = l->n_pairs, .declared = declared(a, p, methods)};
    if (!a->weak) {
        curve *c = &f->curve[f->n_curves++];
        snprintf(c->name, sizeof c->name, "E |X_h - X_{h/2}|");
        for (size_t k = 0; k < l->n_pairs; k++)
            fill_curve(c, l, k, l->pair[k].distance);
    }
    for (size_t i = 0; a->weak && i < l->dim; i++)
        add_weak(f, p, l, i);
    if (isinf(f->declared))
        judge_exact(f);
    else
        judge(f);
}

/* ---- saying it ---- */

static void print_curve(const curve *c, size_t n)
{
    printf("%s\n%12s%16s%14s%14s\n", c->name, "step", "difference", "std. error",
           "local order");
    for (size_t k = 0; k < n; k++) {
        printf("%12.4g%16.4g%14.2g", c->step[k], c->value[k], c->error[k]);
        const double ratio = k > 0 ? c->value[k - 1] / c->value[k] : (double)NAN;
        if (ratio > 0.0)
            printf("%14.2f\n", log2(ratio));
        else
            printf("%14s\n", "-");
    }
    if (c->slope.used >= 2)
        printf("order %.2f +- %.2f (two standard errors, %zu of %zu points)\n\n",
               c->slope.order, 2.0 * c->slope.error, c->slope.used, n);
    else
        printf("order unknown: noise hides the differences\n\n");
}

static void print_finding(const finding *f, const fk_scheme *scheme, bool weak)
{
    const char *kind = weak ? "weak" : "strong";
    for (size_t k = 0; k < f->n_curves; k++)
        print_curve(&f->curve[k], f->n_points);
    if (isinf(f->declared))
        printf("%s: %s is declared exact; its results %s on the step\n",
               f->word == FK_AGREE ? "holds" : "fails", scheme->name,
               f->word == FK_AGREE ? "do not depend" : "depend");
    else if (f->word == FK_INCONCLUSIVE)
        printf(
            "inconclusive: too few differences stand out from noise; more --paths or a "
            "larger\nparticles.step would help\n");
    else
        printf("%s: %s converges with %s order %.2f +- %.2f here, declared %g\n",
               f->word == FK_AGREE ? "holds" : "fails", scheme->name, kind, f->order,
               2.0 * f->error, f->declared);
}

static void write_json(const finding *f, const fk_problem *p, const fk_scheme *scheme,
                       bool weak)
{
    fk_json j = fk_json_begin(stdout);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", p->name);
    fk_json_text(&j, "scheme", scheme->name);
    fk_json_text(&j, "kind", weak ? "weak" : "strong");
    fk_json_number(&j, "declared", f->declared);
    fk_json_number(&j, "order", f->order);
    fk_json_number(&j, "error", f->error);
    fk_json_text(&j, "verdict",
                 f->word == FK_AGREE      ? "holds"
                 : f->word == FK_DISAGREE ? "fails"
                                          : "inconclusive");
    fk_json_array(&j, "curves");
    for (size_t k = 0; k < f->n_curves; k++) {
        const curve *c = &f->curve[k];
        fk_json_object(&j, NULL);
        fk_json_text(&j, "name", c->name);
        fk_json_numbers(&j, "step", f->n_points, c->step);
        fk_json_numbers(&j, "difference", f->n_points, c->value);
        fk_json_numbers(&j, "error", f->n_points, c->error);
        fk_json_number(&j, "order", c->slope.order);
        fk_json_number(&j, "order_error", c->slope.error);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    fk_json_end(&j);
}

static fk_status draw(const arguments *a, const fk_problem *p, const fk_scheme *scheme,
                      const finding *f, fk_message *message)
{
    char title[200];
    fk_order_curve shown[CURVES];
    for (size_t k = 0; k < f->n_curves; k++)
        shown[k] = (fk_order_curve){f->curve[k].name,  f->n_points,
                                    f->curve[k].step,  f->curve[k].value,
                                    f->curve[k].error, f->curve[k].slope.order};
    snprintf(title, sizeof title, "%s: %s order of %s", p->name,
             a->weak ? "weak" : "strong", scheme->name);
    return fk_write_order_figure(a->folder, title, f->n_curves, shown, f->declared,
                                 message);
}

/* ---- doing it ---- */

/* Steps from particles.step 2^(levels - 1) down to particles.step. */
static fk_levels_options options(const arguments *a, const fk_problem *p,
                                 const fk_methods *methods)
{
    const double span = p->end - p->start;
    const double coarse = p->particles.step * exp2((double)(a->levels - 1));
    const size_t standard = a->weak ? p->particles.count : 20000;
    const size_t count = p->particles.count < standard ? p->particles.count : standard;
    return (fk_levels_options){.count = a->paths > 0 ? a->paths : count,
                               .levels = a->levels,
                               .steps = (size_t)fmax(ceil(span / coarse - 1e-9), 1.0),
                               .start = p->start,
                               .end = p->end,
                               .seed = p->particles.seed,
                               .scheme = methods->scheme,
                               .faces = methods->faces};
}

static fk_status measure(const arguments *a, const fk_problem *p,
                         const fk_methods *methods, fk_word *word, fk_message *message)
{
    const fk_scheme *scheme = methods->scheme;
    fk_levels levels;
    finding found;
    fk_terminal terminal = fk_terminal_make(a->quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    const fk_levels_options o = options(a, p, methods);
    fk_terminal_begin(&terminal, "paths", NULL, 1.0);
    FK_TRY(fk_levels_run(p->sde, fk_domain_open(&p->domain) ? NULL : &p->domain,
                         p->initial, &o, &progress, &levels, message));
    fk_terminal_end(&terminal);
    evaluate(a, p, methods, &levels, &found);
    fk_levels_clear(&levels);
    if (a->json) {
        write_json(&found, p, scheme, a->weak);
    } else {
        printf("%s order of %s on %s: %zu paths from t = %g to %g\n\n",
               a->weak ? "weak" : "strong", scheme->name, p->name, o.count, p->start,
               p->end);
        print_finding(&found, scheme, a->weak);
    }
    *word = found.word;
    return a->folder != NULL ? draw(a, p, scheme, &found, message) : FK_OK;
}

static int run(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    fk_problem *problem = NULL;
    fk_methods methods;
    fk_word word = FK_INCONCLUSIVE;
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_status status =
        fk_problem_load(a.file, a.n_settings, a.setting, &problem, &methods, &message);
    if (status == FK_OK && methods.scheme == NULL)
        status = fk_fail(&message, FK_ESYNTAX, "the problem has particles: off");
    if (status == FK_OK)
        status = measure(&a, problem, &methods, &word, &message);
    fk_problem_free(problem);
    if (status != FK_OK)
        return fk_command_fail(&fk_the_order, status, &message);
    return word == FK_AGREE      ? FK_EXIT_AGREE
           : word == FK_DISAGREE ? FK_EXIT_DISAGREE
                                 : FK_EXIT_INCONCLUSIVE;
}

const fk_command fk_the_order = {
    .name = "order",
    .summary = "measure the order of convergence of the particles' scheme",
    .usage = "usage: fokker order strong|weak [OPTION...] FILE [KEY=VALUE...]\n\n"
             "Runs the same paths with steps particles.step, 2, 4, ... times as long, "
             "on the\n"
             "same Brownian motion, and fits the order at which their results approach "
             "each\n"
             "other.  No exact solution is needed.\n\n"
             "      --levels=N     how many steps to compare, 3 to 16 [6]\n"
             "      --paths=N      how many paths [20000 for strong, particles.count "
             "for weak]\n"
             "  -o, --output=DIR   also draw order.png and order.svg there\n"
             "      --json         print JSON instead of tables\n"
             "  -q, --quiet        no progress on stderr\n"
             "  -h, --help         this text\n\n"
             "exit status: 0 the order is at least the declared one, 1 it is not,\n"
             "3 inconclusive (noise hides the differences)\n",
    .run = run,
};
