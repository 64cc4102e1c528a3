#include "pde/modes.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

enum { ATTEMPTS = 4, MOST = 64 };

/* About the slowest rate of diffusion across the box. */
static double first_shift(const fk_generator *g)
{
    const fk_grid *grid = &g->domain.grid;
    size_t most = 1;
    for (size_t a = 0; a < grid->dim; a++)
        most = grid->axis[a].cells > most ? grid->axis[a].cells : most;
    const double wave = M_PI / (double)most;
    return 0.5 * g->fastest * wave * wave / (double)grid->dim;
}

static void apply(void *context, const double *x, double *y)
{
    fk_sparse_lu_solve(context, x, y);
}

static void apply_transpose(void *context, const double *x, double *y)
{
    fk_sparse_lu_solve_transpose(context, x, y);
}

/* mu -> lambda = shift - 1 / mu */
static void shift_back(fk_eigen_set *set, double shift)
{
    for (size_t j = 0; j < set->k; j++) {
        fk_eigen *e = &set->pair[j];
        const double square = e->re * e->re + e->im * e->im;
        e->re = shift - e->re / square;
        e->im = e->im / square;
    }
}

static int slowest_first(const void *a, const void *b)
{
    const fk_eigen *p = a, *q = b;
    if (p->re > q->re || p->re < q->re)
        return p->re > q->re ? -1 : 1;
    return fabs(p->im) < fabs(q->im) ? -1 : fabs(p->im) > fabs(q->im) ? 1 : 0;
}

/* Drops the second of each pair and sorts by the real part. */
static void sort_modes(fk_eigen_set *set)
{
    size_t kept = 0;
    for (size_t j = 0; j < set->k; j++)
        if (set->pair[j].im >= 0.0)
            set->pair[kept++] = set->pair[j];
    set->k = kept;
    qsort(set->pair, kept, sizeof *set->pair, slowest_first);
}

/* ---- scales: which multiple of a mode is shown ---- */

/* (u + i v) *= (c + i s), v may be NULL if s = 0 */
static void multiply(size_t n, double *u, double *v, double c, double s)
{
    for (size_t i = 0; i < n; i++) {
        const double re = u[i], im = v != NULL ? v[i] : 0.0;
        u[i] = c * re - s * im;
        if (v != NULL)
            v[i] = s * re + c * im;
    }
}

static double modulus(double *const f[2], size_t i)
{
    return f[1] != NULL ? hypot(f[0][i], f[1][i]) : fabs(f[0][i]);
}

/* The first cell that is large: equal extremes of a symmetric mode differ by rounding. */
static size_t peak(size_t n, double *const f[2])
{
    double most = 0.0;
    size_t i = 0;
    for (size_t k = 0; k < n; k++)
        most = fmax(most, modulus(f, k));
    while (modulus(f, i) < 0.99 * most)
        i++;
    return i;
}

static void scale_right(const fk_generator *g, fk_mode *m)
{
    double sum = 0.0;
    for (size_t i = 0; i < g->cells; i++)
        sum += modulus(m->right, i);
    const size_t top = peak(g->cells, m->right);
    const double size = modulus(m->right, top);
    const double scale = 1.0 / (size * sum * fk_grid_volume(&g->domain.grid));
    const double im = m->right[1] != NULL ? m->right[1][top] : 0.0;
    multiply(g->cells, m->right[0], m->right[1], m->right[0][top] * scale, -im * scale);
}

static void scale_left(const fk_generator *g, fk_mode *m)
{
    const size_t n = g->cells;
    const double size = modulus(m->left, peak(n, m->left));
    double re = 0.0, im = 0.0; /* sum l r V */
    for (size_t i = 0; i < n; i++) {
        const double a = m->left[0][i], b = m->left[1] != NULL ? m->left[1][i] : 0.0;
        const double c = m->right[0][i], d = m->right[1] != NULL ? m->right[1][i] : 0.0;
        re += a * c - b * d;
        im += a * d + b * c;
    }
    const double volume = fk_grid_volume(&g->domain.grid);
    const double square = (re * re + im * im) * volume;
    if (hypot(re, im) * volume > 1e-8 * size)
        multiply(n, m->left[0], m->left[1], re / square, -im / square);
    else
        multiply(n, m->left[0], m->left[1], 1.0 / size, 0.0);
}

/* ---- collecting ---- */

static void copy_field(const fk_modes *m, const fk_eigen *e, double *const to[2])
{
    for (size_t i = 0; i < m->cells; i++) {
        to[0][i] = e->u[i];
        if (to[1] != NULL)
            to[1][i] = e->v[i];
    }
}

/* Room for n modes: four fields each. */
static fk_status allocate(const fk_generator *g, const fk_eigen_set *right, size_t k,
                          fk_modes *out)
{
    out->cells = g->cells;
    out->n = k < right->k ? k : right->k;
    out->mode = fk_alloc(out->n, sizeof *out->mode);
    out->field = fk_doubles(4 * out->n * g->cells);
    if (out->mode == NULL || out->field == NULL)
        return FK_ENOMEM;
    for (size_t j = 0; j < out->n; j++) {
        const fk_eigen *e = &right->pair[j];
        double *field = out->field + 4 * j * g->cells;
        out->mode[j] = (fk_mode){.re = e->re, .im = e->im};
        out->mode[j].right[0] = field;
        out->mode[j].right[1] = e->v != NULL ? field + g->cells : NULL;
        copy_field(out, e, out->mode[j].right);
        scale_right(g, &out->mode[j]);
    }
    return FK_OK;
}

/* The left vector of the eigenvalue nearest to a mode's among those not yet taken. */
static fk_eigen *nearest(fk_eigen_set *left, const fk_mode *m)
{
    fk_eigen *best = NULL;
    double distance = HUGE_VAL;
    for (size_t j = 0; j < left->k; j++) {
        fk_eigen *e = &left->pair[j];
        const double d = hypot(e->re - m->re, e->im - m->im);
        if (e->u != NULL && (e->v != NULL) == (m->right[1] != NULL) && d < distance) {
            distance = d;
            best = e;
        }
    }
    return best;
}

static void add_left(const fk_generator *g, fk_eigen_set *left, fk_modes *out)
{
    for (size_t j = 0; j < out->n; j++) {
        fk_mode *m = &out->mode[j];
        fk_eigen *e = nearest(left, m);
        if (e == NULL)
            continue;
        m->left[0] = out->field + (4 * j + 2) * g->cells;
        m->left[1] = e->v != NULL ? m->left[0] + g->cells : NULL;
        copy_field(out, e, m->left);
        scale_left(g, m);
        e->u = NULL;
    }
}

static fk_status eigenvalues(fk_sparse_lu *lu,
                             void (*how)(void *, const double *, double *),
                             double shift, size_t count, fk_eigen_set *set,
                             fk_message *message)
{
    const fk_operator inverse = {fk_sparse_lu_size(lu), how, lu};
    FK_TRY(fk_eigen_largest(&inverse, count, set, message));
    shift_back(set, shift);
    sort_modes(set);
    return FK_OK;
}

/* ---- looking far enough ---- */

/* A search: the `count` eigenvalues nearest to the shift, and up to which imaginary part
 * the k of them with the largest real part are all there are. */
typedef struct search {
    size_t k, count;
    double shift, reach;
    fk_sparse_lu *lu;
    fk_eigen_set right;
} search;

static double last_of(const search *s)
{
    return s->right.pair[s->k < s->right.k ? s->k - 1 : s->right.k - 1].re;
}

/* Distance from the shift to the farthest of the first n. */
static double radius(const search *s, size_t n)
{
    double most = 0.0;
    for (size_t j = 0; j < n && j < s->right.k; j++)
        most = fmax(most, hypot(s->shift - s->right.pair[j].re, s->right.pair[j].im));
    return most;
}

/* How many eigenvalues are as near as the k wanted ones, conjugates counted. */
static size_t as_near(const search *s)
{
    size_t n = 0;
    const double most = radius(s, s->k) * (1.0 + 1e-9);
    for (size_t j = 0; j < s->right.k; j++) {
        const fk_eigen *e = &s->right.pair[j];
        if (hypot(s->shift - e->re, e->im) <= most)
            n += e->im > 0.0 ? 2 : 1;
    }
    return n < s->count ? n : s->count;
}

/* What is not among the nearest lies outside the circle through the farthest of them. */
static double reach_of(const search *s)
{
    const double all = radius(s, s->right.k);
    const double last = s->shift - last_of(s);
    return all > last ? sqrt(all * all - last * last) : 0.0;
}

/* The imaginary part up to which to look: where turning modes decay with the square of
 * their frequency, as fast as the last one wanted. */
static double wanted_reach(const search *s)
{
    double wanted = 0.0;
    for (size_t j = 0; j < s->right.k; j++) {
        const fk_eigen *e = &s->right.pair[j];
        const double top = s->right.pair[0].re;
        if (e->im > 0.0 && e->re < top)
            wanted = fmax(wanted, e->im * sqrt((top - last_of(s)) / (top - e->re)));
    }
    return 1.1 * wanted;
}

static void forget(search *s)
{
    fk_sparse_lu_free(s->lu);
    s->lu = NULL;
    fk_eigen_clear(&s->right);
}

static fk_status look(const fk_generator *g, search *s, fk_message *message)
{
    forget(s);
    FK_TRY(fk_generator_factor(g, s->shift, NULL, g->cells, &s->lu, message));
    FK_TRY(eigenvalues(s->lu, apply, s->shift, s->count, &s->right, message));
    s->reach = reach_of(s);
    return FK_OK;
}

/* Eigenvalues near the shift are not always far right: with turning modes about, again
 * with more of them and a shift farther out, for which nearer means farther right. */
static fk_status look_far(const fk_generator *g, search *s, fk_message *message)
{
    const size_t most = g->cells - 3 < MOST ? g->cells - 3 : MOST;
    s->shift = first_shift(g);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        s->count = attempt == 0 ? s->k + 8 : 2 * s->count;
        s->count = s->count < most ? s->count : most;
        FK_TRY(look(g, s, message));
        const double wanted = wanted_reach(s);
        if (s->reach >= wanted)
            break;
        s->shift = fmax(wanted, s->shift);
    }
    return FK_OK;
}

static fk_status solve(const fk_generator *g, size_t k, bool both, fk_modes *out,
                       fk_message *message)
{
    assert(k > 0 && g->cells >= 16);
    search s = {.k = k};
    fk_eigen_set left = {0};
    *out = (fk_modes){0};
    fk_status status = look_far(g, &s, message);
    if (status == FK_OK && both)
        status =
            eigenvalues(s.lu, apply_transpose, s.shift, as_near(&s), &left, message);
    if (status == FK_OK)
        status = allocate(g, &s.right, k, out);
    if (status == FK_OK) {
        out->reach = s.reach;
        add_left(g, &left, out);
    } else
        fk_modes_clear(out);
    forget(&s);
    fk_eigen_clear(&left);
    return status;
}

fk_status fk_modes_right(const fk_generator *g, size_t k, fk_modes *out,
                         fk_message *message)
{
    return solve(g, k, false, out, message);
}

fk_status fk_modes_both(const fk_generator *g, size_t k, fk_modes *out,
                        fk_message *message)
{
    return solve(g, k, true, out, message);
}

void fk_modes_clear(fk_modes *m)
{
    free(m->mode);
    free(m->field);
    *m = (fk_modes){0};
}
