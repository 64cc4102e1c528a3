#include "solvers/integrate.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>
#include <math.h>

static const double ABSOLUTE = 1e-15;

enum { MOST_STEPS = 1000000 };

typedef struct equation {
    size_t n;
    fk_derivative f;
    void *context;
} equation;

static int checked(double t, const double *y, double *dy, void *params)
{
    const equation *e = params;
    e->f(t, y, dy, e->context);
    for (size_t i = 0; i < e->n; i++)
        if (!isfinite(dy[i]))
            return GSL_EBADFUNC;
    return GSL_SUCCESS;
}

fk_status fk_integrate(size_t n, fk_derivative f, void *context, double t0, double t1,
                       double relative, double *y)
{
    equation e = {n, f, context};
    gsl_odeiv2_system system = {
        .function = checked, .dimension = n, .params = &e, .jacobian = NULL};
    gsl_odeiv2_driver *driver = gsl_odeiv2_driver_alloc_y_new(
        &system, gsl_odeiv2_step_rk8pd, 1e-3 * (t1 - t0), ABSOLUTE, relative);
    if (driver == NULL)
        return FK_ENOMEM;
    (void)gsl_odeiv2_driver_set_nmax(driver, MOST_STEPS);
    double t = t0;
    const int status = gsl_odeiv2_driver_apply(driver, &t, t1, y);
    gsl_odeiv2_driver_free(driver);
    return status == GSL_SUCCESS ? FK_OK : FK_ECONVERGE;
}
