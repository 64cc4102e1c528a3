/* fokker compose FILE: scores put together, sampled without weights and with them. */
#include <omp.h>
#include <stdio.h>

#include "experiments/command.h"
#include "experiments/compose.h"
#include "experiments/options.h"

typedef struct arguments {
    fk_options common;
    const char *file;
    size_t threads; /* 0: all there are */
    size_t n_settings;
    const char *const *setting;
} arguments;

static const struct option own_rows[] = {
    {"threads", required_argument, NULL, 'j'},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    (void)option; /* there is one */
    return fk_option_whole(&fk_the_compose, "threads", text, 1, 4096, &a->threads);
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "j:", take};
    const int wrong = fk_options_read(&fk_the_compose, argc, argv,
                                      FK_OPTIONS_OF_A_RESULT, &own, a, &a->common);
    if (wrong != 0)
        return wrong;
    if (optind == argc)
        return fk_command_misuse(&fk_the_compose, "which problem file?");
    a->file = argv[optind++];
    a->n_settings = (size_t)(argc - optind);
    a->setting = (const char *const *)(argv + optind);
    return 0;
}

/* ---- doing it ---- */

static fk_status write_summary(const fk_compose *c, const char *dir,
                               fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/summary.json", dir);
    FILE *out = fopen(path, "w");
    if (out != NULL)
        fk_compose_json(c, out);
    const bool good = out != NULL && ferror(out) == 0;
    if (out == NULL || fclose(out) != 0 || !good)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return FK_OK;
}

/* As for `fokker run`: without gnuplot the numbers remain. */
static fk_status write_files(const arguments *a, const fk_compose *c, const char *dir,
                             fk_message *message)
{
    FK_TRY(write_summary(c, dir, message));
    if (a->common.no_plots || !c->problem->result.plots)
        return FK_OK;
    const fk_status status = fk_compose_draw(c, dir, message);
    if (status == FK_EIO)
        fprintf(stderr, "fokker compose: figures are missing: %s\n", message->text);
    return status == FK_EIO ? FK_OK : status;
}

static fk_status compose(const arguments *a, fk_compose *c, fk_message *message)
{
    char standard[1024];
    fk_result_folder folder;
    c->terminal = fk_terminal_make(a->common.quiet);
    FK_TRY(fk_problem_load(a->file, a->n_settings, a->setting, &c->problem, &c->methods,
                           message));
    snprintf(standard, sizeof standard, "out/%s_composed", c->problem->name);
    FK_TRY(fk_result_folder_open(a->common.folder != NULL ? a->common.folder : standard,
                                 a->common.force, &folder, message));
    fk_status status = fk_compose_run(c, message);
    if (status == FK_OK)
        status = write_files(a, c, folder.working, message);
    if (status == FK_OK)
        return fk_result_folder_commit(&folder, message);
    fk_result_folder_discard(&folder);
    return status;
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
    fk_compose c = {.problem = NULL};
    const fk_status status = compose(&a, &c, &message);
    if (status == FK_OK && a.common.json)
        fk_compose_json(&c, stdout);
    if (status == FK_OK && !a.common.json)
        fk_compose_print(&c);
    const int exit = status == FK_OK
                         ? exit_of[c.word]
                         : fk_command_fail(&fk_the_compose, status, &message);
    fk_compose_clear(&c);
    return exit;
}

const fk_command fk_the_compose = {
    .name = "compose",
    .summary = "products of densities and guidance by sampling, repaired by weights",
    .usage =
        "usage: fokker compose [OPTION...] FILE [KEY=VALUE...]\n\n"
        "FILE is a problem file or an experiment's name.  Its section `compose` says "
        "which laws\nare put together with the initial one, and how (fokker list "
        "keys).  "
        "A sampler that\nfollows the weighted sum of their scores misses the weighted "
        "product; its paths with\nFeynman-Kac weights find it.  Prints both beside "
        "what "
        "is exact, with standard errors,\nand a verdict on the weighted one; leaves a "
        "folder with the numbers and pictures.\n\n"
        "  -o, --output=DIR   put the result there instead of out/NAME_composed\n"
        "  -f, --force        replace a result that exists\n"
        "  -j, --threads=N    use N threads; the numbers do not depend on it\n"
        "  -q, --quiet        no progress on stderr\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no pictures\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 with weights the composition is found, 1 it is not, 2 wrong "
        "option or\nproblem file, 3 inconclusive (chance or steps hide more than "
        "compare.tolerance),\n4 could not finish, 130 interrupted\n",
    .run = run,
};
