//! The items that are single, fixed heads. Their sizes are tested beside the list of items.

/// Item `a`.
pub(super) const TINY: &[u8] = b"GET / HTTP/1.1\r\nHost: rajada.io\r\n\r\n";

/// Item `b`.
pub(super) const PLAINTEXT: &[u8] = b"\
GET /plaintext HTTP/1.1\r\n\
Host: benchmarks:8080\r\n\
Accept: text/plain,text/html;q=0.875,application/xhtml+xml,application/xml;q=0.75,*/*;q=0.1250\r\n\
Connection: keep-alive\r\n\
\r\n";

/// Item `c`.
pub(super) const CLASSIC: &[u8] = b"\
GET /library/portuguese/verb-forms/rajada-and-its-kin.html?p=210 HTTP/1.1\r\n\
Host: books.example.com\r\n\
User-Agent: Mozilla/5.0 (Windows; U; Windows NT 6.1; pt-BR; rv:1.9.2.28) Gecko/20120306 Firefox/3.6.28 (.NET CLR 3.5.30729)\r\n\
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
Accept-Language: pt-BR,pt;q=0.7,en;q=0.3\r\n\
Accept-Encoding: gzip,deflate\r\n\
Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=.7\r\n\
Keep-Alive: 115\r\n\
Connection: keep-alive\r\n\
Cookie: reader=5f0c8a91d2e74b36; shelf=portuguese; font=serif; size=12; margin=wide; night=off; bookmarks=17,44,203,518; \
last=1763930412; note=c2hvcnQgYnVyc3Qgb2Ygb2N0ZXRz; ref=newsletter-11; seen=1a2b3c4d5e6f7081; ab=7; tz=-180; k=01234567\r\n\
\r\n";

/// Item `d`.
pub(super) const BROWSER: &[u8] = b"\
GET /catalogue/telescopes?sort=price&order=ascending&page=3&aperture=150-250&mount=dobsonian&in_stock=1&utm_source=email HTTP/1.1\r\n\
Host: optics2.example.info\r\n\
Connection: keep-alive\r\n\
sec-ch-ua: \"Google Chrome\";v=\"141\", \"Chromium\";v=\"141\", \"Not?A_Brand\";v=\"24\"\r\n\
sec-ch-ua-mobile: ?0\r\n\
sec-ch-ua-platform: \"Linux\"\r\n\
DNT: 1\r\n\
Upgrade-Insecure-Requests: 1\r\n\
User-Agent: Mozilla/5.0 (X11; Linux x86_64; Wayland;) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36\r\n\
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7\r\n\
Sec-Fetch-Site: cross-site\r\n\
Sec-Fetch-Mode: navigate\r\n\
Sec-Fetch-User: ?1\r\n\
Sec-Fetch-Dest: document\r\n\
Referer: https://stars.example.org/guides/choosing-your-telescope-\r\n\
Accept-Encoding: gzip, deflate, br, zstd\r\n\
Accept-Language: pt-PT,pt;q=0.9,en;q=0.7\r\n\
Cookie: sid=6b1f0e7c94aa4d52b8c3; basket=8841:1,9127:2; currency=EUR; consent=functional.statistics; \
jwt=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJvcHRpY3MiLCJzdWIiOiI3NzEyIiwiaWF0IjoxNzYzOTMwNDEyfQ.\
kq3Zb0mN7xTtRr1uYw5cVd2eGf8hJi4kLo6pQsAzXySx; visited=8841.9127.3306.5520.1187.6402.9918.2045.7731; campaign=spring-2026; theme=dark; zoom=110; tour=done; step=4; region=pt\r\n\
\r\n";

/// Item `e`.
pub(super) const SHORT_FIELDS: &[u8] = b"\
GET /v2/orders/77 HTTP/1.1\r\n\
Host: b.io\r\n\
Accept: */*\r\n\
TE: gzip\r\n\
Via: 1.1 cdn\r\n\
Age: 0\r\n\
X-One: 1\r\n\
X-Two: 22\r\n\
X-Three: 3333\r\n\
X-Four: 4444\r\n\
X-Five: five\r\n\
X-Six: six\r\n\
X-Seven: 7.0\r\n\
X-Eight: 8.0\r\n\
X-Nine: ix\r\n\
X-Ten: ten\r\n\
X-Zone: eu\r\n\
X-Rack: r12\r\n\
X-Slot: s3\r\n\
X-Shard: 9\r\n\
X-Trace: on\r\n\
X-Span: a1\r\n\
X-Node: n17\r\n\
X-Pod: p\r\n\
X-App: web\r\n\
X-Env: prod\r\n\
X-Tier: gold\r\n\
X-Plan: b\r\n\
X-Role: dev\r\n\
X-Lang: pt\r\n\
X-Team: core\r\n\
X-User: ana\r\n\
X-End: zeta\r\n\
\r\n";

/// Item `g`.
pub(super) const RESPONSE: &[u8] = b"\
HTTP/1.1 200 OK\r\n\
Server: Apache/2.4.62\r\n\
Date: Tue, 24 Nov 2026 06:00:01 GMT\r\n\
Content-Type: application/json; charset=UTF-8\r\n\
Content-Length: 1048\r\n\
Connection: keep-alive\r\n\
Last-Modified: Mon, 23 Nov 2026 17:45:59 GMT\r\n\
ETag: \"418-6449c0e\"\r\n\
Cache-Control: private, max-age=60\r\n\
X-Content-Type-Options: nosniff\r\n\
Vary: Origin\r\n\
\r\n";
