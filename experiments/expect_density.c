#include "experiments/expect_density.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "experiments/solution.h"

/* Functions of a point, at the end of the problem, and their integrals. */
typedef struct functions {
    size_t n;
    fk_program *program;
    double t, *scratch;
    double *value;         /* [n] at a point */
    double *coarse, *fine; /* [n] integrals on the problem's cells, and on halves */
} functions;

static void add(const functions *f, double weight, const double *x, double *sum)
{
    fk_program_point(f->program, f->t, x, f->value, f->scratch);
    for (size_t i = 0; i < f->n; i++)
        sum[i] += weight * f->value[i];
}

static void integrate(const functions *f, const fk_domain *domain, const fk_solver *s,
                      double *sum)
{
    const fk_grid *g = &domain->grid;
    const double *p = fk_solver_density(s), volume = fk_grid_volume(g);
    const size_t cells = fk_grid_cells(g);
    for (size_t i = 0; i < f->n; i++)
        sum[i] = 0.0;
    for (size_t c = 0; c < cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        if (p[c] != 0.0)
            add(f, p[c] * volume, x, sum);
    }
    const fk_ledger ledger = fk_solver_ledger(s);
    const double face[2] = {g->axis[0].lo, g->axis[0].hi};
    for (size_t side = 0; side < 2; side++)
        if (fk_boundary_absorbs(domain->face[0][side]) && ledger.left[0][side] > 0.0)
            add(f, ledger.left[0][side], &face[side], sum);
}

static double left_open(const fk_domain *domain, const fk_solver *s)
{
    const fk_ledger ledger = fk_solver_ledger(s);
    double left = 0.0;
    for (size_t i = 0; i < domain->grid.dim; i++)
        for (size_t side = 0; side < 2; side++)
            if (domain->face[i][side] == FK_OPEN)
                left += ledger.left[i][side];
    return left;
}

static fk_status on_grid(const fk_problem *p, const fk_methods *methods,
                         const fk_pde_method *method, const functions *f, size_t factor,
                         const fk_progress *progress, double *sum, double *outside,
                         fk_message *message)
{
    fk_solver *s = NULL;
    fk_domain domain = p->domain;
    domain.grid = fk_grid_refine(&p->domain.grid, factor);
    fk_status status = fk_solution_new(p, methods, method, factor, &s, message);
    if (status == FK_OK)
        status = fk_solver_advance(s, p->end, progress, message);
    if (status == FK_OK) {
        integrate(f, &domain, s, sum);
        *outside = left_open(&domain, s);
    }
    fk_solver_free(s);
    return status;
}

static const char *obstacle(const fk_problem *p)
{
    if (!p->has_domain)
        return "the problem has no domain";
    if (!p->pde.on)
        return "the problem has pde: off";
    if (p->sde->dim > 1 && fk_domain_absorbs(&p->domain))
        return "where on an absorbing face mass has left is not recorded";
    if (fk_domain_moves(&p->domain) && fk_domain_absorbs(&p->domain))
        return "where a moving face stood when mass left is not recorded";
    return NULL;
}

static fk_status functions_begin(functions *f, const fk_problem *p, size_t n,
                                 const fk_expr *const *phi)
{
    const fk_binding binding = fk_sde_binding(p->sde);
    *f = (functions){.n = n, .t = p->end};
    FK_TRY(fk_program_new(n, phi, &binding, &f->program));
    f->scratch = fk_doubles(fk_program_scratch(f->program));
    f->value = fk_doubles(3 * n);
    if (f->scratch == NULL || f->value == NULL)
        return FK_ENOMEM;
    f->coarse = f->value + n;
    f->fine = f->value + 2 * n;
    return FK_OK;
}

static void functions_end(functions *f)
{
    fk_program_free(f->program);
    free(f->scratch);
    free(f->value);
}

static void report(const functions *f, double outside, fk_expect_density *out)
{
    for (size_t i = 0; i < f->n; i++) {
        out[i] = (fk_expect_density){.known = isfinite(f->fine[i]),
                                     .value = f->fine[i],
                                     .grid_error = fabs(f->fine[i] - f->coarse[i]),
                                     .outside = outside};
        if (!out[i].known)
            out[i].why = "the expression is not finite in some cell";
    }
}

fk_status fk_expect_by_density(const fk_problem *p, const fk_methods *methods, size_t n,
                               const fk_expr *const *phi, const fk_progress *progress,
                               fk_expect_density *out, fk_message *message)
{
    functions f;
    double outside = 0.0;
    const fk_pde_method *method;
    char why[512];
    for (size_t i = 0; i < n; i++)
        out[i] = (fk_expect_density){.why = obstacle(p)};
    if (obstacle(p) != NULL)
        return FK_OK;
    FK_TRY(fk_solution_choose(p, methods, progress, &method, sizeof why, why, message));
    fk_status status = functions_begin(&f, p, n, phi);
    if (status == FK_OK)
        status =
            on_grid(p, methods, method, &f, 1, progress, f.coarse, &outside, message);
    if (status == FK_OK)
        status =
            on_grid(p, methods, method, &f, 2, progress, f.fine, &outside, message);
    if (status == FK_OK)
        report(&f, outside, out);
    functions_end(&f);
    return status;
}
