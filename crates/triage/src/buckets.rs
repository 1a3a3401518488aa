//! Buckets as the model sees them, and the four that the product starts with.

/// A bucket as the model learns it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BucketSeed {
    /// Stable key.
    pub key: String,
    /// What belongs here, in a sentence or two. Counts as half an example.
    pub description: String,
    /// Messages that belong here.
    pub examples: Vec<String>,
}

/// A bucket that the product starts with. All of it is the user's to edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultBucket {
    /// Stable key.
    pub key: String,
    /// Name for people.
    pub name: String,
    /// What belongs here.
    pub description: String,
    /// Name of the team to look for in the workspace; empty for none.
    pub team_name: String,
    /// The holding reply, plain text; empty for none.
    pub reply: String,
    /// Whether the conversation is closed at the end of the plan.
    pub closes: bool,
    /// Messages that belong here.
    pub examples: Vec<String>,
}

impl DefaultBucket {
    /// What the model learns of it.
    pub fn seed(&self) -> BucketSeed {
        BucketSeed {
            key: self.key.clone(),
            description: self.description.clone(),
            examples: self.examples.clone(),
        }
    }
}

/// The buckets that the product starts with, in the order in which they are shown.
pub fn default_buckets() -> Vec<DefaultBucket> {
    vec![
        DefaultBucket {
            key: "urgent".to_owned(),
            name: "Urgent".to_owned(),
            description: "Cannot wait: an outage, lost data, a security problem, people locked out, or work that \
                          stands still until somebody helps."
                .to_owned(),
            team_name: "On-call".to_owned(),
            reply: "Thank you for telling us. We can see that this cannot wait, and we have passed it straight to \
                    our on-call team.\n\n\
                    Whatever you can add will help them: what you see on the screen, when it began, and whether it \
                    affects everyone or only some. Reply here and they will see it."
                .to_owned(),
            closes: false,
            examples: examples(include_str!("../seeds/urgent.txt")),
        },
        DefaultBucket {
            key: "billing".to_owned(),
            name: "Billing".to_owned(),
            description: "About money: invoices, charges, refunds, cards, taxes, prices, plans and cancellations."
                .to_owned(),
            team_name: "Billing".to_owned(),
            reply: "Thank you for writing to us. We have passed this to our billing team, and they will look into \
                    it with your account in front of them.\n\n\
                    If it is about a certain payment, the invoice number or the date will help them find it. You \
                    need not send us any card details."
                .to_owned(),
            closes: false,
            examples: examples(include_str!("../seeds/billing.txt")),
        },
        DefaultBucket {
            key: "general".to_owned(),
            name: "General".to_owned(),
            description: "Everything else customers write: how to do something, small faults, settings, orders, \
                          ideas and thanks."
                .to_owned(),
            team_name: "Support".to_owned(),
            reply: "Thank you for your message. It has reached our support team, and one of us will get back to \
                    you here.\n\n\
                    If there is more that would help us understand, such as a screenshot or the steps you took, \
                    add it here and we will read it together with the rest."
                .to_owned(),
            closes: false,
            examples: examples(include_str!("../seeds/general.txt")),
        },
        DefaultBucket {
            key: "spam".to_owned(),
            name: "Spam".to_owned(),
            description: "Not from customers: sales pitches, link and guest post offers, scams, phishing and bulk \
                          mail."
                .to_owned(),
            team_name: String::new(),
            reply: String::new(),
            closes: true,
            examples: examples(include_str!("../seeds/spam.txt")),
        },
    ]
}

/// One message a line; `\n` stands for a line break; empty lines and lines from `#` on are left out.
fn examples(file: &str) -> Vec<String> {
    let lines = file.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| line.replace("\\n", "\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_default_bucket_has_many_examples_and_none_stands_twice() {
        let mut all = BTreeSet::new();
        for bucket in default_buckets() {
            let least = if bucket.key == "spam" { 120 } else { 150 };
            assert!(bucket.examples.len() >= least, "{} has {}", bucket.key, bucket.examples.len());
            for example in bucket.examples {
                assert!(all.insert(example.to_lowercase()), "twice: {example}");
            }
        }
    }

    #[test]
    fn default_plans_are_those_of_the_four_buckets() {
        let plans: Vec<(String, String, bool, bool)> = default_buckets()
            .into_iter()
            .map(|bucket| (bucket.key, bucket.team_name, !bucket.reply.is_empty(), bucket.closes))
            .collect();
        let plan =
            |key: &str, team: &str, replies, closes| (key.to_owned(), team.to_owned(), replies, closes);
        assert_eq!(
            plans,
            [
                plan("urgent", "On-call", true, false),
                plan("billing", "Billing", true, false),
                plan("general", "Support", true, false),
                plan("spam", "", false, true),
            ]
        );
    }

    #[test]
    fn holding_replies_promise_no_times() {
        for bucket in default_buckets() {
            for word in
                ["minute", "hour", "today", "tomorrow", "soon", "shortly", "immediately", "guarantee", "I "]
            {
                assert!(!bucket.reply.contains(word), "{} says {word:?}", bucket.key);
            }
            assert_eq!(bucket.reply.trim(), bucket.reply);
        }
    }

    #[test]
    fn an_escaped_line_break_becomes_one_and_comments_are_left_out() {
        assert_eq!(examples("# note\n\none\\ntwo\n"), ["one\ntwo"]);
    }
}
