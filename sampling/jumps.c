#include "sampling/jumps.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "sampling/boundary.h"
#include "sampling/rows.h"

/* Jumps of one particle in one interval; whose rate asks for more is lost. */
enum { MOST_JUMPS = 10000 };

/* ---- making ---- */

static fk_status compile_rates(fk_jumps *w, fk_message *message)
{
    const size_t n = w->sde->n_jumps;
    const fk_expr **rate = calloc(n, sizeof *rate);
    if (rate == NULL)
        return FK_ENOMEM;
    for (size_t c = 0; c < n; c++)
        rate[c] = w->sde->jump[c].rate;
    const fk_status status = fk_entries_new(w->sde, n, rate, &w->rate);
    free(rate);
    FK_TRY(status);
    for (size_t c = 0; c < n; c++)
        if (!(w->rate.entry[c].value >= 0.0 && isfinite(w->rate.entry[c].value)))
            return fk_fail(message, FK_EDOMAIN,
                           "the rate of jump %zu is %g; it must be >= 0", c + 1,
                           w->rate.entry[c].value);
    return FK_OK;
}

/* The mark is one variable more, behind those of the SDE. */
static fk_status compile_change(const fk_sde *s, const fk_jump *jump, fk_program **out)
{
    const fk_expr **variable = calloc(s->dim + 1, sizeof *variable);
    if (variable == NULL)
        return FK_ENOMEM;
    memcpy(variable, s->variable, s->dim * sizeof *variable);
    variable[s->dim] = jump->mark;
    fk_binding binding = fk_sde_binding(s);
    binding.dim = s->dim + 1;
    binding.variable = variable;
    const fk_status status = fk_program_new(s->dim, jump->to, &binding, out);
    free(variable);
    return status;
}

static fk_status compile(fk_jumps *w, fk_message *message)
{
    w->to = calloc(w->sde->n_jumps, sizeof *w->to);
    if (w->to == NULL)
        return FK_ENOMEM;
    for (size_t c = 0; c < w->sde->n_jumps; c++)
        FK_TRY(compile_change(w->sde, &w->sde->jump[c], &w->to[c]));
    return compile_rates(w, message);
}

fk_status fk_jumps_init(fk_jumps *w, const fk_sde *sde, fk_message *message)
{
    *w = (fk_jumps){.sde = sde};
    const fk_status status = compile(w, message);
    if (status != FK_OK)
        fk_jumps_clear(w);
    return status;
}

void fk_jumps_clear(fk_jumps *w)
{
    for (size_t c = 0; w->to != NULL && c < w->sde->n_jumps; c++)
        fk_program_free(w->to[c]);
    free(w->to);
    fk_entries_clear(&w->rate);
    *w = (fk_jumps){0};
}

/* ---- running ---- */

/* Of one block: all rates together, the time left, marks, and the states that jumps of
 * one kind would lead to. */
typedef struct room {
    double *rate, *left, *mark, *kind, *to;
    double **to_rows;
    const double **from_rows; /* those of x, then the mark */
    double *rest;
} room;

size_t fk_jumps_scratch(const fk_jumps *w)
{
    const size_t d = w->sde->dim;
    size_t rest = fk_entries_scratch(&w->rate);
    for (size_t c = 0; c < w->sde->n_jumps; c++) {
        const size_t own = fk_program_scratch(w->to[c]);
        rest = own > rest ? own : rest;
    }
    return (4 + d) * FK_BLOCK + fk_rows_scratch(d) + fk_rows_scratch(d + 1) + rest;
}

static room place(const fk_jumps *w, double *const *x, double *at)
{
    const size_t d = w->sde->dim;
    double *const pointers = at + (4 + d) * FK_BLOCK;
    room r = {.rate = at,
              .left = at + FK_BLOCK,
              .mark = at + 2 * FK_BLOCK,
              .kind = at + 3 * FK_BLOCK,
              .to = at + 4 * FK_BLOCK,
              .from_rows = (const double **)(void *)(pointers + fk_rows_scratch(d)),
              .rest = pointers + fk_rows_scratch(d) + fk_rows_scratch(d + 1)};
    r.to_rows = fk_rows(r.to, d, pointers);
    for (size_t i = 0; i < d; i++)
        r.from_rows[i] = x[i];
    r.from_rows[d] = r.mark;
    return r;
}

/* Two of the random words of a key, as numbers in (0, 1). */
static void uniforms(uint64_t key, uint64_t number, double u[2])
{
    const uint64_t k[2] = {key, FK_FOR_JUMPS}, counter[2] = {number, 0};
    uint64_t word[2];
    fk_threefry(k, counter, word);
    u[0] = fk_uniform_of(word[0]);
    u[1] = fk_uniform_of(word[1]);
}

void fk_jumps_start(uint64_t seed, fk_purpose purpose, uint64_t first, double *memory)
{
    const uint64_t k[2] = {seed, ((uint64_t)FK_FOR_JUMPS << 32) + purpose};
    uint64_t key[FK_BLOCK];
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const uint64_t counter[2] = {first + j, 0};
        uint64_t word[2];
        double u[2];
        fk_threefry(k, counter, word);
        key[j] = word[0];
        uniforms(key[j], 0, u);
        memory[j] = -log(u[0]);
    }
    memcpy(memory + FK_BLOCK, key, sizeof key);
}

/* total += rate; what is no rate makes it NaN. */
FK_CLONES static void add_rate(double *restrict total, const double *restrict rate)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        total[j] += (rate[j] >= 0.0) & (rate[j] <= DBL_MAX) ? rate[j] : NAN;
}

static double *const *find_rates(const fk_jumps *w, double t, double *const *x,
                                 const room *r)
{
    double *const *rows =
        fk_entries_eval(&w->rate, t, (const double *const *)x, r->rest);
    double constant = 0.0;
    for (size_t c = 0; c < w->rate.n; c++)
        constant += w->rate.entry[c].value;
    for (size_t j = 0; j < FK_BLOCK; j++)
        r->rate[j] = constant;
    for (size_t k = 0; k < w->rate.n_rows; k++)
        add_rate(r->rate, rows[k]);
    return rows;
}

/* Takes what is left of the interval from the waiting times; how many do not last. */
FK_CLONES static size_t spend(const double *restrict rate, const double *restrict left,
                              double *restrict wait)
{
    uint64_t n = 0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        wait[j] -= rate[j] * left[j];
        n += (uint64_t) !(wait[j] >= 0.0);
    }
    return (size_t)n;
}

/* The kind of jump at which the sum of the rates passes `target`. */
static size_t choose(const fk_jumps *w, double *const *rows, size_t j, double target)
{
    size_t kind = 0;
    for (size_t c = 0; c < w->rate.n; c++) {
        const double rate = fk_entry_value(&w->rate.entry[c], rows, j);
        if (rate > 0.0)
            kind = c;
        if ((target -= rate) < 0.0)
            break;
    }
    return kind;
}

/* What particle j jumps by, and when next. */
static void draw(const fk_jumps *w, double *const *rows, const room *r, size_t j,
                 double *wait, double *key_row)
{
    uint64_t key;
    double when[2], what[2];
    memcpy(&key, key_row + j, sizeof key);
    uniforms(key, 1, what);
    const size_t kind = choose(w, rows, j, what[0] * r->rate[j]);
    const fk_mark *law = &w->sde->jump[kind].law;
    r->kind[j] = (double)kind;
    r->mark[j] = law->law->quantile(law, what[1]);

    r->left[j] = -wait[j] / r->rate[j];
    key += UINT64_C(0x9E3779B97F4A7C15); /* odd, so that keys do not repeat */
    uniforms(key, 0, when);
    wait[j] = -log(when[0]);
    memcpy(key_row + j, &key, sizeof key);
}

/* Draws for all whose waiting time has ended; their number, the lost ones included. */
static size_t draw_all(const fk_jumps *w, double *const *rows, const room *r,
                       size_t round, double *const *x, double *memory)
{
    size_t n = 0;
    for (size_t j = 0; j < FK_BLOCK; j++) {
        const bool due = !(memory[j] >= 0.0) && r->left[j] > 0.0;
        r->kind[j] = -1.0;
        r->mark[j] = 0.0;
        n += due;
        if (due && isfinite(memory[j]) && round < MOST_JUMPS) {
            draw(w, rows, r, j, memory, memory + FK_BLOCK);
            continue;
        }
        if (due)
            x[0][j] = memory[j] = NAN;
        r->left[j] = 0.0;
    }
    return n;
}

static bool any_of(const double *kind, double c)
{
    bool any = false;
    for (size_t j = 0; j < FK_BLOCK; j++)
        any |= kind[j] == c;
    return any;
}

FK_CLONES static void take(const double *restrict kind, double c,
                           const double *restrict to, double *restrict x)
{
    for (size_t j = 0; j < FK_BLOCK; j++)
        x[j] = kind[j] == c ? to[j] : x[j];
}

static void move(const fk_jumps *w, double t, const room *r, double *const *x)
{
    for (size_t c = 0; c < w->sde->n_jumps; c++) {
        if (!any_of(r->kind, (double)c))
            continue;
        fk_program_run(w->to[c], t, r->from_rows, r->to_rows, r->rest);
        for (size_t i = 0; i < w->sde->dim; i++)
            take(r->kind, (double)c, r->to_rows[i], x[i]);
    }
}

bool fk_jumps_run(const fk_jumps *w, double t, double h, double *const *x,
                  double *memory, const uint8_t *status, double *scratch)
{
    const room r = place(w, x, scratch);
    for (size_t j = 0; j < FK_BLOCK; j++)
        r.left[j] = status[j] == FK_ALIVE ? h : 0.0;
    for (size_t round = 0;; round++) {
        double *const *rows = find_rates(w, t, x, &r);
        if (spend(r.rate, r.left, memory) == 0 ||
            draw_all(w, rows, &r, round, x, memory) == 0)
            return round > 0;
        move(w, t, &r, x);
    }
}
