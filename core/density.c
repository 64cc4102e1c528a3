#include "core/density.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "core/memory.h"

/* Contribution of one cell to a sum; q is NULL's stand-in p where there is none. */
typedef double term(double p, double q);

/* int term(p, q) du, row by row so that rounding grows with the rows, not the cells. */
static double integral(const fk_grid *g, term *f, const double *p, const double *q)
{
    const size_t row = g->axis[0].cells;
    const size_t rows = fk_grid_cells(g) / row;
    double sum = 0.0;
    for (size_t r = 0; r < rows; r++) {
        double part = 0.0;
        for (size_t i = r * row; i < (r + 1) * row; i++)
            part += f(p[i], q[i]);
        sum += part;
    }
    return sum * fk_grid_volume(g);
}

static double first(double p, double q)
{
    (void)q;
    return p;
}

static double information(double p, double q)
{
    (void)q;
    return p > 0.0 ? -p * log(p) : 0.0;
}

static double distance(double p, double q)
{
    return fabs(p - q);
}

static double square(double p, double q)
{
    return (p - q) * (p - q);
}

static double relative_information(double p, double q)
{
    if (!(p > 0.0))
        return 0.0;
    return q > 0.0 ? p * log(p / q) : (double)INFINITY;
}

static double root_difference(double p, double q)
{
    const double d = sqrt(fmax(p, 0.0)) - sqrt(fmax(q, 0.0));
    return d * d;
}

double fk_density_mass(const fk_grid *g, const double *p)
{
    return integral(g, first, p, p);
}

double fk_density_min(const fk_grid *g, const double *p)
{
    const size_t n = fk_grid_cells(g);
    double least = p[0];
    for (size_t i = 1; i < n; i++)
        least = fmin(least, p[i]);
    return least;
}

/* -int q log(q / slope) du */
double fk_density_entropy(const fk_grid *g, const double *p)
{
    double sum = 0.0;
    for (size_t c = 0; fk_grid_stretched(g) && c < fk_grid_cells(g); c++)
        sum += p[c] > 0.0 ? p[c] * log(fk_grid_slope(g, c)) : 0.0;
    return integral(g, information, p, p) + sum * fk_grid_volume(g);
}

double fk_density_l1(const fk_grid *g, const double *p, const double *q)
{
    return integral(g, distance, p, q);
}

double fk_density_l2(const fk_grid *g, const double *p, const double *q)
{
    double sum = 0.0;
    if (!fk_grid_stretched(g))
        return sqrt(integral(g, square, p, q));
    for (size_t c = 0; c < fk_grid_cells(g); c++)
        sum += square(p[c], q[c]) / fk_grid_slope(g, c);
    return sqrt(sum * fk_grid_volume(g));
}

double fk_density_kl(const fk_grid *g, const double *p, const double *q)
{
    return integral(g, relative_information, p, q);
}

double fk_density_hellinger(const fk_grid *g, const double *p, const double *q)
{
    return sqrt(0.5 * integral(g, root_difference, p, q));
}

/* h dp/dx of the straight line through the cell's neighbours; at a wall the parabola
 * through the three nearest cells.  stride: distance in memory along the axis. */
static double slope(const double *p, size_t stride, size_t i, size_t n)
{
    if (n == 1)
        return 0.0;
    if (n == 2)
        return i == 0 ? p[stride] - p[0] : p[0] - p[-(ptrdiff_t)stride];
    const ptrdiff_t s = (ptrdiff_t)stride;
    if (i == 0)
        return 2.0 * p[s] - 1.5 * p[0] - 0.5 * p[2 * s];
    if (i == n - 1)
        return 1.5 * p[0] - 2.0 * p[-s] + 0.5 * p[-2 * s];
    return 0.5 * (p[s] - p[-s]);
}

/* Adds one cell's int p, int (x - o) p and int (x - o)(x - o)^T p over the volume, with
 * p linear in the cell:  p(u) = p_c + sum_a slope_a (u_a - c_a) / h_a. */
static void add_moments(const fk_grid *g, const double *p, size_t cell,
                        const double *origin, double *mass, double *m1, double *m2)
{
    size_t index[FK_GRID_DIM], stride = 1;
    double x[FK_GRID_DIM], shift[FK_GRID_DIM], variance[FK_GRID_DIM];
    fk_grid_unravel(g, cell, index);
    for (size_t a = 0; a < g->dim; a++) {
        const fk_axis_moments in = fk_axis_moments_of(&g->axis[a], index[a]);
        x[a] = in.mean - origin[a];
        shift[a] = slope(p + cell, stride, index[a], g->axis[a].cells) * in.lean;
        variance[a] = in.variance;
        stride *= g->axis[a].cells;
    }
    *mass += p[cell];
    for (size_t a = 0; a < g->dim; a++) {
        m1[a] += x[a] * p[cell] + shift[a];
        for (size_t b = 0; b < g->dim; b++)
            m2[a * g->dim + b] += x[a] * x[b] * p[cell] + x[a] * shift[b] +
                                  x[b] * shift[a] +
                                  (a == b ? variance[a] * p[cell] : 0.0);
    }
}

void fk_density_moments(const fk_grid *g, const double *p, double *mean, double *cov)
{
    const size_t d = g->dim, n = fk_grid_cells(g);
    double origin[FK_GRID_DIM], mass = 0.0;
    double m1[FK_GRID_DIM] = {0.0}, m2[FK_GRID_DIM * FK_GRID_DIM] = {0.0};
    for (size_t a = 0; a < d; a++)
        origin[a] = fk_axis_at(&g->axis[a], 0.5 * (double)g->axis[a].cells);
    for (size_t c = 0; c < n; c++)
        add_moments(g, p, c, origin, &mass, m1, m2);

    for (size_t a = 0; a < d; a++)
        mean[a] = origin[a] + m1[a] / mass;
    for (size_t a = 0; a < d; a++)
        for (size_t b = 0; b < d; b++) {
            const double c = m2[a * d + b] / mass - m1[a] / mass * (m1[b] / mass);
            cov[a * d + b] = a == b ? fmax(c, 0.0) : c;
        }
}

/* int |d| over a cell of width h in which d runs straight from d0 to d1. */
static double absolute_area(double d0, double d1, double h)
{
    const double u = fabs(d0), v = fabs(d1);
    if (u + v == 0.0)
        return 0.0;
    return d0 * d1 >= 0.0 ? 0.5 * h * (u + v) : 0.5 * h * (u * u + v * v) / (u + v);
}

static double w1_line(const fk_axis *axis, const double *p, const double *q)
{
    const size_t n = axis->cells;
    double p_mass = 0.0, q_mass = 0.0, area = 0.0, difference = 0.0;
    for (size_t i = 0; i < n; i++) {
        p_mass += p[i];
        q_mass += q[i];
    }
    for (size_t i = 0; i < n; i++) {
        const double next = difference + (p[i] / p_mass - q[i] / q_mass);
        area += absolute_area(difference, next, fk_axis_extent(axis, i));
        difference = next;
    }
    return area;
}

fk_status fk_density_w1(const fk_grid *g, const double *p, const double *q, double *w1)
{
    *w1 = 0.0;
    if (g->dim == 1) {
        *w1 = w1_line(&g->axis[0], p, q);
        return isfinite(*w1) ? FK_OK : FK_EDOMAIN;
    }
    size_t most = 1;
    for (size_t a = 0; a < g->dim; a++)
        most = g->axis[a].cells > most ? g->axis[a].cells : most;
    double *m = fk_doubles(2 * most);
    if (m == NULL)
        return FK_ENOMEM;
    bool finite = true;
    for (size_t a = 0; a < g->dim; a++) {
        fk_density_marginal(g, p, a, m);
        fk_density_marginal(g, q, a, m + most);
        const double w = w1_line(&g->axis[a], m, m + most);
        finite = finite && isfinite(w);
        *w1 = fmax(*w1, w);
    }
    free(m);
    return finite ? FK_OK : FK_EDOMAIN;
}

void fk_density_marginal(const fk_grid *g, const double *p, size_t axis, double *m)
{
    assert(axis < g->dim);
    size_t inner = 1;
    for (size_t a = 0; a < axis; a++)
        inner *= g->axis[a].cells;
    const size_t n = g->axis[axis].cells;
    const size_t outer = fk_grid_cells(g) / (inner * n);
    const double area = fk_grid_volume(g) / fk_axis_width(&g->axis[axis]);
    for (size_t i = 0; i < n; i++) {
        double sum = 0.0;
        for (size_t o = 0; o < outer; o++) {
            double part = 0.0;
            for (size_t k = 0; k < inner; k++)
                part += p[k + inner * (i + n * o)];
            sum += part;
        }
        m[i] = sum * area;
    }
}

/* E|X - n P| for X binomial (n, P).  De Moivre: 2 n P (1 - P) b(k; n - 1, P) with
 * k = floor(n P); for large n P (1 - P) the normal sqrt(2 n P (1 - P) / pi). */
static double mean_deviation(double n, double P)
{
    const double spread = n * P * (1.0 - P);
    if (!(spread > 0.0))
        return 0.0;
    if (n * P > 100.0)
        return sqrt(2.0 / M_PI * spread);
    const double k = floor(n * P);
    double choose = 1.0; /* binomial(n - 1, k) P^k, every factor about n P / j >= 1 */
    for (double j = 1.0; j <= k; j += 1.0)
        choose *= (n - j) * P / j;
    return 2.0 * spread * choose * exp((n - 1.0 - k) * log1p(-P));
}

double fk_density_noise_floor(const fk_grid *g, const double *p, double count)
{
    const size_t n = fk_grid_cells(g);
    const double volume = fk_grid_volume(g);
    double sum = 0.0;
    for (size_t i = 0; i < n; i++)
        sum += mean_deviation(count, fmin(p[i] * volume, 1.0));
    return sum / count;
}

void fk_density_from_counts(const fk_grid *g, const uint64_t *count, double total,
                            double *p)
{
    const size_t n = fk_grid_cells(g);
    const double unit = 1.0 / (total * fk_grid_volume(g));
    for (size_t i = 0; i < n; i++)
        p[i] = (double)count[i] * unit;
}

/* var(mean w) = (mean w^2 - (mean w)^2) / (n - 1) */
void fk_density_from_masses(const fk_grid *g, double total, const double *mass,
                            const double *square, double *p, double *error)
{
    const size_t n = fk_grid_cells(g);
    const double volume = fk_grid_volume(g);
    for (size_t c = 0; c < n; c++) {
        const double mean = mass[c] / total, spread = square[c] / total - mean * mean;
        p[c] = mean / volume;
        error[c] = sqrt(fmax(spread, 0.0) / fmax(total - 1.0, 1.0)) / volume;
    }
}

/* The slope at cell c, cut so that the line through the cell keeps its sign. */
static double cut_slope(const fk_axis *a, const double *p, size_t c)
{
    const double most = 2.0 * fabs(p[c]);
    return fmin(fmax(slope(p + c, 1, c, a->cells), -most), most);
}

/* int of p from the axis' beginning to x, given that to the beginning of x's cell c. */
static double mass_below(const fk_axis *a, const double *p, size_t c, double before,
                         double x)
{
    const double u = (x - a->lo) / fk_axis_width(a) - (double)c;
    return before +
           fk_axis_width(a) * u * (p[c] + 0.5 * cut_slope(a, p, c) * (u - 1.0));
}

void fk_density_remap(const fk_axis *from, const double *p, const fk_axis *to,
                      double *out)
{
    const double h = fk_axis_width(from);
    double before = 0.0, below = 0.0; /* up to cell c; up to the last edge of `to` */
    size_t c = 0;
    for (size_t k = 0; k <= to->cells; k++) {
        const double x = fmin(fmax(fk_axis_edge(to, k), from->lo), from->hi);
        for (; c + 1 < from->cells && x >= fk_axis_edge(from, c + 1); c++)
            before += h * p[c];
        const double now = mass_below(from, p, c, before, x);
        if (k > 0)
            out[k - 1] = (now - below) / fk_axis_width(to);
        below = now;
    }
}
