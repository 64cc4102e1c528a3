/* Private to plots/.  Runs gnuplot, two processes at a time. */
#ifndef FK_PLOTS_GNUPLOT_H
#define FK_PLOTS_GNUPLOT_H

#include <stddef.h>

#include "core/progress.h"
#include "core/status.h"

/* gnuplot script[0] .. script[n - 1] inside `folder`, without the user's start-up file.
 * FK_EIO with a sentence: gnuplot is missing, or the first script that failed and what
 * gnuplot said.  FK_EINTERRUPTED once progress says stop.  On return no process is
 * left. */
FK_NODISCARD fk_status fk_gnuplot_run(const char *folder, size_t n,
                                      const char *const *script,
                                      const fk_progress *progress, fk_message *message);

#endif
