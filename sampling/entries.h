/* Private to sampling/.
 * Expressions that a scheme evaluates at a block of states, such as the entries of f or
 * G: zeros are known to be zero, numbers are numbers, everything else is one program, so
 * that what the expressions have in common is computed once. */
#ifndef FK_SAMPLING_ENTRIES_H
#define FK_SAMPLING_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/block.h"
#include "core/expr.h"
#include "core/program.h"
#include "core/status.h"
#include "sde/sde.h"

enum { FK_ENTRY_NUMBER = SIZE_MAX };

typedef struct fk_entry {
    size_t row;   /* of the program's output; FK_ENTRY_NUMBER: `value` it is */
    double value; /* 0 where a row is */
} fk_entry;

typedef struct fk_entries {
    size_t n, n_rows;
    fk_entry *entry;     /* [n] */
    fk_program *program; /* NULL if there are no rows */
} fk_entries;

/* Expressions over the variables, parameters and time of the SDE.  *out is empty after a
 * failure; FK_ENOMEM, FK_EDOMAIN for an unknown symbol. */
FK_NODISCARD fk_status fk_entries_new(const fk_sde *sde, size_t n,
                                      const fk_expr *const *e, fk_entries *out);
void fk_entries_clear(fk_entries *e); /* accepts an empty one */

/* Doubles that an evaluation needs, aligned to FK_ALIGN. */
size_t fk_entries_scratch(const fk_entries *e);

/* Rows at x[dim][FK_BLOCK] and t; they live in scratch until it is used again. */
double *const *fk_entries_eval(const fk_entries *e, double t, const double *const *x,
                               double *scratch);

static inline bool fk_entry_zero(const fk_entry *e)
{
    return e->row == FK_ENTRY_NUMBER && e->value == 0.0;
}

/* to += a y over a block. */
void fk_row_add(double *restrict to, double a, const double *restrict y);

/* to += a entry, and to += a entry z, over a block. */
void fk_entry_add(const fk_entry *e, double *const *rows, double a, double *to);
void fk_entry_add_product(const fk_entry *e, double *const *rows, double a,
                          const double *z, double *to);

/* Value of an entry for lane j. */
static inline double fk_entry_value(const fk_entry *e, double *const *rows, size_t j)
{
    return e->row == FK_ENTRY_NUMBER ? e->value : rows[e->row][j];
}

#endif
