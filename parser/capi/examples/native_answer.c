/* The server's side of a connection without its sockets: takes octets as they arrive, one at a
 * time, answers each request with its content, and closes behind what it refuses.
 */
#undef NDEBUG /* what is asserted is what this shows */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rajada.h"

#define FIELDS 32

/* What comes next on the connection. */
enum next { HEAD, EXACT, CHUNKS, TRAILERS, CLOSED };

/* All that is kept of a connection. */
struct connection {
    enum next next;
    rajada_config config;
    rajada_resume resume;
    rajada_field fields[FIELDS];
    rajada_request request;
    int is_head; /* the request is by HEAD, which no content answers */
    rajada_chunked chunked;
    uint64_t left; /* octets of content still to come */
    uint8_t in[4096];
    size_t in_len;
    char content[1024];
    size_t content_len;
    char out[4096];
    size_t out_len;
};

static void begin(struct connection *c)
{
    int32_t done;
    memset(c, 0, sizeof *c); /* a resume that is all zero is a fresh one */
    done = rajada_config_init(&c->config, RAJADA_PROFILE_STRICT);
    assert(done == RAJADA_COMPLETE);
    done = rajada_config_set_limit(&c->config, RAJADA_LIMIT_HEAD, 2048);
    assert(done == RAJADA_COMPLETE);
}

/* Forgets the first octets of what has arrived. */
static void take(struct connection *c, size_t octets)
{
    memmove(c->in, c->in + octets, c->in_len - octets);
    c->in_len -= octets;
}

static void write_out(struct connection *c, const char *octets, size_t len)
{
    assert(c->out_len + len < sizeof c->out);
    memcpy(c->out + c->out_len, octets, len);
    c->out_len += len;
    c->out[c->out_len] = 0;
}

/* What the client has to be told of the connection: its end, or that a client of HTTP/1.0, which
 * expects the end, may go on. */
static const char *connection_line(const rajada_request *request)
{
    if (!request->framing.persistent)
        return "Connection: close\r\n";
    return request->minor_version == 0 ? "Connection: keep-alive\r\n" : "";
}

static void respond(struct connection *c)
{
    char head[128];
    int len = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n%sContent-Length: %lu\r\n\r\n",
                       connection_line(&c->request), (unsigned long)c->content_len);
    write_out(c, head, (size_t)len);
    if (!c->is_head)
        write_out(c, c->content, c->content_len);
    c->content_len = 0;
    c->next = c->request.framing.persistent ? HEAD : CLOSED;
}

static void refuse(struct connection *c, uint16_t status, const char *reason)
{
    char head[256];
    int len = snprintf(head, sizeof head, "HTTP/1.1 %u \r\nConnection: close\r\nContent-Length: %lu\r\n\r\n%s",
                       (unsigned)status, (unsigned long)strlen(reason), c->is_head ? "" : reason);
    write_out(c, head, (size_t)len);
    c->next = CLOSED;
}

static void refuse_error(struct connection *c, const rajada_error *error)
{
    refuse(c, error->status, rajada_error_message(error->kind));
}

/* Keeps content, unless it is too long. */
static int keep(struct connection *c, const uint8_t *octets, size_t len)
{
    if (len > sizeof c->content - c->content_len) {
        refuse(c, 413, "content over the limit");
        return 0;
    }
    memcpy(c->content + c->content_len, octets, len);
    c->content_len += len;
    return 1;
}

/* One step; whether there may be another. */
static int advance(struct connection *c)
{
    rajada_error error;
    rajada_chunk chunk;
    rajada_section trailers;
    int32_t outcome;
    size_t len;

    switch (c->next) {
    case HEAD:
        outcome = rajada_parse_request(&c->config, c->in, c->in_len, &c->resume, c->fields, FIELDS,
                                       &c->request, &error);
        if (outcome == RAJADA_INCOMPLETE)
            return 0;
        /* Also of a head whose framing is refused, the method is known. (Of any other all is 0.) */
        len = c->request.method_end - c->request.method_start;
        c->is_head = len == 4 && memcmp(c->in + c->request.method_start, "HEAD", 4) == 0;
        if (outcome == RAJADA_ERROR) {
            refuse_error(c, &error);
            return 0;
        }
        assert(outcome == RAJADA_COMPLETE);
        take(c, c->request.head_len); /* what is needed of the head is to be copied before this */
        if (c->request.framing.upgrade || c->request.framing.tunnel) {
            refuse(c, 501, "no other protocols here");
            return 0;
        }
        if (c->request.framing.expect_continue)
            write_out(c, "HTTP/1.1 100 Continue\r\n\r\n", 25);
        switch (c->request.framing.body) {
        case RAJADA_BODY_CHUNKED:
            outcome = rajada_chunked_init(&c->chunked, &c->config);
            assert(outcome == RAJADA_COMPLETE);
            c->next = CHUNKS;
            break;
        case RAJADA_BODY_EXACT:
            c->left = c->request.framing.content_length;
            c->next = EXACT;
            break;
        default:
            respond(c);
        }
        return c->next != CLOSED;
    case EXACT:
        len = c->left < c->in_len ? (size_t)c->left : c->in_len;
        if (!keep(c, c->in, len))
            return 0;
        take(c, len);
        c->left -= len;
        if (c->left > 0)
            return 0;
        respond(c);
        return c->next != CLOSED;
    case CHUNKS:
        outcome = rajada_chunked_decode(&c->chunked, c->in, c->in_len, &chunk, &error);
        if (outcome == RAJADA_ERROR) {
            refuse_error(c, &error);
            return 0;
        }
        if (outcome == RAJADA_DATA && !keep(c, c->in + chunk.data_start, chunk.data_len))
            return 0;
        take(c, chunk.consumed);
        if (outcome == RAJADA_COMPLETE)
            c->next = TRAILERS;
        return outcome != RAJADA_INCOMPLETE;
    case TRAILERS:
        outcome = rajada_parse_trailers(&c->config, c->in, c->in_len, &c->resume, c->fields, FIELDS,
                                        &trailers, &error);
        if (outcome == RAJADA_INCOMPLETE)
            return 0;
        if (outcome == RAJADA_ERROR) {
            refuse_error(c, &error);
            return 0;
        }
        take(c, trailers.section_len);
        respond(c);
        return c->next != CLOSED;
    case CLOSED:
        break;
    }
    return 0;
}

/* Octets arrive. */
static void receive(struct connection *c, const char *octets, size_t len)
{
    assert(len <= sizeof c->in - c->in_len);
    memcpy(c->in + c->in_len, octets, len);
    c->in_len += len;
    while (advance(c))
        ;
}

static void check(const char *requests, const char *answers)
{
    static struct connection whole, slow;
    size_t i, len = strlen(requests);
    begin(&whole);
    receive(&whole, requests, len);
    begin(&slow);
    for (i = 0; i < len && slow.next != CLOSED; i++)
        receive(&slow, requests + i, 1);
    printf("%s\n--\n", whole.out);
    assert(strcmp(whole.out, answers) == 0);
    assert(strcmp(slow.out, answers) == 0);
}

int main(void)
{
    check("GET / HTTP/1.1\r\nHost: a\r\n\r\n"
          "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
          "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
          "4\r\nwell\r\nA;note=yes\r\n, good bye\r\n0\r\nSum: 42\r\n\r\n"
          "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
          "GET /not-looked-at",
          "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
          "HTTP/1.1 100 Continue\r\n\r\n"
          "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\nwell, good bye"
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    /* The same answer without its content. */
    check("HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
          "HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
          "HTTP/1.1 400 \r\nConnection: close\r\nContent-Length: 28\r\n\r\n");
    /* A client of HTTP/1.0 is told that the connection persists. */
    check("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
          "GET / HTTP/1.0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"
          "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    /* Two recipients could frame this differently: it is refused, and what follows is not parsed. */
    check("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
          "0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
          "HTTP/1.1 400 \r\nConnection: close\r\nContent-Length: 39\r\n\r\n"
          "Transfer-Encoding beside Content-Length");
    check("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n",
          "HTTP/1.1 400 \r\nConnection: close\r\nContent-Length: 38\r\n\r\n"
          "an octet that can't be in a chunk size");
    return 0;
}
