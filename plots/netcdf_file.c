#include "plots/netcdf_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/netcdf_parts.h"
#include "plots/whole_file.h"

enum { LOWER_UPPER = 2 };

bool fk_netcdf_call(fk_netcdf *f, int error)
{
    if (f->error == NC_NOERR)
        f->error = error;
    return f->error == NC_NOERR;
}

void fk_netcdf_text(fk_netcdf *f, int variable, const char *name, const char *value)
{
    if (f->error == NC_NOERR && value != NULL)
        fk_netcdf_call(f, nc_put_att_text(f->id, variable, name, strlen(value), value));
}

int fk_netcdf_dimension(fk_netcdf *f, const char *name, size_t n)
{
    int id = -1;
    if (f->error == NC_NOERR)
        fk_netcdf_call(f, nc_def_dim(f->id, name, n, &id));
    return id;
}

int fk_netcdf_variable(fk_netcdf *f, const char *name, int n, const int *shape,
                       const char *about, const char *unit)
{
    int id = -1;
    if (f->error != NC_NOERR ||
        !fk_netcdf_call(f, nc_def_var(f->id, name, NC_DOUBLE, n, shape, &id)))
        return -1;
    fk_netcdf_call(f, nc_def_var_deflate(f->id, id, 1, 1, 1));
    fk_netcdf_text(f, id, "long_name", about);
    fk_netcdf_text(f, id, "units", fk_unit_matters(unit) ? unit : "1");
    return id;
}

void fk_netcdf_values(fk_netcdf *f, int variable, const double *x)
{
    if (f->error == NC_NOERR)
        fk_netcdf_call(f, nc_put_var_double(f->id, variable, x));
}

void fk_netcdf_attribute(fk_netcdf *f, const char *name, const char *value)
{
    fk_netcdf_text(f, NC_GLOBAL, name, value);
}

void fk_netcdf_provenance(fk_netcdf *f, const char *command, const char *version,
                          const char *revision, const char *created)
{
    fk_netcdf_attribute(f, "Conventions", "CF-1.8");
    fk_netcdf_attribute(f, "title", f->problem->name);
    fk_netcdf_attribute(f, "comment", f->problem->about);
    fk_netcdf_attribute(f, "source", "fokker");
    fk_netcdf_attribute(f, "version", version);
    fk_netcdf_attribute(f, "revision", revision);
    fk_netcdf_attribute(f, "command", command);
    fk_netcdf_attribute(f, "created", created);
    fk_netcdf_attribute(f, "problem", f->problem->text);
}

/* ---- series ---- */

void fk_netcdf_series(fk_netcdf *f, const char *name, int along, const char *about,
                      const char *unit, const double *y)
{
    const int id = fk_netcdf_variable(f, name, 1, &along, about, unit);
    fk_netcdf_values(f, id, y);
}

int fk_netcdf_coordinate(fk_netcdf *f, const char *name, size_t n, const char *about,
                         const char *unit, const double *x)
{
    const int along = fk_netcdf_dimension(f, name, n);
    fk_netcdf_series(f, name, along, about, unit, x);
    return along;
}

/* ---- fields ---- */

static size_t dim(const fk_netcdf *f)
{
    return f->domain->grid.dim;
}

/* Cells along the axes, last axis first. */
static void extents(const fk_netcdf *f, size_t count[FK_GRID_DIM])
{
    for (size_t i = 0; i < dim(f); i++)
        count[i] = f->domain->grid.axis[dim(f) - 1 - i].cells;
}

int fk_netcdf_fields(fk_netcdf *f, const char *name, int record, const char *about,
                     const char *unit)
{
    int shape[FK_NETCDF_DIMS];
    size_t chunk[FK_NETCDF_DIMS] = {1};
    memcpy(shape, f->shape, sizeof shape);
    shape[0] = record;
    extents(f, chunk + 1);
    const int id = fk_netcdf_variable(f, name, (int)dim(f) + 1, shape, about, unit);
    if (id >= 0) {
        const double missing = NAN;
        fk_netcdf_call(f, nc_def_var_chunking(f->id, id, NC_CHUNKED, chunk));
        fk_netcdf_call(
            f, nc_put_att_double(f->id, id, "_FillValue", NC_DOUBLE, 1, &missing));
    }
    return id;
}

/* What is to be written for p[cells], to be freed; NULL: p itself. */
static double *of_variables(fk_netcdf *f, const double *p, size_t kind)
{
    const fk_grid *g = &f->domain->grid;
    const size_t cells = fk_grid_cells(g);
    if (!fk_grid_stretched(g) || kind == FK_NETCDF_PLAIN)
        return NULL;
    double *q = fk_doubles(cells);
    if (q == NULL)
        f->error = NC_ENOMEM;
    for (size_t c = 0; q != NULL && c < cells; c++)
        q[c] = p[c] / (kind == FK_NETCDF_DENSITY ? fk_grid_slope(g, c)
                                                 : fk_grid_slope_across(g, kind, c));
    return q;
}

void fk_netcdf_put(fk_netcdf *f, int fields, size_t index, const double *p, size_t kind)
{
    size_t start[FK_NETCDF_DIMS] = {index}, count[FK_NETCDF_DIMS] = {1};
    if (f->error != NC_NOERR || fields < 0 || p == NULL)
        return;
    extents(f, count + 1);
    double *q = of_variables(f, p, kind);
    if (f->error == NC_NOERR)
        fk_netcdf_call(
            f, nc_put_vara_double(f->id, fields, start, count, q != NULL ? q : p));
    free(q);
}

void fk_netcdf_field(fk_netcdf *f, const char *name, const char *about,
                     const char *unit, const double *p, size_t kind)
{
    const int id = fk_netcdf_variable(f, name, (int)dim(f), f->shape + 1, about, unit);
    double *q = f->error == NC_NOERR ? of_variables(f, p, kind) : NULL;
    fk_netcdf_values(f, id, q != NULL ? q : p);
    free(q);
}

/* ---- axes ---- */

/* Names that the file itself uses must not be a coordinate's. */
static fk_label coordinate_name(const fk_problem *p, size_t i)
{
    static const char *const taken[] = {
        "time",   "density",  "particles",  "kernel",    "exact",
        "bounds", "smooth",   "stationary", "boltzmann", "quasi_stationary",
        "mode",   "survival", "value"};
    static const char *const starts[] = {
        "current_", "exit_",        "frame_",      "reverse_",   "particles_",
        "kernel_",  "smooth_",      "path_",       "right_",     "left_",
        "mean_",    "probability_", "eigenvalue_", "committor_", "displacement_"};
    static const char *const ends[] = {"_bounds", "_extent"};
    static const char addition[] = "_coordinate";
    fk_label name = fk_label_variable(p, i);
    const size_t length = strlen(name.text), ending = strlen(ends[0]);
    bool clash = false;
    for (size_t k = 0; k < sizeof ends / sizeof ends[0] && length > ending; k++)
        clash = clash || strcmp(name.text + length - ending, ends[k]) == 0;
    for (size_t k = 0; k < sizeof taken / sizeof taken[0]; k++)
        clash = clash || strcmp(name.text, taken[k]) == 0;
    for (size_t k = 0; k < sizeof starts / sizeof starts[0]; k++)
        clash = clash || strncmp(name.text, starts[k], strlen(starts[k])) == 0;
    if (clash && length + sizeof addition <= sizeof name.text)
        strcat(name.text, addition);
    return name;
}

/* The map, and what each cell covers: density times these is mass. */
static void write_stretch(fk_netcdf *f, size_t i, int centre, int shape)
{
    const fk_problem *p = f->problem;
    const fk_axis *a = &f->domain->grid.axis[i];
    if (a->stretch == NULL)
        return;
    char name[sizeof f->name[i].text + 8];
    char *map = fk_expr_print(fk_stretch_map(a->stretch), FK_EXPR_TEXT);
    fk_netcdf_text(f, centre, "map", map);
    free(map);
    snprintf(name, sizeof name, "%s_extent", f->name[i].text);
    const int id =
        fk_netcdf_variable(f, name, 1, &shape,
                           "what a cell covers, by its centre: density times extents "
                           "is mass",
                           p->unit[i]);
    for (size_t k = 0; k < a->cells && f->error == NC_NOERR; k++) {
        const double extent = fk_axis_extent(a, k);
        fk_netcdf_call(f, nc_put_var1_double(f->id, id, &k, &extent));
    }
}

static void write_axis(fk_netcdf *f, size_t i)
{
    const fk_problem *p = f->problem;
    const fk_axis *a = &f->domain->grid.axis[i];
    char edges[sizeof f->name[i].text + 8];
    snprintf(edges, sizeof edges, "%s_bounds", f->name[i].text);
    const int shape[] = {f->shape[dim(f) - i], f->bounds};
    const int centre =
        fk_netcdf_variable(f, f->name[i].text, 1, shape, "cell centres", p->unit[i]);
    const int edge = fk_netcdf_variable(f, edges, 2, shape, "cell edges", p->unit[i]);
    fk_netcdf_text(f, centre, "bounds", edges);
    if (f->error != NC_NOERR)
        return;
    static const char *const side[] = {"lower_boundary", "upper_boundary"};
    for (size_t s = 0; s < 2; s++)
        fk_netcdf_text(f, centre, side[s], fk_domain_face_name(f->domain, i, s));
    write_stretch(f, i, centre, shape[0]);

    double *x = fk_doubles(3 * a->cells);
    if (x == NULL) {
        f->error = NC_ENOMEM;
        return;
    }
    for (size_t k = 0; k < a->cells; k++) {
        x[k] = fk_axis_centre(a, k);
        x[a->cells + 2 * k] = fk_axis_edge(a, k);
        x[a->cells + 2 * k + 1] = fk_axis_edge(a, k + 1);
    }
    fk_netcdf_call(f, nc_put_var_double(f->id, centre, x));
    fk_netcdf_values(f, edge, x + a->cells);
    free(x);
}

void fk_netcdf_axes(fk_netcdf *f)
{
    const size_t n = dim(f);
    for (size_t i = 0; i < n; i++)
        f->name[i] = coordinate_name(f->problem, i);
    for (size_t i = n; i-- > 0;)
        f->shape[n - i] =
            fk_netcdf_dimension(f, f->name[i].text, f->domain->grid.axis[i].cells);
    f->bounds = fk_netcdf_dimension(f, "bounds", LOWER_UPPER);
    for (size_t i = 0; i < n; i++)
        write_axis(f, i);
}

/* ---- units ---- */

fk_label fk_netcdf_density_unit(const fk_netcdf *f)
{
    static const size_t all[FK_GRID_DIM] = {0, 1, 2};
    return fk_label_density_unit(f->problem, dim(f), all);
}

/* Density times length over time; the other axes' lengths remain below. */
fk_label fk_netcdf_current_unit(const fk_netcdf *f, size_t i)
{
    size_t other[FK_GRID_DIM], n = 0;
    for (size_t k = 0; k < dim(f); k++)
        if (k != i)
            other[n++] = k;
    fk_label unit = fk_label_density_unit(f->problem, n, other);
    const size_t used = strlen(unit.text);
    if (fk_unit_matters(f->problem->time_unit))
        snprintf(unit.text + used, sizeof unit.text - used, "/(%s)",
                 f->problem->time_unit);
    return unit;
}

/* ---- the file ---- */

static fk_status judge(const fk_netcdf *f, const char *path, fk_message *message)
{
    if (f->error == NC_ENOMEM)
        return fk_fail(message, FK_ENOMEM, "out of memory while writing %s", path);
    if (f->error != NC_NOERR)
        return fk_fail(message, FK_EIO, "%s: %s", path, nc_strerror(f->error));
    return FK_OK;
}

fk_status fk_netcdf_write(const char *path, const fk_problem *p, const fk_domain *d,
                          void (*body)(fk_netcdf *f, const void *context),
                          const void *context, fk_message *message)
{
    char *part = fk_part_name(path);
    if (part == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    fk_netcdf f = {.problem = p, .domain = d};
    if (fk_netcdf_call(&f, nc_create(part, NC_NETCDF4 | NC_CLOBBER, &f.id))) {
        body(&f, context);
        if (f.error == NC_NOERR)
            fk_netcdf_call(&f, nc_sync(f.id));
        fk_netcdf_call(&f, nc_close(f.id));
    }
    const fk_status status =
        fk_part_finish(part, path, judge(&f, path, message), message);
    free(part);
    return status;
}
