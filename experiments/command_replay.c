/* fokker replay FILE particle=17: one path alone, the same as in the whole run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ranges.h"
#include "experiments/command.h"
#include "experiments/follow.h"
#include "experiments/options.h"
#include "experiments/problem_load.h"

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

static fk_status check_particles(const char *text, size_t count, bool *several,
                                 fk_message *message)
{
    const size_t n = fk_ranges_count(text, count);
    if (n == 0)
        return fk_fail(message, FK_ESYNTAX,
                       "particle=%s: must be numbers and ranges from 0 to %zu, such as "
                       "17 or 0-9,17",
                       text, count - 1);
    *several = n > 1;
    return FK_OK;
}

/* ---- one path ---- */

typedef struct printer {
    const fk_problem *p;
    const fk_path *path;
    bool several;
} printer;

static fk_status print_state(void *context, double t, const double *x)
{
    const printer *a = context;
    if (a->several)
        printf("%zu,", a->path->particle);
    printf("%.17g", t);
    for (size_t i = 0; i < a->p->sde->dim; i++)
        printf(",%.17g", x[i]);
    putchar('\n');
    return FK_OK;
}

static void tell_face(const fk_problem *p, const fk_path *path)
{
    const fk_axis *a = &p->domain.grid.axis[path->axis];
    char *name = fk_expr_print(p->sde->variable[path->axis], FK_EXPR_TEXT);
    fprintf(stderr, "particle %zu left through %s = %g at t = %.10g\n", path->particle,
            name != NULL ? name : "?", path->side == 0 ? a->lo : a->hi, path->t_end);
    free(name);
}

static void tell_end(const fk_problem *p, const fk_path *path)
{
    switch (path->end) {
    case FK_PATH_GOES_ON:
        return;
    case FK_PATH_LEFT:
        tell_face(p, path);
        return;
    case FK_PATH_KILLED:
        fprintf(stderr, "particle %zu was killed in the step that ends at t = %.10g\n",
                path->particle, path->t_end);
        return;
    case FK_PATH_LOST:
        fprintf(stderr,
                "particle %zu is nowhere (not finite) after the step that ends at "
                "t = %.10g: lost\n",
                path->particle, path->t_end);
    }
}

static void print_header(const printer *a)
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
    fk_path path = {.n = 0};
    printer one = {.p = p, .path = &path};
    const fk_follower follower = {print_state, &one};
    const char *rest = a->particles;
    size_t from, to;
    if (methods->scheme == NULL)
        return fk_fail(message, FK_ESYNTAX, "the problem has particles: off");
    FK_TRY(check_particles(rest, p->particles.count, &one.several, message));
    print_header(&one);
    while (*rest != '\0' && fk_ranges_next(&rest, p->particles.count, &from, &to))
        for (size_t k = from; k <= to; k++) {
            FK_TRY(fk_follow(p, methods, k, a->every, &follower, &path, message));
            tell_end(p, &path);
            *any_lost = *any_lost || path.end == FK_PATH_LOST;
        }
    if (fflush(stdout) != 0 || ferror(stdout))
        return fk_fail(message, FK_EIO, "standard output cannot be written");
    return FK_OK;
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
        "takes.  Only the block of 256 particles around each is simulated.\n\n"
        "      --every=N      a line every N steps, and at output times [1]\n"
        "  -h, --help         this text\n\n"
        "exit status: 0, or 3 if a state is not finite\n",
    .run = run,
};
