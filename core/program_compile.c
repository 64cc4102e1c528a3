/* Nodes become instructions.  Sums and products keep their scalar parts apart, so that
 * what does not vary within the block is computed once for all its points. */
#include "core/program_compile.h"

#include <stdlib.h>
#include <string.h>

#include "core/mean_field.h"
#include "core/program_emit.h"

/* ---- powers ---- */

/* a^n, n >= 1, by the fewest squarings and multiplications for small n */
static fk_value whole_power(fk_compiler *c, fk_value a, unsigned n)
{
    if (n == 1)
        return a;
    if (n == 3)
        return fk_emit1(c, FK_OP_CUBE, a);
    const fk_value square = fk_emit1(c, FK_OP_SQUARE, whole_power(c, a, n / 2));
    return n % 2 == 0 ? square : fk_emit_product(c, square, a);
}

/* base^n, n > 0 */
static fk_value positive_power(fk_compiler *c, const fk_expr *base, double n)
{
    const fk_value a = fk_compile(c, base);
    if (!(2.0 * n <= 64.0) || !fk_is_whole(2.0 * n)) {
        const fk_value power = fk_emit_constant(c, n);
        return fk_emit(c, FK_OP_POW, a, power, power);
    }
    const unsigned twice = (unsigned)(2.0 * n);
    if (twice == 1)
        return fk_emit1(c, FK_OP_SQRT, a);
    const fk_value p = whole_power(c, a, twice / 2);
    return twice % 2 == 0 ? p : fk_emit_product(c, p, fk_emit1(c, FK_OP_SQRT, a));
}

static fk_value power(fk_compiler *c, const fk_expr *e)
{
    const fk_expr *n = e->arg[1];
    if (n->kind == FK_NODE_NUMBER && n->value > 0.0)
        return positive_power(c, e->arg[0], n->value);
    if (n->kind == FK_NODE_NUMBER && n->value < 0.0)
        return fk_emit_quotient(c, fk_emit_constant(c, 1.0),
                                positive_power(c, e->arg[0], -n->value));
    const fk_value a = fk_compile(c, e->arg[0]), b = fk_compile(c, n);
    return fk_emit(c, FK_OP_POW, a, b, b);
}

/* ---- products ---- */

/* scalar * row; `has` what is there */
typedef struct term {
    bool has_scalar, has_row;
    fk_value scalar, row;
} term;

typedef struct half {
    bool has;
    fk_value value;
} half;

static void take_factor(fk_compiler *c, half *h, fk_value v)
{
    h->value = h->has ? fk_emit_product(c, h->value, v) : v;
    h->has = true;
}

static half quotient(fk_compiler *c, half above, half below)
{
    if (!below.has)
        return above;
    const fk_value one = above.has ? above.value : fk_emit_constant(c, 1.0);
    return (half){.has = true, .value = fk_emit_quotient(c, one, below.value)};
}

/* coefficient * numerators / denominators, scalars apart from rows */
static term product(fk_compiler *c, const fk_expr *e)
{
    half above[2] = {{false, fk_no_value}, {false, fk_no_value}},
         below[2] = {above[0], above[1]};
    if (!fk_same(e->value, 1.0))
        take_factor(c, &above[0], fk_emit_constant(c, e->value));
    for (size_t i = 0; i < e->count; i++) {
        const fk_expr *f = e->arg[i];
        const bool under = f->kind == FK_NODE_POWER &&
                           f->arg[1]->kind == FK_NODE_NUMBER && f->arg[1]->value < 0.0;
        const fk_value v =
            under ? positive_power(c, f->arg[0], -f->arg[1]->value) : fk_compile(c, f);
        take_factor(c, under ? &below[v.row] : &above[v.row], v);
    }
    half s = quotient(c, above[0], below[0]);
    if (!above[1].has && below[1].has && s.has) { /* s / row: one division */
        above[1] = s;
        s.has = false;
    }
    const half r = quotient(c, above[1], below[1]);
    return (term){
        .has_scalar = s.has, .has_row = r.has, .scalar = s.value, .row = r.value};
}

static fk_value whole_term(fk_compiler *c, const term *t)
{
    if (!t->has_row)
        return t->scalar;
    return t->has_scalar ? fk_emit_product(c, t->row, t->scalar) : t->row;
}

/* ---- sums ---- */

static bool is_constant(const fk_compiler *c, fk_value v, double value)
{
    return c->status == FK_OK && !v.row && !c->moving[v.index] &&
           fk_same(c->scalar[v.index], value);
}

/* A node as a term; a product that several parents share is computed as a whole, but for a
 * number times a symbol, which costs fk_no_value in a sum. */
static term as_term(fk_compiler *c, const fk_expr *e)
{
    const bool cheap = e->count == 1 && e->arg[0]->kind == FK_NODE_SYMBOL;
    if (e->kind == FK_NODE_PRODUCT && (cheap || c->uses[e->id] == 1))
        return product(c, e);
    const fk_value v = fk_compile(c, e);
    return (term){.has_scalar = !v.row, .has_row = v.row, .scalar = v, .row = v};
}

/* acc + t for two terms with rows; the result has coefficient 1 */
static fk_value add_terms(fk_compiler *c, const term *acc, const term *t)
{
    const term *plain = !acc->has_scalar ? acc : !t->has_scalar ? t : NULL;
    if (plain == NULL) {
        const term whole = {.has_row = true, .row = whole_term(c, acc)};
        return add_terms(c, &whole, t);
    }
    const term *other = plain == acc ? t : acc;
    if (!other->has_scalar)
        return fk_emit(c, FK_OP_ADD, acc->row, t->row, t->row);
    if (is_constant(c, other->scalar, -1.0))
        return fk_emit(c, FK_OP_SUB, plain->row, other->row, other->row);
    return fk_emit_mixed(c, FK_OP_AXPY, other->row, plain->row, other->scalar,
                         other->scalar);
}

/* acc + s for a term with a row and a scalar */
static fk_value add_scalar(fk_compiler *c, const term *acc, fk_value s)
{
    if (!acc->has_scalar)
        return fk_emit_mixed(c, FK_OP_ADD_SCALAR, acc->row, acc->row, s, s);
    if (is_constant(c, acc->scalar, -1.0))
        return fk_emit_mixed(c, FK_OP_SCALAR_SUB, acc->row, acc->row, s, s);
    return fk_emit_mixed(c, FK_OP_AFFINE, acc->row, acc->row, acc->scalar, s);
}

/* Sums of fewer terms are chains of operations on two rows. */
enum { COMBINED = 4 };

static void add_term(fk_compiler *c, const term *t)
{
    fk_terms *list = &c->terms;
    void *row = list->row, *scalar = list->scalar;
    size_t room = list->room;
    const fk_value one = fk_emit_constant(c, 1.0);
    const bool grown = fk_grow(&row, &room, list->n, sizeof *list->row) &&
                       (list->row = row, room = list->room,
                        fk_grow(&scalar, &room, list->n, sizeof *list->scalar));
    list->row = row;
    list->scalar = scalar;
    if (!grown)
        c->status = FK_ENOMEM;
    if (c->status != FK_OK)
        return;
    list->room = room;
    list->row[list->n] = t->row.index;
    list->scalar[list->n++] = t->has_scalar ? t->scalar.index : one.index;
}

static size_t count_rows(size_t n, const term *t)
{
    size_t rows = 0;
    for (size_t i = 0; i < n; i++)
        rows += t[i].has_row;
    return rows;
}

/* The terms with rows, as one row. */
static term add_rows(fk_compiler *c, size_t n, const term *t)
{
    term acc = {.has_row = false};
    const size_t first = c->terms.n, rows = count_rows(n, t);
    for (size_t i = 0; i < n; i++) {
        if (!t[i].has_row)
            continue;
        if (rows >= COMBINED)
            add_term(c, &t[i]);
        else
            acc = acc.has_row
                      ? (term){.has_row = true, .row = add_terms(c, &acc, &t[i])}
                      : t[i];
    }
    if (rows < COMBINED || c->status != FK_OK)
        return acc;
    const fk_instruction i = {
        .op = FK_OP_COMBINE, .first = (unsigned)first, .count = (unsigned)rows};
    return (term){.has_row = true, .row = fk_emit_row(c, &i)};
}

static fk_value sum(fk_compiler *c, const fk_expr *e)
{
    bool has_rest = !fk_same(e->value, 0.0);
    fk_value rest = has_rest ? fk_emit_constant(c, e->value) : fk_no_value;
    term *t = calloc(e->count + 1, sizeof *t);
    if (t == NULL)
        c->status = FK_ENOMEM;
    for (size_t i = 0; i < e->count && c->status == FK_OK; i++) {
        t[i] = as_term(c, e->arg[i]);
        if (t[i].has_row)
            continue;
        rest = has_rest ? fk_emit(c, FK_OP_ADD, rest, t[i].scalar, t[i].scalar)
                        : t[i].scalar;
        has_rest = true;
    }
    const term acc = c->status == FK_OK ? add_rows(c, e->count, t) : (term){0};
    free(t);
    if (c->status != FK_OK)
        return fk_no_value;
    if (!acc.has_row)
        return rest;
    return has_rest ? add_scalar(c, &acc, rest) : whole_term(c, &acc);
}

/* ---- nodes ---- */

static fk_value symbol(fk_compiler *c, const fk_expr *e)
{
    const fk_binding *b = c->binding;
    for (size_t i = 0; i < b->dim; i++)
        if (b->variable[i] == e)
            return (fk_value){.row = true, .index = (unsigned)i};
    if (b->time != NULL && e == b->time)
        return (fk_value){.row = false, .index = 0};
    for (size_t i = 0; i < b->n_parameters; i++)
        if (b->parameter[i] == e)
            return fk_emit_constant(c, b->value[i]);
    c->status = FK_EDOMAIN;
    return fk_no_value;
}

static fk_value mean(fk_compiler *c, const fk_expr *e)
{
    const fk_mean_field *field = c->binding->field;
    for (size_t k = 0; field != NULL && k < field->n; k++)
        if (field->node[k] == e)
            return (fk_value){.row = false, .index = (unsigned)(1 + k)};
    c->status = FK_EDOMAIN;
    return fk_no_value;
}

/* A sum of means, or what the map says at the first variables. */
static fk_value convolution(fk_compiler *c, const fk_expr *e)
{
    const fk_mean_field *field = c->binding->field;
    for (size_t k = 0; field != NULL && k < field->n_maps; k++) {
        fk_mean_map *map = &field->map[k];
        if (map->node != e)
            continue;
        if (map->separated != NULL)
            return fk_compile(c, map->separated);
        map->wanted = true;
        fk_instruction i = {.op = FK_OP_COPY, .map = map};
        for (unsigned d = 0; d < 3; d++)
            i.row[d] = d < field->grid.dim ? d : 0;
        return fk_emit_row(c, &i);
    }
    c->status = FK_EDOMAIN;
    return fk_no_value;
}

static fk_value function(fk_compiler *c, const fk_expr *e)
{
    static const fk_operation operation[] = {[FK_NODE_IF] = FK_OP_IF,
#define ENTRY(kind, name, value, meaning) [FK_NODE_##kind] = FK_OP_##kind,
                                             FK_UNARY_LIST(ENTRY) FK_BINARY_LIST(ENTRY)
#undef ENTRY
    };
    fk_value a[3] = {fk_no_value, fk_no_value, fk_no_value};
    for (size_t i = 0; i < e->count; i++)
        a[i] = fk_compile(c, e->arg[i]);
    for (size_t i = e->count; i < 3; i++)
        a[i] = a[i - 1];
    return fk_emit(c, operation[e->kind], a[0], a[1], a[2]);
}

fk_value fk_compile(fk_compiler *c, const fk_expr *e)
{
    if (c->status != FK_OK)
        return fk_no_value;
    if (c->made[e->id])
        return c->known[e->id];
    fk_value v;
    if (e->kind == FK_NODE_NUMBER) {
        v = fk_emit_constant(c, e->value);
    } else if (e->kind == FK_NODE_SYMBOL) {
        v = symbol(c, e);
    } else if (e->kind == FK_NODE_MEAN) {
        v = mean(c, e);
    } else if (e->kind == FK_NODE_CONV) {
        v = convolution(c, e);
    } else if (e->kind == FK_NODE_SUM) {
        v = sum(c, e);
    } else if (e->kind == FK_NODE_PRODUCT) {
        const term t = product(c, e);
        v = whole_term(c, &t);
    } else if (e->kind == FK_NODE_POWER) {
        v = power(c, e);
    } else {
        v = function(c, e);
    }
    c->known[e->id] = v;
    c->made[e->id] = 1;
    return v;
}

fk_value fk_compile_row(fk_compiler *c, fk_value value)
{
    if (!value.row || c->status != FK_OK)
        return fk_emit_filled(c, value);
    return fk_emit_mixed(c, FK_OP_COPY, value, value, fk_no_value, fk_no_value);
}

static void count_uses(fk_compiler *c, const fk_expr *e)
{
    if (c->uses[e->id]++ > 0 || fk_node_is_leaf(e))
        return;
    for (size_t i = 0; i < e->count; i++)
        count_uses(c, e->arg[i]);
}

fk_status fk_compiler_begin(fk_compiler *c, const fk_binding *binding, size_t n,
                            const fk_expr *const *e)
{
    *c = (fk_compiler){.binding = binding, .status = FK_OK};
    size_t ids = 1;
    const fk_mean_field *field = binding->field;
    const size_t maps = field != NULL ? field->n_maps : 0;
    for (size_t i = 0; i < n; i++)
        ids = e[i]->id >= ids ? (size_t)e[i]->id + 1 : ids;
    for (size_t k = 0; k < maps; k++) /* they are younger than what they stand for */
        if (field->map[k].separated != NULL && field->map[k].separated->id >= ids)
            ids = (size_t)field->map[k].separated->id + 1;
    c->uses = calloc(ids, sizeof *c->uses);
    c->known = calloc(ids, sizeof *c->known);
    c->made = calloc(ids, sizeof *c->made);
    if (c->uses == NULL || c->known == NULL || c->made == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++)
        count_uses(c, e[i]);
    fk_emit_new_scalar(c, 0.0, true); /* t */
    for (size_t k = 0; field != NULL && k < field->n; k++)
        fk_emit_new_scalar(c, 0.0, true);
    return c->status;
}

void fk_compiler_end(fk_compiler *c)
{
    free(c->uses);
    free(c->known);
    free(c->made);
    free(c->scalar);
    free(c->moving);
    free(c->scalar_code);
    free(c->code);
    free(c->terms.row);
    free(c->terms.scalar);
}
