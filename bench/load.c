/*
 * A load of small statements for latency.py: CLIENTS threads, each with one kept connection, run a
 * statement over and over for SECONDS, following nextUri until the end as every Trino client does.
 * Prints: statements, seconds, median, 99th percentile (microseconds), requests per statement.
 * In C because a client in Python would be slower than the server that it measures.
 *
 *   load HOST PORT CLIENTS SECONDS STATEMENT
 */
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLES_MAX = 4000000, BUFFER_BYTES = 1 << 20 };

static const char *host, *port, *statement;
static double seconds_to_run;
static long samples_max; /* of one client */

typedef struct Client {
    pthread_t thread;
    int socket;
    char *buffer; /* the answer being read, NUL-terminated */
    uint32_t *micros;
    long statement_count, request_count;
} Client;

static void give_up(const char *what, const char *detail) {
    fprintf(stderr, "load: %s: %.500s\n", what, detail);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int connect_to_server(void) {
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        give_up("no such host", host);
    int server = socket(found->ai_family, found->ai_socktype, 0);
    if (server < 0 || connect(server, found->ai_addr, found->ai_addrlen) != 0)
        give_up("cannot connect to port", port);
    int on = 1;
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    freeaddrinfo(found);
    return server;
}

/* Case-insensitive search for a header's value within the head that ends at `end`; NULL when absent. */
static const char *header_value(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; line && line < end; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1;
    }
    return NULL;
}

/* Whether the answer that starts at `body` is complete, by its length or by the last chunk. */
static int is_complete(const char *head, const char *body, size_t body_size) {
    const char *length = header_value(head, body, "content-length");
    if (length)
        return body_size >= strtoul(length, NULL, 10);
    return body_size >= 5 && memcmp(body + body_size - 5, "0\r\n\r\n", 5) == 0;
}

/* Sends a request and reads the whole answer into the client's buffer; gives its body. */
static const char *exchange(Client *client, const char *request, size_t request_size) {
    client->request_count++;
    if (write(client->socket, request, request_size) != (ssize_t)request_size)
        give_up("cannot write", "connection lost");
    size_t size = 0;
    for (;;) {
        ssize_t got = read(client->socket, client->buffer + size, BUFFER_BYTES - 1 - size);
        if (got <= 0)
            give_up("the server closed the connection", client->buffer);
        size += (size_t)got;
        client->buffer[size] = 0;
        char *end = strstr(client->buffer, "\r\n\r\n");
        if (end && is_complete(client->buffer, end + 4, size - (size_t)(end + 4 - client->buffer)))
            break;
        if (size >= BUFFER_BYTES - 1)
            give_up("an answer that is too long", "");
    }
    if (strncmp(client->buffer, "HTTP/1.1 200", 12) != 0)
        give_up("an answer that is not 200", client->buffer);
    return strstr(client->buffer, "\r\n\r\n") + 4;
}

/* Runs the statement once, to its last page. */
static void run_statement(Client *client) {
    static const char headers[] = "X-Trino-User: bench\r\nX-Trino-Source: bench\r\n";
    char request[8192];
    int size = snprintf(request, sizeof request,
                        "POST /v1/statement HTTP/1.1\r\nHost: %s:%s\r\n%sContent-Type: text/plain\r\n"
                        "Content-Length: %zu\r\n\r\n%s",
                        host, port, headers, strlen(statement), statement);
    for (;;) {
        const char *body = exchange(client, request, (size_t)size);
        if (strstr(body, "\"error\":{"))
            give_up("the statement failed", strstr(body, "\"error\":{"));
        const char *next = strstr(body, "\"nextUri\":\"");
        if (!next)
            return;
        const char *path = strstr(next, "//");
        path = path ? strchr(path + 2, '/') : NULL;
        const char *end = path ? strchr(path, '"') : NULL;
        if (!end)
            give_up("a nextUri that is no address", next);
        size = snprintf(request, sizeof request, "GET %.*s HTTP/1.1\r\nHost: %s:%s\r\n%s\r\n",
                        (int)(end - path), path, host, port, headers);
    }
}

static void *run_client(void *argument) {
    Client *client = argument;
    client->socket = connect_to_server();
    double end = now() + seconds_to_run;
    for (double start = now(); start < end && client->statement_count < samples_max;) {
        run_statement(client);
        double stop = now();
        client->micros[client->statement_count++] = (uint32_t)((stop - start) * 1e6);
        start = stop;
    }
    close(client->socket);
    return NULL;
}

static int compare_micros(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

int main(int argument_count, char **arguments) {
    if (argument_count != 6)
        give_up("usage", "load HOST PORT CLIENTS SECONDS STATEMENT");
    host = arguments[1];
    port = arguments[2];
    int client_count = (int)strtol(arguments[3], NULL, 10);
    seconds_to_run = strtod(arguments[4], NULL);
    statement = arguments[5];
    samples_max = SAMPLES_MAX / client_count;
    Client *clients = calloc((size_t)client_count, sizeof *clients);
    double start = now();
    for (int i = 0; i < client_count; i++) {
        clients[i].buffer = calloc(1, BUFFER_BYTES);
        clients[i].micros = malloc((size_t)samples_max * sizeof(uint32_t));
        pthread_create(&clients[i].thread, NULL, run_client, &clients[i]);
    }
    long statement_count = 0, request_count = 0;
    for (int i = 0; i < client_count; i++) {
        pthread_join(clients[i].thread, NULL);
        statement_count += clients[i].statement_count;
        request_count += clients[i].request_count;
    }
    double seconds = now() - start;
    uint32_t *micros = malloc(((size_t)statement_count + 1) * sizeof *micros);
    long count = 0;
    for (int i = 0; i < client_count; i++)
        for (long k = 0; k < clients[i].statement_count; k++)
            micros[count++] = clients[i].micros[k];
    qsort(micros, (size_t)count, sizeof *micros, compare_micros);
    printf("%ld %.3f %u %u %.2f\n", count, seconds, micros[count / 2], micros[count * 99 / 100],
           (double)request_count / (double)count);
    return 0;
}
