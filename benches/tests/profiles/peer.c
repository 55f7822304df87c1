/* What picohttpparser makes of heads: reads them from the standard input, and writes what it finds to the standard output.
 *
 * A head: 'q' for a request or 's' for a response, four octets of length, the octets. What comes of it: four octets of what the parser
 * returns and, if that is above 0, a minor version, a status (0 of a request), how many texts there are (four octets each), and the texts, each
 * behind four octets of length: method and target, or the reason; then names and values. Numbers are in this machine's order of octets.
 */
#include "picohttpparser.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define SLOTS 64

static void number(int32_t value) { fwrite(&value, sizeof value, 1, stdout); }

static void text(const char *octets, size_t length)
{
    number((int32_t)length);
    fwrite(octets, 1, length, stdout);
}

int main(void)
{
    int kind;
    while ((kind = getchar()) != EOF) {
        uint32_t length;
        if (fread(&length, sizeof length, 1, stdin) != 1) {
            return 1;
        }
        char *octets = malloc(length + 1);
        if (octets == NULL || fread(octets, 1, length, stdin) != length) {
            return 1;
        }
        const char *method = "", *target = "", *reason = "";
        size_t method_length = 0, target_length = 0, reason_length = 0, fields = SLOTS;
        int minor = 0, status = 0, taken;
        struct phr_header headers[SLOTS];
        if (kind == 'q') {
            taken = phr_parse_request(octets, length, &method, &method_length, &target, &target_length, &minor, headers, &fields, 0);
        } else {
            taken = phr_parse_response(octets, length, &minor, &status, &reason, &reason_length, headers, &fields, 0);
        }
        number(taken);
        if (taken > 0) {
            number(minor);
            number(status);
            number((int32_t)(2 * fields + (kind == 'q' ? 2 : 1)));
            if (kind == 'q') {
                text(method, method_length);
                text(target, target_length);
            } else {
                text(reason, reason_length);
            }
            for (size_t i = 0; i < fields; i++) {
                text(headers[i].name, headers[i].name_len);
                text(headers[i].value, headers[i].value_len);
            }
        }
        free(octets);
    }
    return fflush(stdout) != 0;
}
