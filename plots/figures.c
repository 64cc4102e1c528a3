/* The list of figures, and what draws them all. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "plots/canvas.h"
#include "plots/figure.h"
#include "plots/gnuplot.h"
#include "plots/output.h"

#define FK_FIGURE(name) extern const fk_figure fk_figure_##name;
#include "plots/figures.def"
#undef FK_FIGURE

const fk_figure *const fk_figures[] = {
#define FK_FIGURE(name) &fk_figure_##name,
#include "plots/figures.def"
#undef FK_FIGURE
    NULL,
};

enum { SCRIPTS = 64, NAME = 128 };

bool fk_figure_wanted(const fk_figure *f, const fk_result *r)
{
    const fk_problem_output *o = &r->problem->result;
    return (f->kind == FK_STILL ? o->plots : o->plots && o->animation) &&
           (r->problem->has_domain || f->anywhere) && f->applies(r);
}

static fk_status make_folder(const char *path, fk_message *message)
{
    if (mkdir(path, 0777) == 0 || errno == EEXIST)
        return FK_OK;
    return fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
}

static fk_status join(const char *dir, const char *name, char **path,
                      fk_message *message)
{
    const size_t size = strlen(dir) + strlen(name) + 2;
    *path = malloc(size);
    if (*path == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    snprintf(*path, size, "%s/%s", dir, name);
    return FK_OK;
}

/* gnuplot NAME.gp for each name. */
static fk_status draw(const char *plots, size_t n, char (*name)[NAME],
                      const fk_progress *progress, fk_message *message)
{
    const char *script[SCRIPTS];
    for (size_t i = 0; i < n; i++)
        script[i] = name[i];
    return n > 0 ? fk_gnuplot_run(plots, n, script, progress, message) : FK_OK;
}

static fk_status write_and_draw(const fk_result *r, const char *plots,
                                const fk_progress *progress, fk_message *message)
{
    char name[SCRIPTS][NAME];
    size_t n = 0;
    fk_canvas c = {.dir = plots, .status = FK_OK, .message = message};
    fk_canvas_prepare(&c);
    for (int pass = 0; pass < 2; pass++) /* the slow ones first */
        for (const fk_figure *const *f = fk_figures; *f != NULL && n < SCRIPTS; f++) {
            if ((*f)->kind != (pass == 0 ? FK_ANIMATION : FK_STILL) ||
                !fk_figure_wanted(*f, r))
                continue;
            (*f)->write(r, &c);
            snprintf(name[n++], NAME, "%s.gp", (*f)->name);
        }
    return c.status != FK_OK ? c.status : draw(plots, n, name, progress, message);
}

fk_status fk_write_figures(const fk_result *r, const char *dir,
                           const fk_progress *progress, fk_message *message)
{
    char *plots = NULL;
    FK_TRY(join(dir, "plots", &plots, message));
    fk_status status = make_folder(dir, message);
    if (status == FK_OK)
        status = write_and_draw(r, plots, progress, message);
    free(plots);
    return status;
}

static bool is_script(const char *file)
{
    const size_t length = strlen(file);
    return length > 3 && length < NAME && file[0] != '.' &&
           strcmp(file + length - 3, ".gp") == 0 && strcmp(file, "style.gp") != 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

fk_status fk_redraw_figures(const char *dir, fk_message *message)
{
    char *plots = NULL, name[SCRIPTS][NAME];
    size_t n = 0;
    FK_TRY(join(dir, "plots", &plots, message));
    DIR *folder = opendir(plots);
    fk_status status = FK_OK;
    if (folder == NULL)
        status = fk_fail(message, FK_EIO, "%s: %s", plots, strerror(errno));
    for (struct dirent *e = NULL; folder != NULL && (e = readdir(folder)) != NULL;)
        if (is_script(e->d_name) && n < SCRIPTS)
            snprintf(name[n++], NAME, "%.*s", NAME - 1, e->d_name);
    if (folder != NULL)
        closedir(folder);
    qsort(name, n, sizeof name[0], by_name);
    if (status == FK_OK && n == 0)
        status = fk_fail(message, FK_EIO, "%s: no gnuplot scripts here", plots);
    if (status == FK_OK)
        status = draw(plots, n, name, NULL, message);
    free(plots);
    return status;
}
