/* Private to plots/tex.c.
 * The commands of TeX that stand for one sign or one word. */
#ifndef FK_PLOTS_TEX_SYMBOLS_H
#define FK_PLOTS_TEX_SYMBOLS_H

#include <stddef.h>

typedef enum tex_kind {
    TEX_LETTER,   /* an identifier */
    TEX_SIGN,     /* an operator */
    TEX_SPACED,   /* a relation or arrow: blanks around it in plain text */
    TEX_SUM,      /* limits above and below */
    TEX_INTEGRAL, /* limits beside */
    TEX_WORD,     /* upright, a function's name */
    TEX_LIMIT,    /* the same with its subscript below */
    TEX_BLANK,
} tex_kind;

typedef struct tex_symbol {
    const char *name, *text;
    tex_kind kind;
} tex_symbol;

static const tex_symbol tex_symbols[] = {
    {"alpha", "α", TEX_LETTER},
    {"beta", "β", TEX_LETTER},
    {"gamma", "γ", TEX_LETTER},
    {"delta", "δ", TEX_LETTER},
    {"epsilon", "ϵ", TEX_LETTER},
    {"varepsilon", "ε", TEX_LETTER},
    {"zeta", "ζ", TEX_LETTER},
    {"eta", "η", TEX_LETTER},
    {"theta", "θ", TEX_LETTER},
    {"kappa", "κ", TEX_LETTER},
    {"lambda", "λ", TEX_LETTER},
    {"mu", "μ", TEX_LETTER},
    {"nu", "ν", TEX_LETTER},
    {"xi", "ξ", TEX_LETTER},
    {"pi", "π", TEX_LETTER},
    {"rho", "ρ", TEX_LETTER},
    {"sigma", "σ", TEX_LETTER},
    {"tau", "τ", TEX_LETTER},
    {"phi", "φ", TEX_LETTER},
    {"varphi", "φ", TEX_LETTER},
    {"chi", "χ", TEX_LETTER},
    {"psi", "ψ", TEX_LETTER},
    {"omega", "ω", TEX_LETTER},
    {"Gamma", "Γ", TEX_LETTER},
    {"Delta", "Δ", TEX_LETTER},
    {"Theta", "Θ", TEX_LETTER},
    {"Lambda", "Λ", TEX_LETTER},
    {"Xi", "Ξ", TEX_LETTER},
    {"Pi", "Π", TEX_LETTER},
    {"Sigma", "Σ", TEX_LETTER},
    {"Phi", "Φ", TEX_LETTER},
    {"Psi", "Ψ", TEX_LETTER},
    {"Omega", "Ω", TEX_LETTER},
    {"ell", "ℓ", TEX_LETTER},
    {"infty", "∞", TEX_LETTER},
    {"perp", "⊥", TEX_LETTER},
    {"emptyset", "∅", TEX_LETTER},
    {"top", "⊤", TEX_LETTER},
    {"prime", "′", TEX_LETTER},
    {"partial", "∂", TEX_LETTER},
    {"nabla", "∇", TEX_LETTER},
    {"cdot", "·", TEX_SIGN},
    {"times", "×", TEX_SIGN},
    {"circ", "∘", TEX_SIGN},
    {"star", "⋆", TEX_SIGN},
    {"dagger", "†", TEX_SIGN},
    {"otimes", "⊗", TEX_SIGN},
    {"odot", "⊙", TEX_SIGN},
    {"wedge", "∧", TEX_SIGN},
    {"vee", "∨", TEX_SIGN},
    {"forall", "∀", TEX_SIGN},
    {"langle", "⟨", TEX_SIGN},
    {"rangle", "⟩", TEX_SIGN},
    {"lfloor", "⌊", TEX_SIGN},
    {"rfloor", "⌋", TEX_SIGN},
    {"lVert", "‖", TEX_SIGN},
    {"rVert", "‖", TEX_SIGN},
    {"|", "‖", TEX_SIGN},
    {"{", "{", TEX_SIGN},
    {"}", "}", TEX_SIGN},
    {"ldots", "…", TEX_SIGN},
    {"dots", "…", TEX_SIGN},
    {"cdots", "⋯", TEX_SIGN},
    {"pm", "±", TEX_SPACED},
    {"mp", "∓", TEX_SPACED},
    {"le", "≤", TEX_SPACED},
    {"ge", "≥", TEX_SPACED},
    {"ll", "≪", TEX_SPACED},
    {"gg", "≫", TEX_SPACED},
    {"ne", "≠", TEX_SPACED},
    {"neq", "≠", TEX_SPACED},
    {"approx", "≈", TEX_SPACED},
    {"equiv", "≡", TEX_SPACED},
    {"sim", "∼", TEX_SPACED},
    {"propto", "∝", TEX_SPACED},
    {"in", "∈", TEX_SPACED},
    {"mid", "|", TEX_SPACED},
    {"subset", "⊂", TEX_SPACED},
    {"to", "→", TEX_SPACED},
    {"rightarrow", "→", TEX_SPACED},
    {"mapsto", "↦", TEX_SPACED},
    {"leftarrow", "←", TEX_SPACED},
    {"Rightarrow", "⇒", TEX_SPACED},
    {"iff", "⇔", TEX_SPACED},
    {"sum", "∑", TEX_SUM},
    {"prod", "∏", TEX_SUM},
    {"int", "∫", TEX_INTEGRAL},
    {"iint", "∬", TEX_INTEGRAL},
    {"oint", "∮", TEX_INTEGRAL},
    {"exp", "exp", TEX_WORD},
    {"log", "log", TEX_WORD},
    {"ln", "ln", TEX_WORD},
    {"sin", "sin", TEX_WORD},
    {"cos", "cos", TEX_WORD},
    {"tan", "tan", TEX_WORD},
    {"arctan", "arctan", TEX_WORD},
    {"sinh", "sinh", TEX_WORD},
    {"cosh", "cosh", TEX_WORD},
    {"tanh", "tanh", TEX_WORD},
    {"det", "det", TEX_WORD},
    {"arg", "arg", TEX_WORD},
    {"Pr", "Pr", TEX_WORD},
    {"lim", "lim", TEX_LIMIT},
    {"max", "max", TEX_LIMIT},
    {"min", "min", TEX_LIMIT},
    {"sup", "sup", TEX_LIMIT},
    {"inf", "inf", TEX_LIMIT},
    {",", " ", TEX_BLANK},
    {";", " ", TEX_BLANK},
    {" ", " ", TEX_BLANK},
    {"quad", "  ", TEX_BLANK},
    {"qquad", "    ", TEX_BLANK},
};

enum { TEX_SYMBOLS = sizeof tex_symbols / sizeof *tex_symbols };

#endif
