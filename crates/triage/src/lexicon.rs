//! What some words are about, for words that no example happened to use.
//!
//! Each list is one topic that customers write about, in the languages of the default examples, folded as the
//! tokens are. The model learns from the examples what a topic means for a bucket; that `levy` or `reimburse` is
//! about money it could not learn from them. The lists know no bucket, so they serve a user's own buckets too.

use std::collections::HashMap;
use std::sync::LazyLock;

/// Number of a topic.
pub(crate) type Topic = u8;

/// The topics of a folded word; most words have none.
pub(crate) fn topics(word: &str) -> impl Iterator<Item = Topic> {
    let whole = INDEX.whole.get(word).copied().unwrap_or_default();
    let mut bits = whole;
    for length in SHORTEST_STEM..=word.len().min(LONGEST_STEM) {
        bits |= word.get(..length).and_then(|stem| INDEX.stems.get(stem)).copied().unwrap_or_default();
    }
    (0..TOPICS.len() as u8).filter(move |topic| bits & (1 << topic) != 0)
}

const SHORTEST_STEM: usize = 3;
const LONGEST_STEM: usize = 14;

struct Index {
    whole: HashMap<&'static str, u64>,
    stems: HashMap<&'static str, u64>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { whole: HashMap::new(), stems: HashMap::new() };
    for (topic, words) in TOPICS.iter().enumerate() {
        for word in words.split_whitespace() {
            let bits = match word.strip_suffix('*') {
                Some(stem) => index.stems.entry(stem),
                None => index.whole.entry(word),
            };
            *bits.or_default() |= 1 << topic;
        }
    }
    index
});

/// Words by topic; a star stands for any ending.
const TOPICS: &[&str] = &[
    // Money
    "money cash euro euros eur dollar dollars usd gbp cad chf pound pounds sterling cents bucks quid sum sums amount \
     amounts balance funds payable receivable wages wage salary salaries earnings payout payouts commission \
     royalties settlement geld betrag argent montant dinero importe dinheiro valor soldi importo bedrag",
    // Paying and being charged
    "pay pays paid paying payer payment* repaid bill bills billed billing charge charges charged charging debit* \
     deduct* withdrawn owe owed owing overpaid overcharg* surcharg* prepaid topup topped transaction* payroll \
     collect collected collecting abgebucht abbuch* bezahl* zahlung* zahlen gezahlt eingezogen lastschrift paiement* \
     payer paye prelev* debite pagar pago pagos pagamento* pagare cobr* addebit* betal* afgeschreven incasso",
    // Getting money back
    "refund* reimburs* chargeback* dispute* disputed disputing repay* rebate* credited reversal reverse reversed \
     compensat* goodwill moneyback deposit deposits erstatt* ruckerstatt* zuruckzahl* rembours* reembols* devuel* \
     devol* rimbors* terugbetal* terugstort* restitu*",
    // Papers about money
    "invoice* invoicing receipt remittance statement statements vat gst tax taxes taxable taxed levy levies iban bic \
     bookkeep* accountant* accountancy accounting auditor* audit fiscal treasurer treasury finance financial payables \
     ledger purchase procurement po dunning overdue rechnung* mwst umsatzsteuer* steuer* facture* tva comptable \
     factura* fatura* iva fattura* commercialista factuur* btw boekhouder buchhaltung",
    // Subscribing and leaving
    "subscri* renew* autorenew* trial trials cancel cancels cancelling cancellation cancelled canceled canceling \
     terminat* resign opt membership memberships contract contracts contractual notice abo abos abonn* kundig* \
     vertrag* suscrip* assinatura* abbonament* disdi* resilie* resilia* opzeg* opgezegd",
    // Plans and seats
    "plan tier tiers package packages upgrade* upgrading downgrad* prorat* prorated seat seats licence licences \
     license licenses logins addon addons quota overage bundle bundles premium enterprise starter pro basic tarif* \
     pakket formule forfait piano plano",
    // By the month
    "month monthly months year years yearly annual annually annum quarter quarterly weekly cycle period term terms \
     monat monatlich jahr jahrlich mois annuel mes mensual ano anual mese mensile annuale maand jaar instalment* \
     installment*",
    // Prices
    "price* pricing pricey cost costs costing cheap* expensive discount* quote quoted quotation* fee fees coupon* \
     voucher* promo promos promotion promocode afford* budget tariff* reduction reduced waive waived allowance \
     preis* prix precio* preco* prezzo* prijs* kostet kosten coute cuesta custa costa kost rabatt* remise descuento* \
     desconto* sconto* korting* gutschein*",
    // Means of payment
    "card cards visa mastercard amex paypal klarna bank banks transfer sepa giro cheque check wire mandate iban swift \
     karte kreditkarte* uberweis* konto carte virement tarjeta transferencia cartao boleto bonifico creditcard \
     overschrij* kaart ideal",
    // Wrong figures
    "twice double doubled doubling duplicate* triple tripled extra difference incorrect incorrectly wrong wrongly \
     mistake mistakenly mismatch miscalculated doppelt falsch zweimal deux fois erreur doble duas vezes due volte \
     dubbel fout",
    // Nothing works any more
    "down outage outages offline unreachable crash* freez* frozen froze hung stuck dead unresponsive collapsed \
     blackout stopped stops stalled standstill halted paralysed paralyzed unavailable unusable interrupted \
     interruption ausgefallen ausfall* stillsteht panne bloque* caido cae caiu parou fermo plat ligt storing* lahm",
    // Faults
    "error* fail* failure* bug bugs glitch* exception broken broke breaks malfunction* defect* defekt kaputt fehler* \
     erreur* erro error errore fout foutmelding* timeout* timing refuse* reject* blank freeze loop",
    // Cannot
    "can't cant cannot unable couldn't couldnt won't wont doesn't doesnt impossible nothing never neither kann \
     konnen nichts peut peuvent puede podemos pueden pode podem puo possono kan kunnen",
    // All of us
    "everyone everybody nobody none whole entire entirely completely totally every everything everywhere anyone staff \
     office company fleet branch branches stores campus depot warehouse crew colleagues employees alle niemand keiner \
     kein keine ganze personne tous toute toutes nadie todos toda ninguem tutti nessuno iedereen",
    // This very moment
    "tonight noon midnight midday minute minutes mins hour hours immediately immediate asap instant instantly now \
     seconds right away straight hurry quick quickly fast sofort schnell immediatement vite inmediat* ya imediat* ja \
     subito ora direct snel nu stunde stunden heure heures hora horas ore minuten uur momento",
    // It is pressing
    "urgent* urgen* emergency emergencies critical critically severe severity serious seriously priority escalat* \
     deadline* incident pager paging disaster* catastroph* nightmare panic furious desperate desperately dringend* \
     notfall urgence emergencia emergenza spoed noodgeval",
    // Crying out
    "help sos mayday hilfe secours aide aidez ayuda ayudenme aiuto aiutateci socorro ajuda ajudem scared afraid tears \
     begging pls plz",
    // People in need or waiting
    "waiting wait queue queues queueing line lines stranded guests patient patients passengers pupils audience crowd* \
     visitors families residents riders drivers nurse nurses ward surgery court hearing donors investors judges \
     jury voters pilots tenants wartet warten schlange* attendent espera* esperando attesa aspettano wachten",
    // Data is gone
    "lost lose losing loss gone vanish* disappear* deleted deletes deleting wiped wipe wipes overwritten overwrote \
     corrupt* restore restored restoring backup backups recover* erased purged verschwund* geloscht verloren \
     sicherung disparu* perdu* sauvegarde borrad* perdid* sumiram spariti verdwenen undo",
    // Somebody broke in
    "hack* breach* leak leaked leaking stolen stole theft intruder* compromis* attack* phish* malware virus ransom* \
     unauthori* exposed fraud* impersonat* hijack* defaced blackmail* threat* stranger strangers stalker* \
     gehackt pirate* hacke* invadid* violat* security vulnerab* exploit*",
    // Kept out
    "locked lockout locks unlock suspended suspension blocked revoked revoke denied disabled banned deactivated \
     expired forbidden unauthorized gesperrt sperren bloqueado bloqueada bloccat* geblokkeerd",
    // Body and safety
    "hospital* medic* pharmacy ambulance* insulin fire smoke gas burn burned burnt burning burst injur* hurt danger* \
     police alarm* fall baby elderly safety unsafe allerg* blood heart oxygen explod* explosion flood* died death \
     freezing",
    // Live systems
    "production prod server servers database databases cluster region deploy deployment deployed migration failover \
     latency traffic certificate dns api endpoint* requests webhook* queue jobs sync synced gateway tenant serveur \
     servidor",
    // Asking how
    "how where which tutorial* guide guides manual handbook explain explanation instructions tips setting settings \
     configure setup possible possibility enable switch option options allow wie wo comment ou como donde onde come \
     dove hoe waar possibile posible possivel mogelijk moglich what's whats difference mean means does",
    // Kind words
    "thanks thank thx cheers great love loved loving wonderful appreciat* perfect nice happy awesome lovely excellent \
     kudos brilliant solved resolved works worked danke dank merci gracias obrigad* grazie bedankt super toll",
    // Small matters
    "minor small little slight slightly rush whenever curious wondering wonder sometimes typo cosmetic drama trick \
     someday occasionally heads annoying blurry misaligned spelled spelling squashed",
    // Wishes
    "idea ideas feature features suggestion* suggest wish wishlist feedback improvement* roadmap opinion maybe \
     perhaps planned missing add adding support bring request vote plans",
    // Goods under way
    "parcel* package* deliver* ship ships shipped shipping shipment* tracking courier carrier order ordered orders \
     exchange arrive arrived customs paket* lieferung sendung colis livraison paquete envio encomenda entrega pacco \
     spedizione pakket* bezorg*",
    // Things and their make
    "size sizes colour color stock box screw* replacement compatible material waterproof wash height width weight \
     battery cable spare model wool cotton recipe ingredients warranty repair",
    // Appointments and visits
    "appointment* booking* reservation* book reschedul* class classes course courses lesson lessons session* workshop \
     event parking menu room breakfast opening registration autumn spring visit",
    // Profile and program
    "profile username email password pin language app application browser version widget dashboard report reports \
     button icon menu screen page calendar contacts folder folders template* notification* theme sidebar avatar logo \
     font photo picture export import csv pdf spreadsheet tag tags label labels filter column columns search archive",
    // Building on it
    "plugin* extension extensions integrat* sso sdk documentation docs developer* script scopes sandbox firewall \
     wordpress slack outlook zapier rest json port python",
    // Teams and rights
    "invite invited invitation colleague teammate teammates role roles permission* admin administrator owner manager \
     member members guest guests users group groups access rights",
    // Being found
    "seo backlink* ranking rankings rank ranked google serp niche organic visibility outreach sponsored guest dofollow \
     infographic advert* placement publicity pr followers likes subscribers views influencer* instagram tiktok \
     youtube posicion* suchmaschine* article articles blog",
    // Selling to us
    "leads prospect* pipeline appointments outsourc* offshore overseas manufactur* wholesale supplier* supply factory \
     exporter* catalog* distributor* vendor agency proposal* collaborat* partnership synerg* webinar masterclass \
     b2b ceo founder founders recruit* staffing hiring candidates cvs virtual assistants portfolio \
     guarantee* guaranteed results boost revenue growth grow scale competitors marketing brand freelance* affordable \
     mockup redesign logos bulk",
    // Your site, your business
    "website websites webseite site sites domain business businesses companies firm firms industry",
    // We offer
    "offer offers offering provide provides providing specialise specialize represent introduce reach reaching \
     propose interested opportunity exclusive limited free gratis unlimited bonus",
    // Quick riches
    "bitcoin* btc crypto* coin coins token tokens forex trading trader* invest investing investment* wallet profit* \
     earn income jackpot casino* bet betting spins lottery lotto prize* winner won win congratulations mentor rich \
     richer passive returns airdrop presale mining nft dollars kredit* verdien* gewonnen gagn* gane ganhe guadagn* \
     gewinn* premio",
    // Loans and legacies
    "loan loans lender lending mortgage refinance collateral funding inheritance beneficiary deceased widow barrister \
     attorney dormant million millions billion* donation donate charity darlehen pret prestamo* emprestimo* prestit* \
     lenen lening giveaway compensation grant",
    // Come here
    "click clicking link verify verification validate whatsapp telegram skype dm join register claim unsubscribe \
     credentials mailbox reply respond confirm attached attachment voicemail macros klicken cliquez clic clique clicca \
     klik",
    // Letter writers
    "kindly dear sir madam greetings esteemed valued hope sincerely regards friend beloved attention selected chosen \
     eligible webmaster",
    // Odd goods
    "viagra cialis pills prescription diet slim fat replica rolex fake diploma degree passport sexy singles dating \
     adult hacker keys cbd keto belly enhancement supplements",
    // Mine and ours
    "my our mine ours mein meine unser unsere mon ma mes notre mi nuestro nuestra meu minha nosso nossa mio mia nostro \
     nostra mijn onze ons",
    // Yours
    "your yours ihr ihre votre vos su sus seu sua vostro vostra uw jullie",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_topics_whole_or_by_their_beginning() {
        let has = |word: &str, same: &str| {
            let of: Vec<Topic> = topics(word).collect();
            topics(same).any(|topic| of.contains(&topic))
        };
        assert!(has("reimbursement", "refunded"));
        assert!(has("rechnungsnummer", "invoice"));
        assert!(!has("banker", "invoice"));
        assert_eq!(topics("zebra").count(), 0);
        assert_eq!(topics("größe").count(), 0);
    }

    #[test]
    fn every_entry_can_match_a_folded_word() {
        for entry in TOPICS.iter().flat_map(|words| words.split_whitespace()) {
            let word = entry.trim_end_matches('*');
            let is_folded = word.chars().all(|letter| matches!(letter, 'a'..='z' | '0'..='9' | '\''));
            assert!(is_folded, "{entry}");
            let is_stem = entry.ends_with('*');
            assert!(!is_stem || (SHORTEST_STEM..=LONGEST_STEM).contains(&word.len()), "{entry}");
        }
    }

    #[test]
    fn there_are_no_more_topics_than_bits() {
        assert!(TOPICS.len() <= 64);
    }
}
