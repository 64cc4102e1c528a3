# What fokker needs from the system, and how to get it; read in by demo.sh and test.sh.
# shellcheck shell=sh
#
#   require build run        returns at once if all of it is there, without touching apt;
#                            else installs what is missing (apt-get, as root or through
#                            sudo) or names the packages and ends the script with status 2.

# need | how it is seen | Debian and Ubuntu | Fedora | Homebrew | Arch
requirements() {
    cat <<'END'
build|program make     |make          |make               |make      |make
build|compiler         |gcc libc6-dev |gcc                |gcc       |gcc
build|program pkg-config|pkg-config   |pkgconf-pkg-config |pkgconf   |pkgconf
build|library gsl      |libgsl-dev    |gsl-devel          |gsl       |gsl
build|library netcdf   |libnetcdf-dev |netcdf-devel       |netcdf    |netcdf
build|library sleef    |libsleef-dev  |sleef-devel        |sleef     |sleef
build|library yaml-0.1 |libyaml-dev   |libyaml-devel      |libyaml   |libyaml
build|library arpack   |libarpack2-dev |arpack-devel      |arpack    |arpack
build|header suitesparse/umfpack.h |libsuitesparse-dev |suitesparse-devel |suite-sparse |suitesparse
build|library fftw3    |libfftw3-dev |fftw-devel         |fftw      |fftw
build|library openblas |libopenblas-dev |openblas-devel     |openblas  |openblas
run  |gnuplot          |gnuplot-nox   |gnuplot            |gnuplot   |gnuplot
test |library check    |check         |check-devel        |check     |check
END
}

# Is it there?  A compiler counts with the C library's headers and OpenMP, gnuplot with
# the terminal that draws PNG.
present() {
    case $1 in
    program) command -v "$2" >/dev/null 2>&1 ;;
    library) pkg-config --exists "$2" 2>/dev/null ;;
    header) printf '#include <%s>\n' "$2" | "${CC:-cc}" -fsyntax-only -x c - >/dev/null 2>&1 ;;
    compiler)
        printf '#include <stdio.h>\n#include <omp.h>\n' |
            "${CC:-cc}" -fopenmp -fsyntax-only -x c - >/dev/null 2>&1
        ;;
    gnuplot) gnuplot -e 'set terminal pngcairo' >/dev/null 2>&1 ;;
    esac
}

# Sets missing (what, for people) and apt, dnf, brew, pacman (packages) for the needs in $1.
look_for() {
    missing='' apt='' dnf='' brew='' pacman=''
    while IFS='|' read -r need how a d b p; do
        case " $1 " in *" ${need%% *} "*) ;; *) continue ;; esac
        # shellcheck disable=SC2086 # the words of $how are the arguments
        if ! present $how; then
            missing="$missing, $(echo "$how" | sed 's/^[a-z]* \([^ ]\)/\1/; s/ *$//')"
            apt="$apt $a" dnf="$dnf $d" brew="$brew $b" pacman="$pacman $p"
        fi
    done <<END
$(requirements)
END
    missing=${missing#, }
}

words() {
    # shellcheck disable=SC2086,SC2048 # one blank between words, none around them
    echo $*
}

# Ends the script: what to type, then the one sentence that says why.
give_up() {
    {
        echo "Packages to install, as root where the system asks for it:"
        echo "  Debian, Ubuntu:  apt-get update && apt-get install --no-install-recommends $(words "$apt")"
        echo "  Fedora:          dnf install $(words "$dnf")"
        echo "  Homebrew:        brew install $(words "$brew")   (and start with CC=gcc-N, its version)"
        echo "  Arch:            pacman -S --needed $(words "$pacman")"
        echo "fokker: $1 (missing: $missing)."
    } >&2
    exit 2
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# True if as_root can work: root, or sudo without a password, or a person to type it.
may_be_root() {
    [ "$(id -u)" -eq 0 ] && return 0
    command -v sudo >/dev/null 2>&1 || return 1
    sudo -n true 2>/dev/null || [ -t 0 ]
}

require() {
    look_for "$*"
    [ -z "$missing" ] && return 0
    command -v apt-get >/dev/null 2>&1 ||
        give_up "some packages are missing and there is no apt-get here to install them with"
    may_be_root ||
        give_up "some packages are missing and only root may install them; install them and start again"

    echo "Installing what is missing: $(words "$apt")"
    # shellcheck disable=SC2086 # one argument per package
    if ! { as_root apt-get -q update &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get -q -y install --no-install-recommends $apt; }; then
        give_up "apt-get could not install some packages"
    fi
    look_for "$*"
    [ -z "$missing" ] || give_up "some packages are missing even after installing them"
}

# Processors that this process may use.
processors() {
    nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1
}
