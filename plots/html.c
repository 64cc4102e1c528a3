#include "plots/html.h"

#include <stddef.h>

/* The look of all pages. */
static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1e23;--paper:#fff;--line:#d5d9e0;"
    "--soft:#f4f5f7;--good:#15803d;--bad:#b91c1c;--open:#b45309}\n"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--paper:#16181c;"
    "--line:#3a3f47;--soft:#20242a;--good:#4ade80;--bad:#f87171;--open:#fbbf24}}\n"
    "body{margin:0 auto;max-width:62rem;padding:1rem 1.2rem 4rem;color:var(--ink);"
    "background:var(--paper);font:16px/1.5 system-ui,sans-serif}\n"
    "h1{margin:.6em 0 0}h2{margin:2em 0 .4em;border-bottom:1px solid var(--line)}"
    "h3{margin:1.4em 0 .3em}\n"
    ".verdict{border-left:.4rem solid;padding:.5rem 1rem;background:var(--soft)}"
    ".verdict b{text-transform:uppercase;letter-spacing:.04em}\n"
    ".agree,.holds{color:var(--good)}.disagree,.fails{color:var(--bad)}"
    ".inconclusive{color:var(--open)}.verdict span{color:var(--ink)}\n"
    "figure{margin:1.4rem 0}figure img{max-width:100%;height:auto;background:#fff;"
    "border:1px solid var(--line);border-radius:4px}"
    "figcaption,.small{font-size:.9rem;opacity:.85}\n"
    ".wide,.math{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;"
    "font-variant-numeric:tabular-nums}td,th{padding:.2rem .7rem;text-align:right;"
    "border-bottom:1px solid "
    "var(--line)}td:first-child,th:first-child{text-align:left}\n"
    ".math{text-align:left}math{display:inline-block;font-size:1.1rem}\n"
    "pre{background:var(--soft);padding:.8rem;overflow-x:auto;font-size:.85rem}\n"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem}"
    "dt{opacity:.75}dd{margin:0;overflow-wrap:anywhere}\n";

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

void fk_html_begin(FILE *out, const char *title)
{
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
          "<title>",
          out);
    fk_html_text(out, title);
    fprintf(out, " - fokker</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>",
            style);
    fk_html_text(out, title);
    fputs("</h1>\n", out);
}

void fk_html_end(FILE *out)
{
    fputs("</body>\n</html>\n", out);
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
