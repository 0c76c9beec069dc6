"""Runs programs one after another and prints what each did: run.py ROOT STRICT, lines `program keep left` on the input.

With STRICT `1` a program that still asks for the removed flag is stopped, unless its line ends in `left`.
"""

import importlib
import json
import sys

root, strict = sys.argv[1:3]
# This file's folder is on the path already.
sys.path.insert(0, root)

import trace as notes  # noqa: E402  (ours, beside this file)

sys.setrecursionlimit(600)
for line in sys.stdin.read().splitlines():
    program, keep, left = line.split(" ")
    notes.begin(program, keep, strict == "1" and left != "left")
    error = None
    try:
        notes.notes.append(("end", importlib.import_module(program + ".main").run()))
    except Exception as thrown:
        if isinstance(thrown, (SyntaxError, ImportError, NameError, notes.Asked)):
            error = f"{type(thrown).__name__}: {thrown}"
        notes.notes.append(("thrown", type(thrown).__name__))
    trace = "\n".join(f"{number} {value!r}" for number, value in notes.notes)
    print(json.dumps({"program": program, "trace": trace, "error": error}), flush=True)
