#include "experiments/problem_path.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *const folder[] = {"experiments", FK_DATA_DIR "/experiments"};
enum { FOLDERS = sizeof folder / sizeof *folder };

/* A folder is no problem file: out/ of a run may bear an experiment's name. */
static bool is_file(const char *path)
{
    struct stat entry;
    return stat(path, &entry) == 0 && !S_ISDIR(entry.st_mode);
}

fk_status fk_problem_path(const char *word, char *path, size_t size,
                          fk_message *message)
{
    snprintf(path, size, "%s", word);
    if (is_file(path) || strchr(word, '/') != NULL || strchr(word, '.') != NULL)
        return FK_OK; /* the reader says what is wrong with it, if anything */
    for (size_t i = 0; i < FOLDERS; i++) {
        snprintf(path, size, "%s/%s.yaml", folder[i], word);
        if (is_file(path))
            return FK_OK;
    }
    return fk_fail(
        message, FK_ESYNTAX,
        "'%s' is neither a problem file nor an experiment's name; 'fokker list "
        "experiments' shows those",
        word);
}

void fk_experiments_visit(void (*visit)(void *context, const char *path), void *context)
{
    char pattern[1024];
    for (size_t i = 0; i < FOLDERS; i++) {
        glob_t found;
        snprintf(pattern, sizeof pattern, "%s/*.yaml", folder[i]);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            visit(context, found.gl_pathv[k]);
        globfree(&found);
        return;
    }
}
