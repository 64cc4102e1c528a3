#include "sampling/entries.h"

#include <stdlib.h>

#include "core/memory.h"
#include "sampling/rows.h"

/* Numbers are what does not depend on the variables and t, whatever the parameters. */
static fk_status sort(const fk_sde *sde, const fk_expr *const *e, fk_entries *out,
                      const fk_expr **row)
{
    const fk_binding binding = fk_sde_binding(sde);
    fk_program *all = NULL;
    FK_TRY(fk_program_new(out->n, e, &binding, &all));
    double *scratch = fk_doubles(fk_program_scratch(all) + out->n + sde->dim);
    if (scratch == NULL) {
        fk_program_free(all);
        return FK_ENOMEM;
    }
    double *value = scratch + fk_program_scratch(all), *x = value + out->n;
    fk_program_point(all, 0.0, x, value, scratch);
    for (size_t i = 0; i < out->n; i++) {
        const bool number = fk_program_uniform(all, i) && fk_program_steady(all, i);
        out->entry[i] = (fk_entry){FK_ENTRY_NUMBER, number ? value[i] : 0.0};
        if (number)
            continue;
        out->entry[i].row = out->n_rows;
        row[out->n_rows++] = e[i];
    }
    free(scratch);
    fk_program_free(all);
    return FK_OK;
}

fk_status fk_entries_new(const fk_sde *sde, size_t n, const fk_expr *const *e,
                         fk_entries *out)
{
    *out = (fk_entries){.n = n};
    if (n == 0)
        return FK_OK;
    const fk_expr **row = calloc(n, sizeof *row);
    out->entry = calloc(n, sizeof *out->entry);
    fk_status status = FK_ENOMEM;
    if (row != NULL && out->entry != NULL)
        status = sort(sde, e, out, row);
    if (status == FK_OK && out->n_rows > 0) {
        const fk_binding binding = fk_sde_binding(sde);
        status = fk_program_new(out->n_rows, row, &binding, &out->program);
    }
    free(row);
    if (status != FK_OK)
        fk_entries_clear(out);
    return status;
}

void fk_entries_clear(fk_entries *e)
{
    fk_program_free(e->program);
    free(e->entry);
    *e = (fk_entries){0};
}

size_t fk_entries_scratch(const fk_entries *e)
{
    const size_t own = e->program == NULL ? 0 : fk_program_scratch(e->program);
    return fk_rows_scratch(e->n_rows) + e->n_rows * FK_BLOCK + own;
}

double *const *fk_entries_eval(const fk_entries *e, double t, const double *const *x,
                               double *scratch)
{
    double *const rows = scratch + fk_rows_scratch(e->n_rows);
    double *const *const out = fk_rows(rows, e->n_rows, scratch);
    if (e->program != NULL)
        fk_program_run(e->program, t, x, out, rows + e->n_rows * FK_BLOCK);
    return out;
}

FK_CLONES static void add_number(double *restrict to, double a)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        to[j] += a;
}

FK_CLONES void fk_row_add(double *restrict to, double a, const double *restrict y)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        to[j] += a * y[j];
}

FK_CLONES static void add_product(double *restrict to, double a,
                                  const double *restrict y, const double *restrict z)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        to[j] += a * y[j] * z[j];
}

void fk_entry_add(const fk_entry *e, double *const *rows, double a, double *to)
{
    if (e->row != FK_ENTRY_NUMBER)
        fk_row_add(to, a, rows[e->row]);
    else if (e->value != 0.0)
        add_number(to, a * e->value);
}

void fk_entry_add_product(const fk_entry *e, double *const *rows, double a,
                          const double *z, double *to)
{
    if (e->row != FK_ENTRY_NUMBER)
        add_product(to, a, rows[e->row], z);
    else if (e->value != 0.0)
        fk_row_add(to, a * e->value, z);
}
