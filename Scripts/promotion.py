#!/usr/bin/env python3
"""Writes Tests/Numerics/Golden/promotion.txt: the dtypes that NumPy gives every binary function of every two dtypes.

    python3 Scripts/promotion.py

A line is a function, two operands, and the dtype of the result, or `error`. An operand is a dtype, or a number as it is
written in a program: `True`, `3`, `0.5`. At the end stand comparisons of integers that no dtype has together, with their
answers. Nothing is random. Made with NumPy 2.4.6.
"""
import itertools
import os
import numpy as np

np.seterr(all="ignore")
dtypes = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"]
numbers = {"True": True, "3": 3, "0.5": 0.5}
functions = {
    "add": np.add, "subtract": np.subtract, "multiply": np.multiply, "divide": np.true_divide,
    "floorDivide": np.floor_divide, "mod": np.remainder, "pow": np.power, "maximum": np.maximum,
    "minimum": np.minimum, "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "eq": np.equal, "neq": np.not_equal, "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor,
}


def value(name):
    return numbers[name] if name in numbers else np.ones(2, dtype=name)


lines = [f"numpy {np.__version__}"]
for name, function in functions.items():
    for a, b in itertools.product(dtypes + list(numbers), repeat=2):
        if a in numbers and b in numbers:
            continue
        try:
            result = str(function(value(a), value(b)).dtype)
        except (TypeError, ValueError, OverflowError):
            result = "error"
        lines.append(f"{name} {a} {b} {result}")

corners = {
    "int64": [-(2**63), -1, 0, 1, 2**53, 2**53 + 1, 2**63 - 1],
    "uint64": [0, 1, 2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1],
    "int8": [-128, -1, 0, 127],
}
for a, b in [("int64", "uint64"), ("uint64", "int64"), ("int8", "uint64"), ("uint64", "int8")]:
    x = np.array([p for p in corners[a] for _ in corners[b]], dtype=a)
    y = np.array([q for _ in corners[a] for q in corners[b]], dtype=b)
    for name in ["lt", "le", "gt", "ge", "eq", "neq"]:
        answers = "".join("1" if t else "0" for t in functions[name](x, y))
        lines.append(f"exact {name} {a} {b} {answers}")

path = os.path.join(os.path.dirname(__file__), "..", "Tests", "Numerics", "Golden", "promotion.txt")
with open(path, "w") as file:
    file.write("\n".join(lines) + "\n")
