/*
 * rajada.h: a strict and fast parser of HTTP/1.x messages (RFC 9110, RFC 9112).
 *
 * Octets go in, positions in the same octets come out: request and response heads, chunked
 * content, trailers; and one decision about where each message ends. Nothing is copied, and
 * no function allocates, blocks, does IO or keeps a pointer.
 *
 *     rajada_field fields[100];
 *     rajada_request request;
 *     rajada_error error;
 *     switch (rajada_parse_request(NULL, octets, octets_len, NULL, fields, 100, &request,
 *                                  &error)) {
 *     case RAJADA_COMPLETE:
 *         // octets + request.target_start, request.framing.body, ..; content begins at
 *         // octets + request.head_len
 *         break;
 *     case RAJADA_INCOMPLETE:
 *         // read more behind the same octets, and call again
 *         break;
 *     case RAJADA_ERROR:
 *         // answer error.status, log rajada_error_message(error.kind) and error.offset
 *         break;
 *     }
 *
 * Complete programs: parser/capi/examples.
 *
 * OUTCOMES. Functions that parse return one of enum rajada_outcome. What is positive is
 * progress. Incomplete input is no error. RAJADA_MISUSE is a mistake of the program: a pointer
 * that is NULL and may not be, one that is not aligned, an object that was not begun, a number
 * that stands for nothing; nothing is written then.
 *
 * POINTERS. One to octets or to an array comes with a number; with the number 0 it may be NULL.
 * Any other pointer may be NULL where its function says so. Arrays and objects that a function
 * writes need not be initialised, and may not overlap with what it reads. Octets need no padding
 * and no NUL behind them, and only the function that says so writes them.
 *
 * POSITIONS are octets from the first one of the head: of octets + request.start, which is octets
 * itself but in a burst. `..._start` is the first octet, `..._end` the one behind the last. As
 * they are numbers, the buffer may move between calls.
 *
 * PIECES. When a head is incomplete, keep its octets, the rajada_resume and the array of fields,
 * and give all of them again with more octets behind the first ones. What was looked at is not
 * looked at again: each further piece takes the time of a call, some tens of nanoseconds, and not
 * that of the octets before it. The result, and the offset of an error, do not depend on how a
 * message was cut.
 *
 * THREADS. There is no state but in the objects that are given. Any number of threads may call any
 * functions at once, also with the same rajada_config as long as none changes it.
 *
 * STABILITY. Within one RAJADA_ABI_VERSION no function, no number and no layout changes. Enums
 * get new numbers: take an unknown kind of error like any other. Structs get new members in place
 * of those called `reserved`, which are 0 before that. Objects that only functions look into have
 * room to spare. Compare RAJADA_ABI_VERSION with rajada_abi_version() where the library is loaded
 * at run time.
 */
#ifndef RAJADA_H
#define RAJADA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when a program that was compiled with an earlier header would break. */
#define RAJADA_ABI_VERSION 1

/* What functions return, as int32_t. */
enum rajada_outcome {
    /* All is well so far; more octets are needed. */
    RAJADA_INCOMPLETE = 0,
    /* The head, the section or the content is complete; what was to be set is set. */
    RAJADA_COMPLETE = 1,
    /* A piece of chunked content. */
    RAJADA_DATA = 2,
    /* An array has no room for the next request of a burst. */
    RAJADA_FULL = 3,
    /* The peer sent what is not acceptable: see rajada_error. */
    RAJADA_ERROR = -1,
    /* The program gave what it may not give. */
    RAJADA_MISUSE = -2
};

/* -- Errors -------------------------------------------------------------------------------- */

/* What is wrong with a message. The status is 400 where none is named. */
enum rajada_error_kind {
    /* more than one empty line before the start line */
    RAJADA_ERROR_EMPTY_LINES = 1,
    /* an octet that can't be in a method */
    RAJADA_ERROR_METHOD = 2,
    /* a method longer than any known one: 501 */
    RAJADA_ERROR_METHOD_TOO_LONG = 3,
    /* no request target */
    RAJADA_ERROR_TARGET_EMPTY = 4,
    /* an octet that can't be in a request target */
    RAJADA_ERROR_TARGET = 5,
    /* a request line over the limit: 414 */
    RAJADA_ERROR_TARGET_TOO_LONG = 6,
    /* a request target in a form that the method does not take */
    RAJADA_ERROR_TARGET_FORM = 7,
    /* no HTTP version in the request line */
    RAJADA_ERROR_VERSION_MISSING = 8,
    /* no HTTP version behind the target */
    RAJADA_ERROR_VERSION = 9,
    /* a major version other than 1: 505 */
    RAJADA_ERROR_VERSION_UNSUPPORTED = 10,
    /* no status line */
    RAJADA_ERROR_STATUS_LINE = 11,
    /* a control octet in the reason phrase */
    RAJADA_ERROR_REASON = 12,
    /* LF without CR before it */
    RAJADA_ERROR_BARE_LF = 13,
    /* CR without LF behind it */
    RAJADA_ERROR_BARE_CR = 14,
    /* white space before the first field */
    RAJADA_ERROR_SPACE_BEFORE_FIELDS = 15,
    /* a folded field line */
    RAJADA_ERROR_OBS_FOLD = 16,
    /* a field without a name */
    RAJADA_ERROR_FIELD_NAME_EMPTY = 17,
    /* an octet that can't be in a field name */
    RAJADA_ERROR_FIELD_NAME = 18,
    /* white space behind a field name */
    RAJADA_ERROR_SPACE_BEFORE_COLON = 19,
    /* a field line without a colon */
    RAJADA_ERROR_COLON_MISSING = 20,
    /* a control octet in a field value */
    RAJADA_ERROR_FIELD_VALUE = 21,
    /* a head over the limit: 431 */
    RAJADA_ERROR_HEAD_TOO_LARGE = 22,
    /* more fields than the limit: 431 */
    RAJADA_ERROR_TOO_MANY_FIELDS = 23,
    /* no Host field */
    RAJADA_ERROR_HOST_MISSING = 24,
    /* more than one Host field */
    RAJADA_ERROR_HOST_REPEATED = 25,
    /* no host and port in the Host field */
    RAJADA_ERROR_HOST = 26,
    /* a Host field that differs from the target's authority */
    RAJADA_ERROR_HOST_MISMATCH = 27,
    /* Transfer-Encoding in HTTP/1.0 */
    RAJADA_ERROR_TRANSFER_ENCODING_VERSION = 28,
    /* Transfer-Encoding beside Content-Length */
    RAJADA_ERROR_TRANSFER_ENCODING_AND_CONTENT_LENGTH = 29,
    /* a Transfer-Encoding that does not end in one chunked */
    RAJADA_ERROR_TRANSFER_ENCODING = 30,
    /* an unknown transfer coding: 501 */
    RAJADA_ERROR_TRANSFER_CODING_UNKNOWN = 31,
    /* a length or a coding in a request by CONNECT */
    RAJADA_ERROR_CONNECT_CONTENT = 32,
    /* a Content-Length that is not a number */
    RAJADA_ERROR_CONTENT_LENGTH = 33,
    /* more than one Content-Length */
    RAJADA_ERROR_CONTENT_LENGTH_REPEATED = 34,
    /* a Content-Length over 64 bits */
    RAJADA_ERROR_CONTENT_LENGTH_OVERFLOW = 35,
    /* an unknown expectation: 417 */
    RAJADA_ERROR_EXPECTATION = 36,
    /* an octet that can't be in a chunk size */
    RAJADA_ERROR_CHUNK_SIZE = 37,
    /* a chunk size of more than 16 digits */
    RAJADA_ERROR_CHUNK_SIZE_OVERFLOW = 38,
    /* a malformed chunk extension */
    RAJADA_ERROR_CHUNK_EXTENSION = 39,
    /* chunk extensions over the limit */
    RAJADA_ERROR_CHUNK_EXTENSION_TOO_LONG = 40,
    /* chunk data that is not of its size */
    RAJADA_ERROR_CHUNK_END = 41,
    /* more chunk framing than content */
    RAJADA_ERROR_CHUNK_OVERHEAD = 42,
    /* a trailer section over the limit: 431 */
    RAJADA_ERROR_TRAILERS_TOO_LARGE = 43,
    /* a field that can't be a trailer */
    RAJADA_ERROR_TRAILER_FORBIDDEN = 44
};

/* A message that is not acceptable. Written by a function that returns RAJADA_ERROR, and by no
 * other. */
typedef struct rajada_error {
    /* Where, in octets from the first one of the message; of chunked content and of trailers, from
     * the first one of that. A limit is offended by the first octet beyond it, and a missing field
     * is missed at the empty line that ends the head. At most UINT32_MAX. */
    size_t offset;
    /* What: enum rajada_error_kind. */
    int32_t kind;
    /* The status code of the response that the message deserves. A client has no use for it. */
    uint16_t status;
    uint16_t reserved;
} rajada_error;

/* What a kind says, in one line of ASCII, such as "LF without CR before it". Never NULL; lives as
 * long as the library. */
const char *rajada_error_message(int32_t kind);

/* -- Configuration ------------------------------------------------------------------------- */

/* What is accepted. Wherever one is asked for, NULL stands for RAJADA_PROFILE_STRICT. May be
 * copied. Begun by rajada_config_init. */
typedef struct rajada_config {
    uint64_t opaque[16];
} rajada_config;

enum rajada_profile {
    /* RFC 9110 and RFC 9112 without the leniencies that they permit. What a server that faces the
     * network wants. */
    RAJADA_PROFILE_STRICT = 0,
    /* For responses to a client or a proxy: RAJADA_ALLOW_OBS_FOLD and
     * RAJADA_ALLOW_SPACE_BEFORE_COLON, which RFC 9112 sections 5.1 and 5.2 have these mend. */
    RAJADA_PROFILE_CLIENT_RESPONSE = 1,
    /* All that httparse 1.10 accepts, without limits. */
    RAJADA_PROFILE_HTTPARSE_REQUEST = 2,
    RAJADA_PROFILE_HTTPARSE_RESPONSE = 3,
    /* All that picohttpparser accepts, without limits; a folded line is part of a value. */
    RAJADA_PROFILE_PICOHTTPPARSER_REQUEST = 4,
    RAJADA_PROFILE_PICOHTTPPARSER_RESPONSE = 5
};

/* How much of a message is accepted, and by default. UINT32_MAX is no limit. Octets beyond one are
 * refused at the first of them, before they need to be buffered. */
enum rajada_limit {
    /* Octets in a method: 32. */
    RAJADA_LIMIT_METHOD = 1,
    /* Octets in a request line, with its CR LF: 16 KiB. */
    RAJADA_LIMIT_REQUEST_LINE = 2,
    /* Octets in a head, with its empty line: 64 KiB. */
    RAJADA_LIMIT_HEAD = 3,
    /* Fields in a head or a trailer section: 100. No more than the array has room for. */
    RAJADA_LIMIT_FIELDS = 4,
    /* Octets of extensions in one chunk's size line: 256. */
    RAJADA_LIMIT_CHUNK_EXTENSIONS = 5,
    /* Octets of extensions in all chunks of a message: 16 KiB. */
    RAJADA_LIMIT_CHUNK_EXTENSIONS_TOTAL = 6,
    /* Octets of chunk framing in a message, beyond eight for each octet of content: 64 KiB. */
    RAJADA_LIMIT_CHUNK_OVERHEAD = 7,
    /* Octets in a trailer section, with its empty line: 8 KiB. */
    RAJADA_LIMIT_TRAILERS = 8
};

/* What a strict parse refuses and others accept. A recipient that is looser than its neighbour in
 * the chain is how requests are smuggled. */
enum rajada_leniency {
    /* LF alone ends a line. */
    RAJADA_ALLOW_BARE_LF = 0x01,
    /* Any number of empty lines before a start line. (One before a request line is taken
     * always.) */
    RAJADA_ALLOW_EMPTY_LINES = 0x02,
    /* `#` and octets of 0x80 and above in targets. */
    RAJADA_ALLOW_TARGET_OCTETS = 0x04,
    /* Several spaces between the parts of a start line. */
    RAJADA_ALLOW_SPACES = 0x08,
    /* Status codes from 000 to 999. */
    RAJADA_ALLOW_ANY_CODE = 0x10,
    /* A value that goes on in lines that begin with a space or tab; it is given as it stands. */
    RAJADA_ALLOW_OBS_FOLD = 0x20,
    /* White space between name and colon; it is no part of the name. */
    RAJADA_ALLOW_SPACE_BEFORE_COLON = 0x40
};

/* Instruction sets, of which the best that the processor has is used. All give the same answers. */
enum rajada_level {
    RAJADA_LEVEL_SCALAR = 1,
    RAJADA_LEVEL_SWAR = 2,
    RAJADA_LEVEL_SIMD128 = 3,
    RAJADA_LEVEL_NEON = 4,
    RAJADA_LEVEL_SSE42 = 5,
    RAJADA_LEVEL_AVX2 = 6,
    RAJADA_LEVEL_AVX512 = 7
};

/* Begins a configuration with a profile. RAJADA_COMPLETE or RAJADA_MISUSE, like the other functions
 * that set something. */
int32_t rajada_config_init(rajada_config *config, int32_t profile);

/* Sets a limit. */
int32_t rajada_config_set_limit(rajada_config *config, int32_t limit, uint32_t value);

/* A limit; 0 where there is no such. */
uint32_t rajada_config_limit(const rajada_config *config, int32_t limit);

/* Sets the leniencies, joined by `|`, in place of those that there were. */
int32_t rajada_config_allow(rajada_config *config, uint32_t leniencies);

/* The leniencies, joined by `|`. */
uint32_t rajada_config_allowed(const rajada_config *config);

/* Uses no instruction set better than this; the next below it where the processor lacks it. What
 * an earlier call took away does not come back. */
int32_t rajada_config_at_most(rajada_config *config, int32_t level);

/* The instruction set that is used: "scalar", "swar", "simd128", "neon", "sse4.2", "avx2" or
 * "avx512". Lives as long as the library; NULL of what is no configuration. */
const char *rajada_level_name(const rajada_config *config);

/* -- Fields -------------------------------------------------------------------------------- */

/* Where a field's name and value stand; the value without the white space around it. */
typedef struct rajada_field {
    uint32_t name_start;
    uint32_t name_end;
    uint32_t value_start;
    uint32_t value_end;
} rajada_field;

/* Which of the fields, from number `from` on, is the first with this name, compared without case;
 * field_count if none is. `head` is what the positions count from. Where a name occurs more than
 * once, go on with the number behind the one found. */
size_t rajada_find_field(const uint8_t *head, size_t head_len, const rajada_field *fields,
                         size_t field_count, size_t from, const uint8_t *name, size_t name_len);

/* -- Framing ------------------------------------------------------------------------------- */

/* How the content of a message ends: RFC 9112 section 6.3. */
enum rajada_body {
    /* There is none: the next octet belongs to the next message. */
    RAJADA_BODY_NONE = 0,
    /* So many octets follow: content_length, which may be 0. */
    RAJADA_BODY_EXACT = 1,
    /* Chunked content follows: see rajada_chunked. */
    RAJADA_BODY_CHUNKED = 2,
    /* All octets until the peer closes. Responses only. */
    RAJADA_BODY_UNTIL_CLOSE = 3
};

/* What a head means for the content behind it and for the connection. */
typedef struct rajada_framing {
    /* Octets of content with RAJADA_BODY_EXACT, 0 with any other. */
    uint64_t content_length;
    /* enum rajada_body */
    int32_t body;
    /* 0 or 1, as all below: whether the peer lets the connection persist behind this message, by
     * version and Connection (RFC 9112 section 9.3). */
    uint8_t persistent;
    /* The message says Connection: keep-alive, which an HTTP/1.0 peer wants to see echoed. */
    uint8_t keep_alive;
    /* The client waits for 100 (Continue) before it sends its content. */
    uint8_t expect_continue;
    /* A request asks for another protocol; a response is a 101. */
    uint8_t upgrade;
    /* A CONNECT request, or a 2xx response to one: what follows is a tunnel. */
    uint8_t tunnel;
    uint8_t reserved[7];
} rajada_framing;

/* -- Heads --------------------------------------------------------------------------------- */

/* What is known of a head that has not fully arrived. A fresh one is all zero, or made by
 * rajada_resume_init; it is fresh again after RAJADA_COMPLETE and RAJADA_ERROR, and as it was after
 * RAJADA_MISUSE. May be copied. */
typedef struct rajada_resume {
    uint64_t opaque[12];
} rajada_resume;

/* Makes a fresh one, and forgets what it knew: RAJADA_COMPLETE or RAJADA_MISUSE. */
int32_t rajada_resume_init(rajada_resume *resume);

/* A request head. */
typedef struct rajada_request {
    /* Where the head begins in the octets that were given: 0 but in a burst. */
    size_t start;
    /* Octets in the head, from the first one that was given (an empty line before the request line
     * included) to its empty line. */
    size_t head_len;
    /* Which of the fields is its first: 0 but in a burst. */
    size_t first_field;
    /* How many fields it has. */
    size_t field_count;
    /* The method, a token, case-sensitive. */
    uint32_t method_start;
    uint32_t method_end;
    /* The target as it stands in the request line, nothing decoded. */
    uint32_t target_start;
    uint32_t target_end;
    /* The version that it is handled as: HTTP/1.0 or HTTP/1.1, which stands for 1.2 to 1.9 too. */
    uint32_t minor_version;
    uint32_t reserved;
    rajada_framing framing;
    uint64_t reserved_words[2];
} rajada_request;

/* Parses a request head, which begins with the first of the octets, and decides its framing. What
 * is behind it is not looked at.
 *
 * resume: may be NULL, for a parse that begins at the first octet.
 * request: filled with RAJADA_COMPLETE. With RAJADA_ERROR its head_len tells what was refused: 0 if
 * it was the head, of which nothing is given; if it was the framing of a well-formed head, that is
 * given, with all of `framing` 0, for a log: nothing may be assumed of the octets behind it. All
 * is 0 with RAJADA_INCOMPLETE.
 * error: may be NULL.
 *
 * What can't be right is refused at the lowest offset and as soon as it is there, without waiting
 * for the end of the head. After an error the connection can't be used for another message. */
int32_t rajada_parse_request(const rajada_config *config, const uint8_t *octets, size_t octets_len,
                             rajada_resume *resume, rajada_field *fields, size_t fields_capacity,
                             rajada_request *request, rajada_error *error);

/* A response head. */
typedef struct rajada_response {
    /* Octets in the head, to its empty line. */
    size_t head_len;
    /* How many fields it has. */
    size_t field_count;
    /* The reason phrase, which may be empty and means nothing. */
    uint32_t reason_start;
    uint32_t reason_end;
    /* The version that it is handled as: HTTP/1.0 or HTTP/1.1. */
    uint32_t minor_version;
    /* The status code, from 100 to 599; with RAJADA_ALLOW_ANY_CODE from 0 to 999. */
    uint16_t code;
    uint16_t reserved;
    rajada_framing framing;
    uint64_t reserved_words[2];
} rajada_response;

/* Parses a response head and decides its framing: the same as rajada_parse_request, and the method
 * of the request that is answered, by which a response to HEAD has no content and one to CONNECT
 * begins a tunnel. Methods are case-sensitive. NULL and 0 stand for any other than these two. */
int32_t rajada_parse_response(const rajada_config *config, const uint8_t *octets, size_t octets_len,
                              const uint8_t *method, size_t method_len, rajada_resume *resume,
                              rajada_field *fields, size_t fields_capacity,
                              rajada_response *response, rajada_error *error);

/* -- Bursts -------------------------------------------------------------------------------- */

/* What was found of a burst. */
typedef struct rajada_burst {
    /* How many requests were written. */
    size_t request_count;
    /* How many fields were written, of all of them: those of a request are `field_count` from
     * `first_field` on. */
    size_t field_count;
    /* Octets of all these requests. The next head begins here, or the content of the last one. */
    size_t consumed;
    uint64_t reserved;
} rajada_burst;

/* Parses the requests that follow each other, as many as are there: the same as
 * rajada_parse_request for each, in less time where heads are small. Positions count from octets +
 * request.start.
 *
 * Content of a known length that is there as a whole is passed over: it stands behind its head, and
 * `consumed` is behind it. All that was found before the burst ends is written, whatever ends it:
 *
 * RAJADA_INCOMPLETE: the octets behind `consumed` are no whole head, or there are none. Give them
 * to rajada_parse_request with a rajada_resume: this function would look at all of them again.
 * RAJADA_COMPLETE: it is the caller's turn behind the last request: its content is chunked or not
 * there as a whole, and begins at `consumed`; or its framing is not persistent, or says upgrade or
 * tunnel.
 * RAJADA_FULL: one of the arrays is full. Call again for the octets behind `consumed`, with room
 * for one request at least. (A first head that has more fields than there is room for is refused:
 * RAJADA_ERROR_TOO_MANY_FIELDS.)
 * RAJADA_ERROR: what stands at `consumed` is refused; the error's offset counts from there.
 *
 * error: may be NULL. */
int32_t rajada_parse_requests(const rajada_config *config, const uint8_t *octets, size_t octets_len,
                              rajada_field *fields, size_t fields_capacity,
                              rajada_request *requests, size_t requests_capacity,
                              rajada_burst *burst, rajada_error *error);

/* -- Chunked content ----------------------------------------------------------------------- */

/* A decoder for the content of one message: counters and limits, no octets. May be copied. Begun by
 * rajada_chunked_init. */
typedef struct rajada_chunked {
    uint64_t opaque[20];
} rajada_chunked;

/* Begins a decoder with the limits of a configuration: RAJADA_COMPLETE or RAJADA_MISUSE. */
int32_t rajada_chunked_init(rajada_chunked *chunked, const rajada_config *config);

/* Where a piece of content stands in the octets that were given. */
typedef struct rajada_chunk {
    size_t data_start;
    size_t data_len;
    /* How many octets were taken, the data included. */
    size_t consumed;
} rajada_chunk;

/* Decodes up to and including the next piece of data. Call it again with what is behind `consumed`.
 *
 * RAJADA_DATA: at least one octet of content.
 * RAJADA_INCOMPLETE: all octets were taken, and the content goes on.
 * RAJADA_COMPLETE: the last chunk was taken. The trailer section follows, for
 * rajada_parse_trailers; the message ends with it and not before. Another call takes nothing, and
 * returns the same.
 * RAJADA_ERROR: the decoder is of no more use until it is begun anew.
 *
 * error: may be NULL. */
int32_t rajada_chunked_decode(rajada_chunked *chunked, const uint8_t *octets, size_t octets_len,
                              rajada_chunk *chunk, rajada_error *error);

/* What decoding in place came to. */
typedef struct rajada_decoded {
    /* Octets of content, which stand at the front now. */
    size_t content;
    /* How many octets were taken; what is behind them stands where it stood. */
    size_t consumed;
} rajada_decoded;

/* Decodes all of the octets, or all up to the last chunk, and moves the content to their front.
 * RAJADA_INCOMPLETE, RAJADA_COMPLETE or RAJADA_ERROR, as rajada_chunked_decode; with an error the
 * octets may have been moved in part. error: may be NULL. */
int32_t rajada_chunked_decode_in_place(rajada_chunked *chunked, uint8_t *octets, size_t octets_len,
                                       rajada_decoded *decoded, rajada_error *error);

/* How many octets of content were found so far. 0 of what is no decoder. */
uint64_t rajada_chunked_content(const rajada_chunked *chunked);

/* How many octets of the current chunk's data are still to come; with rajada_chunked_content it
 * tells, before they come, that content is too long. 0 of what is no decoder. */
uint64_t rajada_chunked_remaining(const rajada_chunked *chunked);

/* -- Trailers, and fields of other things --------------------------------------------------- */

/* Fields without a first line. */
typedef struct rajada_section {
    /* Octets in the section, its empty line included. */
    size_t section_len;
    /* How many fields it has. */
    size_t field_count;
} rajada_section;

/* Parses the trailer section behind the last chunk (RFC 9112 section 7.1.2). Host, Content-Length
 * and Transfer-Encoding are refused; never merge the others into the fields of the head. resume,
 * fields and error are as with rajada_parse_request. `trailers` is all 0 if not complete. */
int32_t rajada_parse_trailers(const rajada_config *config, const uint8_t *octets, size_t octets_len,
                              rajada_resume *resume, rajada_field *fields, size_t fields_capacity,
                              rajada_section *trailers, rajada_error *error);

/* Parses field lines of what is no message of HTTP, such as a part of multipart content (RFC 2046
 * section 5.1), up to their empty line. All names are accepted, and none means anything. */
int32_t rajada_parse_fields(const rajada_config *config, const uint8_t *octets, size_t octets_len,
                            rajada_resume *resume, rajada_field *fields, size_t fields_capacity,
                            rajada_section *section, rajada_error *error);

/* -- Versions ------------------------------------------------------------------------------ */

/* The library's version, such as "0.1.0". */
const char *rajada_version(void);

/* The RAJADA_ABI_VERSION of the library. */
uint32_t rajada_abi_version(void);

#ifdef __cplusplus
}
#endif

#endif
