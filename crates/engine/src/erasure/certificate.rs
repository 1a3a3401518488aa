//! The certificate of an erasure: what was erased, what was not, and how that was checked. It names nobody.

use domain::{ContactId, ErasureCause, ErasureCounts, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use store::{Searched, UnfinishedErasure};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Which form of certificate this is; another number where a field changes its meaning.
const FORM: &str = "countersign.erasure/1";
const PROGRAM: &str = concat!("Countersign ", env!("CARGO_PKG_VERSION"));

/// A number with what it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What.
    pub what: String,
    /// How many.
    pub count: u32,
}

/// Proof of an erasure, to be kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Which form of certificate this is.
    pub form: String,
    /// The id of the erasure.
    pub erasure_id: String,
    /// The helpdesk's id of the workspace.
    pub workspace: String,
    /// Program and version.
    pub program: String,
    /// Who wanted it.
    pub cause: ErasureCause,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// SHA-256 of salt, colon and contact id: whoever knows the id can find the certificate again.
    pub contact_key: String,
    /// The salt.
    pub salt: String,
    /// The helpdesk's id of the contact, where it was to be kept.
    pub contact_id: Option<ContactId>,
    /// What was erased.
    pub erased: Vec<Line>,
    /// How it was made sure.
    pub checks: Vec<String>,
    /// What was not erased.
    pub not_erased: Vec<String>,
    /// All of it as text, but for the last line, which is the sum.
    pub text: String,
    /// SHA-256 over the text.
    pub sha256: String,
}

impl Certificate {
    pub(super) fn of(
        erasure: &UnfinishedErasure,
        searched: &Searched,
        workspace: &str,
        helpdesk: &str,
        now: Timestamp,
    ) -> Self {
        let mut certificate = Self {
            form: FORM.to_owned(),
            erasure_id: erasure.id.to_string(),
            workspace: workspace.to_owned(),
            program: PROGRAM.to_owned(),
            cause: erasure.cause,
            asked_at: erasure.asked_at,
            finished_at: now,
            contact_key: erasure.contact_key.clone(),
            salt: erasure.salt.clone(),
            contact_id: erasure.contact_id.clone(),
            erased: lines(&erasure.counts),
            checks: checks(&erasure.counts, searched),
            not_erased: not_erased(erasure.cause, &erasure.counts, helpdesk),
            text: String::new(),
            sha256: String::new(),
        };
        certificate.text = certificate.written(helpdesk);
        certificate.sha256 = hex(&Sha256::digest(certificate.text.as_bytes()));
        certificate
    }

    /// The whole as it is copied or saved: `head -n -1` of it gives the text that the sum is of.
    pub fn document(&self) -> String {
        format!("{}SHA-256 of the lines above: {}\n", self.text, self.sha256)
    }

    /// For the activity log.
    pub(super) fn sentence(&self) -> String {
        let number: u32 = self.erased.iter().map(|line| line.count).sum();
        let why = match self.cause {
            ErasureCause::Helpdesk => "deleted at the helpdesk",
            ErasureCause::Person => "by hand",
        };
        let short: String = self.contact_key.chars().take(8).collect();
        match number {
            0 => format!("A person was erased ({why}); nothing of them was kept. Certificate {short}"),
            _ => format!("A person was erased with everything kept of them ({why}). Certificate {short}"),
        }
    }

    fn written(&self, helpdesk: &str) -> String {
        let mut text = String::new();
        let mut line = |line: &str| {
            text.push_str(line);
            text.push('\n');
        };
        line("Certificate of erasure");
        line("");
        line(&format!("Certificate  {}", self.erasure_id));
        line(&format!("Workspace    {} ({helpdesk})", self.workspace));
        line(&format!("Program      {}", self.program));
        line(&format!("Asked for    {}", moment(self.asked_at)));
        line(&format!("Finished     {}", moment(self.finished_at)));
        line(&format!(
            "Cause        {}",
            match self.cause {
                ErasureCause::Helpdesk => format!("{helpdesk} said that the contact was deleted"),
                ErasureCause::Person => "Asked for by hand, on this machine".to_owned(),
            }
        ));
        line(&format!("Contact key  {}", self.contact_key));
        line(&format!("             SHA-256 of \"{}:<id of the contact in {helpdesk}>\"", self.salt));
        if let Some(id) = &self.contact_id {
            line(&format!("Contact id   {id} (kept in this certificate because that was asked for)"));
        }
        line("");
        line("Erased on this machine:");
        for one in &self.erased {
            line(&format!("{:>8}  {}", one.count, one.what));
        }
        for (title, sentences) in [("How it was checked:", &self.checks), ("Not erased:", &self.not_erased)] {
            line("");
            line(title);
            for sentence in sentences {
                line(&format!("- {sentence}"));
            }
        }
        line("");
        text
    }
}

/// SHA-256 of salt, colon and contact id.
pub fn certificate_key(salt: &str, contact: &ContactId) -> String {
    hex(&Sha256::digest(format!("{salt}:{contact}").as_bytes()))
}

/// What is, or would be, erased, in words.
pub fn lines(counts: &ErasureCounts) -> Vec<Line> {
    let all = [
        ("records of the person (name, addresses, attributes)", counts.records),
        ("conversations that were theirs alone, whole", counts.conversations),
        ("conversations that others share, without what was theirs", counts.shared),
        ("messages and notes", counts.messages),
        ("names and addresses of files", counts.files),
        ("suggestions, which lose the words they were made from", counts.suggestions),
        ("replies and notes to them, those begun too, which lose their text", counts.replies),
        ("actions that waited to be sent, which are not sent", counts.stopped),
        ("lessons of the local model", counts.lessons),
        ("raw bodies of deliveries", counts.deliveries),
    ];
    all.into_iter().map(|(what, count)| Line { what: what.to_owned(), count }).collect()
}

fn checks(counts: &ErasureCounts, searched: &Searched) -> Vec<String> {
    let mut checks = Vec::new();
    let looked = "addresses, telephone numbers and the beginnings of what they wrote";
    checks.push(match (searched.strings, searched.left) {
        (0, _) => {
            "There was nothing to search the data file for: no address and no text of theirs was known at the end"
                .to_owned()
        }
        (strings, 0) => format!(
            "The data file and its log were searched byte by byte for {strings} strings ({looked}): none is left"
        ),
        (strings, left) => format!(
            "The data file and its log were searched byte by byte for {strings} strings ({looked}): {left} are left, in \
             what other people wrote or in unused parts of the file"
        ),
    });
    if searched.rewritten {
        checks.push("The data file was written anew, so that no unused part of it holds old text".to_owned());
    }
    if searched.put_off {
        checks.push(
            "The data file is large, so it is written anew at the next start of the program: until then, unused parts of \
             it may hold old text"
                .to_owned(),
        );
    }
    if let Some(problem) = &searched.problem {
        checks.push(format!(
            "The data file could not be written anew, so unused parts of it may hold old text: {problem}"
        ));
    }
    if !searched.copies.is_empty() {
        checks.push(format!("Copies made before updates were deleted: {}", searched.copies.join(", ")));
    }
    if !searched.copies_left.is_empty() {
        checks.push(format!(
            "Copies made before updates that could not be deleted, delete them by hand: {}",
            searched.copies_left.join(", ")
        ));
    }
    if counts.lessons > 0 {
        checks.push("The local model was trained anew without those lessons".to_owned());
    }
    checks
}

fn not_erased(cause: ErasureCause, counts: &ErasureCounts, helpdesk: &str) -> Vec<String> {
    let mut left = Vec::new();
    left.push(match cause {
        ErasureCause::Helpdesk => format!("Anything outside of this machine; {helpdesk} deletes its own"),
        ErasureCause::Person => format!(
            "{helpdesk} itself: this erased what this machine keeps, and nothing else. Delete the contact there as well \
             where the person is to be forgotten everywhere"
        ),
    });
    left.push(format!(
        "The id of the contact in {helpdesk} and those of their conversations. They are kept so that a copy that is \
         fetched late cannot bring the person back, and name nobody without {helpdesk}"
    ));
    left.push(
        "When somebody decided on their conversations, and what kind of decision it was, without any text"
            .to_owned(),
    );
    if counts.shared > 0 {
        left.push("What teammates wrote in conversations that others share".to_owned());
    }
    if counts.mentions > 0 {
        let many = counted(counts.mentions, "conversation", "conversations");
        left.push(format!(
            "What other people wrote: {many} of others mention a name or an address of this person"
        ));
    }
    if counts.examples > 0 {
        let many = counted(counts.examples, "example message", "example messages");
        left.push(format!("{many} of buckets that mention them: look through the buckets in Settings"));
    }
    left.push(
        "Backups and snapshots made outside of this program, and what other installations of it keep on their machines"
            .to_owned(),
    );
    left
}

fn counted(number: u32, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {many}") }
}

/// A time for people and programs alike, to the second.
fn moment(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp(at.seconds())
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| at.0.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ErasureId;
    use store::{ErasureStage, LookedFor};

    fn certificate(searched: &Searched) -> Certificate {
        let erasure = UnfinishedErasure {
            id: ErasureId(uuid::Uuid::from_u128(7)),
            cause: ErasureCause::Person,
            stage: ErasureStage::Erased,
            contact_id: None,
            asked_at: Timestamp(1_790_000_000_000),
            looked_for: LookedFor::default(),
            counts: ErasureCounts { conversations: 2, messages: 9, mentions: 1, ..ErasureCounts::default() },
            contact_key: certificate_key("salt", &"c1".into()),
            salt: "salt".to_owned(),
        };
        Certificate::of(&erasure, searched, "app1", "The helpdesk", Timestamp(1_790_000_001_000))
    }

    #[test]
    fn the_sum_is_of_every_line_before_it() {
        let certificate = certificate(&Searched::default());
        let document = certificate.document();
        let (text, last) = document.trim_end().rsplit_once('\n').unwrap();
        let sum = hex(&Sha256::digest(format!("{text}\n").as_bytes()));
        assert_eq!(last, format!("SHA-256 of the lines above: {sum}"));
        let again: Certificate = serde_json::from_value(serde_json::to_value(&certificate).unwrap()).unwrap();
        assert_eq!(again.document(), document, "what was stored is what was shown");
    }

    #[test]
    fn it_says_what_was_erased_what_was_not_and_how_that_is_known() {
        let searched = Searched {
            strings: 12,
            left: 0,
            rewritten: true,
            copies: vec!["a.before-2.sqlite".to_owned()],
            ..Searched::default()
        };
        let text = certificate(&searched).text;
        for expected in [
            "       9  messages and notes",
            "2026-09-21T14:13:20Z",
            "for 12 strings",
            "none is left",
            "written anew",
            "a.before-2.sqlite",
            "The helpdesk itself",
            "1 conversation of others",
        ] {
            assert!(text.contains(expected), "{expected} is missing in:\n{text}");
        }
    }

    #[test]
    fn whoever_knows_the_id_finds_the_certificate_again() {
        let key = certificate_key("salt", &"c1".into());
        // printf salt:c1 | sha256sum
        assert_eq!(key, "f56b83f2f5e6aaa7a8ca9d6b52cafaea6f19784d038c133cc4ce6511ef070451");
    }
}
