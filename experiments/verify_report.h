/* Private to experiments/. What `fokker verify` found, as a table for people, as JSON, and
 * as a page with the derivations typeset beside their pictures. */
#ifndef FK_EXPERIMENTS_VERIFY_REPORT_H
#define FK_EXPERIMENTS_VERIFY_REPORT_H

#include <stdio.h>

#include "experiments/claim.h"

/* The trials made so far, in order. */
typedef struct fk_verification {
    const char *command; /* the command line */
    size_t n;
    fk_trial **trial;
    size_t wanted;        /* how many there were to be */
    fk_finding_word word; /* the worst */
} fk_verification;

/* At most 80 columns. */
void fk_verify_print_head(FILE *out);
void fk_verify_print(const fk_trial *t, FILE *out);
void fk_verify_print_total(const fk_verification *v, FILE *out);

/* The keys are documented in docs/output.md. */
void fk_verify_json(const fk_verification *v, FILE *out);

/* The whole page; pictures are those of DIR/plots that were drawn.  FK_EIO. */
FK_NODISCARD fk_status fk_verify_page(const fk_verification *v, const char *dir,
                                      FILE *out, fk_message *message);

/* Everything known of a claim, formulas in plain Unicode. */
FK_NODISCARD fk_status fk_claim_describe(const fk_claim *c, FILE *out,
                                         fk_message *message);

#endif
