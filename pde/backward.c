#include "pde/backward.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "pde/explicit.h"

static fk_status check(const fk_fokker_planck *fp, const fk_pde_stepper *stepper,
                       fk_message *message)
{
    if (stepper->fields == 0)
        return fk_fail(message, FK_EDOMAIN,
                       "the stepper '%s' has no transposed step: take ssp-rk3 or "
                       "uniformisation",
                       stepper->name);
    if (fk_fokker_planck_flux(fp)->reach > 1)
        return fk_fail(message, FK_EDOMAIN,
                       "the flux '%s' has no transpose: take one of two cells",
                       fk_fokker_planck_flux(fp)->name);
    if (!stepper->moving_transpose && !fk_fokker_planck_steady(fp))
        return fk_fail(
            message, FK_EDOMAIN,
            "the transposed step of '%s' needs coefficients that are free of t: "
            "take ssp-rk3",
            stepper->name);
    return FK_OK;
}

static fk_status run(fk_integrator *i, double start, double end, double count,
                     double *u, const fk_progress *progress, fk_message *message)
{
    const double h = (end - start) / count;
    for (double k = count - 1.0; k >= 0.0; k -= 1.0) {
        fk_step_report report = {.longest = HUGE_VAL};
        const fk_time_step step = {.t = start + k * h, .h = h};
        fk_progress_report(progress, count - 1.0 - k, count);
        if (fk_progress_stopped(progress))
            return fk_fail(message, FK_EINTERRUPTED, "stopped at t = %g", step.t + h);
        FK_TRY(i->kind->step(i, &step, u, &report, message));
    }
    return FK_OK;
}

fk_status fk_backward_solve(fk_fokker_planck *fp, const fk_pde_stepper *stepper,
                            double start, double end, double step, double *u,
                            const fk_progress *progress, fk_message *message)
{
    FK_TRY(check(fp, stepper, message));
    const double span = end - start;
    const double count =
        step > 0.0 ? fmax(ceil(span / step * (1.0 - 1e-12)), 1.0) : 1.0;
    const size_t cells = fk_grid_cells(&fk_fokker_planck_domain(fp)->grid);
    double *field = fk_doubles(cells + FK_BOOKS); /* the books stay empty */
    fk_integrator *i = NULL;
    fk_status status =
        field == NULL ? FK_ENOMEM : stepper->kind->make(fp, stepper, 1, &i);
    if (status == FK_OK) {
        fk_explicit_transpose(i);
        memcpy(field, u, cells * sizeof *u);
        status = run(i, start, end, count, field, progress, message);
        memcpy(u, field, cells * sizeof *u);
    } else {
        fk_fail(message, status, "no memory for the backward equation");
    }
    stepper->kind->free(i);
    free(field);
    return status;
}
