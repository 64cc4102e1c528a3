#include "plots/study.h"

#include <math.h>

#include "plots/html.h"
#include "plots/label.h"
#include "plots/page.h"
#include "plots/report.h"

/* What the page shows, and the folder with its pictures. */
typedef struct subject {
    const fk_study *s;
    const fk_gallery *gallery;
    const char *dir;
} subject;

static void put_notes(FILE *out, const fk_study *s)
{
    if (s->n_notes == 0)
        return;
    fputs("<ul>\n", out);
    for (size_t i = 0; i < s->n_notes; i++) {
        fputs("<li>", out);
        fk_html_text(out, s->note[i]);
        fputs("</li>\n", out);
    }
    fputs("</ul>\n", out);
}

static fk_status put_pictures(FILE *out, const subject *it)
{
    const char *name, *caption;
    bool there;
    for (size_t i = 0;
         it->gallery != NULL && fk_gallery_picture(it->gallery, i, &name, &caption);
         i++) {
        FK_TRY(fk_page_picture(out, it->dir, name, false, &there));
        if (!there)
            continue;
        fk_html_text(out, caption);
        fk_page_picture_end(out);
    }
    return FK_OK;
}

static void put_value(FILE *out, double value)
{
    if (isinf(value))
        fprintf(out, "<td>%s&infin;</td>", value < 0.0 ? "&minus;" : "");
    else
        fk_page_cell(out, 10, value);
}

static void put_number(FILE *out, const fk_study_number *n)
{
    fputs("<tr><td>", out);
    fk_html_text(out, fk_label_unit(n->name, n->unit).text);
    fputs("</td>", out);
    put_value(out, n->value);
    fk_page_cell(out, 2, n->error);
    fk_page_cell(out, 3, n->order);
    fputs("</tr>\n", out);
}

static void put_numbers(FILE *out, const fk_study *s)
{
    if (s->n_numbers == 0)
        return;
    fputs("<h2>Numbers</h2>\n<div class=\"wide\"><table><tr><th></th><th>value</th>"
          "<th>error estimate</th><th>measured order</th></tr>\n",
          out);
    for (size_t i = 0; i < s->n_numbers; i++)
        put_number(out, &s->number[i]);
    fputs("</table></div>\n", out);
    fk_page_small(out, s->grids);
}

static void put_equations(FILE *out, const fk_study *s)
{
    fputs("<h2>The equations</h2>\n", out);
    fk_report_equations(out, s->problem->sde, s->problem->source);
    fputs(
        "<p>With the right side of the Fokker&ndash;Planck equation written L p on the "
        "cells and its transpose L&#x1D40;, the analysis solves</p>\n<p "
        "class=\"math\">",
        out);
    fk_html_text(out, s->equation);
    fputs("</p>\n", out);
}

static fk_status put_body(FILE *out, const void *context)
{
    const subject *it = context;
    const fk_study *s = it->s;
    fputs("<p>", out);
    fk_html_text(out, s->summary);
    fputs("</p>\n", out);
    put_notes(out, s);
    FK_TRY(put_pictures(out, it));
    put_numbers(out, s);
    put_equations(out, s);
    fk_page_provenance(out, s->problem,
                       &(fk_provenance){.command = s->command,
                                        .version = s->version,
                                        .revision = s->revision,
                                        .created = s->created});
    return FK_OK;
}

fk_status fk_write_study(const fk_study *s, const fk_gallery *gallery, const char *dir,
                         fk_message *message)
{
    char title[256];
    snprintf(title, sizeof title, "%.120s: %.120s", s->problem->name, s->name);
    return fk_page_write(dir, s->problem, title, put_body, &(subject){s, gallery, dir},
                         message);
}
