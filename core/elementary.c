#include "core/elementary.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* The header declares what the target has. */
#ifdef FK_CHOOSES_AT_START
#pragma GCC push_options
#pragma GCC target("arch=x86-64-v4")
#include <sleef.h>
#pragma GCC pop_options
#else
#include <sleef.h>
#endif

#define LOOP(target, function, width, store, value)                           \
    target static void function(const double *a, const double *b, double *to) \
    {                                                                         \
        (void)b;                                                              \
        for (size_t j = 0; j < FK_BLOCK; j += (width))                        \
            store(to + j, value);                                             \
    }

/* ---- one at a time ---- */

#if !defined(__x86_64__)
static inline void store_1(double *to, double value)
{
    *to = value;
}
#define ONE_1(kind, name, u) \
    LOOP(, name##_1, 1, store_1, Sleef_cinz_##name##d1_##u##purec(a[j]))
#define TWO_1(kind, name, u) \
    LOOP(, name##_1, 1, store_1, Sleef_cinz_##name##d1_##u##purec(a[j], b[j]))
FK_ELEMENTARY_OF_ONE(ONE_1)
FK_ELEMENTARY_OF_TWO(TWO_1)
#define NARROWEST(name) name##_1
#endif

/* ---- two, four and eight ---- */

#if defined(__x86_64__)
#define ONE_2(kind, name, u)           \
    LOOP(, name##_2, 2, _mm_storeu_pd, \
         Sleef_cinz_##name##d2_##u##sse2(_mm_loadu_pd(a + j)))
#define TWO_2(kind, name, u)           \
    LOOP(, name##_2, 2, _mm_storeu_pd, \
         Sleef_cinz_##name##d2_##u##sse2(_mm_loadu_pd(a + j), _mm_loadu_pd(b + j)))
FK_ELEMENTARY_OF_ONE(ONE_2)
FK_ELEMENTARY_OF_TWO(TWO_2)
#define NARROWEST(name) name##_2
#endif

#if defined(FK_CHOOSES_AT_START) || defined(__AVX__)
#define AVX __attribute__((target("avx")))
#define ONE_4(kind, name, u)                 \
    LOOP(AVX, name##_4, 4, _mm256_storeu_pd, \
         Sleef_cinz_##name##d4_##u##avx(_mm256_loadu_pd(a + j)))
#define TWO_4(kind, name, u)                                    \
    LOOP(AVX, name##_4, 4, _mm256_storeu_pd,                    \
         Sleef_cinz_##name##d4_##u##avx(_mm256_loadu_pd(a + j), \
                                        _mm256_loadu_pd(b + j)))
FK_ELEMENTARY_OF_ONE(ONE_4)
FK_ELEMENTARY_OF_TWO(TWO_4)
#define FOUR(name) name##_4
#else
#define FOUR(name) NULL
#endif

#if defined(FK_CHOOSES_AT_START) || defined(__AVX512F__)
#define AVX512 __attribute__((target("avx512f")))
#define ONE_8(kind, name, u)                    \
    LOOP(AVX512, name##_8, 8, _mm512_storeu_pd, \
         Sleef_cinz_##name##d8_##u##avx512fnofma(_mm512_loadu_pd(a + j)))
#define TWO_8(kind, name, u)                                             \
    LOOP(AVX512, name##_8, 8, _mm512_storeu_pd,                          \
         Sleef_cinz_##name##d8_##u##avx512fnofma(_mm512_loadu_pd(a + j), \
                                                 _mm512_loadu_pd(b + j)))
FK_ELEMENTARY_OF_ONE(ONE_8)
FK_ELEMENTARY_OF_TWO(TWO_8)
#define EIGHT(name) name##_8
#else
#define EIGHT(name) NULL
#endif

/* ---- which ---- */

static fk_block_function *const table[FK_ELEMENTARY_KINDS][FK_ELEMENTARY_VERSIONS] = {
#define ENTRY(kind, name, u) {NARROWEST(name), FOUR(name), EIGHT(name)},
    FK_ELEMENTARY_OF_ONE(ENTRY) FK_ELEMENTARY_OF_TWO(ENTRY)
#undef ENTRY
};

/* Whether the processor can run a column of the table. */
static int runs(size_t version)
{
#ifdef FK_CHOOSES_AT_START
    return version == 0 || (version == 1 && __builtin_cpu_supports("avx")) ||
           (version == 2 && __builtin_cpu_supports("avx512f"));
#else
    return version < FK_ELEMENTARY_VERSIONS;
#endif
}

size_t fk_elementary_versions(fk_elementary f,
                              fk_block_function *version[FK_ELEMENTARY_VERSIONS])
{
    size_t n = 0;
    for (size_t i = 0; i < FK_ELEMENTARY_VERSIONS; i++)
        if (table[f][i] != NULL && runs(i))
            version[n++] = table[f][i];
    return n;
}

fk_block_function *fk_elementary_loop(fk_elementary f)
{
    fk_block_function *version[FK_ELEMENTARY_VERSIONS];
    return version[fk_elementary_versions(f, version) - 1];
}
