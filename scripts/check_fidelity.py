#!/usr/bin/env python3
"""Checks that every rule of docs/fidelity.md is shown by a test: each row of each table names tests, and they exist.

The last column of a table is `test`. A cell of it is one or more of

    FILE "NAME"    FILE "NAME", "NAME"    separated by `;`

FILE is named from tests/, and `u/` is `unit/`. NAME is the exact name of a Catch2 TEST_CASE or SECTION, of a test FOR_BOTH_STORES or FOR_EVERY_STORE, of a node test, what a row of a node test's table `says`, or, in
e2e/codes.test.mjs, of a case in fixtures/codes.

Runs as a test. Prints each fault as file:line and exits with 1 if there is one. `--root` is another tree to check.
"""
import argparse
import pathlib
import re
import sys

REFERENCE = re.compile(r'^(\S+)((?:\s*,?\s*"[^"]+")+)$')
CPP_NAME = re.compile(r'\b(?:TEMPLATE_)?(?:TEST_CASE(?:_METHOD)?|SECTION|FOR_(?:BOTH|EVERY)_STORES?)\s*\(\s*(?:\w+\s*,\s*)?((?:"(?:[^"\\]|\\.)*"\s*)+)')
CPP_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
JS_NAME = re.compile(r"""\b(?:test\(|says:)\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")""")


def unescaped(text):
    return re.sub(r"\\(.)", r"\1", text)


def names_in(path, root):
    """The names of all tests of a file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".cpp":
        return {unescaped("".join(CPP_LITERAL.findall(literals))) for literals in CPP_NAME.findall(text)}
    names = {unescaped(single or double) for single, double in JS_NAME.findall(text)}
    if path.name == "codes.test.mjs":
        names |= {case.name.removesuffix(".json") for case in (root / "fixtures/codes").iterdir()}
    return names


def rows(lines):
    """Line number and cells of each row of each table, its head and its rule left out."""
    previous_was_table = False
    for number, line in enumerate(lines, 1):
        is_table = line.startswith("|")
        if is_table and previous_was_table and not re.fullmatch(r"[|\s:-]+", line):
            yield number, [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if is_table and not previous_was_table and not line.rstrip("| ").endswith("test"):
            yield number, None
        previous_was_table = is_table


def faults_of(cell, tests, root, known):
    """What is wrong with a cell, as sentences."""
    if not cell:
        yield "this rule names no test"
        return
    for part in re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', cell):  # not within a name
        match = REFERENCE.match(part.strip())
        if not match:
            yield f'not of the form FILE "NAME": {part.strip()}'
            continue
        file, quoted = match.groups()
        path = tests / re.sub(r"^u/", "unit/", file)
        if not path.is_file():
            yield f"there is no tests/{path.relative_to(tests)}"
            continue
        if path not in known:
            known[path] = names_in(path, root)
        for name in re.findall(r'"([^"]+)"', quoted):
            if name not in known[path]:
                yield f'tests/{path.relative_to(tests)} has no test "{name}"'


def check(root):
    document = root / "docs/fidelity.md"
    known = {}
    count = 0
    for number, cells in rows(document.read_text(encoding="utf-8").splitlines()):
        if cells is None:
            yield f"docs/fidelity.md:{number}: the last column of this table is not `test`"
            continue
        count += 1
        for fault in faults_of(cells[-1], root / "tests", root, known):
            yield f"docs/fidelity.md:{number}: {fault}"
    if count == 0:
        yield "docs/fidelity.md:1: there are no tables"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent)
    found = list(check(parser.parse_args().root))
    for line in found:
        print(line)
    print(f"{len(found)} rules without a test that shows them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
