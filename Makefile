# fokker - densities of diffusion SDEs, by particles and by the Fokker-Planck equation
#
#   make            library and program         make check      all tests
#   make bench      throughput beside limits    make sanitize   tests under ASan and UBSan
#   make lint       layers, headers, format     make format     rewrite with clang-format
#   make install    PREFIX=/usr/local DESTDIR=  make uninstall  the same paths
#   make demo       the main job into out/      make clean      remove build/
#   make help       this text
#
# Any variable below may be set on the command line: make CC=clang OPT='-O0 -g3'.

VERSION  := 0.1.0
PREFIX   ?= /usr/local
BUILD    ?= build
OPT      ?= -O3 -g
PACKAGES ?= gsl netcdf yaml-0.1
REVISION := $(shell git rev-parse --short=12 HEAD 2>/dev/null)

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
          -Wmissing-prototypes -Wdouble-promotion -Wcast-qual -Wwrite-strings -Wundef -Wvla
CFLAGS ?= $(OPT)
WIDE   := $(shell $(CC) -mprefer-vector-width=512 -fsyntax-only -x c /dev/null 2>/dev/null \
            && echo -mprefer-vector-width=512)
ALL_CPPFLAGS := -I. -D_GNU_SOURCE -DFK_VERSION='"$(VERSION)"' \
                -DFK_DATA_DIR='"$(PREFIX)/share/fokker"' $(CPPFLAGS)
ALL_CFLAGS := -std=c11 -ffp-contract=off -fno-math-errno -fno-trapping-math $(WIDE) -fopenmp $(WARN) \
              $(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS)
ALL_LIBS   := $(shell pkg-config --libs $(PACKAGES)) -lm

LIB_SRC  := $(sort $(wildcard $(MODULES:%=%/*.c) $(MODULES:%=%/*/*.c)))
HEADERS  := $(sort $(wildcard $(MODULES:%=%/*.h)))
EXP_SRC  := $(sort $(wildcard experiments/*.c))
MAIN_SRC := $(wildcard experiments/main.c)
APP_SRC  := $(filter-out $(MAIN_SRC),$(EXP_SRC))
TEST_SRC := $(sort $(wildcard tests/test_*.c))
CLI_TESTS := $(sort $(wildcard tests/cli_*.sh))
BENCH_SRC := $(sort $(wildcard bench/*.c))
ALL_SRC  := $(LIB_SRC) $(EXP_SRC) $(TEST_SRC) $(BENCH_SRC)

LIB     := $(BUILD)/libfokker.a
PROGRAM := $(if $(MAIN_SRC),$(BUILD)/fokker)
TESTS   := $(TEST_SRC:tests/%.c=$(BUILD)/%)
BENCHES := $(BENCH_SRC:bench/%.c=$(BUILD)/bench-%)
object   = $(patsubst %.c,$(BUILD)/%.o,$(1))

.PHONY: all check bench demo sanitize lint layers headers format format-check install \
        uninstall clean help FORCE
.DELETE_ON_ERROR:

all: $(LIB) $(PROGRAM)

$(LIB): $(call object,$(LIB_SRC) $(APP_SRC))
	rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/fokker: $(call object,$(MAIN_SRC)) $(LIB)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(TESTS): $(BUILD)/%: $(BUILD)/tests/%.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs check) $(ALL_LIBS)

$(BENCHES): $(BUILD)/bench-%: $(BUILD)/bench/%.o $(LIB)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(ALL_LIBS)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# The git id is known to one file alone, so that a commit recompiles only that.
$(BUILD)/experiments/version.o: ALL_CPPFLAGS += -DFK_REVISION='"$(REVISION)"'
$(BUILD)/experiments/version.o: $(BUILD)/revision

# Rebuild everything when the compiler or a flag changes, and only then.
remember = @mkdir -p $(@D); printf '%s\n' '$(subst ','\'',$(1))' | cmp -s - $@ \
  || printf '%s\n' '$(subst ','\'',$(1))' > $@
$(BUILD)/flags: FORCE
	$(call remember,$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS))
$(BUILD)/revision: FORCE
	$(call remember,$(REVISION))
FORCE:

-include $(patsubst %.c,$(BUILD)/%.d,$(ALL_SRC))

# Every program runs even after a failure; one failure fails the target.
check: all $(TESTS)
	@fail=0; for t in $(TESTS) $(CLI_TESTS); do echo "== $$t"; \
	  FOKKER=$(abspath $(BUILD))/fokker $$t || fail=1; done; exit $$fail

bench: all $(BENCHES)
	@for b in $(BENCHES); do $$b || exit 1; done

demo:
	sh demo.sh

sanitize:
	$(MAKE) BUILD=$(BUILD)/sanitize check CPPFLAGS=-DFK_NO_CLONES OPT='-O1 -g \
	  -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all'

lint: layers headers format-check

empty :=
space := $(empty) $(empty)
layers:
	@$(foreach m,$(MODULES) experiments,bad=$$(grep -nE '^ *# *include "' \
	  $(wildcard $(m)/*.[ch] $(m)/*/*.[ch]) /dev/null \
	  | grep -vE '"($(subst $(space),|,$(MAY_INCLUDE.$(m))))/'); \
	  if [ -n "$$bad" ]; then echo "$(m) may not include:"; echo "$$bad"; exit 1; fi;)

# Each header compiles alone.
headers:
	@for h in $(HEADERS); do \
	  $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -fsyntax-only -x c $$h || exit 1; done

SOURCES_TO_FORMAT = $(wildcard $(addsuffix /*.[ch],$(MODULES) experiments tests bench) \
                               $(addsuffix /*/*.[ch],$(MODULES)))
format:
	clang-format -i $(SOURCES_TO_FORMAT)
format-check:
	clang-format --dry-run --Werror $(SOURCES_TO_FORMAT)

INSTALLED_HEADERS = $(HEADERS)
install: all
	for h in $(INSTALLED_HEADERS); do \
	  install -D -m644 $$h $(DESTDIR)$(PREFIX)/include/fokker/$$h || exit 1; done
	install -D -m644 $(LIB) $(DESTDIR)$(PREFIX)/lib/libfokker.a
	install -D -m755 $(PROGRAM) $(DESTDIR)$(PREFIX)/bin/fokker
	install -D -m644 docs/fokker.1 $(DESTDIR)$(PREFIX)/share/man/man1/fokker.1
	for f in experiments/*.yaml experiments/*.csv; do \
	  install -D -m644 $$f $(DESTDIR)$(PREFIX)/share/fokker/$$f || exit 1; done
	mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' -e 's|@PACKAGES@|$(PACKAGES)|' \
	  fokker.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/fokker.pc

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/include/fokker $(DESTDIR)$(PREFIX)/share/fokker
	rm -f $(DESTDIR)$(PREFIX)/lib/libfokker.a $(DESTDIR)$(PREFIX)/bin/fokker \
	  $(DESTDIR)$(PREFIX)/share/man/man1/fokker.1 \
	  $(DESTDIR)$(PREFIX)/lib/pkgconfig/fokker.pc

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

clean:
	rm -rf $(BUILD)
