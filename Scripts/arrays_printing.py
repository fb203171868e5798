"""Writes Tests/Unit/Golden/Arrays/printing.txt: how NumPy itself prints a few hundred arrays.

Usage: python3 Scripts/arrays_printing.py      (seed 20; the file's first line names the version of NumPy)

A record is a line `@ dtype shape options`, a line with the elements' bytes (C order, little endian) in hexadecimal,
the lines of str() each after `|`, and the lines of repr() each after `>`.
"""

import os
import numpy as np

rng = np.random.default_rng(20)
records = []


def record(array, **options):
    array = np.ascontiguousarray(array) if array.ndim else array
    shape = ",".join(map(str, array.shape)) or "-"
    text = " ".join(f"{k}={int(v)}" for k, v in sorted(options.items()))
    with np.printoptions(**options):
        lines = [f"@ {array.dtype} {shape} {text}".rstrip(), array.tobytes().hex()]
        lines += ["|" + line for line in str(array).split("\n")]
        lines += [">" + line for line in repr(array).split("\n")]
    records.append("\n".join(lines))


FLOATS = ["float64", "float32", "float16"]
SHAPES = [(1,), (2,), (5,), (9,), (14,), (40,), (1, 1), (2, 3), (3, 2), (3, 11), (2, 3, 2), (1, 2, 1, 3)]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.1, 1 / 3, 2 / 3, 1e-5, 1e-4, 9.999e-5, 123456.0, 1e7, 1e8, 99999999.0, 1e15, 1e16,
           1e17, 1e22, 1e23, 1e100, 1e-100, 5e-324, 1.7976931348623157e308, 0.30000000000000004, 0.602681965908778,
           4.347404090286685, 65504.0, 65519.0, 999.5, 1000.5, 0.5, 2.5, 1e6, 999999.0, 1048576.5, np.pi, -np.e, np.inf, -np.inf,
           np.nan, 0.1 + 0.7, 100.0, 1e-8, 1.00000005e-8, 12345678.875, 2 ** 53 + 2.0]

with np.errstate(over="ignore"):
    for dtype in FLOATS:
        for value in SPECIAL:
            record(np.array(value, dtype=dtype))
        for size in (1, 2, 3, 4, 6, 7):
            for _ in range(6):
                record(rng.choice(SPECIAL, size=size).astype(dtype))
        for shape in SHAPES:
            record(rng.random(shape).astype(dtype))
            record((rng.standard_normal(shape) * 100).astype(dtype))
            record(np.exp(rng.standard_normal(shape) * 6).astype(dtype))
            record(rng.integers(-50, 50, shape).astype(dtype))
            record((rng.integers(-8, 8, shape) / 4).astype(dtype))
            holes = rng.standard_normal(shape).astype(dtype)
            holes.flat[rng.integers(0, holes.size, 2)] = rng.choice([np.nan, np.inf, -np.inf], 2)
            record(holes)

for dtype in ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]:
    info = np.iinfo(dtype)
    record(np.array(info.max, dtype=dtype))
    record(np.array([info.min, info.max], dtype=dtype))
    for shape in SHAPES[3:]:
        record(rng.integers(info.min, info.max, shape, dtype=dtype))
        record(rng.integers(0, 10, shape, dtype=dtype))
for shape in SHAPES + [()]:
    record(np.asarray(rng.random(shape) < 0.5))

for dtype in ["complex128", "complex64"]:
    for real in [0.0, -0.0, 1.0, -2.5, 1e20, np.nan, np.inf]:
        for imaginary in [0.0, -0.0, 1.0, -0.1, 1e-7, np.nan, -np.inf]:
            record(np.array(complex(real, imaginary), dtype=dtype))
    for shape in SHAPES:
        record((rng.standard_normal(shape) + 1j * rng.standard_normal(shape)).astype(dtype))
        record((rng.integers(-5, 5, shape) + 1j * rng.integers(-5, 5, shape)).astype(dtype))
        record((np.exp(rng.standard_normal(shape) * 5) + 1j * rng.standard_normal(shape)).astype(dtype))
    record(np.array([complex(np.nan, 1), complex(1, np.inf), complex(-1.5, -np.inf)], dtype=dtype))

for dtype in ["float64", "float32", "int64", "bool", "complex64"]:
    for shape in [(0,), (0, 3), (3, 0), (2, 0, 2)]:
        record(np.zeros(shape, dtype))

record(np.arange(1001))
record(np.arange(1000))
record(np.arange(1200).reshape(30, 40))
record(np.arange(1001, dtype="uint16"))
record(rng.standard_normal((11, 10, 10)))
record(rng.standard_normal((4, 300)).astype("float32"))
record(rng.standard_normal((1001, 1)).astype("float16"))

for options in [dict(precision=3), dict(precision=0), dict(suppress=True), dict(precision=4, suppress=True),
                dict(linewidth=40), dict(linewidth=10), dict(threshold=5, edgeitems=1),
                dict(threshold=5, edgeitems=2, linewidth=30)]:
    for shape in [(3,), (7,), (12,), (3, 3), (8, 9), (2, 7, 3)]:
        record(rng.standard_normal(shape), **options)
        record(np.exp(rng.standard_normal(shape) * 6).astype("float32"), **options)
        record(rng.integers(-1000, 1000, shape), **options)
        record(rng.standard_normal(shape) + 1j * np.exp(rng.standard_normal(shape) * 4), **options)

path = os.path.join(os.path.dirname(__file__), "../Tests/Unit/Golden/Arrays/printing.txt")
with open(path, "w") as file:
    file.write(f"NumPy {np.__version__}, seed 20, by Scripts/arrays_printing.py; {len(records)} arrays\n")
    file.write("\n".join(records) + "\n")
print(len(records), "arrays")
