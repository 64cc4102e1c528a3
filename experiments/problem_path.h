/* From the word on the command line to the problem file: a path, or the name of an
 * experiment in ./experiments, among the installed ones, or beside the program. */
#ifndef FK_EXPERIMENTS_PROBLEM_PATH_H
#define FK_EXPERIMENTS_PROBLEM_PATH_H

#include <stddef.h>

#include "core/status.h"

/* FK_EIO with a sentence when there is no such file. */
FK_NODISCARD fk_status fk_problem_path(const char *word, char *path, size_t size,
                                       fk_message *message);

/* Calls visit(context, path) for every experiment found, by name. */
void fk_experiments_visit(void (*visit)(void *context, const char *path),
                          void *context);

#endif
