#include "core/program_emit.h"

#include <stdlib.h>
#include <string.h>

const fk_value fk_no_value = {.row = false, .index = 0};

bool fk_grow(void **array, size_t *room, size_t n, size_t size)
{
    if (n < *room)
        return true;
    const size_t more = *room == 0 ? 64 : 2 * *room;
    void *grown = realloc(*array, more * size);
    if (grown == NULL)
        return false;
    *array = grown;
    *room = more;
    return true;
}

fk_value fk_emit_new_scalar(fk_compiler *c, double value, bool moving)
{
    void *values = c->scalar, *flags = c->moving;
    size_t room = c->room_scalars;
    const bool grown = fk_grow(&values, &room, c->n_scalars, sizeof *c->scalar) &&
                       (c->scalar = values, room = c->room_scalars,
                        fk_grow(&flags, &room, c->n_scalars, sizeof *c->moving));
    c->scalar = values;
    c->moving = flags;
    if (!grown) {
        c->status = FK_ENOMEM;
        return fk_no_value;
    }
    c->room_scalars = room;
    c->scalar[c->n_scalars] = value;
    c->moving[c->n_scalars] = moving;
    return (fk_value){.row = false, .index = (unsigned)c->n_scalars++};
}

fk_value fk_emit_constant(fk_compiler *c, double value)
{
    for (size_t i = 0; i < c->n_scalars; i++)
        if (!c->moving[i] && memcmp(&c->scalar[i], &value, sizeof value) == 0)
            return (fk_value){.row = false, .index = (unsigned)i};
    return fk_emit_new_scalar(c, value, false);
}

fk_value fk_emit_row(fk_compiler *c, const fk_instruction *i)
{
    void *list = c->code;
    if (c->status == FK_OK && !fk_grow(&list, &c->room_code, c->n_code, sizeof *i))
        c->status = FK_ENOMEM;
    c->code = list;
    if (c->status != FK_OK)
        return fk_no_value;
    c->code[c->n_code] = *i;
    const unsigned row = (unsigned)(c->binding->dim + c->n_code++);
    c->code[c->n_code - 1].to = row;
    return (fk_value){.row = true, .index = row};
}

static fk_value emit_scalar(fk_compiler *c, fk_operation op, const fk_value *a)
{
    fk_instruction i = {.op = op, .row = {a[0].index, a[1].index, a[2].index}};
    if (!c->moving[i.row[0]] && !c->moving[i.row[1]] && !c->moving[i.row[2]]) {
        const fk_value to = fk_emit_new_scalar(c, 0.0, false);
        if (c->status != FK_OK)
            return fk_no_value;
        i.to = to.index;
        fk_program_scalars(&i, 1, c->scalar);
        const double value = c->scalar[--c->n_scalars];
        return fk_emit_constant(c, value);
    }
    void *list = c->scalar_code;
    if (!fk_grow(&list, &c->room_scalar_code, c->n_scalar_code, sizeof i))
        c->status = FK_ENOMEM;
    c->scalar_code = list;
    const fk_value to = fk_emit_new_scalar(c, 0.0, true);
    if (c->status != FK_OK)
        return fk_no_value;
    i.to = to.index;
    c->scalar_code[c->n_scalar_code++] = i;
    return to;
}

fk_value fk_emit_filled(fk_compiler *c, fk_value v)
{
    return v.row ? v
                 : fk_emit_row(c, &(fk_instruction){.op = FK_OP_FILL,
                                                    .scalar = {v.index, v.index}});
}

/* The loop of an operation that is an elementary function, else NULL. */
static fk_block_function *loop_of(fk_operation op)
{
    switch (op) {
#define ENTRY(kind, name, accuracy) \
    case FK_OP_##kind:              \
        return fk_elementary_loop(FK_ELEMENTARY_##kind);
        FK_ELEMENTARY_OF_ONE(ENTRY)
        FK_ELEMENTARY_OF_TWO(ENTRY)
#undef ENTRY
    default:
        return NULL;
    }
}

fk_value fk_emit(fk_compiler *c, fk_operation op, fk_value a, fk_value b, fk_value d)
{
    if (c->status != FK_OK)
        return fk_no_value;
    if (!a.row && !b.row && !d.row)
        return emit_scalar(c, op, (fk_value[]){a, b, d});
    a = fk_emit_filled(c, a), b = fk_emit_filled(c, b), d = fk_emit_filled(c, d);
    return fk_emit_row(c, &(fk_instruction){.op = op,
                                            .function = loop_of(op),
                                            .row = {a.index, b.index, d.index}});
}

fk_value fk_emit1(fk_compiler *c, fk_operation op, fk_value a)
{
    return fk_emit(c, op, a, a, a);
}

fk_value fk_emit_mixed(fk_compiler *c, fk_operation op, fk_value a, fk_value b,
                       fk_value s, fk_value u)
{
    return c->status != FK_OK
               ? fk_no_value
               : fk_emit_row(c, &(fk_instruction){.op = op,
                                                  .row = {a.index, b.index, a.index},
                                                  .scalar = {s.index, u.index}});
}

fk_value fk_emit_product(fk_compiler *c, fk_value a, fk_value b)
{
    if (a.row && !b.row)
        return fk_emit_mixed(c, FK_OP_MUL_SCALAR, a, a, b, b);
    if (b.row && !a.row)
        return fk_emit_mixed(c, FK_OP_MUL_SCALAR, b, b, a, a);
    return fk_emit(c, FK_OP_MUL, a, b, b);
}

fk_value fk_emit_quotient(fk_compiler *c, fk_value a, fk_value b)
{
    if (a.row && !b.row)
        return fk_emit_mixed(c, FK_OP_DIV_SCALAR, a, a, b, b);
    if (b.row && !a.row)
        return fk_emit_mixed(c, FK_OP_SCALAR_DIV, b, b, a, a);
    return fk_emit(c, FK_OP_DIV, a, b, b);
}
