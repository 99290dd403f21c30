/*
 * The numbers are those of the last answer; time goes on between answers. Lines are cut to the
 * terminal's width so that going up by their number comes back to the first.
 */
#include "progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "quantity_text.h"

enum { REDRAW_MILLISECONDS = 500, BAR_WIDTH_MAX = 42, LINE_BYTES = 256 };

static long now_milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static double stat(const Progress *progress, const char *name) {
    return json_number_value(json_object_get(statement_member(progress->statement, "stats"), name));
}

static const char *state_name(const Progress *progress) {
    const json_t *stats = statement_member(progress->statement, "stats");
    const char *state = json_string_value(json_object_get(stats, "state"));
    return state ? state : "QUEUED";
}

static int terminal_width(FILE *out) {
    struct winsize size;
    return ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

void progress_start(Progress *progress) {
    progress->start_milliseconds = progress->drawn_milliseconds = now_milliseconds();
}

void progress_erase(Progress *progress) {
    if (progress->line_count > 0) {
        fprintf(progress->out, "\033[%dA\r\033[J", progress->line_count);
        fflush(progress->out);
        progress->line_count = 0;
    }
}

static void draw_line(Progress *progress, const char *line) {
    fprintf(progress->out, "%.*s\n", terminal_width(progress->out) - 1, line);
    progress->line_count++;
}

/* [====>>>     ]: done, running, to come; before the plan is scheduled a marker that wanders. */
static void write_bar(const Progress *progress, char *bar, int width) {
    const json_t *stats = statement_member(progress->statement, "stats");
    memset(bar, ' ', (size_t)width);
    bar[width] = '\0';
    if (!json_is_true(json_object_get(stats, "scheduled"))) {
        int range = width - 3,
            tick = (int)((now_milliseconds() - progress->start_milliseconds) / 500);
        int lower = tick % range;
        memcpy(bar + ((tick / range) % 2 == 1 ? range - lower : lower), "<=>", 3);
        return;
    }
    double total = stat(progress, "totalSplits");
    double done = total > 0 ? stat(progress, "completedSplits") / total : 0;
    double running = total > 0 ? stat(progress, "runningSplits") / total : 0;
    int done_width = (int)(done * width);
    int running_width = (int)(running * width + 0.999);
    done_width = done_width > width ? width : done_width;
    running_width = running_width > width - done_width ? width - done_width : running_width;
    memset(bar, '=', (size_t)done_width);
    memset(bar + done_width, '>', (size_t)running_width);
}

static void draw(Progress *progress) {
    char line[LINE_BYTES], bar[BAR_WIDTH_MAX + 1];
    long wall = now_milliseconds() - progress->start_milliseconds;
    bool is_decimal = progress->is_decimal_size;
    double rows = stat(progress, "processedRows"), bytes = stat(progress, "processedBytes");
    long long nodes = (long long)stat(progress, "nodes");
    int columns = terminal_width(progress->out);
    progress_erase(progress);
    snprintf(line, sizeof line, "Query %s, %s, %s node%s, %s of %s splits",
             statement_text(progress->statement, "id"), state_name(progress),
             grouped_text(nodes).text, nodes == 1 ? "" : "s",
             grouped_text((long long)stat(progress, "completedSplits")).text,
             grouped_text((long long)stat(progress, "totalSplits")).text);
    draw_line(progress, line);
    if (progress->is_debug) {
        draw_line(progress, statement_text(progress->statement, "infoUri"));
    }
    write_bar(progress, bar, columns < 75 ? 17 : (columns < 100 ? columns : 100) - 58);
    double percentage = stat(progress, "progressPercentage");
    snprintf(line, sizeof line, "%s [%5s rows, %6s] [%5s rows/s, %6s/s] [%s] %d%%",
             seconds_text(wall).text, count_text(rows).text,
             size_text(bytes, is_decimal, true).text,
             count_text(rate_per_second(rows, (double)wall)).text,
             size_text(rate_per_second(bytes, (double)wall), is_decimal, true).text, bar,
             percentage > 99 ? 99 : (int)percentage);
    draw_line(progress, line);
    fflush(progress->out);
}

void progress_tick(void *argument) {
    Progress *progress = argument;
    long now = now_milliseconds();
    if (progress->is_live && progress->statement->results != NULL &&
        now - progress->drawn_milliseconds >= REDRAW_MILLISECONDS) {
        draw(progress);
        progress->drawn_milliseconds = now;
    }
}

static void print_details(const Progress *progress, double wall) {
    FILE *out = progress->out;
    bool is_decimal = progress->is_decimal_size;
    double cpu = stat(progress, "cpuTimeMillis"), rows = stat(progress, "processedRows");
    double bytes = stat(progress, "processedBytes"), nodes = stat(progress, "nodes");
    double scheduled = stat(progress, "wallTimeMillis"), spilled = stat(progress, "spilledBytes");
    double parallelism = wall > 0 ? cpu / wall : 0;
    fprintf(out, "CPU Time: %.1fs total, %5s rows/s, %6s/s, %d%% active\n", cpu / 1000,
            count_text(rate_per_second(rows, cpu)).text,
            size_text(rate_per_second(bytes, cpu), is_decimal, true).text,
            scheduled > 0 ? (int)(cpu * 100 / scheduled > 100 ? 100 : cpu * 100 / scheduled) : 0);
    fprintf(out, "Per Node: %.1f parallelism, %5s rows/s, %6s/s\n", parallelism / nodes,
            count_text(rate_per_second(rows / nodes, wall)).text,
            size_text(rate_per_second(bytes / nodes, wall), is_decimal, true).text);
    fprintf(out, "Parallelism: %.1f\n", parallelism);
    fprintf(out, "Peak Memory: %s\n",
            size_text(stat(progress, "peakMemoryBytes"), is_decimal, true).text);
    if (spilled > 0) {
        fprintf(out, "Spilled: %s\n", size_text(spilled, is_decimal, true).text);
    }
}

void progress_print_summary(Progress *progress) {
    FILE *out = progress->out;
    double wall = stat(progress, "elapsedTimeMillis"), rows = stat(progress, "processedRows");
    double bytes = stat(progress, "processedBytes");
    long long nodes = (long long)stat(progress, "nodes");
    long long splits = (long long)stat(progress, "totalSplits");
    progress_erase(progress);
    if (nodes == 0 || splits == 0) {
        return;
    }
    fprintf(out, "\nQuery %s, %s, %s node%s\n", statement_text(progress->statement, "id"),
            state_name(progress), grouped_text(nodes).text, nodes == 1 ? "" : "s");
    if (progress->is_debug) {
        fprintf(out, "%s\n", statement_text(progress->statement, "infoUri"));
    }
    fprintf(out, "Splits: %s total, %s done (%.2f%%)\n", grouped_text(splits).text,
            grouped_text((long long)stat(progress, "completedSplits")).text,
            stat(progress, "progressPercentage"));
    if (progress->is_debug) {
        print_details(progress, wall);
    }
    fprintf(out, "%s [%s rows, %s] [%s rows/s, %s/s]\n\n", final_seconds_text((long)wall).text,
            count_text(rows).text, size_text(bytes, progress->is_decimal_size, true).text,
            count_text(rate_per_second(rows, wall)).text,
            size_text(rate_per_second(bytes, wall), progress->is_decimal_size, true).text);
    fflush(out);
}
