/*
 * Colours for terminals: color, rgb, render, bar. A color is stored as what it shows: a system
 * colour's name, or "#rrggbb". Colours between two others go through hue, saturation and
 * brightness.
 */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/double_text.h"
#include "function/scalar/arguments.h"

static const char *const system_colors[] = {"black", "red",     "green", "yellow",
                                            "blue",  "magenta", "cyan",  "white"};
enum { SYSTEM_COLORS = 8, SYSTEM_RED = -2, SYSTEM_GREEN = -3 };

static int32_t hex_value(char c) {
    return isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

/* 0xrrggbb of a stored color; -1 - number for a system colour. */
static int32_t color_of(const StringView *view) {
    const char *text = string_data(view);
    int32_t rgb = 0;
    for (int32_t i = 0; text[0] != '#' && i < SYSTEM_COLORS; i++) {
        if (strlen(system_colors[i]) == view->length &&
            memcmp(text, system_colors[i], view->length) == 0) {
            return -1 - i;
        }
    }
    for (uint32_t i = 1; i < view->length; i++) {
        rgb = rgb << 4 | hex_value(text[i]);
    }
    return rgb;
}

static void return_rgb(KernelCall *call, int32_t row, int32_t rgb) {
    char text[16];
    int length = snprintf(text, sizeof text, "#%06x", (unsigned)rgb & 0xFFFFFF);
    return_string(call, row, text, (size_t)length);
}

/* ---- making colours ---- */

static Status color_named(KernelCall *call) {
    KERNEL_FOR_EACH_ROW(call, row) {
        const StringView *view = string_argument(call, 0, row);
        const char *text = string_data(view);
        if (view->length == 4 && text[0] == '#' && isxdigit((unsigned char)text[1]) &&
            isxdigit((unsigned char)text[2]) && isxdigit((unsigned char)text[3])) {
            int32_t red = hex_value(text[1]), green = hex_value(text[2]), blue = hex_value(text[3]);
            return_rgb(call, row, (red << 16 | green << 8 | blue) * 17);
            continue;
        }
        int32_t found = 0;
        while (found < SYSTEM_COLORS &&
               (strlen(system_colors[found]) != view->length ||
                strncasecmp(text, system_colors[found], view->length) != 0)) {
            found++;
        }
        if (found < SYSTEM_COLORS) {
            return_string(call, row, system_colors[found], view->length);
        } else {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "Invalid color: '%.*s'",
                        (int)view->length, text);
        }
    }
    return OK;
}

static Status rgb(KernelCall *call) {
    static const char *const names[] = {"red", "green", "blue"};
    KERNEL_FOR_EACH_ROW(call, row) {
        int64_t parts[3];
        int bad = -1;
        for (int i = 2; i >= 0; i--) {
            parts[i] = bigint_argument(call, i, row);
            bad = parts[i] < 0 || parts[i] > 255 ? i : bad;
        }
        if (bad >= 0) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s must be between 0 and 255",
                        names[bad]);
            continue;
        }
        return_rgb(call, row, (int32_t)(parts[0] << 16 | parts[1] << 8 | parts[2]));
    }
    return OK;
}

/* ---- between two colours ---- */

typedef struct Hsb {
    double hue, saturation, brightness; /* 0 .. 1 */
} Hsb;

static Hsb hsb_of(int32_t color) {
    int32_t red = color >> 16 & 255, green = color >> 8 & 255, blue = color & 255;
    int32_t high = red > green ? red : green, low = red < green ? red : green;
    high = high > blue ? high : blue;
    low = low < blue ? low : blue;
    Hsb hsb = {.brightness = high / 255.0};
    if (high > low) {
        double span = high - low;
        hsb.saturation = span / high;
        double hue = red == high     ? (green - blue) / span
                     : green == high ? 2 + (blue - red) / span
                                     : 4 + (red - green) / span;
        hsb.hue = hue < 0 ? hue / 6 + 1 : hue / 6;
    }
    return hsb;
}

static int32_t rgb_of(Hsb hsb) {
    double sector = (hsb.hue - floor(hsb.hue)) * 6, part = sector - floor(sector);
    double high = hsb.brightness, low = high * (1 - hsb.saturation);
    double falling = high * (1 - hsb.saturation * part);
    double rising = high * (1 - hsb.saturation * (1 - part));
    double channels[6][3] = {{high, rising, low},  {falling, high, low}, {low, high, rising},
                             {low, falling, high}, {rising, low, high},  {high, low, falling}};
    const double *c = channels[(int)sector];
    return (int32_t)(c[0] * 255 + 0.5) << 16 | (int32_t)(c[1] * 255 + 0.5) << 8 |
           (int32_t)(c[2] * 255 + 0.5);
}

static int32_t mix(int32_t low, int32_t high, double fraction) {
    Hsb a = hsb_of(low), b = hsb_of(high);
    fraction = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    return rgb_of((Hsb){.hue = a.hue + (b.hue - a.hue) * fraction,
                        .saturation = a.saturation + (b.saturation - a.saturation) * fraction,
                        .brightness = a.brightness + (b.brightness - a.brightness) * fraction});
}

/* The two ends, arguments first and first + 1; false when the row has failed. */
static bool color_ends(KernelCall *call, int32_t row, int32_t first, int32_t *ret_low,
                       int32_t *ret_high) {
    *ret_low = color_of(string_argument(call, first, row));
    *ret_high = color_of(string_argument(call, first + 1, row));
    if (*ret_low < 0 || *ret_high < 0) {
        kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "%s color not a valid RGB color",
                    *ret_low < 0 ? "low" : "high");
        return false;
    }
    return true;
}

static Status color_between(KernelCall *call) {
    bool ranged = call->argument_count == 5;
    KERNEL_FOR_EACH_ROW(call, row) {
        double fraction = KERNEL_ARGUMENT(call, 0, double, row);
        int32_t low, high;
        if (ranged) {
            double least = KERNEL_ARGUMENT(call, 1, double, row);
            fraction = (fraction - least) / (KERNEL_ARGUMENT(call, 2, double, row) - least);
        }
        if (color_ends(call, row, ranged ? 3 : 1, &low, &high)) {
            return_rgb(call, row, mix(low, high, fraction));
        }
    }
    return OK;
}

/* ---- terminals ---- */

/* A system colour's number, or the place in the cube of 6 x 6 x 6 that terminals show. */
static int32_t ansi_code(int32_t color) {
    if (color < 0) {
        return -1 - color;
    }
    int32_t red = (color >> 16 & 255) * 6 / 256, green = (color >> 8 & 255) * 6 / 256;
    return 16 + red * 36 + green * 6 + (color & 255) * 6 / 256;
}

static void append_colored(ByteString *out, int32_t color, const char *text, size_t size) {
    byte_string_printf(out, "\x1b[38;5;%dm", ansi_code(color));
    byte_string_append(out, text, size);
}

static Status render(KernelCall *call) {
    TypeKind kind = call->function->argument_types[0]->kind;
    ByteString out = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        char number[DOUBLE_TEXT_MAX];
        const char *text = number;
        size_t size;
        int32_t color = kind != TYPE_BOOLEAN ? color_of(string_argument(call, 1, row)) : SYSTEM_RED;
        if (kind == TYPE_BOOLEAN) {
            bool value = KERNEL_ARGUMENT(call, 0, uint8_t, row);
            color = value ? SYSTEM_GREEN : SYSTEM_RED;
            text = value ? "✓" : "✗";
            size = strlen(text);
        } else if (kind == TYPE_BIGINT) {
            size =
                (size_t)snprintf(number, sizeof number, "%ld", (long)bigint_argument(call, 0, row));
        } else if (kind == TYPE_DOUBLE) {
            size = (size_t)double_print(KERNEL_ARGUMENT(call, 0, double, row), number);
        } else {
            text = string_data(string_argument(call, 0, row));
            size = string_argument(call, 0, row)->length;
        }
        out.size = 0;
        append_colored(&out, color, text, size);
        byte_string_append_text(&out, "\x1b[0m");
        return_string(call, row, out.data, out.size);
    }
    byte_string_done(&out);
    return OK;
}

static Status bar(KernelCall *call) {
    ByteString out = {0};
    KERNEL_FOR_EACH_ROW(call, row) {
        double value = KERNEL_ARGUMENT(call, 0, double, row);
        int64_t width = bigint_argument(call, 1, row);
        int32_t low = 0xFF0000, high = 0x00FF00;
        if (width < 0 || width > 100000) {
            kernel_fail(call, row, INVALID_FUNCTION_ARGUMENT, "width must be positive");
            continue;
        }
        if (call->argument_count == 4 && !color_ends(call, row, 2, &low, &high)) {
            continue;
        }
        value = value < 0 ? 0 : value > 1 ? 1 : value;
        int64_t filled = (int64_t)(value * (double)width);
        out.size = 0;
        for (int64_t i = 0; i < filled; i++) {
            double fraction = width > 1 ? (double)i / (double)(width - 1) : 1;
            append_colored(&out, mix(low, high, fraction), "█", strlen("█"));
        }
        byte_string_append_text(&out, "\x1b[0m");
        for (int64_t i = filled; i < width; i++) {
            byte_string_append_char(&out, ' ');
        }
        return_string(call, row, out.data, out.size);
    }
    byte_string_done(&out);
    return OK;
}

const ScalarFunction color_functions[] = {
    {"color", "(varchar(x)) -> color", color_named, 0},
    {"color", "(double, color, color) -> color", color_between, 0},
    {"color", "(double, double, double, color, color) -> color", color_between, 0},
    {"rgb", "(bigint, bigint, bigint) -> color", rgb, 0},
    {"render", "<y = min(2147483647, x + 15)>(varchar(x), color) -> varchar(y)", render, 0},
    {"render", "(bigint, color) -> varchar(35)", render, 0},
    {"render", "(double, color) -> varchar(41)", render, 0},
    {"render", "(boolean) -> varchar(16)", render, 0},
    {"bar", "(double, bigint) -> varchar", bar, 0},
    {"bar", "(double, bigint, color, color) -> varchar", bar, 0},
    {NULL},
};
