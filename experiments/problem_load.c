#include "experiments/problem_load.h"

#include "experiments/problem_path.h"
#include "sde/problem_file.h"

fk_status fk_problem_load(const char *word, size_t n, const char *const *setting,
                          fk_problem **out, fk_methods *methods, fk_message *message)
{
    char path[1024];
    *out = NULL;
    FK_TRY(fk_problem_path(word, path, sizeof path, message));
    FK_TRY(fk_problem_read(path, n, setting, out, message));
    return fk_methods_find(*out, methods, message);
}
