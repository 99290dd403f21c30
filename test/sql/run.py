#!/usr/bin/env python3
"""Run statement files: run.py [--build FOLDER | --server URL] [--config NAME] [--record] [TOPIC/CASE.test[:LINE] ...]

Without --server it starts a warren-server of the build (default build/release); without files, all of test/sql. README.md
tells the format. FILE:LINE runs the file up to that case and judges that case only. --config NAME takes its server and session
properties from test/configs/NAME.properties. --record writes the server's answers into the files as the expected
ones: meant for a server that is known to be right. The last line is `N passed, N failed`.
"""
import argparse, glob, json, math, os, re, sys
from concurrent.futures import ThreadPoolExecutor

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
TEST = os.path.dirname(HERE)
sys.path[:0] = [TEST, os.path.join(TEST, "conformance")]
import corpus
from server import Server, ServerFault

SESSION_DEFAULTS = {"user": "test"}


class Case:
    """A statement of a file: where it stands, what it asks, what is expected."""

    def __init__(self, line):
        self.line, self.last_line = line, line
        self.directives, self.sql, self.answer_head, self.expected = [], [], None, []

    def directive(self, name):
        """The text after `-- NAME:` among the comments of the case, or None."""
        found = [text[len(name) + 1:].strip() for text in self.directives if text.startswith(name + ":")]
        return found[0] if found else None

    @property
    def statement(self):
        return "\n".join(self.sql).strip().rstrip(";")


def parse_file(path):
    """(comments at the file's head, cases)."""
    head, cases, case = [], [], None
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file.read().split("\n"), 1):
            if case and case.answer_head is not None:
                if line == "":
                    case = None
                else:
                    case.expected.append(line)
                    case.last_line = number
            elif case and line.startswith("----"):
                case.answer_head = line[4:].strip()
                case.last_line = number
            elif line.startswith("-- ") or line == "--":
                case = case or Case(number)
                case.directives.append(line[3:])
                case.last_line = number
            elif line.strip() == "" and case and not case.sql:
                head += case.directives  # comments that no statement follows belong to the file
                case = None
            elif line.strip() or case:
                if case is None:
                    case = Case(number)
                if not case.sql:
                    cases.append(case)
                case.sql.append(line)
                case.last_line = number
    return head, cases


def render(value):
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        if value in ("", "NULL") or value[0] == '"' or value.startswith(("ERROR ", "OK ")):
            return json.dumps(value, ensure_ascii=False)
        return value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=isinstance(value, dict))


def render_answer(answer):
    """The lines that a file expects, for what a server answered."""
    if "error" in answer:
        error = answer["error"]
        place = f" at {error['line']}:{error['column']}" if error.get("line") else ""
        message = (error.get("message") or "").replace("\n", "\\n")
        return [f"ERROR {error.get('name')}{place}: {message}"]
    if "updateType" in answer and answer["updateType"] not in ("", None):
        count = "" if answer.get("updateCount") is None else f" {answer['updateCount']}"
        return [f"OK {answer['updateType']}{count}"]
    return ["\t".join(render(value) for value in row) for row in answer["rows"]]


def near(expected, got, tolerance):
    """Whether two lines are the same but for small differences of numbers."""
    one, two = expected.split("\t"), got.split("\t")
    if len(one) != len(two):
        return False
    for a, b in zip(one, two):
        if a != b:
            try:
                if not math.isclose(float(a), float(b), rel_tol=tolerance, abs_tol=0):
                    return False
            except ValueError:
                return False
    return True


def is_ordered(case):
    """Whether the statement has an ORDER BY outside all parentheses."""
    text = re.sub(r"'[^']*'", "''", case.statement)
    while "(" in text:
        shorter = re.sub(r"\([^()]*\)", "", text)
        if shorter == text:
            break
        text = shorter
    return bool(re.search(r"\border\s+by\b", text, re.I))


def judge(case, answer):
    """None when the answer is the expected one, else what is wrong."""
    got, expected = render_answer(answer), list(case.expected)
    if expected and expected[0].startswith("ERROR "):
        # The position may be left out of a file; so may the message, for errors whose text is not fixed.
        wanted = re.match(r"ERROR (\w+)( at \d+:\d+)?(?:: (.*))?$", expected[0])
        found = re.match(r"ERROR (\w+)( at \d+:\d+)?(?:: (.*))?$", got[0]) if got else None
        same = found and all(w is None or w == f for w, f in zip(wanted.groups(), found.groups()))
        return None if same else f"expected {expected[0]}, got {chr(10).join(got[:3])}"
    if case.answer_head and "error" not in answer:
        types = ", ".join(kind for _name, kind in answer["columns"])
        if types != case.answer_head:
            return f"expected types {case.answer_head}, got {types}"
    if not is_ordered(case):
        got, expected = sorted(got), sorted(expected)
    tolerance = case.directive("approx")
    if len(got) == len(expected) and all(
            a == b or (tolerance and near(a, b, float(tolerance))) for a, b in zip(expected, got)):
        return None
    for index in range(max(len(got), len(expected))):
        a = expected[index] if index < len(expected) else "(no row)"
        b = got[index] if index < len(got) else "(no row)"
        if a != b:
            return f"{len(expected)} rows expected, {len(got)} got; row {index + 1}: expected {a}, got {b}"


def skip_reason(texts, config):
    for text in texts:
        match = re.match(r"skip ([\w,*-]+): (.+)", text)
        if match and config and (match[1] == "*" or config in match[1].split(",")):
            return match[2]


class Run:
    def __init__(self, url, config, session, record):
        self.client, self.config, self.session, self.record = corpus.Client(url, 300), config, session, record

    def run_file(self, path, only_line=None):
        """[(case, what is wrong or None)] of the cases that count; a file shares one session."""
        head, cases = parse_file(path)
        if skip_reason(head, self.config):
            return []
        session = corpus.Session({**SESSION_DEFAULTS, "properties": dict(self.session)})
        results = []
        for case in cases:
            if skip_reason(case.directives, self.config) or (only_line and case.line > only_line):
                continue
            answer = self.client.execute(case.statement, session)
            if self.record:
                case.expected = render_answer(answer)
            if only_line is None or case.line <= only_line <= case.last_line:
                results.append((case, judge(case, answer)))
        if session.transaction:
            self.client.execute("ROLLBACK", session)
        if self.record:
            rewrite(path, cases)
        return results


def rewrite(path, cases):
    """Put the recorded answers where the file has its expected ones; everything else stays as it was."""
    lines = open(path, encoding="utf-8").read().split("\n")
    for case in reversed(cases):
        block = lines[case.line - 1:case.last_line]
        cut = next((i for i, text in enumerate(block) if text.startswith("----")), len(block))
        head = block[cut] if cut < len(block) else "----"
        lines[case.line - 1:case.last_line] = block[:cut] + [head] + case.expected
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def read_config(name):
    """(server properties, session properties) of test/configs/NAME.properties."""
    properties, session = {}, {}
    with open(os.path.join(TEST, "configs", name + ".properties"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                key, _, value = line.strip().partition("=")
                if key.startswith("session."):
                    session[key[len("session."):]] = value
                else:
                    properties[key] = value
    return properties, session


def wanted_files(names):
    """[(path, line or None)]; a name may be FILE, FILE:LINE or a folder."""
    found = []
    for name in names or [HERE]:
        match = re.match(r"(.*\.test):(\d+)$", name)
        path, line = (match[1], int(match[2])) if match else (name, None)
        if not os.path.exists(path):
            path = os.path.join(HERE, path)
        if os.path.isdir(path):
            found += [(p, None) for p in sorted(glob.glob(os.path.join(path, "**", "*.test"), recursive=True))]
        else:
            found.append((path, line))
    return found


def run_files(url, options, session):
    run = Run(url, options.config, session, options.record)
    files = wanted_files(options.files)
    passed = failed = 0
    with ThreadPoolExecutor(options.jobs) as workers:
        for (path, _), results in zip(files, workers.map(lambda f: run.run_file(*f), files)):
            for case, wrong in results:
                if wrong:
                    failed += 1
                    print(f"{os.path.relpath(path)}:{case.line}: {wrong}\n    {case.statement}", flush=True)
                else:
                    passed += 1
    return passed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--build", default=os.path.join(os.path.dirname(TEST), "build", "release"))
    parser.add_argument("--server", help="a running server to ask")
    parser.add_argument("--config", help="a name from test/configs")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--jobs", type=int, default=4)
    options = parser.parse_args()
    properties, session = read_config(options.config) if options.config else ({}, {})
    passed = failed = 0
    try:
        if options.server:
            passed, failed = run_files(options.server, options, session)
        else:
            with Server(options.build, properties) as server:
                passed, failed = run_files(server.url, options, session)
    except ServerFault as fault:
        print(fault)
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
