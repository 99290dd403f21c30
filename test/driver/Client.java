// The script by trino-jdbc: Client HOST PORT < blocks (tab-separated), transcript on standard output.
// Values are shown by getObject, with their Java class, as an application would take them.
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.TreeSet;

public class Client {
    private static final PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    private static String place;

    public static void main(String[] arguments) throws Exception {
        place = arguments[0] + ":" + arguments[1];
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Connection connection = connect(Map.of())) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                String[] fields = line.split("\t", -1);
                for (int i = 0; i < fields.length; i++) {
                    fields[i] = unescape(fields[i]);
                }
                out.println("== " + fields[0] + " " + fields[1]);
                try {
                    run(connection, fields);
                } catch (SQLException error) {
                    show(error);
                }
                out.flush();
            }
            metadata(connection.getMetaData());
        }
        out.flush();
    }

    private static Connection connect(Map<String, String> session) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "test");
        properties.setProperty("timezone", "UTC");
        if (!session.isEmpty()) {
            List<String> pairs = new ArrayList<>();
            session.forEach((name, value) -> pairs.add(name + ":" + value));
            properties.setProperty("sessionProperties", String.join(";", pairs));
        }
        return DriverManager.getConnection("jdbc:trino://" + place + "/tpch/tiny", properties);
    }

    private static void run(Connection connection, String[] fields) throws Exception {
        String sql = fields[2];
        switch (fields[0]) {
            case "query":
                try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
                    show(rows, true);
                }
                break;
            case "update":
                try (Statement statement = connection.createStatement()) {
                    out.println("count " + statement.executeLargeUpdate(sql));
                }
                break;
            case "prepared":
                prepared(connection, fields);
                break;
            case "session":
                session(fields);
                break;
            case "transaction":
                transaction(sql, fields[3]);
                break;
            case "cancel":
                cancel(connection, sql);
                break;
            case "fetch":
                fetch(connection, sql);
                break;
            default:
                throw new IllegalArgumentException(fields[0]);
        }
    }

    private static void prepared(Connection connection, String[] fields) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(fields[2])) {
            for (int i = 3; i + 1 < fields.length; i += 2) {
                int index = (i - 1) / 2;
                String value = fields[i + 1];
                switch (fields[i]) {
                    case "integer": statement.setInt(index, Integer.parseInt(value)); break;
                    case "bigint": statement.setLong(index, Long.parseLong(value)); break;
                    case "double": statement.setDouble(index, Double.parseDouble(value)); break;
                    case "varchar": statement.setString(index, value); break;
                    case "boolean": statement.setBoolean(index, Boolean.parseBoolean(value)); break;
                    case "decimal": statement.setBigDecimal(index, new BigDecimal(value)); break;
                    case "date": statement.setDate(index, Date.valueOf(value)); break;
                    case "null": statement.setNull(index, Types.VARCHAR); break;
                    default: throw new IllegalArgumentException(fields[i]);
                }
            }
            try (ResultSet rows = statement.executeQuery()) {
                show(rows, true);
            }
        }
    }

    private static void session(String[] fields) throws SQLException {
        Map<String, String> properties = new TreeMap<>();
        for (int i = 3; i + 1 < fields.length; i += 2) {
            properties.put(fields[i], fields[i + 1]);
        }
        try (Connection connection = connect(properties); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(fields[2])) {
            show(rows, false);
        }
    }

    private static void transaction(String sql, String end) throws SQLException {
        try (Connection connection = connect(Map.of())) {
            connection.setAutoCommit(false);
            for (String one : sql.split("\n;\n")) {
                try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(one)) {
                    show(rows, false);
                } catch (SQLException error) {
                    show(error);
                }
            }
            if (end.equals("commit")) {
                connection.commit();
            } else {
                connection.rollback();
            }
            out.println(end);
        }
    }

    private static void cancel(Connection connection, String sql) throws Exception {
        try (Statement statement = connection.createStatement()) {
            Thread stopper = new Thread(() -> {
                try {
                    Thread.sleep(2000);
                    statement.cancel();
                } catch (InterruptedException | SQLException error) {
                    out.println("cancel failed: " + error.getMessage());
                }
            });
            stopper.start();
            try (ResultSet rows = statement.executeQuery(sql)) {
                rows.next();
                out.println("not cancelled");
            } catch (SQLException error) {
                out.println("cancelled");
            }
            stopper.join();
        }
    }

    private static void fetch(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            int last = rows.getMetaData().getColumnCount();
            long count = 0, keys = 0, lengths = 0;
            while (rows.next()) {
                count++;
                keys += rows.getLong(1);
                lengths += rows.getString(last).length();
            }
            out.println("fetched " + count + " " + keys + " " + lengths);
        }
    }

    // What a tool such as DBeaver asks first; all of it reads the system catalog's jdbc schema.
    private static void metadata(DatabaseMetaData data) throws SQLException {
        out.println("== metadata catalogs");
        try (ResultSet rows = data.getCatalogs()) {
            while (rows.next()) {
                if (rows.getString(1).equals("tpch") || rows.getString(1).equals("system")) {
                    out.println(rows.getString(1));
                }
            }
        }
        out.println("== metadata schemas");
        try (ResultSet rows = data.getSchemas("tpch", "t%")) {
            show(rows, true);
        }
        out.println("== metadata tables");
        try (ResultSet rows = data.getTables("tpch", "tiny", "%", null)) {
            show(rows, true);
        }
        out.println("== metadata columns");
        try (ResultSet rows = data.getColumns("tpch", "tiny", "orders", "%")) {
            show(rows, true);
        }
        out.println("== metadata types");
        TreeSet<String> types = new TreeSet<>();
        try (ResultSet rows = data.getTypeInfo()) {
            while (rows.next()) {
                if (rows.getInt("DATA_TYPE") != Types.JAVA_OBJECT) {
                    types.add(rows.getString("TYPE_NAME") + " " + rows.getInt("DATA_TYPE") + " " + rows.getLong("PRECISION"));
                }
            }
        }
        types.forEach(out::println);
        out.println("== metadata product");
        out.println(data.getDatabaseProductName() + " " + data.getDatabaseMajorVersion());
    }

    // Shown once all is read, since how much is seen before an error is a matter of timing.
    private static void show(ResultSet rows, boolean withColumns) throws SQLException {
        ResultSetMetaData columns = rows.getMetaData();
        List<String> lines = new ArrayList<>();
        if (withColumns) {
            StringBuilder line = new StringBuilder("columns");
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                line.append(" ").append(columns.getColumnLabel(i)).append(":").append(columns.getColumnTypeName(i))
                        .append("/").append(columns.getColumnType(i));
            }
            lines.add(line.toString());
        }
        while (rows.next()) {
            List<String> values = new ArrayList<>();
            for (int i = 1; i <= columns.getColumnCount(); i++) {
                values.add(render(rows.getObject(i)));
            }
            lines.add("row " + String.join(" | ", values));
        }
        lines.forEach(out::println);
    }

    private static String render(Object value) throws SQLException {
        if (value == null) {
            return "null";
        }
        if (value instanceof byte[]) {
            StringBuilder hex = new StringBuilder("bytes ");
            for (byte one : (byte[]) value) {
                hex.append(String.format("%02x", one));
            }
            return hex.toString();
        }
        if (value instanceof Array) {
            return "Array " + render(((Array) value).getArray());
        }
        if (value instanceof Object[]) {
            List<String> items = new ArrayList<>();
            for (Object item : (Object[]) value) {
                items.add(render(item));
            }
            return items.toString();
        }
        if (value instanceof List) {
            return render(((List<?>) value).toArray());
        }
        if (value instanceof Map) {
            TreeMap<String, String> sorted = new TreeMap<>();
            for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
                sorted.put(render(entry.getKey()), render(entry.getValue()));
            }
            return "Map " + sorted;
        }
        return value.getClass().getSimpleName() + " " + value;
    }

    private static void show(SQLException error) {
        out.println("error " + error.getErrorCode() + " " + error.getSQLState() + " " + error.getMessage());
    }

    private static String unescape(String text) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            if (next == '\\') {
                i++;
                char kind = text.charAt(i);
                next = kind == 't' ? '\t' : kind == 'n' ? '\n' : kind;
            }
            result.append(next);
        }
        return result.toString();
    }
}
