#include "pde/splitting.h"

/* p+ = p + h/2 L (p + p+) = 2 A^-1 p - p.  Two implicit Euler half steps, A^-2, stand in
 * for each of the first two steps: they damp what a rough initial law would leave
 * ringing. */
const fk_pde_stepper fk_pde_stepper_crank_nicolson = {
    .name = "crank-nicolson",
    .summary =
        "order 2, four implicit Euler half steps first; limited to stay positive",
    .formula = "p+ = (2 A^-1 - 1) p,  A = 1 - h L / 2;  A^-2 p in each of the first "
               "two steps\n"
               "R(z) = (1 + z/2)/(1 - z/2)",
    .regime = "smooth densities; what is rough later on rings, since R(-inf) = -1",
    .reference = "rannacher-1984",
    .order = 2.0,
    .positive = true,
    .kind = &fk_splitting,
    .theta = 0.5,
    .weight = {-1.0, 2.0},
    .fallback = {0.0, 0.0, 1.0},
    .start = 2,
};
