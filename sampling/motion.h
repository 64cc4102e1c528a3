/* Private to sampling/.
 * What most schemes are made of: a drift and the noise matrix, compiled together, and
 * steppers that hold nothing else. */
#ifndef FK_SAMPLING_MOTION_H
#define FK_SAMPLING_MOTION_H

#include <stddef.h>

#include "sampling/entries.h"
#include "sampling/scheme.h"
#include "sde/sde.h"

/* The stepper of schemes that need f and G alone. */
struct fk_stepper {
    size_t dim, noises;
    size_t extra;     /* further entries behind f[dim] and G[dim][noises] */
    size_t series;    /* terms of the series for areas, for schemes that draw them */
    double tolerance; /* of steps, for schemes that choose them */
    fk_entries terms;
};

/* Stepper for drift[dim] (Ito's, Stratonovich's, ...), G and `extra` more expressions.  On
 * failure *out is NULL and *message a sentence. */
FK_NODISCARD fk_status fk_motion_new(const fk_sde *sde, const fk_expr *const *drift,
                                     size_t extra, const fk_expr *const *more,
                                     fk_stepper **out, fk_message *message);

/* With the drift for noise taken at the point A of a step; 1/2 is Stratonovich's. */
FK_NODISCARD fk_status fk_motion_at(const fk_sde *sde, double A, fk_stepper **out,
                                    fk_message *message);
FK_NODISCARD fk_status fk_motion_stratonovich(const fk_sde *sde, fk_stepper **out,
                                              fk_message *message);
/* FK_EDOMAIN if there is noise; scheme: the name to say so with. */
FK_NODISCARD fk_status fk_motion_noiseless(const fk_sde *sde, const char *scheme,
                                           fk_stepper **out, fk_message *message);
/* FK_EDOMAIN if noise depends on a variable; scheme: the name to say so with, instead: who
 * accepts that. */
FK_NODISCARD fk_status fk_motion_additive(const fk_sde *sde, const char *scheme,
                                          const char *instead, fk_stepper **out,
                                          fk_message *message);
void fk_motion_free(fk_stepper *s); /* accepts NULL */

static inline const fk_entry *fk_motion_drift(const fk_stepper *s)
{
    return s->terms.entry;
}

static inline const fk_entry *fk_motion_noise(const fk_stepper *s)
{
    return s->terms.entry + s->dim;
}

static inline const fk_entry *fk_motion_extra(const fk_stepper *s)
{
    return s->terms.entry + s->dim * (1 + s->noises);
}

/* Rows at (t, x), in scratch of fk_entries_scratch(&s->terms). */
double *const *fk_motion_eval(const fk_stepper *s, double t, double *const *x,
                              double *scratch);

/* to_i += h f_i, and to_i += sum_k root G_ik z_k, with rows of fk_motion_eval */
void fk_motion_add_drift(const fk_stepper *s, double *const *rows, double h,
                         double *const *to);
void fk_motion_add_noise(const fk_stepper *s, double *const *rows, double root,
                         const double *z, double *const *to);

#endif
