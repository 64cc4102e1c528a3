#include "plots/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { AT_ONCE = 2 };

extern char **environ;

typedef struct job {
    const char *script;
    pid_t process; /* 0: none */
    FILE *said;    /* what gnuplot wrote to stderr */
} job;

/* In `folder`, with stdin empty, stdout dropped and stderr kept. */
static int spawn(job *j, const char *folder)
{
    posix_spawn_file_actions_t actions;
    /* posix_spawn takes the arguments as char *, but does not change them */
    char program[] = "gnuplot", plain[] = "--default-settings", script[256];
    char *const argument[] = {program, plain, script, NULL};
    snprintf(script, sizeof script, "%s", j->script);
    int error = posix_spawn_file_actions_init(&actions);
    if (error != 0)
        return error;
    if ((error = posix_spawn_file_actions_addchdir_np(&actions, folder)) == 0 &&
        (error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY,
                                                  0)) == 0 &&
        (error = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY,
                                                  0)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&actions, fileno(j->said), 2)) == 0)
        error = posix_spawnp(&j->process, program, &actions, NULL, argument, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static fk_status start(job *j, const char *folder, const char *script,
                       fk_message *message)
{
    *j = (job){.script = script, .said = tmpfile()};
    if (j->said == NULL)
        return fk_fail(message, FK_EIO, "temporary file: %s", strerror(errno));
    const int error = spawn(j, folder);
    if (error == 0)
        return FK_OK;
    fclose(j->said);
    *j = (job){.process = 0};
    if (error == ENOENT)
        return fk_fail(message, FK_EIO,
                       "gnuplot, which draws the figures, was not found; install it "
                       "(package gnuplot-nox or gnuplot) or run without plots");
    return fk_fail(message, FK_EIO, "gnuplot: %s", strerror(error));
}

/* The first lines of what gnuplot said, on one line. */
static fk_status complain(const job *j, fk_message *message)
{
    char said[512];
    rewind(j->said);
    const size_t length = fread(said, 1, sizeof said - 1, j->said);
    said[length] = '\0';
    for (char *c = said; *c != '\0'; c++)
        if ((unsigned char)*c < ' ')
            *c = ' ';
    const char *begin = said + strspn(said, " ");
    return fk_fail(message, FK_EIO, "gnuplot failed on %s: %s", j->script,
                   *begin != '\0' ? begin : "no reason given");
}

/* One look at a job; *running tells whether it goes on. */
static fk_status look(job *j, bool *running, fk_message *message)
{
    int how = 0;
    const pid_t ended = waitpid(j->process, &how, WNOHANG);
    *running = ended == 0 || (ended < 0 && errno == EINTR);
    if (*running)
        return FK_OK;
    const bool good = ended > 0 && WIFEXITED(how) && WEXITSTATUS(how) == 0;
    const fk_status status = good ? FK_OK : complain(j, message);
    fclose(j->said);
    *j = (job){.process = 0};
    return status;
}

static void end(job *j)
{
    if (j->process == 0)
        return;
    kill(j->process, SIGTERM);
    while (waitpid(j->process, NULL, 0) < 0 && errno == EINTR)
        continue;
    fclose(j->said);
    *j = (job){.process = 0};
}

static void rest(void)
{
    const struct timespec moment = {.tv_nsec = 5000000};
    nanosleep(&moment, NULL);
}

fk_status fk_gnuplot_run(const char *folder, size_t n, const char *const *script,
                         const fk_progress *progress, fk_message *message)
{
    job slot[AT_ONCE] = {{.process = 0}};
    size_t started = 0, ended = 0;
    fk_status status = FK_OK;
    while (ended < n && status == FK_OK) {
        for (size_t i = 0; i < AT_ONCE && status == FK_OK; i++) {
            bool running = false;
            if (slot[i].process != 0) {
                status = look(&slot[i], &running, message);
                if (!running)
                    fk_progress_report(progress, (double)++ended, (double)n);
            } else if (started < n)
                status = start(&slot[i], folder, script[started++], message);
        }
        /* Ctrl-C reaches the children too: their end is then no failure of theirs */
        if (fk_progress_stopped(progress))
            status = fk_fail(message, FK_EINTERRUPTED, "interrupted");
        if (status == FK_OK && ended < n)
            rest();
    }
    for (size_t i = 0; i < AT_ONCE; i++)
        end(&slot[i]);
    return status;
}
