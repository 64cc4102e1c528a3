/* Private to pde/.
 * Steppers that apply the whole operator, stage by stage, and solve nothing.  What they
 * share: fields for the stages, the limit of the step, sums of fields. */
#ifndef FK_PDE_EXPLICIT_H
#define FK_PDE_EXPLICIT_H

#include "pde/integrator.h"

enum { FK_EXPLICIT_FIELDS = 5 }; /* the most a stepper may ask for */

typedef struct fk_explicit {
    fk_integrator base;
    size_t n; /* cells + FK_BOOKS */
    double *field[FK_EXPLICIT_FIELDS];
    double rate;       /* largest rate of the present coefficients / flux's courant */
    uint64_t revision; /* they were taken for */
} fk_explicit;

/* For the stepper's table: stepper->fields fields of work. */
fk_status fk_explicit_make(fk_fokker_planck *fp, const fk_pde_stepper *stepper,
                           size_t slots, fk_integrator **out);
void fk_explicit_free(fk_integrator *i);
size_t fk_explicit_memory(const fk_sde *sde, const fk_grid *g,
                          const fk_pde_stepper *stepper, size_t slots);

/* Coefficients of time t; then FK_ELIMIT with a sentence if step->h is beyond reach / rate,
 * and that limit in report->longest. */
FK_NODISCARD fk_status fk_explicit_set(fk_explicit *e, double t, double reach,
                                       const fk_time_step *step, fk_step_report *report,
                                       fk_message *message);

/* out = L u with its books, or for a transposed step L^T u with what they pay. */
void fk_explicit_flow(const fk_explicit *e, const fk_time_step *step, const double *u,
                      double *out);

/* out = sum_k c[k] v[k], k < terms <= FK_EXPLICIT_FIELDS; out may be one of them. */
void fk_explicit_sum(const fk_explicit *e, size_t terms, const double *c,
                     const double *const *v, double *out);

#endif
