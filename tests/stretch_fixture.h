/* Stretched axes from text, for tests; everything aborts on a mistake. */
#ifndef FK_TESTS_STRETCH_FIXTURE_H
#define FK_TESTS_STRETCH_FIXTURE_H

#include <check.h>
#include <math.h>

#include "core/grid.h"
#include "sde/law.h"
#include "tests/sde_text.h"

static inline fk_status stretch_try(fk_expr_pool *pool, const char *map, double from,
                                    double to, size_t cells, fk_stretch **out,
                                    fk_message *message)
{
    const fk_expr_name name = {"u", NULL};
    fk_expr_error error;
    fk_stretch_parts parts = {.pool = pool,
                              .u = fk_expr_symbol(pool, "u"),
                              .from = from,
                              .to = to,
                              .cells = cells};
    ck_assert(fk_expr_parse(pool, map, &name, 1, &parts.map, &error) == FK_OK);
    return fk_stretch_new(&parts, out, message);
}

static inline fk_stretch *stretch(fk_expr_pool *pool, const char *map, double from,
                                  double to, size_t cells)
{
    fk_stretch *m;
    fk_message message = {""};
    const fk_status status = stretch_try(pool, map, from, to, cells, &m, &message);
    ck_assert_msg(status == FK_OK, "%s", message.text);
    return m;
}

/* The axis from..to along m, and a domain of it alone: open, as an infinite end is. */
static inline fk_axis stretched_axis(const fk_stretch *m, size_t cells)
{
    return (fk_axis){fk_stretch_at(m, 0.0, 1), fk_stretch_at(m, 1.0, 1), cells, m};
}

static inline fk_domain stretched_line(const fk_stretch *m, size_t cells,
                                       fk_boundary all)
{
    const fk_axis axis = stretched_axis(m, cells);
    fk_domain d = {.grid = fk_grid_make(1, &axis)};
    d.face[0][0] = isinf(axis.lo) ? FK_OPEN : all;
    d.face[0][1] = isinf(axis.hi) ? FK_OPEN : all;
    return d;
}

/* dX = X (dt/5 + 0.6 dW), log X from N(0, 0.01) at 0 to N(0.02, 0.37) at 1 */
static inline double lognormal_below(double x)
{
    return x > 0.0 ? 0.5 * erfc((0.02 - log(x)) / sqrt(2.0 * 0.37)) : 0.0;
}

static inline fk_law *narrow_lognormal(const fk_sde *sde, const fk_grid *g)
{
    const fk_expr_name name = {"x", NULL};
    const fk_expr *e;
    fk_expr_error error;
    fk_law *law;
    ck_assert(fk_expr_parse(sde->pool, "exp(-50*log(x)^2)/x", &name, 1, &e, &error) ==
              FK_OK);
    ck_assert(fk_law_expression_new(sde, e, g, &law, NULL) == FK_OK);
    return law;
}

#endif
