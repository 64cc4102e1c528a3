/* fokker check FILE: is the file right, and what does it say? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/equation.h"
#include "experiments/estimate.h"
#include "experiments/problem_load.h"
#include "plots/label.h"
#include "sde/linear.h"

/* "1 (reflecting)" */
static void print_face(const fk_problem *p, size_t i, size_t side)
{
    printf("%s (%s", fk_label_end(p, i, side).text,
           fk_domain_face_name(&p->domain, i, side));
    if (p->domain.face[i][side] == FK_PARTIAL) {
        char *kappa = fk_expr_print(p->domain.reactivity[i][side], FK_EXPR_DISPLAY);
        printf(", kappa = %s", kappa != NULL ? kappa : "?");
        free(kappa);
    }
    putchar(')');
}

/* " in u, x = tan(u)" */
static void print_map(const char *name, const fk_stretch *m)
{
    char *map = fk_expr_print(fk_stretch_map(m), FK_EXPR_DISPLAY);
    printf(" in u, %s = %s, u from %.6g to %.6g", name != NULL ? name : "?",
           map != NULL ? map : "?", fk_stretch_lo(m), fk_stretch_hi(m));
    free(map);
}

static void print_domain(const fk_problem *p)
{
    if (!p->has_domain) {
        printf("\nno domain: particles alone, in free space\n");
        return;
    }
    printf("\nDomain\n");
    for (size_t i = 0; i < p->domain.grid.dim; i++) {
        const fk_axis *a = &p->domain.grid.axis[i];
        char *name = fk_expr_print(p->sde->variable[i], FK_EXPR_TEXT);
        printf("  %-8s ", name != NULL ? name : "?");
        print_face(p, i, 0);
        printf(" to ");
        print_face(p, i, 1);
        printf(", %zu cells of %g", a->cells, fk_axis_width(a));
        if (a->stretch != NULL)
            print_map(name, a->stretch);
        putchar('\n');
        free(name);
    }
}

static fk_status print_problem(const fk_problem *p)
{
    printf("%s: %s\n", p->name, p->about[0] != '\0' ? p->about : "(no description)");
    putchar('\n');
    fk_print_equations(p, stdout);
    FK_TRY(fk_print_even_equation(p, stdout));
    print_domain(p);
    printf("\nInitial law\n  %s\n", p->initial_text);
    printf("\nTime\n  %g to %g, %zu output%s\n", p->start, p->end, p->n_outputs,
           p->n_outputs == 1 ? "" : "s");
    if (p->exact != NULL)
        printf("\nExact density: stated in the file\n");
    else if (p->sde->killing == NULL && fk_sde_linear(p->sde) &&
             fk_law_mixture(p->initial) != NULL)
        printf("\nExact density: linear SDE from a Gaussian mixture, known in closed "
               "form%s\n",
               fk_domain_open(&p->domain)
                   ? ""
                   : ";\n  used as long as it does not reach the faces");
    return FK_OK;
}

static int run(int argc, char **argv)
{
    fk_message message = {.text = ""};
    fk_methods methods;
    fk_problem *problem = NULL;
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
        return fk_command_help(&fk_the_check);
    const int first = argc > 1 && strcmp(argv[1], "--") == 0 ? 2 : 1;
    if (argc <= first)
        return fk_command_misuse(&fk_the_check, "which problem file?");
    fk_status status = fk_problem_load(argv[first], (size_t)(argc - first - 1),
                                       (const char *const *)(argv + first + 1),
                                       &problem, &methods, &message);
    if (status == FK_OK)
        status = print_problem(problem);
    if (status == FK_OK)
        status = fk_print_estimate(problem, &methods, stdout, &message);
    fk_problem_free(problem);
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_check, status, &message);
}

const fk_command fk_the_check = {
    .name = "check",
    .summary = "validate a problem file, print its equations and what a run will take",
    .usage =
        "usage: fokker check FILE [KEY=VALUE...]\n\n"
        "Prints the SDE, its Ito form, the Fokker-Planck equation it implies, domain,\n"
        "initial law, which way to the density serves and why, memory and time "
        "estimates.\n"
        "Runs short trials alone, writes nothing.\n",
    .run = run,
};
