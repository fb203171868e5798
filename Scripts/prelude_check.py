#!/usr/bin/env python3
"""Checks of CTheanoPrelude that need only clang:

- every part compiles as C11, OpenCL C 1.2 and CUDA C with nothing but the parts it says it needs, in the order of the text;
- a plain loop over every function becomes vector code for SSE2, AVX2, AVX-512 and NEON, and calls nothing.

    prelude_check.py [--clang PATH] [NAME ...]
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent / "Sources/CTheanoPrelude"
FLAGS = "-O3 -fwrapv -fno-math-errno -fno-trapping-math -ffp-contract=off".split()
TARGETS = {
    "SSE2": ["--target=x86_64-linux-gnu"],
    "AVX2": ["--target=x86_64-linux-gnu", "-mavx2", "-mfma"],
    "AVX-512": ["--target=x86_64-linux-gnu", "-march=x86-64-v4"],
    "NEON": ["--target=aarch64-linux-gnu"],
}
DIALECTS = {
    "C11": ["-x", "c", "-std=c11", "-Wall", "-Wextra", "-Werror"],
    "OpenCL C": ["-x", "cl", "-cl-std=CL1.2", "-Wall", "-Wno-unused-function", "-Werror"],
    "CUDA C": ["-x", "cuda", "--cuda-device-only", "-nocudainc", "-nocudalib", "-Wall", "-Wno-unused-function",
               "-Wno-unknown-cuda-version", "-Wno-unused-const-variable",
               "-Werror"],
}
BINARY = {"pow", "atan2", "fmod", "mod", "floordiv", "maximum", "minimum", "copysign", "fmod_near", "mod_near", "floordiv_near"}
# Loops whose trip count hangs on the data: stated in the header, with vectorisable siblings (*_near).
NOT_VECTORISED = {"fmod", "mod", "floordiv"}
NEAR = ["sin_near", "cos_near", "tan_near", "fmod_near", "mod_near", "floordiv_near"]
clang = "clang"


def all_parts():
    order = re.findall(r'#embed "(parts/\w+\.h)"', (ROOT / "prelude.c").read_text())
    text = "".join((ROOT / name).read_text() for name in order)
    parts = {}
    for block in re.split(r"(?m)^(?=//@ part )", text):
        if block:
            name, needs = re.match(r"//@ part (\w+) needs:(.*)", block).groups()
            assert name not in parts, f"two parts are called {name}"
            for need in needs.split():
                assert need in parts, f"{name} needs {need}, which does not stand before it"
            parts[name] = (needs.split(), block)
    return parts


def excerpt(parts, name):
    wanted = set(parts[name][0]) | {name}
    return "".join(block for key, (_, block) in parts.items() if key in wanted)


def run(source, arguments):
    return subprocess.run([clang, *arguments, "-"], input=source, capture_output=True, text=True)


def check_alone(parts):
    failures = 0
    for name in parts:
        for dialect, flags in DIALECTS.items():
            result = run(excerpt(parts, name), [*flags, "-fsyntax-only"])
            if result.returncode:
                failures += 1
                print(f"{name} alone as {dialect}:\n{result.stderr[:2000]}")
    print(f"{len(parts)} parts alone as {', '.join(DIALECTS)}: {failures} failures")
    return failures


def check_vectors(parts, chosen):
    names = re.findall(r"X\((\w+)\)", re.sub(r"#define \w+\(X\)", "", "".join(
        re.findall(r"(?s)#define TH_(?:UN|BIN)ARY_FUNCTIONS\(X\).*?\n\n|#define TH_BINARY_FUNCTIONS.*", (ROOT / "prelude.c").read_text()))))
    names = [n for n in dict.fromkeys(names) if n in {k[:-4] for k in parts} or n in ("sqrt", "copysign", "rint", "floor", "trunc")]
    failures = 0
    home = {"sqrt": "base", "copysign": "base", "rint": "round", "floor": "round", "trunc": "round"}
    for name in names + NEAR:
        if chosen and name not in chosen:
            continue
        widths = []
        for kind, ctype in (("f32", "th_f32"), ("f64", "th_f64")):
            arguments = "x[i], y[i]" if name in BINARY else "x[i]"
            source = excerpt(parts, f"{home.get(name, name)}_{kind}") + f"""
void loop(long n, const {ctype} *restrict x, const {ctype} *restrict y, {ctype} *restrict r) {{
  for (long i = 0; i < n; i++) r[i] = th_{name}_{kind}({arguments});
}}
"""
            for target, flags in TARGETS.items():
                result = run(source, ["-x", "c", "-std=c11", *FLAGS, *flags, "-S", "-o", "-", "-Rpass=loop-vectorize", "-w"])
                width = re.search(r"vectorized loop \(vectorization width: (\d+)", result.stderr)
                mark = ""
                if not width and name not in NOT_VECTORISED:
                    # Two lanes may not seem worth it to clang: it must be able to, if told to.
                    told = source.replace("  for (long", "#pragma clang loop vectorize(enable)\n  for (long")
                    result = run(told, ["-x", "c", "-std=c11", *FLAGS, *flags, "-S", "-o", "-", "-Rpass=loop-vectorize", "-w"])
                    width = re.search(r"vectorized loop \(vectorization width: (\d+)", result.stderr)
                    mark = "*"
                calls = re.findall(r"\t(?:callq?|bl)\t(\S+)", result.stdout)
                widths.append(width.group(1) + mark if width else "-")
                bad = result.returncode or calls or (not width and name not in NOT_VECTORISED)
                if bad:
                    failures += 1
                    print(f"{name}_{kind} for {target}: {'calls ' + ' '.join(calls) if calls else 'no vector code'} {result.stderr[:500]}")
        print(f"{name:14} f32 {'/'.join(widths[:4]):12} f64 {'/'.join(widths[4:])}", flush=True)
    print(f"numbers in a vector (*: where clang is told to) for {', '.join(TARGETS)}: {failures} failures")
    return failures


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if "--clang" in arguments:
        at = arguments.index("--clang")
        clang = arguments[at + 1]
        del arguments[at:at + 2]
    found = all_parts()
    failed = 0 if arguments else check_alone(found)
    failed += check_vectors(found, arguments)
    sys.exit(1 if failed else 0)
