/* From expressions to instructions on rows without number; private to core/program*.c. */
#ifndef FK_CORE_PROGRAM_COMPILE_H
#define FK_CORE_PROGRAM_COMPILE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/program_code.h"

/* A value: row 0 .. dim-1 is an input, row dim + i the result of instruction i. */
typedef struct fk_value {
    bool row;
    unsigned index; /* of the row, or of the scalar */
} fk_value;

typedef struct fk_compiler {
    const fk_binding *binding;
    fk_status status;
    size_t n_scalars, room_scalars;
    double *scalar;
    unsigned char *moving; /* [n_scalars] depends on t */
    size_t n_scalar_code, room_scalar_code, n_code, room_code;
    fk_instruction *scalar_code, *code;
    fk_terms terms;
    unsigned *uses; /* [ids] how many parents a node has */
    fk_value *known;
    unsigned char *made; /* [ids] known[] is filled */
} fk_compiler;

FK_NODISCARD fk_status fk_compiler_begin(fk_compiler *c, const fk_binding *binding,
                                         size_t n, const fk_expr *const *e);
void fk_compiler_end(fk_compiler *c); /* frees all that is still the compiler's */

/* Value of an expression; look at c->status afterwards. */
fk_value fk_compile(fk_compiler *c, const fk_expr *e);

/* A row of `value`: itself if it is a row that no input is, else a copy. */
fk_value fk_compile_row(fk_compiler *c, fk_value value);

#endif
