#!/usr/bin/env python3
"""Checks that the tree keeps its own rules: tidy.py [--build FOLDER] [--only CHECK,...]; prints FILE:LINE: what is wrong.

Checks: layers, connectors, functions, lines, calls, comments, names, readmes, headers (each compiles alone) and, given
the folder of a build, symbols (programs and plugins export warren_ names only). A function that is long for a reason
says so in its body, /* long: REASON */; any other exception is a line of tools/tidy-exceptions: CHECK PATH REASON.
The last line is `N passed, N failed`: a check of a file is one.
"""
import argparse, collections, glob, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
C_FOLDERS = ("include", "src", "connectors", "bin", "test")
FUNCTION_LINES_MAX, FILE_LINES_MAX, LINE_COLUMNS_MAX = 70, 800, 100
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "stuff"}
BANNED_CALLS = {  # call: what to use in its place
    "strcpy": "a length-checked copy", "strcat": "a string buffer", "sprintf": "snprintf",
    "vsprintf": "vsnprintf", "gets": "fgets", "strtok": "a scan of one's own", "atoi": "strtol",
    "atol": "strtol", "atof": "strtod", "alloca": "the arena", "setjmp": "Status",
    "longjmp": "Status", "sigsetjmp": "Status", "siglongjmp": "Status", "system": "posix_spawn",
    "popen": "posix_spawn", "tmpnam": "mkstemp", "mktemp": "mkstemp", "rand": "a seeded generator",
    "srand": "a seeded generator", "localtime": "localtime_r", "gmtime": "gmtime_r",
    "strerror": "strerror_r", "asctime": "strftime", "ctime": "strftime",
}
CODE_MARK = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Report:
    """Collects findings; one (check, file) pair counts once however many lines are at fault."""

    def __init__(self, exceptions):
        self.exceptions, self.checked, self.faults = exceptions, set(), collections.defaultdict(list)

    def checking(self, check, path):
        self.checked.add((check, path))

    def fault(self, check, path, line, message):
        if (check, path) not in self.exceptions:
            self.faults[check, path].append((line, message))

    def finish(self):
        for (check, path), found in sorted(self.faults.items()):
            for line, message in found:
                print(f"{path}:{line}: {message} [{check}]")
        failed = len(self.faults)
        print(f"{len(self.checked | set(self.faults)) - failed} passed, {failed} failed")
        return 1 if failed else 0


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def read_exceptions():
    exceptions = set()
    for line in read("tools/tidy-exceptions").splitlines():
        if line.strip() and not line.startswith("#"):
            check, path, _reason = line.split(None, 2)
            exceptions.add((check, path))
    return exceptions


def files_under(folders, endings):
    found = []
    for folder in folders:
        for parent, subfolders, names in os.walk(os.path.join(ROOT, folder)):
            subfolders[:] = [s for s in subfolders if s not in ("node_modules", "corpus", "build", "sources")]
            found += [os.path.relpath(os.path.join(parent, n), ROOT) for n in names if n.endswith(endings)]
    return sorted(found)


def blank_out(text):
    """The code alone: comments, strings and characters become blanks, lines stay where they are."""
    return CODE_MARK.sub(lambda mark: re.sub(r"[^\n]", " ", mark.group()), text)


def read_layers():
    """Folder name -> place in the stack, from src/LAYERS."""
    lines = [line for line in read("src/LAYERS").splitlines() if line.strip() and not line.startswith("#")]
    return {folder: height for height, line in enumerate(lines) for folder in line.split()}


def includes_of(text):
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s+"([^"]+)"', line)
        if match:
            yield number, match.group(1)


def check_layers(report):
    height = read_layers()
    for folder in sorted(os.listdir(os.path.join(ROOT, "src"))):
        if os.path.isdir(os.path.join(ROOT, "src", folder)) and folder not in height:
            report.fault("layers", f"src/{folder}", 1, "the folder is not in src/LAYERS")
    for path in files_under(["src"], (".c", ".h", ".re", ".def")):
        report.checking("layers", path)
        own = path.split("/")[1]
        for line, name in includes_of(read(path)):
            other = name.split("/")[0]
            if "/" not in name or other in (own, "warren"):
                continue
            if other not in height:
                if not os.path.exists(os.path.join(ROOT, os.path.dirname(path), name)):
                    report.fault("layers", path, line, f"includes {name}, which is in no layer")
            elif height[other] >= height[own]:
                report.fault("layers", path, line, f"{own} may not include {name}: it is not below")


def check_connectors(report):
    for path in files_under(["connectors"], (".c", ".h")):
        report.checking("connectors", path)
        for line, name in includes_of(read(path)):
            own = os.path.join(ROOT, "connectors", path.split("/")[1], name)
            if not (name.startswith("warren/") or "/" not in name or (".." not in name and os.path.exists(own))):
                report.fault("connectors", path, line, f"a connector sees include/warren and its folder, not {name}")


def functions_of(code):
    """(first line, last line) of each function body, by counting braces of code without comments and strings."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), code, flags=re.M)
    depth, line, head, start = 0, 1, "", None
    for character in code:
        if character == "{":
            if depth == 0 and "(" in head and "=" not in head:
                start = line
            depth += 1
        elif character == "}":
            depth -= 1
            if depth == 0:
                if start:
                    yield start, line
                start, head = None, ""
        elif depth == 0:
            head = "" if character == ";" else head + character
        if character == "\n":
            line += 1


def check_functions(report):
    for path in files_under(C_FOLDERS, (".c", ".h")):
        report.checking("functions", path)
        text = read(path)
        lines = text.splitlines()
        for first, last in functions_of(blank_out(text)):
            if last - first > FUNCTION_LINES_MAX and not any("/* long: " in l for l in lines[first - 1:last]):
                report.fault("functions", path, first, f"the function has {last - first} lines, over {FUNCTION_LINES_MAX}")


def check_lines(report):
    for path in files_under(C_FOLDERS, (".c", ".h", ".re")):
        report.checking("lines", path)
        lines = read(path).splitlines()
        if len(lines) > FILE_LINES_MAX:
            report.fault("lines", path, 1, f"{len(lines)} lines, over {FILE_LINES_MAX}")
        for number, line in enumerate(lines, 1):
            if len(line) > LINE_COLUMNS_MAX:
                report.fault("lines", path, number, f"{len(line)} columns, over {LINE_COLUMNS_MAX}")
            if "\t" in line or line != line.rstrip():
                report.fault("lines", path, number, "a tab or a blank at the end")


def check_calls(report):
    banned = re.compile(r"(?<![\w.>])(" + "|".join(BANNED_CALLS) + r")\s*\(")
    for path in files_under(C_FOLDERS, (".c", ".h", ".re")):
        report.checking("calls", path)
        for number, line in enumerate(blank_out(read(path)).splitlines(), 1):
            for match in banned.finditer(line):
                name = match.group(1)
                report.fault("calls", path, number, f"{name} is banned; use {BANNED_CALLS[name]}")


def check_comments(report):
    for path in files_under(C_FOLDERS, (".c", ".h", ".re", ".def")):
        report.checking("comments", path)
        match = re.match(r"\s*/\*(.*?)\*/", read(path), re.S)
        if not match or len(match.group(1).split()) < 4:
            report.fault("comments", path, 1, "does not open with a comment that says what it is")
    for path in files_under(["include", "src", "connectors"], (".h",)):
        if not path.endswith(".inc.h") and "#pragma once" not in read(path):
            report.fault("comments", path, 1, "a header without #pragma once")
    for path in files_under(["tools", "test", "bench"], (".py", ".sh")):
        report.checking("comments", path)
        if not re.match(r'(#!.*\n)?("""|#)', read(path)):
            report.fault("comments", path, 1, "does not open with a comment that says what it is")


def check_names(report):
    for path in files_under(C_FOLDERS + ("tools", "bench"), (".c", ".h", ".py", ".re", ".sh")):
        report.checking("names", path)
        words = re.split(r"[_.\-/]", os.path.basename(path))
        if VAGUE_NAMES & set(words):
            report.fault("names", path, 1, "a name that says nothing of what is inside")


def check_readmes(report):
    for folder in sorted({path.split("/")[1] for path in files_under(["src"], (".c", ".h"))}):
        report.checking("readmes", f"src/{folder}")
        if not os.path.exists(os.path.join(ROOT, "src", folder, "README.md")):
            report.fault("readmes", f"src/{folder}", 1, "has no README.md")


def check_headers(report, build):
    headers = [h for h in files_under(["include", "src", "connectors"], (".h",)) if not h.endswith(".inc.h")]
    generated = [f"-I{os.path.join(build, 'src')}"] if build else []

    def compile_alone(path):
        folders = ["-Iinclude", "-I" + "/".join(path.split("/")[:2])] if path.startswith("connectors") else ["-Iinclude", "-Isrc"]
        command = ["cc", "-fsyntax-only", "-std=gnu17", "-D_GNU_SOURCE", "-Wall", *folders, *generated, "-x", "c", path]
        return path, subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    with ThreadPoolExecutor(os.cpu_count()) as workers:
        for path, result in workers.map(compile_alone, headers):
            report.checking("headers", path)
            if result.returncode:
                report.fault("headers", path, 1, "does not compile alone: " + (result.stderr.splitlines() or ["?"])[0])


def check_symbols(report, build):
    files = glob.glob(os.path.join(build, "bin", "warren-server")) + glob.glob(os.path.join(build, "plugin", "*.so"))
    if "b_sanitize" in read_build_options(build):
        return  # the sanitizers' own names are exported there
    for path in files:
        name = os.path.relpath(path, build)
        report.checking("symbols", name)
        listing = subprocess.run(["nm", "-D", "--defined-only", path], capture_output=True, text=True, check=True).stdout
        for line in listing.splitlines():
            kind, symbol = line.split()[-2:]
            symbol = symbol.split("@")[0]
            if kind in "TDBRVWG" and not symbol.startswith("warren_") and symbol not in ("stdin", "stdout", "stderr", "environ"):
                report.fault("symbols", name, 1, f"exports {symbol}")


def read_build_options(build):
    """The names of built-in options that differ from none, as far as the checks ask: b_sanitize."""
    listing = subprocess.run(["meson", "introspect", "--buildoptions", build], capture_output=True, text=True)
    return {"b_sanitize"} if re.search(r'"name": "b_sanitize", "value": "(?!none)', listing.stdout) else set()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", help="folder of a build, for generated headers and for exported symbols")
    parser.add_argument("--only", help="names of checks, comma-separated")
    options = parser.parse_args()
    report = Report(read_exceptions())
    checks = {"layers": check_layers, "connectors": check_connectors, "functions": check_functions, "lines": check_lines,
              "calls": check_calls, "comments": check_comments, "names": check_names, "readmes": check_readmes,
              "headers": lambda r: check_headers(r, options.build)}
    if options.build:
        checks["symbols"] = lambda r: check_symbols(r, options.build)
    for name, check in checks.items():
        if not options.only or name in options.only.split(","):
            check(report)
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
