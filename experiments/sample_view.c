/* Where samples are compared: on the domain's grid; without a domain, one or two variables
 * together on a grid that holds the law, more of them one by one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/sample.h"

enum { CELLS_1D = 60, CELLS_2D = 32 };

/* So many standard deviations of each Gaussian are on the grid. */
static const double REACH = 5.0;

static fk_axis axis_around(const fk_mixture *m, size_t i, size_t cells)
{
    fk_axis a = {.lo = HUGE_VAL, .hi = -HUGE_VAL, .cells = cells};
    for (size_t k = 0; k < m->components; k++) {
        const double mean = m->mean[k * m->dim + i];
        const double reach = REACH * sqrt(m->cov[(k * m->dim + i) * m->dim + i]);
        a.lo = fmin(a.lo, mean - reach);
        a.hi = fmax(a.hi, mean + reach);
    }
    return a;
}

/* The mixture of n variables from `first` on. */
static fk_status some_variables(const fk_mixture *m, size_t first, size_t n,
                                fk_mixture **out)
{
    FK_TRY(fk_mixture_new(n, m->components, out));
    memcpy((*out)->weight, m->weight, m->components * sizeof *m->weight);
    for (size_t k = 0; k < m->components; k++)
        for (size_t i = 0; i < n; i++) {
            (*out)->mean[k * n + i] = m->mean[k * m->dim + first + i];
            for (size_t j = 0; j < n; j++)
                (*out)->cov[(k * n + i) * n + j] =
                    m->cov[(k * m->dim + first + i) * m->dim + first + j];
        }
    return FK_OK;
}

static fk_status project(const fk_sample_run *r, fk_sample_view *v)
{
    const fk_grid *g = &v->domain.grid;
    const size_t cells = fk_grid_cells(g);
    fk_mixture *m = NULL;
    v->target = fk_doubles(cells);
    if (v->target == NULL)
        return FK_ENOMEM;
    if (r->plan.at_first == NULL) {
        memcpy(v->target, r->plan.density_first, cells * sizeof *v->target);
        v->outside = r->plan.outside;
        return FK_OK;
    }
    FK_TRY(some_variables(r->plan.at_first, v->axis, g->dim, &m));
    const fk_status status = fk_mixture_project(m, g, v->target, &v->outside);
    fk_mixture_free(m);
    return status;
}

/* Of dim variables from the view's axis on. */
static void make_grid(const fk_sample_run *r, size_t dim, fk_sample_view *v)
{
    fk_axis axis[FK_GRID_DIM];
    for (size_t i = 0; i < dim; i++)
        axis[i] =
            axis_around(r->plan.at_first, v->axis + i, dim == 1 ? CELLS_1D : CELLS_2D);
    v->domain = (fk_domain){.grid = fk_grid_make(dim, axis)};
    for (size_t i = 0; i < dim; i++)
        v->domain.face[i][0] = v->domain.face[i][1] = FK_OPEN;
}

fk_status fk_sample_views(fk_sample_run *r)
{
    const fk_problem *p = r->problem;
    const bool together = p->has_domain || r->plan.dim <= 2;
    const size_t n = together ? 1 : r->plan.dim;
    r->view = fk_alloc(n, sizeof *r->view);
    if (r->view == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        fk_sample_view *v = &r->view[r->n_views++];
        v->axis = i;
        if (p->has_domain)
            v->domain = p->domain;
        else
            make_grid(r, together ? r->plan.dim : 1, v);
        FK_TRY(project(r, v));
    }
    return FK_OK;
}
