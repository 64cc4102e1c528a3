#include "sampling/losses.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fk_losses_join(fk_losses *all, const fk_losses *more, size_t first, size_t dim,
                    double *x)
{
    const size_t particle = first + more->particle;
    const bool earlier =
        more->count > 0 && (all->count == 0 || more->time < all->time ||
                            (more->time == all->time && particle < all->particle));
    const uint64_t count = all->count + more->count;
    if (earlier) {
        *all = *more;
        all->particle = particle;
        memcpy(x, more->x, dim * sizeof *x);
        all->x = x;
    }
    all->count = count;
}

bool fk_losses_keep(fk_losses *l, double *x, size_t dim, const fk_keeper *keeper)
{
    const bool kept = fk_keep(keeper, &l->count, sizeof l->count) &&
                      fk_keep(keeper, &l->particle, sizeof l->particle) &&
                      fk_keep(keeper, &l->time, sizeof l->time) &&
                      fk_keep(keeper, &l->step, sizeof l->step) &&
                      fk_keep(keeper, x, dim * sizeof *x);
    l->x = x;
    return kept;
}

void fk_losses_tell(const fk_losses *l, const fk_sde *sde, const char *what,
                    uint64_t total, fk_message *message)
{
    char state[160] = "";
    for (size_t i = 0; i < sde->dim && strlen(state) + 64 < sizeof state; i++) {
        char *name = fk_expr_print(sde->variable[i], FK_EXPR_TEXT);
        const size_t end = strlen(state);
        snprintf(state + end, sizeof state - end, "%s%s = %.6g", i == 0 ? "" : ", ",
                 name == NULL ? "?" : name, l->x[i]);
        free(name);
    }
    fk_fail(message, FK_EDOMAIN,
            "%" PRIu64 " of %" PRIu64
            " %s were lost: number %zu was at %s at t = %.10g "
            "and is nowhere after the next step (not finite); take a smaller step than "
            "%.3g or a tamed or implicit scheme, unless the process itself explodes or "
            "leaves the domain of its coefficients%s",
            l->count, total, what, l->particle, state, l->time, l->step,
            sde->killing != NULL ? ", or the rate of killing is negative there" : "");
}
