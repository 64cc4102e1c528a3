/* A spectral density of an SDE in a box, for tests: everything aborts on a mistake. */
#ifndef FK_TESTS_SPECTRAL_FIXTURE_H
#define FK_TESTS_SPECTRAL_FIXTURE_H

#include "pde/spectral.h"
#include "sde/linear.h"
#include "tests/pde_fixture.h"

/* What is run; lists as in sde_text. */
typedef struct spectral_case {
    size_t dim, noises;
    const char *variables, *drift, *noise;
    fk_interpretation interpretation;
    fk_domain domain;
    double mean[FK_GRID_DIM], cov[FK_GRID_DIM * FK_GRID_DIM];
    double end;
} spectral_case;

typedef struct spectral_run {
    fk_sde *sde;
    fk_law *law;
    fk_domain domain;
    fk_spectral *s;
} spectral_run;

static inline fk_law *gaussian_law(const spectral_case *c)
{
    fk_mixture *m;
    fk_law *law;
    ck_assert(fk_mixture_new(c->dim, 1, &m) == FK_OK);
    m->weight[0] = 1.0;
    memcpy(m->mean, c->mean, c->dim * sizeof *c->mean);
    memcpy(m->cov, c->cov, c->dim * c->dim * sizeof *c->cov);
    ck_assert(fk_law_mixture_new(m, &law) == FK_OK);
    fk_mixture_free(m);
    return law;
}

static inline spectral_run spectral_open(const spectral_case *c,
                                         const fk_spectral_options *o)
{
    spectral_run r = {.domain = c->domain};
    fk_message message = {""};
    r.sde = sde_text(c->interpretation, c->dim, c->noises, c->variables, c->drift,
                     c->noise);
    r.law = gaussian_law(c);
    const fk_status status =
        fk_spectral_new(r.sde, &r.domain, r.law, 0.0, o, &r.s, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return r;
}

static inline void spectral_advance(const spectral_run *r, double t)
{
    fk_message message = {""};
    const fk_status status = fk_spectral_advance(r->s, t, NULL, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    ck_assert_double_eq(fk_spectral_time(r->s), t);
}

/* At the end of the case. */
static inline spectral_run spectral_solve(const spectral_case *c, double tolerance)
{
    const fk_spectral_options o = {.tolerance = tolerance, .span = c->end};
    const spectral_run r = spectral_open(c, &o);
    spectral_advance(&r, c->end);
    return r;
}

static inline double spectral_error(const spectral_run *r, pde_law *law)
{
    double *exact = pde_project(&r->domain.grid, law, fk_spectral_time(r->s));
    const double e = fk_density_l1(&r->domain.grid, fk_spectral_density(r->s), exact);
    free(exact);
    return e;
}

static inline fk_ledger spectral_ledger(const spectral_run *r)
{
    fk_ledger ledger;
    fk_spectral_ledger(r->s, &ledger);
    return ledger;
}

static inline void spectral_close(spectral_run *r)
{
    fk_spectral_free(r->s);
    fk_law_free(r->law);
    sde_text_free(r->sde);
}

#endif
