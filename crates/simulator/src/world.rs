//! The workspace itself: who is in it, what they wrote, and what is left to happen.
//!
//! A `World` is plain data behind one lock. It makes no call and waits for nothing: acts change it and leave
//! notices, which the webhook queue takes away.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use serde_json::{Value, json};

use crate::{
    clock::Clock,
    script::{Channel, Role, Script, Truth},
    seed::Seed,
};

mod acts;
mod agenda;
mod attributes;
mod books;
mod bulk;
mod companies;
mod contacts;
mod conversation;
mod directory;
mod endings;
mod library;
mod people;
mod tagging;
mod tickets;

pub(crate) use acts::{Assignee, Message, Opening};
pub(crate) use agenda::Agenda;
pub(crate) use attributes::{ConversationAttribute, DataAttribute, EventSummary};
pub(crate) use books::{Contacts, Conversations, Span};
pub use bulk::Bulk;
pub(crate) use companies::CompanyChange;
pub(crate) use contacts::{Change, ContactChange, ContactConflict, MergedContact};
pub(crate) use conversation::{
    Assigned, Attachment, Author, Conversation, EventDetails, PARTS_KEPT, Part, ScriptThread, Source, State,
    Statistics,
};
pub(crate) use directory::{Admin, Company, Note, Segment, Tag, Team};
pub(crate) use endings::{NotPossible, Redacted};
pub(crate) use library::{Article, Collection, Draft, HelpCenter, Macro, Translation};
pub(crate) use people::Stirring;
pub use people::{People, Weights};
pub(crate) use tickets::{TICKET_STATES, Ticket, TicketType};

/// How a workspace is known to the outside.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) app_id: String,
    pub(crate) name: &'static str,
    pub(crate) region: &'static str,
    pub(crate) created_at: i64,
    pub(crate) base_url: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Contact {
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    pub(crate) role: Role,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) owner_id: Option<u64>,
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) browser: Option<&'static str>,
    pub(crate) os: Option<&'static str>,
    pub(crate) unsubscribed_from_emails: bool,
    /// Left out of lists and searches.
    pub(crate) archived: bool,
    pub(crate) blocked: bool,
    pub(crate) custom_attributes: serde_json::Map<String, Value>,
    pub(crate) company_ids: Vec<String>,
    pub(crate) tags: Vec<AppliedTag>,
    pub(crate) notes: Vec<Note>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) signed_up_at: Option<i64>,
    pub(crate) last_seen_at: Option<i64>,
    pub(crate) last_replied_at: Option<i64>,
    pub(crate) last_contacted_at: Option<i64>,
}

/// A tag on something, and who put it there.
#[derive(Debug, Clone)]
pub(crate) struct AppliedTag {
    pub(crate) tag_id: u64,
    pub(crate) at: i64,
    pub(crate) by: Option<u64>,
}

/// Something that a subscriber would be told. The item is the object as the REST interface would show it at this
/// moment, with only the part that caused the notice.
#[derive(Debug, Clone)]
pub(crate) struct Notice {
    pub(crate) topic: &'static str,
    pub(crate) item: Value,
    pub(crate) created_at: i64,
    /// What the notice is about and which one it is, so that its id depends on nothing else.
    pub(crate) about: String,
}

/// A conversation that is gone, as far as it is remembered.
#[derive(Debug, Clone)]
pub(crate) struct DeletedConversation {
    pub(crate) id: u64,
    pub(crate) deleted_at: i64,
    pub(crate) metrics_retained: bool,
}

/// A walk through all companies that somebody is on.
#[derive(Debug)]
pub(crate) struct Scroll {
    pub(crate) param: String,
    pub(crate) position: usize,
    pub(crate) used_at_ms: i64,
}

/// A file that a customer or a teammate attached and that can be downloaded.
#[derive(Debug, Clone)]
pub(crate) struct StoredFile {
    pub(crate) content_type: String,
    pub(crate) bytes: Arc<Vec<u8>>,
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: Seed,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) identity: Identity,
    pub(crate) admins: Vec<Admin>,
    pub(crate) teams: Vec<Team>,
    pub(crate) tags: Vec<Tag>,
    pub(crate) segments: Vec<Segment>,
    pub(crate) companies: Vec<Company>,
    pub(crate) contacts: Contacts,
    pub(crate) conversations: Conversations,
    pub(crate) files: BTreeMap<String, StoredFile>,
    pub(crate) script: Arc<Script>,
    pub(crate) agenda: Agenda,
    /// Who acts by chance, while somebody does.
    pub(crate) stirring: Option<Stirring>,
    /// The newest parts that a conversation shows; the older ones are left out.
    pub(crate) parts_shown: usize,
    pub(crate) pace: f64,
    pub(crate) scroll: Option<Scroll>,
    pub(crate) merged_contacts: Vec<MergedContact>,
    pub(crate) deleted_conversations: Vec<DeletedConversation>,
    pub(crate) ticket_types: Vec<TicketType>,
    pub(crate) data_attributes: Vec<DataAttribute>,
    pub(crate) conversation_attributes: Vec<ConversationAttribute>,
    pub(crate) events: Vec<EventSummary>,
    pub(crate) articles: Vec<Article>,
    pub(crate) collections: Vec<Collection>,
    pub(crate) help_center: Option<HelpCenter>,
    pub(crate) macros: Vec<Macro>,
    notices: VecDeque<Notice>,
    /// While the past is being written, nobody is told.
    silent: bool,
    made: Made,
}

/// How many of each kind were made, for the next id.
#[derive(Debug, Default)]
struct Made {
    conversations_of_script: u64,
    conversations_of_callers: u64,
    contacts: u64,
    contact_notices: u64,
    companies: u64,
    tags: u64,
    notes: u64,
    files: u64,
    scrolls: u64,
    bulks: u64,
    participant_notices: u64,
    company_notices: u64,
    article_notices: u64,
    tag_notices: u64,
    tickets: u64,
    attributes: u64,
    events: u64,
    articles: u64,
    collections: u64,
}

/// What a new world is made of.
#[derive(Debug)]
pub(crate) struct Founding {
    pub(crate) seed: Seed,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) app_id: String,
    pub(crate) base_url: String,
    pub(crate) pace: f64,
    pub(crate) script: Script,
    pub(crate) quiet: bool,
}

impl World {
    pub(crate) fn found(founding: Founding) -> Self {
        let now = founding.clock.now_ms() / 1000;
        let mut world = Self {
            seed: founding.seed,
            clock: founding.clock,
            identity: Identity {
                app_id: founding.app_id,
                name: "Northwind",
                region: "EU",
                created_at: now - 900 * 86_400,
                base_url: founding.base_url,
            },
            admins: Vec::new(),
            teams: Vec::new(),
            tags: Vec::new(),
            segments: Vec::new(),
            companies: Vec::new(),
            contacts: Contacts::default(),
            conversations: Conversations::default(),
            files: BTreeMap::new(),
            script: Arc::new(founding.script),
            agenda: Agenda::default(),
            stirring: None,
            parts_shown: PARTS_KEPT,
            pace: if founding.pace > 0.0 { founding.pace } else { 1.0 },
            scroll: None,
            merged_contacts: Vec::new(),
            deleted_conversations: Vec::new(),
            ticket_types: Vec::new(),
            data_attributes: Vec::new(),
            conversation_attributes: Vec::new(),
            events: Vec::new(),
            articles: Vec::new(),
            collections: Vec::new(),
            help_center: None,
            macros: Vec::new(),
            notices: VecDeque::new(),
            silent: true,
            made: Made::default(),
        };
        world.found_directory();
        world.found_attributes();
        world.found_ticket_types();
        world.found_library();
        if !founding.quiet {
            world.write_the_past();
            world.plan_the_traffic();
        }
        world.settle();
        world.silent = false;
        world
    }

    /// Seconds since the Unix epoch.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now_ms() / 1000
    }

    pub(crate) fn take_notices(&mut self) -> VecDeque<Notice> {
        std::mem::take(&mut self.notices)
    }

    pub(crate) fn owner(&self) -> Option<&Admin> {
        self.admins.first()
    }

    pub(crate) fn admin(&self, id: u64) -> Option<&Admin> {
        self.admins.iter().find(|admin| admin.id == id)
    }

    pub(crate) fn team(&self, id: u64) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id)
    }

    pub(crate) fn tag(&self, id: u64) -> Option<&Tag> {
        self.tags.iter().find(|tag| tag.id == id)
    }

    pub(crate) fn company(&self, id: &str) -> Option<&Company> {
        self.companies.iter().find(|company| company.id == id)
    }

    pub(crate) fn contact(&self, id: &str) -> Option<&Contact> {
        self.contacts.get(id)
    }

    pub(crate) fn contact_mut(&mut self, id: &str) -> Option<&mut Contact> {
        self.contacts.get_mut(id)
    }

    pub(crate) fn contact_by_email(&self, email: &str) -> Option<&Contact> {
        self.contacts.of_email(email)
    }

    pub(crate) fn contact_by_external_id(&self, external_id: &str) -> Option<&Contact> {
        self.contacts.all_of_external_id(external_id).next()
    }

    /// Brings the indexes up to date with what acts have changed.
    pub(crate) fn settle(&mut self) {
        let now_ms = self.clock.now_ms();
        self.conversations.settle();
        self.contacts.settle(now_ms);
    }

    /// Lets searches for contacts see changes only `lag_ms` after they were made.
    pub(crate) fn lag_contact_searches(&mut self, lag_ms: i64) {
        self.settle();
        self.contacts.lag_searches(lag_ms.max(0));
    }

    pub(crate) fn begin_scroll(&mut self) -> Scroll {
        self.made.scrolls += 1;
        let param = self.seed.uuid("scroll", self.made.scrolls).to_string();
        Scroll { param, position: 0, used_at_ms: self.clock.now_ms() }
    }

    /// Keeps a file and says where it can be downloaded.
    pub(crate) fn keep_file(&mut self, name: &str, content_type: &str, bytes: Vec<u8>) -> Attachment {
        self.made.files += 1;
        let key = self.seed.hex("file", self.made.files, 20);
        let filesize = bytes.len() as u64;
        let safe_name: String = name
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() || ".-_".contains(letter) { letter } else { '_' })
            .collect();
        let url = format!("{}/downloads/{key}/{safe_name}", self.identity.base_url);
        self.files.insert(key, StoredFile { content_type: content_type.to_owned(), bytes: Arc::new(bytes) });
        let image = content_type.starts_with("image/");
        Attachment {
            name: name.to_owned(),
            url,
            content_type: content_type.to_owned(),
            filesize,
            size: image.then_some((1, 1)),
        }
    }

    fn notify(&mut self, topic: &'static str, about: String, item: Value) {
        if self.silent {
            return;
        }
        let created_at = self.now();
        self.notices.push_back(Notice { topic, item, created_at, about });
    }

    /// Tells of an act on a conversation, with only the part that it left.
    fn notify_conversation(&mut self, topic: &'static str, conversation_id: u64, part_id: Option<u64>) {
        if self.silent {
            return;
        }
        let Some(conversation) = self.conversations.get(conversation_id) else { return };
        let parts = part_id.map_or(crate::render::Parts::None, crate::render::Parts::Only);
        let item = crate::render::conversation(self, conversation, parts, crate::render::View::newest());
        let about = format!("{topic}/{conversation_id}/{}", part_id.unwrap_or_default());
        self.notify(topic, about, item);
    }

    fn notify_contact(&mut self, contact_id: &str, created: bool) {
        let Some(contact) = self.contact(contact_id) else { return };
        let topic = match (contact.role, created) {
            (Role::User, true) => "contact.user.created",
            (Role::User, false) => "contact.user.updated",
            (Role::Lead, true) => "contact.lead.created",
            (Role::Lead, false) => "contact.lead.updated",
        };
        let about = format!("{topic}/{contact_id}/{}", self.made.contact_notices);
        let item = crate::render::contact(self, contact, crate::render::View::newest());
        self.made.contact_notices += 1;
        self.notify(topic, about, item);
    }

    /// The teams that would get a conversation of this kind.
    fn team_for(&self, truth: Truth) -> Option<u64> {
        let name = match truth {
            Truth::Urgent => "On-call",
            Truth::Billing => "Billing",
            Truth::General | Truth::Unclear => "Support",
            Truth::Spam => return None,
        };
        self.teams.iter().find(|team| team.name == name).map(|team| team.id)
    }
}

impl Channel {
    pub(crate) fn source_type(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Chat => "conversation",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Chat => "messenger",
        }
    }
}

/// The bytes of a file that only a script knows by name.
pub(crate) fn sample_file(name: &str, content_type: &str) -> Vec<u8> {
    // The smallest picture there is: one transparent pixel.
    const PIXEL: &str =
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";
    if content_type.starts_with("image/") {
        use base64::Engine as _;
        return base64::engine::general_purpose::STANDARD.decode(PIXEL).unwrap_or_default();
    }
    if content_type == "application/json" {
        return json!({ "file": name }).to_string().into_bytes();
    }
    format!("{name}\n").into_bytes()
}
