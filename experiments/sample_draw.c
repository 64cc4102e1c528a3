/* The pictures of `fokker sample`: densities beside the one to be found, and single
 * samples on their way. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/memory.h"
#include "experiments/sample.h"
#include "plots/gallery.h"
#include "plots/label.h"

enum { SHOWN = 5, DRAWN = FK_GALLERY_CURVES };

static size_t shown(const fk_sample_run *r)
{
    return r->n < SHOWN ? r->n : SHOWN;
}

/* ---- densities ---- */

static fk_status draw_line(const fk_sample_run *r, fk_gallery *g)
{
    const fk_sample_view *v = &r->view[0];
    const fk_axis *axis = &v->domain.grid.axis[0];
    const size_t n = axis->cells, drawn = shown(r);
    fk_curve curve[SHOWN + 1];
    double *x = fk_doubles(n);
    if (x == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < n; i++)
        x[i] = fk_axis_centre(axis, i);
    curve[0] = (fk_curve){.name = "target", .n = n, .x = x, .y = v->target};
    for (size_t k = 0; k < drawn; k++)
        curve[k + 1] = (fk_curve){.name = r->sampled[k].sampler->name,
                                  .n = n,
                                  .x = x,
                                  .y = r->sampled[k].density,
                                  .pen = k % 2 == 0 ? FK_PEN_POINTS : FK_PEN_RINGS};
    char title[160];
    const size_t which = v->axis;
    const fk_label label = fk_label_axis(r->problem, which),
                   density = fk_label_density(r->problem, 1, &which);
    snprintf(title, sizeof title, "%s: samples after %zu steps", r->problem->name,
             r->problem->sampler.steps);
    fk_gallery_curves(g, &(fk_curves){.name = "samples",
                                      .title = title,
                                      .x_label = label.text,
                                      .y_label = density.text,
                                      .axis = axis,
                                      .from_zero = true,
                                      .n = drawn + 1,
                                      .curve = curve});
    free(x);
    return FK_OK;
}

/* The target, the samples, and what they have too much. */
static fk_status draw_maps(const fk_sample_run *r, fk_gallery *g)
{
    const fk_sample_view *v = &r->view[0];
    const size_t cells = fk_grid_cells(&v->domain.grid), drawn = shown(r);
    double *excess = fk_doubles(drawn * cells);
    fk_map map[SHOWN + 1], difference[SHOWN];
    char title[160];
    if (excess == NULL)
        return FK_ENOMEM;
    map[0] = (fk_map){.label = "target", .field = v->target};
    for (size_t k = 0; k < drawn; k++) {
        const fk_sampled *s = &r->sampled[k];
        for (size_t c = 0; c < cells; c++)
            excess[k * cells + c] = s->density[c] - v->target[c];
        map[k + 1] = (fk_map){.label = s->sampler->name, .field = s->density};
        difference[k] = (fk_map){
            .label = s->sampler->name, .field = excess + k * cells, .difference = true};
    }
    snprintf(title, sizeof title, "%s: samples after %zu steps", r->problem->name,
             r->problem->sampler.steps);
    const fk_label x = fk_label_axis(r->problem, 0), y = fk_label_axis(r->problem, 1);
    fk_maps picture = {.name = "samples",
                       .title = title,
                       .x_label = x.text,
                       .y_label = y.text,
                       .grid = &v->domain.grid,
                       .n = drawn + 1,
                       .map = map};
    fk_gallery_maps(g, &picture);
    snprintf(title, sizeof title, "%s: samples minus target", r->problem->name);
    picture.name = "excess";
    picture.n = drawn;
    picture.map = difference;
    fk_gallery_maps(g, &picture);
    free(excess);
    return FK_OK;
}

/* ---- trajectories ---- */

static fk_status draw_trajectories(const fk_sample_run *r, fk_gallery *g)
{
    const fk_sampled *s = &r->sampled[0];
    const size_t d = r->plan.dim, count = r->problem->sampler.count;
    const size_t followed = count < FK_SAMPLE_FOLLOWED ? count : FK_SAMPLE_FOLLOWED;
    const size_t drawn = followed < DRAWN ? followed : DRAWN;
    double *x = fk_doubles(drawn * s->n_frames);
    fk_curve curve[DRAWN];
    char title[160];
    if (x == NULL)
        return FK_ENOMEM;
    for (size_t k = 0; k < drawn; k++) {
        for (size_t i = 0; i < s->n_frames; i++)
            x[k * s->n_frames + i] = s->followed[(i * followed + k) * d];
        curve[k] =
            (fk_curve){.n = s->n_frames, .x = s->frame_time, .y = x + k * s->n_frames};
    }
    snprintf(title, sizeof title, "%s: trajectories of %zu samples, %s",
             r->problem->name, drawn, s->sampler->name);
    const fk_label t = fk_label_time_axis(r->problem), y = fk_label_axis(r->problem, 0);
    fk_gallery_curves(g, &(fk_curves){.name = "trajectories",
                                      .title = title,
                                      .x_label = t.text,
                                      .y_label = y.text,
                                      .log_x = true,
                                      .n = drawn,
                                      .curve = curve});
    free(x);
    return FK_OK;
}

static fk_status draw_all(const fk_sample_run *r, fk_gallery *g)
{
    const size_t dim = r->view[0].domain.grid.dim;
    if (dim == 1)
        FK_TRY(draw_line(r, g));
    if (dim == 2)
        FK_TRY(draw_maps(r, g));
    return draw_trajectories(r, g);
}

fk_status fk_sample_draw(const fk_sample_run *r, fk_message *message)
{
    char dir[1200];
    fk_gallery *g;
    snprintf(dir, sizeof dir, "%s/plots", r->folder.working);
    FK_TRY(fk_gallery_open(dir, r->problem, &g, message));
    fk_status status = draw_all(r, g);
    if (status == FK_OK)
        status = fk_gallery_close(g, &r->progress, message);
    else
        fk_gallery_discard(g);
    if (status != FK_EIO)
        return status;
    fprintf(stderr, "fokker sample: pictures are missing: %s\n", message->text);
    return FK_OK;
}
