/* Linear combinations of many rows, such as the rows of a matrix times the variables.  A
 * piece of all combinations at a time: the operands' pieces stay in the first-level cache,
 * the sum in registers. */
#include "core/program_code.h"

typedef double vector __attribute__((vector_size(64), aligned(8), may_alias));

enum { WIDTH = 8, VECTORS = 4, PIECE = WIDTH * VECTORS };

/* The piece from j on of one combination. */
static inline __attribute__((always_inline)) void
combine_piece(const unsigned *term_row, const unsigned *term_scalar, size_t n,
              const double *scalar, double *const *row, size_t j, double *to)
{
    vector a = {0.0}, b = a, c = a, d = a;
    for (size_t k = 0; k < n; k++) {
        const double s = scalar[term_scalar[k]];
        const vector *x = (const vector *)(const void *)(row[term_row[k]] + j);
        a += s * x[0];
        b += s * x[1];
        c += s * x[2];
        d += s * x[3];
    }
    vector *y = (vector *)(void *)(to + j);
    y[0] = a, y[1] = b, y[2] = c, y[3] = d;
}

FK_CLONES void fk_program_combine(const fk_instruction *code, size_t n,
                                  const fk_terms *terms, const double *scalar,
                                  double *const *row)
{
    for (size_t j = 0; j < FK_BLOCK; j += PIECE)
        for (const fk_instruction *i = code; i < code + n; i++)
            combine_piece(terms->row + i->first, terms->scalar + i->first, i->count,
                          scalar, row, j, row[i->to]);
}
