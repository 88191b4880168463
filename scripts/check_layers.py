#!/usr/bin/env python3
"""Checks the walls of the house (docs/architecture.md): includes point down only, and a library stays in its room.

Runs as a test. Prints each breach as file:line and exits with 1 if there is one.
"""
import pathlib
import re
import sys

# What each layer may include besides itself.
ALLOWED = {
    "base": set(),
    "model": {"base"},
    "package": {"base", "model"},
    "http": {"base", "model"},
    "web": {"base"},
    "storage": {"base", "model", "package", "http"},
    "hosting": {"base", "model", "package", "http"},
    "portal": {"base", "model", "package", "http", "web"},
    "watch": {"base", "model", "package", "http"},
    "control": {"base", "model", "package", "http", "storage", "hosting", "portal", "watch", "web"},
    # Of storage only the XML reader, for the answers of List Blobs (docs/decisions/0006).
    "check": {"base", "model", "package", "http", "storage", "hosting", "watch"},
}
ALLOWED["app"] = set(ALLOWED) | {"control"}

# Where a third-party library may be seen. A value ending in .cpp is one file, otherwise a layer.
ROOMS = {
    "boost/beast": ["http/request_parser.cpp"],
    "boost/asio": ["http"],
    "httplib.h": ["http/client.cpp"],
    "sqlite3.h": ["storage"],
    "pugixml": ["storage"],
    "libdeflate.h": ["package"],
    "zlib.h": ["package"],
    "CLI/": ["app"],
    "openssl/ssl.h": ["http"],
    "sys/inotify.h": ["watch"],
}
# Slow to compile, so never in a header of ours.
NOT_IN_HEADERS = ["nlohmann/json.hpp", "spdlog/spdlog.h", "boost/beast", "httplib.h", "sqlite3.h", "pugixml"]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def breaches(root):
    for path in sorted((root / "emulator").rglob("*")):
        if path.suffix not in (".h", ".cpp"):
            continue
        relative = path.relative_to(root / "emulator")
        layer = relative.parts[0]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quote, name = match.groups()
            place = f"emulator/{relative}:{number}"
            if quote == '"':
                parts = name.split("/")
                if parts[0] != "emulator" or len(parts) < 3:
                    yield f"{place}: include from the root, as \"emulator/<layer>/<file>\", not \"{name}\""
                elif parts[1] != layer and parts[1] not in ALLOWED[layer]:
                    yield f"{place}: {layer} must not include {parts[1]} ({name})"
                continue
            for prefix, rooms in ROOMS.items():
                if name.startswith(prefix) and not any(room in (layer, str(relative)) for room in rooms):
                    yield f"{place}: {name} belongs to {', '.join(rooms)}"
            if path.suffix == ".h" and any(name.startswith(prefix) for prefix in NOT_IN_HEADERS):
                yield f"{place}: {name} must stay out of headers"


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    unknown = sorted({p.name for p in (root / "emulator").iterdir() if p.is_dir()} - set(ALLOWED))
    found = [f"emulator/{name}: a layer that scripts/check_layers.py does not know" for name in unknown]
    found += breaches(root)
    for line in found:
        print(line)
    print(f"{len(found)} breaches of the layers")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
