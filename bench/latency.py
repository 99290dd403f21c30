#!/usr/bin/env python3
"""How fast small statements come back: latency.py URL [--seconds 5] [--clients 8] [--statement SQL]

Prints the median and 99th percentile of a statement by one client, then statements per second with several clients at once.
The load is load.c, compiled on the spot into build/bench, so that the client is not what is measured.
"""
import argparse, os, subprocess, sys, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(HERE), "build", "bench")


def compile_load():
    os.makedirs(BUILD, exist_ok=True)
    source, program = os.path.join(HERE, "load.c"), os.path.join(BUILD, "load")
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        subprocess.run(["cc", "-O2", "-Wall", "-D_GNU_SOURCE", "-pthread", "-o", program, source], check=True)
    return program


def load(program, url, clients, seconds, statement):
    """(statements, seconds, median, 99th percentile in microseconds, requests per statement)"""
    place = urllib.parse.urlsplit(url)
    result = subprocess.run([program, place.hostname, str(place.port), str(clients), str(seconds), statement],
                            stdout=subprocess.PIPE, text=True)
    if result.returncode:
        sys.exit(result.returncode)
    return [float(field) for field in result.stdout.split()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--statement", default="SELECT 1")
    options = parser.parse_args()
    program = compile_load()
    load(program, options.url, 1, options.seconds, options.statement)  # not counted: caches, and Java's compiler
    _, _, median, worst, requests = load(program, options.url, 1, options.seconds, options.statement)
    print(f"one client: median {median / 1000:.2f} ms, 99th percentile {worst / 1000:.2f} ms, {requests:.1f} requests each")
    count, seconds, median, worst, _ = load(program, options.url, options.clients, options.seconds, options.statement)
    print(f"{options.clients} clients: {count / seconds:.0f} statements/s, median {median / 1000:.2f} ms, "
          f"99th percentile {worst / 1000:.2f} ms")


if __name__ == "__main__":
    main()
