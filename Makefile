# fokker - densities of diffusion SDEs, by particles and by the Fokker-Planck equation
#
#   make            library and program         make check      all tests; T='NAME...' for some
#   make bench      throughput beside limits    make sanitize   tests under ASan and UBSan
#                   B='NAME...' for some; pictures into build/bench-plots
#   make lint       layers, headers, format     make format     rewrite with clang-format
#   make install    PREFIX=/usr/local DESTDIR=  make uninstall  the same paths
#   make demo       the main job into out/      make clean      remove build/
#   make tests      build tests, run none       make slow       tests of minutes
#   make help       this text
#
# Any variable below may be set on the command line: make CC=clang OPT='-O0 -g3'.
# V=1 shows the commands in full.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
BUILD    ?= build
OPT      ?= -O3 -g
# OpenBLAS first: GSL's own BLAS has the same names and is slow.
PACKAGES ?= openblas gsl netcdf yaml-0.1 arpack sleef fftw3
UMFPACK  ?= -lumfpack  # older SuiteSparse has no pkg-config file
REVISION := $(if $(wildcard .git),$(shell git -c safe.directory='*' describe --always --dirty=+ \
              --abbrev=12 --exclude='*' 2>/dev/null))

# Modules, lowest first, and what each may include.
MODULES := core solvers sde pde sampling plots
MAY_INCLUDE.core        := core
MAY_INCLUDE.solvers     := core solvers
MAY_INCLUDE.sde         := core solvers sde
MAY_INCLUDE.pde         := core solvers sde pde
MAY_INCLUDE.sampling    := core solvers sde sampling
MAY_INCLUDE.plots       := core solvers sde plots
MAY_INCLUDE.experiments := core solvers sde pde sampling plots experiments

# No -ffast-math: it deletes NaN checks and reorders sums.  No -march=native: hot loops
# are compiled for several instruction sets (core/block.h) and round alike on all of them.
WARN   := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes \
          -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wundef -Wvla \
          -Wno-missing-field-initializers
CFLAGS ?= $(OPT)
WIDE   := $(shell $(CC) -mprefer-vector-width=512 -fsyntax-only -x c /dev/null 2>/dev/null \
            && echo -mprefer-vector-width=512)
ALL_CPPFLAGS := -I. -D_GNU_SOURCE $(CPPFLAGS)
ALL_CFLAGS := -std=c11 -ffp-contract=off -fno-math-errno -fno-trapping-math $(WIDE) -fopenmp \
              $(WARN) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) $(CFLAGS)
ALL_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null) $(UMFPACK) -lm

LIB_SRC   := $(sort $(wildcard $(MODULES:%=%/*.c) $(MODULES:%=%/*/*.c)))
EXP_SRC   := $(sort $(wildcard experiments/*.c experiments/*/*.c))
MAIN_SRC  := $(wildcard experiments/main.c)
APP_SRC   := $(filter-out $(MAIN_SRC),$(EXP_SRC))
TEST_SRC  := $(sort $(wildcard tests/test_*.c))
SLOW_SRC  := $(sort $(wildcard tests/slow_*.c))
BENCH_SRC := $(sort $(wildcard bench/*.c))
ALL_SRC   := $(LIB_SRC) $(EXP_SRC) $(TEST_SRC) $(SLOW_SRC) $(BENCH_SRC)
HEADERS   := $(sort $(wildcard $(MODULES:%=%/*.h)))
ALL_HEADERS := fokker.h $(HEADERS) $(sort $(wildcard $(MODULES:%=%/*/*.h) experiments/*.h))

LIB     := $(BUILD)/libfokker.a
PROGRAM := $(if $(MAIN_SRC),$(BUILD)/fokker)
TESTS   := $(TEST_SRC:tests/%.c=$(BUILD)/%)
SLOWS   := $(SLOW_SRC:tests/%.c=$(BUILD)/%)
BENCHES := $(BENCH_SRC:bench/%.c=$(BUILD)/bench-%)
object   = $(patsubst %.c,$(BUILD)/%.o,$(1))

# A short line for each command, the command itself with V=1, nothing with make -s.
Q   := $(if $(V),,@)
say  = $(if $(V)$(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-5s %s\n' $(1) $@)

.PHONY: all tests check slow bench demo sanitize lint layers headers format format-check install \
        uninstall clean help FORCE
.DELETE_ON_ERROR:

all: $(LIB) $(PROGRAM)
tests: $(TESTS)

$(LIB): $(call object,$(LIB_SRC) $(APP_SRC)) $(BUILD)/objects
	$(call say,AR)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(BUILD)/fokker: $(call object,$(MAIN_SRC)) $(LIB)
$(TESTS) $(SLOWS): $(BUILD)/%: $(BUILD)/tests/%.o $(LIB)
$(BENCHES): $(BUILD)/bench-%: $(BUILD)/bench/%.o $(LIB)
$(TESTS) $(SLOWS): EXTRA_LIBS = $(shell pkg-config --libs check)
$(BUILD)/fokker $(TESTS) $(SLOWS) $(BENCHES):
	$(call say,LINK)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(EXTRA_LIBS) $(ALL_LIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	$(call say,CC)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CPPFLAGS) $(EXTRA_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Version, data folder and git id are known to experiments/ alone, the id to one file: a
# commit or another PREFIX recompiles little.
EXP_OBJ := $(call object,$(EXP_SRC))
$(EXP_OBJ): EXTRA_CPPFLAGS = -DFK_VERSION='"$(VERSION)"' -DFK_DATA_DIR='"$(PREFIX)/share/fokker"'
$(EXP_OBJ): $(BUILD)/place
$(BUILD)/experiments/version.o: EXTRA_CPPFLAGS += -DFK_REVISION='"$(REVISION)"'
$(BUILD)/experiments/version.o: $(BUILD)/revision

# Rebuild when the compiler, a flag or the list of sources changes, and only then.
remember = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ \
  || printf '%s\n' '$(subst ','\'',$(1))' > $@
$(BUILD)/flags: FORCE
	@pkg-config --exists --print-errors $(PACKAGES) || \
	  { echo "A package is missing: sh test.sh installs or names it."; exit 1; }
	$(call remember,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(LDFLAGS) $(ALL_LIBS))
$(BUILD)/objects: FORCE
	$(call remember,$(LIB_SRC) $(APP_SRC))
$(BUILD)/place: FORCE
	$(call remember,$(VERSION) $(PREFIX))
$(BUILD)/revision: FORCE
	$(call remember,$(REVISION))
FORCE:

-include $(patsubst %.c,$(BUILD)/%.d,$(ALL_SRC))

check: all tests
	@sh tests/run.sh $(BUILD) $(T)

slow: all $(SLOWS)
	@for t in $(SLOWS); do $$t || exit 1; done
	@sh tests/widths.sh

bench: all $(BENCHES)
	@for b in $(if $(B),$(B:%=$(BUILD)/bench-%),$(BENCHES)); do $$b $(BUILD)/bench-plots || exit 1; done

demo:
	@sh demo.sh

sanitize:
	CK_TIMEOUT_MULTIPLIER=10 $(MAKE) BUILD=$(BUILD)/sanitize check CPPFLAGS=-DFK_NO_CLONES \
	  OPT='-O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'

lint: layers headers format-check
	@sh tests/lint.sh

empty :=
space := $(empty) $(empty)
layers:
	@$(foreach m,$(MODULES) experiments,bad=$$(grep -nE '^ *# *include "' \
	  $(wildcard $(m)/*.[ch] $(m)/*/*.[ch]) /dev/null \
	  | grep -vE '"($(subst $(space),|,$(MAY_INCLUDE.$(m))))/'); \
	  if [ -n "$$bad" ]; then echo "$(m) may not include:"; echo "$$bad"; exit 1; fi;)

# Each header compiles alone.
headers:
	@for h in $(ALL_HEADERS); do echo "#include \"$$h\"" | \
	  $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -Werror -fsyntax-only -x c - || exit 1; done

SOURCES_TO_FORMAT = $(sort $(ALL_SRC) $(ALL_HEADERS))
format:
	@clang-format -i $(SOURCES_TO_FORMAT)
format-check:
	clang-format --dry-run --Werror $(SOURCES_TO_FORMAT)

TO = $(DESTDIR)$(PREFIX)
install: all
	for h in fokker.h $(HEADERS); do \
	  install -D -m644 $$h $(TO)/include/fokker/$$h || exit 1; done
	install -D -m644 $(LIB) $(TO)/lib/libfokker.a
	$(if $(PROGRAM),install -D -m755 $(PROGRAM) $(TO)/bin/fokker)
	install -D -m644 docs/fokker.1 $(TO)/share/man/man1/fokker.1
	for f in $(wildcard experiments/*.yaml experiments/*.csv); do \
	  install -D -m644 $$f $(TO)/share/fokker/$$f || exit 1; done
	mkdir -p $(TO)/lib/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@PACKAGES@|$(PACKAGES)|' \
	  fokker.pc.in > $(TO)/lib/pkgconfig/fokker.pc

uninstall:
	rm -rf $(TO)/include/fokker $(TO)/share/fokker
	rm -f $(TO)/lib/libfokker.a $(TO)/bin/fokker $(TO)/share/man/man1/fokker.1 \
	  $(TO)/lib/pkgconfig/fokker.pc

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

clean:
	rm -rf $(BUILD)
