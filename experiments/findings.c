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

/* Words, broken at WIDTH; `column` are already there. */
static void print_words(const char *note, size_t column, FILE *out)
{
    while (*note != '\0') {
        const size_t length = strcspn(note, " ");
        if (column + 1 + length > WIDTH) {
            fputs("\n ", out);
            column = 1;
        }
        fprintf(out, "%s%.*s", column > 0 ? " " : "", (int)length, note);
        column += length + (column > 0 ? 1 : 0);
        note += length + strspn(note + length, " ");
    }
    fputc('\n', out);
}

/* "300 cells; values extrapolated from grids of 300, 150, 75" */
void fk_findings_grids(const fk_findings *f, size_t size, char *text)
{
    FILE *out = fmemopen(text, size, "w");
    text[0] = '\0';
    if (out == NULL)
        return;
    print_cells(&f->grid[0].domain.grid, out);
    fputs(f->n_grids == 1
              ? "; no error estimate: it needs pde.halving and numbers of cells "
                "that can be halved, to 16 or more"
              : "; values extrapolated from grids of",
          out);
    for (size_t k = 0; f->n_grids > 1 && k < f->n_grids; k++) {
        fputs(k > 0 ? ", " : " ", out);
        for (size_t i = 0; i < f->grid[k].domain.grid.dim; i++)
            fprintf(out, "%s%zu", i > 0 ? " x " : "",
                    f->grid[k].domain.grid.axis[i].cells);
    }
    fclose(out);
}

void fk_findings_print(const fk_analysis *a, const fk_findings *f, FILE *out)
{
    const fk_analysis_grid *g = &f->grid[0];
    char grids[512], head[768];
    fk_findings_grids(f, sizeof grids, grids);
    snprintf(head, sizeof head, "%s of %.200s: %s", a->name, g->request->problem->name,
             grids);
    print_words(head, 0, out);
    if (g->n_numbers > 0)
        fprintf(out, "\n%-40s%18s%11s%8s\n", "", "value", "error", "order");
    for (size_t i = 0; i < g->n_numbers; i++)
        print_number(&g->number[i], &f->limit[i], out);
    if (f->n_notes > 0)
        fputc('\n', out);
    for (size_t i = 0; i < f->n_notes; i++) {
        fputc('-', out);
        print_words(f->note[i], 1, out);
    }
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
    fk_json_text(&j, "created", f->created);
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
