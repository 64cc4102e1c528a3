/* fokker infer DATA.csv [MODEL]: drift and diffusion of a measured path. */
#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "experiments/command.h"
#include "experiments/infer.h"

enum {
    OPTION_COLUMNS = 1000,
    OPTION_STEP,
    OPTION_EVERY,
    OPTION_GAP,
    OPTION_FIT,
    OPTION_DEGREE,
    OPTION_NOISE,
    OPTION_BINS,
    OPTION_JSON,
    OPTION_PLOTS
};

static const struct option long_options[] = {
    {"columns", required_argument, NULL, OPTION_COLUMNS},
    {"step", required_argument, NULL, OPTION_STEP},
    {"every", required_argument, NULL, OPTION_EVERY},
    {"gap", required_argument, NULL, OPTION_GAP},
    {"fit", required_argument, NULL, OPTION_FIT},
    {"degree", required_argument, NULL, OPTION_DEGREE},
    {"noise-degree", required_argument, NULL, OPTION_NOISE},
    {"bins", required_argument, NULL, OPTION_BINS},
    {"output", required_argument, NULL, 'o'},
    {"force", no_argument, NULL, 'f'},
    {"quiet", no_argument, NULL, 'q'},
    {"json", no_argument, NULL, OPTION_JSON},
    {"no-plots", no_argument, NULL, OPTION_PLOTS},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

typedef struct arguments {
    fk_infer_options o;
    bool json;
} arguments;

static int read_whole(const char *option, int least, int most, int *value)
{
    char *end;
    const long n = strtol(optarg, &end, 10);
    if (*end != '\0' || end == optarg || n < least || n > most)
        return fk_command_misuse(&fk_the_infer,
                                 "--%s=%s: must be a whole number from %d to %d",
                                 option, optarg, least, most);
    *value = (int)n;
    return 0;
}

static int read_size(const char *option, int most, size_t *value)
{
    int n = 0;
    const int status = read_whole(option, 1, most, &n);
    *value = (size_t)n;
    return status;
}

static int read_time(const char *option, double *value)
{
    char *end;
    *value = strtod(optarg, &end);
    if (*end == '\0' && end != optarg && isfinite(*value) && *value > 0.0)
        return 0;
    return fk_command_misuse(&fk_the_infer, "--%s=%s: must be a number above 0", option,
                             optarg);
}

/* 0 to go on, -1 after --help, an exit status otherwise. */
static int read_option(arguments *a, int option)
{
    fk_infer_options *o = &a->o;
    switch (option) {
    case OPTION_COLUMNS:
        return o->series.columns = optarg, 0;
    case OPTION_STEP:
        return read_time("step", &o->series.step);
    case OPTION_EVERY:
        return read_size("every", 1000000, &o->series.every);
    case OPTION_GAP:
        return read_time("gap", &o->gap);
    case OPTION_FIT:
        return o->fit = optarg, 0;
    case OPTION_DEGREE:
        return read_whole("degree", 0, FK_INFER_DEGREE, &o->polynomial.degree);
    case OPTION_NOISE:
        return read_whole("noise-degree", 0, FK_INFER_DEGREE,
                          &o->polynomial.noise_degree);
    case OPTION_BINS:
        return read_size("bins", FK_INFER_BINS, &o->bins);
    case 'o':
        return o->folder = optarg, 0;
    case 'f':
        return o->force = true, 0;
    case 'q':
        return o->quiet = true, 0;
    case OPTION_JSON:
        return a->json = true, 0;
    case OPTION_PLOTS:
        return o->plots = false, 0;
    case 'h':
        return fk_command_help(&fk_the_infer) == 0 ? -1 : FK_EXIT_FAILED;
    default:
        return fk_command_misuse(&fk_the_infer,
                                 "the option is not known or lacks its value");
    }
}

static int read_arguments(int argc, char **argv, arguments *a)
{
    int option;
    *a = (arguments){.o = {.polynomial = {.degree = -1},
                           .series = {.every = 1},
                           .gap = HUGE_VAL,
                           .plots = true}};
    while ((option = getopt_long(argc, argv, "o:fqh", long_options, NULL)) != -1) {
        const int status = read_option(a, option);
        if (status != 0)
            return status;
    }
    if (optind == argc)
        return fk_command_misuse(&fk_the_infer, "which data? A CSV file is needed");
    a->o.data = argv[optind++];
    if (optind < argc && strchr(argv[optind], '=') == NULL)
        a->o.model = argv[optind++];
    for (; optind < argc; optind++) {
        if (a->o.n_settings == FK_INFER_SETTINGS || strchr(argv[optind], '=') == NULL)
            return fk_command_misuse(&fk_the_infer,
                                     "'%s' is not a setting KEY=VALUE of the model",
                                     argv[optind]);
        a->o.setting[a->o.n_settings++] = argv[optind];
    }
    return 0;
}

static int run(int argc, char **argv)
{
    arguments a;
    fk_message message = {.text = ""};
    const int wrong = read_arguments(argc, argv, &a);
    if (wrong != 0)
        return wrong < 0 ? FK_EXIT_AGREE : wrong;
    fk_inference *f = calloc(1, sizeof *f);
    if (f == NULL)
        return FK_EXIT_FAILED;
    f->o = &a.o;
    const fk_status status = fk_infer(f, &message);
    if (status == FK_OK && a.json)
        fk_infer_json(f, stdout);
    if (status == FK_OK && !a.json)
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
