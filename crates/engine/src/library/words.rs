//! The words of a text that say what it is about.
//!
//! No dictionary and no stemmer: a word counts by its beginning, without accents, which serves many languages a little
//! instead of one well. Languages written without blanks find nothing.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use store::SoughtWord;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Letters by which a longer word may go on from its beginning.
const ENDING: usize = 8;

/// Words that say nothing of the matter, in the languages that most messages are written in; without accents.
const STOP_WORDS: &str = "
    a about after again all also am an and any are aren as at be because been before being both but by can cannot cant could
    couldn did didn do does doesn doing don done dont down each else even ever every few for from get gets getting give go
    goes going gone got had has hasn have haven having he hello help her here hers hey hi him his how however i if im in into
    is isn it its itself ive just keep kind know let like look made make many may me might mine more most much must my myself
    need needs never no nor not now of off ok on once one only or other our ours out over own please problem question really
    regards same say see she should shouldn since so some someone something still such sure take team tell than thank thanks
    that the their them then there these they thing things think this those through to today too tried try trying under until
    up us use used using very via want wanted wants was wasn way we well were weren what when where whether which while who
    whom why will with within without won work working works would wouldn yes yet you your yours
    two three four five six seven ten first second third last next new old good great best back soon later early
    yesterday tomorrow morning evening night week weeks day days hour hours minute minutes seconds month months
    time times year nobody nothing everybody everything anything anyone everyone people person says said saying
    mean means set part parts find found show shows start started begin began end ended read write wrote written
    put puts open close call called send sent came keeps happen happens right wrong different big small long
    short high low whole stay stays left turn wait waiting looking ask asked instead already often always lot
    enough rest side place case fact fine hope sorry hear reply answer name number list line page
    aber alle als also am an auch mochte mochten mochtest auf aus bei bin bis bitte da damit dann das dass dein dem den der des die dies diese dieser
    doch dort du durch ein eine einem einen einer eines er es euch fur ganz gibt habe haben hallo hat hatte ich ihr ihre im
    immer in ist ja jetzt kann kein keine konnen man mehr mein meine mich mir mit muss nach nicht nichts noch nun nur ob oder
    ohne schon sehr sein sich sie sind so uber um und uns unser unter viel vom von vor war warum was weil wenn wer werden wie
    wieder wird wir wo zu zum zur danke gruss grusse
    neu neue neuen neues alt alte gut gute guten zwei drei vier erste ersten letzte letzten nachste heute
    gestern morgen woche wochen tag tage tagen stunde stunden monat monate jahr zeit geht gehen machen wollen
    sollen finde finden frage hilfe liebe lieber freundlichen grussen geehrte damen herren zusammen steht stehen
    obwohl ihren ihnen seit leider
    alors apres au aussi autre aux avec avez avoir bien bonjour ca car ce cela ces cet cette chez comme comment dans de depuis
    des deux donc du elle elles en encore entre est et etait ete etre eu fait faire faut il ils je jai la le les leur lui mais
    me meme merci mes moi moins mon ne ni nos notre nous on ont ou par parce pas peu peut plus pour pourquoi pouvez puis quand
    que quel quelle qui quoi sa sans se ses si son sont sous suis sur ta tes toi ton tout tous toute tres tu un une vers veux
    vos votre vous
    ahora al algo aqui asi aun bien buenas buenos cada como con cual cuando de del desde donde dos el ella ellos en entre era
    es esa ese eso esta este esto estoy fue gracias ha hace hasta hay hola la las le les lo los mas me mi mis mucho muy nada ni
    no nos o otra otro para pero poco por porque puede puedo que quien quiero se ser si sido sin sobre solo son soy su sus
    tambien tanto te tengo tiene todo todos tu tus un una uno y ya yo
    agora ainda ao aos ate com da das do dos e ela ele eles em essa esse estou eu foi isso isto ja mais mas meu minha muito na
    nao nas nem nos nossa o obrigado obrigada ola os ou pela pelo pode posso qual quando quero sao se sem ser seu sua so tem
    tenho um uma voce voces
    alla anche ancora che chi ci ciao come cosa cosi da dal dalla dei del della delle di dove e ed era essere fa fare gli grazie
    ha ho il in io la le lei li lo loro ma me mi mia mio molto ne nei nel nella no noi non nostro o ogni per perche piu poi
    posso puo qual quale quando quello questa questo qui sa salve se sei si sia sono su sua sul suo tra tutto un una uno vi
    voglio voi vorrei
    aan al alleen als ben bij dan dat de deze die dit doen door een en er ga geen gaat goed graag heb hebben heeft het hier hoe
    hoi hun ik in is ja je kan kunnen maar meer met mij mijn moet naar niet nog nu of om ons ook op over te toch tot uit van
    veel voor waar waarom wat we wel werd wie wij wil worden wordt zal ze zich zij zijn zo zou
    sig och att det som pa de av for ar den till inte har jag ett om vi men var hej tack
    nie sie jest na to ze jak tak ale czy dzien dobry prosze dziekuje moge mam";

static STOP: LazyLock<BTreeSet<&str>> = LazyLock::new(|| STOP_WORDS.split_whitespace().collect());

/// Small letters without accents.
pub(super) fn fold(text: &str) -> String {
    text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of a text, folded.
pub(super) fn words(text: &str) -> Vec<String> {
    // An address is no sentence.
    let texts = text.split_whitespace().filter(|word| !word.contains("://") && !word.contains('@'));
    texts
        .flat_map(|word| {
            let folded = fold(word);
            folded
                .split(|c: char| !c.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect()
}

/// What a text is about, as words to be looked for, each once, in their order.
pub(super) fn sought(text: &str, most: usize) -> Vec<SoughtWord> {
    let mut seen = BTreeSet::new();
    words(text)
        .into_iter()
        .filter(|word| {
            let is_number = word.chars().all(char::is_numeric);
            word.chars().count() > 1 && word.len() < 40 && !is_number && !STOP.contains(word.as_str())
        })
        .map(|word| beginning(&word))
        .filter(|word| seen.insert(word.clone()))
        .take(most)
        .collect()
}

/// Whether a word of a text is the one that is looked for.
pub(super) fn is_one(word: &str, sought: &SoughtWord) -> bool {
    if sought.is_beginning {
        word.strip_prefix(sought.word.as_str()).is_some_and(|rest| rest.chars().count() <= ENDING)
    } else {
        word == sought.word
    }
}

/// The part of a word that its forms share, roughly.
fn beginning(word: &str) -> SoughtWord {
    let letters = word.chars().count();
    let kept = match letters {
        0..=3 => letters,
        4 => 4,
        5 if !word.ends_with('s') => 5,
        5..=6 => letters - 1,
        7..=9 => letters - 2,
        _ => letters - 3,
    };
    SoughtWord { word: word.chars().take(kept).collect(), is_beginning: letters > 3 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_down_to_what_it_is_about() {
        let about = |text: &str| sought(text, 24).into_iter().map(|one| one.word).collect::<Vec<_>>();
        assert_eq!(about("Hello, please help: how do I reset my password?"), ["reset", "passwo"]);
        assert_eq!(about("Hallo, ich möchte bitte meine Rechnung ändern"), ["rechnu", "ander"]);
        assert_eq!(about("Bonjour, où sont mes factures ?"), ["factur"]);
        assert_eq!(about("Hi! Thanks, 12345 https://x.example/refund a@b.example"), Vec::<String>::new());
    }

    #[test]
    fn forms_of_a_word_are_the_same_word_and_others_are_not() {
        let [refunds] = sought("refunds", 1).try_into().expect("one word");
        for form in ["refund", "refunds", "refunded", "refunding"] {
            assert!(is_one(form, &refunds), "{form}");
        }
        assert!(!is_one("refuse", &refunds) && !is_one("reform", &refunds));
        let [api] = sought("API", 1).try_into().expect("one word");
        assert!(is_one("api", &api) && !is_one("apiary", &api), "a short word is only itself");
    }
}
