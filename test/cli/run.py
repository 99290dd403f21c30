#!/usr/bin/env python3
"""The command line against a server of its own: run.py --build FOLDER [--server URL]

Formats byte for byte, exit codes, several statements, session state, errors, input by file and pipe, the prompt on a
pseudo-terminal, and Ctrl-C. test/driver compares the same program with transcripts of Trino's own. The last line is
`N passed, N failed`.
"""
import argparse, json, os, pty, re, select, signal, subprocess, sys, tempfile, time, urllib.request

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "test"))
from server import Server

VALUES = """SELECT * FROM (VALUES (1, 'plain', 1.5, ARRAY[1, NULL]), (2, NULL, -0.25, NULL), (3, U&'\\4e2d "q"', NULL, ARRAY[]))
 t(id, "a name", amount, items) ORDER BY id"""
FORMATS = {
    "CSV": '"1","plain","1.50","[1, NULL]"\n"2","","-0.25",""\n"3","中 ""q""","","[]"\n',
    "CSV_HEADER": '"id","a name","amount","items"\n"1","plain","1.50","[1, NULL]"\n"2","","-0.25",""\n"3","中 ""q""","","[]"\n',
    "CSV_UNQUOTED": '1,plain,1.50,[1, NULL]\n2,,-0.25,\n3,中 "q",,[]\n',
    "CSV_HEADER_UNQUOTED": 'id,a name,amount,items\n1,plain,1.50,[1, NULL]\n2,,-0.25,\n3,中 "q",,[]\n',
    "TSV": '1\tplain\t1.50\t[1, NULL]\n2\t\t-0.25\t\n3\t中 "q"\t\t[]\n',
    "TSV_HEADER": 'id\ta name\tamount\titems\n1\tplain\t1.50\t[1, NULL]\n2\t\t-0.25\t\n3\t中 "q"\t\t[]\n',
    "JSON": '{"id":1,"a name":"plain","amount":"1.50","items":[1,null]}\n{"id":2,"a name":null,"amount":"-0.25","items":null}\n'
            '{"id":3,"a name":"中 \\"q\\"","amount":null,"items":[]}\n',
    "ALIGNED": " id | a name | amount |   items   \n----+--------+--------+-----------\n"
               "  1 | plain  |   1.50 | [1, NULL] \n  2 | NULL   |  -0.25 | NULL      \n"
               "  3 | 中 \"q\" |   NULL | []        \n(3 rows)\n",
    "VERTICAL": '-[ RECORD 1 ]-----\nid     | 1\na name | plain\namount | 1.50\nitems  | [1, NULL]\n'
                '-[ RECORD 2 ]-----\nid     | 2\na name | NULL\namount | -0.25\nitems  | NULL\n'
                '-[ RECORD 3 ]-----\nid     | 3\na name | 中 "q"\namount | NULL\nitems  | []\n',
    "MARKDOWN": "| id | a name | amount | items       |\n| --:| ------ | ------:| ----------- |\n"
                "|  1 | plain  |   1.50 | \\[1, NULL\\] |\n|  2 | NULL   |  -0.25 | NULL        |\n"
                "|  3 | 中 \"q\" |   NULL | \\[\\]        |\n",
    "NULL": "",
}
LONG = "SELECT max(l.comment) FROM tpch.sf1000.lineitem l"


class Tests:
    def __init__(self, program, url):
        self.program, self.url, self.passed, self.failed = program, url, 0, 0
        self.home = tempfile.mkdtemp(prefix="warren-cli-")
        self.environment = dict(os.environ, HOME=self.home, TERM="xterm", LC_ALL="C.UTF-8")

    def command(self, *arguments):
        return [self.program, "--server", self.url, "--user", "test", *arguments]

    def run(self, *arguments, text=None):
        """(output, errors, exit code); query numbers become QUERY."""
        done = subprocess.run(self.command(*arguments), input=text or "", capture_output=True, timeout=120, encoding="utf-8",
                              env=self.environment)
        return done.stdout, re.sub(r"\d{8}_\d{6}_\d{5}_\w{5}", "QUERY", done.stderr), done.returncode

    def expect(self, name, got, wanted):
        ok = got == wanted
        self.passed, self.failed = self.passed + ok, self.failed + (not ok)
        if not ok:
            print(f"{name}\n  expected {wanted!r}\n  got      {got!r}", flush=True)

    def expect_match(self, name, got, pattern):
        self.expect(name, re.search(pattern, got, re.S) is not None or got, True)


def formats(t):
    for name, wanted in FORMATS.items():
        t.expect(f"format {name}", t.run("--output-format", name, "--execute", VALUES), (wanted, "", 0))
    t.expect("one row of two lines", t.run("--output-format=ALIGNED", "--execute", "SELECT U&'a\\000ab' AS x")[0],
             " x \n---\n a \n b \n(1 row)\n")
    t.expect("no rows", t.run("--output-format", "ALIGNED", "--execute", "SELECT 1 AS x WHERE false")[0], " x \n---\n(0 rows)\n")
    t.expect("no records", t.run("--output-format", "VERTICAL", "--execute", "SELECT 1 AS x WHERE false")[0], "(no rows)\n")
    t.expect("values as written", t.run("--execute", "SELECT 9223372036854775807, 1e100, 4.9E-324, 0e0, nan(), X'00ff'")[0],
             '"9223372036854775807","1.0E100","4.9E-324","0.0","NaN","00 ff"\n')
    t.expect("nested", t.run("--execute", "SELECT MAP(ARRAY['k'], ARRAY[ROW(1, 'x')]), CAST(ROW(1) AS row(n integer))")[0],
             '"{k={1, x}}","{n=1}"\n')
    rows = t.run("--output-format", "TSV", "--execute", "SELECT orderkey, comment FROM tpch.tiny.orders")[0].splitlines()
    t.expect("many pages", (len(rows), len(set(rows))), (15000, 15000))


def statements(t):
    t.expect("two statements", t.run("--execute", "SELECT 1; SELECT 'a;b' -- c;\n; /* ; */"), ('"1"\n"a;b"\n', "", 0))
    fault = "Query QUERY failed: Division by zero\n\n"
    t.expect("stops at an error", t.run("--execute", "SELECT 1; SELECT 1 / 0; SELECT 2"), ('"1"\n', fault, 1))
    t.expect("ignores errors", t.run("--ignore-errors", "--execute", "SELECT 1; SELECT 1 / 0; SELECT 2"), ('"1"\n"2"\n', fault, 1))
    t.expect("the place of an error", t.run("--execute", "SELECT 1,\n  nope"),
             ("", "Query QUERY failed: line 2:3: Column 'nope' cannot be resolved\nLINE 2:   nope\n          ^\n\n", 1))
    t.expect("from a pipe", t.run(text="SELECT 1;\nSELECT 2"), ('"1"\n"2"\n', "", 0))
    path = os.path.join(t.home, "statements.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write("SELECT 1;\nSELECT 2")
    t.expect("from a file, cut short", t.run("--file", path), ('"1"\n', "Non-terminated statement: SELECT 2\n", 1))
    t.expect("no such file", t.run("-f", path + ".no")[2], 1)
    t.expect("both", t.run("-f", path, "--execute", "SELECT 1")[2], 2)
    t.expect("unknown option", t.run("--nonsense")[2], 2)
    t.expect("unknown format", t.run("--output-format", "XML")[2], 2)
    t.expect("nobody listens", subprocess.run([t.program, "--server", "127.0.0.1:1", "--execute", "SELECT 1"],
                                              capture_output=True).returncode, 1)
    t.expect_match("help", t.run("--help")[0], "--output-format-interactive")
    t.expect_match("version", t.run("--version")[0], r"^Warren CLI \d")
    t.expect_match("summary", t.run("--progress", "--execute", "SELECT count(*) FROM tpch.tiny.orders")[1],
                   r"^\nQuery QUERY, FINISHED, 1 node\nSplits: \d+ total, \d+ done \(100.00%\)\n"
                   r"\d+\.\d\d \[.* rows, .*B\] \[.* rows/s, .*B/s\]\n\n$")


def session_state(t):
    t.expect("USE", t.run("--execute", "USE tpch.tiny; SELECT count(*) FROM nation"), ('"25"\n', "USE\n", 0))
    t.expect("catalog in the URL", subprocess.run([t.program, t.url + "/tpch/tiny", "--execute", "SELECT count(*) FROM region"],
                                                  capture_output=True, text=True, env=t.environment).stdout, '"5"\n')
    shown = "SHOW SESSION LIKE 'query_max_run_time'"
    t.expect("SET and RESET SESSION", [line.split(",")[1] for line in t.run(
        "--execute", f"SET SESSION query_max_run_time = '2h'; {shown}; RESET SESSION query_max_run_time; {shown}")[0].splitlines()],
        ['"2h"', '"100.00d"'])
    t.expect("--session", t.run("--session", "query_max_run_time=7m", "--execute", shown)[0].split(",")[1], '"7m"')
    t.expect("PREPARE", t.run("--execute", "PREPARE p FROM SELECT ? || '=&%+ x'; EXECUTE p USING 'a'; DEALLOCATE PREPARE p; EXECUTE p"),
             ('"a=&%+ x"\n', "PREPARE\nDEALLOCATE\nQuery QUERY failed: Prepared statement not found: p\n\n", 1))
    t.expect("transaction", t.run("--execute", "START TRANSACTION; SELECT 1; COMMIT; SELECT 2"),
             ('"1"\n"2"\n', "START TRANSACTION\nCOMMIT\n", 0))
    t.expect("time zone", t.run("--timezone", "Asia/Tokyo", "--execute", "SELECT current_timezone()")[0], '"Asia/Tokyo"\n')
    t.expect("user", t.run("--execute", "SELECT current_user")[0], '"test"\n')
    t.expect("schema without catalog", t.run("--schema", "tiny", "--execute", "SELECT 1")[2], 2)


def last_error(t, mark):
    """The error of the latest query whose text has the mark, once it has ended."""
    for _ in range(100):
        request = urllib.request.Request(t.url + "/v1/query", headers={"X-Trino-User": "test"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found = [q for q in json.load(answer) if mark in q["query"]]
        if found and found[-1]["state"] in ("FAILED", "FINISHED"):
            return found[-1].get("errorCode", {}).get("name")
        time.sleep(0.1)
    return "still running"


def cancel(t):
    process = subprocess.Popen(t.command("--execute", LONG + " /* batch */"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True, env=t.environment)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=30)
    t.expect("Ctrl-C in a batch", (output, errors, process.returncode), ("", "Query aborted by user\n", 130))
    t.expect("the server knows", last_error(t, "/* batch */"), "USER_CANCELED")


class Terminal:
    """The program on a pseudo-terminal; what it writes is collected."""

    def __init__(self, t, *arguments):
        self.process, self.file = pty.fork()
        if self.process == 0:
            os.execve(t.program, t.command(*arguments), t.environment)
        self.text, self.shown = "", 0

    def wait_for(self, pattern, seconds=30):
        """Reads on until the pattern appears after what was waited for before; gives the text up to its end."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            match = re.search(pattern, self.text[self.shown:], re.S)
            if match:
                start, self.shown = self.shown, self.shown + match.end()
                return self.text[start:self.shown]
            if select.select([self.file], [], [], 0.1)[0]:
                try:
                    self.text += os.read(self.file, 65536).decode("utf-8", "replace").replace("\r\n", "\n")
                except OSError:
                    break
        return "MISSING in " + self.text[self.shown:]

    def type(self, text):
        os.write(self.file, text.encode())


def prompt(t):
    terminal = Terminal(t, "--catalog", "tpch", "--schema", "tiny", "--pager", "")
    for name, typed, pattern in [
            ("the prompt", "", r"warren:tiny> "),
            ("a statement of two lines", "SELECT count(*) AS n\nFROM region;\n", r" n \n---\n 5 \n\(1 row\)\n.*FINISHED.*warren:tiny> "),
            ("USE changes the prompt", "USE sf1;\n", r"USE\n.*warren:sf1> "),
            ("a vertical record", "SELECT 1 AS x\\G\n", r"RECORD 1 \]-*\nx \| 1\n.*warren:sf1> "),
            ("help", "help\n", r"Supported commands:.*warren:sf1> "),
            ("history", "history;\n", r"SELECT count\(\*\) AS n FROM region;\n.*warren:sf1> "),
            ("an error has its place", "SELECT nope;\n", r"failed: line 1:8.*\n +\^\n.*warren:sf1> "),
            ("Ctrl-C drops a line", "SELECT not run\x03", r"\^C.*warren:sf1> ")]:
        terminal.type(typed)
        t.expect_match(name, terminal.wait_for(pattern), pattern)
    terminal.type(LONG + " /* prompt */;\n")
    t.expect_match("progress", terminal.wait_for(r"RUNNING, 1 node.*rows/s"), "rows/s")
    terminal.type("\x03")
    t.expect_match("Ctrl-C at the prompt", terminal.wait_for(r"Query aborted by user\n.*warren:sf1> "), "aborted by user")
    terminal.type("quit\n")
    t.expect("quit", os.waitstatus_to_exitcode(os.waitpid(terminal.process, 0)[1]), 0)
    t.expect("the history file", os.path.exists(os.path.join(t.home, ".warren_history")), True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    parser.add_argument("--server", help="URL of a running server in place of an own one")
    options = parser.parse_args()
    build = os.path.join(ROOT, options.build)
    program = os.path.join(build, "bin", "warren")

    def work(url):
        tests = Tests(program, url)
        for part in (formats, statements, session_state, cancel, prompt):
            part(tests)
        print(f"{tests.passed} passed, {tests.failed} failed")
        return 1 if tests.failed else 0
    if options.server:
        return work(options.server)
    with Server(build) as server:
        return work(server.url)


if __name__ == "__main__":
    sys.exit(main())
