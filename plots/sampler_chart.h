/* Errors of samplers over the work they take, a panel for each, all others in the
 * background: orders and work-precision on one page. */
#ifndef FK_PLOTS_SAMPLER_CHART_H
#define FK_PLOTS_SAMPLER_CHART_H

#include <stddef.h>

#include "core/status.h"

enum { FK_PANEL_POINTS = 16 };

typedef struct fk_sampler_panel {
    const char *name;
    const char *what; /* is measured: the panels of one kind share a scale */
    size_t n;         /* at most FK_PANEL_POINTS */
    double work[FK_PANEL_POINTS]; /* evaluations of the score per sample */
    const double *value, *error;  /* [n] of either sign, standard errors; NULL: none */
    double order, order_error;    /* measured; NaN: none */
    double declared;              /* drawn as a dashed slope through the last point */
} fk_sampler_panel;

/* DIR/samplers.png, .svg, .gp and their data.  Makes DIR if it is not there.  FK_EIO with
 * a sentence when files cannot be written or gnuplot fails. */
FK_NODISCARD fk_status fk_write_sampler_chart(const char *dir, const char *title,
                                              size_t n, const fk_sampler_panel *panel,
                                              fk_message *message);

#endif
