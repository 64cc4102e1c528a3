/* Columns of numbers from a text file of comma-separated values.
 *
 *     # comment lines and empty lines anywhere
 *     "name","other"          the first other line names the columns
 *     3.6,79                  then one row of as many cells a line
 *
 * Cells may stand in double quotes.  Only the columns asked for must be numbers. */
#ifndef FK_CORE_CSV_H
#define FK_CORE_CSV_H

#include <stddef.h>

#include "core/status.h"

typedef struct fk_csv {
    size_t rows, columns;
    double *value; /* [rows][columns], finite */
    size_t *line;  /* [rows] where each row stands, from 1 */
} fk_csv;

/* Reads the n named columns, in that order, from the file at path; messages name it as
 * `shown`.  FK_EIO: cannot be read; FK_ESYNTAX: "SHOWN:LINE: ..." a row of another
 * length, a cell that is no finite number, a missing column, no rows. */
FK_NODISCARD fk_status fk_csv_read(const char *path, const char *shown, size_t n,
                                   const char *const *column, fk_csv **out,
                                   fk_message *message);
void fk_csv_free(fk_csv *csv); /* accepts NULL */

#endif
