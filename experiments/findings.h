/* The findings of an analysis as a table, as JSON and as files. */
#ifndef FK_EXPERIMENTS_FINDINGS_H
#define FK_EXPERIMENTS_FINDINGS_H

#include <stdio.h>

#include "experiments/analysis.h"

/* For people, at most 80 columns. */
void fk_findings_print(const fk_analysis *a, const fk_findings *f, FILE *out);

/* The keys are documented in docs/output.md. */
void fk_findings_json(const fk_analysis *a, const fk_findings *f, const char *command,
                      FILE *out);

/* The grids and what was done with them, one sentence. */
void fk_findings_grids(const fk_findings *f, size_t size, char *text);

/* DIR/summary.json, DIR/problem.yaml, DIR/results.nc; DIR/report.html with the pictures of
 * a gallery (NULL: none) that lie in DIR/plots.  FK_EIO, FK_ENOMEM with a sentence. */
FK_NODISCARD fk_status fk_findings_write(const fk_analysis *a, const fk_findings *f,
                                         const char *command, const char *dir,
                                         fk_message *message);
FK_NODISCARD fk_status fk_findings_report(const fk_analysis *a, const fk_findings *f,
                                          const char *command,
                                          const fk_gallery *gallery, const char *dir,
                                          fk_message *message);

#endif
