/* The floor of `bench live`: what no server that sends one message to each reader can beat on this machine.
 *
 * One thread; any text frame that comes in is framed once and goes to every other connection with one `send` each: no
 * protocol above WebSocket, no queue, no memory of anything. A reader that does not keep up loses bytes.
 * Usage: floor PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { CONNECTIONS = 70000, BUFFER = 1 << 16 };
static const char UPGRADED[] = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
static int open_fds[CONNECTIONS], amount, poll_fd;
static bool upgraded[CONNECTIONS];

static void accept_all(int listener) {
    for (int fd, on = 1; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK)) >= 0;) {
        struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
        if (fd >= CONNECTIONS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        upgraded[fd] = false;
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &wanted);
    }
}

static void forget(int fd) {
    for (int i = 0; i < amount; i++)
        if (open_fds[i] == fd) open_fds[i--] = open_fds[--amount];
    close(fd);
}

/* Unmask the frames in `bytes` and send each to all. */
static void broadcast(unsigned char *bytes, int length) {
    static unsigned char frame[BUFFER];
    while (length >= 6) {
        int size = bytes[1] & 127, head = 2, out = 2;
        if (size == 126) size = bytes[2] << 8 | bytes[3], head = 4;
        if (length < head + 4 + size) return;
        frame[0] = 0x81, frame[1] = size < 126 ? size : 126;
        if (size >= 126) frame[2] = size >> 8, frame[3] = size & 255, out = 4;
        for (int i = 0; i < size; i++) frame[out + i] = bytes[head + 4 + i] ^ bytes[head + i % 4];
        if ((bytes[0] & 15) == 1)
            for (int i = 0; i < amount; i++) send(open_fds[i], frame, out + size, MSG_NOSIGNAL | MSG_DONTWAIT);
        bytes += head + 4 + size, length -= head + 4 + size;
    }
}

static void receive(int fd) {
    static unsigned char bytes[BUFFER];
    int length = recv(fd, bytes, sizeof bytes, 0);
    if (length <= 0) return forget(fd);
    if (upgraded[fd]) return broadcast(bytes, length);
    upgraded[fd] = true;
    open_fds[amount++] = fd;
    send(fd, UPGRADED, sizeof UPGRADED - 1, MSG_NOSIGNAL);
}

int main(int count, char **words) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), on = 1;
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener}, events[512];
    if (count < 2) return 2;
    here.sin_port = htons(atoi(words[1]));
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, (struct sockaddr *)&here, sizeof here)) return perror("floor"), 1;
    listen(listener, 4096);
    poll_fd = epoll_create1(0);
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &wanted);
    for (;;)
        for (int i = 0, ready = epoll_wait(poll_fd, events, 512, -1); i < ready; i++)
            events[i].data.fd == listener ? accept_all(listener) : receive(events[i].data.fd);
}
