//! Who works at Northwind, and which companies it works for.

use serde_json::{Map, Value, json};

use super::{AppliedTag, Contact, World};
use crate::script::Role;

#[derive(Debug, Clone)]
pub(crate) struct Admin {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) email: String,
    pub(crate) job_title: &'static str,
    pub(crate) is_bot: bool,
    pub(crate) away: bool,
    pub(crate) team_ids: Vec<u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Team {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    pub(crate) admin_ids: Vec<u64>,
    pub(crate) distribution_method: &'static str,
    pub(crate) assignment_limit: Option<u64>,
}

#[derive(Debug, Clone)]
pub(crate) struct Tag {
    pub(crate) id: u64,
    pub(crate) name: String,
}

#[derive(Debug, Clone)]
pub(crate) struct Segment {
    pub(crate) id: String,
    pub(crate) name: &'static str,
    pub(crate) created_at: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Company {
    pub(crate) id: String,
    /// The id that Northwind's own systems use.
    pub(crate) external_id: String,
    pub(crate) name: String,
    pub(crate) plan: Option<String>,
    pub(crate) industry: Option<String>,
    pub(crate) website: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) monthly_spend: u64,
    pub(crate) session_count: u64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) last_request_at: i64,
    pub(crate) custom_attributes: Map<String, Value>,
    pub(crate) tags: Vec<AppliedTag>,
}

#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) id: u64,
    pub(crate) body: String,
    pub(crate) created_at: i64,
    pub(crate) author_id: Option<u64>,
}

/// Name, job, and the teams one is on. The first is the owner of the access token.
const PEOPLE: [(&str, &str, &[&str]); 8] = [
    ("Maya Holm", "Head of Support", &["On-call", "Support"]),
    ("Tomás Ferreira", "Reliability Engineer", &["On-call"]),
    ("Niamh Gallagher", "Billing Specialist", &["Billing"]),
    ("Kenji Watanabe", "Support Engineer", &["On-call", "Support"]),
    ("Ruth Adeyemi", "Support Specialist", &["Support"]),
    ("Jonas Weber", "Support Specialist", &["Support"]),
    ("Meera Iyengar", "Finance Operations", &["Billing"]),
    ("Luca Moretti", "Customer Success", &["Support"]),
];

const TEAMS: [(&str, &str, Option<u64>); 3] =
    [("On-call", "manual", None), ("Billing", "round_robin", Some(20)), ("Support", "balanced", Some(12))];

const TAGS: [&str; 6] = ["VIP", "Bug", "Refund", "Feature request", "Outage", "Follow up"];

/// Name, plan, industry, people, spend a month.
const COMPANIES: [(&str, &str, &str, u64, u64); 8] = [
    ("Harbour & Pine", "Team", "Furniture", 48, 690),
    ("Solstice Cycles", "Team", "Sporting goods", 112, 1180),
    ("Meridian Clinics", "Business", "Health care", 640, 4200),
    ("Oakfield Press", "Starter", "Publishing", 14, 79),
    ("Tidewater Freight", "Business", "Logistics", 930, 6150),
    ("Pixel Orchard", "Starter", "Design", 7, 79),
    ("Bruma Café", "Team", "Food and drink", 31, 290),
    ("Lumen Energy", "Business", "Energy", 410, 3900),
];

/// Name, e-mail, the company's place in the list above, city, country.
const CONTACTS: [(&str, &str, usize, &str, &str); 6] = [
    ("Hannah Osei", "hannah.osei@harbourpine.example", 0, "Bristol", "United Kingdom"),
    ("Mateo Ruiz", "mateo@solsticecycles.example", 1, "Valencia", "Spain"),
    ("Ingrid Solberg", "ingrid.solberg@meridianclinics.example", 2, "Bergen", "Norway"),
    ("Daniel Novak", "daniel@oakfieldpress.example", 3, "Brno", "Czechia"),
    ("Siobhán Walsh", "siobhan.walsh@tidewater.example", 4, "Cork", "Ireland"),
    ("Yuki Tanaka", "yuki@pixelorchard.example", 5, "Osaka", "Japan"),
];

impl World {
    pub(super) fn found_directory(&mut self) {
        let first_admin = 7_100_000 + self.seed.number("admins", 0) % 800_000;
        let first_team = 5_200_000 + self.seed.number("teams", 0) % 700_000;
        let team_id = |name: &str| {
            TEAMS.iter().position(|(team, ..)| *team == name).map(|at| first_team + 11 * at as u64)
        };
        for (at, (name, job_title, teams)) in PEOPLE.into_iter().enumerate() {
            self.admins.push(Admin {
                id: first_admin + 7 * at as u64,
                name,
                email: format!("{}@northwind.example", plain_letters(name)),
                job_title,
                is_bot: false,
                away: name == "Luca Moretti",
                team_ids: teams.iter().filter_map(|team| team_id(team)).collect(),
            });
        }
        self.admins.push(Admin {
            id: first_admin + 7 * PEOPLE.len() as u64,
            name: "Operator",
            email: format!("operator+{}@intercom.io", self.identity.app_id),
            job_title: "",
            is_bot: true,
            away: false,
            team_ids: Vec::new(),
        });
        for (name, distribution_method, assignment_limit) in TEAMS {
            let Some(id) = team_id(name) else { continue };
            let members = self.admins.iter().filter(|admin| admin.team_ids.contains(&id));
            let admin_ids = members.map(|admin| admin.id).collect();
            self.teams.push(Team { id, name, admin_ids, distribution_method, assignment_limit });
        }
        for name in TAGS {
            self.make_tag(name);
        }
        let now = self.now();
        for (at, name) in ["Active", "New"].into_iter().enumerate() {
            self.segments.push(Segment {
                id: self.seed.hex("segment", at as u64, 24),
                name,
                created_at: self.identity.created_at,
            });
        }
        for (at, (name, plan, industry, size, monthly_spend)) in COMPANIES.into_iter().enumerate() {
            let id = self.make_company(name, Some(plan));
            let age = 86_400 * self.seed.between("company age", at as u64, 90, 800) as i64;
            let Some(company) = self.companies.iter_mut().find(|company| company.id == id) else { continue };
            company.industry = Some(industry.to_owned());
            company.size = Some(size);
            company.monthly_spend = monthly_spend;
            company.created_at = now - age;
            company.website = Some(format!("https://www.{}.example", plain_letters(name).replace('.', "")));
        }
        for (at, (name, email, company, city, country)) in CONTACTS.into_iter().enumerate() {
            let company_id = self.companies.get(company).map(|company| company.id.clone());
            let at = at as u64;
            let age = 86_400 * self.seed.between("contact age", at, 20, 700) as i64;
            let id = self.seed.hex("founding contact", at, 24);
            self.contacts.push(Contact {
                id,
                external_id: Some(format!("nw-{}", 9001 + at)),
                role: Role::User,
                name: Some(name.to_owned()),
                email: Some(email.to_owned()),
                city: Some(city.to_owned()),
                country: Some(country.to_owned()),
                language: Some("en".to_owned()),
                browser: Some("chrome"),
                os: Some("Windows 10"),
                company_ids: company_id.into_iter().collect(),
                created_at: now - age,
                updated_at: now - 3600 * (at as i64 + 1),
                signed_up_at: Some(now - age),
                last_seen_at: Some(now - 3600 * (at as i64 + 1)),
                ..Contact::blank()
            });
        }
    }

    /// Makes a company with an id of its own, unless one of that name is there, and gives its id.
    pub(super) fn make_company(&mut self, name: &str, plan: Option<&str>) -> String {
        if let Some(known) = self.companies.iter().find(|company| company.name == name) {
            return known.id.clone();
        }
        self.made.companies += 1;
        let number = self.made.companies;
        let id = self.seed.hex("company", number, 24);
        let now = self.now();
        let age = 86_400 * self.seed.between("company age", number, 30, 600) as i64;
        self.companies.push(Company {
            id: id.clone(),
            external_id: format!("northwind-{number}"),
            name: name.to_owned(),
            plan: plan.map(str::to_owned),
            industry: None,
            website: None,
            size: None,
            monthly_spend: 0,
            session_count: self.seed.between("sessions", number, 3, 900),
            created_at: now - age,
            updated_at: now - 3600,
            last_request_at: now - 60 * self.seed.between("last request", number, 1, 5000) as i64,
            custom_attributes: Map::new(),
            tags: Vec::new(),
        });
        id
    }

    pub(super) fn make_tag(&mut self, name: &str) -> u64 {
        self.made.tags += 1;
        let id = 11_000_000 + self.seed.number("tags", 0) % 900_000 + 3 * self.made.tags;
        self.tags.push(Tag { id, name: name.to_owned() });
        id
    }

    /// The segments a contact falls in: everyone seen this month is active.
    pub(crate) fn segments_of<'a>(&'a self, contact: &'a Contact) -> impl Iterator<Item = &'a Segment> + 'a {
        let month_ago = self.now() - 30 * 86_400;
        self.segments.iter().filter(move |segment| match segment.name {
            "Active" => contact.last_seen_at.is_some_and(|seen| seen > month_ago),
            _ => contact.created_at > month_ago,
        })
    }
}

impl Contact {
    /// Someone of whom nothing is known.
    pub(super) fn blank() -> Self {
        Self {
            id: String::new(),
            external_id: None,
            role: Role::User,
            name: None,
            email: None,
            phone: None,
            avatar: None,
            owner_id: None,
            city: None,
            country: None,
            language: None,
            browser: None,
            os: None,
            unsubscribed_from_emails: false,
            archived: false,
            blocked: false,
            custom_attributes: Map::new(),
            company_ids: Vec::new(),
            tags: Vec::new(),
            notes: Vec::new(),
            created_at: 0,
            updated_at: 0,
            signed_up_at: None,
            last_seen_at: None,
            last_replied_at: None,
            last_contacted_at: None,
        }
    }
}

impl Admin {
    /// What a part or a source calls its kind of author.
    pub(crate) fn kind(&self) -> &'static str {
        if self.is_bot { "bot" } else { "admin" }
    }

    pub(crate) fn role(&self) -> Value {
        if self.is_bot {
            return Value::Null;
        }
        let (id, name) = if self.job_title == "Head of Support" { ("1", "Owner") } else { ("2", "Teammate") };
        json!({ "type": "role", "id": id, "name": name })
    }
}

/// A name as it stands in an address: letters only, lower case, parted by dots.
fn plain_letters(name: &str) -> String {
    name.chars()
        .filter_map(|letter| match letter.to_ascii_lowercase() {
            'á' => Some('a'),
            'é' => Some('e'),
            ' ' => Some('.'),
            plain if plain.is_ascii_alphanumeric() => Some(plain),
            _ => None,
        })
        .collect()
}
