/* fokker list [WHAT] */
#include <stdio.h>
#include <string.h>

#include "core/expr.h"
#include "core/spelling.h"
#include "experiments/analysis.h"
#include "experiments/claim.h"
#include "experiments/command.h"
#include "experiments/problem_path.h"
#include "pde/flux.h"
#include "pde/solver.h"
#include "pde/stepper.h"
#include "sampling/expectation.h"
#include "sampling/objective.h"
#include "sampling/sampler.h"
#include "sampling/scheme.h"
#include "sde/problem_file.h"
#include "sde/process.h"
#include "solvers/optimizer.h"

static void list_processes(void)
{
    for (const fk_process *const *p = fk_processes; *p != NULL; p++)
        printf("  %-18s %s\n", (*p)->name, (*p)->summary);
}

static void list_schemes(void)
{
    for (const fk_scheme *const *s = fk_schemes; *s != NULL; s++)
        printf("  %-18s %s\n", (*s)->name, (*s)->summary);
}

static void list_methods(void)
{
    for (const fk_pde_method *const *m = fk_pde_methods; *m != NULL; m++)
        printf("  %-18s %s\n", (*m)->name, (*m)->summary);
}

static void list_fluxes(void)
{
    for (const fk_flux *const *f = fk_fluxes; *f != NULL; f++)
        printf("  %-18s %s\n", (*f)->name, (*f)->summary);
}

static void list_steppers(void)
{
    for (const fk_pde_stepper *const *s = fk_pde_steppers; *s != NULL; s++)
        printf("  %-18s %s\n", (*s)->name, (*s)->summary);
}

static void list_estimators(void)
{
    for (const fk_estimator *const *e = fk_estimators; *e != NULL; e++)
        printf("  %-18s %s\n", (*e)->name, (*e)->summary);
}

static void list_objectives(void)
{
    for (const fk_objective *const *o = fk_objectives; *o != NULL; o++)
        printf("  %-18s %s\n", (*o)->name, (*o)->summary);
}

static void list_optimizers(void)
{
    for (const fk_optimizer *const *o = fk_optimizers; *o != NULL; o++)
        printf("  %-18s %s\n", (*o)->name, (*o)->summary);
}

static void list_samplers(void)
{
    for (const fk_sampler *const *s = fk_samplers; *s != NULL; s++)
        printf("  %-19s %s\n", (*s)->name, (*s)->summary);
}

static void list_analyses(void)
{
    for (const fk_analysis *const *a = fk_analyses; *a != NULL; a++)
        printf("  %-18s %s\n", (*a)->name, (*a)->summary);
}

static void list_claims(void)
{
    for (const fk_claim *const *c = fk_claims; *c != NULL; c++)
        printf("  %-18s %s\n", (*c)->name, (*c)->title);
}

static void list_functions(void)
{
    for (const fk_expr_function *f = fk_expr_functions(); f->name != NULL; f++)
        printf("  %-18s %s\n", f->name, f->meaning);
}

static void list_keys(void)
{
    size_t n;
    const fk_problem_key *k = fk_problem_keys(&n);
    for (size_t i = 0; i < n; i++)
        printf("  %-22s %s%s%s%s\n", k[i].key, k[i].meaning,
               k[i].standard[0] != '\0' ? " [" : "", k[i].standard,
               k[i].standard[0] != '\0' ? "]" : "");
}

static void show_experiment(void *context, const char *path)
{
    (void)context;
    fk_message message;
    fk_problem *p = NULL;
    if (fk_problem_read(path, 0, NULL, &p, &message) == FK_OK)
        printf("  %-18s %.*s\n", p->name, (int)strcspn(p->about, ".\n"), p->about);
    fk_problem_free(p);
}

static void list_experiments(void)
{
    fk_experiments_visit(show_experiment, NULL);
}

static const struct {
    const char *name;
    const char *title;
    void (*print)(void);
} lists[] = {
    {"experiments", "problem files that come with fokker", list_experiments},
    {"processes", "named processes (process: NAME)", list_processes},
    {"schemes", "particle schemes (particles.scheme)", list_schemes},
    {"methods", "ways to the density (pde.method)", list_methods},
    {"fluxes", "fluxes of the Fokker-Planck operator (pde.flux)", list_fluxes},
    {"steppers", "time steppers of the density (pde.stepper)", list_steppers},
    {"estimators", "methods of `fokker expect` (--method)", list_estimators},
    {"objectives", "what a score network minimises (train.objective)", list_objectives},
    {"optimizers", "how it goes down (train.optimizer)", list_optimizers},
    {"samplers", "samplers of diffusion models (docs/samplers.md)", list_samplers},
    {"analyses", "questions of `fokker analyze`", list_analyses},
    {"claims", "claims of `fokker verify`", list_claims},
    {"functions", "functions in expressions", list_functions},
    {"keys", "keys of a problem file [default]", list_keys},
};
enum { LISTS = sizeof lists / sizeof *lists };

static int unknown(const char *word)
{
    const char *name[LISTS];
    for (size_t i = 0; i < LISTS; i++)
        name[i] = lists[i].name;
    const char *near = fk_spelling_nearest(word, LISTS, name);
    return fk_command_misuse(&fk_the_list,
                             "there is no list '%s'%s%s%s; there are experiments, "
                             "processes, schemes, methods, fluxes, steppers, "
                             "estimators, objectives, optimizers, samplers, analyses, "
                             "claims, "
                             "functions, keys",
                             word, near != NULL ? "; did you mean '" : "",
                             near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int run(int argc, char **argv)
{
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fk_command_help(&fk_the_list);
    if (argc > 2)
        return fk_command_misuse(&fk_the_list, "one list at a time");
    int found = 0;
    for (size_t i = 0; i < LISTS; i++) {
        if (argc > 1 && strcmp(argv[1], lists[i].name) != 0)
            continue;
        printf("%s%s: %s\n", found ? "\n" : "", lists[i].name, lists[i].title);
        lists[i].print();
        found = 1;
    }
    return found ? FK_EXIT_AGREE : unknown(argv[1]);
}

const fk_command fk_the_list = {
    .name = "list",
    .summary =
        "list processes, schemes, methods, fluxes, steppers, estimators, objectives, "
        "optimizers, samplers, analyses, claims, functions, keys, experiments",
    .usage =
        "usage: fokker list [experiments|processes|schemes|methods|fluxes|steppers|"
        "estimators|objectives|optimizers|samplers|analyses|claims|functions|keys]\n",
    .run = run,
};
