/* Private to sampling/.
 * phi(X_T) along single paths or two coupled ones: what all ways to estimate an
 * expectation take samples of. */
#ifndef FK_SAMPLING_FUNCTIONAL_H
#define FK_SAMPLING_FUNCTIONAL_H

#include "core/program.h"
#include "sampling/expectation.h"
#include "sampling/walk.h"

/* Read-only once made, shared by all threads. */
typedef struct fk_functional {
    fk_walk walk;
    fk_program *phi;
    const fk_law *law;
    const fk_expectation_options *o;
    const fk_progress *progress;
    double order; /* weak order with these faces; HUGE_VAL: exact */
    fk_tail tail; /* of phi(X_T) */
} fk_functional;

/* The whole of an estimator: makes a functional, lets `sample` fill *out, clears it. */
FK_NODISCARD fk_status
fk_functional_estimate(const fk_sde *sde, const fk_domain *domain, const fk_law *law,
                       const fk_expectation_options *o, const fk_progress *progress,
                       fk_status (*sample)(const fk_functional *f, fk_expectation *out,
                                           fk_message *message),
                       fk_expectation *out, fk_message *message);

/* FK_ESYNTAX with a sentence where increments are not Gaussian; way: who asks. */
FK_NODISCARD fk_status fk_functional_gaussian(const fk_functional *f, const char *way,
                                              fk_message *message);

/* phi[FK_BLOCK] of x[dim][FK_BLOCK], 0 of those killed; doubles of scratch, a multiple of
 * FK_ALIGN bytes. */
void fk_functional_value(const fk_functional *f, double *x, const uint8_t *status,
                         double *phi, double *scratch);
size_t fk_functional_scratch(const fk_functional *f);

/* Who goes beside a path, from the same initial point: nobody, the path with all normals
 * of the other sign, or the one with steps twice as long along the same Brownian path. */
typedef enum fk_partner { FK_NOBODY, FK_MIRRORED, FK_COARSER } fk_partner;

/* One kind of sample:  weight[0] phi(path) + weight[1] phi(partner). */
typedef struct fk_coupling {
    fk_partner partner;
    double weight[2];
    uint64_t steps;  /* of the path, even with a coarser partner */
    uint64_t stream; /* samples of different streams are independent */
} fk_coupling;

/* Sums over samples, in an order that depends on their number alone. */
typedef struct fk_sums {
    double n, sum, square;
} fk_sums;

double fk_sums_mean(const fk_sums *s);
double fk_sums_variance(const fk_sums *s); /* of one sample */
double fk_sums_error(const fk_sums *s);    /* standard error of the mean */

enum { FK_PILOT = 4096 }; /* samples that tell how many are needed */

/* At least n samples in all, those in *s included.  With a sentence FK_EDOMAIN: not
 * finite; FK_ECONVERGE: so many, and a variance that looks infinite.  FK_EINTERRUPTED,
 * FK_ENOMEM. */
FK_NODISCARD fk_status fk_functional_top_up(const fk_functional *f,
                                            const fk_coupling *c, double n, fk_sums *s,
                                            fk_message *message);

/* As many samples as bring the standard error of their mean to `error`. */
FK_NODISCARD fk_status fk_functional_reach(const fk_functional *f, const fk_coupling *c,
                                           double error, fk_sums *s,
                                           fk_message *message);

/* Steps of one sample. */
double fk_coupling_cost(const fk_coupling *c);

/* What half the step would change, E[phi(X^(h/2)) - phi(X^h)] with h of `steps` steps, to
 * a standard error of `error`; the work is added to *work.  Empty if the scheme is
 * exact. */
FK_NODISCARD fk_status fk_functional_halved(const fk_functional *f, uint64_t steps,
                                            double error, fk_sums *difference,
                                            double *work, fk_message *message);

/* Error of `steps` steps, measured so:  (|d| + standard error of d) 2^p / (2^p - 1). */
FK_NODISCARD fk_status fk_functional_bias(const fk_functional *f, uint64_t steps,
                                          double *bias, double *work,
                                          fk_message *message);

/* Particle-steps of plain Monte Carlo with that many steps to the error asked for. */
FK_NODISCARD fk_status fk_functional_plain(const fk_functional *f, uint64_t steps,
                                           double *plain, double *work,
                                           fk_message *message);

/* Paths of one kind and one step, to the error asked for: what the plain estimators
 * are. */
FK_NODISCARD fk_status fk_functional_simple(const fk_functional *f,
                                            const fk_coupling *c, fk_expectation *out,
                                            fk_message *message);

#endif
