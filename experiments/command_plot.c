/* fokker plot DIR: gnuplot again, after a user restyled the scripts. */
#include <stdio.h>
#include <string.h>

#include "experiments/command.h"
#include "plots/output.h"

static int run(int argc, char **argv)
{
    fk_message message = {.text = ""};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fk_command_help(&fk_the_plot);
    const int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (argc != first + 1)
        return fk_command_misuse(&fk_the_plot,
                                 "give one folder that 'fokker run' wrote");
    const fk_status status = fk_redraw_figures(argv[first], &message);
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_plot, status, &message);
}

const fk_command fk_the_plot = {
    .name = "plot",
    .summary = "draw the figures of a result again from its scripts",
    .usage =
        "usage: fokker plot DIR\n\n"
        "Runs gnuplot on every script in DIR/plots, where 'fokker run' left them with\n"
        "their data: edit style.gp or a script, then draw again.\n",
    .run = run,
};
