/* Programs: rows get places, each as soon as its last reader is done with another. */
#include "core/program.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/mean_field.h"
#include "core/memory.h"
#include "core/program_compile.h"

enum { NOWHERE = 0xffffffffu >> 1 };

/* ---- places ---- */

typedef struct placement {
    size_t rows;     /* without number: inputs, then one an instruction */
    unsigned *place; /* [rows] */
    size_t *last;    /* [rows] instruction that reads it last */
    unsigned *free;  /* stack of places free again */
    size_t n_free;
    unsigned next; /* place never used so far */
} placement;

static bool placement_new(placement *p, const fk_program *program, size_t rows)
{
    *p = (placement){.rows = rows, .next = (unsigned)(program->dim + program->n_out)};
    p->place = malloc(rows * sizeof *p->place + 1);
    p->last = calloc(rows + 1, sizeof *p->last);
    p->free = malloc(rows * sizeof *p->free + 1);
    if (p->place == NULL || p->last == NULL || p->free == NULL)
        return false;
    for (size_t i = 0; i < rows; i++)
        p->place[i] = i < program->dim ? (unsigned)i : NOWHERE;
    return true;
}

static void placement_free(placement *p)
{
    free(p->place);
    free(p->last);
    free(p->free);
}

/* The rows that an instruction reads: their numbers, to be rewritten. */
static unsigned *operands(fk_program *program, fk_instruction *in, size_t *n)
{
    *n = in->op == FK_OP_COMBINE ? in->count : in->op == FK_OP_FILL ? 0 : 3;
    return in->op == FK_OP_COMBINE ? program->terms.row + in->first : in->row;
}

static void note_last_readers(fk_program *program, placement *p)
{
    for (size_t i = 0; i < program->n_code; i++) {
        size_t n;
        const unsigned *row = operands(program, &program->code[i], &n);
        for (size_t k = 0; k < n; k++)
            p->last[row[k]] = i;
    }
}

/* Rewrites the instructions from rows to places.  Outputs' places are set already. */
static void settle(fk_program *program, placement *p)
{
    const unsigned first = (unsigned)(program->dim + program->n_out);
    note_last_readers(program, p);
    for (size_t i = 0; i < program->n_code; i++) {
        fk_instruction *in = &program->code[i];
        size_t n;
        unsigned *operand = operands(program, in, &n);
        for (size_t k = 0; k < n; k++) {
            const unsigned row = operand[k];
            operand[k] = p->place[row];
            if (p->last[row] == i && p->place[row] >= first) {
                p->last[row] = SIZE_MAX; /* not twice for one that is read twice */
                p->free[p->n_free++] = p->place[row];
            }
        }
        if (p->place[in->to] == NOWHERE)
            p->place[in->to] = p->n_free > 0 ? p->free[--p->n_free] : p->next++;
        in->to = p->place[in->to];
        if (operand != in->row ||
            n == 0) /* every instruction has three rows to look at */
            in->row[0] = in->row[1] = in->row[2] = in->to;
    }
    program->n_rows = p->next - first;
}

/* ---- making ---- */

/* Each output gets a row of its own that nobody else takes. */
static fk_status compile_outputs(fk_compiler *c, const fk_expr *const *e, fk_program *p,
                                 fk_value *value)
{
    for (size_t k = 0; k < p->n_out; k++)
        value[k] = fk_compile(c, e[k]);
    for (size_t k = 0; k < p->n_out && c->status == FK_OK; k++) {
        bool own = value[k].row && value[k].index >= p->dim;
        p->uniform[k] = !value[k].row;
        p->steady[k] =
            !fk_expr_uses_law(e[k]) &&
            (c->binding->time == NULL || !fk_expr_depends(e[k], c->binding->time));
        for (size_t j = 0; j < k; j++)
            own = own && value[j].index != value[k].index;
        if (!own)
            value[k] = fk_compile_row(c, value[k]);
    }
    return c->status;
}

static fk_status place_rows(fk_compiler *c, fk_program *p, const fk_value *value)
{
    placement places;
    const bool made = placement_new(&places, p, p->dim + c->n_code);
    if (made) {
        p->n_code = c->n_code;
        p->code = c->code;
        p->n_scalars = c->n_scalars;
        p->scalar = c->scalar;
        p->n_scalar_code = c->n_scalar_code;
        p->scalar_code = c->scalar_code;
        p->terms = c->terms;
        c->terms = (fk_terms){0};
        c->code = c->scalar_code = NULL;
        c->scalar = NULL;
        for (size_t k = 0; k < p->n_out; k++)
            places.place[value[k].index] = (unsigned)(p->dim + k);
        settle(p, &places);
    }
    placement_free(&places);
    return made ? FK_OK : FK_ENOMEM;
}

fk_status fk_program_new(size_t n_out, const fk_expr *const *e,
                         const fk_binding *binding, fk_program **out)
{
    fk_compiler c;
    *out = NULL;
    fk_program *p = calloc(1, sizeof *p);
    fk_value *value = calloc(n_out + 1, sizeof *value);
    if (p == NULL || value == NULL) {
        free(p);
        free(value);
        return FK_ENOMEM;
    }
    p->dim = binding->dim;
    p->field = binding->field;
    p->n_out = n_out;
    p->uniform = calloc(n_out + 1, 1);
    p->steady = calloc(n_out + 1, 1);
    fk_status status = fk_compiler_begin(&c, binding, n_out, e);
    if (p->uniform == NULL || p->steady == NULL)
        status = FK_ENOMEM;
    if (status == FK_OK)
        status = compile_outputs(&c, e, p, value);
    if (status == FK_OK)
        status = place_rows(&c, p, value);
    fk_compiler_end(&c);
    free(value);
    if (status == FK_OK)
        *out = p;
    else
        fk_program_free(p);
    return status;
}

void fk_program_free(fk_program *p)
{
    if (p == NULL)
        return;
    free(p->scalar);
    free(p->scalar_code);
    free(p->code);
    free(p->terms.row);
    free(p->terms.scalar);
    free(p->uniform);
    free(p->steady);
    free(p);
}

bool fk_program_uniform(const fk_program *p, size_t k)
{
    assert(k < p->n_out);
    return p->uniform[k] != 0;
}

bool fk_program_steady(const fk_program *p, size_t k)
{
    assert(k < p->n_out);
    return p->steady[k] != 0;
}

/* ---- running ---- */

/* n doubles, rounded up to whole cache lines */
static size_t lines(size_t n)
{
    const size_t line = FK_ALIGN / sizeof(double);
    return (n + line - 1) / line * line;
}

/* Scratch: scalars, pointers to the places, rows of work, rows for outputs that the
 * caller skips; for a single point also its inputs and outputs and pointers to them. */
static size_t pointers(const fk_program *p)
{
    return lines((p->dim + p->n_out + p->n_rows) * sizeof(double *) / sizeof(double));
}

static size_t run_scratch(const fk_program *p)
{
    return lines(p->n_scalars) + pointers(p) + (p->n_rows + p->n_out) * FK_BLOCK;
}

size_t fk_program_scratch(const fk_program *p)
{
    return run_scratch(p) + pointers(p) + (p->dim + p->n_out) * FK_BLOCK;
}

/* Constants, t, and the mean values at t. */
static void set_scalars(const fk_program *p, double t, double *scalar)
{
    const fk_mean_field *f = p->field;
    memcpy(scalar, p->scalar, p->n_scalars * sizeof *scalar);
    scalar[0] = t;
    for (size_t k = 0; f != NULL && k < f->n; k++)
        scalar[1 + k] = f->value[k] + (t - f->time) * f->slope[k];
}

void fk_program_run(const fk_program *p, double t, const double *const *x,
                    double *const *out, double *scratch)
{
    double *scalar = scratch;
    double **row = (void *)(scratch + lines(p->n_scalars));
    double *work = scratch + lines(p->n_scalars) + pointers(p);
    set_scalars(p, t, scalar);
    fk_program_scalars(p->scalar_code, p->n_scalar_code, scalar);
    memcpy(row, x, p->dim * sizeof *row);
    for (size_t k = 0; k < p->n_out; k++, work += FK_BLOCK)
        row[p->dim + k] = out[k] != NULL ? out[k] : work;
    for (size_t i = 0; i < p->n_rows; i++, work += FK_BLOCK)
        row[p->dim + p->n_out + i] = work;
    fk_program_rows(p->code, p->n_code, &p->terms, scalar, row);
}

void fk_program_point(const fk_program *p, double t, const double *x, double *out,
                      double *scratch)
{
    double **row = (void *)(scratch + run_scratch(p));
    double *values = scratch + run_scratch(p) + pointers(p);
    for (size_t i = 0; i < p->dim + p->n_out; i++, values += FK_BLOCK) {
        row[i] = values;
        for (size_t j = 0; i < p->dim && j < FK_BLOCK; j++)
            values[j] = x[i];
    }
    fk_program_run(p, t, (const double *const *)row, row + p->dim, scratch);
    for (size_t k = 0; k < p->n_out; k++)
        out[k] = row[p->dim + k][0];
}
