/* Orders of a flux and a stepper, measured on a manufactured solution
 * (sde/manufactured.h): the source that makes a chosen density exact is added. */
#ifndef FK_EXPERIMENTS_PDE_ORDER_H
#define FK_EXPERIMENTS_PDE_ORDER_H

#include "core/grid.h"
#include "core/progress.h"
#include "core/status.h"
#include "pde/flux.h"
#include "pde/stepper.h"
#include "sde/sde.h"

/* What is solved; all borrowed. */
typedef struct fk_pde_order_case {
    const fk_sde *sde;
    fk_domain domain; /* with the coarsest cells */
    const fk_flux *flux;
    const fk_pde_stepper *stepper;
    const fk_expr *density; /* exact; NULL: the manufactured one, which moves unless the
                               stepper needs coefficients free of t */
    const fk_expr *killing; /* NULL: none */
    double start, end;      /* see fk_pde_order_prepare */
    size_t levels;
    double order; /* of the flux on the finest cells, set by fk_pde_order_prepare */
    const fk_progress *progress; /* NULL allowed */
} fk_pde_order_case;

/* Sets `order` (experiments/grid_order.h), and draws the end nearer: to 16 steps of the length
 * that explicit Euler would be allowed on the coarsest cells, in which every process that
 * the cells resolve goes on, but does not end.  FK_EDOMAIN as fk_fokker_planck_new. */
FK_NODISCARD fk_status fk_pde_order_prepare(fk_pde_order_case *c, fk_message *message);

/* error[levels]: L1 distance from the exact density at the end, per unit of mass, on cells
 * of width[k] = the coarsest / 2^k (of axis 0).  Steps are so many more on finer cells that
 * their error falls at the flux's order as well. */
FK_NODISCARD fk_status fk_pde_order_cells(const fk_pde_order_case *c, double *width,
                                          double *error, fk_message *message);

/* error[levels]: L1 distance between the densities at the end with steps step[k] = the
 * longest / 2^k and with half of that, on the coarsest cells.  The longest is 1/16 of the
 * span, or the longest of those that the stepper allows. */
FK_NODISCARD fk_status fk_pde_order_steps(const fk_pde_order_case *c, double *step,
                                          double *error, fk_message *message);

#endif
