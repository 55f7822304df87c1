/* Calls librajada and picohttpparser with the same octets, made up at random, until the time is up, and compares all that is returned and written.
 * At the first difference it shows the octets, and aborts. `run` builds it.
 *
 *     compare SEED SECONDS
 *
 * picohttpparser is the peer: its functions are compiled with names that begin so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "picohttpparser.h"

int peer_parse_request(const char *buf, size_t len, const char **method, size_t *method_len, const char **path, size_t *path_len,
                       int *minor_version, struct phr_header *headers, size_t *num_headers, size_t last_len);
int peer_parse_response(const char *buf, size_t len, int *minor_version, int *status, const char **msg, size_t *msg_len,
                        struct phr_header *headers, size_t *num_headers, size_t last_len);
int peer_parse_headers(const char *buf, size_t len, struct phr_header *headers, size_t *num_headers, size_t last_len);
ssize_t peer_decode_chunked(struct phr_chunked_decoder *decoder, char *buf, size_t *bufsz);
int peer_decode_chunked_is_in_data(struct phr_chunked_decoder *decoder);

/* -- What is made up ------------------------------------------------------------------------------------------------------------------------ */

static const char *const REQUEST_LINES[] = {
    "GET / HTTP/1.1\r\n",
    "POST /a?b#c HTTP/1.0\r\n",
    "GET  /  HTTP/1.1\n",
    "\r\nGET /\xe9 HTTP/1.9\r\n",
};
static const char *const STATUS_LINES[] = {
    "HTTP/1.1 200 OK\r\n", "HTTP/1.0  404   Not Found\n", "HTTP/1.1 200\r\n", "HTTP/1.1 999 \xe9 x\r\n", "",
};
static const char *const FIELD_LINES[] = {
    "Host: a\r\n",
    "A:\r\n",
    "A: b \t\n",
    " folded\r\n",
    "\t\r\n",
    "Name: some longer value, so that vectors are filled \t\r\n",
    "A-name-that-is-longer-than-a-vector-of-thirty-two-octets-is: x\r\n",
    "X: \t y\tz\r\n",
    "C:\xff\r\n",
    "Cookie: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1\r\n",
    "a:b\r\n",
    "A : b\r\n",
};
static const char *const EMPTY_LINES[] = {"\r\n", "\n"};
static const char *const CHUNKS[] = {
    "5\r\nhello\r\n",
    "1\r\nx\r\n",
    "10\r\n0123456789abcdef\r\n",
    "a;b=c\r\n0123456789\r\n",
    "3 \t;x\r\nabc\r\n",
    "0\r\n",
    "0\r\n\r\n",
    "0\r\nA: b\r\nC: d\n\r\n",
    "00000000005\r\nhello\r\n",
    "ffffffffffffffff\r\n",
    "\r\n",
    "\n",
    "F",
    "0",
};
static const char OCTETS[] = "\r\n \t:/aZ0\0\x7f\x80(;|~{HTTP/1.";
static const size_t SLOTS[] = {16, 16, 16, 0, 1, 2, 3, 8, 16, 130};

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ONE_OF(array) ((array)[below(COUNT(array))])

/* xorshift64 */
static unsigned long long state;

static size_t below(size_t bound)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)((state >> 20) % bound);
}

static char octets[8192];
static size_t octets_len;

static void append(const char *text)
{
    size_t len = strlen(text);
    if (octets_len + len > sizeof octets / 2)
        return;
    memcpy(octets + octets_len, text, len);
    octets_len += len;
}

/* Exchanges, inserts or removes up to three octets. */
static void mutate(void)
{
    size_t left = below(4);
    while (left-- > 0 && octets_len > 0) {
        size_t at = below(octets_len);
        char octet = OCTETS[below(sizeof OCTETS - 1)];
        switch (below(4)) {
        case 0:
            octets[at] = octet;
            break;
        case 1:
            memmove(octets + at + 1, octets + at, octets_len - at);
            octets[at] = octet;
            octets_len++;
            break;
        case 2:
            memmove(octets + at, octets + at + 1, octets_len - at - 1);
            octets_len--;
            break;
        default:
            octets[at] = (char)below(256);
        }
    }
}

/* -- Heads ---------------------------------------------------------------------------------------------------------------------------------- */

enum kind { REQUEST, RESPONSE, FIELDS };
static const char *const KINDS[] = {"request", "response", "fields"};

/* All that a call returns and writes. */
struct found {
    int result, minor_version, status;
    const char *first, *second; /* method and target; the reason */
    size_t first_len, second_len, count;
    struct phr_header fields[130];
};

static unsigned long long calls, complete, incomplete, wrong, pieces;

static void differ(const char *what, size_t len, size_t last_len)
{
    size_t i;
    fprintf(stderr, "%s, last_len or offset %lu: ", what, (unsigned long)last_len);
    for (i = 0; i < len; i++)
        fprintf(stderr, octets[i] >= ' ' && octets[i] < 0x7f ? "%c" : "\\x%02x", (unsigned char)octets[i]);
    fputc('\n', stderr);
    abort();
}

/* What a variable has that is not written. */
static void begin(struct found *found, size_t slots)
{
    static const struct phr_header untouched = {octets, 7777, octets, 7777};
    size_t i;
    found->result = found->minor_version = found->status = 77;
    found->first = found->second = octets + sizeof octets - 1;
    found->first_len = found->second_len = 7777;
    found->count = slots;
    for (i = 0; i < slots; i++)
        found->fields[i] = untouched;
}

static int are_equal(const struct found *a, const struct found *b, size_t slots)
{
    size_t i;
    for (i = 0; i < slots; i++) {
        const struct phr_header *x = &a->fields[i], *y = &b->fields[i];
        if (x->name != y->name || x->name_len != y->name_len || x->value != y->value || x->value_len != y->value_len)
            return 0;
    }
    return a->result == b->result && a->minor_version == b->minor_version && a->status == b->status && a->first == b->first &&
           a->first_len == b->first_len && a->second == b->second && a->second_len == b->second_len && a->count == b->count;
}

static void compare_heads(enum kind kind, size_t len, size_t slots, size_t last_len)
{
    static struct found ours, theirs;
    struct found *a = &ours, *b = &theirs;
    begin(a, slots);
    begin(b, slots);
    switch (kind) {
    case REQUEST:
        a->result = phr_parse_request(octets, len, &a->first, &a->first_len, &a->second, &a->second_len, &a->minor_version, a->fields,
                                      &a->count, last_len);
        b->result = peer_parse_request(octets, len, &b->first, &b->first_len, &b->second, &b->second_len, &b->minor_version, b->fields,
                                       &b->count, last_len);
        break;
    case RESPONSE:
        a->result = phr_parse_response(octets, len, &a->minor_version, &a->status, &a->first, &a->first_len, a->fields, &a->count, last_len);
        b->result = peer_parse_response(octets, len, &b->minor_version, &b->status, &b->first, &b->first_len, b->fields, &b->count, last_len);
        break;
    case FIELDS:
        a->result = phr_parse_headers(octets, len, a->fields, &a->count, last_len);
        b->result = peer_parse_headers(octets, len, b->fields, &b->count, last_len);
    }
    if (!are_equal(a, b, slots))
        differ(KINDS[kind], len, last_len);
    calls++;
    complete += b->result >= 0;
    incomplete += b->result == -2;
    wrong += b->result == -1;
}

/* One head: whole, cut, and whole and cut with a last_len of up to three beyond the octets (picohttpparser reads behind them with more). */
static void head(void)
{
    static const enum kind OFTEN[] = {REQUEST, REQUEST, REQUEST, RESPONSE, RESPONSE, FIELDS};
    enum kind kind = ONE_OF(OFTEN);
    size_t slots = ONE_OF(SLOTS), lines = below(300) == 0 ? 120 + below(20) : below(7), cut;
    octets_len = 0;
    if (kind == REQUEST)
        append(ONE_OF(REQUEST_LINES));
    else if (kind == RESPONSE)
        append(ONE_OF(STATUS_LINES));
    while (lines-- > 0)
        append(ONE_OF(FIELD_LINES));
    if (below(8) > 0)
        append(ONE_OF(EMPTY_LINES));
    if (below(3) == 0)
        append("rest");
    mutate();
    cut = below(octets_len + 1);
    compare_heads(kind, octets_len, slots, 0);
    compare_heads(kind, cut, slots, 0);
    compare_heads(kind, octets_len, slots, cut);
    compare_heads(kind, octets_len, slots, below(octets_len + 4));
}

/* -- Chunked content ------------------------------------------------------------------------------------------------------------------------ */

static int are_decoders_equal(struct phr_chunked_decoder *a, struct phr_chunked_decoder *b)
{
    return a->bytes_left_in_chunk == b->bytes_left_in_chunk && a->_state == b->_state && a->_hex_count == b->_hex_count &&
           a->_total_read == b->_total_read && a->_total_overhead == b->_total_overhead &&
           phr_decode_chunked_is_in_data(a) == peer_decode_chunked_is_in_data(b);
}

/* Content in pieces, on and on behind its end and behind what is wrong. */
static void chunks(void)
{
    static char ours[sizeof octets], theirs[sizeof octets];
    struct phr_chunked_decoder a, b;
    size_t parts = 1 + below(8), at;
    octets_len = 0;
    while (parts-- > 0)
        append(ONE_OF(CHUNKS));
    mutate();
    memset(&a, 0, sizeof a);
    a.consume_trailer = (char)below(2);
    if (below(2) == 0) { /* near the bound of what is no content */
        a._total_overhead = 100 * 1024 - below(64);
        a._total_read = a._total_overhead + a._total_overhead / 3 + below(64);
    }
    b = a;
    for (at = 0; at < octets_len;) {
        size_t left = octets_len - at, len = below(4) == 0 ? left : 1 + below(12), our_len, their_len;
        ssize_t our_result, their_result;
        len = len < left ? len : left;
        our_len = their_len = len;
        memcpy(ours, octets + at, len);
        memcpy(theirs, octets + at, len);
        our_result = phr_decode_chunked(&a, ours, &our_len);
        their_result = peer_decode_chunked(&b, theirs, &their_len);
        if (our_result != their_result || our_len != their_len || memcmp(ours, theirs, len) != 0 || !are_decoders_equal(&a, &b))
            differ("chunks", octets_len, at);
        calls++;
        pieces++;
        at += len;
    }
}

int main(int count, char **arguments)
{
    time_t end;
    int i;
    if (count != 3) {
        fputs("compare SEED SECONDS\n", stderr);
        return 2;
    }
    state = strtoull(arguments[1], NULL, 10) * 0x9E3779B97F4A7C15ull + 1;
    end = time(NULL) + atoi(arguments[2]);
    do {
        for (i = 0; i < 20000; i++) {
            if (below(4) > 0)
                head();
            else
                chunks();
        }
    } while (time(NULL) < end);
    printf("%llu calls: heads %llu whole, %llu incomplete, %llu wrong; pieces of chunked content %llu; no difference\n", calls, complete,
           incomplete, wrong, pieces);
    return 0;
}
