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

static const char *with_error(char text[32], fk_weighted_mean m)
{
    if (isfinite(m.value))
        snprintf(text, 32, "%9.5f +- %.5f", m.value, m.error);
    else
        snprintf(text, 32, "%9s", "-");
    return text;
}

static const char *alone(char text[32], double x)
{
    if (isfinite(x))
        snprintf(text, 32, "%.5f", x);
    else
        snprintf(text, 32, "-");
    return text;
}

static void print_number(const fk_compose_number *n)
{
    char plain[32], found[32], equation[32];
    printf("%-18s %9.5f   %-20s %9s   %-20s   %8.5f\n", n->name, n->exact,
           with_error(plain, n->plain), alone(equation, n->equation),
           with_error(found, n->found), n->step);
}

static void print_row(const char *name, double plain, double equation, double found)
{
    char text[32];
    printf("%-18s %9s   %9.5f %10s %9s   %9.5f\n", name, "", plain, "",
           alone(text, equation), found);
}

static void print_distances(const fk_compose *c)
{
    const bool solved = c->equation != NULL;
    print_row("L1 distance", c->plain_cells.l1, solved ? c->equation_l1 : (double)NAN,
              c->found_cells.l1);
    print_row("  chance or grid", c->plain_cells.chance,
              solved ? c->equation_error : (double)NAN, c->found_cells.chance);
}

void fk_compose_print(const fk_compose *c)
{
    printf("%s: %s, q = %s with w = %g\n", c->problem->name, c->rule->name,
           c->rule->formula, c->number);
    printf("%s in %zu steps (%s) from t = %g to t = %g, %zu groups of %zu paths\n\n",
           c->sampler->name, c->problem->sampler.steps, c->plan.times->name,
           c->plan.last, c->plan.first, c->found.groups, c->count);
    printf("%-18s %9s   %-20s %9s   %-20s %9s\n", "", "exact", "without weights",
           "equation", "with weights", "steps");
    for (size_t k = 0; k < c->n_numbers; k++)
        print_number(&c->numbers[k]);
    print_distances(c);
    printf("\n`equation`: without weights, by the sampler's own Fokker-Planck "
           "equation; `steps`: "
           "what steps\nof twice the length change.  Effective share of the "
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
        fk_json_number(&j, "equation", n->equation);
        json_mean(&j, "without_weights", n->plain);
        json_mean(&j, "with_weights", n->found);
        fk_json_number(&j, "steps", n->step);
        fk_json_end(&j);
    }
    fk_json_end(&j);
    json_cells(&j, "without_weights", &c->plain_cells);
    json_cells(&j, "with_weights", &c->found_cells);
    fk_json_number(&j, "equation_l1",
                   c->equation != NULL ? c->equation_l1 : (double)NAN);
    fk_json_number(&j, "equation_grid_error",
                   c->equation != NULL ? c->equation_error : (double)NAN);
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
    fk_curve curve[4] = {
        {.name = "composition", .y = c->target},
        {.name = "sampled without weights", .y = plain, .pen = FK_PEN_RINGS},
        {.name = "sampled with weights", .y = found, .pen = FK_PEN_POINTS},
        {.name = "without weights, by the equation",
         .y = c->equation,
         .pen = FK_PEN_DASHES},
    };
    const size_t n = c->equation != NULL ? 4 : 3;
    for (size_t k = 0; k < n; k++) {
        curve[k].n = a->cells;
        curve[k].x = x;
        curve[k].density = true;
    }
    const double *const bars[] = {NULL, NULL, error, NULL};
    const fk_label x_label = fk_label_axis(c->problem, 0),
                   y_label = fk_label_density(c->problem, 1, (const size_t[]){0});
    char title[128];
    fk_gallery_curves(gallery, &(fk_curves){.name = "composition",
                                            .title = title_of(c, title),
                                            .axis = a,
                                            .x_label = x_label.text,
                                            .y_label = y_label.text,
                                            .from_zero = true,
                                            .n = n,
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
