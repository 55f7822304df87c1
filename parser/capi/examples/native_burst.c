/* Parses all requests that stand in standard input or, without any, in a text of its own, and
 * prints one line each. Returns 1 at what is refused.
 *
 *     cc -std=c99 -I include examples/native_burst.c librajada.a -lpthread -ldl -lm -o burst
 *     printf 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n' | ./burst -
 */
#undef NDEBUG /* what is asserted is what this shows */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rajada.h"

/* Three requests, the second with content, and the beginning of a fourth. */
static const char OWN[] =
    "GET /a HTTP/1.1\r\nHost: example.org\r\n\r\n"
    "POST /b HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n\r\nhello"
    "GET /c HTTP/1.1\r\nHost: example.org\r\nAccept: text/html\r\nACCEPT: */*\r\n\r\n"
    "GET /d HTTP/1.1\r\nHost: exam";

#define FIELDS 200
#define REQUESTS 2 /* few, so that the burst goes on in another call */

/* Appends a line to `out`, which has room for it. */
static void line_of(const uint8_t *octets, const rajada_request *request, const rajada_field *fields,
                    char *out, size_t room)
{
    const uint8_t *head = octets + request->start;
    const rajada_field *mine = fields + request->first_field;
    size_t found = rajada_find_field(head, request->head_len, mine, request->field_count, 0,
                                     (const uint8_t *)"accept", 6);
    size_t written = strlen(out);
    snprintf(out + written, room - written, "%.*s %.*s HTTP/1.%u, %u fields, %lu octets, accepts %.*s\n",
             (int)(request->method_end - request->method_start), (const char *)head + request->method_start,
             (int)(request->target_end - request->target_start), (const char *)head + request->target_start,
             (unsigned)request->minor_version, (unsigned)request->field_count,
             (unsigned long)request->framing.content_length,
             found < request->field_count ? (int)(mine[found].value_end - mine[found].value_start) : 8,
             found < request->field_count ? (const char *)head + mine[found].value_start : "anything");
}

/* Parses and describes what there is. Returns the last outcome, and how much was taken. */
static int32_t parse(const uint8_t *octets, size_t len, size_t *taken, rajada_error *error, char *out, size_t room)
{
    rajada_field fields[FIELDS];
    rajada_request requests[REQUESTS];
    rajada_burst burst;
    int32_t outcome;
    size_t i;
    *taken = 0;
    do {
        outcome = rajada_parse_requests(NULL, octets + *taken, len - *taken, fields, FIELDS, requests,
                                        REQUESTS, &burst, error);
        assert(outcome != RAJADA_MISUSE);
        for (i = 0; i < burst.request_count; i++)
            line_of(octets + *taken, &requests[i], fields, out, room);
        *taken += burst.consumed;
    } while (outcome == RAJADA_FULL);
    return outcome;
}

int main(int arguments, char **argument)
{
    static uint8_t input[1 << 16];
    static char out[1 << 20];
    rajada_error error;
    size_t taken;
    int32_t outcome;

    if (arguments > 1 && strcmp(argument[1], "-") == 0) {
        size_t len = fread(input, 1, sizeof input, stdin);
        outcome = parse(input, len, &taken, &error, out, sizeof out);
        fputs(out, stdout);
        if (outcome == RAJADA_ERROR) {
            printf("%s, at octet %lu: %u\n", rajada_error_message(error.kind),
                   (unsigned long)(taken + error.offset), (unsigned)error.status);
            return 1;
        }
        printf("%lu octets left\n", (unsigned long)(len - taken));
        return 0;
    }

    outcome = parse((const uint8_t *)OWN, sizeof OWN - 1, &taken, &error, out, sizeof out);
    fputs(out, stdout);
    assert(outcome == RAJADA_INCOMPLETE);
    assert(strcmp(out, "GET /a HTTP/1.1, 1 fields, 0 octets, accepts anything\n"
                       "POST /b HTTP/1.1, 2 fields, 5 octets, accepts anything\n"
                       "GET /c HTTP/1.1, 3 fields, 0 octets, accepts text/html\n") == 0);
    assert(strcmp(OWN + taken, "GET /d HTTP/1.1\r\nHost: exam") == 0);
    return 0;
}
