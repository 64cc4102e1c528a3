#include "pde/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/backward.h"
#include "pde/function_average.h"
#include "sde/stretched.h"

enum { FIRST_STEPS = 32, MOST_STEPS = 1 << 18 };

static void free_fields(size_t n, double **u)
{
    for (size_t k = 0; u != NULL && k < n; k++)
        free(u[k]);
    free(u);
}

static double **fields(size_t n, size_t cells)
{
    double **u = fk_alloc(n, sizeof *u);
    for (size_t k = 0; u != NULL && k < n; k++)
        if ((u[k] = fk_doubles(cells + FK_BOOKS)) == NULL) {
            free_fields(n, u);
            return NULL;
        }
    return u;
}

/* The payoff's averages, and in the books what is paid besides. */
static fk_status pay(const fk_value_task *t, double *u, fk_message *message)
{
    static const char *const name[] = {"payoff"};
    const fk_grid *g = &t->domain->grid;
    double *book = u + fk_grid_cells(g);
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        for (size_t side = 0; side < 2; side++)
            book[2 * a + side] = t->worth[a][side];
    book[FK_BOOK_COST] = t->cost != NULL ? 1.0 : 0.0;
    if (t->payoff == NULL)
        return FK_OK;
    fk_function_average *average;
    const fk_expr *e = fk_stretched_function(t->sde, g, t->payoff);
    FK_TRY(fk_function_average_new(t->sde, g, 1, &e, name, &average));
    const fk_status status =
        fk_function_average_take(average, t->time[t->n_times - 1], &u, message);
    fk_function_average_free(average);
    return status;
}

/* u[k] at all times from that at the last, in steps of at most h (0: one each). */
static fk_status go_back(const fk_value_task *t, fk_fokker_planck *fp, double h,
                         double **u, const fk_progress *progress, fk_message *message)
{
    const size_t cells = fk_grid_cells(&t->domain->grid), last = t->n_times - 1;
    const double span = t->time[last] - t->time[0];
    for (size_t k = last; k-- > 0;) {
        const fk_backward_options o = {.stepper = t->stepper,
                                       .step = h,
                                       .last = k + 1 == last ? t->stepper->start : 0};
        fk_progress_report(progress, t->time[last] - t->time[k + 1], span);
        memcpy(u[k], u[k + 1], (cells + FK_BOOKS) * sizeof **u);
        FK_TRY(
            fk_backward_solve(fp, &o, t->time[k], t->time[k + 1], u[k], NULL, message));
        if (fk_progress_stopped(progress))
            return fk_fail(message, FK_EINTERRUPTED, "stopped at t = %g", t->time[k]);
    }
    return FK_OK;
}

static double size(const fk_value_task *t, const double *u)
{
    const size_t cells = fk_grid_cells(&t->domain->grid);
    double sum = 0.0;
    for (size_t c = 0; c < cells; c++)
        sum += fabs(u[c]);
    return sum;
}

/* The largest error of any time, as a share of u's size there. */
static double share(const fk_value_task *t, double *const *error, double *const *u)
{
    double most = 0.0;
    for (size_t k = 0; k + 1 < t->n_times; k++) {
        const double e = size(t, error[k]), all = size(t, u[k]);
        most = fmax(most, e > 0.0 ? e / all : 0.0);
    }
    return most;
}

/* before <- the error of u, from what a run in steps twice as long gave before; there is none
 * at the end */
static void estimate(const fk_value_task *t, double *const *u, double **before)
{
    const size_t cells = fk_grid_cells(&t->domain->grid);
    const double gain = exp2(t->stepper->order) - 1.0;
    for (size_t k = 0; k + 1 < t->n_times; k++)
        for (size_t c = 0; c < cells; c++)
            before[k][c] = (u[k][c] - before[k][c]) / gain;
}

/* Halves the steps until that changes little. */
static fk_status converge(const fk_value_task *t, fk_fokker_planck *fp, fk_value *v,
                          const fk_progress *progress, fk_message *message)
{
    const double span = t->time[t->n_times - 1] - t->time[0];
    bool compare = false;
    double error = HUGE_VAL;
    for (double n = FIRST_STEPS; n <= MOST_STEPS; n *= 2.0) {
        for (size_t k = 0; k + 1 < t->n_times && compare; k++) {
            double *spent = v->error[k];
            v->error[k] = v->u[k];
            v->u[k] = spent;
        }
        const fk_status status = go_back(t, fp, span / n, v->u, progress, message);
        if (status == FK_ELIMIT && !compare) /* too long for an explicit stepper */
            continue;
        FK_TRY(status);
        v->steps = n;
        if (compare) {
            estimate(t, v->u, v->error);
            error = share(t, v->error, v->u);
        }
        if (error <= t->tolerance)
            return FK_OK;
        compare = true;
    }
    return fk_fail(
        message, FK_ECONVERGE,
        "no time step of '%s' is short enough for the tolerance %g: after %g "
        "steps the error is still %.2g of the value",
        t->stepper->name, t->tolerance, v->steps, error);
}

static fk_status solve(const fk_value_task *t, fk_fokker_planck *fp, fk_value *v,
                       const fk_progress *progress, fk_message *message)
{
    const size_t last = t->n_times - 1, cells = fk_grid_cells(&t->domain->grid);
    if (isinf(t->stepper->order) || t->step > 0.0) {
        const double span = t->time[last] - t->time[0];
        v->steps = t->step > 0.0 ? ceil(span / t->step) : (double)last;
        return go_back(t, fp, t->step, v->u, progress, message);
    }
    v->error = fields(t->n_times, cells);
    if (v->error == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the value function's error");
    return converge(t, fp, v, progress, message);
}

fk_status fk_value_solve(const fk_value_task *t, const fk_progress *progress,
                         fk_value *out, fk_message *message)
{
    *out = (fk_value){.n_times = t->n_times};
    if (fk_domain_moves(t->domain))
        return fk_fail(message, FK_EDOMAIN,
                       "walls that move have no backward equation here: 'fokker run' "
                       "follows such a problem forward");
    fk_fokker_planck *fp = NULL;
    out->u = fields(t->n_times, fk_grid_cells(&t->domain->grid));
    if (out->u == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the value function");
    fk_status status = fk_fokker_planck_new(t->sde, t->domain, t->flux, &fp, message);
    if (status == FK_OK)
        status = fk_fokker_planck_react(fp, t->sde->killing, NULL, t->cost, message);
    if (status == FK_OK)
        status = pay(t, out->u[t->n_times - 1], message);
    if (status == FK_OK)
        status = solve(t, fp, out, progress, message);
    fk_fokker_planck_free(fp);
    return status;
}

void fk_value_clear(fk_value *v)
{
    free_fields(v->n_times, v->u);
    free_fields(v->n_times, v->error);
    *v = (fk_value){0};
}

enum { NODES = 4 };

/* Lagrange's polynomials through the n cell middles from `first` on, at s cells above lo. */
static void weights(size_t first, size_t n, double s, double *w)
{
    for (size_t j = 0; j < n; j++) {
        w[j] = 1.0;
        for (size_t k = 0; k < n; k++)
            if (k != j)
                w[j] *= (s - 0.5 - (double)(first + k)) / ((double)j - (double)k);
    }
}

/* The first of n cells about s cells above lo. */
static size_t stencil(const fk_axis *a, double s, size_t n)
{
    const double first = floor(s - 0.5) - 1.0;
    return first <= 0.0 ? 0 : (size_t)fmin(first, (double)(a->cells - n));
}

double fk_value_at(const fk_grid *g, const double *u, const double *x)
{
    double w[FK_GRID_DIM][NODES] = {{1.0}, {1.0}, {1.0}}, sum = 0.0;
    size_t first[FK_GRID_DIM] = {0}, n[FK_GRID_DIM] = {1, 1, 1};
    for (size_t a = 0; a < g->dim; a++) {
        const fk_axis *axis = &g->axis[a], even = fk_axis_even(axis);
        const double place =
            axis->stretch != NULL ? fk_stretch_u(axis->stretch, x[a]) : x[a];
        const double s = (place - even.lo) / fk_axis_width(axis);
        n[a] = axis->cells < NODES ? axis->cells : NODES;
        first[a] = stencil(axis, s, n[a]);
        weights(first[a], n[a], s, w[a]);
    }
    for (size_t k = 0; k < n[2]; k++)
        for (size_t j = 0; j < n[1]; j++)
            for (size_t i = 0; i < n[0]; i++)
                sum +=
                    w[0][i] * w[1][j] * w[2][k] *
                    u[fk_grid_ravel(g, (size_t[FK_GRID_DIM]){first[0] + i, first[1] + j,
                                                             first[2] + k})];
    return sum;
}
