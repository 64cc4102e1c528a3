/* Instructions as they are written down, one value after the other; private to
 * core/program*.c.  What only scalars go into becomes a scalar, and a constant one at once.
 * After a failure (c->status) everything gives fk_no_value. */
#ifndef FK_CORE_PROGRAM_EMIT_H
#define FK_CORE_PROGRAM_EMIT_H

#include "core/program_compile.h"

extern const fk_value fk_no_value;

/* Room for one more than n of `size` bytes each; false without memory. */
bool fk_grow(void **array, size_t *room, size_t n, size_t size);

fk_value fk_emit_new_scalar(fk_compiler *c, double value, bool moving);
fk_value fk_emit_constant(fk_compiler *c, double value);

/* The row that an instruction makes; v, or a row filled with it if it is a scalar. */
fk_value fk_emit_row(fk_compiler *c, const fk_instruction *i);
fk_value fk_emit_filled(fk_compiler *c, fk_value v);

/* op(a, b, d) and op(a) for any mixture of rows and scalars. */
fk_value fk_emit(fk_compiler *c, fk_operation op, fk_value a, fk_value b, fk_value d);
fk_value fk_emit1(fk_compiler *c, fk_operation op, fk_value a);

/* a row, s and u scalars, b a row or, if the operation has none, a again. */
fk_value fk_emit_mixed(fk_compiler *c, fk_operation op, fk_value a, fk_value b,
                       fk_value s, fk_value u);

fk_value fk_emit_product(fk_compiler *c, fk_value a, fk_value b);
fk_value fk_emit_quotient(fk_compiler *c, fk_value a, fk_value b);

#endif
