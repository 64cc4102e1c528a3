/* The numbers of a run as HTML tables. */
#include <math.h>
#include <string.h>

#include "plots/exits.h"
#include "plots/html.h"
#include "plots/label.h"
#include "plots/page.h"
#include "plots/report.h"

static void error_cell(FILE *out, double error)
{
    if (isnan(error))
        fputs("<td></td>", out);
    else
        fprintf(out, "<td>&plusmn; %.1g</td>", error);
}

static void word_cell(FILE *out, const fk_comparison *c)
{
    if (c->count > 0.0)
        fprintf(out, "<td class=\"%s\">%s</td>", fk_word_text(c->word),
                fk_word_text(c->word));
    else
        fputs("<td>&ndash;</td>", out);
}

static bool same_pair(const fk_comparison *a, const fk_comparison *b)
{
    return strcmp(a->sample, b->sample) == 0 && strcmp(a->reference, b->reference) == 0;
}

static bool first_of_its_pair(const fk_result *r, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_pair(&r->comparison[k], &r->comparison[i]))
            return false;
    return true;
}

static const char test_head[] =
    "<th>L1</th><th>L1 of noise alone</th><th>Hellinger</th><th>KL</th><th>W1</th>"
    "<th>&chi;&sup2;/dof</th><th>p</th><th>detectable L1</th><th>verdict</th></tr>\n";

static void test_cells(FILE *out, const fk_comparison *c)
{
    const bool sampled = c->count > 0.0;
    fk_page_cell(out, 3, c->l1);
    fk_page_cell(out, 3, c->count > 0.0 ? c->l1_floor : (double)NAN);
    fk_page_cell(out, 3, c->hellinger);
    fk_page_cell(out, 3, c->kl);
    fk_page_cell(out, 3, c->w1);
    fk_page_cell(out, 3,
                 sampled && c->chi.dof > 0 ? c->chi.statistic / (double)c->chi.dof
                                           : (double)NAN);
    fk_page_cell(out, 3, sampled ? c->p_least : (double)NAN);
    fk_page_cell(out, 2, sampled ? c->chi.detectable : (double)NAN);
    word_cell(out, c);
}

static void title(FILE *out, const fk_comparison *c, const char *about)
{
    fputs("<h3>", out);
    fk_html_text(out, c->sample);
    fputs(" against ", out);
    fk_html_text(out, c->reference);
    fprintf(out, "%s</h3>\n", about);
}

static void pair_table(FILE *out, const fk_result *r, const fk_comparison *first)
{
    title(out, first, "");
    fprintf(out, "<div class=\"wide\"><table><tr><th>t</th>%s", test_head);
    for (size_t i = 0; i < r->n_comparisons; i++) {
        if (!same_pair(first, &r->comparison[i]))
            continue;
        fputs("<tr>", out);
        fk_page_cell(out, 6, r->comparison[i].t);
        test_cells(out, &r->comparison[i]);
        fputs("</tr>\n", out);
    }
    fputs("</table></div>\n", out);
}

static bool has_budget(const fk_comparison *c)
{
    for (size_t i = 0; i < FK_BUDGET_LINES; i++)
        if (c->budget[i].name != NULL && !isnan(c->budget[i].l1))
            return true;
    return false;
}

static void budget_table(FILE *out, const fk_result *r, const fk_comparison *first)
{
    title(out, first, ": error budget in L1");
    fputs("<div class=\"wide\"><table><tr><th>t</th>", out);
    for (size_t k = 0; k < FK_BUDGET_LINES; k++)
        if (first->budget[k].name != NULL)
            fprintf(out, "<th>%s</th>", first->budget[k].name);
    fputs("</tr>\n", out);
    for (size_t i = 0; i < r->n_comparisons; i++) {
        const fk_comparison *c = &r->comparison[i];
        if (!same_pair(first, c))
            continue;
        fputs("<tr>", out);
        fk_page_cell(out, 6, c->t);
        for (size_t k = 0; k < FK_BUDGET_LINES; k++)
            if (c->budget[k].name != NULL)
                fk_page_cell(out, 3, c->budget[k].l1);
        fputs("</tr>\n", out);
    }
    fputs("</table></div>\n<ul class=\"small\">\n", out);
    for (size_t k = 0; k < FK_BUDGET_LINES; k++)
        if (first->budget[k].name != NULL && first->budget[k].source != NULL) {
            fprintf(out, "<li>%s: ", first->budget[k].name);
            fk_html_text(out, first->budget[k].source);
            fputs("</li>\n", out);
        }
    fputs("</ul>\n", out);
}

static void moment_table(FILE *out, const fk_result *r, const fk_comparison *first)
{
    title(out, first, ": moments");
    fputs("<div class=\"wide\"><table><tr><th>t</th><th>moment</th><th>sample</th>"
          "<th>reference</th><th>standard error</th><th>known error</th>"
          "<th>beyond it, in standard errors</th></tr>\n",
          out);
    for (size_t i = 0; i < r->n_comparisons; i++) {
        const fk_comparison *c = &r->comparison[i];
        for (size_t k = 0; same_pair(first, c) && k < c->n_moments; k++) {
            const fk_moment_line *m = &c->moment[k];
            fputs("<tr>", out);
            fk_page_cell(out, 6, c->t);
            fputs("<td>", out);
            fk_html_text(out, m->name);
            fputs("</td>", out);
            fk_page_cell(out, 6, m->sample);
            fk_page_cell(out, 6, m->reference);
            fk_page_cell(out, 2, m->error);
            fk_page_cell(out, 2, m->allowance);
            fk_page_cell(out, 2, m->sigmas);
            fputs("</tr>\n", out);
        }
    }
    fputs("</table></div>\n", out);
}

/* ---- without a grid ---- */

static void quantile_rows(FILE *out, const fk_result *r, const fk_snapshot *s)
{
    const size_t d = r->problem->sde->dim;
    for (size_t i = 0; i < d; i++) {
        fputs("<tr>", out);
        fk_page_cell(out, 6, s->t);
        fputs("<td>", out);
        fk_html_text(out, fk_label_variable(r->problem, i).text);
        fputs("</td>", out);
        fk_page_cell(out, 6, s->moments.mean[i]);
        error_cell(out, s->moments.mean_error[i]);
        fk_page_cell(out, 6, s->moments.cov[i * (d + 1)]);
        error_cell(out, s->moments.cov_error[i * (d + 1)]);
        for (size_t k = 0; k < FK_QUANTILES; k++)
            fk_page_cell(out, 5, s->moments.quantile[k * d + i]);
        fputs("</tr>\n", out);
    }
}

static void sample_table(FILE *out, const fk_result *r)
{
    if (r->n_snapshots == 0 || r->snapshot[0].moments.mean == NULL)
        return;
    fputs("<h2>The particles</h2>\n<div class=\"wide\"><table><tr><th>t</th><th></th>"
          "<th>mean</th><th></th><th>variance</th><th></th>",
          out);
    for (size_t k = 0; k < FK_QUANTILES; k++)
        fprintf(out, "<th>%g&nbsp;%%</th>", 100.0 * fk_quantile_level[k]);
    fputs("</tr>\n", out);
    for (size_t i = 0; i < r->n_snapshots; i++)
        quantile_rows(out, r, &r->snapshot[i]);
    fputs("</table></div>\n<p class=\"small\">With standard errors; covariances and "
          "the errors of quantiles are in summary.json and results.nc.</p>\n",
          out);
}

static void reverse_table(FILE *out, const fk_result *r)
{
    if (r->n_reverse == 0)
        return;
    fputs("<h3>Back in time: samples against the initial density</h3>\n"
          "<div class=\"wide\"><table><tr><th>sampler</th><th>samples</th>",
          out);
    fputs(test_head, out);
    for (size_t i = 0; i < r->n_reverse; i++) {
        fputs("<tr><td>", out);
        fk_html_text(out, r->reverse[i].name);
        fprintf(out, "</td><td>%zu</td>", r->reverse[i].count);
        test_cells(out, &r->reverse[i].comparison);
        fputs("</tr>\n", out);
    }
    fputs("</table></div>\n", out);
}

static void exit_row(FILE *out, const fk_result *r, const fk_face_exits *f,
                     const char *way, const double *F, double count)
{
    if (F == NULL)
        return;
    const fk_exit_summary s = fk_exits_summarise(&r->exits, F, count);
    fputs("<tr><td>", out);
    fk_html_text(out, fk_label_face(r->problem, f->axis, f->side).text);
    fprintf(out, "</td><td>%s</td>", way);
    fk_page_cell(out, 5, s.probability);
    error_cell(out, s.probability_error);
    fk_page_cell(out, 5, s.mean_time);
    error_cell(out, s.mean_time_error);
    fk_page_cell(out, 5, s.spread);
    fputs("</tr>\n", out);
}

static void exit_table(FILE *out, const fk_result *r)
{
    const fk_exits *e = &r->exits;
    if (e->n_faces == 0)
        return;
    fprintf(out,
            "<h2>Exits by %s</h2>\n<div class=\"wide\"><table><tr><th>through</th>"
            "<th>by</th><th>probability</th><th></th><th>mean time of those</th>"
            "<th></th><th>their standard deviation</th></tr>\n",
            fk_label_time(r->problem, e->time[e->n_times - 1]).text);
    for (size_t k = 0; k < e->n_faces; k++) {
        const fk_face_exits *f = &e->face[k];
        exit_row(out, r, f, "particles", f->particles,
                 (double)r->problem->particles.count);
        exit_row(out, r, f, "particles without a bridge", f->unbridged,
                 (double)e->n_unbridged);
        exit_row(out, r, f, "Fokker&ndash;Planck", f->pde, 0.0);
    }
    fputs("</table></div>\n", out);
}

static void timing_table(FILE *out, const fk_result *r)
{
    if (r->n_timings == 0)
        return;
    fputs("<h2>Time spent</h2>\n<div class=\"wide\"><table><tr><th>part</th>"
          "<th>seconds</th><th>rate</th><th></th></tr>\n",
          out);
    for (size_t i = 0; i < r->n_timings; i++) {
        const fk_timing *t = &r->timing[i];
        fputs("<tr><td>", out);
        fk_html_text(out, t->name);
        fputs("</td>", out);
        fk_page_cell(out, 3, t->seconds);
        fk_page_cell(out, 3, t->rate);
        fprintf(out, "<td>%s</td></tr>\n",
                isnan(t->rate) || t->unit == NULL ? "" : t->unit);
    }
    fputs("</table></div>\n", out);
}

void fk_report_tables(FILE *out, const fk_result *r)
{
    if (r->n_comparisons > 0)
        fputs("<h2>Verdict in numbers</h2>\n", out);
    for (size_t i = 0; i < r->n_comparisons; i++) {
        const fk_comparison *c = &r->comparison[i];
        if (!first_of_its_pair(r, i))
            continue;
        pair_table(out, r, c);
        if (has_budget(c))
            budget_table(out, r, c);
        if (c->n_moments > 0)
            moment_table(out, r, c);
    }
    sample_table(out, r);
    reverse_table(out, r);
    exit_table(out, r);
    timing_table(out, r);
}
