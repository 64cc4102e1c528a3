#include "sampling/noise_table.h"

#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/program.h"

fk_status fk_noise_table_check(const fk_sde *sde, fk_message *message)
{
    if (!fk_sde_continuous(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "sampling backwards needs paths without jumps and stable noise");
    for (size_t e = 0; e < sde->dim * sde->noises; e++)
        if (fk_sde_varies(sde, sde->noise[e]))
            return fk_fail(message, FK_EDOMAIN,
                           "noise entry (%zu, %zu) depends on the variables: sampling "
                           "backwards needs noise that depends on time alone",
                           e / sde->noises + 1, e % sde->noises + 1);
    return FK_OK;
}

static void halve_square(size_t d, size_t m, const double *g, double *a)
{
    memset(a, 0, d * d * sizeof *a);
    for (size_t i = 0; i < d; i++)
        for (size_t j = 0; j < d; j++)
            for (size_t q = 0; q < m; q++)
                a[i * d + j] += 0.5 * g[i * m + q] * g[j * m + q];
}

fk_status fk_noise_table(const fk_sde *sde, size_t n, const double *time, double *g,
                         double *a)
{
    const fk_binding binding = fk_sde_binding(sde);
    const size_t d = sde->dim, m = sde->noises;
    fk_program *noise = NULL;
    if (m == 0) {
        memset(a, 0, n * d * d * sizeof *a);
        return FK_OK;
    }
    FK_TRY(fk_program_new(d * m, sde->noise, &binding, &noise));
    double *scratch = fk_doubles(fk_program_scratch(noise) + d);
    if (scratch != NULL) {
        double *x = scratch + fk_program_scratch(noise);
        for (size_t k = 0; k < n; k++) {
            fk_program_point(noise, time[k], x, g + k * d * m, scratch);
            halve_square(d, m, g + k * d * m, a + k * d * d);
        }
    }
    free(scratch);
    fk_program_free(noise);
    return scratch == NULL ? FK_ENOMEM : FK_OK;
}
