/* fokker run FILE [KEY=VALUE...] */
#include <getopt.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/command_line.h"
#include "experiments/problem_load.h"
#include "experiments/result_folder.h"
#include "experiments/run.h"
#include "plots/output.h"

enum { SETTINGS = 256, OPTION_PLOTS = 1000, OPTION_JSON };

typedef struct arguments {
    const char *file;
    const char *folder; /* NULL: out/NAME */
    int force, quiet, json, no_plots, threads;
    size_t n_settings;
    const char *setting[SETTINGS];
} arguments;

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"force", no_argument, NULL, 'f'},
    {"quiet", no_argument, NULL, 'q'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"no-plots", no_argument, NULL, OPTION_PLOTS},
    {"set", required_argument, NULL, 's'},
    {"threads", required_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
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

static int read_threads(arguments *a, const char *text)
{
    char *end;
    const long n = strtol(text, &end, 10);
    if (*end != '\0' || n < 1 || n > 4096)
        return fk_command_misuse(&fk_the_run, "--threads=%s: must be from 1 to 4096",
                                 text);
    a->threads = (int)n;
    return 0;
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_option(arguments *a, int option)
{
    switch (option) {
    case 'o':
        a->folder = optarg;
        return 0;
    case 'f':
        a->force = 1;
        return 0;
    case 'q':
        a->quiet = 1;
        return 0;
    case 's':
        return add_setting(a, optarg);
    case 'j':
        return read_threads(a, optarg);
    case OPTION_JSON:
        a->json = 1;
        return 0;
    case OPTION_PLOTS:
        a->no_plots = 1;
        return 0;
    case 'h':
        fk_command_help(&fk_the_run);
        return -1;
    default:
        return fk_command_misuse(&fk_the_run,
                                 "the option is not known or lacks its value");
    }
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    int option;
    opterr = 1;
    while ((option = getopt_long(argc, argv, "o:fqs:j:h", long_options, NULL)) != -1) {
        const int status = read_option(a, option);
        if (status != 0)
            return status;
    }
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
    if (problem->has_domain) {
        snprintf(path, sizeof path, "%s/results.nc", dir);
        FK_TRY(fk_write_results(r, path, message));
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
    if (problem->result.plots && problem->has_domain)
        FK_TRY(draw(r, dir, terminal, message));
    FK_TRY(fk_write_report(r, dir, message));
    return fk_terminal_interrupted() ? FK_EINTERRUPTED : FK_OK;
}

static int exit_status(const fk_result *r)
{
    if (!fk_result_compared(r))
        return FK_EXIT_AGREE;
    return r->word == FK_AGREE      ? FK_EXIT_AGREE
           : r->word == FK_DISAGREE ? FK_EXIT_DISAGREE
                                    : FK_EXIT_INCONCLUSIVE;
}

static fk_status run_and_write(const arguments *a, const fk_problem *problem,
                               const fk_methods *methods, fk_result *r,
                               fk_message *message)
{
    char standard[1024];
    fk_result_folder folder;
    fk_terminal terminal = fk_terminal_make(a->quiet);
    snprintf(standard, sizeof standard, "out/%s", problem->name);
    FK_TRY(fk_result_folder_open(a->folder != NULL ? a->folder : standard, a->force,
                                 &folder, message));
    fk_status status = fk_run(problem, methods, &terminal, r, message);
    if (status == FK_OK)
        status = write_all(problem, r, folder.working, &terminal, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(&folder, message);
    if (status != FK_OK) {
        if (terminal.interactive && !terminal.quiet)
            fputs("\r\033[K", stderr);
        fk_result_folder_discard(&folder);
        return status;
    }
    if (a->json) {
        FK_TRY(fk_write_summary(r, stdout));
    } else {
        fk_print_table(r, stdout);
        printf("report: %s/report.html\n", folder.path);
    }
    return FK_OK;
}

static int run(int argc, char **argv)
{
    arguments a = {.file = NULL};
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
    if (a.threads > 0)
        omp_set_num_threads(a.threads);
    fk_status status =
        fk_problem_load(a.file, a.n_settings, a.setting, &problem, &methods, &message);
    if (status == FK_OK && a.no_plots)
        problem->result.plots = false;
    if (status == FK_OK)
        status = run_and_write(&a, problem, &methods, &result, &message);
    exit = status == FK_OK ? exit_status(&result)
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
        "  -q, --quiet        no progress on stderr\n"
        "      --json         print the summary as JSON instead of the table\n"
        "      --no-plots     no figures and no animation\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 the densities agree, 1 they disagree, 3 inconclusive\n"
        "or particles were lost, 2 wrong option or problem file, 4 could not finish, "
        "130 interrupted\n",
    .run = run,
};
