#include "plots/html.h"

#include <stddef.h>

void fk_html_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        default:
            fputc(*text, out);
        }
    }
}

/* Three bytes as four characters; n < 3 bytes are padded. */
static void put_group(FILE *out, const unsigned char byte[3], size_t n)
{
    static const char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned bits =
        (unsigned)byte[0] << 16 | (unsigned)byte[1] << 8 | (unsigned)byte[2];
    for (unsigned i = 0; i < 4; i++)
        fputc(i <= n ? digit[bits >> (18 - 6 * i) & 63] : '=', out);
}

fk_status fk_html_data_uri(FILE *out, const char *media_type, const char *path)
{
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return FK_EIO;
    fprintf(out, "data:%s;base64,", media_type);
    unsigned char byte[3] = {0};
    for (size_t n; (n = fread(byte, 1, 3, in)) > 0;) {
        for (size_t i = n; i < 3; i++)
            byte[i] = 0;
        put_group(out, byte, n);
    }
    const int failed = ferror(in);
    fclose(in);
    return failed ? FK_EIO : FK_OK;
}
