#!/usr/bin/env python3
"""From nothing to the first answer, and what an idle server holds: start.py [--runs 5] [--idle 10] [--url URL -- COMMAND ...]

Without a command it is build/release/bin/warren-server with the catalogs of the tests. With one, COMMAND must run in the
foreground and answer at URL; it is ended by SIGTERM. Memory is the resident set, also right after one TPC-H query.
"""
import argparse, http.client, json, os, signal, statistics, subprocess, sys, tempfile, time, urllib.request

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(ROOT, "test"))
from server import free_port, write_etc

QUERY = "SELECT returnflag, sum(extendedprice) FROM tpch.sf1.lineitem GROUP BY returnflag"


def ask(url, sql):
    """The rows, or OSError while the server is not there yet."""
    headers = {"X-Trino-User": "bench"}
    request, rows = urllib.request.Request(url + "/v1/statement", sql.encode(), headers, method="POST"), []
    while True:
        with urllib.request.urlopen(request, timeout=600) as response:
            result = json.load(response)
        if "error" in result:
            raise OSError(result["error"]["message"])
        rows += result.get("data") or []
        if "nextUri" not in result:
            return rows
        request = urllib.request.Request(result["nextUri"], headers=headers)


def resident_megabytes(pid):
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def measure(command, url, idle_seconds):
    """(seconds to the first answer, MB idle, MB after a query)"""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while True:
            if process.poll() is not None:
                sys.exit(f"the server ended with {process.returncode}")
            try:
                if ask(url, "SELECT 1") == [[1]]:
                    break
            except (OSError, ValueError, http.client.HTTPException):
                time.sleep(0.001)
        seconds = time.perf_counter() - start
        time.sleep(idle_seconds)
        idle = resident_megabytes(process.pid)
        ask(url, QUERY)
        return seconds, idle, resident_megabytes(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(120)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--idle", type=float, default=10)
    parser.add_argument("--url")
    parser.add_argument("command", nargs="*")
    options = parser.parse_args()
    results = []
    with tempfile.TemporaryDirectory(prefix="warren-start-") as folder:
        command, url = options.command, options.url
        if not command:
            port = free_port()
            write_etc(os.path.join(folder, "etc"), port)
            command = [os.path.join(ROOT, "build", "release", "bin", "warren-server"), "--etc-dir", os.path.join(folder, "etc")]
            url = f"http://127.0.0.1:{port}"
        for _ in range(options.runs):
            results.append(measure(command, url.rstrip("/"), options.idle))
    seconds, idle, after = (statistics.median(column) for column in zip(*results))
    print(f"first answer after {seconds * 1000:.0f} ms; resident {idle:.0f} MB idle, {after:.0f} MB after a query over sf1")


if __name__ == "__main__":
    main()
