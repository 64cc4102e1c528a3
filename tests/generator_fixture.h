/* A generator from an SDE's text, for tests of what is solved on it; aborts on mistakes. */
#ifndef FK_TESTS_GENERATOR_FIXTURE_H
#define FK_TESTS_GENERATOR_FIXTURE_H

#include "core/richardson.h"
#include "pde/generator.h"
#include "pde/stationary.h"
#include "tests/pde_fixture.h"

typedef struct chain {
    fk_sde *sde;
    fk_fokker_planck *fp;
    fk_generator *g;
} chain;

/* Takes over the SDE. */
static inline chain chain_begin(fk_sde *sde, fk_domain domain)
{
    chain c = {.sde = sde};
    fk_message message = {""};
    fk_status status = fk_fokker_planck_new(
        sde, &domain, fk_flux_find("scharfetter-gummel"), &c.fp, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    status = fk_generator_new(c.fp, &c.g, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return c;
}

static inline void chain_end(chain *c)
{
    fk_generator_free(c->g);
    fk_fokker_planck_free(c->fp);
    sde_text_free(c->sde);
}

static inline size_t chain_traps(const chain *c, size_t *trap)
{
    size_t n;
    ck_assert(fk_generator_traps(c->g, trap, &n) == FK_OK);
    return n;
}

/* The stationary law of the only trap. */
static inline fk_stationary chain_settle(const chain *c)
{
    fk_stationary s;
    fk_message message = {""};
    size_t *trap = fk_alloc(c->g->cells, sizeof *trap);
    ck_assert_uint_eq(chain_traps(c, trap), 1);
    const fk_status status = fk_stationary_solve(c->g, trap, 0, &s, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    free(trap);
    return s;
}

/* Value of a field in the middle of an even number of cells along the one axis. */
static inline double middle_value(const chain *c, const double *u)
{
    return 0.5 * (u[c->g->cells / 2 - 1] + u[c->g->cells / 2]);
}

#endif
