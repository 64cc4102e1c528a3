/* Scores that a network has learned, and the file that keeps them: weights as
 * "layers.I.weight" and "layers.I.bias", what the network sees the data by, and the
 * transitions of the process at some times, so that other programs can use it and a
 * different process is found out. */
#ifndef FK_SDE_SCORE_NETWORK_H
#define FK_SDE_SCORE_NETWORK_H

#include <stdio.h>

#include "sde/noising.h"
#include "sde/score.h"
#include "solvers/network.h"

typedef struct fk_learned {
    size_t dim;
    fk_network net;
    double *theta;             /* [fk_network_parameters] */
    double start, first, last; /* as in fk_noising_frame */
    double *mean, *cov;        /* [dim], [dim][dim] */
    double *block;             /* owns them */
} fk_learned;

/* Zeros, with room for everything. */
FK_NODISCARD fk_status fk_learned_new(size_t dim, size_t hidden, size_t width,
                                      fk_learned **out);
void fk_learned_free(fk_learned *l); /* accepts NULL */

/* The frame, whose arrays are l's. */
fk_noising_frame fk_learned_frame(const fk_learned *l);

/* about: one more text of the file, such as the problem; sde: the process it learned. */
FK_NODISCARD fk_status fk_learned_write(const fk_learned *l, const fk_sde *sde,
                                        const char *about, FILE *out,
                                        fk_message *message);

/* FK_EIO, FK_ESYNTAX with a sentence; FK_EDOMAIN: it learned another process than sde. */
FK_NODISCARD fk_status fk_learned_read(const char *path, const fk_sde *sde,
                                       fk_learned **out, fk_message *message);

/* s(x, t) at the times of a table; before the first time that was learned the score is
 * that of the first.  Borrows l.  FK_EDOMAIN with a sentence: a time after the last. */
FK_NODISCARD fk_status fk_score_network_new(const fk_sde *sde, const fk_learned *l,
                                            size_t n_times, const double *time,
                                            fk_score **out, fk_message *message);

#endif
