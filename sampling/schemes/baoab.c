/* BAOAB for Langevin dynamics: positions q without noise, velocities (or momenta) v,
 *
 *     dq = (M v + m) dt,    dv = (F(q, t) + R v) dt + G dW
 *
 * with constant M, m, R and G, as a symmetric product of exact flows:
 *
 *     B  v += h/2 F(q, t)         A  q += h/2 (M v + m)
 *     O  v: the exact step of dv = R v dt + G dW (see sampling/linear_flow.h)
 *     A  q += h/2 (M v + m)       B  v += h/2 F(q, t + h)
 *
 * Weak order 2.  In harmonic potentials averages over positions are exact at any stable
 * step.  [leimkuhler-matthews-2013] */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/entries.h"
#include "sampling/linear_flow.h"
#include "sampling/prepared.h"
#include "sampling/rows.h"
#include "sampling/scheme.h"

extern const fk_scheme fk_scheme_baoab;

struct fk_stepper {
    size_t dim, positions, velocities;
    size_t *q, *v;        /* their variables, [positions], [velocities] */
    fk_entries force;     /* F[velocities] */
    fk_entries motion;    /* M[positions][velocities], m[positions]: all numbers */
    fk_linear_flow *flow; /* of the velocities */
};

static void release(fk_stepper *s)
{
    if (s == NULL)
        return;
    free(s->q);
    free(s->v);
    fk_entries_clear(&s->force);
    fk_entries_clear(&s->motion);
    fk_linear_flow_free(s->flow);
    free(s);
}

/* Variables with noise, or with a derivative with respect to themselves, are velocities. */
static bool is_velocity(const fk_sde *sde, size_t i)
{
    double value;
    for (size_t k = 0; k < sde->noises; k++)
        if (!fk_expr_is_number(sde->noise[i * sde->noises + k], &value) || value != 0.0)
            return true;
    return fk_expr_depends(sde->ito[i], sde->variable[i]);
}

/* e with all velocities zero */
static const fk_expr *at_rest(const fk_sde *sde, const fk_stepper *s, const fk_expr *e)
{
    const fk_expr *zero = fk_expr_number(sde->pool, 0.0);
    for (size_t j = 0; j < s->velocities; j++)
        e = fk_expr_substitute(sde->pool, e, 1, &sde->variable[s->v[j]], &zero);
    return e;
}

static const fk_expr *slope(const fk_sde *sde, size_t i, size_t j)
{
    return fk_expr_expand(sde->pool,
                          fk_expr_diff(sde->pool, sde->ito[i], sde->variable[j]));
}

static bool sees_velocity(const fk_sde *sde, const fk_stepper *s, const fk_expr *e)
{
    for (size_t j = 0; j < s->velocities; j++)
        if (fk_expr_depends(e, sde->variable[s->v[j]]))
            return true;
    return false;
}

/* Whether the drift of i is what its slopes say: sign(v) has none and is not constant.
 * Three times, as rounded coefficients may leave a trace. */
static bool affine(const fk_sde *sde, const fk_stepper *s, size_t i)
{
    const fk_expr *rest = fk_expr_expand(sde->pool, sde->ito[i]);
    for (int round = 0; round < 3 && sees_velocity(sde, s, rest); round++) {
        const fk_expr *from = rest;
        for (size_t j = 0; j < s->velocities; j++) {
            const fk_expr *v = sde->variable[s->v[j]];
            const fk_expr *rate = fk_expr_diff(sde->pool, from, v);
            rest = fk_expr_sub(sde->pool, rest, fk_expr_mul(sde->pool, rate, v));
        }
        rest = fk_expr_expand(sde->pool, rest);
    }
    return !sees_velocity(sde, s, rest);
}

/* Numbers of n expressions; FK_EDOMAIN if one is not constant. */
static fk_status evaluate(const fk_sde *sde, size_t n, const fk_expr *const *e,
                          fk_entries *out)
{
    for (size_t i = 0; i < n; i++)
        if (!fk_sde_constant(sde, e[i]))
            return FK_EDOMAIN;
    return fk_entries_new(sde, n, e, out);
}

/* M, then m: what moves the positions. */
static fk_status compile_motion(const fk_sde *sde, fk_stepper *s)
{
    const size_t n = s->positions * (s->velocities + 1);
    const fk_expr **e = calloc(n, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < s->positions; i++) {
        for (size_t j = 0; j < s->velocities; j++)
            e[i * s->velocities + j] = slope(sde, s->q[i], s->v[j]);
        e[s->positions * s->velocities + i] = at_rest(sde, s, sde->ito[s->q[i]]);
    }
    const fk_status status = evaluate(sde, n, e, &s->motion);
    free(e);
    return status;
}

static fk_status compile_force(const fk_sde *sde, fk_stepper *s)
{
    const fk_expr **e = calloc(s->velocities, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < s->velocities; i++)
        e[i] = at_rest(sde, s, sde->ito[s->v[i]]);
    const fk_status status = fk_entries_new(sde, s->velocities, e, &s->force);
    free(e);
    return status;
}

/* R and G G^T of the velocities. */
static fk_status compile_flow(const fk_sde *sde, fk_stepper *s)
{
    const size_t n = s->velocities;
    fk_entries both = {0};
    const fk_expr **e = calloc(2 * n * n, sizeof *e);
    double *value = fk_doubles(2 * n * n + n);
    fk_status status = e == NULL || value == NULL ? FK_ENOMEM : FK_OK;
    for (size_t i = 0; status == FK_OK && i < n; i++)
        for (size_t j = 0; j < n; j++) {
            e[i * n + j] = slope(sde, s->v[i], s->v[j]);
            e[n * n + i * n + j] = sde->diffusion[s->v[i] * sde->dim + s->v[j]];
        }
    if (status == FK_OK)
        status = evaluate(sde, 2 * n * n, e, &both);
    for (size_t i = 0; status == FK_OK && i < n * n; i++) {
        value[i] = both.entry[i].value;
        value[n * n + i] = 2.0 * both.entry[n * n + i].value;
    }
    if (status == FK_OK)
        status =
            fk_linear_flow_new(n, value, value + 2 * n * n, value + n * n, &s->flow);
    fk_entries_clear(&both);
    free(value);
    free(e);
    return status;
}

/* FK_EDOMAIN if the SDE has another form. */
static fk_status compile(const fk_sde *sde, fk_stepper *s)
{
    s->dim = sde->dim;
    s->q = calloc(sde->dim, sizeof *s->q);
    s->v = calloc(sde->dim, sizeof *s->v);
    if (s->q == NULL || s->v == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < sde->dim; i++)
        if (is_velocity(sde, i))
            s->v[s->velocities++] = i;
        else
            s->q[s->positions++] = i;
    if (s->positions == 0 || s->velocities == 0)
        return FK_EDOMAIN;
    for (size_t i = 0; i < sde->dim; i++)
        if (!affine(sde, s, i))
            return FK_EDOMAIN;
    FK_TRY(compile_motion(sde, s));
    FK_TRY(compile_flow(sde, s));
    return compile_force(sde, s);
}

static fk_status prepare(const fk_sde *sde, fk_stepper **out, fk_message *message)
{
    static const char needs[] =
        "baoab needs positions and velocities, dq = M v dt and dv = "
        "(F(q, t) + R v) dt + G dW with constant M, R and G; "
        "ou-splitting accepts any drift";
    fk_stepper *s = calloc(1, sizeof *s);
    const fk_status status = s == NULL ? FK_ENOMEM : compile(sde, s);
    return fk_prepared(status, s, release, needs, out, message);
}

static size_t draws(const fk_stepper *s)
{
    return s->velocities;
}

/* Pointers to the velocities, then the force's own or the flow's. */
static size_t scratch_size(const fk_stepper *s)
{
    const size_t force = fk_entries_scratch(&s->force),
                 flow = fk_linear_flow_scratch(s->flow);
    return fk_rows_scratch(s->velocities) + (force > flow ? force : flow);
}

static void join(const fk_stepper *s, double h, const double *first,
                 const double *second, double *z)
{
    fk_linear_flow_join(s->flow, h, first, second, z);
}

static void push(const fk_stepper *s, double t, double h, double *const *x,
                 double *scratch)
{
    double *const *rows =
        fk_entries_eval(&s->force, t, (const double *const *)x, scratch);
    for (size_t i = 0; i < s->velocities; i++)
        fk_entry_add(&s->force.entry[i], rows, h, x[s->v[i]]);
}

static void move(const fk_stepper *s, double h, double *const *x)
{
    const fk_entry *M = s->motion.entry, *m = M + s->positions * s->velocities;
    for (size_t i = 0; i < s->positions; i++) {
        fk_entry_add(&m[i], NULL, h, x[s->q[i]]);
        for (size_t j = 0; j < s->velocities; j++, M++)
            if (M->value != 0.0)
                fk_row_add(x[s->q[i]], h * M->value, x[s->v[j]]);
    }
}

static void step(const fk_stepper *s, double t, double h, const double *z,
                 double *const *x, double *scratch)
{
    double **v = (double **)(void *)scratch;
    scratch += fk_rows_scratch(s->velocities);
    for (size_t i = 0; i < s->velocities; i++)
        v[i] = x[s->v[i]];
    push(s, t, 0.5 * h, x, scratch);
    move(s, 0.5 * h, x);
    fk_linear_flow_step(s->flow, h, z, v, scratch);
    move(s, 0.5 * h, x);
    push(s, t + h, 0.5 * h, x, scratch);
}

const fk_scheme fk_scheme_baoab = {
    .name = "baoab",
    .summary = "splitting for Langevin dynamics, positions and velocities",
    .reference = "leimkuhler-matthews-2013",
    .noise = FK_PROCESS_NOISE,
    .strong_order = 1.0,
    .weak_order = 2.0,
    .path = FK_OWN_PATH,
    .prepare = prepare,
    .release = release,
    .scratch = scratch_size,
    .draws = draws,
    .join = join,
    .step = step,
};
