#include "experiments/command.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const fk_command *const fk_commands[] = {
#define FK_COMMAND(name) &fk_the_##name,
#include "experiments/commands.def"
#undef FK_COMMAND
    NULL,
};

const fk_command *fk_command_find(const char *name)
{
    for (const fk_command *const *c = fk_commands; *c != NULL; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

int fk_command_fail(const fk_command *c, fk_status status, const fk_message *message)
{
    if (status == FK_EINTERRUPTED) {
        fprintf(stderr, "fokker %s: interrupted; nothing was written\n", c->name);
        return FK_EXIT_INTERRUPTED;
    }
    const char *text =
        message->text[0] != '\0' ? message->text : fk_status_text(status);
    fprintf(stderr, "fokker %s: %s\n", c->name, text);
    return status == FK_ESYNTAX || status == FK_ELIMIT ? FK_EXIT_MISUSE
                                                       : FK_EXIT_FAILED;
}

int fk_command_exit(fk_word word)
{
    return word == FK_AGREE      ? FK_EXIT_AGREE
           : word == FK_DISAGREE ? FK_EXIT_DISAGREE
                                 : FK_EXIT_INCONCLUSIVE;
}

int fk_command_misuse(const fk_command *c, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "fokker %s: ", c->name);
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\nTry 'fokker %s --help'.\n", c->name);
    va_end(arguments);
    return FK_EXIT_MISUSE;
}

int fk_command_help(const fk_command *c)
{
    printf("fokker %s - %s\n\n%s", c->name, c->summary, c->usage);
    return FK_EXIT_AGREE;
}
