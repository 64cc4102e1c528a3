/* The points of `fokker likelihood`: draws, rows of a file, or words of the command line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/memory.h"
#include "experiments/likelihood_run.h"

static fk_status draw(fk_likelihood_run *r)
{
    const size_t d = r->problem->sde->dim, n = r->o->count;
    double *block = fk_doubles(d * FK_BLOCK), **row = fk_alloc(d, sizeof *row);
    r->x = fk_doubles(n * d);
    const bool room = block != NULL && row != NULL && r->x != NULL;
    for (size_t i = 0; i < d && room; i++)
        row[i] = block + i * FK_BLOCK;
    for (size_t first = 0; first < n && room; first += FK_BLOCK) {
        fk_law_draw(r->problem->initial, r->problem->particles.seed, FK_FOR_INITIAL,
                    first, row);
        for (size_t j = 0; j < FK_BLOCK && first + j < n; j++)
            for (size_t i = 0; i < d; i++)
                r->x[(first + j) * d + i] = row[i][j];
    }
    free(block);
    free(row);
    r->count = n;
    r->drawn = true;
    return room ? FK_OK : FK_ENOMEM;
}

/* Columns that have the variables' names. */
static fk_status read_file(fk_likelihood_run *r, fk_message *message)
{
    const fk_sde *sde = r->problem->sde;
    char **name = fk_alloc(sde->dim, sizeof *name);
    fk_csv *csv = NULL;
    fk_status status = name != NULL ? FK_OK : FK_ENOMEM;
    for (size_t i = 0; i < sde->dim && status == FK_OK; i++) {
        name[i] = fk_expr_print(sde->variable[i], FK_EXPR_TEXT);
        status = name[i] != NULL ? FK_OK : FK_ENOMEM;
    }
    if (status == FK_OK)
        status = fk_csv_read(r->o->points, r->o->points, sde->dim,
                             (const char *const *)name, &csv, message);
    if (status == FK_OK) {
        r->count = csv->rows;
        r->x = csv->value;
        csv->value = NULL;
    }
    fk_csv_free(csv);
    for (size_t i = 0; name != NULL && i < sde->dim; i++)
        free(name[i]);
    free(name);
    return status;
}

static size_t count_char(const char *text, char c)
{
    size_t n = 0;
    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

/* "x,y; x,y" */
static fk_status read_words(fk_likelihood_run *r, fk_message *message)
{
    const size_t d = r->problem->sde->dim;
    const char *at = r->o->at;
    r->count = count_char(at, ';') + 1;
    r->x = fk_doubles(r->count * d);
    if (r->x == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < r->count * d; i++) {
        char *end;
        r->x[i] = strtod(at, &end);
        end += strspn(end, " ");
        const char expected = i + 1 == r->count * d ? '\0'
                              : (i + 1) % d == 0    ? ';'
                                                    : ',';
        if (end == at || *end != expected || !isfinite(r->x[i]))
            return fk_fail(message, FK_ESYNTAX,
                           "--at='%s': must be points of %zu finite numbers each, with "
                           "commas, and semicolons between points",
                           r->o->at, d);
        at = end + 1;
    }
    return FK_OK;
}

fk_status fk_likelihood_points(fk_likelihood_run *r, fk_message *message)
{
    if (r->o->at != NULL)
        return read_words(r, message);
    return r->o->points != NULL ? read_file(r, message) : draw(r);
}
