/* SDEs written as text, for tests and benchmarks:  sde_text(FK_ITO, 1, 1, "x", "-x",
 * "sqrt(2)").  Everything aborts on a mistake; the SDE's pool is its own. */
#ifndef FK_TESTS_SDE_TEXT_H
#define FK_TESTS_SDE_TEXT_H

#include <stdio.h>
#include <stdlib.h>

#include "sde/sde_text.h"

static inline fk_sde *sde_of(const fk_sde_text *text)
{
    fk_expr_pool *pool;
    fk_sde *sde = NULL;
    fk_message message = {"no memory"};
    if (fk_expr_pool_new(&pool) != FK_OK ||
        fk_sde_parse(pool, text, &sde, &message) != FK_OK) {
        fprintf(stderr, "sde_text: %s: %s\n", text->drift, message.text);
        abort();
    }
    return sde;
}

/* End with sde_text_free, which frees the pool too. */
static inline fk_sde *sde_text(fk_interpretation interpretation, size_t dim,
                               size_t noises, const char *variables, const char *drift,
                               const char *noise)
{
    return sde_of(&(fk_sde_text){.interpretation = interpretation,
                                 .dim = dim,
                                 .noises = noises,
                                 .variables = variables,
                                 .drift = drift,
                                 .noise = noise});
}

static inline void sde_text_free(fk_sde *sde)
{
    fk_expr_pool *pool = sde->pool;
    fk_sde_free(sde);
    fk_expr_pool_free(pool);
}

#endif
