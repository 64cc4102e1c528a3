#include "sampling/typical.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "core/sort.h"
#include "sampling/ensemble.h"

enum { PATHS = 512, TIMES = 9 };

static double two_digits(double v)
{
    char text[40];
    snprintf(text, sizeof text, "%.1e", v);
    return strtod(text, NULL);
}

/* states[TIMES][PATHS][dim] */
static fk_status follow(const fk_weak_paths *p, double *states, fk_message *message)
{
    const fk_ensemble_options o = {.count = PATHS,
                                   .start = p->start,
                                   .step = (p->end - p->start) / (double)p->steps,
                                   .seed = ~p->seed,
                                   .purpose = FK_FOR_NOISE,
                                   .scheme = p->scheme,
                                   .rules = p->rules,
                                   .faces = p->faces};
    fk_ensemble *e = NULL;
    FK_TRY(fk_ensemble_new(p->sde, p->domain, p->law, &o, &e, message));
    fk_status status = FK_OK;
    for (size_t k = 0; k < TIMES && status == FK_OK; k++) {
        const double share = (double)k / (TIMES - 1);
        status = fk_ensemble_advance(e, p->start + share * (p->end - p->start), NULL,
                                     message);
        if (status == FK_OK)
            fk_ensemble_states(e, 0, PATHS, states + k * PATHS * p->sde->dim);
    }
    fk_ensemble_free(e);
    return status;
}

fk_status fk_typical(const fk_weak_paths *paths, double *centre, double *width,
                     fk_message *message)
{
    const size_t dim = paths->sde->dim, n = PATHS * TIMES;
    double *states = fk_doubles(n * dim), *column = fk_doubles(n);
    fk_status status =
        states != NULL && column != NULL ? follow(paths, states, message) : FK_ENOMEM;
    for (size_t i = 0; i < dim && status == FK_OK; i++) {
        size_t used = 0;
        for (size_t k = 0; k < n; k++)
            if (isfinite(states[k * dim + i]))
                column[used++] = states[k * dim + i];
        fk_sort(used, column);
        const double half =
            used > 0 ? (column[used * 21 / 25] - column[used * 4 / 25]) / 2.0 : 0.0;
        centre[i] = used > 0 ? two_digits(column[used / 2]) : 0.0;
        width[i] = half > 0.0 ? two_digits(half) : 1.0;
    }
    free(states);
    free(column);
    return status;
}

void fk_typical_box(size_t dim, const double *centre, const double *width, double reach,
                    double *box)
{
    for (size_t i = 0; i < dim; i++) {
        box[2 * i] = centre[i] - reach * width[i];
        box[2 * i + 1] = centre[i] + reach * width[i];
    }
}
