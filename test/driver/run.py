#!/usr/bin/env python3
"""Real clients against a server: run.py SERVER_URL [--clients cli,warren,jdbc,python,go,node] [--record] [--only NAME]

Each client runs script.txt and writes a transcript of what its user would see; the transcript must be, block by block, the
one in expected/, which --record wrote with the same client against Trino 476. The clients are fetched by package name into
build/driver, nothing outside the clone is written. DRIVER_FETCH_ROWS (default 500000) is the size of the large fetch.
The last line is `N passed, N failed`: a block of a client is one.
"""
import argparse, json, os, re, shutil, subprocess, sys, time, urllib.parse

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.join(ROOT, "build", "driver")
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "conformance"))
import corpus

TRINO = "476"
JAVA_OPTIONS = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Duser.timezone=UTC", "-Djava.awt.headless=true"]
FETCH_ROWS = int(os.environ.get("DRIVER_FETCH_ROWS", "500000"))
CLIENT_SECONDS = 240
SKIPPED = {"go": ["picoseconds"]}  # whether Go reads 12 digits of a second depends on Go's own version


def read_script():
    """The blocks of script.txt: kind, name, sql, parameters."""
    with open(os.path.join(HERE, "script.txt"), encoding="utf-8") as file:
        text = re.sub(r"^#.*\n", "", file.read(), flags=re.M)
    blocks = []
    for chunk in re.split(r"\n\s*\n", text.strip()):
        lines = chunk.split("\n")
        kind, name = lines[0].split(" ", 1)
        sql = "\n".join(line for line in lines[1:] if not line.startswith(": "))
        parameters = [(line[2:].split(" ", 1) + [""])[:2] for line in lines[1:] if line.startswith(": ")]
        blocks.append({"kind": kind, "name": name, "sql": sql, "parameters": parameters})
    return blocks


def blocks_for(client, blocks):
    """The script with this client's own names; orders has 8 keys of every 32."""
    marks = {"@TABLE@": f"driver_{client}", "@MARK@": f"cancel-{client}", "@KEYS@": str(FETCH_ROWS * 4)}
    result = []
    for block in blocks:
        if block["name"] in SKIPPED.get(client, []):
            continue
        block = dict(block)
        for mark, text in marks.items():
            block["sql"] = block["sql"].replace(mark, text)
        result.append(block)
    return result


def run(command, **options):
    """Run a command that fetches or compiles; its output is shown only when it fails."""
    result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            errors="replace", **options)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{result.stdout[-3000:]}")


def json_lines(blocks):
    return "".join(json.dumps(block) + "\n" for block in blocks)


def transcript(command, text, **options):
    result = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                            timeout=CLIENT_SECONDS, **options)
    return result.stdout + ("" if result.returncode == 0 else f"== ended with {result.returncode}\n{result.stderr[-2000:]}\n")


# ---- the clients: each gives the transcript of its run ----

def maven_copy(artifact, file_name):
    path = os.path.join(BUILD, file_name)
    if not os.path.exists(path):
        run(["mvn", "-q", "-B", f"-Dmaven.repo.local={BUILD}/m2", "dependency:copy", f"-Dartifact={artifact}",
             f"-DoutputDirectory={BUILD}"], cwd=BUILD)
    return path


def run_python(host, port, blocks):
    python = os.path.join(BUILD, "venv", "bin", "python")
    stamp = os.path.join(BUILD, "venv", "requirements.txt")
    wanted = open(os.path.join(HERE, "requirements.txt")).read()
    if not os.path.exists(stamp) or open(stamp).read() != wanted:
        run([sys.executable, "-m", "venv", "--clear", os.path.join(BUILD, "venv")])
        run([python, "-m", "pip", "install", "-q", "--no-cache-dir", "-r", os.path.join(HERE, "requirements.txt")])
        shutil.copy(os.path.join(HERE, "requirements.txt"), stamp)
    return transcript([python, os.path.join(HERE, "client.py"), host, port], json_lines(blocks))


def run_jdbc(host, port, blocks):
    jar = maven_copy(f"io.trino:trino-jdbc:{TRINO}", f"trino-jdbc-{TRINO}.jar")
    classes = os.path.join(BUILD, "jdbc")
    run(["javac", "-d", classes, "-cp", jar, os.path.join(HERE, "Client.java")])
    escape = lambda text: text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
    lines = ["\t".join(escape(field) for field in [b["kind"], b["name"], b["sql"]] + [f for p in b["parameters"] for f in p])
             for b in blocks]
    return transcript(["java", *JAVA_OPTIONS, "-cp", f"{classes}:{jar}", "Client", host, port], "\n".join(lines) + "\n")


def run_go(host, port, blocks):
    environment = dict(os.environ, GOMODCACHE=f"{BUILD}/go/mod", GOCACHE=f"{BUILD}/go/cache", GOPATH=f"{BUILD}/go",
                       GOFLAGS="-modcacherw -mod=readonly -buildvcs=false", GOTOOLCHAIN="local")
    program = os.path.join(BUILD, "go-client")
    run(["go", "build", "-o", program, "."], cwd=os.path.join(HERE, "go"), env=environment)
    return transcript([program, host, port], json_lines(blocks))


def run_node(host, port, blocks):
    folder = os.path.join(BUILD, "node")
    os.makedirs(folder, exist_ok=True)
    stamp = os.path.join(folder, "installed.json")
    wanted = open(os.path.join(HERE, "node", "package-lock.json")).read()
    if not os.path.exists(stamp) or open(stamp).read() != wanted:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(os.path.join(HERE, "node", name), folder)
        run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--cache", os.path.join(BUILD, "npm")], cwd=folder)
        shutil.copy(os.path.join(folder, "package-lock.json"), stamp)
    shutil.copy(os.path.join(HERE, "node", "client.mjs"), folder)
    return transcript(["node", "client.mjs", host, port], json_lines(blocks), cwd=folder)


def run_cli(host, port, blocks):
    import cli
    jar = maven_copy(f"io.trino:trino-cli:{TRINO}:jar:executable", f"trino-cli-{TRINO}-executable.jar")
    return cli.transcript(["java", *JAVA_OPTIONS, "-jar", jar], f"http://{host}:{port}", blocks)


def run_warren(host, port, blocks):
    import cli
    return cli.transcript([os.path.join(ROOT, "build", "release", "bin", "warren")], f"http://{host}:{port}", blocks)


CLIENTS = {"cli": run_cli, "warren": run_warren, "jdbc": run_jdbc, "python": run_python, "go": run_go, "node": run_node}
EXPECTED = {"warren": "cli"}  # Warren's command line must read as Trino's


# ---- comparing ----

def normalise(text, client):
    """What differs from run to run: query numbers, host and port, the names that carry the client's."""
    text = re.sub(r"\d{8}_\d{6}_\d{5}_[a-z0-9]{5}", "QUERY", text)
    text = text.replace(f"driver_{client}", "driver_TABLE").replace(f"cancel-{client}", "cancel-MARK")
    text = re.sub(r"^error 200 [\w.$]+: ", "error 200 ", text, flags=re.M)  # the Go driver shows the name of a Java class
    return re.sub(r"https?://[\w.]+:\d+", "SERVER", text)


def split_blocks(text):
    """Block title -> its lines."""
    blocks = {}
    for part in re.split(r"^== ", text, flags=re.M)[1:]:
        title, _, body = part.partition("\n")
        blocks[title] = body.rstrip("\n")
    return blocks


def query_ended(url, mark):
    """Whether the cancelled statement, seen from the server, has stopped; cancelling takes a moment."""
    client = corpus.Client(url)
    sql = ("SELECT state, error_code FROM system.runtime.queries "
           f"WHERE query LIKE '%/* {mark} */%' AND query NOT LIKE '%system.runtime%' ORDER BY created DESC LIMIT 1")
    for _ in range(100):
        answer = client.execute(sql, corpus.Session({"user": "test"}))
        if "error" in answer or (answer["rows"] and answer["rows"][0][0] in ("FAILED", "FINISHED")):
            return None if answer.get("rows") == [["FAILED", "USER_CANCELED"]] else str(answer)
        time.sleep(0.1)
    return f"still there: {answer.get('rows')}"


def judge(client, text, blocks, url):
    """Print differences; gives (passed, failed)."""
    with open(os.path.join(HERE, "expected", EXPECTED.get(client, client) + ".txt"), encoding="utf-8") as file:
        expected = split_blocks(file.read())
    got = split_blocks(text)
    passed = failed = 0
    for title, lines in expected.items():
        if title.startswith("fetch") and FETCH_ROWS != 500000:
            lines = re.sub(r"fetched .*", f"fetched {FETCH_ROWS}", lines)
            got[title] = re.sub(r"(fetched \d+).*", r"\1", got.get(title, ""))
        if got.get(title) == lines:
            passed += 1
        else:
            failed += 1
            print(f"{client}: {title}\n  expected {lines}\n  got      {got.get(title, '(nothing)')}", flush=True)
    for title in got.keys() - expected.keys():
        failed += 1
        print(f"{client}: not expected: {title}\n{got[title]}", flush=True)
    wrong = query_ended(url, f"cancel-{client}")
    if wrong:
        print(f"{client}: the cancelled query on the server: {wrong}", flush=True)
    return passed + (not wrong), failed + bool(wrong)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--clients", default=",".join(CLIENTS))
    parser.add_argument("--only", help="a pattern of block names")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    os.makedirs(BUILD, exist_ok=True)
    place = urllib.parse.urlsplit(options.server)
    blocks = [b for b in read_script() if not options.only or re.search(options.only, b["kind"] + " " + b["name"])]
    passed = failed = 0
    for client in options.clients.split(","):
        start = time.monotonic()
        try:
            text = CLIENTS[client](place.hostname, str(place.port), blocks_for(client, blocks))
        except (RuntimeError, OSError, subprocess.TimeoutExpired) as fault:
            print(f"{client}: {fault}", flush=True)
            failed += 1
            continue
        text = normalise(text, client)
        if options.record:
            with open(os.path.join(HERE, "expected", client + ".txt"), "w", encoding="utf-8") as file:
                file.write(text)
            print(text)
            continue
        if options.only:
            print(text)
            continue
        counts = judge(client, text, blocks, options.server)
        passed, failed = passed + counts[0], failed + counts[1]
        print(f"{client}: {counts[0]} of {sum(counts)} in {time.monotonic() - start:.0f} s", flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
