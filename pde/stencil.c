#include "pde/stencil.h"

#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/memory.h"
#include "pde/stencil_links.h"

enum { CHUNK = 1024 };

struct fk_stencil {
    size_t row, cells; /* cells along axis 0, and in all */
    size_t chunk;      /* cells of whole rows, about CHUNK */
    size_t n_threads, n_links;
    bool steady;
    fk_stencil_links *links;
};

fk_status fk_stencil_new(size_t n, const fk_direction *d, bool steady, size_t n_threads,
                         fk_stencil **out)
{
    *out = NULL;
    fk_stencil *s = calloc(1, sizeof *s);
    if (s == NULL)
        return FK_ENOMEM;
    s->n_threads = n_threads;
    s->steady = steady;
    s->row = n > 0 ? d->domain.grid.axis[0].cells : 1;
    s->cells = n > 0 ? fk_grid_cells(&d->domain.grid) : 0;
    s->chunk = s->row < CHUNK ? CHUNK / s->row * s->row : s->row;
    s->links = fk_alloc(n, sizeof *s->links);
    fk_status status = s->links != NULL ? FK_OK : FK_ENOMEM;
    for (size_t i = 0; status == FK_OK && i < n; i++) {
        s->n_links = i + 1;
        status = fk_stencil_links_make(&d[i], steady, &s->links[i]);
    }
    if (status != FK_OK)
        fk_stencil_free(s);
    else
        *out = s;
    return status;
}

void fk_stencil_free(fk_stencil *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < s->n_links; i++)
        fk_stencil_links_clear(&s->links[i]);
    free(s->links);
    free(s);
}

void fk_stencil_take(fk_stencil *s)
{
    for (size_t i = 0; i < s->n_links && !s->steady; i++)
        fk_stencil_links_take(&s->links[i]);
}

/* ---- cells side by side ---- */

typedef struct run {
    const double *up, *dn;           /* of the links to the cells ahead */
    const double *up_back, *dn_back; /* of those from the cells behind */
    const double *p, *ahead, *behind;
    double *out;
} run;

typedef void run_work(size_t n, const run *r);

/* out += F_back - F */
FK_CLONES
static void flow(size_t n, const run *r)
{
    const double *restrict up = r->up, *restrict dn = r->dn;
    const double *restrict up_back = r->up_back, *restrict dn_back = r->dn_back;
    const double *restrict p = r->p, *restrict ahead = r->ahead;
    const double *restrict behind = r->behind;
    double *restrict out = r->out;
    for (size_t i = 0; i < n; i++)
        out[i] += (up_back[i] * behind[i] - dn_back[i] * p[i]) -
                  (up[i] * p[i] - dn[i] * ahead[i]);
}

/* The same with one rate for all cells. */
FK_CLONES
static void flow_evenly(size_t n, const run *r)
{
    const double up = *r->up, dn = *r->dn, up_back = *r->up_back, dn_back = *r->dn_back;
    const double *restrict p = r->p, *restrict ahead = r->ahead;
    const double *restrict behind = r->behind;
    double *restrict out = r->out;
    for (size_t i = 0; i < n; i++)
        out[i] += (up_back * behind[i] - dn_back * p[i]) - (up * p[i] - dn * ahead[i]);
}

/* out += up (ahead - p) - dn_back (p - behind) */
FK_CLONES
static void back(size_t n, const run *r)
{
    const double *restrict up = r->up, *restrict dn_back = r->dn_back;
    const double *restrict p = r->p, *restrict ahead = r->ahead;
    const double *restrict behind = r->behind;
    double *restrict out = r->out;
    for (size_t i = 0; i < n; i++)
        out[i] += up[i] * (ahead[i] - p[i]) - dn_back[i] * (p[i] - behind[i]);
}

FK_CLONES
static void back_evenly(size_t n, const run *r)
{
    const double up = *r->up, dn_back = *r->dn_back;
    const double *restrict p = r->p, *restrict ahead = r->ahead;
    const double *restrict behind = r->behind;
    double *restrict out = r->out;
    for (size_t i = 0; i < n; i++)
        out[i] += up * (ahead[i] - p[i]) - dn_back * (p[i] - behind[i]);
}

/* ---- a chunk, by one direction ---- */

typedef struct task {
    const fk_stencil *s;
    bool transposed;
    const double *p;
    double *out;
} task;

/* n cells from `first` on; r has the rates.  The first cells of the grid have nothing behind
 * them and the last nothing ahead: there rates are zero, and p itself is read. */
static void add_run(const task *t, size_t offset, size_t first, size_t n, run r,
                    run_work *work)
{
    const size_t last = t->s->cells - offset, end = first + n;
    while (first < end) {
        const bool starts = first < offset, ends = first >= last;
        size_t stop = end;
        if (starts && offset < stop)
            stop = offset;
        if (!ends && last < stop)
            stop = last;
        r.p = t->p + first;
        r.ahead = ends ? r.p : r.p + offset;
        r.behind = starts ? r.p : r.p - offset;
        r.out = t->out + first;
        work(stop - first, &r);
        r.up += stop - first;
        r.dn += stop - first;
        r.up_back += stop - first;
        r.dn_back += stop - first;
        first = stop;
    }
}

/* Rates from place c of the links' arrays on. */
static run rates_at(const fk_stencil_links *l, size_t c)
{
    return (run){.up = l->up + l->pad + c,
                 .dn = l->dn + l->pad + c,
                 .up_back = l->up + c,
                 .dn_back = l->dn + c};
}

/* Cells first .. first + n - 1, whole rows. */
static void add_links(const task *t, const fk_stencil_links *l, size_t first, size_t n)
{
    run_work *const each = t->transposed ? back : flow;
    run_work *const evenly = t->transposed ? back_evenly : flow_evenly;
    if (!l->line) {
        add_run(t, l->offset, first, n, rates_at(l, first), each);
        return;
    }
    const size_t along = l->d->shape.rows, row = t->s->row;
    if (l->d->march == 0) {
        for (size_t c = first; c < first + n; c += row)
            add_run(t, 1, c, row, rates_at(l, 0), each);
        return;
    }
    for (size_t c = first, m; c < first + n; c += m) {
        const size_t left = l->offset - c % l->offset, rest = first + n - c;
        m = left < rest ? left : rest;
        add_run(t, l->offset, c, m, rates_at(l, c / l->offset % along), evenly);
    }
}

/* ---- the whole ---- */

/* Links from end to end of periodic lines, and those out of the grid. */
static void add_ends(const task *t, const fk_stencil_links *l)
{
    const fk_direction *d = l->d;
    for (size_t i = 0; i < l->n_closing; i++) {
        const fk_closing *c = &l->closing[i];
        const double up = d->up[c->place], dn = d->dn[c->place];
        const double from = t->p[c->from], to = t->p[c->to];
        const double F = up * from - dn * to;
        t->out[c->from] += t->transposed ? up * (to - from) : -F;
        t->out[c->to] += t->transposed ? -dn * (to - from) : F;
    }
    for (size_t e = 0; e < d->n_exits; e++)
        t->out[d->exit[e].cell] -= d->sink[e].rate * t->p[d->exit[e].cell];
}

void fk_stencil_apply(const fk_stencil *s, size_t first, size_t last, bool transposed,
                      const double *p, double *out)
{
    const task t = {s, transposed, p, out};
    const size_t chunks = (s->cells + s->chunk - 1) / s->chunk;
#pragma omp parallel for schedule(static) \
    num_threads((int)s->n_threads) if (s->cells >= FK_PARALLEL_PLACES)
    for (size_t k = 0; k < chunks; k++) {
        const size_t begin = k * s->chunk, rest = s->cells - begin;
        const size_t n = rest < s->chunk ? rest : s->chunk;
        memset(out + begin, 0, n * sizeof *out);
        for (size_t i = first; i < last; i++)
            add_links(&t, &s->links[i], begin, n);
    }
    for (size_t i = first; i < last; i++)
        add_ends(&t, &s->links[i]);
}
