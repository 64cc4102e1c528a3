/* fokker verify: claims, and what their numbers say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spelling.h"
#include "experiments/command.h"
#include "experiments/command_line.h"
#include "experiments/command_verify.h"
#include "experiments/options.h"
#include "experiments/result_folder.h"
#include "experiments/terminal.h"
#include "experiments/verify_report.h"

enum { OPTION_QUICK = 0x100, CLAIMS = 128 };

typedef struct arguments {
    fk_options common;
    bool quick;
    size_t n_claims;
    const fk_claim *claim[CLAIMS];
    size_t n_settings;
    char **setting; /* borrowed: the last words */
    char *line;     /* owned */
} arguments;

static const struct option own_rows[] = {
    {"quick", no_argument, NULL, OPTION_QUICK},
    {NULL, 0, NULL, 0},
};

static int take(void *context, int option, const char *text)
{
    arguments *a = context;
    (void)option; /* there is one */
    (void)text;
    a->quick = true;
    return 0;
}

static int read_claim(arguments *a, const char *word)
{
    const char *name[CLAIMS];
    size_t n = 0;
    const fk_claim *c = fk_claim_find(word);
    if (c != NULL && a->n_claims < CLAIMS) {
        a->claim[a->n_claims++] = c;
        return 0;
    }
    for (; fk_claims[n] != NULL && n < CLAIMS; n++)
        name[n] = fk_claims[n]->name;
    const char *near = fk_spelling_nearest(word, n, name);
    return fk_command_misuse(&fk_the_verify,
                             "there is no claim '%s'%s%s%s; 'fokker list claims' shows "
                             "all",
                             word, near != NULL ? "; did you mean '" : "",
                             near != NULL ? near : "", near != NULL ? "'?" : "");
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    const fk_own_options own = {own_rows, "", take};
    *a = (arguments){.line = fk_command_line(argc, argv)};
    int wrong = fk_options_read(&fk_the_verify, argc, argv, FK_OPTIONS_OF_A_RESULT,
                                &own, a, &a->common);
    for (; wrong == 0 && optind < argc && strchr(argv[optind], '=') == NULL; optind++)
        wrong = read_claim(a, argv[optind]);
    if (wrong != 0)
        return wrong;
    a->n_settings = (size_t)(argc - optind);
    a->setting = argv + optind;
    if (a->n_claims == 0 && a->n_settings > 0)
        return fk_command_misuse(&fk_the_verify,
                                 "'%s': settings are for a claim that is named first",
                                 a->setting[0]);
    if (a->n_claims == 0)
        for (const fk_claim *const *c = fk_claims; *c != NULL; c++)
            a->claim[a->n_claims++] = *c;
    return 0;
}

/* ---- the claims ---- */

/* A trial with the settings made; NULL after a failure. */
static fk_status prepare(const arguments *a, const fk_claim *c, fk_trial **out,
                         fk_message *message)
{
    FK_TRY(fk_trial_new(c, a->quick, out));
    for (size_t i = 0; i < a->n_settings; i++) {
        const fk_status status = fk_trial_set(*out, a->setting[i], message);
        if (status != FK_OK) {
            free(*out);
            *out = NULL;
            return status;
        }
    }
    return FK_OK;
}

/* All of them, before the first one runs: a wrong setting costs no time. */
static fk_status prepare_all(const arguments *a, fk_trial **trial, fk_message *message)
{
    for (size_t i = 0; i < a->n_claims; i++)
        FK_TRY(prepare(a, a->claim[i], &trial[i], message));
    return FK_OK;
}

/* Runs them one after the other; interrupted, the rest is left out. */
static fk_status run_all(const arguments *a, fk_verification *v, fk_gallery *gallery,
                         fk_terminal *terminal, fk_message *message)
{
    const fk_progress progress = fk_terminal_progress(terminal);
    if (!a->common.json)
        fk_verify_print_head(stdout);
    for (size_t i = 0; i < a->n_claims; i++) {
        fk_trial *t = v->trial[i];
        t->gallery = gallery;
        fk_terminal_begin(terminal, t->claim->name, NULL, 1.0);
        FK_TRY(fk_trial_run(t, &progress, message));
        fk_terminal_end(terminal);
        v->n = i + 1;
        v->word = t->word > v->word ? t->word : v->word;
        if (!a->common.json) {
            fk_verify_print(t, stdout);
            fflush(stdout);
        }
    }
    return FK_OK;
}

/* ---- what is left of it ---- */

static fk_status write_files(const fk_verification *v, const char *dir,
                             fk_message *message)
{
    char path[1200];
    snprintf(path, sizeof path, "%s/summary.json", dir);
    FILE *summary = fopen(path, "w");
    if (summary == NULL)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    fk_verify_json(v, summary);
    const bool bad = ferror(summary) != 0;
    if (fclose(summary) != 0 || bad)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    snprintf(path, sizeof path, "%s/report.html", dir);
    FILE *page = fopen(path, "w");
    if (page == NULL)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    const fk_status status = fk_verify_page(v, dir, page, message);
    const bool torn = ferror(page) != 0;
    if (fclose(page) != 0 || torn)
        return fk_fail(message, FK_EIO, "cannot write %s", path);
    return status;
}

/* As for `fokker run`: without gnuplot the numbers remain. */
static fk_status draw(fk_gallery *gallery, fk_terminal *terminal, fk_message *message)
{
    const fk_progress progress = fk_terminal_progress(terminal);
    fk_terminal_begin(terminal, "figures", NULL, 1.0);
    const fk_status status = fk_gallery_close(gallery, &progress, message);
    fk_terminal_end(terminal);
    if (status != FK_EIO)
        return status;
    fprintf(stderr, "fokker verify: figures are missing: %s\n", message->text);
    return FK_OK;
}

/* The claims into a folder that is being filled; what an interruption leaves is kept, once
 * there is a claim. */
static fk_status fill(const arguments *a, fk_verification *v, const char *dir,
                      fk_terminal *terminal, fk_message *message)
{
    char plots[1200];
    fk_gallery *gallery = NULL;
    snprintf(plots, sizeof plots, "%s/plots", dir);
    if (!a->common.no_plots)
        FK_TRY(fk_gallery_open(plots, NULL, &gallery, message));
    const fk_status status = run_all(a, v, gallery, terminal, message);
    const bool kept = status == FK_OK || (status == FK_EINTERRUPTED && v->n > 0);
    if (!kept || gallery == NULL)
        fk_gallery_discard(gallery);
    else if (draw(gallery, terminal, message) == FK_ENOMEM)
        return FK_ENOMEM;
    if (kept)
        FK_TRY(write_files(v, dir, message));
    return status;
}

static const char *standard_folder(const arguments *a, char text[1024])
{
    if (a->n_claims == 1)
        snprintf(text, 1024, "out/verify_%s", a->claim[0]->name);
    else
        snprintf(text, 1024, "out/verify");
    return a->common.folder != NULL ? a->common.folder : text;
}

static fk_status verify(const arguments *a, fk_verification *v, fk_message *message)
{
    char standard[1024];
    fk_result_folder folder;
    fk_terminal terminal = fk_terminal_make(a->common.quiet);
    FK_TRY(prepare_all(a, v->trial, message));
    FK_TRY(fk_result_folder_open(standard_folder(a, standard), a->common.force, &folder,
                                 message));
    fk_status status = fill(a, v, folder.working, &terminal, message);
    if (status != FK_OK && !(status == FK_EINTERRUPTED && v->n > 0)) {
        fk_result_folder_discard(&folder);
        return status;
    }
    FK_TRY(fk_result_folder_commit(&folder, message));
    if (a->common.json) {
        fk_verify_json(v, stdout);
    } else {
        fk_verify_print_total(v, stdout);
        printf("result: %s\n", folder.path);
    }
    return status;
}

int fk_verify_exit(fk_finding_word w)
{
    return w == FK_HOLDS   ? FK_EXIT_AGREE
           : w == FK_FAILS ? FK_EXIT_DISAGREE
                           : FK_EXIT_INCONCLUSIVE;
}

static int run(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "weak") == 0)
        return fk_command_verify_weak(argc - 1, argv + 1);
    arguments a;
    fk_message message = {.text = ""};
    fk_trial *trial[CLAIMS] = {NULL};
    const int wrong = read_arguments(argc, argv, &a);
    fk_verification v = {.command = a.line, .trial = trial, .wanted = a.n_claims};
    const fk_status status = wrong == 0 ? verify(&a, &v, &message) : FK_OK;
    for (size_t i = 0; i < CLAIMS; i++)
        free(trial[i]);
    free(a.line);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    if (status == FK_EINTERRUPTED && v.n > 0)
        return FK_EXIT_INTERRUPTED;
    return status == FK_OK ? fk_verify_exit(v.word)
                           : fk_command_fail(&fk_the_verify, status, &message);
}

const fk_command fk_the_verify = {
    .name = "verify",
    .summary = "verify derivations by numbers",
    .usage =
        "usage: fokker verify [OPTION...] [CLAIM... [KEY=VALUE...]]\n"
        "       fokker verify weak [OPTION...] FILE [KEY=VALUE...]   (see its "
        "--help)\n\n"
        "Computes both sides of every identity that a claim implies, by different "
        "routes,\n"
        "and decides from the errors to be expected whether it holds.  Without a name "
        "all\n"
        "claims are tried, a minute or two; 'fokker list claims' names them, 'fokker\n"
        "describe CLAIM' gives derivation, parameters and breaks.  break=NAME puts a "
        "mistake\n"
        "into the formula: the claim has to fail.  Every claim has a seed too.\n\n"
        "  -o, --output=DIR   put the result there instead of out/verify or\n"
        "                     out/verify_CLAIM\n"
        "  -f, --force        replace a result that exists\n"
        "      --quick        the short versions that the tests run\n"
        "      --json         print the summary as JSON instead of the tables\n"
        "      --no-plots     no figures\n"
        "  -q, --quiet        no progress on stderr\n"
        "  -h, --help         this text\n\n"
        "exit status: 0 every claim holds, 1 one fails, 3 inconclusive (errors too "
        "large to\n"
        "tell), 2 wrong option, claim or value, 130 interrupted: what was done is "
        "kept\n",
    .run = run,
};
