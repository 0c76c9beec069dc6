#!/usr/bin/env bash
# Puts downhaul where the next step finds it: the release that this version of the action is pinned to, checked against
# the checksum that stands beside it, or a build from source where there is none (and for `uses: ./`).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# Written by the release workflow: VERSION, and SHA256_<target> for each archive.
pinned=$root/.github/action/release.env

hand_over() {
  echo "downhaul=$1" >>"$GITHUB_OUTPUT"
  "$1" --version
}

build() {
  echo "Building downhaul from source."
  command -v cargo >/dev/null || { echo "::error title=downhaul::Rust is needed to build downhaul from source"; exit 5; }
  cargo build --release --locked --manifest-path "$root/Cargo.toml" --target-dir "$RUNNER_TEMP/downhaul"
  hand_over "$RUNNER_TEMP/downhaul/release/downhaul"
  exit 0
}

target() {
  case "$(uname -s)-$(uname -m)" in
    Linux-x86_64) echo x86_64-unknown-linux-musl ;;
    Linux-aarch64) echo aarch64-unknown-linux-musl ;;
    Darwin-x86_64) echo x86_64-apple-darwin ;;
    Darwin-arm64) echo aarch64-apple-darwin ;;
    MINGW* | MSYS*) echo x86_64-pc-windows-msvc ;;
  esac
}

# Empty for `uses: ./`: whoever works on the action wants what stands there.
if [ -z "${GITHUB_ACTION_REPOSITORY:-}" ] || [ ! -f "$pinned" ]; then
  build
fi
# shellcheck source=/dev/null
. "$pinned"
target=$(target)
checksum_of=SHA256_${target//-/_}
checksum=${!checksum_of:-}
[ -n "$checksum" ] || build

folder=${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/downhaul/$VERSION/$target
binary=$folder/downhaul
case $target in *windows*) binary=$binary.exe ;; esac
if [ ! -x "$binary" ]; then
  archive=$RUNNER_TEMP/downhaul.tar.gz
  curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$archive" \
    "${GITHUB_SERVER_URL:-https://github.com}/$GITHUB_ACTION_REPOSITORY/releases/download/v$VERSION/downhaul-$VERSION-$target.tar.gz"
  actual=$(openssl dgst -sha256 -r "$archive" | cut -d' ' -f1)
  if [ "$actual" != "$checksum" ]; then
    echo "::error title=downhaul::The archive has the checksum $actual, and not $checksum; it is not used"
    exit 5
  fi
  mkdir -p "$folder"
  tar -xzf "$archive" -C "$folder"
fi
hand_over "$binary"
