/* Pieces of HTML pages. */
#ifndef FK_PLOTS_HTML_H
#define FK_PLOTS_HTML_H

#include <stdio.h>

#include "core/status.h"

/* A page from its doctype to its headline, in the look of all pages; its end. */
void fk_html_begin(FILE *out, const char *title);
void fk_html_end(FILE *out);

/* Text with the characters that mean something in HTML escaped. */
void fk_html_text(FILE *out, const char *text);

/* The file as a data URI, base64; FK_EIO if it cannot be read. */
FK_NODISCARD fk_status fk_html_data_uri(FILE *out, const char *media_type,
                                        const char *path);

#endif
