#!/usr/bin/env python3
"""`make test` once the packages are there: build, run every part, print one sum: test.py [--list] [PART ...]

Each part is a line of PARTS: a name, the tools it needs, a function giving (passed, failed). Output goes to
build/test/PART.log; the end of it is shown when something failed. A part whose tools are missing fails when CI=true and
is otherwise skipped with a word. The last line is `N passed, N failed`, and the exit code says the same.
"""
import argparse, glob, json, os, re, shutil, subprocess, sys, time

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "test"))
from server import Server, ServerFault

LOGS = os.path.join(ROOT, "build", "test")
SUMMARY = re.compile(r"^(\d+) passed, (\d+) failed$")
FUZZ_SECONDS = int(os.environ.get("FUZZ_SECONDS", "60"))
SHOWN_LINES = 60


class Part:
    """A part while it runs: its log, and its count so far."""

    def __init__(self, name):
        self.path = os.path.join(LOGS, name.replace(" ", "-") + ".log")
        self.log = open(self.path, "w", encoding="utf-8", errors="replace")
        self.passed = self.failed = 0

    def count(self, ok, words):
        self.passed, self.failed = self.passed + bool(ok), self.failed + (not ok)
        self.log.write(f"{'ok' if ok else 'FAILED'}: {words}\n")

    def run(self, command, seconds=1800, **options):
        """(exit code, output) of a command, also written to the log."""
        self.log.write("$ " + " ".join(command) + "\n")
        self.log.flush()
        options.setdefault("cwd", ROOT)
        try:
            result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=seconds,
                                    stderr=subprocess.STDOUT, text=True, errors="replace", **options)
            code, output = result.returncode, result.stdout
        except subprocess.TimeoutExpired as late:
            code, output = -1, (late.stdout or b"").decode(errors="replace") + f"\nstopped after {seconds} s\n"
        except OSError as fault:
            code, output = -1, f"{fault}\n"
        self.log.write(output)
        self.log.flush()
        return code, output

    def tests(self, command, **options):
        """Run a program that counts its own tests in its last line; one that does not has failed once."""
        code, output = self.run(command, **options)
        match = SUMMARY.match((output.rstrip().splitlines() or [""])[-1].strip())
        passed, failed = (int(match[1]), int(match[2])) if match else (0, 1)
        self.passed += passed
        self.failed += failed or int(code != 0)

    def with_server(self, build, work, **options):
        """work(url) beside a server; how the server starts and ends is a test of its own."""
        try:
            with Server(build, **options) as server:
                work(server.url)
                self.count(server.is_running(), "the server still runs")
            self.count(True, "the server started and ended cleanly")
        except ServerFault as fault:
            self.count(False, str(fault))


def build_folder(name):
    return os.path.join(ROOT, "build", name)


def build(part, name):
    code, _ = part.run(["make", "--no-print-directory", name if name != "release" else "build"])
    part.count(code == 0, f"build {name}")


def unit(part):
    """Meson's tests of the debug build, one each; what failed is shown whole."""
    code, _ = part.run(["meson", "test", "-C", "build/debug", "--suite", "unit", "--print-errorlogs", "--no-rebuild"])
    results = []
    path = os.path.join(build_folder("debug"), "meson-logs", "testlog.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            results = [json.loads(line) for line in file if line.strip()]
    for result in results:
        part.count(result["result"] in ("OK", "EXPECTEDFAIL"), result["name"])
    if code != 0 and part.failed == 0:
        part.count(False, "meson test")


def tidy(part):
    part.tests([sys.executable, "tools/tidy.py", "--build", "build/release"])


def sql(part, build_name):
    part.tests([sys.executable, "test/sql/run.py", "--build", f"build/{build_name}"])


def sql_configs(part):
    """The statement files once more under each row of test/configs, with sanitizers."""
    for path in sorted(glob.glob(os.path.join(ROOT, "test", "configs", "*.properties"))):
        name = os.path.basename(path)[:-len(".properties")]
        part.tests([sys.executable, "test/sql/run.py", "--build", "build/debug", "--config", name])


def conformance(part):
    run = [sys.executable, "test/conformance/run.py"]
    part.with_server(build_folder("release"), lambda url: part.tests(
        run + [url, "--thresholds", "test/conformance/thresholds", "--fail-list", os.path.join(LOGS, "conformance.tsv")]))


def conformance_debug(part):
    """A tenth of the corpus under the sanitizers: that the server lives and reports nothing is the test."""
    part.with_server(build_folder("debug"), lambda url: part.run(
        [sys.executable, "test/conformance/run.py", url, "--every", "10", "--report", "--timeout", "120"]))


def tpch(part, build_name, schema):
    part.with_server(build_folder(build_name), lambda url: part.tests(
        [sys.executable, "test/tpch/run.py", url, "--schema", schema]))


def driver(part):
    part.with_server(build_folder("release"), lambda url: part.tests([sys.executable, "test/driver/run.py", url]))


def cli(part):
    """The command line of both builds, each against its own server."""
    for name in ("debug", "release"):
        part.tests([sys.executable, "test/cli/run.py", "--build", f"build/{name}"])


def sample(part):
    """`make run` without a terminal: the sample's rows, where to connect, a clean end."""
    from server import free_port
    code, output = part.run([sys.executable, "tools/run.py", "--port", str(free_port())])
    part.count(code == 0, "ends with 0")
    part.count("http://127.0.0.1:" in output, "says where to connect")
    part.count(re.search(r"\bA\b.*\bF\b", output), "shows the result")


def fuzz(part):
    """Each target from its kept corpus for a minute; a find stays in build/fuzz for a look."""
    build(part, "fuzz")
    targets = sorted(glob.glob(os.path.join(build_folder("fuzz"), "test", "fuzz", "*_fuzz")))
    for target in targets:
        name = os.path.basename(target)[:-len("_fuzz")]
        kept = os.path.join(ROOT, "test", "fuzz", "corpus", name)
        found = os.path.join(build_folder("fuzz"), "found", name)
        os.makedirs(found, exist_ok=True)
        code, _ = part.run([target, f"-max_total_time={FUZZ_SECONDS}", "-timeout=20", "-rss_limit_mb=4096", "-print_final_stats=1",
                            f"-artifact_prefix={found}-", found, kept], seconds=FUZZ_SECONDS * 4 + 60)
        part.count(code == 0, f"fuzz {name}")


def tsan(part):
    """Statements from several clients at once under the thread sanitizer."""
    build(part, "tsan")

    def work(url):
        part.tests([sys.executable, "test/sql/run.py", "--server", url, "--jobs", "8"])
        part.tests([sys.executable, "test/tpch/run.py", url, "--only", "answers"])
    part.with_server(build_folder("tsan"), work)


BUILD_TOOLS = ["cc", "meson", "ninja", "re2c"]
PARTS = [
    ("build debug", BUILD_TOOLS, lambda part: build(part, "debug")),
    ("build release", BUILD_TOOLS, lambda part: build(part, "release")),
    ("unit", BUILD_TOOLS, unit),
    ("tidy", BUILD_TOOLS, tidy),
    ("sql", [], lambda part: sql(part, "debug")),
    ("sql release", [], lambda part: sql(part, "release")),
    ("sql configs", [], sql_configs),
    ("conformance debug", [], conformance_debug),
    ("conformance", [], conformance),
    ("tpch tiny", [], lambda part: [tpch(part, name, "tiny") for name in ("debug", "release")]),
    ("tpch sf1", [], lambda part: tpch(part, "release", "sf1")),
    ("driver", ["javac", "mvn", "go", "node", "npm"], driver),
    ("protocol", [], lambda part: part.tests([sys.executable, "test/server_protocol.py", "--build", "build/debug"])),
    ("cli", [], cli),
    ("sample", [], sample),
    ("fuzz", BUILD_TOOLS + ["clang"], fuzz),
    ("tsan", BUILD_TOOLS, tsan),
]


def run_part(name, tools, work):
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        in_ci = os.environ.get("CI") == "true"
        print(f"{name:20} {'FAILED' if in_ci else 'skipped'}: needs {', '.join(missing)}", flush=True)
        return 0, int(in_ci)
    part, start = Part(name), time.monotonic()
    try:
        work(part)
    except Exception as fault:  # a broken part must not hide the others
        part.count(False, repr(fault))
    part.log.close()
    print(f"{name:20} {part.passed} passed, {part.failed} failed  ({time.monotonic() - start:.0f} s)", flush=True)
    if part.failed:
        with open(part.path, encoding="utf-8", errors="replace") as file:
            for line in file.read().splitlines()[-SHOWN_LINES:]:
                print("    " + line[:400])
        print(f"    (all of it: {os.path.relpath(part.path, ROOT)})", flush=True)
    return part.passed, part.failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(name for name, _, _ in PARTS))
        return 0
    unknown = set(options.parts) - {name for name, _, _ in PARTS}
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    os.makedirs(LOGS, exist_ok=True)
    passed = failed = 0
    for name, tools, work in PARTS:
        if not options.parts or name in options.parts:
            counts = run_part(name, tools, work)
            passed, failed = passed + counts[0], failed + counts[1]
    summary = f"{passed} passed, {failed} failed"
    with open(os.path.join(LOGS, "summary"), "w", encoding="utf-8") as file:
        file.write(summary + "\n")
    print(summary)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
