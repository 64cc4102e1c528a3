#include "sampling/motion.h"

#include <stdlib.h>
#include <string.h>

static fk_status compile(const fk_sde *sde, const fk_expr *const *drift,
                         const fk_expr *const *more, fk_stepper *s)
{
    const size_t d = sde->dim, m = sde->noises, n = d * (1 + m) + s->extra;
    const fk_expr **e = calloc(n, sizeof *e);
    if (e == NULL)
        return FK_ENOMEM;
    memcpy(e, drift, d * sizeof *e);
    if (m > 0)
        memcpy(e + d, sde->noise, d * m * sizeof *e);
    if (s->extra > 0)
        memcpy(e + d * (1 + m), more, s->extra * sizeof *e);
    const fk_status status = fk_entries_new(sde, n, e, &s->terms);
    free(e);
    return status;
}

fk_status fk_motion_new(const fk_sde *sde, const fk_expr *const *drift, size_t extra,
                        const fk_expr *const *more, fk_stepper **out,
                        fk_message *message)
{
    *out = NULL;
    fk_stepper *s = calloc(1, sizeof *s);
    if (s == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    s->dim = sde->dim;
    s->noises = sde->noises;
    s->extra = extra;
    const fk_status status = compile(sde, drift, more, s);
    if (status != FK_OK) {
        fk_motion_free(s);
        return fk_fail(message, status, "the drift and noise cannot be compiled: %s",
                       fk_status_text(status));
    }
    *out = s;
    return FK_OK;
}

fk_status fk_motion_at(const fk_sde *sde, double A, fk_stepper **out,
                       fk_message *message)
{
    *out = NULL;
    const fk_expr **drift = calloc(sde->dim, sizeof *drift);
    if (drift == NULL)
        return fk_fail(message, FK_ENOMEM, "out of memory");
    for (size_t i = 0; i < sde->dim; i++)
        drift[i] = fk_sde_drift_at(sde, A, i);
    const fk_status status = fk_motion_new(sde, drift, 0, NULL, out, message);
    free(drift);
    return status;
}

fk_status fk_motion_stratonovich(const fk_sde *sde, fk_stepper **out,
                                 fk_message *message)
{
    return fk_motion_at(sde, 0.5, out, message);
}

fk_status fk_motion_noiseless(const fk_sde *sde, const char *scheme, fk_stepper **out,
                              fk_message *message)
{
    *out = NULL;
    if (sde->noises > 0)
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: %s is for problems without noise; this one "
                       "has %zu",
                       scheme, sde->noises);
    return fk_motion_new(sde, sde->ito, 0, NULL, out, message);
}

/* The first entry of G and variable it depends on; false if there is none. */
static bool find_varying(const fk_sde *sde, size_t *entry, size_t *variable)
{
    for (*entry = 0; *entry < sde->dim * sde->noises; ++*entry)
        for (*variable = 0; *variable < sde->dim; ++*variable)
            if (fk_expr_depends(sde->noise[*entry], sde->variable[*variable]))
                return true;
    return false;
}

fk_status fk_motion_additive(const fk_sde *sde, const char *scheme, const char *instead,
                             fk_stepper **out, fk_message *message)
{
    size_t entry, variable;
    *out = NULL;
    if (find_varying(sde, &entry, &variable))
        return fk_fail(message, FK_EDOMAIN,
                       "particles.scheme: %s needs additive noise, but noise %zu in "
                       "variable %zu depends on variable %zu; %s",
                       scheme, entry % sde->noises + 1, entry / sde->noises + 1,
                       variable + 1, instead);
    return fk_motion_new(sde, sde->ito, 0, NULL, out, message);
}

void fk_motion_free(fk_stepper *s)
{
    if (s == NULL)
        return;
    fk_entries_clear(&s->terms);
    free(s);
}

double *const *fk_motion_eval(const fk_stepper *s, double t, double *const *x,
                              double *scratch)
{
    return fk_entries_eval(&s->terms, t, (const double *const *)x, scratch);
}

void fk_motion_add_drift(const fk_stepper *s, double *const *rows, double h,
                         double *const *to)
{
    for (size_t i = 0; i < s->dim; i++)
        fk_entry_add(&fk_motion_drift(s)[i], rows, h, to[i]);
}

void fk_motion_add_noise(const fk_stepper *s, double *const *rows, double root,
                         const double *z, double *const *to)
{
    const fk_entry *G = fk_motion_noise(s);
    for (size_t i = 0; i < s->dim; i++)
        for (size_t k = 0; k < s->noises; k++, G++)
            if (!fk_entry_zero(G)) /* most are, with many variables */
                fk_entry_add_product(G, rows, root, z + k * FK_BLOCK, to[i]);
}
