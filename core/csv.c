#include "core/csv.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/memory.h"
#include "core/spelling.h"

enum { MOST_BYTES = 1 << 28, MOST_COLUMNS = 1000 };

/* Where the reader is; lines and cells are cut out of the text in place. */
typedef struct reader {
    const char *shown;
    fk_message *message;
    char *rest;
    size_t line;
    bool gaps;    /* rows may lack values */
    size_t cells; /* per row */
    char *cell[MOST_COLUMNS];
} reader;

void fk_csv_free(fk_csv *csv)
{
    if (csv == NULL)
        return;
    free(csv->value);
    free(csv->line);
    free(csv);
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r", text[n - 1]) != NULL)
        text[--n] = '\0';
    return text;
}

/* The next line that is neither empty nor a comment; NULL at the end. */
static char *next_line(reader *r)
{
    while (r->rest != NULL) {
        char *line = r->rest;
        char *end = strchr(line, '\n');
        r->rest = end != NULL ? end + 1 : NULL;
        if (end != NULL)
            *end = '\0';
        r->line++;
        line = trim(line);
        if (*line != '\0' && *line != '#')
            return line;
    }
    return NULL;
}

/* Cuts "a","b, c",3 into cells and takes the quotes off; false if a quote is not
 * closed at the end of its cell. */
static bool cut(reader *r, char *line, size_t *n)
{
    *n = 0;
    while (line != NULL && *n < MOST_COLUMNS) {
        line += strspn(line, " \t");
        char *comma;
        if (*line == '"') {
            char *quote = strchr(++line, '"');
            if (quote == NULL)
                return false;
            *quote = '\0';
            comma = quote + 1 + strspn(quote + 1, " \t");
            if (*comma != ',' && *comma != '\0')
                return false;
            if (*comma == '\0')
                comma = NULL;
        } else {
            comma = strchr(line, ',');
        }
        if (comma != NULL)
            *comma = '\0';
        r->cell[(*n)++] = trim(line);
        line = comma != NULL ? comma + 1 : NULL;
    }
    return true;
}

static fk_status fail_quote(const reader *r)
{
    return fk_fail(r->message, FK_ESYNTAX,
                   "%s:%zu: a quote is not closed at the end of its cell", r->shown,
                   r->line);
}

/* index[n] of the named columns in the first line */
static fk_status read_head(reader *r, size_t n, const char *const *column,
                           size_t *index)
{
    char *line = next_line(r);
    if (line == NULL)
        return fk_fail(r->message, FK_ESYNTAX, "%s:%zu: no line of column names",
                       r->shown, r->line);
    if (!cut(r, line, &r->cells))
        return fail_quote(r);
    for (size_t k = 0; k < n; k++) {
        for (index[k] = 0; index[k] < r->cells; index[k]++)
            if (strcmp(r->cell[index[k]], column[k]) == 0)
                break;
        if (index[k] < r->cells)
            continue;
        const char *near =
            fk_spelling_nearest(column[k], r->cells, (const char *const *)r->cell);
        return fk_fail(r->message, FK_ESYNTAX,
                       "%s:%zu: there is no column '%.60s'%s%.60s%s", r->shown, r->line,
                       column[k], near != NULL ? ", did you mean '" : "",
                       near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    return FK_OK;
}

static bool number(const char *text, double *x)
{
    char *end;
    if (*text == '\0' || strspn(text, "0123456789.eE+-") != strlen(text))
        return false;
    *x = strtod(text, &end);
    return *end == '\0' && isfinite(*x);
}

static bool missing(const char *text)
{
    static const char *const word[] = {"", "NA", "NaN", "nan", "null", "."};
    for (size_t k = 0; k < sizeof word / sizeof *word; k++)
        if (strcmp(text, word[k]) == 0)
            return true;
    return false;
}

/* *whole: no value asked for is missing. */
static fk_status read_row(reader *r, char *line, size_t n, const char *const *column,
                          const size_t *index, double *row, bool *whole)
{
    size_t cells;
    *whole = true;
    if (!cut(r, line, &cells))
        return fail_quote(r);
    if (cells != r->cells)
        return fk_fail(r->message, FK_ESYNTAX,
                       "%s:%zu: %zu cells, but %zu column names", r->shown, r->line,
                       cells, r->cells);
    for (size_t k = 0; k < n; k++)
        if (r->gaps && missing(r->cell[index[k]]))
            *whole = false;
        else if (!number(r->cell[index[k]], &row[k]))
            return fk_fail(r->message, FK_ESYNTAX,
                           "%s:%zu: column '%.60s': '%.60s' is not a finite number",
                           r->shown, r->line, column[k], r->cell[index[k]]);
    return FK_OK;
}

static size_t count_lines(const char *text)
{
    size_t n = 1;
    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

static fk_status read_rows(reader *r, size_t n, const char *const *column,
                           size_t *index, fk_csv *csv)
{
    FK_TRY(read_head(r, n, column, index));
    const size_t most = r->rest == NULL ? 0 : count_lines(r->rest);
    csv->columns = n;
    csv->value = fk_alloc(most, n * sizeof *csv->value);
    csv->line = fk_alloc(most, sizeof *csv->line);
    if (csv->value == NULL || csv->line == NULL)
        return FK_ENOMEM;
    for (char *line; (line = next_line(r)) != NULL;) {
        bool whole;
        csv->line[csv->rows] = r->line;
        FK_TRY(read_row(r, line, n, column, index, &csv->value[csv->rows * n], &whole));
        if (whole)
            csv->rows++;
        else
            csv->missing++;
    }
    if (csv->rows == 0)
        return fk_fail(r->message, FK_ESYNTAX,
                       "%s:%zu: no rows%s below the column names", r->shown, r->line,
                       csv->missing > 0 ? " without a gap" : "");
    return FK_OK;
}

/* The whole file and a reader at its beginning; the text to be freed. */
static fk_status open_text(const char *path, const char *shown, fk_message *message,
                           char **text, reader **out)
{
    size_t length;
    fk_message reason = {""};
    const fk_status status = fk_file_read(path, MOST_BYTES, text, &length, &reason);
    *out = NULL;
    if (status == FK_EIO)
        return fk_fail(message, FK_EIO, "%s: %s", shown, reason.text);
    FK_TRY(status);
    *out = calloc(1, sizeof **out);
    if (*out == NULL) {
        free(*text);
        return FK_ENOMEM;
    }
    **out = (reader){.shown = shown, .message = message, .rest = *text};
    return FK_OK;
}

void fk_csv_names_free(char **name)
{
    for (char **n = name; n != NULL && *n != NULL; n++)
        free(*n);
    free(name);
}

static fk_status copy_names(const reader *r, char ***name)
{
    *name = calloc(r->cells + 1, sizeof **name);
    if (*name == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < r->cells; k++)
        if (((*name)[k] = strdup(r->cell[k])) == NULL) {
            fk_csv_names_free(*name);
            *name = NULL;
            return FK_ENOMEM;
        }
    return FK_OK;
}

fk_status fk_csv_names(const char *path, const char *shown, size_t *n, char ***name,
                       fk_message *message)
{
    char *text;
    reader *r;
    FK_TRY(open_text(path, shown, message, &text, &r));
    *name = NULL;
    fk_status status = read_head(r, 0, NULL, NULL);
    if (status == FK_OK)
        status = copy_names(r, name);
    *n = r->cells;
    free(r);
    free(text);
    return status;
}

static fk_status read_file(const char *path, const char *shown, bool gaps, size_t n,
                           const char *const *column, fk_csv **out, fk_message *message)
{
    char *text;
    reader *r;
    *out = NULL;
    FK_TRY(open_text(path, shown, message, &text, &r));
    r->gaps = gaps;
    fk_status status = FK_ENOMEM;
    size_t *index = calloc(n, sizeof *index);
    fk_csv *csv = calloc(1, sizeof *csv);
    if (index != NULL && csv != NULL)
        status = read_rows(r, n, column, index, csv);
    free(index);
    free(r);
    free(text);
    if (status != FK_OK) {
        fk_csv_free(csv);
        return status;
    }
    *out = csv;
    return FK_OK;
}

fk_status fk_csv_read(const char *path, const char *shown, size_t n,
                      const char *const *column, fk_csv **out, fk_message *message)
{
    return read_file(path, shown, false, n, column, out, message);
}

fk_status fk_csv_read_gaps(const char *path, const char *shown, size_t n,
                           const char *const *column, fk_csv **out, fk_message *message)
{
    return read_file(path, shown, true, n, column, out, message);
}
