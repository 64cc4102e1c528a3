#!/bin/sh
# All tests, as one command: installs what is missing (see dependencies.sh), builds and
# runs every test program.  The last line reads "N passed, M failed".
# Exit status: 0 all passed, 1 a test failed, 2 a package is missing or the build failed.
set -eu
cd -- "$(dirname -- "$0")"
. ./dependencies.sh

require build run test
echo "Building fokker and its tests"
make -j"$(processors)" all tests || exit 2
exec sh tests/run.sh "${BUILD:-build}"
