//! `buckets.*` and `directory.get`.

use super::Core;
use crate::api::buckets::{BucketList, BucketView, RemoveBucket, SaveBucket};
use crate::api::health::InWorkspace;
use crate::api::{ApiError, ErrorCode};
use domain::{Bucket, BucketId, Directory, PlanGap, ReplyFacts, reply};
use engine::wording::plan_summary;
use std::collections::BTreeSet;
use triage::NONE_OF_THESE;

/// The longest name, characters.
const LONGEST_NAME: usize = 40;
/// The longest reply, characters.
const LONGEST_REPLY: usize = 5_000;
/// Buckets at most: each wants a number key.
const MOST: usize = 9;
/// Example messages of a bucket at most.
const MOST_EXAMPLES: usize = 1_000;
/// The longest example, characters.
const LONGEST_EXAMPLE: usize = 4_000;

impl Core {
    pub(super) async fn buckets_list(&self, input: InWorkspace) -> Result<BucketList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let directory = workspace.store().get_directory().await?;
        let buckets = workspace.store().list_buckets().await?;
        Ok(BucketList { buckets: buckets.into_iter().map(|bucket| view(bucket, &directory)).collect() })
    }

    pub(super) async fn buckets_save(&self, input: SaveBucket) -> Result<BucketView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let directory = workspace.store().get_directory().await?;
        let kept = workspace.store().list_buckets().await?;
        let bucket = checked(input, &kept, &directory)?;
        workspace.save_bucket(&bucket).await?;
        Ok(view(bucket, &directory))
    }

    pub(super) async fn buckets_remove(&self, input: RemoveBucket) -> Result<BucketList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.remove_bucket(&input.bucket_id).await?;
        self.buckets_list(InWorkspace { workspace: input.workspace }).await
    }

    pub(super) async fn directory_get(&self, input: InWorkspace) -> Result<Directory, ApiError> {
        Ok(self.workspace(input.workspace)?.store().get_directory().await?)
    }
}

fn view(bucket: Bucket, directory: &Directory) -> BucketView {
    let plan = bucket.plan(directory, &ReplyFacts::complete());
    let problem = plan.gaps.first().map(|gap| match (gap, &bucket.team_id) {
        (PlanGap::TeamMissing { wanted }, Some(_)) => {
            format!("The team chosen ({wanted}) is no longer in the workspace. Choose another.")
        }
        (PlanGap::TeamMissing { wanted }, None) => {
            format!("No team is named {wanted}. Choose the team that should get these.")
        }
        (PlanGap::ReplyIncomplete(gap), _) => gap.sentence.clone(),
    });
    BucketView {
        team: bucket.resolve_team(directory).map(|team| team.name.clone()),
        team_id: bucket.resolve_team(directory).map(|team| team.id.clone()),
        problem,
        plan_summary: plan_summary(&plan),
        bucket,
    }
}

fn checked(input: SaveBucket, kept: &[Bucket], directory: &Directory) -> Result<Bucket, ApiError> {
    let wrong =
        |field: &str, message: String| ApiError::new(ErrorCode::BadRequest, message).with_detail(field);
    let name = input.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(wrong("name", format!("Give the bucket a name of 1 to {LONGEST_NAME} characters.")));
    }
    let old = match &input.bucket_id {
        Some(id) => Some(kept.iter().find(|bucket| bucket.id == *id).ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, "There is no such bucket; it may have been removed.")
        })?),
        None => None,
    };
    let others = kept.iter().filter(|bucket| Some(&bucket.id) != input.bucket_id.as_ref());
    if others.clone().any(|bucket| bucket.name.to_lowercase() == name.to_lowercase()) {
        return Err(wrong("name", format!("Another bucket is named {name}. Choose another name.")));
    }
    if old.is_none() && kept.len() >= MOST {
        return Err(wrong("name", format!("There can be {MOST} buckets at most, one for each number key.")));
    }
    if input.reply.chars().count() > LONGEST_REPLY {
        return Err(wrong("reply", format!("The reply can have {LONGEST_REPLY} characters at most.")));
    }
    if let Err(gap) = reply::check(&input.reply) {
        return Err(wrong("reply", gap.sentence));
    }
    if let Some(id) = &input.team_id
        && directory.team(id).is_none()
    {
        return Err(wrong("team_id", "This team is not in the workspace. Choose another.".to_owned()));
    }
    let mut seen = BTreeSet::new();
    let examples: Vec<String> = input
        .examples
        .iter()
        .map(|text| text.trim().chars().take(LONGEST_EXAMPLE).collect::<String>())
        .filter(|text| !text.is_empty() && seen.insert(text.to_lowercase()))
        .collect();
    if examples.len() > MOST_EXAMPLES {
        return Err(wrong("examples", format!("A bucket can have {MOST_EXAMPLES} examples at most.")));
    }
    Ok(Bucket {
        id: old.map_or_else(|| free_id(&name, kept), |bucket| bucket.id.clone()),
        name,
        description: input.description.trim().to_owned(),
        tone: input.tone,
        // A team chosen by hand ends the look-up by name; none chosen means none.
        team_name: match (old, &input.team_id) {
            (Some(old), None) if old.team_id.is_none() && old.resolve_team(directory).is_none() => {
                old.team_name.clone()
            }
            _ => String::new(),
        },
        team_id: input.team_id,
        reply: input.reply.trim().to_owned(),
        closes: input.closes,
        examples,
        position: old.map_or_else(
            || kept.iter().map(|bucket| bucket.position + 1).max().unwrap_or(0),
            |bucket| bucket.position,
        ),
    })
}

/// A key from the name, unlike every other.
fn free_id(name: &str, kept: &[Bucket]) -> BucketId {
    let folded: String =
        name.to_lowercase().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let stem = match folded.trim_matches('-') {
        "" => "bucket",
        stem => stem,
    };
    let taken = |id: &str| id == NONE_OF_THESE || kept.iter().any(|bucket| bucket.id.as_str() == id);
    let mut id = stem.to_owned();
    let mut number = 2;
    while taken(&id) {
        id = format!("{stem}-{number}");
        number += 1;
    }
    BucketId(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{BucketTone, Team};

    fn input(name: &str) -> SaveBucket {
        SaveBucket {
            workspace: None,
            bucket_id: None,
            name: name.to_owned(),
            description: String::new(),
            tone: BucketTone::Green,
            team_id: None,
            reply: String::new(),
            closes: false,
            examples: vec![],
        }
    }

    fn directory() -> Directory {
        Directory {
            admins: vec![],
            teams: vec![Team { id: "7".into(), name: "Returns".into(), admin_ids: vec![] }],
        }
    }

    #[test]
    fn a_new_bucket_gets_a_key_of_its_own_and_the_last_place() {
        let first = checked(input("Returns!"), &[], &directory()).expect("it is right");
        assert_eq!((first.id.as_str(), first.position), ("returns", 0));
        let same =
            checked(input("Returns?"), std::slice::from_ref(&first), &directory()).expect("it is right");
        assert_eq!((same.id.as_str(), same.position), ("returns-2", 1));
        let none = checked(input("None of these"), &[], &directory()).expect("it is right");
        assert_eq!(none.id.as_str(), "none-of-these-2", "the first stands for no bucket");
    }

    #[test]
    fn what_is_wrong_names_its_field() {
        let field = |input| checked(input, &[], &directory()).err().and_then(|error| error.detail);
        assert_eq!(field(input("  ")), Some("name".to_owned()));
        assert_eq!(
            field(SaveBucket { team_id: Some("8".into()), ..input("Returns") }),
            Some("team_id".to_owned())
        );
        let with_reply = |reply: &str| SaveBucket { reply: reply.to_owned(), ..input("Returns") };
        assert_eq!(field(with_reply("Hi {{fist_name}}")), Some("reply".to_owned()), "no such variable");
        assert_eq!(field(with_reply("Hi {{first_name")), Some("reply".to_owned()), "a brace is open");
        assert_eq!(field(with_reply("Hi {{first_name}}")), None, "who it is is known later");
        let two = checked(input("Returns"), &[], &directory()).expect("it is right");
        assert!(checked(input("returns"), &[two], &directory()).is_err(), "names differ by more than case");
    }

    #[test]
    fn examples_are_kept_once_and_without_blanks() {
        let with = SaveBucket {
            examples: vec![
                " Where is my refund ".to_owned(),
                "where is my refund".to_owned(),
                " ".to_owned(),
            ],
            ..input("Returns")
        };
        let bucket = checked(with, &[], &directory()).expect("it is right");
        assert_eq!(bucket.examples, ["Where is my refund"]);
    }
}
