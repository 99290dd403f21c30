"""The script by a command line with the flags of Trino's: cli.transcript(COMMAND, URL, blocks).

The same code drives trino-cli and Warren's own `warren`, whose output must be the same. Standard output and error are both
part of the transcript, the output first.
"""
import re, signal, subprocess, threading

FORMATS = ["CSV", "CSV_HEADER", "CSV_UNQUOTED", "CSV_HEADER_UNQUOTED", "TSV", "TSV_HEADER", "JSON", "ALIGNED", "VERTICAL",
           "AUTO", "MARKDOWN", "NULL"]
FORMAT_SQL = """SELECT * FROM (VALUES
  (1, 'plain', 1.5, ARRAY[1, NULL]), (2, NULL, -0.25, NULL), (3, U&'\\4e2d\\6587 \\+01F407', NULL, ARRAY[]),
  (4, 'comma, "quote" ''', 0.0, ARRAY[7]), (5, U&'tab\\0009 line\\000aend', 10.0, ARRAY[7]))
  t(id, "a name", amount, items) ORDER BY id"""
LITERALS = {"varchar": lambda text: "'" + text.replace("'", "''") + "'", "double": lambda text: f"DOUBLE '{text}'",
            "null": lambda text: "NULL"}
NOISE = re.compile(r"^(WARNING: Unable to create a system terminal|\w{3} \d+, \d{4} .*org\.jline|WARNING: .*(native|Unsafe|jline)).*\n",
                   re.M)


class CommandLine:
    def __init__(self, command, url):
        self.command = command + ["--server", url, "--user", "test", "--catalog", "tpch", "--schema", "tiny", "--timezone", "UTC"]

    def start(self, *arguments):
        return subprocess.Popen(self.command + list(arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace")

    def run(self, *arguments):
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=300)
        return show(output, errors, process.returncode)


def show(output, errors, code):
    errors = NOISE.sub("", errors)
    return output.rstrip("\n") + ("\n" if output else "") + (errors.rstrip("\n") + "\n" if errors.strip() else "") + f"exit {code}\n"


def text_of(block):
    """The block as statements that a command line can run: parameters become EXECUTE ... USING."""
    if block["kind"] == "prepared":
        values = ", ".join(LITERALS.get(kind, str)(text) for kind, text in block["parameters"])
        return f"PREPARE p FROM {block['sql']}; EXECUTE p USING {values}"
    if block["kind"] == "transaction":
        return f"START TRANSACTION; {block['sql']}; {block['parameters'][0][0]}".replace("\n;\n", "; ")
    return block["sql"]


def run_block(line, block):
    text = text_of(block)
    if block["kind"] == "cancel":
        return cancel(line, text)
    if block["kind"] == "fetch":
        return fetch(line, text)
    if block["kind"] == "session":
        options = [item for name, value in block["parameters"] for item in ("--session", f"{name}={value}")]
        return line.run(*options, "--execute", text)
    if block["kind"] == "transaction":
        return line.run("--ignore-errors", "--execute", text)
    return line.run("--output-format", "CSV_HEADER", "--execute", text)


def cancel(line, text):
    process = line.start("--execute", text)
    timer = threading.Timer(4, lambda: process.send_signal(signal.SIGINT))
    timer.start()
    output, errors = process.communicate(timeout=60)
    return f"{output}ended {process.returncode != 0}\n"


def fetch(line, text):
    process = line.start("--output-format", "TSV", "--execute", text)
    count = keys = lengths = 0
    for row in process.stdout:
        fields = row.rstrip("\n").split("\t")
        count, keys, lengths = count + 1, keys + int(fields[0]), lengths + len(fields[-1])
    errors = process.stderr.read()
    return f"fetched {count} {keys} {lengths}\n" + show("", errors, process.wait())


def transcript(command, url, blocks):
    """Plain queries go in one process, with marks between them, to spare starts; the rest have one each."""
    line, parts = CommandLine(command, url), []
    plain = [b for b in blocks if b["kind"] in ("query", "update") and "error" not in b["name"]]
    rest = [b for b in blocks if b not in plain]
    if plain:
        text = ";\n".join(f"SELECT '== {b['kind']} {b['name']}';\n{b['sql']}" for b in plain)
        parts.append(line.run("--output-format", "TSV_HEADER", "--execute", text).replace("_col0\n== ", "== "))
    for block in rest:
        parts.append(f"== {block['kind']} {block['name']}\n" + run_block(line, block))
    for name in FORMATS:
        # The reference's JSON knows no arrays, so there they are text.
        sql = FORMAT_SQL.replace("*", "id, \"a name\", amount, json_format(CAST(items AS json)) AS items", 1) if name == "JSON" else FORMAT_SQL
        parts.append(f"== format {name}\n" + line.run("--output-format", name, "--execute", sql))
    parts.append("== two statements\n" + line.run("--execute", "SELECT 1; SELECT 'two'"))
    parts.append("== stops at an error\n" + line.run("--execute", "SELECT 1; SELECT 1 / 0; SELECT 2"))
    parts.append("== ignores errors\n" + line.run("--ignore-errors", "--execute", "SELECT 1; SELECT 1 / 0; SELECT 2"))
    return "".join(parts)
