#include "experiments/terminal.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BAR = 28 };

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    if (interrupted)
        _exit(128 + number);
    interrupted = 1;
}

void fk_terminal_catch_interrupts(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool fk_terminal_interrupted(void)
{
    return interrupted != 0;
}

static double deadline = HUGE_VAL;

void fk_terminal_stop_at(double when)
{
    deadline = when;
}

bool fk_terminal_late(double reserve)
{
    return deadline < HUGE_VAL && fk_seconds() + reserve > deadline;
}

double fk_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

fk_terminal fk_terminal_make(bool quiet)
{
    fk_terminal t = {.quiet = quiet, .interactive = isatty(STDERR_FILENO) != 0};
    return t;
}

void fk_terminal_begin(fk_terminal *t, const char *phase, const char *unit,
                       double scale)
{
    snprintf(t->phase, sizeof t->phase, "%s", phase);
    t->unit = unit;
    t->scale = scale;
    t->began = fk_seconds();
    t->drawn = 0.0;
    t->done = 0.0;
}

/* A rate with an SI prefix: 1.9 G particle-steps/s. */
static void print_rate(const fk_terminal *t, double seconds)
{
    static const char prefix[] = {' ', 'k', 'M', 'G', 'T'};
    double rate = t->done * t->scale / fmax(seconds, 1e-9);
    size_t i = 0;
    for (; rate >= 1000.0 && i + 1 < sizeof prefix; i++)
        rate /= 1000.0;
    fprintf(stderr, "  %.3g %c%s/s", rate, prefix[i], t->unit);
}

static void draw(fk_terminal *t, double done, double total, double now)
{
    const double share = total > 0.0 ? fmin(fmax(done / total, 0.0), 1.0) : 1.0;
    const int filled = (int)(share * BAR);
    const double left = share > 0.0 ? (now - t->began) * (1.0 - share) / share : 0.0;
    fprintf(stderr, "\r\033[K%-24s ", t->phase);
    for (int i = 0; i < BAR; i++)
        fputs(i < filled ? "#" : ".", stderr);
    fprintf(stderr, " %3.0f%%", 100.0 * share);
    if (t->unit != NULL)
        print_rate(t, now - t->began);
    if (share > 0.02 && left >= 0.5)
        fprintf(stderr, "  %.0f s left", left);
    fflush(stderr);
}

static void report(void *context, double done, double total)
{
    fk_terminal *t = context;
    const double now = fk_seconds();
    t->done = done;
    if (t->quiet || !t->interactive || now - t->drawn < 0.1)
        return;
    t->drawn = now;
    draw(t, done, total, now);
}

static bool stopped(void *context)
{
    (void)context;
    return fk_terminal_interrupted() || fk_terminal_late(0.0);
}

fk_progress fk_terminal_progress(fk_terminal *t)
{
    fk_progress p = {.report = report, .stopped = stopped, .context = t};
    return p;
}

void fk_terminal_end(fk_terminal *t)
{
    if (t->quiet)
        return;
    const double seconds = fk_seconds() - t->began;
    fprintf(stderr, "%s%-24s %7.2f s", t->interactive ? "\r\033[K" : "", t->phase,
            seconds);
    if (t->unit != NULL && t->done > 0.0)
        print_rate(t, seconds);
    fputc('\n', stderr);
}
