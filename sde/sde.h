/* A stochastic differential equation in d variables driven by m Wiener processes:
 *
 *     dX_i = f_i(X, t) dt + sum_k G_ik(X, t) o_A dW_k
 *
 * with the noise evaluated at the point A of each step: 0 Ito, 1/2 Stratonovich,
 * 1 Hanggi-Klimontovich (end point).  Everything derived is derived symbolically, once:
 *
 *     ito_i   = f_i + A sum_jk G_jk d_j G_ik                    Ito drift
 *     a_ij    = 1/2 sum_k G_ik G_jk                             diffusion tensor
 *     b_i     = ito_i - sum_j d_j a_ij                          drift of the flux form
 *     p_t     = -sum_i d_i (b_i p - sum_j a_ij d_j p)           Fokker-Planck
 *
 * Particles step with ito and G; the density evolves with b and a.  In more than one
 * dimension the A = 1 rule depends on G, not only on G G^T; the kinetic rule
 * p_t = -d_i (f_i p - a_ij d_j p) is a fourth interpretation, ito_i = f_i + d_j a_ij,
 * equal to A = 1 in one dimension.  [gardiner-2009, hanggi-1978, klimontovich-1990]
 *
 * Jumps and stable noise come beside (sde/jump.h); then what is said here holds between the
 * jumps, and p_t has an integral or a fractional derivative more.  Paths may be killed at a
 * rate, which takes rate p from p_t. */
#ifndef FK_SDE_SDE_H
#define FK_SDE_SDE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/expr.h"
#include "core/mean_field.h"
#include "core/program.h"
#include "core/status.h"
#include "sde/jump.h"

typedef enum fk_interpretation {
    FK_ITO,
    FK_STRATONOVICH,
    FK_HANGGI_KLIMONTOVICH,
    FK_KINETIC,
} fk_interpretation;

const char *fk_interpretation_name(fk_interpretation i); /* "hanggi-klimontovich" */

/* Immutable once made; may be read by many threads. */
typedef struct fk_sde {
    size_t dim;    /* d */
    size_t noises; /* m, may be 0: an ordinary differential equation */
    fk_interpretation interpretation;

    fk_expr_pool *pool;       /* borrowed */
    const fk_expr **variable; /* [dim] symbols */
    const fk_expr *time;      /* symbol t */
    size_t n_parameters;
    const fk_expr **parameter; /* [n_parameters] symbols */
    double *value;             /* [n_parameters] */

    const fk_expr **drift; /* [dim]          f, as stated */
    const fk_expr **noise; /* [dim][noises]  G, as stated */
    size_t n_jumps, n_stables;
    fk_jump *jump;              /* [n_jumps] */
    fk_stable *stable;          /* [n_stables] */
    const fk_expr *killing;     /* rate at which paths end; NULL: none */
    const fk_expr **ito;        /* [dim] */
    const fk_expr **diffusion;  /* [dim][dim]     a, symmetric */
    const fk_expr **flux_drift; /* [dim]          b */

    const fk_mean_field *field; /* borrowed: what the law is now, see sde/interaction.h;
                                   NULL: nobody knows them */
} fk_sde;

/* What an SDE is made of; arrays are read and copied, expressions must be of `pool`,
 * which must outlive the SDE. */
typedef struct fk_sde_parts {
    fk_expr_pool *pool;
    size_t dim, noises;
    fk_interpretation interpretation;
    const fk_expr *const *variable;
    const fk_expr *time;
    size_t n_parameters;
    const fk_expr *const *parameter;
    const double *value;
    const fk_expr *const *drift; /* [dim] */
    const fk_expr *const *noise; /* [dim][noises] */
    size_t n_jumps, n_stables;
    const fk_jump *jump;
    const fk_stable *stable;
    const fk_expr *killing; /* NULL: none */
} fk_sde_parts;

FK_NODISCARD fk_status fk_sde_new(const fk_sde_parts *parts, fk_sde **out);
void fk_sde_free(fk_sde *s); /* accepts NULL; leaves the pool alone */

/* How the symbols are bound when an expression over the SDE's variables is compiled;
 * borrows from s. */
fk_binding fk_sde_binding(const fk_sde *s);

/* True if drift or noise depend on the law of X itself, which makes the Fokker-Planck
 * equation nonlinear (McKean and Vlasov) and ties paths to each other. */
bool fk_sde_interacts(const fk_sde *s);

/* True if paths are continuous: there are neither jumps nor stable noise, and the
 * Fokker-Planck equation above is the whole one. */
bool fk_sde_continuous(const fk_sde *s);

/* A program for the drift of the flux form and the diffusion tensor: b_i, then a_ij row
 * by row. */
FK_NODISCARD fk_status fk_sde_flux_program(const fk_sde *s, fk_program **out);

/* True if a_ij == 0 for all i != j, symbolically. */
bool fk_sde_diagonal(const fk_sde *s);

/* True if b and a are free of t and of the law. */
bool fk_sde_autonomous(const fk_sde *s);

/* Whether e depends on a variable; on neither a variable, time nor the law. */
bool fk_sde_varies(const fk_sde *s, const fk_expr *e);
bool fk_sde_constant(const fk_sde *s, const fk_expr *e);

/* L^k G_il = sum_j G_jk d_j G_il: the change of noise l along noise k. */
const fk_expr *fk_sde_along_noise(const fk_sde *s, size_t k, size_t i, size_t l);

/* Whether noises commute, L^k G_il = L^l G_ik for all k, l, i, symbolically.  One noise,
 * diagonal and additive noise always do. */
bool fk_sde_commutes(const fk_sde *s);

/* The drift with which the noise taken at the point A of each step gives this SDE:
 * ito_i - A sum_k L^k G_ik. */
const fk_expr *fk_sde_drift_at(const fk_sde *s, double A, size_t i);

/* What jump k adds to variable i:  c_i(X, t, z) - X_i. */
const fk_expr *fk_sde_jump_change(const fk_sde *s, size_t k, size_t i);

/* True if in this SDE hanggi-klimontovich and kinetic would give different Ito drifts. */
bool fk_sde_endpoint_ambiguous(const fk_sde *s);

#endif
