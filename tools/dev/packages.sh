# shellcheck shell=bash disable=SC2034
# What has to be installed, and how to do it without starting or enabling a service: a package must not open a port on
# somebody's machine because they wanted to try us.

# To build and run the server.
PRODUCT_PACKAGES=(
  g++-12 cmake ninja-build ccache mold pkg-config
  libboost1.81-dev libssl-dev libsimdjson-dev nlohmann-json3-dev libcjose-dev libjansson-dev libcurl4-openssl-dev prometheus-cpp-dev
  libspdlog-dev libfmt-dev libcli11-dev libtomlplusplus-dev libqrencode-dev libsoci-dev libsqlite3-dev libpq-dev
  nodejs npm ca-certificates
)
# To test it.
TEST_PACKAGES=(
  libgtest-dev libgmock-dev clang-14 libclang-rt-14-dev clang-format-14 clang-tidy-14 llvm-14
  python3 git binutils strace iproute2 procps util-linux openssl
  nginx caddy postgresql sqlite3 chromium firefox-esr coturn nftables systemd faketime gcc
)

as_root() {
  if ((EUID == 0)); then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root: $*"
  fi
}

# need_packages PACKAGE… installs those that are missing; with none missing it costs one look into dpkg's list.
need_packages() {
  local missing=() package installed
  installed=$(dpkg-query -W -f '${binary:Package}:${db:Status-Status}\n' "$@" 2>/dev/null || true)
  for package in "$@"; do
    # NodeSource's nodejs brings an npm of its own and conflicts with Debian's.
    if [[ $package == npm ]] && command -v npm >/dev/null; then continue; fi
    # A package of a foreign architecture is listed as name:arch.
    [[ $'\n'$installed =~ $'\n'"$package"(:[a-z0-9]+)?":installed" ]] || missing+=("$package")
  done
  ((${#missing[@]} == 0)) || install_packages "${missing[@]}"
}

install_packages() {
  local units_before
  ((EUID == 0)) || command -v sudo >/dev/null || die "these packages are missing, and there is no sudo to install them: $*"
  units_before=$(enabled_units)
  hold_services_back
  trap let_services_go EXIT
  if ! compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null; then
    step "reading the package lists" as_root apt-get -q update
  fi
  # Old lists name versions that the mirrors no longer have: one more try with new ones.
  step "installing $# packages: $*" apt_install_or_update "$@"
  let_services_go
  trap - EXIT
  disable_new_units "$units_before"
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "$@"
}

apt_install_or_update() {
  apt_install "$@" || { as_root apt-get -q update && apt_install "$@"; }
}

# policy-rc.d is what Debian asks before a package's script starts a service; 101 means no.
POLICY=/usr/sbin/policy-rc.d
POLICY_KEPT=/usr/sbin/policy-rc.d.kept-by-zvonok

hold_services_back() {
  # Ours may be there still, if a run was killed.
  if [[ -e $POLICY ]] && ! grep -q "made by zvonok's ./dev" "$POLICY"; then
    as_root mv "$POLICY" "$POLICY_KEPT"
  fi
  printf "#!/bin/sh\n# made by zvonok's ./dev\nexit 101\n" | as_root tee "$POLICY" >/dev/null
  as_root chmod 755 "$POLICY"
}

let_services_go() {
  as_root rm -f "$POLICY"
  if [[ -e $POLICY_KEPT ]]; then as_root mv "$POLICY_KEPT" "$POLICY"; fi
}

enabled_units() {
  find /etc/systemd/system -path '*.wants/*' -type l -printf '%f\n' 2>/dev/null | sort -u
}

# A package may enable its service for the next boot even where none was started.
disable_new_units() {
  local unit
  while read -r unit; do
    echo "-- disabling $unit, which a package has enabled"
    if command -v systemctl >/dev/null; then
      as_root systemctl --quiet disable "$unit" >/dev/null 2>&1 || true
    else
      as_root deb-systemd-helper disable "$unit" >/dev/null 2>&1 || true
      if [[ -e /etc/init.d/${unit%.service} ]]; then as_root update-rc.d "${unit%.service}" disable || true; fi
    fi
    # A template's instance or an alias can be left over; the link is what enables it.
    as_root find /etc/systemd/system -path "*.wants/$unit" -type l -delete
  done < <(comm -13 <(echo "$1") <(enabled_units))
}
