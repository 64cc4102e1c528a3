/* fokker replay FILE particle=17: one path alone, the same as in the whole run. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"
#include "experiments/command.h"
#include "experiments/options.h"
#include "experiments/problem_load.h"
#include "sampling/ensemble.h"

enum { OPTION_EVERY = 0x100 };

typedef struct arguments {
    const char *file;
    size_t every;
    char *particles; /* "3,10-19"; among the settings of the command line */
    size_t n_settings;
    const char **setting; /* owned array */
} arguments;

static const struct option own_rows[] = {
    {"every", required_argument, NULL, OPTION_EVERY},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    (void)option; /* there is one */
    return fk_option_whole(&fk_the_replay, "every", text, 1, 1e15, &a->every);
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    static const char key[] = "particle=";
    const fk_own_options own = {own_rows, "", take};
    fk_options none;
    *a = (arguments){.every = 1};
    const int wrong = fk_options_read(&fk_the_replay, argc, argv, 0, &own, a, &none);
    if (wrong != 0)
        return wrong;
    if (optind == argc)
        return fk_command_misuse(&fk_the_replay, "say which problem file");
    a->file = argv[optind++];
    a->setting = calloc((size_t)(argc - optind) + 1, sizeof *a->setting);
    if (a->setting == NULL)
        return FK_EXIT_FAILED;
    for (; optind < argc; optind++)
        if (strncmp(argv[optind], key, sizeof key - 1) == 0)
            a->particles = argv[optind] + sizeof key - 1;
        else
            a->setting[a->n_settings++] = argv[optind];
    if (a->particles == NULL)
        return fk_command_misuse(&fk_the_replay,
                                 "say which particles: particle=17, particle=0-9,17");
    return 0;
}

/* A number of a particle and what follows it; false if there is none. */
static bool read_particle(const char **text, size_t count, size_t *p)
{
    char *end;
    if (**text < '0' || **text > '9')
        return false;
    const unsigned long long value = strtoull(*text, &end, 10);
    *text = end;
    *p = (size_t)value;
    return value < count;
}

/* The next range of "3,10-19"; false at anything else. */
static bool read_range(const char **text, size_t count, size_t *from, size_t *to)
{
    if (!read_particle(text, count, from))
        return false;
    *to = *from;
    if (**text == '-') {
        (*text)++;
        if (!read_particle(text, count, to) || *to < *from)
            return false;
    }
    if (**text == ',' && (*text)[1] != '\0')
        (*text)++;
    else if (**text != '\0')
        return false;
    return true;
}

static fk_status check_particles(const char *text, size_t count, bool *several,
                                 fk_message *message)
{
    const char *rest = text;
    size_t from, to, n = 0;
    while (*rest != '\0' && read_range(&rest, count, &from, &to))
        n += to - from + 1;
    if (*rest != '\0' || n == 0)
        return fk_fail(message, FK_ESYNTAX,
                       "particle=%s: must be numbers and ranges from 0 to %zu, such as "
                       "17 or 0-9,17",
                       text, count - 1);
    *several = n > 1;
    return FK_OK;
}

/* ---- one path ---- */

typedef struct path {
    const fk_problem *p;
    fk_ensemble *e; /* the particle's block, or all on whose law it depends */
    size_t particle, lane, every;
    bool several;
    bool lost; /* this or an earlier particle: its state is not finite */
    double *x;
} path;

static void print_state(const path *a)
{
    fk_ensemble_states(a->e, a->lane, 1, a->x);
    if (a->several)
        printf("%zu,", a->particle);
    printf("%.17g", fk_ensemble_time(a->e));
    for (size_t i = 0; i < a->p->sde->dim; i++)
        printf(",%.17g", a->x[i]);
    putchar('\n');
}

static bool lost(const path *a)
{
    if (!fk_ensemble_lost(a->e, a->lane))
        return false;
    fprintf(stderr,
            "particle %zu is nowhere (not finite) after the step that ends at "
            "t = %.10g: lost\n",
            a->particle, fk_ensemble_time(a->e));
    return true;
}

static bool ended(const path *a)
{
    size_t axis, side;
    if (fk_ensemble_killed(a->e, a->lane)) {
        fprintf(stderr, "particle %zu was killed in the step that ends at t = %.10g\n",
                a->particle, fk_ensemble_time(a->e));
        return true;
    }
    if (!fk_ensemble_ended(a->e, a->lane, &axis, &side))
        return false;
    const fk_axis *axes = a->p->domain.grid.axis;
    char *name = fk_expr_print(a->p->sde->variable[axis], FK_EXPR_TEXT);
    fprintf(stderr, "particle %zu left through %s = %g at t = %.10g\n", a->particle,
            name != NULL ? name : "?", side == 0 ? axes[axis].lo : axes[axis].hi,
            fk_ensemble_time(a->e));
    free(name);
    return true;
}

/* Step by step to t_end, at the pace of a run; a line every a->every steps and at the
 * end. */
static fk_status follow(path *a, double t_end, bool *over, fk_message *message)
{
    const double start = fk_ensemble_time(a->e);
    fk_ensemble_pace(a->e, t_end);
    const double h = fk_ensemble_step(a->e);
    const size_t n = (size_t)round((t_end - start) / h);
    for (size_t k = 1; k <= n; k++) {
        const double t = k == n ? t_end : start + (double)k * h;
        FK_TRY(fk_ensemble_advance(a->e, t, NULL, message));
        if ((*over = lost(a))) {
            a->lost = true;
            return FK_OK;
        }
        *over = ended(a);
        if (*over || k == n || fk_ensemble_steps(a->e) % a->every == 0)
            print_state(a);
        if (*over)
            return FK_OK;
    }
    return FK_OK;
}

static fk_status replay(path *a, const fk_methods *methods, fk_message *message)
{
    const fk_problem *p = a->p;
    const bool all = fk_sde_interacts(p->sde);
    const size_t first = all ? 0 : a->particle / FK_BLOCK * FK_BLOCK;
    const fk_ensemble_options o = {.count = all ? p->particles.count : FK_BLOCK,
                                   .first = first,
                                   .start = p->start,
                                   .step = p->particles.step,
                                   .seed = p->particles.seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = methods->scheme,
                                   .faces = methods->faces,
                                   .rules = methods->rules};
    FK_TRY(fk_ensemble_new(p->sde, p->has_domain ? &p->domain : NULL, p->initial, &o,
                           &a->e, message));
    a->lane = a->particle - first;
    print_state(a);
    bool over = ended(a);
    fk_status status = FK_OK;
    for (size_t i = 0; i < p->n_outputs && !over && status == FK_OK; i++)
        status = follow(a, p->output[i], &over, message);
    fk_ensemble_free(a->e);
    return status;
}

static void print_header(const path *a)
{
    fputs(a->several ? "particle,t" : "t", stdout);
    for (size_t i = 0; i < a->p->sde->dim; i++) {
        char *name = fk_expr_print(a->p->sde->variable[i], FK_EXPR_TEXT);
        printf(",%s", name != NULL ? name : "?");
        free(name);
    }
    putchar('\n');
}

static fk_status replay_all(const arguments *a, const fk_problem *p,
                            const fk_methods *methods, bool *any_lost,
                            fk_message *message)
{
    path one = {.p = p, .every = a->every};
    const char *rest = a->particles;
    size_t from, to;
    if (methods->scheme == NULL)
        return fk_fail(message, FK_ESYNTAX, "the problem has particles: off");
    FK_TRY(check_particles(rest, p->particles.count, &one.several, message));
    one.x = fk_doubles(p->sde->dim);
    if (one.x == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    print_header(&one);
    fk_status status = FK_OK;
    while (status == FK_OK && *rest != '\0') {
        read_range(&rest, p->particles.count, &from, &to);
        for (one.particle = from; one.particle <= to && status == FK_OK; one.particle++)
            status = replay(&one, methods, message);
    }
    free(one.x);
    *any_lost = one.lost;
    if (status == FK_OK && (fflush(stdout) != 0 || ferror(stdout)))
        return fk_fail(message, FK_EIO, "standard output cannot be written");
    return status;
}

static int run(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    fk_problem *problem = NULL;
    fk_methods methods;
    const int wrong = read_arguments(argc, argv, &a);
    fk_status status = FK_OK;
    bool any_lost = false;
    if (wrong == 0) {
        status = fk_problem_load(a.file, a.n_settings, a.setting, &problem, &methods,
                                 &message);
        if (status == FK_OK)
            status = replay_all(&a, problem, &methods, &any_lost, &message);
        fk_problem_free(problem);
    }
    free(a.setting);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    if (status != FK_OK)
        return fk_command_fail(&fk_the_replay, status, &message);
    return any_lost ? FK_EXIT_INCONCLUSIVE : FK_EXIT_AGREE;
}

const fk_command fk_the_replay = {
    .name = "replay",
    .summary = "print single paths of a run's particles, step by step",
    .usage =
        "usage: fokker replay [OPTION...] FILE particle=LIST [KEY=VALUE...]\n\n"
        "Prints the paths of the particles with the numbers in LIST (such as 17 or "
        "0-9,17)\n"
        "as CSV: time and state after each step, to the last bit the path that "
        "`fokker run`\n"
        "takes.  Only the block of 256 particles around each is simulated, or all "
        "where\n"
        "paths depend on their law.\n\n"
        "      --every=N      a line every N steps, and at output times [1]\n"
        "  -h, --help         this text\n\n"
        "exit status: 0, or 3 if a state is not finite\n",
    .run = run,
};
