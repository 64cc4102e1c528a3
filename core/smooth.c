#include "core/smooth.h"

#include <assert.h>
#include <fftw3.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/density.h"
#include "core/memory.h"
#include "core/smooth_line.h"

static const double pi = 3.14159265358979323846;

/* ---- bandwidth ---- */

/* int (p^(s))^2 dx of p = 1 + 2 sum_k theta_k cos(k pi x), smoothed for a time t */
static double roughness(const double *theta, size_t n, size_t s, double t)
{
    double sum = 0.0;
    for (size_t k = 1; k < n; k++) {
        const double w = pi * (double)k;
        if (w * w * t > 700.0)
            break;
        sum += pow(w, 2.0 * (double)s) * theta[k] * theta[k] * exp(-w * w * t);
    }
    return 2.0 * sum;
}

/* t - xi gamma(t), five stages [botev-2010, section 5] */
static double excess(const double *theta, size_t n, double samples, double t)
{
    double f = roughness(theta, n, 7, t);
    for (size_t s = 6; s >= 2; s--) {
        double odd = 1.0;
        for (size_t k = 1; k < s; k++)
            odd *= 2.0 * (double)k + 1.0;
        const double c = (1.0 + pow(0.5, (double)s + 0.5)) / 3.0;
        const double time = pow(2.0 * c * odd / (sqrt(2.0 * pi) * samples * f),
                                2.0 / (3.0 + 2.0 * (double)s));
        f = roughness(theta, n, s, time);
    }
    return t - pow(2.0 * samples * sqrt(pi) * f, -0.4);
}

/* The square of the bandwidth on an axis of length 1; 0 if there is no fixed point. */
static double fixed_point(const double *theta, size_t n, double samples)
{
    enum { SCAN = 48 };
    const double least = 0.01 / ((double)n * (double)n);
    double low = least;
    for (size_t k = 1; k <= SCAN; k++) {
        double high = least * pow(0.1 / least, (double)k / SCAN);
        if (!(excess(theta, n, samples, high) > 0.0)) {
            low = high;
            continue;
        }
        for (size_t i = 0; i < 30; i++) {
            const double middle = sqrt(low * high);
            if (excess(theta, n, samples, middle) > 0.0)
                high = middle;
            else
                low = middle;
        }
        return high;
    }
    return 0.0;
}

/* m[n], the counts along one axis, becomes mean cosines in place. */
static fk_status mean_cosines(double *m, size_t n, double samples)
{
    fftw_plan plan = fftw_plan_r2r_1d((int)n, m, m, FFTW_REDFT10, FFTW_ESTIMATE);
    if (plan == NULL)
        return FK_ENOMEM;
    fftw_execute(plan);
    fftw_destroy_plan(plan);
    for (size_t k = 0; k < n; k++)
        m[k] /= 2.0 * samples;
    return FK_OK;
}

/* sd (4 / (3 n))^(1/5) */
static double normal_rule(const fk_axis *a, const double *m, double samples)
{
    double mean = 0.0, square = 0.0;
    for (size_t i = 0; i < a->cells; i++)
        mean += m[i] / samples * fk_axis_centre(a, i);
    for (size_t i = 0; i < a->cells; i++)
        square += m[i] / samples * pow(fk_axis_centre(a, i) - mean, 2.0);
    return sqrt(square) * pow(4.0 / (3.0 * samples), 0.2);
}

static fk_status axis_bandwidth(const fk_grid *g, size_t i, const uint64_t *count,
                                double *h)
{
    const fk_axis *a = &g->axis[i];
    const double length = a->hi - a->lo;
    double *m = fk_doubles(a->cells), samples = 0.0;
    if (m == NULL)
        return FK_ENOMEM;
    for (size_t c = 0; c < fk_grid_cells(g); c++) {
        size_t index[FK_GRID_DIM];
        fk_grid_unravel(g, c, index);
        m[index[i]] += (double)count[c];
        samples += (double)count[c];
    }
    samples = fmax(samples, 1.0);
    *h = normal_rule(a, m, samples);
    const fk_status status = mean_cosines(m, a->cells, samples);
    const double t = status == FK_OK ? fixed_point(m, a->cells, samples) : 0.0;
    if (t > 0.0)
        *h = length * sqrt(t);
    if (g->dim == 2)
        *h *= pow(samples, 1.0 / 30.0) / pow(4.0 / 3.0, 0.2);
    free(m);
    return status;
}

fk_status fk_smooth_bandwidth(const fk_domain *d, const uint64_t *count,
                              double h[FK_GRID_DIM])
{
    const fk_grid even = fk_grid_even(&d->grid);
    assert(even.dim <= 2);
    for (size_t i = 0; i < even.dim; i++) {
        FK_TRY(axis_bandwidth(&even, i, count, &h[i]));
        h[i] = fmax(h[i], 0.5 * fk_axis_width(&even.axis[i]));
    }
    return FK_OK;
}

double fk_undersmoothing(double total, size_t dim)
{
    return pow(total, dim == 1 ? -1.0 / 20.0 : -1.0 / 24.0);
}

/* ---- weights ---- */

/* Row j: entries j * most .. of cells and weights; or no rows but transforms. */
typedef struct weights {
    size_t n, most;
    fk_smooth_line *line; /* NULL: rows */
    size_t *used;         /* [n] */
    size_t *cell;         /* [n][most] */
    double *w;            /* likewise */
} weights;

enum { MOST_WEIGHTS = 1 << 26, TRANSFORM_REACH = 12 };

/* From some reach on transforms are faster; they know no kernel that meets both faces. */
static bool transforms(fk_smooth_sums sums, size_t cells, size_t reach)
{
    return 2 * reach < cells && sums != FK_SMOOTH_DIRECT &&
           (sums == FK_SMOOTH_TRANSFORM || reach >= TRANSFORM_REACH);
}

static void weights_free(weights *t)
{
    fk_smooth_line_free(t->line);
    free(t->used);
    free(t->cell);
    free(t->w);
}

/* The cell that i, perhaps beyond a face, stands for; n if there is none. */
static size_t stands_for(long i, long n, const fk_boundary face[2])
{
    if (i >= 0 && i < n)
        return (size_t)i;
    const fk_boundary f = face[i >= n];
    if (f == FK_PERIODIC)
        return (size_t)((i % n + n) % n);
    const long mirror = i < 0 ? -1 - i : 2 * n - 1 - i;
    return f == FK_REFLECTING && mirror >= 0 && mirror < n ? (size_t)mirror : (size_t)n;
}

/* a_l = sum u^l k(u) over what is there */
static void moments(size_t j, long n, long reach, double spread,
                    const fk_boundary face[2], double a[3])
{
    a[0] = a[1] = a[2] = 0.0;
    for (long u = -reach; u <= reach; u++) {
        if (stands_for((long)j + u, n, face) == (size_t)n)
            continue;
        const double x = (double)u, k = exp(-0.5 * x * x / (spread * spread));
        a[0] += k;
        a[1] += k * x;
        a[2] += k * x * x;
    }
}

/* w = (a2 - a1 u) k(u) / (a0 a2 - a1^2): k / a0 where nothing is missing.  The cells
 * around j come first, in order; what is folded back lies among them. */
static void fill_row(weights *t, size_t j, long reach, double spread,
                     const fk_boundary face[2])
{
    const long n = (long)t->n, at = (long)j;
    const long first = at > reach ? at - reach : 0;
    const long end = at + reach < n ? at + reach + 1 : n;
    size_t *cell = t->cell + j * t->most, used = (size_t)(end - first);
    double *w = t->w + j * t->most, a[3];
    moments(j, n, reach, spread, face, a);
    const double determinant = a[0] * a[2] - a[1] * a[1];
    for (long i = first; i < end; i++)
        cell[i - first] = (size_t)i;
    for (long u = -reach; u <= reach; u++) {
        const size_t i = stands_for(at + u, n, face);
        if (i == t->n)
            continue;
        const double x = (double)u, k = exp(-0.5 * x * x / (spread * spread));
        size_t e = i - (size_t)first;
        if ((long)i < first || (long)i >= end)
            cell[e = used++] = i;
        w[e] += determinant > 0.0 ? k * (a[2] - a[1] * x) / determinant : k / a[0];
    }
    t->used[j] = used;
}

static fk_status weights_make(const fk_axis *a, const fk_boundary face[2],
                              fk_smooth_sums sums, double h, weights *t)
{
    const double spread = h / fk_axis_width(a), n = (double)a->cells;
    const double most = face[0] == FK_PERIODIC ? floor(0.5 * (n - 1.0)) : n;
    const long reach = (long)fmin(ceil(5.0 * spread), most);
    *t = (weights){.n = a->cells, .most = 2 * (size_t)reach + 1};
    if (transforms(sums, a->cells, (size_t)reach))
        return fk_smooth_line_new(a->cells, face, spread, (size_t)reach, &t->line);
    if (t->n > MOST_WEIGHTS / t->most)
        return FK_ELIMIT;
    t->used = fk_alloc(t->n, sizeof *t->used);
    t->cell = fk_alloc(t->n * t->most, sizeof *t->cell);
    t->w = fk_alloc(t->n * t->most, sizeof *t->w);
    if (t->used == NULL || t->cell == NULL || t->w == NULL)
        return FK_ENOMEM;
#pragma omp parallel for default(none) firstprivate(t, reach, spread, face)
    for (size_t j = 0; j < t->n; j++)
        fill_row(t, j, reach, spread, face);
    return FK_OK;
}

/* Along one axis of a field: out_j = sum_i w_ji^power in_i on every line. */
static void apply(const weights *t, const fk_grid *g, size_t axis, int power,
                  const double *in, double *out)
{
    const size_t cells = fk_grid_cells(g), stride = axis == 0 ? 1 : g->axis[0].cells;
#pragma omp parallel for default(none) firstprivate(t, power, in, out, cells, stride)
    for (size_t c = 0; c < cells; c++) {
        const size_t j = c / stride % t->n, line = c - j * stride;
        const size_t *cell = t->cell + j * t->most;
        const double *w = t->w + j * t->most;
        double sum = 0.0;
        for (size_t e = 0; e < t->used[j]; e++)
            sum += (power == 2 ? w[e] * w[e] : w[e]) * in[line + cell[e] * stride];
        out[c] = sum;
    }
}

/* The same by transforms, line by line.  FK_ENOMEM. */
static fk_status apply_line(const weights *t, const fk_grid *g, size_t axis, int power,
                            const double *in, double *out)
{
    const size_t stride = axis == 0 ? 1 : g->axis[0].cells;
    const size_t lines = fk_grid_cells(g) / t->n, each = fk_smooth_line_room(t->line);
    double *room = fk_doubles((size_t)omp_get_max_threads() * each);
    if (room == NULL)
        return FK_ENOMEM;
#pragma omp parallel for default(none) \
    firstprivate(t, power, in, out, stride, lines, each, room)
    for (size_t k = 0; k < lines; k++) {
        const size_t first = stride == 1 ? k * t->n : k;
        fk_smooth_line_run(t->line, power, in + first, out + first, stride,
                           room + (size_t)omp_get_thread_num() * each);
    }
    free(room);
    return FK_OK;
}

/* Kernels are products, and so are their squares: axis by axis, in two buffers. */
static fk_status apply_all(const weights *t, const fk_grid *g, int power,
                           const uint64_t *count, double *spare, double *out)
{
    double *from = g->dim == 1 ? spare : out, *to = g->dim == 1 ? out : spare;
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        from[c] = (double)count[c];
    for (size_t i = 0; i < g->dim; i++) {
        if (t[i].line != NULL)
            FK_TRY(apply_line(&t[i], g, i, power, from, to));
        else
            apply(&t[i], g, i, power, from, to);
        double *const next = from;
        from = to;
        to = next;
    }
    return FK_OK;
}

fk_status fk_smooth_density(const fk_domain *d, const uint64_t *count, double total,
                            const double h[FK_GRID_DIM], fk_smooth_sums sums, double *p,
                            double *error)
{
    const fk_grid *g = &d->grid;
    weights t[2] = {{0}, {0}};
    assert(g->dim <= 2);
    double *spare = fk_doubles(fk_grid_cells(g));
    fk_status status = spare != NULL ? FK_OK : FK_ENOMEM;
    for (size_t i = 0; i < g->dim && status == FK_OK; i++)
        status = weights_make(&g->axis[i], d->face[i], sums, h[i], &t[i]);
    if (status == FK_OK)
        status = apply_all(t, g, 1, count, spare, p);
    if (status == FK_OK)
        status = apply_all(t, g, 2, count, spare, error);
    if (status == FK_OK) {
        for (size_t c = 0; c < fk_grid_cells(g); c++)
            error[c] = fmax(error[c], 0.0); /* a transform rounds */
        fk_density_from_masses(g, total, p, error, p, error);
        for (size_t c = 0; c < fk_grid_cells(g); c++)
            p[c] = fmax(p[c], 0.0);
    }
    weights_free(&t[0]);
    weights_free(&t[1]);
    free(spare);
    return status;
}
