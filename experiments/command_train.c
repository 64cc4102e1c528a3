/* fokker train FILE: a network learns the score. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/options.h"
#include "experiments/train.h"

enum { OPTION_RESUME = 0x100, OPTION_LIMIT };

typedef struct arguments {
    fk_train_options o;
    double limit; /* seconds, 0: none */
} arguments;

static const struct option own_rows[] = {
    {"resume", no_argument, NULL, OPTION_RESUME},
    {"time-limit", required_argument, NULL, OPTION_LIMIT},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    if (option == OPTION_LIMIT)
        return fk_option_duration(&fk_the_train, "time-limit", text, &a->limit);
    a->o.resume = true;
    return 0;
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    const int wrong = fk_options_read(&fk_the_train, argc, argv,
                                      FK_OPTIONS_OF_A_RESULT | FK_OPTION_THREADS, &own,
                                      a, &a->o.common);
    return wrong != 0 ? wrong
                      : fk_options_file(&fk_the_train, argc, argv, &a->o.common);
}

static int tell_stop(const fk_train *t)
{
    const bool asked = fk_terminal_interrupted();
    fprintf(stderr,
            "fokker train: %s; the same command with --resume goes on from %s\n",
            asked ? "interrupted" : "the time is up", t->checkpoint);
    return asked ? FK_EXIT_INTERRUPTED : FK_EXIT_TIME_UP;
}

/* Weights that were good are kept, but the training did not do what was asked. */
static int tell_failure(const fk_train *t)
{
    fprintf(stderr, "fokker train: %s; the best weights before it are kept\n",
            t->failure.text);
    return FK_EXIT_FAILED;
}

static int run(int argc, char **argv)
{
    arguments a = {.limit = 0.0};
    fk_message message = {.text = ""};
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    if (a.limit > 0.0)
        fk_terminal_stop_at(fk_seconds() + a.limit);
    fk_train *t = calloc(1, sizeof *t);
    if (t == NULL)
        return FK_EXIT_FAILED;
    t->o = &a.o;
    const fk_status status = fk_train_run(t, &message);
    if (status == FK_OK && a.o.common.json)
        fk_train_json(t, stdout);
    if (status == FK_OK && !a.o.common.json)
        fk_train_print(t);
    const int exit = status == FK_EINTERRUPTED ? tell_stop(t)
                     : status != FK_OK
                         ? fk_command_fail(&fk_the_train, status, &message)
                     : t->failed ? tell_failure(t)
                                 : FK_EXIT_AGREE;
    fk_train_clear(t);
    free(t);
    return exit;
}

const fk_command fk_the_train = {
    .name = "train",
    .summary = "a network learns the score of a problem's densities",
    .usage =
        "usage: fokker train [OPTION...] FILE [KEY=VALUE...]\n\n"
        "FILE is a problem file or an experiment's name; its drift is linear in the\n"
        "variables and its noise free of them.  Its section `train` says how (fokker "
        "list\nkeys).  Prints how far the score is from the exact one, where that is "
        "known, and how\nfar samples generated with it are from the data.  Leaves a "
        "folder with\nscore.safetensors, which `reverse.network` takes.\n\n"
        "  -o, --output=DIR   put the result there instead of out/NAME_score\n"
        "  -f, --force        replace a result that exists\n"
        "  -j, --threads=N    use N threads; the numbers do not depend on it\n"
        "      --resume       go on from DIR.checkpoint, if there is one, to the same\n"
        "                     bytes as a training that never stopped\n"
        "      --time-limit=T stop within T (90s, 10m, 2h) and leave a checkpoint\n"
        "  -q, --quiet        no progress on stderr\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no figure\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 learned, 2 wrong option or problem file, 4 could not finish, 5 "
        "the time\nis up, 130 interrupted\n",
    .run = run,
};
