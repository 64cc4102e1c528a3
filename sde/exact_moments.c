/* Neither slopes nor coefficients are ever looked at: differences of values over steps of
 * any length are exact for polynomials of degree two. */
#include "sde/exact_moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"
#include "sde/linear.h"
#include "solvers/integrate.h"

static const double RELATIVE = 1e-11;

enum { MOST_DIM = FK_BLOCK / 2 };

/* d^2 e / dx_i dx_j, multiplied out */
static const fk_expr *curvature(const fk_sde *s, const fk_expr *e, size_t i, size_t j)
{
    return fk_expr_expand(
        s->pool, fk_expr_diff(s->pool, fk_expr_diff(s->pool, e, s->variable[i]),
                              s->variable[j]));
}

/* Whether e is a polynomial of degree two at most: what its second derivatives, which are
 * free of the variables, leave of it is affine. */
static bool quadratic(const fk_sde *s, const fk_expr *e)
{
    const fk_expr *rest = e;
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = 0; j < s->dim && fk_expr_depends(e, s->variable[i]); j++) {
            const fk_expr *h = curvature(s, e, i, j);
            if (fk_sde_varies(s, h))
                return false;
            const fk_expr *part[] = {fk_expr_number(s->pool, 0.5), h, s->variable[i]};
            const fk_expr *term = s->variable[j];
            for (size_t k = 0; k < 3; k++)
                term = fk_expr_mul(s->pool, term, part[k]);
            rest = fk_expr_sub(s->pool, rest, term);
        }
    return fk_sde_affine_in(s, rest);
}

bool fk_sde_moments_close(const fk_sde *s)
{
    if (!fk_sde_continuous(s) || s->killing != NULL || fk_sde_interacts(s) ||
        s->dim > MOST_DIM)
        return false;
    for (size_t i = 0; i < s->dim; i++)
        if (!fk_sde_affine_in(s, s->ito[i]))
            return false;
    for (size_t i = 0; i < s->dim; i++)
        for (size_t j = i; j < s->dim; j++)
            if (!quadratic(s, s->diffusion[i * s->dim + j]))
                return false;
    return true;
}

/* m + s_i e_i + s_j e_j is where the program looks; weight is for means of a. */
typedef struct point {
    size_t i, j;     /* MOST_DIM: none */
    double s_i, s_j; /* steps, of either sign */
    double weight;
} point;

/* Points and values are blocks of FK_BLOCK lanes. */
typedef struct closure {
    size_t d, outputs; /* ito[d], a_ij for i <= j */
    size_t n_points;   /* m, m + s_i, m - s_i, then pairs i < j if a varies */
    bool varies;
    fk_program *program;
    point *point;
    double *step, *slope, *mean_a; /* [d], [d][d] d ito_i / d x_j, [d (d + 1) / 2] */
    double *x, *out, *scratch;     /* [d][FK_BLOCK], [outputs][FK_BLOCK] */
    double **x_row, **out_row;
} closure;

static void release(closure *k)
{
    fk_program_free(k->program);
    free(k->point);
    free(k->step);
    free(k->x);
    free(k->scratch);
    free(k->x_row);
}

static fk_status compile_program(const fk_sde *s, closure *k)
{
    const size_t d = k->d;
    const fk_expr **e = calloc(k->outputs, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    memcpy(e, s->ito, d * sizeof *e);
    for (size_t i = 0, at = d; i < d; i++)
        for (size_t j = i; j < d; j++) {
            e[at++] = s->diffusion[i * d + j];
            k->varies = k->varies || fk_sde_varies(s, s->diffusion[i * d + j]);
        }
    const fk_binding binding = fk_sde_binding(s);
    const fk_status status = fk_program_new(k->outputs, e, &binding, &k->program);
    free(e);
    return status;
}

static void list_points(closure *k)
{
    point *p = k->point;
    *p++ = (point){.i = MOST_DIM, .j = MOST_DIM};
    for (size_t i = 0; i < k->d; i++)
        for (int sign = 0; sign < 2; sign++)
            *p++ = (point){.i = i, .j = MOST_DIM};
    for (size_t i = 0; i < k->d && k->varies; i++)
        for (size_t j = i + 1; j < k->d; j++)
            *p++ = (point){.i = i, .j = j};
    k->n_points = (size_t)(p - k->point);
}

static fk_status compile(const fk_sde *s, closure *k)
{
    const size_t d = k->d = s->dim, pairs = d * (d + 1) / 2;
    k->outputs = d + pairs;
    FK_TRY(compile_program(s, k));
    k->point = calloc(1 + 2 * d + pairs, sizeof *k->point);
    k->step = fk_doubles(d + d * d + pairs);
    k->x = fk_doubles((d + k->outputs) * FK_BLOCK);
    k->scratch = fk_doubles(fk_program_scratch(k->program));
    k->x_row = calloc(d + k->outputs, sizeof *k->x_row);
    if (k->point == NULL || k->step == NULL || k->x == NULL || k->scratch == NULL ||
        k->x_row == NULL)
        return FK_ENOMEM;
    k->slope = k->step + d;
    k->mean_a = k->slope + d * d;
    k->out = k->x + d * FK_BLOCK;
    k->out_row = k->x_row + d;
    for (size_t i = 0; i < d + k->outputs; i++)
        k->x_row[i] = k->x + i * FK_BLOCK;
    list_points(k);
    return FK_OK;
}

/* Steps of a standard deviation, or of the mean's size where there is none, and weights with
 * which a sum over the points is the mean of a polynomial of degree two:
 *
 *     sum_i S_ii / (2 s_i^2) (a(+i) + a(-i) - 2 a) + sum_(i<j) S_ij / (s_i s_j)
 *                            (a(+i +j) - a(+i) - a(+j) + a) + a                  */
static void weigh(const closure *k, const double *mean, const double *cov)
{
    const size_t d = k->d;
    point *p = k->point, *single = p + 1, *pair = single + 2 * d;
    p->weight = 1.0;
    for (size_t i = 0; i < d; i++) {
        const double variance = cov[i * (d + 1)];
        const double s = variance > 0.0 ? sqrt(variance) : fmax(fabs(mean[i]), 1.0);
        const double w = k->varies ? 0.5 * variance / (s * s) : 0.0;
        k->step[i] = single[2 * i].s_i = s;
        single[2 * i + 1].s_i = -s;
        single[2 * i].weight = single[2 * i + 1].weight = w;
        p->weight -= 2.0 * w;
    }
    for (size_t i = 0; i < d && k->varies; i++)
        for (size_t j = i + 1; j < d; j++, pair++) {
            const double w = cov[i * d + j] / (k->step[i] * k->step[j]);
            *pair = (point){i, j, k->step[i], k->step[j], w};
            single[2 * i].weight -= w;
            single[2 * j].weight -= w;
            p->weight += w;
        }
}

/* The program at the points first .. first + lanes - 1. */
static void look(const closure *k, double t, const double *mean, size_t first,
                 size_t lanes)
{
    for (size_t i = 0; i < k->d; i++)
        for (size_t q = 0; q < FK_BLOCK; q++)
            k->x_row[i][q] = mean[i];
    for (size_t q = 0; q < lanes; q++) {
        const point *p = &k->point[first + q];
        if (p->i < MOST_DIM)
            k->x_row[p->i][q] += p->s_i;
        if (p->j < MOST_DIM)
            k->x_row[p->j][q] += p->s_j;
    }
    fk_program_run(k->program, t, (const double *const *)k->x_row, k->out_row,
                   k->scratch);
}

/* What a block of points says of ito at the mean, of its slopes and of the mean of a. */
static void gather(const closure *k, size_t first, size_t lanes, double *dm)
{
    const size_t d = k->d;
    for (size_t q = 0; q < lanes; q++) {
        const point *p = &k->point[first + q];
        for (size_t i = 0; i < d && p->j == MOST_DIM; i++) {
            const double f = k->out_row[i][q];
            if (p->i == MOST_DIM)
                dm[i] = f;
            else
                k->slope[i * d + p->i] += 0.5 * f / p->s_i;
        }
        for (size_t e = d; e < k->outputs; e++)
            k->mean_a[e - d] += p->weight * k->out_row[e][q];
    }
}

/* y = (m[d], S[d][d]) */
static void flow(double t, const double *y, double *dy, void *context)
{
    const closure *k = context;
    const size_t d = k->d;
    const double *S = y + d;
    double *dm = dy, *dS = dy + d;
    weigh(k, y, S);
    memset(k->slope, 0, d * d * sizeof *k->slope);
    memset(k->mean_a, 0, (k->outputs - d) * sizeof *k->mean_a);
    for (size_t first = 0; first < k->n_points; first += FK_BLOCK) {
        const size_t left = k->n_points - first;
        const size_t lanes = left < FK_BLOCK ? left : FK_BLOCK;
        look(k, t, y, first, lanes);
        gather(k, first, lanes, dm);
    }
    for (size_t i = 0, at = 0; i < d; i++)
        for (size_t j = i; j < d; j++) {
            double rate = 2.0 * k->mean_a[at++];
            for (size_t q = 0; q < d; q++)
                rate += k->slope[i * d + q] * S[q * d + j] +
                        S[i * d + q] * k->slope[j * d + q];
            dS[i * d + j] = dS[j * d + i] = rate;
        }
}

fk_status fk_sde_moments(const fk_sde *s, double t0, double t1, double *mean,
                         double *cov)
{
    const size_t d = s->dim;
    closure k = {.program = NULL};
    double *y = fk_doubles(d * (d + 1));
    if (!(t1 > t0)) {
        free(y);
        return FK_OK;
    }
    fk_status status = y == NULL ? FK_ENOMEM : compile(s, &k);
    if (status == FK_OK) {
        memcpy(y, mean, d * sizeof *y);
        memcpy(y + d, cov, d * d * sizeof *y);
        status = fk_integrate(d * (d + 1), flow, &k, t0, t1, RELATIVE, y);
    }
    if (status == FK_OK) {
        memcpy(mean, y, d * sizeof *y);
        memcpy(cov, y + d, d * d * sizeof *y);
    }
    release(&k);
    free(y);
    return status;
}
