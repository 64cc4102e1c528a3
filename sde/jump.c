#include "sde/jump.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

/* ---- laws of marks ---- */

static double points(const fk_mark *m, double u)
{
    double below = 0.0;
    for (size_t k = 0; k + 1 < m->n_points; k++)
        if (u < (below += m->weight[k]))
            return m->point[k];
    return m->n_points > 0 ? m->point[m->n_points - 1] : 0.0;
}

static double gaussian(const fk_mark *m, double u)
{
    return m->parameter[0] + m->parameter[1] * gsl_cdf_ugaussian_Pinv(u);
}

static double exponential(const fk_mark *m, double u)
{
    return -m->parameter[0] * log1p(-u);
}

static double laplace(const fk_mark *m, double u)
{
    const double side = u < 0.5 ? log(2.0 * u) : -log(2.0 * (1.0 - u));
    return m->parameter[0] + m->parameter[1] * side;
}

static double uniform(const fk_mark *m, double u)
{
    return m->parameter[0] + (m->parameter[1] - m->parameter[0]) * u;
}

static const fk_mark_law law_points = {"points", {NULL, NULL}, points};
static const fk_mark_law law_gaussian = {"gaussian", {"mean", "sd"}, gaussian};
static const fk_mark_law law_exponential = {"exponential", {"mean", NULL}, exponential};
static const fk_mark_law law_laplace = {"laplace", {"mean", "scale"}, laplace};
static const fk_mark_law law_uniform = {"uniform", {"from", "to"}, uniform};

const fk_mark_law *const fk_mark_laws[] = {
    &law_points, &law_gaussian, &law_exponential, &law_laplace, &law_uniform, NULL,
};

const fk_mark_law *fk_mark_law_find(const char *name)
{
    for (const fk_mark_law *const *law = fk_mark_laws; *law != NULL; law++)
        if (strcmp((*law)->name, name) == 0)
            return *law;
    return NULL;
}

fk_mark fk_mark_none(void)
{
    return (fk_mark){.law = &law_points};
}

const char *fk_mark_fault(const fk_mark *m)
{
    const double a = m->parameter[0], b = m->parameter[1];
    if (m->law == &law_gaussian && !(b >= 0.0))
        return "'sd' must be >= 0";
    if (m->law == &law_exponential && !(a > 0.0))
        return "'mean' must be > 0";
    if (m->law == &law_laplace && !(b > 0.0))
        return "'scale' must be > 0";
    if (m->law == &law_uniform && !(a < b))
        return "'to' must be greater than 'from'";
    return NULL;
}

double fk_mark_mean(const fk_mark *m)
{
    if (m->law == &law_uniform)
        return 0.5 * (m->parameter[0] + m->parameter[1]);
    double mean = m->parameter[0];
    for (size_t k = 0; k < m->n_points; k++)
        mean += m->weight[k] * m->point[k];
    return mean;
}

static void print_points(const fk_mark *m, FILE *out)
{
    for (size_t k = 0; k < m->n_points; k++)
        fprintf(out, "%s%.6g", k > 0 ? " or " : "", m->point[k]);
    for (size_t k = 0; m->n_points > 1 && k < m->n_points; k++)
        fprintf(out, "%s%.6g", k > 0 ? ", " : " with chances ", m->weight[k]);
}

char *fk_mark_text(const fk_mark *m)
{
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out == NULL)
        return NULL;
    if (m->law == &law_points)
        print_points(m, out);
    else
        fputs(m->law->name, out);
    for (size_t i = 0; i < FK_MARK_PARAMETERS && m->law->parameter[i] != NULL; i++)
        fprintf(out, ", %s %.6g", m->law->parameter[i], m->parameter[i]);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

/* ---- copies ---- */

static const fk_expr **copy_expressions(size_t n, const fk_expr *const *from)
{
    const fk_expr **to = calloc(n, sizeof *to);
    if (to != NULL)
        memcpy(to, from, n * sizeof *to);
    return to;
}

static double *copy_numbers(size_t n, const double *from)
{
    double *to = fk_doubles(n);
    if (to != NULL && n > 0)
        memcpy(to, from, n * sizeof *to);
    return to;
}

fk_status fk_jump_copy(size_t dim, const fk_jump *from, fk_jump *to)
{
    *to = *from;
    to->law.point = copy_numbers(from->law.n_points, from->law.point);
    to->law.weight = copy_numbers(from->law.n_points, from->law.weight);
    to->to = copy_expressions(dim, from->to);
    if (to->law.point != NULL && to->law.weight != NULL && to->to != NULL)
        return FK_OK;
    fk_jump_clear(to);
    return FK_ENOMEM;
}

fk_status fk_stable_copy(size_t dim, const fk_stable *from, fk_stable *to)
{
    *to = *from;
    to->scale = copy_expressions(dim, from->scale);
    if (to->scale != NULL)
        return FK_OK;
    fk_stable_clear(to);
    return FK_ENOMEM;
}

void fk_jump_clear(fk_jump *j)
{
    free(j->law.point);
    free(j->law.weight);
    free(j->to);
    *j = (fk_jump){.rate = NULL};
}

void fk_stable_clear(fk_stable *s)
{
    free(s->scale);
    *s = (fk_stable){.alpha = 0.0};
}
