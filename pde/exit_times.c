#include "pde/exit_times.h"

#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

/* -L^T on a set of cells. */
typedef struct backward {
    size_t cells, n;
    size_t *index; /* [cells] */
    fk_sparse_lu *lu;
    double *b, *x; /* [n] */
} backward;

static void backward_clear(backward *w)
{
    fk_sparse_lu_free(w->lu);
    free(w->index);
    free(w->b);
}

/* On the cells that are not left out. */
static fk_status backward_make(const fk_generator *g, const bool *left_out, backward *w,
                               fk_message *message)
{
    *w = (backward){.cells = g->cells};
    w->index = fk_alloc(g->cells, sizeof *w->index);
    if (w->index == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for exit times");
    for (size_t c = 0; c < g->cells; c++)
        w->index[c] = left_out[c] ? FK_NO_CELL : w->n++;
    w->b = fk_doubles(2 * w->n + 1);
    if (w->b == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for exit times");
    w->x = w->b + w->n;
    return w->n > 0 ? fk_generator_factor(g, 0.0, w->index, w->n, &w->lu, message)
                    : FK_OK;
}

/* -L^T u = source; `elsewhere` on the other cells. */
static void backward_solve(const backward *w, const double *source, double factor,
                           double elsewhere, double *u)
{
    for (size_t c = 0; c < w->cells; c++)
        if (w->index[c] != FK_NO_CELL)
            w->b[w->index[c]] = factor * (source != NULL ? source[c] : 1.0);
    if (w->n > 0)
        fk_sparse_lu_solve_transpose(w->lu, w->b, w->x);
    for (size_t c = 0; c < w->cells; c++)
        u[c] = w->index[c] != FK_NO_CELL ? w->x[w->index[c]] : elsewhere;
}

static fk_exit_face *face_of(fk_exit_times *e, size_t axis, size_t side)
{
    for (size_t f = 0; f < e->n_faces; f++)
        if (e->face[f].axis == axis && e->face[f].side == side)
            return &e->face[f];
    return NULL;
}

static fk_status allocate(const fk_generator *g, fk_exit_times *e)
{
    bool seen[FK_GRID_DIM][2] = {{false}};
    for (size_t k = 0; k < g->n_outs; k++)
        seen[g->out[k].axis][g->out[k].side] = true;
    *e = (fk_exit_times){.cells = g->cells};
    e->mean = fk_doubles(g->cells);
    e->square = fk_doubles(g->cells);
    bool all = e->mean != NULL && e->square != NULL;
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        for (size_t side = 0; side < 2; side++) {
            if (!seen[a][side])
                continue;
            fk_exit_face *f = &e->face[e->n_faces++];
            *f = (fk_exit_face){a, side, fk_doubles(g->cells), fk_doubles(g->cells)};
            all = all && f->probability != NULL && f->time != NULL;
        }
    return all ? FK_OK : FK_ENOMEM;
}

/* h of every face, on the cells that are not trapped. */
static fk_status solve_faces(const fk_generator *g, const bool *trapped,
                             fk_exit_times *e, fk_message *message)
{
    backward w;
    double *out = fk_doubles(g->cells);
    fk_status status = out != NULL ? backward_make(g, trapped, &w, message) : FK_ENOMEM;
    for (size_t f = 0; status == FK_OK && f < e->n_faces; f++) {
        for (size_t c = 0; c < g->cells; c++)
            out[c] = 0.0;
        for (size_t k = 0; k < g->n_outs; k++)
            if (face_of(e, g->out[k].axis, g->out[k].side) == &e->face[f])
                out[g->out[k].cell] += g->out[k].rate;
        backward_solve(&w, out, 1.0, 0.0, e->face[f].probability);
    }
    if (out != NULL)
        backward_clear(&w);
    free(out);
    return status;
}

/* Times on the cells from which no trap can be reached. */
static fk_status solve_times(const fk_generator *g, const bool *may_stay,
                             fk_exit_times *e, fk_message *message)
{
    backward w;
    const fk_status status = backward_make(g, may_stay, &w, message);
    if (status == FK_OK) {
        backward_solve(&w, NULL, 1.0, HUGE_VAL, e->mean);
        backward_solve(&w, e->mean, 2.0, HUGE_VAL, e->square);
        for (size_t f = 0; f < e->n_faces; f++)
            backward_solve(&w, e->face[f].probability, 1.0, (double)NAN,
                           e->face[f].time);
    }
    backward_clear(&w);
    return status;
}

static fk_status check_rounding(const fk_generator *g, const bool *may_stay,
                                fk_exit_times *e, fk_message *message)
{
    for (size_t c = 0; c < g->cells; c++) {
        double sum = 0.0;
        for (size_t f = 0; f < e->n_faces; f++)
            sum += e->face[f].probability[c];
        if (!may_stay[c] && !(fabs(sum - 1.0) <= e->rounding))
            e->rounding = fabs(sum - 1.0);
    }
    return e->rounding <= 0.01
               ? FK_OK
               : fk_fail(
                     message, FK_ESINGULAR,
                     "leaving is so rare that rounding hides it: probabilities are "
                     "off by %.2g; in double precision a mean exit time can be some "
                     "1e15 times that between cells",
                     e->rounding);
}

static fk_status solve(const fk_generator *g, size_t *trap, bool *stays,
                       fk_exit_times *e, fk_message *message)
{
    size_t n_traps;
    FK_TRY(fk_generator_traps(g, trap, &n_traps));
    for (size_t c = 0; c < g->cells; c++)
        stays[c] = trap[c] != FK_NO_CELL;
    FK_TRY(solve_faces(g, stays, e, message));
    FK_TRY(fk_generator_reach(g, stays));
    e->escapes = n_traps == 0;
    FK_TRY(solve_times(g, stays, e, message));
    return check_rounding(g, stays, e, message);
}

fk_status fk_exit_times_solve(const fk_generator *g, fk_exit_times *out,
                              fk_message *message)
{
    size_t *trap = fk_alloc(g->cells, sizeof *trap);
    bool *stays = fk_alloc(g->cells, sizeof *stays);
    fk_status status = trap != NULL && stays != NULL ? FK_OK : FK_ENOMEM;
    *out = (fk_exit_times){0};
    if (status == FK_OK)
        status = allocate(g, out);
    if (status == FK_OK)
        status = solve(g, trap, stays, out, message);
    if (status != FK_OK)
        fk_exit_times_clear(out);
    free(trap);
    free(stays);
    return status;
}

void fk_exit_times_clear(fk_exit_times *e)
{
    free(e->mean);
    free(e->square);
    for (size_t f = 0; f < e->n_faces; f++) {
        free(e->face[f].probability);
        free(e->face[f].time);
    }
    *e = (fk_exit_times){0};
}
