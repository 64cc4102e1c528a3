/* fokker backward FILE --payoff=EXPR: what is expected of a path from each place. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "experiments/analysis_result.h"
#include "experiments/backward.h"
#include "experiments/command_line.h"
#include "experiments/problem_expression.h"
#include "experiments/problem_load.h"

enum {
    OPTION_PAYOFF = 0x100,
    OPTION_COST,
    OPTION_EXIT,
    OPTION_AT,
    OPTION_PARTICLES,
};

typedef struct arguments {
    const char *file;
    fk_options common;
    fk_backward_request request;
    const char *at[FK_BACKWARD_POINTS];
    size_t n_settings;
    const char *const *setting;
    char *line; /* owned: the command line */
} arguments;

static const struct option own_rows[] = {
    {"payoff", required_argument, NULL, OPTION_PAYOFF},
    {"cost", required_argument, NULL, OPTION_COST},
    {"exit", required_argument, NULL, OPTION_EXIT},
    {"at", required_argument, NULL, OPTION_AT},
    {"particles", no_argument, NULL, OPTION_PARTICLES},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    fk_backward_request *r = &a->request;
    switch (option) {
    case OPTION_PAYOFF:
        r->payoff.text = text;
        return 0;
    case OPTION_COST:
        r->cost.text = text;
        return 0;
    case OPTION_EXIT:
        r->exit.text = text;
        return 0;
    case OPTION_PARTICLES:
        r->particles = true;
        return 0;
    default:
        break;
    }
    if (r->n_points == FK_BACKWARD_POINTS)
        return fk_command_misuse(&fk_the_backward, "--at=%s: at most %d places", text,
                                 FK_BACKWARD_POINTS);
    a->at[r->n_points++] = text;
    return 0;
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){.line = fk_command_line(argc, argv)};
    const int wrong = fk_options_read(&fk_the_backward, argc, argv,
                                      FK_OPTIONS_OF_A_RESULT, &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    const fk_backward_request *r = &a->request;
    if (argc - optind < 1)
        return fk_command_misuse(&fk_the_backward,
                                 "give a problem file, e.g. fokker backward "
                                 "double_well --payoff='max(x, 0)'");
    if (r->payoff.text == NULL && r->cost.text == NULL && r->exit.text == NULL)
        return fk_command_misuse(
            &fk_the_backward,
            "nothing is paid: give --payoff=EXPR at the end, --cost=EXPR on the way or "
            "--exit=EXPR at a face");
    if (r->particles && r->cost.text != NULL)
        return fk_command_misuse(&fk_the_backward,
                                 "--particles adds up no --cost on the way");
    a->file = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* ---- what is paid ---- */

static fk_status read_term(const fk_problem *p, fk_backward_term *t,
                           fk_message *message)
{
    return t->text != NULL ? fk_problem_expression(p, t->text, &t->expr, message)
                           : FK_OK;
}

/* One number for each face: at its place on a line, of all of it otherwise. */
static fk_status evaluate_exit(const fk_problem *p, const fk_program *exit,
                               fk_backward_request *r, double *scratch,
                               fk_message *message)
{
    if (!fk_program_steady(exit, 0) ||
        (p->sde->dim > 1 && !fk_program_uniform(exit, 0)))
        return fk_fail(message, FK_ESYNTAX, "--exit=%.200s: must be %s, free of t",
                       r->exit.text,
                       p->sde->dim > 1 ? "a number where there are several variables"
                                       : "an expression of the variable");
    for (size_t a = 0; a < p->sde->dim; a++)
        for (size_t side = 0; side < 2; side++) {
            const fk_axis *axis = &p->domain.grid.axis[a];
            const double x[FK_GRID_DIM] = {side == 0 ? axis->lo : axis->hi};
            if (!fk_boundary_absorbs(p->domain.face[a][side]))
                continue;
            fk_program_point(exit, p->end, x, &r->worth[a][side], scratch);
            if (!isfinite(r->worth[a][side]))
                return fk_fail(message, FK_EDOMAIN,
                               "--exit=%.200s is not finite at the face %g",
                               r->exit.text, x[0]);
        }
    return FK_OK;
}

static fk_status read_exit(const fk_problem *p, fk_backward_request *r,
                           fk_message *message)
{
    FK_TRY(read_term(p, &r->exit, message));
    if (r->exit.expr == NULL)
        return FK_OK;
    if (!fk_domain_absorbs(&p->domain))
        return fk_fail(message, FK_ESYNTAX,
                       "--exit=%.200s: no face of the domain absorbs", r->exit.text);
    const fk_binding binding = fk_sde_binding(p->sde);
    fk_program *exit;
    FK_TRY(fk_program_new(1, &r->exit.expr, &binding, &exit));
    double *scratch = fk_doubles(fk_program_scratch(exit));
    const fk_status status =
        scratch != NULL ? evaluate_exit(p, exit, r, scratch, message) : FK_ENOMEM;
    free(scratch);
    fk_program_free(exit);
    return status;
}

/* ---- where it is told ---- */

static fk_status read_place(const fk_problem *p, const char *text, double *x,
                            fk_message *message)
{
    const char *rest = text;
    for (size_t a = 0; a < p->sde->dim; a++) {
        char *end;
        x[a] = strtod(rest, &end);
        if (end == rest || *end != (a + 1 < p->sde->dim ? ',' : '\0'))
            return fk_fail(message, FK_ESYNTAX, "--at=%.200s: must be %zu number%s",
                           text, p->sde->dim,
                           p->sde->dim > 1 ? "s with commas between them" : "");
        rest = end + 1;
    }
    size_t cell;
    if (!fk_grid_find(&p->domain.grid, x, &cell))
        return fk_fail(message, FK_ESYNTAX, "--at=%.200s: lies outside of the domain",
                       text);
    return FK_OK;
}

/* Without a place that of the initial law's mean. */
static fk_status read_places(arguments *a, const fk_problem *p, fk_message *message)
{
    fk_backward_request *r = &a->request;
    double cov[FK_GRID_DIM * FK_GRID_DIM];
    size_t cell;
    for (size_t k = 0; k < r->n_points; k++)
        FK_TRY(read_place(p, a->at[k], r->point[k], message));
    if (r->n_points > 0)
        return FK_OK;
    FK_TRY(fk_law_moments(p->initial, r->point[0], cov));
    r->n_points = fk_grid_find(&p->domain.grid, r->point[0], &cell) ? 1 : 0;
    return FK_OK;
}

static fk_status check(const arguments *a, const fk_problem *p,
                       const fk_methods *methods, fk_message *message)
{
    if (!p->has_domain)
        return fk_fail(message, FK_ESYNTAX,
                       "the problem has no domain, so there is no grid for the "
                       "equation; 'fokker expect' needs none");
    if (p->source != NULL)
        return fk_fail(message, FK_ESYNTAX,
                       "a source makes paths of its own, of which no place expects "
                       "anything: leave 'source' out");
    if (a->request.particles && methods->scheme == NULL)
        return fk_fail(message, FK_ESYNTAX,
                       "--particles: the problem has particles: off");
    return FK_OK;
}

static fk_status go_back(arguments *a, const fk_problem *p, const fk_methods *methods,
                         fk_findings *findings, fk_message *message)
{
    fk_backward_request *r = &a->request;
    fk_analysis_request request = {.problem = p, .methods = methods, .backward = r};
    FK_TRY(check(a, p, methods, message));
    FK_TRY(read_term(p, &r->payoff, message));
    FK_TRY(read_term(p, &r->cost, message));
    FK_TRY(read_exit(p, r, message));
    FK_TRY(read_places(a, p, message));
    return fk_analysis_result(&fk_the_backward, &fk_analysis_backward, &request,
                              &a->common, a->line, findings, message);
}

static int run(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    fk_problem *problem = NULL;
    fk_methods methods;
    fk_findings *findings = calloc(1, sizeof *findings);
    const int wrong = read_arguments(argc, argv, &a);
    fk_status status = findings != NULL ? FK_OK : FK_ENOMEM;
    if (wrong == 0 && status == FK_OK)
        status = fk_problem_load(a.file, a.n_settings, a.setting, &problem, &methods,
                                 &message);
    if (wrong == 0 && status == FK_OK)
        status = go_back(&a, problem, &methods, findings, &message);
    if (findings != NULL)
        fk_findings_clear(&fk_analysis_backward, findings);
    free(findings);
    fk_problem_free(problem);
    free(a.line);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_backward, status, &message);
}

const fk_command fk_the_backward = {
    .name = "backward",
    .summary = "what is expected of a path from each place and time",
    .usage =
        "usage: fokker backward [OPTION...] FILE [KEY=VALUE...]\n\n"
        "Solves the backward equation of Kolmogorov, Feynman and Kac on the problem's "
        "grid:\n\n"
        "  u(x, t) = E[payoff(X_end) K(end) + int_t^end cost K ds + exit K(exit)\n"
        "              | X_t = x],   K(s) = exp(-int_t^s killing)\n\n"
        "at the start and the output times, with the problem's `killing`; the first "
        "term\n"
        "for paths that are still there at the end, the last one for those that left\n"
        "through an absorbing face.  Coarser grids tell the error.\n\n"
        "      --payoff=EXPR  paid at the end, e.g. 'max(x - 1, 0)'\n"
        "      --cost=EXPR    paid on the way, per time\n"
        "      --exit=EXPR    paid on leaving through an absorbing face [0]\n"
        "      --at=X[,Y[,Z]] tell u at this place; may be repeated [the mean of the\n"
        "                     initial law]\n"
        "      --particles    and what particles.count of them from there make of it\n"
        "  -o, --output=DIR   put the result there instead of out/NAME_backward\n"
        "  -f, --force        replace a result that exists\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no figures\n"
        "  -q, --quiet        no progress on stderr\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 done, 2 wrong option or problem file, 4 it could not be found\n"
        "(one sentence says why), 130 interrupted\n",
    .run = run,
};
