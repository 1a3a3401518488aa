//! Mails as the programs of the world send them: what the customer wrote just now is kept, the rest is cut.

use triage::strip_history;

/// Each begins with the customer's own lines; what follows is what their mail program added.
const OWN: &str = "The export still fails.\nCan you look again?";

const TAILS: &[(&str, &str)] = &[
    (
        "Gmail",
        "On Tue, Mar 3, 2026 at 10:14\u{202f}AM Support <help@example.com> wrote:\n\n> Hi Jo,\n>\n> Did it work?\n",
    ),
    ("Gmail, German", "Am Di., 3. März 2026 um 10:14 Uhr schrieb Support <help@example.com>:\n\n> Hallo\n"),
    ("Gmail, French", "Le mar. 3 mars 2026 à 10:14, Support <help@example.com> a écrit :\n\n> Bonjour\n"),
    ("Gmail, Spanish", "El mar, 3 mar 2026 a las 10:14, Support (<help@example.com>) escribió:\n\n> Hola\n"),
    (
        "Gmail, Portuguese",
        "Em ter., 3 de mar. de 2026 às 10:14, Support <help@example.com> escreveu:\n\n> Olá\n",
    ),
    (
        "Gmail, Italian",
        "Il giorno mar 3 mar 2026 alle ore 10:14 Support <help@example.com> ha scritto:\n\n> Ciao\n",
    ),
    ("Gmail, Dutch", "Op di 3 mrt 2026 om 10:14 schreef Support <help@example.com>:\n\n> Hallo\n"),
    (
        "Gmail, broken over lines",
        "On Tue, Mar 3, 2026 at 10:14 AM Support Team of the Example Company\n<help@example.com> wrote:\n\n> Hi\n",
    ),
    (
        "Outlook",
        "________________________________\nFrom: Support <help@example.com>\nSent: Tuesday, March 3, 2026 10:14 AM\nTo: Jo Park <jo@example.com>\nSubject: RE: Export\n\nHi Jo,\n",
    ),
    (
        "Outlook, desktop",
        "From: Support <help@example.com>\nSent: Tuesday, March 3, 2026 10:14 AM\nTo: Jo Park\nSubject: RE: Export\n\nHi Jo,\nplease try",
    ),
    (
        "Outlook, German",
        "Von: Support <help@example.com>\nGesendet: Dienstag, 3. März 2026 10:14\nAn: Jo Park\nBetreff: AW: Export\n\nHallo",
    ),
    (
        "Outlook, French",
        "De : Support <help@example.com>\nEnvoyé : mardi 3 mars 2026 10:14\nÀ : Jo Park\nObjet : RE: Export\n\nBonjour",
    ),
    (
        "Outlook, Spanish",
        "De: Support <help@example.com>\nEnviado: martes, 3 de marzo de 2026 10:14\nPara: Jo Park\nAsunto: RE: Export\n\nHola",
    ),
    (
        "Outlook, Dutch",
        "Van: Support <help@example.com>\nVerzonden: dinsdag 3 maart 2026 10:14\nAan: Jo Park\nOnderwerp: RE: Export\n\nHallo",
    ),
    ("Outlook, plain", "-----Original Message-----\nFrom: Support\nSent: Tuesday\n\nHi"),
    (
        "Apple Mail",
        "> On 3 Mar 2026, at 10:14, Support <help@example.com> wrote:\n> \n> Hi Jo,\n> Did it work?\n",
    ),
    ("Apple Mail, German", "> Am 03.03.2026 um 10:14 schrieb Support <help@example.com>:\n> \n> Hallo\n"),
    ("iPhone", "Sent from my iPhone\n\n> On 3 Mar 2026, at 10:14, Support <help@example.com> wrote:\n> Hi\n"),
    (
        "Samsung",
        "Sent from my Galaxy\n\n-------- Original message --------\nFrom: Support <help@example.com>\nDate: 3/3/26 10:14\n\nHi",
    ),
    ("signature", "-- \nJo Park\nHead of Operations, Acme Ltd\n+44 20 7946 0000\nwww.example.com"),
    ("closing", "Kind regards,\n\nJo Park\nHead of Operations\nAcme Ltd | 1 High Street | London"),
    ("closing, German", "Mit freundlichen Grüßen\n\nJo Park\nAcme GmbH\nGeschäftsführer: A. Beispiel"),
    (
        "disclaimer",
        "CONFIDENTIALITY NOTICE: This e-mail and any attachments are confidential and intended solely for the addressee. If you have received it in error, please notify the sender and delete it.",
    ),
    (
        "disclaimer, this",
        "This email and any files transmitted with it are confidential and intended solely for the use of the individual or entity to whom they are addressed.",
    ),
    (
        "disclaimer, German",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte sofort den Absender und vernichten Sie diese Mail.",
    ),
    (
        "disclaimer, French",
        "Ce message et toutes les pièces jointes sont confidentiels et établis à l'intention exclusive de ses destinataires.",
    ),
    ("environment", "Please consider the environment before printing this email."),
];

#[test]
fn what_mail_programs_add_is_cut() {
    let mut left = Vec::new();
    for (program, tail) in TAILS {
        for end_of_line in ["\n", "\r\n"] {
            let mail = format!("{OWN}\n\n{tail}").replace('\n', end_of_line);
            if strip_history(&mail) != OWN.replace('\n', end_of_line) {
                left.push((program, strip_history(&mail).to_owned()));
            }
        }
    }
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn sentences_that_begin_like_what_is_cut_are_kept() {
    for text in [
        "This email address is wrong, please change it to the new one.",
        "On Monday my colleague wrote: the export works. It does not.",
        "From: line is missing in the exported mails, why?",
        "The confidential folder is visible to everybody, please fix it.",
        "Please consider the refund that I asked for.",
    ] {
        assert_eq!(strip_history(text), text);
    }
}
