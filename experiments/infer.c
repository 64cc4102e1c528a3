#include "experiments/infer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "experiments/problem_load.h"
#include "experiments/terminal.h"
#include "sde/linear.h"

/* ---- the model ---- */

static void model_path(const fk_inference *f, char path[1200])
{
    snprintf(path, 1200, "%s/problem.yaml", f->folder.working);
}

static fk_status write_polynomial(const fk_inference *f, fk_message *message)
{
    char path[1200];
    model_path(f, path);
    FILE *out = fopen(path, "w");
    if (out == NULL)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    fk_infer_model m = f->o->polynomial;
    const fk_status status = fk_infer_model_write(&f->s, f->o->data, &m, out);
    if (fclose(out) != 0)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    if (status == FK_EDOMAIN)
        return fk_fail(message, status,
                       "the two values move along one line: they are one variable");
    return status;
}

static fk_status load_model(fk_inference *f, size_t n, const char *const *setting,
                            fk_message *message)
{
    char path[1200];
    fk_methods methods;
    model_path(f, path);
    fk_problem_free(f->model);
    f->model = NULL;
    FK_TRY(fk_problem_load(f->o->model != NULL ? f->o->model : path, n, setting,
                           &f->model, &methods, message));
    const fk_sde *sde = f->model->sde;
    if (sde->dim != f->s.dim)
        return fk_fail(
            message, FK_ESYNTAX,
            "the model has %zu variables, the data have %zu; --columns chooses "
            "them",
            sde->dim, f->s.dim);
    if (!fk_sde_continuous(sde))
        return fk_fail(message, FK_ESYNTAX,
                       "the model has jumps or stable noise, for which there is no "
                       "transition density here");
    if (sde->noises == 0)
        return fk_fail(message, FK_ESYNTAX,
                       "the model has no noise: no path would be more probable than "
                       "another");
    return FK_OK;
}

/* ---- its parameters ---- */

static bool asked_for(const char *list, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return list == NULL;
}

static size_t count_names(const char *list)
{
    size_t n = 1;
    for (; *list != '\0'; list++)
        n += *list == ',';
    return n;
}

static bool shows(const fk_sde *sde, const fk_expr *parameter)
{
    for (size_t i = 0; i < sde->dim; i++)
        if (fk_expr_depends(sde->drift[i], parameter))
            return true;
    for (size_t i = 0; i < sde->dim * sde->noises; i++)
        if (fk_expr_depends(sde->noise[i], parameter))
            return true;
    return false;
}

/* Those named by --fit, or all that show in the equation. */
static fk_status choose_parameters(fk_inference *f, fk_message *message)
{
    const fk_sde *sde = f->model->sde;
    const char *asked = f->o->fit;
    for (size_t k = 0; k < sde->n_parameters; k++) {
        char *name = fk_expr_print(sde->parameter[k], FK_EXPR_TEXT);
        if (name == NULL)
            return FK_ENOMEM;
        if (!shows(sde, sde->parameter[k]) || !asked_for(asked, name)) {
            free(name);
            continue;
        }
        if (f->fit.n == FK_FIT_MOST) {
            free(name);
            return fk_fail(
                message, FK_ELIMIT,
                "the model has more than %d parameters; choose some with --fit",
                FK_FIT_MOST);
        }
        f->name[f->fit.n] = name;
        f->fit.index[f->fit.n++] = k;
    }
    if (asked != NULL && count_names(asked) != f->fit.n)
        return fk_fail(
            message, FK_ESYNTAX,
            "--fit=%s: not all of these are parameters in the model's drift or "
            "noise",
            asked);
    if (f->fit.n == 0)
        return fk_fail(
            message, FK_ESYNTAX,
            "there is nothing to fit: no parameter shows in the model's drift "
            "or noise");
    return FK_OK;
}

/* The model again with the values found, so that its text holds them. */
static fk_status keep_values(fk_inference *f, fk_message *message)
{
    char text[FK_FIT_MOST][160], path[1200];
    const char *setting[FK_INFER_SETTINGS + FK_FIT_MOST];
    size_t n = f->o->n_settings;
    memcpy(setting, f->o->setting, n * sizeof *setting);
    for (size_t k = 0; k < f->fit.n; k++) {
        snprintf(text[k], sizeof text[k], "parameters.%s=%.8g", f->name[k],
                 f->fit.value[k]);
        setting[n++] = text[k];
    }
    FK_TRY(load_model(f, n, setting, message));
    model_path(f, path);
    FILE *out = fopen(path, "w");
    const bool written = out != NULL && fputs(f->model->text, out) >= 0;
    if (out == NULL || fclose(out) != 0 || !written)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return FK_OK;
}

/* ---- the fit ---- */

/* The measured diffusion nearest to x and the mean one; 0 if there is none. */
static double diffusion(const fk_inference *f, double x, double *mean)
{
    double nearest = HUGE_VAL, d = 0.0;
    *mean = 0.0;
    for (const fk_moyal_bin *b = f->bin; b < f->bin + f->bins; b++) {
        *mean += fmax(b->diffusion[0], 0.0) / (double)f->bins;
        if (b->diffusion[0] > 0.0 && fabs(b->x[0] - x) < nearest) {
            nearest = fabs(b->x[0] - x);
            d = b->diffusion[0];
        }
    }
    return d;
}

/* Standard deviation of a step with diffusion d; no more than the data's own. */
static double spread(const fk_inference *f, double d, double dt)
{
    return d > 0.0 ? fmin(sqrt(2.0 * d * dt), f->s.sd[0]) : f->s.sd[0];
}

/* How finely and how far the density of a step is to be found: the model may have as much
 * noise as was measured here, or as much as on the whole; 160 nodes on either side have
 * to do. */
static void plan(const fk_inference *f, fk_pair *pair)
{
    double mean;
    const double here = spread(f, diffusion(f, pair->x0[0], &mean), pair->dt);
    const double usual = spread(f, mean, pair->dt);
    pair->reach = 9.0 * fmax(here, usual);
    pair->spread = fmax(fmin(here, usual), pair->reach / 20.0);
}

/* Steps as pairs, without gaps. */
static size_t list_pairs(fk_inference *f, fk_pair *pair)
{
    const fk_series *s = &f->s;
    size_t n = 0;
    for (size_t i = 0; i + 1 < s->n; i++) {
        const double dt = s->t[i + 1] - s->t[i];
        if (dt > f->o->gap)
            continue;
        pair[n] = (fk_pair){.t = s->t[i], .dt = dt};
        memcpy(pair[n].x0, &s->x[i * s->dim], s->dim * sizeof(double));
        memcpy(pair[n].x1, &s->x[(i + 1) * s->dim], s->dim * sizeof(double));
        if (s->dim == 1)
            plan(f, &pair[n]);
        n++;
    }
    f->gaps = s->n - 1 - n;
    return n;
}

static fk_status fit_pairs(fk_inference *f, size_t n, const fk_pair *pair,
                           const fk_progress *progress, fk_message *message)
{
    const double range = f->s.hi[0] - f->s.lo[0];
    fk_transition_options o = {
        .structure = 0.1 * range, .lo = f->s.lo[0], .hi = f->s.hi[0]};
    if (fk_sde_linear(f->model->sde)) /* Gaussian: a series has nothing to add */
        o.degree = 2;
    fk_transitions *t = NULL, *finer = NULL;
    fk_status status = fk_transitions_new(f->s.dim, n, pair, &o, &t);
    o.finer = true;
    if (status == FK_OK)
        status = fk_transitions_new(f->s.dim, n, pair, &o, &finer);
    if (status == FK_OK)
        status = fk_fit_run(f->model->sde, t, finer, progress, &f->fit, message);
    fk_transitions_free(t);
    fk_transitions_free(finer);
    return status;
}

static fk_status fit_model(fk_inference *f, fk_message *message)
{
    fk_terminal terminal = fk_terminal_make(f->o->quiet);
    const fk_progress progress = fk_terminal_progress(&terminal);
    fk_pair *pair = fk_alloc(f->s.n, sizeof *pair);
    if (pair == NULL)
        return FK_ENOMEM;
    const size_t n = list_pairs(f, pair);
    fk_status status =
        n < FK_SERIES_LEAST
            ? fk_fail(
                  message, FK_ESYNTAX,
                  "--gap=%g leaves %zu steps; at least %d are needed (the median step "
                  "is %g)",
                  f->o->gap, n, FK_SERIES_LEAST, f->s.mid)
            : FK_OK;
    fk_terminal_begin(&terminal, "maximum likelihood", NULL, 1.0);
    if (status == FK_OK)
        status = fit_pairs(f, n, pair, &progress, message);
    fk_terminal_end(&terminal);
    free(pair);
    return status;
}

/* ---- all of it ---- */

/* At least ten starts a bin; steps much longer than the usual one do not count. */
static fk_status measure_moyal(fk_inference *f)
{
    const fk_series *s = &f->s;
    const bool plane = s->dim == 2;
    const size_t most = plane ? FK_INFER_PLANE_BINS : FK_INFER_BINS;
    const size_t asked = f->o->bins > 0 ? f->o->bins : plane ? 4 : 12;
    const double full = (double)(s->n - 2) / 10.0;
    size_t n = asked < most ? asked : most;
    while (n > 1 && (double)(plane ? n * n : n) > full)
        n--;
    f->bins = plane ? n * n : n;
    return fk_kramers_moyal(s->dim, s->n, s->t, s->x, fmin(f->o->gap, 10.0 * s->mid),
                            (const size_t[]){n, n}, f->bin);
}

static fk_status write_summary(const fk_inference *f, fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/summary.json", f->folder.working);
    FILE *out = fopen(path, "w");
    if (out != NULL)
        fk_infer_json(f, out);
    return out != NULL && fclose(out) == 0
               ? FK_OK
               : fk_fail(message, FK_EIO, "cannot write %s", path);
}

static fk_status check_polynomial(const fk_inference *f, fk_message *message)
{
    if (f->s.dim == 2 && f->o->polynomial.degree > FK_INFER_PLANE_DEGREE)
        return fk_fail(message, FK_ESYNTAX,
                       "--degree=%d: with two variables at most %d",
                       f->o->polynomial.degree, FK_INFER_PLANE_DEGREE);
    if (f->s.dim == 2 && f->o->polynomial.noise_degree > 0)
        return fk_fail(
            message, FK_ESYNTAX,
            "--noise-degree=%d: with two variables the noise is constant unless "
            "a MODEL says more",
            f->o->polynomial.noise_degree);
    return FK_OK;
}

static fk_status fill_folder(fk_inference *f, fk_message *message)
{
    FK_TRY(check_polynomial(f, message));
    FK_TRY(measure_moyal(f));
    if (f->o->model == NULL)
        FK_TRY(write_polynomial(f, message));
    FK_TRY(load_model(f, f->o->n_settings, f->o->setting, message));
    FK_TRY(choose_parameters(f, message));
    FK_TRY(fit_model(f, message));
    FK_TRY(keep_values(f, message));
    if (f->o->plots)
        FK_TRY(fk_infer_draw(f, message));
    return write_summary(f, message);
}

/* out/STEM_model unless told otherwise. */
static fk_status open_folder(fk_inference *f, fk_message *message)
{
    char standard[1024];
    const char *slash = strrchr(f->o->data, '/');
    const char *stem = slash != NULL ? slash + 1 : f->o->data;
    snprintf(standard, sizeof standard, "out/%.*s_model", (int)strcspn(stem, "."),
             stem);
    return fk_result_folder_open(f->o->folder != NULL ? f->o->folder : standard,
                                 f->o->force, &f->folder, message);
}

fk_status fk_infer(fk_inference *f, fk_message *message)
{
    FK_TRY(fk_series_read(f->o->data, &f->o->series, &f->s, message));
    FK_TRY(open_folder(f, message));
    fk_status status = fill_folder(f, message);
    if (status == FK_OK)
        status = fk_result_folder_commit(&f->folder, message);
    if (status != FK_OK)
        fk_result_folder_discard(&f->folder);
    return status;
}

void fk_infer_clear(fk_inference *f)
{
    for (size_t k = 0; k < f->fit.n; k++)
        free(f->name[k]);
    fk_series_clear(&f->s);
    fk_problem_free(f->model);
}
