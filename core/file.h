/* A whole file in memory. */
#ifndef FK_CORE_FILE_H
#define FK_CORE_FILE_H

#include <stddef.h>

#include "core/status.h"

/* The bytes of a regular file, a NUL behind them; to be freed by the caller.  FK_EIO
 * with the reason (no name: the caller says which file): it cannot be read, or has more
 * than `most` bytes. */
FK_NODISCARD fk_status fk_file_read(const char *path, size_t most, char **text,
                                    size_t *length, fk_message *message);

#endif
