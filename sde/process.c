#include "sde/process.h"

#include <string.h>

#define FK_PROCESS(name) extern const fk_process fk_process_##name;
#include "sde/processes.def"
#undef FK_PROCESS

const fk_process *const fk_processes[] = {
#define FK_PROCESS(name) &fk_process_##name,
#include "sde/processes.def"
#undef FK_PROCESS
    NULL,
};

const fk_process *fk_process_find(const char *name)
{
    for (const fk_process *const *p = fk_processes; *p != NULL; p++)
        if (strcmp((*p)->name, name) == 0)
            return *p;
    return NULL;
}
