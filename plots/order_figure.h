/* Errors over steps with reference slopes: the picture of `fokker order`. */
#ifndef FK_PLOTS_ORDER_FIGURE_H
#define FK_PLOTS_ORDER_FIGURE_H

#include <stddef.h>

#include "core/progress.h"
#include "core/status.h"

/* One line of the picture. */
typedef struct fk_order_curve {
    const char *name;      /* "E|X_h - X_{h/2}|", enhanced text of gnuplot */
    const char *step_name; /* "step" */
    size_t n;
    const double *step, *value, *error; /* [n]; values of either sign */
    double order;                       /* measured; NaN: none */
    double
        declared; /* drawn as a dashed slope, once if curves share it; HUGE_VAL: none */
} fk_order_curve;

/* DIR/order.png, order.svg, order.gp and their data.  Makes DIR if it is not there.  `what`
 * is said of the vertical axis; curves over different quantities share one, each in units
 * of its coarsest step. */
FK_NODISCARD fk_status fk_write_order_figure(const char *dir, const char *title,
                                             const char *what, size_t n,
                                             const fk_order_curve *curve,
                                             fk_message *message);

#endif
