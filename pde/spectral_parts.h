/* Private to pde/spectral*.c: the state of a spectral density, and its parts. */
#ifndef FK_PDE_SPECTRAL_PARTS_H
#define FK_PDE_SPECTRAL_PARTS_H

#include "pde/spectral.h"
#include "pde/spectral_operator.h"

/* The box and the modes along each axis. */
typedef struct fk_spectral_shape {
    double lo[FK_GRID_DIM], hi[FK_GRID_DIM];
    size_t modes[FK_GRID_DIM];
} fk_spectral_shape;

struct fk_spectral {
    const fk_sde *sde;
    const fk_law *law;
    fk_domain domain;
    fk_spectral_options options;
    double begin, time;

    fk_spectral_shape shape;
    fk_spectral_operator *op;
    double *y;                    /* [op->size] coefficients, and what left by faces */
    double *before, *pair, *work; /* [op->size], the last one twice as long */
    double *generator, *propagator; /* [size][size] by columns; NULL: no matrices */
    double norm;                    /* 1-norm of the generator */
    double length;                  /* of the propagator's step; 0: none yet */
    double wish;                    /* length of the next step; 0: not known */
    double work_done;               /* points times products of actions */

    size_t cells;
    double *density;     /* [cells] at `time` */
    double mass;         /* at the beginning */
    double tail, collar; /* the most met */
    fk_ledger ledger;    /* inside and left are those at `time` */
};

/* c[modes] of a law: of mixtures from the characteristic function (reflected at walls, as
 * the functions are), of others from cell averages on finer and finer cells. */
FK_NODISCARD fk_status fk_spectral_law(const fk_law *law, const fk_domain *domain,
                                       const fk_basis *basis, double *c);

/* c[from's modes] -> out[to's modes], axis by axis: zeros for new modes on the same box, a
 * projection on another. */
FK_NODISCARD fk_status fk_spectral_carry(const fk_basis *from, const fk_basis *to,
                                         const double *c, double *out);

/* L1 norm (bounded by the L2 norm) of what is missing behind the last modes of an axis:
 * the last sixth of them and the sixth before go on as a geometric series; where the sixths
 * do not fall one after the other, the largest that stands out. */
double fk_spectral_tail(const fk_basis *basis, size_t axis, const double *c);

/* Mass between a and b along one axis, over the box along those behind it, and along those
 * before it over the box or, with a domain, over that. */
FK_NODISCARD fk_status fk_spectral_slab(const fk_basis *basis, const double *c,
                                        size_t axis, double a, double b,
                                        const fk_domain *domain, double *mass);

/* Density and ledger of the present coefficients. */
FK_NODISCARD fk_status fk_spectral_measure(fk_spectral *s);

/* y -> y after a step of length h; *error: the L1 error in time it is believed to make. */
FK_NODISCARD fk_status fk_spectral_step(fk_spectral *s, double h, double *error,
                                        fk_message *message);

fk_series fk_spectral_series(const fk_spectral *s, size_t axis);

bool fk_spectral_same_shape(const fk_spectral_shape *a, const fk_spectral_shape *b);

/* The shape that the density c asks for, with what its modes leave out along the worst axis
 * and the mass in the collars.  Where more mass is at an end than the modes leave out, the
 * seam may be what they do not resolve: then the box is widened first.  FK_ECONVERGE with
 * a sentence where more is not to be had. */
FK_NODISCARD fk_status fk_spectral_look(const fk_spectral *s, const fk_basis *basis,
                                        const double *c, fk_spectral_shape *next,
                                        double *worst, double *collar,
                                        fk_message *message);

/* Half as many modes again along every axis; FK_ECONVERGE with why where there are no more:
 * "... than 384 smooth functions of variable 1 do". */
FK_NODISCARD fk_status fk_spectral_more_modes(const fk_spectral *s,
                                              fk_spectral_shape *next, const char *why,
                                              fk_message *message);

/* More modes everywhere, where the density is, if the points do not see the terms. */
FK_NODISCARD fk_status fk_spectral_look_at_terms(const fk_spectral *s,
                                                 fk_spectral_shape *next,
                                                 fk_message *message);

/* y after h of an idle operator. */
void fk_spectral_decay(const fk_spectral *s, double h, double *y);

/* True if a step of length h from `time` may make this error; plans the next. */
bool fk_spectral_allows(fk_spectral *s, double h, double error);

/* Length of a step towards t_end. */
double fk_spectral_length(fk_spectral *s, double t_end);

/* Readies what steps need after the operator was made. */
FK_NODISCARD fk_status fk_spectral_prepare(fk_spectral *s, fk_message *message);

#endif
