#!/usr/bin/env python3
"""Writes Sources/CTheanoPrelude/parts/pitable.h: 1 / pi, cut up for the reduction of float64 angles.

Row i serves the numbers x with 2^(8i - 1) <= |x| < 2^(8i + 7). It holds 2^(8i - 8) / pi modulo 2^46 as a sum of four float64, each
of them cut off towards zero. x = y 2^(8i - 8) has its last bit at y = 2^-45 or above, so that
the multiples of 2^46 that are left out change x / pi by multiples of 2 only.
"""
from pathlib import Path

import mpmath as mp

mp.mp.prec = 1600
TARGET = Path(__file__).resolve().parent.parent / "Sources/CTheanoPrelude/parts/pitable.h"


def cut(value):
    if value == 0:
        return value
    scale = mp.mpf(2) ** (52 - mp.floor(mp.log(value, 2)))
    return mp.floor(value * scale) / scale


rows = []
for i in range(129):
    rest = mp.ldexp(1 / mp.pi, 8 * i - 8)
    rest -= mp.floor(rest / mp.mpf(2) ** 46) * mp.mpf(2) ** 46
    parts = []
    for _ in range(4):
        parts.append(cut(rest))
        rest -= parts[-1]
    rows.append(", ".join(repr(float(p)) for p in parts))
TARGET.write_text(
    "//@ part pitable needs: base\n"
    "// Written by Scripts/prelude_pi_table.py: row i holds 2^(8i - 8) / pi modulo 2^46, in four parts.\n"
    f"TH_TABLE th_f64 th_pi_table[{4 * len(rows)}] = {{\n  " + ",\n  ".join(rows) + "};\n")
