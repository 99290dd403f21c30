"""The script by the `trino` package of PyPI: client.py HOST PORT < blocks (JSON lines), transcript on standard output."""
import datetime, decimal, json, sys, threading, time
import trino
from trino.transaction import IsolationLevel

HOST, PORT = sys.argv[1], int(sys.argv[2])
PARAMETERS = {"integer": int, "bigint": int, "double": float, "varchar": str, "boolean": lambda text: text == "true",
              "decimal": decimal.Decimal, "date": datetime.date.fromisoformat, "null": lambda text: None}


def connect(**more):
    return trino.dbapi.connect(host=HOST, port=PORT, user="test", catalog="tpch", schema="tiny", source="driver-python", **more)


def show(cursor):
    rows = cursor.fetchall()  # first, since how much is seen before an error is a matter of timing
    print("columns", [(column[0], column[1]) for column in cursor.description or []])
    for row in rows:
        print("row", row)


def run(cursor, block):
    kind, sql = block["kind"], block["sql"]
    if kind == "query":
        cursor.execute(sql)
        show(cursor)
    elif kind == "update":
        cursor.execute(sql)
        cursor.fetchall()
        print("count", cursor.rowcount, "type", cursor.update_type)
    elif kind == "prepared":
        cursor.execute(sql, [PARAMETERS[name](text) for name, text in block["parameters"]])
        show(cursor)
    elif kind == "session":
        other = connect(session_properties=dict(block["parameters"])).cursor()
        other.execute(sql)
        for row in other.fetchall():  # the widths of SHOW SESSION's columns are the server's affair
            print("row", row)
    elif kind == "transaction":
        transaction(sql, block["parameters"][0][0])
    elif kind == "cancel":
        cancel(cursor, sql)
    elif kind == "fetch":
        fetch(cursor, sql)


def transaction(sql, end):
    connection = connect(isolation_level=IsolationLevel.READ_COMMITTED)
    try:
        for statement in sql.split("\n;\n"):
            cursor = connection.cursor()
            try:
                cursor.execute(statement)
                print("row", cursor.fetchall())
            except trino.exceptions.TrinoQueryError as error:
                print_error(error)
        connection.commit() if end == "commit" else connection.rollback()
        print(end)
    finally:
        connection.close()


def cancel(cursor, sql):
    def work():
        try:
            cursor.execute(sql)
            cursor.fetchall()
            print("not cancelled")
        except trino.exceptions.TrinoQueryError as error:
            print_error(error)
        except Exception as error:
            print("error", type(error).__name__)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(2)
    cursor.cancel()
    thread.join(60)
    print("ended" if not thread.is_alive() else "still running")


def fetch(cursor, sql):
    cursor.execute(sql)
    count = keys = lengths = 0
    while True:
        rows = cursor.fetchmany(10000)
        if not rows:
            break
        count += len(rows)
        keys += sum(row[0] for row in rows)
        lengths += sum(len(row[-1]) for row in rows)
    print("fetched", count, keys, lengths)


def print_error(error):
    print("error", error.error_name, error.error_code, error.error_type, error.message)


def main():
    connection = connect()
    for line in sys.stdin:
        block = json.loads(line)
        print("==", block["kind"], block["name"])
        try:
            run(connection.cursor(), block)
        except trino.exceptions.TrinoQueryError as error:
            print_error(error)
        except Exception as error:  # what the client raises is what a user sees
            print("error", type(error).__name__, error)
        sys.stdout.flush()


main()
