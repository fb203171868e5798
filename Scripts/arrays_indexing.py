"""Writes Tests/Unit/Golden/Arrays/indexing.txt: what NumPy's indexing selects, and what assigning through it changes.

Usage: python3 Scripts/arrays_indexing.py      (seed 21; the file's first line names the version of NumPy)

A record is one line of fields parted by `|`: the shape of an array holding 0, 1, 2, ... in C order; the indices; the shape
selected (or `error`); the elements selected; the whole array after `a[indices] = 1000, 1001, ...`.
Indices: `3`, `1:5:2`, `...`, `new`, `i2,2:0,1,1,0` (integers of shape 2,2), `b3:1,0,1` (booleans of shape 3).
"""

import os
import numpy as np

rng = np.random.default_rng(21)
lines = []


def text(values):
    return ",".join(str(int(v)) for v in values)


def token(index):
    if index is None:
        return "new"
    if index is Ellipsis:
        return "..."
    if isinstance(index, slice):
        return ":".join("" if v is None else str(v) for v in (index.start, index.stop, index.step))
    if isinstance(index, np.ndarray):
        return ("b" if index.dtype == bool else "i") + text(index.shape) + ":" + text(index.ravel())
    return str(index)


def record(shape, index):
    array = np.arange(int(np.prod(shape))).reshape(shape)
    fields = [text(shape), " ".join(map(token, index))]
    try:
        part = array[index]
        changed = array.copy()
        distinct = len(np.unique(part)) == part.size
        changed[index] = np.arange(1000, 1000 + part.size).reshape(part.shape)
        fields += [text(part.shape), text(np.ravel(part)), text(changed.ravel()) if distinct else "-"]
    except IndexError:
        fields += ["error", "", ""]
    lines.append("|".join(fields))


def some_slice(length):
    def bound():
        return None if rng.random() < 0.3 else int(rng.integers(-length - 2, length + 3))
    step = int(rng.choice([1, 1, 1, 2, 3, -1, -1, -2]))
    return slice(bound(), bound(), None if step == 1 else step)


SHAPES = [(5,), (1,), (0,), (3, 4), (4, 1), (2, 3, 4), (3, 1, 2), (2, 0, 3), (2, 3, 2, 2)]
for shape in SHAPES:
    record(shape, ())
    record(shape, (Ellipsis,))
    record(shape, (None,))
    record(shape, (Ellipsis, None))
    record(shape, (0,) * (len(shape) + 1))
    for _ in range(28):
        index = []
        for length in shape[: rng.integers(1, len(shape) + 1)]:
            if rng.random() < 0.35:
                index.append(int(rng.integers(-length - (rng.random() < 0.1), length + (rng.random() < 0.1)))
                             if length else 0)
            else:
                index.append(some_slice(length))
        if rng.random() < 0.3:
            index.insert(int(rng.integers(0, len(index) + 1)), None)
        if rng.random() < 0.3:
            index.insert(int(rng.integers(0, len(index) + 1)), Ellipsis)
        record(shape, tuple(index))
    for _ in range(28):
        index = []
        common = tuple(int(v) for v in rng.integers(1, 4, rng.integers(0, 3)))
        axis = 0
        used = int(rng.integers(1, len(shape) + 1))
        while axis < used:
            length = shape[axis]
            kind = rng.random()
            if kind < 0.45 and length:
                own = tuple(v if rng.random() < 0.8 else 1 for v in common)
                high = length + (rng.random() < 0.04)
                index.append(np.asarray(rng.integers(-length, high, own)))
            elif kind < 0.55 and axis + 2 <= len(shape):
                index.append(rng.random(shape[axis:axis + 2]) < 0.4)
                axis += 1
            elif kind < 0.65:
                index.append(rng.random(length) < 0.5)
            elif kind < 0.8 and length:
                index.append(int(rng.integers(-length, length)))
            else:
                index.append(some_slice(length))
            axis += 1
        if rng.random() < 0.25:
            index.insert(int(rng.integers(0, len(index) + 1)), None)
        if rng.random() < 0.25:
            index.insert(int(rng.integers(0, len(index) + 1)), Ellipsis)
        record(shape, tuple(index))

# An ellipsis that stands for no axes still parts the index arrays beside it.
for shape in [(5,), (2, 3), (3, 4), (2, 3, 4), (2, 3, 2, 2)]:
    for _ in range(14):
        common = tuple(int(v) for v in rng.integers(1, 4, rng.integers(0, 3)))
        index = []
        axis = 0
        while axis < len(shape):
            length = shape[axis]
            kind = rng.random()
            if kind < 0.5:
                index.append(np.asarray(rng.integers(-length, length, common)))
            elif kind < 0.6 and axis + 2 <= len(shape):
                index.append(rng.random(shape[axis:axis + 2]) < 0.4)
                axis += 1
            elif kind < 0.75:
                index.append(int(rng.integers(-length, length)))
            elif kind < 0.85:
                index.append(rng.random(length) < 0.5)
            else:
                index.append(some_slice(length))
            axis += 1
        index.insert(int(rng.integers(0, len(index) + 1)), Ellipsis)
        if rng.random() < 0.5:
            index.insert(int(rng.integers(0, len(index) + 1)), None)
        record(shape, tuple(index))
record((2, 3), (None, np.array([0, 1]), Ellipsis, np.array([2, 0])))

path = os.path.join(os.path.dirname(__file__), "../Tests/Unit/Golden/Arrays/indexing.txt")
with open(path, "w") as file:
    file.write(f"NumPy {np.__version__}, seed 21, by Scripts/arrays_indexing.py; {len(lines)} indexings\n")
    file.write("\n".join(lines) + "\n")
print(len(lines), "indexings,", sum("|error|" in line for line in lines), "errors")
