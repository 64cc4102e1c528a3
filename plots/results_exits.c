/* Exit times in results.nc. */
#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "plots/exits.h"
#include "plots/results_parts.h"

/* A series over the exits' times; part: "" or "_low" and the like. */
static void write_exit_series(fk_netcdf *f, const fk_face_exits *face, const char *way,
                              const char *part, int shape, const char *about,
                              const char *unit, const double *y)
{
    static const char *const end[] = {"from", "to"};
    char name[256];
    snprintf(name, sizeof name, "exit_%s_%s_%s%s", way,
             fk_label_variable(f->r->problem, face->axis).text, end[face->side], part);
    const int id = fk_netcdf_variable(f, name, 1, &shape, about, unit);
    fk_netcdf_values(f, id, y);
}

/* Mean densities of the exit time in the intervals, with the ends of the band. */
static void write_exit_rates(fk_netcdf *f, const fk_face_exits *face, int shape,
                             const char *unit)
{
    enum { MOST = 64, SERIES = 4, BY_PDE = 3 };
    static const char *const part[] = {"", "_low", "_high", ""};
    static const char *const about[] = {
        "density of the exit time, particles",
        "the same, lower end of its pointwise 95 % band",
        "the same, upper end of its pointwise 95 % band",
        "density of the exit time, Fokker-Planck equation"};
    const fk_exits *e = &f->r->exits;
    const size_t n = (e->n_times - 1) / FK_EXITS_TOGETHER;
    assert(n <= MOST);
    for (size_t k = 0; k < SERIES; k++) {
        const double *F = k == BY_PDE ? face->pde : face->particles;
        const double count =
            k == BY_PDE ? HUGE_VAL : (double)f->r->problem->particles.count;
        double y[MOST];
        for (size_t i = 0; F != NULL && i < n; i++) {
            const fk_exit_rate r =
                fk_exits_rate(e, F, count, i * FK_EXITS_TOGETHER, FK_EXITS_TOGETHER);
            const double of[SERIES] = {r.value, r.low, r.high, r.value};
            y[i] = of[k];
        }
        if (F != NULL)
            write_exit_series(f, face, k == BY_PDE ? "rate_density" : "rate_particles",
                              part[k], shape, about[k], unit, y);
    }
}

/* Dimension and coordinate of the intervals of fk_exits_rate. */
static int write_exit_intervals(fk_netcdf *f)
{
    const fk_exits *e = &f->r->exits;
    const size_t n = (e->n_times - 1) / FK_EXITS_TOGETHER;
    const int shape = fk_netcdf_dimension(f, "exit_interval", n);
    const int id = fk_netcdf_variable(f, "exit_interval", 1, &shape,
                                      "middle of the interval of an exit rate",
                                      f->r->problem->time_unit);
    for (size_t k = 0; k < n && f->error == NC_NOERR; k++) {
        const double t = 0.5 * (e->time[k * FK_EXITS_TOGETHER] +
                                e->time[(k + 1) * FK_EXITS_TOGETHER]);
        fk_netcdf_call(f, nc_put_var1_double(f->id, id, &k, &t));
    }
    return shape;
}

/* exit_time, and through each absorbing face the share that has left by then. */
void fk_results_exits(fk_netcdf *f)
{
    const fk_problem *p = f->r->problem;
    const fk_exits *e = &f->r->exits;
    if (e->n_faces == 0)
        return;
    const int shape = fk_netcdf_dimension(f, "exit_time", e->n_times);
    const int id = fk_netcdf_variable(f, "exit_time", 1, &shape,
                                      "time at which exits are counted", p->time_unit);
    fk_netcdf_values(f, id, e->time);
    const int intervals = write_exit_intervals(f);
    char rate[96] = "1";
    if (fk_unit_matters(p->time_unit))
        snprintf(rate, sizeof rate, "1/(%.64s)", p->time_unit);
    static const char *const way[] = {"particles", "unbridged", "density"};
    static const char *const about[] = {
        "share of the particles that have left through this face",
        "the same for particles seen after steps only",
        "mass that has left through this face, Fokker-Planck equation"};
    for (size_t k = 0; k < e->n_faces; k++) {
        const fk_face_exits *face = &e->face[k];
        const double *const F[] = {face->particles, face->unbridged, face->pde};
        for (size_t w = 0; w < 3; w++)
            if (F[w] != NULL)
                write_exit_series(f, face, way[w], "", shape, about[w], "1", F[w]);
        write_exit_rates(f, face, intervals, rate);
    }
}
