/* Which fokker this is, and when it made something. */
#ifndef FK_EXPERIMENTS_VERSION_H
#define FK_EXPERIMENTS_VERSION_H

#include <stddef.h>

const char *fk_version(void);  /* "0.1.0" */
const char *fk_revision(void); /* abbreviated git id of the build; "" if unknown */

void fk_time_stamp(size_t size, char *text); /* now, UTC: "2026-01-31T12:00:00Z" */

#endif
