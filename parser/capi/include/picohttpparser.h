/* The interface of picohttpparser, as librajada provides it: names, structs, values returned and what is written are those of picohttpparser as it
 * is since July 2025. A program includes this header, or picohttpparser's own, and links with librajada.
 *
 * Nothing is allocated, nothing is kept between calls but what the caller keeps, and different threads may call at once. No function unwinds.
 * Pointers that are written point into `buf`; texts have no NUL behind them. */
#ifndef picohttpparser_h
#define picohttpparser_h

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef _MSC_VER
#define ssize_t intptr_t
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* A field of a head. `name` is NULL, and `name_len` 0, in a line that goes on with the value of the field before: its value begins with the white
 * space that it begins with. Otherwise there is no white space around the value. */
struct phr_header {
    const char *name;
    size_t name_len;
    const char *value;
    size_t value_len;
};

/* Parses the head of a request, of which the `len` octets from `buf` on begin with the first one.
 *
 * `*num_headers` is how many elements `headers` has, before the call; after it, how many were written. `last_len` is `len` of the call before this
 * one for the same head, if that returned -2: then the head is parsed only if an empty line has arrived since. It is 0 in the first call.
 *
 * Returns how many octets the head has, with the empty line at its end; or -2 if it is incomplete: call again with more octets behind the same ones;
 * or -1 if it is wrong, or has more fields than `headers` has elements. After -1 and -2 the variables have what was found until then, and NULL, 0 and
 * -1 (`*minor_version`) where nothing was: in all of them where `last_len` is not 0 and no empty line was found behind it.
 *
 * One empty line in front is passed over, LF alone ends a line, several spaces may part the request line, lines may be folded, and a target may have
 * any octet but controls and spaces: who wants a strict parse takes rajada.h. */
int phr_parse_request(const char *buf, size_t len, const char **method, size_t *method_len, const char **path, size_t *path_len, int *minor_version,
                      struct phr_header *headers, size_t *num_headers, size_t last_len);

/* The same for the head of a response. The reason phrase `*msg` may be empty; `*status` is 0 until the first digit of the code is seen. */
int phr_parse_response(const char *buf, size_t len, int *minor_version, int *status, const char **msg, size_t *msg_len, struct phr_header *headers,
                       size_t *num_headers, size_t last_len);

/* The same for fields that have no line in front, such as trailers. */
int phr_parse_headers(const char *buf, size_t len, struct phr_header *headers, size_t *num_headers, size_t last_len);

/* What is known of chunked content between two calls. All zeros before the first one, but for `consume_trailer`; what begins with `_` is for the
 * library alone. */
struct phr_chunked_decoder {
    size_t bytes_left_in_chunk; /* octets of the chunk that have not arrived */
    char consume_trailer;       /* whether trailers are passed over; if not, content ends behind the line of the last chunk */
    char _hex_count;
    char _state;
    uint64_t _total_read;
    uint64_t _total_overhead;
};

/* Decodes chunked content in its place: the `*bufsz` octets from `buf` on are what follows those of the call before. What is content of them is moved
 * to the front, and `*bufsz` set to its length.
 *
 * Returns how many octets there are behind the end, which stand behind the content then; or -2 if the end is not among them: call again with what
 * arrives next, and only that; or -1 if they are wrong, or if of 100 KiB and more, more than three quarters were no content. Also with -1 and -2
 * `*bufsz` octets are content. */
ssize_t phr_decode_chunked(struct phr_chunked_decoder *decoder, char *buf, size_t *bufsz);

/* Whether the next octet is of the data of a chunk: 1, or 0. */
int phr_decode_chunked_is_in_data(struct phr_chunked_decoder *decoder);

#ifdef __cplusplus
}
#endif

#endif
