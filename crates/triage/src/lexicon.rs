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
    "money cash euro euros eur dollar dollars usd gbp pound pounds cents bucks sum amount amounts balance funds \
     geld betrag argent montant dinero importe dinheiro valor soldi importo bedrag wage wages salary earnings payout \
     payouts settlement deposit deposits instalment* installment*",
    // Paying
    "pay pays paid paying payable payment* payed charge charges charged charging debit* bill bills billed billing \
     deduct* withdrawn owe owed owing overpaid overcharg* surcharg* prepaid collect collected transaction* \
     abgebucht abbuch* bezahl* zahlung* zahlen gezahlt eingezogen lastschrift paiement* payer paye prelev* debite \
     pagar pago pagos pagamento* pagare cobr* addebit* betal* afgeschreven incasso",
    // Getting money back
    "refund* reimburs* chargeback* dispute* disputed repay* rebate* credited reversal reverse reversed compensat* \
     erstatt* ruckerstatt* zuruckzahl* rembours* reembols* devuel* devol* rimbors* terugbetal* terugstort* restitu*",
    // Papers about money
    "invoice* invoicing receipt* remittance vat tax taxes taxable gst levy levies iban bookkeep* accountant* \
     accounting auditor* fiscal purchase rechnung* mwst umsatzsteuer* steuer* facture* tva \
     factura* fatura* iva fattura* factuur* btw reminder dunning overdue",
    // Plans and contracts
    "subscri* plan plans tier tiers upgrad* downgrad* renew* autorenew* trial annual* yearly monthly contract* \
     member membership* cancel* terminat* prorat* seat seats licence* license* abo abos abonn* kundig* vertrag* \
     tarif* suscrip* assinatura* abbonament* disdi* resilie* resilia* opzeg* pakket formule",
    // Prices
    "price* pricing cost costs costing cheap* expensive pricey discount* quote quoted quotation* fee fees coupon* \
     voucher* promo* afford* budget tariff* preis* prix precio* preco* prezzo* prijs* kostet kosten coute cuesta \
     custa costa kost rabatt* remise descuento* desconto* sconto* korting* gutschein*",
    // Means of payment
    "card cards visa mastercard amex paypal bank banks banking transfer sepa giro cheque wire karte kreditkarte* \
     uberweis* carte virement tarjeta transferencia cartao boleto bonifico creditcard overschrij* kaart",
    // Something does not work
    "down outage offline unreachable crash* frozen froze freez* hang hangs hung stuck dead broken broke fail* \
     error* timeout* unavailable stopp* unresponsive glitch* exception malfunction* ausgefallen ausfall* fehler* \
     panne bloque* caido cae caiu errore* erro error fermo plat storing* kaputt defekt funktioniert",
    // Cannot
    "can't cant cannot unable couldn't won't wont doesn't doesnt refuses refusing impossible nothing never \
     kann konnen nichts peut pouvons puede podemos pode puo kan kunnen ne nicht niet",
    // All of us
    "everyone everybody nobody none whole entire all every everything everywhere anyone staff team office company \
     fleet branch branches stores sites organisation organization colleagues employees alle niemand keiner kein \
     keine ganze personne tous toute toutes nadie todos toda ninguem tutti nessuno iedereen",
    // Time is short
    "deadline* tonight noon midnight midday minute minutes mins hour hours immediately immediate asap instant \
     instantly now urgent* urgen* emergency critical priority escalat* quick quickly fast hurry before until \
     sofort dringend* schnell immediatement inmediat* imediat* subito direkt direct vandaag heute hoy hoje oggi \
     aujourd'hui stunde stunden heure hora ora ore minuten severity standstill",
    // Crying out
    "help sos mayday hilfe hilf* secours aide ayuda ayud* aiuto aiutat* socorro ajuda* desperate desperately \
     furious panic scared afraid disaster catastroph* nightmare tears begging",
    // People in need or waiting
    "waiting wait queue queues line lines stranded guests patients passengers students pupils audience crowd* \
     visitors families residents riders drivers nurse nurses doctor doctors surgery court hearing* trial exam* \
     launch live wartet warten schlange* attendent espera* esperando attesa aspettano wachten",
    // Data is gone
    "lost lose losing gone vanish* disappear* deleted wiped wipe overwritten overwrote corrupt* restore restored \
     restoring backup backups recover* missing erased purged verschwund* geloscht verloren sicherung disparu* \
     perdu* sauvegarde borrad* perdid* sumiram spariti verdwenen",
    // Somebody broke in
    "hack* breach* leak* stolen stole theft intruder* compromis* attack* phish* malware virus ransom* suspicious \
     unauthori* exposed fraud* impersonat* hijack* defaced blackmail* threat* unknown gehackt pirate* hacke* \
     invadid* violat* security",
    // Kept out
    "locked lock lockout unlock suspended suspension blocked revoked denied disabled banned deactivated gesperrt \
     sperren bloqueado bloqueada bloccat* geblokkeerd access",
    // Body and safety
    "hospital* medic* insulin fire smoke gas burn burned burnt burning injur* hurt danger* ambulance* police alarm* \
     baby elderly safety unsafe allerg* blood heart oxygen explod* explosion flood* leaking died death",
    // Asking how
    "how where which tutorial* guide guides manual handbook explain explanation instructions tips setting settings \
     configure setup possible enable switch wie wo comment puis ou como donde onde come dove hoe waar possibile \
     posible possivel mogelijk moglich",
    // Kind words
    "thanks thank cheers great love loved wonderful appreciat* perfect nice happy awesome lovely excellent kudos \
     brilliant solved sorted resolved danke dank merci gracias obrigad* grazie bedankt super toll",
    // Small matters
    "minor small little slight slightly rush whenever curious wondering wonder annoying sometimes typo cosmetic \
     idea ideas feature features suggestion* suggest wish wishlist feedback improvement* roadmap opinion maybe \
     perhaps someday occasionally",
    // Goods under way
    "parcel* package* deliver* ship ships shipped shipping shipment tracking courier carrier order ordered \
     exchange size sizes colour color stock arrive arrived paket* lieferung colis livraison paquete envio \
     encomenda entrega pacco spedizione pakket* bezorg* box parts screw* replacement compatible",
    // Appointments and visits
    "appointment* booking* reservation* book reschedul* class classes course courses lesson lessons session* \
     workshop event parking menu room check-in breakfast opening registration term",
    // Programs and profiles
    "api webhook* sdk endpoint* integrat* plugin* extension sso profile username notification* template* folder* \
     export import calendar language app application browser version widget dashboard report* menu button icon",
    // Selling to us
    "seo backlink* ranking rankings rank google traffic lead leads prospect* agency outreach guest sponsored niche \
     organic marketing brand catalog* manufactur* wholesale outsourc* offshore portfolio guarantee* supplier* \
     factory proposal* demo founders ceo decision b2b webinar infographic advert* boost* revenue growth grow \
     scale competitors audience website websites webseite site clients suchmaschine* posicion* freelanc* \
     developers niche exporters cv cvs candidates recruit* staffing hiring",
    // Quick riches
    "bitcoin* btc crypto* coin coins token forex trading trader* invest* wallet profit* earn earned income jackpot \
     casino* bet betting spins lottery lotto prize* winner won win congratulations loan* lending \
     inheritance million millions beneficiary bonus giveaway claim airdrop passive returns double kredit* \
     verdien* gewonnen pret gagn* prestamo* gane emprestimo* ganhe prestit* guadagn* gewinn* lening lenen premio",
    // Come here
    "click verify verification confirm validate whatsapp telegram skype dm join offer offers limited exclusive buy \
     deal deals sale off unsubscribe credentials mailbox quota reply interested kindly dear sir madam greetings \
     opportunity attention selected eligible samples free gratis klicken cliquez clic clique clicca klik",
    // Odd goods
    "viagra cialis pills prescription diet slim replica rolex fake diploma degree passport followers likes views \
     sexy singles dating adult hacker followers keys cbd keto belly",
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
    fn there_are_no_more_topics_than_bits() {
        assert!(TOPICS.len() <= 64);
    }
}
