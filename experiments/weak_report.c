/* The answer of `fokker verify weak`, as a table and as JSON. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/json.h"
#include "experiments/weak.h"

static double sigmas(const fk_evidence *e)
{
    return e->statistical > 0.0 ? (e->left - e->right) / e->statistical : 0.0;
}

static void print_head(const fk_weak_request *q, const fk_weak_answer *a, FILE *out)
{
    const fk_weak_paths *p = &a->paths;
    fprintf(out, "paths of %s against %s equation\n", q->problem->name,
            q->claim == q->problem ? "their own" : "another");
    fprintf(out, "%g paths, %g of %zu steps of %g, %s; %.3g %% of them looked at\n",
            a->residual.paths, a->residual.steps, p->steps,
            (p->end - p->start) / (double)p->steps, p->scheme->name,
            100.0 * a->residual.used);
    for (size_t i = 0; i < q->claim->sde->dim; i++) {
        char *x = fk_expr_print(q->claim->sde->variable[i], FK_EXPR_DISPLAY);
        fprintf(out, "%s%s: (%s %c %g)/%g", i == 0 ? "in functions " : ", ",
                x != NULL ? x : "?", x != NULL ? x : "?",
                a->centre[i] < 0.0 ? '+' : '-', fabs(a->centre[i]), a->width[i]);
        free(x);
    }
    fputc('\n', out);
    if (a->n < a->wanted)
        fprintf(out, "%zu of %zu functions were left out\n", a->wanted - a->n,
                a->wanted);
}

static void print_rows(const fk_weak_answer *a, FILE *out)
{
    fprintf(out, "\n%-24s%10s%10s%9s%8s%8s%8s\n", "", "change", "expected", "error",
            "z", "spread", "z");
    for (size_t k = 0; k < a->n; k++) {
        const fk_evidence *m = &a->trial->row[k], *s = &a->trial->row[a->n + k];
        const bool fails = m->word == FK_FAILS || s->word == FK_FAILS;
        fprintf(out, "%-24.24s%10.3g%10.3g%9.1e%+8.1f%8.4g%+8.1f%s\n",
                a->function[k].name, m->left, m->right, m->statistical, sigmas(m),
                s->right > 0.0 ? s->left / s->right : 1.0, sigmas(s),
                fails ? " *" : "");
    }
    fprintf(out,
            "* contradicts the equation, at the level 1e-4 of all rows together\n"
            "all together: chi-square %.4g, probability %.2g\n",
            a->chi_square, a->p);
}

static void print_terms(const fk_weak_answer *a, FILE *out)
{
    fprintf(out, "\n%-34s%12s%s\n", "term", "seen from",
            a->word == FK_FAILS ? "   if it alone were wrong" : "");
    for (size_t i = 0; i < a->corrections.n; i++) {
        const fk_weak_term *t = &a->term[i];
        fprintf(out, "%-34.34s", a->corrections.list[i].name);
        if (isfinite(t->seen_from))
            fprintf(out, "%12.2g", t->seen_from);
        else
            fprintf(out, "%12s", "never");
        if (t->examined)
            fprintf(out, "   %.3g +- %.1g, probability %.1g%s", t->suspect.amount,
                    t->suspect.error, t->suspect.p,
                    t->suspect.explains ? ": explains it" : "");
        fputc('\n', out);
    }
}

void fk_weak_print(const fk_weak_request *request, const fk_weak_answer *a, FILE *out)
{
    print_head(request, a, out);
    print_rows(a, out);
    print_terms(a, out);
    fprintf(out, "\n%s: %s\n", fk_finding_word_text(a->word), a->conclusion);
}

/* ---- JSON ---- */

static void write_row(fk_json *j, const char *key, const fk_evidence *e)
{
    fk_json_object(j, key);
    fk_json_number(j, "change", e->left);
    fk_json_number(j, "expected", e->right);
    fk_json_number(j, "error", e->statistical);
    fk_json_number(j, "quadrature", e->quadrature);
    fk_json_number(j, "sigmas", sigmas(e));
    fk_json_text(j, "verdict", fk_finding_word_text(e->word));
    fk_json_end(j);
}

static void write_function(fk_json *j, const fk_weak_answer *a, size_t k)
{
    char *text = fk_expr_print(a->phi[k], FK_EXPR_DISPLAY);
    fk_json_object(j, NULL);
    fk_json_text(j, "function", a->function[k].name);
    fk_json_text(j, "expression", text);
    write_row(j, "mean", &a->trial->row[k]);
    write_row(j, "spread", &a->trial->row[a->n + k]);
    fk_json_number(j, "generator", a->residual.generator[k]);
    fk_json_end(j);
    free(text);
}

static void write_term(fk_json *j, const fk_correction *c, const fk_weak_term *t)
{
    const double none = (double)NAN;
    fk_json_object(j, NULL);
    fk_json_text(j, "term", c->name);
    fk_json_number(j, "none", c->none);
    fk_json_number(j, "seen_from", t->seen_from);
    fk_json_number(j, "matters", t->matters);
    fk_json_number(j, "amount", t->examined ? t->suspect.amount : none);
    fk_json_number(j, "error", t->examined ? t->suspect.error : none);
    fk_json_number(j, "chi_square", t->examined ? t->suspect.statistic : none);
    fk_json_number(j, "probability", t->examined ? t->suspect.p : none);
    fk_json_bool(j, "explains", t->examined && t->suspect.explains);
    fk_json_text(j, "says", t->says);
    fk_json_end(j);
}

void fk_weak_json(const fk_weak_request *request, const fk_weak_answer *a, FILE *out)
{
    const fk_weak_paths *p = &a->paths;
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_integer(&j, "format", 1);
    fk_json_text(&j, "name", request->problem->name);
    fk_json_text(&j, "equation", request->claim->name);
    fk_json_text(&j, "verdict", fk_finding_word_text(a->word));
    fk_json_text(&j, "conclusion", a->conclusion);
    fk_json_text(&j, "scheme", p->scheme->name);
    fk_json_number(&j, "step", (p->end - p->start) / (double)p->steps);
    fk_json_number(&j, "paths", a->residual.paths);
    fk_json_number(&j, "steps_looked_at", a->residual.steps);
    fk_json_number(&j, "share_used", a->residual.used);
    fk_json_number(&j, "chi_square", a->chi_square);
    fk_json_number(&j, "probability", a->p);
    fk_json_array(&j, "functions");
    for (size_t k = 0; k < a->n; k++)
        write_function(&j, a, k);
    fk_json_end(&j);
    fk_json_array(&j, "terms");
    for (size_t i = 0; i < a->corrections.n; i++)
        write_term(&j, &a->corrections.list[i], &a->term[i]);
    fk_json_end(&j);
    fk_json_end(&j);
}
