//! Cuts from a message what the customer did not write just now: quoted history and signatures.
//!
//! What is kept is always the beginning of the text, so offsets into it are offsets into the whole. Quotes that
//! stand above or between the customer's own lines are found by [`is_quoted`] where the words are read. A text that
//! consists of nothing else is kept whole: a person may have forwarded it without a word.

/// The newest text without quoted history and signature at its end.
///
/// What somebody forwards stays: it is what they are writing about.
pub fn strip_history(text: &str) -> &str {
    let lines: Vec<Line<'_>> = lines(text).collect();
    // Lines after the last own one are quotes with nothing of the customer's below them.
    let last_own = lines.iter().rposition(|line| !line.text.is_empty() && !is_quoted(line.text));
    let end_of_own = last_own.map_or(0, |index| index + 1);
    let mut cut = lines.get(end_of_own).map_or(text.len(), |line| line.start);
    for (index, line) in lines.iter().enumerate().take(end_of_own) {
        if is_forward(line.text) {
            break;
        }
        let rest = lines.get(index..).unwrap_or_default();
        if starts_history(rest) || starts_signature(rest) || is_disclaimer(line.text) {
            cut = line.start;
            break;
        }
    }
    let kept = text.get(..cut).unwrap_or(text).trim_end();
    if has_own_words(kept) { kept } else { text.trim_end() }
}

/// Whether a line repeats what somebody wrote before.
pub(crate) fn is_quoted(line: &str) -> bool {
    line.trim_start_matches([' ', '\t']).starts_with('>')
}

struct Line<'a> {
    start: usize,
    text: &'a str,
}

fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let here = Line { start, text: line.trim() };
        start += line.len();
        here
    })
}

fn has_own_words(text: &str) -> bool {
    text.lines().any(|line| !is_quoted(line) && !line.trim().is_empty())
}

fn starts_history(rest: &[Line<'_>]) -> bool {
    let Some((first, after)) = rest.split_first() else { return false };
    is_separator(first.text)
        || is_attribution(rest)
        || is_mail_header(rest)
        || (is_rule(first.text) && is_mail_header(after))
}

/// `-----Original Message-----` and its like.
fn is_separator(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "original message",
        "reply above this line",
        "write above this line",
        "ursprüngliche nachricht",
        "originalnachricht",
        "message d'origine",
        "message original",
        "mensaje original",
        "mensagem original",
        "messaggio originale",
        "oorspronkelijk bericht",
    ];
    is_fenced(line, WORDS)
}

/// `---------- Forwarded message ---------`.
fn is_forward(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "forwarded message",
        "weitergeleitete nachricht",
        "message transféré",
        "mensaje reenviado",
        "mensagem encaminhada",
        "messaggio inoltrato",
        "doorgestuurd bericht",
    ];
    is_fenced(line, WORDS) || line.eq_ignore_ascii_case("begin forwarded message:")
}

fn is_fenced(line: &str, words: &[&str]) -> bool {
    let fenced = ["--", "__", "==", "##", "*"].iter().any(|fence| line.starts_with(fence));
    fenced && line.len() <= 120 && {
        let line = line.to_lowercase();
        words.iter().any(|word| line.contains(word))
    }
}

/// A line drawn with underscores, as mail programs put above what they quote.
fn is_rule(line: &str) -> bool {
    line.len() >= 10 && line.bytes().all(|byte| byte == b'_')
}

/// `On Tuesday, 3 March, Ana wrote:`, on one line or broken over up to three.
fn is_attribution(rest: &[Line<'_>]) -> bool {
    const FORMS: &[(&str, &[&str])] = &[
        ("on ", &["wrote"]),
        ("am ", &["schrieb"]),
        ("le ", &["a écrit"]),
        ("el ", &["escribió"]),
        ("em ", &["escreveu"]),
        ("il ", &["ha scritto"]),
        ("op ", &["schreef"]),
    ];
    let Some(first) = rest.first() else { return false };
    if first.text.len() > 200 {
        return false;
    }
    let opening = first.text.to_lowercase();
    let Some((_, verbs)) = FORMS.iter().find(|(start, _)| opening.starts_with(start)) else { return false };
    let mut joined = String::new();
    for line in rest.iter().take(3).filter(|line| line.text.len() <= 200) {
        joined.push_str(&line.text.to_lowercase());
        joined.push(' ');
        // A date is what tells it from a sentence that happens to end in 'wrote:'.
        if joined.trim_end().ends_with(':')
            && verbs.iter().any(|verb| joined.contains(verb))
            && joined.chars().any(|sign| sign.is_ascii_digit())
        {
            return true;
        }
    }
    false
}

/// `From: … / Sent: …`, as mail programs put above what they quote.
fn is_mail_header(rest: &[Line<'_>]) -> bool {
    const FROM: &[&str] = &["from", "von", "de", "da", "van"];
    const SENT: &[&str] = &[
        "sent",
        "date",
        "to",
        "subject",
        "gesendet",
        "datum",
        "an",
        "betreff",
        "envoyé",
        "à",
        "objet",
        "enviado",
        "fecha",
        "para",
        "asunto",
        "data",
        "assunto",
        "inviato",
        "a",
        "oggetto",
        "verzonden",
        "aan",
        "onderwerp",
    ];
    let mut labels = rest.iter().filter(|line| !line.text.is_empty()).map(|line| label(line.text));
    let opens = labels.next().flatten().is_some_and(|word| FROM.contains(&word.as_str()));
    opens && labels.next().flatten().is_some_and(|word| SENT.contains(&word.as_str()))
}

/// The word before the colon of a header line.
fn label(line: &str) -> Option<String> {
    let (word, value) = line.split_once(':')?;
    let word = word.trim().trim_matches('*').trim();
    (word.len() <= 12 && !value.trim().is_empty()).then(|| word.to_lowercase())
}

fn starts_signature(rest: &[Line<'_>]) -> bool {
    let Some((first, after)) = rest.split_first() else { return false };
    first.text == "--" || first.text == "—" || is_device_line(first.text) || closes_letter(first.text, after)
}

/// What a company's mail server puts under every mail.
fn is_disclaimer(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "confidentiality notice",
        "confidentiality note",
        "disclaimer:",
        "please consider the environment before printing",
        "bitte denken sie an die umwelt, bevor sie diese",
        "pensez à l'environnement avant d'imprimer",
    ];
    const SUBJECTS: &[&str] = &[
        "this e-mail",
        "this email",
        "this message",
        "the information contained in this",
        "diese e-mail",
        "diese nachricht",
        "ce message",
        "ce courriel",
        "este mensaje",
        "este correo",
        "esta mensagem",
        "este e-mail",
        "questo messaggio",
        "deze e-mail",
        "dit bericht",
    ];
    const CONFIDENTIAL: &[&str] = &["confiden", "vertraulich", "riservat", "vertrouwelijk"];
    const MEANT_FOR: &[&str] =
        &["intended", "addressee", "recipient", "adressat", "empfänger", "destinat", "geadresseerde"];
    let line = line.trim_start_matches(['*', '_', ' ']).to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| line.contains(word));
    STARTS.iter().any(|start| line.starts_with(start))
        || (SUBJECTS.iter().any(|start| line.starts_with(start)) && says(CONFIDENTIAL) && says(MEANT_FOR))
}

/// `Sent from my phone`.
fn is_device_line(line: &str) -> bool {
    const STARTS: &[&str] = &[
        "sent from my ",
        "sent from mail for",
        "sent from outlook",
        "get outlook for",
        "sent via ",
        "von meinem ",
        "gesendet von ",
        "envoyé de mon ",
        "envoyé depuis mon ",
        "enviado desde mi ",
        "enviado do meu ",
        "enviado a partir do ",
        "inviato da ",
        "verzonden vanaf ",
        "verstuurd vanaf ",
    ];
    line.len() <= 80 && {
        let line = line.to_lowercase();
        // 'von meinem Konto wurde abgebucht' is a sentence; a device line is short.
        STARTS.iter().any(|start| line.starts_with(start)) && line.split_whitespace().count() <= 6
    }
}

const MOST_SIGNATURE_LINES: usize = 7;

/// `Kind regards,` with a few short lines after it that ask nothing.
fn closes_letter(line: &str, after: &[Line<'_>]) -> bool {
    const CLOSINGS: &[&str] = &[
        "regards",
        "kind regards",
        "best regards",
        "warm regards",
        "many thanks and regards",
        "best",
        "best wishes",
        "all the best",
        "cheers",
        "sincerely",
        "yours sincerely",
        "yours faithfully",
        "thanks",
        "thank you",
        "many thanks",
        "thanks in advance",
        "mit freundlichen grüßen",
        "freundliche grüße",
        "viele grüße",
        "beste grüße",
        "mfg",
        "cordialement",
        "bien cordialement",
        "bien à vous",
        "saludos",
        "un saludo",
        "saludos cordiales",
        "atentamente",
        "atenciosamente",
        "obrigado",
        "obrigada",
        "cumprimentos",
        "cordiali saluti",
        "distinti saluti",
        "saluti",
        "met vriendelijke groet",
        "vriendelijke groet",
        "groeten",
    ];
    if line.len() > 40 {
        return false;
    }
    let bare = line.trim_end_matches([',', '.', '!', ' ']).to_lowercase();
    if !CLOSINGS.contains(&bare.as_str()) {
        return false;
    }
    let signed: Vec<&str> = after
        .iter()
        .map(|line| line.text)
        .filter(|line| !line.is_empty())
        .take_while(|line| !is_quoted(line) && !is_separator(line) && *line != "--")
        .take(MOST_SIGNATURE_LINES + 1)
        .collect();
    signed.len() <= MOST_SIGNATURE_LINES
        && signed.iter().all(|line| {
            line.len() <= 80 && !line.contains('?') && !line.starts_with("PS") && !line.starts_with("P.S")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_nothing_to_cut_stays_as_it_is() {
        for text in ["Where is my order?", "Thanks!", "on monday he wrote: never again", "a\n\nb > c", ""] {
            assert_eq!(strip_history(text), text);
        }
    }

    #[test]
    fn quoted_history_at_the_end_is_cut() {
        let cases = [
            "Still broken.\n\nOn Tue, 3 Mar 2026 at 10:14, Ana <ana@example.com> wrote:\n> Did it work?\n> Ana",
            "Still broken.\n\nOn Tue, 3 Mar 2026 at 10:14, Ana Maria de la Cruz\n<ana@example.com> wrote:\n\n> Hi",
            "Still broken.\n-----Original Message-----\nFrom: Support\nTo: me",
            "Still broken.\n\n________________________________\nFrom: Support <s@example.com>\nSent: Monday",
            "Still broken.\n> Did it work?\n> Ana\n",
            "Still broken.\n\nAm 03.03.2026 um 10:14 schrieb Ana:\n> Ging es?",
            "Still broken.\n\nLe 3 mars 2026 à 10:14, Ana a écrit :\n> Alors ?",
            "Still broken.\n\nVon: Ana\nGesendet: Montag\nAn: mich",
        ];
        for text in cases {
            assert_eq!(strip_history(text), "Still broken.", "from {text:?}");
        }
    }

    #[test]
    fn signatures_are_cut() {
        let cases = [
            "It fails.\n--\nJo Park\nHead of things",
            "It fails.\n\nSent from my iPhone",
            "It fails.\n\nKind regards,\nJo Park\nAcme Ltd\n+44 20 0000 0000",
            "It fails.\n\nVon meinem iPhone gesendet",
            "It fails.\n\nMit freundlichen Grüßen\nJo Park",
        ];
        for text in cases {
            assert_eq!(strip_history(text), "It fails.", "from {text:?}");
        }
    }

    #[test]
    fn a_closing_word_in_the_middle_cuts_nothing_that_is_asked_after_it() {
        let text = "Thanks\nBut can you also move the second licence?\nJo";
        assert_eq!(strip_history(text), text);
        let text = "The export works again.\nThanks,\nJo\nPS the import does not";
        assert_eq!(strip_history(text), text);
    }

    #[test]
    fn a_text_of_nothing_but_history_is_kept() {
        let text = "> please cancel my plan\n> today";
        assert_eq!(strip_history(text), text);
        let text = "From: Shop\nTo: me\nYour invoice is late";
        assert_eq!(strip_history(text), text);
    }

    #[test]
    fn what_is_forwarded_stays() {
        let text =
            "FYI\n---------- Forwarded message ---------\nFrom: Shop\nDate: today\nYour card was declined";
        assert_eq!(strip_history(text), text);
    }

    #[test]
    fn what_is_kept_is_a_prefix_whatever_the_text() {
        let text = "Größe 👍 passt nicht\r\n\r\nOn 3.3. Ana wrote:\r\n> ok";
        assert!(text.starts_with(strip_history(text)));
        assert_eq!(strip_history(text), "Größe 👍 passt nicht");
    }
}
