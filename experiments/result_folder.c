#include "experiments/result_folder.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *s, int type,
                        struct FTW *ftw)
{
    (void)s;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void remove_tree(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static fk_status make_parents(const char *path, fk_message *message)
{
    char part[1024];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return fk_fail(message, FK_EIO, "cannot make the folder %s: %s", part,
                           strerror(errno));
        *slash = '/';
    }
    return FK_OK;
}

/* What a run writes.  A folder that holds anything else is not ours to replace. */
static fk_status check_ours(const char *path, fk_message *message)
{
    static const char *const ours[] = {
        ".",          "..",           "report.html",  "results.nc",
        "plots",      "summary.json", "problem.yaml", "score.safetensors",
        "points.csv", "samples"};
    DIR *folder = opendir(path);
    fk_status status = FK_OK;
    if (folder == NULL)
        return fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
    for (struct dirent *e; status == FK_OK && (e = readdir(folder)) != NULL;) {
        bool known = false;
        for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
            known = known || strcmp(e->d_name, ours[i]) == 0;
        if (!known)
            status = fk_fail(message, FK_EEXIST,
                             "%s holds '%.200s', which is no part of a result: even "
                             "--force does not replace such a folder",
                             path, e->d_name);
    }
    closedir(folder);
    return status;
}

fk_status fk_result_folder_open(const char *path, int force, fk_result_folder *f,
                                fk_message *message)
{
    struct stat s;
    if (strlen(path) >= sizeof f->path)
        return fk_fail(message, FK_EIO, "the folder's name is longer than %zu bytes",
                       sizeof f->path - 1);
    snprintf(f->path, sizeof f->path, "%s", path);
    for (size_t n = strlen(f->path); n > 1 && f->path[n - 1] == '/'; n--)
        f->path[n - 1] = '\0';
    if (lstat(f->path, &s) == 0) {
        if (!force)
            return fk_fail(message, FK_EEXIST,
                           "%s exists; --force replaces it, -o DIR puts the result "
                           "elsewhere",
                           f->path);
        if (!S_ISDIR(s.st_mode))
            return fk_fail(message, FK_EEXIST, "%s exists and is not a folder",
                           f->path);
        FK_TRY(check_ours(f->path, message));
    }
    FK_TRY(make_parents(f->path, message));
    snprintf(f->working, sizeof f->working, "%s.partial-%ld", f->path, (long)getpid());
    if (mkdir(f->working, 0777) != 0)
        return fk_fail(message, FK_EIO, "cannot make the folder %s: %s", f->working,
                       strerror(errno));
    return FK_OK;
}

fk_status fk_result_folder_write(const fk_result_folder *f, const char *name,
                                 void (*write)(const void *content, FILE *out),
                                 const void *content, fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", f->working, name);
    FILE *out = fopen(path, "w");
    if (out != NULL)
        write(content, out);
    const bool bad = out == NULL || ferror(out) != 0;
    if ((out != NULL && fclose(out) != 0) || bad)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return FK_OK;
}

fk_status fk_result_folder_commit(fk_result_folder *f, fk_message *message)
{
    char old[1100];
    snprintf(old, sizeof old, "%s.old-%ld", f->path, (long)getpid());
    const int replaced = rename(f->path, old) == 0;
    if (rename(f->working, f->path) != 0) {
        const int why = errno;
        if (replaced && rename(old, f->path) != 0)
            return fk_fail(message, FK_EIO, "the former result is now at %s", old);
        return fk_fail(message, FK_EIO, "cannot put the result at %s: %s", f->path,
                       strerror(why));
    }
    if (replaced)
        remove_tree(old);
    return FK_OK;
}

void fk_result_folder_discard(fk_result_folder *f)
{
    remove_tree(f->working);
}
