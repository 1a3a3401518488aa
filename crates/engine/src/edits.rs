//! What a person changed in a reply: words kept, taken out and put in.

use domain::{EditKind, EditPiece};
use similar::{ChangeTag, TextDiff};

/// The changes that make the reply that was sent out of the suggested one, word by word; empty where nothing changed.
pub(crate) fn pieces(suggested: &str, sent: &str) -> Vec<EditPiece> {
    if suggested == sent {
        return vec![];
    }
    let diff = TextDiff::from_words(suggested, sent);
    let mut pieces: Vec<EditPiece> = Vec::new();
    for change in diff.iter_all_changes() {
        let kind = match change.tag() {
            ChangeTag::Equal => EditKind::Kept,
            ChangeTag::Delete => EditKind::Removed,
            ChangeTag::Insert => EditKind::Added,
        };
        match pieces.last_mut() {
            Some(last) if last.kind == kind => last.text.push_str(change.value()),
            Some(_) | None => pieces.push(EditPiece { kind, text: change.value().to_owned() }),
        }
    }
    pieces
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
