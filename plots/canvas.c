#include "plots/canvas.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/memory.h"
#include "plots/label.h"
#include "plots/style.h"
#include "plots/tics.h"

static void fail(fk_canvas *c, fk_status status, const char *what)
{
    if (c->status == FK_OK)
        c->status =
            fk_fail(c->message, status, "%s: %s", what,
                    status == FK_EIO ? strerror(errno) : fk_status_text(status));
}

/* DIR/FOLDER NAME ENDING, to be freed; NULL if the canvas has failed. */
static char *path_of(fk_canvas *c, const char *folder, const char *name,
                     const char *ending)
{
    char *path = NULL;
    size_t size = 0;
    if (c->status != FK_OK)
        return NULL;
    FILE *text = open_memstream(&path, &size);
    if (text != NULL)
        fprintf(text, "%s/%s%s%s", c->dir, folder, name, ending);
    if (text != NULL && fclose(text) == 0)
        return path;
    fail(c, FK_ENOMEM, name);
    free(path);
    return NULL;
}

static FILE *open_file(fk_canvas *c, const char *folder, const char *name,
                       const char *ending)
{
    char *path = path_of(c, folder, name, ending);
    FILE *file = path != NULL ? fopen(path, "we") : NULL;
    if (path != NULL && file == NULL)
        fail(c, FK_EIO, path);
    free(path);
    return file;
}

static void make_folder(fk_canvas *c, const char *name)
{
    char *path = path_of(c, name, "", "");
    if (path != NULL && mkdir(path, 0777) != 0 && errno != EEXIST)
        fail(c, FK_EIO, path);
    free(path);
}

void fk_canvas_prepare(fk_canvas *c)
{
    make_folder(c, "");
    make_folder(c, "data");
    FILE *style = open_file(c, "", "style", ".gp");
    if (style != NULL)
        fputs(fk_style_text, style);
    fk_canvas_close(c, style);
}

FILE *fk_canvas_data(fk_canvas *c, const char *name)
{
    return open_file(c, "data/", name, "");
}

void fk_canvas_close(fk_canvas *c, FILE *file)
{
    if (file == NULL)
        return;
    const bool bad = ferror(file) != 0;
    if (fclose(file) != 0 || bad)
        fail(c, FK_EIO, c->dir);
}

double *fk_canvas_doubles(fk_canvas *c, size_t n)
{
    double *block = c->status == FK_OK ? fk_doubles(n) : NULL;
    if (block == NULL)
        fail(c, FK_ENOMEM, "figures");
    return block;
}

static void put_float(FILE *out, double value)
{
    const float single = (float)value;
    fwrite(&single, sizeof single, 1, out);
}

void fk_canvas_matrix(fk_canvas *c, const char *name, const fk_axis *x,
                      const fk_axis *y, const double *z)
{
    const fk_axis along = fk_axis_even(x), up = fk_axis_even(y);
    FILE *out = fk_canvas_data(c, name);
    if (out == NULL)
        return;
    put_float(out, (double)x->cells);
    for (size_t i = 0; i < x->cells; i++)
        put_float(out, fk_axis_centre(&along, i));
    for (size_t k = 0; k < y->cells; k++) {
        put_float(out, fk_axis_centre(&up, k));
        for (size_t i = 0; i < x->cells; i++)
            put_float(out, z[k * x->cells + i]);
    }
    fk_canvas_close(c, out);
}

fk_script fk_script_open(fk_canvas *c, const fk_figure *f, int width, int height)
{
    const bool still = f->kind == FK_STILL;
    fk_script s = {open_file(c, "", f->name, ".gp"), 0};
    fk_script_add(
        &s,
        "# Draws %s.%s: gnuplot %s.gp in this folder; the data lie in data/.\n"
        "if (!exists('kind')) kind = '%s'\n"
        "name = '%s'\nwidth = %d\nheight = %d\nload 'style.gp'\n\n",
        f->name, still ? "png and .svg" : "gif", f->name, still ? "png" : "gif",
        f->name, width, height);
    return s;
}

void fk_script_close(fk_canvas *c, const fk_figure *f, fk_script *s)
{
    fk_script_add(s, "unset output\n");
    if (f->kind == FK_STILL)
        fk_script_add(s,
                      "\n# once more for the SVG\n"
                      "if (kind eq 'png') kind = 'svg'; reset; load '%s.gp'\n",
                      f->name);
    fk_canvas_close(c, s->out);
    s->out = NULL;
}

void fk_script_add(fk_script *s, const char *format, ...)
{
    va_list arguments;
    if (s->out == NULL)
        return;
    va_start(arguments, format);
    vfprintf(s->out, format, arguments);
    va_end(arguments);
}

/* Between single quotes gnuplot reads everything as it stands but the quote itself. */
static void quoted(FILE *out, const char *text)
{
    const fk_label clean = fk_label_clean(text);
    fputc('\'', out);
    for (const char *c = clean.text; *c != '\0'; c++)
        fputs(*c == '\'' ? "''" : (char[]){*c, '\0'}, out);
    fputc('\'', out);
}

void fk_script_text(fk_script *s, const char *name, const char *text)
{
    fk_script_add(s, "%s = ", name);
    if (s->out != NULL)
        quoted(s->out, text);
    fk_script_add(s, "\n");
}

void fk_script_number(fk_script *s, const char *name, double value)
{
    if (isfinite(value))
        fk_script_add(s, "%s = %.9g\n", name, value);
    else
        fk_script_add(s, "%s = NaN\n", name);
}

void fk_script_texts(fk_script *s, const char *name, size_t n, const char *const *text)
{
    fk_script_add(s, "array %s[%zu] = [", name, n);
    for (size_t i = 0; i < n && s->out != NULL; i++) {
        fputs(i > 0 ? ", " : "", s->out);
        quoted(s->out, text[i]);
    }
    fk_script_add(s, "]\n");
}

void fk_script_numbers(fk_script *s, const char *name, size_t n, const double *value)
{
    fk_script_add(s, "array %s[%zu] = [", name, n);
    for (size_t i = 0; i < n; i++)
        fk_script_add(s, "%s%.9g", i > 0 ? ", " : "", value[i]);
    fk_script_add(s, "]\n");
}

void fk_script_item(fk_script *s, const char *format, ...)
{
    va_list arguments;
    if (s->out == NULL)
        return;
    fputs(s->items++ > 0 ? ", \\\n     " : "plot ", s->out);
    va_start(arguments, format);
    vfprintf(s->out, format, arguments);
    va_end(arguments);
}

void fk_script_end_plot(fk_script *s)
{
    if (s->items > 0)
        fk_script_add(s, "\n");
    s->items = 0;
}

void fk_script_own_axis(fk_script *s, const fk_axis *a, const char *label,
                        const char *letter)
{
    const fk_axis even = fk_axis_even(a);
    fk_script_add(s, "%s_lo = %.9g\n%s_hi = %.9g\n%s_label = ", letter, even.lo, letter,
                  even.hi, letter);
    if (s->out != NULL)
        quoted(s->out, label);
    fk_script_add(s, "\n");
    if (s->out != NULL)
        fk_tics_write(s->out, letter, a);
}

void fk_script_axis(fk_script *s, const fk_problem *p, size_t i, const char *letter)
{
    fk_script_own_axis(s, &p->domain.grid.axis[i], fk_label_axis(p, i).text, letter);
}

void fk_script_times(fk_script *s, const fk_problem *p, size_t n, const double *t)
{
    fk_script_add(s, "array time_label[%zu] = [", n);
    for (size_t i = 0; i < n && s->out != NULL; i++) {
        fputs(i > 0 ? ", " : "", s->out);
        quoted(s->out, fk_label_time(p, t[i]).text);
    }
    fk_script_add(s, "]\n");
}
