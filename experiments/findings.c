#include "experiments/findings.h"

#include <math.h>
#include <string.h>

#include "core/json.h"
#include "experiments/version.h"

enum { WIDTH = 78 };

/* "300 cells", "100 x 200 cells" */
static void print_cells(const fk_grid *g, FILE *out)
{
    for (size_t i = 0; i < g->dim; i++)
        fprintf(out, "%s%zu", i > 0 ? " x " : "", g->axis[i].cells);
    fputs(" cells", out);
}

static void print_value(double value, const char *format, int width, FILE *out)
{
    char text[48] = "-";
    if (isinf(value))
        snprintf(text, sizeof text, "%s", value > 0.0 ? "infinite" : "-infinite");
    else if (isfinite(value))
        snprintf(text, sizeof text, format, value);
    fprintf(out, "%*s", width, text);
}

static void print_number(const fk_number *n, const fk_richardson *r, FILE *out)
{
    char name[128];
    const bool pure = strcmp(n->unit, "1") == 0;
    snprintf(name, sizeof name, pure ? "%s" : "%s [%s]", n->name, n->unit);
    fprintf(out, "%-40s", name);
    print_value(r->value, "%.10g", 18, out);
    print_value(r->error, "%.1e", 11, out);
    print_value(r->order, "%.2f", 8, out);
    fputc('\n', out);
}

/* Words of a note, broken at WIDTH. */
static void print_note(const char *note, FILE *out)
{
    size_t column = 1;
    fputc('-', out);
    while (*note != '\0') {
        const size_t length = strcspn(note, " ");
        if (column + 1 + length > WIDTH) {
            fputs("\n ", out);
            column = 1;
        }
        fprintf(out, " %.*s", (int)length, note);
        column += length + 1;
        note += length + strspn(note + length, " ");
    }
    fputc('\n', out);
}

static void print_grids(const fk_findings *f, FILE *out)
{
    print_cells(&f->grid[0].domain.grid, out);
    if (f->n_grids == 1) {
        fputs("; no error estimate: it needs pde.halving and\nnumbers of cells that "
              "can be halved, to 16 or more\n",
              out);
        return;
    }
    fputs("; values extrapolated from grids of", out);
    for (size_t k = 0; k < f->n_grids; k++) {
        fputs(k > 0 ? ", " : " ", out);
        for (size_t i = 0; i < f->grid[k].domain.grid.dim; i++)
            fprintf(out, "%s%zu", i > 0 ? " x " : "",
                    f->grid[k].domain.grid.axis[i].cells);
    }
    fputc('\n', out);
}

void fk_findings_print(const fk_analysis *a, const fk_findings *f, FILE *out)
{
    const fk_analysis_grid *g = &f->grid[0];
    fprintf(out, "%s of %s: ", a->name, g->request->problem->name);
    print_grids(f, out);
    if (g->n_numbers > 0)
        fprintf(out, "\n%-40s%18s%11s%8s\n", "", "value", "error", "order");
    for (size_t i = 0; i < g->n_numbers; i++)
        print_number(&g->number[i], &f->limit[i], out);
    if (f->n_notes > 0)
        fputc('\n', out);
    for (size_t i = 0; i < f->n_notes; i++)
        print_note(f->note[i], out);
}

static void write_number(fk_json *j, const fk_findings *f, size_t i)
{
    const fk_number *n = &f->grid[0].number[i];
    double value[FK_ANALYSIS_GRIDS];
    for (size_t k = 0; k < f->n_grids; k++)
        value[k] = f->grid[k].number[i].value;
    fk_json_object(j, NULL);
    fk_json_text(j, "name", n->name);
    fk_json_text(j, "unit", n->unit);
    fk_json_number(j, "value", f->limit[i].value);
    fk_json_bool(j, "infinite", isinf(f->limit[i].value));
    fk_json_bool(j, "estimate", n->estimate);
    fk_json_number(j, "error", f->limit[i].error);
    fk_json_number(j, "order", f->limit[i].order);
    fk_json_numbers(j, "on_grids", f->n_grids, value);
    fk_json_end(j);
}

static void write_grids(fk_json *j, const fk_findings *f)
{
    fk_json_array(j, "cells");
    for (size_t k = 0; k < f->n_grids; k++) {
        double cells[FK_GRID_DIM];
        const fk_grid *g = &f->grid[k].domain.grid;
        for (size_t i = 0; i < g->dim; i++)
            cells[i] = (double)g->axis[i].cells;
        fk_json_numbers(j, NULL, g->dim, cells);
    }
    fk_json_end(j);
}

void fk_findings_json(const fk_analysis *a, const fk_findings *f, const char *command,
                      FILE *out)
{
    const fk_problem *p = f->grid[0].request->problem;
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_integer(&j, "format", 1);
    fk_json_text(&j, "name", p->name);
    fk_json_text(&j, "analysis", a->name);
    fk_json_text(&j, "version", fk_version());
    fk_json_text(&j, "revision", fk_revision());
    fk_json_text(&j, "command", command);
    write_grids(&j, f);
    fk_json_array(&j, "numbers");
    for (size_t i = 0; i < f->grid[0].n_numbers; i++)
        write_number(&j, f, i);
    fk_json_end(&j);
    fk_json_array(&j, "notes");
    for (size_t i = 0; i < f->n_notes; i++)
        fk_json_text(&j, NULL, f->note[i]);
    fk_json_end(&j);
    fk_json_number(&j, "seconds", f->seconds);
    fk_json_text(&j, "problem", p->text);
    fk_json_end(&j);
}
