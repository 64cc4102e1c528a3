/* The pool: storage, uniqueness and order of nodes. */
#include "core/expr.h"

#include <assert.h>
#include <gsl/gsl_errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/expr_node.h"
#include "core/memory.h"

enum { CHUNK = 1 << 16, FIRST_SLOTS = 1 << 8 };

typedef struct chunk {
    struct chunk *next;
    size_t used, size;
} chunk;

struct fk_expr_pool {
    chunk *chunks;
    const fk_expr **slot; /* [slots]: open addressing, NULL is free */
    size_t slots;         /* a power of two */
    size_t nodes;
    size_t symbols;
    const fk_expr *nan;
    bool exhausted;
};

static void *take(fk_expr_pool *pool, size_t bytes)
{
    bytes = (bytes + 15) & ~(size_t)15;
    const size_t head = (sizeof(chunk) + 15) & ~(size_t)15;
    if (pool->chunks == NULL || pool->chunks->size - pool->chunks->used < bytes) {
        const size_t size = bytes + head > CHUNK ? bytes + head : CHUNK;
        chunk *fresh = malloc(size);
        if (fresh == NULL)
            return NULL;
        *fresh = (chunk){.next = pool->chunks, .used = head, .size = size};
        pool->chunks = fresh;
    }
    char *place = (char *)pool->chunks + pool->chunks->used;
    pool->chunks->used += bytes;
    return place;
}

fk_status fk_expr_pool_new(fk_expr_pool **out)
{
    *out = NULL;
    fk_expr_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return FK_ENOMEM;

    /* GSL would end the program at an overflow of a Bessel function */
    gsl_set_error_handler_off();

    pool->slots = FIRST_SLOTS;
    pool->slot = calloc(pool->slots, sizeof *pool->slot);
    if (pool->slot != NULL)
        pool->nan = fk_expr_number(pool, NAN);
    if (pool->nan == NULL) {
        fk_expr_pool_free(pool);
        return FK_ENOMEM;
    }
    *out = pool;
    return FK_OK;
}

void fk_expr_pool_free(fk_expr_pool *pool)
{
    if (pool == NULL)
        return;
    while (pool->chunks != NULL) {
        chunk *next = pool->chunks->next;
        free(pool->chunks);
        pool->chunks = next;
    }
    free(pool->slot);
    free(pool);
}

bool fk_expr_pool_exhausted(const fk_expr_pool *pool)
{
    return pool->exhausted;
}

const fk_expr *fk_node_exhaust(fk_expr_pool *pool)
{
    pool->exhausted = true;
    return pool->nan;
}

size_t fk_node_total(const fk_expr_pool *pool)
{
    return pool->nodes;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

static uint64_t hash_of(const fk_expr *key, const fk_expr *const *arg)
{
    uint64_t bits;
    memcpy(&bits, &key->value, sizeof bits);
    uint64_t h = mix(mix(0x51ed270b, (uint64_t)key->kind), bits);
    if (key->name != NULL)
        for (const char *c = key->name; *c != '\0'; c++)
            h = mix(h, (unsigned char)*c);
    for (size_t i = 0; i < key->count; i++)
        h = mix(h, arg[i]->id);
    return h;
}

static bool matches(const fk_expr *e, const fk_expr *key, const fk_expr *const *arg)
{
    if (e->hash != key->hash || e->kind != key->kind || e->count != key->count ||
        memcmp(&e->value, &key->value, sizeof e->value) != 0)
        return false;
    if (key->name != NULL && strcmp(e->name, key->name) != 0)
        return false;
    return key->count == 0 || memcmp(e->arg, arg, key->count * sizeof *arg) == 0;
}

static bool grow(fk_expr_pool *pool)
{
    const size_t slots = 2 * pool->slots;
    const fk_expr **slot = calloc(slots, sizeof *slot);
    if (slot == NULL)
        return false;
    for (size_t i = 0; i < pool->slots; i++) {
        if (pool->slot[i] == NULL)
            continue;
        size_t k = pool->slot[i]->hash & (slots - 1);
        while (slot[k] != NULL)
            k = (k + 1) & (slots - 1);
        slot[k] = pool->slot[i];
    }
    free(pool->slot);
    pool->slot = slot;
    pool->slots = slots;
    return true;
}

/* Degrees only order the terms of a sum; clamped, so that the order stays total. */
static double clamp(double degree)
{
    return isnan(degree) ? 0.0 : fmin(fmax(degree, -1e6), 1e6);
}

static double degree_of(const fk_expr *key, const fk_expr *const *arg)
{
    double degree = 0.0;
    switch (key->kind) {
    case FK_NODE_NUMBER:
        return 0.0;
    case FK_NODE_SUM:
        for (size_t i = 0; i < key->count; i++)
            degree = fmax(degree, arg[i]->degree);
        return degree;
    case FK_NODE_PRODUCT:
        for (size_t i = 0; i < key->count; i++)
            degree += arg[i]->degree;
        return clamp(degree);
    case FK_NODE_POWER:
        if (arg[1]->kind == FK_NODE_NUMBER)
            return clamp(arg[0]->degree * arg[1]->value);
        return arg[0]->degree;
    default:
        return 1.0;
    }
}

/* Fill what follows from kind and arguments; false if the node would be too deep. */
static bool complete(fk_expr *key, const fk_expr *const *arg)
{
    const bool bound = key->kind == FK_NODE_MEAN;
    key->folds = key->kind == FK_NODE_CONV;
    key->law = bound || key->folds;
    for (size_t i = 0; i < key->count; i++) {
        key->symbols |= bound ? 0 : arg[i]->symbols;
        key->law = key->law || arg[i]->law;
        key->folds = key->folds || arg[i]->folds;
        if (arg[i]->depth >= key->depth)
            key->depth = arg[i]->depth + 1;
    }
    key->degree = degree_of(key, arg);
    return key->depth <= FK_NODE_MAX_DEPTH;
}

static const fk_expr *intern(fk_expr_pool *pool, fk_expr *key,
                             const fk_expr *const *arg)
{
    key->hash = hash_of(key, arg);
    size_t k = key->hash & (pool->slots - 1);
    for (; pool->slot[k] != NULL; k = (k + 1) & (pool->slots - 1))
        if (matches(pool->slot[k], key, arg))
            return pool->slot[k];

    if (!complete(key, arg) || pool->nodes >= UINT32_MAX)
        return fk_node_exhaust(pool);
    if (2 * (pool->nodes + 1) > pool->slots) {
        if (!grow(pool))
            return fk_node_exhaust(pool);
        for (k = key->hash & (pool->slots - 1); pool->slot[k] != NULL;)
            k = (k + 1) & (pool->slots - 1);
    }
    const size_t length = key->name == NULL ? 0 : strlen(key->name) + 1;
    fk_expr *e = take(pool, sizeof *e + key->count * sizeof *arg + length);
    if (e == NULL)
        return fk_node_exhaust(pool);

    if (key->kind == FK_NODE_SYMBOL) {
        key->symbols = (uint64_t)1 << (pool->symbols < 63 ? pool->symbols : 63);
        pool->symbols++;
    }
    key->id = (uint32_t)pool->nodes++;
    *e = *key;
    if (key->count > 0)
        memcpy(e->arg, arg, key->count * sizeof *arg);
    if (length > 0)
        e->name = memcpy((char *)(e->arg + key->count), key->name, length);
    pool->slot[k] = e;
    return e;
}

const fk_expr *fk_node_make(fk_expr_pool *pool, fk_node_kind kind, double value,
                            size_t count, const fk_expr *const *arg)
{
    if (count > UINT32_MAX)
        return fk_node_exhaust(pool);
    fk_expr key = {.kind = kind, .count = (uint32_t)count, .depth = 1, .value = value};
    return intern(pool, &key, arg);
}

const fk_expr *fk_expr_number(fk_expr_pool *pool, double value)
{
    /* one NaN and one zero, so that equal numbers have equal bits */
    if (isnan(value))
        value = NAN;
    else if (fk_same(value, 0.0))
        value = 0.0;
    return fk_node_make(pool, FK_NODE_NUMBER, value, 0, NULL);
}

const fk_expr *fk_expr_symbol(fk_expr_pool *pool, const char *name)
{
    assert(name[0] != '\0');
    fk_expr key = {.kind = FK_NODE_SYMBOL, .depth = 1, .name = name};
    return intern(pool, &key, NULL);
}

static int compare_numbers(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (int)isnan(a) - (int)isnan(b);
    return (a > b) - (a < b);
}

/* Lists of arguments, first difference first. */
static int compare_lists(const fk_expr *a, const fk_expr *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->arg[i] != b->arg[i])
            return fk_node_compare(a->arg[i], b->arg[i]);
    return (a->count > b->count) - (a->count < b->count);
}

int fk_node_compare(const fk_expr *a, const fk_expr *b)
{
    if (a == b)
        return 0;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == FK_NODE_SYMBOL)
        return strcmp(a->name, b->name);
    const int lists = compare_lists(a, b);
    return lists != 0 ? lists : compare_numbers(a->value, b->value);
}

/* Has e's tree the symbol?  Only for symbols that share the last bit. */
static bool contains(const fk_expr *e, const fk_expr *symbol, unsigned char *seen)
{
    if (e == symbol)
        return true;
    if (e->id < symbol->id || (e->symbols & symbol->symbols) == 0 || seen[e->id] != 0)
        return false;
    seen[e->id] = 1;
    for (size_t i = 0; i < e->count; i++)
        if (contains(e->arg[i], symbol, seen))
            return true;
    return false;
}

bool fk_expr_depends(const fk_expr *e, const fk_expr *symbol)
{
    assert(symbol->kind == FK_NODE_SYMBOL);
    if ((e->symbols & symbol->symbols) == 0)
        return false;
    if (symbol->symbols != (uint64_t)1 << 63)
        return true;
    unsigned char *seen = calloc((size_t)e->id + 1, 1);
    const bool found = seen == NULL || contains(e, symbol, seen);
    free(seen);
    return found;
}

bool fk_expr_uses_law(const fk_expr *e)
{
    return e->law;
}

bool fk_expr_convolves(const fk_expr *e)
{
    return e->folds;
}

const fk_expr *fk_expr_kernel(const fk_expr *convolution)
{
    assert(convolution->kind == FK_NODE_CONV);
    return convolution->arg[0];
}

bool fk_expr_is_number(const fk_expr *e, double *value)
{
    if (e->kind == FK_NODE_NUMBER && value != NULL)
        *value = e->value;
    return e->kind == FK_NODE_NUMBER;
}
