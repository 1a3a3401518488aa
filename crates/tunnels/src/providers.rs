//! The providers: each a recipe for a program, but one.

mod bore;
mod cloudflared;
mod ngrok;
mod own;
mod ssh;
mod tailscale;

use crate::choice::{Choice, Invalid, ProviderKind};
use crate::port::TunnelProvider;
use crate::program::recipe::Recipe;
use crate::program::{ProgramProvider, Programs};
use std::path::PathBuf;
use std::sync::Arc;

/// The provider of a choice.
pub(crate) fn provider(
    choice: &Choice,
    programs: &Programs,
    folder: PathBuf,
) -> Result<Arc<dyn TunnelProvider>, Invalid> {
    fn of(recipe: impl Recipe + 'static, programs: &Programs, folder: PathBuf) -> Arc<dyn TunnelProvider> {
        Arc::new(ProgramProvider::new(recipe, programs, folder))
    }
    Ok(match choice.provider {
        ProviderKind::CloudflaredNamed => of(cloudflared::Named::new(choice)?, programs, folder),
        ProviderKind::CloudflaredQuick => of(cloudflared::Quick, programs, folder),
        ProviderKind::TailscaleFunnel => of(tailscale::Funnel::new(choice)?, programs, folder),
        ProviderKind::Ngrok => of(ngrok::Ngrok::new(choice)?, programs, folder),
        ProviderKind::Ssh => of(ssh::Ssh::new(choice)?, programs, folder),
        ProviderKind::Bore => of(bore::Bore::new(choice)?, programs, folder),
        ProviderKind::OwnUrl => Arc::new(own::OwnUrl::new(choice)?),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use crate::choice::{Choice, ProviderKind};
    use crate::program::recipe::{Recipe, Said};
    use crate::target::Target;
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;
    use url::Url;

    pub(crate) fn choice(provider: ProviderKind, options: &[(&str, &str)]) -> Choice {
        let options: BTreeMap<String, String> =
            options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Choice { provider, options }
    }

    pub(crate) fn arguments(recipe: &dyn Recipe) -> Vec<String> {
        let address = "127.0.0.1:8713".parse().unwrap();
        let target = Target::new(address, "/webhooks/intercom", &BTreeSet::new()).unwrap();
        let arguments = recipe.arguments(&target, Path::new("/data/my folder 100%")).unwrap();
        arguments.into_iter().map(|argument| argument.into_string().unwrap()).collect()
    }

    /// The first thing of interest that recorded output says.
    pub(crate) fn read(recipe: &dyn Recipe, output: &str) -> Said {
        let said = output.lines().map(|line| recipe.read(line.trim())).find(|said| *said != Said::Nothing);
        said.unwrap_or(Said::Nothing)
    }

    pub(crate) fn url(text: &str) -> Said {
        Said::Url(Url::parse(text).unwrap())
    }

    #[test]
    fn an_option_that_a_provider_does_not_have_is_refused() {
        let choice = choice(ProviderKind::Ngrok, &[("authtoken", "secret")]);
        let programs = crate::Programs::in_folders(std::ffi::OsString::new());
        let refused = choice.provider(&programs, "/data".into()).unwrap_err();
        assert_eq!(refused.field, "authtoken");
    }
}
