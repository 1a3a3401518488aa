//! `contacts.erase_preview`, `contacts.erase` and the certificates.

use super::Core;
use super::views::Names;
use crate::api::contacts::{
    EraseContact, ErasureCertificate, ErasureLine, ErasureList, ErasurePreview, GetErasure, ListErasures,
    PreviewErasure,
};
use crate::api::{ApiError, ErrorCode};
use domain::ports::Helpdesk as _;
use domain::{ErasureCause, ErasureCounts};
use engine::Workspace;
use engine::erasure::{Certificate, Line, lines};
use store::ErasureRow;

/// The longest list.
const LONGEST: u32 = 1_000;

impl Core {
    pub(super) async fn contacts_erase_preview(
        &self,
        input: PreviewErasure,
    ) -> Result<ErasurePreview, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let counts = workspace.preview_erasure(&input.contact_id).await?;
        let name = Names::of(&workspace).await?.contact(&input.contact_id).await?;
        Ok(ErasurePreview {
            name,
            lines: shown(lines(&counts)),
            notes: notes(&counts, workspace.helpdesk().name()),
            contact_id: input.contact_id,
        })
    }

    pub(super) async fn contacts_erase(&self, input: EraseContact) -> Result<ErasureCertificate, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        // Somebody of whom nothing is kept is refused, so that a slip of the hand blocks no stranger.
        workspace.preview_erasure(&input.contact_id).await?;
        // Not dropped half way with the page that asked: a person who closes it wants the same.
        let erasing = tokio::spawn(async move {
            let contact = input.contact_id;
            let id = workspace.erase_contact(&contact, ErasureCause::Person, input.keep_id).await?;
            certificate(&workspace, id).await
        });
        erasing
            .await
            .map_err(|_| ApiError::new(ErrorCode::Internal, "The erasing was cut short. Start again."))?
    }

    pub(super) async fn contacts_erasure_certificate(
        &self,
        input: GetErasure,
    ) -> Result<ErasureCertificate, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        certificate(&workspace, input.erasure_id).await
    }

    pub(super) async fn contacts_list_erasures(&self, input: ListErasures) -> Result<ErasureList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let limit = input.limit.unwrap_or(200).min(LONGEST);
        let rows = workspace.store().list_erasures(limit).await?;
        Ok(ErasureList { rows: rows.into_iter().map(view).collect::<Result<_, _>>()? })
    }
}

async fn certificate(workspace: &Workspace, id: domain::ErasureId) -> Result<ErasureCertificate, ApiError> {
    let found = workspace.store().find_erasure(id).await?;
    view(found.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such certificate."))?)
}

fn view(row: ErasureRow) -> Result<ErasureCertificate, ApiError> {
    let certificate: Certificate = serde_json::from_value(row.certificate)
        .map_err(|_| ApiError::new(ErrorCode::Storage, "This certificate cannot be read."))?;
    let short: String = certificate.contact_key.chars().take(8).collect();
    Ok(ErasureCertificate {
        erasure_id: row.id,
        cause: row.cause,
        finished_at: row.finished_at,
        document: certificate.document(),
        contact_key: certificate.contact_key,
        erased: shown(certificate.erased),
        checks: certificate.checks,
        not_erased: certificate.not_erased,
        sha256: certificate.sha256,
        file_name: format!("erasure-{short}.txt"),
    })
}

fn shown(lines: Vec<Line>) -> Vec<ErasureLine> {
    let some = lines.into_iter().filter(|line| line.count > 0);
    some.map(|Line { what, count }| ErasureLine { what, count }).collect()
}

fn notes(counts: &ErasureCounts, helpdesk: &str) -> Vec<String> {
    let mut notes = vec![
        format!("This machine only. Nothing is deleted in {helpdesk}, and nothing is sent there."),
        format!(
            "What this person writes later as the same contact in {helpdesk} is not shown here any more: answer them \
             there, or under a new contact."
        ),
        "Raw notifications that name them elsewhere are emptied too, and copies of the data file made before updates \
         are deleted."
            .to_owned(),
    ];
    if counts.shared > 0 {
        notes.push(
            "Conversations that others share stay, without what this person wrote and without their name."
                .to_owned(),
        );
    }
    if counts.mentions > 0 {
        notes.push(format!(
            "{} mention this person by name or address. What others wrote is not altered.",
            if counts.mentions == 1 {
                "One conversation of other people may".to_owned()
            } else {
                format!("{} conversations of other people", counts.mentions)
            }
        ));
    }
    notes
}
