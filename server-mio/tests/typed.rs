//! What a request gives by type: parameters, headers, credentials, queries, forms.

use rajada_mio::{App, Error, OwnedRequest, Request, RequestError, TestClient, TestResponse};
use serde::Deserialize;

fn told(response: &TestResponse) -> (u16, &str) {
    (response.status().as_u16(), response.text())
}

#[test]
fn a_parameter_of_the_path_is_what_it_stands_for_or_is_named() {
    let app = App::new()
        .get("/{n}/{flag}", |req: &Request<'_>| {
            let (n, flag) = (req.param_as::<u8>("n")?, req.param_as::<bool>("flag")?);
            Ok::<_, RequestError>(format!("{n} {flag}"))
        })
        .get("/late/at/{n}", |req: OwnedRequest| async move {
            Ok::<_, Error>(req.param_as::<i64>("n")?.to_string())
        });
    let mut client = TestClient::new(app);
    let wrong = "a parameter of the path is wrong: ";
    for (target, status, text) in [
        ("/255/true", 200, "255 true".to_owned()),
        ("/%32/true", 200, "2 true".to_owned()),
        ("/256/true", 400, format!("{wrong}n: number too large to fit in target type")),
        ("/1/yes", 400, format!("{wrong}flag: provided string was not `true` or `false`")),
        ("/late/at/-1", 200, "-1".to_owned()),
        ("/late/at/%0", 400, "Bad Request".to_owned()),
        ("/late/at/x", 400, format!("{wrong}n: invalid digit found in string")),
    ] {
        assert_eq!(told(&client.get(target).send()), (status, &*text), "{target}");
    }
}

#[test]
fn a_parameter_that_the_pattern_lacks_is_a_mistake_that_the_first_request_tells() {
    let app = App::new()
        .debug(true)
        .get("/a/{id}", |req: &Request<'_>| req.param("ID").to_owned())
        .get("/b/{id}", |req: &Request<'_>| {
            req.param_as::<u8>("di").map(|_| ()).map_err(Error::from)
        })
        .get("/c/{id}", |req: &Request<'_>| format!("{:?}", req.find_param("di")))
        .not_found(|req: &Request<'_>| format!("{:?}", req.find_param("id")));
    let mut client = TestClient::new(app);
    assert_eq!(told(&client.get("/a/1").send()), (500, "\"/a/{id}\" has no parameter \"ID\""));
    assert_eq!(told(&client.get("/b/1").send()), (500, "\"/b/{id}\" has no parameter \"di\""));
    assert_eq!(told(&client.get("/c/1").send()), (200, "None"));
    assert_eq!(told(&client.get("/d").send()), (404, "None"));
}

#[test]
fn a_header_is_what_it_stands_for_or_is_named() {
    let app = App::new().get("/", |req: &Request<'_>| {
        Ok::<_, RequestError>(format!("{:?}", req.header_as::<u32>("X-Number")?))
    });
    let mut client = TestClient::new(app);
    assert_eq!(told(&client.get("/").send()), (200, "None"));
    let wrong = "a header is wrong: X-Number: ";
    for (values, status, text) in [
        (&["7"][..], 200, "Some(7)".to_owned()),
        (&["7", "7"], 200, "Some(7)".to_owned()),
        (&["7", "8"], 400, "X-Number is repeated with different values".to_owned()),
        (&[""], 400, format!("{wrong}cannot parse integer from empty string")),
        (&["seven"], 400, format!("{wrong}invalid digit found in string")),
    ] {
        let request =
            values.iter().fold(client.get("/"), |request, value| request.header("x-number", value));
        assert_eq!(told(&request.send()), (status, &*text), "{values:?}");
    }
}

#[test]
fn a_bearer_token_is_what_the_scheme_has() {
    let app = App::new()
        .get("/", |req: &Request<'_>| Ok::<_, RequestError>(format!("{:?}", req.bearer_token()?)));
    let mut client = TestClient::new(app);
    assert_eq!(told(&client.get("/").send()), (200, "None"));
    let wrong = "a header is wrong: Authorization: no token behind Bearer";
    for (value, status, text) in [
        ("Bearer abc", 200, "Some(\"abc\")"),
        ("bEARER   a-._~+/9==", 200, "Some(\"a-._~+/9==\")"),
        ("Basic YTpi", 200, "None"),
        ("Bearers abc", 200, "None"),
        ("", 200, "None"),
        ("Bearer", 400, wrong),
        ("Bearer =", 400, wrong),
        ("Bearer a=b", 400, wrong),
        ("Bearer a b", 400, wrong),
        ("Bearer a,b", 400, wrong),
        ("Bearer \"a\"", 400, wrong),
    ] {
        let response = client.get("/").header("authorization", value).send();
        assert_eq!(told(&response), (status, text), "{value}");
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Order {
    Name,
    Date,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "shown as a whole")]
struct Search {
    q: String,
    page: Option<u32>,
    #[serde(default)]
    tag: Vec<String>,
    order: Option<Order>,
}

/// Names and values, and what is made of them: the value, or what is wrong.
const SEARCHES: [(&str, Result<&str, &str>); 13] = [
    ("q=a", Ok("Search { q: \"a\", page: None, tag: [], order: None }")),
    (
        "q=a+b%C3%A9&tag=x&page=2&tag=y&order=date&more=1",
        Ok("Search { q: \"a b\u{e9}\", page: Some(2), tag: [\"x\", \"y\"], order: Some(Date) }"),
    ),
    ("tag=one&q=", Ok("Search { q: \"\", page: None, tag: [\"one\"], order: None }")),
    ("q=a&page=", Ok("Search { q: \"a\", page: None, tag: [], order: None }")),
    ("q=a&order=name", Ok("Search { q: \"a\", page: None, tag: [], order: Some(Name) }")),
    ("", Err("missing field `q`")),
    ("Q=a", Err("missing field `q`")),
    ("q=a&page=x", Err("page: invalid digit found in string")),
    ("q=a&page=-1", Err("page: invalid digit found in string")),
    ("q=a&order=size", Err("order: unknown variant `size`, expected `name` or `date`")),
    ("q=a&q=b", Err("q: unsupported value")),
    ("q=a&page=1&page=2", Err("page: unsupported value")),
    ("q=a&order=name&order=date", Err("order: unsupported value")),
];

fn expect(response: &TestResponse, expected: Result<&str, &str>, what: &str) {
    match expected {
        Ok(value) => assert_eq!(told(response), (200, value)),
        Err(why) => {
            let text = response.text();
            assert_eq!(response.status().as_u16(), 400, "{text}");
            let given = text.strip_prefix(what).and_then(|text| text.strip_prefix(": ")).unwrap();
            assert!(given.starts_with(why), "{given}, not {why}");
        }
    }
}

#[test]
fn a_query_is_a_value_or_the_name_is_told() {
    let app = App::new()
        .get("/", |req: &Request<'_>| {
            Ok::<_, RequestError>(format!("{:?}", req.query_as::<Search>()?))
        })
        .get("/later", |req: OwnedRequest| async move {
            Ok::<_, RequestError>(format!("{:?}", req.query_as::<Search>()?))
        });
    let mut client = TestClient::new(app);
    for (query, expected) in SEARCHES {
        for path in ["/", "/later"] {
            let response = client.get(&format!("{path}?{query}")).send();
            expect(&response, expected, "the query is wrong");
        }
    }
    expect(&client.get("/").send(), Err("missing field `q`"), "the query is wrong");
}

#[test]
fn a_form_is_a_value_or_the_name_is_told() {
    let app = App::new().post("/", |req: &Request<'_>| {
        Ok::<_, RequestError>(format!("{:?}", req.form_as::<Search>()?))
    });
    let mut client = TestClient::new(app);
    const FORM: &str = "application/x-www-form-urlencoded";
    for (form, expected) in SEARCHES {
        expect(&client.post("/").content(FORM, form).send(), expected, "the form is wrong");
    }
    assert_eq!(
        told(&client.post("/").content(FORM, "q=%E9").send()),
        (400, "the content is not UTF-8")
    );
    assert_eq!(client.post("/").content("text/plain", "q=a").send().status().as_u16(), 415);
    assert_eq!(client.post("/").send().status().as_u16(), 415);
}
