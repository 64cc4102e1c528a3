/* fokker order strong|weak|pde|sampler FILE: how fast do the methods converge on this
 * problem? */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/command.h"
#include "experiments/options.h"
#include "experiments/order_finding.h"
#include "experiments/order_samplers.h"
#include "experiments/pde_order.h"
#include "experiments/problem_load.h"
#include "experiments/run.h"
#include "sampling/levels.h"
#include "sde/exact_moments.h"
#include "sde/free_space.h"
#include "sde/stretched.h"

enum { OPTION_LEVELS = 0x100, OPTION_PATHS, OPTION_STEPS, OPTION_FROM };
enum { STARTS = 64 };

typedef struct arguments {
    enum { STRONG, WEAK, PDE, SAMPLER, KINDS } kind;
    const char *file;
    fk_options common;
    size_t levels, paths, steps; /* 0: standard */
    size_t n_starts;
    double start[STARTS];
    size_t n_settings;
    const char *const *setting;
} arguments;

static const char *const kind_name[] = {"strong", "weak", "pde", "sampler"};

static const struct option own_rows[] = {
    {"levels", required_argument, NULL, OPTION_LEVELS},
    {"paths", required_argument, NULL, OPTION_PATHS},
    {"steps", required_argument, NULL, OPTION_STEPS},
    {"from", required_argument, NULL, OPTION_FROM},
    {NULL, 0, NULL, 0},
};

/* Numbers between commas. */
static int take_starts(arguments *a, const char *text)
{
    char *end;
    for (a->n_starts = 0; a->n_starts < STARTS; text = end + 1) {
        const double x = strtod(text, &end);
        if (end == text || !isfinite(x) || (*end != ',' && *end != '\0'))
            break;
        a->start[a->n_starts++] = x;
        if (*end == '\0')
            return 0;
    }
    return fk_command_misuse(
        &fk_the_order,
        "--from: expected up to %d numbers between commas, such as "
        "-1.5,0.5",
        STARTS);
}

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    if (option == OPTION_FROM)
        return take_starts(a, text);
    if (option == OPTION_STEPS)
        return fk_option_whole(&fk_the_order, "steps", text, 1, 1e4, &a->steps);
    return option == OPTION_LEVELS
               ? fk_option_whole(&fk_the_order, "levels", text, 3, FK_LEVELS_MOST,
                                 &a->levels)
               : fk_option_whole(&fk_the_order, "paths", text, 100, 1e10, &a->paths);
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){0};
    const int wrong = fk_options_read(
        &fk_the_order, argc, argv, FK_OPTION_OUTPUT | FK_OPTION_QUIET | FK_OPTION_JSON,
        &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    if (argc - optind < 2)
        return fk_command_misuse(
            &fk_the_order,
            "say which order, strong, weak, pde or sampler, and a problem "
            "file");
    const char *kind = argv[optind++];
    while (a->kind < KINDS && strcmp(kind, kind_name[a->kind]) != 0)
        a->kind++;
    if (a->kind == KINDS)
        return fk_command_misuse(
            &fk_the_order,
            "there is no order '%s'; there are: strong, weak, pde, sampler", kind);
    if (a->levels == 0)
        a->levels = a->kind == PDE ? 4 : 6;
    a->file = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* ---- orders of the particles' scheme ---- */

static void fill_curve(fk_finding_curve *c, const fk_levels *l, size_t k, fk_estimate e)
{
    c->step[k] = l->pair[k].step;
    c->value[k] = e.mean;
    c->error[k] = e.error;
}

static fk_finding_curve *add_curve(fk_finding *f, size_t points)
{
    fk_finding_curve *c = &f->curve[f->n_curves++];
    c->step_name = "step";
    c->noisy = true;
    c->declared = f->declared;
    c->n = points;
    return c;
}

static fk_estimate moment(const fk_level_pair *p, size_t i, int power)
{
    return power == 1 ? p->mean[i] : p->square[i];
}

static void add_weak(fk_finding *f, const fk_problem *p, const fk_levels *l, size_t i)
{
    char *name = fk_expr_print(p->sde->variable[i], FK_EXPR_TEXT);
    for (int power = 1; power <= 2 && f->n_curves < FK_FINDING_CURVES; power++) {
        fk_finding_curve *c = add_curve(f, l->n_pairs);
        snprintf(c->name, sizeof c->name, power == 1 ? "E %.40s" : "E %.40s^2",
                 name != NULL ? name : "?");
        for (size_t k = 0; k < l->n_pairs; k++)
            fill_curve(c, l, k, moment(&l->pair[k], i, power));
    }
    free(name);
}

/* The bias of the shortest step is measured against exact paths, or what is left of the
 * last difference, about 2^-order of it. */
static void add_limits(fk_finding *f, const fk_levels *l, const double *mean,
                       const double *cov)
{
    const double left = l->exact ? 1.0 : 1.0 / (exp2(f->declared) - 1.0);
    for (; f->n_limits < f->n_curves; f->n_limits++) {
        const size_t i = f->n_limits / 2;
        const int power = f->n_limits % 2 == 0 ? 1 : 2;
        const fk_estimate finest = moment(&l->finest, i, power);
        const fk_estimate last = moment(&l->pair[l->n_pairs - 1], i, power);
        fk_finding_limit *limit = &f->limit[f->n_limits];
        *limit = (fk_finding_limit){
            .value = finest.mean,
            .error = finest.error,
            .bias = left * last.mean,
            .doubt = left * (4.0 * last.error + (l->exact ? 0.0 : fabs(last.mean))),
            .exact = power == 1 ? mean[i] : cov[i * (l->dim + 1)] + mean[i] * mean[i]};
        memcpy(limit->name, f->curve[f->n_limits].name, sizeof limit->name);
    }
}

/* Exact moments at the end, where they are known. */
static fk_status find_limits(fk_finding *f, const fk_problem *p, const fk_levels *l,
                             fk_message *message)
{
    const fk_domain *domain = p->has_domain ? &p->domain : NULL;
    if (!fk_sde_in_free_space(p->sde, domain) || !fk_sde_moments_close(p->sde))
        return FK_OK;
    double *mean = fk_doubles(l->dim * (1 + l->dim)), *cov = mean + l->dim;
    if (mean == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    fk_status status = fk_law_moments(p->initial, mean, cov);
    if (status == FK_OK)
        status = fk_sde_moments(p->sde, p->start, p->end, mean, cov);
    if (status == FK_OK)
        add_limits(f, l, mean, cov);
    free(mean);
    return status == FK_ECONVERGE ? FK_OK : status;
}

static void say_reference(fk_finding *f, const fk_levels *l)
{
    f->exact = l->exact;
    if (l->exact)
        snprintf(f->reference, sizeof f->reference,
                 "against the exact solution along the same Brownian paths");
    else
        snprintf(f->reference, sizeof f->reference,
                 "each step against the next one: no exact solution is known along the "
                 "paths, as %.200s",
                 l->why.text);
}

/* Strong orders are those without walls. */
static double declared(const arguments *a, const fk_problem *p,
                       const fk_methods *methods)
{
    if (a->kind == STRONG)
        return fk_scheme_strong_order(methods->scheme, p->sde);
    return fk_scheme_weak_order(methods->scheme, p->sde,
                                p->has_domain ? &p->domain : NULL, methods->faces);
}

static fk_status evaluate(const arguments *a, const fk_problem *p,
                          const fk_methods *methods, const fk_levels *l, fk_finding *f,
                          fk_message *message)
{
    say_reference(f, l);
    f->declared = declared(a, p, methods);
    if (a->kind == STRONG) {
        fk_finding_curve *c = add_curve(f, l->n_pairs);
        snprintf(c->name, sizeof c->name,
                 l->exact ? "E |X_h - X|" : "E |X_h - X_{h/2}|");
        for (size_t k = 0; k < l->n_pairs; k++)
            fill_curve(c, l, k, l->pair[k].distance);
    }
    for (size_t i = 0; a->kind == WEAK && i < l->dim; i++)
        add_weak(f, p, l, i);
    return a->kind == WEAK ? find_limits(f, p, l, message) : FK_OK;
}

/* Steps from particles.step 2^(levels - 1) down to particles.step. */
static fk_levels_options options(const arguments *a, const fk_problem *p,
                                 const fk_methods *methods)
{
    const double span = p->end - p->start;
    const double coarse = p->particles.step * exp2((double)(a->levels - 1));
    const size_t standard = a->kind == WEAK ? p->particles.count : 20000;
    const size_t count = p->particles.count < standard ? p->particles.count : standard;
    return (fk_levels_options){.count = a->paths > 0 ? a->paths : count,
                               .levels = a->levels,
                               .exact = true,
                               .steps = (size_t)fmax(ceil(span / coarse - 1e-9), 1.0),
                               .start = p->start,
                               .end = p->end,
                               .seed = p->particles.seed,
                               .scheme = methods->scheme,
                               .faces = methods->faces,
                               .rules = methods->rules};
}

static fk_status measure_paths(const arguments *a, const fk_problem *p,
                               const fk_methods *methods, const fk_progress *progress,
                               fk_finding *f, fk_message *message)
{
    fk_levels levels;
    const fk_levels_options o = options(a, p, methods);
    if (methods->scheme == NULL)
        return fk_fail(message, FK_ESYNTAX, "the problem has particles: off");
    if (p->sde->killing != NULL)
        return fk_fail(
            message, FK_ESYNTAX,
            "killing: these orders are those of paths that live on; leave it "
            "out");
    if (a->kind == STRONG && o.rules.increments != FK_GAUSSIAN)
        return fk_fail(message, FK_ESYNTAX,
                       "particles.increments: %s increments do not follow a Brownian "
                       "path: the strong order needs gaussian ones",
                       fk_increments_name[o.rules.increments]);
    if (a->kind == STRONG && methods->scheme->strong_order == 0.0)
        return fk_fail(
            message, FK_ESYNTAX,
            "particles.scheme: %s is exact in law and follows no path that "
            "longer and shorter steps could share: it has a weak order alone",
            methods->scheme->name);
    f->kind = a->kind == STRONG ? "strong order" : "weak order";
    f->advice = "more --paths or a larger particles.step";
    snprintf(f->method, sizeof f->method, "%s", methods->scheme->name);
    FK_TRY(fk_levels_run(p->sde, fk_domain_open(&p->domain) ? NULL : &p->domain,
                         p->initial, &o, progress, &levels, message));
    const fk_status status = evaluate(a, p, methods, &levels, f, message);
    fk_levels_clear(&levels);
    if (status == FK_OK && !a->common.json)
        printf("%s of %s on %s: %zu paths from t = %g to %g,\n%s\n\n", f->kind,
               f->method, p->name, o.count, p->start, p->end, f->reference);
    return status;
}

/* ---- orders of the density's flux and stepper ---- */

/* The problem's cells are the finest; an axis has at least 8. */
static fk_domain coarse_domain(const fk_problem *p, size_t levels)
{
    fk_domain d = p->domain;
    for (size_t i = 0; i < d.grid.dim; i++) {
        const size_t n = d.grid.axis[i].cells >> (levels - 1);
        d.grid.axis[i].cells = n > 8 ? n : 8;
    }
    return d;
}

static void name_curve(fk_finding_curve *c, const char *name, const char *step,
                       size_t n, double declared)
{
    snprintf(c->name, sizeof c->name, "%s", name);
    c->step_name = step;
    c->declared = declared;
    c->n = n;
    for (size_t k = 0; k < n; k++)
        c->error[k] = 1e-13; /* rounding */
}

/* Of the equation and domain in which cells are even. */
static fk_status measure_even(const arguments *a, const fk_problem *p,
                              const fk_methods *methods, const fk_sde *sde,
                              const fk_domain *domain, const fk_progress *progress,
                              fk_finding *f, fk_message *message)
{
    const fk_grid *g = &p->domain.grid;
    fk_pde_order_case c = {.sde = sde,
                           .domain = *domain,
                           .flux = methods->flux,
                           .stepper = methods->stepper,
                           .density = fk_stretched_density(p->sde, g, p->exact),
                           .killing = fk_stretched_function(p->sde, g, p->sde->killing),
                           .start = p->start,
                           .end = p->end,
                           .levels = a->levels,
                           .progress = progress};
    const bool exact = isinf(methods->stepper->order);
    FK_TRY(fk_pde_order_prepare(&c, message));
    f->kind = "order";
    f->advice = "other --levels";
    f->n_curves = exact ? 1 : 2;
    snprintf(f->method, sizeof f->method, "%s with %s", methods->flux->name,
             methods->stepper->name);
    fk_finding_curve *cells = &f->curve[0], *steps = &f->curve[1];
    name_curve(cells, "error over cells", "cell width", a->levels,
               methods->flux->order);
    FK_TRY(fk_pde_order_cells(&c, cells->step, cells->value, message));
    if (!exact) {
        name_curve(steps, "change over steps", "step", a->levels,
                   methods->stepper->order);
        FK_TRY(fk_pde_order_steps(&c, steps->step, steps->value, message));
    }
    if (!a->common.json)
        printf("order of %s on %s, %s,\nfrom t = %g to %g\n\n", f->method, p->name,
               p->exact != NULL ? "against its exact density"
                                : "with the source of a manufactured density",
               c.start, c.end);
    return FK_OK;
}

static fk_status measure_density(const arguments *a, const fk_problem *p,
                                 const fk_methods *methods, const fk_progress *progress,
                                 fk_finding *f, fk_message *message)
{
    fk_sde *framed;
    fk_domain even;
    if (!p->pde.on)
        return fk_fail(message, FK_ESYNTAX, "the problem has pde: off");
    const fk_domain domain = coarse_domain(p, a->levels);
    FK_TRY(fk_stretched_frame(p->sde, &domain, &framed, &even));
    const fk_status status = measure_even(
        a, p, methods, framed != NULL ? framed : p->sde, &even, progress, f, message);
    fk_sde_free(framed);
    return status;
}

static fk_status measure_samplers(const arguments *a, const fk_problem *p,
                                  const fk_methods *methods, fk_word *word,
                                  fk_message *message)
{
    const fk_order_samplers o = {.folder = a->common.folder,
                                 .quiet = a->common.quiet,
                                 .json = a->common.json,
                                 .least = a->steps > 0 ? a->steps : 10,
                                 .levels = a->levels,
                                 .n_starts = a->n_starts,
                                 .start = a->n_starts > 0 ? a->start : NULL};
    return fk_order_samplers_run(p, methods, &o, word, message);
}

static fk_status measure(const arguments *a, const fk_problem *p,
                         const fk_methods *methods, fk_word *word, fk_message *message)
{
    fk_finding found = {0};
    fk_terminal terminal = fk_terminal_make(a->common.quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    fk_terminal_begin(&terminal, a->kind == PDE ? "densities" : "paths", NULL, 1.0);
    FK_TRY((a->kind == PDE ? measure_density : measure_paths)(a, p, methods, &progress,
                                                              &found, message));
    fk_terminal_end(&terminal);
    fk_finding_judge(&found);
    if (a->common.json)
        fk_finding_write_json(&found, p->name);
    else
        fk_finding_print(&found);
    *word = found.word;
    return a->common.folder != NULL
               ? fk_finding_draw(&found, p->name, a->common.folder, message)
               : FK_OK;
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
    if (status == FK_OK)
        status = (a.kind == SAMPLER ? measure_samplers : measure)(&a, problem, &methods,
                                                                  &word, &message);
    fk_problem_free(problem);
    if (status != FK_OK)
        return fk_command_fail(&fk_the_order, status, &message);
    return fk_command_exit(word);
}

const fk_command fk_the_order = {
    .name = "order",
    .summary = "measure orders of convergence: of the scheme, of flux and stepper",
    .usage =
        "usage: fokker order strong|weak|pde|sampler [OPTION...] FILE "
        "[KEY=VALUE...]\n\n"
        "strong, weak: runs the same paths with steps particles.step, 2, 4, ... times "
        "as\n"
        "long, on the same Brownian motion, and fits the order at which their results\n"
        "approach the exact solution along it where there is one, else each other; "
        "means\n"
        "are also held against exact moments where they are known.\n\n"
        "pde: refines the grid up to the problem's cells, and the steps, and fits the\n"
        "orders at which the density approaches an exact one: the problem's 'exact', "
        "or a\n"
        "chosen smooth density that a source, derived from it symbolically, makes "
        "exact.\n\n"
        "sampler: runs the samplers that the section `sampler` names with N, 2N, 4N, "
        "... "
        "steps,\n"
        "from the same starts, and fits the orders of their paths against the exact "
        "flow, of\n"
        "the exact law of their results where the data are Gaussian, else of their "
        "moments.\n\n"
        "      --levels=N     how many steps to compare, 3 to 16 [6; pde: 4]\n"
        "      --steps=N      sampler: the fewest steps [10]\n"
        "      --from=X,...   sampler: starts of the one variable [64 quantiles or "
        "draws]\n"
        "      --paths=N      how many paths [20000 for strong, particles.count for "
        "weak]\n"
        "  -o, --output=DIR   also draw order.png and order.svg there; sampler: "
        "samplers.png\n"
        "      --json         print JSON instead of tables\n"
        "  -q, --quiet        no progress on stderr\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 the orders are at least the declared ones, 1 one is not,\n"
        "3 inconclusive (noise hides the differences)\n",
    .run = run,
};
