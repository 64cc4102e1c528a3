/* Free memory as files of a system tell it: made here, of machines and containers. */
#include "core/free_memory.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/suite.h"

static char root[] = "/tmp/fokker-memory-XXXXXX";

/* ROOT/NAME with a text, and the folders on the way. */
static void put(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *slash = strchr(path + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
        *slash = '/';
    }
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs(text, f);
    fclose(f);
}

static void begin(void)
{
    snprintf(root, sizeof root, "/tmp/fokker-memory-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    put("proc/meminfo",
        "MemTotal:  9000 kB\nMemFree:  100 kB\nMemAvailable:   8000 kB\n");
}

static void end(void)
{
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", root);
    ck_assert_int_eq(system(command), 0);
}

static void expect(double bytes, const char *by)
{
    const fk_free_memory m = fk_free_memory_of(root);
    ck_assert_double_eq(m.bytes, bytes);
    ck_assert_str_eq(m.by, by);
}

/* Not what the machine has, nor what is unused, but what is available; and nothing is known
 * of a system that tells nothing. */
START_TEST(machines)
{
    expect(8000.0 * 1024.0, "the machine");
    ck_assert(isinf(fk_free_memory_of("/nowhere").bytes));
}
END_TEST

/* A job of a batch system: the tightest of the groups it lies in, each less what it holds
 * but for the cache of files; "max" is no limit. */
START_TEST(groups_of_the_second_version)
{
    put("proc/self/cgroup", "0::/batch/job_1/step\n");
    put("sys/fs/cgroup/batch/job_1/step/memory.max", "max\n");
    put("sys/fs/cgroup/batch/job_1/step/memory.current", "3000\n");
    expect(8000.0 * 1024.0, "the machine");
    put("sys/fs/cgroup/batch/job_1/memory.max", "1000000\n");
    put("sys/fs/cgroup/batch/job_1/memory.current", "400000\n");
    put("sys/fs/cgroup/batch/job_1/memory.stat",
        "anon 1\nactive_file 7\ninactive_file 100000\n");
    expect(700000.0, "the control group");
    put("sys/fs/cgroup/batch/job_1/step/memory.high", "50000\n");
    expect(47000.0, "the control group");
    put("sys/fs/cgroup/batch/memory.max", "10\n");
    put("sys/fs/cgroup/batch/memory.current", "11\n");
    expect(0.0, "the control group");
}
END_TEST

/* A container sees its own group at the top, whatever path it is told. */
START_TEST(containers_of_the_first_version)
{
    put("proc/self/cgroup",
        "5:cpu,cpuacct:/docker/1\n4:hugetlb,memory:/docker/1\n0::/\n");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("sys/fs/cgroup/memory/memory.usage_in_bytes", "300\n");
    expect(8000.0 * 1024.0, "the machine");
    put("sys/fs/cgroup/memory/memory.limit_in_bytes", "2000\n");
    expect(1700.0, "the control group");
    put("sys/fs/cgroup/memory/memory.stat",
        "inactive_file 1\ntotal_inactive_file 200\n");
    expect(1900.0, "the control group");
}
END_TEST

/* Room between what the process holds and what it may hold, in pages. */
START_TEST(limits_of_the_process)
{
    const double page = (double)sysconf(_SC_PAGESIZE);
    const struct rlimit limit = {(rlim_t)1 << 50, RLIM_INFINITY};
    put("proc/self/statm", "1000 300 200 1 0 600 0\n");
    put("proc/meminfo", "MemAvailable: 9007199254740992 kB\n");
    ck_assert_int_eq(setrlimit(RLIMIT_DATA, &limit), 0);
    expect(0x1p50 - 600.0 * page, "ulimit -d");
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
    expect(0x1p50 - 1000.0 * page, "ulimit -v");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("free memory");
    TCase *systems = tcase_create("systems");
    tcase_add_checked_fixture(systems, begin, end);
    tcase_add_test(systems, machines);
    tcase_add_test(systems, groups_of_the_second_version);
    tcase_add_test(systems, containers_of_the_first_version);
    tcase_add_test(systems, limits_of_the_process);
    suite_add_tcase(suite, systems);
    return run_suite(suite);
}
