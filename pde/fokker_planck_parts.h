/* The Fokker-Planck operator's inside, private to the files that make it up: making and
 * asking (fokker_planck.c), rates (rates.c), applying (apply.c). */
#ifndef FK_PDE_FOKKER_PLANCK_PARTS_H
#define FK_PDE_FOKKER_PLANCK_PARTS_H

#include "pde/coefficients.h"
#include "pde/fokker_planck.h"
#include "pde/mean_values.h"
#include "pde/reaction.h"
#include "pde/reactivity.h"
#include "pde/stencil.h"

enum { FK_TILE_BUFFERS = 6 }; /* the last three for wide fluxes */

struct fk_fokker_planck {
    fk_domain domain; /* as it was given */
    fk_domain even;   /* of the even coordinates, in which all rates are */
    const fk_flux *flux;
    fk_coefficients *coefficients;
    fk_reactivity reactivity;
    double time;          /* of the rates; NaN: none yet */
    uint64_t revision;    /* of the rates; 0: none yet */
    const fk_sde *sde;    /* the means' view of it */
    fk_sde *framed;       /* of the even coordinates, owned; NULL: sde itself */
    fk_mean_values means; /* of the density that was looked at last */
    bool looked;
    fk_reaction *reaction; /* NULL: none */

    size_t n_directions;
    fk_direction *direction;
    fk_stencil *stencil; /* of them; NULL: tile by tile */

    /* work, per thread but for the cells */
    size_t n_threads, tile, scratch_size;
    double *cells;   /* [cells] */
    double *tiles;   /* [n_threads][FK_TILE_BUFFERS][tile] */
    double *scratch; /* [n_threads][scratch_size] */
    fk_faces *faces; /* [n_threads] */
};

/* All rates at time t; the first fault's sentence. */
FK_NODISCARD fk_status fk_fokker_planck_rates(fk_fokker_planck *fp, double t,
                                              fk_message *message);

#endif
