//! `deliveries.curl`: a delivery as a command that sends it once more.
//!
//! The signature is made here, for the exact bytes of this body. Whoever reads it learns nothing of the secret, and can
//! sign no other body with it.

use crate::api::deliveries::{DeliveryCurl, GetDelivery};
use crate::api::{ApiError, ErrorCode};
use crate::core::Core;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::ports::WebhookDialect as _;
use intercom::Webhooks;

/// Longer ones are given on standard input: systems bound the length of an argument.
const LONGEST_ARGUMENT: usize = 100_000;
const NOTE: &str = "The signature is valid for exactly this body and for no other. It does not tell the client secret. \
                    Sent again, the delivery is recognised by its notification id and counted as a repetition.";

impl Core {
    pub(in crate::core) async fn deliveries_curl(
        &self,
        input: GetDelivery,
    ) -> Result<DeliveryCurl, ApiError> {
        let entry = self.entry(input.workspace)?;
        let workspace = self.workspace(input.workspace)?;
        let found = workspace.store().find_delivery(input.delivery_id).await?;
        let (row, body) = found.ok_or_else(super::no_such_delivery)?;
        if body.is_empty() && row.size > 0 {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "Its body was erased with its conversation, so it cannot be sent again.",
            ));
        }
        let secret = self.client_secret(&entry.record).await?;
        let signature = Webhooks.sign(&secret, &body);
        let command = command(&self.listen_url(), Webhooks.signature_header(), &signature, &body);
        Ok(DeliveryCurl { command, note: NOTE.to_owned() })
    }
}

/// The command for a POSIX shell.
fn command(url: &str, header: &str, signature: &str, body: &[u8]) -> String {
    let head = format!(
        "curl --silent --show-error --include --request POST {} \\\n  --header {} \\\n  --header {} \\\n  ",
        quoted(url),
        quoted("content-type: application/json"),
        quoted(&format!("{header}: {signature}")),
    );
    match std::str::from_utf8(body) {
        Ok(text) if body.len() <= LONGEST_ARGUMENT && !text.contains('\0') => {
            // Not --data: that one takes a body that begins with @ for the name of a file.
            format!("{head}--data-raw {}", quoted(text))
        }
        Ok(_) | Err(_) => {
            format!(
                "base64 --decode <<'BODY' | {head}--data-binary @-\n{}\nBODY",
                lines(&STANDARD.encode(body))
            )
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Base64 in lines of 76, as tools expect it.
fn lines(text: &str) -> String {
    let bytes = text.as_bytes().chunks(76);
    bytes.map(|line| String::from_utf8_lossy(line).into_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_customer_wrote_cannot_leave_its_quotes() {
        let body = br#"{"body":"it's $(reboot) `x` \" ; rm -rf '/'"}"#;
        let command = command("http://127.0.0.1:1/webhooks/x", "x-sig", "sha1=ab", body);
        assert!(command.ends_with(r#"--data-raw '{"body":"it'\''s $(reboot) `x` \" ; rm -rf '\''/'\''"}'"#));
        assert!(command.contains("'x-sig: sha1=ab'"));
    }

    #[test]
    fn what_is_no_text_or_too_long_comes_on_standard_input() {
        let odd = command("u", "h", "s", &[0xff, 0x00]);
        assert!(odd.starts_with("base64 --decode <<'BODY' | curl "), "{odd}");
        assert!(odd.ends_with("--data-binary @-\n/wA=\nBODY"), "{odd}");
        let long = command("u", "h", "s", &vec![b'a'; 200_000]);
        assert!(long.contains("<<'BODY'"));
        assert!(long.lines().all(|line| line.len() < 200));
    }
}
