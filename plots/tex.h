/* Formulas in a small part of TeX, printed as MathML for pages and as plain Unicode for
 * terminals.
 *
 *     \frac{d}{dt} \mathbb{E}[\varphi(X_t)] = \mathbb{E}\left[ L \varphi(X_t) \right]
 *
 * Known are: letters, numbers, signs and brackets; { } groups; _ and ^; \frac, \sqrt,
 * \left and \right; \hat \bar \tilde \dot \vec; \mathbb \mathbf \mathrm \mathcal \text
 * \operatorname; Greek letters; \sum \prod \int \iint \oint with limits; \partial \nabla
 * \Delta \cdot \times \langle \rangle \infty, relations and arrows; functions such as \exp;
 * \, \; \quad.  Nothing is defined or counted. */
#ifndef FK_PLOTS_TEX_H
#define FK_PLOTS_TEX_H

#include "core/status.h"

typedef enum fk_tex_style {
    FK_TEX_MATHML, /* without the outer <math> */
    FK_TEX_PLAIN,  /* "d/dt E[φ(X_t)] = E[L φ(X_t)]" */
} fk_tex_style;

/* *out is to be freed.  FK_ESYNTAX with a sentence: a command that is not known, or a
 * group without its end. */
FK_NODISCARD fk_status fk_tex_print(const char *tex, fk_tex_style style, char **out,
                                    fk_message *message);

#endif
