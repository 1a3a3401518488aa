//! What a person changed in a reply: words kept, taken out and put in.

use domain::{EditKind, EditPiece};
use similar::{ChangeTag, TextDiff};

/// Words kept between two changes that are too few to be told apart from them.
const FEW_WORDS: usize = 3;

/// The changes that make the reply that was sent out of the suggested one, word by word; empty where nothing changed. A
/// word or two that stayed between two changes are taken for changed with them: nobody reads a reply in crumbs.
pub(crate) fn pieces(suggested: &str, sent: &str) -> Vec<EditPiece> {
    if suggested == sent {
        return vec![];
    }
    let diff = TextDiff::from_words(suggested, sent);
    let mut runs: Vec<EditPiece> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => EditKind::Kept,
            ChangeTag::Delete => EditKind::Removed,
            ChangeTag::Insert => EditKind::Added,
        };
        push(&mut runs, kind, change.value());
    }
    let last = runs.len().saturating_sub(1);
    let mut pieces = Vec::new();
    let (mut removed, mut added) = (String::new(), String::new());
    for (place, run) in runs.into_iter().enumerate() {
        let is_between = place > 0 && place < last;
        match run.kind {
            EditKind::Removed => removed.push_str(&run.text),
            EditKind::Added => added.push_str(&run.text),
            EditKind::Kept if is_between && run.text.split_whitespace().count() < FEW_WORDS => {
                removed.push_str(&run.text);
                added.push_str(&run.text);
            }
            EditKind::Kept => {
                push(&mut pieces, EditKind::Removed, &std::mem::take(&mut removed));
                push(&mut pieces, EditKind::Added, &std::mem::take(&mut added));
                push(&mut pieces, EditKind::Kept, &run.text);
            }
        }
    }
    push(&mut pieces, EditKind::Removed, &removed);
    push(&mut pieces, EditKind::Added, &added);
    pieces
}

fn push(pieces: &mut Vec<EditPiece>, kind: EditKind, text: &str) {
    match pieces.last_mut() {
        _ if text.is_empty() => {}
        Some(last) if last.kind == kind => last.text.push_str(text),
        Some(_) | None => pieces.push(EditPiece { kind, text: text.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn joined(pieces: &[EditPiece], without: EditKind) -> String {
        pieces.iter().filter(|piece| piece.kind != without).map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn only_the_words_that_changed_are_told() {
        let pieces = pieces("We will look into it soon.", "We will look into it today.");
        let told: Vec<_> = pieces.iter().map(|piece| (piece.kind, piece.text.as_str())).collect();
        assert_eq!(
            told,
            [
                (EditKind::Kept, "We will look into it "),
                (EditKind::Removed, "soon."),
                (EditKind::Added, "today.")
            ]
        );
    }

    #[test]
    fn a_reply_written_anew_is_not_told_in_crumbs() {
        let pieces = pieces("Thank you for writing. We look into it.", "Dear Ana, for now we refund it.");
        let kinds: Vec<EditKind> = pieces.iter().map(|piece| piece.kind).collect();
        assert_eq!(kinds, [EditKind::Removed, EditKind::Added, EditKind::Kept], "{pieces:?}");
    }

    proptest! {
        #[test]
        fn both_replies_can_be_put_together_from_it(suggested in "[a-c \n]{0,40}", sent in "[a-c \n]{0,40}") {
            let pieces = pieces(&suggested, &sent);
            prop_assert_eq!(pieces.is_empty(), suggested == sent);
            if !pieces.is_empty() {
                prop_assert_eq!(joined(&pieces, EditKind::Added), suggested);
                prop_assert_eq!(joined(&pieces, EditKind::Removed), sent);
            }
        }
    }
}
