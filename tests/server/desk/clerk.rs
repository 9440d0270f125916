//! Somebody at a browser without script: follows links, fills in the forms that a page has, and keeps the one cookie.

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header, redirect::Policy};
use std::sync::Mutex;

/// Somebody at a browser.
pub(crate) struct Clerk {
    base: String,
    client: Client,
    cookie: Mutex<Option<String>>,
}

/// A page as it was answered, after all redirects.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    /// The path with the query.
    pub(crate) address: String,
    pub(crate) headers: header::HeaderMap,
    pub(crate) html: String,
}

/// A form of a page, with the values that it comes with.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) fields: Vec<(String, String)>,
}

impl Clerk {
    pub(crate) fn new(base: &str) -> Self {
        let client = Client::builder().redirect(Policy::none()).build().unwrap();
        Self { base: base.into(), client, cookie: Mutex::default() }
    }

    /// Another browser that shows the same cookie, as a second tab does.
    pub(crate) fn tab(&self) -> Self {
        let cookie = Mutex::new(self.cookie.lock().unwrap().clone());
        Self { base: self.base.clone(), client: self.client.clone(), cookie }
    }

    /// The same browser, at a program that was started again.
    pub(crate) fn at(&self, base: &str) -> Self {
        Self { base: base.into(), ..self.tab() }
    }

    /// Signs in, which must succeed; where that leads to.
    pub(crate) async fn sign_in(&self, login: &str, password: &str) -> Page {
        let page = self.try_sign_in(login, password).await;
        assert!(self.cookie.lock().unwrap().is_some(), "{}", page.html);
        page
    }

    /// Signs in, or is refused.
    pub(crate) async fn try_sign_in(&self, login: &str, password: &str) -> Page {
        let ask = self.get("/desk/sign-in").await;
        self.send(&ask, "/desk/sign-in", &[("login", login), ("password", password)]).await
    }

    /// The page at an address.
    pub(crate) async fn get(&self, path: &str) -> Page {
        self.follow(self.request(Method::GET, path)).await
    }

    /// Sends the form of a page that goes to this action, with what was typed: a field takes the place of those of its name that the
    /// form comes with, and may be typed several times.
    #[track_caller]
    pub(crate) fn send<'a>(
        &'a self,
        page: &Page,
        action: &str,
        typed: &'a [(&'a str, &'a str)],
    ) -> impl Future<Output = Page> + 'a {
        let form = page.form(action);
        let mut fields = form.fields;
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        let action = action.to_owned();
        async move {
            let all = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let all: Vec<(&str, &str)> = all.chain(typed.iter().copied()).collect();
            self.post(&action, &all).await
        }
    }

    /// Goes where the form of a page leads that only asks: what is typed goes along in the address.
    pub(crate) async fn ask(&self, page: &Page, action: &str, typed: &[(&str, &str)]) -> Page {
        let mut fields = page.form(action).fields;
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.follow(self.request(Method::GET, action).query(&fields)).await
    }

    /// Sends the form of a page that goes to this action, with a file that was chosen in a field.
    pub(crate) async fn upload(
        &self,
        page: &Page,
        action: &str,
        typed: &[(&str, &str)],
        (field, file, bytes): (&str, &str, &[u8]),
    ) -> Page {
        const BETWEEN: &str = "between-one-and-the-other";
        let mut fields = page.form(action).fields;
        fields.retain(|(name, _)| !typed.iter().any(|(other, _)| other == name));
        fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut body = Vec::new();
        let part = |name: &str| format!("--{BETWEEN}\r\ncontent-disposition: form-data; name=\"{name}\"");
        for (name, value) in &fields {
            body.extend(format!("{}\r\n\r\n{value}\r\n", part(name)).bytes());
        }
        body.extend(format!("{}; filename=\"{file}\"\r\n\r\n", part(field)).bytes());
        body.extend(bytes);
        body.extend(format!("\r\n--{BETWEEN}--\r\n").bytes());
        let request = self.request(Method::POST, action).header("origin", &self.base);
        let kind = format!("multipart/form-data; boundary={BETWEEN}");
        self.follow(request.header(header::CONTENT_TYPE, kind).body(body)).await
    }

    /// Sends these fields as a form of a page of ours, whatever page it was.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.follow(self.request(Method::POST, path).header("origin", &self.base).form(fields)).await
    }

    /// A request with the cookie, to be changed as somebody hostile would.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &*self.cookie.lock().unwrap() {
            Some(cookie) => request.header(header::COOKIE, cookie),
            None => request,
        }
    }

    /// Sends it, keeps the cookie, and goes where it leads.
    pub(crate) async fn follow(&self, request: RequestBuilder) -> Page {
        let (client, request) = request.build_split();
        let request = request.unwrap();
        let mut address = address(request.url());
        let mut answer = client.execute(request).await.unwrap();
        loop {
            self.keep(&answer);
            let next = answer.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned());
            let Some(next) = next.filter(|_| answer.status() == StatusCode::SEE_OTHER) else { break };
            answer = self.request(Method::GET, &next).send().await.unwrap();
            address = next;
        }
        let (status, headers) = (answer.status(), answer.headers().clone());
        Page { status, address, headers, html: answer.text().await.unwrap() }
    }

    fn keep(&self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let pair = cookie.split(';').next().unwrap().to_owned();
            let is_gone = cookie.contains("Max-Age=0");
            *self.cookie.lock().unwrap() = (!is_gone).then_some(pair);
        }
    }
}

fn address(url: &reqwest::Url) -> String {
    url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
}

impl Page {
    /// Whether a text stands on it, as one reads it.
    pub(crate) fn says(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    /// What one reads: without tags.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for piece in self.html.split('<') {
            text.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        }
        unescaped(&text)
    }

    /// Whether it has a form that goes there.
    pub(crate) fn has_form(&self, action: &str) -> bool {
        self.html.contains(&format!("action=\"{}\"", escaped(action)))
    }

    /// The first form that goes there.
    #[track_caller]
    pub(crate) fn form(&self, action: &str) -> Form {
        let start = self.html.find(&format!("action=\"{}\"", escaped(action)));
        let start =
            start.unwrap_or_else(|| panic!("no form to {action} on {}:\n{}", self.address, self.html));
        let text = self.html[start..].split("</form>").next().unwrap();
        let mut fields = Vec::new();
        for tag in text.split('<').skip(1) {
            let (tag, inside) = tag.split_once('>').unwrap_or((tag, ""));
            let is = |kind: &str| attribute(tag, "type").as_deref() == Some(kind);
            let is_chosen = tag.ends_with(" checked") || !(is("checkbox") || is("radio"));
            match (tag.split(' ').next().unwrap_or_default(), attribute(tag, "name")) {
                ("input", Some(name)) if is_chosen && !is("file") => {
                    fields.push((name, attribute(tag, "value").unwrap_or_default()));
                }
                ("textarea", Some(name)) => fields.push((name, unescaped(inside))),
                // The first option is chosen unless another one says so.
                ("select", Some(name)) => fields.push((name, "\u{0}".into())),
                ("option", None) => {
                    let value = attribute(tag, "value").unwrap_or_else(|| unescaped(inside));
                    let last = fields.last_mut().unwrap();
                    if last.1 == "\u{0}" || tag.ends_with(" selected") {
                        last.1 = value;
                    }
                }
                _ => {}
            }
        }
        Form { fields }
    }

    /// Where the links on it lead to.
    pub(crate) fn links(&self) -> Vec<String> {
        let tags = self.html.split("<a").skip(1);
        tags.filter_map(|tag| attribute(tag.split('>').next()?, "href")).collect()
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(unescaped(rest.split('"').next()?))
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}
