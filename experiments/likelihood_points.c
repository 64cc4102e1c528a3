/* The points of `fokker likelihood`: draws, rows of a file, or words of the command line. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/memory.h"
#include "experiments/likelihood_run.h"

static fk_status draw(fk_likelihood_run *r)
{
    const fk_problem *p = r->problem;
    r->count = r->o->count;
    r->drawn = true;
    r->x = fk_doubles(r->count * p->sde->dim);
    return r->x == NULL ? FK_ENOMEM
                        : fk_law_draw_points(p->initial, p->particles.seed,
                                             FK_FOR_INITIAL, r->count, r->x);
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
