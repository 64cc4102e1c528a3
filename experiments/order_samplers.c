#include "experiments/order_samplers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/memory.h"
#include "experiments/sampler_order.h"
#include "experiments/sampler_score.h"
#include "experiments/terminal.h"
#include "plots/sampler_chart.h"

enum { STARTS = 64 };

typedef struct study {
    const fk_order_samplers *o;
    fk_sampler_problem plan;
    fk_sampler_starts starts;
    size_t n;
    fk_sampler_order *found; /* [n] */
} study;

/* ---- text ---- */

static const fk_finding_curve *curve_of(const fk_sampler_order *f, const char *name)
{
    for (size_t k = 0; k < f->finding.n_curves; k++)
        if (strcmp(f->finding.curve[k].name, name) == 0)
            return &f->finding.curve[k];
    return NULL;
}

static void print_steps(const fk_sampler_order *f, const char *title)
{
    printf("%s\n%-20s", title, "  steps");
    for (size_t k = 0; k < f->n; k++)
        printf("%12zu", f->steps[k]);
}

static void print_row(const fk_sampler_order *f, const fk_finding_curve *c)
{
    printf("  %-18s", f->sampler->name);
    for (size_t k = 0; k < c->n; k++)
        printf("%12.3e", c->value[k]);
    if (isfinite(c->slope.order))
        printf("%9.2f +- %-6.2f%6g\n", c->slope.order, 2.0 * c->slope.error,
               c->declared);
    else
        printf("%9s    %-6s%6g\n", "-", "", c->declared);
    if (!c->noisy)
        return;
    printf("  %-18s", "  standard error");
    for (size_t k = 0; k < c->n; k++)
        printf("%12.1e", c->error[k]);
    putchar('\n');
}

/* One table for each thing that was measured of some sampler. */
static void print_table(const study *s, const char *name)
{
    bool begun = false;
    for (size_t i = 0; i < s->n; i++) {
        const fk_finding_curve *c = curve_of(&s->found[i], name);
        if (c == NULL)
            continue;
        if (!begun) {
            print_steps(&s->found[i], name);
            printf("%16s%10s\n", "order", "declared");
        }
        begun = true;
        print_row(&s->found[i], c);
    }
    if (begun)
        putchar('\n');
}

static void print_variances(const study *s)
{
    bool begun = false;
    for (size_t i = 0; i < s->n; i++) {
        const fk_sampler_order *f = &s->found[i];
        if (!f->has_law)
            continue;
        if (!begun) {
            print_steps(f, "variance of the result, exactly");
            printf("%12s\n", "should be");
        }
        begun = true;
        printf("  %-18s", f->sampler->name);
        for (size_t k = 0; k < f->n; k++)
            printf("%12.6f", f->sd[k] * f->sd[k]);
        printf("%12.6f\n", f->goal_sd * f->goal_sd);
    }
    if (begun)
        putchar('\n');
}

static void print_verdicts(const study *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const fk_finding *f = &s->found[i].finding;
        printf("%s: ", f->method);
        if (!(f->declared > 0.0))
            printf(
                "no order is declared: an error stays however short the steps are\n");
        else if (f->n_curves == 0)
            printf("inconclusive: its steps cannot be doubled, and no law is known\n");
        else if (f->word == FK_INCONCLUSIVE)
            printf("inconclusive: too few errors stand out from noise and rounding, or "
                   "the order still changes\n");
        else
            printf("%s: order %.2f +- %.2f, declared %g\n",
                   f->word == FK_AGREE ? "holds" : "fails", f->order, 2.0 * f->error,
                   f->declared);
    }
}

static void print_all(const study *s)
{
    const fk_sampler_problem *p = &s->plan;
    static const char *const names[] = {
        "error at the end", "error at the end, rms", "error of the standard deviation",
        "W2 to the law",    "change of E x",         "change of E x^2"};
    printf("%s: from t = %g to %g, %s; %s score, start %s\n", p->problem->name, p->last,
           p->first, p->times->summary, fk_score_source_name[p->source],
           p->problem->sampler.prior);
    printf("%zu starts, exact ends %s\n\n", s->starts.n,
           fk_sampler_score_exact(p) && p->dim == 1
               ? "by the quantile map"
               : "by a far finer solution of the flow");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        print_table(s, names[i]);
    print_variances(s);
    print_verdicts(s);
}

/* ---- JSON ---- */

static void write_sampler(fk_json *j, const fk_sampler_order *f)
{
    double number[FK_FINDING_POINTS];
    fk_json_object(j, NULL);
    fk_json_text(j, "sampler", f->sampler->name);
    fk_json_number(j, "declared", f->finding.declared);
    fk_json_number(j, "order", f->finding.order);
    fk_json_number(j, "order_error", f->finding.error);
    fk_json_text(j, "verdict", fk_word_text(f->finding.word));
    for (size_t k = 0; k < f->n; k++)
        number[k] = (double)f->evaluations[k];
    fk_json_numbers(j, "evaluations", f->n, number);
    if (f->has_law) {
        fk_json_numbers(j, "mean", f->n, f->mean);
        fk_json_numbers(j, "sd", f->n, f->sd);
        fk_json_number(j, "goal_mean", f->goal_mean);
        fk_json_number(j, "goal_sd", f->goal_sd);
    }
    fk_json_array(j, "curves");
    for (size_t i = 0; i < f->finding.n_curves; i++) {
        const fk_finding_curve *c = &f->finding.curve[i];
        fk_json_object(j, NULL);
        fk_json_text(j, "name", c->name);
        fk_json_numbers(j, "value", c->n, c->value);
        fk_json_numbers(j, "error", c->n, c->error);
        fk_json_number(j, "order", c->slope.order);
        fk_json_number(j, "order_error", c->slope.error);
        fk_json_end(j);
    }
    fk_json_end(j);
    fk_json_end(j);
}

static void write_json(const study *s)
{
    double steps[FK_FINDING_POINTS];
    fk_json j = fk_json_begin(stdout);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", s->plan.problem->name);
    fk_json_text(&j, "kind", "sampler");
    fk_json_text(&j, "times", s->plan.times->name);
    for (size_t k = 0; k < s->o->levels; k++)
        steps[k] = (double)(s->o->least << k);
    fk_json_numbers(&j, "steps", s->o->levels, steps);
    fk_json_numbers(&j, "start", s->starts.n * s->plan.dim, s->starts.x);
    fk_json_numbers(&j, "exact_end", s->starts.n * s->plan.dim, s->starts.goal);
    fk_json_array(&j, "samplers");
    for (size_t i = 0; i < s->n; i++)
        write_sampler(&j, &s->found[i]);
    fk_json_end(&j);
    fk_json_end(&j);
    putchar('\n');
}

/* ---- the picture ---- */

static fk_status draw(const study *s, fk_message *message)
{
    fk_sampler_panel *panel = fk_alloc(s->n, sizeof *panel);
    size_t n = 0;
    if (panel == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < s->n; i++) {
        const fk_sampler_order *f = &s->found[i];
        if (f->finding.n_curves == 0)
            continue;
        const fk_finding_curve *c = &f->finding.curve[0];
        panel[n] = (fk_sampler_panel){.name = f->sampler->name,
                                      .what = c->name,
                                      .n = f->n,
                                      .value = c->value,
                                      .error = c->noisy ? c->error : NULL,
                                      .order = c->slope.order,
                                      .order_error = 2.0 * c->slope.error,
                                      .declared = c->declared};
        for (size_t k = 0; k < f->n; k++)
            panel[n].work[k] = (double)f->evaluations[k];
        n++;
    }
    char title[200];
    snprintf(title, sizeof title, "%s: error over work, %s", s->plan.problem->name,
             s->plan.times->summary);
    const fk_status status =
        n > 0 ? fk_write_sampler_chart(s->o->folder, title, n, panel, message) : FK_OK;
    free(panel);
    return status;
}

/* ---- the whole ---- */

static fk_status measure(study *s, const fk_problem *p, const fk_methods *methods,
                         const fk_progress *progress, fk_terminal *terminal,
                         fk_message *message)
{
    const fk_order_samplers *o = s->o;
    FK_TRY(fk_sampler_problem_open(p, methods, progress, &s->plan, message));
    if (o->start != NULL && s->plan.dim > 1)
        return fk_fail(message, FK_ESYNTAX,
                       "--from is a start of one variable; %s has %zu", p->name,
                       s->plan.dim);
    s->found = fk_alloc(s->plan.n_samplers, sizeof *s->found);
    if (s->found == NULL)
        return FK_ENOMEM;
    FK_TRY(fk_sampler_starts_new(&s->plan, o->start != NULL ? o->n_starts : STARTS,
                                 o->start, o->least << (o->levels - 1), &s->starts,
                                 message));
    for (size_t i = 0; i < s->plan.n_samplers; i++, s->n++) {
        fk_terminal_begin(terminal, s->plan.sampler[i]->name, NULL, 1.0);
        FK_TRY(fk_sampler_order_measure(&s->plan, s->plan.sampler[i], &s->starts,
                                        o->least, o->levels, &s->found[i], message));
        fk_terminal_end(terminal);
    }
    return FK_OK;
}

static fk_word word_of(const study *s)
{
    fk_word word = FK_AGREE;
    for (size_t i = 0; i < s->n; i++) {
        const fk_finding *f = &s->found[i].finding;
        if (f->declared > 0.0 && (f->word == FK_DISAGREE || word == FK_AGREE))
            word = f->word;
    }
    return word;
}

fk_status fk_order_samplers_run(const fk_problem *p, const fk_methods *methods,
                                const fk_order_samplers *o, fk_word *word,
                                fk_message *message)
{
    study s = {.o = o};
    fk_terminal terminal = fk_terminal_make(o->quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    fk_status status = measure(&s, p, methods, &progress, &terminal, message);
    if (status == FK_OK && o->json)
        write_json(&s);
    else if (status == FK_OK)
        print_all(&s);
    *word = word_of(&s);
    if (status == FK_OK && o->folder != NULL)
        status = draw(&s, message);
    fk_sampler_starts_clear(&s.starts);
    fk_sampler_problem_clear(&s.plan);
    free(s.found);
    return status;
}
