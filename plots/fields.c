#include "plots/fields.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "plots/tics.h"

const double *fk_snapshot_law(const fk_snapshot *s)
{
    return s->pde != NULL ? s->pde : s->exact;
}

const char *fk_snapshot_law_name(const fk_snapshot *s)
{
    return s->pde != NULL ? "Fokker–Planck" : "exact";
}

double fk_field_peak(const fk_grid *g, const double *p)
{
    const size_t cells = fk_grid_cells(g);
    const bool even = !fk_grid_stretched(g);
    double peak = 0;
    for (size_t c = 0; p != NULL && c < cells; c++)
        peak = fmax(peak, even ? p[c] : p[c] / fk_grid_slope(g, c));
    return peak;
}

double fk_field_quantile(const fk_axis *a, const double *p, double q)
{
    const fk_axis even = fk_axis_even(a);
    double total = 0, below = 0;
    for (size_t i = 0; i < a->cells; i++)
        total += p[i];
    for (size_t i = 0; i < a->cells; i++) {
        if (p[i] > 0 && below + p[i] >= q * total)
            return fk_axis_edge(&even, i) +
                   (q * total - below) / p[i] * fk_axis_width(a);
        below += p[i];
    }
    return (double)NAN;
}

const double *fk_initial_density(const fk_result *r)
{
    return r->n_snapshots > 0 ? fk_snapshot_law(&r->snapshot[0]) : NULL;
}

/* The stored forward densities next to t on either side. */
typedef struct bracket {
    double below_t, above_t;
    const double *below, *above;
} bracket;

static void narrow(bracket *b, double t, double stored_t, const double *stored)
{
    if (stored == NULL)
        return;
    if (stored_t <= t && (b->below == NULL || stored_t > b->below_t)) {
        b->below = stored;
        b->below_t = stored_t;
    }
    if (stored_t >= t && (b->above == NULL || stored_t < b->above_t)) {
        b->above = stored;
        b->above_t = stored_t;
    }
}

bool fk_forward_density(const fk_result *r, double t, double *p)
{
    const size_t cells = fk_grid_cells(&r->problem->domain.grid);
    bracket b = {.below = NULL};
    for (size_t i = 0; i < r->n_snapshots; i++)
        narrow(&b, t, r->snapshot[i].t, fk_snapshot_law(&r->snapshot[i]));
    for (size_t i = 0; r->frame_pde != NULL && i < r->n_frames; i++)
        narrow(&b, t, r->frame_time[i], r->frame_pde[i]);
    if (b.below == NULL || b.above == NULL)
        return false;
    const double gap = b.above_t - b.below_t;
    const double weight = gap > 0 ? (t - b.below_t) / gap : 0;
    for (size_t c = 0; c < cells; c++)
        p[c] = (1 - weight) * b.below[c] + weight * b.above[c];
    return true;
}

static double uniform(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return ((double)(*state >> 11) + 0.5) / 9007199254740992.0;
}

static void write_point(FILE *out, const fk_grid *g, const double *x)
{
    for (size_t i = 0; i < g->dim; i++)
        fprintf(out, "%s%.6g", i > 0 ? "\t" : "", fk_tics_place(&g->axis[i], x[i]));
    fputc('\n', out);
}

/* Systematic sampling: the k-th point falls where the running sum passes k + 1/2. */
static void draw_from(FILE *out, const fk_grid *g, const double *p, size_t most)
{
    const fk_grid even = fk_grid_even(g);
    const size_t cells = fk_grid_cells(g);
    double total = 0, sum = 0;
    uint64_t random = 1;
    for (size_t c = 0; c < cells; c++)
        total += p[c];
    for (size_t c = 0, k = 0; c < cells && total > 0; c++) {
        sum += p[c] * (double)most / total;
        for (; k < most && (double)k + 0.5 < sum; k++) {
            double x[FK_GRID_DIM];
            fk_grid_centre(&even, c, x);
            for (size_t i = 0; i < g->dim; i++)
                x[i] += (uniform(&random) - 0.5) * fk_axis_width(&g->axis[i]);
            write_point(out, &even, x);
        }
    }
}

void fk_dots_write(FILE *out, const fk_grid *g, size_t n, const double *points,
                   const double *p, size_t most)
{
    if (points != NULL)
        for (size_t i = 0; i < n && i < most; i++)
            write_point(out, g, points + i * g->dim);
    else if (p != NULL)
        draw_from(out, g, p, most);
}
