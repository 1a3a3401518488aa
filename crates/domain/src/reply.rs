//! Variables in replies: `{{first_name}}`, `{{first_name|there}}`.
//!
//! What is rendered holds no pair of braces, whatever the text and the values: a reply with one would reach a customer as
//! a form that nobody filled in. Where a value is missing and no fallback is given, where a variable is unknown or a
//! brace is left over, there is no reply, but a [`ReplyGap`]: the text with the place in it, and a sentence.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The longest value that is put in, characters.
const LONGEST_VALUE: usize = 120;
/// Words before a name that are no first name.
const TITLES: [&str; 10] = ["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "mme", "sir"];

/// Something that a reply can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReplyVariable {
    /// The customer's first name.
    FirstName,
    /// The customer's name.
    Name,
    /// The customer's email address.
    Email,
    /// The customer's company.
    Company,
    /// What the conversation is about, as the customer headed it.
    Subject,
    /// The teammate in whose name the reply is sent.
    Teammate,
    /// Their first name.
    TeammateFirstName,
}

impl ReplyVariable {
    /// All, as they are listed.
    pub const ALL: [Self; 7] = [
        Self::FirstName,
        Self::Name,
        Self::Email,
        Self::Company,
        Self::Subject,
        Self::Teammate,
        Self::TeammateFirstName,
    ];

    /// The word between the braces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::Name => "name",
            Self::Email => "email",
            Self::Company => "company",
            Self::Subject => "subject",
            Self::Teammate => "teammate",
            Self::TeammateFirstName => "teammate_first_name",
        }
    }

    /// The variable of that word, in capitals or not.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variable| variable.as_str().eq_ignore_ascii_case(word))
    }

    /// What it stands for, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::FirstName => "the customer's first name",
            Self::Name => "the customer's name",
            Self::Email => "the customer's email address",
            Self::Company => "the customer's company",
            Self::Subject => "the subject of the conversation",
            Self::Teammate => "the name of the teammate who answers",
            Self::TeammateFirstName => "the first name of the teammate who answers",
        }
    }
}

/// What is known for a reply.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReplyFacts {
    /// The customer's name.
    pub name: Option<String>,
    /// The customer's email address.
    pub email: Option<String>,
    /// The customer's company.
    pub company: Option<String>,
    /// The subject of the conversation.
    pub subject: Option<String>,
    /// The name of the teammate who answers.
    pub teammate: Option<String>,
}

impl ReplyFacts {
    /// Facts in which everything is known, to see what a plan comes to where nothing is missing.
    pub fn complete() -> Self {
        Self {
            name: Some("Ana Duarte".to_owned()),
            email: Some("ana@mail.example.com".to_owned()),
            company: Some("Northwind".to_owned()),
            subject: Some("Invoice".to_owned()),
            teammate: Some("Sam Okafor".to_owned()),
        }
    }

    /// The value of a variable; `None` when it is not known, or not fit to stand in a text.
    pub fn value(&self, variable: ReplyVariable) -> Option<String> {
        match variable {
            ReplyVariable::FirstName => self.name.as_deref().and_then(first_name),
            ReplyVariable::Name => self.name.as_deref().and_then(person),
            ReplyVariable::Email => self.email.as_deref().and_then(clean),
            ReplyVariable::Company => self.company.as_deref().and_then(clean),
            ReplyVariable::Subject => self.subject.as_deref().and_then(clean),
            ReplyVariable::Teammate => self.teammate.as_deref().and_then(person),
            ReplyVariable::TeammateFirstName => self.teammate.as_deref().and_then(first_name),
        }
    }
}

/// Why a reply cannot be sent as it stands: the text with everything put in that is known, and the place to mend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplyGap {
    /// The text, with what could not be put in as it was written.
    pub text: String,
    /// Where the first such place begins, in UTF-16 code units.
    pub from: u32,
    /// Where it ends, exclusive.
    pub to: u32,
    /// What is wrong with it, and what to do.
    pub sentence: String,
}

/// The text with its variables put in.
pub fn render(text: &str, facts: &ReplyFacts) -> Result<String, ReplyGap> {
    let mut out = String::with_capacity(text.len());
    let mut wrong: Option<Wrong> = None;
    for piece in pieces(text) {
        let from = out.len();
        let problem = match piece {
            Piece::Plain(plain) => {
                out.push_str(plain);
                None
            }
            Piece::Broken(broken) => {
                out.push_str(broken);
                Some(BROKEN.to_owned())
            }
            Piece::Variable { whole, name, fallback } => match put_in(name, fallback, facts) {
                Ok(value) => {
                    out.push_str(&value);
                    None
                }
                Err(problem) => {
                    out.push_str(whole);
                    Some(problem)
                }
            },
        };
        if let Some(sentence) = problem
            && wrong.is_none()
        {
            wrong = Some(Wrong { from, to: out.len(), sentence });
        }
    }
    // Braces on both sides of what was put in can make a pair that stood nowhere before.
    let pair = || out.find("{{").or_else(|| out.find("}}"));
    let wrong =
        wrong.or_else(|| pair().map(|from| Wrong { from, to: from + 2, sentence: BROKEN.to_owned() }));
    match wrong {
        None => Ok(out),
        Some(Wrong { from, to, sentence }) => {
            let units = |end: usize| {
                let before = out.get(..end).unwrap_or(&out);
                u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
            };
            Err(ReplyGap { from: units(from), to: units(to), sentence, text: out })
        }
    }
}

/// What is wrong with a text whatever is known of the customer: an unknown variable, a brace left over. A value that is
/// missing is nothing wrong with the text.
pub fn check(text: &str) -> Result<(), ReplyGap> {
    render(text, &ReplyFacts::complete()).map(drop)
}

/// Whether a text names any of these.
pub fn names(text: &str, variables: &[ReplyVariable]) -> bool {
    pieces(text).into_iter().any(|piece| match piece {
        Piece::Variable { name, .. } => {
            ReplyVariable::parse(name).is_some_and(|variable| variables.contains(&variable))
        }
        Piece::Plain(_) | Piece::Broken(_) => false,
    })
}

const BROKEN: &str = "The reply has braces that are no variable. A variable is written {{first_name}}, or \
                      {{first_name|there}} with a fallback: mend it, or put a blank between the braces.";

struct Wrong {
    from: usize,
    to: usize,
    sentence: String,
}

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Plain(&'a str),
    Variable { whole: &'a str, name: &'a str, fallback: Option<&'a str> },
    Broken(&'a str),
}

/// The text cut into plain words, variables and what is neither. Put together they are the text.
fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let open = rest.find("{{");
        let close = rest.find("}}");
        let (plain, after) = rest.split_at(open.into_iter().chain(close).min().unwrap_or(rest.len()));
        if !plain.is_empty() {
            pieces.push(Piece::Plain(plain));
        }
        if after.is_empty() {
            break;
        }
        let inside = after.strip_prefix("{{").and_then(|inside| Some((inside, inside.find("}}")?)));
        let variable = inside.and_then(|(inside, end)| {
            let inside = inside.get(..end)?;
            let (name, fallback) = match inside.split_once('|') {
                Some((name, fallback)) => (name, Some(fallback.trim()).filter(|text| !text.is_empty())),
                None => (inside, None),
            };
            let whole = after.get(..end + 4)?;
            let is_written_well = !inside.contains(['{', '}', '\n', '\r']);
            is_written_well.then_some((whole, name.trim(), fallback))
        });
        if let Some((whole, name, fallback)) = variable {
            pieces.push(Piece::Variable { whole, name, fallback });
            rest = after.get(whole.len()..).unwrap_or_default();
        } else {
            // All braces that stand together, so that none of them opens another.
            let length = after.find(|c| c != '{' && c != '}').unwrap_or(after.len());
            let (broken, next) = after.split_at(length);
            pieces.push(Piece::Broken(broken));
            rest = next;
        }
    }
    pieces
}

fn put_in(name: &str, fallback: Option<&str>, facts: &ReplyFacts) -> Result<String, String> {
    let Some(variable) = ReplyVariable::parse(name) else {
        let all: Vec<&str> = ReplyVariable::ALL.into_iter().map(ReplyVariable::as_str).collect();
        let shown: String = name.chars().take(40).collect();
        return Err(format!(
            "The reply has {{{{{shown}}}}}, which is no variable. There are {}.",
            all.join(", ")
        ));
    };
    let known = facts.value(variable).or_else(|| fallback.map(str::to_owned));
    known.ok_or_else(|| {
        format!(
            "The reply needs {}, which is not known: edit it, or give a fallback, as in {{{{{}|{}}}}}.",
            variable.meaning(),
            variable.as_str(),
            match variable {
                ReplyVariable::FirstName | ReplyVariable::Name => "there",
                ReplyVariable::Company => "your company",
                ReplyVariable::Email => "your address",
                ReplyVariable::Subject => "your question",
                ReplyVariable::Teammate | ReplyVariable::TeammateFirstName => "the team",
            }
        )
    })
}

/// One line without control characters; `None` for nothing, for what is too long to be a name, and for what holds braces.
fn clean(value: &str) -> Option<String> {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let line: String = line.chars().filter(|c| !c.is_control()).collect();
    let is_fit = !line.is_empty() && line.chars().count() <= LONGEST_VALUE && !line.contains(['{', '}']);
    is_fit.then_some(line)
}

/// A name of a person: an address or a number is none.
fn person(value: &str) -> Option<String> {
    clean(value).filter(|name| !name.contains('@') && name.chars().any(char::is_alphabetic))
}

/// "Priya" of "Priya Raman", "Dr. Priya Raman" and "Raman, Priya".
fn first_name(value: &str) -> Option<String> {
    let name = person(value)?;
    let given = match name.split_once(',') {
        Some((_, given)) if !given.trim().is_empty() => given.trim(),
        Some((family, _)) => family,
        None => name.as_str(),
    };
    let is_title = |word: &&str| {
        let word = word.trim_end_matches('.').to_lowercase();
        TITLES.contains(&word.as_str())
    };
    let first = given.split(' ').find(|word| !is_title(word))?;
    let first = first.trim_matches(|c: char| !c.is_alphanumeric() && c != '.');
    first.chars().any(char::is_alphabetic).then(|| first.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts() -> ReplyFacts {
        ReplyFacts {
            name: Some("Priya Raman".to_owned()),
            company: Some("Kestrel Freight".to_owned()),
            teammate: Some("Sam Okafor".to_owned()),
            ..ReplyFacts::default()
        }
    }

    #[test]
    fn what_is_known_is_put_in() {
        let text =
            "Hi {{first_name}} of {{ Company }}, {{teammate}} ({{teammate_first_name}}) has it. {{name}}!";
        assert_eq!(
            render(text, &facts()).as_deref(),
            Ok("Hi Priya of Kestrel Freight, Sam Okafor (Sam) has it. Priya Raman!")
        );
    }

    #[test]
    fn a_fallback_stands_in_for_what_is_not_known_and_only_then() {
        let text = "Hi {{first_name|there}}, about {{subject|your question}}";
        assert_eq!(render(text, &facts()).as_deref(), Ok("Hi Priya, about your question"));
        let nobody = ReplyFacts::default();
        assert_eq!(render(text, &nobody).as_deref(), Ok("Hi there, about your question"));
    }

    #[test]
    fn what_is_missing_is_a_gap_at_its_place_and_the_rest_is_put_in() {
        let gap = render(
            "😀 {{teammate_first_name}}: Hi {{first_name}}, hello",
            &ReplyFacts { teammate: facts().teammate, ..ReplyFacts::default() },
        )
        .expect_err("the name is not known");
        assert_eq!(gap.text, "😀 Sam: Hi {{first_name}}, hello");
        let marked: Vec<u16> = gap.text.encode_utf16().collect();
        let marked = String::from_utf16_lossy(&marked[gap.from as usize..gap.to as usize]);
        assert_eq!(marked, "{{first_name}}");
        assert_eq!(
            gap.sentence,
            "The reply needs the customer's first name, which is not known: edit it, or give a fallback, as in \
             {{first_name|there}}."
        );
    }

    #[test]
    fn an_unknown_variable_and_braces_left_over_are_refused_in_words() {
        let sentence = |text: &str| check(text).expect_err("it is wrong").sentence;
        assert!(sentence("Order {{order}}").starts_with("The reply has {{order}}, which is no variable."));
        for broken in
            ["Hi {{first_name", "Hi first_name}}", "{{{first_name}}}", "{{first\nname}}", "{{}", "{{}}x{{"]
        {
            assert!(check(broken).is_err(), "{broken}");
        }
        assert_eq!(check("Set { a: 1 } and {first_name}"), Ok(()), "single braces are nobody's");
    }

    #[test]
    fn braces_in_a_name_are_no_name() {
        let odd = ReplyFacts { name: Some("{{email}}".to_owned()), ..facts() };
        assert!(render("Hi {{first_name}}", &odd).is_err());
        assert_eq!(render("Hi {{first_name|there}}", &odd).as_deref(), Ok("Hi there"));
    }

    #[test]
    fn first_names_are_found_in_names_as_people_write_them() {
        let first = |name: &str| first_name(name);
        assert_eq!(first("Priya Raman").as_deref(), Some("Priya"));
        assert_eq!(first("Dr. Priya Raman").as_deref(), Some("Priya"));
        assert_eq!(first("Raman, Priya").as_deref(), Some("Priya"));
        assert_eq!(first("  Zoë  ").as_deref(), Some("Zoë"));
        assert_eq!(first("J. Doe").as_deref(), Some("J."));
        assert_eq!(first("priya@mail.example.com"), None);
        assert_eq!(first("+49 171 555"), None);
        assert_eq!(first("Dr."), None);
    }

    proptest! {
        #[test]
        fn no_rendered_text_holds_a_brace_pair(
            text in "([{}|a ]|\\{\\{(first_name|company|nothing)(\\|[a{}]{0,3})?\\}\\}|\\{\\{|\\}\\}|é){0,14}",
            name in proptest::option::of("[a-z{} ]{0,8}"),
            company in proptest::option::of("[{}a]{0,5}"),
        ) {
            let facts = ReplyFacts { name, company, ..ReplyFacts::default() };
            match render(&text, &facts) {
                Ok(out) => {
                    prop_assert!(!out.contains("{{") && !out.contains("}}"), "{out}");
                    prop_assert_eq!(render(&out, &facts), Ok(out.clone()), "rendering twice changes nothing");
                }
                Err(gap) => {
                    let units = gap.text.encode_utf16().count() as u32;
                    prop_assert!(gap.from < gap.to && gap.to <= units, "the place is in the text");
                }
            }
        }

        #[test]
        fn any_text_at_all_can_be_looked_at(text in any::<String>()) {
            if let Ok(out) = render(&text, &facts()) {
                prop_assert!(!out.contains("{{") && !out.contains("}}"));
            }
        }
    }
}
