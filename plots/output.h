/* What a run leaves on disk: DIR/results.nc, summary.json, figures with their data and
 * gnuplot scripts, report.html.  Everything is written into DIR under a temporary name
 * and renamed when it is whole. */
#ifndef FK_PLOTS_OUTPUT_H
#define FK_PLOTS_OUTPUT_H

#include <stdio.h>

#include "core/progress.h"
#include "core/status.h"
#include "plots/result.h"

/* netCDF-4: density(t, y, x), particles(t, y, x), exact, kernel, coordinates with units,
 * attributes problem, seed, version, revision, command, threads. */
FK_NODISCARD fk_status fk_write_results(const fk_result *r, const char *path,
                                        fk_message *message);

/* The traced paths as CSV: particle, t, and the variables, all digits. */
FK_NODISCARD fk_status fk_write_paths(const fk_result *r, const char *path,
                                      fk_message *message);

/* Every number of the verdict and timings; the keys are documented in docs/output.md. */
FK_NODISCARD fk_status fk_write_summary(const fk_result *r, FILE *out);

/* A short table for people, at most 80 columns. */
void fk_print_table(const fk_result *r, FILE *out);

/* Data files and gnuplot scripts into DIR/plots, then gnuplot on each: PNG and SVG, and
 * the animation.  gnuplot missing or failing is FK_EIO with a sentence. */
FK_NODISCARD fk_status fk_write_figures(const fk_result *r, const char *dir,
                                        const fk_progress *progress,
                                        fk_message *message);

/* Run gnuplot again on the scripts in DIR/plots (after a user restyled them). */
FK_NODISCARD fk_status fk_redraw_figures(const char *dir, fk_message *message);

/* One self-contained page: the equation in MathML, the pictures embedded, the verdict,
 * budget and timing tables. */
FK_NODISCARD fk_status fk_write_report(const fk_result *r, const char *dir,
                                       fk_message *message);

#endif
