#include "plots/page.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plots/html.h"
#include "plots/whole_file.h"

static void put_head(FILE *out, const fk_problem *p, const char *title)
{
    fk_html_begin(out, title);
    if (p->about[0] != '\0') {
        fputs("<p>", out);
        fk_html_text(out, p->about);
        fputs("</p>\n", out);
    }
}

void fk_page_small(FILE *out, const char *text)
{
    if (text[0] == '\0')
        return;
    fputs("<p class=\"small\">", out);
    fk_html_text(out, text);
    fputs("</p>\n", out);
}

fk_status fk_page_picture(FILE *out, const char *dir, const char *name, bool moves,
                          bool *there)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/plots/%s.%s", dir, name, moves ? "gif" : "png");
    FILE *picture = fopen(path, "rb");
    *there = picture != NULL;
    if (picture == NULL)
        return FK_OK;
    fclose(picture);
    fprintf(out, "<figure id=\"%s\"><img alt=\"%s\" src=\"", name, name);
    FK_TRY(fk_html_data_uri(out, moves ? "image/gif" : "image/png", path));
    fputs("\">\n<figcaption>", out);
    return FK_OK;
}

void fk_page_picture_end(FILE *out)
{
    fputs("</figcaption></figure>\n", out);
}

void fk_page_cell(FILE *out, int digits, double value)
{
    if (isnan(value))
        fputs("<td>&ndash;</td>", out);
    else
        fprintf(out, "<td>%.*g</td>", digits, value);
}

static void put_item(FILE *out, const char *name, const char *value)
{
    if (value == NULL || value[0] == '\0')
        return;
    fprintf(out, "<dt>%s</dt><dd>", name);
    fk_html_text(out, value);
    fputs("</dd>\n", out);
}

void fk_page_provenance(FILE *out, const fk_problem *p, const fk_provenance *made)
{
    fputs("<h2>How it was made</h2>\n<dl>\n", out);
    put_item(out, "command", made->command);
    put_item(out, "fokker", made->version);
    put_item(out, "revision", made->revision);
    put_item(out, "made", made->created);
    put_item(out, "seed", made->seed);
    put_item(out, "threads", made->threads);
    put_item(out, "initial law", p->initial_text);
    fputs("</dl>\n<h3>The problem file</h3>\n<pre>", out);
    fk_html_text(out, p->text);
    fputs("</pre>\n", out);
}

static fk_status put_page(FILE *out, const fk_problem *p, const char *title,
                          fk_status (*body)(FILE *out, const void *context),
                          const void *context)
{
    put_head(out, p, title);
    FK_TRY(body(out, context));
    fk_html_end(out);
    return FK_OK;
}

fk_status fk_page_write(const char *dir, const fk_problem *p, const char *title,
                        fk_status (*body)(FILE *out, const void *context),
                        const void *context, fk_message *message)
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
        status = put_page(out, p, title, body, context);
        const bool failed = ferror(out) != 0 || status != FK_OK;
        if (fclose(out) != 0 || failed)
            status = fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
        status = fk_part_finish(part, path, status, message);
    }
    free(part);
    return status;
}
