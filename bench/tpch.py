#!/usr/bin/env python3
"""Run the 22 TPC-H queries on several engines in turn, in one go, and print per-query medians and ratios.

  tpch.py --server warren=http://localhost:8080/hive/tpch1 --server trino=http://localhost:8090/hive/tpch1 \\
          --duckdb DIR --duckdb-memory DIR [--runs 5] [--queries 1,6,9] [--json FILE]

--server NAME=URL/CATALOG/SCHEMA   any server that speaks the Trino client protocol
--duckdb DIR                       DuckDB (pip install duckdb) over the Parquet files DIR/TABLE/* (make_parquet.py writes such a folder)
--duckdb-memory DIR                the same, loaded first into DuckDB's own in-memory tables
The first engine named is the one the ratios divide by: a ratio of 4.0 beside 'trino' means Trino took four times as long.
Engines run in turn, A B C A B C, so a drift of the machine's speed hits all of them alike; the first round is not counted.
Every server's rows are compared with the first's (numbers to 1e-6; for DuckDB, whose averages of decimals differ by type,
only the row count), and a difference is reported and exits 1.
"""
import argparse, glob, json, math, os, statistics, sys, time, urllib.request

TABLES = "region nation supplier customer part partsupp orders lineitem".split()
HERE = os.path.dirname(os.path.abspath(__file__))


class Server:
    def __init__(self, name, url):
        self.name = name
        base, self.catalog, self.schema = url.rsplit("/", 2)
        self.base = base.rstrip("/")

    def run(self, sql):
        headers = {"X-Trino-User": "bench", "X-Trino-Catalog": self.catalog, "X-Trino-Schema": self.schema,
                   "Content-Type": "text/plain"}
        request = urllib.request.Request(self.base + "/v1/statement", sql.encode(), headers, method="POST")
        rows = []
        while True:
            with urllib.request.urlopen(request) as response:
                result = json.load(response)
            if "error" in result:
                raise RuntimeError(f"{self.name}: {result['error'].get('message')}")
            rows += result.get("data") or []
            if "nextUri" not in result:
                return rows
            request = urllib.request.Request(result["nextUri"], headers=headers)


class DuckDB:
    def __init__(self, folder, threads, in_memory=False):
        import duckdb
        self.name = "duckdb-mem" if in_memory else "duckdb"
        self.connection = duckdb.connect()
        self.connection.execute(f"set threads={threads}")
        for table in TABLES:
            files = glob.glob(f"{folder}/{table}/*.parquet") or [f for f in glob.glob(f"{folder}/{table}/*") if os.path.isfile(f)]
            kind = "table" if in_memory else "view"
            self.connection.execute(f"create {kind} {table} as select * from read_parquet({files!r})")

    def run(self, sql):
        return self.connection.execute(sql).fetchall()


def plain(value):
    if value is None:
        return None
    text = str(value)
    try:
        return round(float(text), 6) if abs(float(text)) < 1e6 else float(f"{float(text):.12g}")
    except ValueError:
        return text.rstrip()


def same(a, b):
    if len(a) != len(b):
        return False
    for x, y in zip(sorted([[plain(v) for v in r] for r in a], key=repr), sorted([[plain(v) for v in r] for r in b], key=repr)):
        for u, v in zip(x, y):
            if u != v and not (isinstance(u, float) and isinstance(v, float) and math.isclose(u, v, rel_tol=1e-6, abs_tol=1e-6)):
                return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", default=[])
    parser.add_argument("--duckdb")
    parser.add_argument("--duckdb-memory")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--queries")
    parser.add_argument("--query-dir", default=os.path.join(HERE, "..", "test", "tpch", "queries"))
    parser.add_argument("--json")
    options = parser.parse_args()
    engines = [Server(*item.split("=", 1)) for item in options.server]
    if options.duckdb:
        engines.append(DuckDB(options.duckdb, options.threads))
    if options.duckdb_memory:
        engines.append(DuckDB(options.duckdb_memory, options.threads, in_memory=True))
    if not engines:
        parser.error("name at least one engine")
    wanted = {int(n) for n in options.queries.split(",")} if options.queries else None
    results, wrong = {}, 0
    print("query  " + "  ".join(f"{e.name:>12}" for e in engines) + "   (median seconds; then ratio to the first)")
    for path in sorted(glob.glob(os.path.join(options.query_dir, "q*.sql"))):
        name = os.path.basename(path)[:-4]
        if wanted and int(name[1:]) not in wanted:
            continue
        sql = open(path).read().rstrip().rstrip(";")
        times, rows = {e.name: [] for e in engines}, {}
        for turn in range(options.runs + 1):
            for engine in engines:
                start = time.perf_counter()
                try:
                    rows[engine.name] = engine.run(sql)
                except Exception as error:
                    rows[engine.name] = None
                    if turn == 0:
                        print(f"{name}: {engine.name} failed: {error}")
                if turn:
                    times[engine.name].append(time.perf_counter() - start)
        medians = {n: statistics.median(t) for n, t in times.items() if rows[n] is not None}
        first = engines[0].name
        for engine in engines[1:]:
            agree = same if isinstance(engine, Server) else lambda a, b: len(a) == len(b)
            if rows[first] is not None and rows[engine.name] is not None and not agree(rows[first], rows[engine.name]):
                wrong += 1
                print(f"{name}: {first} and {engine.name} disagree ({len(rows[first])} and {len(rows[engine.name])} rows)")
        results[name] = medians
        line = "  ".join(f"{medians[e.name]:12.3f}" if e.name in medians else f"{'failed':>12}" for e in engines)
        if first in medians:
            line += "   " + "  ".join(f"{medians[e.name] / medians[first]:.2f}" for e in engines[1:] if e.name in medians)
        print(f"{name}    {line}", flush=True)
    first = engines[0].name
    for engine in engines:
        common = [m for m in results.values() if first in m and engine.name in m]
        if common:
            total = sum(m[engine.name] for m in common)
            ratio = math.exp(sum(math.log(m[engine.name] / m[first]) for m in common) / len(common))
            print(f"{engine.name}: {len(common)} queries, sum {total:.2f} s, geomean ratio to {first} {ratio:.2f}")
    if options.json:
        json.dump(results, open(options.json, "w"), indent=1)
    sys.exit(1 if wrong or any(first not in m for m in results.values()) else 0)


if __name__ == "__main__":
    main()
