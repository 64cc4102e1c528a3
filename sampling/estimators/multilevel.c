/* Multilevel Monte Carlo: with as little work as possible.
 *
 *     E phi(X^L) = E phi(X^0) + sum_{l = 1..L} E[phi(X^l) - phi(X^(l-1))]
 *
 * level l with steps h_0 / 2^l, h_0 = 64 of the problem's; both terms of a difference
 * along one Brownian path, so that it varies little and needs few paths.  With V_l the
 * variance and C_l the cost of one path, N_l ~ sqrt(V_l / C_l) paths leave a variance of
 * error^2 / 2 at the least cost; levels are added until what is still missing,
 * extrapolated from the last two of them with the scheme's weak order, is below
 * error / sqrt(2).  [giles-2008] */
#include <math.h>

#include "sampling/functional.h"

enum { COARSE = 64, LEVELS = FK_EXPECTATION_LEVELS };

static fk_coupling level_of(const fk_functional *f, size_t level)
{
    const uint64_t coarsest = (f->o->steps + COARSE - 1) / COARSE;
    return (fk_coupling){.partner = level == 0 ? FK_NOBODY : FK_COARSER,
                         .weight = {1.0, -1.0},
                         .steps = coarsest << level,
                         .stream = level};
}

static double cost(const fk_functional *f, size_t level)
{
    const fk_coupling c = level_of(f, level);
    return fk_coupling_cost(&c);
}

static fk_status top_up(const fk_functional *f, size_t level, double paths, fk_sums *s,
                        fk_message *message)
{
    const fk_coupling c = level_of(f, level);
    return fk_functional_top_up(f, &c, paths, s, message);
}

/* Paths for all levels from 0 to the last one, at the least cost. */
static fk_status share_out(const fk_functional *f, size_t levels, fk_sums *t,
                           fk_message *message)
{
    double sum = 0.0;
    for (size_t l = 0; l < levels; l++)
        sum += sqrt(fk_sums_variance(&t[l]) * cost(f, l));
    for (size_t l = 0; l < levels; l++) {
        const double paths = 2.0 / (f->o->error * f->o->error) *
                             sqrt(fk_sums_variance(&t[l]) / cost(f, l)) * sum;
        FK_TRY(top_up(f, l, paths, &t[l], message));
    }
    return FK_OK;
}

/* What finer levels would still add: the last difference, or what the one before lets
 * expect of it if that is more. */
static double missing(const fk_functional *f, size_t levels, const fk_sums *t)
{
    const double ratio = exp2(f->order);
    const double last = fabs(fk_sums_mean(&t[levels - 1]));
    const double before =
        levels > 2 ? fabs(fk_sums_mean(&t[levels - 2])) / ratio : last;
    return fmax(last, before) / (ratio - 1.0);
}

static void fill(const fk_functional *f, size_t levels, const fk_sums *t,
                 fk_expectation *out)
{
    const double span = f->o->end - f->o->start;
    double spread = 0.0;
    *out = (fk_expectation){.levels = levels, .bias = missing(f, levels, t)};
    for (size_t l = 0; l < levels; l++) {
        out->level[l] =
            (fk_expectation_level){.step = span / (double)level_of(f, l).steps,
                                   .paths = t[l].n,
                                   .mean = fk_sums_mean(&t[l]),
                                   .variance = fk_sums_variance(&t[l])};
        out->value += fk_sums_mean(&t[l]);
        spread += fk_sums_variance(&t[l]) / t[l].n;
        out->work += t[l].n * cost(f, l);
    }
    out->sampling = sqrt(spread);
    out->plain = 2.0 * fk_sums_variance(&t[0]) / (f->o->error * f->o->error) *
                 (double)level_of(f, levels - 1).steps;
}

static fk_status climb(const fk_functional *f, fk_expectation *out, fk_message *message)
{
    fk_sums t[LEVELS] = {{0.0, 0.0, 0.0}};
    FK_TRY(fk_functional_gaussian(f, "multilevel", message));
    for (size_t levels = 1; levels <= LEVELS; levels++) {
        FK_TRY(top_up(f, levels - 1, FK_PILOT, &t[levels - 1], message));
        if (levels < 3)
            continue;
        FK_TRY(share_out(f, levels, t, message));
        if (missing(f, levels, t) <= f->o->error / sqrt(2.0)) {
            fill(f, levels, t, out);
            return FK_OK;
        }
    }
    return fk_fail(message, FK_ECONVERGE,
                   "steps 2^%d times smaller than the first still change the result by "
                   "more than the error %g asked",
                   LEVELS - 1, f->o->error);
}

static fk_status run(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                     const fk_expectation_options *o, const fk_progress *progress,
                     fk_expectation *out, fk_message *message)
{
    return fk_functional_estimate(sde, domain, law, o, progress, climb, out, message);
}

const fk_estimator fk_estimator_multilevel = {
    .name = "multilevel",
    .summary = "differences between steps halved again and again, chosen for the error",
    .reference = "giles-2008",
    .run = run,
};
