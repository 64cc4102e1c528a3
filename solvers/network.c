#include "solvers/network.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/elementary.h"
#include "core/memory.h"
#include "core/random.h"
#include "solvers/blas.h"

fk_network fk_network_make(size_t in, size_t hidden, size_t width, size_t out)
{
    assert(hidden < FK_NETWORK_LAYERS);
    fk_network net = {.layers = hidden + 1, .width = {in}};
    for (size_t l = 1; l <= hidden; l++)
        net.width[l] = width;
    net.width[hidden + 1] = out;
    return net;
}

/* Parameters of layer l, from width[l] to width[l + 1]. */
static size_t layer_size(const fk_network *net, size_t l)
{
    return (net->width[l] + 1) * net->width[l + 1];
}

size_t fk_network_parameters(const fk_network *net)
{
    size_t n = 0;
    for (size_t l = 0; l < net->layers; l++)
        n += layer_size(net, l);
    return n;
}

void fk_network_start(const fk_network *net, uint64_t seed, double *theta)
{
    _Alignas(FK_ALIGN) double z[FK_BLOCK];
    fk_streams streams;
    uint64_t block = 0;
    memset(theta, 0, fk_network_parameters(net) * sizeof *theta);
    for (size_t l = 0; l + 1 < net->layers; theta += layer_size(net, l), l++) {
        const size_t n = net->width[l] * net->width[l + 1];
        for (size_t i = 0; i < n; i++) {
            if (i % FK_BLOCK == 0) {
                fk_streams_seed(&streams, seed, FK_FOR_WEIGHTS, FK_BLOCK * block++);
                fk_streams_normal(&streams, 1, z);
            }
            theta[i] = z[i % FK_BLOCK] / sqrt((double)net->width[l]);
        }
    }
}

/* ---- the tape: what forward leaves for backward ---- */

static size_t padded(size_t n)
{
    return (n + FK_BLOCK - 1) / FK_BLOCK * FK_BLOCK;
}

/* Of one hidden layer: a and phi(a) with their tangents, 1 / (1 + e^-a). */
typedef struct tape {
    double *a, *h, *s;
} tape;

static size_t tape_size(const fk_network *net, size_t l, size_t n, size_t rows)
{
    return 2 * padded(rows * net->width[l]) + padded(n * net->width[l]);
}

/* Of hidden layer l, 1 to layers - 1. */
static tape tape_of(const fk_network *net, size_t l, size_t n, size_t rows,
                    double *scratch)
{
    for (size_t k = 1; k < l; k++)
        scratch += tape_size(net, k, n, rows);
    const size_t size = padded(rows * net->width[l]);
    return (tape){scratch, scratch + size, scratch + 2 * size};
}

static size_t widest(const fk_network *net)
{
    size_t most = 0;
    for (size_t l = 1; l < net->layers; l++)
        most = net->width[l] > most ? net->width[l] : most;
    return most;
}

size_t fk_network_scratch(const fk_network *net, size_t n, size_t tangents)
{
    const size_t rows = (1 + tangents) * n;
    size_t size = 2 * padded(rows * widest(net));
    for (size_t l = 1; l < net->layers; l++)
        size += tape_size(net, l, n, rows);
    return size;
}

/* ---- the activation ---- */

FK_CLONES static void negate(size_t n, const double *restrict a, double *restrict s)
{
    for (size_t i = 0; i < n; i++)
        s[i] = -a[i];
}

/* s = 1 / (1 + e),  h = a s */
FK_CLONES static void finish_silu(size_t n, const double *restrict a,
                                  double *restrict s, double *restrict h)
{
    for (size_t i = 0; i < n; i++) {
        s[i] = 1.0 / (1.0 + s[i]);
        h[i] = a[i] * s[i];
    }
}

static inline double slope(double a, double s)
{
    return s * (1.0 + a * (1.0 - s));
}

static inline double bend(double a, double s)
{
    return s * (1.0 - s) * (2.0 + a * (1.0 - 2.0 * s));
}

/* dh = phi'(a) da; also the way back of a gradient, in place */
FK_CLONES static void times_slope(size_t n, const double *restrict a,
                                  const double *restrict s, const double *da,
                                  double *dh)
{
    for (size_t i = 0; i < n; i++)
        dh[i] = slope(a[i], s[i]) * da[i];
}

/* g += gdh phi''(a) da */
FK_CLONES static void add_bend(size_t n, const double *restrict a,
                               const double *restrict s, const double *restrict da,
                               const double *restrict gdh, double *restrict g)
{
    for (size_t i = 0; i < n; i++)
        g[i] += gdh[i] * bend(a[i], s[i]) * da[i];
}

static void activate(size_t n, size_t tangents, const tape *t)
{
    fk_block_function *const exp_block = fk_elementary_loop(FK_ELEMENTARY_EXP);
    negate(n, t->a, t->s);
    for (size_t i = n; i < padded(n); i++)
        t->s[i] = 0.0;
    for (size_t i = 0; i < n; i += FK_BLOCK)
        exp_block(t->s + i, NULL, t->s + i);
    finish_silu(n, t->a, t->s, t->h);
    for (size_t k = 1; k <= tangents; k++)
        times_slope(n, t->a, t->s, t->a + k * n, t->h + k * n);
}

/* g holds the derivatives by h and dh and gets those by a and da. */
static void activate_back(size_t n, size_t tangents, const tape *t, double *g)
{
    times_slope(n, t->a, t->s, g, g);
    for (size_t k = 1; k <= tangents; k++) {
        add_bend(n, t->a, t->s, t->a + k * n, g + k * n, g);
        times_slope(n, t->a, t->s, g + k * n, g + k * n);
    }
}

/* ---- through the layers ---- */

/* Tangents know no offset. */
static void add_offset(size_t n, size_t out, const double *b, double *a)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < out; k++)
            a[i * out + k] += b[k];
}

void fk_network_forward(const fk_network *net, const double *theta, size_t n,
                        size_t tangents, const double *x, double *y, double *scratch)
{
    const size_t rows = (1 + tangents) * n;
    const double *h = x;
    for (size_t l = 0; l < net->layers; theta += layer_size(net, l), l++) {
        const size_t in = net->width[l], out = net->width[l + 1];
        const bool last = l + 1 == net->layers;
        const tape t = last ? (tape){.a = y} : tape_of(net, l + 1, n, rows, scratch);
        fk_product_nt(rows, out, in, h, theta, t.a);
        add_offset(n, out, theta + in * out, t.a);
        if (!last)
            activate(n * out, tangents, &t);
        h = t.h;
    }
}

void fk_network_backward(const fk_network *net, const double *theta, size_t n,
                         size_t tangents, const double *x, const double *dy,
                         double *gradient, double *scratch)
{
    const size_t rows = (1 + tangents) * n;
    double *room = scratch + fk_network_scratch(net, n, tangents);
    size_t at = fk_network_parameters(net);
    for (size_t l = net->layers; l-- > 0;) {
        const size_t in = net->width[l], out = net->width[l + 1];
        at -= layer_size(net, l);
        const tape t = l > 0 ? tape_of(net, l, n, rows, scratch) : (tape){NULL};
        fk_product_tn_add(out, in, rows, dy, l > 0 ? t.h : x, gradient + at);
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < out; k++)
                gradient[at + in * out + k] += dy[i * out + k];
        if (l == 0)
            break;
        double *g = room - (1 + l % 2) * padded(rows * widest(net));
        fk_product_nn(rows, in, out, dy, theta + at, g);
        activate_back(n * in, tangents, &t, g);
        dy = g;
    }
}
