#include "core/json.h"
#include "plots/exits.h"
#include "plots/label.h"
#include "plots/output.h"

static void write_chi_square(fk_json *j, const fk_comparison *c)
{
    if (c->n_bins == 0) {
        fk_json_null(j, "chi_square");
        return;
    }
    fk_json_object(j, "chi_square");
    fk_json_number(j, "statistic", c->chi.statistic);
    fk_json_integer(j, "degrees_of_freedom", c->chi.dof);
    fk_json_integer(j, "bins", c->n_bins);
    fk_json_number(j, "allowance", c->chi.allowance);
    fk_json_number(j, "p_value", c->chi.p_value);
    fk_json_number(j, "p_strict", c->chi.p_strict);
    fk_json_number(j, "detectable", c->chi.detectable);
    fk_json_integer(j, "worst_bin", c->chi.worst_bin);
    fk_json_number(j, "worst_sigma", c->chi.worst_sigma);
    fk_json_end(j);
}

static void write_ks(fk_json *j, const fk_comparison *c)
{
    if (!c->has_ks) {
        fk_json_null(j, "kolmogorov_smirnov");
        return;
    }
    fk_json_object(j, "kolmogorov_smirnov");
    fk_json_number(j, "distance", c->ks.distance);
    fk_json_number(j, "position", c->ks.position);
    fk_json_number(j, "p_value", c->ks.p_value);
    fk_json_end(j);
}

static void write_moments(fk_json *j, const fk_comparison *c)
{
    fk_json_array(j, "moments");
    for (size_t i = 0; i < c->n_moments; i++) {
        const fk_moment_line *m = &c->moment[i];
        fk_json_object(j, NULL);
        fk_json_text(j, "name", m->name);
        fk_json_number(j, "sample", m->sample);
        fk_json_number(j, "reference", m->reference);
        fk_json_number(j, "error", m->error);
        fk_json_number(j, "allowance", m->allowance);
        fk_json_number(j, "sigmas", m->sigmas);
        fk_json_end(j);
    }
    fk_json_end(j);
}

static void write_budget(fk_json *j, const fk_comparison *c)
{
    fk_json_array(j, "budget");
    for (size_t i = 0; i < FK_BUDGET_LINES; i++) {
        const fk_budget_line *b = &c->budget[i];
        if (b->name == NULL)
            continue;
        fk_json_object(j, NULL);
        fk_json_text(j, "name", b->name);
        fk_json_text(j, "source", b->source);
        fk_json_number(j, "l1", b->l1);
        fk_json_number(j, "chi", b->chi);
        fk_json_end(j);
    }
    fk_json_end(j);
}

static void write_comparison(fk_json *j, const char *key, const fk_problem *p,
                             const fk_comparison *c)
{
    fk_json_object(j, key);
    fk_json_text(j, "sample", c->sample);
    fk_json_text(j, "reference", c->reference);
    fk_json_number(j, "t", c->t);
    fk_json_number(j, "count", c->count);
    fk_json_text(j, "verdict", fk_word_text(c->word));
    fk_json_number(j, "l1", c->l1);
    fk_json_number(j, "l1_noise_floor", c->l1_floor);
    fk_json_number(j, "l2", c->l2);
    fk_json_number(j, "kullback_leibler", c->kl);
    fk_json_number(j, "hellinger", c->hellinger);
    fk_json_number(j, "wasserstein_1", c->w1);
    fk_json_numbers(j, "largest_difference_at", p->has_domain ? p->domain.grid.dim : 0,
                    c->linf_at);
    write_chi_square(j, c);
    write_ks(j, c);
    write_moments(j, c);
    write_budget(j, c);
    fk_json_number(j, "p_least", c->p_least);
    fk_json_end(j);
}

static void write_faces(fk_json *j, const char *key, const fk_problem *p,
                        const double (*share)[2])
{
    fk_json_object(j, key);
    for (size_t i = 0; p->has_domain && i < p->domain.grid.dim; i++)
        fk_json_numbers(j, fk_label_variable(p, i).text, 2, share[i]);
    fk_json_end(j);
}

static void write_matrix(fk_json *j, const char *key, size_t d, const double *a)
{
    if (a == NULL) {
        fk_json_null(j, key);
        return;
    }
    fk_json_array(j, key);
    for (size_t i = 0; i < d; i++)
        fk_json_numbers(j, NULL, d, a + i * d);
    fk_json_end(j);
}

static void write_levels(fk_json *j, const char *key, size_t d, const double *q)
{
    fk_json_array(j, key);
    for (size_t k = 0; k < FK_QUANTILES; k++)
        fk_json_numbers(j, NULL, d, q + k * d);
    fk_json_end(j);
}

static void write_moments_of(fk_json *j, size_t d, const fk_moments *m)
{
    if (m->mean == NULL) {
        fk_json_null(j, "moments");
        return;
    }
    fk_json_object(j, "moments");
    fk_json_number(j, "count", m->count);
    fk_json_numbers(j, "mean", d, m->mean);
    fk_json_numbers(j, "mean_error", d, m->mean_error);
    write_matrix(j, "covariance", d, m->cov);
    write_matrix(j, "covariance_error", d, m->cov_error);
    fk_json_numbers(j, "levels", FK_QUANTILES, fk_quantile_level);
    write_levels(j, "quantiles", d, m->quantile);
    write_levels(j, "quantiles_error", d, m->quantile_error);
    if (m->exact_mean != NULL)
        fk_json_numbers(j, "exact_mean", d, m->exact_mean);
    else
        fk_json_null(j, "exact_mean");
    write_matrix(j, "exact_covariance", d, m->exact_cov);
    fk_json_end(j);
}

static void write_snapshot(fk_json *j, const fk_problem *p, const fk_snapshot *s)
{
    fk_json_object(j, NULL);
    fk_json_number(j, "t", s->t);
    fk_json_number(j, "outside", s->outside);
    fk_json_number(j, "vanished", s->vanished);
    fk_json_object(j, "killed");
    fk_json_number(j, "particles", s->killed[0]);
    fk_json_number(j, "fokker_planck", s->killed[1]);
    fk_json_end(j);
    fk_json_number(j, "made", s->made);
    write_faces(j, "absorbed", p, (const double(*)[2])s->absorbed);
    write_faces(j, "lost", p, (const double(*)[2])s->lost);
    fk_json_number(j, "mass_defect", s->mass_defect);
    fk_json_number(j, "minimum", s->minimum);
    fk_json_object(j, "bandwidth");
    for (size_t i = 0; s->smooth != NULL && i < p->domain.grid.dim; i++)
        fk_json_number(j, fk_label_variable(p, i).text, s->bandwidth[i]);
    fk_json_end(j);
    write_moments_of(j, p->sde->dim, &s->moments);
    fk_json_end(j);
}

static void write_exit(fk_json *j, const char *key, const fk_exits *e, const double *F,
                       double count)
{
    if (F == NULL) {
        fk_json_null(j, key);
        return;
    }
    const fk_exit_summary s = fk_exits_summarise(e, F, count);
    fk_json_object(j, key);
    fk_json_number(j, "probability", s.probability);
    fk_json_number(j, "probability_error", s.probability_error);
    fk_json_number(j, "mean_time", s.mean_time);
    fk_json_number(j, "mean_time_error", s.mean_time_error);
    fk_json_number(j, "spread", s.spread);
    fk_json_end(j);
}

static void write_exits(fk_json *j, const fk_result *r)
{
    const fk_exits *e = &r->exits;
    const double count = (double)r->problem->particles.count;
    if (e->n_faces == 0) {
        fk_json_null(j, "exits");
        return;
    }
    fk_json_object(j, "exits");
    fk_json_array(j, "faces");
    for (size_t k = 0; k < e->n_faces; k++) {
        const fk_face_exits *f = &e->face[k];
        fk_json_object(j, NULL);
        fk_json_text(j, "variable", fk_label_variable(r->problem, f->axis).text);
        fk_json_text(j, "side", f->side == 0 ? "from" : "to");
        write_exit(j, "particles", e, f->particles, count);
        write_exit(j, "particles_unbridged", e, f->unbridged, (double)e->n_unbridged);
        write_exit(j, "fokker_planck", e, f->pde, 0.0);
        fk_json_end(j);
    }
    fk_json_end(j);
    fk_exit_difference d;
    if (fk_exits_compare(e, count, &d)) {
        fk_json_number(j, "largest_difference", d.distance);
        fk_json_number(j, "largest_difference_at", d.time);
        fk_json_number(j, "chance_99", d.chance);
    }
    fk_json_end(j);
}

static void write_reverse(fk_json *j, const fk_problem *p, const fk_reverse_run *v)
{
    fk_json_object(j, NULL);
    fk_json_text(j, "name", v->name);
    fk_json_text(j, "key", v->key);
    fk_json_integer(j, "count", v->count);
    fk_json_number(j, "seconds", v->seconds);
    write_comparison(j, "comparison", p, &v->comparison);
    fk_json_end(j);
}

static void write_timing(fk_json *j, const fk_timing *t)
{
    fk_json_object(j, NULL);
    fk_json_text(j, "name", t->name);
    fk_json_number(j, "seconds", t->seconds);
    fk_json_number(j, "rate", t->rate);
    fk_json_text(j, "unit", t->unit);
    fk_json_end(j);
}

static void write_provenance(fk_json *j, const fk_result *r)
{
    fk_json_text(j, "name", r->problem->name);
    fk_json_text(j, "about", r->problem->about);
    fk_json_text(j, "version", r->version);
    fk_json_text(j, "revision", r->revision);
    fk_json_text(j, "command", r->command);
    fk_json_integer(j, "seed", r->problem->particles.seed);
    fk_json_integer(j, "threads", (uint64_t)r->threads);
    fk_json_text(j, "created", r->created);
}

static void write_lost(fk_json *j, const fk_result *r)
{
    const fk_lost_particles *l = &r->lost;
    fk_json_object(j, "lost");
    fk_json_integer(j, "particles", l->count);
    fk_json_integer(j, "pairs", l->pairs);
    if (l->x != NULL) {
        fk_json_object(j, "first");
        fk_json_integer(j, "particle", l->particle);
        fk_json_number(j, "t", l->t);
        fk_json_numbers(j, "x", r->problem->sde->dim, l->x);
        fk_json_end(j);
    }
    fk_json_end(j);
}

static void write_density(fk_json *j, const fk_result *r)
{
    fk_json_object(j, "density");
    fk_json_text(j, "method", r->density_method);
    fk_json_text(j, "why", r->density_method != NULL ? r->density_why : NULL);
    fk_json_text(j, "took", r->density_method != NULL ? r->density_note : NULL);
    fk_json_end(j);
}

fk_status fk_write_summary(const fk_result *r, FILE *out)
{
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_integer(&j, "format", 1);
    write_provenance(&j, r);
    const bool compared = fk_result_compared(r);
    fk_json_text(&j, "verdict", compared ? fk_word_text(r->word) : NULL);
    fk_json_text(&j, "sentence", compared ? r->sentence : NULL);
    fk_json_text(&j, "note", r->scheme_note);
    write_density(&j, r);
    fk_json_array(&j, "comparisons");
    for (size_t i = 0; i < r->n_comparisons; i++)
        write_comparison(&j, NULL, r->problem, &r->comparison[i]);
    fk_json_end(&j);
    fk_json_array(&j, "snapshots");
    for (size_t i = 0; i < r->n_snapshots; i++)
        write_snapshot(&j, r->problem, &r->snapshot[i]);
    fk_json_end(&j);
    write_exits(&j, r);
    write_lost(&j, r);
    fk_json_array(&j, "reverse");
    for (size_t i = 0; i < r->n_reverse; i++)
        write_reverse(&j, r->problem, &r->reverse[i]);
    fk_json_end(&j);
    fk_json_array(&j, "timings");
    for (size_t i = 0; i < r->n_timings; i++)
        write_timing(&j, &r->timing[i]);
    fk_json_end(&j);
    fk_json_text(&j, "problem", r->problem->text);
    fk_json_end(&j);
    return fflush(out) == 0 && !ferror(out) ? FK_OK : FK_EIO;
}
