/* An analysis from the question to the folder that a command leaves behind. */
#ifndef FK_EXPERIMENTS_ANALYSIS_RESULT_H
#define FK_EXPERIMENTS_ANALYSIS_RESULT_H

#include "experiments/analysis.h"
#include "experiments/command.h"
#include "experiments/options.h"

/* Analyses, writes numbers, fields, pictures and a report to the folder that the options
 * name, or out/NAME_WHAT, and tells the numbers on stdout.  Sets the request's terminal, which
 * lives only in here.  line: of the command.  f is to be cleared even after a failure. */
FK_NODISCARD fk_status fk_analysis_result(const fk_command *c, const fk_analysis *a,
                                          fk_analysis_request *request,
                                          const fk_options *o, const char *line,
                                          fk_findings *f, fk_message *message);

#endif
