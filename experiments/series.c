#include "experiments/series.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/memory.h"
#include "core/sort.h"

enum { DIM = FK_SERIES_DIM, COLUMNS = DIM + 1, NAME = 64 };

/* What is asked of the file: n columns, of which the first is time unless there is a
 * step. */
typedef struct choice {
    size_t n;
    char column[COLUMNS][NAME];
} choice;

/* ---- which columns ---- */

static fk_status cut_list(const char *list, bool timed, choice *c, fk_message *message)
{
    const char *at = list;
    for (c->n = 0; c->n < COLUMNS && at != NULL; c->n++) {
        const size_t length = strcspn(at, ",");
        if (length == 0)
            break;
        snprintf(c->column[c->n], NAME, "%.*s", (int)length, at);
        at = at[length] == ',' ? at + length + 1 : NULL;
    }
    if (at == NULL && c->n >= 1 + (size_t)timed && c->n <= DIM + (size_t)timed)
        return FK_OK;
    return fk_fail(message, FK_ESYNTAX,
                   "--columns=%s: must be the names of %sone or two values, such as %s",
                   list, timed ? "the time and " : "", timed ? "t,x" : "x");
}

static fk_status take_all(const char *path, bool timed, choice *c, fk_message *message)
{
    char **name = NULL;
    size_t n;
    FK_TRY(fk_csv_names(path, path, &n, &name, message));
    for (c->n = 0; c->n < COLUMNS && c->n < n; c->n++)
        snprintf(c->column[c->n], NAME, "%s", name[c->n]);
    fk_csv_names_free(name);
    if (n < 1 + (size_t)timed)
        return fk_fail(
            message, FK_ESYNTAX,
            "%s: one column alone (commas separate columns); if its rows are "
            "even in time, say how far apart: --step=1",
            path);
    if (n > DIM + (size_t)timed)
        return fk_fail(message, FK_ESYNTAX,
                       "%s: there are %zu columns; say which ones count, such as "
                       "--columns=%s%s%s",
                       path, n, c->column[0], timed ? "," : "",
                       timed ? c->column[1] : "");
    return FK_OK;
}

/* ---- what they hold ---- */

static fk_status check_times(const char *path, const fk_csv *csv, fk_message *message)
{
    const size_t n = csv->columns;
    for (size_t i = 1; i < csv->rows; i++)
        if (!(csv->value[n * i] > csv->value[n * (i - 1)]))
            return fk_fail(
                message, FK_ESYNTAX,
                "%s:%zu: time %.10g does not come after %.10g; rows must be in "
                "the order of time, each time once",
                path, csv->line[i], csv->value[n * i], csv->value[n * (i - 1)]);
    return FK_OK;
}

static fk_status describe_steps(fk_series *s)
{
    double *step = fk_doubles(s->n - 1);
    if (step == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i + 1 < s->n; i++)
        step[i] = s->t[i + 1] - s->t[i];
    fk_sort(s->n - 1, step);
    s->least = step[0];
    s->most = step[s->n - 2];
    s->mid = step[(s->n - 1) / 2];
    free(step);
    return FK_OK;
}

static void describe_values(fk_series *s, size_t k)
{
    double square = 0.0;
    s->lo[k] = HUGE_VAL, s->hi[k] = -HUGE_VAL;
    for (size_t i = 0; i < s->n; i++) {
        const double x = s->x[i * s->dim + k];
        s->lo[k] = fmin(s->lo[k], x);
        s->hi[k] = fmax(s->hi[k], x);
        s->mean[k] += x / (double)s->n;
    }
    for (size_t i = 0; i < s->n; i++)
        square += pow(s->x[i * s->dim + k] - s->mean[k], 2.0);
    s->sd[k] = sqrt(square / ((double)s->n - 1.0));
}

/* Every so many rows; rows without a value count when times are taken from their number. */
static void copy_rows(const fk_csv *csv, const fk_series_options *o, fk_series *s)
{
    const size_t timed = o->step == 0.0;
    for (size_t i = 0; i < s->n; i++) {
        const size_t row = i * o->every;
        const double *value = &csv->value[row * csv->columns];
        s->t[i] = timed ? value[0] : o->step * (double)(csv->line[row] - csv->line[0]);
        memcpy(&s->x[i * s->dim], value + timed, s->dim * sizeof *s->x);
    }
}

static fk_status fill(const char *path, const fk_csv *csv, const fk_series_options *o,
                      fk_series *s, fk_message *message)
{
    if (o->step == 0.0)
        FK_TRY(check_times(path, csv, message));
    s->n = (csv->rows + o->every - 1) / o->every;
    s->missing = csv->missing;
    if (s->n < FK_SERIES_LEAST)
        return fk_fail(message, FK_ESYNTAX, "%s: %zu points; at least %d are needed",
                       path, s->n, FK_SERIES_LEAST);
    s->t = fk_doubles(s->n);
    s->x = fk_doubles(s->n * s->dim);
    if (s->t == NULL || s->x == NULL)
        return FK_ENOMEM;
    copy_rows(csv, o, s);
    for (size_t k = 0; k < s->dim; k++) {
        describe_values(s, k);
        if (!(s->hi[k] > s->lo[k]))
            return fk_fail(message, FK_ESYNTAX,
                           "%s: all values of %s are %g: nothing moves", path,
                           s->name[k], s->lo[k]);
    }
    return describe_steps(s);
}

fk_status fk_series_read(const char *path, const fk_series_options *o, fk_series *out,
                         fk_message *message)
{
    choice c;
    const char *names[COLUMNS];
    const bool timed = o->step == 0.0;
    *out = (fk_series){.n = 0};
    FK_TRY(o->columns != NULL ? cut_list(o->columns, timed, &c, message)
                              : take_all(path, timed, &c, message));
    for (size_t k = 0; k < c.n; k++)
        names[k] = c.column[k];
    out->dim = c.n - timed;
    for (size_t k = 0; k < out->dim; k++)
        snprintf(out->name[k], NAME, "%s", c.column[k + timed]);
    fk_csv *csv = NULL;
    FK_TRY(fk_csv_read_gaps(path, path, c.n, names, &csv, message));
    const fk_status status = fill(path, csv, o, out, message);
    fk_csv_free(csv);
    return status;
}

void fk_series_clear(fk_series *s)
{
    free(s->t);
    free(s->x);
    *s = (fk_series){.n = 0};
}
