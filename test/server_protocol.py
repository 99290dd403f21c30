#!/usr/bin/env python3
"""server_protocol.py --build BUILD: the HTTP protocol of a warren-server, case by case.

Expected answers are those of spec section "Client REST protocol" (recorded from Trino 476). Each server started here
must also end cleanly. The last line is `N passed, N failed`.
"""
import argparse, gzip, http.client, json, os, random, re, signal, socket, subprocess, sys, tempfile, threading, time, urllib.parse

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from server import Server, ServerFault, write_etc, free_port

LONG_QUERY = "SELECT count(*) FROM tpch.sf100.lineitem a CROSS JOIN tpch.sf100.lineitem b"
HEADERS = {"X-Trino-User": "tester", "X-Trino-Client-Capabilities": "PATH,PARAMETRIC_DATETIME,SESSION_AUTHORIZATION",
           "X-Trino-Transaction-Id": "NONE"}
TESTS = []


def test(work):
    TESTS.append(work)
    return work


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    def json(self):
        return json.loads(self.body)


class Client:
    """One request a connection, so that no case leans on another's."""

    def __init__(self, url):
        self.address = urllib.parse.urlsplit(url).netloc

    def request(self, method, path, body=None, headers=HEADERS, timeout=30):
        if path.startswith("http"):
            path = urllib.parse.urlsplit(path).path
        connection = http.client.HTTPConnection(self.address, timeout=timeout)
        try:
            connection.request(method, path, body=body.encode() if isinstance(body, str) else body, headers=headers)
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def post(self, sql, headers=None):
        return self.request("POST", "/v1/statement", sql, {**HEADERS, **(headers or {})})

    def follow(self, page, seen=None):
        """The last page; data of all of them in its "data", headers of all in seen."""
        rows = []
        while True:
            rows += page.get("data", [])
            if "nextUri" not in page:
                return {**page, "data": rows}
            answer = self.request("GET", page["nextUri"])
            assert answer.status == 200, (answer.status, answer.body)
            if seen is not None:
                seen.update(answer.headers.items())
            page = answer.json()

    def run(self, sql, headers=None, seen=None):
        answer = self.post(sql, headers)
        assert answer.status == 200, (answer.status, answer.body[:300])
        return self.follow(answer.json(), seen)

    def executing(self, sql):
        """A statement's first executing URI."""
        page = self.post(sql).json()
        while "/queued/" in page.get("nextUri", ""):
            page = self.request("GET", page["nextUri"]).json()
        return page


def equal(got, expected):
    assert got == expected, f"{got!r} instead of {expected!r}"


def error_of(page, name):
    equal(page.get("error", {}).get("errorName"), name)
    return page["error"]["message"]


def refused(answer, status, text):
    equal((answer.status, answer.body.decode()), (status, text))


@test
def rows_and_final_page(client):
    page = client.run("SELECT 1 a, 'x' b")
    equal(page["data"], [[1, "x"]])
    equal(page["stats"]["state"], "FINISHED")
    equal([column["name"] for column in page["columns"]], ["a", "b"])
    equal(page["warnings"], [])


@test
def pages_of_a_long_result(client):
    equal(len(client.run("SELECT * FROM tpch.tiny.orders")["data"]), 15000)


@test
def post_starts_at_queued_one(client):
    page = client.post("SELECT 1").json()
    assert re.search(r"/v1/statement/queued/\d{8}_\d{6}_\d{5}_\w{5}/y[0-9a-f]{40}/1$", page["nextUri"]), page["nextUri"]
    equal(page["stats"]["state"], "QUEUED")
    client.request("DELETE", page["nextUri"])


@test
def repeated_and_gone_pages(client):
    page = client.executing("SELECT * FROM tpch.tiny.orders")
    first = page["nextUri"]
    answers = [client.request("GET", first) for _ in range(2)]
    equal(answers[0].body, answers[1].body)
    page = answers[0].json()
    while "nextUri" in page:
        last = page["nextUri"]
        page = client.request("GET", last).json()
    refused(client.request("GET", first), 410, "Error 410 Gone: HTTP 410 Gone")
    equal(client.request("GET", last).status, 200)


@test
def unknown_queries_and_slugs(client):
    uri = client.executing(LONG_QUERY)["nextUri"]
    head, slug, token = uri.rsplit("/", 2)
    for wrong in (f"{head}/{slug[:-1]}{'0' if slug[-1] != '0' else '1'}/{token}", f"{head}/{slug}/{int(token) + 5}",
                  "/v1/statement/executing/20200101_000000_00000_aaaaa/y0/0", "/v1/statement/elsewhere/a/b/0"):
        refused(client.request("GET", wrong), 404, "Error 404 Not Found: Query not found")
    client.request("DELETE", uri)


@test
def methods_of_the_root(client):
    equal(client.request("GET", "/v1/statement").status, 405)
    answer = client.request("HEAD", "/v1/statement")
    equal((answer.status, answer.headers["Content-Type"]), (200, "application/json"))


@test
def cancel_within_100_ms(client):
    uri = client.executing(LONG_QUERY)["nextUri"]
    time.sleep(0.2)
    start = time.monotonic()
    equal(client.request("DELETE", uri).status, 204)
    page = client.request("GET", uri).json()
    took = time.monotonic() - start
    equal((error_of(page, "USER_CANCELED"), page["stats"]["state"]), ("Query was canceled", "FAILED"))
    assert "nextUri" not in page
    assert took < 0.1, f"{took * 1000:.0f} ms"


@test
def cancel_wakes_a_parked_request(client):
    uri = client.executing(LONG_QUERY)["nextUri"]
    pages = []
    waiting = threading.Thread(target=lambda: pages.append(client.request("GET", uri).json()))
    waiting.start()
    time.sleep(0.2)
    equal(client.request("DELETE", uri).status, 204)
    waiting.join(5)
    error_of(pages[0], "USER_CANCELED")


@test
def heartbeat(client):
    uri = client.executing(LONG_QUERY)["nextUri"]
    answer = client.request("HEAD", uri)
    equal((answer.status, answer.body), (200, b""))
    client.request("DELETE", uri)


@test
def clients_that_leave_while_parked(client):
    uris = [client.executing(LONG_QUERY)["nextUri"] for _ in range(3)]
    host, port = client.address.split(":")
    for uri in uris:
        with socket.create_connection((host, int(port))) as gone:
            gone.sendall(f"GET {urllib.parse.urlsplit(uri).path} HTTP/1.1\r\nHost: x\r\nX-Trino-User: u\r\n\r\n".encode())
            time.sleep(0.05)
    time.sleep(1.3)
    for uri in uris:
        equal(client.request("DELETE", uri).status, 204)


@test
def refused_requests(client):
    refused(client.request("POST", "/v1/statement", "", HEADERS), 400, "Error 400 Bad Request: SQL statement is empty")
    answer = client.request("POST", "/v1/statement", "SELECT 1", {})
    refused(answer, 401, "Basic authentication or X-Trino-Original-User or X-Trino-User must be sent")
    equal(answer.headers["WWW-Authenticate"], 'Basic realm="Trino"')
    refused(client.post("SELECT 1", {"Authorization": "Basic dTpw"}), 401, "Password not allowed for insecure authentication")
    for header, value, text in (
            ("X-Trino-Schema", "tiny", "Schema is set but catalog is not"),
            ("X-Trino-Session", "nonsense", "Invalid X-Trino-Session header"),
            ("X-Trino-Role", "system=x", "Invalid X-Trino-Role header"),
            ("X-Trino-Transaction-Id", "zzz", "Invalid UUID string: zzz"),
            ("X-Trino-Resource-Estimate", "foo=1", "Unsupported resource name foo")):
        refused(client.post("SELECT 1", {header: value}), 400, "Error 400 Bad Request: " + text)
    answer = client.post("SELECT 1", {"X-Trino-Prepared-Statement": "a=SELEC"})
    equal(answer.status, 400)
    assert answer.body.startswith(b"Error 400 Bad Request: Invalid X-Trino-Prepared-Statement header: line 1:1:"), answer.body


@test
def failed_statements(client):
    page = client.run("SELECT foo")
    equal(error_of(page, "COLUMN_NOT_FOUND"), "line 1:8: Column 'foo' cannot be resolved")
    equal(page["error"]["errorLocation"], {"lineNumber": 1, "columnNumber": 8})
    equal(error_of(client.run("SELECT 1", {"X-Trino-Session": "no_such=1"}), "INVALID_SESSION_PROPERTY"),
          "Session property 'no_such' does not exist")
    equal(error_of(client.run("SELECT 1", {"X-Trino-Time-Zone": "Foo"}), "NOT_SUPPORTED"), "Time zone not supported: Foo")
    equal(error_of(client.run("SELECT " + "1" + " " * 1000000), "QUERY_TEXT_TOO_LARGE"),
          "Query text length (1000008) exceeds the maximum length (1000000)")


@test
def compressed_answers(client):
    answer = client.request("GET", client.executing("SELECT * FROM tpch.tiny.nation")["nextUri"],
                            headers={**HEADERS, "Accept-Encoding": "deflate, gzip"})
    equal((answer.headers["Content-Encoding"], answer.headers["Vary"]), ("gzip", "Accept-Encoding"))
    json.loads(gzip.decompress(answer.body))


@test
def session_headers(client):
    for sql, header, value in (
            ("USE tpch.tiny", "X-Trino-Set-Schema", "tiny"),
            ("SET SESSION query_max_run_time = '2h'", "X-Trino-Set-Session", "query_max_run_time=2h"),
            ("RESET SESSION query_max_run_time", "X-Trino-Clear-Session", "query_max_run_time"),
            ("SET TIME ZONE 'Asia/Tokyo'", "X-Trino-Set-Session", "time_zone_id=Asia%2FTokyo"),
            ("SET PATH tpch.tiny", "X-Trino-Set-Path", "tpch.tiny"),
            ("SET ROLE ALL", "X-Trino-Set-Role", "system=ALL"),
            ("PREPARE my_q FROM SELECT ? + 1", "X-Trino-Added-Prepare", "my_q=SELECT+%28%3F+%2B+1%29%0A%0A")):
        seen = {}
        page = client.run(sql, seen=seen)
        assert "error" not in page, page["error"]["message"]
        equal(seen.get(header), value)
        equal(page["columns"], [])


@test
def prepared_statements(client):
    prepared = {"X-Trino-Prepared-Statement": "my_q=SELECT+%3F+%2B+1"}
    equal(client.run("EXECUTE my_q USING 2", prepared)["data"], [[3]])
    equal(error_of(client.run("EXECUTE other"), "NOT_FOUND"), "Prepared statement not found: other")
    equal(client.run("EXECUTE IMMEDIATE 'SELECT ? + 1' USING 4")["data"], [[5]])


@test
def transactions(client):
    seen = {}
    client.run("START TRANSACTION", seen=seen)
    inside = {"X-Trino-Transaction-Id": seen["X-Trino-Started-Transaction-Id"]}
    equal(client.run("SELECT 7", inside)["data"], [[7]])
    error_of(client.run("SELECT foo", inside), "COLUMN_NOT_FOUND")
    error_of(client.run("SELECT 1", inside), "TRANSACTION_ALREADY_ABORTED")
    seen = {}
    client.run("ROLLBACK", inside, seen)
    equal(seen["X-Trino-Clear-Transaction-Id"], "true")
    error_of(client.run("SELECT 1", inside), "UNKNOWN_TRANSACTION")


@test
def time_limits(client):
    page = client.run(LONG_QUERY, {"X-Trino-Session": "query_max_run_time=300ms"})
    equal(error_of(page, "EXCEEDED_TIME_LIMIT"), "Query exceeded maximum time limit of 300.00ms")
    page = client.run(LONG_QUERY, {"X-Trino-Session": "query_max_execution_time=300ms"})
    equal(error_of(page, "EXCEEDED_TIME_LIMIT"), "Query exceeded the maximum execution time limit of 300.00ms")


@test
def memory_limits(client):
    """The smallest of three limits refuses; a session lowers them, and what is no data size is an error."""
    sql = "SELECT count(DISTINCT orderkey) FROM tpch.sf1.lineitem"
    for name, error, message in (
            ("query_max_memory", "EXCEEDED_GLOBAL_MEMORY_LIMIT", "Query exceeded distributed user memory limit of 1MB"),
            ("query_max_total_memory", "EXCEEDED_GLOBAL_MEMORY_LIMIT", "Query exceeded distributed total memory limit of 1MB"),
            ("query_max_memory_per_node", "EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded per-node memory limit of 1MB [Allocated: ")):
        text = error_of(client.run(sql, {"X-Trino-Session": name + "=1MB"}), error)
        assert text.startswith(message), text
        equal(error_of(client.run("SELECT 1", {"X-Trino-Session": name + "=abc"}), "INVALID_SESSION_PROPERTY"),
              f"Session property '{name}' is invalid: size is not a valid data size string: abc")
    equal(error_of(client.run("SET SESSION query_max_run_time = 'abc'"), "INVALID_SESSION_PROPERTY"),
          "line 1:34: duration is not a valid data duration string: abc")


@test
def other_endpoints(client):
    info = client.request("GET", "/v1/info", headers={}).json()
    equal((info["nodeVersion"], info["coordinator"], info["starting"]), ({"version": "476"}, True, False))
    equal(client.request("GET", "/v1/info/state", headers={}).json(), "ACTIVE")
    equal(client.request("GET", "/v1/info/coordinator", headers={}).status, 200)
    assert client.request("GET", "/v1/status", headers={}).json()["memoryInfo"]["pool"]["maxBytes"] > 0
    equal(client.request("HEAD", "/v1/status", headers={}).status, 200)
    equal(client.request("GET", "/v1/node").json(), [])
    query = client.run("SELECT 12345")["id"]
    assert query in [entry["queryId"] for entry in client.request("GET", "/v1/query").json()]
    equal(client.request("GET", "/v1/query/" + query).json()["query"], "SELECT 12345")
    equal(client.request("GET", "/v1/query/20200101_000000_00000_aaaaa").status, 410)
    equal(client.request("GET", "/v1/memory").status, 403)
    equal(client.request("GET", "/v1/nothing").status, 404)
    answer = client.request("GET", "/")
    equal((answer.status, urllib.parse.urlsplit(answer.headers["Location"]).path), (303, "/ui/"))
    assert client.request("GET", "/ui/").status in (200, 303)


@test
def deep_and_long_statements(client):
    """An answer or an error, never silence."""
    deep = 10000
    for sql in ("SELECT " + "(" * deep + "1" + ")" * deep, "SELECT " + "NOT " * deep + "true", "SELECT " + "-" .join(["1"] * deep),
                "SELECT " + "ARRAY[" * deep + "1" + "]" * deep, "SELECT " + "(SELECT " * deep + "1" + ")" * deep,
                "SELECT CASE WHEN true THEN " * deep, "SELECT " + " || ".join(["'a'"] * deep), "SELECT " + "abs(" * deep + "1" + ")" * deep,
                "SELECT CAST(NULL AS " + "array(" * deep + "bigint" + ")" * deep + ")",
                "SELECT 1" + " UNION ALL SELECT 1" * 3000, "SELECT " + ",".join(["1"] * 5000),
                "SELECT 1 WHERE 1 IN (" + ",".join(map(str, range(100000))) + ")", "SELECT '" + "x" * 999980 + "'"):
        page = client.run(sql)
        assert "error" in page or page["stats"]["state"] == "FINISHED", sql[:60]
    answer = client.post("SELECT 1", {"X-Trino-Prepared-Statement": "q=SELECT+" + "(" * deep + "1" + ")" * deep})
    assert answer.status in (200, 400), answer.status
    equal(client.run("SELECT 1")["data"], [[1]])


@test
def random_bytes(client):
    """Whatever arrives, the server goes on. Bytes are the same in every run."""
    chance = random.Random(476)
    host, port = client.address.split(":")
    names = [b"X-Trino-Session", b"X-Trino-Role", b"X-Trino-Prepared-Statement", b"X-Trino-Extra-Credential", b"Authorization",
             b"X-Trino-Transaction-Id", b"X-Trino-Resource-Estimate", b"X-Trino-Language", b"Cookie", b"X-Trino-Path"]
    starts = [b"/v1/statement", b"/v1/statement/queued/", b"/v1/statement/executing/partialCancel/", b"/v1/query/", b"/ui/api/query/",
              b"/v1/spooled/download/", b"/"]
    prefixes = [b"", b"a=", b"$zstd:", b"a=$zstd:", b"system=ROLE{", b"Basic ", b"a=%"]
    for _ in range(300):
        noise = bytes(chance.randrange(1, 256) for _ in range(chance.randrange(60)))
        method = chance.choice([b"GET", b"POST", b"DELETE", b"HEAD", b"PUT", noise[:5]])
        path = chance.choice(starts) + (b"" if chance.random() < 0.5 else noise.replace(b" ", b"").replace(b"\n", b""))
        value = chance.choice(prefixes) + noise.replace(b"\r", b"").replace(b"\n", b"")
        message = (method + b" " + path + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Trino-User: u\r\n" + chance.choice(names) +
                   b": " + value + b"\r\nContent-Length: %d\r\n\r\n" % len(noise) + noise)
        with socket.create_connection((host, int(port)), timeout=10) as connection:
            try:
                connection.sendall(message)
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
            except ConnectionError:
                pass
    equal(client.run("SELECT 1")["data"], [[1]])


# ---- starting and stopping ----

def refused_start(build, properties, *expected):
    with tempfile.TemporaryDirectory() as folder:
        write_etc(folder, free_port(), properties)
        result = subprocess.run([os.path.join(build, "bin", "warren-server"), "--etc-dir", folder], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=30)
    assert result.returncode not in (0, 99) and result.returncode > 0, result.returncode
    for text in expected:
        assert text in result.stderr + result.stdout, (text, (result.stderr + result.stdout)[-500:])


def unknown_property(build):
    refused_start(build, {"query.max-lenth": "5"}, "config.properties:6", "query.max-lenth", "query.max-length")


def malformed_value(build):
    refused_start(build, {"query.max-run-time": "soon"}, "query.max-run-time", "soon")


def log_levels(build):
    """log.properties decides what is written: INFO lines with a usual level, warnings alone with WARN."""
    for level, starts in (("INFO", True), ("WARN", False)):
        with tempfile.TemporaryDirectory() as folder:
            port = free_port()
            write_etc(folder, port)
            with open(os.path.join(folder, "log.properties"), "w", encoding="utf-8") as file:
                file.write(f"io.trino={level}\n")
            process = subprocess.Popen([os.path.join(build, "bin", "warren-server"), "--etc-dir", folder],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            deadline = time.monotonic() + 30
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0 and time.monotonic() < deadline:
                time.sleep(0.05)
            process.terminate()
            log = process.communicate(timeout=30)[1]
        assert '"WARN"' in log, log
        equal("SERVER STARTED" in log, starts)


def environment_variable(build):
    os.environ["WARREN_TEST_ENVIRONMENT"] = "1234"
    with Server(build, {"query.max-length": "${ENV:WARREN_TEST_ENVIRONMENT}"}) as server:
        error_of(Client(server.url).run("SELECT " + "1" * 1300), "QUERY_TEXT_TOO_LARGE")


def configured_time_limit(build):
    with Server(build, {"query.max-execution-time": "1s"}) as server:
        equal(error_of(Client(server.url).run(LONG_QUERY), "EXCEEDED_TIME_LIMIT"),
              "Query exceeded the maximum execution time limit of 1.00s")


def configured_memory_and_compression(build):
    with Server(build, {"query.max-memory": "1MB", "query-results.compression-enabled": "false"}) as server:
        client = Client(server.url)
        error_of(client.run("SELECT count(DISTINCT orderkey) FROM tpch.sf1.lineitem", {"X-Trino-Session": "query_max_memory=2GB"}),
                 "EXCEEDED_GLOBAL_MEMORY_LIMIT")
        answer = client.request("GET", client.executing("SELECT * FROM tpch.tiny.nation")["nextUri"],
                                headers={**HEADERS, "Accept-Encoding": "gzip"})
        equal(answer.headers["Content-Encoding"], None)


def forced_time_zone(build):
    refused_start(build, {"sql.forced-session-time-zone": "Nowhere/Land"}, "sql.forced-session-time-zone", "Nowhere/Land")
    with Server(build, {"sql.forced-session-time-zone": "Asia/Tokyo"}) as server:
        page = Client(server.url).run("SELECT current_timezone()", {"X-Trino-Time-Zone": "UTC"})
        equal(page["data"], [["Asia/Tokyo"]])


def drain(build):
    """SIGTERM: new statements are refused, a running one is fetched to its end."""
    with Server(build) as server:
        client = Client(server.url)
        page = client.executing("SELECT count(*) FROM tpch.sf1.lineitem a JOIN tpch.sf1.orders b ON a.orderkey = b.orderkey")
        server.process.send_signal(signal.SIGTERM)
        time.sleep(0.05)
        equal(client.post("SELECT 1").status, 503)
        equal(client.follow(page)["data"], [[6001215]])
        equal(server.process.wait(30), 0)


def run_case(name, work):
    start = time.monotonic()
    try:
        work()
    except Exception as fault:
        print(f"FAILED {name}: {type(fault).__name__}: {str(fault)[:2000]}", flush=True)
        return False
    print(f"ok {name} ({time.monotonic() - start:.2f} s)", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/debug")
    parser.add_argument("--only", default="", help="a part of the cases' names")
    options = parser.parse_args()
    outcomes = []
    for work in TESTS:
        if options.only in work.__name__:
            def with_server(work=work):
                with Server(options.build) as server:
                    work(Client(server.url))
            outcomes.append(run_case(work.__name__, with_server))
    for work in (unknown_property, malformed_value, log_levels, environment_variable, configured_time_limit,
                 configured_memory_and_compression, forced_time_zone, drain):
        if options.only in work.__name__:
            outcomes.append(run_case(work.__name__, lambda work=work: work(options.build)))
    print(f"{outcomes.count(True)} passed, {outcomes.count(False)} failed")
    return 0 if all(outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
