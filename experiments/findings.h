/* The findings of an analysis as a table and as JSON. */
#ifndef FK_EXPERIMENTS_FINDINGS_H
#define FK_EXPERIMENTS_FINDINGS_H

#include <stdio.h>

#include "experiments/analysis.h"

/* For people, at most 80 columns. */
void fk_findings_print(const fk_analysis *a, const fk_findings *f, FILE *out);

/* The keys are documented in docs/output.md. */
void fk_findings_json(const fk_analysis *a, const fk_findings *f, const char *command,
                      FILE *out);

#endif
