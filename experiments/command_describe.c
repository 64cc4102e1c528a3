/* fokker describe NAME: everything known of one entry of any list. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/expr.h"
#include "experiments/command.h"
#include "experiments/verify_report.h"
#include "pde/flux.h"
#include "pde/solver.h"
#include "pde/stepper.h"
#include "sampling/expectation.h"
#include "sampling/objective.h"
#include "sampling/scheme.h"
#include "sde/problem_file.h"
#include "sde/process.h"
#include "solvers/optimizer.h"

static int describe_process(const char *name)
{
    const fk_process *p = fk_process_find(name);
    if (p == NULL)
        return 0;
    printf("process %s: %s\n  %s\n", p->name, p->summary, p->equation);
    if (p->dim == 0)
        printf("  any number of variables, one independent noise each\n");
    else
        printf("  %zu variable%s, %zu noise%s\n", p->dim, p->dim == 1 ? "" : "s",
               p->noises, p->noises == 1 ? "" : "s");
    for (const fk_process_parameter *k = p->parameter; k->name != NULL; k++)
        printf("  %-10s %s [%s]\n", k->name, k->meaning,
               k->standard != NULL ? k->standard : "must be given");
    printf("  reference: %s\n", p->reference);
    return 1;
}

static int describe_scheme(const char *name)
{
    const fk_scheme *s = fk_scheme_find(name);
    if (s == NULL)
        return 0;
    printf("scheme %s: %s\n", s->name, s->summary);
    if (isinf(s->weak_order))
        printf("  exact: no error of the step\n");
    else
        printf("  strong order %g, weak order %g\n", s->strong_order, s->weak_order);
    printf("  noise: %s", fk_noise_kind_text(s->noise));
    if (s->noise <= FK_OWN_NOISE)
        printf(", taken as in %s; other interpretations are converted",
               fk_interpretation_name(s->interpretation));
    printf("\n  increments: gaussian");
    for (fk_increments k = FK_GAUSSIAN + 1; k <= s->coarsest; k++)
        printf(", %s", fk_increments_name[k]);
    printf("\n  reference: %s\n", s->reference);
    return 1;
}

static int describe_method(const char *name)
{
    const fk_pde_method *m = fk_pde_method_find(name);
    if (m == NULL)
        return 0;
    printf("method %s: %s\n  %s; %s\n  reference: %s\n", m->name, m->summary,
           m->positive ? "positive" : "not always positive",
           m->whole ? "measures the error of its grid"
                    : "the error of its grid is measured on cells of half the width",
           m->reference);
    return 1;
}

/* Lines of text, two places in. */
static void print_lines(const char *text)
{
    for (size_t n; text[0] != '\0'; text += n + (text[n] == '\n')) {
        n = strcspn(text, "\n");
        printf("  %.*s\n", (int)n, text);
    }
}

static void print_flux_form(const fk_flux *f)
{
    if (f->reach > 1)
        puts("  J = b p* - a dp/dx on a face");
    else
        printf("  J = (a / h) (W(-P) p_L - W(P) p_R),  P = %s\n",
               f->points == 1 ? "h b / a on the face" : "int_L^R b / a dx");
    print_lines(f->formula);
}

static int describe_flux(const char *name)
{
    const fk_flux *f = fk_flux_find(name);
    if (f == NULL)
        return 0;
    printf("flux %s: %s\n", f->name, f->summary);
    print_flux_form(f);
    printf("  order %g", f->order);
    if (f->drift_order != f->order)
        printf(", %g without noise or where the drift rules a cell", f->drift_order);
    printf("; %s\n  steppers: %s; explicit Euler steps up to %g / (largest rate)\n"
           "  for: %s\n  reference: %s\n",
           f->positive ? "positive" : "not always positive",
           f->reach > 1 ? "those that apply the operator, ssp-rk3 and rkc" : "all",
           f->courant, f->regime, f->reference);
    return 1;
}

static int describe_estimator(const char *name)
{
    const fk_estimator *e = fk_estimator_find(name);
    if (e == NULL)
        return 0;
    printf("estimator %s: %s\n  reference: %s\n", e->name, e->summary, e->reference);
    return 1;
}

static int describe_objective(const char *name)
{
    const fk_objective *o = fk_objective_find(name);
    if (o == NULL)
        return 0;
    printf("objective %s: %s\n  reference: %s\n", o->name, o->summary, o->reference);
    return 1;
}

static int describe_optimizer(const char *name)
{
    const fk_optimizer *o = fk_optimizer_find(name);
    if (o == NULL)
        return 0;
    printf("optimizer %s: %s\n  rate %g if not given\n  reference: %s\n", o->name,
           o->summary, o->standard.rate, o->reference);
    return 1;
}

static int describe_stepper(const char *name)
{
    const fk_pde_stepper *s = fk_pde_stepper_find(name);
    if (s == NULL)
        return 0;
    printf("stepper %s: %s\n", s->name, s->summary);
    print_lines(s->formula);
    if (isinf(s->order))
        printf("  no error of the step");
    else
        printf("  order %g", s->order);
    printf(", %s\n  fluxes: %s\n  for: %s\n  reference: %s\n",
           s->positive ? "positive with a positive flux" : "not positive",
           s->wide ? "all" : "of two cells", s->regime, s->reference);
    return 1;
}

static int describe_claim(const char *name)
{
    fk_message message = {.text = ""};
    const fk_claim *c = fk_claim_find(name);
    if (c == NULL)
        return 0;
    if (fk_claim_describe(c, stdout, &message) != FK_OK)
        fprintf(stderr, "fokker describe: %s\n", message.text);
    return 1;
}

static int describe_function(const char *name)
{
    for (const fk_expr_function *f = fk_expr_functions(); f->name != NULL; f++)
        if (strcmp(f->name, name) == 0)
            return printf("function %s, %zu argument%s: %s\n", f->name, f->arguments,
                          f->arguments == 1 ? "" : "s", f->meaning) > 0;
    return 0;
}

static int describe_key(const char *name)
{
    size_t n;
    const fk_problem_key *k = fk_problem_keys(&n);
    for (size_t i = 0; i < n; i++)
        if (strcmp(k[i].key, name) == 0)
            return printf("key %s: %s\n  accepts: %s\n  default: %s\n", k[i].key,
                          k[i].meaning, k[i].accepts,
                          k[i].standard[0] != '\0' ? k[i].standard
                                                   : "none, must be given") > 0;
    return 0;
}

static int run(int argc, char **argv)
{
    static int (*const describe[])(const char *) = {
        describe_process, describe_scheme,    describe_method,    describe_flux,
        describe_stepper, describe_estimator, describe_objective, describe_optimizer,
        describe_claim,   describe_function,  describe_key};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fk_command_help(&fk_the_describe);
    if (argc != 2)
        return fk_command_misuse(&fk_the_describe, "give one name");
    int found = 0;
    for (size_t i = 0; i < sizeof describe / sizeof *describe; i++)
        found += describe[i](argv[1]);
    if (found == 0)
        return fk_command_misuse(
            &fk_the_describe, "nothing is called '%s'; 'fokker list' shows all names",
            argv[1]);
    return FK_EXIT_AGREE;
}

const fk_command fk_the_describe = {
    .name = "describe",
    .summary = "describe a process, scheme, flux, stepper, claim, function or key",
    .usage = "usage: fokker describe NAME\n\nNames are those of 'fokker list'.\n",
    .run = run,
};
