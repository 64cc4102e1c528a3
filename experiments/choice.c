#include "experiments/choice.h"

#include <stdio.h>
#include <string.h>

#include "core/spelling.h"

fk_status fk_choice_refuse(const char *key, const char *word, size_t n,
                           const char *const *known, fk_message *message)
{
    char list[400] = "";
    for (size_t i = 0; i < n; i++) {
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i > 0 ? ", " : "", known[i]);
    }
    const char *near = fk_spelling_nearest(word, n, known);
    return fk_fail(message, FK_ESYNTAX, "%s: there is no '%s'%s%s%s; there are: %s",
                   key, word, near != NULL ? ", did you mean '" : "",
                   near != NULL ? near : "", near != NULL ? "'?" : "", list);
}

fk_status fk_choice_find(const char *key, const char *word, size_t n,
                         const char *const *known, size_t *index, fk_message *message)
{
    for (*index = 0; *index < n; ++*index)
        if (strcmp(word, known[*index]) == 0)
            return FK_OK;
    return fk_choice_refuse(key, word, n, known, message);
}
