/* The loops of compiled expressions: one an operation, over a whole block.  Elementary
 * functions have theirs in core/elementary.c. */
#include <math.h>

#include "core/program_code.h"

#define CASE(op, value)                                           \
    case FK_OP_##op:                                              \
        _Pragma("omp simd") for (size_t j = 0; j < FK_BLOCK; j++) \
        {                                                         \
            const double a = p[j], b = q[j], c = r[j];            \
            (void)a, (void)b, (void)c;                            \
            to[j] = (value);                                      \
        }                                                         \
        break;
#define NODE_CASE(op, name, value, meaning) CASE(op, value)

FK_CLONES static void run_rows(const fk_instruction *code, size_t n,
                               const double *scalar, double *const *row)
{
    for (const fk_instruction *i = code; i < code + n; i++) {
        const double *p = row[i->row[0]], *q = row[i->row[1]], *r = row[i->row[2]];
        const double s = scalar[i->scalar[0]], u = scalar[i->scalar[1]];
        double *to = row[i->to];
        if (i->function != NULL) {
            i->function(p, q, to);
            continue;
        }
        if (i->map != NULL) {
            fk_mean_map_read(i->map, scalar[0], (const double *const[]){p, q, r}, to);
            continue;
        }
        switch (i->op) {
            FK_ARITHMETIC_LIST(CASE)
            FK_UNARY_LIST(NODE_CASE)
            FK_BINARY_LIST(NODE_CASE)
            FK_MIXED_LIST(CASE)
        case FK_OP_COMBINE: /* not of this loop */
            break;
        }
    }
}
#undef CASE
#undef NODE_CASE

/* Instructions from i on that are all COMBINE, or none. */
static size_t alike(const fk_instruction *i, const fk_instruction *end)
{
    const fk_instruction *j = i;
    while (j < end && (j->op == FK_OP_COMBINE) == (i->op == FK_OP_COMBINE))
        j++;
    return (size_t)(j - i);
}

void fk_program_rows(const fk_instruction *code, size_t n, const fk_terms *terms,
                     const double *scalar, double *const *row)
{
    for (size_t i = 0, run; i < n; i += run) {
        run = alike(code + i, code + n);
        if (code[i].op == FK_OP_COMBINE)
            fk_program_combine(code + i, run, terms, scalar, row);
        else
            run_rows(code + i, run, scalar, row);
    }
}

#define CASE(op, value) \
    case FK_OP_##op:    \
        return value;
#define NODE_CASE(op, name, value, meaning) CASE(op, value)

static double at_numbers(fk_operation op, double a, double b, double c)
{
    switch (op) {
        FK_ARITHMETIC_LIST(CASE)
        FK_UNARY_LIST(NODE_CASE)
        FK_BINARY_LIST(NODE_CASE)
    default:
        return NAN; /* scalar code has no mixed operations */
    }
}
#undef CASE
#undef NODE_CASE

void fk_program_scalars(const fk_instruction *code, size_t n, double *scalar)
{
    for (const fk_instruction *i = code; i < code + n; i++)
        scalar[i->to] =
            at_numbers(i->op, scalar[i->row[0]], scalar[i->row[1]], scalar[i->row[2]]);
}
