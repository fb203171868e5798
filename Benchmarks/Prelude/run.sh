#!/usr/bin/env bash
# Builds and runs the prelude's benchmark (x86, glibc; needs clang and Debian's libsleef-dev): run.sh [FUNCTION ...]
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
prelude=../../Sources/CTheanoPrelude
flags="-std=gnu11 -O3 -fwrapv -fno-math-errno -fno-trapping-math -ffp-contract=off -I$prelude/include"
build() {
  clang $flags "$2" "$3" -DLANES="$1" prelude_benchmark.c "$prelude/random.c" -o "$out/lanes$1" -lsleef -lmvec -lm
  "$out/lanes$1" "${@:4}"
}
build 4 -mavx2 -mfma "$@"
grep -q avx512dq /proc/cpuinfo && build 8 -march=x86-64-v4 -mprefer-vector-width=512 "$@"
