//! The signature: `sha1=` and the lower-case hex of an HMAC-SHA1 over the raw body, keyed with the client secret.

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;

const PREFIX: &str = "sha1=";
const LENGTH: usize = 20;

/// Whether a signature is right. The same work is done for a missing or malformed one as for a right one, and the
/// comparison takes the same time wherever the two differ.
pub(super) fn verify(secret: &SecretString, body: &[u8], signature: Option<&[u8]>) -> bool {
    let mut claimed = [0; LENGTH];
    let well_formed = signature.is_some_and(|signature| decode(signature, &mut claimed));
    let matches = mac(secret, body).is_some_and(|mac| mac.verify_slice(&claimed).is_ok());
    well_formed & matches & !secret.expose_secret().is_empty()
}

/// The signature of a body.
pub(super) fn sign(secret: &SecretString, body: &[u8]) -> String {
    let digest = mac(secret, body).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default();
    format!("{PREFIX}{digest}")
}

/// An HMAC takes keys of every length, so there is always one.
fn mac(secret: &SecretString, body: &[u8]) -> Option<Hmac<Sha1>> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(body);
    Some(mac)
}

/// Reads exactly the form that Intercom writes.
fn decode(signature: &[u8], digest: &mut [u8; LENGTH]) -> bool {
    let Some(digits) = signature.strip_prefix(PREFIX.as_bytes()) else { return false };
    let lower_case = digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    lower_case && hex::decode_to_slice(digits, digest).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &[u8] = br#"{"type":"notification_event","id":"notif_1","topic":"conversation.user.created","app_id":"abc","created_at":1700000000,"data":{"type":"notification_event_data","item":{"type":"conversation","id":"1"}}}"#;
    const SIGNATURE: &[u8] = b"sha1=e0d6deaa5785a871c44a56b6c3138ce190b6cc98";

    fn secret() -> SecretString {
        SecretString::from("intercom_secret")
    }

    #[test]
    fn the_published_vector_is_right() {
        assert!(verify(&secret(), BODY, Some(SIGNATURE)));
        assert_eq!(sign(&secret(), BODY).as_bytes(), SIGNATURE);
    }

    #[test]
    fn every_other_signature_is_wrong() {
        let upper = SIGNATURE.to_ascii_uppercase();
        let mut digits_upper = SIGNATURE.to_vec();
        digits_upper[5..].make_ascii_uppercase();
        let mut flipped = SIGNATURE.to_vec();
        *flipped.last_mut().unwrap() ^= 1;
        let spaced = [b" ", SIGNATURE].concat();
        let trailing = [SIGNATURE, b"\n"].concat();
        let doubled = [SIGNATURE, &SIGNATURE[5..]].concat();
        let zeros = [&b"sha1="[..], &[b'0'; 40][..]].concat();
        for wrong in [
            &b""[..],
            b"sha1=",
            b"sha256=e0d6deaa5785a871c44a56b6c3138ce190b6cc98",
            &SIGNATURE[5..],
            &SIGNATURE[..44],
            &upper,
            &digits_upper,
            &flipped,
            &spaced,
            &trailing,
            &doubled,
            &zeros,
            b"sha1=zzzzdeaa5785a871c44a56b6c3138ce190b6cc98",
            b"\xff\xfe",
        ] {
            assert!(!verify(&secret(), BODY, Some(wrong)), "{}", String::from_utf8_lossy(wrong));
        }
        assert!(!verify(&secret(), BODY, None));
    }

    #[test]
    fn one_changed_byte_or_another_secret_makes_it_wrong() {
        let mut body = BODY.to_vec();
        body[10] ^= 1;
        assert!(!verify(&secret(), &body, Some(SIGNATURE)));
        assert!(!verify(&SecretString::from("intercom_secret "), BODY, Some(SIGNATURE)));
    }

    #[test]
    fn an_empty_secret_verifies_nothing_not_even_its_own_signature() {
        let empty = SecretString::from("");
        let own = sign(&empty, BODY);
        assert!(!verify(&empty, BODY, Some(own.as_bytes())));
        assert!(!verify(&empty, BODY, None));
    }

    #[test]
    fn bytes_that_are_no_text_are_signed_as_they_are() {
        let body = [0_u8, 255, 10, 13, 128];
        let signature = sign(&secret(), &body);
        assert!(verify(&secret(), &body, Some(signature.as_bytes())));
    }
}
