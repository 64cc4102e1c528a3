/* DIR/report.html: one page that needs nothing else. */
#include "plots/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plots/figure.h"
#include "plots/html.h"
#include "plots/label.h"
#include "plots/output.h"
#include "plots/whole_file.h"

static void put_head(FILE *out, const fk_result *r)
{
    fk_html_begin(out, r->problem->name);
    if (r->problem->about[0] != '\0') {
        fputs("<p>", out);
        fk_html_text(out, r->problem->about);
        fputs("</p>\n", out);
    }
}

static void put_verdict(FILE *out, const fk_result *r)
{
    if (!fk_result_compared(r))
        return;
    const char *word = fk_word_text(r->word);
    fprintf(out, "<p class=\"verdict %s\"><b>%s</b> <span>", word, word);
    fk_html_text(out, r->sentence);
    fputs("</span></p>\n", out);
}

/* A line of its own in small print, or nothing. */
static void put_small(FILE *out, const char *text)
{
    if (text[0] == '\0')
        return;
    fputs("<p class=\"small\">", out);
    fk_html_text(out, text);
    fputs("</p>\n", out);
}

static void put_notes(FILE *out, const fk_result *r)
{
    char density[1024];
    fk_result_density_text(r, sizeof density, density);
    put_small(out, density);
    put_small(out, r->scheme_note);
}

/* The picture inside the page; left out if it was not drawn. */
static fk_status put_figure(FILE *out, const fk_result *r, const char *dir,
                            const fk_figure *f)
{
    char path[4096];
    const bool moves = f->kind == FK_ANIMATION;
    snprintf(path, sizeof path, "%s/plots/%s.%s", dir, f->name, moves ? "gif" : "png");
    FILE *there = fopen(path, "rb");
    if (there == NULL)
        return FK_OK;
    fclose(there);
    fprintf(out, "<figure id=\"%s\"><img alt=\"%s\" src=\"", f->name, f->name);
    FK_TRY(fk_html_data_uri(out, moves ? "image/gif" : "image/png", path));
    fputs("\">\n<figcaption>", out);
    f->caption(r, out);
    fputs("</figcaption></figure>\n", out);
    return FK_OK;
}

static fk_status put_figures(FILE *out, const fk_result *r, const char *dir)
{
    for (const fk_figure *const *f = fk_figures; *f != NULL; f++)
        if (fk_figure_wanted(*f, r))
            FK_TRY(put_figure(out, r, dir, *f));
    return FK_OK;
}

static void put_item(FILE *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(out, "<dt>%s</dt><dd>", name);
    fk_html_text(out, value);
    fputs("</dd>\n", out);
}

static void put_provenance(FILE *out, const fk_result *r)
{
    char number[64];
    fputs("<h2>How it was made</h2>\n<dl>\n", out);
    put_item(out, "command", r->command);
    put_item(out, "fokker", r->version);
    put_item(out, "revision", r->revision);
    put_item(out, "made", r->created);
    snprintf(number, sizeof number, "%llu",
             (unsigned long long)r->problem->particles.seed);
    put_item(out, "seed", number);
    snprintf(number, sizeof number, "%d", r->threads);
    put_item(out, "threads", number);
    put_item(out, "initial law", r->problem->initial_text);
    fputs("</dl>\n<h3>The problem file</h3>\n<pre>", out);
    fk_html_text(out, r->problem->text);
    fputs("</pre>\n", out);
}

static fk_status put_page(FILE *out, const fk_result *r, const char *dir)
{
    put_head(out, r);
    put_verdict(out, r);
    put_notes(out, r);
    FK_TRY(put_figures(out, r, dir));
    fputs("<h2>The equations</h2>\n", out);
    fk_report_equations(out, r->problem->sde, r->problem->source);
    fk_report_tables(out, r);
    put_provenance(out, r);
    fk_html_end(out);
    return FK_OK;
}

fk_status fk_write_report(const fk_result *r, const char *dir, fk_message *message)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/report.html", dir);
    char *part = fk_part_name(path);
    if (part == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    FILE *out = fopen(part, "w");
    fk_status status = FK_OK;
    if (out == NULL)
        status = fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
    if (out != NULL) {
        status = put_page(out, r, dir);
        const bool failed = ferror(out) != 0 || status != FK_OK;
        if (fclose(out) != 0 || failed)
            status = fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
        status = fk_part_finish(part, path, status, message);
    }
    free(part);
    return status;
}
