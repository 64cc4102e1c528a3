#include "pde/backward.h"

#include <math.h>

#include "pde/integrator.h"

static fk_status check(const fk_fokker_planck *fp, const fk_pde_stepper *stepper,
                       fk_message *message)
{
    const fk_flux *flux = fk_fokker_planck_flux(fp);
    if (flux->reach > 1)
        return fk_fail(message, FK_EDOMAIN,
                       "the flux '%s' has no transpose: take one of two cells",
                       flux->name);
    if (fk_fokker_planck_interacts(fp))
        return fk_fail(message, FK_EDOMAIN,
                       "drift or noise depend on the density: what is expected of a "
                       "point depends on all others, and obeys no linear equation");
    return fk_pde_stepper_fits(stepper, flux, fk_fokker_planck_steady(fp), message);
}

static fk_status run(fk_integrator *i, const fk_backward_options *o, double start,
                     double end, double *u, const fk_progress *progress,
                     fk_message *message)
{
    const double span = end - start;
    const double count =
        o->step > 0.0 ? fmax(ceil(span / o->step * (1.0 - 1e-12)), 1.0) : 1.0;
    const double h = span / count;
    for (double k = count - 1.0; k >= 0.0; k -= 1.0) {
        fk_step_report report = {.longest = HUGE_VAL};
        const fk_time_step step = {.t = start + k * h,
                                   .h = h,
                                   .start = k < (double)o->first ||
                                            count - k <= (double)o->last,
                                   .transposed = true};
        fk_progress_report(progress, count - 1.0 - k, count);
        if (fk_progress_stopped(progress))
            return fk_fail(message, FK_EINTERRUPTED, "stopped at t = %g", step.t + h);
        FK_TRY(i->kind->step(i, &step, u, &report, message));
    }
    return FK_OK;
}

fk_status fk_backward_solve(fk_fokker_planck *fp, const fk_backward_options *o,
                            double start, double end, double *u,
                            const fk_progress *progress, fk_message *message)
{
    FK_TRY(check(fp, o->stepper, message));
    fk_integrator *i = NULL;
    fk_status status = o->stepper->kind->make(fp, o->stepper, 1, &i);
    if (status == FK_OK)
        status = run(i, o, start, end, u, progress, message);
    else
        fk_fail(message, status, "no memory for the backward equation");
    o->stepper->kind->free(i);
    return status;
}
