#include "pde/evolution.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/block.h"
#include "core/density.h"
#include "core/memory.h"
#include "pde/integrator.h"
#include "pde/step_control.h"

/* Shortest adaptive step: the interval over 2^LEVELS. */
enum { LEVELS = 50 };

struct fk_evolution {
    fk_fokker_planck *fp;
    fk_evolution_options options;
    fk_integrator *integrator;
    size_t cells, size; /* cells + FK_BOOKS */
    double begin, time;
    double mass;     /* at the beginning */
    double wish;     /* adaptive: length of the next pair of steps; 0: not known */
    double longest;  /* step that the stepper allows, as far as the last one knew */
    size_t starting; /* starting steps still to take */
    fk_step_control control;
    fk_ledger ledger;          /* what is in the books is filled when asked for */
    double *p, *fine, *coarse; /* [size]; the last two for adaptive steps */
    double *ahead;             /* [size] predicted, for mean values of the density */
};

/* Steppers that are exact, or choose their own steps, take an interval at once. */
static bool at_once(const fk_evolution_options *o)
{
    return isinf(o->stepper->order) && !(o->step > 0.0);
}

static bool adaptive(const fk_evolution_options *o)
{
    return !(o->step > 0.0) && !at_once(o);
}

/* Adaptive runs alternate between steps of h and h / 2. */
static size_t slots(const fk_evolution_options *o)
{
    return adaptive(o) ? 2 : 1;
}

static fk_status allocate(fk_evolution *e, const double *p)
{
    e->p = fk_doubles(e->size);
    if (e->p == NULL)
        return FK_ENOMEM;
    memcpy(e->p, p, e->cells * sizeof *p); /* the books begin empty */
    e->p[e->cells + FK_BOOK_ONE] = 1.0;
    if (adaptive(&e->options)) {
        e->fine = fk_doubles(e->size);
        e->coarse = fk_doubles(e->size);
        if (e->fine == NULL || e->coarse == NULL)
            return FK_ENOMEM;
    }
    if (fk_fokker_planck_interacts(e->fp))
        e->ahead = fk_doubles(e->size);
    return !fk_fokker_planck_interacts(e->fp) || e->ahead != NULL ? FK_OK : FK_ENOMEM;
}

fk_status fk_evolution_new(fk_fokker_planck *fp, double t, const double *p,
                           const fk_evolution_options *o, fk_evolution **out)
{
    assert(o->stepper != NULL);
    assert(o->step > 0.0 || (o->tolerance > 0.0 && o->span > 0.0));
    *out = NULL;
    fk_evolution *e = calloc(1, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    const fk_grid *g = &fk_fokker_planck_domain(fp)->grid;
    e->fp = fp;
    e->options = *o;
    e->cells = fk_grid_cells(g);
    e->size = e->cells + FK_BOOKS;
    e->begin = e->time = t;
    e->mass = fk_density_mass(g, p);
    e->starting = o->stepper->start;
    e->ledger.minimum = fk_density_min(g, p);
    e->ledger.time_error = o->step > 0.0 ? (double)NAN : 0.0;
    e->ledger.grid_error = (double)NAN;
    fk_status status = allocate(e, p);
    if (status == FK_OK)
        status = o->stepper->kind->make(fp, o->stepper, slots(o), &e->integrator);
    if (status != FK_OK) {
        fk_evolution_free(e);
        return status;
    }
    *out = e;
    return FK_OK;
}

void fk_evolution_free(fk_evolution *e)
{
    if (e == NULL)
        return;
    e->options.stepper->kind->free(e->integrator);
    free(e->p);
    free(e->fine);
    free(e->coarse);
    free(e->ahead);
    free(e);
}

size_t fk_evolution_memory(const fk_sde *sde, const fk_grid *g,
                           const fk_evolution_options *o)
{
    const size_t fields = (adaptive(o) ? 3u : 1u) + (fk_sde_interacts(sde) ? 1u : 0u);
    return fields * (fk_grid_cells(g) + FK_BOOKS) * sizeof(double) +
           o->stepper->kind->memory(sde, g, o->stepper, slots(o));
}

/* Least entry, and int |u - v|; sums in FK_LANES parts, always in the same order. */
FK_CLONES
static double least(size_t n, const double *restrict u)
{
    double part[FK_LANES], m;
    for (size_t l = 0; l < FK_LANES; l++)
        part[l] = u[0];
    const size_t whole = n - n % FK_LANES;
    for (size_t i = 0; i < whole; i += FK_LANES)
        for (size_t l = 0; l < FK_LANES; l++)
            part[l] = u[i + l] < part[l] ? u[i + l] : part[l];
    m = part[0];
    for (size_t l = 1; l < FK_LANES; l++)
        m = part[l] < m ? part[l] : m;
    for (size_t i = whole; i < n; i++)
        m = u[i] < m ? u[i] : m;
    return m;
}

FK_CLONES
static double l1_sum(size_t n, const double *restrict u, const double *restrict v)
{
    double part[FK_LANES] = {0.0}, sum = 0.0;
    const size_t whole = n - n % FK_LANES;
    for (size_t i = 0; i < whole; i += FK_LANES)
        for (size_t l = 0; l < FK_LANES; l++)
            part[l] += fabs(u[i + l] - v[i + l]);
    for (size_t l = 0; l < FK_LANES; l++)
        sum += part[l];
    for (size_t i = whole; i < n; i++)
        sum += fabs(u[i] - v[i]);
    return sum;
}

/* Order of the stepper in use; mean values of the density are known to order 2. */
static double order_now(const fk_evolution *e)
{
    const double order = e->starting > 0 ? 1.0 : e->options.stepper->order;
    return fk_fokker_planck_interacts(e->fp) ? fmin(order, 2.0) : order;
}

/* Mean values through the step: from those of u to those of the u that a step with u's own
 * leads to. */
static fk_status predict(fk_evolution *e, const fk_time_step *step, const double *u,
                         double *longest, fk_message *message)
{
    fk_step_report report = {.longest = HUGE_VAL};
    memcpy(e->ahead, u, e->size * sizeof *u);
    fk_fokker_planck_look(e->fp, step->t, u);
    const fk_status status =
        e->integrator->kind->step(e->integrator, step, e->ahead, &report, message);
    *longest = report.longest;
    if (status == FK_OK)
        fk_fokker_planck_look_ahead(e->fp, step->t + step->h, e->ahead);
    return status;
}

/* One step of u from t to t + h. */
static fk_status one_step(fk_evolution *e, double t, double h, double *u,
                          fk_step_report *report, fk_message *message)
{
    const fk_time_step step = {
        .t = t, .h = h, .start = e->starting > 0, .tolerance = e->options.tolerance};
    report->longest = HUGE_VAL;
    fk_status status = FK_OK;
    if (fk_fokker_planck_interacts(e->fp))
        status = predict(e, &step, u, &report->longest, message);
    if (status == FK_OK)
        status = e->integrator->kind->step(e->integrator, &step, u, report, message);
    e->longest = report->longest;
    return status;
}

/* p has become the density at time t by `steps` accepted steps. */
static void accept(fk_evolution *e, double t, size_t steps,
                   const fk_step_report *report)
{
    e->time = t;
    e->starting -= steps < e->starting ? steps : e->starting;
    e->ledger.steps += steps;
    e->ledger.limited += report->limited;
    e->ledger.time_error += report->error;
    e->ledger.minimum = fmin(e->ledger.minimum, least(e->cells, e->p));
}

/* Tells how far the run is; FK_EINTERRUPTED when it should stop. */
static fk_status look_up(const fk_evolution *e, double t_end,
                         const fk_progress *progress, fk_message *message)
{
    const double span = fmax(e->options.span, t_end - e->begin);
    fk_progress_report(progress, e->time - e->begin, span);
    if (fk_progress_stopped(progress))
        return fk_fail(message, FK_EINTERRUPTED, "stopped at t = %g", e->time);
    return FK_OK;
}

static fk_status advance_evenly(fk_evolution *e, double t_end,
                                const fk_progress *progress, fk_message *message)
{
    const double t0 = e->time, length = t_end - t0;
    const double wanted = at_once(&e->options) ? 1.0 : length / e->options.step;
    const double count = fmax(ceil(wanted * (1.0 - 1e-12)), 1.0);
    const double h = length / count;
    for (double i = 0.0; i < count; i += 1.0) {
        fk_step_report report = {0};
        FK_TRY(look_up(e, t_end, progress, message));
        FK_TRY(one_step(e, t0 + i * h, h, e->p, &report, message));
        accept(e, i + 1.0 < count ? t0 + (i + 1.0) * h : t_end, 1, &report);
    }
    return FK_OK;
}

/* coarse and fine <- the density after h by one step and by two; *error: what the two
 * are believed to be off, by the difference and the order. */
static fk_status try_pair(fk_evolution *e, double h, fk_step_report *report,
                          double *error, fk_message *message)
{
    const size_t bytes = e->size * sizeof *e->p;
    const double t = e->time;
    fk_step_report unused = {0};
    memcpy(e->coarse, e->p, bytes);
    memcpy(e->fine, e->p, bytes);
    FK_TRY(one_step(e, t, h, e->coarse, &unused, message));
    FK_TRY(one_step(e, t, 0.5 * h, e->fine, report, message));
    FK_TRY(one_step(e, t + 0.5 * h, 0.5 * h, e->fine, report, message));

    const double volume = fk_grid_volume(&fk_fokker_planck_domain(e->fp)->grid);
    const double distance = volume * l1_sum(e->cells, e->fine, e->coarse);
    *error = distance / (e->mass * (exp2(order_now(e)) - 1.0));
    return FK_OK;
}

/* The time scales of the run, known once there are rates. */
static fk_status begin_control(fk_evolution *e, double length, fk_message *message)
{
    if (e->control.shortest > 0.0)
        return FK_OK;
    fk_fokker_planck_look(e->fp, e->time, e->p);
    FK_TRY(fk_fokker_planck_set(e->fp, e->time, message));
    const double rate = fk_fokker_planck_max_rate(e->fp);
    e->control = (fk_step_control){
        .tolerance = e->options.tolerance,
        .start = e->begin,
        .span = e->options.span,
        .shortest = fmin(rate > 0.0 ? 1.0 / rate : HUGE_VAL, e->options.span),
    };
    e->wish = length / 8.0;
    return FK_OK;
}

/* Least level whose step, length / 2^level, is within the wish and begins at a multiple
 * of itself: position counts steps of the shortest kind, 2^LEVELS to the interval. */
static int choose_level(double length, double wish, uint64_t position)
{
    int level = 0;
    while (level < LEVELS && (ldexp(length, -level) > wish * (1.0 + 1e-9) ||
                              position % ((uint64_t)1 << (LEVELS - level)) != 0))
        level++;
    return level;
}

static fk_status advance_adaptively(fk_evolution *e, double t_end,
                                    const fk_progress *progress, fk_message *message)
{
    const double t0 = e->time, length = t_end - t0;
    const uint64_t whole = (uint64_t)1 << LEVELS;
    FK_TRY(begin_control(e, length, message));
    for (uint64_t position = 0; position < whole;) {
        const int level = choose_level(length, e->wish, position);
        const double h = ldexp(length, -level);
        fk_step_report report = {0};
        double error;
        FK_TRY(look_up(e, t_end, progress, message));
        const fk_status status = try_pair(e, h, &report, &error, message);
        if (status == FK_ELIMIT && level + 1 < LEVELS) {
            e->wish = fmin(e->longest, 0.5 * h);
            continue;
        }
        if (status != FK_OK)
            return status;

        e->wish = fk_step_control_next(&e->control, e->time, h, error, order_now(e));
        e->wish = fmin(e->wish, e->longest);
        if (!(error <= fk_step_control_share(&e->control, e->time, h))) {
            e->ledger.rejected += 2;
            if (level + 1 >= LEVELS || !isfinite(error))
                return fk_fail(message, FK_ECONVERGE,
                               "no time step at t = %g is short enough for the "
                               "tolerance %g",
                               e->time, e->options.tolerance);
            e->wish = fmin(e->wish, 0.5 * h);
            continue;
        }
        double *spent = e->p;
        e->p = e->fine;
        e->fine = spent;
        position += (uint64_t)1 << (LEVELS - level);
        e->ledger.time_error += error * e->mass;
        accept(e,
               position < whole ? t0 + length * ((double)position / (double)whole)
                                : t_end,
               2, &report);
    }
    return FK_OK;
}

fk_status fk_evolution_advance(fk_evolution *e, double t_end,
                               const fk_progress *progress, fk_message *message)
{
    assert(t_end >= e->time);
    if (t_end == e->time)
        return FK_OK;
    FK_TRY(fk_pde_stepper_fits(e->options.stepper, fk_fokker_planck_flux(e->fp),
                               fk_fokker_planck_steady(e->fp), message));
    FK_TRY(adaptive(&e->options) ? advance_adaptively(e, t_end, progress, message)
                                 : advance_evenly(e, t_end, progress, message));
    fk_progress_report(progress, e->time - e->begin,
                       fmax(e->options.span, e->time - e->begin));
    return FK_OK;
}

const double *fk_evolution_density(const fk_evolution *e)
{
    return e->p;
}

double fk_evolution_time(const fk_evolution *e)
{
    return e->time;
}

void fk_evolution_ledger(const fk_evolution *e, fk_ledger *out)
{
    const double *left = e->p + e->cells; /* the books */
    *out = e->ledger;
    out->inside = fk_density_mass(&fk_fokker_planck_domain(e->fp)->grid, e->p);
    double total = out->inside;
    for (size_t a = 0; a < FK_GRID_DIM; a++)
        for (size_t side = 0; side < 2; side++) {
            out->left[a][side] = left[2 * a + side];
            total += left[2 * a + side];
        }
    out->killed = left[FK_BOOK_KILLED];
    out->made = left[FK_BOOK_MADE];
    out->cost = left[FK_BOOK_COST];
    out->defect = total + out->killed - out->made - e->mass;
}
