/* What is asked of a spectral density: cell averages, masses, current, tails. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "pde/spectral_parts.h"

enum { BANDS = 6 }; /* that an axis's waves are looked at in */

/* Bands that fall no faster than SLOWEST count as if they did; a band GAP times larger than the
 * one before shows that there are gaps, and that what follows may be as large. */
static const double SLOWEST = 0.9, GAP = 10.0;

/* sum_m c_m prod_i v_i[m_i] */
static double functional(const fk_basis *b, const double *const *v, const double *c)
{
    double sum = 0.0;
    for (size_t m2 = 0; m2 < b[2].modes; m2++)
        for (size_t m1 = 0; m1 < b[1].modes; m1++) {
            const double outer = v[2][m2] * v[1][m1];
            double part = 0.0;
            for (size_t m0 = 0; m0 < b[0].modes; m0++)
                part += v[0][m0] * *c++;
            sum += outer * part;
        }
    return sum;
}

/* norm[b], L2, of the modes of an axis in the b-th sixth of its waves; norm[0]: the
 * constants. */
static void bands(const fk_basis *b, size_t axis, const double *c, double *norm)
{
    double most = 0.0;
    for (size_t m = 0; m < b[axis].modes; m++)
        most = fmax(most, b[axis].kappa[m]);
    memset(norm, 0, (BANDS + 1) * sizeof *norm);
    for (size_t m2 = 0; m2 < b[2].modes; m2++)
        for (size_t m1 = 0; m1 < b[1].modes; m1++)
            for (size_t m0 = 0; m0 < b[0].modes; m0++, c++) {
                const size_t m[FK_GRID_DIM] = {m0, m1, m2};
                const double band = ceil(BANDS * b[axis].kappa[m[axis]] / most);
                norm[(size_t)fmin(band, BANDS)] +=
                    b[0].weight[m0] * b[1].weight[m1] * b[2].weight[m2] * *c * *c;
            }
    for (size_t k = 0; k <= BANDS; k++)
        norm[k] = sqrt(norm[k]);
}

double fk_spectral_tail(const fk_basis *b, size_t axis, const double *c)
{
    double norm[BANDS + 1], bump = 0.0;
    bands(b, axis, c, norm);
    for (size_t k = 2; k <= BANDS; k++)
        if (norm[k] > GAP * norm[k - 1])
            bump = fmax(bump, norm[k]);
    const double last = norm[BANDS], before = norm[BANDS - 1];
    const double ratio = before > 0.0 ? fmin(last / before, SLOWEST) : SLOWEST;
    return b[0].length * b[1].length * b[2].length *
           fmax(last * ratio / (1.0 - ratio), bump);
}

fk_status fk_spectral_slab(const fk_basis *basis, const double *c, size_t axis,
                           double a, double b, const fk_domain *domain, double *mass)
{
    double *all = fk_doubles(basis[0].modes + basis[1].modes + basis[2].modes);
    const double *v[FK_GRID_DIM];
    if (all == NULL)
        return FK_ENOMEM;
    double *next = all;
    for (size_t i = 0; i < FK_GRID_DIM; i++) {
        double from = basis[i].lo, to = from + basis[i].length;
        if (i == axis) {
            from = a;
            to = b;
        } else if (i < axis && domain != NULL) {
            from = domain->grid.axis[i].lo;
            to = domain->grid.axis[i].hi;
        }
        fk_basis_integral(&basis[i], from, to, next);
        v[i] = next;
        next += basis[i].modes;
    }
    *mass = functional(basis, v, c);
    free(all);
    return FK_OK;
}

/* ---- on the cells ---- */

/* Points along an axis of the domain: cell centres. */
static double *cell_centres(const fk_axis *a)
{
    double *x = fk_doubles(a->cells);
    for (size_t j = 0; x != NULL && j < a->cells; j++)
        x[j] = fk_axis_centre(a, j);
    return x;
}

/* out[cells] = sum of the modes, by axis in the form given. */
static fk_status on_cells(const fk_spectral *s, const fk_basis_form *form, double *out)
{
    const fk_basis *b = s->op->basis;
    const fk_grid *g = &s->domain.grid;
    size_t size[FK_GRID_DIM] = {b[0].modes, b[1].modes, b[2].modes};
    const double *from = s->y;
    double *held = NULL;
    fk_status status = FK_OK;
    for (size_t i = 0; status == FK_OK && i < g->dim; i++) {
        const fk_axis *a = &g->axis[i];
        const size_t inner = (i > 0 ? size[0] : 1) * (i > 1 ? size[1] : 1);
        const size_t outer = (i < 1 ? size[1] : 1) * (i < 2 ? size[2] : 1);
        double *x = cell_centres(a);
        double *to = i + 1 < g->dim ? fk_doubles(inner * a->cells * outer) : out;
        status = x == NULL || to == NULL
                     ? FK_ENOMEM
                     : fk_basis_sum(&b[i], form[i], fk_axis_width(a), a->cells, x,
                                    inner, outer, from, to);
        free(x);
        free(held);
        size[i] = a->cells;
        from = to;
        held = to != out ? to : NULL;
    }
    free(held);
    return status;
}

/* Mass beyond open faces, by the first axis that it is outside of. */
static fk_status beyond(fk_spectral *s)
{
    const fk_spectral_shape *box = &s->shape;
    for (size_t i = 0; i < s->domain.grid.dim; i++) {
        const fk_axis *a = &s->domain.grid.axis[i];
        double *left = s->ledger.left[i];
        if (box->lo[i] < a->lo)
            FK_TRY(fk_spectral_slab(s->op->basis, s->y, i, box->lo[i], a->lo,
                                    &s->domain, &left[0]));
        if (box->hi[i] > a->hi)
            FK_TRY(fk_spectral_slab(s->op->basis, s->y, i, a->hi, box->hi[i],
                                    &s->domain, &left[1]));
    }
    return FK_OK;
}

fk_status fk_spectral_measure(fk_spectral *s)
{
    static const fk_basis_form form[] = {FK_AVERAGE, FK_AVERAGE, FK_AVERAGE};
    const fk_spectral_operator *op = s->op;
    FK_TRY(on_cells(s, form, s->density));
    FK_TRY(beyond(s));
    for (size_t k = 0; k < op->n_faces; k++)
        s->ledger.left[op->face_axis[k]][op->face_side[k]] = s->y[op->modes + k];
    s->ledger.inside = fk_density_mass(&s->domain.grid, s->density);
    s->ledger.minimum =
        fmin(s->ledger.minimum, fk_density_min(&s->domain.grid, s->density));
    return FK_OK;
}

/* ---- current ---- */

/* J_i = b_i p - sum_j a_ij d_j p at cell centres, a block at a time. */
static void add_current(const fk_spectral *s, const double *p,
                        const double *const *slope, double *const *current,
                        double *rows, double *scratch)
{
    const size_t dim = s->sde->dim, terms = fk_spectral_terms(s->op);
    double *out[FK_SPECTRAL_TERMS];
    double *x[FK_GRID_DIM];
    for (size_t i = 0; i < FK_GRID_DIM; i++)
        x[i] = rows + i * FK_BLOCK;
    for (size_t k = 0; k < terms; k++)
        out[k] = rows + (FK_GRID_DIM + k) * FK_BLOCK;
    for (size_t first = 0; first < s->cells; first += FK_BLOCK) {
        for (size_t j = 0; j < FK_BLOCK; j++) {
            double at[FK_GRID_DIM];
            fk_grid_centre(&s->domain.grid, first + j < s->cells ? first + j : first,
                           at);
            for (size_t i = 0; i < dim; i++)
                x[i][j] = at[i];
        }
        fk_program_run(s->op->program, s->time, (const double *const *)x, out, scratch);
        for (size_t i = 0; i < dim; i++)
            for (size_t j = 0; j < FK_BLOCK && first + j < s->cells; j++) {
                double J = out[i][j] * p[first + j];
                for (size_t q = 0; q < dim; q++)
                    J -= out[dim * (i + 1) + q][j] * slope[q][first + j];
                current[i][first + j] = J;
            }
    }
}

fk_status fk_spectral_current(const fk_spectral *s, double *const *current)
{
    const size_t dim = s->sde->dim, rows = FK_GRID_DIM + fk_spectral_terms(s->op);
    double *field = fk_doubles((dim + 1) * s->cells);
    double *work = fk_doubles(rows * FK_BLOCK + fk_program_scratch(s->op->program));
    const double *slope[FK_GRID_DIM] = {NULL};
    fk_status status = field == NULL || work == NULL ? FK_ENOMEM : FK_OK;
    for (size_t i = 0; status == FK_OK && i <= dim; i++) {
        fk_basis_form form[FK_GRID_DIM] = {FK_VALUE, FK_VALUE, FK_VALUE};
        if (i < dim) {
            form[i] = FK_SLOPE;
            slope[i] = field + i * s->cells;
        }
        status = on_cells(s, form, field + i * s->cells);
    }
    if (status == FK_OK)
        add_current(s, field + dim * s->cells, slope, current, work,
                    work + rows * FK_BLOCK);
    free(field);
    free(work);
    return status;
}
