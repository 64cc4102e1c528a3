/* The parts of report.html; private to plots/report*.c. */
#ifndef FK_PLOTS_REPORT_H
#define FK_PLOTS_REPORT_H

#include <stdio.h>

#include "plots/result.h"

/* SDE, its Ito form if another was stated, and the Fokker-Planck equation. */
void fk_report_equations(FILE *out, const fk_sde *s, const fk_expr *source);

/* Tables: comparisons with their budgets and moments, samples of the way back, timings. */
void fk_report_tables(FILE *out, const fk_result *r);

#endif
