#!/usr/bin/env bash
# Builds and runs the products' benchmark (Linux; needs clang and Debian's libopenblas0): run.sh [--threads N] [WORD ...]
set -euo pipefail
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
support=../../Sources/CTheanoSupport
"${CC:-clang}" -std=gnu11 -O2 -I"$support/include" products_benchmark.c "$support/blas.c" "$support/blas_instances.c" \
  "$support/pool.c" -o "$out/products" -ldl -lpthread -lm
"$out/products" "$@"
