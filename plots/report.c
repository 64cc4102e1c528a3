/* DIR/report.html of a run. */
#include "plots/report.h"

#include "plots/figure.h"
#include "plots/html.h"
#include "plots/output.h"
#include "plots/page.h"

/* What the page shows, and the folder with its pictures. */
typedef struct subject {
    const fk_result *r;
    const char *dir;
} subject;

static void put_verdict(FILE *out, const fk_result *r)
{
    if (!fk_result_compared(r))
        return;
    const char *word = fk_word_text(r->word);
    fprintf(out, "<p class=\"verdict %s\"><b>%s</b> <span>", word, word);
    fk_html_text(out, r->sentence);
    fputs("</span></p>\n", out);
}

static void put_notes(FILE *out, const fk_result *r)
{
    char density[1024];
    fk_result_density_text(r, sizeof density, density);
    fk_page_small(out, density);
    fk_page_small(out, r->scheme_note);
}

/* The picture inside the page; left out if it was not drawn. */
static fk_status put_figure(FILE *out, const subject *s, const fk_figure *f)
{
    bool there;
    FK_TRY(fk_page_picture(out, s->dir, f->name, f->kind == FK_ANIMATION, &there));
    if (!there)
        return FK_OK;
    f->caption(s->r, out);
    fk_page_picture_end(out);
    return FK_OK;
}

static fk_status put_figures(FILE *out, const subject *s)
{
    for (const fk_figure *const *f = fk_figures; *f != NULL; f++)
        if (fk_figure_wanted(*f, s->r))
            FK_TRY(put_figure(out, s, *f));
    return FK_OK;
}

static void put_provenance(FILE *out, const fk_result *r)
{
    char seed[32], threads[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)r->problem->particles.seed);
    snprintf(threads, sizeof threads, "%d", r->threads);
    fk_page_provenance(out, r->problem,
                       &(fk_provenance){.command = r->command,
                                        .version = r->version,
                                        .revision = r->revision,
                                        .created = r->created,
                                        .seed = seed,
                                        .threads = threads});
}

static fk_status put_body(FILE *out, const void *context)
{
    const subject *s = context;
    put_verdict(out, s->r);
    put_notes(out, s->r);
    FK_TRY(put_figures(out, s));
    fputs("<h2>The equations</h2>\n", out);
    fk_report_equations(out, s->r->problem->sde, s->r->problem->source);
    fk_report_tables(out, s->r);
    put_provenance(out, s->r);
    return FK_OK;
}

fk_status fk_write_report(const fk_result *r, const char *dir, fk_message *message)
{
    return fk_page_write(dir, r->problem, r->problem->name, put_body,
                         &(subject){r, dir}, message);
}
