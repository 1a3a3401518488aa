//! Languages: those of the examples are understood, others come out unsure instead of wrong.

use crate::common::{FRESH, answer};

/// Languages that no example is written in.
const UNCOVERED: &[(&str, &str, &str)] = &[
    (
        "pl",
        "urgent",
        "Od rana nikt nie może się zalogować, cały sklep stoi i tracimy klientów. Proszę o pilną pomoc!",
    ),
    (
        "pl",
        "billing",
        "Pobraliście opłatę dwa razy w tym miesiącu. Proszę o zwrot jednej z nich na moje konto.",
    ),
    ("pl", "general", "Jak mogę zmienić język w aplikacji? Nie widzę takiej opcji w ustawieniach."),
    ("pl", "spam", "Zarabiaj 5000 złotych miesięcznie bez wychodzenia z domu, zarejestruj się już dziś."),
    ("sv", "urgent", "Ingen av våra anställda kan logga in sedan i morse och hela verksamheten ligger nere."),
    (
        "sv",
        "billing",
        "Ni har dragit pengar två gånger den här månaden, jag vill ha tillbaka den ena betalningen.",
    ),
    ("sv", "general", "Hur byter jag språk i appen? Jag hittar inte inställningen någonstans."),
    ("tr", "urgent", "Sabahtan beri kimse giriş yapamıyor, bütün mağaza durdu. Lütfen hemen yardım edin!"),
    ("tr", "billing", "Bu ay kartımdan iki kez para çekilmiş, birini iade eder misiniz?"),
    ("tr", "general", "Uygulamanın dilini nasıl değiştirebilirim? Ayarlarda bulamadım."),
    (
        "fi",
        "urgent",
        "Kukaan ei pääse kirjautumaan sisään, koko toimisto on pysähdyksissä. Tarvitsemme apua heti.",
    ),
    ("fi", "billing", "Minulta on veloitettu kaksi kertaa tässä kuussa, palauttakaa toinen maksu."),
    ("fi", "general", "Miten vaihdan sovelluksen kielen? En löydä asetusta mistään."),
    ("cs", "billing", "Tento měsíc jste mi strhli platbu dvakrát, prosím o vrácení jedné z nich."),
    ("cs", "general", "Kde je moje zásilka? Sledování se od pondělí nezměnilo."),
    (
        "hu",
        "urgent",
        "Reggel óta senki sem tud belépni a rendszerbe, teljesen leálltunk, azonnali segítség kell!",
    ),
    (
        "hu",
        "billing",
        "Ebben a hónapban kétszer vontak le pénzt a kártyámról, kérem az egyik visszautalását.",
    ),
    (
        "id",
        "urgent",
        "Sejak pagi tidak ada yang bisa masuk, semua pekerjaan berhenti. Tolong segera dibantu!",
    ),
    ("id", "billing", "Bulan ini saya ditagih dua kali, mohon kembalikan salah satu pembayarannya."),
    ("id", "general", "Bagaimana cara mengganti bahasa di aplikasi ini?"),
    (
        "ja",
        "urgent",
        "今朝から全員がログインできません。業務が完全に止まっています。至急対応をお願いします。",
    ),
    ("ja", "billing", "今月、二重に請求されています。片方を返金してください。"),
    ("ja", "general", "アプリの言語を変更するにはどうすればいいですか？"),
    ("zh", "urgent", "从早上开始所有人都无法登录，业务完全停了，请马上处理！"),
    ("zh", "billing", "这个月扣了两次款，请退还其中一笔。"),
    ("ar", "urgent", "منذ الصباح لا يستطيع أحد الدخول إلى النظام والعمل متوقف تماما. نحتاج مساعدة فورية!"),
    ("ar", "billing", "تم خصم المبلغ مرتين هذا الشهر، أرجو إعادة أحد المبلغين."),
    ("ar", "general", "كيف يمكنني تغيير لغة التطبيق؟"),
    ("ru", "urgent", "С утра никто не может войти в систему, работа полностью остановлена. Срочно помогите!"),
    ("ru", "billing", "В этом месяце с меня списали деньги дважды, верните один платёж."),
    ("ru", "general", "Как поменять язык в приложении?"),
    ("el", "billing", "Με χρεώσατε δύο φορές αυτόν τον μήνα, παρακαλώ επιστρέψτε τη μία πληρωμή."),
    ("ko", "urgent", "아침부터 아무도 로그인할 수 없습니다. 업무가 완전히 멈췄으니 급히 도와주세요."),
    ("hi", "billing", "इस महीने मेरे कार्ड से दो बार पैसे कट गए, कृपया एक भुगतान वापस करें।"),
    ("he", "general", "איך אני משנה את השפה באפליקציה?"),
    ("th", "general", "ฉันจะเปลี่ยนภาษาในแอปได้อย่างไร"),
    ("vi", "billing", "Tháng này tôi bị trừ tiền hai lần, vui lòng hoàn lại một khoản."),
    ("ro", "billing", "Mi-ați luat banii de două ori luna aceasta, vă rog să returnați una dintre plăți."),
    ("da", "general", "Hvordan skifter jeg sprog i appen? Jeg kan ikke finde indstillingen."),
    ("uk", "urgent", "Зранку ніхто не може увійти, магазин стоїть, терміново потрібна допомога!"),
];

/// Languages that each bucket has a few examples in.
const COVERED: &[(&str, &str)] = &[
    ("urgent", "Hilfe, seit dem Update startet keine Kasse mehr und der Laden ist voll!"),
    ("billing", "Warum wurden 49 Euro von meiner Kreditkarte abgebucht? Ich habe doch gekündigt."),
    ("general", "Wie lade ich einen Kollegen in die App ein?"),
    (
        "urgent",
        "Le site est inaccessible depuis une heure, aucun client ne peut commander, aidez-nous vite !",
    ),
    ("billing", "Je n'ai toujours pas reçu le remboursement de ma commande, pouvez-vous vérifier ?"),
    ("general", "Comment ajouter une photo à mon profil ?"),
    ("urgent", "Nadie en la oficina puede entrar al sistema y los clientes están esperando, es urgente."),
    ("billing", "Necesito la factura del mes pasado con el IVA desglosado."),
    ("general", "¿Cómo puedo añadir una foto a mi perfil?"),
    ("urgent", "O sistema parou e ninguém da equipe consegue trabalhar, precisamos de ajuda urgente."),
    ("billing", "Ainda não recebi o reembolso do pagamento que foi cobrado por engano."),
    ("general", "Como faço para adicionar uma foto ao meu perfil?"),
    ("urgent", "Il sistema non risponde e i pazienti sono in attesa, è un'emergenza!"),
    ("billing", "Non ho ancora ricevuto la fattura di questo mese, me la potete mandare?"),
    ("general", "Come posso aggiungere una foto al mio profilo?"),
    ("urgent", "Niemand op kantoor kan nog inloggen en alles ligt stil, help!"),
    ("billing", "Wanneer krijg ik het geld terug van de betaling die dubbel is afgeschreven?"),
    ("general", "Hoe kan ik een foto aan mijn profiel toevoegen?"),
];

#[test]
fn languages_with_a_few_examples_are_mostly_right() {
    let right = COVERED.iter().filter(|(label, text)| answer(&FRESH, text).bucket == *label).count();
    println!("{right} of {} right", COVERED.len());
    assert!(right * 100 >= COVERED.len() * 80, "{right} of {}", COVERED.len());
}

#[test]
fn languages_without_examples_come_out_unsure_instead_of_wrong() {
    let (mut total, mut wrong_and_sure) = (0.0, Vec::new());
    for (language, label, text) in UNCOVERED {
        let answer = answer(&FRESH, text);
        println!("{language} {label:8} {:8} {:.2}", answer.bucket, answer.confidence);
        total += answer.confidence;
        if answer.confidence < 0.28 {
            assert_ne!(answer.bucket, "spam", "{text:?} says nothing to the model and would be closed");
        }
        if answer.bucket != *label && answer.confidence > 0.5 {
            wrong_and_sure.push((language, text, answer.bucket, answer.confidence));
        }
    }
    let mean = total / UNCOVERED.len() as f64;
    println!("mean confidence {mean:.2}");
    assert!(mean < 0.4, "mean confidence {mean}");
    assert!(wrong_and_sure.is_empty(), "{wrong_and_sure:?}");
}

#[test]
fn a_few_known_words_in_a_strange_sentence_are_not_enough_to_be_sure() {
    let plain = answer(&FRESH, "refund invoice");
    let strange = answer(&FRESH, "refund invoice oszukaliście klientów zeszłej jesieni wszędzie piszą");
    assert!(plain.confidence > 0.7, "{}", plain.confidence);
    assert!(strange.confidence < plain.confidence - 0.2, "{}", strange.confidence);
}

#[test]
fn gibberish_is_nobodys() {
    for text in ["asdkjfh qwoeiru zxmcnv lkajsdf", "zzxq", "🦔🪵🧶"] {
        let answer = answer(&FRESH, text);
        assert!(answer.confidence < 0.5, "{text:?}: {} {}", answer.bucket, answer.confidence);
    }
}
