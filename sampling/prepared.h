/* Private to sampling/.
 * How the preparation of a scheme for problems of one form ends. */
#ifndef FK_SAMPLING_PREPARED_H
#define FK_SAMPLING_PREPARED_H

#include "core/status.h"
#include "sampling/scheme.h"

/* *out is s if it was compiled with FK_OK, else NULL and s released.  FK_EDOMAIN becomes
 * "particles.scheme: NEEDS". */
FK_NODISCARD fk_status fk_prepared(fk_status compiled, fk_stepper *s,
                                   void (*release)(fk_stepper *s), const char *needs,
                                   fk_stepper **out, fk_message *message);

#endif
