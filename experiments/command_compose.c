/* fokker compose FILE: scores put together, sampled without weights and with them. */
#include <stdio.h>

#include "experiments/command.h"
#include "experiments/compose.h"
#include "experiments/options.h"

static void write_summary(const void *compose, FILE *out)
{
    fk_compose_json(compose, out);
}

/* As for `fokker run`: without gnuplot the numbers remain. */
static fk_status write_files(const fk_options *o, const fk_compose *c,
                             const fk_result_folder *folder, fk_message *message)
{
    FK_TRY(fk_result_folder_write(folder, "summary.json", write_summary, c, message));
    if (o->no_plots || !c->problem->result.plots)
        return FK_OK;
    const fk_status status = fk_compose_draw(c, folder->working, message);
    if (status == FK_EIO)
        fprintf(stderr, "fokker compose: figures are missing: %s\n", message->text);
    return status == FK_EIO ? FK_OK : status;
}

static fk_status compose(const fk_options *o, fk_compose *c, fk_message *message)
{
    char standard[1024];
    fk_result_folder folder;
    c->terminal = fk_terminal_make(o->quiet);
    FK_TRY(fk_problem_load(o->file, o->n_settings, o->setting, &c->problem, &c->methods,
                           message));
    snprintf(standard, sizeof standard, "out/%s_composed", c->problem->name);
    FK_TRY(fk_result_folder_open(o->folder != NULL ? o->folder : standard, o->force,
                                 &folder, message));
    fk_status status = fk_compose_run(c, message);
    if (status == FK_OK)
        status = write_files(o, c, &folder, message);
    if (status == FK_OK)
        return fk_result_folder_commit(&folder, message);
    fk_result_folder_discard(&folder);
    return status;
}

static int run(int argc, char **argv)
{
    fk_options o;
    fk_message message = {.text = ""};
    int wrong =
        fk_options_read(&fk_the_compose, argc, argv,
                        FK_OPTIONS_OF_A_RESULT | FK_OPTION_THREADS, NULL, NULL, &o);
    if (wrong == 0)
        wrong = fk_options_file(&fk_the_compose, argc, argv, &o);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_compose c = {.problem = NULL};
    const fk_status status = compose(&o, &c, &message);
    if (status == FK_OK && o.json)
        fk_compose_json(&c, stdout);
    if (status == FK_OK && !o.json)
        fk_compose_print(&c);
    const int exit = status == FK_OK
                         ? fk_command_exit(c.word)
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
