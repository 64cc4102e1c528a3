/* DIR/results.nc of a run. */
#include "plots/output.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "plots/label.h"
#include "plots/results_parts.h"

static void write_times(fk_netcdf *f)
{
    const fk_result *r = f->r;
    const int id = fk_netcdf_variable(f, "time", 1, f->shape, "time of the snapshot",
                                      r->problem->time_unit);
    for (size_t i = 0; i < r->n_snapshots && f->error == NC_NOERR; i++)
        fk_netcdf_call(f, nc_put_var1_double(f->id, id, &i, &r->snapshot[i].t));
}

/* One of the pointers of fk_snapshot, found by its offset; a variable only if some
 * snapshot has it. */
static void write_fields(fk_netcdf *f, const char *name, size_t offset, size_t axis,
                         const char *about, const char *unit)
{
    const fk_result *r = f->r;
    int id = -1;
    for (size_t i = 0; i < r->n_snapshots; i++) {
        double *p = NULL;
        memcpy(&p, (const char *)&r->snapshot[i] + offset, sizeof p);
        if (p != NULL && id < 0)
            id = fk_netcdf_fields(f, name, f->shape[0], about, unit);
        fk_netcdf_put(f, id, i, p, axis);
    }
}

static void write_snapshots(fk_netcdf *f, const char *name, size_t offset,
                            const char *about, const char *unit)
{
    write_fields(f, name, offset, FK_NETCDF_DENSITY, about, unit);
}

/* Limits of the pointwise confidence intervals. */
static void write_limits(fk_netcdf *f, const char *unit)
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

static void write_densities(fk_netcdf *f)
{
    const fk_label unit = fk_netcdf_density_unit(f);
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

static void write_currents(fk_netcdf *f)
{
    for (size_t i = 0; i < f->domain->grid.dim; i++) {
        char name[sizeof f->name[i].text + 8], about[256];
        snprintf(name, sizeof name, "current_%s", f->name[i].text);
        snprintf(about, sizeof about, "probability current along %s", f->name[i].text);
        write_fields(f, name, offsetof(fk_snapshot, current) + i * sizeof(double *), i,
                     about, fk_netcdf_current_unit(f, i).text);
    }
}

static void write_frames(fk_netcdf *f, const char *name, double *const *p, int record,
                         const char *about)
{
    if (p == NULL)
        return;
    const int id =
        fk_netcdf_fields(f, name, record, about, fk_netcdf_density_unit(f).text);
    for (size_t i = 0; i < f->r->n_frames; i++)
        fk_netcdf_put(f, id, i, p[i], FK_NETCDF_DENSITY);
}

static void write_animation(fk_netcdf *f)
{
    const fk_result *r = f->r;
    if (r->n_frames == 0)
        return;
    const int record = fk_netcdf_dimension(f, "frame_time", r->n_frames);
    const int id =
        fk_netcdf_variable(f, "frame_time", 1, &record, "time of the animation's frame",
                           r->problem->time_unit);
    fk_netcdf_values(f, id, r->frame_time);
    write_frames(f, "frame_density", r->frame_pde, record,
                 "density, Fokker-Planck equation, cell averages");
    write_frames(f, "frame_particles", r->frame_particles, record,
                 "density, histogram of the particles");
}

static void write_reverse(fk_netcdf *f, const fk_reverse_run *v)
{
    char name[96], about[192];
    if (v->n_frames == 0 || v->density == NULL)
        return;
    snprintf(name, sizeof name, "reverse_%s_time", v->key);
    const int record = fk_netcdf_dimension(f, name, v->n_frames);
    const int id = fk_netcdf_variable(f, name, 1, &record, "time, falling",
                                      f->r->problem->time_unit);
    fk_netcdf_values(f, id, v->time);
    snprintf(name, sizeof name, "reverse_%s", v->key);
    snprintf(about, sizeof about, "density, histogram of the samples of the %s",
             v->name);
    const int field_id =
        fk_netcdf_fields(f, name, record, about, fk_netcdf_density_unit(f).text);
    for (size_t i = 0; i < v->n_frames; i++)
        fk_netcdf_put(f, field_id, i, v->density[i], FK_NETCDF_DENSITY);
}

static void write_attributes(fk_netcdf *f)
{
    const fk_result *r = f->r;
    char seed[32], threads[32];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)r->problem->particles.seed);
    snprintf(threads, sizeof threads, "%d", r->threads);
    fk_netcdf_provenance(f, r->command, r->version, r->revision, r->created);
    fk_netcdf_attribute(f, "seed", seed);
    fk_netcdf_attribute(f, "threads", threads);
    if (fk_result_compared(r))
        fk_netcdf_attribute(f, "word", fk_word_text(r->word));
}

static void write_all(fk_netcdf *f, const void *result)
{
    f->r = result;
    write_attributes(f);
    if (f->problem->has_domain) {
        f->shape[0] = fk_netcdf_dimension(f, "time", f->r->n_snapshots);
        write_times(f);
        fk_netcdf_axes(f);
        write_densities(f);
        write_currents(f);
        write_animation(f);
        fk_results_exits(f);
        for (size_t i = 0; i < f->r->n_reverse; i++)
            write_reverse(f, &f->r->reverse[i]);
    } else
        fk_results_moments(f);
    fk_results_paths(f);
}

fk_status fk_write_results(const fk_result *r, const char *path, fk_message *message)
{
    return fk_netcdf_write(path, r->problem, &r->problem->domain, write_all, r,
                           message);
}
