/* The law of a sampler with noise lambda that follows the composed score without weights, by
 * its own Fokker-Planck equation.  With a schedule every process is one and the same in
 *
 *     z = (x/alpha - b) / k,  k^2 = c + tau,  tau = (sigma/alpha)^2,  s = log (1 + tau/c):
 *     dZ = -Z/2 ds + dW,     component N(m, S) of a law -> N((m - b)/k, I + (S - c I)/k^2),
 *
 * b the middle of the domain, c so that the domain reaches to 6 on both sides.  The way back
 * from s_1,
 *
 *     dZ = [Z/2 + (1 + lambda^2)/2 S] dr + lambda dW,     s = s_1 - r,
 *
 * is written as a problem file. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/density.h"
#include "core/memory.h"
#include "experiments/compose.h"
#include "experiments/solution.h"
#include "sde/problem_file.h"

enum { ROOM = 65536 };

static const double REACH = 6.0;

typedef struct frame {
    double b[FK_GRID_DIM], c, s_first, s_last;
    double alpha_last, k_first, k_last; /* k alpha at the first time, k at the last */
} frame;

typedef struct writing {
    char *text; /* [ROOM] */
    size_t used;
} writing;

FK_PRINTF(2, 3) static void put(writing *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(w->text + w->used, ROOM - w->used, format, arguments);
    va_end(arguments);
    if (n > 0)
        w->used = (size_t)n < ROOM - w->used ? w->used + (size_t)n : ROOM;
}

static double tau(const fk_noise_level *l)
{
    return l->sigma * l->sigma / (l->alpha * l->alpha);
}

static frame frame_of(const fk_compose *c)
{
    const fk_grid *g = &c->problem->domain.grid;
    const fk_noise_level first = fk_noise_at(c->plan.schedule, c->plan.first),
                         last = fk_noise_at(c->plan.schedule, c->plan.last);
    frame f = {.alpha_last = last.alpha};
    double half = HUGE_VAL;
    for (size_t i = 0; i < g->dim; i++) {
        f.b[i] = 0.5 * (g->axis[i].lo + g->axis[i].hi) / first.alpha;
        half = fmin(half, 0.5 * (g->axis[i].hi - g->axis[i].lo) / first.alpha);
    }
    f.c = half * half / (REACH * REACH) - tau(&first);
    f.c = fmax(f.c, 1e-3 * half * half);
    f.s_first = log1p(tau(&first) / f.c);
    f.s_last = log1p(tau(&last) / f.c);
    f.k_first = first.alpha * sqrt(f.c + tau(&first));
    f.k_last = sqrt(f.c + tau(&last));
    return f;
}

/* ---- the text ---- */

/* a = log of the weighted component, u = its slope along z0, v along z1. */
static void put_component(writing *w, const frame *f, const fk_mixture *m, size_t j,
                          const char *name)
{
    const size_t d = m->dim;
    const double *S = m->cov + j * d * d, *mean = m->mean + j * d;
    put(w, "  p_%s: 1 + (%.17g)*F\n  dx_%s: z0 - (%.17g)*E\n", name, S[0] - f->c, name,
        mean[0] - f->b[0]);
    if (d == 1) {
        put(w, "  u_%s: -dx_%s/p_%s\n", name, name, name);
        put(w, "  a_%s: %.17g - log(p_%s)/2 + u_%s*dx_%s/2\n", name, log(m->weight[j]),
            name, name, name);
        return;
    }
    put(w, "  q_%s: (%.17g)*F\n  r_%s: 1 + (%.17g)*F\n  dy_%s: z1 - (%.17g)*E\n", name,
        S[1], name, S[3] - f->c, name, mean[1] - f->b[1]);
    put(w, "  det_%s: p_%s*r_%s - q_%s^2\n", name, name, name, name);
    put(w, "  u_%s: -(r_%s*dx_%s - q_%s*dy_%s)/det_%s\n", name, name, name, name, name,
        name);
    put(w, "  v_%s: -(p_%s*dy_%s - q_%s*dx_%s)/det_%s\n", name, name, name, name, name,
        name);
    put(w, "  a_%s: %.17g - log(det_%s)/2 + (u_%s*dx_%s + v_%s*dy_%s)/2\n", name,
        log(m->weight[j]), name, name, name, name, name);
}

/* The largest exponent is taken out, so that far tails have a score. */
static void put_law(writing *w, const frame *f, const fk_mixture *m, size_t k)
{
    char name[48];
    for (size_t j = 0; j < m->components; j++) {
        snprintf(name, sizeof name, "%zu_%zu", k, j);
        put_component(w, f, m, j, name);
    }
    put(w, "  most_%zu_0: a_%zu_0\n", k, k);
    for (size_t j = 1; j < m->components; j++)
        put(w, "  most_%zu_%zu: max(most_%zu_%zu, a_%zu_%zu)\n", k, j, k, j - 1, k, j);
    for (size_t j = 0; j < m->components; j++)
        put(w, "  e_%zu_%zu: exp(a_%zu_%zu - most_%zu_%zu)\n", k, j, k, j, k,
            m->components - 1);
    for (size_t i = 0; i < m->dim; i++) {
        put(w, "  s%zu_%zu: (0", i, k);
        for (size_t j = 0; j < m->components; j++)
            put(w, " + e_%zu_%zu*%c_%zu_%zu", k, j, i == 0 ? 'u' : 'v', k, j);
        put(w, ")/(0");
        for (size_t j = 0; j < m->components; j++)
            put(w, " + e_%zu_%zu", k, j);
        put(w, ")\n");
    }
}

static void put_equation(writing *w, const fk_compose *c)
{
    const double lambda = c->plan.options.lambda;
    const size_t d = c->problem->sde->dim;
    put(w, "drift: [");
    for (size_t i = 0; i < d; i++) {
        put(w, "%sz%zu/2 + %.17g*(0", i > 0 ? ", " : "", i,
            0.5 * (1.0 + lambda * lambda));
        for (size_t k = 0; k < c->n; k++)
            put(w, " + (%.17g)*s%zu_%zu", c->weight[k], i, k);
        put(w, ")");
    }
    put(w, "]\nnoise: [%.17g%s", lambda, d > 1 ? ", " : "");
    if (d > 1)
        put(w, "%.17g", lambda);
    put(w, "]\n");
}

static void put_start(writing *w, const fk_compose *c, const frame *f)
{
    const fk_mixture *m = fk_law_mixture(c->start);
    double mean[FK_GRID_DIM], cov[FK_GRID_DIM * FK_GRID_DIM];
    for (size_t i = 0; i < m->dim; i++)
        mean[i] = (m->mean[i] / f->alpha_last - f->b[i]) / f->k_last;
    for (size_t i = 0; i < m->dim * m->dim; i++)
        cov[i] = m->cov[i] / pow(f->alpha_last * f->k_last, 2.0);
    if (m->dim == 1)
        put(w, "initial: {gaussian: {mean: %.17g, sd: %.17g}}\n", mean[0],
            sqrt(cov[0]));
    else
        put(w,
            "initial: {gaussian: {mean: [%.17g, %.17g], cov: [[%.17g, %.17g], [%.17g, "
            "%.17g]]}}\n",
            mean[0], mean[1], cov[0], cov[1], cov[2], cov[3]);
}

/* The same cells as those of the domain. */
static void put_domain(writing *w, const fk_compose *c, const frame *f)
{
    const fk_grid *g = &c->problem->domain.grid;
    put(w, "domain:\n");
    for (size_t i = 0; i < g->dim; i++) {
        const double half = 0.5 * (g->axis[i].hi - g->axis[i].lo) / f->k_first;
        put(w, "  z%zu: {from: %.17g, to: %.17g, cells: %zu, boundary: reflecting}\n",
            i, -half, half, g->axis[i].cells);
    }
}

static void put_problem(writing *w, const fk_compose *c, const frame *f)
{
    const size_t d = c->problem->sde->dim;
    put(w, "variables: [z0%s]\ndefine:\n", d > 1 ? ", z1" : "");
    put(w, "  F: exp(t - %.17g)/%.17g\n  E: sqrt(F)\n", f->s_last, f->c);
    for (size_t k = 0; k < c->n; k++)
        put_law(w, f,
                k == 0 ? fk_law_mixture(c->problem->initial)
                       : c->problem->compose.law[k - 1],
                k);
    put_equation(w, c);
    put(w, "time: {end: %.17g}\n", f->s_last - f->s_first);
    put_domain(w, c, f);
    put(w, "particles: off\npde: {tolerance: %g}\n", d > 1 ? 1e-3 : 1e-4);
    put_start(w, c, f);
}

/* ---- its solution ---- */

/* Cell averages of the density of x, on a grid `factor` times as fine. */
static fk_status solve(const fk_compose *c, const fk_problem *p, size_t factor,
                       double *density, fk_message *message)
{
    const fk_grid *g = &p->domain.grid;
    const size_t cells = fk_grid_cells(g);
    const fk_pde_method *method;
    fk_methods methods;
    char why[512];
    fk_solver *solver = NULL;
    FK_TRY(fk_methods_find(p, &methods, message));
    FK_TRY(fk_solution_choose(p, &methods, &c->progress, &method, sizeof why, why,
                              message));
    fk_status status = fk_solution_new(p, &methods, method, factor, &solver, message);
    if (status == FK_OK)
        status = fk_solver_advance(solver, p->end, &c->progress, message);
    if (status == FK_OK)
        fk_grid_restrict(g, factor, fk_solver_density(solver), density);
    const double volume = fk_grid_volume(g) / fk_grid_volume(&c->problem->domain.grid);
    for (size_t k = 0; status == FK_OK && k < cells; k++)
        density[k] *= volume;
    fk_solver_free(solver);
    return status;
}

static fk_status solve_both(fk_compose *c, const fk_problem *p, fk_message *message)
{
    const size_t cells = fk_grid_cells(&p->domain.grid);
    double *coarse = fk_doubles(cells);
    c->equation = fk_doubles(cells);
    fk_status status = coarse == NULL || c->equation == NULL ? FK_ENOMEM : FK_OK;
    if (status == FK_OK)
        status = solve(c, p, 1, coarse, message);
    if (status == FK_OK)
        status = solve(c, p, 2, c->equation, message);
    if (status == FK_OK)
        c->equation_error =
            fk_density_l1(&c->problem->domain.grid, c->equation, coarse);
    free(coarse);
    return status;
}

fk_status fk_compose_solve(fk_compose *c, fk_message *message)
{
    const bool noisy =
        strstr(c->sampler->hears, "lambda") != NULL && c->plan.options.lambda > 0.0;
    if (c->plan.schedule == NULL || !noisy || !c->problem->pde.on)
        return FK_OK;
    const frame f = frame_of(c);
    writing w = {.text = fk_alloc(ROOM, 1)};
    fk_problem *p = NULL;
    if (w.text == NULL)
        return FK_ENOMEM;
    put_problem(&w, c, &f);
    fk_terminal_begin(&c->terminal, "the sampler's equation", NULL, 1.0);
    fk_status status =
        w.used < ROOM
            ? fk_problem_parse(w.text, "the sampler's equation", 0, NULL, &p, message)
            : fk_fail(message, FK_ELIMIT,
                      "the laws have too many components for the "
                      "sampler's equation: write 'pde: off'");
    if (status == FK_OK)
        status = solve_both(c, p, message);
    if (status == FK_OK)
        fk_terminal_end(&c->terminal);
    fk_problem_free(p);
    free(w.text);
    return status;
}
