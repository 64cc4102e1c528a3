/* fokker verify weak FILE: the weak form of a problem's equation, held by paths. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "experiments/command_verify.h"
#include "experiments/options.h"
#include "experiments/problem_load.h"
#include "experiments/terminal.h"
#include "experiments/weak.h"

enum {
    OPTION_AGAINST = 0x100,
    OPTION_BUT,
    OPTION_FAMILY,
    OPTION_PHI,
    OPTION_PATHS,
    OPTION_EFFECT,
    MOST_TEXTS = 64,
};

typedef struct arguments {
    fk_weak_request request; /* families, functions, paths, effect */
    const char *file, *against;
    size_t n_but, n_settings;
    const char *but[MOST_TEXTS];
    const char *phi[MOST_TEXTS];
    const char *const *setting;
    fk_options common;
} arguments;

static const struct option own_rows[] = {
    {"against", required_argument, NULL, OPTION_AGAINST},
    {"but", required_argument, NULL, OPTION_BUT},
    {"family", required_argument, NULL, OPTION_FAMILY},
    {"phi", required_argument, NULL, OPTION_PHI},
    {"paths", required_argument, NULL, OPTION_PATHS},
    {"effect", required_argument, NULL, OPTION_EFFECT},
    {NULL, 0, NULL, 0},
};

static const fk_command the_verify_weak;

/* One word of a list of families. */
static int read_family(arguments *a, const char *word)
{
    for (size_t k = 0; k < FK_FAMILIES; k++)
        if (strcmp(word, fk_family_name[k]) == 0) {
            a->request.family[k] = true;
            return 0;
        }
    const char *near = fk_spelling_nearest(word, FK_FAMILIES, fk_family_name);
    return fk_command_misuse(&the_verify_weak,
                             "--family=%s: must be some of monomial, hermite, fourier, "
                             "gaussian, bump, with commas, or none%s%s%s",
                             word, near != NULL ? "; did you mean '" : "",
                             near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int read_families(arguments *a, const char *text)
{
    char words[256];
    memset(a->request.family, 0, sizeof a->request.family);
    snprintf(words, sizeof words, "%s", text);
    for (char *word = strtok(words, ","); word != NULL; word = strtok(NULL, ",")) {
        const int wrong = strcmp(word, "none") == 0 ? 0 : read_family(a, word);
        if (wrong != 0)
            return wrong;
    }
    return 0;
}

static int read_effect(arguments *a, const char *text)
{
    char *end;
    a->request.effect = strtod(text, &end);
    if (end == text || *end != '\0' || !(a->request.effect > 0.0) ||
        !(a->request.effect < 1.0))
        return fk_command_misuse(&the_verify_weak,
                                 "--effect=%s: must be a number between 0 and 1", text);
    return 0;
}

static int add_text(const char **list, size_t *n, const char *name, const char *text)
{
    if (*n == MOST_TEXTS)
        return fk_command_misuse(&the_verify_weak, "--%s: at most %d of them", name,
                                 MOST_TEXTS);
    list[(*n)++] = text;
    return 0;
}

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    switch (option) {
    case OPTION_AGAINST:
        a->against = text;
        return 0;
    case OPTION_BUT:
        return add_text(a->but, &a->n_but, "but", text);
    case OPTION_FAMILY:
        return read_families(a, text);
    case OPTION_PHI:
        return add_text(a->phi, &a->request.n_phi, "phi", text);
    case OPTION_PATHS:
        return fk_option_whole(&the_verify_weak, "paths", text, 256, 1e8,
                               &a->request.paths);
    default:
        return read_effect(a, text);
    }
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){.request = {.effect = 0.2}};
    for (size_t k = FK_HERMITE_FAMILY; k < FK_FAMILIES; k++)
        a->request.family[k] = true;
    const int wrong =
        fk_options_read(&the_verify_weak, argc, argv, FK_OPTION_QUIET | FK_OPTION_JSON,
                        &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    if (optind >= argc)
        return fk_command_misuse(&the_verify_weak,
                                 "give a problem file, e.g. fokker verify weak "
                                 "double_well");
    a->request.phi = a->phi;
    a->file = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* The problem of the paths and that of the equation, which is the same one unless asked. */
typedef struct problems {
    fk_problem *paths, *claim;
    fk_methods methods;
} problems;

static bool same_variables(const fk_sde *s, const fk_sde *other)
{
    bool same = s->dim == other->dim;
    for (size_t i = 0; i < s->dim && same; i++) {
        char *a = fk_expr_print(s->variable[i], FK_EXPR_TEXT);
        char *b = fk_expr_print(other->variable[i], FK_EXPR_TEXT);
        same = a != NULL && b != NULL && strcmp(a, b) == 0;
        free(a);
        free(b);
    }
    return same;
}

static fk_status load(const arguments *a, problems *p, fk_message *message)
{
    fk_methods unused;
    FK_TRY(fk_problem_load(a->file, a->n_settings, a->setting, &p->paths, &p->methods,
                           message));
    if (a->against == NULL && a->n_but == 0)
        return FK_OK;
    const bool own = a->against == NULL;
    const char *all[2 * MOST_TEXTS];
    size_t n = 0;
    for (size_t i = 0; own && i < a->n_settings && n < MOST_TEXTS; i++)
        all[n++] = a->setting[i];
    for (size_t i = 0; i < a->n_but; i++)
        all[n++] = a->but[i];
    FK_TRY(fk_problem_load(own ? a->file : a->against, n, all, &p->claim, &unused,
                           message));
    return same_variables(p->paths->sde, p->claim->sde)
               ? FK_OK
               : fk_fail(message, FK_ESYNTAX,
                         "%s and %s must have the same variables in the same order",
                         a->file, own ? a->file : a->against);
}

static fk_status verify(arguments *a, fk_finding_word *word, fk_message *message)
{
    problems p = {.paths = NULL};
    fk_weak_answer answer = {.n = 0};
    fk_terminal terminal = fk_terminal_make(a->common.quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    fk_status status = load(a, &p, message);
    if (status == FK_OK) {
        a->request.problem = p.paths;
        a->request.methods = &p.methods;
        a->request.claim = p.claim != NULL ? p.claim : p.paths;
        fk_terminal_begin(&terminal, "paths", NULL, 1.0);
        status = fk_weak_verify(&a->request, &progress, &answer, message);
        fk_terminal_end(&terminal);
    }
    if (status == FK_OK)
        (a->common.json ? fk_weak_json : fk_weak_print)(&a->request, &answer, stdout);
    *word = answer.word;
    fk_weak_clear(&answer);
    fk_problem_free(p.paths);
    fk_problem_free(p.claim);
    return status;
}

int fk_command_verify_weak(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    fk_finding_word word = FK_HOLDS;
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    const fk_status status = verify(&a, &word, &message);
    return status == FK_OK ? fk_verify_exit(word)
                           : fk_command_fail(&the_verify_weak, status, &message);
}

static const fk_command the_verify_weak = {
    .name = "verify weak",
    .summary = "hold a problem's equation to its paths, test function by test function",
    .usage =
        "usage: fokker verify weak [OPTION...] FILE [KEY=VALUE...]\n\n"
        "Simulates paths of FILE and asks, for each test function phi, whether phi "
        "changes\n"
        "from step to step as an equation says: in its mean, L phi, and in its "
        "variance.\n"
        "Without --against and --but the equation is FILE's own, which tests scheme "
        "and\n"
        "step; with them, one that you derived and believe.  If it is contradicted, "
        "the\n"
        "term that is wrong is looked for, and its amount.\n\n"
        "      --against=FILE2   the equation of FILE2, with FILE's variables\n"
        "      --but=KEY=VALUE   the equation with this setting changed; may be "
        "repeated\n"
        "      --family=LIST     of monomial, hermite, fourier, gaussian, bump, or "
        "none\n"
        "                        [hermite,fourier,gaussian,bump]\n"
        "      --phi=EXPR        a function of your own; may be repeated\n"
        "      --effect=E        relative error of a term that matters to you [0.2]\n"
        "      --paths=N         instead of as many as show that error\n"
        "      --json            print JSON instead of tables\n"
        "  -q, --quiet           no progress on stderr\n"
        "  -h, --help            this text\n\n"
        "exit status: 0 the equation holds, 1 it is contradicted, 3 an error that "
        "matters\n"
        "could hide, 2 wrong option, file or value\n",
};
