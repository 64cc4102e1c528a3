/* fokker likelihood FILE: log-densities by the probability flow. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/likelihood_run.h"
#include "experiments/options.h"

enum {
    OPTION_POINTS = 0x100,
    OPTION_AT,
    OPTION_COUNT,
    OPTION_SCORE,
    OPTION_NETWORK,
    OPTION_PRIOR,
    OPTION_FIRST,
    OPTION_TOLERANCE,
    OPTION_STEPS,
    OPTION_PROBES,
    OPTION_PROBE_LAW,
};

static const struct option own_rows[] = {
    {"points", required_argument, NULL, OPTION_POINTS},
    {"at", required_argument, NULL, OPTION_AT},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"score", required_argument, NULL, OPTION_SCORE},
    {"network", required_argument, NULL, OPTION_NETWORK},
    {"prior", required_argument, NULL, OPTION_PRIOR},
    {"first", required_argument, NULL, OPTION_FIRST},
    {"tolerance", required_argument, NULL, OPTION_TOLERANCE},
    {"steps", required_argument, NULL, OPTION_STEPS},
    {"probes", required_argument, NULL, OPTION_PROBES},
    {"probe-law", required_argument, NULL, OPTION_PROBE_LAW},
    {NULL, 0, NULL, 0},
};

static int read_whole(const char *name, const char *text, double least, double most,
                      size_t *n)
{
    return fk_option_whole(&fk_the_likelihood, name, text, least, most, n);
}

/* One of n words; *which its index. */
static int read_word(const char *name, const char *text, size_t n,
                     const char *const *word, size_t *which)
{
    char list[100] = "";
    for (*which = 0; *which < n; ++*which) {
        if (strcmp(text, word[*which]) == 0)
            return 0;
        if (*which > 0)
            strcat(list, ", ");
        strcat(list, word[*which]);
    }
    return fk_command_misuse(&fk_the_likelihood, "--%s=%s: must be one of %s", name,
                             text, list);
}

static int read_number(const char *name, const char *text, double least, double most,
                       double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (*end == '\0' && end != text && *value >= least && *value <= most)
        return 0;
    return fk_command_misuse(&fk_the_likelihood,
                             "--%s=%s: must be a number from %g to %g", name, text,
                             least, most);
}

static int read_choice(fk_likelihood_request *o, int option, const char *text)
{
    static const char *const prior[] = {"exact", "normal"};
    static const char *const law[] = {"signs", "normal"};
    size_t which = 0;
    int wrong = 0;
    if (option == OPTION_SCORE) {
        wrong =
            read_word("score", text, FK_SCORE_SOURCES, fk_score_source_name, &which);
        o->score = (fk_score_source)which;
    } else if (option == OPTION_PRIOR) {
        wrong = read_word("prior", text, 2, prior, &which);
        o->normal_prior = which == 1;
    } else {
        wrong = read_word("probe-law", text, 2, law, &which);
        o->normal_probes = which == 1;
    }
    return wrong;
}

static int read_steps(const char *text, size_t *n)
{
    const int wrong = read_whole("steps", text, 2, 1e6, n);
    if (wrong == 0 && *n % 2 != 0)
        return fk_command_misuse(
            &fk_the_likelihood, "--steps=%s: must be even; half as many tell the error",
            text);
    return wrong;
}

static int read_probes(const char *text, size_t *n)
{
    const int wrong = read_whole("probes", text, 0, 1000, n);
    if (wrong == 0 && *n == 1)
        return fk_command_misuse(&fk_the_likelihood,
                                 "--probes=1: a variance needs at least 2; 0 is none");
    return wrong;
}

static int take(void *context, int option, const char *text)
{
    fk_likelihood_request *o = context;
    switch (option) {
    case OPTION_POINTS:
        return o->points = text, 0;
    case OPTION_AT:
        return o->at = text, 0;
    case OPTION_NETWORK:
        return o->network = text, 0;
    case OPTION_COUNT:
        return read_whole("count", text, 1, 1e8, &o->count);
    case OPTION_FIRST:
        return read_number("first", text, -1e300, 1e300, &o->first);
    case OPTION_TOLERANCE:
        return read_number("tolerance", text, 1e-13, 1.0, &o->tolerance);
    case OPTION_STEPS:
        return read_steps(text, &o->steps);
    case OPTION_PROBES:
        return read_probes(text, &o->probes);
    default:
        return read_choice(o, option, text);
    }
}

static int check(const fk_likelihood_request *o)
{
    if (o->points != NULL && o->at != NULL)
        return fk_command_misuse(&fk_the_likelihood,
                                 "--points and --at exclude each other");
    if (o->steps > 0 && o->tolerance > 0.0)
        return fk_command_misuse(&fk_the_likelihood,
                                 "--steps and --tolerance exclude each other");
    return 0;
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, fk_likelihood_request *o)
{
    const fk_own_options own = {own_rows, "", take};
    *o = (fk_likelihood_request){.count = 1000, .first = NAN, .probes = 16};
    int wrong = fk_options_read(&fk_the_likelihood, argc, argv,
                                FK_OPTIONS_OF_A_RESULT | FK_OPTION_THREADS, &own, o,
                                &o->common);
    if (wrong == 0)
        wrong = fk_options_file(&fk_the_likelihood, argc, argv, &o->common);
    return wrong != 0 ? wrong : check(o);
}

static int exit_status(fk_likelihood_verdict verdict)
{
    return verdict == FK_LIKELIHOOD_DISAGREE ? FK_EXIT_DISAGREE
           : verdict == FK_LIKELIHOOD_COARSE ? FK_EXIT_INCONCLUSIVE
                                             : FK_EXIT_AGREE;
}

static int run(int argc, char **argv)
{
    fk_likelihood_request o;
    fk_message message = {.text = ""};
    const int wrong = read_arguments(argc, argv, &o);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_likelihood_run *r = calloc(1, sizeof *r);
    if (r == NULL)
        return FK_EXIT_FAILED;
    r->o = &o;
    const fk_status status = fk_likelihood_run_all(r, &message);
    if (status == FK_OK && o.common.json)
        fk_likelihood_json(r, stdout);
    if (status == FK_OK && !o.common.json)
        fk_likelihood_print(r);
    const int exit = status == FK_OK
                         ? exit_status(r->verdict)
                         : fk_command_fail(&fk_the_likelihood, status, &message);
    fk_likelihood_run_clear(r);
    free(r);
    return exit;
}

const fk_command fk_the_likelihood = {
    .name = "likelihood",
    .summary = "log-densities by the probability flow, with their parts apart",
    .usage =
        "usage: fokker likelihood [OPTION...] FILE [KEY=VALUE...]\n\n"
        "Carries points along the probability flow from a first time to the problem's "
        "end\n"
        "and prints log q = log prior + divergence of the drift + divergence of the "
        "score,\n"
        "the last exactly and by Hutchinson's probes, beside the closed form where the "
        "law\n"
        "has one; then bits per dimension, what the prior and the first time cost, and "
        "KL.\n\n"
        "      --count=N        draws of the initial law [1000]\n"
        "      --points=FILE    rows of a CSV file instead, columns named as the "
        "variables\n"
        "      --at='X,Y; X,Y'  these points instead\n"
        "      --score=KIND     exact, network or grid (of the Fokker-Planck density) "
        "[exact]\n"
        "      --network=FILE   what fokker train left [sampler.network, "
        "reverse.network, "
        "or\n"
        "                       out/NAME_score/score.safetensors]\n"
        "      --prior=LAW      exact, or normal: as data of N(0, 1) are at the end "
        "[exact,\n"
        "                       or for nonlinear drifts the density on the grid]\n"
        "      --first=T        time of the densities [as train.first says]\n"
        "      --tolerance=E    steps are doubled until no log q changes by more "
        "[1e-9, with\n"
        "                       --score=grid 1e-4]\n"
        "      --steps=N        so many steps instead\n"
        "      --probes=N       0 or 2 to 1000 [16]\n"
        "      --probe-law=LAW  signs or normal [signs]\n"
        "  -o, --output=DIR     put the result there instead of out/NAME_likelihood\n"
        "  -f, --force          replace a result that exists\n"
        "  -j, --threads=N      use N threads; the numbers do not depend on it\n"
        "      --json           print JSON instead of tables\n"
        "      --no-plots       no figure\n"
        "  -q, --quiet          no progress on stderr\n"
        "  -h, --help           this text\n\n"
        "exit status: 0 done, or log q has its closed form to 1e-8 (exact score and "
        "prior),\n"
        "1 it has not, 3 the steps may be why, 2 wrong option or problem file, 4 could "
        "not\n"
        "finish, 130 interrupted\n",
    .run = run,
};
