#include "experiments/command_line.h"

#include <stdlib.h>
#include <string.h>

char *fk_command_line(int argc, char **argv)
{
    size_t length = 16;
    for (int i = 0; i < argc; i++)
        length += strlen(argv[i]) + 1;
    char *line = malloc(length);
    if (line == NULL)
        return NULL;
    char *end = stpcpy(line, "fokker");
    for (int i = 0; i < argc; i++)
        end = stpcpy(stpcpy(end, " "), argv[i]);
    return line;
}
