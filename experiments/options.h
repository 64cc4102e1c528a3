/* Options of the commands.  Those that several have are read here into one struct; a command
 * adds rows and reads the values of those alone. */
#ifndef FK_EXPERIMENTS_OPTIONS_H
#define FK_EXPERIMENTS_OPTIONS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

#include "experiments/command.h"

/* Which of them a command has; --help has every command. */
enum {
    FK_OPTION_OUTPUT = 1, /* -o, --output=DIR */
    FK_OPTION_FORCE = 2,  /* -f, --force */
    FK_OPTION_QUIET = 4,  /* -q, --quiet */
    FK_OPTION_JSON = 8,   /* --json */
    FK_OPTION_PLOTS = 16, /* --no-plots */
    FK_OPTIONS_OF_A_RESULT = 31,
    FK_OPTION_THREADS = 32, /* -j, --threads=N; in force at once */
};

typedef struct fk_options {
    const char *folder; /* NULL: not given */
    bool force, quiet, json, no_plots;
    /* Of fk_options_file. */
    const char *file;
    size_t n_settings;
    const char *const *setting; /* [n_settings] the words behind it */
} fk_options;

/* A command's own options. */
typedef struct fk_own_options {
    const struct option
        *row; /* a row of zeros ends them; values from 0x100 on, or letters */
    const char *letters; /* as getopt writes them: "s:j:" */
    /* The value of one, NULL if it has none: 0, or an exit status after a sentence. */
    int (*take)(void *context, int option, const char *text);
} fk_own_options;

/* 0 to go on, with optind at the first word; -1 after --help; else an exit status.  own
 * NULL: none. */
int fk_options_read(const fk_command *c, int argc, char **argv, unsigned common,
                    const fk_own_options *own, void *context, fk_options *out);

/* The problem file at optind and the settings behind it: 0, or an exit status after a
 * sentence. */
int fk_options_file(const fk_command *c, int argc, char **argv, fk_options *o);

/* The whole number that --NAME=TEXT gives, within [least, most], such as 1e6. */
int fk_option_whole(const fk_command *c, const char *name, const char *text,
                    double least, double most, size_t *n);

/* Seconds of --NAME=TEXT such as "90", "90s", "10m", "2h", "1d". */
int fk_option_duration(const fk_command *c, const char *name, const char *text,
                       double *seconds);

#endif
