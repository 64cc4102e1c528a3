#include "experiments/options.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 32, LETTERS = 32, JSON = 'J', PLOTS = 'P', HELP = 'h', THREADS = 'j' };

typedef struct common_row {
    unsigned flag;
    struct option row;
    const char *letters;
} common_row;

enum { HELPS = 1 << 30 }; /* which every command does */

static const common_row commons[] = {
    {FK_OPTION_OUTPUT, {"output", required_argument, NULL, 'o'}, "o:"},
    {FK_OPTION_FORCE, {"force", no_argument, NULL, 'f'}, "f"},
    {FK_OPTION_QUIET, {"quiet", no_argument, NULL, 'q'}, "q"},
    {FK_OPTION_JSON, {"json", no_argument, NULL, JSON}, ""},
    {FK_OPTION_PLOTS, {"no-plots", no_argument, NULL, PLOTS}, ""},
    {FK_OPTION_THREADS, {"threads", required_argument, NULL, THREADS}, "j:"},
    {HELPS, {"help", no_argument, NULL, HELP}, "h"},
};

/* The rows of getopt, a row of zeros behind, and its letters. */
static void assemble(unsigned common, const fk_own_options *own, struct option *row,
                     char *letters)
{
    size_t n = 0;
    letters[0] = '\0';
    for (size_t i = 0; i < sizeof commons / sizeof *commons; i++)
        if (commons[i].flag & (common | HELPS)) {
            row[n++] = commons[i].row;
            strcat(letters, commons[i].letters);
        }
    for (const struct option *r = own != NULL ? own->row : NULL;
         r != NULL && r->name != NULL && n + 1 < ROWS; r++)
        row[n++] = *r;
    if (own != NULL)
        strcat(letters, own->letters);
    row[n] = (struct option){NULL, 0, NULL, 0};
}

/* Whether the option is a common one; it is noted then. */
static bool note(fk_options *o, int option)
{
    switch (option) {
    case 'o':
        o->folder = optarg;
        return true;
    case 'f':
        return o->force = true;
    case 'q':
        return o->quiet = true;
    case JSON:
        return o->json = true;
    case PLOTS:
        return o->no_plots = true;
    default:
        return false;
    }
}

static int set_threads(const fk_command *c)
{
    size_t n = 1;
    const int wrong = fk_option_whole(c, "threads", optarg, 1, 4096, &n);
    if (wrong == 0)
        omp_set_num_threads((int)n);
    return wrong;
}

int fk_options_read(const fk_command *c, int argc, char **argv, unsigned common,
                    const fk_own_options *own, void *context, fk_options *out)
{
    struct option row[ROWS];
    char letters[LETTERS];
    int option;
    *out = (fk_options){0};
    assemble(common, own, row, letters);
    while ((option = getopt_long(argc, argv, letters, row, NULL)) != -1) {
        if (note(out, option))
            continue;
        if (option == HELP) {
            fk_command_help(c);
            return -1;
        }
        const int status =
            option == '?'
                ? fk_command_misuse(c, "the option is not known or lacks its value")
            : option == THREADS ? set_threads(c)
                                : own->take(context, option, optarg);
        if (status != 0)
            return status;
    }
    return 0;
}

int fk_options_file(const fk_command *c, int argc, char **argv, fk_options *o)
{
    if (optind == argc)
        return fk_command_misuse(c, "which problem file?");
    o->file = argv[optind++];
    o->n_settings = (size_t)(argc - optind);
    o->setting = (const char *const *)(argv + optind);
    return 0;
}

int fk_option_whole(const fk_command *c, const char *name, const char *text,
                    double least, double most, size_t *n)
{
    char *end;
    const double value = strtod(text, &end);
    if (*end != '\0' || end == text || !(value >= least && value <= most) ||
        floor(value) < value)
        return fk_command_misuse(c,
                                 "--%s=%s: must be a whole number from %.10g to %.10g",
                                 name, text, least, most);
    *n = (size_t)value;
    return 0;
}

int fk_option_duration(const fk_command *c, const char *name, const char *text,
                       double *seconds)
{
    static const char unit[] = "smhd";
    static const double length[] = {1.0, 60.0, 3600.0, 86400.0};
    char *end;
    *seconds = strtod(text, &end);
    const char *u = *end != '\0' && end[1] == '\0' ? strchr(unit, *end) : NULL;
    if (end == text || !(*seconds > 0.0 && *seconds < 1e9) ||
        (*end != '\0' && u == NULL))
        return fk_command_misuse(
            c, "--%s=%s: must be a time such as 90s, 10m, 2h or 1d", name, text);
    *seconds *= u != NULL ? length[u - unit] : 1.0;
    return 0;
}
