/* Memory that this process may still take: the least of what the machine has available, what
 * its control groups of either version leave (containers, batch jobs), and what ulimit allows. */
#ifndef FK_CORE_FREE_MEMORY_H
#define FK_CORE_FREE_MEMORY_H

typedef struct fk_free_memory {
    double bytes;   /* HUGE_VAL where the system does not tell */
    const char *by; /* what sets it: "the control group"; static */
} fk_free_memory;

/* root: "", or a folder with proc/ and sys/ of another system. */
fk_free_memory fk_free_memory_of(const char *root);

#endif
