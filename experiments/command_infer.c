/* fokker infer DATA.csv [MODEL]: drift and diffusion of a measured path. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/infer.h"
#include "experiments/options.h"

enum {
    OPTION_COLUMNS = 0x100,
    OPTION_STEP,
    OPTION_EVERY,
    OPTION_GAP,
    OPTION_FIT,
    OPTION_DEGREE,
    OPTION_NOISE,
    OPTION_BINS
};

static const struct option own_rows[] = {
    {"columns", required_argument, NULL, OPTION_COLUMNS},
    {"step", required_argument, NULL, OPTION_STEP},
    {"every", required_argument, NULL, OPTION_EVERY},
    {"gap", required_argument, NULL, OPTION_GAP},
    {"fit", required_argument, NULL, OPTION_FIT},
    {"degree", required_argument, NULL, OPTION_DEGREE},
    {"noise-degree", required_argument, NULL, OPTION_NOISE},
    {"bins", required_argument, NULL, OPTION_BINS},
    {NULL, 0, NULL, 0},
};

static int read_whole(const char *option, const char *text, double least, double most,
                      size_t *n)
{
    return fk_option_whole(&fk_the_infer, option, text, least, most, n);
}

static int degree(const char *option, const char *text, int *value)
{
    size_t n = 0;
    const int wrong = read_whole(option, text, 0, FK_INFER_DEGREE, &n);
    *value = (int)n;
    return wrong;
}

static int read_time(const char *option, const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    if (*end == '\0' && end != text && isfinite(*value) && *value > 0.0)
        return 0;
    return fk_command_misuse(&fk_the_infer, "--%s=%s: must be a number above 0", option,
                             text);
}

static int take(void *context, int option, const char *text)
{
    fk_infer_options *o = context;
    switch (option) {
    case OPTION_COLUMNS:
        return o->series.columns = text, 0;
    case OPTION_STEP:
        return read_time("step", text, &o->series.step);
    case OPTION_EVERY:
        return read_whole("every", text, 1, 1e6, &o->series.every);
    case OPTION_GAP:
        return read_time("gap", text, &o->gap);
    case OPTION_FIT:
        return o->fit = text, 0;
    case OPTION_DEGREE:
        return degree("degree", text, &o->polynomial.degree);
    case OPTION_NOISE:
        return degree("noise-degree", text, &o->polynomial.noise_degree);
    default:
        return read_whole("bins", text, 1, FK_INFER_BINS, &o->bins);
    }
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_arguments(int argc, char **argv, fk_infer_options *o, bool *json)
{
    const fk_own_options own = {own_rows, "", take};
    fk_options common;
    *o = (fk_infer_options){
        .polynomial = {.degree = -1}, .series = {.every = 1}, .gap = HUGE_VAL};
    const int wrong = fk_options_read(&fk_the_infer, argc, argv, FK_OPTIONS_OF_A_RESULT,
                                      &own, o, &common);
    if (wrong != 0)
        return wrong;
    o->folder = common.folder;
    o->force = common.force;
    o->quiet = common.quiet;
    o->plots = !common.no_plots;
    *json = common.json;
    if (optind == argc)
        return fk_command_misuse(&fk_the_infer, "which data? A CSV file is needed");
    o->data = argv[optind++];
    if (optind < argc && strchr(argv[optind], '=') == NULL)
        o->model = argv[optind++];
    for (; optind < argc; optind++) {
        if (o->n_settings == FK_INFER_SETTINGS || strchr(argv[optind], '=') == NULL)
            return fk_command_misuse(&fk_the_infer,
                                     "'%s' is not a setting KEY=VALUE of the model",
                                     argv[optind]);
        o->setting[o->n_settings++] = argv[optind];
    }
    return 0;
}

static int run(int argc, char **argv)
{
    fk_infer_options o;
    bool json;
    fk_message message = {.text = ""};
    const int wrong = read_arguments(argc, argv, &o, &json);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_inference *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_EXIT_FAILED;
    f->o = &o;
    const fk_status status = fk_infer(f, &message);
    if (status == FK_OK && json)
        fk_infer_json(f, stdout);
    if (status == FK_OK && !json)
        fk_infer_print(f);
    fk_infer_clear(f);
    free(f);
    return status == FK_OK ? FK_EXIT_AGREE
                           : fk_command_fail(&fk_the_infer, status, &message);
}

const fk_command fk_the_infer = {
    .name = "infer",
    .summary = "drift and diffusion of a measured path, and a problem file of them",
    .usage =
        "usage: fokker infer [OPTION...] DATA.csv [MODEL] [KEY=VALUE...]\n\n"
        "DATA.csv has a line of column names and rows in the order of time: the time "
        "and "
        "one\n"
        "or two values; steps may be uneven.  Prints drift and diffusion without a "
        "model\n"
        "(Kramers-Moyal, with standard errors) and fits a model by maximum likelihood, "
        "its\n"
        "transition densities by the Fokker-Planck equation: MODEL, a problem file "
        "(KEY=VALUE\n"
        "sets its keys, the fit begins at its parameters), or a polynomial drift with "
        "constant\n"
        "noise.  Leaves a folder with problem.yaml, which `fokker run` takes.\n\n"
        "      --columns=T,X[,Y] names of the columns of time and values [all of "
        "them]\n"
        "      --step=H          no column is time: rows are so far apart\n"
        "      --every=N         of N rows use the first\n"
        "      --gap=H           steps longer than this are gaps and not used\n"
        "      --fit=A,B         parameters to fit [all in the drift and noise]\n"
        "      --degree=N        of the polynomial drift, 0 to 5, in the plane to 2 "
        "[by "
        "BIC]\n"
        "      --noise-degree=N  noise squared a polynomial too, one variable [0: "
        "constant]\n"
        "      --bins=N          along a variable, 1 to 40, in the plane 12 [12, plane "
        "4]\n"
        "  -o, --output=DIR      put the result there instead of out/DATA_model\n"
        "  -f, --force           replace a result that exists\n"
        "      --json            print JSON instead of tables\n"
        "      --no-plots        no figure\n"
        "  -q, --quiet           no progress on stderr\n"
        "  -h, --help            this text\n\n"
        "exit status: 0 fitted, 2 wrong option, data or model, 4 could not finish\n",
    .run = run,
};
