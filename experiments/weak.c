#include "experiments/weak.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/problem_expression.h"
#include "sampling/typical.h"

enum {
    LOOKED = 500,  /* steps of a path that are looked at */
    FEWEST = 2048, /* paths: below, means of rare events are no Gaussians */
};

/* Width of the box in which steps are looked at, and standard errors that a row shows at
 * the level 1e-4 of a hundred with a power of 0.95. */
static const double REACH = 3.0, SHOWN = 6.5;

/* Steps of paths in which the rule of the one-step expectation is applied, at most. */
static const double WORK = 4e7;

/* ---- functions and paths ---- */

static fk_status choose_functions(const fk_weak_request *q, fk_weak_answer *a,
                                  fk_message *message)
{
    for (size_t i = 0; i < q->n_phi; i++) {
        if (a->n == FK_WEAK_MOST)
            return fk_fail(message, FK_ELIMIT, "at most %d test functions",
                           FK_WEAK_MOST);
        fk_test_function *f = &a->function[a->n];
        FK_TRY(fk_problem_expression(q->claim, q->phi[i], &f->phi, message));
        snprintf(f->name, sizeof f->name, "%s", q->phi[i]);
        a->n++;
    }
    a->wanted = a->n;
    for (size_t k = 0; k < FK_FAMILIES; k++)
        if (q->family[k]) {
            const size_t room = FK_WEAK_MOST - a->n;
            const size_t n = fk_family_make(q->claim->sde, (fk_family)k, a->centre,
                                            a->width, room, a->function + a->n);
            a->wanted += n;
            a->n += n < room ? n : room;
        }
    for (size_t k = 0; k < a->n; k++)
        a->phi[k] = a->function[k].phi;
    return a->n > 0 ? FK_OK : fk_fail(message, FK_ESYNTAX, "there is no test function");
}

static size_t nodes_of(size_t noises)
{
    return noises <= 1 ? 7 : noises == 2 ? 5 : 3;
}

static fk_status check(const fk_weak_request *q, fk_message *message)
{
    if (q->methods->scheme == NULL)
        return fk_fail(message, FK_ESYNTAX, "the problem has particles: off");
    if (q->problem->sde->noises == 0)
        return fk_fail(message, FK_EDOMAIN,
                       "the paths of %s have no noise: there is nothing to average",
                       q->problem->name);
    if (q->problem->source != NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "the weak form along paths does not cover a source");
    return FK_OK;
}

/* Against another equation the paths are Euler's: his step depends on the Ito drift and
 * D alone, so no error of the step can pass for one of the equation. */
static void choose_paths(const fk_weak_request *q, fk_weak_answer *a)
{
    const fk_problem *p = q->problem;
    const double steps = ceil((p->end - p->start) / p->particles.step - 1e-9);
    a->paths = (fk_weak_paths){
        .sde = p->sde,
        .domain = p->has_domain ? &p->domain : NULL,
        .law = p->initial,
        .count = FEWEST,
        .steps = (size_t)fmax(steps, 1.0),
        .start = p->start,
        .end = p->end,
        .seed = p->particles.seed,
        .scheme = q->claim == p ? q->methods->scheme : fk_scheme_find("euler-maruyama"),
        .rules = q->methods->rules,
        .faces = q->methods->faces,
        .nodes = nodes_of(p->sde->noises)};
    a->paths.every = (a->paths.steps + LOOKED - 1) / LOOKED;
}

static fk_status prepare(const fk_weak_request *q, fk_weak_answer *a,
                         fk_message *message)
{
    const size_t dim = q->problem->sde->dim;
    a->centre = fk_doubles(4 * dim);
    if (a->centre == NULL)
        return FK_ENOMEM;
    a->width = a->centre + dim;
    a->box = a->width + dim;
    choose_paths(q, a);
    FK_TRY(fk_typical(&a->paths, a->centre, a->width, message));
    fk_typical_box(dim, a->centre, a->width, REACH, a->box);
    a->paths.box = a->box;
    return choose_functions(q, a, message);
}

/* ---- how many paths ---- */

/* What the rule's error changes: the expectations of base, with finer rules. */
static fk_status bound_quadrature(const fk_weak_request *q, fk_weak_answer *a,
                                  const fk_weak_residual *base, fk_message *message)
{
    fk_weak_paths fine = a->paths;
    fk_weak_residual r;
    fine.count = (size_t)base->paths;
    fine.nodes += 3;
    const fk_status status =
        fk_weak_residual_measure(&fine, q->claim->sde, a->n, a->phi, NULL, &r, message);
    for (size_t k = 0; k < 2 * a->n && status == FK_OK; k++)
        a->quadrature[k] = fabs(r.residual[k] - base->residual[k]);
    fk_weak_residual_clear(&r);
    return status;
}

static double matters(const fk_correction *c, double effect)
{
    const bool drift = c->kind == FK_INDUCED_DRIFT || c->kind == FK_GRADIENT_DRIFT;
    return drift ? 0.5 : effect; /* Ito's and Stratonovich's differ by one half */
}

/* So many that the smallest error that matters is shown of every term, if some paths can,
 * or as many as time allows. */
static void choose_count(const fk_weak_request *q, fk_weak_answer *a,
                         const fk_weak_residual *base, const double *slope)
{
    double need = FEWEST;
    for (size_t i = 0; i < a->corrections.n; i++) {
        const double seen = fk_weak_blindness(base, slope + 2 * a->n * i, SHOWN);
        const double ratio = seen / matters(&a->corrections.list[i], q->effect);
        if (isfinite(ratio))
            need = fmax(need, 1.2 * base->paths * ratio * ratio);
    }
    const double noises = (double)q->problem->sde->noises;
    const double points = pow((double)a->paths.nodes, noises) * base->steps;
    const double most = fmax(WORK / points, FEWEST);
    a->paths.count = q->paths > 0 ? q->paths : (size_t)fmin(need, most);
}

/* ---- rows and words ---- */

/* Of sums over steps: without noise in a function's way nothing else is left, in a spread
 * the square of it. */
static double rounding(const fk_weak_residual *r, size_t k)
{
    const double size = fabs(r->change[k]) + fabs(r->forecast[k]);
    return 1e-12 * size + (k < r->n ? 0.0 : 1e-28);
}

static void add_rows(fk_weak_answer *a)
{
    const fk_weak_residual *r = &a->residual;
    for (size_t k = 0; k < 2 * a->n; k++) {
        const char *name = a->function[k % a->n].name;
        const fk_evidence e = {
            .left = r->change[k],
            .right = r->forecast[k],
            .statistical = sqrt(r->covariance[k * (2 * a->n + 1)]),
            .quadrature = a->quadrature[k] + rounding(r, k),
            .effect = (double)INFINITY, /* what hides is asked of all rows together */
            .origin = k < a->n ? "sum of phi(X') - phi(X); variance of the martingale"
                               : "sum of (phi(X') - E phi(X'))^2; its sample variance"};
        fk_trial_add(a->trial, e, k < a->n ? "%s" : "%s, spread", name);
    }
}

FK_PRINTF(2, 3) static void say(fk_weak_answer *a, const char *format, ...)
{
    va_list arguments;
    const size_t used = strlen(a->conclusion);
    va_start(arguments, format);
    vsnprintf(a->conclusion + used, sizeof a->conclusion - used, format, arguments);
    va_end(arguments);
}

/* What was not contradicted, and what could hide behind that. */
static void conclude_well(fk_weak_answer *a)
{
    const char *between = "";
    say(a, "No row contradicts the equation.");
    for (size_t i = 0; i < a->corrections.n; i++) {
        const fk_weak_term *t = &a->term[i];
        if (t->seen_from <= t->matters)
            continue;
        a->word = FK_UNDECIDED;
        say(a, "%s",
            *between == '\0' ? " Yet these functions could not see " : between);
        say(a, "%s", a->corrections.list[i].name);
        if (isfinite(t->seen_from))
            say(a, " off by less than %.2g", t->seen_from);
        else
            say(a, " at all");
        between = ", ";
    }
    say(a, *between == '\0' ? "" : ".");
}

/* Which rows, where no single correction explains them. */
static const char *guess(const fk_weak_answer *a)
{
    for (size_t k = a->n; k < 2 * a->n; k++)
        if (a->trial->row[k].word == FK_FAILS)
            return "the noise is wrong in a way of its own, maybe the drift too: the "
                   "spreads do not fit";
    return "the drift is wrong in a way of its own: the spreads fit, so the noise does";
}

static void conclude_badly(fk_weak_answer *a)
{
    size_t failed = 0, explain = 0;
    for (size_t k = 0; k < a->trial->n_rows; k++)
        failed += a->trial->row[k].word == FK_FAILS;
    say(a, "%zu of %zu rows contradict the equation. ", failed, a->trial->n_rows);
    for (size_t i = 0; i < a->corrections.n; i++)
        if (a->term[i].suspect.explains)
            say(a, "%s%s: %s", explain++ > 0 ? "; or " : "Wrong is the ",
                a->corrections.list[i].name, a->term[i].says);
    if (explain == 0)
        say(a, "No single term explains it; %s", guess(a));
    if (explain > 1)
        say(a, ": these functions cannot tell them apart");
    say(a, ".");
}

/* ---- all of it ---- */

static fk_status examine(fk_weak_answer *a, const double *slope,
                         const fk_progress *progress, fk_message *message)
{
    for (size_t i = 0; i < a->corrections.n; i++) {
        fk_correction *c = &a->corrections.list[i];
        fk_weak_term *t = &a->term[i];
        FK_TRY(fk_suspect_examine(&a->paths, c, a->n, a->phi, &a->residual,
                                  a->quadrature, slope + 2 * a->n * i, progress,
                                  &t->suspect, message));
        t->examined = t->suspect.tried;
        fk_correction_tell(c, t->suspect.amount, t->suspect.error, sizeof t->says,
                           t->says);
    }
    return FK_OK;
}

static fk_status judge(const fk_weak_request *q, fk_weak_answer *a, const double *slope,
                       const fk_progress *progress, fk_message *message)
{
    add_rows(a);
    fk_trial_judge(a->trial);
    a->word = a->trial->word;
    for (size_t i = 0; i < a->corrections.n; i++) {
        a->term[i].matters = matters(&a->corrections.list[i], q->effect);
        a->term[i].seen_from =
            fk_weak_blindness(&a->residual, slope + 2 * a->n * i, SHOWN);
    }
    FK_TRY(fk_weak_chi_square(&a->residual, a->quadrature, &a->chi_square, &a->p));
    if (a->word != FK_FAILS) {
        conclude_well(a);
        return FK_OK;
    }
    FK_TRY(examine(a, slope, progress, message));
    conclude_badly(a);
    return FK_OK;
}

static fk_status measure(const fk_weak_request *q, fk_weak_answer *a, double *slope,
                         fk_weak_residual *base, const fk_progress *progress,
                         fk_message *message)
{
    const fk_sde *claim = q->claim->sde;
    FK_TRY(fk_weak_slopes(&a->paths, claim, &a->corrections, a->n, a->phi, slope, base,
                          message));
    if (a->paths.rules.increments == FK_GAUSSIAN)
        FK_TRY(bound_quadrature(q, a, base, message));
    choose_count(q, a, base, slope);
    FK_TRY(fk_weak_residual_measure(&a->paths, claim, a->n, a->phi, progress,
                                    &a->residual, message));
    return judge(q, a, slope, progress, message);
}

fk_status fk_weak_verify(const fk_weak_request *request, const fk_progress *progress,
                         fk_weak_answer *out, fk_message *message)
{
    fk_weak_residual base = {.n = 0};
    *out = (fk_weak_answer){.claim = {.name = "weak"}};
    FK_TRY(check(request, message));
    FK_TRY(fk_trial_new(&out->claim, false, &out->trial));
    FK_TRY(prepare(request, out, message));
    FK_TRY(fk_corrections_new(request->claim->sde, &out->corrections));
    out->term = fk_alloc(out->corrections.n, sizeof *out->term);
    double *slope = fk_doubles(out->corrections.n * 2 * out->n);
    const fk_status status =
        out->term != NULL && slope != NULL
            ? measure(request, out, slope, &base, progress, message)
            : FK_ENOMEM;
    free(slope);
    fk_weak_residual_clear(&base);
    return status;
}

void fk_weak_clear(fk_weak_answer *a)
{
    free(a->centre);
    free(a->term);
    free(a->trial);
    fk_corrections_clear(&a->corrections);
    fk_weak_residual_clear(&a->residual);
    *a = (fk_weak_answer){.n = 0};
}
