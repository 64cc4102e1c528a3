#include <float.h>
#include <math.h>
#include <string.h>

#include "pde/explicit.h"

/* The second-order Runge-Kutta-Chebyshev method with s stages and damping eps = 2/13:
 * its stability polynomial
 *
 *     a_s + b_s T_s(w0 + w1 z),  w0 = 1 + eps / s^2,  w1 = T_s'(w0) / T_s''(w0)
 *
 * stays below 1 for -beta <= z <= 0, beta = (w0 + 1) T_s'' / T_s' = about 0.65 (s^2 - 1).
 * Eigenvalues lie within 2 R of zero, R the largest rate; where the drift rules a cell
 * they are not near the real axis, and only short steps (few stages) are stable. */
enum { STAGES = 400 };
static const double DAMPING = 2.0 / 13.0;

/* T_j(w0) with two derivatives, and the b_j = T_j'' / T_j'^2 of its stage. */
typedef struct chebyshev {
    double t, d, dd, b;
} chebyshev;

/* Of degrees j, j - 1 and j - 2. */
typedef struct recursion {
    double w0;
    chebyshev now, before, oldest;
} recursion;

static recursion first_degree(size_t s)
{
    const double w0 = 1.0 + DAMPING / (double)(s * s), b = 0.25 / (w0 * w0);
    return (recursion){
        .w0 = w0, .now = {w0, 1.0, 0.0, b}, .before = {1.0, 0.0, 0.0, b}};
}

static void next_degree(recursion *r)
{
    const chebyshev u = r->now, v = r->before;
    chebyshev next = {
        2.0 * r->w0 * u.t - v.t,
        2.0 * u.t + 2.0 * r->w0 * u.d - v.d,
        4.0 * u.d + 2.0 * r->w0 * u.dd - v.dd,
        0.0,
    };
    next.b = next.dd / (next.d * next.d);
    r->oldest = v;
    r->before = u;
    r->now = next;
}

static recursion degree(size_t s)
{
    recursion r = first_degree(s);
    for (size_t j = 1; j < s; j++)
        next_degree(&r);
    return r;
}

static double beta(size_t s)
{
    const recursion r = degree(s);
    return (r.w0 + 1.0) * r.now.dd / r.now.d;
}

/* Fewest stages whose beta reaches z. */
static size_t stages_for(double z)
{
    size_t s = (size_t)fmax(sqrt(1.0 + 1.5 * z), 2.0);
    while (s > 2 && beta(s - 1) >= z)
        s--;
    while (s < STAGES && beta(s) < z)
        s++;
    return s;
}

/* A stage's coefficients, and its time in units of the step. */
typedef struct stage {
    double nu, mu, rate, gamma, c;
} stage;

/* A step: how many stages, stage[1 .. s]; reach of the longest possible one. */
typedef struct plan {
    size_t s;
    double reach;
    stage stage[STAGES + 1];
} plan;

static void list_stages(plan *p, size_t s)
{
    stage *list = p->stage;
    p->s = s;
    const chebyshev last = degree(s).now;
    const double w1 = last.d / last.dd;
    recursion r = first_degree(s);
    list[1].c = r.now.b * w1;
    for (size_t j = 2; j <= s; j++) {
        next_degree(&r);
        const double b = r.now.b, b1 = r.before.b, rate = 2.0 * b * w1 / b1;
        list[j] = (stage){.nu = -b / r.oldest.b,
                          .mu = 2.0 * b * r.w0 / b1,
                          .rate = rate,
                          .gamma = (b1 * r.before.t - 1.0) * rate,
                          .c = w1 * r.now.dd / r.now.d};
    }
}

/* A density's sum |p| is its mass; it has doubled only where oscillations grow, which is
 * what the method does to eigenvalues away from the real axis.  Told as a limit. */
static fk_status check(const fk_explicit *e, const fk_time_step *step, const double *u,
                       fk_step_report *report, fk_message *message)
{
    const size_t cells = e->n - FK_BOOKS;
    double sum = 0.0, absolute = 0.0;
    for (size_t c = 0; c < cells; c++) {
        sum += u[c];
        absolute += fabs(u[c]);
    }
    if (absolute <= 2.0 * fabs(sum) + DBL_MIN)
        return FK_OK;
    report->longest = fmin(report->longest, 0.5 * step->h);
    return fk_fail(
        message, FK_ELIMIT,
        "a step of %g at t = %g is too long for rkc: the density oscillates, as "
        "it does where a drift goes round; try at most %.4g, or an implicit "
        "stepper",
        step->h, step->t, report->longest);
}

/* Y_j = nu Y_{j-2} + mu Y_{j-1} + (1 - mu - nu) u + h (mu w1 / w0 F_{j-1} + gamma F_0) at
 * time t + c_j h, c_j = w1 T_j'' / T_j'; Y_1 = u + b_1 w1 h F_0. */
static fk_status forward(fk_explicit *e, const fk_time_step *step, const plan *p,
                         double *u, fk_step_report *report, fk_message *message)
{
    double *first = e->field[0], *flow = e->field[1];
    double *y = e->field[2], *before = e->field[3];
    const double h = step->h;
    fk_explicit_flow(e, step, u, first);
    fk_explicit_sum(e, 2, (double[]){1.0, p->stage[1].c * h},
                    (const double *[]){u, first}, y);
    memcpy(before, u, e->n * sizeof *u);
    for (size_t j = 2; j <= p->s; j++) {
        const stage k = p->stage[j];
        FK_TRY(fk_explicit_set(e, step->t + p->stage[j - 1].c * h, p->reach, step,
                               report, message));
        fk_explicit_flow(e, step, y, flow);
        fk_explicit_sum(
            e, 5, (double[]){k.nu, k.mu, 1.0 - k.mu - k.nu, k.rate * h, k.gamma * h},
            (const double *[]){before, y, u, flow, first}, j == p->s ? u : before);
        double *spent = before;
        before = y;
        y = spent;
    }
    return check(e, step, u, report, message);
}

/* The stages from the last to the first: y is what the result owes to Y_j, `before` the part
 * of Y_{j-1}'s that is known, `first` F_0's, and u gathers its own. */
static fk_status backward(fk_explicit *e, const fk_time_step *step, const plan *p,
                          double *u, fk_step_report *report, fk_message *message)
{
    double *first = e->field[0], *flow = e->field[1];
    double *y = e->field[2], *before = e->field[3];
    const double h = step->h;
    memcpy(y, u, e->n * sizeof *u);
    memset(u, 0, e->n * sizeof *u);
    memset(first, 0, e->n * sizeof *u);
    memset(before, 0, e->n * sizeof *u);
    for (size_t j = p->s; j >= 2; j--) {
        const stage k = p->stage[j];
        FK_TRY(fk_explicit_set(e, step->t + p->stage[j - 1].c * h, p->reach, step,
                               report, message));
        fk_explicit_flow(e, step, y, flow);
        fk_explicit_sum(e, 3, (double[]){1.0, k.mu, k.rate * h},
                        (const double *[]){before, y, flow}, before);
        fk_explicit_sum(e, 2, (double[]){1.0, 1.0 - k.mu - k.nu},
                        (const double *[]){u, y}, u);
        fk_explicit_sum(e, 2, (double[]){1.0, k.gamma * h},
                        (const double *[]){first, y}, first);
        fk_explicit_sum(e, 2, (double[]){k.nu, 0.0}, (const double *[]){y, y}, y);
        double *spent = before;
        before = y;
        y = spent;
    }
    fk_explicit_sum(e, 2, (double[]){1.0, p->stage[1].c * h},
                    (const double *[]){first, y}, first);
    FK_TRY(fk_explicit_set(e, step->t, p->reach, step, report, message));
    fk_explicit_flow(e, step, first, flow);
    fk_explicit_sum(e, 4, (double[]){1.0, 1.0, 1.0, 1.0},
                    (const double *[]){u, y, before, flow}, u);
    return FK_OK;
}

static fk_status step(fk_integrator *i, const fk_time_step *step, double *u,
                      fk_step_report *report, fk_message *message)
{
    fk_explicit *e = (fk_explicit *)i;
    plan p = {.reach = 0.5 * beta(STAGES)};
    FK_TRY(fk_explicit_set(e, step->t, p.reach, step, report, message));
    list_stages(&p, stages_for(2.0 * step->h * e->rate));
    return step->transposed ? backward(e, step, &p, u, report, message)
                            : forward(e, step, &p, u, report, message);
}

static const fk_integrator_kind stages = {
    .make = fk_explicit_make,
    .free = fk_explicit_free,
    .memory = fk_explicit_memory,
    .step = step,
};

const fk_pde_stepper fk_pde_stepper_rkc = {
    .name = "rkc",
    .summary = "order 2, explicit, as many stages as the step needs; not positive",
    .formula =
        "p+ = a_s p + b_s T_s(w0 + w1 h L) p,  T_s Chebyshev polynomial of s stages,\n"
        "w0 = 1 + 2 / (13 s^2),  w1 = T_s'(w0) / T_s''(w0),  s^2 = about 3 h (largest "
        "rate)",
    .regime = "noise that rules the cells, without solving anything; not where a drift "
              "goes round",
    .reference = "sommeijer-shampine-verwer-1998",
    .order = 2.0,
    .wide = true,
    .kind = &stages,
    .fields = 4,
};
