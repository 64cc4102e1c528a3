#include "pde/explicit.h"

/* With E(t) v = v + h L(t) v, explicit Euler, positive as long as h R <= 1:
 *
 *     u1 = E(t) u,  u2 = 3/4 u + 1/4 E(t + h) u1,  u+ = 1/3 u + 2/3 E(t + h/2) u2
 *
 * Each stage is a mean of densities, so sign and mass are kept. */
static const double time[] = {0.0, 1.0, 0.5};
static const double old[] = {0.0, 0.75, 1.0 / 3.0};

/* to = E(t + time[k] h)^T from */
static fk_status euler(fk_explicit *e, const fk_time_step *s, size_t k,
                       const double *from, double *to, fk_step_report *report,
                       fk_message *message)
{
    double *flow = e->field[1];
    FK_TRY(fk_explicit_set(e, s->t + time[k] * s->h, 1.0, s, report, message));
    fk_explicit_flow(e, s, from, flow);
    fk_explicit_sum(e, 2, (double[]){1.0, s->h}, (const double *[]){from, flow}, to);
    return FK_OK;
}

/* u = 1/3 u+ + 1/2 v + 1/6 E(t)^T E(t + h)^T v,  v = E(t + h/2)^T u+ */
static fk_status transposed(fk_explicit *e, const fk_time_step *s, double *u,
                            fk_step_report *report, fk_message *message)
{
    double *v = e->field[0], *w = e->field[2];
    FK_TRY(euler(e, s, 2, u, v, report, message));
    FK_TRY(euler(e, s, 1, v, w, report, message));
    FK_TRY(euler(e, s, 0, w, w, report, message));
    fk_explicit_sum(e, 3, (double[]){1.0 / 3.0, 0.5, 1.0 / 6.0},
                    (const double *[]){u, v, w}, u);
    return FK_OK;
}

static fk_status step(fk_integrator *i, const fk_time_step *s, double *u,
                      fk_step_report *report, fk_message *message)
{
    fk_explicit *e = (fk_explicit *)i;
    if (s->transposed)
        return transposed(e, s, u, report, message);
    double *stage = e->field[0], *flow = e->field[1];
    for (size_t k = 0; k < 3; k++) {
        const double *from = k == 0 ? u : stage;
        const double new = 1.0 - old[k];
        FK_TRY(fk_explicit_set(e, s->t + time[k] * s->h, 1.0, s, report, message));
        fk_explicit_flow(e, s, from, flow);
        fk_explicit_sum(e, 3, (double[]){old[k], new, new * s->h},
                        (const double *[]){u, from, flow}, k == 2 ? u : stage);
    }
    return FK_OK;
}

static const fk_integrator_kind stages = {
    .make = fk_explicit_make,
    .free = fk_explicit_free,
    .memory = fk_explicit_memory,
    .step = step,
};

const fk_pde_stepper fk_pde_stepper_ssp_rk3 = {
    .name = "ssp-rk3",
    .summary = "order 3, explicit, positive; steps up to 1 / (largest rate)",
    .formula =
        "u = p + h L p,  v = 3/4 p + 1/4 (u + h L u),  p+ = 1/3 p + 2/3 (v + h L v)\n"
        "R(z) = 1 + z + z^2/2 + z^3/6",
    .regime = "wide fluxes, and drifts that rule the cells: no step beyond 1 / "
              "(largest rate)",
    .reference = "shu-osher-1988",
    .order = 3.0,
    .positive = true,
    .wide = true,
    .kind = &stages,
    .fields = 3,
};
