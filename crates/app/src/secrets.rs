//! Where secrets are kept: the keychain of the operating system, or memory. Never a file.

use async_trait::async_trait;
use domain::ports::{SecretKind, SecretStore, SecretStoreError};
use secrecy::{ExposeSecret as _, SecretString};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// The name under which the keychain shows our entries.
const SERVICE: &str = "Countersign";

/// The keychain of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keychain;

impl Keychain {
    fn entry(workspace: &str, kind: SecretKind) -> Result<keyring::Entry, SecretStoreError> {
        let user = format!("{workspace}/{}", kind.as_str());
        keyring::Entry::new(SERVICE, &user).map_err(|error| explain(&error))
    }
}

/// The keychain blocks: every call goes to a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SecretStoreError> + Send + 'static,
) -> Result<T, SecretStoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(SecretStoreError("The keychain did not answer.".to_owned())))
}

#[async_trait]
impl SecretStore for Keychain {
    async fn available(&self) -> Result<(), SecretStoreError> {
        blocking(|| match Self::entry("probe", SecretKind::AccessToken)?.get_password() {
            Ok(_) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(explain(&error)),
        })
        .await
    }

    async fn set(
        &self,
        workspace: &str,
        kind: SecretKind,
        secret: &SecretString,
    ) -> Result<(), SecretStoreError> {
        let (workspace, secret) = (workspace.to_owned(), secret.clone());
        blocking(move || {
            Self::entry(&workspace, kind)?
                .set_password(secret.expose_secret())
                .map_err(|error| explain(&error))
        })
        .await
    }

    async fn get(&self, workspace: &str, kind: SecretKind) -> Result<Option<SecretString>, SecretStoreError> {
        let workspace = workspace.to_owned();
        blocking(move || match Self::entry(&workspace, kind)?.get_password() {
            Ok(secret) => Ok(Some(SecretString::from(secret))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(explain(&error)),
        })
        .await
    }

    async fn remove(&self, workspace: &str, kind: SecretKind) -> Result<(), SecretStoreError> {
        let workspace = workspace.to_owned();
        blocking(move || match Self::entry(&workspace, kind)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(explain(&error)),
        })
        .await
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's errors are an open set; the rest read the same"
)]
fn explain(error: &keyring::Error) -> SecretStoreError {
    SecretStoreError(match error {
        keyring::Error::NoDefaultStore => {
            "This system has no keychain that can be reached (on Linux: a Secret Service such as GNOME Keyring \
             or KWallet)."
                .to_owned()
        }
        keyring::Error::NoStorageAccess(_) => {
            "The keychain is locked or refused access. Unlock it, then try again.".to_owned()
        }
        _ => "The keychain failed. Unlock it, or restart it, then try again.".to_owned(),
    })
}

/// Secrets in memory, gone when the program ends.
#[derive(Debug, Default)]
pub struct SessionSecrets {
    kept: Mutex<BTreeMap<(String, SecretKind), SecretString>>,
}

impl SessionSecrets {
    /// Keeps a secret until the program ends.
    pub fn keep(&self, workspace: &str, kind: SecretKind, secret: SecretString) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert((workspace.to_owned(), kind), secret);
    }

    /// The secret, if one is kept.
    pub fn find(&self, workspace: &str, kind: SecretKind) -> Option<SecretString> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&(workspace.to_owned(), kind)).cloned()
    }

    /// Forgets one secret of a workspace.
    pub fn forget_one(&self, workspace: &str, kind: SecretKind) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).remove(&(workspace.to_owned(), kind));
    }

    /// Forgets the secrets of a workspace.
    pub fn forget(&self, workspace: &str) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).retain(|(name, _), _| name != workspace);
    }
}

/// No keychain: for the headless program, whose secrets come from its environment, and for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeychain;

#[async_trait]
impl SecretStore for NoKeychain {
    async fn available(&self) -> Result<(), SecretStoreError> {
        Err(SecretStoreError(
            "The headless program keeps no secrets: give them in its environment.".to_owned(),
        ))
    }
    async fn set(&self, _: &str, _: SecretKind, _: &SecretString) -> Result<(), SecretStoreError> {
        self.available().await
    }
    async fn get(&self, _: &str, _: SecretKind) -> Result<Option<SecretString>, SecretStoreError> {
        Ok(None)
    }
    async fn remove(&self, _: &str, _: SecretKind) -> Result<(), SecretStoreError> {
        Ok(())
    }
}
