/* Run-time outcomes.  A function that can fail through no fault of its caller
 * returns one of these; a broken precondition is an assert, not a status.  Where a
 * person must be told more than the code says, an fk_message carries the sentence. */
#ifndef FK_CORE_STATUS_H
#define FK_CORE_STATUS_H

#define FK_STATUS_LIST(X)                                              \
    X(FK_OK, "success")                                                \
    X(FK_ENOMEM, "out of memory")                                      \
    X(FK_EDOMAIN, "value outside its mathematical domain")             \
    X(FK_ESINGULAR, "zero or non-finite pivot in elimination")         \
    X(FK_ECONVERGE, "no convergence within the allowed steps")         \
    X(FK_ESYNTAX, "text that cannot be understood")                    \
    X(FK_ELIMIT, "a size beyond what the program supports")            \
    X(FK_EIO, "a file or a program could not be read, written or run") \
    X(FK_EEXIST, "the result exists already")                          \
    X(FK_EINTERRUPTED, "interrupted")

#define FK_STATUS_ENUM(code, text) code,
typedef enum fk_status { FK_STATUS_LIST(FK_STATUS_ENUM) } fk_status;
#undef FK_STATUS_ENUM

#if defined(__GNUC__)
#define FK_NODISCARD           __attribute__((warn_unused_result))
#define FK_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define FK_NODISCARD
#define FK_PRINTF(text, first)
#endif

/* Return at once with the status of `expr` unless it is FK_OK.
 * Only for functions that hold nothing to release. */
#define FK_TRY(expr)                          \
    do {                                      \
        const fk_status try_status_ = (expr); \
        if (try_status_ != FK_OK)             \
            return try_status_;               \
    } while (0)

/* Static text for messages; never NULL, never to be freed. */
const char *fk_status_text(fk_status status);

/* One sentence for a person: what, where, what would be accepted. */
typedef struct fk_message {
    char text[1024]; /* empty: nothing to say; cut, never overrun */
} fk_message;

/* Writes the sentence and hands `status` back, so that a border function can end in
 * `return fk_fail(message, FK_ESYNTAX, "...", ...)`.  message may be NULL. */
fk_status fk_fail(fk_message *message, fk_status status, const char *format, ...)
    FK_PRINTF(3, 4);

#endif
