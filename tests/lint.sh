#!/bin/sh
# usage: sh tests/lint.sh
# Checks that need no compiler: the umbrella header, citations, shell scripts and the
# manual page.  Part of `make lint`.
set -u
cd -- "$(dirname -- "$0")/.." || exit
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
status=0

wrong() {
    echo "lint: $1"
    status=1
}

# fokker.h includes every public header and nothing else.  Public is each header directly
# in a module that does not say "private to" in its first line.
for header in core/*.h solvers/*.h sde/*.h pde/*.h sampling/*.h plots/*.h; do
    [ -e "$header" ] || continue
    head -n 1 "$header" | grep -qi "private to" || echo "$header"
done | sort >"$work/public"
sed -n 's/^#include "\(.*\)"$/\1/p' fokker.h | sort >"$work/included"
diff "$work/included" "$work/public" ||
    wrong 'fokker.h must include (>) or leave out (<) the headers above'

# Every key cited, such as chang-cooper-1970, has its line in REFERENCES.md.
git ls-files -- '*.[ch]' '*.def' '*.md' '*.yaml' '*.1' | grep -v '^REFERENCES' |
    xargs grep -hoE '\b[a-z]+(-[a-z]+)*-(18|19|20)[0-9]{2}\b' | sort -u >"$work/cited"
sed -n 's/^- \*\*\([a-z0-9-]*\)\*\*.*/\1/p' REFERENCES.md | sort >"$work/known"
unknown=$(comm -23 "$work/cited" "$work/known")
[ -z "$unknown" ] || wrong "not in REFERENCES.md: $(echo "$unknown" | tr '\n' ' ')"
[ "$(sort -u "$work/known")" = "$(cat "$work/known")" ] || wrong 'REFERENCES.md has a key twice'

if command -v shellcheck >/dev/null; then
    shellcheck -x ./*.sh tests/*.sh experiments/*.sh .ci/run || wrong 'shellcheck found the above'
else
    echo 'lint: no shellcheck here, scripts not checked'
fi

# The manual page formats without a warning and knows every command.
if command -v groff >/dev/null; then
    groff -man -Tutf8 -wall -z docs/fokker.1 >"$work/groff" 2>&1
    [ ! -s "$work/groff" ] || { cat "$work/groff"; wrong 'docs/fokker.1 has the warnings above'; }
fi
sed -n 's/^FK_COMMAND(\(.*\))/\1/p' experiments/commands.def 2>/dev/null >"$work/commands"
while read -r command; do
    grep -q "^\.BR* \"*fokker $command\b" docs/fokker.1 ||
        wrong "docs/fokker.1 lacks the command $command"
done <"$work/commands"
exit $status
