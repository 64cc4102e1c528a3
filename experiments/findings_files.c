/* The findings of an analysis as files. */
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/findings.h"
#include "experiments/version.h"
#include "plots/study.h"

static fk_status write_summary(const fk_analysis *a, const fk_findings *f,
                               const char *command, const char *dir,
                               fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/summary.json", dir);
    FILE *summary = fopen(path, "w");
    if (summary == NULL)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    fk_findings_json(a, f, command, summary);
    const bool bad = ferror(summary) != 0;
    if (fclose(summary) != 0 || bad)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return FK_OK;
}

static fk_status write_problem(const fk_problem *p, const char *dir,
                               fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/problem.yaml", dir);
    FILE *text = fopen(path, "w");
    if (text == NULL || fputs(p->text, text) < 0 || fclose(text) != 0)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return FK_OK;
}

/* ---- results.nc ---- */

typedef struct content {
    const fk_analysis *a;
    const fk_findings *f;
    const char *command;
} content;

static void fill(fk_netcdf *file, const void *context)
{
    const content *c = context;
    fk_netcdf_provenance(file, c->command, fk_version(), fk_revision(), c->f->created);
    fk_netcdf_attribute(file, "analysis", c->a->name);
    fk_netcdf_axes(file);
    c->a->keep(&c->f->grid[0], file);
}

fk_status fk_findings_write(const fk_analysis *a, const fk_findings *f,
                            const char *command, const char *dir, fk_message *message)
{
    const fk_analysis_grid *g = &f->grid[0];
    char path[1200];
    FK_TRY(write_summary(a, f, command, dir, message));
    FK_TRY(write_problem(g->request->problem, dir, message));
    snprintf(path, sizeof path, "%s/results.nc", dir);
    return fk_netcdf_write(path, g->request->problem, &g->domain, fill,
                           &(content){a, f, command}, message);
}

/* ---- report.html ---- */

fk_status fk_findings_report(const fk_analysis *a, const fk_findings *f,
                             const char *command, const fk_gallery *gallery,
                             const char *dir, fk_message *message)
{
    const fk_analysis_grid *g = &f->grid[0];
    char grids[512];
    fk_study_number number[FK_ANALYSIS_NUMBERS];
    const char *note[FK_ANALYSIS_NOTES];
    for (size_t i = 0; i < g->n_numbers; i++)
        number[i] = (fk_study_number){g->number[i].name, g->number[i].unit,
                                      f->limit[i].value, f->limit[i].error,
                                      f->limit[i].order, g->number[i].estimate};
    for (size_t i = 0; i < f->n_notes; i++)
        note[i] = f->note[i];
    fk_findings_grids(f, sizeof grids, grids);
    const fk_study study = {.problem = g->request->problem,
                            .name = a->name,
                            .summary = a->summary,
                            .equation = a->equation,
                            .grids = grids,
                            .n_numbers = g->n_numbers,
                            .number = number,
                            .n_notes = f->n_notes,
                            .note = note,
                            .command = command,
                            .version = fk_version(),
                            .revision = fk_revision(),
                            .created = f->created};
    return fk_write_study(&study, gallery, dir, message);
}
