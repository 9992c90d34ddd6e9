# shellcheck shell=bash
# Sourced by the other scripts: strict mode, the project's folder, messages, and the installation of Debian packages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Packages are installed without bytecode: where Python may keep none, each of its processes, of which the tests start
# hundreds, compiles again whatever it imports.
unset PYTHONDONTWRITEBYTECODE

say() { printf '==> %s\n' "$*"; }
warn() { printf '\n!!! %s\n\n' "$*" >&2; }
stop() {
    printf '\n!!! %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
    exit 1
}

# Runs a command as root; fails where neither root nor a sudo without a password is at hand.
can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# Prints those of the named Debian packages that are not installed.
missing_packages() {
    local package
    for package in "$@"; do
        [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s\n' "$package"
    done
}

# Prints the line by which an administrator installs the named packages; without sudo it has to be typed as root.
line_to_type() {
    local sudo=
    if command -v sudo >/dev/null; then sudo="sudo "; fi
    printf '%sapt-get update && %sapt-get install -y --no-install-recommends %s\n' "$sudo" "$sudo" "$*"
}

apt_get() { as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 -qq -y "$@" </dev/null; }

# Refreshes the package lists, without the translated descriptions (6 MB); lists of other sources are kept.
apt_update() {
    apt_get -o Acquire::IndexTargets::deb::Translations::DefaultEnabled=false -o APT::Get::List-Cleanup=false update
}

# Installs Debian packages; the package lists are fetched only when the first attempt shows that they are empty or old.
apt_install() {
    local log status=0
    log=$(mktemp)
    apt_get install --no-install-recommends "$@" >"$log" 2>&1 ||
        { apt_update >"$log" 2>&1 && apt_get install --no-install-recommends "$@" >>"$log" 2>&1; } || status=$?
    [ "$status" = 0 ] || tail -n 15 "$log" >&2
    rm -f "$log"
    return "$status"
}
