//! What Northwind has written: its help center, and the answers it keeps ready.

/// An article as it is written here.
pub(super) struct Written {
    pub(super) title: &'static str,
    pub(super) description: &'static str,
    /// HTML, as the editor leaves it.
    pub(super) body: &'static str,
    /// Place of its collection.
    pub(super) collection: usize,
    /// Title and body in German, where there are any.
    pub(super) german: Option<(&'static str, &'static str)>,
    pub(super) published: bool,
}

pub(super) const COLLECTIONS: [(&str, &str); 4] = [
    ("Getting started", "The first steps with Northwind"),
    ("Billing", "Invoices, plans and refunds"),
    ("In the warehouse", "Counting, receiving, labels and the scanner app"),
    ("For developers", "The API, web shops and sign-on"),
];

const fn article(
    collection: usize,
    title: &'static str,
    description: &'static str,
    body: &'static str,
) -> Written {
    Written { title, description, body, collection, german: None, published: true }
}

pub(super) const ARTICLES: [Written; 22] = [
    article(
        0,
        "Invite your team",
        "Colleagues, roles and seats",
        "<p>Open Settings, then Team, and enter the addresses of your colleagues. Each gets a mail with a link that holds \
         for seven days.</p>\
         <h2>What a role may see</h2>\
         <p>A picker sees locations, quantities and pictures. To hide cost prices from pickers, open Settings, then \
         Roles, and take the tick away from 'Cost prices'.</p>\
         <h2>Removing somebody</h2>\
         <p>Removing a person signs them out on all devices at once. Their seat is free from the next invoice on.</p>",
    ),
    article(
        0,
        "Reset your password",
        "When you cannot sign in",
        "<p>Choose 'Forgot password' where you log in. The link holds for an hour.</p>\
         <p>After ten wrong passwords an account is locked for thirty minutes. The owner of the workspace can unlock it \
         at once under Settings, then Team.</p>",
    ),
    article(
        0,
        "Import items from a file",
        "CSV files for items, suppliers and deliveries",
        "<p>Download the template under Items, then Import, and keep the names of its columns. One row is one item; \
         variants of an item share the value of the column 'group'.</p>\
         <h2>Dates in a file</h2>\
         <p>Dates are read in the order that is chosen under Settings, then Region. Write 2026-09-04 to be sure.</p>\
         <h2>Names with markup</h2>\
         <p>Names are taken as plain text. If names from your old shop show tags such as &lt;b&gt; after the import, tick \
         'Remove markup from names' and import the file again: rows that are there already are updated.</p>",
    ),
    Written {
        german: Some((
            "Was auf Ihren Rechnungen steht",
            "<p>Firmenname, Rechnungsadresse, USt-IdNr. und Bestellnummer ändern Sie unter Einstellungen, dann \
             Abrechnung, dann Rechnungsdaten. Die Änderung gilt ab der nächsten Rechnung.</p>\
             <p>Eine Rechnung, die schon ausgestellt ist, berichtigt unser Team: Schreiben Sie uns die Nummer der Rechnung \
             und die richtige Adresse.</p>",
        )),
        ..article(
            1,
            "What is printed on your invoices",
            "Address, VAT number and purchase order number",
            "<p>Change company name, billing address, VAT number and your own purchase order number under Settings, then \
             Billing, then Invoice details. The change holds from the next invoice on.</p>\
             <p>With a valid VAT number of another country of the EU no tax is charged. An invoice that was issued before \
             is corrected by our team: write to us with the number of the invoice and the right details.</p>",
        )
    },
    Written {
        german: Some((
            "Ihre Rechnungen finden",
            "<p>Alle Rechnungen stehen unter Einstellungen, dann Abrechnung, dann Verlauf, und lassen sich als PDF \
             herunterladen. Unter 'Empfänger' tragen Sie ein, wer sie per E-Mail bekommt.</p>",
        )),
        ..article(
            1,
            "Find your invoices",
            "Copies of invoices, and who gets them",
            "<p>All invoices are under Settings, then Billing, then History, and can be downloaded as PDF. Under \
             'Recipients' you enter who gets invoices and receipts by mail.</p>",
        )
    },
    Written {
        german: Some((
            "Eine Erstattung bekommen",
            "<p>Schreiben Sie uns innerhalb von dreißig Tagen und nennen Sie die Nummer der Rechnung. Die Erstattung geht \
             an das Zahlungsmittel zurück und ist nach fünf bis zehn Tagen da.</p>",
        )),
        ..article(
            1,
            "Ask for a refund",
            "Charged twice, or for something you did not want",
            "<p>Write to us within thirty days and name the number of the invoice. A refund goes back to the card that \
             was charged and takes five to ten days to arrive.</p>\
             <h2>Charged twice?</h2>\
             <p>If two payments of the same amount show on your card, one of them is often a reservation that your bank \
             drops within three days. If both are still there after that, send us both dates and we refund one.</p>",
        )
    },
    article(
        1,
        "Change your plan",
        "Up, down, and what happens to your data",
        "<p>Under Settings, then Billing, choose another plan. Going up holds at once, and the rest of the month is \
         charged by the day; going down holds from the next month on.</p>\
         <p>Nothing is deleted when you go down to a smaller plan: warehouses beyond what it includes can be read, but \
         not changed, until you go up again.</p>\
         <h2>Which plan do I need?</h2>\
         <p>Starter has one warehouse and 2 seats, Team two warehouses and 10 seats, Business five warehouses and 40 \
         seats. People who only look at reports need no seat.</p>",
    ),
    article(
        1,
        "Cancel your subscription",
        "At the end of the month, with your data",
        "<p>Under Settings, then Billing, choose 'Cancel subscription'. It ends with the paid month, and a trial ends at \
         once.</p>\
         <p>You can export everything until sixty days after the end. Then your data is erased.</p>",
    ),
    article(
        1,
        "Pay by the year, and in which currency",
        "Two months free, euro or dollars",
        "<p>Whoever pays yearly pays for ten months instead of twelve. Choose 'Yearly' under Settings, then Billing: it \
         begins when the paid month ends.</p>\
         <p>We bill in euro, in pounds or in dollars. The currency can be changed before a yearly payment, or once for a \
         monthly plan; write to us and say which.</p>",
    ),
    article(
        1,
        "When a payment fails",
        "Declined cards, a new card, a new bank account",
        "<p>Enter the new card or bank account under Settings, then Billing, then Payment method, and choose 'Pay now'. \
         A card that is declined although your bank sees no attempt is mostly blocked for payments abroad.</p>\
         <p>We try again on the third and on the seventh day. After fourteen days the workspace can only be read until it \
         is paid.</p>",
    ),
    Written {
        german: Some((
            "Inventur machen",
            "<p>Unter Lager, dann Inventur, legen Sie eine Zählung an. Zwei Personen können dasselbe Regal zählen: Die \
             zweite Zählung wird zur ersten addiert, solange niemand 'Ersetzen' wählt.</p>\
             <p>Eine Inventurliste zu einem Stichtag mit Menge, Einstandspreis und Lagerplatz finden Sie unter Berichte, \
             dann Lagerwert.</p>",
        )),
        ..article(
            2,
            "Count your stock",
            "Stock counts by one or by many",
            "<p>Start a count under Stock, then Counts, and choose the shelves. Two people can count the same shelf: the \
             second scan is added to the first, as long as nobody chooses 'Replace'.</p>\
             <p>A count can be paused and finished another day; what is sold meanwhile is taken into account.</p>\
             <h2>A count sheet from a file</h2>\
             <p>A sheet replaces the stock of the warehouse that is chosen above it, and of all warehouses where none is \
             chosen. Within a day it can be taken back under Stock, then Changes.</p>",
        )
    },
    article(
        2,
        "The value of your stock at a date",
        "Reports for accountants",
        "<p>Open Reports, then Stock value, and choose the date. The report values the stock at what you paid, and can be \
         saved as a spreadsheet for your accountant.</p>",
    ),
    Written {
        german: Some((
            "Etiketten drucken",
            "<p>Unter Einstellungen, dann Drucken, wählen Sie das Format der Etiketten. Eigene Formate, auch A6 quer, \
             legen Sie mit 'Neues Format' an. Ein Versatz in Millimetern rückt den Druck nach oben oder unten.</p>",
        )),
        ..article(
            2,
            "Print labels",
            "Sizes, copies and offsets",
            "<p>Choose the size of your labels under Settings, then Printing; 'New size' adds one of your own. If labels \
             print too low or too high, enter an offset in millimetres there and print a test label.</p>\
             <p>How many copies of each label are printed is set by kind: shelf, item, pallet.</p>\
             <h2>Renamed bins</h2>\
             <p>Printed shelf labels with the old name of a bin still scan for as long as no other bin gets that name.</p>",
        )
    },
    article(
        2,
        "Set up the scanner app",
        "Sound, dark mode, lost connection",
        "<p>In the app, open the menu, then Preferences. There the beep can be turned off, the dark mode on, and the lamp \
         set to stay on.</p>\
         <p>If the scanner app says 'Connection lost', leave it open: scans are kept on the device and sent as soon as the \
         connection is back.</p>\
         <h2>New colleagues</h2>\
         <p>Videos of two minutes each and a sheet to print are under Help, then Training, in the app.</p>",
    ),
    article(
        2,
        "Receive a purchase order",
        "In parts, with serial numbers, with pictures",
        "<p>Open the purchase order and choose Receive. If a supplier delivers in parts, enter what arrived and choose \
         'Keep open': the order stays at 'Partly received' until the rest is there.</p>\
         <p>Serial numbers can be scanned one after the other, or pasted as a list. Suggested order quantities are rounded \
         up to whole cartons once the carton size is entered on the supplier's tab.</p>",
    ),
    article(
        2,
        "Move goods between warehouses",
        "Transfers and the default warehouse",
        "<p>A transfer is in transit until everything on it was received. If it stays in transit, open it and look for \
         lines with a difference: choose 'Close with difference' to end it.</p>\
         <p>The default warehouse of new orders is set under Settings, then Warehouses, for each sales channel.</p>",
    ),
    article(
        2,
        "Returns, breakage and corrections",
        "Stock that changes without a sale",
        "<p>Choose Stock, then Adjust, and a reason: 'Return' puts goods back on the shelf, 'Waste' writes them off. Neither \
         counts as a sale. For a return of which a part is broken, enter two lines.</p>",
    ),
    article(
        2,
        "Lots, best-before dates and recalls",
        "Tracing a batch",
        "<p>Turn on lot tracking for an item under Items, then Tracking. From then on lot and best-before date are asked \
         for at each receipt.</p>\
         <p>For a recall, open Reports, then Lot trace, and enter the lot: the report lists each customer who got it, with \
         order and date.</p>",
    ),
    article(
        3,
        "API keys",
        "Making, replacing and limits",
        "<p>Keys are made under Settings, then Developers. Two keys can be valid at the same time: make the new one, put it \
         into your integration, then delete the old one.</p>\
         <h2>Pages of a list</h2>\
         <p>The cursor of the last item is part of the next page only with 'inclusive=true'. Leave that out to get no item \
         twice.</p>",
    ),
    article(
        3,
        "Connect a web shop",
        "One shop or several, and the log",
        "<p>Under Settings, then Channels, choose Connect. Several shops can sell from the same stock; a reserve keeps a \
         number of pieces for one of them.</p>\
         <h2>Reading the log</h2>\
         <p>'Deferred' means that the shop asked us to wait: the order is fetched at the next turn, within five minutes.</p>",
    ),
    article(
        3,
        "Set up single sign-on",
        "SAML and OpenID Connect",
        "<p>Single sign-on is part of the Business plan. Under Settings, then Security, you find the address of our service \
         and its certificate, and enter those of your identity provider.</p>",
    ),
    Written {
        published: false,
        ..article(
            1,
            "Our prices from next quarter on",
            "Not to be read before it is announced",
            "<p>The Starter plan costs 32 dollars a month from the first of next quarter on.</p>",
        )
    },
];

/// Name, text, team.
pub(super) const MACROS: [(&str, &str, Option<&str>); 7] = [
    (
        "Greeting",
        "Hi {{user.first_name|fallback:\"there\"}},\n\nthank you for writing to Northwind. I'm {{teammate.first_name}}, and \
         I'll look after this.",
        None,
    ),
    (
        "Refund is on its way",
        "Your refund for invoice {{invoice.number}} arrives within five days.",
        Some("Billing"),
    ),
    (
        "Known outage",
        "We know of this and are working on it. The state of things is on our status page.",
        Some("On-call"),
    ),
    (
        "Charged twice",
        "Hi {{user.first_name|fallback:\"there\"}},\n\nI am sorry about the second payment. Send us the dates of both, and \
         we refund one of them to the card that was charged.\n\n{{teammate.name}}",
        None,
    ),
    (
        "Ask for a picture of the label",
        "Hi {{user.first_name|fallback:\"there\"}},\n\nsend us a photo of a printed label beside a ruler, and tell us the \
         model of the printer. Then we can say which offset you need.",
        None,
    ),
    (
        "Order is being looked for",
        "We are looking for order {{order.number}} of {{company.name|fallback:\"your company\"}} and write again today.",
        None,
    ),
    (
        "Not our company",
        "This reached Northwind, who make a program for warehouses. We have nothing to do with the delivery you write of: \
         look for the address on the paper that came with it.",
        Some("Support"),
    ),
];
