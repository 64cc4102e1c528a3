#include "experiments/analysis_result.h"

#include <stdio.h>

#include "experiments/findings.h"
#include "experiments/result_folder.h"

/* As for `fokker run`: without gnuplot the numbers remain. */
static fk_status draw(const fk_command *c, const fk_gallery *gallery,
                      fk_terminal *terminal, fk_message *message)
{
    const fk_progress progress = fk_terminal_progress(terminal);
    fk_terminal_begin(terminal, "figures", NULL, 1.0);
    const fk_status status = fk_gallery_draw(gallery, &progress, message);
    if (status != FK_EIO)
        FK_TRY(status);
    if (status == FK_EIO)
        fprintf(stderr, "fokker %s: figures are missing: %s\n", c->name, message->text);
    else
        fk_terminal_end(terminal);
    return FK_OK;
}

typedef struct work {
    const fk_command *command;
    const fk_analysis *analysis;
    const fk_options *options;
    const char *line; /* of the command */
    fk_terminal *terminal;
} work;

static fk_status write_files(const work *w, const fk_findings *f, const char *dir,
                             fk_message *message)
{
    const fk_problem *p = f->grid[0].request->problem;
    char plots[1200];
    fk_gallery *gallery = NULL;
    FK_TRY(fk_findings_write(w->analysis, f, w->line, dir, message));
    snprintf(plots, sizeof plots, "%s/plots", dir);
    fk_status status = FK_OK;
    if (p->result.plots && !w->options->no_plots) {
        FK_TRY(fk_gallery_open(plots, p, &gallery, message));
        w->analysis->draw(&f->grid[0], gallery);
        status = draw(w->command, gallery, w->terminal, message);
    }
    if (status == FK_OK)
        status = fk_findings_report(w->analysis, f, w->line, gallery, dir, message);
    fk_gallery_discard(gallery);
    return status;
}

static void tell(const work *w, const fk_findings *f, const fk_result_folder *folder)
{
    if (w->options->json) {
        fk_findings_json(w->analysis, f, w->line, stdout);
        return;
    }
    fk_findings_print(w->analysis, f, stdout);
    printf("report: %s/report.html\n", folder->path);
}

fk_status fk_analysis_result(const fk_command *c, const fk_analysis *a,
                             fk_analysis_request *request, const fk_options *o,
                             const char *line, fk_findings *f, fk_message *message)
{
    char standard[1024];
    fk_result_folder folder;
    fk_terminal terminal = fk_terminal_make(o->quiet);
    const work w = {c, a, o, line, &terminal};
    request->terminal = &terminal;
    snprintf(standard, sizeof standard, "out/%s_%s", request->problem->name, a->name);
    FK_TRY(fk_result_folder_open(o->folder != NULL ? o->folder : standard, o->force,
                                 &folder, message));
    fk_status status = fk_analyse(a, request, f, message);
    if (status == FK_OK)
        status = write_files(&w, f, folder.working, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(&folder, message);
    if (status == FK_OK)
        tell(&w, f, &folder);
    else
        fk_result_folder_discard(&folder);
    return status;
}
