#include "core/status.h"

#include <stdarg.h>
#include <stdio.h>

const char *fk_status_text(fk_status status)
{
    switch (status) {
#define FK_STATUS_CASE(code, text) \
    case code:                     \
        return text;
        FK_STATUS_LIST(FK_STATUS_CASE)
#undef FK_STATUS_CASE
    }
    return "unknown status";
}

fk_status fk_fail(fk_message *message, fk_status status, const char *format, ...)
{
    if (message != NULL) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(message->text, sizeof message->text, format, arguments);
        va_end(arguments);
    }
    return status;
}
