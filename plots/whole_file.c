#include "plots/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *fk_part_name(const char *path)
{
    static const char ending[] = ".part";
    const size_t length = strlen(path);
    char *part = malloc(length + sizeof ending);
    if (part != NULL) {
        memcpy(part, path, length);
        memcpy(part + length, ending, sizeof ending);
    }
    return part;
}

static bool flush(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    const bool good = fsync(fd) == 0;
    return close(fd) == 0 && good;
}

fk_status fk_part_finish(const char *part, const char *path, fk_status status,
                         fk_message *message)
{
    if (status == FK_OK && (!flush(part) || rename(part, path) != 0))
        status = fk_fail(message, FK_EIO, "%s: %s", path, strerror(errno));
    if (status != FK_OK)
        unlink(part);
    return status;
}
