/* The page of `fokker verify`, and a claim in the terminal. */
#include <stdlib.h>
#include <string.h>

#include "experiments/verify_report.h"
#include "experiments/version.h"
#include "plots/html.h"
#include "plots/tex.h"

/* ---- the page ---- */

static void put_paragraph(FILE *out, const char *lead, const char *text)
{
    fprintf(out, "<p><b>%s</b> ", lead);
    fk_html_text(out, text);
    fputs("</p>\n", out);
}

static fk_status put_derivation(const fk_claim *c, FILE *out, fk_message *message)
{
    fputs("<h3>Derivation</h3>\n<ol>\n", out);
    for (const fk_claim_step *s = c->derivation; s->sentence != NULL; s++) {
        fputs("<li>", out);
        fk_html_text(out, s->sentence);
        if (s->formula != NULL) {
            char *math;
            FK_TRY(fk_tex_print(s->formula, FK_TEX_MATHML, &math, message));
            fprintf(out,
                    "\n<div class=\"math\"><math display=\"block\">%s</math></div>",
                    math);
            free(math);
        }
        fputs("</li>\n", out);
    }
    fputs("</ol>\n", out);
    return FK_OK;
}

/* Left out where it was not drawn. */
static fk_status put_picture(const fk_claim_figure *f, const char *dir, FILE *out,
                             fk_message *message)
{
    char path[1400];
    snprintf(path, sizeof path, "%s/plots/%s.png", dir, f->name);
    FILE *there = fopen(path, "rb");
    if (there == NULL)
        return FK_OK;
    fclose(there);
    fprintf(out, "<figure id=\"%s\"><img alt=\"%s\" src=\"", f->name, f->name);
    if (fk_html_data_uri(out, "image/png", path) != FK_OK)
        return fk_fail(message, FK_EIO, "cannot read %s", path);
    fputs("\">\n<figcaption>", out);
    fk_html_text(out, f->caption);
    fputs("</figcaption></figure>\n", out);
    return FK_OK;
}

static void put_row(const fk_evidence *e, FILE *out)
{
    static const char *const sign[] = {[FK_EQUAL] = "=",
                                       [FK_AT_MOST] = "&le;",
                                       [FK_AT_LEAST] = "&ge;",
                                       [FK_DIFFERENT] = "&ne;"};
    const char *word = fk_finding_word_text(e->word);
    fputs("<tr><td>", out);
    fk_html_text(out, e->name);
    fprintf(out, "</td><td>%.12g</td><td>%s</td><td>%.12g</td><td>%.1e</td>", e->left,
            sign[e->relation], e->right, e->left - e->right);
    const double part[] = {e->quadrature, e->statistical, e->discretisation,
                           e->allowed};
    for (size_t i = 0; i < 4; i++)
        if (part[i] > 0.0)
            fprintf(out, "<td>%.1e</td>", part[i]);
        else
            fputs("<td></td>", out);
    fprintf(out, "<td class=\"%s\">%s</td><td>", word, word);
    fk_html_text(out, e->origin != NULL ? e->origin : "");
    fputs("</td></tr>\n", out);
}

static void put_rows(const fk_trial *t, FILE *out)
{
    fputs("<h3>Evidence</h3>\n<div class=\"wide\"><table><tr><th>identity</th>"
          "<th>left</th><th></th><th>right</th><th>difference</th><th>quadrature</th>"
          "<th>statistical</th><th>discretisation</th><th>allowed</th><th>verdict</th>"
          "<th>where the errors are from</th></tr>\n",
          out);
    for (size_t i = 0; i < t->n_rows; i++)
        put_row(&t->row[i], out);
    fputs("</table></div>\n", out);
}

static void put_settings(const fk_trial *t, FILE *out)
{
    const fk_claim *c = t->claim;
    fprintf(out, "<p class=\"small\">seed %llu", (unsigned long long)t->seed);
    for (size_t i = 0; c->parameter[i].name != NULL; i++)
        fprintf(out, ", %s = %.10g (%s)", c->parameter[i].name, t->value[i],
                c->parameter[i].meaning);
    if (t->broken != NULL)
        fprintf(out, "; broken on purpose: %s", t->broken->meaning);
    fprintf(out, "; %.2g s</p>\n", t->seconds);
}

static fk_status put_trial(const fk_trial *t, const char *dir, FILE *out,
                           fk_message *message)
{
    const fk_claim *c = t->claim;
    const char *word = fk_finding_word_text(t->word);
    fprintf(out, "<h2 id=\"%s\">", c->name);
    fk_html_text(out, c->title);
    fprintf(out, "</h2>\n<p class=\"verdict %s\"><b>%s</b> <span>", word, word);
    fk_html_text(out, c->statement);
    fputs("</span></p>\n", out);
    put_paragraph(out, "Assumed:", c->assumptions);
    FK_TRY(put_derivation(c, out, message));
    for (size_t i = 0; i < t->n_figures; i++)
        FK_TRY(put_picture(&t->figure[i], dir, out, message));
    put_rows(t, out);
    put_settings(t, out);
    put_paragraph(out, "It would be wrong if", c->falsifier);
    put_paragraph(out, "Source:", c->source);
    return FK_OK;
}

static void put_contents(const fk_verification *v, FILE *out)
{
    fputs("<div class=\"wide\"><table><tr><th>claim</th><th></th><th>rows</th>"
          "<th>verdict</th></tr>\n",
          out);
    for (size_t i = 0; i < v->n; i++) {
        const fk_trial *t = v->trial[i];
        const char *word = fk_finding_word_text(t->word);
        fprintf(out, "<tr><td><a href=\"#%s\">%s</a></td><td>", t->claim->name,
                t->claim->name);
        fk_html_text(out, t->claim->title);
        fprintf(out, "</td><td>%zu</td><td class=\"%s\">%s</td></tr>\n", t->n_rows,
                word, word);
    }
    fputs("</table></div>\n", out);
}

fk_status fk_verify_page(const fk_verification *v, const char *dir, FILE *out,
                         fk_message *message)
{
    fk_html_begin(out, "Derivations, verified");
    put_contents(v, out);
    for (size_t i = 0; i < v->n; i++)
        FK_TRY(put_trial(v->trial[i], dir, out, message));
    fputs("<h2>How it was made</h2>\n<dl><dt>command</dt><dd>", out);
    fk_html_text(out, v->command);
    fprintf(out, "</dd><dt>fokker</dt><dd>%s</dd><dt>revision</dt><dd>%s</dd></dl>\n",
            fk_version(), fk_revision());
    fk_html_end(out);
    return FK_OK;
}

/* ---- the terminal ---- */

/* Words broken at 78 columns, further lines behind `indent` blanks. */
static void print_words(const char *lead, const char *text, size_t indent, FILE *out)
{
    size_t column = strlen(lead);
    fputs(lead, out);
    while (*text != '\0') {
        const size_t length = strcspn(text, " ");
        if (column + 1 + length > 78) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = indent;
        }
        fprintf(out, " %.*s", (int)length, text);
        column += length + 1;
        text += length + strspn(text + length, " ");
    }
    fputc('\n', out);
}

static fk_status print_derivation(const fk_claim *c, FILE *out, fk_message *message)
{
    char lead[16];
    size_t n = 0;
    fputs("derivation:\n", out);
    for (const fk_claim_step *s = c->derivation; s->sentence != NULL; s++) {
        snprintf(lead, sizeof lead, "%3zu.", ++n);
        print_words(lead, s->sentence, 4, out);
        if (s->formula == NULL)
            continue;
        char *math;
        FK_TRY(fk_tex_print(s->formula, FK_TEX_PLAIN, &math, message));
        fprintf(out, "         %s\n", math);
        free(math);
    }
    return FK_OK;
}

fk_status fk_claim_describe(const fk_claim *c, FILE *out, fk_message *message)
{
    fprintf(out, "claim %s: %s\n", c->name, c->title);
    print_words("  states:", c->statement, 10, out);
    print_words("  assumes:", c->assumptions, 10, out);
    FK_TRY(print_derivation(c, out, message));
    print_words("wrong if:", c->falsifier, 9, out);
    for (const fk_claim_parameter *p = c->parameter; p->name != NULL; p++)
        fprintf(out, "  %-14s %s, %.10g to %.10g [%.10g]\n", p->name, p->meaning,
                p->least, p->most, p->standard);
    for (const fk_claim_break *b = c->breaks; b->name != NULL; b++)
        fprintf(out, "  break=%-14s %s\n", b->name, b->meaning);
    fprintf(out, "  source: %s\n", c->source);
    return FK_OK;
}
