#include "core/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static fk_status read_all(FILE *f, size_t most, char **text, size_t *length,
                          fk_message *message)
{
    size_t room = 4096, n = 0;
    char *bytes = malloc(room + 1);
    while (bytes != NULL && n <= most) {
        n += fread(bytes + n, 1, room - n, f);
        if (n < room)
            break;
        room *= 2;
        char *grown = realloc(bytes, room + 1);
        if (grown == NULL)
            free(bytes);
        bytes = grown;
    }
    if (bytes == NULL)
        return FK_ENOMEM;
    const int error = ferror(f) ? errno : 0;
    if (error != 0 || n > most) {
        free(bytes);
        if (error != 0)
            return fk_fail(message, FK_EIO, "cannot be read: %s", strerror(error));
        return fk_fail(message, FK_EIO, "is larger than %zu bytes", most);
    }
    bytes[n] = '\0';
    *text = bytes;
    *length = n;
    return FK_OK;
}

fk_status fk_file_read(const char *path, size_t most, char **text, size_t *length,
                       fk_message *message)
{
    *text = NULL;
    *length = 0;
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return fk_fail(message, FK_EIO, "cannot be opened: %s", strerror(errno));
    const fk_status status = read_all(f, most, text, length, message);
    fclose(f);
    return status;
}
