#include "experiments/problem_path.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where experiments may lie; the last two seen from the program's own folder: in the tree
 * it was built in, and in a tree that was moved after it was installed. */
static const struct {
    bool own;
    const char *path;
} folder[] = {
    {false, "experiments"},
    {false, FK_DATA_DIR "/experiments"},
    {true, "/../experiments"},
    {true, "/../share/fokker/experiments"},
};
enum { FOLDERS = sizeof folder / sizeof *folder, FOLDER_LENGTH = 1024 };

/* The program's own folder, "." where the system does not tell. */
static void own_folder(char path[FOLDER_LENGTH])
{
    const ssize_t n = readlink("/proc/self/exe", path, FOLDER_LENGTH - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash != NULL)
        *slash = '\0';
    else
        strcpy(path, ".");
}

static void folder_path(size_t i, char path[FOLDER_LENGTH])
{
    path[0] = '\0';
    if (folder[i].own)
        own_folder(path);
    const size_t n = strlen(path);
    snprintf(path + n, FOLDER_LENGTH - n, "%s", folder[i].path);
}

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
        char where[FOLDER_LENGTH];
        folder_path(i, where);
        snprintf(path, size, "%s/%s.yaml", where, word);
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
    for (size_t i = 0; i < FOLDERS; i++) {
        glob_t found;
        char where[FOLDER_LENGTH], pattern[FOLDER_LENGTH + 8];
        folder_path(i, where);
        snprintf(pattern, sizeof pattern, "%s/*.yaml", where);
        if (glob(pattern, 0, NULL, &found) != 0)
            continue;
        for (size_t k = 0; k < found.gl_pathc; k++)
            visit(context, found.gl_pathv[k]);
        globfree(&found);
        return;
    }
}
