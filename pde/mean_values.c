#include "pde/mean_values.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

fk_status fk_mean_values_init(fk_mean_values *v, const fk_sde *sde,
                              const fk_domain *domain)
{
    *v = (fk_mean_values){.grid = domain->grid};
    FK_TRY(fk_interaction_init(&v->of, sde, domain));
    const fk_mean_field *f = v->of.field;
    if (f == NULL)
        return FK_OK;
    const size_t widest = fk_mean_field_widest(f);
    v->mass = fk_doubles(fk_grid_cells(&v->grid));
    v->sum = fk_doubles(widest);
    v->scratch = fk_doubles(widest * FK_BLOCK + fk_mean_field_scratch(f));
    v->row = calloc(widest + 1, sizeof *v->row);
    if (v->mass == NULL || v->sum == NULL || v->scratch == NULL || v->row == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < widest; k++)
        v->row[k] = v->scratch + k * FK_BLOCK;
    return FK_OK;
}

void fk_mean_values_clear(fk_mean_values *v)
{
    fk_interaction_clear(&v->of);
    free(v->mass);
    free(v->sum);
    free(v->scratch);
    free(v->row);
    *v = (fk_mean_values){.mass = NULL};
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

/* sum_c E_k(x_c) m_c over the cells, k of level l. */
static void sum_level(fk_mean_values *v, size_t l, double t)
{
    _Alignas(FK_ALIGN) double x[FK_GRID_DIM][FK_BLOCK];
    const double *const in[FK_GRID_DIM] = {x[0], x[1], x[2]};
    const fk_mean_field *f = v->of.field;
    const size_t n = f->first[l + 1] - f->first[l], cells = fk_grid_cells(&v->grid);
    memset(v->sum, 0, n * sizeof *v->sum);
    for (size_t first = 0; first < cells; first += FK_BLOCK) {
        const size_t here = cells - first < FK_BLOCK ? cells - first : FK_BLOCK;
        place(&v->grid, cells, first, x);
        fk_program_run(f->integrand[l], t, in, v->row,
                       v->scratch + fk_mean_field_widest(f) * FK_BLOCK);
        for (size_t k = 0; k < n; k++) {
            double block = 0.0;
            for (size_t j = 0; j < here; j++)
                block += v->row[k][j] * v->mass[first + j];
            v->sum[k] += block;
        }
    }
}

/* Shares of the whole; none if there is nothing. */
static void take_masses(fk_mean_values *v, const double *p)
{
    const size_t cells = fk_grid_cells(&v->grid);
    double sum = 0.0;
    for (size_t c = 0; c < cells; c++)
        sum += p[c];
    for (size_t c = 0; c < cells; c++)
        v->mass[c] = sum > 0.0 ? p[c] / sum : 0.0;
}

void fk_mean_values_take(fk_mean_values *v, double t, const double *p)
{
    fk_mean_field *f = v->of.field;
    if (f == NULL)
        return;
    fk_interaction_open(&v->of, t);
    take_masses(v, p);
    if (v->of.maps != NULL)
        fk_interaction_spread(&v->of, v->mass);
    for (size_t l = 0; l < f->n_levels; l++) {
        sum_level(v, l, t);
        memcpy(f->value + f->first[l], v->sum,
               (f->first[l + 1] - f->first[l]) * sizeof *v->sum);
    }
    fk_interaction_close(&v->of);
}

void fk_mean_values_lead(fk_mean_values *v, double t, const double *p)
{
    fk_mean_values_take(v, t, p);
    fk_interaction_line(&v->of);
}
