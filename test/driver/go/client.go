// The script by trino-go-client: client HOST PORT < blocks (JSON lines), transcript on standard output.
// Values are shown as the driver scans them into an empty interface.
package main

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/trinodb/trino-go-client/trino"
)

type block struct {
	Kind, Name, SQL string
	Parameters      [][]string
}

var place string

func open(properties [][]string) (*sql.DB, error) {
	config := trino.Config{
		ServerURI: "http://test@" + place, Source: "driver-go", Catalog: "tpch", Schema: "tiny",
		SessionProperties: map[string]string{},
	}
	for _, property := range properties {
		config.SessionProperties[property[0]] = property[1]
	}
	dsn, err := config.FormatDSN()
	if err != nil {
		return nil, err
	}
	return sql.Open("trino", dsn)
}

func run(db *sql.DB, b block) error {
	switch b.Kind {
	case "query":
		return query(db, b.SQL)
	case "update":
		result, err := db.Exec(b.SQL)
		if err != nil {
			return err
		}
		count, err := result.RowsAffected()
		fmt.Println("count", count, err)
	case "prepared":
		values, err := parameters(b)
		if err != nil {
			return err
		}
		return query(db, b.SQL, values...)
	case "session":
		other, err := open(b.Parameters)
		if err != nil {
			return err
		}
		defer other.Close()
		return query(other, b.SQL)
	case "transaction":
		return transaction(db, b.SQL, b.Parameters[0][0])
	case "cancel":
		return cancel(db, b.SQL)
	case "fetch":
		return fetch(db, b.SQL)
	}
	return nil
}

func parameters(b block) ([]interface{}, error) {
	var values []interface{}
	for _, parameter := range b.Parameters {
		switch parameter[0] {
		case "integer", "bigint":
			number, err := strconv.ParseInt(parameter[1], 10, 64)
			if err != nil {
				return nil, err
			}
			values = append(values, number)
		case "double": // the driver takes other numbers than int64 as text
			values = append(values, trino.Numeric(parameter[1]))
		case "boolean":
			values = append(values, parameter[1] == "true")
		case "null":
			values = append(values, nil)
		default:
			values = append(values, parameter[1])
		}
	}
	return values, nil
}

func query(db *sql.DB, text string, values ...interface{}) error {
	rows, err := db.Query(text, values...)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	kinds, err := rows.ColumnTypes()
	if err != nil {
		return err
	}
	line := "columns"
	for i := range names {
		line += " " + names[i] + ":" + kinds[i].DatabaseTypeName()
	}
	lines := []string{line} // shown once all is read: how much comes before an error is a matter of timing
	for rows.Next() {
		cells := make([]interface{}, len(names))
		targets := make([]interface{}, len(names))
		for i := range cells {
			targets[i] = &cells[i]
		}
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		texts := make([]string, len(cells))
		for i, cell := range cells {
			texts[i] = fmt.Sprintf("%T %v", cell, cell)
		}
		lines = append(lines, "row "+strings.Join(texts, " | "))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	fmt.Println(strings.Join(lines, "\n"))
	return nil
}

func transaction(db *sql.DB, text string, end string) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	for _, one := range strings.Split(text, "\n;\n") {
		var count int64
		if err := tx.QueryRow(one).Scan(&count); err != nil {
			show(err)
		} else {
			fmt.Println("row", count)
		}
	}
	if end == "commit" {
		return tx.Commit()
	}
	return tx.Rollback()
}

func cancel(db *sql.DB, text string) error {
	ctx, stop := context.WithCancel(context.Background())
	go func() {
		time.Sleep(2 * time.Second)
		stop()
	}()
	var count int64
	err := db.QueryRowContext(ctx, text).Scan(&count)
	fmt.Println("cancelled", errors.Is(err, context.Canceled) || errors.Is(err, trino.ErrQueryCancelled))
	return nil
}

func fetch(db *sql.DB, text string) error {
	rows, err := db.Query(text)
	if err != nil {
		return err
	}
	defer rows.Close()
	var count, keys, lengths int64
	for rows.Next() {
		var key, customer int64
		var status, priority, comment string
		var price float64
		var day time.Time
		if err := rows.Scan(&key, &customer, &status, &price, &day, &priority, &comment); err != nil {
			return err
		}
		count, keys, lengths = count+1, keys+key, lengths+int64(len(comment))
	}
	fmt.Println("fetched", count, keys, lengths)
	return rows.Err()
}

func show(err error) {
	var failure *trino.ErrQueryFailed
	if errors.As(err, &failure) {
		fmt.Println("error", failure.StatusCode, failure.Reason)
		return
	}
	fmt.Println("error", err)
}

func main() {
	place = os.Args[1] + ":" + os.Args[2]
	db, err := open(nil)
	if err != nil {
		panic(err)
	}
	defer db.Close()
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, 1<<20)
	for input.Scan() {
		var b block
		if err := json.Unmarshal(input.Bytes(), &b); err != nil {
			panic(err)
		}
		fmt.Println("==", b.Kind, b.Name)
		if err := run(db, b); err != nil {
			show(err)
		}
	}
}
