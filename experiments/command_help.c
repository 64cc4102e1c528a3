#include <stdio.h>

#include "experiments/command.h"

static int run(int argc, char **argv)
{
    const fk_command *c = argc > 1 ? fk_command_find(argv[1]) : NULL;
    if (c != NULL)
        return fk_command_help(c);
    printf(
        "fokker - densities of diffusion SDEs by particles and by the Fokker-Planck\n"
        "equation, and a verdict whether they are the same law\n\n"
        "usage: fokker COMMAND [OPTION...] [ARGUMENT...]\n\n");
    for (const fk_command *const *k = fk_commands; *k != NULL; k++)
        printf("  %-10s %s\n", (*k)->name, (*k)->summary);
    printf("\n'fokker COMMAND --help' tells more; the manual is fokker(1).\n"
           "exit status: 0 agree or done, 1 disagree, 2 misuse, 3 inconclusive,\n"
           "4 could not finish, 130 interrupted\n");
    return FK_EXIT_AGREE;
}

const fk_command fk_the_help = {
    .name = "help",
    .summary = "print the commands, or what one of them does",
    .usage = "usage: fokker help [COMMAND]\n",
    .run = run,
};
