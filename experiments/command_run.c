/* fokker run FILE [KEY=VALUE...] */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "experiments/command.h"
#include "experiments/command_line.h"
#include "experiments/options.h"
#include "experiments/problem_load.h"
#include "experiments/result_folder.h"
#include "experiments/run.h"
#include "plots/output.h"

enum { SETTINGS = 256, OPTION_RESUME = 0x100, OPTION_LIMIT, OPTION_CHECKPOINT };

typedef struct arguments {
    const char *file;
    fk_options common; /* folder NULL: out/NAME */
    bool resume;
    double limit, interval; /* seconds: to stop after, between checkpoints */
    size_t n_settings;
    const char *setting[SETTINGS];
} arguments;

static const struct option own_rows[] = {
    {"set", required_argument, NULL, 's'},
    {"resume", no_argument, NULL, OPTION_RESUME},
    {"time-limit", required_argument, NULL, OPTION_LIMIT},
    {"checkpoint", required_argument, NULL, OPTION_CHECKPOINT},
    {NULL, 0, NULL, 0},
};

static int add_setting(arguments *a, const char *text)
{
    if (a->n_settings == SETTINGS)
        return fk_command_misuse(&fk_the_run, "more than %d settings", SETTINGS);
    if (strchr(text, '=') == NULL)
        return fk_command_misuse(&fk_the_run,
                                 "'%s' is not a setting; write KEY=VALUE, e.g. "
                                 "particles.count=1e5",
                                 text);
    a->setting[a->n_settings++] = text;
    return 0;
}

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    switch (option) {
    case 's':
        return add_setting(a, text);
    case OPTION_LIMIT:
        return fk_option_duration(&fk_the_run, "time-limit", text, &a->limit);
    case OPTION_CHECKPOINT:
        return fk_option_duration(&fk_the_run, "checkpoint", text, &a->interval);
    default:
        a->resume = true;
        return 0;
    }
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "s:", take};
    const int wrong = fk_options_read(&fk_the_run, argc, argv,
                                      FK_OPTIONS_OF_A_RESULT | FK_OPTION_THREADS, &own,
                                      a, &a->common);
    if (wrong != 0)
        return wrong;
    if (optind == argc)
        return fk_command_misuse(&fk_the_run, "which problem file?");
    a->file = argv[optind++];
    for (; optind < argc; optind++) {
        const int status = add_setting(a, argv[optind]);
        if (status != 0)
            return status;
    }
    return 0;
}

/* Numbers are not thrown away for the sake of pictures: what gnuplot could not draw is
 * said and left out. */
static fk_status draw(const fk_result *r, const char *dir, fk_terminal *terminal,
                      fk_message *message)
{
    const fk_progress progress = fk_terminal_progress(terminal);
    fk_terminal_begin(terminal, "figures", NULL, 1.0);
    const fk_status status = fk_write_figures(r, dir, &progress, message);
    if (status != FK_EIO)
        FK_TRY(status);
    if (status == FK_EIO)
        fprintf(stderr, "fokker run: figures are missing: %s\n", message->text);
    else
        fk_terminal_end(terminal);
    return FK_OK;
}

/* Everything into the folder; the report last, since it embeds the pictures. */
static fk_status write_all(const fk_problem *problem, const fk_result *r,
                           const char *dir, fk_terminal *terminal, fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/results.nc", dir);
    FK_TRY(fk_write_results(r, path, message));
    if (r->n_traced > 0) {
        snprintf(path, sizeof path, "%s/paths.csv", dir);
        FK_TRY(fk_write_paths(r, path, message));
    }
    snprintf(path, sizeof path, "%s/summary.json", dir);
    FILE *summary = fopen(path, "w");
    if (summary == NULL)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    const fk_status status = fk_write_summary(r, summary);
    if (fclose(summary) != 0 || status != FK_OK)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    snprintf(path, sizeof path, "%s/problem.yaml", dir);
    FILE *text = fopen(path, "w");
    if (text == NULL || fputs(problem->text, text) < 0 || fclose(text) != 0)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    if (problem->result.plots && (problem->has_domain || r->n_traced > 0))
        FK_TRY(draw(r, dir, terminal, message));
    FK_TRY(fk_write_report(r, dir, message));
    return fk_terminal_interrupted() ? FK_EINTERRUPTED : FK_OK;
}

static int exit_status(const fk_result *r)
{
    return fk_result_compared(r) ? fk_command_exit(r->word) : FK_EXIT_AGREE;
}

/* The checkpoint beside the folder: gone on from with --resume, in the way without. */
static fk_status open_checkpoint(const arguments *a, const char *folder,
                                 fk_checkpoint *c, fk_message *message)
{
    snprintf(c->path, sizeof c->path, "%s.checkpoint", folder);
    c->interval = a->interval;
    c->written = fk_seconds();
    if (access(c->path, F_OK) != 0)
        return FK_OK;
    if (!a->resume && !a->common.force)
        return fk_fail(message, FK_EEXIST,
                       "%s is of a run that did not finish: --resume goes on from "
                       "there, --force begins again",
                       c->path);
    if (a->resume && (c->from = fopen(c->path, "rb")) == NULL)
        return fk_fail(message, FK_EIO, "%s: %s", c->path, strerror(errno));
    if (!a->resume && unlink(c->path) != 0)
        return fk_fail(message, FK_EIO, "%s: %s", c->path, strerror(errno));
    return FK_OK;
}

static fk_status fill_folder(const arguments *a, const fk_problem *problem,
                             const fk_methods *methods, fk_result_folder *folder,
                             fk_checkpoint *c, fk_result *r, fk_message *message)
{
    fk_terminal terminal = fk_terminal_make(a->common.quiet);
    fk_status status = open_checkpoint(a, folder->path, c, message);
    if (status == FK_OK && a->resume && !a->common.quiet)
        fprintf(stderr,
                c->from != NULL ? "going on from %s\n"
                                : "there is no %s: the run begins\n",
                c->path);
    if (status == FK_OK)
        status = fk_run(problem, methods, &terminal, problem->particles.on ? c : NULL,
                        r, message);
    if (c->from != NULL)
        fclose(c->from);
    if (status == FK_OK && mkdir(folder->working, 0777) != 0)
        status = fk_fail(message, FK_EIO, "cannot make the folder %s: %s",
                         folder->working, strerror(errno));
    if (status == FK_OK)
        status = write_all(problem, r, folder->working, &terminal, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(folder, message);
    if (status != FK_OK && terminal.interactive && !terminal.quiet)
        fputs("\r\033[K", stderr);
    return status;
}

static fk_status run_and_write(const arguments *a, const fk_problem *problem,
                               const fk_methods *methods, fk_checkpoint *c,
                               fk_result *r, fk_message *message)
{
    char standard[1024];
    fk_result_folder folder;
    snprintf(standard, sizeof standard, "out/%s", problem->name);
    FK_TRY(fk_result_folder_open(a->common.folder != NULL ? a->common.folder : standard,
                                 a->common.force, &folder, message));
    rmdir(folder.working); /* it can be made; a run that is killed leaves none */
    const fk_status status = fill_folder(a, problem, methods, &folder, c, r, message);
    if (status != FK_OK) {
        fk_result_folder_discard(&folder);
        return status;
    }
    if (c->exists)
        unlink(c->path);
    if (a->common.json) {
        FK_TRY(fk_write_summary(r, stdout));
    } else {
        fk_print_table(r, stdout);
        printf("report: %s/report.html\n", folder.path);
    }
    return FK_OK;
}

/* Interrupted, or out of time: what is left of it. */
static int tell_stop(const fk_checkpoint *c)
{
    const bool asked = fk_terminal_interrupted();
    fprintf(stderr, "fokker run: %s; ", asked ? "interrupted" : "the time is up");
    if (c->exists)
        fprintf(stderr, "the same command with --resume goes on from %s\n", c->path);
    else
        fputs("nothing was written\n", stderr);
    return asked ? FK_EXIT_INTERRUPTED : FK_EXIT_TIME_UP;
}

static int run(int argc, char **argv)
{
    arguments a = {.file = NULL, .interval = 60.0};
    fk_checkpoint checkpoint = {.path = ""};
    fk_message message = {.text = ""};
    char *line = fk_command_line(argc, argv);
    int exit = read_arguments(argc, argv, &a);
    fk_problem *problem = NULL;
    fk_methods methods;
    fk_result result = {.command = line};
    if (exit != 0) {
        free(line);
        return exit < 0 ? FK_EXIT_AGREE : exit;
    }
    if (a.limit > 0.0)
        fk_terminal_stop_at(fk_seconds() + a.limit);
    fk_status status =
        fk_problem_load(a.file, a.n_settings, a.setting, &problem, &methods, &message);
    if (status == FK_OK && a.common.no_plots)
        problem->result.plots = false;
    if (status == FK_OK)
        status = run_and_write(&a, problem, &methods, &checkpoint, &result, &message);
    exit = status == FK_OK             ? exit_status(&result)
           : status == FK_EINTERRUPTED ? tell_stop(&checkpoint)
                                       : fk_command_fail(&fk_the_run, status, &message);
    fk_result_free(&result);
    fk_problem_free(problem);
    free(line);
    return exit;
}

const fk_command fk_the_run = {
    .name = "run",
    .summary = "run a problem: densities, verdict, pictures",
    .usage =
        "usage: fokker run [OPTION...] FILE [KEY=VALUE...]\n\n"
        "FILE is a problem file or the name of an experiment (fokker list "
        "experiments).\n"
        "Any key of the file can be set, e.g. particles.count=1e7 params.sigma=0.5;\n"
        "'fokker list keys' shows them all.\n\n"
        "  -o, --output=DIR   put the result there instead of out/NAME\n"
        "  -f, --force        replace a result that exists\n"
        "  -s, --set=KEY=VALUE  the same as KEY=VALUE after the file\n"
        "  -j, --threads=N    use N threads; the numbers do not depend on it\n"
        "      --resume       go on from DIR.checkpoint, if there is one, to the same\n"
        "                     bytes as a run that never stopped\n"
        "      --time-limit=T stop within T (90s, 10m, 2h) and leave a checkpoint\n"
        "      --checkpoint=T leave one every T [60s]\n"
        "  -q, --quiet        no progress on stderr\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no figures and no animation\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 the densities agree, 1 they disagree, 3 inconclusive\n"
        "or particles were lost, 2 wrong option or problem file, 4 could not finish, "
        "5 the\ntime is up, 130 interrupted\n",
    .run = run,
};
