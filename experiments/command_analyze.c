/* fokker analyze FILE WHAT: stationary densities, spectra, exits, transitions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "experiments/analysis_result.h"
#include "experiments/command.h"
#include "experiments/command_line.h"
#include "experiments/options.h"
#include "experiments/problem_expression.h"
#include "experiments/problem_load.h"

enum { OPTION_MODES = 0x100, ANALYSES = 16 };

typedef struct arguments {
    const char *file;
    fk_options common;
    const fk_analysis *analysis;
    const char *set[2]; /* conditions of A and B; NULL: not given */
    size_t modes;
    size_t n_settings;
    const char **setting; /* owned array */
    char *line;           /* owned: the command line */
} arguments;

static const struct option own_rows[] = {
    {"modes", required_argument, NULL, OPTION_MODES},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    (void)option; /* there is one */
    return fk_option_whole(&fk_the_analyze, "modes", text, 1, 12, &a->modes);
}

static int read_analysis(arguments *a, const char *word)
{
    char known[256] = "";
    const char *name[ANALYSES];
    size_t n = 0;
    a->analysis = fk_analysis_find(word);
    if (a->analysis != NULL)
        return 0;
    for (; fk_analyses[n] != NULL && n < ANALYSES; n++) {
        name[n] = fk_analyses[n]->name;
        const size_t end = strlen(known);
        snprintf(known + end, sizeof known - end, "%s%s", n > 0 ? ", " : "", name[n]);
    }
    const char *near = fk_spelling_nearest(word, n, name);
    return fk_command_misuse(&fk_the_analyze,
                             "there is no analysis '%s'; there are: %s%s%s%s", word,
                             known, near != NULL ? "; did you mean '" : "",
                             near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int read_words(arguments *a, int argc, char **argv)
{
    if (argc - optind < 2)
        return fk_command_misuse(&fk_the_analyze,
                                 "give a problem file and an analysis, e.g. fokker "
                                 "analyze double_well stationary");
    a->file = argv[optind++];
    const int status = read_analysis(a, argv[optind++]);
    if (status != 0)
        return status;
    a->setting = calloc((size_t)(argc - optind) + 1, sizeof *a->setting);
    if (a->setting == NULL)
        return FK_EXIT_FAILED;
    for (; optind < argc; optind++)
        if (strncmp(argv[optind], "A=", 2) == 0 || strncmp(argv[optind], "B=", 2) == 0)
            a->set[argv[optind][0] - 'A'] = argv[optind] + 2;
        else
            a->setting[a->n_settings++] = argv[optind];
    return 0;
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){.modes = 6, .line = fk_command_line(argc, argv)};
    const int wrong = fk_options_read(&fk_the_analyze, argc, argv,
                                      FK_OPTIONS_OF_A_RESULT, &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    return read_words(a, argc, argv);
}

/* ---- doing it ---- */

static fk_status read_sets(const arguments *a, const fk_problem *p,
                           fk_analysis_request *request, fk_message *message)
{
    for (size_t k = 0; k < 2; k++) {
        request->set_text[k] = a->set[k];
        if (a->set[k] != NULL)
            FK_TRY(fk_problem_expression(p, a->set[k], &request->set[k], message));
    }
    return FK_OK;
}

static fk_status analyse(const arguments *a, const fk_problem *p,
                         const fk_methods *methods, fk_findings *f, fk_message *message)
{
    fk_analysis_request request = {.problem = p, .methods = methods, .modes = a->modes};
    FK_TRY(read_sets(a, p, &request, message));
    return fk_analysis_result(&fk_the_analyze, a->analysis, &request, &a->common,
                              a->line, f, message);
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
        status = analyse(&a, problem, &methods, findings, &message);
    if (findings != NULL && a.analysis != NULL)
        fk_findings_clear(a.analysis, findings);
    free(findings);
    fk_problem_free(problem);
    free(a.setting);
    free(a.line);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_analyze, status, &message);
}

const fk_command fk_the_analyze = {
    .name = "analyze",
    .summary = "stationary density, spectrum, exits, transitions, transport",
    .usage =
        "usage: fokker analyze [OPTION...] FILE WHAT [A=COND B=COND] [KEY=VALUE...]\n\n"
        "Answers questions about the problem without running it through time, on its\n"
        "grid and on coarser ones, which tell the error.  WHAT is one of\n\n"
        "  stationary         the density that stays, detailed balance or not\n"
        "  quasi-stationary   the density of what has not left, and how fast it "
        "leaves\n"
        "  current            what keeps moving, entropy production\n"
        "  spectrum           leading eigenvalues and modes, complex ones too\n"
        "  exit               when and through which face paths leave\n"
        "  committor          transitions between sets, A='x < -1' B='x > 1'\n"
        "  transport          velocity and diffusion along periodic axes\n\n"
        "  -o, --output=DIR   put the result there instead of out/NAME_WHAT\n"
        "  -f, --force        replace a result that exists\n"
        "      --modes=N      how many modes a spectrum has, 1 to 12 [6]\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no figures\n"
        "  -q, --quiet        no progress on stderr\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 done, 2 wrong option or problem file, 4 there is no such "
        "thing\n"
        "here (one sentence says why) or it could not be found, 130 interrupted\n",
    .run = run,
};
