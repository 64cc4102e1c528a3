#include "core/safetensors.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "core/json.h"
#include "core/memory.h"
#include "core/yaml.h"

enum { LENGTH = 8, MOST_TENSORS = 1000 };

static size_t count(const fk_tensor *t)
{
    size_t n = 1;
    for (size_t i = 0; i < t->rank; i++)
        n *= t->shape[i];
    return n;
}

/* ---- out ---- */

static void write_header(FILE *out, size_t n, const fk_tensor *tensor, size_t n_texts,
                         const fk_tensor_text *text)
{
    fk_json j = fk_json_begin(out);
    uint64_t at = 0;
    fk_json_object(&j, NULL);
    fk_json_object(&j, "__metadata__");
    for (size_t i = 0; i < n_texts; i++)
        fk_json_text(&j, text[i].name, text[i].text);
    fk_json_end(&j);
    for (size_t i = 0; i < n; i++) {
        fk_json_object(&j, tensor[i].name);
        fk_json_text(&j, "dtype", "F64");
        fk_json_array(&j, "shape");
        for (size_t k = 0; k < tensor[i].rank; k++)
            fk_json_integer(&j, NULL, tensor[i].shape[k]);
        fk_json_end(&j);
        fk_json_array(&j, "data_offsets");
        fk_json_integer(&j, NULL, at);
        at += sizeof(double) * count(&tensor[i]);
        fk_json_integer(&j, NULL, at);
        fk_json_end(&j);
        fk_json_end(&j);
    }
    fk_json_end(&j);
}

static void write_whole(FILE *out, uint64_t x)
{
    for (int i = 0; i < LENGTH; i++)
        fputc((int)(x >> (8 * i) & 0xff), out);
}

static void write_numbers(FILE *out, size_t n, const double *x)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        write_whole(out, bits);
    }
}

fk_status fk_safetensors_write(FILE *out, size_t n, const fk_tensor *tensor,
                               size_t n_texts, const fk_tensor_text *text)
{
    char *header = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&header, &length);
    if (memory == NULL)
        return FK_ENOMEM;
    write_header(memory, n, tensor, n_texts, text);
    while (fflush(memory) == 0 && length % LENGTH != 0)
        fputc(' ', memory);
    const bool made = ferror(memory) == 0;
    if (fclose(memory) != 0 || !made) {
        free(header);
        return FK_ENOMEM;
    }
    write_whole(out, length);
    fwrite(header, 1, length, out);
    free(header);
    for (size_t i = 0; i < n; i++)
        write_numbers(out, count(&tensor[i]), tensor[i].value);
    return ferror(out) ? FK_EIO : FK_OK;
}

/* ---- in ---- */

struct fk_safetensors {
    char *bytes;
    fk_yaml_origin origin;
    fk_yaml *header; /* JSON is YAML */
    size_t n;
    fk_tensor *tensor;
};

static uint64_t whole(const char *bytes)
{
    uint64_t x = 0;
    for (int i = 0; i < LENGTH; i++)
        x |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    return x;
}

static bool read_list(const fk_yaml *list, size_t most, size_t *n, uint64_t *x)
{
    if (list == NULL || list->kind != FK_YAML_LIST || list->n > most)
        return false;
    *n = list->n;
    for (size_t i = 0; i < list->n; i++)
        if (!fk_yaml_whole(list->entry[i], &x[i]) || x[i] > UINT32_MAX)
            return false;
    return true;
}

/* The numbers of an entry of the header. */
static fk_status read_tensor(fk_safetensors *file, const fk_yaml *entry,
                             const char *data, size_t size, fk_message *message)
{
    fk_tensor *t = &file->tensor[file->n];
    uint64_t shape[FK_TENSOR_RANK], place[2];
    size_t two;
    const fk_yaml *dtype = fk_yaml_get(entry, "dtype");
    t->name = entry->key;
    if (dtype == NULL || dtype->kind != FK_YAML_TEXT ||
        strcmp(dtype->text, "F64") != 0 ||
        !read_list(fk_yaml_get(entry, "shape"), FK_TENSOR_RANK, &t->rank, shape))
        return fk_fail(message, FK_ESYNTAX,
                       "%s: '%.60s' must be of F64 with at most %d indices",
                       file->origin.name, t->name, FK_TENSOR_RANK);
    for (size_t i = 0; i < t->rank; i++)
        t->shape[i] = (size_t)shape[i];
    const size_t n = count(t);
    if (!read_list(fk_yaml_get(entry, "data_offsets"), 2, &two, place) || two != 2 ||
        place[0] > place[1] || place[1] > size || place[1] - place[0] != n * LENGTH)
        return fk_fail(message, FK_ESYNTAX,
                       "%s is cut or damaged: '%.60s' does not fit into it",
                       file->origin.name, t->name);
    t->value = fk_doubles(n);
    if (t->value == NULL)
        return FK_ENOMEM;
    file->n++;
    for (size_t i = 0; i < n; i++) {
        const uint64_t bits = whole(data + place[0] + LENGTH * i);
        memcpy(&t->value[i], &bits, sizeof bits);
    }
    return FK_OK;
}

static fk_status read_all(fk_safetensors *file, size_t size, fk_message *message)
{
    const uint64_t length = size >= LENGTH ? whole(file->bytes) : UINT64_MAX;
    if (size < LENGTH || length > size - LENGTH)
        return fk_fail(message, FK_ESYNTAX, "%s is no safetensors file, or is cut",
                       file->origin.name);
    FK_TRY(fk_yaml_parse(file->bytes + LENGTH, (size_t)length, &file->origin,
                         &file->header, message));
    if (file->header->kind != FK_YAML_MAP || file->header->n > MOST_TENSORS)
        return fk_fail(message, FK_ESYNTAX, "%s: its header is no map of arrays",
                       file->origin.name);
    file->tensor = fk_alloc(file->header->n, sizeof *file->tensor);
    if (file->tensor == NULL)
        return FK_ENOMEM;
    for (size_t i = 0; i < file->header->n; i++)
        if (strcmp(file->header->entry[i]->key, "__metadata__") != 0)
            FK_TRY(read_tensor(file, file->header->entry[i],
                               file->bytes + LENGTH + length,
                               size - LENGTH - (size_t)length, message));
    return FK_OK;
}

fk_status fk_safetensors_read(const char *path, fk_safetensors **out,
                              fk_message *message)
{
    *out = NULL;
    size_t size;
    fk_message reason = {""};
    fk_safetensors *file = calloc(1, sizeof *file);
    if (file == NULL)
        return FK_ENOMEM;
    file->origin.name = path;
    fk_status status =
        fk_file_read(path, (size_t)1 << 30, &file->bytes, &size, &reason);
    if (status == FK_OK)
        status = read_all(file, size, message);
    else
        fk_fail(message, status, "%s: %s", path, reason.text);
    if (status == FK_OK)
        *out = file;
    else
        fk_safetensors_free(file);
    return status;
}

void fk_safetensors_free(fk_safetensors *file)
{
    if (file == NULL)
        return;
    for (size_t i = 0; i < file->n; i++)
        free(file->tensor[i].value);
    free(file->tensor);
    fk_yaml_free(file->header);
    free(file->bytes);
    free(file);
}

const fk_tensor *fk_safetensors_find(const fk_safetensors *file, const char *name)
{
    for (size_t i = 0; i < file->n; i++)
        if (strcmp(file->tensor[i].name, name) == 0)
            return &file->tensor[i];
    return NULL;
}

const char *fk_safetensors_text(const fk_safetensors *file, const char *name)
{
    const fk_yaml *text = fk_yaml_get(fk_yaml_get(file->header, "__metadata__"), name);
    return text != NULL && text->kind == FK_YAML_TEXT ? text->text : NULL;
}

fk_status fk_safetensors_take(const fk_safetensors *file, const char *name, size_t n,
                              double *value, fk_message *message)
{
    const fk_tensor *t = fk_safetensors_find(file, name);
    if (t == NULL || count(t) != n)
        return fk_fail(message, FK_ESYNTAX, "%s: '%s' with %zu numbers is missing",
                       file->origin.name, name, n);
    memcpy(value, t->value, n * sizeof *value);
    return FK_OK;
}
