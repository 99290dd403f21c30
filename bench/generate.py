#!/usr/bin/env python3
"""How fast the tpch connector makes rows: generate.py URL [--schema sf1] [--runs 3] [--tables lineitem,orders,...]

Each table is written whole into the blackhole catalog (CREATE TABLE AS), which drops what it gets: the figure is generation and
the engine's way from source to sink. Needs catalogs tpch and blackhole.
"""
import argparse, os, statistics, sys, time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "conformance"))
import corpus


def run(client, sql):
    answer = client.execute(sql, corpus.Session({"user": "bench"}))
    if "error" in answer:
        sys.exit(f"{sql}: {answer['error']['message']}")
    return answer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--schema", default="sf1")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tables", default="lineitem,orders,partsupp,part,customer,supplier")
    options = parser.parse_args()
    client = corpus.Client(options.url, 3600)
    for table in options.tables.split(","):
        times = []
        for _ in range(options.runs + 1):
            run(client, "DROP TABLE IF EXISTS blackhole.default.bench_generate")
            start = time.perf_counter()
            answer = run(client, f"CREATE TABLE blackhole.default.bench_generate AS SELECT * FROM tpch.{options.schema}.{table}")
            times.append(time.perf_counter() - start)
        run(client, "DROP TABLE blackhole.default.bench_generate")
        median = statistics.median(times[1:])
        print(f"{table}: {answer['updateCount'] / median:,.0f} rows/s ({answer['updateCount']:,} rows in {median:.2f} s)", flush=True)


if __name__ == "__main__":
    main()
