/* Private to plots/.
 * The look of all figures: DIR/plots/style.gp, which each script loads first. */
#ifndef FK_PLOTS_STYLE_H
#define FK_PLOTS_STYLE_H

extern const char fk_style_text[];

#endif
