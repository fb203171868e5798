#!/usr/bin/env python3
"""Files for the tests of TheanoFormats, made and checked by the real packages.

    formats.py golden FOLDER    writes the golden files (numpy, safetensors, ml_dtypes)
    formats.py check FOLDER     checks files that the Swift tests wrote; prints "ok N"
    formats.py probe            says whether `check` can run here

The golden files in Tests/Unit/Golden/Formats come from numpy 2.4.6, safetensors 0.8.0 and ml_dtypes 0.6.0. There is
no randomness: byte k of an array's elements is (37 k + 11) mod 251, a boolean is k mod 3 == 0.
"""
import gzip
import io
import os
import struct
import sys
import zlib

import numpy as np
import safetensors.numpy as st

DTYPES = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",
          "float16", "float32", "float64", "complex64", "complex128"]
IDX_CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}


def pattern(dtype, shape):
    count = int(np.prod(shape, dtype=np.int64))
    if dtype == "bool":
        return np.array([k % 3 == 0 for k in range(count)], dtype=bool).reshape(shape)
    size = 2 if dtype == "bfloat16" else np.dtype(dtype).itemsize
    data = bytes((37 * k + 11) % 251 for k in range(count * size))
    if dtype == "bfloat16":
        import ml_dtypes
        return np.frombuffer(data, dtype=ml_dtypes.bfloat16).reshape(shape)
    return np.frombuffer(data, dtype=dtype).reshape(shape)


def idx(dtype, shape):
    array = pattern(dtype, shape)
    head = bytes([0, 0, IDX_CODES[dtype], len(shape)]) + b"".join(struct.pack(">I", n) for n in shape)
    return head + array.astype(array.dtype.newbyteorder(">")).tobytes()


def golden(folder):
    os.makedirs(folder, exist_ok=True)
    at = lambda name: os.path.join(folder, name)
    for dtype in DTYPES:
        array = pattern(dtype, (2, 3))
        np.save(at(f"{dtype}.npy"), array)
        if array.dtype.itemsize > 1:
            np.save(at(f"{dtype}-big.npy"), array.astype(array.dtype.newbyteorder(">")))
    for name, shape in [("scalar", ()), ("vector", (7,)), ("empty", (0, 3)), ("deep", (1, 2, 1, 3, 2))]:
        np.save(at(f"float32-{name}.npy"), pattern("float32", shape))
    np.save(at("float32-fortran.npy"), np.asfortranarray(pattern("float32", (2, 3, 4))))
    np.save(at("int16-big-fortran.npy"), np.asfortranarray(pattern("int16", (3, 4)).astype(">i2")))
    np.save(at("bfloat16.npy"), pattern("bfloat16", (2, 3)))
    for version in [(2, 0), (3, 0)]:
        with open(at(f"float64-v{version[0]}.npy"), "wb") as file:
            np.lib.format.write_array(file, pattern("float64", (2, 3)), version=version)

    some = {"first": pattern("float32", (5, 7)), "second": pattern("int64", (3,)), "b/third": pattern("bool", (2, 2)),
            "long": pattern("uint16", (40, 100)), "scalar": pattern("complex64", ())}
    np.savez(at("stored.npz"), **some)
    np.savez_compressed(at("deflated.npz"), **some)
    st.save_file({d: pattern(d, (2, 3)) for d in DTYPES if d not in ("complex128",)} |
                 {"bfloat16": pattern("bfloat16", (2, 3)), "empty": pattern("float32", (0, 2)), "scalar": pattern("float64", ())},
                 at("all.safetensors"), metadata={"made by": "safetensors \"é\""})

    for dtype in IDX_CODES:
        with open(at(f"{dtype}.idx"), "wb") as file:
            file.write(idx(dtype, (2, 3)))
    data = idx("uint8", (30, 20, 10))
    ways = {"level0": (0, zlib.Z_DEFAULT_STRATEGY), "level1": (1, zlib.Z_DEFAULT_STRATEGY),
            "level9": (9, zlib.Z_DEFAULT_STRATEGY), "fixed": (9, zlib.Z_FIXED), "huffman": (9, zlib.Z_HUFFMAN_ONLY),
            "runs": (9, zlib.Z_RLE)}
    for name, (level, strategy) in ways.items():
        packer = zlib.compressobj(level, zlib.DEFLATED, 31, 8, strategy)
        with open(at(f"{name}.idx.gz"), "wb") as file:
            file.write(packer.compress(data) + packer.flush())
    with open(at("members.idx.gz"), "wb") as file:
        for start in range(0, len(data), 2500):
            part = io.BytesIO()
            with gzip.GzipFile("a name", "wb", 9, part, mtime=1) as packer:
                packer.write(data[start:start + 2500])
            file.write(part.getvalue())


def same(found, dtype, shape, what):
    due = pattern(dtype, shape)
    assert found.shape == due.shape, f"{what}: shape {found.shape}, not {due.shape}"
    if dtype == "bfloat16" and found.dtype == np.dtype("V2"):
        found = found.view(due.dtype)
    assert found.dtype == due.dtype, f"{what}: dtype {found.dtype}, not {due.dtype}"
    assert found.tobytes() == due.tobytes(), f"{what}: the elements differ"


def check(folder):
    """File names tell what is inside: anything__dtype__2x3.npy; in archives the arrays' names do."""
    import ml_dtypes  # noqa: F401 - NumPy then knows bfloat16 by name, as safetensors asks for it
    def told(name):
        _, dtype, shape = name.split("__")
        return dtype, tuple(int(n) for n in shape.split("x") if n)
    count = 0
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if name.endswith(".npy"):
            same(np.load(path), *told(name[:-4]), name)
            count += 1
        elif name.endswith(".npz"):
            with np.load(path) as archive:
                for key in archive.files:
                    same(archive[key], *told(key), f"{name}[{key}]")
                    count += 1
        elif name.endswith(".safetensors"):
            with open(path, "rb") as file:
                length = struct.unpack("<Q", file.read(8))[0]
                assert (8 + length) % 8 == 0, f"{name}: unaligned"
            for key, array in st.load_file(path).items():
                same(array, *told(key), f"{name}[{key}]")
                count += 1
        elif name.endswith((".idx", ".idx.gz")):
            opener = gzip.open if name.endswith(".gz") else open
            with opener(path, "rb") as file:
                assert file.read() == idx(*told(name[:name.index(".idx")])), f"{name}: the bytes differ"
            count += 1
    print("ok", count)


if __name__ == "__main__":
    if sys.argv[1] == "golden":
        golden(sys.argv[2])
    elif sys.argv[1] == "check":
        check(sys.argv[2])
    else:
        import ml_dtypes
        print("ok", np.__version__)
