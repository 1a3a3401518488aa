//! What a person sets, checked, and in the terms of the client.

use crate::api::language_models::{
    KeyNeed, LanguageModelSettings, ModelPrice, ModelService, ModelServiceView, SecondModelChoice,
};
use crate::api::{ApiError, ErrorCode};
use domain::ports::AdvisorRole;
use language_models::{Caps, Price, Prices, SecondModel, Service, Settings, Spent};
use secrecy::SecretString;

/// The longest address and the longest name of a model, characters.
const LONGEST: usize = 300;
/// Prices at most.
const MOST_PRICES: usize = 20;
/// The dearest that a million tokens, or a day, may be: beyond it is a slip of the finger.
const MOST_DOLLARS: f64 = 100_000.0;
const MICRO: f64 = 1_000_000.0;

/// The settings as they are kept, or what is wrong with which of them.
pub(super) fn checked(mut settings: LanguageModelSettings) -> Result<LanguageModelSettings, ApiError> {
    settings.address = line("address", "address", settings.address)?;
    settings.first_model = line("first_model", "model", settings.first_model)?;
    if let SecondModelChoice::Named { model } = settings.second_model {
        let model = line("second_model", "model", Some(model))?
            .ok_or_else(|| wrong("second_model", "Enter the second model, or choose to have none."))?;
        settings.second_model = SecondModelChoice::Named { model };
    }
    if settings.service == ModelService::OpenAiCompatible && settings.address.is_none() {
        return Err(wrong("address", "Enter the address of the server."));
    }
    if let AdvisorRole::Below { confidence } = settings.role
        && !(0.0..=1.0).contains(&confidence)
    {
        return Err(wrong("role", "The confidence is 0 to 100 %."));
    }
    if let Some(dollars) = settings.dollars_a_day {
        settings.dollars_a_day = Some(money("dollars_a_day", dollars)?);
    }
    if settings.prices.len() > MOST_PRICES {
        return Err(wrong("prices", format!("Enter at most {MOST_PRICES} prices.")));
    }
    settings.prices = settings.prices.into_iter().map(price).collect::<Result<_, _>>()?;
    Ok(settings)
}

fn price(price: ModelPrice) -> Result<ModelPrice, ApiError> {
    let model = line("prices", "model", Some(price.model))?
        .ok_or_else(|| wrong("prices", "Enter the model that the price is for."))?;
    Ok(ModelPrice {
        model,
        input_dollars: money("prices", price.input_dollars)?,
        output_dollars: money("prices", price.output_dollars)?,
    })
}

fn money(field: &str, dollars: f64) -> Result<f64, ApiError> {
    if (0.0..=MOST_DOLLARS).contains(&dollars) {
        Ok(dollars)
    } else {
        Err(wrong(field, "Enter an amount of US dollars, 0 or more."))
    }
}

/// One line without blanks around it; nothing where it is empty.
fn line(field: &str, what: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let text = text.trim();
    if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
        return Err(wrong(field, format!("The {what} is too long, or holds characters it cannot have.")));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}

fn wrong(field: &str, message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, message).with_detail(field)
}

/// Whether a service wants a key.
pub(super) const fn need(service: ModelService) -> KeyNeed {
    match service {
        ModelService::Claude => KeyNeed::Required,
        ModelService::OpenAiCompatible => KeyNeed::Optional,
        ModelService::Ollama => KeyNeed::None,
    }
}

/// The settings of a client; `None` where the key is missing that the service wants.
pub(super) fn of_client(
    settings: &LanguageModelSettings,
    key: Option<SecretString>,
    spent_today: Spent,
) -> Option<Settings> {
    let address = settings.address.clone();
    let service = match settings.service {
        ModelService::Claude => Service::Claude { key: key?, address },
        ModelService::OpenAiCompatible => {
            Service::OpenAiCompatible { address: address.unwrap_or_default(), key }
        }
        ModelService::Ollama => Service::Ollama { address },
    };
    let prices = settings.prices.iter().fold(Prices::default(), |prices, price| {
        prices.with(
            price.model.clone(),
            Price {
                input: micro(price.input_dollars),
                output: micro(price.output_dollars),
                cached: None,
                cache_written: None,
                is_from: false,
            },
        )
    });
    Some(Settings {
        first_model: settings.first_model.clone(),
        second_model: match &settings.second_model {
            SecondModelChoice::Automatic => SecondModel::Automatic,
            SecondModelChoice::None => SecondModel::None,
            SecondModelChoice::Named { model } => SecondModel::Named(model.clone()),
        },
        masks: settings.masks,
        caps: Caps { tokens: settings.tokens_a_day, micro_dollars: settings.dollars_a_day.map(micro) },
        spent_today,
        prices,
        ..Settings::new(service)
    })
}

/// Millionths of so many dollars.
pub(super) fn micro(dollars: f64) -> u64 {
    (dollars * MICRO).round() as u64
}

/// What can be chosen.
pub(super) fn services() -> Vec<ModelServiceView> {
    let of = |service, name: &str, about: &str, usual_address: &str, usual_models: &str| ModelServiceView {
        service,
        name: name.to_owned(),
        about: about.to_owned(),
        key: need(service),
        usual_address: usual_address.to_owned(),
        usual_models: usual_models.to_owned(),
    };
    vec![
        of(
            ModelService::Claude,
            "Claude",
            "Anthropic's service. It needs a key of its API, and conversations are sent there.",
            "https://api.anthropic.com",
            "The newest haiku first, and the newest sonnet when that is unsure.",
        ),
        of(
            ModelService::OpenAiCompatible,
            "OpenAI-compatible server",
            "OpenAI, vLLM, llama.cpp, LM Studio and others. Conversations are sent to the address that you enter.",
            "",
            "The only model that the server has; where it has several, choose one.",
        ),
        of(
            ModelService::Ollama,
            "Ollama",
            "Models on this machine, or on one of your own. It needs no key and costs nothing.",
            "http://localhost:11434",
            "The only model that there is; where there are several, choose one.",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::DraftRole;

    fn field(settings: LanguageModelSettings) -> Option<String> {
        checked(settings).err().and_then(|error| error.detail)
    }

    #[test]
    fn nothing_is_asked_and_personal_data_is_taken_out_unless_somebody_chose_otherwise() {
        let settings = LanguageModelSettings::default();
        assert_eq!((settings.role, settings.masks), (AdvisorRole::Off, true));
        assert_eq!(settings.drafts, DraftRole::Off);
        assert_eq!(serde_json::from_str::<LanguageModelSettings>("{}").unwrap(), settings);
    }

    #[test]
    fn what_is_wrong_is_said_of_the_field_it_is_in() {
        let with = |change: fn(&mut LanguageModelSettings)| {
            let mut settings = LanguageModelSettings::default();
            change(&mut settings);
            field(settings)
        };
        let of = |field: &str| Some(field.to_owned());
        assert_eq!(with(|it| it.service = ModelService::OpenAiCompatible), of("address"));
        assert_eq!(with(|it| it.role = AdvisorRole::Below { confidence: f64::NAN }), of("role"));
        assert_eq!(with(|it| it.dollars_a_day = Some(-1.0)), of("dollars_a_day"));
        assert_eq!(with(|it| it.first_model = Some("a\nb".to_owned())), of("first_model"));
        let unnamed = SecondModelChoice::Named { model: " ".to_owned() };
        let settings = LanguageModelSettings { second_model: unnamed, ..LanguageModelSettings::default() };
        assert_eq!(field(settings), of("second_model"));
        let price = ModelPrice { model: "m".to_owned(), input_dollars: f64::INFINITY, output_dollars: 1.0 };
        let settings = LanguageModelSettings { prices: vec![price], ..LanguageModelSettings::default() };
        assert_eq!(field(settings), of("prices"));
    }

    #[test]
    fn an_empty_field_is_one_left_out_and_dollars_are_counted_in_millionths() {
        let settings = LanguageModelSettings {
            address: Some("  ".to_owned()),
            dollars_a_day: Some(0.29),
            ..LanguageModelSettings::default()
        };
        let settings = checked(settings).unwrap();
        assert_eq!(settings.address, None);
        let client = of_client(&settings, Some(SecretString::from("k")), Spent::default()).unwrap();
        assert_eq!(client.caps.micro_dollars, Some(290_000));
        assert!(of_client(&settings, None, Spent::default()).is_none(), "Claude wants a key");
    }
}
