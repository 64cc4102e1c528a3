#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/memory.h"
#include "core/random.h"
#include "core/safetensors.h"
#include "sde/score_network.h"
#include "tests/score_fixture.h"
#include "tests/sde_text.h"
#include "tests/suite.h"

enum { DIM = 2, TIMES = 3 };
static const double time_of[TIMES] = {0.02, 0.3, 1.0};

/* A rotation, a matrix of noise and a network with random parameters. */
typedef struct stand {
    fk_sde *sde;
    fk_learned *learned;
    fk_score *score;
    double *scratch;
} stand;

static fk_sde *rotation(const char *noise)
{
    return sde_text(FK_ITO, DIM, DIM, "x; y", "-x - 3*y + 1; 3*x - y", noise);
}

static void prepare(stand *s, double size)
{
    fk_message message = {""};
    s->sde = rotation("1; 0; 0.5; 1.5");
    ck_assert_int_eq(fk_learned_new(DIM, 2, 16, &s->learned), FK_OK);
    fk_learned *l = s->learned;
    const size_t n = fk_network_parameters(&l->net);
    for (size_t i = 0; i < n; i++) {
        uint64_t word[2];
        fk_threefry((const uint64_t[]){1, 2}, (const uint64_t[]){i, 0}, word);
        l->theta[i] = size * (fk_uniform_of(word[0]) - 0.5);
    }
    l->first = 0.01, l->last = 1.0;
    l->mean[0] = 0.3, l->mean[1] = -1.0;
    l->cov[0] = 1.0, l->cov[1] = l->cov[2] = 0.4, l->cov[3] = 0.5;
    ck_assert_int_eq(
        fk_score_network_new(s->sde, l, TIMES, time_of, &s->score, &message), FK_OK);
    s->scratch = fk_doubles(s->score->scratch);
    ck_assert_ptr_nonnull(s->scratch);
}

static void clear(stand *s)
{
    free(s->scratch);
    fk_score_free(s->score);
    fk_learned_free(s->learned);
    sde_text_free(s->sde);
}

/* A block of points: one point everywhere but for lane j, moved along axis i by h. */
typedef struct points {
    double x[DIM][FK_BLOCK], s[DIM][FK_BLOCK];
} points;

static void place(points *p)
{
    for (size_t j = 0; j < FK_BLOCK; j++) {
        p->x[0][j] = 2.0 * sin((double)j);
        p->x[1][j] = -1.0 + cos(3.0 * (double)j);
    }
}

static void evaluate(const stand *s, const fk_score *score, size_t k, points *p)
{
    score->eval(score, k, (const double *const[]){p->x[0], p->x[1]},
                (double *const[]){p->s[0], p->s[1]}, s->scratch);
}

/* A network of zeros is the Gaussian that has the data's moments. */
START_TEST(a_network_of_zeros_is_the_exact_gaussian)
{
    stand s;
    points p, q;
    fk_mixture *m;
    fk_score *exact;
    prepare(&s, 0.0);
    ck_assert_int_eq(fk_mixture_new(DIM, 1, &m), FK_OK);
    m->weight[0] = 1.0;
    memcpy(m->mean, s.learned->mean, DIM * sizeof *m->mean);
    memcpy(m->cov, s.learned->cov, DIM * DIM * sizeof *m->cov);
    ck_assert_int_eq(fk_score_linear_new(s.sde, 0.0, m, TIMES, time_of, &exact), FK_OK);
    double *scratch = fk_doubles(exact->scratch);
    place(&p);
    place(&q);
    for (size_t k = 0; k < TIMES; k++) {
        evaluate(&s, s.score, k, &p);
        exact->eval(exact, k, (const double *const[]){q.x[0], q.x[1]},
                    (double *const[]){q.s[0], q.s[1]}, scratch);
        for (size_t j = 0; j < FK_BLOCK; j++)
            for (size_t i = 0; i < DIM; i++)
                ck_assert_double_eq_tol(p.s[i][j], q.s[i][j],
                                        1e-10 * (1 + fabs(q.s[i][j])));
    }
    free(scratch);
    fk_score_free(exact);
    fk_mixture_free(m);
    clear(&s);
}
END_TEST

START_TEST(the_change_is_that_of_finite_differences)
{
    stand s;
    points at;
    prepare(&s, 2.0);
    place(&at);
    for (size_t k = 0; k < TIMES; k++)
        ck_assert_double_lt(along_error(s.score, k, at.x[0], 1e-3), 1e-8);
    clear(&s);
}
END_TEST

/* ---- the file ---- */

static void write_file(const stand *s, const char *path)
{
    fk_message message = {""};
    FILE *out = fopen(path, "wb");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(
        fk_learned_write(s->learned, s->sde, "name: \"a\"\n# b", out, &message), FK_OK);
    ck_assert_int_eq(fclose(out), 0);
}

START_TEST(a_file_keeps_every_bit)
{
    stand s;
    points p, q;
    fk_learned *again;
    fk_score *score;
    fk_message message = {""};
    prepare(&s, 1.0);
    write_file(&s, "score_bits.safetensors");
    ck_assert_msg(fk_learned_read("score_bits.safetensors", s.sde, &again, &message) ==
                      FK_OK,
                  "%s", message.text);
    ck_assert_int_eq(
        fk_score_network_new(s.sde, again, TIMES, time_of, &score, &message), FK_OK);
    place(&p);
    place(&q);
    evaluate(&s, s.score, 1, &p);
    evaluate(&s, score, 1, &q);
    ck_assert_mem_eq(p.s, q.s, sizeof p.s);
    fk_score_free(score);
    fk_learned_free(again);
    unlink("score_bits.safetensors");
    clear(&s);
}
END_TEST

/* Read as the format says, without the code that wrote it: the length, then the place of
 * the first bias in the header, then its numbers. */
START_TEST(the_file_is_what_the_format_says)
{
    stand s;
    unsigned char length[8];
    char *header, *entry;
    uint64_t n = 0;
    unsigned long from, to;
    double bias[16];
    prepare(&s, 1.0);
    write_file(&s, "score_format.safetensors");
    FILE *f = fopen("score_format.safetensors", "rb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fread(length, 1, 8, f), 8);
    for (int i = 0; i < 8; i++)
        n += (uint64_t)length[i] << (8 * i);
    ck_assert_uint_eq(n % 8, 0);
    header = calloc(1, n + 1);
    ck_assert_uint_eq(fread(header, 1, n, f), n);
    ck_assert_int_eq(header[0], '{');
    entry = strstr(header, "\"layers.0.bias\"");
    ck_assert_ptr_nonnull(entry);
    entry = strstr(entry, "\"data_offsets\"");
    ck_assert_int_eq(sscanf(entry, "\"data_offsets\": [ %lu , %lu", &from, &to), 2);
    ck_assert_uint_eq(to - from, 16 * sizeof(double));
    ck_assert_int_eq(fseek(f, (long)(8 + n + from), SEEK_SET), 0);
    ck_assert_uint_eq(fread(bias, sizeof *bias, 16, f), 16);
    ck_assert_mem_eq(bias, s.learned->theta + 16 * (DIM + FK_NOISING_FEATURES),
                     sizeof bias);
    free(header);
    fclose(f);
    unlink("score_format.safetensors");
    clear(&s);
}
END_TEST

static void refused(const char *path, const fk_sde *sde, fk_status expected,
                    const char *word)
{
    fk_learned *l;
    fk_message message = {""};
    ck_assert_int_eq(fk_learned_read(path, sde, &l, &message), expected);
    ck_assert_msg(strstr(message.text, word) != NULL, "%s", message.text);
}

START_TEST(other_processes_and_damaged_files_are_refused)
{
    stand s;
    const char *path = "score_refused.safetensors";
    prepare(&s, 1.0);
    write_file(&s, path);
    fk_sde *other = rotation("1; 0; 0.5; 1.6");
    fk_sde *line = sde_text(FK_ITO, 1, 1, "x", "-x", "1");
    refused(path, other, FK_EDOMAIN, "another process");
    refused(path, line, FK_EDOMAIN, "the problem has 1");
    refused("no_such.safetensors", s.sde, FK_EIO, "no_such");
    ck_assert_int_eq(truncate(path, 3000), 0);
    refused(path, s.sde, FK_ESYNTAX, path);
    ck_assert_int_eq(truncate(path, 5), 0);
    refused(path, s.sde, FK_ESYNTAX, "no safetensors file");
    unlink(path);
    sde_text_free(line);
    sde_text_free(other);
    clear(&s);
}
END_TEST

START_TEST(times_beyond_those_learned_are_refused)
{
    stand s;
    fk_score *score;
    fk_message message = {""};
    prepare(&s, 1.0);
    ck_assert_int_eq(fk_score_network_new(s.sde, s.learned, 1, (const double[]){1.5},
                                          &score, &message),
                     FK_EDOMAIN);
    ck_assert_ptr_nonnull(strstr(message.text, "up to t = 1"));
    clear(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("score_network");
    TCase *tests = tcase_create("scores");
    tcase_add_test(tests, a_network_of_zeros_is_the_exact_gaussian);
    tcase_add_test(tests, the_change_is_that_of_finite_differences);
    tcase_add_test(tests, a_file_keeps_every_bit);
    tcase_add_test(tests, the_file_is_what_the_format_says);
    tcase_add_test(tests, other_processes_and_damaged_files_are_refused);
    tcase_add_test(tests, times_beyond_those_learned_are_refused);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
