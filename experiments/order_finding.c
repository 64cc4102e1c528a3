#include "experiments/order_finding.h"

#include <math.h>
#include <stdio.h>

#include "core/json.h"
#include "plots/order_figure.h"

static const double ROUNDING = 1e-9;

/* A method declared exact leaves rounding, which has no order, and noise if it is exact in
 * law alone. */
static fk_word judge_exact(const fk_finding_curve *c)
{
    for (size_t i = 0; i < c->n; i++)
        if (fabs(c->value[i]) > ROUNDING + (c->noisy ? 4.0 * c->error[i] : 0.0))
            return FK_DISAGREE;
    return FK_AGREE;
}

static void decide(fk_finding *f, const fk_finding_curve *c, fk_word word)
{
    f->word = word;
    f->declared = c->declared;
    f->order = c->slope.order;
    f->error = c->slope.error;
}

/* The order between the points i - 1 and i. */
static double local_order(const fk_finding_curve *c, size_t i)
{
    const double fall = fabs(c->value[i - 1] / c->value[i]);
    return log(fall) / log(c->step[i - 1] / c->step[i]);
}

/* The order of the finest pair above rounding. */
static fk_slope finest_pair(const fk_finding_curve *c)
{
    size_t n = c->n;
    while (n > 0 && !(fabs(c->value[n - 1]) > 3.0 * c->error[n - 1]))
        n--;
    if (n < 3)
        return (fk_slope){(double)NAN, (double)NAN, n};
    const double last = local_order(c, n - 1);
    return (fk_slope){last, 0.5 * fabs(last - local_order(c, n - 2)), n};
}

/* Results may well approach each other and something that is wrong. */
static void judge_limits(fk_finding *f)
{
    for (size_t i = 0; i < f->n_limits; i++) {
        const fk_finding_limit *l = &f->limit[i];
        if (fabs(l->value - l->bias - l->exact) <= 4.0 * l->error + l->doubt + ROUNDING)
            continue;
        f->wrong = l;
        f->word = FK_DISAGREE;
        return;
    }
}

static void judge_orders(fk_finding *f)
{
    double least = HUGE_VAL;
    f->word = FK_INCONCLUSIVE;
    f->declared = f->curve[0].declared;
    f->order = f->error = NAN;
    for (size_t k = 0; k < f->n_curves; k++) {
        fk_finding_curve *c = &f->curve[k];
        c->slope = (fk_slope){(double)NAN, (double)NAN, 0};
        if (isinf(c->declared)) {
            if (f->word == FK_INCONCLUSIVE)
                decide(f, c, judge_exact(c));
            continue;
        }
        c->slope =
            c->noisy ? fk_slope_fit(c->n, c->step, c->value, c->error) : finest_pair(c);
        const double more = c->slope.order - c->declared;
        if (c->slope.used < 3 || !(more < least))
            continue;
        least = more;
        const bool clear = c->slope.error < 0.25;
        const bool enough = more + 2.0 * c->slope.error >= -0.1;
        decide(f, c, !clear ? FK_INCONCLUSIVE : enough ? FK_AGREE : FK_DISAGREE);
    }
}

void fk_finding_judge(fk_finding *f)
{
    judge_orders(f);
    judge_limits(f);
}

static void print_curve(const fk_finding_curve *c, bool exact)
{
    printf("%s\n%12s%16s%14s%14s\n", c->name, c->step_name,
           exact ? "error" : "difference", c->noisy ? "std. error" : "", "local order");
    for (size_t k = 0; k < c->n; k++) {
        printf("%12.4g%16.4g", c->step[k], c->value[k]);
        if (c->noisy)
            printf("%14.2g", c->error[k]);
        else
            printf("%14s", "");
        if (k > 0 && c->value[k - 1] / c->value[k] > 0.0)
            printf("%14.2f\n", local_order(c, k));
        else
            printf("%14s\n", "-");
    }
    if (c->slope.used < (c->noisy ? 2 : 3))
        printf("order unknown: %s hides the differences\n\n",
               c->noisy ? "noise" : "rounding");
    else if (c->noisy)
        printf("order %.2f +- %.2f (two standard errors, %zu of %zu points)\n\n",
               c->slope.order, 2.0 * c->slope.error, c->slope.used, c->n);
    else
        printf("order %.2f +- %.2f (finest pair, and how far the one before was)\n\n",
               c->slope.order, 2.0 * c->slope.error);
}

static void print_limit(const fk_finding_limit *l)
{
    printf("%s at the shortest step %.6g +- %.1g (standard error), exact %.6g\n",
           l->name, l->value, l->error, l->exact);
}

void fk_finding_print(const fk_finding *f)
{
    const bool holds = f->word == FK_AGREE;
    for (size_t k = 0; k < f->n_curves; k++)
        print_curve(&f->curve[k], f->exact);
    for (size_t i = 0; i < f->n_limits; i++)
        print_limit(&f->limit[i]);
    if (f->n_limits > 0)
        printf("\n");
    if (f->wrong != NULL)
        printf("fails: %s converges to %s = %.6g, not to %.6g\n", f->method,
               f->wrong->name, f->wrong->value - f->wrong->bias, f->wrong->exact);
    else if (isinf(f->declared))
        printf("%s: %s is declared exact; its results %s on the step\n",
               holds ? "holds" : "fails", f->method,
               holds ? "do not depend" : "depend");
    else if (f->word == FK_INCONCLUSIVE)
        printf(
            "inconclusive: too few differences stand out from noise; %s would help\n",
            f->advice);
    else
        printf("%s: %s converges with %s %.2f +- %.2f here, declared %g\n",
               holds ? "holds" : "fails", f->method, f->kind, f->order, 2.0 * f->error,
               f->declared);
}

static void write_limit(fk_json *j, const fk_finding_limit *l)
{
    fk_json_object(j, NULL);
    fk_json_text(j, "name", l->name);
    fk_json_number(j, "value", l->value);
    fk_json_number(j, "error", l->error);
    fk_json_number(j, "bias", l->bias);
    fk_json_number(j, "exact", l->exact);
    fk_json_end(j);
}

void fk_finding_write_json(const fk_finding *f, const char *problem)
{
    fk_json j = fk_json_begin(stdout);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "name", problem);
    fk_json_text(&j, "scheme", f->method);
    fk_json_text(&j, "kind", f->kind);
    fk_json_number(&j, "declared", f->declared);
    fk_json_number(&j, "order", f->order);
    fk_json_number(&j, "error", f->error);
    fk_json_text(&j, "verdict",
                 f->word == FK_AGREE      ? "holds"
                 : f->word == FK_DISAGREE ? "fails"
                                          : "inconclusive");
    fk_json_text(&j, "reference", f->reference);
    fk_json_array(&j, "limits");
    for (size_t i = 0; i < f->n_limits; i++)
        write_limit(&j, &f->limit[i]);
    fk_json_end(&j);
    fk_json_array(&j, "curves");
    for (size_t k = 0; k < f->n_curves; k++) {
        const fk_finding_curve *c = &f->curve[k];
        fk_json_object(&j, NULL);
        fk_json_text(&j, "name", c->name);
        fk_json_numbers(&j, "step", c->n, c->step);
        fk_json_numbers(&j, "difference", c->n, c->value);
        fk_json_numbers(&j, "error", c->n, c->error);
        fk_json_number(&j, "declared", c->declared);
        fk_json_number(&j, "order", c->slope.order);
        fk_json_number(&j, "order_error", c->slope.error);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    fk_json_end(&j);
}

fk_status fk_finding_draw(const fk_finding *f, const char *problem, const char *folder,
                          fk_message *message)
{
    char title[200];
    fk_order_curve shown[FK_FINDING_CURVES];
    for (size_t k = 0; k < f->n_curves; k++) {
        const fk_finding_curve *c = &f->curve[k];
        shown[k] =
            (fk_order_curve){c->name,  c->step_name, c->n,           c->step,
                             c->value, c->error,     c->slope.order, c->declared};
    }
    snprintf(title, sizeof title, "%s: %s of %s", problem, f->kind, f->method);
    return fk_write_order_figure(folder, title,
                                 f->exact ? "error against the exact solution"
                                          : "difference of the results with h and h/2",
                                 f->n_curves, shown, message);
}
