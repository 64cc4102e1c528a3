#include <stdio.h>

#include "experiments/command.h"
#include "experiments/version.h"

static int run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("fokker %s", fk_version());
    if (fk_revision()[0] != '\0')
        printf(" (%s)", fk_revision());
    printf("\nCopyright (C) 2026 the fokker authors.  License GPL-3.0-or-later.\n"
           "There is no warranty, to the extent permitted by law.\n");
    return FK_EXIT_AGREE;
}

const fk_command fk_the_version = {
    .name = "version",
    .summary = "print version and license",
    .usage = "usage: fokker version\n",
    .run = run,
};
