#include "sampling/conormal.h"

#include <math.h>

#include "sampling/rows.h"

bool fk_conormal_expressions(const fk_sde *sde, size_t i, const fk_expr **c)
{
    const fk_expr *own = sde->diffusion[i * sde->dim + i];
    bool oblique = false;
    for (size_t j = 0; j < sde->dim; j++) {
        const fk_expr *a = sde->diffusion[i * sde->dim + j];
        double value;
        const bool zero = j == i || (fk_expr_is_number(a, &value) && value == 0.0);
        c[j] = zero ? fk_expr_number(sde->pool, 0.0) : fk_expr_div(sde->pool, a, own);
        oblique = oblique || !zero;
    }
    return oblique;
}

void fk_conormal_push(const fk_conormal *c, double *const *rows, const double *by,
                      double *const *x, double *const *to)
{
    for (size_t i = 0; i < c->dim; i++) {
        const fk_entry *e = &c->entries->entry[c->first + i];
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const double way =
                by[j] * (i == c->axis ? 1.0 : fk_entry_value(e, rows, j));
            to[i][j] = isfinite(way) ? x[i][j] + way : x[i][j];
        }
    }
}

double *const *fk_conormal_rows(const fk_conormal *c, double t, const double *depth,
                                double *const *x, double *const *point, double *scratch)
{
    const double *const *at = (const double *const *)point;
    fk_state_copy(c->dim, x, point);
    fk_row_add(point[c->axis], 1.0, depth);
    fk_conormal_push(c, fk_entries_eval(c->entries, t, at, scratch), depth, x, point);
    return fk_entries_eval(c->entries, t, at, scratch);
}
