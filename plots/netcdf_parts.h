/* Private to plots/.
 * What the parts of a netCDF file are written with. */
#ifndef FK_PLOTS_NETCDF_PARTS_H
#define FK_PLOTS_NETCDF_PARTS_H

#include <netcdf.h>
#include <stdbool.h>

#include "plots/netcdf_file.h"

/* Keeps the first error; true if there is none. */
bool fk_netcdf_call(fk_netcdf *f, int error);

void fk_netcdf_text(fk_netcdf *f, int variable, const char *name, const char *value);
int fk_netcdf_dimension(fk_netcdf *f, const char *name, size_t n);

/* A double variable, compressed, chunked by records of its first dimension. */
int fk_netcdf_variable(fk_netcdf *f, const char *name, int n, const int *shape,
                       const char *about, const char *unit);

/* All of a variable's values. */
void fk_netcdf_values(fk_netcdf *f, int variable, const double *x);

#endif
