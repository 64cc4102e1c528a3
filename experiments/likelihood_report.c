/* What `fokker likelihood` found, for people, for programs, as a table and as a picture. */
#include <math.h>
#include <stdlib.h>

#include "core/json.h"
#include "core/memory.h"
#include "experiments/likelihood_run.h"
#include "plots/likelihood_figure.h"

enum { ROWS = 8, COLUMNS = 7 };

static const fk_likelihood_level *last_level(const fk_likelihood_run *r)
{
    return &r->found.level[r->found.n_levels - 1];
}

static double difference(const fk_likelihood_run *r, size_t i)
{
    return r->found.point[i].total - r->at_first[i];
}

/* ---- text ---- */

static void print_head(const fk_likelihood_run *r)
{
    const fk_likelihood_level *l = last_level(r);
    printf("%s: log q of %zu point%s at t = %g, in nats\n", r->problem->name, r->count,
           r->count > 1 ? "s" : "", r->first);
    printf("probability flow to t = %g, %s score, %zu steps of order 8; prior: %s\n",
           r->problem->end, fk_score_source_name[r->o->score], l->steps,
           fk_prior_name(r));
    if (r->found.n_levels > 1)
        printf("half as many steps change log q by %.1e at most\n", l->change);
    putchar('\n');
}

/* A cell of the table, with a dash for what is not known. */
static void print_cell(int width, int digits, double value)
{
    if (isnan(value))
        printf("%*s", width, "-");
    else
        printf("%*.*g", width, digits, value);
}

static void print_row(const double row[COLUMNS], int digits)
{
    static const int width[COLUMNS] = {14, 13, 13, 15, 14, 14, 13};
    for (size_t k = 0; k < COLUMNS; k++)
        print_cell(width[k], k + 1 < COLUMNS ? digits : 2, row[k]);
    putchar('\n');
}

static void print_means(const fk_likelihood_means *m)
{
    const double estimate = m->total.mean + m->probes.mean;
    printf("%6s", "mean");
    print_row((const double[]){m->total.mean, m->prior.mean, m->drift.mean,
                               m->score.mean, estimate, m->total.mean + m->rest.mean,
                               -m->rest.mean},
              6);
    printf("%6s", "+-");
    print_row((const double[]){m->total.error, m->prior.error, m->drift.error,
                               m->score.error, NAN, NAN, m->rest.error},
              2);
}

static void print_table(const fk_likelihood_run *r)
{
    printf("%6s%14s%13s%13s%15s%14s%14s%13s\n", "point", "log q", "= prior",
           "+ int div b", "- int div(a s)", "by probes", "closed form", "difference");
    for (size_t i = 0; i < r->count && i < ROWS; i++) {
        const fk_log_density *p = &r->found.point[i];
        printf("%6zu", i + 1);
        print_row((const double[]){p->total, p->prior, p->drift, p->score, p->estimate,
                                   r->at_first[i], difference(r, i)},
                  7);
    }
    if (r->count > ROWS)
        printf("%6s\n", "...");
    if (r->count > 1)
        print_means(&r->mean);
}

static void print_mean(const char *what, fk_judged m)
{
    printf("%s %.5g", what, m.mean);
    if (!isnan(m.error))
        printf(" +- %.2g", m.error);
}

static void print_probes(const fk_likelihood_run *r)
{
    const fk_likelihood_means *m = &r->mean;
    if (r->o->probes == 0)
        return;
    printf("%zu probes of random %s: one alone has the standard deviation %.3g;",
           r->o->probes, r->o->normal_probes ? "normal numbers" : "signs",
           m->deviation);
    print_mean(" their mean less\nthe exact divergence:", m->probes);
    putchar('\n');
}

static void print_parts(const fk_likelihood_run *r)
{
    const fk_likelihood_means *m = &r->mean;
    print_mean("bits per dimension:", m->bits);
    putchar('\n');
    print_probes(r);
    if (!isnan(m->normal.mean)) {
        print_mean("prior: as N(0, 1) data leave it, instead of the exact law:",
                   m->normal);
        printf(", %.2g at most\n", m->most_normal);
    }
    if (r->first > r->problem->start && !isnan(m->truncation.mean)) {
        printf("truncation: log p at t = %g less that", r->problem->start);
        print_mean(" at the points' time:", m->truncation);
        printf(", %.2g at most\n", m->most_truncation);
    }
    if (r->drawn && !isnan(m->divergence.mean)) {
        printf("KL of q from p at t = %g:", r->problem->start);
        print_mean("", m->divergence);
        print_mean("; E[q/p] - 1, 0 of a density q:",
                   (fk_judged){m->ratio.mean - 1.0, m->ratio.error});
        putchar('\n');
    }
}

static void print_verdict(const fk_likelihood_run *r)
{
    switch (r->verdict) {
    case FK_LIKELIHOOD_NONE:
        return;
    case FK_LIKELIHOOD_AGREE:
        printf("agree: no log q is further than %.1e from its closed form, allowed "
               "%.0e\n",
               r->mean.most_rest, fk_likelihood_allowed);
        return;
    case FK_LIKELIHOOD_COARSE:
        printf("inconclusive: %.1e from the closed form, which the steps explain; "
               "--steps=%zu would tell\n",
               r->mean.most_rest, 2 * last_level(r)->steps);
        return;
    case FK_LIKELIHOOD_DISAGREE:
        printf(
            "disagree: %.1e from the closed form, allowed %.0e, and the steps change "
            "%.1e\n",
            r->mean.most_rest, fk_likelihood_allowed, last_level(r)->change);
    }
}

void fk_likelihood_print(const fk_likelihood_run *r)
{
    print_head(r);
    print_table(r);
    putchar('\n');
    print_parts(r);
    print_verdict(r);
    printf("all points: %s/points.csv\n", r->folder.path);
}

/* ---- JSON ---- */

static void write_judged(fk_json *j, const char *key, fk_judged x)
{
    fk_json_object(j, key);
    fk_json_number(j, "mean", x.mean);
    fk_json_number(j, "error", x.error);
    fk_json_end(j);
}

static void write_levels(fk_json *j, const fk_likelihood_run *r)
{
    fk_json_array(j, "levels");
    for (size_t i = 0; i < r->found.n_levels; i++) {
        fk_json_object(j, NULL);
        fk_json_integer(j, "steps", r->found.level[i].steps);
        fk_json_number(j, "change", r->found.level[i].change);
        fk_json_end(j);
    }
    fk_json_end(j);
}

static void write_means(fk_json *j, const fk_likelihood_run *r)
{
    const fk_likelihood_means *m = &r->mean;
    write_judged(j, "log_q", m->total);
    write_judged(j, "prior", m->prior);
    write_judged(j, "drift", m->drift);
    write_judged(j, "score", m->score);
    write_judged(j, "bits_per_dimension", m->bits);
    write_judged(j, "probes_minus_exact", m->probes);
    fk_json_number(j, "probe_deviation", m->deviation);
    write_judged(j, "normal_prior_minus_exact", m->normal);
    write_judged(j, "truncation", m->truncation);
    fk_json_number(j, "largest_truncation", m->most_truncation);
    write_judged(j, "closed_form_minus_log_q", m->rest);
    fk_json_number(j, "largest_difference", m->most_rest);
    write_judged(j, "kullback_leibler", m->divergence);
    write_judged(j, "q_over_p_start", m->ratio);
}

void fk_likelihood_json(const fk_likelihood_run *r, FILE *out)
{
    static const char *const verdict[] = {"none", "agree", "inconclusive", "disagree"};
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", r->problem->name);
    fk_json_text(&j, "score", fk_score_source_name[r->o->score]);
    fk_json_text(&j, "prior_law", fk_prior_name(r));
    fk_json_integer(&j, "points", r->count);
    fk_json_bool(&j, "drawn", r->drawn);
    fk_json_number(&j, "first", r->first);
    fk_json_number(&j, "last", r->problem->end);
    fk_json_integer(&j, "probes", r->o->probes);
    write_levels(&j, r);
    fk_json_bool(&j, "converged", r->found.converged);
    write_means(&j, r);
    fk_json_text(&j, "verdict", verdict[r->verdict]);
    fk_json_number(&j, "seconds", r->seconds);
    fk_json_text(&j, "problem", r->problem->text);
    fk_json_end(&j);
    fputc('\n', out);
}

/* ---- CSV ---- */

static void write_names(const fk_likelihood_run *r, const char *suffix, FILE *out)
{
    const fk_sde *sde = r->problem->sde;
    for (size_t i = 0; i < sde->dim; i++) {
        char *name = fk_expr_print(sde->variable[i], FK_EXPR_TEXT);
        fprintf(out, "%s%s,", name != NULL ? name : "?", suffix);
        free(name);
    }
}

/* An empty cell where the value is not known. */
static void write_value(double value, char end, FILE *out)
{
    if (!isnan(value))
        fprintf(out, "%.17g", value);
    fputc(end, out);
}

void fk_likelihood_csv(const fk_likelihood_run *r, FILE *out)
{
    const size_t d = r->problem->sde->dim;
    write_names(r, "", out);
    write_names(r, "_last", out);
    fputs("log_q,prior,drift,score,probes,probe_variance,log_p_first,log_p_start\n",
          out);
    for (size_t i = 0; i < r->count; i++) {
        const fk_log_density *p = &r->found.point[i];
        const double row[] = {p->total,    p->prior,    p->drift,       p->score,
                              p->estimate, p->variance, r->at_first[i], r->at_start[i]};
        const size_t n = sizeof row / sizeof *row;
        for (size_t k = 0; k < d; k++)
            write_value(r->x[i * d + k], ',', out);
        for (size_t k = 0; k < d; k++)
            write_value(r->found.last[i * d + k], ',', out);
        for (size_t k = 0; k < n; k++)
            write_value(row[k], k + 1 < n ? ',' : '\n', out);
    }
}

/* ---- the picture ---- */

/* Largest distance of a level from the closed form. */
static double level_error(const fk_likelihood_run *r, const fk_likelihood_level *l)
{
    double most = 0.0;
    for (size_t i = 0; i < r->count; i++)
        most = fmax(most, fabs(l->total[i] - r->at_first[i]));
    return isnan(r->at_first[0]) ? NAN : most;
}

fk_status fk_likelihood_draw(const fk_likelihood_run *r, fk_message *message)
{
    fk_likelihood_step step[FK_LIKELIHOOD_LEVELS];
    fk_likelihood_dot *dot = fk_alloc(r->count, sizeof *dot);
    if (dot == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < r->found.n_levels; k++) {
        const fk_likelihood_level *l = &r->found.level[k];
        step[k] = (fk_likelihood_step){(double)l->steps, l->change, level_error(r, l)};
    }
    for (size_t i = 0; i < r->count; i++) {
        const fk_log_density *p = &r->found.point[i];
        dot[i] = (fk_likelihood_dot){p->total, p->prior, p->drift + p->score,
                                     p->estimate - p->total, difference(r, i)};
    }
    const fk_likelihood_picture picture = {.title = r->problem->name,
                                           .smooth = r->o->score != FK_SCORE_GRID,
                                           .n_steps = r->found.n_levels,
                                           .step = step,
                                           .n = r->count,
                                           .dot = dot,
                                           .probes = r->o->probes};
    const fk_status status =
        fk_write_likelihood_figure(r->folder.working, &picture, message);
    free(dot);
    if (status != FK_EIO)
        return status;
    fprintf(stderr, "fokker likelihood: the figure is missing: %s\n", message->text);
    return FK_OK;
}
