#include "experiments/infer_model.h"

#include <ctype.h>
#include <gsl/gsl_multifit.h>
#include <math.h>
#include <string.h>

#include "sde/cholesky.h"

enum { DIM = FK_SERIES_DIM, TERMS = 6 }; /* 1 + FK_INFER_DEGREE, and 1 + 2 + 3 */

static const char letter[DIM] = {'u', 'v'}, variable[DIM] = {'x', 'y'};

/* What the regression found: the drift's coefficients, the covariance of what is left per
 * unit of time, the polynomial of the noise squared. */
typedef struct guess {
    double centre[DIM], drift[DIM][TERMS], noise[DIM * DIM], square[TERMS];
    size_t terms;
    int power[TERMS][DIM]; /* of each term of the drift */
} guess;

/* ---- regression ---- */

static size_t list_terms(size_t dim, int degree, int power[TERMS][DIM])
{
    size_t n = 0;
    for (int d = 0; d <= degree; d++)
        for (int k = 0; k <= (dim == 2 ? d : 0); k++) {
            power[n][0] = d - k;
            power[n++][1] = k;
        }
    return n;
}

static double term(const fk_series *s, const guess *g, size_t i, size_t k)
{
    double value = 1.0;
    for (size_t p = 0; p < s->dim; p++)
        value *= pow(s->x[i * s->dim + p] - g->centre[p], g->power[k][p]);
    return value;
}

static double root_step(const fk_series *s, size_t i)
{
    return sqrt(s->t[i + 1] - s->t[i]);
}

/* Least squares of each y[k] on the terms, rows scaled by the root of the step or not. */
static fk_status regress(const fk_series *s, const guess *g, int scaled, size_t n_y,
                         gsl_vector *const *y, double (*c)[TERMS])
{
    const size_t n = s->n - 1;
    double rss;
    gsl_matrix *rows = gsl_matrix_alloc(n, g->terms);
    gsl_matrix *cov = gsl_matrix_alloc(g->terms, g->terms);
    gsl_vector *found = gsl_vector_alloc(g->terms);
    gsl_multifit_linear_workspace *work = gsl_multifit_linear_alloc(n, g->terms);
    const int ready = rows != NULL && cov != NULL && found != NULL && work != NULL;
    for (size_t i = 0; ready && i < n; i++)
        for (size_t k = 0; k < g->terms; k++)
            gsl_matrix_set(rows, i, k,
                           term(s, g, i, k) * (scaled ? root_step(s, i) : 1.0));
    for (size_t p = 0; ready && p < n_y; p++) {
        gsl_multifit_linear(rows, y[p], found, cov, &rss, work);
        for (size_t k = 0; k < g->terms; k++)
            c[p][k] = gsl_vector_get(found, k);
    }
    gsl_matrix_free(rows);
    gsl_matrix_free(cov);
    gsl_vector_free(found);
    gsl_multifit_linear_free(work);
    return ready ? FK_OK : FK_ENOMEM;
}

/* The increments over the root of their step, less those of the drift g. */
static void residuals(const fk_series *s, const guess *g, gsl_vector *const *y)
{
    for (size_t p = 0; p < s->dim; p++)
        for (size_t i = 0; i + 1 < s->n; i++) {
            const double root = root_step(s, i);
            double left = (s->x[(i + 1) * s->dim + p] - s->x[i * s->dim + p]) / root;
            for (size_t k = 0; k < g->terms; k++)
                left -= g->drift[p][k] * term(s, g, i, k) * root;
            gsl_vector_set(y[p], i, left);
        }
}

/* Mean products of the residuals; their determinant. */
static double covariance(const fk_series *s, gsl_vector *const *y, double *cov)
{
    for (size_t p = 0; p < s->dim * s->dim; p++) {
        cov[p] = 0.0;
        for (size_t i = 0; i + 1 < s->n; i++)
            cov[p] += gsl_vector_get(y[p / s->dim], i) *
                      gsl_vector_get(y[p % s->dim], i) / ((double)s->n - 1.0);
    }
    return s->dim == 1 ? cov[0] : cov[0] * cov[3] - cov[1] * cov[2];
}

/* The drift of the degree asked for, or of the least BIC; y keeps its residuals. */
static fk_status fit_drift(const fk_series *s, fk_infer_model *m, gsl_vector *const *y,
                           guess *g)
{
    const int most = s->dim == 1 ? FK_INFER_DEGREE : FK_INFER_PLANE_DEGREE;
    const int first = m->degree < 0 ? 0 : m->degree;
    const int last = m->degree < 0 ? most : m->degree;
    const double n = (double)s->n - 1.0;
    double best = HUGE_VAL;
    guess trial = *g;
    for (int degree = first; degree <= last; degree++) {
        memset(trial.drift, 0, sizeof trial.drift);
        trial.terms = list_terms(s->dim, degree, trial.power);
        residuals(s, &trial, y);
        FK_TRY(regress(s, &trial, 1, s->dim, y, trial.drift));
        residuals(s, &trial, y);
        const double bic = n * log(covariance(s, y, trial.noise)) +
                           (double)(s->dim * trial.terms) * log(n);
        if (bic >= best)
            continue;
        best = bic;
        m->degree = degree;
        *g = trial;
    }
    residuals(s, g, y);
    return isfinite(best) ? FK_OK : FK_EDOMAIN;
}

/* The noise squared as a polynomial; one that is not positive on the data becomes a
 * constant to begin with. */
static fk_status fit_noise(const fk_series *s, const fk_infer_model *m,
                           gsl_vector *const *y, guess *g)
{
    guess square = *g;
    double least = HUGE_VAL;
    square.terms = list_terms(1, m->noise_degree, square.power);
    for (size_t i = 0; i + 1 < s->n; i++)
        gsl_vector_set(y[0], i, pow(gsl_vector_get(y[0], i), 2.0));
    FK_TRY(regress(s, &square, 0, 1, y, &g->square));
    for (size_t i = 0; i < s->n; i++) {
        double value = 0.0;
        for (size_t k = 0; k < square.terms; k++)
            value += g->square[k] * term(s, &square, i, k);
        least = fmin(least, value);
    }
    if (least <= 0.05 * g->noise[0]) {
        memset(g->square, 0, sizeof g->square);
        g->square[0] = g->noise[0];
    }
    return FK_OK;
}

static fk_status find_guess(const fk_series *s, fk_infer_model *m, guess *g)
{
    gsl_vector *y[DIM] = {gsl_vector_alloc(s->n - 1), gsl_vector_alloc(s->n - 1)};
    *g = (guess){.terms = 0};
    for (size_t p = 0; p < s->dim; p++)
        g->centre[p] = fabs(s->mean[p]) > 0.5 * s->sd[p] ? s->mean[p] : 0.0;
    fk_status status = y[0] != NULL && y[1] != NULL ? FK_OK : FK_ENOMEM;
    if (status == FK_OK)
        status = fit_drift(s, m, y, g);
    if (status == FK_OK && m->noise_degree > 0)
        status = fit_noise(s, m, y, g);
    gsl_vector_free(y[0]);
    gsl_vector_free(y[1]);
    return status;
}

/* ---- the problem file ---- */

static void write_head(const fk_series *s, const char *path, const guess *g, FILE *out)
{
    const char *slash = strrchr(path, '/'), *stem = slash != NULL ? slash + 1 : path;
    fputs("name: ", out);
    for (int i = 0; i < 48 && stem[i] != '\0' && stem[i] != '.'; i++)
        fputc(isalnum((unsigned char)stem[i]) || stem[i] == '-' ? stem[i] : '_', out);
    fprintf(out,
            "_model\n"
            "about: >\n  Polynomial drift fitted to a measured series of %zu points by "
            "maximum likelihood.\n"
            "variables: %s\n",
            s->n, s->dim == 1 ? "[x]" : "[x, y]");
    fputs("define:            # from the mean of the data\n", out);
    for (size_t p = 0; p < s->dim; p++)
        fprintf(out, "  %c: %c - (%.6g)\n", letter[p], variable[p], g->centre[p]);
}

/* "a2", "b11" */
static void write_name(size_t dim, char first, const int *power, FILE *out)
{
    fprintf(out, "%c%d", first, power[0]);
    if (dim == 2)
        fprintf(out, "%d", power[1]);
}

/* a0 + a1*u + ... */
static void write_polynomial(size_t dim, char first, size_t terms, int (*power)[DIM],
                             FILE *out)
{
    for (size_t k = 0; k < terms; k++) {
        fputs(k > 0 ? " + " : "", out);
        write_name(dim, first, power[k], out);
        for (size_t p = 0; p < dim; p++)
            if (power[k][p] == 1)
                fprintf(out, "*%c", letter[p]);
            else if (power[k][p] > 1)
                fprintf(out, "*%c^%d", letter[p], power[k][p]);
    }
}

static void write_values(size_t dim, char first, size_t terms, int (*power)[DIM],
                         const double *value, FILE *out)
{
    for (size_t k = 0; k < terms; k++) {
        fputs("  ", out);
        write_name(dim, first, power[k], out);
        fprintf(out, ": %.6g\n", value[k]);
    }
}

static void write_line(const fk_infer_model *m, guess *g, FILE *out)
{
    int power[TERMS][DIM];
    const size_t terms = list_terms(1, m->noise_degree, power);
    fputs("parameters:\n", out);
    write_values(1, 'a', g->terms, g->power, g->drift[0], out);
    if (m->noise_degree > 0)
        write_values(1, 's', terms, power, g->square, out);
    else
        fprintf(out, "  sigma: %.6g\n", sqrt(g->noise[0]));
    fputs("drift: ", out);
    write_polynomial(1, 'a', g->terms, g->power, out);
    if (m->noise_degree > 0) {
        fputs("\nnoise: sqrt(", out);
        write_polynomial(1, 's', terms, power, out);
        fputs(")\n", out);
    } else {
        fputs("\nnoise: sigma\n", out);
    }
}

static void write_plane(guess *g, FILE *out)
{
    double l[DIM * DIM];
    fk_cholesky(DIM, g->noise, l);
    fputs("parameters:\n", out);
    write_values(2, 'a', g->terms, g->power, g->drift[0], out);
    write_values(2, 'b', g->terms, g->power, g->drift[1], out);
    fprintf(out, "  s11: %.6g\n  s21: %.6g\n  s22: %.6g\ndrift:\n  - ", l[0], l[2],
            l[3]);
    write_polynomial(2, 'a', g->terms, g->power, out);
    fputs("\n  - ", out);
    write_polynomial(2, 'b', g->terms, g->power, out);
    fputs("\nnoise:\n  - [s11, 0]\n  - [s21, s22]\n", out);
}

/* Cells in proportion to the noise, so that a correlated one can be split on them. */
static void write_domain(const fk_series *s, const guess *g, FILE *out)
{
    double cells[DIM] = {400.0, 0.0};
    if (s->dim == 2) {
        const double width = (s->hi[0] - s->lo[0]) / sqrt(g->noise[0]);
        const double height = (s->hi[1] - s->lo[1]) / sqrt(g->noise[3]);
        cells[0] = fmin(fmax(120.0 * sqrt(width / height), 40.0), 360.0);
        cells[1] = cells[0] * height / width;
    }
    fputs("domain:\n", out);
    for (size_t p = 0; p < s->dim; p++) {
        const double range = s->hi[p] - s->lo[p];
        fprintf(out,
                "  %c: {from: %.6g, to: %.6g, cells: %.0f, boundary: reflecting}\n",
                variable[p], s->lo[p] - 0.3 * range, s->hi[p] + 0.3 * range,
                fmax(cells[p], 1.0));
    }
}

/* As long as diffusion across the data takes, from the last point. */
static void write_rest(const fk_series *s, const guess *g, FILE *out)
{
    const double span = s->t[s->n - 1] - s->t[0];
    double end = span;
    for (size_t p = 0; p < s->dim; p++)
        end = fmin(end, 4.0 * s->sd[p] * s->sd[p] / g->noise[p * (s->dim + 1)]);
    fprintf(out, "time: {end: %.3g, output: [%.3g, %.3g]}\n", end, 0.1 * end, end);
    write_domain(s, g, out);
    fputs("initial:             # the last point\n  gaussian: {mean: [", out);
    for (size_t p = 0; p < s->dim; p++)
        fprintf(out, "%s%.6g", p > 0 ? ", " : "", s->x[(s->n - 1) * s->dim + p]);
    fputs("], sd: [", out);
    for (size_t p = 0; p < s->dim; p++)
        fprintf(out, "%s%.3g", p > 0 ? ", " : "",
                (s->hi[p] - s->lo[p]) / (s->dim == 1 ? 40.0 : 20.0));
    if (s->dim == 1)
        fprintf(out,
                "]}\n"
                "particles: {count: 1e6, step: %.3g, halving: 1}\n"
                "compare: {tolerance: 0.05}\n",
                end / 2000.0);
    else
        fprintf(out,
                "]}\n"
                "particles: {count: 2e5, step: %.3g, halving: 0.5}\n"
                "pde: {tolerance: 1e-3}\n"
                "compare: {tolerance: 0.1}\n",
                end / 500.0);
}

fk_status fk_infer_model_write(const fk_series *s, const char *path, fk_infer_model *m,
                               FILE *out)
{
    guess g;
    FK_TRY(find_guess(s, m, &g));
    write_head(s, path, &g, out);
    if (s->dim == 1)
        write_line(m, &g, out);
    else
        write_plane(&g, out);
    write_rest(s, &g, out);
    return FK_OK;
}
