#include "experiments/expect_density.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/program.h"
#include "experiments/solution.h"

/* phi as a function of a point, at the end of the problem. */
typedef struct function {
    fk_program *program;
    double t, *scratch;
} function;

static double at(const function *f, const double *x)
{
    double value;
    fk_program_point(f->program, f->t, x, &value, f->scratch);
    return value;
}

static double integrate(const function *f, const fk_domain *domain, const fk_solver *s)
{
    const fk_grid *g = &domain->grid;
    const double *p = fk_solver_density(s);
    const size_t cells = fk_grid_cells(g);
    double sum = 0.0;
    for (size_t c = 0; c < cells; c++) {
        double x[FK_GRID_DIM];
        fk_grid_centre(g, c, x);
        sum += p[c] != 0.0 ? p[c] * at(f, x) : 0.0;
    }
    sum *= fk_grid_volume(g);
    const fk_ledger ledger = fk_solver_ledger(s);
    const double face[2] = {g->axis[0].lo, g->axis[0].hi};
    for (size_t side = 0; side < 2; side++)
        if (fk_boundary_absorbs(domain->face[0][side]) && ledger.left[0][side] > 0.0)
            sum += ledger.left[0][side] * at(f, &face[side]);
    return sum;
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
                         const fk_pde_method *method, const function *f, size_t factor,
                         const fk_progress *progress, double *value, double *outside,
                         fk_message *message)
{
    fk_solver *s = NULL;
    fk_domain domain = p->domain;
    domain.grid = fk_grid_refine(&p->domain.grid, factor);
    fk_status status = fk_solution_new(p, methods, method, factor, &s, message);
    if (status == FK_OK)
        status = fk_solver_advance(s, p->end, progress, message);
    if (status == FK_OK) {
        *value = integrate(f, &domain, s);
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

fk_status fk_expect_by_density(const fk_problem *p, const fk_methods *methods,
                               const fk_expr *phi, const fk_progress *progress,
                               fk_expect_density *out, fk_message *message)
{
    *out = (fk_expect_density){.why = obstacle(p)};
    if (out->why != NULL)
        return FK_OK;
    const fk_binding binding = fk_sde_binding(p->sde);
    function f = {.t = p->end};
    double coarse = 0.0;
    const fk_pde_method *method;
    char why[512];
    FK_TRY(fk_solution_choose(p, methods, progress, &method, sizeof why, why, message));
    FK_TRY(fk_program_new(1, &phi, &binding, &f.program));
    f.scratch = fk_doubles(fk_program_scratch(f.program));
    fk_status status = f.scratch == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = on_grid(p, methods, method, &f, 1, progress, &coarse, &out->outside,
                         message);
    if (status == FK_OK)
        status = on_grid(p, methods, method, &f, 2, progress, &out->value,
                         &out->outside, message);
    fk_program_free(f.program);
    free(f.scratch);
    out->grid_error = fabs(out->value - coarse);
    out->known = status == FK_OK && isfinite(out->value);
    if (!out->known)
        out->why = "the expression is not finite in some cell";
    return status;
}
