/* A program that was written for picohttpparser: a request that arrives in pieces, with chunked content behind its head.
 *
 *   cc -I parser/capi/include parser/capi/examples/picohttpparser.c target/release/librajada.a -o picohttpparser && ./picohttpparser
 */
#include "picohttpparser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELDS 16

/* What arrives, in pieces of seven octets. */
static const char stream[] = "POST /greet?how=loud HTTP/1.1\r\n"
                             "Host: example.org\r\n"
                             "Transfer-Encoding: chunked\r\n"
                             "\r\n"
                             "6\r\nhello \r\n"
                             "5;a=b\r\nworld\r\n"
                             "0\r\n"
                             "Sum: 42\r\n"
                             "\r\n"
                             "GET /next";
static size_t arrived;

static size_t receive(char *to)
{
    size_t left = sizeof(stream) - 1 - arrived, len = left < 7 ? left : 7;
    memcpy(to, stream + arrived, len);
    arrived += len;
    return len;
}

static void check(int holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "not so: %s\n", what);
        exit(1);
    }
}

static int same(const char *text, size_t len, const char *expected)
{
    return len == strlen(expected) && memcmp(text, expected, len) == 0;
}

int main(void)
{
    char buf[sizeof(stream)];
    size_t len = 0, last_len, field_count, method_len, path_len, i;
    const char *method, *path;
    int minor_version, head_len;
    struct phr_header fields[FIELDS];

    /* The head: the same octets again and again, and more behind them. */
    do {
        last_len = len;
        len += receive(buf + len);
        check(len > last_len, "more arrives");
        field_count = FIELDS;
        head_len = phr_parse_request(buf, len, &method, &method_len, &path, &path_len, &minor_version, fields, &field_count, last_len);
    } while (head_len == -2);
    check(head_len > 0, "the head is in order");
    check(same(method, method_len, "POST") && same(path, path_len, "/greet?how=loud") && minor_version == 1, "the request line");
    check(field_count == 2, "there are two fields");
    for (i = 0; i < field_count; i++) {
        printf("%.*s = %.*s\n", (int)fields[i].name_len, fields[i].name, (int)fields[i].value_len, fields[i].value);
    }
    check(same(fields[1].name, fields[1].name_len, "Transfer-Encoding") && same(fields[1].value, fields[1].value_len, "chunked"), "the second field");

    /* The content: each piece once, decoded where it stands. */
    char *content = buf + head_len;
    size_t content_len = 0, piece = len - (size_t)head_len;
    struct phr_chunked_decoder decoder;
    ssize_t behind;
    memset(&decoder, 0, sizeof decoder);
    decoder.consume_trailer = 1;
    while ((behind = phr_decode_chunked(&decoder, content + content_len, &piece)) == -2) {
        content_len += piece;
        piece = receive(content + content_len);
        check(piece > 0, "more arrives");
    }
    content_len += piece;
    check(behind >= 0, "the chunks are in order");
    check(!phr_decode_chunked_is_in_data(&decoder), "no data comes next");
    check(same(content, content_len, "hello world"), "the content");
    printf("%.*s\n", (int)content_len, content);
    check(memcmp(content + content_len, "GET /next", (size_t)behind) == 0, "the next request stands behind it");

    /* What is wrong leaves what was before it. */
    field_count = FIELDS;
    head_len = phr_parse_request("GET / HTTP/1.1\r\nA: b\r\nC : d\r\n\r\n", 31, &method, &method_len, &path, &path_len, &minor_version, fields, &field_count, 0);
    check(head_len == -1 && field_count == 1 && same(path, path_len, "/"), "a name that a space is behind");
    return 0;
}
