/* Random numbers that depend on (seed, purpose, particle, draw) alone.
 *
 * Each particle has its own xoshiro256++ stream, seeded from (seed, purpose,
 * particle) by a counter-based hash (Threefry), so results depend neither on threads
 * nor on blocks.  FK_BLOCK streams advance together, one SIMD lane each.  Normals come
 * in pairs (Box-Muller with polynomial log, sine and cosine; arithmetic only, so the
 * bits are those of every machine): radius and direction within 4 units in the last
 * place, |z| < 8.6.  [blackman-vigna-2021, salmon-2011, box-muller-1958] */
#ifndef FK_CORE_RANDOM_H
#define FK_CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include "core/block.h"

/* Streams of different purpose are independent. */
typedef enum fk_purpose {
    FK_FOR_INITIAL, /* draws from the initial law */
    FK_FOR_NOISE,   /* increments of the paths */
    FK_FOR_HALVING, /* initial draws of the step-halving pair */
    FK_FOR_REVERSE, /* initial draws of the reverse samplers */
    FK_FOR_TEST,
    FK_FOR_HALVING_NOISE,  /* increments of the pair */
    FK_FOR_REVERSE_NOISE,  /* increments of the reverse samplers */
    FK_FOR_JUMPS,          /* times and marks of jumps */
    FK_FOR_EXACT_PATH,     /* what a path's increments leave open of its solution */
    FK_FOR_KILLING,        /* how long paths last that are killed */
    FK_FOR_WEIGHTS,        /* first parameters of networks */
    FK_FOR_TRAINING,       /* data that a network learns from */
    FK_FOR_TRAINING_NOISE, /* and their noise */
    FK_FOR_JUDGING,        /* data that a network is judged by */
    FK_FOR_JUDGING_NOISE,  /* and their noise */
    FK_FOR_PROBES,         /* directions along which divergences are estimated */
    FK_FOR_SCORE_ERROR,    /* fields that scores are perturbed with */
    FK_FOR_RESAMPLING,     /* which of weighted paths go on */
    FK_FOR_TARGET,         /* what samples are held against */
    FK_FOR_DIRECTIONS,     /* in which they are looked at */
} fk_purpose;

/* FK_BLOCK neighbouring streams.  State at the border of a pair of rows, `used` rows
 * of which are spent, or of a word, `bits` of which are.  A plain value: copy it to save
 * the position. */
typedef struct fk_streams {
    uint64_t s[4][FK_BLOCK];
    unsigned used; /* 0 or 1 */
    unsigned bits; /* 0 to 64 */
} fk_streams;

/* Streams of particles first .. first + FK_BLOCK - 1. */
void fk_streams_seed(fk_streams *r, uint64_t seed, fk_purpose purpose, uint64_t first);

/* z[n][FK_BLOCK], independent N(0, 1); rows are consumed in order: two calls for one
 * row give what one call for two rows gives.  z aligned to FK_ALIGN. */
void fk_streams_normal(fk_streams *r, size_t n, double *z);

/* u[FK_BLOCK], uniform on the open interval (0, 1): (k + 1/2) 2^-52 with 52 random
 * bits k.  Ends a pair of normals that is half used. */
void fk_streams_uniform(fk_streams *r, double *u);

/* The same for z = +-1, a bit each, and for z = 0 and +-sqrt(3), with probabilities 2/3
 * and 1/6 (to 1e-10), 32 bits each.  Rows of one kind are consumed in order. */
void fk_streams_signs(fk_streams *r, size_t n, double *z);
void fk_streams_three_point(fk_streams *r, size_t n, double *z);

/* The upper 52 bits k of a random word as a number: (k + 1/2) 2^-52. */
double fk_uniform_of(uint64_t word);

/* Rows that depend on two rows of keys and a number alone: words of FK_BLOCK lanes, and
 * pairs of N(0, 1).  The keys are bits of doubles, of any kind. */
void fk_hashed_words(const double *key0, const double *key1, uint64_t number,
                     double *word0, double *word1);
void fk_hashed_normals(const double *key0, const double *key1, uint64_t number,
                       double *z0, double *z1);

/* The hash behind the seeds, Threefry-2x64-20: counter[2] under key[2]. */
void fk_threefry(const uint64_t key[2], const uint64_t counter[2], uint64_t out[2]);

#endif
