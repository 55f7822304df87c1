"""What a client does, by one of two libraries: session.py requests|httpx SUBJECT URL"""

import sys

library, subject, url = sys.argv[1:]

FIELD, VALUE = "naïve ☃", "é ☃ & + % = ;"
FIELDS = {FIELD: VALUE, "lines": 'one "é\\\r\ntwo'}
FILES, FILE = 'fi"les', 'naïve ☃ "quoted" \\back.txt'
BINARY = (bytes(range(256)) + b"\r\n--\r\n----\r\n") * 5000
OCTETS = "application/octet-stream"

if library == "requests":
    import requests

    session = requests.Session()
    session.trust_env = False
else:
    import httpx

    session = httpx.Client(follow_redirects=True, trust_env=False)


def form():
    session.post(url + "/form", data=FIELDS).raise_for_status()


def upload():
    files = [(FILES, (FILE, BINARY, OCTETS)), (FILES, ("empty", b"", OCTETS))]
    session.post(url + "/upload", data=FIELDS, files=files).raise_for_status()


def extended():
    from urllib3.fields import RequestField, format_header_param_rfc2231 as writer
    from urllib3.filepost import encode_multipart_formdata

    fields = list(FIELDS.items())
    for name, content in (FILE, BINARY), ("empty", b""):
        field = RequestField.from_tuples("files", (name, content, OCTETS), header_formatter=writer)
        assert name.isascii() or "filename*=utf-8''" in field.headers["Content-Disposition"]
        fields.append(field)
    content, media_type = encode_multipart_formdata(fields)
    headers = {"Content-Type": media_type}
    session.post(url + "/upload", data=content, headers=headers).raise_for_status()


def cookies():
    for path in "set", "see", "elsewhere", "forget", "see", "elsewhere":
        session.get(f"{url}/cookies/{path}").raise_for_status()


def redirects():
    for path in "/see-other", "/temporary":
        answer = session.post(url + path, data={FIELD: VALUE})
        answer.raise_for_status()
        assert answer.text == "welcome"


def pages():
    def told(answer):
        return f"{answer.status_code} {answer.headers['content-length']} {answer.text}"

    seen = {
        "head": told(session.head(url + "/page")),
        "get": told(session.get(url + "/page")),
        "missing": told(session.get(url + "/missing")),
    }
    session.get(url + "/seen", params=seen).raise_for_status()


globals()[subject]()
