/* Files of fields on a problem's grid, netCDF-4: coordinates with units and edges, fields,
 * series, attributes.  A file that has failed stays failed: functions then do nothing, so
 * that a file is written without a test per line. */
#ifndef FK_PLOTS_NETCDF_FILE_H
#define FK_PLOTS_NETCDF_FILE_H

#include <stddef.h>

#include "core/status.h"
#include "plots/label.h"

enum { FK_NETCDF_DIMS = FK_GRID_DIM + 1 };

/* Kinds of fields: on stretched axes densities and currents are written as those of the
 * variables; a current's kind is its axis. */
enum { FK_NETCDF_DENSITY = FK_GRID_DIM, FK_NETCDF_PLAIN };

typedef struct fk_netcdf {
    const fk_problem *problem;
    const struct fk_result *r; /* of a run; NULL: of something else */
    const fk_domain *domain;   /* whose grid the fields are on */
    int id, error;             /* netCDF's code of the first failure */
    int shape[FK_NETCDF_DIMS]; /* dimensions of a field: a record, then ..., y, x */
    int bounds;
    fk_label name[FK_GRID_DIM]; /* of the coordinates */
} fk_netcdf;

/* Writes PATH, whole or not at all: `body` fills it.  FK_EIO or FK_ENOMEM with a
 * sentence. */
FK_NODISCARD fk_status fk_netcdf_write(const char *path, const fk_problem *p,
                                       const fk_domain *d,
                                       void (*body)(fk_netcdf *f, const void *context),
                                       const void *context, fk_message *message);

/* An attribute of the file; NULL is left out.  Those that every file has: the problem, and
 * what made the file. */
void fk_netcdf_attribute(fk_netcdf *f, const char *name, const char *value);
void fk_netcdf_provenance(fk_netcdf *f, const char *command, const char *version,
                          const char *revision, const char *created);

/* Dimensions of the grid and its coordinates; names that the file uses itself get an
 * addition. */
void fk_netcdf_axes(fk_netcdf *f);

/* A dimension of n and the coordinate of its name with the values x[n]; the dimension's
 * number. */
int fk_netcdf_coordinate(fk_netcdf *f, const char *name, size_t n, const char *about,
                         const char *unit, const double *x);

/* A variable over one such dimension. */
void fk_netcdf_series(fk_netcdf *f, const char *name, int dimension, const char *about,
                      const char *unit, const double *y);

/* A field over the grid. */
void fk_netcdf_field(fk_netcdf *f, const char *name, const char *about,
                     const char *unit, const double *p, size_t kind);

/* A field over (record, ..., y, x), and its values at one index; what is not put is NaN.
 * The variable's number; put does nothing for p == NULL. */
int fk_netcdf_fields(fk_netcdf *f, const char *name, int record, const char *about,
                     const char *unit);
void fk_netcdf_put(fk_netcdf *f, int fields, size_t index, const double *p,
                   size_t kind);

/* Units of a density on the grid, and of its current along axis i. */
fk_label fk_netcdf_density_unit(const fk_netcdf *f);
fk_label fk_netcdf_current_unit(const fk_netcdf *f, size_t i);

#endif
