/* What `fokker infer` found, for people, for programs, and as a picture. */
#include <math.h>
#include <stdlib.h>

#include "core/json.h"
#include "core/memory.h"
#include "core/program.h"
#include "experiments/infer.h"
#include "plots/infer_figure.h"

enum { POINTS = 200, OUTPUTS = FK_INFER_FIGURE_DIM + 3 };

static double bic(const fk_inference *f)
{
    const double steps = (double)(f->s.n - 1 - f->gaps);
    return (double)f->fit.n * log(steps) - 2.0 * f->fit.log_likelihood;
}

/* ---- text ---- */

static void print_series(const fk_inference *f)
{
    const fk_series *s = &f->s;
    printf("%s: %zu points of %s", f->o->data, s->n, s->name[0]);
    if (s->dim == 2)
        printf(" and %s", s->name[1]);
    printf(", time %g to %g, steps %.4g to %.4g (median %.4g)\n", s->t[0],
           s->t[s->n - 1], s->least, s->most, s->mid);
    if (s->missing > 0)
        printf("%zu rows without a value were left out\n", s->missing);
    if (f->gaps > 0)
        printf("%zu steps longer than %g were left out\n", f->gaps, f->o->gap);
}

static void print_line_bins(const fk_inference *f)
{
    printf("\n%12s%10s%14s%12s%14s%12s\n", f->s.name[0], "starts", "drift", "+-",
           "diffusion", "+-");
    for (const fk_moyal_bin *b = f->bin; b < f->bin + f->bins; b++)
        if (b->starts > 1)
            printf("%12.5g%10zu%14.5g%12.2g%14.5g%12.2g\n", b->x[0], b->starts,
                   b->drift[0], b->drift_error[0], b->diffusion[0],
                   b->diffusion_error[0]);
}

static void print_plane_bins(const fk_inference *f)
{
    printf("\ndrift\n%11s%11s%8s%13s%9s%13s%9s\n", f->s.name[0], f->s.name[1], "starts",
           f->s.name[0], "+-", f->s.name[1], "+-");
    for (const fk_moyal_bin *b = f->bin; b < f->bin + f->bins; b++)
        if (b->starts > 1)
            printf("%11.4g%11.4g%8zu%13.4g%9.2g%13.4g%9.2g\n", b->x[0], b->x[1],
                   b->starts, b->drift[0], b->drift_error[0], b->drift[1],
                   b->drift_error[1]);
    printf("\ndiffusion\n%11s%11s%13s%9s%13s%9s%13s%9s\n", f->s.name[0], f->s.name[1],
           "D11", "+-", "D12", "+-", "D22", "+-");
    for (const fk_moyal_bin *b = f->bin; b < f->bin + f->bins; b++)
        if (b->starts > 1)
            printf("%11.4g%11.4g%13.4g%9.2g%13.4g%9.2g%13.4g%9.2g\n", b->x[0], b->x[1],
                   b->diffusion[0], b->diffusion_error[0], b->diffusion[1],
                   b->diffusion_error[1], b->diffusion[2], b->diffusion_error[2]);
}

static void print_expression(const char *what, size_t i, const fk_expr *e)
{
    char *text = fk_expr_print(e, FK_EXPR_DISPLAY);
    printf("  %s%.*zu = %s\n", what, i > 0, i, text != NULL ? text : "?");
    free(text);
}

static void print_fit(const fk_inference *f)
{
    const fk_sde *sde = f->model->sde;
    const fk_fit *m = &f->fit;
    printf("\nmodel %s\n", f->model->name);
    for (size_t i = 0; i < sde->dim; i++)
        print_expression("drift", sde->dim > 1 ? i + 1 : 0, sde->drift[i]);
    for (size_t i = 0; i < sde->dim * sde->noises; i++)
        print_expression("noise",
                         sde->dim > 1 ? 10 * (i / sde->noises + 1) + i % sde->noises + 1
                                      : 0,
                         sde->noise[i]);
    printf("\n%12s%16s%12s%12s\n", "parameter", "value", "+-", "numerics");
    for (size_t k = 0; k < m->n; k++)
        printf("%12s%16.6g%12.2g%12.1g\n", f->name[k], m->value[k], m->error[k],
               m->shift[k]);
    printf("\nlog likelihood %.6g, BIC %.6g, %zu iterations\n", m->log_likelihood,
           bic(f), m->iterations);
}

/* What the steps say about the model, in sentences. */
static void print_doubts(const fk_inference *f)
{
    const fk_fit *m = &f->fit;
    const double odd = m->correlation / m->correlation_error;
    double numerics = 0.0;
    for (size_t k = 0; k < m->n; k++)
        numerics = fmax(numerics, fabs(m->shift[k]) / m->error[k]);
    printf(
        "steps against the model: Kolmogorov-Smirnov distance %.3g, p-value %.2g%s\n",
        m->ks_distance, m->ks_p_value,
        m->ks_p_value < 0.01 ? ": the model does not describe them" : "");
    printf("one step against the next: correlation %.3f +- %.3f\n", m->correlation,
           m->correlation_error);
    if (odd < -4.0)
        puts("  successive steps undo each other: measurement noise, or a variable "
             "that is "
             "missing;\n  steps further apart (--every=N) feel it less");
    if (odd > 4.0)
        puts("  successive steps go on: the noise has a memory, or values are means "
             "over "
             "time;\n  steps further apart (--every=N) feel it less");
    if (m->beyond > 0)
        printf(
            "%zu steps are nearly impossible in the model (probability below 1e-9)\n",
            m->beyond);
    if (numerics > 0.5)
        printf("the density is not fine enough for this model: a finer one moves a "
               "value by "
               "%.1f\nstandard errors\n",
               numerics);
}

void fk_infer_print(const fk_inference *f)
{
    print_series(f);
    if (f->s.dim == 1)
        print_line_bins(f);
    else
        print_plane_bins(f);
    print_fit(f);
    print_doubts(f);
    printf("problem file: %s/problem.yaml\n", f->folder.path);
}

/* ---- JSON ---- */

static void write_bins(const fk_inference *f, fk_json *j)
{
    const size_t dim = f->s.dim, pairs = dim * (dim + 1) / 2;
    fk_json_array(j, "bins");
    for (const fk_moyal_bin *b = f->bin; b < f->bin + f->bins; b++) {
        fk_json_object(j, NULL);
        fk_json_integer(j, "starts", b->starts);
        fk_json_numbers(j, "x", dim, b->x);
        fk_json_numbers(j, "drift", dim, b->drift);
        fk_json_numbers(j, "drift_error", dim, b->drift_error);
        fk_json_numbers(j, "diffusion", pairs, b->diffusion);
        fk_json_numbers(j, "diffusion_error", pairs, b->diffusion_error);
        fk_json_end(j);
    }
    fk_json_end(j);
}

void fk_infer_json(const fk_inference *f, FILE *out)
{
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_integer(&j, "format", 1);
    fk_json_text(&j, "data", f->o->data);
    fk_json_array(&j, "variables");
    for (size_t p = 0; p < f->s.dim; p++)
        fk_json_text(&j, NULL, f->s.name[p]);
    fk_json_end(&j);
    fk_json_integer(&j, "points", f->s.n);
    fk_json_integer(&j, "missing", f->s.missing);
    fk_json_integer(&j, "gaps", f->gaps);
    write_bins(f, &j);
    fk_json_object(&j, "parameters");
    for (size_t k = 0; k < f->fit.n; k++) {
        fk_json_object(&j, f->name[k]);
        fk_json_number(&j, "value", f->fit.value[k]);
        fk_json_number(&j, "error", f->fit.error[k]);
        fk_json_number(&j, "numerics", f->fit.shift[k]);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    fk_json_number(&j, "log_likelihood", f->fit.log_likelihood);
    fk_json_number(&j, "bic", bic(f));
    fk_json_number(&j, "ks_distance", f->fit.ks_distance);
    fk_json_number(&j, "ks_p_value", f->fit.ks_p_value);
    fk_json_number(&j, "correlation", f->fit.correlation);
    fk_json_number(&j, "correlation_error", f->fit.correlation_error);
    fk_json_integer(&j, "beyond", f->fit.beyond);
    fk_json_text(&j, "problem", f->model->text);
    fk_json_end(&j);
}

/* ---- the picture ---- */

/* The model's drift and diffusion at n places, at the middle of the data's time. */
static fk_status trace_model(const fk_inference *f, size_t n, fk_infer_point *point)
{
    const fk_sde *sde = f->model->sde;
    const fk_binding binding = fk_sde_binding(sde);
    const double t = 0.5 * (f->s.t[0] + f->s.t[f->s.n - 1]);
    const fk_expr *e[OUTPUTS];
    fk_program *program;
    size_t outputs = 0;
    for (size_t i = 0; i < sde->dim; i++)
        e[outputs++] = sde->ito[i];
    for (size_t i = 0; i < sde->dim; i++)
        for (size_t k = i; k < sde->dim; k++)
            e[outputs++] = sde->diffusion[i * sde->dim + k];
    FK_TRY(fk_program_new(outputs, e, &binding, &program));
    double *scratch = fk_doubles(fk_program_scratch(program));
    for (size_t i = 0; scratch != NULL && i < n; i++) {
        double value[OUTPUTS];
        fk_program_point(program, t, point[i].x, value, scratch);
        for (size_t k = 0; k < outputs; k++)
            *(k < sde->dim ? &point[i].model_drift[k]
                           : &point[i].model_diffusion[k - sde->dim]) = value[k];
    }
    fk_program_free(program);
    const fk_status status = scratch != NULL ? FK_OK : FK_ENOMEM;
    free(scratch);
    return status;
}

static size_t list_bins(const fk_inference *f, fk_infer_point *point)
{
    size_t n = 0;
    for (const fk_moyal_bin *b = f->bin; b < f->bin + f->bins; b++) {
        if (b->starts < 2)
            continue;
        fk_infer_point *p = &point[n++];
        for (size_t k = 0; k < FK_MOYAL_DIM; k++) {
            p->x[k] = b->x[k];
            p->drift[k] = b->drift[k], p->drift_error[k] = b->drift_error[k];
        }
        for (size_t k = 0; k < 3; k++) {
            p->diffusion[k] = b->diffusion[k];
            p->diffusion_error[k] = b->diffusion_error[k];
        }
    }
    return n;
}

fk_status fk_infer_draw(const fk_inference *f, fk_message *message)
{
    const fk_series *s = &f->s;
    fk_infer_point *point =
        fk_alloc(FK_INFER_PLANE_BINS * FK_INFER_PLANE_BINS + POINTS, sizeof *point);
    if (point == NULL)
        return FK_ENOMEM;
    const size_t bins = list_bins(f, point), curve = s->dim == 1 ? POINTS : 0;
    for (size_t i = 0; i < curve; i++)
        point[bins + i].x[0] =
            s->lo[0] + (s->hi[0] - s->lo[0]) * (double)i / (POINTS - 1.0);
    const fk_infer_picture p = {.title = f->model->name,
                                .dim = s->dim,
                                .name = {s->name[0], s->name[1]},
                                .n = s->n,
                                .t = s->t,
                                .x = s->x,
                                .bins = bins,
                                .bin = point,
                                .points = curve,
                                .curve = point + bins};
    fk_status status = trace_model(f, bins + curve, point);
    if (status == FK_OK)
        status = fk_write_infer_figure(f->folder.working, &p, message);
    free(point);
    if (status != FK_EIO)
        return status;
    fprintf(stderr, "fokker infer: the figure is missing: %s\n", message->text);
    return FK_OK;
}
