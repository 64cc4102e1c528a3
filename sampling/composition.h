/* Scores put together.  For densities that go through one process, the weighted products
 *
 *     q_t = prod_k p_k,t^w_k / Z_t      have      grad log q_t = S = sum_k w_k s_k,
 *
 * which any sampler may follow (sampling/sampler.h).  But the product of noised densities
 * is not the noised product, so that S is the score of nothing that diffuses, and samplers
 * that follow it end elsewhere, each in its own place; sampling/weighted.h repairs it.
 * [du-2023, skreta-2025] */
#ifndef FK_SAMPLING_COMPOSITION_H
#define FK_SAMPLING_COMPOSITION_H

#include <stddef.h>

#include "core/status.h"
#include "sde/score.h"

typedef struct fk_composition {
    size_t n;
    const double *weight;         /* [n] */
    const fk_score *const *score; /* [n] of one table of times */
} fk_composition;

/* S; borrows the scores, copies the weights.  FK_ENOMEM. */
FK_NODISCARD fk_status fk_composition_score_new(const fk_composition *c,
                                                fk_score **out);

/* Ways to choose the weights of n laws by one number. */
typedef struct fk_composition_rule {
    const char *name; /* problem-file word */
    const char *summary;
    const char *formula;          /* of q, in the number w */
    const char *reference;        /* key into REFERENCES.md */
    size_t least, most;           /* laws */
    double (*standard)(size_t n); /* the number, if none is given */
    void (*weigh)(size_t n, double number, double *weight);
} fk_composition_rule;

extern const fk_composition_rule
    fk_composition_rules[]; /* a row without a name ends them */
const fk_composition_rule *fk_composition_rule_find(const char *name);

enum { FK_COMPOSITION_MOST = 16 }; /* laws */

#endif
