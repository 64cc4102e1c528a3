#include "pde/splitting.h"

/* p+ = p + h L p+ */
const fk_pde_stepper fk_pde_stepper_implicit_euler = {
    .name = "implicit-euler",
    .summary = "order 1, positive for every step",
    .formula = "p+ = A^-1 p,  A = 1 - h L\n"
               "R(z) = 1/(1 - z)",
    .regime = "long steps towards the stationary density; to compare with",
    .reference = "hairer-wanner-1996, section IV.3",
    .order = 1.0,
    .positive = true,
    .kind = &fk_splitting,
    .theta = 1.0,
    .weight = {0.0, 1.0},
    .fallback = {0.0, 1.0},
};
