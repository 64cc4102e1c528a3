/* From the words of a command line to a problem with its methods. */
#ifndef FK_EXPERIMENTS_PROBLEM_LOAD_H
#define FK_EXPERIMENTS_PROBLEM_LOAD_H

#include <stddef.h>

#include "core/status.h"
#include "experiments/run.h"
#include "sde/problem.h"

/* word: a problem file or an experiment's name; n settings "KEY=VALUE".  A sentence with
 * any failure; *out may be set even then, and is to be freed. */
FK_NODISCARD fk_status fk_problem_load(const char *word, size_t n,
                                       const char *const *setting, fk_problem **out,
                                       fk_methods *methods, fk_message *message);

#endif
