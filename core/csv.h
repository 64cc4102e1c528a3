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
    double *value;  /* [rows][columns], finite */
    size_t *line;   /* [rows] where each row stands, from 1 */
    size_t missing; /* rows left out */
} fk_csv;

/* Reads the n named columns, in that order, from the file at path; messages name it as
 * `shown`.  FK_EIO: cannot be read; FK_ESYNTAX: "SHOWN:LINE: ..." a row of another
 * length, a cell that is no finite number, a missing column, no rows. */
FK_NODISCARD fk_status fk_csv_read(const char *path, const char *shown, size_t n,
                                   const char *const *column, fk_csv **out,
                                   fk_message *message);

/* The same of measured data with gaps: a row where a column asked for is empty, NA, NaN,
 * null or a dot is left out and counted. */
FK_NODISCARD fk_status fk_csv_read_gaps(const char *path, const char *shown, size_t n,
                                        const char *const *column, fk_csv **out,
                                        fk_message *message);

/* The names of all columns, name[n], an owned array of owned strings and a NULL behind. */
FK_NODISCARD fk_status fk_csv_names(const char *path, const char *shown, size_t *n,
                                    char ***name, fk_message *message);
void fk_csv_names_free(char **name); /* accepts NULL */

void fk_csv_free(fk_csv *csv); /* accepts NULL */

#endif
