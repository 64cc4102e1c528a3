/* Transition densities of one variable.  Around x0 each pair has nodes of its own,
 *
 *     dp_j/dt = sum over neighbours of  rate_(k -> j) p_k - rate_(j -> k) p_j,
 *     rate    = a / dx^2  W(-+ b dx / a),          a, b between the nodes,
 *
 * (Scharfetter-Gummel, second order in dx) and a unit mass at x0 to begin with.  The
 * exponential of the rates is an integral over a contour around the negative axis,
 * exp(A) = 1/(2 pi i) of e^z (z - A)^-1 dz, by the midpoint rule with 20 points on Talbot's
 * contour: ten tridiagonal systems in complex numbers whatever dt is, 1e-12 of the mass
 * right.  log p is interpolated with a cubic.  Coefficients are those at the middle of the
 * step.  In the tails, below a share of 1e-10 a node, log p goes on as a parabola.
 * [scharfetter-gummel-1969, trefethen-weideman-schmelzer-2006]
 *
 * Where the noise vanishes or a coefficient is not finite (beyond the domain of a square
 * root, say) no mass passes: a reflecting end. */
#include <assert.h>
#include <complex.h>
#include <math.h>
#include <string.h>

#include "core/memory.h"
#include "pde/bernoulli.h"
#include "pde/transition_parts.h"

enum {
    CONTOUR = 10, /* points above the real axis */
    STRIP = 32,   /* pairs at once: what a solve touches stays in cache */
    PER_SPREAD = 8,
    PER_STRUCTURE = 10,
    MOST_NODES = 1024 /* on either side */
};

/* ---- nodes ---- */

/* Distance of the nodes, and how many of them this pair needs on either side; at most
 * MOST_NODES, twice that if finer, whatever distance that asks for. */
static double plan_pair(const fk_pair *p, const fk_transition_options *o, double *nodes)
{
    const double range = o->hi - o->lo, x0 = p->x0[0];
    const double bound = fmax(o->hi - x0, x0 - o->lo) + 0.25 * range;
    const double away = 1.1 * fabs(p->x1[0] - x0);
    const double reach = fmax(fmin(p->reach, bound), away);
    double dx = fmin(p->spread / PER_SPREAD, o->structure / PER_STRUCTURE);
    dx = fmax(dx, reach / MOST_NODES);
    if (o->finer)
        dx *= 0.5;
    *nodes = ceil(reach / dx) + 4.0;
    return dx;
}

fk_status fk_nodes_plan(fk_transitions *t, const fk_transition_options *o)
{
    double most = 4.0;
    t->dx = fk_doubles(t->n);
    if (t->dx == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < t->n; i++) {
        double nodes;
        assert(t->pair[i].dt > 0.0 && t->pair[i].spread > 0.0 &&
               t->pair[i].reach > 0.0);
        t->dx[i] = plan_pair(&t->pair[i], o, &nodes);
        most = fmax(most, nodes);
    }
    t->half = (size_t)most;
    return FK_OK;
}

/* ---- rates of a block of pairs ---- */

/* What a thread works in; faces lie right of their node. */
typedef struct room {
    double *up, *down; /* [2 half][FK_BLOCK] dt times the rates over each face */
    double *p;         /* [2 half + 1][STRIP] */
    double *ratio[2];  /* the same: real and imaginary parts */
    double *x, *t;     /* [FK_BLOCK] */
    double *a, *b, *peclet, *plus, *minus, *scratch;
} room;

size_t fk_nodes_room(const fk_transitions *t, const fk_program *p)
{
    const size_t nodes = 2 * t->half + 1;
    return 2 * nodes * FK_BLOCK + 3 * nodes * STRIP + 7 * FK_BLOCK +
           (fk_program_scratch(p) + 7) / 8 * 8;
}

static double *take(double **at, size_t n)
{
    double *taken = *at;
    *at += n;
    return taken;
}

static room place(const fk_transitions *t, double *at)
{
    const size_t nodes = 2 * t->half + 1;
    room r = {.up = take(&at, nodes * FK_BLOCK), .down = take(&at, nodes * FK_BLOCK)};
    r.p = take(&at, nodes * STRIP);
    r.ratio[0] = take(&at, nodes * STRIP), r.ratio[1] = take(&at, nodes * STRIP);
    r.x = take(&at, FK_BLOCK), r.t = take(&at, FK_BLOCK);
    r.a = take(&at, FK_BLOCK), r.b = take(&at, FK_BLOCK);
    r.peclet = take(&at, FK_BLOCK);
    r.plus = take(&at, FK_BLOCK), r.minus = take(&at, FK_BLOCK);
    r.scratch = at;
    return r;
}

/* Rates over the face right of node f, all lanes. */
static void make_rates(const fk_transitions *t, size_t b, size_t f, const room *r)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const double dx = t->dx[fk_lane_pair(t, b, j)];
        const double w = r->b[j] * dx / r->a[j];
        r->peclet[j] = isfinite(w) && r->a[j] > 0.0 ? w : 0.0;
    }
    fk_bernoulli(FK_BLOCK, r->peclet, r->plus, r->minus);
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const size_t i = fk_lane_pair(t, b, j);
        const double rate = t->pair[i].dt * r->a[j] / (t->dx[i] * t->dx[i]);
        const bool open = isfinite(r->b[j]) && isfinite(rate) && r->a[j] > 0.0;
        r->up[f * FK_BLOCK + j] = open ? rate * r->minus[j] : 0.0;
        r->down[f * FK_BLOCK + j] = open ? rate * r->plus[j] : 0.0;
    }
}

static void make_all_rates(const fk_transitions *t, const fk_program *p, size_t b,
                           const room *r)
{
    const double *const in[] = {r->x, r->t};
    double *const out[] = {r->a, r->b};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const fk_pair *pair = &t->pair[fk_lane_pair(t, b, j)];
        r->t[j] = pair->t + 0.5 * pair->dt;
    }
    for (size_t f = 0; f < 2 * t->half; f++) {
        const double at = (double)f - (double)t->half + 0.5;
        for (size_t j = 0; j < FK_BLOCK; j++) {
            const size_t i = fk_lane_pair(t, b, j);
            r->x[j] = t->pair[i].x0[0] + at * t->dx[i];
        }
        fk_program_run(p, 0.0, in, out, r->scratch);
        make_rates(t, b, f, r);
    }
}

/* ---- the resolvent ---- */

/* z(theta) = N (-0.6122 + 0.5017 theta cot(0.6407 theta) + 0.2645 i theta) at the
 * point k of the upper half, N = 2 CONTOUR, and its weight; the error falls like
 * 3.89^-N. */
static double complex contour(size_t k, double complex *weight)
{
    const double n = 2.0 * CONTOUR, alpha = 0.6407, mu = 0.5017;
    const double theta = (2.0 * (double)k + 1.0) * M_PI / n;
    const double cot = 1.0 / tan(alpha * theta), csc = 1.0 / sin(alpha * theta);
    const double complex z = n * (-0.6122 + mu * theta * cot + 0.2645 * I * theta);
    const double complex slope =
        n * (mu * cot - mu * alpha * theta * csc * csc + 0.2645 * I);
    *weight = 2.0 * cexp(z) * slope / (n * I);
    return z;
}

/* ratio = rate / (z + out - back next), STRIP lanes: from node to node towards the
 * middle, a solution is this times its neighbour nearer to the middle. */
FK_CLONES static void eliminate(double zr, double zi, const double *restrict rate,
                                const double *restrict out1,
                                const double *restrict out2,
                                const double *restrict back,
                                const double *restrict next_r,
                                const double *restrict next_i, double *restrict ratio_r,
                                double *restrict ratio_i)
{
    for (size_t j = 0; j < STRIP; j++) {
        const double re = zr + out1[j] + out2[j] - back[j] * next_r[j];
        const double im = zi - back[j] * next_i[j];
        const double scale = rate[j] / (re * re + im * im);
        ratio_r[j] = scale * re;
        ratio_i[j] = -scale * im;
    }
}

/* solution *= ratio, p += its real part */
FK_CLONES static void walk_out(const double *restrict ratio_r,
                               const double *restrict ratio_i, double *restrict re,
                               double *restrict im, double *restrict p)
{
    for (size_t j = 0; j < STRIP; j++) {
        const double u = re[j] * ratio_r[j] - im[j] * ratio_i[j];
        const double v = re[j] * ratio_i[j] + im[j] * ratio_r[j];
        re[j] = u;
        im[j] = v;
        p[j] += u;
    }
}

/* Ratios of one wing towards the middle: node i has the face to the middle at `inner`,
 * the other one at `outer`, where `rate` leads away from the middle and `back` to it. */
static void sweep_in(const fk_transitions *t, double complex z, size_t lane, bool right,
                     const room *r)
{
    static const double zeros[STRIP];
    const size_t m = t->half, last = 2 * m;
    const double *rate = (right ? r->up : r->down) + lane;
    const double *back = (right ? r->down : r->up) + lane;
    const double *next[2] = {zeros, zeros};
    for (size_t k = 0; k < m; k++) {
        const size_t i = right ? last - k : k;
        const size_t inner = right ? i - 1 : i, outer = right ? i : i - 1;
        double *re = r->ratio[0] + i * STRIP, *im = r->ratio[1] + i * STRIP;
        eliminate(creal(z), cimag(z), rate + inner * FK_BLOCK, back + inner * FK_BLOCK,
                  k > 0 ? rate + outer * FK_BLOCK : zeros,
                  k > 0 ? back + outer * FK_BLOCK : zeros, next[0], next[1], re, im);
        next[0] = re, next[1] = im;
    }
}

/* p += Re(weight (z - A)^-1 e_middle) for a strip of lanes. */
static void add_resolvent(const fk_transitions *t, size_t k, size_t lane, const room *r)
{
    const size_t m = t->half, right = (m + 1) * STRIP, left = (m - 1) * STRIP;
    const double *up = r->up + lane, *down = r->down + lane;
    const double *re = r->ratio[0], *im = r->ratio[1];
    double start[4][STRIP];
    double complex weight;
    const double complex z = contour(k, &weight);
    sweep_in(t, z, lane, true, r);
    sweep_in(t, z, lane, false, r);
    for (size_t j = 0; j < STRIP; j++) {
        const double from_right = down[m * FK_BLOCK + j];
        const double from_left = up[(m - 1) * FK_BLOCK + j];
        const double out = up[m * FK_BLOCK + j] + down[(m - 1) * FK_BLOCK + j];
        const double complex middle =
            weight / (z + out - from_right * (re[right + j] + I * im[right + j]) -
                      from_left * (re[left + j] + I * im[left + j]));
        start[0][j] = start[2][j] = creal(middle);
        start[1][j] = start[3][j] = cimag(middle);
        r->p[m * STRIP + j] += creal(middle);
    }
    for (size_t i = m + 1; i <= 2 * m; i++)
        walk_out(re + i * STRIP, im + i * STRIP, start[0], start[1], r->p + i * STRIP);
    for (size_t i = m; i-- > 0;)
        walk_out(re + i * STRIP, im + i * STRIP, start[2], start[3], r->p + i * STRIP);
}

/* ---- reading the result ---- */

/* log p at place y by the parabola through three nodes between the middle and the last one
 * from there that has mass to speak of. */
static double continue_tail(const double *p, size_t half, double y, size_t j)
{
    const double m = (double)half, side = y < m ? -1.0 : 1.0;
    double last = side * floor(fabs(y - m)), log_p[3];
    while (fabs(last) > 3.0 &&
           p[(size_t)(m + last) * STRIP + j] < 1e2 * FK_TRANSITION_LEAST)
        last -= side;
    const double gap = side * fmax(floor(fabs(last) / 3.0), 1.0);
    for (size_t k = 0; k < 3; k++)
        log_p[k] = log(fmax(p[(size_t)(m + last - (double)k * gap) * STRIP + j],
                            FK_TRANSITION_LEAST));
    const double u = (y - m - last) / gap;
    return log_p[0] + u * (1.5 * log_p[0] - 2.0 * log_p[1] + 0.5 * log_p[2]) +
           0.5 * u * u * (log_p[0] - 2.0 * log_p[1] + log_p[2]);
}

/* log of the density at x1: a cubic through the logarithms at four nodes around it, or a
 * parabola where there is next to no mass. */
static double read_off(const fk_transitions *t, size_t i, const double *p, size_t j)
{
    const double y = (t->pair[i].x1[0] - t->pair[i].x0[0]) / t->dx[i] + (double)t->half;
    const double most = 2.0 * (double)t->half - 3.0;
    const double first = fmin(fmax(floor(y) - 1.0, 0.0), most), u = y - first;
    double log_p[4], least = HUGE_VAL;
    for (size_t k = 0; k < 4; k++) {
        least = fmin(least, p[((size_t)first + k) * STRIP + j]);
        log_p[k] = log(p[((size_t)first + k) * STRIP + j]);
    }
    if (!(least > 1e2 * FK_TRANSITION_LEAST))
        return continue_tail(p, t->half, y, j) - log(t->dx[i]);
    const double value = -(u - 1.0) * (u - 2.0) * (u - 3.0) / 6.0 * log_p[0] +
                         u * (u - 2.0) * (u - 3.0) / 2.0 * log_p[1] -
                         u * (u - 1.0) * (u - 3.0) / 2.0 * log_p[2] +
                         u * (u - 1.0) * (u - 2.0) / 6.0 * log_p[3];
    return value - log(t->dx[i]);
}

/* Each node's mass spread evenly over its cell. */
static double mass_below(const fk_transitions *t, size_t i, const double *p, size_t j)
{
    const double y =
        (t->pair[i].x1[0] - t->pair[i].x0[0]) / t->dx[i] + (double)t->half + 0.5;
    const size_t cell = (size_t)fmin(fmax(y, 0.0), 2.0 * (double)t->half);
    double sum = 0.0;
    for (size_t k = 0; k < cell; k++)
        sum += p[k * STRIP + j];
    sum += p[cell * STRIP + j] * fmin(fmax(y - (double)cell, 0.0), 1.0);
    return fmin(fmax(sum, 0.0), 1.0);
}

void fk_nodes_run(const fk_transitions *t, const fk_program *p, size_t b,
                  double *memory, double *log_p, double *u)
{
    const size_t nodes = 2 * t->half + 1, first = b * FK_BLOCK;
    const room r = place(t, memory);
    make_all_rates(t, p, b, &r);
    for (size_t lane = 0; lane < FK_BLOCK && first + lane < t->n; lane += STRIP) {
        memset(r.p, 0, nodes * STRIP * sizeof *r.p);
        for (size_t k = 0; k < CONTOUR; k++)
            add_resolvent(t, k, lane, &r);
        for (size_t j = 0; j < STRIP && first + lane + j < t->n; j++) {
            const size_t i = first + lane + j;
            log_p[i] = read_off(t, i, r.p, j);
            if (u != NULL)
                u[i] = mass_below(t, i, r.p, j);
        }
    }
}
