#include "experiments/sampler_problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/density_draw.h"
#include "core/memory.h"
#include "experiments/choice.h"
#include "experiments/grid_score.h"
#include "sde/linear.h"

enum { CHOICES = 64, MANY = 1000 };

const char *const fk_score_source_name[] = {"exact", "grid", "network"};

/* ---- what can be sampled ---- */

static const char *obstacle(const fk_problem *p)
{
    const fk_sde *s = p->sde;
    if (s->n_jumps > 0 || s->n_stables > 0)
        return "paths that jump";
    if (fk_sde_interacts(s))
        return "paths that depend on their own law";
    if (s->killing != NULL || p->source != NULL)
        return "paths that are killed or begin on the way";
    if (p->has_domain && fk_domain_moves(&p->domain))
        return "moving walls";
    if (p->has_domain && fk_grid_stretched(&p->domain.grid))
        return "axes with a map";
    return NULL;
}

static fk_status check(const fk_problem *p, fk_message *message)
{
    const char *why = obstacle(p);
    if (why != NULL)
        return fk_fail(message, FK_ESYNTAX, "%s: there is no way back for %s", p->name,
                       why);
    if (p->start != 0.0)
        return fk_fail(message, FK_ESYNTAX,
                       "%s: samplers count time from the data: time.start must be 0, "
                       "not %g",
                       p->name, p->start);
    return FK_OK;
}

static fk_status find_schedule(fk_sampler_problem *s, fk_message *message)
{
    const fk_status status =
        fk_noise_schedule_new(s->problem->sde, 0.0, s->last, &s->schedule);
    if (status != FK_EDOMAIN)
        return status;
    return fk_fail(message, status,
                   "%s: drift or noise is not finite, or too rough, somewhere from t = "
                   "0 to time.end = %g",
                   s->problem->name, s->last);
}

/* ---- words ---- */

static fk_status find_times(fk_sampler_problem *s, fk_message *message)
{
    const char *word = s->problem->sampler.times, *known[CHOICES] = {"auto"};
    size_t n = 1;
    if (strcmp(word, "auto") == 0)
        word = s->schedule != NULL ? "log-snr" : "quadratic";
    s->times = fk_time_grid_find(word);
    if (s->times != NULL)
        return FK_OK;
    for (const fk_time_grid *g = fk_time_grids; g->name != NULL && n < CHOICES; g++)
        known[n++] = g->name;
    return fk_choice_refuse("sampler.times", word, n, known, message);
}

static fk_status find_sampler(fk_sampler_problem *s, const char *word,
                              fk_message *message)
{
    const fk_sampler *found = fk_sampler_find(word);
    const char *known[CHOICES] = {"all"};
    size_t n = 1;
    if (found != NULL) {
        s->sampler[s->n_samplers++] = found;
        return FK_OK;
    }
    for (; fk_samplers[n - 1] != NULL && n < CHOICES; n++)
        known[n] = fk_samplers[n - 1]->name;
    return fk_choice_refuse("sampler.method", word, n, known, message);
}

/* All of the list that go back along this process. */
static void take_all(fk_sampler_problem *s)
{
    for (const fk_sampler *const *p = fk_samplers; *p != NULL; p++)
        if (s->schedule != NULL || !(*p)->schedule)
            s->sampler[s->n_samplers++] = *p;
}

static fk_status find_samplers(fk_sampler_problem *s, fk_message *message)
{
    char **method = s->problem->sampler.method;
    size_t n = 0;
    while (method != NULL && method[n] != NULL)
        n++;
    s->sampler = fk_alloc(n + CHOICES, sizeof(fk_sampler *));
    if (s->sampler == NULL)
        return FK_ENOMEM;
    if (method == NULL)
        return find_sampler(s, s->schedule != NULL ? "dpmpp-2m" : "heun", message);
    if (n == 1 && strcmp(method[0], "all") == 0)
        take_all(s);
    else
        for (size_t i = 0; i < n; i++)
            FK_TRY(find_sampler(s, method[i], message));
    return FK_OK;
}

static void set_options(fk_sampler_problem *s)
{
    const fk_problem_sampler *p = &s->problem->sampler;
    s->options = (fk_sampler_options){.lambda = p->lambda,
                                      .eta = p->eta,
                                      .churn = p->churn,
                                      .snr = p->snr,
                                      .order = p->order,
                                      .inner = p->inner,
                                      .lower_final = p->lower_final};
}

/* ---- exact laws ---- */

fk_status fk_sampler_problem_law(const fk_sampler_problem *s, double t,
                                 fk_mixture **out)
{
    const size_t d = s->dim;
    if (s->schedule == NULL)
        return fk_linear_propagate(s->problem->sde, 0.0, s->data, t, out);
    const fk_noise_level l = fk_noise_at(s->schedule, t);
    FK_TRY(fk_mixture_copy(s->data, out));
    for (size_t k = 0; k < (*out)->components; k++)
        for (size_t i = 0; i < d; i++) {
            (*out)->mean[k * d + i] *= l.alpha;
            for (size_t j = 0; j < d; j++)
                (*out)->cov[(k * d + i) * d + j] *= l.alpha * l.alpha;
            (*out)->cov[(k * d + i) * d + i] += l.sigma * l.sigma;
        }
    return FK_OK;
}

/* Whether every covariance is h^2 I with the same h, as that of smoothed data is. */
static bool round_alike(const fk_mixture *m)
{
    const size_t d = m->dim;
    for (size_t k = 0; k < m->components; k++)
        for (size_t i = 0; i < d * d; i++)
            if (m->weight[k] != m->weight[0] ||
                m->cov[k * d * d + i] != (i % (d + 1) == 0 ? m->cov[0] : 0.0))
                return false;
    return true;
}

/* Many points are summed by a tree. */
static fk_status plant_tree(fk_sampler_problem *s)
{
    if (s->schedule == NULL || s->data->components < MANY || !round_alike(s->data))
        return FK_OK;
    s->bandwidth = sqrt(s->data->cov[0]);
    return fk_point_tree_new(s->dim, s->data->components, s->data->mean, &s->points);
}

/* Linear processes in free space take Gaussians and points to Gaussians. */
static fk_status find_laws(fk_sampler_problem *s)
{
    size_t n = 0;
    const fk_problem *p = s->problem;
    const fk_mixture *m = fk_law_mixture(p->initial);
    const double *point = fk_law_points(p->initial, &n);
    if (!fk_sde_linear(p->sde) || (p->has_domain && !fk_domain_open(&p->domain)))
        return FK_OK;
    if (m != NULL)
        FK_TRY(fk_mixture_copy(m, &s->data));
    else if (point != NULL)
        FK_TRY(fk_mixture_of_points(s->dim, n, point, &s->data));
    else
        return FK_OK;
    FK_TRY(plant_tree(s));
    FK_TRY(fk_sampler_problem_law(s, s->first, &s->at_first));
    return fk_sampler_problem_law(s, s->last, &s->at_last);
}

/* ---- densities on the grid ---- */

static bool has_grid(const fk_problem *p)
{
    return p->has_domain && p->pde.on && p->sde->dim <= 2;
}

static fk_status find_densities(fk_sampler_problem *s, fk_message *message)
{
    const size_t cells = fk_grid_cells(&s->problem->domain.grid);
    s->density_first = fk_doubles(cells);
    s->density_last = fk_doubles(cells);
    if (s->density_first == NULL || s->density_last == NULL)
        return FK_ENOMEM;
    return fk_grid_densities(
        s->problem, s->methods, s->progress, 2, (const double[]){s->first, s->last},
        (double *const[]){s->density_first, s->density_last}, &s->outside, message);
}

/* ---- scores ---- */

static fk_status refuse_source(const fk_problem *p, const char *which,
                               fk_message *message)
{
    return fk_fail(message, FK_ESYNTAX,
                   "%s: no %s score: the exact one needs a drift that is linear in the "
                   "variables, a noise free of them, open ends, and an initial law of "
                   "points or Gaussians; the one on the grid 1 or 2 variables with a "
                   "domain and the pde; that of a network sampler.network",
                   p->name, which);
}

static fk_status find_source(fk_sampler_problem *s, fk_message *message)
{
    static const char *const known[] = {"exact", "grid", "network", "auto"};
    const fk_problem *p = s->problem;
    const bool there[] = {s->data != NULL, has_grid(p), p->sampler.network != NULL};
    size_t choice;
    FK_TRY(
        fk_choice_find("sampler.score", p->sampler.score, 4, known, &choice, message));
    if (choice == FK_SCORE_SOURCES)
        choice = there[0] ? FK_SCORE_EXACT : FK_SCORE_GRID;
    if (!there[choice])
        return refuse_source(p, known[choice], message);
    s->source = (fk_score_source)choice;
    if (choice == FK_SCORE_NETWORK)
        FK_TRY(fk_learned_read(p->sampler.network, p->sde, &s->learned, message));
    if (s->data != NULL)
        return FK_OK;
    if (!has_grid(p))
        return fk_fail(message, FK_ESYNTAX,
                       "%s: the law that samplers should find is not known: it needs "
                       "points or Gaussians and a linear process, or a domain of 1 or "
                       "2 variables and the pde",
                       p->name);
    return find_densities(s, message);
}

fk_status fk_sampler_problem_exact_score(const fk_sampler_problem *s, size_t n_times,
                                         const double *time, fk_score **out)
{
    if (s->points != NULL)
        return fk_score_points_new(s->schedule, s->points, s->bandwidth, n_times, time,
                                   out);
    if (s->schedule != NULL)
        return fk_score_schedule_new(s->schedule, s->data, n_times, time, out);
    return fk_score_linear_new(s->problem->sde, 0.0, s->data, n_times, time, out);
}

fk_status fk_sampler_problem_score(const fk_sampler_problem *s, size_t n_times,
                                   const double *time, fk_score **out,
                                   fk_message *message)
{
    if (s->source == FK_SCORE_GRID)
        return fk_grid_score(s->problem, s->methods, s->progress, n_times, time, out,
                             message);
    if (s->source == FK_SCORE_NETWORK)
        return fk_score_network_new(s->problem->sde, s->learned, n_times, time, out,
                                    message);
    return fk_sampler_problem_exact_score(s, n_times, time, out);
}

/* ---- where samplers start ---- */

static fk_status make_normal(size_t d, double sd, fk_law **out)
{
    fk_mixture *m = NULL;
    FK_TRY(fk_mixture_new(d, 1, &m));
    m->weight[0] = 1.0;
    for (size_t i = 0; i < d; i++)
        m->cov[i * d + i] = sd * sd;
    const fk_status status = fk_law_mixture_new(m, out);
    fk_mixture_free(m);
    return status;
}

static fk_status find_prior(fk_sampler_problem *s, fk_message *message)
{
    static const char *const known[] = {"exact", "noise", "standard"};
    size_t choice;
    FK_TRY(fk_choice_find("sampler.prior", s->problem->sampler.prior, 3, known, &choice,
                          message));
    s->from_law = choice == 0;
    if (choice == 1 && s->schedule == NULL)
        return fk_fail(message, FK_ESYNTAX,
                       "sampler.prior: the process has no schedule and so no sigma of "
                       "its noise; there are: exact, standard");
    if (choice > 0)
        return make_normal(s->dim,
                           choice == 1 ? fk_noise_at(s->schedule, s->last).sigma : 1.0,
                           &s->prior);
    return s->at_last != NULL ? fk_law_mixture_new(s->at_last, &s->prior) : FK_OK;
}

fk_status fk_sampler_problem_latent(const fk_sampler_problem *s, size_t n, double *x)
{
    const uint64_t seed = s->problem->sampler.seed;
    return s->prior != NULL ? fk_law_draw_points(s->prior, seed, FK_FOR_REVERSE, n, x)
                            : fk_density_draw(&s->problem->domain.grid, s->density_last,
                                              n, seed, FK_FOR_REVERSE, x);
}

fk_status fk_sampler_problem_target(const fk_sampler_problem *s, size_t n,
                                    uint64_t seed, fk_purpose purpose, double *x)
{
    if (s->at_first == NULL)
        return fk_density_draw(&s->problem->domain.grid, s->density_first, n, seed,
                               purpose, x);
    fk_law *law = NULL;
    FK_TRY(fk_law_mixture_new(s->at_first, &law));
    const fk_status status = fk_law_draw_points(law, seed, purpose, n, x);
    fk_law_free(law);
    return status;
}

/* ---- the whole ---- */

fk_status fk_sampler_problem_open(const fk_problem *p, const fk_methods *methods,
                                  const fk_progress *progress, fk_sampler_problem *s,
                                  fk_message *message)
{
    *s = (fk_sampler_problem){.problem = p,
                              .methods = methods,
                              .progress = progress,
                              .dim = p->sde->dim,
                              .first = p->sampler.first * p->end,
                              .last = p->end};
    FK_TRY(check(p, message));
    FK_TRY(find_schedule(s, message));
    FK_TRY(find_times(s, message));
    FK_TRY(find_samplers(s, message));
    set_options(s);
    FK_TRY(find_laws(s));
    FK_TRY(find_source(s, message));
    return find_prior(s, message);
}

void fk_sampler_problem_clear(fk_sampler_problem *s)
{
    fk_noise_schedule_free(s->schedule);
    free(s->sampler);
    fk_learned_free(s->learned);
    fk_point_tree_free(s->points);
    fk_mixture_free(s->data);
    fk_mixture_free(s->at_first);
    fk_mixture_free(s->at_last);
    free(s->density_first);
    free(s->density_last);
    fk_law_free(s->prior);
}

fk_status fk_sampler_problem_times(const fk_sampler_problem *s, size_t n, double *time,
                                   fk_message *message)
{
    return fk_time_grid_make(s->times, s->schedule, s->problem->sampler.rho, n,
                             s->first, s->last, time, message);
}
