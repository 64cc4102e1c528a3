#include "pde/fokker_planck.h"

#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "core/block.h"
#include "core/memory.h"
#include "pde/coefficients.h"
#include "pde/fokker_planck_parts.h"
#include "sde/stretched.h"

enum { DIRECTIONS = FK_GRID_DIM + FK_GRID_DIM * (FK_GRID_DIM - 1) };

static bool is_zero(const fk_expr *e)
{
    double value;
    return fk_expr_is_number(e, &value) && value == 0.0;
}

/* True if the diagonals of axes i and j can carry anything: a_ij, or in space what the
 * walls of the third axis turn into tangential links (pde/tensor.h). */
static bool has_diagonals(const fk_sde *sde, size_t i, size_t j)
{
    const size_t d = sde->dim;
    if (!is_zero(sde->diffusion[i * d + j]))
        return true;
    for (size_t k = 0; k < d; k++)
        if (k != i && k != j && !is_zero(sde->diffusion[k * d + i]) &&
            !is_zero(sde->diffusion[k * d + j]))
            return true;
    return false;
}

/* Diagonals first, then the axes down to axis 0, whose lines are the dearest to load and
 * whose turn comes once in a symmetric splitting. */
static fk_status add_directions(fk_fokker_planck *fp, const fk_sde *sde)
{
    for (size_t j = 1; j < sde->dim; j++)
        for (size_t i = 0; i < j; i++)
            for (int sign = -1; sign <= 1 && has_diagonals(sde, i, j); sign += 2) {
                FK_TRY(fk_direction_diagonal(&fp->even, i, j, sign,
                                             &fp->direction[fp->n_directions]));
                fp->n_directions++;
            }
    for (size_t i = sde->dim; i-- > 0;) {
        FK_TRY(fk_direction_along(&fp->even, i, &fp->direction[fp->n_directions]));
        fp->n_directions++;
    }
    return FK_OK;
}

static fk_status add_workspace(fk_fokker_planck *fp)
{
    size_t longest = 0;
    for (size_t k = 0; k < fp->n_directions; k++)
        longest = fp->direction[k].tile > longest ? fp->direction[k].tile : longest;
    fp->tile = longest + 2 * FK_FLUX_REACH * FK_LANES; /* room beyond the ends */
    fp->n_threads = fp->domain.grid.dim > 1 ? (size_t)omp_get_max_threads() : 1;
    const size_t own = fk_coefficients_scratch(fp->coefficients);
    const size_t more = fk_reactivity_scratch(&fp->reactivity);
    fp->scratch_size = ((own > more ? own : more) / 8 + 1) * 8;
    fp->cells = fk_doubles(fk_grid_cells(&fp->domain.grid));
    fp->tiles = fk_doubles(FK_TILE_BUFFERS * fp->tile * fp->n_threads);
    fp->scratch = fk_doubles(fp->scratch_size * fp->n_threads);
    fp->faces = fk_alloc(fp->n_threads, sizeof *fp->faces);
    const bool all = fp->cells != NULL && fp->tiles != NULL && fp->scratch != NULL &&
                     fp->faces != NULL;
    return all ? FK_OK : FK_ENOMEM;
}

/* Directions in which nothing moves, now and always. */
static void drop_idle_directions(fk_fokker_planck *fp)
{
    size_t kept = 0;
    for (size_t k = 0; k < fp->n_directions; k++) {
        fk_direction *d = &fp->direction[k];
        double most = 0.0;
        for (size_t i = 0; i < d->tiles * d->tile; i++)
            most = fmax(most, fmax(fabs(d->up[i]), fabs(d->dn[i])));
        for (size_t i = 0; i < d->n_exits; i++)
            most = fmax(most, d->sink[i].rate);
        if (most > 0.0)
            fp->direction[kept++] = *d;
        else
            fk_direction_clear(d);
    }
    fp->n_directions = kept;
}

/* Wide fluxes go along axes, and look at so many different cells. */
static fk_status check_flux(const fk_fokker_planck *fp, const fk_sde *sde,
                            fk_message *message)
{
    const fk_flux *flux = fp->flux;
    if (flux->reach == 1)
        return FK_OK;
    if (!fk_sde_diagonal(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "the flux '%s' goes along the axes and does not take noise with "
                       "cross terms: a flux of two cells does, such as "
                       "scharfetter-gummel",
                       flux->name);
    if (fk_domain_has(&fp->domain, FK_PARTIAL))
        return fk_fail(
            message, FK_EDOMAIN,
            "the flux '%s' does not take faces that absorb partially: a flux "
            "of two cells does, such as scharfetter-gummel",
            flux->name);
    for (size_t i = 0; i < sde->dim; i++)
        if (fp->domain.grid.axis[i].cells < 2 * flux->reach)
            return fk_fail(message, FK_EDOMAIN,
                           "the flux '%s' needs at least %zu cells along each axis",
                           flux->name, 2 * flux->reach);
    return FK_OK;
}

static bool rates_steady(const fk_fokker_planck *fp)
{
    return fk_coefficients_steady(fp->coefficients) && fp->reactivity.steady;
}

static fk_status build(fk_fokker_planck *fp, fk_message *message)
{
    FK_TRY(fk_stretched_frame(fp->sde, &fp->domain, &fp->framed, &fp->even));
    const fk_sde *sde = fp->framed != NULL ? fp->framed : fp->sde;
    FK_TRY(check_flux(fp, sde, message));
    FK_TRY(fk_coefficients_new(sde, &fp->even, fp->flux, &fp->coefficients));
    FK_TRY(fk_reactivity_init(&fp->reactivity, sde, &fp->even));
    FK_TRY(add_directions(fp, sde));
    FK_TRY(add_workspace(fp));
    if (!rates_steady(fp))
        return FK_OK;
    FK_TRY(fk_fokker_planck_rates(fp, 0.0, message));
    drop_idle_directions(fp);
    return FK_OK;
}

fk_status fk_fokker_planck_new(const fk_sde *sde, const fk_domain *domain,
                               const fk_flux *flux, fk_fokker_planck **out,
                               fk_message *message)
{
    assert(sde->dim == domain->grid.dim);
    *out = NULL;
    if (!fk_sde_continuous(sde))
        return fk_fail(message, FK_EDOMAIN,
                       "the Fokker-Planck operator has no term for jumps and stable "
                       "noise");
    fk_fokker_planck *fp = calloc(1, sizeof *fp);
    if (fp == NULL)
        return fk_fail(message, FK_ENOMEM, "no memory for the Fokker-Planck operator");
    fp->sde = &fp->means.of.view;
    fp->domain = *domain;
    fp->flux = flux;
    fp->time = NAN;
    fp->direction = fk_alloc(DIRECTIONS, sizeof *fp->direction);
    fk_status status = fk_mean_values_init(&fp->means, sde, domain);
    if (status == FK_OK)
        status = fp->direction == NULL ? FK_ENOMEM : build(fp, message);
    if (status != FK_OK) {
        fk_fokker_planck_free(fp);
        return status == FK_ENOMEM ? fk_fail(message, status,
                                             "no memory for the Fokker-Planck operator")
                                   : status;
    }
    *out = fp;
    return FK_OK;
}

void fk_fokker_planck_free(fk_fokker_planck *fp)
{
    if (fp == NULL)
        return;
    for (size_t k = 0; k < fp->n_directions; k++)
        fk_direction_clear(&fp->direction[k]);
    free(fp->direction);
    fk_stencil_free(fp->stencil);
    fk_coefficients_free(fp->coefficients);
    fk_reaction_free(fp->reaction);
    fk_reactivity_clear(&fp->reactivity);
    fk_sde_free(fp->framed);
    fk_mean_values_clear(&fp->means);
    free(fp->cells);
    free(fp->tiles);
    free(fp->scratch);
    free(fp->faces);
    free(fp);
}

fk_status fk_fokker_planck_set(fk_fokker_planck *fp, double t, fk_message *message)
{
    if (t == fp->time)
        return FK_OK;
    fp->time = (double)NAN; /* until all has succeeded */
    if (fk_fokker_planck_interacts(fp) && !fp->looked)
        return fk_fail(message, FK_EDOMAIN,
                       "drift or noise depend on the density: the operator is not that "
                       "of a linear equation");
    if (fp->revision == 0 || !rates_steady(fp))
        FK_TRY(fk_fokker_planck_rates(fp, t, message));
    if (fp->reaction != NULL && !fk_reaction_steady(fp->reaction))
        FK_TRY(fk_reaction_set(fp->reaction, t, message));
    fp->time = t;
    return FK_OK;
}

fk_status fk_fokker_planck_sweep(fk_fokker_planck *fp)
{
    if (fp->stencil != NULL || fp->flux->reach > 1)
        return FK_OK;
    return fk_stencil_new(fp->n_directions, fp->direction, rates_steady(fp),
                          fp->n_threads, &fp->stencil);
}

bool fk_fokker_planck_interacts(const fk_fokker_planck *fp)
{
    return fp->means.of.field != NULL;
}

void fk_fokker_planck_look(fk_fokker_planck *fp, double t, const double *p)
{
    fk_mean_values_take(&fp->means, t, p);
    fp->looked = true;
    if (fk_fokker_planck_interacts(fp))
        fp->time = (double)NAN; /* rates are to be made anew */
}

void fk_fokker_planck_look_ahead(fk_fokker_planck *fp, double t, const double *p)
{
    fk_mean_values_lead(&fp->means, t, p);
    fp->time = (double)NAN;
}

fk_status fk_fokker_planck_react(fk_fokker_planck *fp, const fk_expr *killing,
                                 const fk_expr *source, const fk_expr *cost,
                                 fk_message *message)
{
    fk_reaction_free(fp->reaction);
    fp->reaction = NULL;
    fp->time = (double)NAN;
    if (killing == NULL && source == NULL && cost == NULL)
        return FK_OK;
    const fk_status status = fk_reaction_new(fp->sde, &fp->domain.grid, killing, source,
                                             cost, &fp->reaction);
    if (status != FK_OK)
        return fk_fail(message, status, "no memory for killing, source and cost");
    if (fk_reaction_steady(fp->reaction))
        return fk_reaction_set(fp->reaction, 0.0, message);
    return FK_OK;
}

/* Directions that an operator may have. */
static size_t count_directions(const fk_sde *sde)
{
    size_t n = sde->dim;
    for (size_t j = 0; j < sde->dim; j++)
        for (size_t i = 0; i < j; i++)
            n += has_diagonals(sde, i, j) ? 2 : 0;
    return n;
}

size_t fk_fokker_planck_sweep_memory(const fk_sde *sde, const fk_grid *g)
{
    return 2 * count_directions(sde) * fk_grid_cells(g) * sizeof(double);
}

size_t fk_fokker_planck_memory(const fk_sde *sde, const fk_grid *g)
{
    size_t doubles = fk_grid_cells(g);
    for (size_t j = 0; j < sde->dim; j++) {
        doubles += 2 * fk_direction_places(g, j);
        for (size_t i = 0; i < j; i++)
            if (has_diagonals(sde, i, j))
                doubles += 4 * fk_direction_places(g, j);
    }
    return doubles * sizeof(double);
}

const fk_direction *fk_fokker_planck_directions(const fk_fokker_planck *fp, size_t *n)
{
    *n = fp->n_directions;
    return fp->direction;
}

uint64_t fk_fokker_planck_revision(const fk_fokker_planck *fp)
{
    return fp->revision;
}

const fk_domain *fk_fokker_planck_domain(const fk_fokker_planck *fp)
{
    return &fp->domain;
}

const fk_flux *fk_fokker_planck_flux(const fk_fokker_planck *fp)
{
    return fp->flux;
}

bool fk_fokker_planck_steady(const fk_fokker_planck *fp)
{
    return rates_steady(fp) &&
           (fp->reaction == NULL || fk_reaction_steady(fp->reaction));
}

const fk_reaction *fk_fokker_planck_reaction(const fk_fokker_planck *fp)
{
    return fp->reaction;
}

size_t fk_fokker_planck_threads(const fk_fokker_planck *fp)
{
    return fp->n_threads;
}
