/* The run in at most 80 columns, for a terminal. */
#include <math.h>
#include <string.h>

#include "plots/exits.h"
#include "plots/label.h"
#include "plots/output.h"

enum { COLUMNS = 78 };

static bool same_pair(const fk_comparison *a, const fk_comparison *b)
{
    return strcmp(a->sample, b->sample) == 0 && strcmp(a->reference, b->reference) == 0;
}

/* Number in `width` columns, a dash if there is none. */
static void number(FILE *out, int width, int digits, double value)
{
    if (isnan(value))
        fprintf(out, "%*s", width, "-");
    else
        fprintf(out, "%*.*g", width, digits, value);
}

static void p_value(FILE *out, int width, double p)
{
    if (p > 0 && p < 1e-4)
        fprintf(out, "%*.1e", width, p);
    else if (isnan(p))
        fprintf(out, "%*s", width, "-");
    else
        fprintf(out, "%*.4f", width, p);
}

static void tests(FILE *out, const fk_comparison *c)
{
    const bool sampled = c->count > 0;
    const double dof = (double)c->chi.dof;
    number(out, 11, 3, c->l1);
    number(out, 10, 3, c->count > 0 ? c->l1_floor : (double)NAN);
    number(out, 10, 3, sampled && dof > 0 ? c->chi.statistic / dof : (double)NAN);
    p_value(out, 10, sampled ? c->p_least : (double)NAN);
    number(out, 12, 2, sampled ? c->chi.detectable : (double)NAN);
    if (c->count > 0)
        fprintf(out, "   %s", fk_word_text(c->word));
    fputc('\n', out);
}

static void print_pair(const fk_result *r, const fk_comparison *first, FILE *out)
{
    fprintf(out, "%s against %s\n", first->sample, first->reference);
    fprintf(out, "%10s%11s%10s%10s%10s%12s   %s\n", "t", "L1", "noise", "chi2/dof",
            "p-value", "detectable", "verdict");
    for (size_t i = 0; i < r->n_comparisons; i++)
        if (same_pair(first, &r->comparison[i])) {
            number(out, 10, 4, r->comparison[i].t);
            tests(out, &r->comparison[i]);
        }
    fputc('\n', out);
}

/* ---- without a grid ---- */

enum { SHOWN = 8 }; /* variables of which moments are printed */

static void print_moment(FILE *out, const char *what, double value, double error,
                         const double *exact, double allowance)
{
    fprintf(out, "  %-24.24s", what);
    number(out, 13, 6, value);
    number(out, 13, 2, error);
    if (exact != NULL) {
        number(out, 13, 6, *exact);
        number(out, 11, 2, fk_moment_sigmas(value, *exact, allowance, error));
    }
    fputc('\n', out);
}

static void print_means(const fk_problem *p, const fk_moments *m, size_t shown,
                        FILE *out)
{
    const size_t d = p->sde->dim;
    const bool exact = m->exact_mean != NULL;
    char what[64];
    for (size_t i = 0; i < shown; i++) {
        snprintf(what, sizeof what, "mean %.40s", fk_label_variable(p, i).text);
        print_moment(out, what, m->mean[i], m->mean_error[i],
                     exact ? &m->exact_mean[i] : NULL, m->mean_allowance[i]);
    }
    for (size_t i = 0; i < shown; i++)
        for (size_t k = 0; k <= i; k++) {
            const size_t e = i * d + k;
            if (k == i)
                snprintf(what, sizeof what, "variance %.40s",
                         fk_label_variable(p, i).text);
            else
                snprintf(what, sizeof what, "covariance %.20s %.20s",
                         fk_label_variable(p, i).text, fk_label_variable(p, k).text);
            print_moment(out, what, m->cov[e], m->cov_error[e],
                         exact ? &m->exact_cov[e] : NULL, m->cov_allowance[e]);
        }
}

static void print_quantiles(const fk_problem *p, const fk_moments *m, size_t shown,
                            FILE *out)
{
    const size_t d = p->sde->dim;
    fprintf(out, "  %-15s", "quantiles");
    for (size_t k = 0; k < FK_QUANTILES; k++)
        fprintf(out, "%10g %%", 100.0 * fk_quantile_level[k]);
    fputc('\n', out);
    for (size_t i = 0; i < shown; i++) {
        fprintf(out, "  %-15.15s", fk_label_variable(p, i).text);
        for (size_t k = 0; k < FK_QUANTILES; k++)
            number(out, 12, 5, m->quantile[k * d + i]);
        fputc('\n', out);
    }
}

static void print_moments(const fk_result *r, FILE *out)
{
    const fk_problem *p = r->problem;
    const size_t d = p->sde->dim, shown = d < SHOWN ? d : SHOWN;
    for (size_t i = 1; i < r->n_snapshots; i++) {
        const fk_moments *m = &r->snapshot[i].moments;
        if (m->mean == NULL || m->count == 0.0)
            continue;
        fprintf(out, "moments of %.0f particles at %s\n", m->count,
                fk_label_time(p, r->snapshot[i].t).text);
        fprintf(out, "  %-24s%13s%13s%s\n", "", "value", "std. error",
                m->exact_mean != NULL ? "        exact     sigmas" : "");
        print_means(p, m, shown, out);
        print_quantiles(p, m, shown, out);
        if (shown < d)
            fprintf(out, "  %zu more variables in summary.json\n", d - shown);
        fputc('\n', out);
    }
}

static bool has_budget(const fk_comparison *c)
{
    for (size_t i = 0; i < FK_BUDGET_LINES; i++)
        if (c->budget[i].name != NULL && !isnan(c->budget[i].l1))
            return true;
    return false;
}

static void budget_head(const fk_comparison *c, FILE *out)
{
    fprintf(out, "%10s", "t");
    for (size_t i = 0; i < FK_BUDGET_LINES; i++)
        if (c->budget[i].name != NULL)
            fprintf(out, "%14.13s", c->budget[i].name);
    fputc('\n', out);
}

static void print_budget(const fk_result *r, const fk_comparison *first, FILE *out)
{
    fprintf(out, "error budget (L1), %s against %s\n", first->sample, first->reference);
    budget_head(first, out);
    for (size_t i = 0; i < r->n_comparisons; i++) {
        const fk_comparison *c = &r->comparison[i];
        if (!same_pair(first, c))
            continue;
        number(out, 10, 4, c->t);
        for (size_t k = 0; k < FK_BUDGET_LINES; k++)
            if (c->budget[k].name != NULL)
                number(out, 14, 3, c->budget[k].l1);
        fputc('\n', out);
    }
    fputc('\n', out);
}

static bool first_of_its_pair(const fk_result *r, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_pair(&r->comparison[k], &r->comparison[i]))
            return false;
    return true;
}

static void print_reverse(const fk_result *r, FILE *out)
{
    if (r->n_reverse == 0)
        return;
    fprintf(out, "back in time: samples against the initial density\n");
    fprintf(out, "%10s%11s%10s%10s%10s%12s   %s\n", "samples", "L1", "noise",
            "chi2/dof", "p-value", "detectable", "verdict");
    for (size_t i = 0; i < r->n_reverse; i++) {
        fprintf(out, "%.70s\n%10zu", r->reverse[i].name, r->reverse[i].count);
        tests(out, &r->reverse[i].comparison);
    }
    fputc('\n', out);
}

static void with_error(FILE *out, double value, double error)
{
    fprintf(out, "%14.*g", 5, value);
    if (isnan(error))
        fprintf(out, "%11s", "");
    else
        fprintf(out, " +- %-7.1g", error);
}

static void print_exit_line(const fk_exits *e, const char *face, const char *way,
                            const double *F, double count, FILE *out)
{
    if (F == NULL)
        return;
    const fk_exit_summary s = fk_exits_summarise(e, F, count);
    fprintf(out, "%-14.14s %-13s", face, way);
    with_error(out, s.probability, s.probability_error);
    if (isnan(s.mean_time))
        fprintf(out, "%14s\n", "-");
    else {
        with_error(out, s.mean_time, s.mean_time_error);
        fputc('\n', out);
    }
}

static void print_exits(const fk_result *r, FILE *out)
{
    const fk_exits *e = &r->exits;
    if (e->n_faces == 0)
        return;
    const double count = (double)r->problem->particles.count;
    fprintf(out, "exits by %s\n%-28s%14s%25s\n",
            fk_label_time(r->problem, e->time[e->n_times - 1]).text, "through",
            "probability", "mean time of those");
    for (size_t k = 0; k < e->n_faces; k++) {
        const fk_face_exits *f = &e->face[k];
        const fk_label face = fk_label_face(r->problem, f->axis, f->side);
        print_exit_line(e, face.text, "particles", f->particles, count, out);
        print_exit_line(e, face.text, "no bridge", f->unbridged, (double)e->n_unbridged,
                        out);
        print_exit_line(e, face.text, "Fokker-Planck", f->pde, 0.0, out);
    }
    fk_exit_difference d;
    if (fk_exits_compare(e, count, &d))
        fprintf(
            out,
            "distribution of exit times: largest difference %.2g (%s, %s);\n"
            "chance alone exceeds %.2g in 1 run of 100\n",
            d.distance,
            fk_label_face(r->problem, e->face[d.face].axis, e->face[d.face].side).text,
            fk_label_time(r->problem, d.time).text, d.chance);
    fputc('\n', out);
}

/* Words of `text` in lines of at most COLUMNS; a longer word has a line for itself. */
static void print_wrapped(const char *text, FILE *out)
{
    size_t column = 0;
    while (*text != '\0') {
        const size_t blanks = strspn(text, " \t\n");
        const size_t length = strcspn(text + blanks, " \t\n");
        if (length == 0)
            break;
        if (column > 0 && column + 1 + length > COLUMNS) {
            fputc('\n', out);
            column = 0;
        }
        column += (size_t)fprintf(out, "%s%.*s", column > 0 ? " " : "", (int)length,
                                  text + blanks);
        text += blanks + length;
    }
    if (column > 0)
        fputc('\n', out);
}

void fk_print_table(const fk_result *r, FILE *out)
{
    for (size_t i = 0; i < r->n_comparisons; i++)
        if (first_of_its_pair(r, i))
            print_pair(r, &r->comparison[i], out);
    for (size_t i = 0; i < r->n_comparisons; i++)
        if (first_of_its_pair(r, i) && has_budget(&r->comparison[i]))
            print_budget(r, &r->comparison[i], out);
    print_moments(r, out);
    print_exits(r, out);
    print_reverse(r, out);
    char density[1024];
    fk_result_density_text(r, sizeof density, density);
    if (density[0] != '\0')
        print_wrapped(density, out);
    if (r->scheme_note[0] != '\0') {
        fputs("note: ", out);
        print_wrapped(r->scheme_note, out);
    }
    if (fk_result_compared(r)) {
        fprintf(out, "verdict: %s\n", fk_word_text(r->word));
        print_wrapped(r->sentence, out);
    } else
        fprintf(out, "verdict: none, as only one %s was computed\n",
                r->problem->has_domain ? "density" : "sample");
}
