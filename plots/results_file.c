/* DIR/results.nc: netCDF-4 through the netCDF library. */
#include "plots/output.h"

#include <math.h>
#include <netcdf.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/label.h"
#include "plots/results_parts.h"
#include "plots/whole_file.h"

enum { DIMS = FK_RESULTS_DIMS, LOWER_UPPER = 2 };
enum { DENSITY = FK_GRID_DIM }; /* in place of the axis of a current */

bool fk_results_call(fk_results *f, int error)
{
    if (f->error == NC_NOERR)
        f->error = error;
    return f->error == NC_NOERR;
}

void fk_results_text(fk_results *f, int variable, const char *name, const char *value)
{
    if (f->error == NC_NOERR && value != NULL)
        fk_results_call(f,
                        nc_put_att_text(f->id, variable, name, strlen(value), value));
}

int fk_results_dimension(fk_results *f, const char *name, size_t n)
{
    int id = -1;
    if (f->error == NC_NOERR)
        fk_results_call(f, nc_def_dim(f->id, name, n, &id));
    return id;
}

int fk_results_variable(fk_results *f, const char *name, int n, const int *shape,
                        const char *about, const char *unit)
{
    int id = -1;
    if (f->error != NC_NOERR ||
        !fk_results_call(f, nc_def_var(f->id, name, NC_DOUBLE, n, shape, &id)))
        return -1;
    fk_results_call(f, nc_def_var_deflate(f->id, id, 1, 1, 1));
    fk_results_text(f, id, "long_name", about);
    fk_results_text(f, id, "units", fk_unit_matters(unit) ? unit : "1");
    return id;
}

void fk_results_values(fk_results *f, int variable, const double *x)
{
    if (f->error == NC_NOERR)
        fk_results_call(f, nc_put_var_double(f->id, variable, x));
}

static size_t dim(const fk_results *f)
{
    return f->r->problem->domain.grid.dim;
}

static fk_label density_unit(const fk_results *f)
{
    static const size_t all[FK_GRID_DIM] = {0, 1, 2};
    return fk_label_density_unit(f->r->problem, dim(f), all);
}

/* A field over (record, ..., y, x); records that are absent stay NaN. */
static int field(fk_results *f, const char *name, int record, const char *about,
                 const char *unit)
{
    int shape[DIMS];
    size_t chunk[DIMS];
    const size_t n = dim(f) + 1;
    memcpy(shape, f->shape, sizeof shape);
    shape[0] = record;
    chunk[0] = 1;
    for (size_t i = 1; i < n; i++)
        chunk[i] = f->r->problem->domain.grid.axis[n - 1 - i].cells;
    const int id = fk_results_variable(f, name, (int)n, shape, about, unit);
    if (id >= 0) {
        const double missing = NAN;
        fk_results_call(f, nc_def_var_chunking(f->id, id, NC_CHUNKED, chunk));
        fk_results_call(
            f, nc_put_att_double(f->id, id, "_FillValue", NC_DOUBLE, 1, &missing));
    }
    return id;
}

/* A density, or the current along an axis, of the variables: p[cells] from that of the
 * even coordinates, to be freed; NULL where they are the same. */
static double *of_variables(fk_results *f, const double *p, size_t axis)
{
    const fk_grid *g = &f->r->problem->domain.grid;
    const size_t cells = fk_grid_cells(g);
    if (!fk_grid_stretched(g))
        return NULL;
    double *q = fk_doubles(cells);
    if (q == NULL)
        f->error = NC_ENOMEM;
    for (size_t c = 0; q != NULL && c < cells; c++)
        q[c] = p[c] / (axis == DENSITY ? fk_grid_slope(g, c)
                                       : fk_grid_slope_across(g, axis, c));
    return q;
}

static void put_record(fk_results *f, int id, size_t record, const double *p,
                       size_t axis)
{
    size_t start[DIMS] = {record}, count[DIMS] = {1};
    const size_t n = dim(f) + 1;
    if (f->error != NC_NOERR || id < 0 || p == NULL)
        return;
    for (size_t i = 1; i < n; i++)
        count[i] = f->r->problem->domain.grid.axis[n - 1 - i].cells;
    double *q = of_variables(f, p, axis);
    if (f->error == NC_NOERR)
        fk_results_call(f,
                        nc_put_vara_double(f->id, id, start, count, q != NULL ? q : p));
    free(q);
}

/* Names that the file itself uses must not be a coordinate's. */
static fk_label coordinate_name(const fk_problem *p, size_t i)
{
    static const char *const taken[] = {"time",  "density", "particles", "kernel",
                                        "exact", "bounds",  "smooth"};
    static const char *const starts[] = {"current_",   "exit_",   "frame_",  "reverse_",
                                         "particles_", "kernel_", "smooth_", "path_"};
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

static void define_axes(fk_results *f)
{
    const fk_problem *p = f->r->problem;
    const size_t n = dim(f);
    for (size_t i = 0; i < n; i++)
        f->name[i] = coordinate_name(p, i);
    f->shape[0] = fk_results_dimension(f, "time", f->r->n_snapshots);
    for (size_t i = n; i-- > 0;)
        f->shape[n - i] =
            fk_results_dimension(f, f->name[i].text, p->domain.grid.axis[i].cells);
    f->bounds = fk_results_dimension(f, "bounds", LOWER_UPPER);
}

/* The map, and what each cell covers: density times these is mass. */
static void write_stretch(fk_results *f, size_t i, int centre, int shape)
{
    const fk_problem *p = f->r->problem;
    const fk_axis *a = &p->domain.grid.axis[i];
    if (a->stretch == NULL)
        return;
    char name[sizeof f->name[i].text + 8];
    char *map = fk_expr_print(fk_stretch_map(a->stretch), FK_EXPR_TEXT);
    fk_results_text(f, centre, "map", map);
    free(map);
    snprintf(name, sizeof name, "%s_extent", f->name[i].text);
    const int id =
        fk_results_variable(f, name, 1, &shape,
                            "what a cell covers, by its centre: density times extents "
                            "is mass",
                            p->unit[i]);
    for (size_t k = 0; k < a->cells && f->error == NC_NOERR; k++) {
        const double extent = fk_axis_extent(a, k);
        fk_results_call(f, nc_put_var1_double(f->id, id, &k, &extent));
    }
}

static void write_axis(fk_results *f, size_t i)
{
    const fk_problem *p = f->r->problem;
    const fk_axis *a = &p->domain.grid.axis[i];
    char edges[sizeof f->name[i].text + 8];
    snprintf(edges, sizeof edges, "%s_bounds", f->name[i].text);
    const int shape[] = {f->shape[dim(f) - i], f->bounds};
    const int centre =
        fk_results_variable(f, f->name[i].text, 1, shape, "cell centres", p->unit[i]);
    const int edge = fk_results_variable(f, edges, 2, shape, "cell edges", p->unit[i]);
    fk_results_text(f, centre, "bounds", edges);
    if (f->error != NC_NOERR)
        return;
    static const char *const side[] = {"lower_boundary", "upper_boundary"};
    for (size_t s = 0; s < 2; s++)
        fk_results_text(f, centre, side[s], fk_domain_face_name(&p->domain, i, s));
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
    fk_results_call(f, nc_put_var_double(f->id, centre, x));
    fk_results_values(f, edge, x + a->cells);
    free(x);
}

static void write_times(fk_results *f)
{
    const fk_result *r = f->r;
    const int id = fk_results_variable(f, "time", 1, f->shape, "time of the snapshot",
                                       r->problem->time_unit);
    for (size_t i = 0; i < r->n_snapshots && f->error == NC_NOERR; i++)
        fk_results_call(f, nc_put_var1_double(f->id, id, &i, &r->snapshot[i].t));
}

/* One of the pointers of fk_snapshot, found by its offset; a variable only if some
 * snapshot has it. */
static void write_fields(fk_results *f, const char *name, size_t offset, size_t axis,
                         const char *about, const char *unit)
{
    const fk_result *r = f->r;
    int id = -1;
    for (size_t i = 0; i < r->n_snapshots; i++) {
        double *p = NULL;
        memcpy(&p, (const char *)&r->snapshot[i] + offset, sizeof p);
        if (p != NULL && id < 0)
            id = field(f, name, f->shape[0], about, unit);
        put_record(f, id, i, p, axis);
    }
}

static void write_snapshots(fk_results *f, const char *name, size_t offset,
                            const char *about, const char *unit)
{
    write_fields(f, name, offset, DENSITY, about, unit);
}

/* Limits of the pointwise confidence intervals. */
static void write_limits(fk_results *f, const char *unit)
{
    static const char *const side[] = {"lower", "upper"};
    static const char *const holds[] = {"of the cell's mean density",
                                        "of the scheme's law", "of the density"};
    for (size_t i = 0; i < FK_ESTIMATES; i++)
        for (size_t k = 0; k < 2; k++) {
            char name[64], about[128];
            snprintf(name, sizeof name, "%s_%s", fk_estimate_key[i], side[k]);
            snprintf(about, sizeof about, "%s limit, pointwise 95 %% confidence, %s",
                     side[k], holds[i]);
            const size_t offset =
                offsetof(fk_snapshot, limit) + (2 * i + k) * sizeof(double *);
            write_snapshots(f, name, offset, about, unit);
        }
}

static void write_densities(fk_results *f)
{
    const fk_label unit = density_unit(f);
    write_snapshots(f, "density", offsetof(fk_snapshot, pde),
                    "density, Fokker-Planck equation, cell averages", unit.text);
    write_snapshots(f, "particles", offsetof(fk_snapshot, particles),
                    "density, histogram of the particles", unit.text);
    write_snapshots(
        f, "kernel", offsetof(fk_snapshot, kernel),
        "density, transition kernel of the last step averaged over particles",
        unit.text);
    write_snapshots(f, "smooth", offsetof(fk_snapshot, smooth),
                    "density, smoothed histogram of the particles", unit.text);
    write_snapshots(f, "exact", offsetof(fk_snapshot, exact),
                    "density, exact formula, cell averages", unit.text);
    write_limits(f, unit.text);
}

static void write_currents(fk_results *f)
{
    const fk_problem *p = f->r->problem;
    for (size_t i = 0; i < dim(f); i++) {
        char name[sizeof f->name[i].text + 8], about[256];
        snprintf(name, sizeof name, "current_%s", f->name[i].text);
        snprintf(about, sizeof about, "probability current along %s", f->name[i].text);
        /* density times length over time; the other axes' lengths remain below */
        size_t other[FK_GRID_DIM], n = 0;
        for (size_t k = 0; k < dim(f); k++)
            if (k != i)
                other[n++] = k;
        fk_label unit = fk_label_density_unit(p, n, other);
        if (fk_unit_matters(p->time_unit)) {
            const size_t used = strlen(unit.text);
            snprintf(unit.text + used, sizeof unit.text - used, "/(%s)", p->time_unit);
        }
        write_fields(f, name, offsetof(fk_snapshot, current) + i * sizeof(double *), i,
                     about, unit.text);
    }
}

static void write_frames(fk_results *f, const char *name, double *const *p, int record,
                         const char *about)
{
    if (p == NULL)
        return;
    const int id = field(f, name, record, about, density_unit(f).text);
    for (size_t i = 0; i < f->r->n_frames; i++)
        put_record(f, id, i, p[i], DENSITY);
}

static void write_animation(fk_results *f)
{
    const fk_result *r = f->r;
    if (r->n_frames == 0)
        return;
    const int record = fk_results_dimension(f, "frame_time", r->n_frames);
    const int id =
        fk_results_variable(f, "frame_time", 1, &record,
                            "time of the animation's frame", r->problem->time_unit);
    fk_results_values(f, id, r->frame_time);
    write_frames(f, "frame_density", r->frame_pde, record,
                 "density, Fokker-Planck equation, cell averages");
    write_frames(f, "frame_particles", r->frame_particles, record,
                 "density, histogram of the particles");
}

static void write_reverse(fk_results *f, const fk_reverse_run *v)
{
    char name[96], about[192];
    if (v->n_frames == 0 || v->density == NULL)
        return;
    snprintf(name, sizeof name, "reverse_%s_time", v->key);
    const int record = fk_results_dimension(f, name, v->n_frames);
    const int id = fk_results_variable(f, name, 1, &record, "time, falling",
                                       f->r->problem->time_unit);
    fk_results_values(f, id, v->time);
    snprintf(name, sizeof name, "reverse_%s", v->key);
    snprintf(about, sizeof about, "density, histogram of the samples of the %s",
             v->name);
    const int field_id = field(f, name, record, about, density_unit(f).text);
    for (size_t i = 0; i < v->n_frames; i++)
        put_record(f, field_id, i, v->density[i], DENSITY);
}

static void write_attributes(fk_results *f)
{
    const fk_result *r = f->r;
    char seed[32], threads[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)r->problem->particles.seed);
    snprintf(threads, sizeof threads, "%d", r->threads);
    fk_results_text(f, NC_GLOBAL, "Conventions", "CF-1.8");
    fk_results_text(f, NC_GLOBAL, "title", r->problem->name);
    fk_results_text(f, NC_GLOBAL, "comment", r->problem->about);
    fk_results_text(f, NC_GLOBAL, "source", "fokker");
    fk_results_text(f, NC_GLOBAL, "version", r->version);
    fk_results_text(f, NC_GLOBAL, "revision", r->revision);
    fk_results_text(f, NC_GLOBAL, "command", r->command);
    fk_results_text(f, NC_GLOBAL, "seed", seed);
    fk_results_text(f, NC_GLOBAL, "threads", threads);
    fk_results_text(f, NC_GLOBAL, "created", r->created);
    if (fk_result_compared(r))
        fk_results_text(f, NC_GLOBAL, "word", fk_word_text(r->word));
    fk_results_text(f, NC_GLOBAL, "problem", r->problem->text);
}

static void write_all(fk_results *f)
{
    write_attributes(f);
    if (f->r->problem->has_domain) {
        define_axes(f);
        write_times(f);
        for (size_t i = 0; i < dim(f); i++)
            write_axis(f, i);
        write_densities(f);
        write_currents(f);
        write_animation(f);
        fk_results_exits(f);
        for (size_t i = 0; i < f->r->n_reverse; i++)
            write_reverse(f, &f->r->reverse[i]);
    } else
        fk_results_moments(f);
    fk_results_paths(f);
    if (f->error == NC_NOERR)
        fk_results_call(f, nc_sync(f->id));
}

fk_status fk_write_results(const fk_result *r, const char *path, fk_message *message)
{
    char *part = fk_part_name(path);
    if (part == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    fk_results f = {.r = r};
    if (fk_results_call(&f, nc_create(part, NC_NETCDF4 | NC_CLOBBER, &f.id))) {
        write_all(&f);
        fk_results_call(&f, nc_close(f.id));
    }
    fk_status status = FK_OK;
    if (f.error == NC_ENOMEM)
        status = fk_fail(message, FK_ENOMEM, "out of memory while writing %s", path);
    else if (f.error != NC_NOERR)
        status = fk_fail(message, FK_EIO, "%s: %s", path, nc_strerror(f.error));
    status = fk_part_finish(part, path, status, message);
    free(part);
    return status;
}
