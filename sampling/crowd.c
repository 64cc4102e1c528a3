#include "sampling/crowd.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/boundary.h"
#include "sampling/march.h"
#include "sampling/rows.h"
#include "sampling/tally.h"

enum { SLICES = 64, PARTS = 8 };

/* Scratch of a thread: pointers to inputs and outputs, the outputs, the program's own. */
static size_t scratch_size(const fk_crowd *c)
{
    return fk_rows_scratch(c->of.view.dim) + fk_rows_scratch(c->widest) +
           c->widest * FK_BLOCK + fk_mean_field_scratch(c->of.field);
}

/* How many cells stand for one of the domain's along each axis, 1 to 3 variables. */
static const size_t FINER[] = {1, 4, 2, 1};

fk_status fk_crowd_init(fk_crowd *c, const fk_sde *sde, const fk_domain *domain)
{
    *c = (fk_crowd){.seen = false};
    fk_domain finer = {.grid = {.dim = 0}};
    if (domain != NULL) {
        finer = *domain;
        finer.grid = fk_grid_refine(&domain->grid, FINER[domain->grid.dim]);
    }
    FK_TRY(fk_interaction_init(&c->of, sde, domain != NULL ? &finer : NULL));
    if (!fk_crowd_interacts(c))
        return FK_OK;
    c->widest = fk_mean_field_widest(c->of.field);
    c->n_threads = (size_t)omp_get_max_threads();
    c->scratch_size = fk_padded(scratch_size(c));
    c->sum = fk_doubles(SLICES * c->widest);
    c->scratch = fk_doubles(c->n_threads * c->scratch_size);
    if (c->sum == NULL || c->scratch == NULL)
        return FK_ENOMEM;
    if (c->of.maps == NULL)
        return FK_OK;
    const size_t cells = fk_grid_cells(&finer.grid);
    c->count = fk_alloc(cells, sizeof *c->count);
    c->mass = fk_doubles(cells);
    return c->count != NULL && c->mass != NULL ? FK_OK : FK_ENOMEM;
}

void fk_crowd_clear(fk_crowd *c)
{
    fk_interaction_clear(&c->of);
    free(c->sum);
    free(c->scratch);
    free(c->count);
    free(c->mass);
    *c = (fk_crowd){.seen = false};
}

/* ---- means ---- */

static double block_sum(const double *e, const uint8_t *status, size_t lanes)
{
    double part[PARTS] = {0.0};
    for (size_t j = 0; j < lanes; j++)
        part[j % PARTS] += status[j] == FK_ALIVE ? e[j] : 0.0;
    return ((part[0] + part[1]) + (part[2] + part[3])) +
           ((part[4] + part[5]) + (part[6] + part[7]));
}

/* sum[k] += the E_k of level l over the blocks first .. end - 1. */
static void sum_slice(const fk_crowd *c, const fk_crowd_members *m, size_t l, double t,
                      size_t first, size_t end, double *sum, double *scratch)
{
    const size_t n = c->of.field->first[l + 1] - c->of.field->first[l];
    const double **x = (const double **)(void *)scratch;
    double *pointers = scratch + fk_rows_scratch(c->of.view.dim);
    double *values = pointers + fk_rows_scratch(n);
    double **e = fk_rows(values, n, pointers);
    for (size_t b = first; b < end; b++) {
        for (size_t i = 0; i < c->of.view.dim; i++)
            x[i] = m->x(m->context, b) + i * FK_BLOCK;
        fk_program_run(c->of.field->integrand[l], t, x, e, values + n * FK_BLOCK);
        for (size_t k = 0; k < n; k++)
            sum[k] +=
                block_sum(e[k], m->status(m->context, b), fk_block_lanes(m->count, b));
    }
}

static double count_alive(const fk_crowd_members *m)
{
    size_t alive = 0;
    for (size_t b = 0; b < fk_block_count(m->count); b++) {
        const uint8_t *status = m->status(m->context, b);
        for (size_t j = 0; j < fk_block_lanes(m->count, b); j++)
            alive += status[j] == FK_ALIVE;
    }
    return (double)alive;
}

/* value[k] of level l. */
static void take_level(fk_crowd *c, const fk_crowd_members *m, size_t l, double t,
                       double alive)
{
    const size_t blocks = fk_block_count(m->count), widest = c->widest;
    const size_t first = c->of.field->first[l], n = c->of.field->first[l + 1] - first;
    memset(c->sum, 0, SLICES * widest * sizeof *c->sum);
#pragma omp parallel for default(none) firstprivate(c, m, l, t, blocks, widest) \
    schedule(static) num_threads((int)c->n_threads) if (blocks > FK_FEW_BLOCKS)
    for (size_t k = 0; k < SLICES; k++)
        sum_slice(c, m, l, t, blocks * k / SLICES, blocks * (k + 1) / SLICES,
                  c->sum + k * widest,
                  c->scratch + (size_t)omp_get_thread_num() * c->scratch_size);
    for (size_t k = 0; k < n; k++) {
        double total = 0.0;
        for (size_t s = 0; s < SLICES; s++)
            total += c->sum[s * widest + k];
        c->of.field->value[first + k] = alive > 0.0 ? total / alive : 0.0;
    }
}

/* ---- convolutions ---- */

typedef struct places {
    const fk_crowd_members *m;
    const fk_grid *g;
} places;

/* Along an axis; those beyond an end are in the cell there. */
static size_t cell_of(const fk_axis *a, double x)
{
    const double n = (double)a->cells, u = (x - a->lo) * (n / (a->hi - a->lo));
    return (size_t)fmin(fmax(u, 0.0), n - 1.0);
}

static size_t find_cells(const void *context, size_t b, uint32_t *index)
{
    const places *p = context;
    const double *x = p->m->x(p->m->context, b);
    const uint8_t *status = p->m->status(p->m->context, b);
    size_t n = 0;
    for (size_t j = 0; j < fk_block_lanes(p->m->count, b); j++) {
        if (status[j] != FK_ALIVE)
            continue;
        size_t cell[FK_GRID_DIM] = {0};
        for (size_t i = 0; i < p->g->dim; i++)
            cell[i] = cell_of(&p->g->axis[i], x[i * FK_BLOCK + j]);
        index[n++] = (uint32_t)fk_grid_ravel(p->g, cell);
    }
    return n;
}

static void take_maps(fk_crowd *c, const fk_crowd_members *m, double alive)
{
    const places p = {m, &c->of.field->grid};
    const size_t cells = fk_grid_cells(p.g);
    memset(c->count, 0, cells * sizeof *c->count);
    fk_tally(fk_block_count(m->count), cells, c->count, find_cells, &p);
    for (size_t k = 0; k < cells; k++)
        c->mass[k] = alive > 0.0 ? (double)c->count[k] / alive : 0.0;
    fk_interaction_spread(&c->of, c->mass);
}

/* ---- both ---- */

void fk_crowd_look(fk_crowd *c, double t, const fk_crowd_members *m)
{
    if (!fk_crowd_interacts(c))
        return;
    const double alive = count_alive(m);
    fk_interaction_open(&c->of, t);
    if (c->of.maps != NULL)
        take_maps(c, m, alive);
    for (size_t l = 0; l < c->of.field->n_levels; l++)
        take_level(c, m, l, t, alive);
    fk_interaction_close(&c->of);
    if (c->seen)
        fk_interaction_line(&c->of);
    c->seen = true;
}

bool fk_crowd_keep(fk_crowd *c, const fk_keeper *keeper)
{
    if (!fk_crowd_interacts(c))
        return true;
    fk_mean_field *f = c->of.field;
    const size_t bytes = f->n_values * sizeof(double);
    return fk_keep(keeper, &c->seen, sizeof c->seen) &&
           fk_keep(keeper, &c->of.time, sizeof c->of.time) &&
           fk_keep(keeper, c->of.now, bytes) &&
           fk_keep(keeper, &f->time, sizeof f->time) &&
           fk_keep(keeper, f->value, bytes) && fk_keep(keeper, f->slope, bytes);
}
