//! How a program is called and what its output means.

use crate::choice::ProviderKind;
use crate::target::Target;
use std::ffi::OsString;
use std::fmt::Debug;
use std::path::Path;
use url::Url;

/// What a line of a program's output says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// Nothing of interest.
    Nothing,
    /// The tunnel stands, and this is its public URL.
    Url(Url),
    /// It will not stand until a person does something.
    Trouble(String),
}

/// How a program is called and what its output means. Pure: tested with recorded output.
pub(crate) trait Recipe: Debug + Send + Sync {
    /// Which provider it is for.
    fn kind(&self) -> ProviderKind;
    /// Whether each start gives another address.
    fn url_changes(&self) -> bool;
    /// The arguments that lead to `target`. `folder` is where files may be kept.
    fn arguments(&self, target: &Target, folder: &Path) -> Result<Vec<OsString>, String>;
    /// What a line says.
    fn read(&self, line: &str) -> Said;
    /// A line in words that may be shown when the program ends; `None` for chatter.
    fn word(&self, line: &str) -> Option<String> {
        Some(line.to_owned())
    }
    /// What a last word means and what to do, where it is known.
    fn meaning(&self, _word: &str) -> Option<String> {
        None
    }
    /// Why it told no URL within so many seconds.
    fn silence(&self, seconds: u64) -> String {
        format!("{} told no public URL within {seconds} seconds", super::find::name(self.kind()))
    }
}

/// The web addresses in a line, in order.
pub(crate) fn urls(line: &str) -> Vec<Url> {
    let breaks = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '|' | '<' | '>' | '(' | ')' | ',');
    line.split(breaks)
        .filter(|word| word.starts_with("https://") || word.starts_with("http://"))
        .filter_map(|word| Url::parse(word.trim_end_matches(['.', ';', ':'])).ok())
        .collect()
}

/// The address without what stands behind its host and port.
pub(crate) fn origin(mut url: Url) -> Url {
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    url
}

/// Whether the host is below `domain`, and not `domain` itself.
pub(crate) fn is_below(url: &Url, domain: &str) -> bool {
    url.host_str()
        .and_then(|host| host.strip_suffix(domain))
        .is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}
