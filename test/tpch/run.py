#!/usr/bin/env python3
"""The TPC-H data and queries against recorded answers: run.py SERVER_URL --schema tiny|sf1 [--only answers,checksums]

answers: the 22 queries over the standard names and decimals (catalog tpchstd), rows compared as a bag, exactly.
checksums: of every column of every table, its checksum, least and greatest value and sum, with doubles (catalog tpch) and
with decimals (tpchstd). Both were recorded from Trino 476. The last line is `N passed, N failed`.
"""
import argparse, glob, json, math, os, sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "conformance"))
import corpus

PREFIXES = {"region": "r_", "nation": "n_", "supplier": "s_", "customer": "c_", "part": "p_", "partsupp": "ps_",
            "orders": "o_", "lineitem": "l_"}


class Score:
    def __init__(self):
        self.passed = self.failed = 0

    def note(self, name, wrong):
        if wrong:
            self.failed += 1
            print(f"FAIL {name}: {wrong}", flush=True)
        else:
            self.passed += 1


def ask(client, catalog, schema, sql):
    return client.execute(sql, corpus.Session({"user": "test", "catalog": catalog, "schema": schema}))


def check_answers(client, schema, score):
    for path in sorted(glob.glob(os.path.join(HERE, "queries", "q*.sql"))):
        name = os.path.basename(path)[:-4]
        with open(os.path.join(HERE, "answers", name + ".json"), encoding="utf-8") as file:
            wanted = json.load(file)[schema]
        with open(path, encoding="utf-8") as file:
            answer = ask(client, "tpchstd", schema, file.read().rstrip().rstrip(";"))
        score.note(f"{schema} {name}", compare_answer(wanted, answer))


def compare_answer(wanted, answer):
    if "error" in answer:
        return f"{answer['error']['name']}: {answer['error']['message']}"
    plain = lambda columns: [[name, kind.replace(" ", "")] for name, kind in columns]
    if plain(wanted["columns"]) != plain(answer["columns"]):
        return f"columns: expected {wanted['columns']}, got {answer['columns']}"
    if len(answer["rows"]) != wanted["row_count"]:
        return f"expected {wanted['row_count']} rows, got {len(answer['rows'])}"
    if len(wanted["rows"]) == wanted["row_count"]:
        for a, b in zip(sorted(map(json.dumps, wanted["rows"])), sorted(map(json.dumps, answer["rows"]))):
            if a != b:
                return f"expected {a}, got {b}"
    return None


def column_checks(column, entry):
    """[(select item, expected value)] for one column."""
    checks = [(f"to_hex(checksum({column}))", entry["checksum"]), (f"min({column})", entry["min"]),
              (f"max({column})", entry["max"])]
    if "sum" in entry:
        checks.append((f"sum({column})", entry["sum"]))
    if "sum_approx" in entry:
        checks.append((f"sum({column})", entry["sum_approx"]))
    if "sum_length" in entry:
        checks.append((f"sum(length({column}))", entry["sum_length"]))
    if "sum_epoch_days" in entry:
        checks.append((f"sum(date_diff('day', DATE '1970-01-01', {column}))", entry["sum_epoch_days"]))
    return checks


def equal(expected, got):
    if isinstance(expected, float) and isinstance(got, (int, float)):
        return math.isclose(expected, got, rel_tol=1e-9)
    return expected == got


def check_columns(client, catalog, schema, table, columns, row_count, score):
    """One pass over a table; each column is a test."""
    items = [("count(*)", row_count)]
    spans = []
    for column, entry in columns:
        checks = column_checks(column, entry)
        spans.append((column, len(items), len(items) + len(checks)))
        items += checks
    answer = ask(client, catalog, schema, f"SELECT {', '.join(item for item, _ in items)} FROM {table}")
    for column, first, last in [("row count", 0, 1)] + spans:
        name = f"{catalog}.{schema}.{table} {column}"
        if "error" in answer:
            score.note(name, f"{answer['error']['name']}: {answer['error']['message']}")
            continue
        row = answer["rows"][0]
        wrong = [f"{items[i][0]}: expected {items[i][1]}, got {row[i]}" for i in range(first, last)
                 if not equal(items[i][1], row[i])]
        score.note(name, "; ".join(wrong))


def check_checksums(client, schema, score):
    with open(os.path.join(HERE, "checksums.json"), encoding="utf-8") as file:
        tables = json.load(file)[schema]
    for table, entry in tables.items():
        doubles = [("\"$row_number\"" if n == "$row_number" else n, c) for n, c in entry["columns"].items()]
        check_columns(client, "tpch", schema, table, doubles, entry["row_count"], score)
        decimals = [(PREFIXES[table] + n, c["decimal"]) for n, c in entry["columns"].items() if "decimal" in c]
        if decimals:
            check_columns(client, "tpchstd", schema, table, decimals, entry["row_count"], score)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("--schema", default="tiny", choices=["tiny", "sf1"])
    parser.add_argument("--only", default="answers,checksums")
    options = parser.parse_args()
    client, score = corpus.Client(options.server, 600), Score()
    if "answers" in options.only:
        check_answers(client, options.schema, score)
    if "checksums" in options.only:
        check_checksums(client, options.schema, score)
    print(f"{score.passed} passed, {score.failed} failed")
    return 1 if score.failed else 0


if __name__ == "__main__":
    sys.exit(main())
