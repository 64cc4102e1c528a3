/* Commands of the program: one file each, one line each in commands.def. */
#ifndef FK_EXPERIMENTS_COMMAND_H
#define FK_EXPERIMENTS_COMMAND_H

#include <stddef.h>

#include "core/status.h"
#include "plots/result.h"

/* Exit statuses of the program. */
enum {
    FK_EXIT_AGREE = 0, /* or: the command did what was asked */
    FK_EXIT_DISAGREE = 1,
    FK_EXIT_MISUSE = 2, /* wrong option, key or value; nothing was run */
    FK_EXIT_INCONCLUSIVE = 3,
    FK_EXIT_FAILED = 4,  /* file, memory or numbers did not cooperate */
    FK_EXIT_TIME_UP = 5, /* a checkpoint was left */
    FK_EXIT_INTERRUPTED = 130,
};

typedef struct fk_command {
    const char *name;
    const char *summary;               /* one line for `fokker help` */
    const char *usage;                 /* what --help prints after the summary */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
} fk_command;

#define FK_COMMAND(name) extern const fk_command fk_the_##name;
#include "experiments/commands.def"
#undef FK_COMMAND

extern const fk_command *const fk_commands[]; /* NULL-terminated */
const fk_command *fk_command_find(const char *name);

/* "fokker NAME: SENTENCE" on stderr; hands the exit status that fits back. */
int fk_command_fail(const fk_command *c, fk_status status, const fk_message *message);

/* The exit status that tells a verdict. */
int fk_command_exit(fk_word word);

/* A wrong option or argument: the sentence and where to read more; FK_EXIT_MISUSE. */
int fk_command_misuse(const fk_command *c, const char *format, ...) FK_PRINTF(2, 3);

/* Prints summary, usage and where the manual is; FK_EXIT_AGREE. */
int fk_command_help(const fk_command *c);

#endif
