#!/usr/bin/env python3
"""`make run`: start a Single instance, run a sample query through the command line, say where to connect, stay up.

Its folder is build/run/etc (written once: edit it and it stays). With a terminal it runs until Ctrl-C; without, it stops
cleanly after the sample. --port PORT (or make run PORT=...) listens elsewhere than on 8080.
"""
import argparse, json, os, signal, socket, subprocess, sys, time, urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIN = os.path.join(ROOT, "build", "release", "bin")
START_SECONDS = 60
SAMPLE = """
SELECT returnflag, linestatus, sum(quantity) AS quantity, sum(extendedprice) AS price,
       sum(extendedprice * (1 - discount)) AS discounted, avg(discount) AS average_discount, count(*) AS items
FROM tpch.sf1.lineitem
WHERE shipdate <= DATE '1998-12-01' - INTERVAL '90' DAY
GROUP BY returnflag, linestatus
ORDER BY returnflag, linestatus
"""
CONFIG = {
    "config.properties": "coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port={port}\n"
                         "discovery.uri=http://127.0.0.1:{port}\nshutdown.grace-period=5s\n",
    "node.properties": "node.environment=single\nnode.bind-ip=127.0.0.1\nnode.data-dir={data}\n",
    "catalog/tpch.properties": "connector.name=tpch\n",
    "catalog/memory.properties": "connector.name=memory\n",
    "catalog/blackhole.properties": "connector.name=blackhole\n",
}  # the system catalog is always there


def write_etc(folder, port):
    for name, text in CONFIG.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if not os.path.exists(path):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text.format(port=port, data=os.path.join(os.path.dirname(folder), "data")))


def port_is_taken(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until_started(server, url):
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(url + "/v1/info", timeout=5) as answer:
                if json.load(answer).get("starting") is False:
                    return True
        except (OSError, ValueError):
            pass
        time.sleep(0.01)
    return False


def stop(server):
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
    try:
        return server.wait(60)
    except subprocess.TimeoutExpired:
        server.kill()
        return server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8080)
    port = parser.parse_args().port
    url = f"http://127.0.0.1:{port}"
    if port_is_taken(port):
        print(f"Something else listens on port {port}. Another one: make run PORT=8081", file=sys.stderr)
        return 1
    folder = os.path.join(ROOT, "build", "run" if port == 8080 else f"run-{port}", "etc")
    write_etc(folder, port)
    log_path = os.path.join(os.path.dirname(folder), "server.log")
    with open(log_path, "wb") as log:  # a session of its own, so that Ctrl-C reaches this program alone
        server = subprocess.Popen([os.path.join(BIN, "warren-server"), "--etc-dir", folder], stdin=subprocess.DEVNULL,
                                  stdout=log, stderr=log, start_new_session=True)
    try:
        if not wait_until_started(server, url):
            print(f"The server did not start; its log is {os.path.relpath(log_path)}", file=sys.stderr)
            return 1
        print(f"A sample, the first query of TPC-H over 6 million rows:\n{SAMPLE}", flush=True)
        sample = subprocess.run([os.path.join(BIN, "warren"), "--server", url, "--catalog", "tpch", "--schema", "sf1", "--progress",
                                 "--output-format", "ALIGNED", "--execute", SAMPLE.strip()]).returncode
        print(f"\nWarren answers at {url} (catalogs tpch, memory, system, blackhole; configuration in {os.path.relpath(folder)}).\n"
              f"  build/release/bin/warren --server {url} --catalog tpch --schema tiny\n"
              f"  jdbc:trino://127.0.0.1:{port}/tpch/tiny  (any Trino client, any user name, no password)", flush=True)
        if sample == 0 and (sys.stdin.isatty() or sys.stdout.isatty()):
            print("Ctrl-C stops it.", flush=True)
            server.wait()
        return sample
    except KeyboardInterrupt:
        return 0
    finally:
        code = stop(server)
        if code != 0:
            print(f"The server ended with {code}; its log is {os.path.relpath(log_path)}", file=sys.stderr)
            sys.exit(1)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    sys.exit(main())
