#include "sde/walls.h"

#include <assert.h>
#include <stdlib.h>

#include "core/memory.h"

enum { OUTPUTS = 4 }; /* l, r, l', r' */

struct fk_walls {
    fk_program *program;
};

fk_status fk_walls_new(const fk_sde *sde, const fk_domain *domain, fk_walls **out)
{
    assert(fk_domain_moves(domain) && sde->dim == 1);
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return FK_ENOMEM;
    const fk_expr *e[OUTPUTS];
    for (size_t side = 0; side < 2; side++) {
        e[side] = domain->wall[side];
        e[2 + side] = fk_expr_diff(sde->pool, domain->wall[side], sde->time);
    }
    const fk_binding binding = fk_sde_binding(sde);
    const fk_status status = fk_program_new(OUTPUTS, e, &binding, &(*out)->program);
    if (status != FK_OK) {
        fk_walls_free(*out);
        *out = NULL;
    }
    return status;
}

void fk_walls_free(fk_walls *w)
{
    if (w == NULL)
        return;
    fk_program_free(w->program);
    free(w);
}

size_t fk_walls_scratch(const fk_walls *w)
{
    return fk_program_scratch(w->program);
}

fk_walls_now fk_walls_at(const fk_walls *w, double t, double *scratch)
{
    const double x = 0.0; /* nothing depends on it */
    double out[OUTPUTS];
    fk_program_point(w->program, t, &x, out, scratch);
    return (fk_walls_now){{out[0], out[1]}, {out[2], out[3]}};
}

fk_domain fk_walls_domain(const fk_domain *domain, const fk_walls_now *now)
{
    fk_domain d = *domain;
    d.grid.axis[0].lo = now->at[0];
    d.grid.axis[0].hi = now->at[1];
    return d;
}

fk_status fk_walls_frame(const fk_sde *sde, const fk_domain *domain, fk_sde **framed,
                         fk_domain *unit)
{
    fk_expr_pool *pool = sde->pool;
    const fk_expr *y = sde->variable[0], *l = domain->wall[0];
    const fk_expr *w = fk_expr_sub(pool, domain->wall[1], l);
    const fk_expr *x = fk_expr_add(pool, l, fk_expr_mul(pool, w, y));
    const fk_expr *f = fk_expr_substitute(pool, sde->drift[0], 1, &y, &x);
    f = fk_expr_div(pool, fk_expr_sub(pool, f, fk_expr_diff(pool, x, sde->time)), w);

    *unit = *domain;
    unit->wall[0] = unit->wall[1] = NULL;
    unit->grid.axis[0] = (fk_axis){0.0, 1.0, domain->grid.axis[0].cells};
    for (size_t side = 0; side < 2; side++)
        if (domain->face[0][side] == FK_PARTIAL)
            unit->reactivity[0][side] = fk_expr_div(
                pool, fk_expr_substitute(pool, domain->reactivity[0][side], 1, &y, &x),
                w);

    const fk_expr **g = calloc(sde->noises + 1, sizeof *g);
    if (g == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < sde->noises; k++)
        g[k] = fk_expr_div(pool, fk_expr_substitute(pool, sde->noise[k], 1, &y, &x), w);
    const fk_sde_parts parts = {.pool = pool,
                                .dim = 1,
                                .noises = sde->noises,
                                .interpretation = sde->interpretation,
                                .variable = sde->variable,
                                .time = sde->time,
                                .n_parameters = sde->n_parameters,
                                .parameter = sde->parameter,
                                .value = sde->value,
                                .drift = &f,
                                .noise = g};
    const fk_status status = fk_sde_new(&parts, framed);
    free(g);
    return status;
}
