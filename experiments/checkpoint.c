#include "experiments/checkpoint.h"

#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "experiments/run_parts.h"
#include "experiments/version.h"
#include "plots/whole_file.h"

static const char magic[24] = "fokker checkpoint 1";

/* FNV-1a, 64 bits */
static uint64_t mix(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *b = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ b[i]) * UINT64_C(1099511628211);
    return hash;
}

static const uint64_t basis = UINT64_C(14695981039346656037);

typedef struct stream {
    FILE *file; /* NULL: bytes are counted alone */
    uint64_t hash, n;
} stream;

static bool put(void *context, void *bytes, size_t n)
{
    stream *s = context;
    s->n += n;
    if (s->file == NULL)
        return true;
    s->hash = mix(s->hash, bytes, n);
    return n == 0 || fwrite(bytes, n, 1, s->file) == 1;
}

static bool get(void *context, void *bytes, size_t n)
{
    return n == 0 || fread(bytes, n, 1, (FILE *)context) == 1;
}

/* ---- what is kept ---- */

static bool keep_counts(const fk_keeper *k, uint64_t *count, size_t n)
{
    return count == NULL || fk_keep(k, count, n * sizeof *count);
}

static bool keep_doubles(const fk_keeper *k, double *x, size_t n)
{
    return x == NULL || fk_keep(k, x, n * sizeof *x);
}

static bool keep_snapshot(const fk_run_state *run, size_t i, const fk_keeper *k)
{
    const fk_record *r = &run->record[i];
    fk_snapshot *s = &run->result->snapshot[i];
    return keep_counts(k, r->count, run->cells + FK_ELSEWHERE) &&
           keep_counts(k, r->coarse, run->cells + 1) &&
           keep_counts(k, r->fine, run->cells + 1) &&
           keep_counts(k, r->moved, run->cells + 1) &&
           keep_counts(k, r->groups, fk_run_groups(run->problem) * (run->cells + 1)) &&
           keep_doubles(k, s->kernel, run->cells) &&
           keep_doubles(k, s->kernel_error, run->cells) &&
           keep_doubles(k, r->changes, fk_halving_differences(run->dim)) &&
           (r->sums == NULL || fk_moment_sums_keep(r->sums, k)) &&
           (r->quantiles == NULL || fk_quantiles_keep(r->quantiles, k)) &&
           fk_keep(k, &s->n_points, sizeof s->n_points) &&
           keep_doubles(k, s->points, run->n_shown * run->dim);
}

static bool keep_sums(fk_run_state *run, const fk_keeper *k)
{
    fk_result *r = run->result;
    bool good = fk_keep(k, &run->troop, sizeof run->troop) &&
                fk_keep(k, &run->first, sizeof run->first) &&
                fk_keep(k, &run->next, sizeof run->next) &&
                fk_keep(k, &run->steps, sizeof run->steps);
    for (size_t i = 0; i < FK_TROOPS && good; i++)
        good = fk_losses_keep(&run->losses[i], run->lost_x + i * run->dim, run->dim, k);
    for (size_t i = 0; i < r->n_snapshots && good; i++)
        good = keep_snapshot(run, i, k);
    for (size_t i = 0; i < r->n_frames && good; i++)
        good = keep_counts(k, run->frame[i], run->cells + FK_ELSEWHERE) &&
               keep_doubles(k, r->frame_points[i], r->n_paths * run->dim);
    return good && keep_counts(k, run->exit, r->exits.n_times * FK_ELSEWHERE) &&
           keep_counts(k, run->unbridged, r->exits.n_times * FK_ELSEWHERE);
}

/* Who may go on from it: the build, and the problem with its settings and its data. */
static fk_status label(const fk_run_state *run, char **text, fk_message *message)
{
    const fk_problem *p = run->problem;
    uint64_t data = basis;
    if (p->data_path != NULL) {
        char *bytes;
        size_t n;
        FK_TRY(fk_file_read(p->data_path, SIZE_MAX / 2, &bytes, &n, message));
        data = mix(data, bytes, n);
        free(bytes);
    }
    const size_t room = strlen(p->text) + 256;
    *text = malloc(room);
    if (*text == NULL)
        return FK_ENOMEM;
    snprintf(*text, room, "%s %s\n%016" PRIx64 " %zu %zu\n%s", fk_version(),
             fk_revision(), data, run->result->n_frames, run->n_stops, p->text);
    return FK_OK;
}

/* ---- out ---- */

static bool write_bytes(fk_run_state *run, const fk_troop *troop, char *text,
                        FILE *file)
{
    uint64_t length = strlen(text);
    stream s = {.file = NULL, .hash = basis};
    const fk_keeper k = {put, &s};
    bool good = true;
    for (int pass = 0; pass < 2 && good; pass++) {
        uint64_t n = s.n;
        if (pass == 1) {
            s.file = file;
            char head[sizeof magic];
            memcpy(head, magic, sizeof magic);
            good = put(&s, head, sizeof head) && put(&s, &n, sizeof n);
        }
        good = good && put(&s, &length, sizeof length) && put(&s, text, length) &&
               keep_sums(run, &k) && (troop == NULL || troop->keep(run, &k));
    }
    uint64_t hash = s.hash;
    return good && put(&s, &hash, sizeof hash);
}

fk_status fk_checkpoint_write(fk_run_state *run, const fk_troop *troop,
                              fk_message *message)
{
    fk_checkpoint *c = run->checkpoint;
    const double began = fk_seconds();
    char *text = NULL;
    FK_TRY(label(run, &text, message));
    char *part = fk_part_name(c->path);
    FILE *file = part != NULL ? fopen(part, "wb") : NULL;
    fk_status status = FK_OK;
    if (file == NULL)
        status = fk_fail(message, FK_EIO, "%s: %s", c->path, strerror(errno));
    else if (!write_bytes(run, troop, text, file) || fflush(file) != 0)
        status = fk_fail(message, FK_EIO, "%s: %s", c->path, strerror(errno));
    if (file != NULL && fclose(file) != 0 && status == FK_OK)
        status = fk_fail(message, FK_EIO, "%s: %s", c->path, strerror(errno));
    if (part != NULL)
        status = fk_part_finish(part, c->path, status, message);
    free(part);
    free(text);
    c->exists = c->exists || status == FK_OK;
    c->written = fk_seconds();
    c->cost = c->written - began;
    return status;
}

/* ---- and in ---- */

/* All of it is there as it was written. */
static bool is_whole(FILE *file)
{
    unsigned char bytes[1 << 16];
    uint64_t hash = basis, length, kept;
    char head[sizeof magic];
    if (!get(file, head, sizeof head) || memcmp(head, magic, sizeof magic) != 0 ||
        !get(file, &length, sizeof length))
        return false;
    hash = mix(mix(hash, head, sizeof head), &length, sizeof length);
    for (uint64_t left = length; left > 0;) {
        const size_t n = left < sizeof bytes ? (size_t)left : sizeof bytes;
        if (!get(file, bytes, n))
            return false;
        hash = mix(hash, bytes, n);
        left -= n;
    }
    return get(file, &kept, sizeof kept) && kept == hash && fgetc(file) == EOF;
}

static fk_status check_label(const fk_run_state *run, fk_message *message)
{
    const fk_checkpoint *c = run->checkpoint;
    uint64_t length = 0;
    char *text = NULL;
    FK_TRY(label(run, &text, message));
    char *found = NULL;
    if (get(c->from, &length, sizeof length) && length < UINT32_MAX)
        found = calloc(1, (size_t)length + 1);
    const bool same = found != NULL && get(c->from, found, (size_t)length) &&
                      strcmp(found, text) == 0;
    const bool build =
        same || (found != NULL && strncmp(found, text, strcspn(text, "\n")) == 0);
    free(found);
    free(text);
    if (!same)
        return fk_fail(message, FK_EDOMAIN,
                       "%s is of another %s; --force begins again without it", c->path,
                       build ? "problem, other settings or options (--no-plots) or "
                               "other data"
                             : "version of fokker");
    return FK_OK;
}

fk_status fk_checkpoint_read(fk_run_state *run, fk_message *message)
{
    fk_checkpoint *c = run->checkpoint;
    if (c == NULL || c->from == NULL)
        return FK_OK;
    const bool whole = is_whole(c->from);
    if (!whole || fseek(c->from, sizeof magic + sizeof(uint64_t), SEEK_SET) != 0)
        return fk_fail(
            message, FK_EIO,
            "%s is damaged or no checkpoint; --force begins again without it", c->path);
    FK_TRY(check_label(run, message));
    const fk_keeper k = {get, c->from};
    if (!keep_sums(run, &k))
        return fk_fail(message, FK_EIO, "%s: it ends too early", c->path);
    c->exists = true;
    return FK_OK;
}

fk_status fk_checkpoint_chunk(fk_run_state *run, const fk_troop *troop,
                              fk_message *message)
{
    fk_checkpoint *c = run->checkpoint;
    if (c == NULL || c->from == NULL)
        return FK_OK;
    const fk_keeper k = {get, c->from};
    const bool good = troop->keep(run, &k);
    fclose(c->from);
    c->from = NULL;
    if (!good)
        return fk_fail(message, FK_EIO, "%s: it ends too early", c->path);
    return FK_OK;
}
