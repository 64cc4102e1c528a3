/* fokker sample FILE: samplers of diffusion models against the law they should find. */
#include <stdio.h>

#include "experiments/command.h"
#include "experiments/options.h"
#include "experiments/sample.h"

static int run(int argc, char **argv)
{
    fk_options o;
    fk_message message = {.text = ""};
    int wrong =
        fk_options_read(&fk_the_sample, argc, argv,
                        FK_OPTIONS_OF_A_RESULT | FK_OPTION_THREADS, NULL, NULL, &o);
    if (wrong == 0)
        wrong = fk_options_file(&fk_the_sample, argc, argv, &o);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_sample_run r = {.o = &o};
    const fk_status status = fk_sample_run_all(&r, &message);
    if (status == FK_OK && o.json)
        fk_sample_json(&r, stdout);
    if (status == FK_OK && !o.json)
        fk_sample_print(&r);
    const int exit = status == FK_OK
                         ? fk_command_exit(r.word)
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
