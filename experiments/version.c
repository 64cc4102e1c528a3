#include "experiments/version.h"

#include <time.h>

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

void fk_time_stamp(size_t size, char *text)
{
    const time_t now = time(NULL);
    struct tm utc;
    strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &utc));
}
