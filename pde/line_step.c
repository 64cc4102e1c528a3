#include "pde/line_step.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "core/block.h"

enum { SOLVES = FK_STEPPER_SOLVES };

/* The tile at work. */
typedef struct lines {
    const fk_direction *d;
    size_t tile, n, w; /* places, lanes */
    const double *up, *dn, *factor;
    size_t n_exits;
    const fk_exit *exit;
    const fk_line_sink *sink;
    double theta;                 /* theta tau */
    size_t solves;                /* of the step's weights */
    double C[SOLVES + 1];         /* tails of the step's weights */
    double C_low[SOLVES + 1];     /* and of the fallback's */
    double *v[SOLVES + 1];        /* v_k = A^-k u, k >= 1 */
    double *low, *excess, *F, *R; /* limiter */
} lines;

/* Number of solves a combination needs. */
static size_t degree(const double weight[SOLVES + 1])
{
    size_t k = SOLVES;
    while (k > 0 && weight[k] == 0.0)
        k--;
    return k;
}

/* C_k = sum_{j >= k} weight_j */
static void tails(const double weight[SOLVES + 1], double C[SOLVES + 1])
{
    double sum = 0.0;
    for (size_t k = SOLVES + 1; k-- > 0;) {
        sum += weight[k];
        C[k] = sum;
    }
}

static lines open_tile(const fk_line_step *step, const fk_direction *d, size_t tile,
                       const double *factor, double *work)
{
    const size_t n = d->tile, first = d->first_exit[tile];
    lines s = {.d = d, .tile = tile, .n = n, .w = d->shape.lanes, .factor = factor};
    s.up = d->up + tile * n;
    s.dn = d->dn + tile * n;
    s.n_exits = d->first_exit[tile + 1] - first;
    s.exit = d->exit + first;
    s.sink = d->sink + first;
    s.theta = step->stepper->theta * step->tau;
    const double *weight =
        step->start ? step->stepper->fallback : step->stepper->weight;
    s.solves = degree(weight);
    tails(weight, s.C);
    tails(step->stepper->fallback, s.C_low);
    for (size_t k = 1; k <= SOLVES; k++)
        s.v[k] = work + (k - 1) * n;
    s.low = work + SOLVES * n;
    s.excess = s.low + n;
    s.F = s.excess + n;
    s.R = s.F + n;
    return s;
}

/* v_first .. v_last from the one before; v_0 is u */
static void solve(const lines *s, const double *u, size_t first, size_t last)
{
    for (size_t k = first; k <= last; k++) {
        memcpy(s->v[k], k == 1 ? u : s->v[k - 1], s->n * sizeof *u);
        fk_lines_solve(&s->d->shape, s->theta, s->up, s->dn, s->factor, s->v[k]);
    }
}

FK_CLONES
static void sum_2(size_t n, const double *c, const double *restrict a,
                  const double *restrict b, double *restrict u)
{
    for (size_t i = 0; i < n; i++)
        u[i] = c[0] * u[i] + (c[1] * a[i] + c[2] * b[i]);
}

FK_CLONES
static void sum_4(size_t n, const double *c, const double *restrict v1,
                  const double *restrict v2, const double *restrict v3,
                  const double *restrict v4, double *restrict u)
{
    for (size_t i = 0; i < n; i++)
        u[i] = c[0] * u[i] +
               ((c[1] * v1[i] + c[2] * v2[i]) + (c[3] * v3[i] + c[4] * v4[i]));
}

FK_CLONES
static double least(size_t n, const double *restrict u)
{
    double low[FK_LANES];
    double m = u[0];
    if (n < FK_LANES) {
        for (size_t i = 1; i < n; i++)
            m = u[i] < m ? u[i] : m;
        return m;
    }
    memcpy(low, u, sizeof low);
    const size_t whole = n - n % FK_LANES;
    for (size_t i = 0; i < whole; i += FK_LANES)
        for (size_t l = 0; l < FK_LANES; l++)
            low[l] = u[i + l] < low[l] ? u[i + l] : low[l];
    for (size_t i = whole; i < n; i++)
        m = u[i] < m ? u[i] : m;
    for (size_t l = 0; l < FK_LANES; l++)
        m = low[l] < m ? low[l] : m;
    return m;
}

/* What leaves through exit e in a step whose weights have these tails. */
static double loss(const lines *s, const double C[SOLVES + 1], size_t solves, size_t e)
{
    double w = 0.0;
    for (size_t k = 1; k <= solves; k++)
        w += C[k] * s->v[k][s->sink[e].place];
    return s->theta * s->sink[e].rate * w;
}

/* F_k: what the high-order step moves through each link beyond the low-order one.
 * R_k: the share of it that may leave cell k without taking more than the cell has,
 * rounded down by a few units in the last place. */
FK_CLONES
static void excess_currents(size_t n, size_t w, double theta, const double *restrict up,
                            const double *restrict dn, const double *restrict excess,
                            double *restrict F, double *restrict R)
{
    for (size_t k = 0; k < n; k++) {
        const size_t next = k + w < n ? k + w : k + w - n;
        F[k] = theta * (up[k] * excess[k] - dn[k] * excess[next]);
    }
    for (size_t k = 0; k < n; k++) {
        const double in = F[k >= w ? k - w : k + n - w];
        R[k] = (F[k] > 0.0 ? F[k] : 0.0) + (in < 0.0 ? -in : 0.0);
    }
}

/* What exit e loses beyond the low-order step, never less than taking that back. */
static double excess_loss(const lines *s, size_t e)
{
    const double more = s->theta * s->sink[e].rate * s->excess[s->sink[e].place];
    return fmax(more, -loss(s, s->C_low, SOLVES, e));
}

/* low <- the limited result; every cell gives at most what it has, then receives */
static void limit_currents(const lines *s)
{
    const size_t n = s->n, w = s->w;
    excess_currents(n, w, s->theta, s->up, s->dn, s->excess, s->F, s->R);
    for (size_t e = 0; e < s->n_exits; e++)
        s->R[s->sink[e].place] += fmax(excess_loss(s, e), 0.0);
    for (size_t k = 0; k < n; k++)
        s->R[k] = s->R[k] > s->low[k] ? s->low[k] / s->R[k] * (1.0 - 16.0 * DBL_EPSILON)
                                      : 1.0 - 16.0 * DBL_EPSILON;

    for (size_t e = 0; e < s->n_exits; e++) {
        const size_t k = s->sink[e].place;
        const double more = excess_loss(s, e);
        s->low[k] -= more > 0.0 ? s->R[k] * more : more;
    }
    for (size_t k = 0; k < n; k++) {
        const size_t before = k >= w ? k - w : k + n - w;
        s->low[k] -= (s->F[k] > 0.0 ? s->R[k] * s->F[k] : 0.0) +
                     (s->F[before] < 0.0 ? -s->R[k] * s->F[before] : 0.0);
    }
    for (size_t k = 0; k < n; k++) {
        const size_t before = k >= w ? k - w : k + n - w;
        const size_t next = k + w < n ? k + w : k + w - n;
        s->low[k] += (s->F[k] < 0.0 ? -s->R[next] * s->F[k] : 0.0) +
                     (s->F[before] > 0.0 ? s->R[before] * s->F[before] : 0.0);
    }
}

/* True if some place of the lane is negative. */
static bool negative(const lines *s, size_t lane, const double *u)
{
    for (size_t k = lane; k < s->n; k += s->w)
        if (u[k] < 0.0)
            return true;
    return false;
}

/* u's negative lanes <- limited ones; bit l of the result: lane l was limited */
static unsigned limit(const lines *s, const fk_pde_stepper *stepper, double *u)
{
    double more[SOLVES + 1] = {0.0};
    unsigned limited = 0;
    solve(s, u, degree(stepper->weight) + 1, degree(stepper->fallback));
    for (size_t k = degree(stepper->fallback) + 1; k <= SOLVES; k++)
        memset(s->v[k], 0, s->n * sizeof *u);
    for (size_t k = 1; k <= SOLVES; k++)
        more[k] = s->C[k] - s->C_low[k];
    memset(s->low, 0, s->n * sizeof *u);
    memset(s->excess, 0, s->n * sizeof *u);
    sum_4(s->n, stepper->fallback, s->v[1], s->v[2], s->v[3], s->v[4], s->low);
    sum_4(s->n, more, s->v[1], s->v[2], s->v[3], s->v[4], s->excess);
    limit_currents(s);
    for (size_t l = 0; l < s->w; l++) {
        if (!negative(s, l, u))
            continue;
        limited |= 1u << l;
        for (size_t k = l; k < s->n; k += s->w)
            u[k] = s->low[k];
    }
    return limited;
}

static void book_exits(const lines *s, unsigned limited, fk_line_report *report)
{
    for (size_t e = 0; e < s->n_exits; e++) {
        const size_t place = s->sink[e].place;
        double *left = &report->left[s->exit[e].axis][s->exit[e].side];
        if ((limited >> place % s->w & 1u) == 0) {
            *left += loss(s, s->C, s->solves, e);
            continue;
        }
        const double more = excess_loss(s, e);
        *left +=
            loss(s, s->C_low, SOLVES, e) + (more > 0.0 ? s->R[place] * more : more);
    }
}

void fk_line_step_run(const fk_line_step *step, const fk_direction *d, size_t tile,
                      const double *factor, double *u, double *work,
                      fk_line_report *report)
{
    const fk_pde_stepper *stepper = step->stepper;
    const double *weight = step->start ? stepper->fallback : stepper->weight;
    const lines s = open_tile(step, d, tile, factor, work);
    *report = (fk_line_report){0};

    solve(&s, u, 1, s.solves);
    if (s.solves <= 2)
        sum_2(s.n, weight, s.v[1], s.v[s.solves], u);
    else
        sum_4(s.n, weight, s.v[1], s.v[2], s.v[3], s.v[4], u);

    unsigned limited = 0;
    if (step->limit && !step->start && least(s.n, u) < 0.0)
        limited = limit(&s, stepper, u);
    for (unsigned bits = limited; bits != 0; bits &= bits - 1)
        report->limited++;
    book_exits(&s, limited, report);
}

/* r += c u */
FK_CLONES
static void add(size_t n, double c, const double *restrict u, double *restrict r)
{
    for (size_t i = 0; i < n; i++)
        r[i] += c * u[i];
}

/* Horner's rule in A^-T */
void fk_line_step_transpose(const fk_line_step *step, const fk_direction *d,
                            size_t tile, const double *factor, const double *worth,
                            double *u, double *work)
{
    const fk_pde_stepper *stepper = step->stepper;
    const double *weight = step->start ? stepper->fallback : stepper->weight;
    const lines s = open_tile(step, d, tile, factor, work);
    double *after = s.v[1];
    memcpy(after, u, s.n * sizeof *u);
    memset(u, 0, s.n * sizeof *u);
    for (size_t k = s.solves; k > 0; k--) {
        add(s.n, weight[k], after, u);
        for (size_t e = 0; e < s.n_exits; e++)
            u[s.sink[e].place] += s.C[k] * s.theta * s.sink[e].rate *
                                  worth[2 * s.exit[e].axis + s.exit[e].side];
        fk_lines_solve_transpose(&d->shape, s.theta, s.up, s.dn, factor, u);
    }
    add(s.n, weight[0], after, u);
}
