#!/usr/bin/env python3
"""Writes Tests/Numerics/Golden/operations.npz: what NumPy and SciPy say of the operations' corners.

    python3 Scripts/operations.py

Each case is some arrays: NNN~operation~0, ~1, ... are the operands, NNN~operation~out the result. `provenance` is the
text that says what made the file. Nothing is random. Made with NumPy 2.4.6 and SciPy 1.17.1.
"""
import itertools
import os
import numpy as np
import scipy
from scipy import special

warnings = np.seterr(all="ignore")
arrays = {}
count = 0


def case(operation, *operands, out=None):
    """One case; `out` is the expected result."""
    global count
    for k, operand in enumerate(operands):
        arrays[f"{count:03}~{operation}~{k}"] = np.asarray(operand)
    arrays[f"{count:03}~{operation}~out"] = np.asarray(out)
    count += 1


def pairs(values, dtype):
    """Every pair of the values, as two arrays."""
    both = list(itertools.product(values, values))
    return np.array([a for a, _ in both], dtype), np.array([b for _, b in both], dtype)


inf, nan = np.inf, np.nan
corners = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3.0, -7.0]
extremes = {np.float64: [1e308, -1e308, 5e-324, -5e-324, 1e-310, 0.1, 710.0, -746.0, 1e16, 1e300],
            np.float32: [3e38, -3e38, 1e-45, -1e-45, 1e-40, 0.1, 89.0, -104.0, 1e8, 1e30]}

# Elementwise functions of floats.
binary = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.divide, "mod": np.mod,
          "floorDivide": np.floor_divide, "pow": np.power, "maximum": np.maximum, "minimum": np.minimum, "lt": np.less,
          "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "neq": np.not_equal}
unary = {"exp": np.exp, "expm1": np.expm1, "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
         "sqrt": np.sqrt, "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "negate": np.negative, "abs": np.abs,
         "sign": np.sign, "floor": np.floor, "ceil": np.ceil, "round": np.rint, "isnan": np.isnan, "isinf": np.isinf,
         "sigmoid": special.expit, "softplus": lambda x: np.logaddexp(x.dtype.type(0), x)}
for dtype in (np.float64, np.float32):
    for name, f in binary.items():
        a, b = pairs(corners + extremes[dtype][:5], dtype)
        case(name, a, b, out=f(a, b))
    for name, f in unary.items():
        x = np.array(corners + extremes[dtype] + [1e-3, -1e-3, 20.0, -20.0, 100.0, 1e5], dtype)
        case(name, x, out=f(x))

# Integers: division and its signs, division by zero, what overflows wraps.
exact = {"add": np.add, "subtract": np.subtract, "multiply": np.multiply, "floorDivide": np.floor_divide,
         "mod": np.mod, "maximum": np.maximum, "minimum": np.minimum, "lt": np.less, "ge": np.greater_equal,
         "eq": np.equal, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}
for dtype in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64):
    limits = np.iinfo(dtype)
    values = [limits.min, limits.min + 1, limits.max, limits.max - 1, 0, 1, 2, 3, 7, 10]
    if limits.min < 0:
        values += [-1, -2, -3, -7]
    a, b = pairs(values, dtype)
    for name, f in exact.items():
        case(name, a, b, out=f(a, b))
    # NumPy refuses negative exponents.
    case("pow", a, np.abs(b // 2), out=np.power(a, np.abs(b // 2))) if limits.min == 0 else None
    small = np.array([0, 1, 2, 3, 5, 31, 63, 64], dtype)
    base, exponent = np.meshgrid(np.array(values, dtype), small)
    case("pow", base, exponent, out=np.power(base, exponent))
    x = np.array(values, dtype)
    case("negate", x, out=np.negative(x))
    case("abs", x, out=np.abs(x))
    case("sign", x, out=np.sign(x))
    case("not", x, out=np.invert(x))
    # Sums and products of narrow integers are made in 64 bits; those of 64 bits wrap.
    for name, f in {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min, "argmax": np.argmax,
                    "argmin": np.argmin, "any": np.any, "all": np.all}.items():
        case(name, x, out=f(x))
    # The mean is made in float64, where the ends of int64 leave nothing but what was rounded off.
    if dtype != np.int64:
        case("mean", x, out=np.mean(x))
truth = np.array([False, True])
a, b = pairs([False, True], bool)
for name, f in {"add": np.add, "multiply": np.multiply, "and": np.logical_and, "or": np.logical_or,
                "xor": np.logical_xor, "maximum": np.maximum, "minimum": np.minimum, "lt": np.less,
                "eq": np.equal}.items():
    case(name, a, b, out=f(a, b))
case("not", truth, out=~truth)
for name, f in {"sum": np.sum, "mean": np.mean, "any": np.any, "all": np.all, "max": np.max, "argmax": np.argmax}.items():
    case(name, truth, out=f(truth))
case("divide", *pairs([-7, -1, 0, 2, 5], np.int64), out=np.divide(*pairs([-7, -1, 0, 2, 5], np.int64)))
case("divide", *pairs([False, True], bool), out=np.divide(*pairs([False, True], bool)))
case("exp", np.array([-1, 0, 3]), out=np.exp(np.array([-1, 0, 3])))
case("sqrt", np.array([-1, 0, 9]), out=np.sqrt(np.array([-1, 0, 9])))

# Reductions: NaN, ties, empty axes, axes that stay.
for dtype in (np.float64, np.float32):
    tables = {
        "ties": np.array([[1, 3, 3, 2], [-1, -5, -1, -5]], dtype),
        "nan": np.array([[1, nan, 3, nan], [inf, -inf, 0, -0.0]], dtype),
        "infinite": np.array([[inf, inf, 1, 2], [-inf, -inf, -3, 0]], dtype),
        "zeros": np.array([[0.0, -0.0, 0.0, 1.0], [-0.0, -0.0, -0.0, -0.0]], dtype),
        "row": np.array([[2, 4, 8, 16]], dtype),
    }
    for x in tables.values():
        for name, f in {"sum": np.sum, "prod": np.prod, "max": np.max, "min": np.min, "argmax": np.argmax,
                        "argmin": np.argmin, "mean": np.mean, "any": np.any, "all": np.all}.items():
            case(name, x, out=f(x))
            for axis in (0, 1):
                case(f"{name}:{axis}", x, out=f(x, axis=axis))
            case(f"{name}:1:keep", x, out=f(x, axis=1, keepdims=True))
    for shape in ((0,), (0, 3), (3, 0)):
        x = np.zeros(shape, dtype)
        for name, f in {"sum": np.sum, "prod": np.prod, "mean": np.mean, "any": np.any, "all": np.all}.items():
            case(name, x, out=f(x))
            case(f"{name}:0", x, out=f(x, axis=0))
    # Many equal terms whose sum in float32 loses digits if it is made one by one.
    if dtype == np.float32:
        case("sum", np.full(100003, 0.1, dtype), out=np.full(100003, 0.1, dtype).astype(np.float64).sum().astype(dtype))
    case("softmax", np.array([[1000, 1000, -1000], [-1e30, 0, 1], [710, 709, 0], [-inf, 0, 0]], dtype),
         out=special.softmax(np.array([[1000, 1000, -1000], [-1e30, 0, 1], [710, 709, 0], [-inf, 0, 0]], dtype), axis=1))

# Broadcasting over axes of length 1, missing axes, and nothing.
line, column = np.array([[1.0, 2, 3]]), np.array([[10.0], [20]])
for name in ("add", "multiply", "maximum", "pow"):
    case(name, line, column, out=binary[name](line, column))
    case(name, line[0], column, out=binary[name](line[0], column))
    case(name, np.float64(2), line, out=binary[name](np.float64(2), line))
    case(name, np.zeros((0, 3)), line, out=binary[name](np.zeros((0, 3)), line))
    case(name, np.zeros((2, 0)), column, out=binary[name](np.zeros((2, 0)), column))
    case(name, np.ones((2, 1, 3)), column, out=binary[name](np.ones((2, 1, 3)), column))
condition = np.array([True, False, True])
case("where", condition, line, column, out=np.where(condition, line, column))
case("where", condition, np.array([nan, nan, -0.0]), np.array([1.0, 2, 3]),
     out=np.where(condition, np.array([nan, nan, -0.0]), np.array([1.0, 2, 3])))

# Slices: bounds outside, backwards, steps.
x = np.arange(5.0)
for start in (None, -9, -2, 0, 2, 9):
    for stop in (None, -9, -2, 3, 5):
        for step in (1, 2, -1, -2):
            text = ":".join("" if b is None else str(b) for b in (start, stop, step))
            case(f"slice:{text}", x, out=x[start:stop:step])
case("index:-1", x, out=x[-1])
case("gather", x, np.array([4, -5, 0, 0, -1]), out=x[[4, -5, 0, 0, -1]])
m = np.arange(12.0).reshape(3, 4)
case("gather", m, np.array([[2, 0], [-1, 1]]), out=m[np.array([[2, 0], [-1, 1]])])

# Products, with empty sums and with NaN.
for left, right in [((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 0), (0, 3)), ((0,), (0,)),
                    ((0, 3), (3, 2))]:
    for dtype in (np.float64, np.float32, np.int64):
        a = (np.arange(np.prod(left)) - 2).reshape(left).astype(dtype)
        b = (np.arange(np.prod(right)) * 3 - 4).reshape(right).astype(dtype)
        case("dot", a, b, out=np.dot(a, b))
case("dot", np.array([[0.0, 1], [2, 3]]), np.array([nan, 1.0]), out=np.dot(np.array([[0.0, 1], [2, 3]]), np.array([nan, 1.0])))
case("solve", np.array([[0.0, 2], [1, 1]]), np.array([2.0, 3]), out=np.linalg.solve(np.array([[0.0, 2], [1, 1]]), np.array([2.0, 3])))

# Ranges, joining, positions.
for start, stop, step in ((0, 5, 1), (5, 0, -2), (0, 5, 7), (3, 3, 1), (5, 0, 1), (-2, 9, 3)):
    case(f"arange:{start}:{stop}:{step}", out=np.arange(start, stop, step))
for start, stop, step in ((0.0, 1.0, 0.1), (1.0, 0.0, -0.25), (0.0, 1.0, 2.0), (2.0, 1.0, 0.5)):
    case(f"arange:{start}:{stop}:{step}", out=np.arange(start, stop, step))
case("concatenate", np.array([1, 2], np.int8), np.array([0.5]), out=np.concatenate([np.array([1, 2], np.int8), np.array([0.5])]))
case("concatenate", np.zeros(0), np.array([0.5]), out=np.array([0.5]))
case("nonzero", np.array([0.0, nan, -0.0, 2.0, inf]), out=np.nonzero(np.array([0.0, nan, -0.0, 2.0, inf]))[0])

# Conversions. NumPy leaves floats that an integer cannot hold undefined: those end at the type's ends here, NaN at 0.
names = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]
numbers = np.array(corners + [127.9, -128.9, 200.0, 1e10, -1e10, 1e19, -1e19, 1e40, 3.4e38])
whole = np.array([0, 1, -1, 127, 128, 255, 256, -128, -129, 65536, 2**31, -2**31, 2**53 + 1, 2**63 - 1, -2**63])
for name in names:
    dtype = np.dtype(name)
    for values in (numbers, numbers.astype(np.float32), whole, whole.astype(np.uint64), np.array([True, False])):
        if dtype.kind in "iu" and values.dtype.kind == "f":
            limits = np.iinfo(dtype)
            out = np.array([0 if np.isnan(v) else limits.max if v >= limits.max else limits.min if v <= limits.min
                            else int(v) for v in values], dtype)
        else:
            out = values.astype(dtype)
        case(f"cast:{name}", values, out=out)

# What dtypes promote to, of every pair: positions in `names`; then of each with a Python int and a Python float.
table = [[names.index(np.promote_types(a, b).name) for b in names] for a in names]
weak = [[names.index(np.result_type(np.dtype(a), w).name) for w in (1, 1.5)] for a in names]
arrays["promotion"] = np.array(table, np.int64)
arrays["promotion weak"] = np.array(weak, np.int64)
arrays["provenance"] = np.frombuffer(
    f"Scripts/operations.py, NumPy {np.__version__}, SciPy {scipy.__version__}".encode(), np.uint8)

path = os.path.join(os.path.dirname(__file__), "..", "Tests", "Numerics", "Golden", "operations.npz")
np.savez_compressed(path, **arrays)
print(count, "cases,", os.path.getsize(path), "bytes")
