/* fokker sample FILE: samplers of diffusion models against the law they should find. */
#include <omp.h>
#include <stdlib.h>

#include "experiments/command.h"
#include "experiments/options.h"
#include "experiments/sample.h"

typedef struct arguments {
    fk_sample_options o;
    size_t threads; /* 0: all there are */
    bool json;
} arguments;

static const struct option own_rows[] = {
    {"threads", required_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    (void)option;
    return fk_option_whole(&fk_the_sample, "threads", text, 1, 4096, &a->threads);
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "j:", take};
    fk_options common;
    const int wrong = fk_options_read(&fk_the_sample, argc, argv,
                                      FK_OPTIONS_OF_A_RESULT, &own, a, &common);
    if (wrong != 0)
        return wrong;
    if (optind == argc)
        return fk_command_misuse(&fk_the_sample, "which problem file?");
    a->json = common.json;
    a->o = (fk_sample_options){.file = argv[optind++],
                               .folder = common.folder,
                               .force = common.force,
                               .quiet = common.quiet,
                               .plots = !common.no_plots};
    a->o.n_settings = (size_t)(argc - optind);
    a->o.setting = (const char *const *)(argv + optind);
    return 0;
}

static int run(int argc, char **argv)
{
    static const int exit_of[] = {[FK_AGREE] = FK_EXIT_AGREE,
                                  [FK_DISAGREE] = FK_EXIT_DISAGREE,
                                  [FK_INCONCLUSIVE] = FK_EXIT_INCONCLUSIVE};
    arguments a = {.threads = 0};
    fk_message message = {.text = ""};
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    if (a.threads > 0)
        omp_set_num_threads((int)a.threads);
    fk_sample_run r = {.o = &a.o};
    const fk_status status = fk_sample_run_all(&r, &message);
    if (status == FK_OK && a.json)
        fk_sample_json(&r, stdout);
    if (status == FK_OK && !a.json)
        fk_sample_print(&r);
    const int exit = status == FK_OK
                         ? exit_of[r.word]
                         : fk_command_fail(&fk_the_sample, status, &message);
    fk_sample_run_clear(&r);
    return exit;
}

const fk_command fk_the_sample = {
    .name = "sample",
    .summary = "samplers of diffusion models, against the law they should find",
    .usage =
        "usage: fokker sample [OPTION...] FILE [KEY=VALUE...]\n\n"
        "FILE is a problem file or an experiment's name.  Its section `sampler` says "
        "which\nsamplers go back from the law at the end of the span to the one near "
        "its "
        "start, by\nwhich score and in which steps (fokker list keys, fokker list "
        "samplers).  Prints how\nfar their results are from that law, how much of it "
        "the steps explain, and a verdict\nfor each; leaves a folder with the "
        "samples.\n\n"
        "  -o, --output=DIR   put the result there instead of out/NAME_samples\n"
        "  -f, --force        replace a result that exists\n"
        "  -j, --threads=N    use N threads; the numbers do not depend on it\n"
        "  -q, --quiet        no progress on stderr\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no pictures\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 every sampler's result agrees with the law up to the error of "
        "its\nsteps, 1 one does not, 2 wrong option or problem file, 3 inconclusive "
        "(the "
        "steps or\nchance hide too much), 4 could not finish, 130 interrupted\n",
    .run = run,
};
