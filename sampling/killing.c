#include "sampling/killing.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "sampling/boundary.h"

fk_status fk_killing_init(fk_killing *k, const fk_sde *sde, fk_message *message)
{
    *k = (fk_killing){.dim = sde->dim};
    FK_TRY(fk_entries_new(sde, 1, &sde->killing, &k->rate));
    const double rate = k->rate.entry[0].value;
    if (!(rate >= 0.0 && isfinite(rate)))
        return fk_fail(message, FK_EDOMAIN,
                       "killing: the rate is %g; that of particles must be >= 0", rate);
    return FK_OK;
}

void fk_killing_clear(fk_killing *k)
{
    fk_entries_clear(&k->rate);
    *k = (fk_killing){0};
}

size_t fk_killing_scratch(const fk_killing *k)
{
    return fk_entries_scratch(&k->rate);
}

/* What is no rate becomes NaN. */
FK_CLONES static void take_rate(const double *restrict from, double *restrict rate)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        rate[j] = (from[j] >= 0.0) & (from[j] <= DBL_MAX) ? from[j] : NAN;
}

static void find_rate(const fk_killing *k, double t, double *const *x, double *rate,
                      double *scratch)
{
    const fk_entry *e = &k->rate.entry[0];
    if (e->row != FK_ENTRY_NUMBER) {
        take_rate(
            fk_entries_eval(&k->rate, t, (const double *const *)x, scratch)[e->row],
            rate);
        return;
    }
    for (size_t j = 0; j < FK_BLOCK; j++)
        rate[j] = e->value;
}

void fk_killing_start(const fk_killing *k, double t, uint64_t seed, fk_purpose purpose,
                      uint64_t first, double *const *x, double *memory, double *scratch)
{
    const uint64_t key[2] = {seed, ((uint64_t)FK_FOR_KILLING << 32) + purpose};
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const uint64_t counter[2] = {first + j, 0};
        uint64_t word[2];
        fk_threefry(key, counter, word);
        memory[j] = -log(fk_uniform_of(word[0]));
    }
    fk_killing_look(k, t, x, memory, scratch);
}

void fk_killing_look(const fk_killing *k, double t, double *const *x, double *memory,
                     double *scratch)
{
    find_rate(k, t, x, memory + FK_BLOCK, scratch);
}

/* Takes 1/2 h (rate + next) from what is left; how many that does not leave alive. */
FK_CLONES static size_t spend(double h, const double *restrict rate,
                              const double *restrict next, double *restrict left)
{
    uint64_t n = 0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        left[j] -= 0.5 * h * (rate[j] + next[j]);
        n += (uint64_t) !(left[j] > 0.0);
    }
    return (size_t)n;
}

static void stay(const fk_killing *k, size_t j, const double *const *old,
                 double *const *x)
{
    for (size_t i = 0; i < k->dim; i++)
        x[i][j] = old[i][j];
}

void fk_killing_run(const fk_killing *k, double t, double h, const double *const *old,
                    double *const *x, double *memory, uint8_t *status, double *scratch)
{
    double rate[FK_BLOCK];
    memcpy(rate, memory + FK_BLOCK, sizeof rate);
    find_rate(k, t, x, memory + FK_BLOCK, scratch);
    if (spend(h, rate, memory + FK_BLOCK, memory) == 0)
        return;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        if (status[j] == FK_KILLED)
            stay(k, j, old, x);
        else if (status[j] != FK_ALIVE)
            continue;
        else if (isnan(memory[j]))
            x[0][j] = NAN;
        else if (!(memory[j] > 0.0))
            status[j] = FK_KILLED;
    }
}
