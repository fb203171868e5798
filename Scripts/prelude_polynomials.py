#!/usr/bin/env python3
"""Finds the polynomials of Sources/CTheanoPrelude and checks that the headers still hold them.

    prelude_polynomials.py NAME ...    prints the named polynomials (all, if none is named)
    prelude_polynomials.py --check     also fails if a printed constant is in no header

Each polynomial is a minimax fit, found by Remez exchange (E. Remez 1934) with mpmath, of the form
sum of c[i] * x**i, for the smallest weighted error on an interval. The coefficients are then rounded to the working
precision; the error that is printed is that of the rounded polynomial, so that the cost of rounding shows. (Every
function is brought into a form, such as exp(r) = 1 + r + r^2 q(r), in which the polynomial adds little to terms that are exact.)
"""
import struct
import sys
from pathlib import Path

import mpmath as mp

mp.mp.dps = 50
HEADERS = Path(__file__).resolve().parent.parent / "Sources/CTheanoPrelude/parts"


def rounded(value, kind):
    """The nearest float32 or float64 as an exact mpf."""
    value = mp.mpf(value)
    if kind == "f64":
        return mp.mpf(float(mp.nstr(value, 40)))
    return mp.mpf(struct.unpack("f", struct.pack("f", float(value)))[0])


def literal(value, kind):
    if kind == "f64":
        return repr(float(value))
    text = "%.9g" % float(value)
    for digits in range(6, 10):
        shorter = "%.*g" % (digits, float(value))
        if struct.pack("f", float(shorter)) == struct.pack("f", float(value)):
            text = shorter
            break
    if "." not in text and "e" not in text:
        text += ".0"
    return text + "f"


def remez(target, weight, low, high, n):
    """The n coefficients that level |weight * (target - polynomial)| on [low, high]."""
    nodes = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * (n - i) / n) for i in range(n + 1)]
    grid = [(low + high) / 2 + (high - low) / 2 * mp.cos(mp.pi * i / (24 * n)) for i in range(24 * n, -1, -1)]
    known = [(x, target(x), weight(x)) for x in grid]
    coefficients = []
    for _ in range(12):
        rows, right = [], []
        for i, x in enumerate(nodes):
            rows.append([x**p for p in range(n)] + [(-1) ** i / weight(x)])
            right.append(target(x))
        solution = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
        coefficients = list(solution[:n])
        level = abs(solution[n])
        errors = [w * (y - mp.polyval(coefficients[::-1], x)) for x, y, w in known]
        # One extremum for each run of equal sign; the n + 1 largest neighbours are the next nodes.
        runs = []
        for (x, _, _), e in zip(known, errors):
            if runs and (runs[-1][1] > 0) == (e > 0):
                if abs(e) > abs(runs[-1][1]):
                    runs[-1] = (x, e)
            else:
                runs.append((x, e))
        while len(runs) > n + 1:
            runs.pop(0 if abs(runs[0][1]) < abs(runs[-1][1]) else -1)
        if len(runs) < n + 1:
            break
        nodes = [x for x, _ in runs]
        if max(abs(e) for _, e in runs) < level * mp.mpf("1.01"):
            break
    return coefficients


def fit(function, low, high, terms, kind, weight, pair=False):
    """Rounded coefficients and the largest weighted error; with `pair` the leading one is the sum of two."""
    low, high = mp.mpf(low), mp.mpf(high)
    # A weight that vanishes at 0 would let the exchange run away there: it never falls below 1/64 of its greatest.
    floor = max(abs(weight(low)), abs(weight(high))) / 64

    def measure(coefficients):
        worst = 0
        for i in range(2001):
            x = low + (high - low) * i / 2000
            if x != 0:
                worst = max(worst, abs(weight(x) * (function(x) - mp.polyval(coefficients[::-1], x))))
        return worst

    def importance(x):
        return max(abs(weight(x)), floor)

    exact = remez(function, importance, low, high, terms)
    best = [rounded(c, kind) for c in exact]
    if pair:
        best[0] += rounded(exact[0] - best[0], kind)
    # Where 0 is an end of the interval, it may pay to round the leading coefficients first and to fit the others to what is left.
    if low >= 0:
        for count in range(1, min(4, terms)):
            done = [rounded(c, kind) for c in exact[:1]]
            while len(done) < terms:
                n, start = len(done), high / 16
                rest = remez(
                    lambda x: (function(x) - mp.polyval(done[::-1], x)) / x**n, lambda x: importance(x) * x**n,
                    start, high, terms - n)
                done += [rounded(c, kind) for c in (rest if n == count else rest[:1])]
            if measure(done) < measure(best):
                best = done
    return best, measure(best)


POLYNOMIALS = {}


def polynomial(name, kind, function, low, high, terms, weight, pair=False):
    POLYNOMIALS[name + "_" + kind] = (kind, function, low, high, terms, weight, pair)


# A function given by a series about 0 cannot be evaluated at 0 as a quotient: keep a hair away from it.
TINY = mp.mpf(10) ** -12
HALF_LN2 = mp.log(2) / 2 * mp.mpf("1.001")

# exp(r) = 1 + r + r^2 q(r)
for kind, terms in (("f32", 5), ("f64", 10)):
    polynomial("exp", kind, lambda r: (mp.exp(r) - 1 - r) / r**2 if abs(r) > mp.mpf(10)**-15 else mp.mpf(.5),
               -HALF_LN2, HALF_LN2, terms, weight=lambda r: r**2 / mp.exp(r) + mp.mpf(10)**-15)
# expm1(r) = r + r^2 q(r), small next to r
for kind, terms in (("f32", 5), ("f64", 11)):
    polynomial("expm1", kind, lambda r: (mp.expm1(r) - r) / r**2 if abs(r) > mp.mpf(10)**-15 else mp.mpf(.5),
               -HALF_LN2, HALF_LN2, terms, weight=lambda r: r**2 / mp.expm1(r) if r else mp.mpf(0) + TINY)
# 2^r = 1 + r q(r)
for kind, terms in (("f32", 6), ("f64", 11)):
    polynomial("exp2", kind, lambda r: mp.expm1(r * mp.log(2)) / r if r else mp.log(2),
               -.5005, .5005, terms, weight=lambda r: abs(r) / mp.power(2, r) + mp.mpf(10)**-15)


# log((1 + s) / (1 - s)) = 2 s + s z r(z), z = s^2
S_MAX = (mp.sqrt(2) - 1) / (mp.sqrt(2) + 1) * mp.mpf("1.001")


def atanh_tail(z):
    if z < mp.mpf(10)**-15:
        return mp.mpf(2) / 3
    s = mp.sqrt(z)
    return (2 * mp.atanh(s) - 2 * s) / (s * z)


polynomial("log_s", "f64", atanh_tail, TINY, S_MAX**2, 7, weight=lambda z: z / 2)
# log(1 + f) = f - f^2 / 2 + f^3 p(f)
polynomial("log", "f32", lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3 if abs(f) > mp.mpf(10)**-12 else mp.mpf(1) / 3,
           mp.sqrt(.5) - 1, mp.sqrt(2) - 1, 8, weight=lambda f: f**3 / mp.log1p(f) if f else TINY)

# log2(1 + f) = f + f (log2(e) - 1 + f q(f)), log10(1 + f) = f (log10(e) + f q(f))
for name, base in (("log2", 2), ("log10", 10)):
    polynomial(name, "f32", lambda f, base=base: (mp.log1p(f) / f - 1) / f / mp.log(base) if abs(f) > mp.mpf(10)**-12
               else -mp.mpf(.5) / mp.log(base), mp.sqrt(.5) - 1, mp.sqrt(2) - 1, 9,
               weight=lambda f, base=base: f**2 / mp.log1p(f) * mp.log(base) if f else TINY)


# sin(r) = r + r z s(z), z = r^2, to pi/2 and to pi/4; cos(r) = 1 - z/2 + z^2 c(z) to pi/4
def sin_tail(z):
    if z < mp.mpf(10)**-15:
        return -mp.mpf(1) / 6
    r = mp.sqrt(z)
    return (mp.sin(r) - r) / (r * z)


def cos_tail(z):
    if z < mp.mpf(10)**-8:
        return mp.mpf(1) / 24 - z / 720
    return (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2


def sin_weight(z):
    r = mp.sqrt(z)
    return r * z / mp.sin(r)


for kind, wide, narrow in (("f32", 5, 3), ("f64", 9, 6)):
    polynomial("sin", kind, sin_tail, TINY, (mp.pi / 2 * mp.mpf("1.001"))**2, wide, weight=sin_weight)
    polynomial("sin_quarter", kind, sin_tail, TINY, (mp.pi / 4 * mp.mpf("1.001"))**2, narrow,
               weight=sin_weight)
    polynomial("cos_quarter", kind, cos_tail, TINY, (mp.pi / 4 * mp.mpf("1.001"))**2, narrow,
               weight=lambda z: z**2 / mp.cos(mp.sqrt(z)))


def odd_tail(function):
    """(function(s) - s) / s^3 of z = s^2, and its weight in the function."""
    def tail(z):
        s = mp.sqrt(max(z, mp.mpf(10)**-14))
        return (function(s) - s) / s**3

    def weight(z):
        s = mp.sqrt(z)
        return s * z / function(s)

    return tail, weight


EDGE = mp.mpf("1.002")
for name, function, high, counts in (("asin", mp.asin, mp.mpf(".25"), (5, 12)),
                                     ("atan", mp.atan, (mp.sqrt(2) - 1)**2, (5, 11)),
                                     ("sinh", mp.sinh, mp.mpf(1), (4, 7))):
    for kind, terms in zip(("f32", "f64"), counts):
        polynomial(name, kind, odd_tail(function)[0], TINY, high * EDGE, terms, odd_tail(function)[1])


# log2((1 + s) / (1 - s)) = s (c0 + z (c1 + z p(z))), c0 = 2 / ln 2, c1 = c0 / 3, for pow
def log2_tail(z):
    if z < mp.mpf(10)**-8:
        return 2 / mp.log(2) * (mp.mpf(1) / 5 + z / 7)
    s = mp.sqrt(z)
    return 2 / mp.log(2) * ((mp.atanh(s) / s - 1) / z - mp.mpf(1) / 3) / z


for kind, terms in (("f32", 3), ("f64", 7)):
    polynomial("pow_log2", kind, log2_tail, TINY, S_MAX**2, terms, lambda z: z**2)


# erf(x) = x + x p(x^2) to 1; erfc(x) = exp(-x^2) q(t) / (1 + 2 x), t = (x - 5/2) / (x + 5/2), from 1/2 on
# (the map of M. M. Shepherd and J. G. Laframboise 1981).
def erf_head(z):
    s = mp.sqrt(max(z, mp.mpf(10)**-14))
    return mp.erf(s) / s - 1


def erfc_scaled(t):
    x = mp.mpf(5) / 2 * (1 + t) / (1 - t)
    return mp.exp(x * x) * mp.erfc(x) * (1 + 2 * x)


def erfc_map(x):
    return (mp.mpf(x) - 2.5) / (mp.mpf(x) + 2.5)


for kind, head, tail, end in (("f32", 7, 10, 10.2), ("f64", 12, 23, 27.4)):
    polynomial("erf", kind, erf_head, TINY, EDGE, head, lambda z: mp.sqrt(z) / mp.erf(mp.sqrt(z)))
    polynomial("erfc", kind, erfc_scaled, erfc_map(.499), erfc_map(end), tail, lambda t: 1 / erfc_scaled(t),
               pair=True)


# erfc(5/2 + d) from 1 on as far as erf differs from 1 in float32, for erf: right in absolute terms.
polynomial("erf_far", "f32", lambda d: mp.erfc(d + mp.mpf(5) / 2), -1.502, 1.43, 15, lambda d: mp.mpf(1))


# The gamma family, float64 only (float32 goes through it). lgamma(2 + d), gamma(2 + d) - 1 over d, |d| <= 1/2; digamma over its
# distance from the positive root on 1...2; the asymptotic tails by w = 1 / x^2 from 8 on (NIST DLMF 5.11).
ROOT = mp.findroot(mp.digamma, mp.mpf("1.46"))


def near_zero(function, slope):
    return lambda d: function(d) / d if abs(d) > mp.mpf(10)**-20 else slope


def stirling_tail(w):
    x = 1 / mp.sqrt(w)
    with mp.workdps(80):
        return (mp.loggamma(x) - (x - mp.mpf(1) / 2) * mp.log(x) + x - mp.log(2 * mp.pi) / 2) * x


def digamma_tail(w):
    x = 1 / mp.sqrt(w)
    with mp.workdps(80):
        return (mp.log(x) - 1 / (2 * x) - mp.digamma(x)) * x * x


def trigamma_tail(w):
    x = 1 / mp.sqrt(w)
    with mp.workdps(80):
        return (mp.polygamma(1, x) - 1 / x - 1 / (2 * x * x)) * x**3


polynomial("lgamma", "f64", near_zero(lambda d: mp.loggamma(2 + d), 1 - mp.euler), mp.mpf("-.5005"), mp.mpf(".5005"), 20,
           lambda d: d / mp.loggamma(2 + d) if abs(d) > mp.mpf(10)**-20 else mp.mpf(2))
polynomial("gamma", "f64", near_zero(lambda d: mp.gamma(2 + d) - 1, 1 - mp.euler), mp.mpf("-.5005"), mp.mpf(".5005"), 20,
           lambda d: d / mp.gamma(2 + d))
polynomial("digamma", "f64", lambda d: mp.digamma(d + mp.mpf(3) / 2) / (d + mp.mpf(3) / 2 - ROOT), mp.mpf("-.5"), mp.mpf(".5"),
           23, lambda d: (d + mp.mpf(3) / 2 - ROOT) / mp.digamma(d + mp.mpf(3) / 2))
polynomial("stirling", "f64", stirling_tail, mp.mpf(10)**-12, mp.mpf(1) / 64, 8, lambda w: 1 / stirling_tail(w) / 64)
polynomial("digamma_tail", "f64", digamma_tail, mp.mpf(10)**-12, mp.mpf(1) / 64, 8, lambda w: 1 / digamma_tail(w) / 64)
polynomial("trigamma_tail", "f64", trigamma_tail, mp.mpf(10)**-12, mp.mpf(1) / 64, 9, lambda w: 1 / trigamma_tail(w) / 64)


def main():
    names = [a for a in sys.argv[1:] if not a.startswith("-")] or list(POLYNOMIALS)
    headers = "".join(path.read_text() for path in sorted(HEADERS.glob("*.h")))
    missing = 0
    for name in names:
        kind, function, low, high, terms, weight, pair = POLYNOMIALS[name]
        coefficients, worst = fit(function, low, high, terms, kind, weight, pair)
        print(f"{name}: error 2^{mp.nstr(mp.log(worst, 2), 5)}")
        if pair:
            coefficients[:1] = [rounded(coefficients[0], kind), coefficients[0] - rounded(coefficients[0], kind)]
        for power, c in enumerate(coefficients):
            power -= pair and power > 0
            text = literal(c, kind)
            lost = "--check" in sys.argv and text.lstrip("-") not in headers
            missing += lost
            print(f"  x^{power}: {text}{'   NOT IN THE HEADERS' if lost else ''}", flush=True)
    if missing:
        sys.exit(f"{missing} constants are not in the headers")


if __name__ == "__main__":
    main()
