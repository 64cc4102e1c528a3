/* fokker: densities of diffusion SDEs by particles and by the Fokker-Planck equation,
 * and a verdict whether they agree. */
#include <gsl/gsl_errno.h>
#include <stdio.h>
#include <string.h>

#include "core/spelling.h"
#include "experiments/command.h"
#include "experiments/terminal.h"

static int unknown_command(const char *word)
{
    const char *name[16];
    size_t n = 0;
    for (const fk_command *const *c = fk_commands; *c != NULL && n < 16; c++)
        name[n++] = (*c)->name;
    const char *near = fk_spelling_nearest(word, n, name);
    fprintf(stderr, "fokker: unknown command '%s'", word);
    if (near != NULL)
        fprintf(stderr, "; did you mean '%s'?", near);
    fprintf(stderr, "\nTry 'fokker help'.\n");
    return FK_EXIT_MISUSE;
}

int main(int argc, char **argv)
{
    gsl_set_error_handler_off();
    fk_terminal_catch_interrupts();
    const char *word = argc > 1 ? argv[1] : "help";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        word = "help";
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        word = "version";
    const fk_command *command = fk_command_find(word);
    if (command == NULL)
        return unknown_command(word);
    int status = argc > 1 ? command->run(argc - 1, argv + 1) : command->run(argc, argv);
    if (argc <= 1)
        status = FK_EXIT_MISUSE;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        perror("fokker: standard output");
        return FK_EXIT_FAILED;
    }
    return status;
}
