/* The folder a run leaves behind.  It is filled under a temporary name beside its place
 * and renamed when it is whole, so a folder that exists is complete. */
#ifndef FK_EXPERIMENTS_RESULT_FOLDER_H
#define FK_EXPERIMENTS_RESULT_FOLDER_H

#include <stdio.h>

#include "core/status.h"

typedef struct fk_result_folder {
    char path[1024];    /* where it will be */
    char working[1100]; /* where it is being filled */
} fk_result_folder;

/* Makes the working folder (and the parents of path).  FK_EEXIST with a sentence if
 * there is something at path and force is 0. */
FK_NODISCARD fk_status fk_result_folder_open(const char *path, int force,
                                             fk_result_folder *f, fk_message *message);

/* The file NAME in the working folder, as `write` fills it.  FK_EIO with a sentence. */
FK_NODISCARD fk_status fk_result_folder_write(const fk_result_folder *f,
                                              const char *name,
                                              void (*write)(const void *content,
                                                            FILE *out),
                                              const void *content, fk_message *message);

/* Puts the working folder in its place; what was there goes. */
FK_NODISCARD fk_status fk_result_folder_commit(fk_result_folder *f,
                                               fk_message *message);

/* Removes the working folder. */
void fk_result_folder_discard(fk_result_folder *f);

#endif
