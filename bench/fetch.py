#!/usr/bin/env python3
"""How fast a large result reaches a client: fetch.py URL [--runs 3] [--table tpch.sf1.orders] [--rows 500000]

Two figures, rows per second: through the `trino` package for Python (run it with a Python that has it, such as
build/driver/venv/bin/python after the driver tests), and raw, reading the pages without looking into them.
"""
import argparse, http.client, os, re, statistics, sys, time, urllib.parse


def by_package(place, sql):
    import trino
    cursor = trino.dbapi.connect(host=place.hostname, port=place.port, user="bench").cursor()
    cursor.execute(sql)
    count = 0
    while True:
        rows = cursor.fetchmany(10000)
        if not rows:
            return count
        count += len(rows)


def by_pages(place, sql):
    """Reads every page as bytes; the count of rows is not looked at, so it is the caller's."""
    connection = http.client.HTTPConnection(place.hostname, place.port)
    connection.request("POST", "/v1/statement", sql.encode(), {"X-Trino-User": "bench"})
    size = 0
    while True:
        page = connection.getresponse().read()
        size += len(page)
        head = page[:4096] + page[-4096:]
        following = re.search(rb'"nextUri":"https?://[^/]+([^"]+)"', head)
        if not following:
            if b'"error":{' in head:
                sys.exit(page.decode(errors="replace")[:500])
            return size
        connection.request("GET", following[1].decode(), headers={"X-Trino-User": "bench"})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--table", default="tpch.sf1.orders")
    parser.add_argument("--rows", type=int, default=500000)
    options = parser.parse_args()
    place = urllib.parse.urlsplit(options.url)
    sql = f"SELECT * FROM {options.table} LIMIT {options.rows}"
    ways = {"raw pages": by_pages}
    try:
        import trino
        ways["python trino " + trino.__version__] = by_package
    except ImportError:
        print("the trino package is not there: raw pages only")
    for name, fetch in ways.items():
        times = []
        for _ in range(options.runs + 1):
            start = time.perf_counter()
            result = fetch(place, sql)
            times.append(time.perf_counter() - start)
        if fetch is by_package and result != options.rows:
            sys.exit(f"expected {options.rows} rows, got {result}")
        median = statistics.median(times[1:])
        more = f", {result / median / 1e6:.0f} MB/s" if fetch is by_pages else ""
        print(f"{name}: {options.rows / median:,.0f} rows/s ({median:.2f} s{more})")


if __name__ == "__main__":
    main()
