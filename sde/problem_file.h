/* Problem files: YAML in, fk_problem out.  docs/problem-file.md is the reference. */
#ifndef FK_SDE_PROBLEM_FILE_H
#define FK_SDE_PROBLEM_FILE_H

#include <stddef.h>

#include "core/status.h"
#include "sde/problem.h"

/* Reads the file at path with n settings "key.sub=value" applied on top: each value is
 * read as YAML and replaces the node at that key.  On failure *message is one sentence
 * that starts "FILE:LINE:COLUMN: " (or "setting 'KEY=VALUE': "), names the key and says
 * what is accepted, with the nearest right name for a wrong one.  Relative paths in the
 * file are relative to the file.
 * FK_EIO: cannot be read; FK_ESYNTAX: everything wrong in the text. */
FK_NODISCARD fk_status fk_problem_read(const char *path, size_t n_settings,
                                       const char *const *setting, fk_problem **out,
                                       fk_message *message);

/* The same of a text in place of a file; `path` is what it is called in sentences, and names
 * the problem where it has no name of its own. */
FK_NODISCARD fk_status fk_problem_parse(const char *text, const char *path,
                                        size_t n_settings, const char *const *setting,
                                        fk_problem **out, fk_message *message);

/* Every key with its type, default, range and meaning, for help and documentation. */
typedef struct fk_problem_key {
    const char *key;      /* "particles.count" */
    const char *accepts;  /* "whole number, 1 to 1e12" */
    const char *standard; /* "1e6"; "" if it must be given */
    const char *meaning;
} fk_problem_key;
const fk_problem_key *fk_problem_keys(size_t *n);

#endif
