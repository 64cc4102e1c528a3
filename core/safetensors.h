/* Arrays of double by name, and texts by name, in the safetensors format that other tools
 * read: eight bytes, the length n of the header (little-endian); n bytes of JSON, which
 * gives each array's dtype "F64", shape and place; then the numbers, little-endian, rows
 * outermost. [huggingface-2022] */
#ifndef FK_CORE_SAFETENSORS_H
#define FK_CORE_SAFETENSORS_H

#include <stddef.h>
#include <stdio.h>

#include "core/status.h"

enum { FK_TENSOR_RANK = 3 };

typedef struct fk_tensor {
    const char *name;
    size_t rank, shape[FK_TENSOR_RANK];
    double *value;
} fk_tensor;

typedef struct fk_tensor_text {
    const char *name, *text;
} fk_tensor_text;

/* FK_EIO: a write failed. */
FK_NODISCARD fk_status fk_safetensors_write(FILE *out, size_t n,
                                            const fk_tensor *tensor, size_t n_texts,
                                            const fk_tensor_text *text);

typedef struct fk_safetensors fk_safetensors;

/* FK_EIO: it cannot be read; FK_ESYNTAX with a sentence: it is no such file, is cut, or has
 * arrays that are not of F64. */
FK_NODISCARD fk_status fk_safetensors_read(const char *path, fk_safetensors **out,
                                           fk_message *message);
void fk_safetensors_free(fk_safetensors *file); /* accepts NULL */

/* NULL if it is not there. */
const fk_tensor *fk_safetensors_find(const fk_safetensors *file, const char *name);
const char *fk_safetensors_text(const fk_safetensors *file, const char *name);

/* value[n] of the array of that name and of n numbers in all.  FK_ESYNTAX with a sentence. */
FK_NODISCARD fk_status fk_safetensors_take(const fk_safetensors *file, const char *name,
                                           size_t n, double *value,
                                           fk_message *message);

#endif
