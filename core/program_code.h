/* Instructions of compiled expressions; private to core/program*.c.
 *
 * A value is a row (one number a point) or a scalar (one number a run).  What is made of
 * scalars alone is a scalar; it is computed once, when the program is made if it does
 * not depend on t or the law, else at the start of each run.
 *
 * Rows live at places: 0 .. dim-1 the inputs, then the n_out outputs, then scratch.
 * Scalar 0 is t, those behind it are the mean values. */
#ifndef FK_CORE_PROGRAM_CODE_H
#define FK_CORE_PROGRAM_CODE_H

#include <stddef.h>

#include "core/elementary.h"
#include "core/expr_node.h"
#include "core/mean_field.h"
#include "core/program.h"

/* Operation, value at a, b, c: on rows, and on scalars too. */
#define FK_ARITHMETIC_LIST(X) \
    X(ADD, a + b)             \
    X(SUB, a - b)             \
    X(MUL, a *b)              \
    X(DIV, a / b)             \
    X(POW, pow(a, b))         \
    X(SQRT, sqrt(a))          \
    X(SQUARE, a *a)           \
    X(CUBE, a *a *a)          \
    X(IF, a != 0.0 ? b : c)

/* Value at the rows a, b and the scalars s, u: on rows alone. */
#define FK_MIXED_LIST(X) \
    X(ADD_SCALAR, a + s) \
    X(SCALAR_SUB, s - a) \
    X(MUL_SCALAR, a *s)  \
    X(DIV_SCALAR, a / s) \
    X(SCALAR_DIV, s / a) \
    X(AXPY, s *a + b)    \
    X(AFFINE, s *a + u)  \
    X(FILL, s)           \
    X(COPY, a)

typedef enum fk_operation {
#define FK_OP_ENUM(op, value)                     FK_OP_##op,
#define FK_OP_NODE_ENUM(op, name, value, meaning) FK_OP_##op,
    FK_ARITHMETIC_LIST(FK_OP_ENUM) FK_UNARY_LIST(FK_OP_NODE_ENUM)
        FK_BINARY_LIST(FK_OP_NODE_ENUM) FK_MIXED_LIST(FK_OP_ENUM) FK_OP_COMBINE
#undef FK_OP_ENUM
#undef FK_OP_NODE_ENUM
} fk_operation;

/* COMBINE has many operands: the sum of scalar[k] row[k] over the terms first ..
 * first + count - 1 of the program, in this order. */
typedef struct fk_instruction {
    fk_operation op;
    fk_block_function *function; /* the loop of an elementary function, else NULL */
    const fk_mean_map *map;      /* what is read at the point of the rows, else NULL */
    unsigned row[3];             /* places of a, b, c; those not used repeat another */
    unsigned scalar[2];          /* of s, u; in scalar code scalar[0] is not used */
    unsigned first, count;
    unsigned to; /* place, or scalar */
} fk_instruction;

/* Terms of all combinations: scalars, and places of rows. */
typedef struct fk_terms {
    size_t n, room;
    unsigned *row, *scalar; /* [n] */
} fk_terms;

struct fk_program {
    size_t dim, n_out;
    size_t n_rows; /* of scratch */
    size_t n_scalars, n_scalar_code, n_code;
    double *scalar;              /* [n_scalars] constants, 0 where computed */
    fk_instruction *scalar_code; /* row[] and to are scalars here */
    fk_instruction *code;
    fk_terms terms;
    const fk_mean_field *field;      /* borrowed; NULL: none */
    unsigned char *uniform, *steady; /* [n_out] */
};

/* Instructions on scalars, in order. */
void fk_program_scalars(const fk_instruction *code, size_t n, double *scalar);

/* Instructions on rows[place][FK_BLOCK], in order.  A result may take an operand's row. */
void fk_program_rows(const fk_instruction *code, size_t n, const fk_terms *terms,
                     const double *scalar, double *const *row);

/* The same for instructions that all are COMBINE. */
void fk_program_combine(const fk_instruction *code, size_t n, const fk_terms *terms,
                        const double *scalar, double *const *row);

#endif
