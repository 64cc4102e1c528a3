#include "sampling/crowd.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/boundary.h"
#include "sampling/march.h"
#include "sampling/rows.h"

enum { SLICES = 64, PARTS = 8 };

/* Scratch of a thread: pointers to inputs and outputs, the outputs, the program's own. */
static size_t scratch_size(const fk_crowd *c)
{
    return fk_rows_scratch(c->view.dim) + fk_rows_scratch(c->widest) +
           c->widest * FK_BLOCK + fk_mean_field_scratch(c->field);
}

fk_status fk_crowd_init(fk_crowd *c, const fk_sde *sde)
{
    *c = (fk_crowd){.field = NULL};
    FK_TRY(fk_sde_observe(sde, &c->view, &c->field));
    if (c->field == NULL)
        return FK_OK;
    c->widest = fk_mean_field_widest(c->field);
    c->n_threads = (size_t)omp_get_max_threads();
    c->scratch_size = fk_padded(scratch_size(c));
    c->now = fk_doubles(c->field->n);
    c->after = fk_doubles(c->field->n);
    c->sum = fk_doubles(SLICES * c->widest);
    c->scratch = fk_doubles(c->n_threads * c->scratch_size);
    const bool whole =
        c->now != NULL && c->after != NULL && c->sum != NULL && c->scratch != NULL;
    return whole ? FK_OK : FK_ENOMEM;
}

void fk_crowd_clear(fk_crowd *c)
{
    fk_mean_field_free(c->field);
    free(c->now);
    free(c->after);
    free(c->sum);
    free(c->scratch);
    *c = (fk_crowd){.field = NULL};
}

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
    const size_t n = c->field->first[l + 1] - c->field->first[l];
    const double **x = (const double **)(void *)scratch;
    double *pointers = scratch + fk_rows_scratch(c->view.dim);
    double *values = pointers + fk_rows_scratch(n);
    double **e = fk_rows(values, n, pointers);
    for (size_t b = first; b < end; b++) {
        for (size_t i = 0; i < c->view.dim; i++)
            x[i] = m->x(m->context, b) + i * FK_BLOCK;
        fk_program_run(c->field->integrand[l], t, x, e, values + n * FK_BLOCK);
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
    const size_t first = c->field->first[l], n = c->field->first[l + 1] - first;
    memset(c->sum, 0, SLICES * widest * sizeof *c->sum);
#pragma omp parallel for default(none) firstprivate(c, m, l, t, blocks, widest) \
    schedule(static) num_threads((int)c->n_threads)
    for (size_t k = 0; k < SLICES; k++)
        sum_slice(c, m, l, t, blocks * k / SLICES, blocks * (k + 1) / SLICES,
                  c->sum + k * widest,
                  c->scratch + (size_t)omp_get_thread_num() * c->scratch_size);
    for (size_t k = 0; k < n; k++) {
        double total = 0.0;
        for (size_t s = 0; s < SLICES; s++)
            total += c->sum[s * widest + k];
        c->field->value[first + k] = alive > 0.0 ? total / alive : 0.0;
    }
}

void fk_crowd_look(fk_crowd *c, double t, const fk_crowd_members *m)
{
    if (c->field == NULL)
        return;
    const double alive = count_alive(m);
    fk_mean_field_hold(c->field, t);
    for (size_t l = 0; l < c->field->n_levels; l++)
        take_level(c, m, l, t, alive);
    memcpy(c->after, c->field->value, c->field->n * sizeof *c->after);
    if (c->seen)
        fk_mean_field_lead(c->field, c->time, c->now, t, c->after);
    memcpy(c->now, c->after, c->field->n * sizeof *c->now);
    c->time = t;
    c->seen = true;
}

bool fk_crowd_keep(fk_crowd *c, const fk_keeper *keeper)
{
    if (c->field == NULL)
        return true;
    const size_t bytes = c->field->n * sizeof(double);
    return fk_keep(keeper, &c->seen, sizeof c->seen) &&
           fk_keep(keeper, &c->time, sizeof c->time) &&
           fk_keep(keeper, c->now, bytes) &&
           fk_keep(keeper, &c->field->time, sizeof c->field->time) &&
           fk_keep(keeper, c->field->value, bytes) &&
           fk_keep(keeper, c->field->slope, bytes);
}
