/* Multilayer perceptrons and their exact derivatives:
 *
 *     a_1 = W_1 x + b_1,   a_{l+1} = W_{l+1} phi(a_l) + b_{l+1},   y = a_L,
 *     phi(a) = a / (1 + e^-a)                                       (SiLU, smooth)
 *
 * for many points at once.  A point may carry tangents v, which give J(x) v, J = dy/dx;
 * the gradient by the parameters of any function of y and of the J v is exact
 * (reverse over forward differentiation).  Double precision: the derivatives are checked
 * to 1e-7 and fields are fed to integrators whose tolerances float would not bear.
 * fk_blas_one_thread() comes first.  Points are rows: values first, x[n][in], behind them the tangents, tangents times [n][in].
 * [elfwing-2018, pearlmutter-1994] */
#ifndef FK_SOLVERS_NETWORK_H
#define FK_SOLVERS_NETWORK_H

#include <stddef.h>
#include <stdint.h>

enum { FK_NETWORK_LAYERS = 9 };

/* A plain value; the parameters theta[] are the caller's: for each layer W[out][in] and
 * b[out]. */
typedef struct fk_network {
    size_t layers;                       /* matrices, 1 to FK_NETWORK_LAYERS */
    size_t width[FK_NETWORK_LAYERS + 1]; /* of x, of the hidden layers, of y; >= 1 */
} fk_network;

/* `hidden` hidden layers of `width` between `in` and `out`. */
fk_network fk_network_make(size_t in, size_t hidden, size_t width, size_t out);

size_t fk_network_parameters(const fk_network *net);

/* W ~ N(0, 1/in), b = 0, and a last layer of zeros: at first the network is zero. */
void fk_network_start(const fk_network *net, uint64_t seed, double *theta);

/* Doubles, aligned to FK_ALIGN, that forward and backward need for n points. */
size_t fk_network_scratch(const fk_network *net, size_t n, size_t tangents);

/* y[(1 + tangents) n][out] of x[(1 + tangents) n][in].  Safe from many threads. */
void fk_network_forward(const fk_network *net, const double *theta, size_t n,
                        size_t tangents, const double *x, double *y, double *scratch);

/* gradient[parameters] += d/dtheta of the function whose derivatives by y are
 * dy[(1 + tangents) n][out], after fk_network_forward with the same x and scratch. */
void fk_network_backward(const fk_network *net, const double *theta, size_t n,
                         size_t tangents, const double *x, const double *dy,
                         double *gradient, double *scratch);

#endif
