/* A measured path: times and one or two values a row of a CSV file. */
#ifndef FK_EXPERIMENTS_SERIES_H
#define FK_EXPERIMENTS_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/status.h"

enum { FK_SERIES_DIM = 2, FK_SERIES_LEAST = 50 /* points */ };

typedef struct fk_series_options {
    const char
        *columns; /* "TIME,VALUE[,VALUE]", without a time if there is a step; NULL: all
                            of a file that has no more */
    double step;  /* > 0: rows are so far apart and no column is time; 0: one is */
    size_t every; /* >= 1: of so many rows the first one counts */
} fk_series_options;

typedef struct fk_series {
    size_t dim, n;
    double *t;                    /* [n] ascending */
    double *x;                    /* [n][dim] */
    char name[FK_SERIES_DIM][64]; /* of the values' columns */
    double lo[FK_SERIES_DIM], hi[FK_SERIES_DIM];
    double mean[FK_SERIES_DIM], sd[FK_SERIES_DIM];
    double least, most, mid; /* steps in t: shortest, longest, median */
    size_t missing;          /* rows without a value, left out */
} fk_series;

/* FK_EIO, FK_ESYNTAX with a sentence: not readable, too few points, times that do not
 * ascend, a constant. */
FK_NODISCARD fk_status fk_series_read(const char *path, const fk_series_options *o,
                                      fk_series *out, fk_message *message);
void fk_series_clear(fk_series *s); /* accepts one of zeros */

#endif
