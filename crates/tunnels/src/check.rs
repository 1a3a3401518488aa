//! What may be entered as an option. Each refuses what a program could take for an option of its own, and what is
//! plainly no such thing, with a sentence that says what to enter.

use crate::choice::Invalid;
use url::{Host, Url};

/// How the paths that deliveries come to begin.
const DELIVERIES: &str = "/webhooks/";
/// The longest value of any option, bytes.
const LONGEST: usize = 253;

/// A host name or an IP address.
pub(crate) fn host(field: &str, text: &str) -> Result<String, Invalid> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':');
    whole(field, text, fits, "a host name such as tunnel.example.com")
}

/// A name of a user, as SSH takes it.
pub(crate) fn user(field: &str, text: &str) -> Result<String, Invalid> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '+');
    whole(field, text, fits, "a user name of letters, digits, dots, dashes and underscores")
}

/// A name of a tunnel, or its id.
pub(crate) fn name(field: &str, text: &str) -> Result<String, Invalid> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    whole(field, text, fits, "a name of letters, digits, dots, dashes and underscores")
}

/// A port number.
pub(crate) fn port(field: &str, text: &str) -> Result<u16, Invalid> {
    match text.parse::<u16>() {
        Ok(port) if port > 0 => Ok(port),
        Ok(_) | Err(_) => Err(Invalid::new(field, "A port is a number from 1 to 65535.")),
    }
}

/// A file, named from the root on.
pub(crate) fn file(field: &str, text: &str) -> Result<String, Invalid> {
    let path = std::path::Path::new(text);
    if !path.is_absolute() || text.chars().any(char::is_control) {
        return Err(Invalid::new(field, "Name the file with its whole path, from the root on."));
    }
    if !path.is_file() {
        return Err(Invalid::new(field, "There is no such file on this machine."));
    }
    Ok(text.to_owned())
}

/// A domain as ngrok gives it, with or without `https://`.
pub(crate) fn domain(field: &str, text: &str) -> Result<String, Invalid> {
    let bare = text.strip_prefix("https://").unwrap_or(text).trim_end_matches('/');
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let domain = whole(field, bare, fits, "a domain such as support.ngrok-free.app")?;
    if domain.contains('.') {
        Ok(domain)
    } else {
        Err(Invalid::new(field, "Enter the whole domain, such as support.ngrok-free.app."))
    }
}

/// A public address, kept without a slash at its end and without the path that is added to it. `https://`, or
/// `http://` on this machine.
pub(crate) fn public_url(field: &str, text: &str) -> Result<Url, Invalid> {
    let wrong = |sentence: &str| Invalid::new(field, sentence);
    let url = Url::parse(text)
        .map_err(|_| wrong("This is no web address. It should look like https://support.example.com."))?;
    let here = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(wrong("The address must have a host name.")),
    };
    if url.scheme() != "https" && !(here && url.scheme() == "http") {
        return Err(wrong("The address must start with https://: Intercom delivers to no other."));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("The address must have no user name and no password."));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("The address must have no question mark and no number sign."));
    }
    let whole = url.as_str().trim_end_matches('/');
    let bare = whole.split_once(DELIVERIES).map_or(whole, |(before, _)| before);
    Url::parse(bare).map_err(|_| wrong("This is no web address."))
}

fn whole(field: &str, text: &str, fits: impl Fn(char) -> bool, what: &str) -> Result<String, Invalid> {
    let starts = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric() || c == ':' || c == '_');
    if starts && text.len() <= LONGEST && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err(Invalid::new(field, format!("Enter {what}.")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_program_could_take_for_an_option_passes() {
        let hostile = [
            "-oProxyCommand=touch /tmp/x",
            "--config",
            "-",
            "a b",
            "a;b",
            "$(id)",
            "`id`",
            "a\nb",
            "a@b",
            "a/b",
            "",
            "\u{202e}abc",
        ];
        for text in hostile {
            assert!(host("host", text).is_err(), "{text:?} passes as a host");
            assert!(user("user", text).is_err(), "{text:?} passes as a user");
            assert!(name("name", text).is_err(), "{text:?} passes as a name");
            assert!(domain("domain", text).is_err(), "{text:?} passes as a domain");
            assert!(port("port", text).is_err(), "{text:?} passes as a port");
            assert!(file("file", text).is_err(), "{text:?} passes as a file");
        }
    }

    #[test]
    fn what_people_enter_passes() {
        assert_eq!(host("host", "tunnel.example.com").unwrap(), "tunnel.example.com");
        assert_eq!(host("host", "2001:db8::7").unwrap(), "2001:db8::7");
        assert_eq!(user("user", "support_desk-1").unwrap(), "support_desk-1");
        assert_eq!(domain("domain", "https://desk.ngrok-free.app/").unwrap(), "desk.ngrok-free.app");
        assert_eq!(port("port", "8080").unwrap(), 8080);
        assert!(port("port", "0").is_err() && port("port", "65536").is_err());
    }

    #[test]
    fn a_public_address_is_https_unless_it_is_this_machine() {
        let kept = |text| public_url("public_url", text).map(|url| url.to_string());
        assert_eq!(kept("https://hooks.example.com/").unwrap(), "https://hooks.example.com/");
        assert_eq!(
            kept("https://hooks.example.com/webhooks/intercom").unwrap(),
            "https://hooks.example.com/"
        );
        assert_eq!(kept("https://example.com/desk/webhooks/intercom").unwrap(), "https://example.com/desk");
        assert_eq!(kept("http://127.0.0.1:4000").unwrap(), "http://127.0.0.1:4000/");
        for text in [
            "http://hooks.example.com",
            "ftp://hooks.example.com",
            "https://user:word@hooks.example.com",
            "https://hooks.example.com/?a=b",
            "hooks.example.com",
            "javascript:alert(1)",
        ] {
            assert!(kept(text).is_err(), "{text:?} passes");
        }
    }
}
