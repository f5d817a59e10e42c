/* The readers of `bench live` and `live size`: thousands of Socket.IO connections on one thread.
 *
 * Reads one command a line and answers each with one line of JSON:
 *
 *   connect PORT COUNT AT_ONCE sio|raw [PACKET]   open the readers; PACKET is sent once connected, its answer ends the join
 *   phase                                         forget what was measured so far
 *   reach SEQ                                     wait until every reader has that line, or nothing more comes
 *   rate PER_SECOND SECONDS                       publish by a connection of its own, at planned moments, to a relay
 *   saturate SECONDS WINDOW                       publish as fast as all readers take it, WINDOW lines under way
 *   result                                        what came since `phase`
 *
 * A line's text ends with ⟦due⟧, the monotonic nanosecond at which it was due; the time to a reader counts from there,
 * so a server that falls behind is not flattered. Readers never come back: what they miss shows.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 18, LINES = 512, BUCKETS = 600000, BUCKET_NS = 50000, ADDRESSES = 8, COMMAND = 8192 };
static const uint64_t SECOND = 1000000000, PATIENCE = 25 * 1000000000ull, CONNECT_PATIENCE = 180 * 1000000000ull;
static const uint32_t STDIN = UINT32_MAX;

enum stage { UNUSED, CONNECTING, UPGRADING, OPENING, NAMING, JOINING, READING, GONE };

struct reader {
    int fd;
    enum stage stage;
    uint64_t started, last; /* nanosecond of the connect; number of the last line */
    char *rest;             /* the beginning of a frame whose end has not come yet */
    int rest_length;
};

struct line { uint64_t seq, due; };

static struct {
    uint64_t lines, lost, doubled, longest, began;
    uint32_t buckets[BUCKETS];
    double cpu;
} measured;

static struct reader *readers;
static int count, port, reading, gone, opened, poll_fd;
static bool raw;
static char join[COMMAND], buffer[BUFFER];
static uint32_t join_times[BUCKETS];
static uint64_t published;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * SECOND + t.tv_nsec;
}

static double cpu_seconds(void) {
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return used.ru_utime.tv_sec + used.ru_stime.tv_sec + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void tally(uint32_t *buckets, uint64_t nanoseconds) {
    uint64_t place = nanoseconds / BUCKET_NS;
    buckets[place < BUCKETS ? place : BUCKETS - 1]++;
}

/* Milliseconds below which `share` of what was tallied lies; exact to 0.05 ms. */
static double quantile(const uint32_t *buckets, double share) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < BUCKETS; i++) total += buckets[i];
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += buckets[i]) > share * (total ? total - 1 : 0)) return (i + 0.5) * BUCKET_NS / 1e6;
    return 0;
}

static void say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    vprintf(format, values);
    va_end(values);
    putchar('\n');
    fflush(stdout);
}

static void leave(struct reader *reader) {
    if (reader->stage == GONE) return;
    reading -= reader->stage == READING;
    reader->stage = GONE;
    gone++;
    close(reader->fd);
}

static void send_bytes(struct reader *reader, const char *bytes, int length) {
    if (send(reader->fd, bytes, length, MSG_NOSIGNAL) != length) leave(reader);
}

/* One masked text frame; the mask is zero, which the protocol allows and costs nothing. */
static void send_text(struct reader *reader, const char *text) {
    static char frame[COMMAND + 8];
    int length = strlen(text), head = length < 126 ? 2 : 4;
    frame[0] = (char)0x81;
    frame[1] = (char)(0x80 | (length < 126 ? length : 126));
    if (head == 4) frame[2] = length >> 8, frame[3] = length & 255;
    memset(frame + head, 0, 4);
    memcpy(frame + head + 4, text, length);
    send_bytes(reader, frame, head + 4 + length);
}

static void open_reader(struct reader *reader) {
    int on = 1;
    reader->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    reader->stage = CONNECTING;
    reader->started = now();
    opened++;
    if (reader->fd < 0) return leave(reader);
    setsockopt(reader->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(reader->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + opened % ADDRESSES)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bind(reader->fd, (struct sockaddr *)&from, sizeof from); /* one address has too few ports for the largest runs */
    if (connect(reader->fd, (struct sockaddr *)&to, sizeof to) < 0 && errno != EINPROGRESS) return leave(reader);
    struct epoll_event wanted = {.events = EPOLLOUT, .data.u32 = reader - readers};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, reader->fd, &wanted);
}

static void ask_upgrade(struct reader *reader) {
    char request[512];
    int length = snprintf(request, sizeof request,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\n"
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", port, port);
    struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = reader - readers};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, reader->fd, &wanted);
    reader->stage = UPGRADING;
    send_bytes(reader, request, length);
}

static uint64_t number_after(const char *text, int length, const char *name) {
    const char *found = memmem(text, length, name, strlen(name));
    return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

/* The lines of an `events` packet. All readers get the same bytes, so they are read once and compared afterwards. */
static int lines_of(const char *packet, int length, struct line **lines) {
    static char known[BUFFER];
    static struct line found[LINES];
    static int known_length, amount;
    *lines = found;
    if (length == known_length && !memcmp(packet, known, length)) return amount;
    memcpy(known, packet, known_length = length);
    amount = 0;
    for (const char *at = packet, *end = packet + length; amount < LINES; amount++) {
        if (!(at = memmem(at, end - at, "\"seq\":", 6))) break;
        found[amount].seq = strtoull(at += 6, NULL, 10);
        const char *next = memmem(at, end - at, "\"seq\":", 6);
        found[amount].due = number_after(at, (next ? next : end) - at, "⟦");
    }
    return amount;
}

static void take_lines(struct reader *reader, const char *packet, int length) {
    struct line *lines;
    uint64_t at = now();
    for (int i = 0, amount = lines_of(packet, length, &lines); i < amount; i++) {
        if (lines[i].seq <= reader->last) {
            measured.doubled++;
            continue;
        }
        measured.lost += lines[i].seq - reader->last - 1;
        reader->last = lines[i].seq;
        if (lines[i].due < measured.began) continue; /* of an earlier phase, or without a stamp */
        uint64_t took = at - lines[i].due;
        tally(measured.buckets, took);
        measured.lines++;
        if (took > measured.longest) measured.longest = took;
    }
}

static void joined(struct reader *reader, uint64_t head) {
    reader->stage = READING;
    reader->last = head;
    reading++;
    tally(join_times, now() - reader->started);
}

/* One Engine.IO packet: open, then CONNECT to the namespace, then the answer to the join, then lines. */
static void take_packet(struct reader *reader, char *packet, int length) {
    static const char LINE[] = "42/live,[\"events\"";
    if (length == 1 && packet[0] == '2') return send_text(reader, "3");
    switch (reader->stage) {
    case OPENING:
        reader->stage = NAMING;
        return send_text(reader, "40/live,");
    case NAMING:
        if (strncmp(packet, "40", 2)) return leave(reader);
        if (!*join) return joined(reader, published);
        reader->stage = JOINING;
        return send_text(reader, join);
    case JOINING:
        if (strncmp(packet, "43", 2)) return;
        if (!memmem(packet, length, "\"ok\":true", 9)) return leave(reader);
        return joined(reader, number_after(packet, length, "\"head\":"));
    case READING:
        if (reader == readers + count) return; /* the publisher hears itself */
        if (length > (int)sizeof LINE && !memcmp(packet, LINE, sizeof LINE - 1)) take_lines(reader, packet, length);
        return;
    default:
        return;
    }
}

/* Takes whole frames from `bytes`; answers how many bytes were used. Servers neither mask nor split what they send. */
static int take_bytes(struct reader *reader, char *bytes, int length) {
    int used = 0;
    if (reader->stage == UPGRADING) {
        char *end = memmem(bytes, length, "\r\n\r\n", 4);
        if (!end) return 0;
        if (memcmp(bytes, "HTTP/1.1 101", 12)) return leave(reader), length;
        used = end + 4 - bytes;
        reader->stage = OPENING;
        if (raw) joined(reader, published);
    }
    while (reader->stage != GONE && length - used >= 2) {
        unsigned char *frame = (unsigned char *)bytes + used;
        uint64_t size = frame[1] & 127;
        int head = size < 126 ? 2 : size == 126 ? 4 : 10;
        if (length - used < head) break;
        if (head > 2) {
            size = 0;
            for (int i = 2; i < head; i++) size = size << 8 | frame[i];
        }
        if (size > BUFFER - 16 || (frame[0] & 15) == 8) return leave(reader), length;
        if ((uint64_t)(length - used) < head + size) break;
        if ((frame[0] & 15) == 1) take_packet(reader, bytes + used + head, size);
        used += head + size;
    }
    return used;
}

static void receive(struct reader *reader) {
    int before = reader->rest_length;
    if (before) memcpy(buffer, reader->rest, before);
    int received = recv(reader->fd, buffer + before, BUFFER - before, 0);
    if (received < 0 && errno == EAGAIN) return;
    if (received <= 0) return leave(reader);
    int length = before + received, used = take_bytes(reader, buffer, length);
    reader->rest_length = reader->stage == GONE ? 0 : length - used;
    if (reader->rest_length) {
        reader->rest = realloc(reader->rest, reader->rest_length);
        memcpy(reader->rest, buffer + used, reader->rest_length);
    }
}

/* Handle what has come, waiting until `until` at most; true when a command waits on standard input. */
static bool turn(uint64_t until) {
    static struct epoll_event events[1024];
    uint64_t at = now();
    int wait = until <= at ? 0 : (until - at + 999999) / 1000000, amount = epoll_wait(poll_fd, events, 1024, wait);
    bool asked = false;
    for (int i = 0; i < amount; i++) {
        if (events[i].data.u32 == STDIN) {
            asked = true;
            continue;
        }
        struct reader *reader = readers + events[i].data.u32;
        if (reader->stage == CONNECTING) events[i].events & EPOLLERR ? leave(reader) : ask_upgrade(reader);
        else if (reader->stage != GONE) receive(reader);
    }
    return asked;
}

static void forget(void) {
    memset(&measured, 0, sizeof measured);
    measured.began = now();
    measured.cpu = cpu_seconds();
}

static void answer_result(void) {
    double wall = (now() - measured.began) / 1e9;
    say("{\"count\": %" PRIu64 ", \"p50\": %.2f, \"p90\": %.2f, \"p99\": %.2f, \"max\": %.2f, \"lost\": %" PRIu64
        ", \"doubled\": %" PRIu64 ", \"dropped\": %d, \"seconds\": %.3f, \"busy\": %.3f}",
        measured.lines, quantile(measured.buckets, .5), quantile(measured.buckets, .9), quantile(measured.buckets, .99),
        measured.longest / 1e6, measured.lost, measured.doubled, gone, wall, (cpu_seconds() - measured.cpu) / wall);
}

static void command_connect(const char *arguments) {
    int at_once, begin = 0;
    char kind[8] = "";
    if (sscanf(arguments, "%d %d %d %7s %n", &port, &count, &at_once, kind, &begin) < 4) exit(2);
    raw = !strcmp(kind, "raw");
    snprintf(join, sizeof join, "%s", arguments + begin);
    readers = calloc(count + 1, sizeof *readers); /* the last one is the publisher */
    uint64_t started = now(), end = started + CONNECT_PATIENCE;
    for (int next = 0; reading + gone < count && now() < end; turn(now() + SECOND / 50))
        while (next < count && opened - reading - gone < at_once) open_reader(readers + next++);
    say("{\"joined\": %d, \"failed\": %d, \"seconds\": %.3f, \"p50\": %.2f, \"p99\": %.2f}", reading, count - reading,
        (now() - started) / 1e9, quantile(join_times, .5), quantile(join_times, .99));
}

static uint64_t slowest(void) {
    uint64_t least = UINT64_MAX;
    for (int i = 0; i < count; i++)
        if (readers[i].stage == READING && readers[i].last < least) least = readers[i].last;
    return least == UINT64_MAX ? 0 : least;
}

/* True once every reader has the line; false when nothing has come for PATIENCE. */
static bool reach(uint64_t seq) {
    uint64_t lines = measured.lines, end = now() + PATIENCE;
    while (slowest() < seq) {
        turn(now() + SECOND / 100);
        if (measured.lines != lines) lines = measured.lines, end = now() + PATIENCE;
        if (now() > end) return false;
    }
    return true;
}

static void publish(uint64_t due) {
    static char packet[2048];
    snprintf(packet, sizeof packet,
        "42/live,[\"%s\",{\"epoch\":\"0123456789abcdef0123456789abcdef\",\"head\":%" PRIu64 ",\"events\":[{\"seq\":%" PRIu64
        ",\"kind\":\"publish\",\"post\":\"0123456789abcdef0123456789abcdef\",\"rev\":1,"
        "\"at\":\"2026-01-01T09:00:00.000000+08:00\",\"speaker\":\"主持人\",\"type\":\"speech\",\"text\":"
        "\"同意这个方案。请住建部门会后再到两个小区看一遍，把居民提出的施工时间、出行和噪声问题一并列入实施计划。⟦%" PRIu64 "⟧\"}]}]",
        raw ? "events" : "post", published + 1, published + 1, due);
    published++;
    send_text(readers + count, packet);
}

static void open_publisher(void) {
    struct reader *publisher = readers + count;
    if (publisher->stage == READING) return;
    *join = 0, opened--;
    open_reader(publisher);
    for (uint64_t end = now() + PATIENCE; publisher->stage != READING && now() < end;) turn(now() + SECOND / 50);
    reading--;
    if (publisher->stage != READING) exit(3);
}

static void command_rate(const char *arguments) {
    double rate, seconds;
    if (sscanf(arguments, "%lf %lf", &rate, &seconds) < 2) exit(2);
    open_publisher();
    forget();
    uint64_t end = measured.began + seconds * SECOND, due = measured.began;
    for (; due < end; due += SECOND / rate) {
        while (now() < due) turn(due);
        publish(due);
        turn(0);
    }
    reach(published);
    answer_result();
}

static void command_saturate(const char *arguments) {
    double seconds;
    unsigned window;
    if (sscanf(arguments, "%lf %u", &seconds, &window) < 2) exit(2);
    open_publisher();
    forget();
    uint64_t end = measured.began + seconds * SECOND, base = published;
    for (; now() < end; turn(now() + SECOND / 1000))
        while ((published - base) < measured.lines / reading + window) publish(now());
    uint64_t lines = measured.lines;
    double wall = (now() - measured.began) / 1e9, busy = (cpu_seconds() - measured.cpu) / wall;
    reach(published);
    say("{\"per_second\": %.0f, \"count\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"doubled\": %" PRIu64
        ", \"dropped\": %d, \"busy\": %.3f}", lines / wall, measured.lines, measured.lost, measured.doubled, gone, busy);
}

int main(void) {
    static char command[COMMAND];
    struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = STDIN};
    poll_fd = epoll_create1(0);
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &wanted);
    setvbuf(stdin, NULL, _IONBF, 0); /* what was read ahead would not wake the poll */
    for (;;) {
        while (!turn(now() + SECOND)) continue;
        if (!fgets(command, sizeof command, stdin)) return 0;
        command[strcspn(command, "\n")] = 0;
        char *arguments = strchrnul(command, ' ');
        if (*arguments) *arguments++ = 0;
        if (!strcmp(command, "connect")) command_connect(arguments);
        else if (!strcmp(command, "phase")) forget(), say("{}");
        else if (!strcmp(command, "reach")) say("{\"reached\": %s}", reach(strtoull(arguments, NULL, 10)) ? "true" : "false");
        else if (!strcmp(command, "rate")) command_rate(arguments);
        else if (!strcmp(command, "saturate")) command_saturate(arguments);
        else if (!strcmp(command, "result")) answer_result();
        else return 2;
    }
}
