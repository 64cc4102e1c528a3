#include <math.h>
#include <stdlib.h>

#include "core/json.h"
#include "core/memory.h"
#include "experiments/analysis.h"
#include "experiments/compose.h"
#include "plots/gallery.h"
#include "plots/label.h"

static const char *const word_name[] = {[FK_AGREE] = "agree",
                                        [FK_DISAGREE] = "disagree",
                                        [FK_INCONCLUSIVE] = "inconclusive"};

static double least_share(const fk_weighted_result *r)
{
    double least = 1.0;
    for (size_t k = 0; k < r->n_times; k++)
        least = fmin(least, r->share[k]);
    return least;
}

/* ---- for people ---- */

static void print_number(const fk_compose_number *n)
{
    char plain[48] = "-";
    if (isfinite(n->plain.value))
        snprintf(plain, sizeof plain, "%9.5f +- %.5f", n->plain.value, n->plain.error);
    printf("%-18s %9.5f   %-20s   %9.5f +- %.5f   %8.5f\n", n->name, n->exact, plain,
           n->found.value, n->found.error, n->step);
}

void fk_compose_print(const fk_compose *c)
{
    printf("%s: %s, q = %s with w = %g\n", c->problem->name, c->rule->name,
           c->rule->formula, c->number);
    printf("%s in %zu steps (%s) from t = %g to t = %g, %zu groups of %zu paths\n\n",
           c->sampler->name, c->problem->sampler.steps, c->plan.times->name,
           c->plan.last, c->plan.first, c->found.groups, c->count);
    printf("%-18s %9s   %-20s   %-20s   %8s\n", "", "exact", "without weights",
           "with weights", "steps");
    for (size_t k = 0; k < c->n_numbers; k++)
        print_number(&c->numbers[k]);
    printf("%-18s %9s   %9.5f, chance %.5f  %9.5f, chance %.5f\n", "L1 distance", "",
           c->plain_cells.l1, c->plain_cells.chance, c->found_cells.l1,
           c->found_cells.chance);
    printf("\n`steps`: what steps of twice the length change.  Effective share of the "
           "paths at least\n%.2f, %.1f resamplings a group, effective share of the "
           "groups %.2f.\n\n%s: %s\n",
           least_share(&c->found), c->found.resamplings, c->found.groups_share,
           word_name[c->word], c->sentence);
}

/* ---- for programs ---- */

static void json_mean(fk_json *j, const char *key, fk_weighted_mean m)
{
    fk_json_object(j, key);
    fk_json_number(j, "value", m.value);
    fk_json_number(j, "standard_error", m.error);
    fk_json_end(j);
}

static void json_cells(fk_json *j, const char *key, const fk_compose_cells *cells)
{
    fk_json_object(j, key);
    fk_json_number(j, "l1", cells->l1);
    fk_json_number(j, "chance", cells->chance);
    fk_json_end(j);
}

void fk_compose_json(const fk_compose *c, FILE *out)
{
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_text(&j, "problem", c->problem->name);
    fk_json_text(&j, "rule", c->rule->name);
    fk_json_number(&j, "w", c->number);
    fk_json_numbers(&j, "weights", c->n, c->weight);
    fk_json_text(&j, "verdict", word_name[c->word]);
    fk_json_text(&j, "sentence", c->sentence);
    fk_json_array(&j, "numbers");
    for (size_t k = 0; k < c->n_numbers; k++) {
        const fk_compose_number *n = &c->numbers[k];
        fk_json_object(&j, NULL);
        fk_json_text(&j, "name", n->name);
        fk_json_number(&j, "exact", n->exact);
        json_mean(&j, "without_weights", n->plain);
        json_mean(&j, "with_weights", n->found);
        fk_json_number(&j, "steps", n->step);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    json_cells(&j, "without_weights", &c->plain_cells);
    json_cells(&j, "with_weights", &c->found_cells);
    fk_json_number(&j, "least_effective_share", least_share(&c->found));
    fk_json_number(&j, "resamplings", c->found.resamplings);
    fk_json_number(&j, "effective_share_of_groups", c->found.groups_share);
    fk_json_numbers(&j, "time", c->found.n_times, c->found.time);
    fk_json_numbers(&j, "effective_share", c->found.n_times, c->found.share);
    fk_json_end(&j);
    fputc('\n', out);
}

/* ---- pictures ---- */

/* Masses per volume, in place. */
static double *densities(const fk_compose *c, const double *mass)
{
    const fk_grid *g = &c->problem->domain.grid;
    const size_t cells = fk_grid_cells(g);
    double *p = fk_doubles(cells);
    for (size_t k = 0; p != NULL && k < cells; k++)
        p[k] = mass[k] / fk_grid_volume(g);
    return p;
}

static const char *title_of(const fk_compose *c, char title[128])
{
    snprintf(title, 128, "%s, w = %g: what %s makes of the score, t = %g",
             c->rule->name, c->number, c->sampler->name, c->plan.first);
    return title;
}

static void draw_line(const fk_compose *c, fk_gallery *gallery, const double *plain,
                      const double *found, const double *error)
{
    const fk_axis *a = &c->problem->domain.grid.axis[0];
    double *x = fk_analysis_centres(&c->problem->domain.grid);
    if (x == NULL)
        return;
    const fk_curve curve[] = {
        {.name = "composition", .n = a->cells, .x = x, .y = c->target, .density = true},
        {.name = "sampled without weights",
         .n = a->cells,
         .x = x,
         .y = plain,
         .pen = FK_PEN_DASHES,
         .density = true},
        {.name = "sampled with weights",
         .n = a->cells,
         .x = x,
         .y = found,
         .pen = FK_PEN_POINTS,
         .density = true},
    };
    const double *const bars[] = {NULL, NULL, error};
    const fk_label x_label = fk_label_axis(c->problem, 0),
                   y_label = fk_label_density(c->problem, 1, (const size_t[]){0});
    char title[128];
    fk_gallery_curves(gallery, &(fk_curves){.name = "composition",
                                            .title = title_of(c, title),
                                            .axis = a,
                                            .x_label = x_label.text,
                                            .y_label = y_label.text,
                                            .from_zero = true,
                                            .n = 3,
                                            .curve = curve,
                                            .error = bars});
    free(x);
}

static void draw_plane(const fk_compose *c, fk_gallery *gallery, const double *plain,
                       const double *found)
{
    const fk_map map[] = {
        {.label = "composition", .field = c->target, .density = true},
        {.label = "without weights", .field = plain, .density = true},
        {.label = "with weights", .field = found, .density = true},
    };
    char title[128];
    fk_gallery_maps(gallery, &(fk_maps){.name = "composition",
                                        .title = title_of(c, title),
                                        .grid = &c->problem->domain.grid,
                                        .n = 3,
                                        .map = map});
}

static void draw_share(const fk_compose *c, fk_gallery *gallery)
{
    const fk_curve curve = {
        .name = NULL, .n = c->found.n_times, .x = c->found.time, .y = c->found.share};
    const fk_label x_label = fk_label_time_axis(c->problem);
    fk_gallery_curves(
        gallery,
        &(fk_curves){.name = "effective_share",
                     .title =
                         "how many paths count on the way back, from right to left",
                     .x_label = x_label.text,
                     .y_label = "effective share of the paths of a group",
                     .from_zero = true,
                     .log_x = true,
                     .n = 1,
                     .curve = &curve});
}

fk_status fk_compose_draw(const fk_compose *c, const char *dir, fk_message *message)
{
    char plots[1200];
    fk_gallery *gallery = NULL;
    snprintf(plots, sizeof plots, "%s/plots", dir);
    FK_TRY(fk_gallery_open(plots, c->problem, &gallery, message));
    double *plain = densities(c, c->plain_cells.mass),
           *found = densities(c, c->found_cells.mass),
           *error = densities(c, c->found_cells.error);
    const bool there = plain != NULL && found != NULL && error != NULL;
    if (there && c->problem->sde->dim == 1)
        draw_line(c, gallery, plain, found, error);
    else if (there)
        draw_plane(c, gallery, plain, found);
    draw_share(c, gallery);
    free(plain);
    free(found);
    free(error);
    return fk_gallery_close(gallery, &c->progress, message);
}
