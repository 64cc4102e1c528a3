/* Private to plots/.
 * Files that are whole or absent: written under a temporary name beside the final one,
 * flushed to the disk, renamed. */
#ifndef FK_PLOTS_WHOLE_FILE_H
#define FK_PLOTS_WHOLE_FILE_H

#include <stdio.h>

#include "core/status.h"

/* The temporary name for `path`, to be freed; NULL without memory. */
char *fk_part_name(const char *path);

/* What was written under `part` is flushed and takes the name `path` if `status` is
 * FK_OK; otherwise it is removed and `status` comes back. */
FK_NODISCARD fk_status fk_part_finish(const char *part, const char *path,
                                      fk_status status, fk_message *message);

#endif
