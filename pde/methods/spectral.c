#include "pde/spectral.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pde/solver.h"

/* Errors of a sum of smooth functions are spread over the whole box and do not fall with
 * the density as those of finite volumes do: for its tails to have digits it is solved to
 * this share of the tolerance, which costs little more. */
static const double SHARE = 1e-3, LEAST = 1e-12;

static fk_status open(const fk_solver_task *task, void **state, fk_message *message)
{
    const fk_spectral_options o = {.tolerance = fmax(SHARE * task->tolerance, LEAST),
                                   .span = task->end - task->start,
                                   .step = task->step,
                                   .most_work = task->most_work};
    fk_spectral *s = NULL;
    *state = NULL;
    if (task->sde->killing != NULL || task->source != NULL)
        return fk_fail(message, FK_EDOMAIN,
                       "the spectral method knows neither killing nor sources: take "
                       "finite-volume");
    const fk_status status = fk_spectral_new(task->sde, &task->domain, task->law,
                                             task->start, &o, &s, message);
    *state = s;
    return status;
}

static void close(void *state)
{
    fk_spectral_free(state);
}

static fk_status advance(void *state, double t, const fk_progress *progress,
                         fk_message *message)
{
    return fk_spectral_advance(state, t, progress, message);
}

static const double *density(const void *state)
{
    return fk_spectral_density(state);
}

static void ledger(const void *state, fk_ledger *out)
{
    fk_spectral_ledger(state, out);
}

static fk_status current(const void *state, double *const *out)
{
    return fk_spectral_current(state, out);
}

static void describe(const void *state, size_t n, char *text)
{
    fk_spectral_report r;
    char modes[64] = "", box[96] = "", ends[64] = "";
    fk_spectral_report_on(state, &r);
    for (size_t i = 0, m = 0, b = 0; i < r.dim; i++) {
        const char *times = i > 0 ? " x " : "";
        m += (size_t)snprintf(modes + m, sizeof modes - m, "%s%zu", times, r.modes[i]);
        b += (size_t)snprintf(box + b, sizeof box - b, "%s%g..%g", times, r.lo[i],
                              r.hi[i]);
    }
    if (r.collar > 0.0)
        snprintf(ends, sizeof ends, ", at the box's open ends is %.1e", r.collar);
    snprintf(text, n, "%s modes on %s leave out %.1e%s; time by %s", modes, box, r.tail,
             ends, r.way);
}

const fk_pde_method fk_pde_method_spectral = {
    .name = "spectral",
    .summary = "Fourier, cosine or sine modes: exponentially accurate where everything "
               "is smooth",
    .reference = "trefethen-2000",
    .positive = false,
    .whole = true,
    .open = open,
    .close = close,
    .advance = advance,
    .density = density,
    .ledger = ledger,
    .current = current,
    .describe = describe,
};
