/* A word of a problem file that must be one of a list. */
#ifndef FK_EXPERIMENTS_CHOICE_H
#define FK_EXPERIMENTS_CHOICE_H

#include <stddef.h>

#include "core/status.h"

/* "KEY: there is no 'WORD', did you mean 'NEAREST'?; there are: ...", FK_ESYNTAX. */
fk_status fk_choice_refuse(const char *key, const char *word, size_t n,
                           const char *const *known, fk_message *message);

/* The place of the word among the choices, else that sentence. */
FK_NODISCARD fk_status fk_choice_find(const char *key, const char *word, size_t n,
                                      const char *const *known, size_t *index,
                                      fk_message *message);

#endif
