/* Shows what is wrong with a message, and where: what a log, or a developer, wants to see.
 */
#undef NDEBUG /* what is asserted is what this shows */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "rajada.h"

#define FIELDS 16

/* Writes the line that the offset is in, with a mark below the octet. */
static void show(const char *octets, size_t len, const rajada_error *error, char *out, size_t room)
{
    size_t start = error->offset < len ? error->offset : len, end = start, i, written;
    unsigned line = 1;
    while (start > 0 && octets[start - 1] != '\n')
        start--;
    for (i = 0; i < start; i++)
        line += octets[i] == '\n';
    while (end < len && octets[end] != '\r' && octets[end] != '\n')
        end++;
    written = (size_t)snprintf(out, room, "%u, %s (line %u, octet %lu)\n", (unsigned)error->status,
                               rajada_error_message(error->kind), line, (unsigned long)(error->offset - start));
    for (i = start; i < end && written + 3 < room; i++)
        out[written++] = octets[i] >= ' ' && octets[i] < 0x7F ? octets[i] : '.';
    out[written++] = '\n';
    for (i = start; i < error->offset && written + 2 < room; i++)
        out[written++] = ' ';
    snprintf(out + written, room - written, "^\n");
}

/* Parses a request, and checks what is said of it. */
static void check(const rajada_config *config, const char *octets, const char *method, int32_t kind, const char *expected)
{
    rajada_field fields[FIELDS];
    rajada_request request;
    rajada_error error;
    char out[512];
    size_t len = strlen(octets);
    int32_t outcome = rajada_parse_request(config, (const uint8_t *)octets, len, NULL, fields, FIELDS, &request, &error);
    assert(outcome == RAJADA_ERROR);
    assert(error.kind == kind);
    show(octets, len, &error, out, sizeof out);
    fputs(out, stdout);
    assert(strcmp(out, expected) == 0);
    /* Of a well-formed head that leaves a doubt about its framing, the parts can be logged. */
    if (method != NULL) {
        assert(request.head_len == len);
        assert(strncmp(octets + request.method_start, method, request.method_end - request.method_start) == 0);
    } else {
        assert(request.head_len == 0);
    }
}

int main(void)
{
    rajada_config narrow;
    int32_t done = rajada_config_init(&narrow, RAJADA_PROFILE_STRICT);
    assert(done == RAJADA_COMPLETE);
    done = rajada_config_set_limit(&narrow, RAJADA_LIMIT_REQUEST_LINE, 20);
    assert(done == RAJADA_COMPLETE);

    check(NULL, "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", NULL, RAJADA_ERROR_VERSION,
          "400, no HTTP version behind the target (line 1, octet 7)\n"
          "GET /a b HTTP/1.1\n"
          "       ^\n");
    check(NULL, "GET / HTTP/1.1\r\nHost: a\r\nX-User : me\r\n\r\n", NULL, RAJADA_ERROR_SPACE_BEFORE_COLON,
          "400, white space behind a field name (line 3, octet 6)\n"
          "X-User : me\n"
          "      ^\n");
    check(NULL, "GET / HTTP/1.1\r\nHost: a\nB: c\r\n\r\n", NULL, RAJADA_ERROR_BARE_LF,
          "400, LF without CR before it (line 2, octet 7)\n"
          "Host: a\n"
          "       ^\n");
    check(&narrow, "GET /a/long/target HTTP/1.1\r\n", NULL, RAJADA_ERROR_TARGET_TOO_LONG,
          "414, a request line over the limit (line 1, octet 20)\n"
          "GET /a/long/target HTTP/1.1\n"
          "                    ^\n");
    check(NULL, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n", "POST",
          RAJADA_ERROR_CONTENT_LENGTH_REPEATED,
          "400, more than one Content-Length (line 3, octet 16)\n"
          "Content-Length: 5, 5\n"
          "                ^\n");
    printf("rajada %s, ABI %u, by %s\n", rajada_version(), (unsigned)rajada_abi_version(), rajada_level_name(NULL));
    assert(rajada_abi_version() == RAJADA_ABI_VERSION);
    return 0;
}
