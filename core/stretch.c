#include "core/stretch.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core/memory.h"

enum { PER_CELL = 4 }; /* edges and centres, of cells halved too */
enum { NEWTON = 6 };   /* steps from the middle of an interval of the table */

struct fk_stretch {
    const fk_expr *map, *u;
    const fk_expr *x, *dx; /* x(u) and its derivative with the parameters' values */
    double lo, hi;
    size_t n;           /* intervals of the table */
    double *at, *slope; /* [n + 1]; at[0] = from, at[n] = to */
};

static double value(const fk_stretch *m, const fk_expr *e, double u)
{
    return fk_expr_value(e, 1, &m->u, &u);
}

/* ---- where the ends are ---- */

/* A stretch of u on which x increases begins at `u` and goes to one side. */
typedef struct search {
    const fk_stretch *m;
    double way;  /* +1: upwards, -1: downwards */
    double u, x; /* the farthest point so far */
} search;

/* One point farther, if x still goes the same way there. */
static bool go(search *s, double u)
{
    const double x = value(s->m, s->m->x, u);
    if (!isfinite(x) || !(s->way * (x - s->x) > 0.0) ||
        !(value(s->m, s->m->dx, u) > 0.0))
        return false;
    s->u = u;
    s->x = x;
    return true;
}

/* u of a finite x between the points a and b, to rounding. */
static double root(const fk_stretch *m, double x, double a, double b)
{
    for (;;) {
        const double u = 0.5 * (a + b);
        if (!(u > a && u < b))
            return fabs(value(m, m->x, a) - x) <= fabs(value(m, m->x, b) - x) ? a : b;
        if (value(m, m->x, u) <= x)
            a = u;
        else
            b = u;
    }
}

/* Steps that grow by a 64th from 2^-10 on: fine enough not to jump over a pole. */
static const double FIRST = 0x1p-10, GROWTH = 1.0 + 0x1p-6, FARTHEST = 1e7;
static const double OVERFLOW_NEAR = 1e290, POLE = 1e10;

/* Whether x passed all bounds between the last good point and `bad`: it is infinite
 * there or beyond a pole, and did not merely outgrow the numbers of a computer. */
static bool unbounded(const search *s, double bad)
{
    const double beyond = value(s->m, s->m->x, bad);
    return fabs(s->x) < OVERFLOW_NEAR &&
           (fabs(s->x) > POLE || (isinf(beyond) && s->way * beyond > 0.0));
}

/* u at the end `x`, from the point where s stands. */
static fk_status find_end(search *s, double x, double *u, fk_message *message)
{
    double bad = NAN, before = s->u;
    for (double step = FIRST; step < FARTHEST; step *= GROWTH) {
        before = s->u;
        if (!go(s, s->u + s->way * step)) {
            bad = s->u + s->way * step;
            break;
        }
        if (s->way * (s->x - x) >= 0.0)
            break;
    }
    while (!isnan(bad) && s->way * (x - s->x) > 0.0) { /* up to the last number */
        const double middle = 0.5 * (s->u + bad);
        if (!(fmin(s->u, bad) < middle && middle < fmax(s->u, bad)))
            break;
        before = s->u;
        if (!go(s, middle))
            bad = middle;
    }
    if (s->way * (s->x - x) >= 0.0) {
        *u = root(s->m, x, fmin(before, s->u), fmax(before, s->u));
        return FK_OK;
    }
    *u = s->u;
    if (isinf(x) && !isnan(bad) && unbounded(s, bad))
        return FK_OK;
    return fk_fail(message, FK_EDOMAIN,
                   "the map does not reach %g at a finite u: it can be followed to u = "
                   "%.6g, where it is %.6g",
                   x, s->u, s->x);
}

/* From a point where x is finite and increases. */
static fk_status find_ends_from(fk_stretch *m, double start, double from, double to,
                                fk_message *message)
{
    const double x = value(m, m->x, start), goal[] = {from, to};
    double *const end[] = {&m->lo, &m->hi};
    for (size_t side = 0; side < 2; side++) {
        search s = {.m = m, .way = goal[side] > x ? 1.0 : -1.0, .u = start, .x = x};
        FK_TRY(find_end(&s, goal[side], end[side], message));
    }
    return FK_OK;
}

/* From one of some points: poles may cut the line into branches.  What is wrong with the
 * first one is told. */
static fk_status find_ends(fk_stretch *m, double from, double to, fk_message *message)
{
    static const double start[] = {0.0,  1.0, -1.0, 0.5, -0.5, 0.1,
                                   -0.1, 2.0, -2.0, 5.0, -5.0};
    bool told = false;
    for (size_t i = 0; i < sizeof start / sizeof *start; i++) {
        if (!isfinite(value(m, m->x, start[i])) || !(value(m, m->dx, start[i]) > 0.0))
            continue;
        if (find_ends_from(m, start[i], from, to, told ? NULL : message) == FK_OK)
            return FK_OK;
        told = true;
    }
    return told ? FK_EDOMAIN
                : fk_fail(
                      message, FK_EDOMAIN,
                      "the map must be finite and increase with u somewhere near u = "
                      "0; a falling one is written with -u in place of u");
}

/* ---- making ---- */

static fk_status tabulate(fk_stretch *m, double from, double to, fk_message *message)
{
    m->at = fk_doubles(m->n + 1);
    m->slope = fk_doubles(m->n + 1);
    if (m->at == NULL || m->slope == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k <= m->n; k++) {
        const double u = m->lo + (m->hi - m->lo) * ((double)k / (double)m->n);
        m->at[k] = k == 0 ? from : k == m->n ? to : value(m, m->x, u);
        m->slope[k] = value(m, m->dx, k == m->n ? m->hi : u);
        if (!(m->slope[k] > 0.0 && isfinite(m->slope[k])) ||
            (k > 0 && !(m->at[k] > m->at[k - 1])))
            return fk_fail(message, FK_EDOMAIN,
                           "the map must increase from %g to %g; at u = %.6g it is %g, "
                           "its slope %g",
                           from, to, u, m->at[k], m->slope[k]);
    }
    return FK_OK;
}

static fk_status fill(fk_stretch *m, const fk_stretch_parts *p, fk_message *message)
{
    const fk_expr **number = calloc(p->n_parameters + 1, sizeof *number);
    if (number == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < p->n_parameters; k++)
        number[k] = fk_expr_number(p->pool, p->value[k]);
    m->x = fk_expr_substitute(p->pool, p->map, p->n_parameters, p->parameter, number);
    m->dx = fk_expr_diff(p->pool, m->x, p->u);
    free(number);
    FK_TRY(find_ends(m, p->from, p->to, message));
    return tabulate(m, p->from, p->to, message);
}

fk_status fk_stretch_new(const fk_stretch_parts *parts, fk_stretch **out,
                         fk_message *message)
{
    assert(parts->from < parts->to && parts->cells >= 1);
    *out = NULL;
    fk_stretch *m = calloc(1, sizeof *m);
    if (m == NULL)
        return FK_ENOMEM;
    m->map = parts->map;
    m->u = parts->u;
    m->n = PER_CELL * parts->cells;
    const fk_status status = fill(m, parts, message);
    if (status == FK_OK)
        *out = m;
    else
        fk_stretch_free(m);
    return status;
}

void fk_stretch_free(fk_stretch *m)
{
    if (m == NULL)
        return;
    free(m->at);
    free(m->slope);
    free(m);
}

/* ---- asking ---- */

double fk_stretch_lo(const fk_stretch *m)
{
    return m->lo;
}

double fk_stretch_hi(const fk_stretch *m)
{
    return m->hi;
}

const fk_expr *fk_stretch_map(const fk_stretch *m)
{
    return m->map;
}

const fk_expr *fk_stretch_symbol(const fk_stretch *m)
{
    return m->u;
}

/* The table where s lies on it, else the expression. */
static double look_up(const fk_stretch *m, const double *table, const fk_expr *e,
                      double s, size_t n)
{
    const double at = s * ((double)m->n / (double)n), k = rint(at);
    if (!(at > k) && !(at < k))
        return table[(size_t)fmin(fmax(k, 0.0), (double)m->n)];
    return value(m, e, m->lo + (m->hi - m->lo) * (s / (double)n));
}

double fk_stretch_at(const fk_stretch *m, double s, size_t n)
{
    return look_up(m, m->at, m->x, s, n);
}

double fk_stretch_slope(const fk_stretch *m, double s, size_t n)
{
    return look_up(m, m->slope, m->dx, s, n);
}

/* Bisection without branches where the edges lie in the table. */
size_t fk_stretch_cell(const fk_stretch *m, double x, size_t n)
{
    const bool listed = m->n % n == 0;
    const size_t every = m->n / n;
    size_t cell = 0;
    for (size_t rest = n; rest > 1;) {
        const size_t half = rest / 2, middle = cell + half;
        const double edge =
            listed ? m->at[middle * every] : fk_stretch_at(m, (double)middle, n);
        cell = edge <= x ? middle : cell;
        rest -= half;
    }
    return cell;
}

double fk_stretch_u(const fk_stretch *m, double x)
{
    size_t low = 0, high = m->n; /* at[low] <= x < at[high] */
    if (!(x > m->at[0]))
        return m->lo;
    if (!(x < m->at[high]))
        return m->hi;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (m->at[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    const double h = (m->hi - m->lo) / (double)m->n, from = m->lo + (double)low * h;
    double u = from + 0.5 * h;
    for (int k = 0; k < NEWTON; k++) {
        const double step = (value(m, m->x, u) - x) / value(m, m->dx, u);
        u = fmin(fmax(u - step, from), from + h);
    }
    return fmin(u, m->hi);
}
