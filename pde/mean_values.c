#include "pde/mean_values.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

fk_status fk_mean_values_init(fk_mean_values *v, const fk_sde *sde)
{
    *v = (fk_mean_values){.field = NULL};
    FK_TRY(fk_sde_observe(sde, &v->view, &v->field));
    if (v->field == NULL)
        return FK_OK;
    const size_t n = v->field->n, values = fk_mean_field_widest(v->field) * FK_BLOCK;
    v->now = fk_doubles(n);
    v->before = fk_doubles(n);
    v->sum = fk_doubles(n);
    v->scratch = fk_doubles(values + fk_mean_field_scratch(v->field));
    v->row = calloc(n, sizeof *v->row);
    if (v->now == NULL || v->before == NULL || v->sum == NULL || v->scratch == NULL ||
        v->row == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < values / FK_BLOCK; k++)
        v->row[k] = v->scratch + k * FK_BLOCK;
    return FK_OK;
}

void fk_mean_values_clear(fk_mean_values *v)
{
    fk_mean_field_free(v->field);
    free(v->now);
    free(v->before);
    free(v->sum);
    free(v->scratch);
    free(v->row);
    *v = (fk_mean_values){.field = NULL};
}

/* Centres of cells from `first` on, those behind the last cell repeat it. */
static void place(const fk_grid *g, size_t cells, size_t first,
                  double x[FK_GRID_DIM][FK_BLOCK])
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        double at[FK_GRID_DIM];
        fk_grid_centre(g, first + j < cells ? first + j : cells - 1, at);
        for (size_t i = 0; i < g->dim; i++)
            x[i][j] = at[i];
    }
}

/* sum_c E_k(x_c) p_c over the cells, k of level l. */
static void sum_level(fk_mean_values *v, const fk_grid *g, size_t l, double t,
                      const double *p)
{
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK];
    const double *const in[FK_GRID_DIM] = {x[0], x[1], x[2]};
    const fk_mean_field *f = v->field;
    const size_t n = f->first[l + 1] - f->first[l], cells = fk_grid_cells(g);
    double *sum = v->sum + f->first[l];
    memset(sum, 0, n * sizeof *sum);
    for (size_t first = 0; first < cells; first += FK_BLOCK) {
        const size_t here = cells - first < FK_BLOCK ? cells - first : FK_BLOCK;
        place(g, cells, first, x);
        fk_program_run(f->integrand[l], t, in, v->row,
                       v->scratch + fk_mean_field_widest(f) * FK_BLOCK);
        for (size_t k = 0; k < n; k++) {
            double block = 0.0;
            for (size_t j = 0; j < here; j++)
                block += v->row[k][j] * p[first + j];
            sum[k] += block;
        }
    }
}

void fk_mean_values_take(fk_mean_values *v, const fk_grid *g, double t, const double *p)
{
    fk_mean_field *f = v->field;
    const size_t cells = fk_grid_cells(g);
    double mass = 0.0;
    if (f == NULL)
        return;
    for (size_t c = 0; c < cells; c++)
        mass += p[c];
    fk_mean_field_hold(f, t);
    for (size_t l = 0; l < f->n_levels; l++) {
        sum_level(v, g, l, t, p);
        for (size_t k = f->first[l]; k < f->first[l + 1]; k++)
            f->value[k] = mass > 0.0 ? v->sum[k] / mass : 0.0;
    }
    memcpy(v->now, f->value, f->n * sizeof *v->now);
}

void fk_mean_values_lead(fk_mean_values *v, const fk_grid *g, double t, double h,
                         const double *p)
{
    memcpy(v->before, v->now, v->field->n * sizeof *v->before);
    fk_mean_values_take(v, g, t + h, p);
    fk_mean_field_lead(v->field, t, v->before, t + h, v->now);
}
