#include "experiments/version.h"

#ifndef FK_REVISION
#define FK_REVISION ""
#endif

const char *fk_version(void)
{
    return FK_VERSION;
}

const char *fk_revision(void)
{
    return FK_REVISION;
}
