/* Moments and quantiles in results.nc, where there is no grid. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/results_parts.h"

/* One of the pointers of fk_moments, found by its offset, `each` numbers at every time; left
 * out if it is NULL. */
static void put(fk_netcdf *f, const char *name, int n, const int *shape, size_t each,
                size_t offset, const char *about)
{
    const fk_result *r = f->r;
    double *all = fk_doubles(r->n_snapshots * each);
    if (all == NULL) {
        fk_netcdf_call(f, NC_ENOMEM);
        return;
    }
    bool there = true;
    for (size_t i = 0; i < r->n_snapshots && there; i++) {
        const double *p = NULL;
        memcpy(&p, (const char *)&r->snapshot[i].moments + offset, sizeof p);
        there = p != NULL;
        if (there)
            memcpy(all + i * each, p, each * sizeof *all);
    }
    if (there)
        fk_netcdf_values(f, fk_netcdf_variable(f, name, n, shape, about, "1"), all);
    free(all);
}

/* Names of the variables along their dimension. */
static void put_names(fk_netcdf *f, int along)
{
    const fk_problem *p = f->r->problem;
    int id = -1;
    if (f->error != NC_NOERR ||
        !fk_netcdf_call(f, nc_def_var(f->id, "variable", NC_STRING, 1, &along, &id)))
        return;
    for (size_t i = 0; i < p->sde->dim && f->error == NC_NOERR; i++) {
        const fk_label name = fk_label_variable(p, i);
        const char *text = name.text;
        fk_netcdf_call(f, nc_put_var1_string(f->id, id, &i, &text));
    }
}

static void put_times(fk_netcdf *f, int along)
{
    const int id = fk_netcdf_variable(f, "time", 1, &along, "time of the output",
                                      f->r->problem->time_unit);
    for (size_t i = 0; i < f->r->n_snapshots && f->error == NC_NOERR; i++)
        fk_netcdf_call(f, nc_put_var1_double(f->id, id, &i, &f->r->snapshot[i].t));
}

void fk_results_moments(fk_netcdf *f)
{
    const size_t d = f->r->problem->sde->dim;
    if (f->r->n_snapshots == 0 || f->r->snapshot[0].moments.mean == NULL)
        return;
    const int time = fk_netcdf_dimension(f, "time", f->r->n_snapshots);
    const int level = fk_netcdf_dimension(f, "level", FK_QUANTILES);
    const int row = fk_netcdf_dimension(f, "variable", d);
    const int column = fk_netcdf_dimension(f, "with_variable", d);
    const int of_mean[] = {time, row}, of_cov[] = {time, row, column};
    const int of_quantile[] = {time, level, row};
    put_times(f, time);
    put_names(f, row);
    fk_netcdf_values(
        f, fk_netcdf_variable(f, "level", 1, &level, "level of the quantile", "1"),
        fk_quantile_level);
    put(f, "mean", 2, of_mean, d, offsetof(fk_moments, mean), "mean of the particles");
    put(f, "mean_error", 2, of_mean, d, offsetof(fk_moments, mean_error),
        "its standard error");
    put(f, "exact_mean", 2, of_mean, d, offsetof(fk_moments, exact_mean), "exact mean");
    put(f, "covariance", 3, of_cov, d * d, offsetof(fk_moments, cov),
        "covariance of the particles");
    put(f, "covariance_error", 3, of_cov, d * d, offsetof(fk_moments, cov_error),
        "its standard error");
    put(f, "exact_covariance", 3, of_cov, d * d, offsetof(fk_moments, exact_cov),
        "exact covariance");
    put(f, "quantile", 3, of_quantile, FK_QUANTILES * d, offsetof(fk_moments, quantile),
        "quantile of the particles");
    put(f, "quantile_error", 3, of_quantile, FK_QUANTILES * d,
        offsetof(fk_moments, quantile_error), "its standard error");
}
