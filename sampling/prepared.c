#include "sampling/prepared.h"

fk_status fk_prepared(fk_status compiled, fk_stepper *s, void (*release)(fk_stepper *s),
                      const char *needs, fk_stepper **out, fk_message *message)
{
    *out = compiled == FK_OK ? s : NULL;
    if (compiled == FK_OK)
        return FK_OK;
    release(s);
    if (compiled != FK_EDOMAIN)
        return fk_fail(message, compiled, "%s", fk_status_text(compiled));
    return fk_fail(message, FK_EDOMAIN, "particles.scheme: %s", needs);
}
