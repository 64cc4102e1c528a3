/* What a network has learned, and its file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/safetensors.h"
#include "sde/score_network.h"

enum { CHECKS = 9, TENSORS = 2 * FK_NETWORK_LAYERS + 8, NAMES = 32 };

static const char format[] = "fokker score 1";

fk_status fk_learned_new(size_t dim, size_t hidden, size_t width, fk_learned **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return FK_ENOMEM;
    fk_learned *l = *out;
    l->dim = dim;
    l->net = fk_network_make(dim + FK_NOISING_FEATURES, hidden, width, dim);
    const size_t n = fk_network_parameters(&l->net);
    l->block = fk_doubles(n + dim + dim * dim);
    if (l->block == NULL) {
        fk_learned_free(l);
        *out = NULL;
        return FK_ENOMEM;
    }
    l->theta = l->block;
    l->mean = l->theta + n;
    l->cov = l->mean + dim;
    return FK_OK;
}

void fk_learned_free(fk_learned *l)
{
    if (l == NULL)
        return;
    free(l->block);
    free(l);
}

fk_noising_frame fk_learned_frame(const fk_learned *l)
{
    return (fk_noising_frame){.start = l->start,
                              .first = l->first,
                              .last = l->last,
                              .mean = l->mean,
                              .cov = l->cov};
}

/* Some times from the first to the last, evenly spaced in the logarithm: where the file
 * says what the process does. */
static fk_status sample_process(const fk_learned *l, const fk_sde *sde,
                                fk_noising **out, fk_message *message)
{
    double time[CHECKS];
    const fk_noising_frame f = fk_learned_frame(l);
    for (size_t k = 0; k < CHECKS; k++)
        time[k] = f.start +
                  (f.first - f.start) * pow((f.last - f.start) / (f.first - f.start),
                                            (double)k / (CHECKS - 1.0));
    return fk_noising_new(sde, &f, CHECKS, time, out, message);
}

/* ---- out ---- */

typedef struct list {
    size_t n;
    fk_tensor tensor[TENSORS];
    char name[TENSORS][NAMES];
} list;

static void add(list *t, const char *name, size_t rank, const size_t *shape,
                double *value)
{
    fk_tensor *x = &t->tensor[t->n];
    snprintf(t->name[t->n], NAMES, "%s", name);
    *x = (fk_tensor){.name = t->name[t->n], .rank = rank, .value = value};
    memcpy(x->shape, shape, rank * sizeof *shape);
    t->n++;
}

static void list_layers(const fk_learned *l, list *t)
{
    double *at = l->theta;
    for (size_t i = 0; i < l->net.layers; i++) {
        char name[NAMES];
        const size_t in = l->net.width[i], out = l->net.width[i + 1];
        snprintf(name, sizeof name, "layers.%zu.weight", i);
        add(t, name, 2, (size_t[]){out, in}, at);
        snprintf(name, sizeof name, "layers.%zu.bias", i);
        add(t, name, 1, (size_t[]){out}, at + in * out);
        at += (in + 1) * out;
    }
}

static void list_all(const fk_learned *l, double *span, const fk_noising *n, list *t)
{
    const size_t d = l->dim;
    t->n = 0;
    list_layers(l, t);
    add(t, "data.mean", 1, (size_t[]){d}, l->mean);
    add(t, "data.cov", 2, (size_t[]){d, d}, l->cov);
    add(t, "times", 1, (size_t[]){3}, span);
    add(t, "process.time", 1, (size_t[]){CHECKS}, n->time);
    add(t, "process.map", 3, (size_t[]){CHECKS, d, d}, n->map);
    add(t, "process.shift", 2, (size_t[]){CHECKS, d}, n->shift);
    add(t, "process.factor", 3, (size_t[]){CHECKS, d, d}, n->factor);
}

fk_status fk_learned_write(const fk_learned *l, const fk_sde *sde, const char *about,
                           FILE *out, fk_message *message)
{
    double span[3] = {l->start, l->first, l->last};
    fk_noising *n = NULL;
    list *t = malloc(sizeof *t);
    if (t == NULL)
        return FK_ENOMEM;
    fk_status status = sample_process(l, sde, &n, message);
    if (status == FK_OK) {
        list_all(l, span, n, t);
        const fk_tensor_text text[] = {
            {"format", format},
            {"activation", "silu"},
            {"input", "R^-1 (x - M), u, sin(j pi u / 2), cos(j pi u / 2), j = 1 .. 4; "
                      "u = 2 log((t - start) / (first - start)) / log((last - start) / "
                      "(first - start)) - 1; times = start, first, last"},
            {"output",
             "F; E[e | x] = L^T V^-1 (x - M) - c F, score = -L^-T E[e | x]; x = "
             "map x0 + shift + L e, L = factor; M, V: mean, covariance of x; V "
             "= R R^T; c^2 = tr(1 - L^T V^-1 L) / d"},
            {"problem", about},
        };
        status = fk_safetensors_write(out, t->n, t->tensor, sizeof text / sizeof *text,
                                      text);
    }
    fk_noising_free(n);
    free(t);
    return status;
}

/* ---- in ---- */

/* dim, depth and width of the network from the shapes of its weights. */
static fk_status read_shape(const fk_safetensors *file, const char *path, size_t *dim,
                            size_t *hidden, size_t *width, fk_message *message)
{
    size_t layers = 0;
    const fk_tensor *first = fk_safetensors_find(file, "layers.0.weight"),
                    *last = first;
    for (const fk_tensor *t = first; t != NULL && layers <= FK_NETWORK_LAYERS;) {
        char name[NAMES];
        last = t;
        snprintf(name, sizeof name, "layers.%zu.weight", ++layers);
        t = fk_safetensors_find(file, name);
    }
    const char *kind = fk_safetensors_text(file, "format");
    if (kind == NULL || strcmp(kind, format) != 0 || layers < 2 ||
        layers > FK_NETWORK_LAYERS || first->rank != 2 || last->rank != 2 ||
        last->shape[0] > FK_NOISING_DIM ||
        first->shape[1] != last->shape[0] + FK_NOISING_FEATURES)
        return fk_fail(message, FK_ESYNTAX,
                       "%s holds no score network of this program (format '%s')", path,
                       format);
    *dim = last->shape[0];
    *hidden = layers - 1;
    *width = first->shape[0];
    return FK_OK;
}

static fk_status read_numbers(const fk_safetensors *file, fk_learned *l,
                              fk_message *message)
{
    double span[3], *at = l->theta;
    for (size_t i = 0; i < l->net.layers; i++) {
        char name[NAMES];
        const size_t in = l->net.width[i], out = l->net.width[i + 1];
        snprintf(name, sizeof name, "layers.%zu.weight", i);
        FK_TRY(fk_safetensors_take(file, name, in * out, at, message));
        snprintf(name, sizeof name, "layers.%zu.bias", i);
        FK_TRY(fk_safetensors_take(file, name, out, at + in * out, message));
        at += (in + 1) * out;
    }
    FK_TRY(fk_safetensors_take(file, "data.mean", l->dim, l->mean, message));
    FK_TRY(fk_safetensors_take(file, "data.cov", l->dim * l->dim, l->cov, message));
    FK_TRY(fk_safetensors_take(file, "times", 3, span, message));
    l->start = span[0], l->first = span[1], l->last = span[2];
    return l->start < l->first && l->first < l->last
               ? FK_OK
               : fk_fail(message, FK_ESYNTAX, "the network's times do not ascend");
}

static bool differ(const fk_safetensors *file, const char *name, size_t n,
                   const double *expected)
{
    const fk_tensor *t = fk_safetensors_find(file, name);
    size_t size = t != NULL ? 1 : 0;
    for (size_t i = 0; t != NULL && i < t->rank; i++)
        size *= t->shape[i];
    bool differs = size != n;
    for (size_t i = 0; i < n && !differs; i++)
        differs =
            !(fabs(t->value[i] - expected[i]) <= 1e-8 * (1.0 + fabs(expected[i])));
    return differs;
}

static fk_status check_process(const fk_safetensors *file, const char *path,
                               const fk_learned *l, const fk_sde *sde,
                               fk_message *message)
{
    const size_t d = l->dim;
    if (d != sde->dim)
        return fk_fail(message, FK_EDOMAIN,
                       "%s: the network has learned %zu variables, the problem has %zu",
                       path, d, sde->dim);
    fk_noising *n = NULL;
    FK_TRY(sample_process(l, sde, &n, message));
    const bool other = differ(file, "process.map", CHECKS * d * d, n->map) ||
                       differ(file, "process.shift", CHECKS * d, n->shift) ||
                       differ(file, "process.factor", CHECKS * d * d, n->factor);
    fk_noising_free(n);
    return other ? fk_fail(message, FK_EDOMAIN,
                           "%s: the network has learned the scores of another process",
                           path)
                 : FK_OK;
}

fk_status fk_learned_read(const char *path, const fk_sde *sde, fk_learned **out,
                          fk_message *message)
{
    *out = NULL;
    size_t dim = 0, hidden = 0, width = 0;
    fk_safetensors *file = NULL;
    fk_learned *l = NULL;
    FK_TRY(fk_safetensors_read(path, &file, message));
    fk_status status = read_shape(file, path, &dim, &hidden, &width, message);
    if (status == FK_OK)
        status = fk_learned_new(dim, hidden, width, &l);
    if (status == FK_OK)
        status = read_numbers(file, l, message);
    if (status == FK_OK)
        status = check_process(file, path, l, sde, message);
    fk_safetensors_free(file);
    if (status == FK_OK)
        *out = l;
    else
        fk_learned_free(l);
    return status;
}
