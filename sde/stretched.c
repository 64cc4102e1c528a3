#include "sde/stretched.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* x_i(u_i), u_i called by the name of x_i. */
static const fk_expr *map(const fk_sde *sde, const fk_grid *g, size_t i)
{
    const fk_stretch *m = g->axis[i].stretch;
    if (m == NULL)
        return sde->variable[i];
    const fk_expr *u = fk_stretch_symbol(m);
    return fk_expr_substitute(sde->pool, fk_stretch_map(m), 1, &u, &sde->variable[i]);
}

static const fk_expr *slope(const fk_sde *sde, const fk_grid *g, size_t i)
{
    return fk_expr_diff(sde->pool, map(sde, g, i), sde->variable[i]);
}

const fk_expr *fk_stretched_function(const fk_sde *sde, const fk_grid *g,
                                     const fk_expr *e)
{
    const fk_expr *x[FK_GRID_DIM];
    if (e == NULL || !fk_grid_stretched(g))
        return e;
    for (size_t i = 0; i < g->dim; i++)
        x[i] = map(sde, g, i);
    return fk_expr_substitute(sde->pool, e, g->dim, sde->variable, x);
}

const fk_expr *fk_stretched_density(const fk_sde *sde, const fk_grid *g,
                                    const fk_expr *e)
{
    const fk_expr *q = fk_stretched_function(sde, g, e);
    for (size_t i = 0; q != NULL && i < g->dim; i++)
        if (g->axis[i].stretch != NULL)
            q = fk_expr_mul(sde->pool, q, slope(sde, g, i));
    return q;
}

/* ito_i / x' - a_ii x'' / x'^3 */
static const fk_expr *drift(const fk_sde *sde, const fk_grid *g, size_t i)
{
    fk_expr_pool *pool = sde->pool;
    const fk_expr *f = fk_stretched_function(sde, g, sde->ito[i]);
    if (g->axis[i].stretch == NULL)
        return f;
    const fk_expr *x1 = slope(sde, g, i);
    const fk_expr *x2 = fk_expr_diff(pool, x1, sde->variable[i]);
    const fk_expr *a = fk_stretched_function(sde, g, sde->diffusion[i * sde->dim + i]);
    const fk_expr *cube = fk_expr_pow(pool, x1, fk_expr_number(pool, 3.0));
    return fk_expr_sub(pool, fk_expr_div(pool, f, x1),
                       fk_expr_mul(pool, a, fk_expr_div(pool, x2, cube)));
}

static const fk_expr *noise(const fk_sde *sde, const fk_grid *g, size_t i, size_t k)
{
    const fk_expr *e = fk_stretched_function(sde, g, sde->noise[i * sde->noises + k]);
    return g->axis[i].stretch == NULL ? e : fk_expr_div(sde->pool, e, slope(sde, g, i));
}

static void frame_faces(const fk_sde *sde, const fk_domain *domain, fk_domain *even)
{
    even->grid = fk_grid_even(&domain->grid);
    for (size_t i = 0; i < sde->dim; i++)
        for (size_t side = 0; side < 2; side++) {
            const fk_axis *a = &domain->grid.axis[i];
            const fk_expr *kappa = domain->reactivity[i][side];
            if (isinf(side == 0 ? a->lo : a->hi))
                even->face[i][side] = FK_REFLECTING;
            if (domain->face[i][side] != FK_PARTIAL)
                continue;
            kappa = fk_stretched_function(sde, &domain->grid, kappa);
            even->reactivity[i][side] =
                a->stretch == NULL
                    ? kappa
                    : fk_expr_div(sde->pool, kappa, slope(sde, &domain->grid, i));
        }
}

fk_status fk_stretched_frame(const fk_sde *sde, const fk_domain *domain,
                             fk_sde **framed, fk_domain *even)
{
    const fk_grid *g = &domain->grid;
    const size_t d = sde->dim, m = sde->noises;
    const fk_expr *f[FK_GRID_DIM];
    assert(d == g->dim);
    *framed = NULL;
    *even = *domain;
    if (!fk_grid_stretched(g))
        return FK_OK;
    const fk_expr **G = calloc(d * m + 1, sizeof *G);
    if (G == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < d; i++) {
        f[i] = drift(sde, g, i);
        for (size_t k = 0; k < m; k++)
            G[i * m + k] = noise(sde, g, i, k);
    }
    frame_faces(sde, domain, even);
    const fk_sde_parts parts = {.pool = sde->pool,
                                .dim = d,
                                .noises = m,
                                .interpretation = FK_ITO,
                                .variable = sde->variable,
                                .time = sde->time,
                                .n_parameters = sde->n_parameters,
                                .parameter = sde->parameter,
                                .value = sde->value,
                                .drift = f,
                                .noise = G};
    const fk_status status = fk_sde_new(&parts, framed);
    if (status == FK_OK)
        (*framed)->field = sde->field; /* mean values are those of x */
    free(G);
    return status;
}
