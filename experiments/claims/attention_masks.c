/* What masks and relative positions do to attention matrices, in numbers: determinants,
 * ranks and powers of softmax matrices with and without the causal mask, and of phases with
 * and without a window. */
#include <gsl/gsl_complex_math.h>
#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

#include "core/block.h"
#include "core/memory.h"
#include "core/random.h"
#include "experiments/claim.h"

enum { MOST = 256, DRAWS = 6, WORDS = 8, WINDOW = 3 };

/* ---- matrices ---- */

/* rows x columns of N(0, 1), number `which` of the seed. */
static void normals(uint64_t seed, size_t which, size_t n, double *x)
{
    fk_streams streams;
    _Alignas(FK_ALIGN) double z[FK_BLOCK];
    fk_streams_seed(&streams, seed, FK_FOR_TEST, which * FK_BLOCK);
    for (size_t k = 0; k < n; k++) {
        if (k % FK_BLOCK == 0)
            fk_streams_normal(&streams, 1, z);
        x[k] = z[k % FK_BLOCK];
    }
}

/* softmax(Q K^T / sqrt(d)) row by row, over j <= i if causal. */
static void softmax(size_t n, size_t d, const double *q, const double *k, bool causal,
                    gsl_matrix *A)
{
    gsl_matrix_set_zero(A);
    for (size_t i = 0; i < n; i++) {
        const size_t seen = causal ? i + 1 : n;
        double sum = 0.0;
        for (size_t j = 0; j < seen; j++) {
            double dot = 0.0;
            for (size_t c = 0; c < d; c++)
                dot += q[i * d + c] * k[j * d + c];
            const double w = exp(dot / sqrt((double)d));
            gsl_matrix_set(A, i, j, w);
            sum += w;
        }
        for (size_t j = 0; j < seen; j++)
            gsl_matrix_set(A, i, j, gsl_matrix_get(A, i, j) / sum);
    }
}

static fk_status draw_matrix(uint64_t seed, size_t which, size_t n, size_t d,
                             bool causal, gsl_matrix *A)
{
    double *q = fk_doubles(2 * n * d);
    if (q == NULL)
        return FK_ENOMEM;
    normals(seed, which, 2 * n * d, q);
    softmax(n, d, q, q + n * d, causal, A);
    free(q);
    return FK_OK;
}

/* Singular values [n], falling. */
static fk_status singular_values(const gsl_matrix *A, gsl_vector *s)
{
    const size_t n = A->size1;
    gsl_matrix *u = gsl_matrix_alloc(n, n), *v = gsl_matrix_alloc(n, n);
    gsl_vector *work = gsl_vector_alloc(n);
    const bool ready = u != NULL && v != NULL && work != NULL;
    if (ready) {
        gsl_matrix_memcpy(u, A);
        gsl_linalg_SV_decomp(u, v, s, work);
    }
    gsl_matrix_free(u);
    gsl_matrix_free(v);
    gsl_vector_free(work);
    return ready ? FK_OK : FK_ENOMEM;
}

/* exp of the entropy of s / sum s. */
static double effective_rank(const gsl_vector *s)
{
    double sum = 0.0, entropy = 0.0;
    for (size_t i = 0; i < s->size; i++)
        sum += gsl_vector_get(s, i);
    for (size_t i = 0; i < s->size; i++) {
        const double p = gsl_vector_get(s, i) / sum;
        entropy -= p > 0.0 ? p * log(p) : 0.0;
    }
    return exp(entropy);
}

/* ---- determinants and singular values ---- */

static fk_status compare_determinant(fk_trial *t, size_t n, size_t d)
{
    gsl_matrix *A = gsl_matrix_alloc(n, n);
    gsl_permutation *p = gsl_permutation_alloc(n);
    int sign;
    double diagonal = 0.0;
    if (A == NULL || p == NULL)
        return FK_ENOMEM;
    FK_TRY(draw_matrix(t->seed, 0, n, d, !fk_trial_broken(t, "no-mask"), A));
    for (size_t i = 0; i < n; i++)
        diagonal += log(gsl_matrix_get(A, i, i));
    gsl_linalg_LU_decomp(A, p, &sign);
    fk_trial_add(
        t,
        (fk_evidence){.left = gsl_linalg_LU_lndet(A),
                      .right = diagonal,
                      .quadrature = 1e-9 * fabs(diagonal),
                      .origin = "rounding"},
        "log det of a causal softmax matrix, n = 16, and the sum of the logarithms of "
        "its diagonal");
    gsl_matrix_free(A);
    gsl_permutation_free(p);
    return FK_OK;
}

/* Equal weights on all that is seen: 1 / i in row i. */
static fk_status compare_uniform(fk_trial *t)
{
    gsl_matrix *A = gsl_matrix_calloc(WORDS, WORDS),
               *power = gsl_matrix_alloc(WORDS, WORDS);
    gsl_matrix *next = gsl_matrix_alloc(WORDS, WORDS);
    gsl_vector *s = gsl_vector_alloc(WORDS);
    double product = 1.0, farthest = 0.0;
    if (A == NULL || power == NULL || next == NULL || s == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < WORDS; i++)
        for (size_t j = 0; j <= i; j++)
            gsl_matrix_set(A, i, j, 1.0 / (double)(i + 1));
    FK_TRY(singular_values(A, s));
    for (size_t i = 0; i < WORDS; i++)
        product *= gsl_vector_get(s, i);
    fk_trial_add(
        t,
        (fk_evidence){.left = product,
                      .right = 1.0 / 40320.0,
                      .quadrature = 1e-15,
                      .origin = "rounding"},
        "product of the singular values of the uniform causal matrix, n = 8, and "
        "1/8!");
    fk_trial_add(t,
                 (fk_evidence){.left = gsl_vector_get(s, WORDS - 1),
                               .right = 0.0801,
                               .quadrature = 5e-5,
                               .origin = "four digits"},
                 "its smallest singular value");
    gsl_matrix_set_identity(power);
    for (size_t k = 0; k < 50; k++) {
        for (size_t i = 0; i < WORDS; i++)
            for (size_t j = 0; j < WORDS; j++) {
                double sum = 0.0;
                for (size_t c = 0; c < WORDS; c++)
                    sum += gsl_matrix_get(A, i, c) * gsl_matrix_get(power, c, j);
                gsl_matrix_set(next, i, j, sum);
            }
        gsl_matrix_memcpy(power, next);
    }
    for (size_t i = 0; i < WORDS; i++)
        farthest = fmax(farthest, fabs(gsl_matrix_get(power, i, 0) - 1.0));
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_MOST,
                               .left = farthest,
                               .right = 1e-13,
                               .quadrature = 1e-15,
                               .origin = "rounding"},
                 "50 such layers leave nothing but the first token");
    gsl_matrix_free(A);
    gsl_matrix_free(power);
    gsl_matrix_free(next);
    gsl_vector_free(s);
    return FK_OK;
}

typedef struct spread {
    double mean, error;
} spread;

static spread summarise(const double *x)
{
    double sum = 0.0, square = 0.0;
    for (size_t i = 0; i < DRAWS; i++)
        sum += x[i] / DRAWS;
    for (size_t i = 0; i < DRAWS; i++)
        square += (x[i] - sum) * (x[i] - sum) / (DRAWS - 1);
    return (spread){sum, sqrt(square / DRAWS)};
}

/* Effective ranks and smallest singular values of both kinds of matrices. */
static fk_status measure(const fk_trial *t, size_t n, size_t d, spread rank[2],
                         double least[2])
{
    double sample[2][DRAWS];
    gsl_matrix *A = gsl_matrix_alloc(n, n);
    gsl_vector *s = gsl_vector_alloc(n);
    fk_status status = A != NULL && s != NULL ? FK_OK : FK_ENOMEM;
    for (size_t kind = 0; kind < 2; kind++)
        least[kind] = 0.0;
    for (size_t i = 0; status == FK_OK && i < DRAWS; i++)
        for (size_t kind = 0; status == FK_OK && kind < 2; kind++) {
            status = draw_matrix(t->seed, i, n, d, kind == 1, A);
            if (status == FK_OK)
                status = singular_values(A, s);
            sample[kind][i] = effective_rank(s);
            least[kind] += log10(fmax(gsl_vector_get(s, n - 1), 1e-30)) / DRAWS;
        }
    for (size_t kind = 0; kind < 2; kind++)
        rank[kind] = summarise(sample[kind]);
    gsl_matrix_free(A);
    gsl_vector_free(s);
    return status;
}

static fk_status compare_ranks(fk_trial *t, size_t n)
{
    spread thin[2], thick[2];
    double least_thin[2], least_thick[2];
    const size_t few = n / 16, many = n;
    FK_TRY(measure(t, n, few, thin, least_thin));
    FK_TRY(measure(t, n, many, thick, least_thick));
    const bool always = fk_trial_broken(t, "always-richer");
    fk_trial_add(t,
                 (fk_evidence){.relation = FK_AT_LEAST,
                               .left = thin[1].mean,
                               .right = thin[0].mean,
                               .statistical = hypot(thin[0].error, thin[1].error),
                               .origin = "six draws, standard error"},
                 "effective rank with d = n/16: causal at least that of all-to-all");
    fk_trial_add(t,
                 (fk_evidence){.relation = always ? FK_AT_LEAST : FK_AT_MOST,
                               .left = thick[1].mean,
                               .right = thick[0].mean,
                               .statistical = hypot(thick[0].error, thick[1].error),
                               .origin = "six draws, standard error"},
                 "effective rank with d = n: causal at %s that of all-to-all",
                 always ? "least" : "most");
    fk_trial_add(
        t,
        (fk_evidence){.relation =
                          fk_trial_broken(t, "low-rank") ? FK_AT_MOST : FK_AT_LEAST,
                      .left = least_thin[0],
                      .right = -9.0,
                      .quadrature = 1.0,
                      .origin = "rounding of the decomposition"},
        "log10 of the smallest singular value, all-to-all: of full rank in double "
        "precision");
    fk_trial_add(
        t,
        (fk_evidence){.relation = FK_AT_MOST,
                      .left = least_thin[1],
                      .right = least_thin[0],
                      .quadrature = 1.0,
                      .origin = "rounding of the decomposition"},
        "log10 of the smallest singular value: the causal matrix is the nearly "
        "singular one");
    return FK_OK;
}

/* ---- phases of relative positions ---- */

/* Rank of exp(i theta f(i - j)), f odd and clipped at the window; Hermitian. */
static fk_status phase_rank(double theta, size_t window, size_t *rank)
{
    gsl_matrix_complex *M = gsl_matrix_complex_alloc(WORDS, WORDS);
    gsl_eigen_herm_workspace *work = gsl_eigen_herm_alloc(WORDS);
    gsl_vector *value = gsl_vector_alloc(WORDS);
    if (M == NULL || work == NULL || value == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < WORDS; i++)
        for (size_t j = 0; j < WORDS; j++) {
            const double apart = fmin((double)(i > j ? i - j : j - i), (double)window);
            const double phase = theta * (i > j ? apart : -apart);
            gsl_matrix_complex_set(M, i, j, gsl_complex_polar(1.0, phase));
        }
    gsl_eigen_herm(M, value, work);
    *rank = 0;
    for (size_t i = 0; i < WORDS; i++)
        *rank += fabs(gsl_vector_get(value, i)) > 1e-10;
    gsl_matrix_complex_free(M);
    gsl_eigen_herm_free(work);
    gsl_vector_free(value);
    return FK_OK;
}

static fk_status compare_phases(fk_trial *t)
{
    size_t plain, clipped;
    FK_TRY(phase_rank(1.0, WORDS, &plain));
    FK_TRY(phase_rank(1.0, fk_trial_broken(t, "no-window") ? WORDS : WINDOW, &clipped));
    fk_trial_add(t,
                 (fk_evidence){.left = (double)plain,
                               .right = 1.0,
                               .quadrature = 1e-9,
                               .origin = "eigenvalues above 1e-10"},
                 "rank of the phases of rotary positions: a product u_i u_j*");
    fk_trial_add(t,
                 (fk_evidence){.left = (double)clipped,
                               .right = WORDS,
                               .quadrature = 1e-9,
                               .origin = "eigenvalues above 1e-10"},
                 "rank with distances clipped at 3, n = 8: no product, so no absolute "
                 "position");
    return FK_OK;
}

/* ---- the picture ---- */

static fk_status draw(fk_trial *t, size_t n)
{
    double at[MOST], s[2][MOST];
    gsl_matrix *A = gsl_matrix_alloc(n, n);
    gsl_vector *value = gsl_vector_alloc(n);
    fk_status status = A != NULL && value != NULL ? FK_OK : FK_ENOMEM;
    for (size_t kind = 0; status == FK_OK && kind < 2; kind++) {
        status = draw_matrix(t->seed, 0, n, n / 16, kind == 1, A);
        if (status == FK_OK)
            status = singular_values(A, value);
        for (size_t i = 0; i < n; i++) {
            at[i] = (double)(i + 1);
            s[kind][i] = fmax(gsl_vector_get(value, i), 1e-20);
        }
    }
    const fk_curve curve[] = {
        {.name = "all to all", .n = n, .x = at, .y = s[0]},
        {.name = "causal", .n = n, .x = at, .y = s[1], .pen = FK_PEN_DASHES},
    };
    if (status == FK_OK)
        fk_trial_curves(
            t,
            "Singular values of softmax matrices of random queries and keys, "
            "n = 16 d: the causal one is larger in the middle and nearly "
            "singular at its end; below 1e-16 is rounding.",
            &(fk_curves){.name = "attention_masks",
                         .title = "full rank is not well conditioned",
                         .x_label = "number",
                         .y_label = "singular value",
                         .log_y = true,
                         .n = 2,
                         .curve = curve});
    gsl_matrix_free(A);
    gsl_vector_free(value);
    return status;
}

static fk_status run(fk_trial *t)
{
    const size_t n = 16 * (fk_trial_whole(t, "tokens") / 16);
    FK_TRY(compare_determinant(t, 16, 4)); /* larger ones are lost to rounding */
    FK_TRY(compare_uniform(t));
    FK_TRY(compare_ranks(t, n));
    FK_TRY(compare_phases(t));
    return t->gallery != NULL ? draw(t, n) : FK_OK;
}

const fk_claim fk_claim_attention_masks = {
    .name = "attention-masks",
    .title = "Causal attention has full rank, which does not make it well conditioned",
    .statement =
        "A causal softmax matrix has the determinant of its diagonal, above 0; in "
        "double precision it is nevertheless the nearly singular one, and its "
        "effective rank is the larger one only for many more tokens than "
        "dimensions.  Clipped relative rotations are no product of positions.",
    .assumptions = "Queries and keys of independent normal numbers.",
    .source = "dong-2021, karagodin-2024",
    .falsifier = "An all-to-all matrix of low rank, or a causal one that is better "
                 "conditioned.",
    .derivation =
        {
            {"A triangular matrix has the determinant of its diagonal, and softmax is "
             "positive:",
             "\\det A = \\prod_i A_{ii} > 0"},
            {"Without a mask only the logits have low rank; exp is applied entry by "
             "entry and makes it full in general:",
             "\\operatorname{rank}(Q K^T) \\le d, \\quad \\operatorname{rank}(e^{Q "
             "K^T}) = n"},
            {"A chain that only looks back is absorbed by the first token, at the rate "
             "of "
             "its second largest eigenvalue, which is on the diagonal:",
             "A^L \\to 1 e_1^T, \\quad \\max_{i > 1} A_{ii}"},
            {"Rotations of relative positions factor; clipped ones do not:",
             "e^{i \\theta (i - j)} = u_i \\bar u_j, \\quad e^{i \\theta \\min(i - j, "
             "w)} \\neq "
             "u_i \\bar u_j"},
        },
    .parameter = {{.name = "tokens",
                   .standard = 128,
                   .quick = 64,
                   .least = 32,
                   .most = MOST,
                   .whole = true,
                   .meaning = "n, in steps of 16"}},
    .breaks = {{"no-mask", "the determinant of the diagonal without a mask"},
               {"always-richer",
                "causal attention always has the larger effective rank"},
               {"low-rank", "attention without a mask has low rank"},
               {"no-window", "positions that are not clipped"}},
    .run = run,
};
