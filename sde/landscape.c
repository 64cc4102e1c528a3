#include "sde/landscape.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sde/small_matrix.h"
#include "solvers/quadrature.h"

enum {
    D = FK_GRID_DIM,
    OUTPUTS = D + 2 * D * D, /* b_i, a_ij, d_j b_i */
    POINTS = 16,             /* of the quadrature on a piece of a line */
    PIECES = 16,
    NEWTON = 60,
    DESCENT = 20000,
};

/* Drift, diffusion and the drift's derivatives at a point. */
typedef struct local {
    double b[D];
    fk_small_matrix a, J;
} local;

typedef struct field {
    size_t dim;
    const fk_grid *grid;
    double lo[D], hi[D]; /* of the box: finite also where the grid is not */
    fk_program *program;
    double *scratch, node[POINTS], weight[POINTS];
} field;

static fk_status field_make(const fk_sde *sde, const fk_grid *grid, field *f)
{
    const size_t d = sde->dim;
    const fk_expr *e[OUTPUTS];
    const fk_binding binding = fk_sde_binding(sde);
    for (size_t i = 0; i < d; i++) {
        e[i] = sde->flux_drift[i];
        for (size_t j = 0; j < d; j++) {
            e[d + i * d + j] = sde->diffusion[i * d + j];
            e[d + d * d + i * d + j] =
                fk_expr_diff(sde->pool, sde->flux_drift[i], sde->variable[j]);
        }
    }
    *f = (field){.dim = d, .grid = grid};
    for (size_t i = 0; i < d; i++) {
        const fk_axis *a = &grid->axis[i];
        f->lo[i] = isinf(a->lo) ? fk_axis_centre(a, 0) : a->lo;
        f->hi[i] = isinf(a->hi) ? fk_axis_centre(a, a->cells - 1) : a->hi;
    }
    if (fk_expr_pool_exhausted(sde->pool))
        return FK_ENOMEM;
    FK_TRY(fk_gauss_legendre(POINTS, f->node, f->weight));
    FK_TRY(fk_program_new(d + 2 * d * d, e, &binding, &f->program));
    f->scratch = fk_doubles(fk_program_scratch(f->program));
    return f->scratch != NULL ? FK_OK : FK_ENOMEM;
}

static local at(const field *f, const double *x)
{
    double out[OUTPUTS];
    local l = {.b = {0.0}};
    const size_t d = f->dim;
    fk_program_point(f->program, 0.0, x, out, f->scratch);
    for (size_t i = 0; i < d; i++) {
        l.b[i] = out[i];
        for (size_t j = 0; j < d; j++) {
            l.a.e[i][j] = out[d + i * d + j];
            l.J.e[i][j] = out[d + d * d + i * d + j];
        }
    }
    return l;
}

/* ---- critical points ---- */

static double width(const field *f, size_t axis)
{
    return f->hi[axis] - f->lo[axis];
}

/* The place at a share of the axis, even as its cells are. */
static double raster(const field *f, size_t axis, double share)
{
    const fk_axis *a = &f->grid->axis[axis];
    return fk_axis_at(a, share * (double)a->cells);
}

static bool inside(const field *f, const double *x)
{
    for (size_t i = 0; i < f->dim; i++)
        if (!(x[i] > f->lo[i] && x[i] < f->hi[i]))
            return false;
    return true;
}

/* In box widths. */
static double distance(const field *f, const double *x, const double *y)
{
    double sum = 0.0;
    for (size_t i = 0; i < f->dim; i++)
        sum = hypot(sum, (x[i] - y[i]) / width(f, i));
    return sum;
}

/* Newton's method for b(x) = 0, steps of at most a tenth of the box. */
static bool newton(const field *f, double *x)
{
    for (int k = 0; k < NEWTON; k++) {
        double step[D], det, size = 0.0;
        const local l = at(f, x);
        if (!fk_small_solve(f->dim, &l.J, l.b, step, &det))
            return false;
        for (size_t i = 0; i < f->dim; i++)
            size = hypot(size, step[i] / width(f, i));
        if (!isfinite(size))
            return false;
        for (size_t i = 0; i < f->dim; i++)
            x[i] -= step[i] * fmin(1.0, 0.1 / size);
        if (size < 1e-13)
            return inside(f, x);
        if (!inside(f, x))
            return false;
    }
    return false;
}

static bool listed(const field *f, size_t n, const fk_critical_point *p,
                   const double *x)
{
    for (size_t i = 0; i < n; i++)
        if (distance(f, p[i].x, x) < 1e-6)
            return true;
    return false;
}

/* Coefficients of the characteristic polynomial of -J = a H, whose eigenvalues are real
 * and have the signs of those of H: sum, sum of pairs, product. */
typedef struct signs {
    double sum, pairs, product;
} signs;

static signs signs_of(size_t d, const fk_small_matrix *J)
{
    signs s = {0.0, 0.0, fk_small_determinant(d, J) * (d % 2 == 1 ? -1.0 : 1.0)};
    for (size_t i = 0; i < d; i++) {
        s.sum -= J->e[i][i];
        for (size_t j = i + 1; j < d; j++)
            s.pairs += J->e[i][i] * J->e[j][j] - J->e[i][j] * J->e[j][i];
    }
    return s;
}

static bool all_positive(size_t d, const signs *s)
{
    return s->sum > 0.0 && s->product > 0.0 && (d < 3 || s->pairs > 0.0);
}

static bool one_negative(size_t d, const signs *s)
{
    return s->product < 0.0 && !(d == 3 && s->sum < 0.0 && s->pairs > 0.0);
}

static void add_point(const field *f, const double *x, fk_landscape *out)
{
    const local l = at(f, x);
    const signs s = signs_of(f->dim, &l.J);
    fk_critical_point p = {.determinant =
                               s.product / fk_small_determinant(f->dim, &l.a)};
    memcpy(p.x, x, f->dim * sizeof *x);
    if (all_positive(f->dim, &s) && out->n_wells < FK_LANDSCAPE_POINTS &&
        !listed(f, out->n_wells, out->well, x)) {
        out->well[out->n_wells++] = p;
    } else if (one_negative(f->dim, &s) && out->n_passes < FK_LANDSCAPE_POINTS &&
               !listed(f, out->n_passes, out->pass, x)) {
        p.mu = -fk_small_positive_eigenvalue(f->dim, &l.J);
        out->pass[out->n_passes++] = p;
    }
}

static void find_points(const field *f, fk_landscape *out)
{
    static const size_t starts[] = {0, 200, 24, 10};
    const size_t n = starts[f->dim];
    size_t all = 1;
    for (size_t i = 0; i < f->dim; i++)
        all *= n;
    for (size_t k = 0; k < all; k++) {
        double x[D];
        size_t rest = k;
        for (size_t i = 0; i < f->dim; i++, rest /= n)
            x[i] = raster(f, i, ((double)(rest % n) + 0.5) / (double)n);
        if (newton(f, x))
            add_point(f, x, out);
    }
}

/* ---- what lies on either side of a pass ---- */

/* The well that steepest descent leads to, FK_LANDSCAPE_POINTS if none. */
static size_t descend(const field *f, const fk_landscape *l, double *x)
{
    const double step = 1e-3;
    for (int k = 0; k < DESCENT; k++) {
        double size = 0.0;
        const local here = at(f, x);
        for (size_t i = 0; i < f->dim; i++)
            size = hypot(size, here.b[i] / width(f, i));
        for (size_t i = 0; i < f->dim; i++)
            x[i] += step * here.b[i] / size;
        if (!(size > 0.0) || !inside(f, x))
            break;
        for (size_t i = 0; i < l->n_wells; i++)
            if (distance(f, l->well[i].x, x) < 3.0 * step)
                return i;
    }
    return FK_LANDSCAPE_POINTS;
}

/* Phi(to) - Phi(from) = - int q . dl along the straight line, q = a^-1 b */
static double climb(const field *f, const double *from, const double *to)
{
    double sum = 0.0;
    for (size_t piece = 0; piece < PIECES; piece++)
        for (size_t k = 0; k < POINTS; k++) {
            double x[D], q[D], det, along = 0.0;
            const double s = ((double)piece + 0.5 + 0.5 * f->node[k]) / PIECES;
            for (size_t i = 0; i < f->dim; i++)
                x[i] = from[i] + s * (to[i] - from[i]);
            const local l = at(f, x);
            if (!fk_small_solve(f->dim, &l.a, l.b, q, &det))
                return (double)NAN;
            for (size_t i = 0; i < f->dim; i++)
                along += q[i] * (to[i] - from[i]);
            sum += 0.5 * f->weight[k] / PIECES * along;
        }
    return -sum;
}

static void cross(const field *f, fk_landscape *l, fk_critical_point *pass)
{
    double v[D];
    const local top = at(f, pass->x);
    fk_small_eigenvector(f->dim, &top.J, -pass->mu, v);
    for (size_t side = 0; side < 2; side++) {
        double x[D], scale = HUGE_VAL;
        for (size_t i = 0; i < f->dim; i++)
            scale = fmin(scale, width(f, i));
        for (size_t i = 0; i < f->dim; i++)
            x[i] = pass->x[i] + (side == 0 ? -1e-3 : 1e-3) * scale * v[i];
        pass->well[side] = descend(f, l, x);
        pass->height[side] = pass->well[side] < FK_LANDSCAPE_POINTS
                                 ? climb(f, l->well[pass->well[side]].x, pass->x)
                                 : (double)NAN;
    }
    const size_t a = pass->well[0], b = pass->well[1];
    if (a >= FK_LANDSCAPE_POINTS || b >= FK_LANDSCAPE_POINTS || a == b)
        return;
    for (size_t side = 0; side < 2; side++)
        l->rate[pass->well[side]][pass->well[1 - side]] +=
            -pass->mu / (2.0 * M_PI) *
            sqrt(l->well[pass->well[side]].determinant / fabs(pass->determinant)) *
            exp(-pass->height[side]);
}

/* ---- the slowest relaxation between wells ---- */

/* In detailed balance S_ij = sqrt(k_ij k_ji), S_ii = -sum_j k_ij has the eigenvalues of
 * the rates' generator. */
static fk_status slowest(fk_landscape *l)
{
    const size_t n = l->n_wells;
    if (n < 2)
        return FK_OK;
    gsl_matrix *S = gsl_matrix_calloc(n, n);
    gsl_vector *value = gsl_vector_calloc(n);
    gsl_eigen_symm_workspace *work = gsl_eigen_symm_alloc(n);
    const bool all = S != NULL && value != NULL && work != NULL;
    if (all) {
        for (size_t i = 0; i < n; i++) {
            double out = 0.0;
            for (size_t j = 0; j < n; j++) {
                out += l->rate[i][j];
                gsl_matrix_set(S, i, j, -sqrt(l->rate[i][j] * l->rate[j][i]));
            }
            gsl_matrix_set(S, i, i, out);
        }
        gsl_eigen_symm(S, value, work);
        double least = HUGE_VAL, second = HUGE_VAL;
        for (size_t i = 0; i < n; i++) {
            const double lambda = gsl_vector_get(value, i);
            second = fmin(second, fmax(lambda, least));
            least = fmin(least, lambda);
        }
        l->slowest = second;
    }
    gsl_matrix_free(S);
    gsl_vector_free(value);
    gsl_eigen_symm_free(work);
    return all ? FK_OK : FK_ENOMEM;
}

/* slope[i][j] = d_j q_i by central differences, q = a^-1 b; false if a is singular. */
static bool slopes(const field *f, const double *x, fk_small_matrix *slope)
{
    for (size_t j = 0; j < f->dim; j++) {
        double low[D], high[D], det, y[D];
        const double h = 1e-5 * width(f, j);
        memcpy(y, x, sizeof y);
        y[j] = x[j] - h;
        const local below = at(f, y);
        y[j] = x[j] + h;
        const local above = at(f, y);
        if (!fk_small_solve(f->dim, &below.a, below.b, low, &det) ||
            !fk_small_solve(f->dim, &above.a, above.b, high, &det))
            return false;
        for (size_t i = 0; i < f->dim; i++)
            slope->e[i][j] = (high[i] - low[i]) / (2.0 * h);
    }
    return true;
}

static bool symmetric(size_t d, const fk_small_matrix *m)
{
    double biggest = 0.0;
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            biggest = fmax(biggest, fabs(m->e[i][j]));
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < i; j++)
            if (!(fabs(m->e[i][j] - m->e[j][i]) <= 1e-5 * biggest))
                return false;
    return true;
}

/* True if q has no curl at the points of a raster. */
static bool is_gradient(const field *f)
{
    static const size_t looks = 7;
    size_t all = 1;
    for (size_t i = 0; i < f->dim; i++)
        all *= looks;
    for (size_t k = 0; k < all; k++) {
        fk_small_matrix slope;
        double x[D] = {0.0};
        size_t rest = k;
        for (size_t i = 0; i < f->dim; i++, rest /= looks)
            x[i] = raster(f, i, ((double)(rest % looks) + 0.47) / (double)looks);
        if (!slopes(f, x, &slope) || !symmetric(f->dim, &slope))
            return false;
    }
    return true;
}

fk_status fk_landscape_find(const fk_sde *sde, const fk_grid *grid, fk_landscape *out)
{
    field f;
    *out = (fk_landscape){.known = false};
    fk_status status = field_make(sde, grid, &f);
    if (status == FK_OK && is_gradient(&f)) {
        out->known = true;
        find_points(&f, out);
        for (size_t i = 0; i < out->n_passes; i++)
            cross(&f, out, &out->pass[i]);
        status = slowest(out);
    }
    fk_program_free(f.program);
    free(f.scratch);
    return status;
}
