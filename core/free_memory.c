#include "core/free_memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PATH = 4096 };

/* Where one version of control groups keeps the limits of memory. */
typedef struct hierarchy {
    const char *mount;
    const char
        *limit[2]; /* beyond the first the process is killed; beyond the second, if
                             there is one, slowed down */
    const char *usage;
    const char *cache; /* line of memory.stat: pages of files, dropped when needed */
} hierarchy;

static const hierarchy first_version = {
    .mount = "/sys/fs/cgroup/memory",
    .limit = {"memory.limit_in_bytes"},
    .usage = "memory.usage_in_bytes",
    .cache = "total_inactive_file",
};

static const hierarchy second_version = {
    .mount = "/sys/fs/cgroup",
    .limit = {"memory.max", "memory.high"},
    .usage = "memory.current",
    .cache = "inactive_file",
};

static FILE *open_at(const char *folder, const char *name)
{
    char path[PATH];
    const int n = snprintf(path, sizeof path, "%s/%s", folder, name);
    return n < PATH ? fopen(path, "r") : NULL;
}

/* The number behind `key` at the beginning of a line; `otherwise` if there is none, or a
 * word such as "max". */
static double read_number(const char *folder, const char *name, const char *key,
                          double otherwise)
{
    char line[256];
    double value = otherwise;
    const size_t n = strlen(key);
    FILE *f = open_at(folder, name);
    for (bool found = false; f != NULL && !found && fgets(line, sizeof line, f);) {
        found = strncmp(line, key, n) == 0;
        if (found && sscanf(line + n, "%lf", &value) != 1)
            value = otherwise;
    }
    if (f != NULL)
        fclose(f);
    return value;
}

static void narrow(fk_free_memory *m, double bytes, const char *by)
{
    if (bytes < m->bytes)
        *m = (fk_free_memory){fmax(bytes, 0.0), by};
}

/* The group PATH and all that it lies in; inside a container the outer part of the path is
 * not there, and its own limit is at the top. */
static void narrow_by_groups(fk_free_memory *m, const char *root, const hierarchy *h,
                             char *path)
{
    char folder[2 * PATH];
    for (char *end = path + strlen(path); end != NULL; end = strrchr(path, '/')) {
        *end = '\0';
        snprintf(folder, sizeof folder, "%s%s%s", root, h->mount, path);
        const double used = read_number(folder, h->usage, "", 0.0) -
                            read_number(folder, "memory.stat", h->cache, 0.0);
        for (size_t i = 0; i < 2 && h->limit[i] != NULL; i++)
            narrow(m, read_number(folder, h->limit[i], "", HUGE_VAL) - fmax(used, 0.0),
                   "the control group");
    }
}

/* Does "a,memory,b" name the controller of memory? */
static bool names_memory(const char *list)
{
    for (; list != NULL; list = strchr(list, ',')) {
        list += *list == ',';
        if (strcspn(list, ",") == 6 && strncmp(list, "memory", 6) == 0)
            return true;
    }
    return false;
}

/* Lines "4:memory:/path" of the first version, "0::/path" of the second. */
static void narrow_by_line(fk_free_memory *m, const char *root, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *list = strchr(line, ':');
    char *path = list != NULL ? strchr(list + 1, ':') : NULL;
    if (path == NULL)
        return;
    *path++ = '\0';
    list++;
    if (list[0] == '\0')
        narrow_by_groups(m, root, &second_version, path);
    else if (names_memory(list))
        narrow_by_groups(m, root, &first_version, path);
}

static void narrow_by_limit(fk_free_memory *m, const struct rlimit *limit, double pages,
                            const char *by)
{
    if (limit->rlim_cur != RLIM_INFINITY)
        narrow(m, (double)limit->rlim_cur - pages * (double)sysconf(_SC_PAGESIZE), by);
}

fk_free_memory fk_free_memory_of(const char *root)
{
    fk_free_memory m = {HUGE_VAL, "the machine"};
    char proc[PATH], line[PATH];
    snprintf(proc, sizeof proc, "%s/proc", root);
    narrow(&m, 1024.0 * read_number(proc, "meminfo", "MemAvailable:", HUGE_VAL),
           "the machine");
    FILE *f = open_at(proc, "self/cgroup");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        narrow_by_line(&m, root, line);
    if (f != NULL)
        fclose(f);
    double size = 0.0, data = 0.0; /* pages */
    f = open_at(proc, "self/statm");
    if (f != NULL && fscanf(f, "%lf %*s %*s %*s %*s %lf", &size, &data) != 2)
        size = data = 0.0;
    if (f != NULL)
        fclose(f);
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0)
        narrow_by_limit(&m, &limit, size, "ulimit -v");
    if (getrlimit(RLIMIT_DATA, &limit) == 0)
        narrow_by_limit(&m, &limit, data, "ulimit -d");
    return m;
}
