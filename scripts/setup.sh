# Sourced by scripts/run, scripts/test and scripts/bench: installs what is missing, and says so. Nothing to do costs
# one look at the package database.

say() { printf '\033[2m── %s\033[0m\n' "$*" >&2; }
fail() { printf 'scripts: %s\n' "$*" >&2; exit 1; }

build_packages=(g++ cmake ninja-build pkg-config ccache python3 libssl-dev libcpp-httplib-dev nlohmann-json3-dev
  libspdlog-dev libdeflate-dev zlib1g-dev libpugixml-dev libcli11-dev libsqlite3-dev)
test_packages=(catch2 nodejs npm chromium libnss3-tools zip unzip curl jq git)
# What people publish with. Where a distribution lacks one, its test fails and says so.
client_packages=(azure-cli python3-azure-storage rclone)

# The newest Boost that this distribution has and that we are tested with (docs/decisions/0001).
boost_package() {
  if apt-cache show libboost1.81-dev >/dev/null 2>&1; then echo libboost1.81-dev; else echo libboost-dev; fi
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

# A tool from elsewhere than the distribution (node, cmake, …) is as good.
present() {
  case "$1" in
    g++|cmake|python3|ccache|zip|unzip|curl|jq|git|npm|chromium|rclone) command -v "$1" >/dev/null 2>&1 || installed "$1" ;;
    ninja-build) command -v ninja >/dev/null 2>&1 ;;
    nodejs) command -v node >/dev/null 2>&1 ;;
    *) installed "$1" ;;
  esac
}

ensure_packages() {
  command -v dpkg-query >/dev/null 2>&1 || { say "not a Debian system: install what README.md names yourself"; return 0; }
  local missing=() package
  for package in "$@"; do present "$package" || missing+=("$package"); done
  if ! installed libboost1.81-dev && ! installed libboost1.83-dev && ! installed libboost-dev; then missing+=(boost); fi
  [ ${#missing[@]} -gt 0 ] || return 0

  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "missing packages: ${missing[*]} (run as root, or install sudo)"
    as_root=(sudo)
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  local names=()
  for package in "${missing[@]}"; do
    if [ "$package" = boost ]; then names+=("$(boost_package)"); else names+=("$package"); fi
  done
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" >&2
}

# configure_and_build PRESET [TARGET…]: configures once, then lets the build tool decide.
configure_and_build() {
  local preset=$1; shift
  local folder="$root/build/$preset"
  if [ ! -f "$folder/build.ninja" ] || [ "$root/CMakePresets.json" -nt "$folder/build.ninja" ]; then
    say "configuring ($preset)"
    (cd "$root" && cmake --preset "$preset" -Wno-dev >&2)
  fi
  say "building ($preset)"
  cmake --build "$folder" ${1:+--target "$@"} >&2
}

# ensure_node_modules [FOLDER]: what a lock file names, the test clients' unless said, once for each of its versions.
ensure_node_modules() {
  local folder="$root/${1:-tests/e2e}"
  local stamp="$folder/node_modules/.lock-installed"
  if ! cmp -s "$folder/package-lock.json" "$stamp"; then
    say "installing what ${folder#"$root"/} names (npm ci)"
    (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error >&2)
    cp "$folder/package-lock.json" "$stamp"
  fi
}

# The Node that the test clients came with, else the system's.
test_node() {
  local candidate
  for candidate in "$root"/tests/e2e/node_modules/node-linux-*/bin/node; do
    [ -x "$candidate" ] && { echo "$candidate"; return; }
  done
  command -v node
}
