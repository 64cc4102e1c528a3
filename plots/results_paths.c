/* Paths of single particles: in results.nc and as CSV. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/output.h"
#include "plots/results_parts.h"

static size_t longest(const fk_result *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_traced; i++)
        n = r->traced[i].n > n ? r->traced[i].n : n;
    return n;
}

static void put_particles(fk_netcdf *f, int along)
{
    int id = -1;
    if (f->error != NC_NOERR ||
        !fk_netcdf_call(f,
                        nc_def_var(f->id, "path_particle", NC_UINT64, 1, &along, &id)))
        return;
    fk_netcdf_text(f, id, "long_name", "number of the particle");
    for (size_t i = 0; i < f->r->n_traced && f->error == NC_NOERR; i++) {
        const unsigned long long particle = f->r->traced[i].particle;
        fk_netcdf_call(f, nc_put_var1_ulonglong(f->id, id, &i, &particle));
    }
}

/* One number a state, with `stride` between those of two states; missing behind the end. */
static void put(fk_netcdf *f, const char *name, const int *shape, const char *about,
                const char *unit, size_t stride, size_t first, bool times)
{
    const double missing = NAN;
    const int id = fk_netcdf_variable(f, name, 2, shape, about, unit);
    if (f->error == NC_NOERR)
        fk_netcdf_call(
            f, nc_put_att_double(f->id, id, "_FillValue", NC_DOUBLE, 1, &missing));
    for (size_t i = 0; i < f->r->n_traced && f->error == NC_NOERR; i++) {
        const fk_path *p = &f->r->traced[i];
        const double *from = times ? p->t : p->x + first;
        double *row = fk_doubles(p->n);
        const size_t start[] = {i, 0}, count[] = {1, p->n};
        for (size_t k = 0; row != NULL && k < p->n; k++)
            row[k] = from[k * stride];
        fk_netcdf_call(f, row == NULL
                              ? NC_ENOMEM
                              : nc_put_vara_double(f->id, id, start, count, row));
        free(row);
    }
}

void fk_results_paths(fk_netcdf *f)
{
    const fk_problem *p = f->r->problem;
    if (f->r->n_traced == 0)
        return;
    const int shape[] = {fk_netcdf_dimension(f, "path", f->r->n_traced),
                         fk_netcdf_dimension(f, "path_point", longest(f->r))};
    put_particles(f, shape[0]);
    put(f, "path_time", shape, "time along the path", p->time_unit, 1, 0, true);
    for (size_t i = 0; i < p->sde->dim; i++) {
        char name[256];
        snprintf(name, sizeof name, "path_%s", fk_label_variable(p, i).text);
        put(f, name, shape, "state along the path", p->unit[i], p->sde->dim, i, false);
    }
}

static void print_path(const fk_path *p, size_t dim, FILE *out)
{
    for (size_t k = 0; k < p->n; k++) {
        fprintf(out, "%zu,%.17g", p->particle, p->t[k]);
        for (size_t i = 0; i < dim; i++)
            fprintf(out, ",%.17g", p->x[k * dim + i]);
        fputc('\n', out);
    }
}

fk_status fk_write_paths(const fk_result *r, const char *path, fk_message *message)
{
    const size_t dim = r->problem->sde->dim;
    FILE *out = fopen(path, "we");
    if (out == NULL)
        return fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
    fputs("particle,t", out);
    for (size_t i = 0; i < dim; i++)
        fprintf(out, ",%s", fk_label_variable(r->problem, i).text);
    fputc('\n', out);
    for (size_t i = 0; i < r->n_traced; i++)
        print_path(&r->traced[i], dim, out);
    const bool bad = ferror(out) != 0;
    if (fclose(out) != 0 || bad)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return FK_OK;
}
