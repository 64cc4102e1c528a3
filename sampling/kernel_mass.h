/* Private to sampling/.
 * Mass of a normal law in the cells of one axis, folded at its faces as paths
 * are.  Cells beyond the faces are counted on, ... -2 -1 | 0 ... n-1 | n ..., and each
 * is glued to the cell a path would come back to, or lost. */
#ifndef FK_SAMPLING_KERNEL_MASS_H
#define FK_SAMPLING_KERNEL_MASS_H

#include <stddef.h>

#include "core/grid.h"

typedef struct fk_kernel_axis {
    double lo, width; /* of a cell, in even coordinates */
    long cells;
    fk_boundary face[2];
    fk_axis grid; /* the axis itself */
} fk_kernel_axis;

fk_kernel_axis fk_kernel_axis_make(const fk_axis *a, const fk_boundary face[2]);

/* Cells first .. end - 1 of the continued axis that lie within 6 standard deviations of
 * the mean and are not lost; `whole` at a side: all the rest beyond belongs to the
 * outermost cell. */
typedef struct fk_kernel_range {
    long first, end; /* empty if first >= end */
    int whole[2];
} fk_kernel_range;

/* On an axis closed at both ends a deviation beyond 8 of its lengths is cut to that,
 * which is flat there to rounding, and the mean is moved by periods. */
fk_kernel_range fk_kernel_range_find(const fk_kernel_axis *a, double *mean,
                                     double *deviation);

/* The cell of the grid that cell v of the continued axis is glued to. */
size_t fk_kernel_glue(const fk_kernel_axis *a, long v);

/* Adds weight * N(mean, deviation^2) to mass[cells] and widens *touched to the cells
 * that got some.  deviation may be 0. */
void fk_kernel_mass_add(const fk_kernel_axis *a, double mean, double deviation,
                        double weight, double *mass, fk_kernel_range *touched);

#endif
