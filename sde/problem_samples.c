/* Data as the initial law: the points themselves, or a Gaussian around each. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/csv.h"
#include "core/memory.h"
#include "sde/problem_reader.h"

/* What was done with the data. */
typedef struct treatment {
    const fk_yaml *node;
    bool standardize, smooth, silverman;
    double mean[FK_PROBLEM_DIM], sd[FK_PROBLEM_DIM]; /* of the columns as read */
    double bandwidth[FK_PROBLEM_DIM];
} treatment;

/* ---- reading ---- */

/* Relative paths in the problem file are relative to it. */
static char *beside(const char *problem, const char *file)
{
    const char *slash = strrchr(problem, '/');
    char *path;
    if (file[0] == '/' || slash == NULL)
        return strdup(file);
    const int n = asprintf(&path, "%.*s/%s", (int)(slash - problem), problem, file);
    return n < 0 ? NULL : path;
}

static fk_status column_names(const fk_problem_reader *r, const fk_yaml *list,
                              const char **column)
{
    for (size_t i = 0; i < r->dim; i++)
        column[i] = r->name[i].name;
    if (list == NULL)
        return FK_OK;
    if (list->kind == FK_YAML_TEXT && r->dim == 1) {
        column[0] = list->text;
        return fk_read_word(r, list);
    }
    if (list->kind != FK_YAML_LIST)
        return fk_read_refuse(r, list);
    FK_TRY(fk_read_length(r, list, r->dim));
    for (size_t i = 0; i < r->dim; i++) {
        FK_TRY(fk_read_word(r, list->entry[i]));
        column[i] = list->entry[i]->text;
    }
    return FK_OK;
}

static fk_status read_data(const fk_problem_reader *r, const fk_yaml *node,
                           fk_csv **csv)
{
    const char *column[FK_PROBLEM_DIM];
    const fk_yaml *file = fk_yaml_get(node, "file");
    fk_message reason = {""};
    if (file == NULL)
        return fk_read_missing(r, node, "file");
    FK_TRY(fk_read_word(r, file));
    FK_TRY(column_names(r, fk_yaml_get(node, "columns"), column));
    r->problem->data_path = beside(r->path, file->text);
    if (r->problem->data_path == NULL)
        return FK_ENOMEM;
    const fk_status status =
        fk_csv_read(r->problem->data_path, file->text, r->dim, column, csv, &reason);
    if (reason.text[0] != '\0')
        fk_yaml_fail(file, r->message, "%s", reason.text);
    return status;
}

/* ---- treating ---- */

/* mean_i = sum x_i / n,  sd_i^2 = sum (x_i - mean_i)^2 / (n - 1) */
static void measure(const fk_csv *csv, treatment *t)
{
    const size_t d = csv->columns;
    const double n = (double)csv->rows;
    for (size_t i = 0; i < d; i++) {
        double sum = 0.0, squares = 0.0;
        for (size_t k = 0; k < csv->rows; k++)
            sum += csv->value[k * d + i] / n;
        for (size_t k = 0; k < csv->rows; k++) {
            const double x = csv->value[k * d + i] - sum;
            squares += x * x;
        }
        t->mean[i] = sum;
        t->sd[i] = csv->rows > 1 ? sqrt(squares / (n - 1.0)) : 0.0;
    }
}

static fk_status standardize(const fk_problem_reader *r, fk_csv *csv,
                             const treatment *t)
{
    const size_t d = csv->columns;
    for (size_t i = 0; i < d; i++) {
        if (!(t->sd[i] > 0.0) || !isfinite(t->sd[i]))
            return fk_yaml_fail(fk_yaml_get(t->node, "standardize"), r->message,
                                "the standard deviation of '%s' is %g", r->name[i].name,
                                t->sd[i]);
        for (size_t k = 0; k < csv->rows; k++)
            csv->value[k * d + i] = (csv->value[k * d + i] - t->mean[i]) / t->sd[i];
    }
    return FK_OK;
}

/* Number, list or Silverman's rule h_i = sd_i (4 / ((d + 2) n))^(1 / (d + 4)), which is
 * best for Gaussian data [silverman-1986, section 4.3.2]. */
static fk_status read_bandwidth(const fk_problem_reader *r, const fk_csv *csv,
                                treatment *t)
{
    const fk_yaml *node = fk_yaml_get(t->node, "bandwidth");
    const double n = (double)csv->rows, d = (double)r->dim;
    t->smooth = node != NULL;
    if (node == NULL)
        return FK_OK;
    t->silverman = node->kind == FK_YAML_TEXT && strcmp(node->text, "silverman") == 0;
    if (!t->silverman)
        FK_TRY(fk_read_spread(r, node, t->bandwidth));
    for (size_t i = 0; i < r->dim; i++) {
        if (t->silverman)
            t->bandwidth[i] = (t->standardize ? 1.0 : t->sd[i]) *
                              pow(4.0 / ((d + 2.0) * n), 1.0 / (d + 4.0));
        if (!(t->bandwidth[i] > 0.0) || t->bandwidth[i] > 1e75)
            return t->silverman
                       ? fk_yaml_fail(node, r->message,
                                      "all values of '%s' are the same: give a "
                                      "number",
                                      r->name[i].name)
                       : fk_read_refuse(r, node);
    }
    return FK_OK;
}

static fk_status read_treatment(const fk_problem_reader *r, fk_csv *csv, treatment *t)
{
    const fk_yaml *node = fk_yaml_get(t->node, "standardize");
    if (node != NULL && !fk_yaml_switch(node, &t->standardize))
        return fk_read_refuse(r, node);
    measure(csv, t);
    FK_TRY(read_bandwidth(r, csv, t));
    return t->standardize ? standardize(r, csv, t) : FK_OK;
}

/* Every point in the domain, or the line of the first one that is not. */
static fk_status check_points(const fk_problem_reader *r, const fk_csv *csv,
                              const treatment *t)
{
    const fk_grid grid = fk_read_grid(r);
    for (size_t k = 0; r->problem->has_domain && k < csv->rows; k++) {
        size_t cell;
        if (!fk_grid_find(&grid, &csv->value[k * r->dim], &cell))
            return fk_yaml_fail(t->node, r->message,
                                "the point of line %zu of %s lies outside the domain%s",
                                csv->line[k], fk_yaml_get(t->node, "file")->text,
                                t->standardize ? " (after standardising)" : "");
    }
    return FK_OK;
}

/* ---- the law ---- */

/* p(x) = 1/n sum_k N(x; x_k, diag(bandwidth^2)) */
static fk_status kernel_mixture(const fk_problem_reader *r, const fk_csv *csv,
                                const treatment *t)
{
    const size_t d = r->dim;
    fk_mixture *m;
    FK_TRY(fk_mixture_new(d, csv->rows, &m));
    memcpy(m->mean, csv->value, csv->rows * d * sizeof *m->mean);
    for (size_t k = 0; k < csv->rows; k++) {
        m->weight[k] = 1.0 / (double)csv->rows;
        for (size_t i = 0; i < d; i++)
            m->cov[k * d * d + i * d + i] = t->bandwidth[i] * t->bandwidth[i];
    }
    fk_status status = fk_read_inside(r, t->node, m);
    if (status == FK_OK)
        status = fk_law_mixture_new(m, &r->problem->initial);
    fk_mixture_free(m);
    return status;
}

static void list(size_t n, const double *x, char *text, size_t size)
{
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%.4g", i > 0 ? ", " : "", x[i]);
    }
}

/* "272 points of x.csv, standardised (...), each a Gaussian of standard deviation h" */
static fk_status describe(const fk_problem_reader *r, const fk_csv *csv,
                          const treatment *t)
{
    char mean[400], sd[400], width[400], scaled[900] = "", kernel[600] = "";
    list(r->dim, t->mean, mean, sizeof mean);
    list(r->dim, t->sd, sd, sizeof sd);
    list(r->dim, t->bandwidth, width, sizeof width);
    if (t->standardize)
        snprintf(scaled, sizeof scaled,
                 ", standardised (mean %s; standard deviation %s)", mean, sd);
    if (t->smooth)
        snprintf(kernel, sizeof kernel, ", each a Gaussian of standard deviation %s%s",
                 width, t->silverman ? " (Silverman's rule)" : "");
    const int n = asprintf(&r->problem->initial_text, "%zu points of %s%s%s", csv->rows,
                           fk_yaml_get(t->node, "file")->text, scaled, kernel);
    if (n >= 0)
        return FK_OK;
    r->problem->initial_text = NULL;
    return FK_ENOMEM;
}

static fk_status make_law(const fk_problem_reader *r, fk_csv *csv, treatment *t)
{
    FK_TRY(read_treatment(r, csv, t));
    FK_TRY(check_points(r, csv, t));
    if (t->smooth)
        FK_TRY(kernel_mixture(r, csv, t));
    else
        FK_TRY(fk_law_points_new(r->dim, csv->rows, csv->value, &r->problem->initial));
    return describe(r, csv, t);
}

fk_status fk_read_samples(fk_problem_reader *r, const fk_yaml *node)
{
    fk_csv *csv;
    treatment t = {.node = node};
    FK_TRY(fk_read_map(r, node));
    FK_TRY(read_data(r, node, &csv));
    const fk_status status = make_law(r, csv, &t);
    fk_csv_free(csv);
    return status;
}
