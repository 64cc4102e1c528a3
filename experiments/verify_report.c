#include "experiments/verify_report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/utf8.h"
#include "experiments/version.h"

enum { NAME_COLUMNS = 25 };

static const char *const relation_sign[] = {
    [FK_EQUAL] = "=", [FK_AT_MOST] = "<=", [FK_AT_LEAST] = ">=", [FK_DIFFERENT] = "!="};

/* ---- the table ---- */

/* "qd": which errors were expected. */
static const char *kinds(const fk_evidence *e, char text[4])
{
    size_t n = 0;
    if (e->quadrature > 0.0)
        text[n++] = 'q';
    if (e->statistical > 0.0)
        text[n++] = 's';
    if (e->discretisation > 0.0)
        text[n++] = 'd';
    text[n] = '\0';
    return text;
}

/* The text in a column of so many characters, filled. */
static void print_column(const char *text, size_t columns, FILE *out)
{
    size_t n = 0;
    for (; *text != '\0' && n < columns; n++) {
        const size_t bytes = fk_utf8_length(text) > 0 ? fk_utf8_length(text) : 1;
        fprintf(out, "%.*s", (int)bytes, text);
        text += bytes;
    }
    for (; n < columns; n++)
        fputc(' ', out);
}

/* What does not fit its column has a line of its own. */
static void print_name(const char *name, FILE *out)
{
    fputs("  ", out);
    if (strlen(name) <= NAME_COLUMNS) {
        print_column(name, NAME_COLUMNS, out);
        return;
    }
    fprintf(out, "%s\n", name);
    print_column("", NAME_COLUMNS + 2, out);
}

void fk_verify_print_head(FILE *out)
{
    fprintf(
        out,
        "expected error: q quadrature, s statistical, d discretisation, summed as "
        "a row\nallows for them; of random rows at the level 1e-4 of their claim\n");
}

void fk_verify_print(const fk_trial *t, FILE *out)
{
    char kind[4];
    fprintf(out, "\n%s: %s", t->claim->name, fk_finding_word_text(t->word));
    if (t->broken != NULL)
        fprintf(out, " (broken on purpose: %s)", t->broken->name);
    fprintf(out, "   %.2g s\n%s\n", t->seconds, t->claim->statement);
    print_column("", NAME_COLUMNS + 2, out);
    fprintf(out, "%13s %14s %8s %8s\n", "left", "right", "differ", "expected");
    for (size_t i = 0; i < t->n_rows; i++) {
        const fk_evidence *e = &t->row[i];
        print_name(e->name, out);
        fprintf(out, "%13.8g%2s%13.8g%9.1e%9.1e%-3s %s\n", e->left,
                relation_sign[e->relation], e->right, e->left - e->right, e->allowed,
                kinds(e, kind), fk_finding_word_text(e->word));
    }
}

void fk_verify_print_total(const fk_verification *v, FILE *out)
{
    size_t count[3] = {0};
    for (size_t i = 0; i < v->n; i++)
        count[v->trial[i]->word]++;
    fprintf(out, "\n%zu claim%s: %zu hold%s, %zu fail%s, %zu inconclusive\n", v->n,
            v->n == 1 ? "" : "s", count[FK_HOLDS], count[FK_HOLDS] == 1 ? "s" : "",
            count[FK_FAILS], count[FK_FAILS] == 1 ? "s" : "", count[FK_UNDECIDED]);
    if (v->n < v->wanted)
        fprintf(out, "interrupted: %zu of %zu claims were tried\n", v->n, v->wanted);
}

/* ---- JSON ---- */

static void write_row(fk_json *j, const fk_evidence *e)
{
    fk_json_object(j, NULL);
    fk_json_text(j, "identity", e->name);
    fk_json_number(j, "left", e->left);
    fk_json_text(j, "relation", relation_sign[e->relation]);
    fk_json_number(j, "right", e->right);
    fk_json_number(j, "difference", e->left - e->right);
    fk_json_object(j, "expected_error");
    fk_json_number(j, "quadrature", e->quadrature);
    fk_json_number(j, "statistical", e->statistical);
    fk_json_number(j, "discretisation", e->discretisation);
    fk_json_text(j, "origin", e->origin);
    fk_json_end(j);
    fk_json_number(j, "allowed", e->allowed);
    fk_json_number(j, "sigmas", e->sigmas);
    fk_json_text(j, "verdict", fk_finding_word_text(e->word));
    fk_json_end(j);
}

static void write_trial(fk_json *j, const fk_trial *t)
{
    fk_json_object(j, NULL);
    fk_json_text(j, "claim", t->claim->name);
    fk_json_text(j, "statement", t->claim->statement);
    fk_json_text(j, "verdict", fk_finding_word_text(t->word));
    fk_json_integer(j, "seed", t->seed);
    fk_json_text(j, "break", t->broken != NULL ? t->broken->name : NULL);
    fk_json_object(j, "parameters");
    for (size_t i = 0; t->claim->parameter[i].name != NULL; i++)
        fk_json_number(j, t->claim->parameter[i].name, t->value[i]);
    fk_json_end(j);
    fk_json_array(j, "rows");
    for (size_t i = 0; i < t->n_rows; i++)
        write_row(j, &t->row[i]);
    fk_json_end(j);
    fk_json_number(j, "seconds", t->seconds);
    fk_json_end(j);
}

void fk_verify_json(const fk_verification *v, FILE *out)
{
    fk_json j = fk_json_begin(out);
    fk_json_object(&j, NULL);
    fk_json_integer(&j, "format", 1);
    fk_json_text(&j, "command", v->command);
    fk_json_text(&j, "version", fk_version());
    fk_json_text(&j, "revision", fk_revision());
    fk_json_text(&j, "verdict", fk_finding_word_text(v->word));
    fk_json_bool(&j, "complete", v->n == v->wanted);
    fk_json_array(&j, "claims");
    for (size_t i = 0; i < v->n; i++)
        write_trial(&j, v->trial[i]);
    fk_json_end(&j);
    fk_json_end(&j);
}
