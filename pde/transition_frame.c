/* Transition densities of two variables.  The density is a Gaussian times a series,
 *
 *     p(x, t) = phi(y) q(y, t) / det C,   y = C^-1 (x - m),   q = sum_a c_a psi_a(y),
 *
 * phi standard normal, psi Hermite polynomials orthonormal under it, of degree |a| <=
 * K. In the frame y the Fokker-Planck equation, tested with psi_a, is exactly
 *
 *     c_a' = E[v . grad psi_a + S : grad grad psi_a],     v = C^-1 (ito - m' - C' y),
 *                                                         S = C^-1 a C^-T,
 *
 * and the frame moves so that c stays 0 for |a| = 1, 2: m and C C^T are mean and
 * covariance of the density itself, m' = E[ito], C' = C (W + Q), W = E[C^-1 ito y^T],
 * Q = E[S].  What is left in c is what is not Gaussian: nothing for a linear SDE,
 * O(sqrt(dt)) otherwise, so that few degrees do.  (A triangular C would turn the
 * frame; this one has no rotation left in it.)  Expectations are sums over K + 2 by
 * K + 2 Gauss-Hermite nodes.  [risken-1989]
 *
 * From a point all rates are like 1/t: the first FIRST of dt is a Gaussian with the
 * mean and covariance of the Taylor series, from there on Runge-Kutta steps (order 4)
 * grow with t. Where a coefficient is not finite or a diffusion negative, it counts as
 * 0. */
#include <math.h>
#include <string.h>

#include "pde/hermite.h"
#include "pde/transition_parts.h"
#include "sde/cholesky.h"

enum {
    MOST = FK_HERMITE_DEGREE,
    SERIES = FK_HERMITE_TERMS,
    MEAN = SERIES, /* a state: rows of c, m and C */
    FRAME = MEAN + 2,
    STATE = FRAME + 4,
    FIELDS = 5, /* ito_0, ito_1, a_00, a_01, a_11 */
    STEPS = 2000
};

static const double FIRST = 1.0 / 64.0;
static const double STRIDE =
    1.8; /* a step times degree and fastest rate, degree 6 or more */

/* Beyond this many standard deviations the series says what it says there. */
static const double EDGE = 5.0;

/* The least ratio to the Gaussian that a series may give. */
static const double LEAST_RATIO = 1e-3;

/* ---- the rates of change of a state ---- */

/* What a thread works in; every row has FK_BLOCK lanes. */
typedef struct room {
    double *state, *trial, *sum, *slope; /* [STATE] rows */
    double *moment[FIELDS];              /* [SERIES] rows: E[field psi_a] */
    double *row[FIELDS]; /* [MOST + 1]: the same along one line of nodes */
    double *line;        /* [MOST + 1]: the series on that line */
    double *in[3], *out[FK_FRAME_OUTPUTS];
    double *q, *inverse, *b; /* 1 row, 4 rows C^-1, 4 rows C^-1 C' */
    double *rate, *step, *t, *left;
    double *scratch;
} room;

enum {
    ROWS =
        4 * STATE + FIELDS * (SERIES + MOST + 1) + MOST + 1 + 3 + FK_FRAME_OUTPUTS + 13
};

size_t fk_frame_room(const fk_transitions *t, const fk_program *p)
{
    (void)t;
    return (size_t)ROWS * FK_BLOCK + (fk_program_scratch(p) + 7) / 8 * 8;
}

static double *take(double **at, size_t rows)
{
    double *taken = *at;
    *at += rows * FK_BLOCK;
    return taken;
}

static room make_room(double *at)
{
    room r;
    r.state = take(&at, STATE), r.trial = take(&at, STATE);
    r.sum = take(&at, STATE), r.slope = take(&at, STATE);
    for (size_t f = 0; f < FIELDS; f++) {
        r.moment[f] = take(&at, SERIES);
        r.row[f] = take(&at, MOST + 1);
    }
    r.line = take(&at, MOST + 1);
    for (size_t k = 0; k < 3; k++)
        r.in[k] = take(&at, 1);
    for (size_t k = 0; k < FK_FRAME_OUTPUTS; k++)
        r.out[k] = take(&at, 1);
    r.q = take(&at, 1), r.inverse = take(&at, 4), r.b = take(&at, 4);
    r.rate = take(&at, 1), r.step = take(&at, 1);
    r.t = take(&at, 1), r.left = take(&at, 1);
    r.scratch = at;
    return r;
}

/* out += factor a */
FK_CLONES static void add(double factor, const double *restrict a, double *restrict out)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        out[j] += factor * a[j];
}

static double *lanes(double *rows, size_t k)
{
    return rows + k * FK_BLOCK;
}

/* The point m + C y of all lanes. */
FK_CLONES static void place_node(const double *restrict state, double y0, double y1,
                                 double *restrict x0, double *restrict x1)
{
    const double *m = state + MEAN * FK_BLOCK, *c = state + FRAME * FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        x0[j] = m[j] + c[j] * y0 + c[FK_BLOCK + j] * y1;
        x1[j] = m[FK_BLOCK + j] + c[2 * FK_BLOCK + j] * y0 + c[3 * FK_BLOCK + j] * y1;
    }
}

/* Fields times weight times q at one node; what is no number or no diffusion is 0. */
FK_CLONES static void weigh(double weight, const double *restrict q, bool diffusion,
                            double *restrict field)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double value = weight * q[j] * field[j];
        const bool good = isfinite(value) && !(diffusion && field[j] < 0.0);
        field[j] = good ? value : 0.0;
    }
}

/* The node (i, k): adds its fields to the row. */
static void visit_node(const fk_hermite *g, const fk_program *p, const double *state,
                       int i, int k, const room *r)
{
    const double *const in[] = {r->in[0], r->in[1], r->in[2]};
    double *out[FK_FRAME_OUTPUTS] = {NULL};
    for (size_t f = 0; f < FIELDS; f++)
        out[f] = r->out[f];
    place_node(state, g->at[i], g->at[k], r->in[0], r->in[1]);
    fk_program_run(p, 0.0, in, out, r->scratch);
    memset(r->q, 0, FK_BLOCK * sizeof *r->q);
    for (int a = 0; a <= g->degree; a++)
        add(g->psi[i][a], lanes(r->line, (size_t)a), r->q);
    for (size_t f = 0; f < FIELDS; f++) {
        weigh(g->weight[i] * g->weight[k], r->q, f == 2 || f == 4, r->out[f]);
        for (int a = 0; a < g->degree; a++)
            add(g->psi[i][a], r->out[f], lanes(r->row[f], (size_t)a));
    }
}

/* moment[f] = E[field f psi_a], degree below K. */
static void gather(const fk_hermite *g, const fk_program *p, const double *state,
                   const room *r)
{
    for (size_t f = 0; f < FIELDS; f++)
        memset(r->moment[f], 0,
               fk_hermite_place(0, g->degree) * FK_BLOCK * sizeof(double));
    for (int k = 0; k < g->nodes; k++) {
        memset(r->line, 0, (MOST + 1) * FK_BLOCK * sizeof(double));
        for (int a = 0; a <= g->degree; a++)
            for (int b = 0; a + b <= g->degree; b++)
                add(g->psi[k][b], state + fk_hermite_place(a, b) * FK_BLOCK,
                    lanes(r->line, (size_t)a));
        for (size_t f = 0; f < FIELDS; f++)
            memset(r->row[f], 0, (MOST + 1) * FK_BLOCK * sizeof(double));
        for (int i = 0; i < g->nodes; i++)
            visit_node(g, p, state, i, k, r);
        for (size_t f = 0; f < FIELDS; f++)
            for (int a = 0; a < g->degree; a++)
                for (int b = 0; a + b < g->degree; b++)
                    add(g->psi[k][b], lanes(r->row[f], (size_t)a),
                        lanes(r->moment[f], fk_hermite_place(a, b)));
    }
}

/* C^-1; moments of ito and a become those of C^-1 ito and S = 2 C^-1 a C^-T (of which
 * half acts). */
FK_CLONES static void turn(const double *restrict inverse, size_t rows,
                           double *const *moment)
{
    double *f0 = moment[0], *f1 = moment[1], *a0 = moment[2], *a1 = moment[3],
           *a2 = moment[4];
    for (size_t k = 0; k < rows; k++)
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const size_t i = k * FK_BLOCK + j;
            const double u = inverse[j], v = inverse[FK_BLOCK + j];
            const double w = inverse[2 * FK_BLOCK + j], z = inverse[3 * FK_BLOCK + j];
            const double x = f0[i], y = f1[i], a = a0[i], b = a1[i], c = a2[i];
            f0[i] = u * x + v * y;
            f1[i] = w * x + z * y;
            a0[i] = 2.0 * (u * u * a + 2.0 * u * v * b + v * v * c);
            a1[i] = 2.0 * (u * w * a + (u * z + v * w) * b + v * z * c);
            a2[i] = 2.0 * (w * w * a + 2.0 * w * z * b + z * z * c);
        }
}

static void invert(const double *state, double *inverse)
{
    const double *c = state + FRAME * FK_BLOCK;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double a = c[j], b = c[FK_BLOCK + j], d = c[2 * FK_BLOCK + j],
                     e = c[3 * FK_BLOCK + j], det = a * e - b * d;
        inverse[j] = e / det, inverse[FK_BLOCK + j] = -b / det;
        inverse[2 * FK_BLOCK + j] = -d / det, inverse[3 * FK_BLOCK + j] = a / det;
    }
}

/* How the frame moves: m' and C' to `slope`, B = C^-1 C' to r->b, the fastest rate. */
static void move_frame(const double *state, const room *r, double *slope)
{
    double *b = r->b;
    const double *c = state + FRAME * FK_BLOCK;
    double *m_slope = slope + MEAN * FK_BLOCK, *c_slope = slope + FRAME * FK_BLOCK;
    const double *const f[2] = {r->moment[0], r->moment[1]};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double s[4] = {r->moment[2][j], r->moment[3][j], r->moment[3][j],
                             r->moment[4][j]};
        double size = 0.0;
        for (size_t k = 0; k < 4; k++) {
            const double w = f[k / 2][(1 + k % 2) * FK_BLOCK + j];
            b[k * FK_BLOCK + j] = w + 0.5 * s[k];
            size += w * w;
        }
        r->rate[j] = fmax(0.5 * (s[0] + s[3]), sqrt(size));
        for (size_t k = 0; k < 2; k++)
            m_slope[k * FK_BLOCK + j] = c[2 * k * FK_BLOCK + j] * f[0][j] +
                                        c[(2 * k + 1) * FK_BLOCK + j] * f[1][j];
        for (size_t k = 0; k < 4; k++)
            c_slope[k * FK_BLOCK + j] =
                c[(k / 2 * 2) * FK_BLOCK + j] * b[(k % 2) * FK_BLOCK + j] +
                c[(k / 2 * 2 + 1) * FK_BLOCK + j] * b[(2 + k % 2) * FK_BLOCK + j];
    }
}

/* out += factor a b */
FK_CLONES static void add_scaled(double factor, const double *restrict a,
                                 const double *restrict b, double *restrict out)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        out[j] += factor * (a[j] * b[j]);
}

/* out += factor E[v_k psi_a], a = (i[0], i[1]): from E[C^-1 ito psi_a], less m' and C'
 * y. */
static void add_velocity(double factor, const double *state, size_t k, const int i[2],
                         const room *r, double *out)
{
    const double *c = state + fk_hermite_place(i[0], i[1]) * FK_BLOCK;
    add(factor, lanes(r->moment[k], fk_hermite_place(i[0], i[1])), out);
    add_scaled(-factor, r->moment[k], c, out);
    for (size_t l = 0; l < 2; l++) {
        const double *b = lanes(r->b, 2 * k + l);
        const double up = sqrt(i[l] + 1.0), down = sqrt((double)i[l]);
        const int e[2] = {l == 0, l == 1};
        add_scaled(-factor * up, b,
                   state + fk_hermite_place(i[0] + e[0], i[1] + e[1]) * FK_BLOCK, out);
        if (i[l] > 0)
            add_scaled(-factor * down, b,
                       state + fk_hermite_place(i[0] - e[0], i[1] - e[1]) * FK_BLOCK,
                       out);
    }
}

/* c' of the term (i, k), degree 3 or more. */
static void move_term(const double *state, int i, int k, const room *r, double *out)
{
    memset(out, 0, FK_BLOCK * sizeof *out);
    if (i > 0)
        add_velocity(sqrt((double)i), state, 0, (const int[]){i - 1, k}, r, out);
    if (k > 0)
        add_velocity(sqrt((double)k), state, 1, (const int[]){i, k - 1}, r, out);
    if (i > 1)
        add(0.5 * sqrt(i * (i - 1.0)), lanes(r->moment[2], fk_hermite_place(i - 2, k)),
            out);
    if (i > 0 && k > 0)
        add(sqrt((double)(i * k)), lanes(r->moment[3], fk_hermite_place(i - 1, k - 1)),
            out);
    if (k > 1)
        add(0.5 * sqrt(k * (k - 1.0)), lanes(r->moment[4], fk_hermite_place(i, k - 2)),
            out);
}

/* slope = d state / dt at the times in[2]. */
static void find_slope(const fk_hermite *g, const fk_program *p, const double *state,
                       const room *r, double *slope)
{
    gather(g, p, state, r);
    invert(state, r->inverse);
    turn(r->inverse, fk_hermite_place(0, g->degree - 1) + 1, r->moment);
    move_frame(state, r, slope);
    memset(slope, 0, 6 * FK_BLOCK * sizeof *slope);
    for (int d = 3; d <= g->degree; d++)
        for (int k = 0; k <= d; k++)
            move_term(state, d - k, k, r, lanes(slope, fk_hermite_place(d - k, k)));
}

/* ---- the course of a block ---- */

/* m and C after the first tau: the Taylor series of mean and covariance from a point with
 * drift f, its slopes A and Q = 2 a.  Returns tau. */
static double begin_lane(const fk_pair *pair, const double *value, double *m, double *c)
{
    const double *f = value, *A = value + 5;
    const double Q[4] = {2.0 * value[2], 2.0 * value[3], 2.0 * value[3],
                         2.0 * value[4]};
    double M[4], cubic[4], s[4];
    const double size = sqrt(A[0] * A[0] + A[1] * A[1] + A[2] * A[2] + A[3] * A[3]);
    const double tau = fmin(FIRST * pair->dt, 0.1 / size);
    for (size_t i = 0; i < 4; i++)
        M[i] = A[i / 2 * 2] * Q[i % 2] + A[i / 2 * 2 + 1] * Q[2 + i % 2];
    for (size_t i = 0; i < 4; i++) /* A M + M A^T, of which the symmetric part counts */
        cubic[i] = A[i / 2 * 2] * M[i % 2] + A[i / 2 * 2 + 1] * M[2 + i % 2] +
                   M[i / 2 * 2] * A[i % 2 * 2] + M[i / 2 * 2 + 1] * A[i % 2 * 2 + 1];
    for (size_t i = 0; i < 4; i++) {
        const size_t mirror = i % 2 * 2 + i / 2;
        s[i] = tau * (Q[i] + tau * (0.5 * (M[i] + M[mirror]) +
                                    tau / 6.0 * (cubic[i] + cubic[mirror])));
    }
    for (size_t i = 0; i < 2; i++)
        m[i] = pair->x0[i] +
               tau * (f[i] + 0.5 * tau * (A[2 * i] * f[0] + A[2 * i + 1] * f[1]));
    if (!fk_cholesky(2, s, c))
        c[0] = c[1] = c[2] = c[3] = NAN;
    return tau;
}

static void begin(const fk_transitions *t, const fk_program *p, size_t b, const room *r)
{
    const double *const in[] = {r->in[0], r->in[1], r->in[2]};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const fk_pair *pair = &t->pair[fk_lane_pair(t, b, j)];
        r->in[0][j] = pair->x0[0], r->in[1][j] = pair->x0[1], r->in[2][j] = pair->t;
    }
    fk_program_run(p, 0.0, in, r->out, r->scratch);
    memset(r->state, 0, STATE * FK_BLOCK * sizeof(double));
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const fk_pair *pair = &t->pair[fk_lane_pair(t, b, j)];
        double value[FK_FRAME_OUTPUTS], m[2], c[4];
        for (size_t k = 0; k < FK_FRAME_OUTPUTS; k++)
            value[k] = r->out[k][j];
        const double tau = begin_lane(pair, value, m, c);
        r->state[j] = 1.0;
        for (size_t k = 0; k < 2; k++)
            r->state[(MEAN + k) * FK_BLOCK + j] = m[k];
        for (size_t k = 0; k < 4; k++)
            r->state[(FRAME + k) * FK_BLOCK + j] = c[k];
        r->t[j] = pair->t + tau;
        r->left[j] = pair->dt - tau;
    }
}

/* out = state + factor step slope */
FK_CLONES static void go(const double *restrict state, double factor,
                         const double *restrict step, const double *restrict slope,
                         double *restrict out)
{
    for (size_t k = 0; k < STATE; k++)
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const size_t i = k * FK_BLOCK + j;
            out[i] = state[i] + factor * step[j] * slope[i];
        }
}

/* Steps of all lanes by their rates; false when nobody has a way to go. */
static bool choose_steps(double degree, const room *r)
{
    bool any = false;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double longest = STRIDE / (degree * r->rate[j]);
        const double step = fmin(longest, r->left[j]);
        r->step[j] = isfinite(r->rate[j]) ? step : 0.0;
        any = any || r->step[j] > 0.0;
    }
    return any;
}

/* One classical Runge-Kutta step; `slope` has that of the state. */
static void take_step(const fk_hermite *g, const fk_program *p, const room *r)
{
    static const double ahead[] = {0.5, 0.5, 1.0}, weight[] = {2.0, 2.0, 1.0};
    memcpy(r->sum, r->slope, STATE * FK_BLOCK * sizeof(double));
    for (size_t k = 0; k < 3; k++) {
        go(r->state, ahead[k], r->step, r->slope, r->trial);
        for (size_t j = 0; j < FK_BLOCK; j++)
            r->in[2][j] = r->t[j] + ahead[k] * r->step[j];
        find_slope(g, p, r->trial, r, r->slope);
        for (size_t i = 0; i < STATE; i++)
            add(weight[k], lanes(r->slope, i), lanes(r->sum, i));
    }
    memcpy(r->trial, r->state, STATE * FK_BLOCK * sizeof(double));
    go(r->trial, 1.0 / 6.0, r->step, r->sum, r->state);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        r->t[j] += r->step[j];
        r->left[j] = r->step[j] < r->left[j] ? r->left[j] - r->step[j] : 0.0;
    }
}

/* A lane that has not arrived in so many steps, or is not finite, has no density. */
static void travel(const fk_hermite *g, const fk_program *p, const room *r)
{
    for (size_t n = 0; n < STEPS; n++) {
        memcpy(r->in[2], r->t, FK_BLOCK * sizeof(double));
        find_slope(g, p, r->state, r, r->slope);
        if (!choose_steps(fmax(g->degree, 6.0), r))
            break;
        take_step(g, p, r);
    }
}

/* ---- reading the result ---- */

/* What a lane arrived with. */
typedef struct arrival {
    const fk_hermite *g;
    double series[SERIES], m[2], c[4];
} arrival;

static double log_density(const arrival *a, const double *x)
{
    const double *c = a->c, u = x[0] - a->m[0], v = x[1] - a->m[1];
    const double det = c[0] * c[3] - c[1] * c[2];
    const double y0 = (c[3] * u - c[1] * v) / det, y1 = (c[0] * v - c[2] * u) / det;
    const double square = y0 * y0 + y1 * y1, inside = fmin(1.0, EDGE / sqrt(square));
    const double q =
        fmax(fk_hermite_series(a->g, a->series, inside * y0, inside * y1), LEAST_RATIO);
    const double value = log(q / (2.0 * M_PI * fabs(det))) - 0.5 * square;
    return isfinite(value) ? value : -HUGE_VAL;
}

/* With C = L R, L triangular, R a rotation, x = m + L s: s_0 belongs to x_0 alone.
 * u[2] by the series in s, integrated over s_1 first, then along the line of the s_0
 * that came. */
static void find_probabilities(const arrival *a, const double *x, double *u)
{
    const fk_hermite *g = a->g;
    const double *c = a->c, l00 = hypot(c[0], c[1]);
    const double co = c[0] / l00, si = c[1] / l00; /* R's first row: s = R y */
    const double l10 = (c[2] * c[0] + c[3] * c[1]) / l00;
    const double l11 = (c[0] * c[3] - c[1] * c[2]) / l00;
    const double s0 = (x[0] - a->m[0]) / l00, s1 = (x[1] - a->m[1] - l10 * s0) / l11;
    double e[MOST + 1] = {0.0}, d[MOST + 1] = {0.0};
    for (int i = 0; i < g->nodes; i++) {
        double across = 0.0;
        for (int k = 0; k < g->nodes; k++)
            across += g->weight[k] * fk_hermite_series(g, a->series,
                                                       co * g->at[i] - si * g->at[k],
                                                       si * g->at[i] + co * g->at[k]);
        const double along = fk_hermite_series(g, a->series, co * s0 - si * g->at[i],
                                               si * s0 + co * g->at[i]);
        for (int k = 0; k <= g->degree; k++) {
            e[k] += g->weight[i] * across * g->psi[i][k];
            d[k] += g->weight[i] * along * g->psi[i][k];
        }
    }
    d[0] = fmax(d[0], LEAST_RATIO);
    u[0] = fk_hermite_below(g, e, s0);
    u[1] = fk_hermite_below(g, d, s1);
}

void fk_frame_run(const fk_transitions *t, const fk_program *p, size_t b,
                  double *memory, double *log_p, double *u)
{
    const fk_hermite g = fk_hermite_make(t->degree);
    const room r = make_room(memory);
    begin(t, p, b, &r);
    travel(&g, p, &r);
    for (size_t j = 0; j < FK_BLOCK && b * FK_BLOCK + j < t->n; j++) {
        const size_t i = b * FK_BLOCK + j;
        arrival a = {.g = &g};
        for (size_t k = 0; k < SERIES; k++)
            a.series[k] = r.state[k * FK_BLOCK + j];
        for (size_t k = 0; k < 2; k++)
            a.m[k] = r.state[(MEAN + k) * FK_BLOCK + j];
        for (size_t k = 0; k < 4; k++)
            a.c[k] = r.left[j] > 0.0 ? NAN : r.state[(FRAME + k) * FK_BLOCK + j];
        log_p[i] = log_density(&a, t->pair[i].x1);
        if (u != NULL)
            find_probabilities(&a, t->pair[i].x1, &u[2 * i]);
    }
}
