//! A language model as the engine sees it: an [`Advisor`] that asks one service, within a budget, and leaves it alone
//! for a while when it fails.

use crate::answer::{self, Said, Verdict};
use crate::breaker::Breaker;
use crate::budget::{Budget, Exhausted, Spent};
use crate::claude::{self, Claude};
use crate::compatible::Compatible;
use crate::draft::{self, Articles};
use crate::endpoint;
use crate::ollama::{self, Ollama};
use crate::prices::{Price, Prices, without_date};
use crate::prompt::Prompt;
use crate::provider::{Chosen, Failure, ModelListing, Provider, Took};
use crate::settings::{Service, Settings, SetupError};
use crate::transport::{KeyHeader, Patience, Surroundings, Transport};
use async_trait::async_trait;
use domain::ports::{
    Advisor, Choice, Draft, DraftQuestion, EgressPurpose, GivenUp, NoOpinion, Opinion, Question, Tokens,
    Usage, Why,
};
use futures::future::{Either, select};
use reqwest::header::{HeaderName, HeaderValue};
use secrecy::SecretString;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Bytes of a prompt for which a token is set aside. Texts of most languages take three or four bytes a token.
const BYTES_A_TOKEN: usize = 2;

/// What a check of key and address found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// How many models there are.
    pub models: usize,
    /// Those that would be asked.
    pub chosen: Chosen,
    /// Of those, the ones that the list lacks. Not every server lists all that it answers to.
    pub unlisted: Vec<String>,
}

/// What one request brought, held to its form.
struct Answered<T> {
    read: T,
    /// The model as it calls itself.
    model: String,
    took: Usage,
}

/// One service with its models.
#[derive(Debug)]
pub struct LanguageModel {
    provider: Box<dyn Provider>,
    around: Surroundings,
    unsure_below: f64,
    masks: bool,
    prices: Prices,
    budget: Mutex<Budget>,
    breaker: Mutex<Breaker>,
}

impl LanguageModel {
    /// A client of the service that was set. Sends nothing yet.
    pub fn new(settings: Settings, around: Surroundings) -> Result<Self, SetupError> {
        let budget = Budget::new(settings.caps, around.clock.now(), settings.spent_today);
        Ok(Self {
            unsure_below: settings.unsure_below,
            masks: settings.masks,
            prices: settings.prices.clone(),
            provider: provider(settings, &around)?,
            around,
            budget: Mutex::new(budget),
            breaker: Mutex::default(),
        })
    }

    /// The models that the service offers, for Settings. Sends no text of any conversation.
    pub async fn list_models(&self) -> Result<Vec<ModelListing>, Why> {
        self.provider.models(EgressPurpose::ListModels).await
    }

    /// Whether key and address work, and which models would be asked. Sends no text of any conversation, and wakes
    /// a service that is left alone.
    pub async fn check(&self) -> Result<Checked, Why> {
        let models = self.provider.models(EgressPurpose::CheckKey).await?;
        let chosen = self.provider.choose().await?;
        self.breaker().answered();
        let is_listed = |wanted: &String| {
            models.iter().any(|model| {
                // A name without its date or its tag is one that services understand.
                let short = without_date(&model.id).or_else(|| model.id.strip_suffix(":latest"));
                model.id == *wanted || short == Some(wanted)
            })
        };
        let wanted = std::iter::once(&chosen.first).chain(&chosen.second);
        let unlisted = wanted.filter(|wanted| !is_listed(wanted)).cloned().collect();
        Ok(Checked { models: models.len(), unlisted, chosen })
    }

    /// What today has taken so far, what was there at the start included.
    pub fn spent_today(&self) -> Spent {
        self.budget().spent(self.around.clock.now())
    }

    /// Asks one model, within the budget, until it is given up; what comes is an answer if it can be read.
    async fn ask<T>(
        &self,
        model: &str,
        prompt: &Prompt,
        read: impl Fn(Said) -> Result<T, Why> + Send,
        given_up: &mut GivenUp<'_>,
    ) -> Result<Answered<T>, NoOpinion> {
        let price = if self.provider.is_free(model) { Some(Price::FREE) } else { self.prices.of(model) };
        let usage = |tokens: Tokens, is_estimate: bool| Usage {
            tokens,
            cost: price.map(|price| price.cost(tokens)),
            is_estimate,
        };
        let could_take = usage(
            Tokens {
                input: (prompt.len() / BYTES_A_TOKEN) as u64,
                output: self.provider.most_output(model, &prompt.form),
                ..Tokens::ZERO
            },
            true,
        );
        let set_aside = SetAside::of(self, could_take).map_err(|exhausted| match exhausted {
            Exhausted::Spent(budget) => Why::BudgetSpent { budget },
            Exhausted::PriceUnknown => Why::PriceUnknown { model: model.to_owned() },
        })?;
        let outcome = match select(self.provider.ask(model, prompt), given_up).await {
            Either::Left((outcome, _)) => outcome,
            // What was sent may be answered all the same, and paid for.
            Either::Right(((), _)) => {
                set_aside.settle(could_take);
                return Err(NoOpinion { why: Why::GivenUp, usage: could_take });
            }
        };
        let outcome = outcome.and_then(|reply| match read(reply.said) {
            Ok(read) => Ok((read, reply.model, reply.tokens)),
            Err(why) => Err(Failure { why, took: Took::from(reply.tokens) }),
        });
        let took = match &outcome {
            Ok((_, _, tokens)) => tokens.map_or(could_take, |tokens| usage(tokens, false)),
            Err(Failure { took: Took::Nothing, .. }) => Usage::NONE,
            Err(Failure { took: Took::Known(tokens), .. }) => usage(*tokens, false),
            Err(Failure { took: Took::Unknown, .. }) => could_take,
        };
        set_aside.settle(took);
        match outcome {
            Ok((read, model, _)) => {
                self.breaker().answered();
                Ok(Answered { read, model, took })
            }
            Err(Failure { why, .. }) => {
                self.breaker().failed(self.around.clock.now(), &why);
                tracing::debug!(model, ?why, "A language model gave no answer");
                Err(NoOpinion { why, usage: took })
            }
        }
    }

    /// The models to ask.
    async fn choose(&self) -> Result<Chosen, Why> {
        self.provider.choose().await.inspect_err(|why| {
            self.breaker().failed(self.around.clock.now(), why);
        })
    }

    fn is_unsure(&self, verdict: &Verdict) -> bool {
        verdict.choice == Choice::NoneOfThese || verdict.sureness.value() < self.unsure_below
    }

    /// What comes before any request about a conversation: the switch, and whether the service is left alone.
    fn enter(&self) -> Result<(), Why> {
        if !self.around.gate.is_open() {
            return Err(Why::Blocked);
        }
        self.breaker().enter(self.around.clock.now())
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Advisor for LanguageModel {
    fn name(&self) -> &'static str {
        self.provider.name()
    }

    async fn opinion(&self, question: &Question) -> Result<Opinion, NoOpinion> {
        let began = self.around.clock.monotonic_ms();
        let (prompt, labels) = Prompt::of(question, self.masks).ok_or(Why::NothingToAsk)?;
        self.enter()?;
        let models = self.choose().await?;
        // An opinion is waited for until it is there, or its time is over.
        let mut never: GivenUp<'_> = Box::pin(std::future::pending());
        let read = |said: Said| answer::verdict(said, &labels);
        let mut reply = self.ask(&models.first, &prompt, read, &mut never).await?;
        let mut usage = reply.took;
        if let Some(second) = models.second.filter(|_| self.is_unsure(&reply.read)) {
            match self.ask(&second, &prompt, read, &mut never).await {
                Ok(stronger) => {
                    usage = usage.plus(stronger.took);
                    reply = stronger;
                }
                // What the first said still stands.
                Err(none) => usage = usage.plus(none.usage),
            }
        }
        let latency_ms = self.around.clock.monotonic_ms().saturating_sub(began);
        tracing::debug!(model = %reply.model, duration_ms = latency_ms, "A language model gave an opinion");
        Ok(Opinion {
            choice: reply.read.choice,
            sureness: reply.read.sureness,
            reason: reply.read.reason,
            model: reply.model,
            usage,
            latency_ms,
        })
    }

    async fn draft(&self, question: &DraftQuestion, mut given_up: GivenUp<'_>) -> Result<Draft, NoOpinion> {
        let began = self.around.clock.monotonic_ms();
        let articles = Articles::of(&question.articles);
        let prompt = draft::prompt(question, &articles, self.masks).ok_or(Why::NothingToAnswer)?;
        self.enter()?;
        let models = match select(Box::pin(self.choose()), &mut given_up).await {
            Either::Left((models, _)) => models?,
            Either::Right(((), _)) => return Err(Why::GivenUp.into()),
        };
        let read = |said: Said| draft::drafted(said, &articles);
        let answered = self.ask(&models.first, &prompt, read, &mut given_up).await?;
        let latency_ms = self.around.clock.monotonic_ms().saturating_sub(began);
        tracing::debug!(model = %answered.model, duration_ms = latency_ms, "A language model drafted a reply");
        Ok(Draft { drafted: answered.read, model: answered.model, usage: answered.took, latency_ms })
    }
}

/// A part of the budget that a request could take. Whoever goes away meanwhile has spent it: nobody knows better.
struct SetAside<'a> {
    of: &'a LanguageModel,
    could_take: Usage,
    took: Usage,
}

impl<'a> SetAside<'a> {
    fn of(of: &'a LanguageModel, could_take: Usage) -> Result<Self, Exhausted> {
        of.budget().set_aside(of.around.clock.now(), &could_take)?;
        Ok(Self { of, could_take, took: could_take })
    }

    fn settle(mut self, took: Usage) {
        self.took = took;
    }
}

impl Drop for SetAside<'_> {
    fn drop(&mut self) {
        self.of.budget().settle(self.of.around.clock.now(), &self.could_take, &self.took);
    }
}

fn provider(settings: Settings, around: &Surroundings) -> Result<Box<dyn Provider>, SetupError> {
    let patience = Patience { usual_ms: settings.timeout_ms, draft_ms: settings.draft_timeout_ms };
    let Settings { service, first_model: first, second_model: second, .. } = settings;
    // Whoever copies an address from a manual may have copied the version with it.
    let bare = |address: &str| {
        let address = address.trim().trim_end_matches('/');
        address.strip_suffix("/v1").unwrap_or(address).to_owned()
    };
    let transport = |address: &str, key: Option<(KeyHeader, SecretString)>, headers| {
        let address = endpoint::parse(address, key.is_some())?;
        Transport::new(address, key, headers, patience, around.clone())
            .map_err(|_| SetupError::Tls)?
            .map_err(|_| SetupError::Key)
    };
    Ok(match service {
        Service::Claude { key, address } => {
            let version =
                (HeaderName::from_static("anthropic-version"), HeaderValue::from_static(claude::VERSION));
            let address = address.as_deref().map_or_else(|| claude::BASE.to_owned(), bare);
            let transport = transport(&address, Some((KeyHeader::ApiKey, key)), vec![version])?;
            Box::new(Claude::new(transport, first, second))
        }
        Service::OpenAiCompatible { address, key } => {
            let transport = transport(&address, key.map(|key| (KeyHeader::Bearer, key)), Vec::new())?;
            Box::new(Compatible::new(transport, first, second))
        }
        Service::Ollama { address } => {
            let address = address.as_deref().map_or_else(|| ollama::BASE.to_owned(), bare);
            let transport = transport(&address, None, Vec::new())?;
            Box::new(Ollama::new(transport, first, second))
        }
    })
}
