#include "core/csv.h"
#include "tests/suite.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/fokker-csv-XXXXXX";

static void write_text(const char *text, size_t length)
{
    FILE *f = fopen(path, "wb");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, length, f), length);
    fclose(f);
}

static fk_status read_text(const char *text, size_t length, size_t n,
                           const char *const *column, fk_csv **csv, fk_message *message)
{
    write_text(text, length);
    return fk_csv_read(path, "f.csv", n, column, csv, message);
}

START_TEST(columns_come_in_the_order_asked_for)
{
    static const char *const column[] = {"c", "a, b"};
    const char text[] = "# head\r\n\r\n \"a, b\" , word, c\r\n 1.5, x, -2e3\r\n\r\n"
                        "# between\r\n\"2\",\"y\",3";
    fk_csv *csv;
    ck_assert_int_eq(read_text(text, strlen(text), 2, column, &csv, NULL), FK_OK);
    ck_assert(csv->rows == 2 && csv->columns == 2);
    ck_assert(csv->value[0] == -2000.0 && csv->value[1] == 1.5);
    ck_assert(csv->value[2] == 3.0 && csv->value[3] == 2.0);
    ck_assert(csv->line[0] == 4 && csv->line[1] == 7);
    fk_csv_free(csv);
}
END_TEST

/* Measured data: rows that lack a value asked for are left out and counted, others are not;
 * the names of all columns come in order. */
START_TEST(gaps_are_counted)
{
    static const char *const column[] = {"t", "x"};
    const char text[] = "t,note,x\n0,,1\n1,,NA\n2,,\n3,b,.\n4,,\"NaN\"\n5,c,2\n";
    const char wrong[] = "t,note,x\n0,,1\n1,,n/a\n";
    fk_csv *csv;
    fk_message message = {""};
    char **name;
    size_t n;
    write_text(text, strlen(text));
    ck_assert_int_eq(fk_csv_read(path, "f.csv", 2, column, &csv, NULL), FK_ESYNTAX);
    ck_assert_int_eq(fk_csv_read_gaps(path, "f.csv", 2, column, &csv, NULL), FK_OK);
    ck_assert(csv->rows == 2 && csv->missing == 4);
    ck_assert(csv->value[2] == 5.0 && csv->value[3] == 2.0 && csv->line[1] == 7);
    fk_csv_free(csv);
    ck_assert_int_eq(fk_csv_names(path, "f.csv", &n, &name, NULL), FK_OK);
    ck_assert_uint_eq(n, 3);
    ck_assert_str_eq(name[1], "note");
    ck_assert_ptr_null(name[3]);
    fk_csv_names_free(name);
    write_text(wrong, strlen(wrong));
    ck_assert_int_eq(fk_csv_read_gaps(path, "f.csv", 2, column, &csv, &message),
                     FK_ESYNTAX);
    ck_assert_int_eq(strncmp(message.text, "f.csv:3: column 'x'", 19), 0);
}
END_TEST

START_TEST(any_bytes_are_safe)
{
    static const char alphabet[] = "a,\"\n#1.- \r";
    static const char *const column[] = {"a"};
    uint64_t s = 88172645463325252ULL;
    for (int round = 0; round < 3000; round++) {
        char text[60];
        memcpy(text, "a,b\n", 4);
        for (size_t i = round % 2 == 0 ? 4 : 0; i < sizeof text; i++) {
            s ^= s << 13, s ^= s >> 7, s ^= s << 17;
            text[i] = round % 5 == 0 ? (char)s : alphabet[s % (sizeof alphabet - 1)];
        }
        fk_csv *csv;
        fk_message message = {""};
        const fk_status status =
            read_text(text, s % sizeof text, 1, column, &csv, &message);
        if (status != FK_OK) {
            ck_assert_int_eq(status, FK_ESYNTAX);
            ck_assert_int_eq(strncmp(message.text, "f.csv:", 6), 0);
        }
        fk_csv_free(csv);
    }
}
END_TEST

int main(void)
{
    const int fd = mkstemp(path);
    if (fd < 0)
        return EXIT_FAILURE;
    close(fd);
    Suite *s = suite_create("csv");
    TCase *c = tcase_create("csv");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, columns_come_in_the_order_asked_for);
    tcase_add_test(c, gaps_are_counted);
    tcase_add_test(c, any_bytes_are_safe);
    suite_add_tcase(s, c);
    const int status = run_suite(s);
    unlink(path);
    return status;
}
