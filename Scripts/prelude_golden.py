#!/usr/bin/env python3
"""Writes the values that Tests/Numerics/Prelude compares the vector maths with.

    prelude_golden.py [FOLDER]      (default: Tests/Numerics/Golden/Prelude)

One file for each type. After a line with a function's name, each line holds the bits of the arguments, the bits of the correctly rounded
result, and how far the exact result is from that, in units of the last place. The exact results are mpmath's, with at least 60
digits; the random arguments come from Python's generator with the seed 1. Made with mpmath 1.3.
"""
import random
import struct
import sys
from pathlib import Path

import mpmath as mp

FOLDER = Path(__file__).resolve().parent.parent / "Tests/Numerics/Golden/Prelude"
INF, NAN = float("inf"), float("nan")
FORMATS = {"f32": (24, -149, 127, "<f", "<I", 8), "f64": (53, -1074, 1023, "<d", "<Q", 16)}


def rounded(value, kind):
    """The nearest number of the type, ties to even, and the rest in units of the last place."""
    digits, least, top, *_ = FORMATS[kind]
    if value == 0:
        return 0.0, 0.0
    exponent = max(int(mp.floor(mp.log(abs(value), 2))) - digits + 1, least)
    scaled = mp.ldexp(value, -exponent)
    if abs(scaled) >= mp.mpf(2) ** digits:
        exponent, scaled = exponent + 1, scaled / 2
    elif abs(scaled) < mp.mpf(2) ** (digits - 1) and exponent > least:
        exponent, scaled = exponent - 1, scaled * 2
    whole = int(mp.nint(scaled))
    if abs(whole) >= 2**digits and exponent + digits > top:
        return (INF if value > 0 else -INF), 0.0
    if exponent + digits - 1 > top:
        return (INF if value > 0 else -INF), 0.0
    if whole == 0:
        return (0.0 if value > 0 else -0.0), float(scaled)
    return float(mp.ldexp(whole, exponent)), float(scaled - whole)


def bits(value, kind):
    _, _, _, number, word, width = FORMATS[kind]
    return "%0*x" % (width, struct.unpack(word, struct.pack(number, value))[0])


def neighbour(x, steps, kind):
    _, _, _, number, word, _ = FORMATS[kind]
    return struct.unpack(number, struct.pack(word, struct.unpack(word, struct.pack(number, x))[0] + steps))[0]


def to(x, kind):
    if kind == "f64":
        return x
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0]
    except OverflowError:
        return INF if x > 0 else -INF


def parity(x):
    return int(mp.floor(x)) % 2


def gamma(x):
    if x > 180:
        return mp.inf
    if x < -185:
        return mp.mpf("1e-5000") * (-1 if parity(x) else 1)
    return mp.gamma(x)


def lgamma(x):
    if x > 0:
        return mp.loggamma(x)
    return mp.log(mp.pi / abs(x * mp.sin(mp.pi * (x - mp.nint(x))))) - mp.loggamma(-x)


def softplus(x):
    return x + mp.log1p(mp.exp(-x)) if x > 0 else mp.log1p(mp.exp(x))


def digamma(x):
    return mp.digamma(x) if x > 0 else mp.digamma(-x) - 1 / x - mp.pi / mp.tan(mp.pi * (x - mp.nint(x)))


def trigamma(x):
    if x > 0:
        return mp.psi(1, x)
    return (mp.pi / mp.sin(mp.pi * (x - mp.nint(x)))) ** 2 - mp.psi(1, -x) + 1 / x**2


def capped(function, low, high):
    """The function between bounds beyond which it has long left the types' range, or stays at its limit."""
    return lambda x: function(min(max(x, mp.mpf(low)), mp.mpf(high)))


# Results at 0, -0, infinity, -infinity.
N, I = NAN, INF
UNARY = {
    "exp": (capped(mp.exp, -2000, 2000), (1, 1, I, 0.0), [88.7, 88.8, 709.7, 709.8, -87.4, -103.9, -104.1, -708.5, -745.1, -745.2, 0.3466]),
    "exp2": (capped(lambda x: mp.mpf(2) ** x, -2000, 2000), (1, 1, I, 0.0), [127.99, 128, 1023.9, 1024, -126, -149, -149.5, -150.1, -1074, -1075.1, 0.5]),
    "expm1": (capped(mp.expm1, -2000, 2000), (0.0, -0.0, I, -1), [88.7, 88.8, 709.7, 709.8, -17, -18, -37.5, -38.5, 0.3466, -0.3466]),
    "log": (mp.log, (-I, -I, I, N), [1, 0.70710678, 1.41421356, 0.999, 1.001, 2.718281828]),
    "log2": (lambda x: mp.log(x, 2), (-I, -I, I, N), [1, 2, 0.125, 0.70710678, 1.41421356, 0.999, 1.001]),
    "log10": (mp.log10, (-I, -I, I, N), [1, 10, 1000, 0.70710678, 1.41421356, 0.999, 1.001]),
    "log1p": (mp.log1p, (0.0, -0.0, I, N), [-1, -0.5, -0.29289, 0.41421356, 1e30, 1e200, -0.999]),
    "sqrt": (mp.sqrt, (0.0, -0.0, I, N), [2, 4]),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), (I, -I, 0.0, N), [2, 4]),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), (0.0, -0.0, I, -I), [8, -27, 1e-30]),
    "sin": (mp.sin, (0.0, -0.0, N, N), "angles"),
    "cos": (mp.cos, (1, 1, N, N), "angles"),
    "tan": (mp.tan, (0.0, -0.0, N, N), "angles"),
    "asin": (mp.asin, (0.0, -0.0, N, N), [1, -1, 0.5, -0.5, 0.9999, 1.5]),
    "acos": (mp.acos, (mp.pi / 2, mp.pi / 2, N, N), [1, -1, 0.5, -0.5, 0.9999, -2]),
    "atan": (mp.atan, (0.0, -0.0, mp.pi / 2, -mp.pi / 2), [1, 0.41421356, 2.41421356, 1e30, 1e200]),
    "sinh": (capped(mp.sinh, -2000, 2000), (0.0, -0.0, I, -I), [1, 89.41, 89.42, 710.47, 710.48, 40, 60]),
    "cosh": (capped(mp.cosh, -2000, 2000), (1, 1, I, I), [1, 89.41, 89.42, 710.47, 710.48, 40, 60]),
    "tanh": (capped(mp.tanh, -2000, 2000), (0.0, -0.0, 1, -1), [9, 10, 19, 20, 0.34, 0.55]),
    "asinh": (mp.asinh, (0.0, -0.0, I, -I), [1e-4, 1e-9, 1073741824.0, 1, 0.5]),
    "acosh": (mp.acosh, (N, N, I, N), [1, 1.0001, 1073741824.0, 2, 1.5]),
    "atanh": (mp.atanh, (0.0, -0.0, N, N), [1, -1, 1e-5, 1e-10, 0.5, 0.999999, 0.33]),
    "erf": (capped(mp.erf, -30, 30), (0.0, -0.0, 1, -1), [1, 0.5, 3.9, 5.9, 2.5]),
    "erfc": (capped(mp.erfc, -30, 40), (1, 1, 0.0, 2), [1, 0.5, -0.5, 9.19, 9.3, 10.05, 10.06, 26.5, 27.2, 27.3, 2.5]),
    "sigmoid": (capped(lambda x: 1 / (1 + mp.exp(-x)), -2000, 2000), (0.5, 0.5, 1, 0.0), [-87.5, -103.5, -104, -709, -745, -745.5, 17, 37]),
    "softplus": (softplus, (mp.log(2), mp.log(2), I, 0.0), [-87.5, -103.5, -104, -709, -745, -745.5, 17, 37]),
    "gamma": (gamma, (I, -I, I, N), "gamma"),
    "lgamma": (lgamma, (I, I, I, I), "gamma"),
    "digamma": (digamma, (-I, I, I, N), "gamma"),
    "trigamma": (trigamma, (I, I, 0.0, N), "gamma"),
}
DOMAIN = {
    "log": (0, I), "log2": (0, I), "log10": (0, I), "log1p": (-1, I), "sqrt": (0, I), "rsqrt": (0, I), "asin": (-1, 1), "acos": (-1, 1),
    "acosh": (1, I), "atanh": (-1, 1),
}
EDGE = {("log1p", -1): -I, ("atanh", 1): I, ("atanh", -1): -I}
POLES = {"gamma": NAN, "lgamma": INF, "digamma": NAN, "trigamma": INF}
SCALES = [1e-9, 1e-3, 0.3, 1, 1, 3, 3, 10, 30, 100, 700, 1e5, 1e12]


def arguments(name, extra, kind):
    _, least, top, *_ = FORMATS[kind]
    chance = random.Random(1)
    smallest, normal, largest = 2.0**least, 2.0**(1 - top), to(2.0**(top + 1 - 1) * (2 - 2.0 ** -(FORMATS[kind][0] - 1)), kind)
    points = [smallest, normal / 2, neighbour(normal, -1, kind), normal, largest, to(largest / 3, kind)]
    points = [s * x for x in points for s in (1, -1)]
    if extra == "angles":
        # Neighbours of multiples of pi / 2, the bounds of the reductions, huge numbers, and the worst of each type.
        extra = [float(k * mp.pi / 2) for k in (1, 2, 3, 4, 7, 22, 355, 4097, 12345, 651919, 10**7, 10**9)]
        extra += [1, 0.75, 12000, 2097152, 1e22, 1e-4, 1e-8, 0.785398, 1e30]
        extra += [3e38, 16367173 * 2.0**72] if kind == "f32" else [1e300, 6381956970095103 * 2.0**797, 1e100, 6411027962775774 * 2.0**-48]
    elif extra == "gamma":
        extra = [1, 2, 3, 10, 8, 1.5, 2.5, 7.99, 34.9, 35.1, 171.6, 171.7, 1.4616321449683623, -0.5, -1, -2, -1.5, -2.457024738,
                 -10.5, -20.1, -33.5, -41.9, -170.5, -184.5, -2e5 - 0.5, -0.001, 1e-20, 0.5]
    for x in extra:
        x = to(float(x), kind)
        points += [x, neighbour(x, 1, kind), neighbour(x, -1, kind)] if x and abs(x) < INF else []
    low, high = DOMAIN.get(name, (-INF, INF))
    for scale in SCALES:
        x = to(chance.uniform(-1, 1) * scale, kind)
        if low == 0:
            points += [abs(x), to(chance.uniform(0.5, 2), kind)]
        elif low == 1:
            points += [to(1 + abs(x), kind)]
        elif high == 1:
            points += [to(chance.uniform(-1, 1), kind), to(min(scale, 1 / scale) * chance.uniform(0.5, 1), kind)]
        else:
            points += [x, to(chance.uniform(-1, 1) * 2, kind)]
    return list(dict.fromkeys(points))


def unary(name, kind):
    function, specials, extra = UNARY[name]
    for x, y in zip((0.0, -0.0, INF, -INF), specials):
        value, rest = (float(y), 0.0) if isinstance(y, (int, float)) else rounded(+y, kind)
        yield (x,), value, rest
    yield (NAN,), NAN, 0.0
    low, high = DOMAIN.get(name, (-INF, INF))
    for x in arguments(name, extra, kind):
        if (name, x) in EDGE:
            yield (x,), EDGE[name, x], 0.0
        elif x < low or x > high:
            yield (x,), NAN, 0.0
        elif name in POLES and x < 0 and x == int(x):
            yield (x,), POLES[name], 0.0
        else:
            # Enough digits for what is left of 1 + x^2 next to 1.
            mp.mp.dps = 60 + int(2 * abs(mp.log10(abs(x)))) if abs(x) < 1e-3 else 60
            if abs(x) > 1e15:
                mp.mp.dps = 60 + int(mp.log10(abs(x)))
            y = function(mp.mpf(x))
            yield (x,), *((float(y), 0.0) if mp.isinf(y) else rounded(y, kind))
            mp.mp.dps = 60


def power(x, y):
    """C's pow of numbers that are not NaN."""
    if y == 0 or x == 1:
        return 1.0
    whole = y not in (INF, -INF) and y == int(y)
    odd = whole and int(y) % 2 == 1
    sign = -1.0 if odd and str(x).startswith("-") else 1.0
    if x in (0, INF, -INF) or y in (INF, -INF):
        size = abs(x)
        if size == 1:
            return 1.0
        grows = (size > 1) == (y > 0)
        return sign * (INF if grows else 0.0)
    if x < 0 and not whole:
        return NAN
    exponent = mp.mpf(y) * mp.log(abs(mp.mpf(x)), 2)
    return sign * mp.mpf(2) ** min(max(exponent, -3000), 3000)


def angle(y, x):
    if x == 0 or y == 0 or INF in (abs(x), abs(y)):
        behind = str(x).startswith("-")
        if INF in (abs(x), abs(y)):
            if abs(x) == abs(y):
                size = mp.pi * (3 if behind else 1) / 4
            else:
                size = mp.pi / 2 if abs(y) == INF else (mp.pi if behind else 0)
        elif y == 0:
            size = mp.pi if behind else 0
        else:
            size = mp.pi / 2
        return (-1.0 if str(y).startswith("-") else 1.0) * size if size else (-0.0 if str(y).startswith("-") else 0.0)
    return mp.atan2(mp.mpf(y), mp.mpf(x))


def remainder(x, y):
    if abs(x) == INF or y == 0:
        return NAN
    if abs(y) == INF:
        return x
    r = mp.mpf(abs(x)) % mp.mpf(abs(y))
    if r == 0:
        return -0.0 if str(x).startswith("-") else 0.0
    return -r if x < 0 else r


def modulo(x, y):
    r = remainder(x, y)
    if r != r:
        return r
    if r == 0:
        return -0.0 if str(y).startswith("-") else 0.0
    if abs(y) == INF:
        return r if (r < 0) == (y < 0) else y
    return r if (r < 0) == (y < 0) else r + mp.mpf(y)


BINARY = {"pow": power, "atan2": angle, "fmod": remainder, "mod": modulo}


def binary(name, kind):
    function = BINARY[name]
    _, least, top, *_ = FORMATS[kind]
    chance = random.Random(1)
    special = [0.0, -0.0, 1.0, -1.0, INF, -INF, 2.0, -3.0, 0.5]
    pairs = [(x, y) for x in special for y in special]
    ends = [2.0**least, 2.0**(1 - top), 2.0**top, -(2.0**least), -(2.0**top), 3.5]
    pairs += [(x, y) for x in ends for y in ends]
    for _ in range(24):
        pairs.append((chance.uniform(0, 20), chance.uniform(-20, 20)))
        pairs.append((chance.uniform(-100, 100), chance.uniform(-100, 100)))
        pairs.append((1 + chance.uniform(-1, 1) * 1e-4, chance.uniform(-1, 1) * 1e6))
        pairs.append((2.0 ** chance.uniform(1 - top, top), 2.0 ** chance.uniform(-4, 4)))
        pairs.append((-chance.uniform(0, 20), float(chance.randint(-20, 20))))
    for x, y in pairs:
        x, y = to(x, kind), to(y, kind)
        mp.mp.dps = 700 if name in ("fmod", "mod") else 80
        result = function(x, y)
        if isinstance(result, float) and (name in ("fmod", "mod") or result != result or abs(result) in (0, 1, INF)):
            yield (x, y), result, 0.0
        else:
            yield (x, y), *rounded(mp.mpf(result), kind)
    for x, y in [(NAN, 1.0), (1.5, NAN), (NAN, NAN)]:
        yield (x, y), NAN, 0.0
    if name == "pow":
        yield (1.0, NAN), 1.0, 0.0
        yield (NAN, 0.0), 1.0, 0.0


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    mp.mp.dps = 60
    for kind in FORMATS:
        lines = ["# Written by Scripts/prelude_golden.py: arguments, rounded result, rest in ulp."]
        for name in [*UNARY, *BINARY]:
            lines.append(name)
            for x, y, rest in (unary if name in UNARY else binary)(name, kind):
                lines.append(" ".join([*(bits(v, kind) for v in x), bits(y, kind), "%.3g" % rest]))
        (folder / f"{kind}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
