use super::*;
use crate::ids::TeamId;
use crate::samples::{conversation, part};

fn asked() -> Part {
    part("q", "source", AuthorKind::Contact, Some("Help"))
}

fn assigned(id: &str) -> Part {
    part(id, "assignment", AuthorKind::Admin, None)
}

fn claimed(id: &str, token: &str) -> Part {
    part(id, "note", AuthorKind::Admin, Some(&note("Ana", token)))
}

/// What `ours` finds when it looks, with `claim` as its claim, in a conversation now assigned to `team`.
fn look(parts: Vec<Part>, team: Option<&str>, ours: &[&str], claim: Option<&str>) -> Option<MovementKind> {
    let base = conversation(vec![asked()]).state();
    let mut now = conversation(parts);
    now.team_assignee = team.map(TeamId::from);
    let mut expected = now.state();
    expected.team_assignee = if claim.is_some() { Some("7".into()) } else { None };
    let ours: Vec<PartId> = ours.iter().map(|id| PartId::from(*id)).collect();
    let claim = claim.map(PartId::from);
    let standing =
        Standing { base: &base, expected: &expected, ours: &ours, token: "mine", claim: claim.as_ref() };
    now.contested(&standing).map(|movement| movement.kind)
}

#[test]
fn the_claim_that_stands_first_wins_and_the_other_withdraws() {
    let both = || vec![asked(), assigned("a"), assigned("b")];
    assert_eq!(look(both(), Some("7"), &["a"], Some("a")), None);
    assert_eq!(look(both(), Some("7"), &["b"], Some("b")), Some(MovementKind::Assigned));
}

#[test]
fn notes_that_claim_are_ordered_like_any_part() {
    let both = || vec![asked(), claimed("a", "theirs"), claimed("b", "mine")];
    assert_eq!(look(both(), Some("7"), &[], Some("b")), Some(MovementKind::Claimed));
    let both = || vec![asked(), claimed("b", "mine"), claimed("a", "theirs")];
    assert_eq!(look(both(), Some("7"), &[], Some("b")), None);
}

#[test]
fn an_assignment_after_the_claim_that_changes_something_voids_it() {
    let parts = vec![asked(), assigned("a"), assigned("b")];
    assert_eq!(look(parts, Some("8"), &["a"], Some("a")), Some(MovementKind::Assigned));
}

#[test]
fn what_the_helpdesk_does_in_answer_to_our_assignment_voids_nothing() {
    let handed_on = part("b", "assignment", AuthorKind::Bot, None);
    let parts = vec![asked(), assigned("a"), handed_on];
    let mut now = conversation(parts);
    now.team_assignee = Some("7".into());
    now.admin_assignee = Some("44".into());
    let base = conversation(vec![asked()]).state();
    let mut expected = base.clone();
    expected.team_assignee = Some("7".into());
    expected.last_part_id = Some("a".into());
    let (ours, claim) = ([PartId::from("a")], PartId::from("a"));
    let standing =
        Standing { base: &base, expected: &expected, ours: &ours, token: "mine", claim: Some(&claim) };
    assert_eq!(now.contested(&standing), None);
}

#[test]
fn a_reply_or_a_new_message_voids_a_claim_wherever_it_stands() {
    for (author, kind) in
        [(AuthorKind::Admin, MovementKind::Replied), (AuthorKind::Contact, MovementKind::CustomerWrote)]
    {
        let said = part("b", "comment", author, Some("Hello"));
        for parts in [vec![asked(), assigned("a"), said.clone()], vec![asked(), said.clone(), assigned("a")]]
        {
            assert_eq!(look(parts, Some("7"), &["a"], Some("a")), Some(kind));
        }
    }
}

#[test]
fn without_a_claim_everything_that_others_did_counts() {
    assert_eq!(look(vec![asked(), claimed("a", "theirs")], None, &[], None), Some(MovementKind::Claimed));
    assert_eq!(look(vec![asked(), assigned("a")], None, &[], None), Some(MovementKind::Assigned));
    assert_eq!(
        look(vec![asked(), claimed("a", "mine")], None, &[], None),
        None,
        "a claim left before a crash"
    );
}

#[test]
fn only_a_teammates_note_of_that_form_is_a_claim() {
    assert_eq!(token_of(&claimed("a", "7f3a")), Some("7f3a"));
    let said = |author, kind, text: &str| part("a", kind, author, Some(text));
    let text = note("Ana", "7f3a");
    assert_eq!(token_of(&said(AuthorKind::Contact, "note", &text)), None);
    assert_eq!(token_of(&said(AuthorKind::Admin, "comment", &text)), None);
    for odd in ["Countersign: Ana is answering this (claim )", "is answering this (claim 7)", ""] {
        assert_eq!(token_of(&said(AuthorKind::Admin, "note", odd)), None, "{odd}");
    }
}

#[test]
fn a_plan_waits_where_a_teammate_acted_after_the_message_and_nowhere_else() {
    let until = |parts: Vec<Part>, ours: &[PartId]| {
        let conversation = conversation(parts);
        conversation.quiet_until(&"q".into(), &conversation.state(), ours, Timestamp(100))
    };
    assert_eq!(until(vec![asked()], &[]), None);
    assert_eq!(until(vec![asked(), assigned("a")], &[]), Some(Timestamp(100 + QUIET_MS)));
    assert_eq!(until(vec![asked(), assigned("a")], &["a".into()]), None, "our own act");
    assert_eq!(until(vec![assigned("a"), asked()], &[]), None, "before the message");
    assert_eq!(until(vec![asked(), part("n", "note", AuthorKind::Admin, Some("VIP"))], &[]), None);
    assert_eq!(until(vec![asked(), claimed("a", "theirs")], &[]), Some(Timestamp(100 + QUIET_MS)));
}

#[test]
fn a_claim_holds_for_its_lease_and_not_when_the_clock_went_back() {
    let claim = Claim { part_id: "a".into(), at: Timestamp(1_000) };
    assert!(claim.holds_at(Timestamp(1_000 + LEASE_MS)));
    assert!(!claim.holds_at(Timestamp(1_001 + LEASE_MS)));
    assert!(!claim.holds_at(Timestamp(999)));
}
