#include "experiments/claim.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "experiments/terminal.h"

#define FK_CLAIM(name) extern const fk_claim fk_claim_##name;
#include "experiments/claims.def"
#undef FK_CLAIM

const fk_claim *const fk_claims[] = {
#define FK_CLAIM(name) &fk_claim_##name,
#include "experiments/claims.def"
#undef FK_CLAIM
    NULL,
};

const fk_claim *fk_claim_find(const char *name)
{
    for (const fk_claim *const *c = fk_claims; *c != NULL; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

/* ---- for the claims ---- */

static size_t parameter_index(const fk_claim *c, const char *name)
{
    size_t i = 0;
    while (c->parameter[i].name != NULL && strcmp(c->parameter[i].name, name) != 0)
        i++;
    return i;
}

double fk_trial_value(const fk_trial *t, const char *name)
{
    const size_t i = parameter_index(t->claim, name);
    assert(t->claim->parameter[i].name != NULL);
    return t->value[i];
}

size_t fk_trial_whole(const fk_trial *t, const char *name)
{
    return (size_t)fk_trial_value(t, name);
}

static const fk_claim_break *find_break(const fk_claim *c, const char *name)
{
    for (const fk_claim_break *b = c->breaks; b->name != NULL; b++)
        if (strcmp(b->name, name) == 0)
            return b;
    return NULL;
}

bool fk_trial_broken(const fk_trial *t, const char *name)
{
    const fk_claim_break *b = find_break(t->claim, name);
    assert(b != NULL);
    return t->broken == b;
}

void fk_trial_add(fk_trial *t, fk_evidence e, const char *name, ...)
{
    va_list arguments;
    assert(t->n_rows < FK_CLAIM_ROWS);
    assert(e.quadrature >= 0.0 && e.discretisation >= 0.0 && e.statistical >= 0.0);
    va_start(arguments, name);
    vsnprintf(e.name, sizeof e.name, name, arguments);
    va_end(arguments);
    t->row[t->n_rows++] = e;
}

static void note_figure(fk_trial *t, const char *name, const char *caption)
{
    assert(t->n_figures < FK_CLAIM_FIGURES);
    fk_claim_figure *f = &t->figure[t->n_figures++];
    snprintf(f->name, sizeof f->name, "%s", name);
    snprintf(f->caption, sizeof f->caption, "%s", caption);
}

void fk_trial_curves(fk_trial *t, const char *caption, const fk_curves *c)
{
    if (t->gallery == NULL)
        return;
    note_figure(t, c->name, caption);
    fk_gallery_curves(t->gallery, c);
}

void fk_trial_maps(fk_trial *t, const char *caption, const fk_maps *m)
{
    if (t->gallery == NULL)
        return;
    note_figure(t, m->name, caption);
    fk_gallery_maps(t->gallery, m);
}

/* ---- settings ---- */

fk_status fk_trial_new(const fk_claim *c, bool quick, fk_trial **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return FK_ENOMEM;
    (*out)->claim = c;
    (*out)->seed = 1;
    for (size_t i = 0; c->parameter[i].name != NULL; i++) {
        const fk_claim_parameter *p = &c->parameter[i];
        (*out)->value[i] = quick && fabs(p->quick) > 0.0 ? p->quick : p->standard;
    }
    return FK_OK;
}

/* The number that a whole text is; false if it is none. */
static bool read_number(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*value);
}

static fk_status set_parameter(fk_trial *t, size_t i, const char *text,
                               fk_message *message)
{
    const fk_claim_parameter *p = &t->claim->parameter[i];
    double value;
    if (!read_number(text, &value) || value < p->least || value > p->most ||
        (p->whole && floor(value) < value))
        return fk_fail(message, FK_ESYNTAX,
                       "%s=%s: %s must be a %snumber from %.10g to %.10g (%s)", p->name,
                       text, p->name, p->whole ? "whole " : "", p->least, p->most,
                       p->meaning);
    t->value[i] = value;
    return FK_OK;
}

static fk_status set_seed(fk_trial *t, const char *text, fk_message *message)
{
    char *end;
    errno = 0;
    const unsigned long long seed = strtoull(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || *text == '-')
        return fk_fail(message, FK_ESYNTAX, "seed=%s: must be a whole number >= 0",
                       text);
    t->seed = seed;
    return FK_OK;
}

static fk_status set_break(fk_trial *t, const char *text, fk_message *message)
{
    char known[512] = "";
    t->broken = find_break(t->claim, text);
    if (t->broken != NULL)
        return FK_OK;
    for (const fk_claim_break *b = t->claim->breaks; b->name != NULL; b++) {
        const size_t n = strlen(known);
        snprintf(known + n, sizeof known - n, "%s%s", n > 0 ? ", " : "", b->name);
    }
    return fk_fail(message, FK_ESYNTAX, "break=%s: %s can be broken by %s", text,
                   t->claim->name, known);
}

static fk_status refuse_key(const fk_trial *t, const char *key, fk_message *message)
{
    const char *name[FK_CLAIM_PARAMETERS + 2] = {"seed", "break"};
    char known[512] = "seed, break";
    size_t n = 2;
    for (size_t i = 0; t->claim->parameter[i].name != NULL; i++) {
        const size_t end = strlen(known);
        name[n++] = t->claim->parameter[i].name;
        snprintf(known + end, sizeof known - end, ", %s", name[n - 1]);
    }
    const char *near = fk_spelling_nearest(key, n, name);
    return fk_fail(message, FK_ESYNTAX,
                   "the claim %s has no parameter '%s'; it has %s%s%s%s",
                   t->claim->name, key, known, near != NULL ? "; did you mean '" : "",
                   near != NULL ? near : "", near != NULL ? "'?" : "");
}

fk_status fk_trial_set(fk_trial *t, const char *setting, fk_message *message)
{
    char key[64];
    const size_t n = strcspn(setting, "=");
    if (setting[n] != '=' || n == 0 || n >= sizeof key)
        return fk_fail(message, FK_ESYNTAX, "'%s' is no setting: write key=value",
                       setting);
    memcpy(key, setting, n);
    key[n] = '\0';
    const char *text = setting + n + 1;
    if (strcmp(key, "seed") == 0)
        return set_seed(t, text, message);
    if (strcmp(key, "break") == 0)
        return set_break(t, text, message);
    const size_t i = parameter_index(t->claim, key);
    if (t->claim->parameter[i].name == NULL)
        return refuse_key(t, key, message);
    return set_parameter(t, i, text, message);
}

/* ---- running ---- */

fk_status fk_trial_run(fk_trial *t, const fk_progress *progress, fk_message *message)
{
    const double began = fk_seconds();
    t->progress = progress;
    t->message = message;
    t->n_rows = t->n_figures = 0;
    FK_TRY(t->claim->run(t));
    if (fk_progress_stopped(progress))
        return FK_EINTERRUPTED;
    t->seconds = fk_seconds() - began;
    assert(t->n_rows > 0);
    fk_trial_judge(t);
    return FK_OK;
}
