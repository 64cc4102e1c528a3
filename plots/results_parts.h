/* Private to plots/.
 * Parts of a run's results.nc. */
#ifndef FK_PLOTS_RESULTS_PARTS_H
#define FK_PLOTS_RESULTS_PARTS_H

#include "plots/netcdf_parts.h"
#include "plots/result.h"

void fk_results_exits(fk_netcdf *f);
void fk_results_moments(fk_netcdf *f);
void fk_results_paths(fk_netcdf *f);

#endif
