//! One interleaving: who does what in which order, drawn from its seed.

use crate::console::{Console, PLANS};
use crate::gate::{Fate, Wanted};
use crate::judge::{Case, Foreign, Sent, Verdict};
use domain::ports::{Clock as _, Helpdesk as _, Priority};
use domain::{ActionKind, AdminId, ConversationId, PartId, TeamId, claim};
use engine::clock::{ManualClock, SystemClock};
use intercom::{Config, Intercom};
use rand::{Rng as _, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::Credentials;
use std::sync::Arc;

/// What a teammate does in Intercom.
const ACTS: [&str; 6] = ["reply", "assign", "close", "note", "snooze", "open"];

pub(crate) struct Lane {
    consoles: [Console; 2],
    clock: ManualClock,
    base_url: String,
    http: reqwest::Client,
    reader: Intercom,
    teammate: AdminId,
}

/// What can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Decide(usize),
    Go(usize),
    Hear(usize),
    Act,
    Write,
    Wait,
}

impl Lane {
    pub(crate) async fn open(credentials: &Credentials, same_admin: bool) -> Self {
        let clock = ManualClock::at(SystemClock.now());
        let region = credentials.base_url.parse().expect("an address");
        let token = SecretString::from(credentials.token.clone());
        let reader =
            Intercom::with_config(Config::new(region), token, Arc::new(clock.clone())).expect("a client");
        let admins = reader.admins().await.expect("teammates");
        let people: Vec<AdminId> =
            admins.iter().filter(|admin| admin.has_inbox_seat).map(|admin| admin.id.clone()).collect();
        let team: TeamId = reader.teams().await.expect("teams")[0].id.clone();
        let of_b = if same_admin { people[0].clone() } else { people[1].clone() };
        Self {
            consoles: [
                Console::open("A", credentials, people[0].clone(), team.clone(), &clock).await,
                Console::open("B", credentials, of_b, team, &clock).await,
            ],
            clock,
            base_url: credentials.base_url.clone(),
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            reader,
            teammate: people[2].clone(),
        }
    }

    pub(crate) async fn close(self) {
        for console in self.consoles {
            console.close().await;
        }
    }

    async fn tell(&self, what: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{what}", self.base_url);
        let answer = self.http.post(url).json(&body).send().await.expect("the simulator answers");
        answer.json().await.unwrap_or(Value::Null)
    }

    pub(crate) async fn play(&mut self, seed: u64) -> Verdict {
        let mut draw = ChaCha8Rng::seed_from_u64(seed);
        let email = format!("customer{seed}@race.example");
        let asked = json!({ "email": email, "body": "Please help me with my order", "subject": "Order" });
        let answer = self.tell("messages", asked).await;
        let id: ConversationId = answer["conversation_id"].as_str().expect("a conversation").into();
        let plan = |draw: &mut ChaCha8Rng| PLANS[draw.random_range(0..PLANS.len())].0;
        let first = plan(&mut draw);
        let plans = [first, if draw.random_bool(0.5) { first } else { plan(&mut draw) }];
        let mut case = Case::new(seed, id.clone(), plans[0] == plans[1]);
        let mut left = Left {
            decisions: [draw.random_range(1..=2), draw.random_range(1..=2)],
            hearings: [3, 3],
            acts: if draw.random_bool(0.6) { draw.random_range(0..=2) } else { 0 },
            writings: u32::from(draw.random_bool(0.2)),
            waits: 4,
        };
        let troubled = draw.random_bool(0.25);
        for console in &mut self.consoles {
            console.hear_of(&id).await;
        }
        loop {
            let Some(next) = self.choose(&id, &left, &mut draw).await else { break };
            match next {
                Move::Decide(which) => {
                    left.decisions[which] -= 1;
                    let Some(suggestion) = self.consoles[which].waiting_suggestion(&id).await else {
                        continue;
                    };
                    let reply =
                        format!("Reply of {} number {}", self.consoles[which].name, left.decisions[which]);
                    if self.consoles[which].decide(&suggestion, plans[which], reply).await {
                        case.decided(which, suggestion.bound.last_part_id);
                    }
                }
                Move::Go(which) => {
                    let fate: Fate = match draw.random_range(0..20) {
                        0 if troubled => Fate::CutBefore,
                        1 if troubled => Fate::CutAfter,
                        _ => Fate::Answered,
                    };
                    if fate != Fate::Answered {
                        case.troubled();
                    }
                    self.let_go(which, fate, &mut case).await;
                }
                Move::Hear(which) => {
                    left.hearings[which] -= 1;
                    self.consoles[which].hear_of(&id).await;
                }
                Move::Act => {
                    left.acts -= 1;
                    self.act(&id, &mut draw, &mut case).await;
                }
                Move::Write => {
                    left.writings -= 1;
                    let more = json!({ "email": email, "body": "One more thing", "conversation_id": id.0 });
                    let part = self.tell("messages", more).await;
                    case.acted(part_of(&part), Foreign::Customer);
                }
                Move::Wait => {
                    left.waits -= 1;
                    let wait = [500, 3_000, 25_000, 61_000][draw.random_range(0..4)];
                    if !self.consoles.iter().all(|console| console.can_wait(wait)) {
                        continue;
                    }
                    if wait > claim::LEASE_MS {
                        case.troubled();
                    }
                    self.clock.advance(wait);
                }
            }
        }
        self.run_out(&id, &mut case).await;
        let found = self.reader.conversation(&id, Priority::Person).await.expect("it is there");
        let mut outcomes = Vec::new();
        for console in &self.consoles {
            outcomes.push(console.outcomes(&id).await);
        }
        case.judge(&found, &outcomes)
    }

    async fn choose(&mut self, id: &ConversationId, left: &Left, draw: &mut ChaCha8Rng) -> Option<Move> {
        let mut moves = Vec::new();
        for which in 0..2 {
            self.consoles[which].settle().await;
            if self.consoles[which].pending.is_some() {
                moves.extend([Move::Go(which); 4]);
            }
            if left.decisions[which] > 0 && self.consoles[which].waiting_suggestion(id).await.is_some() {
                moves.extend([Move::Decide(which); 3]);
            }
            if left.hearings[which] > 0 {
                moves.push(Move::Hear(which));
            }
        }
        // Somebody else acts only while there is something to cross.
        let crossing = !moves.iter().all(|one| matches!(one, Move::Hear(_)));
        if left.acts > 0 && crossing {
            moves.push(Move::Act);
        }
        if left.writings > 0 && crossing {
            moves.push(Move::Write);
        }
        if left.waits > 0 && crossing {
            moves.push(Move::Wait);
        }
        (!moves.is_empty()).then(|| moves[draw.random_range(0..moves.len())])
    }

    /// Lets the call at a console's gate go, and waits for its answer.
    async fn let_go(&mut self, which: usize, fate: Fate, case: &mut Case) {
        let Some(waiting) = self.consoles[which].pending.take() else { return };
        match (&waiting.wanted, fate) {
            (Wanted::Read, Fate::Answered) => case.read(which),
            (Wanted::Write(ActionKind::Reply { .. }), Fate::Answered | Fate::CutAfter) => {
                case.sent(which, Sent::Reply);
            }
            (Wanted::Write(_), Fate::Answered | Fate::CutAfter) => case.sent(which, Sent::Step),
            (_, Fate::CutBefore | Fate::CutAfter) => {}
        }
        let _ = waiting.go.send(fate);
        let _ = waiting.over.await;
    }

    async fn act(&self, id: &ConversationId, draw: &mut ChaCha8Rng, case: &mut Case) {
        let what = ACTS[draw.random_range(0..ACTS.len())];
        let mut order = json!({ "admin_id": self.teammate.0, "conversation_id": id.0, "do": what });
        match what {
            "reply" | "note" => order["body"] = json!(format!("The teammate says {}", draw.next_u32())),
            "assign" => order["assignee_id"] = json!(self.teammate.0),
            _ => {}
        }
        let answer = self.tell("teammate", order).await;
        let kind = if what == "note" { Foreign::Note } else { Foreign::Teammate };
        case.acted(part_of(&answer), kind);
    }

    /// Lets everything end: calls go, and time passes until no outbox has anything left.
    async fn run_out(&mut self, id: &ConversationId, case: &mut Case) {
        for _ in 0..400 {
            let mut gone = false;
            for which in 0..2 {
                self.consoles[which].settle().await;
                if self.consoles[which].pending.is_some() {
                    self.let_go(which, Fate::Answered, case).await;
                    gone = true;
                }
            }
            if gone {
                continue;
            }
            let mut due = Vec::new();
            for console in &self.consoles {
                due.extend(console.next_due().await);
            }
            match due.into_iter().min() {
                Some(at) => self.clock.advance(at.ms_since(self.clock.now()).max(1)),
                None => return,
            }
        }
        panic!("seed {}: the outboxes of {id} do not come to an end", case.seed);
    }
}

/// What may still happen.
struct Left {
    decisions: [u32; 2],
    hearings: [u32; 2],
    acts: u32,
    writings: u32,
    waits: u32,
}

fn part_of(answer: &Value) -> Option<PartId> {
    answer["part_id"].as_str().map(PartId::from)
}
