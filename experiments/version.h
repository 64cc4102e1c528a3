/* Which fokker this is. */
#ifndef FK_EXPERIMENTS_VERSION_H
#define FK_EXPERIMENTS_VERSION_H

const char *fk_version(void);  /* "0.1.0" */
const char *fk_revision(void); /* abbreviated git id of the build; "" if unknown */

#endif
