#include "simulator/address_book.h"

namespace sfteams::simulator {
namespace {

/// Nobody of them is real. The last third is what real address books hold by mistake or by malice.
constexpr std::array kEntries{
    WrittenEntry{"Anna", "Müller", "Bäckerei Müller", "Inhaberin"},
    WrittenEntry{"Jürgen", "Müller", "Bäckerei Müller", "Backstube"},
    WrittenEntry{"Anneliese", "Müller-Lüdenscheidt", "", ""},
    WrittenEntry{"Björn", "Öztürk", "Öztürk & Söhne Fensterbau", "Geschäftsführer"},
    WrittenEntry{"Ayşe", "Yıldız", "Yıldız Steuerberatung", "Steuerberaterin"},
    WrittenEntry{"Gerd", "Weiß", "Weiß Elektrotechnik GmbH", "Meister"},
    WrittenEntry{"Heike", "Groß", "Weiß Elektrotechnik GmbH", "Buchhaltung"},
    WrittenEntry{"Łukasz", "Wójcik", "Spedition Wójcik", "Disposition"},
    WrittenEntry{"René", "Lefèvre", "Lefèvre Vins", "Einkauf"},
    WrittenEntry{"Søren", "Kjær", "Kjær Møbler", "Vertrieb"},
    WrittenEntry{"Dr. Eva", "von der Heide", "Gemeinschaftspraxis am Markt", "Ärztin"},
    WrittenEntry{"Hans-Peter", "Freiherr von und zu Guttenfels", "Gut Guttenfels", ""},
    WrittenEntry{"Jens", "Schmidt", "Autohaus Schmidt", "Werkstatt"},
    WrittenEntry{"Jens", "Schmidt", "Malerbetrieb Schmidt", "Inhaber"},
    WrittenEntry{"Jens", "Schmitt", "", ""},
    WrittenEntry{"Katrin", "Schmied", "Schlosserei Schmied", "Büro"},
    WrittenEntry{"Uwe", "Übelacker", "Kanzlei Übelacker", "Rechtsanwalt"},
    WrittenEntry{"Sabine", "Zöllner", "Kanzlei Übelacker", "Sekretariat"},
    WrittenEntry{"Torsten", "Becker", "Druckerei Becker", "Satz"},
    WrittenEntry{"Ute", "Becker", "Druckerei Becker", "Buchbinderei"},
    WrittenEntry{"Miriam", "Hoffmann", "Hausverwaltung Hoffmann", "Verwalterin"},
    WrittenEntry{"Klaus", "Hoffmann", "", ""},
    WrittenEntry{"Petra", "Schäfer", "Schäfer Catering", "Küche"},
    WrittenEntry{"Wolfgang", "Koch", "Schäfer Catering", "Einkauf"},
    WrittenEntry{"Birgit", "Richter", "Amtsgericht", "Geschäftsstelle"},
    WrittenEntry{"Stefan", "Klein", "Klein Kältetechnik", "Notdienst"},
    WrittenEntry{"Nadine", "Wolf", "Tierarztpraxis Wolf", "Empfang"},
    WrittenEntry{"Frank", "Schröder", "Schröder IT", "Support"},
    WrittenEntry{"Lena", "Neumann", "Schröder IT", "Vertrieb"},
    WrittenEntry{"Ilse", "Ängenheister", "", ""},
    WrittenEntry{"Oskar", "Brückner", "Reisebüro Brückner", "Gruppenreisen"},
    WrittenEntry{"Nguyễn", "Thị Hương", "Blumen Hương", "Inhaberin"},
    WrittenEntry{"José", "Muñoz", "Muñoz Import", "Lager"},
    WrittenEntry{"Đorđe", "Šarić", "Šarić Bau", "Polier"},
    // Companies without a person.
    WrittenEntry{"", "", "Stadtwerke Störungsdienst", ""},
    WrittenEntry{"", "", "Getränke Hörnchen e. K.", ""},
    WrittenEntry{"", "", "Taxizentrale", ""},
    WrittenEntry{"", "", "1. Fußballclub Neustadt 1898 e. V.", ""},
    WrittenEntry{"", "", "ÄRZTLICHER BEREITSCHAFTSDIENST", ""},
    WrittenEntry{"", "", "Paketdienst / Abholung", ""},
    WrittenEntry{"", "", "Schlüsseldienst \"Immer auf\"", ""},
    WrittenEntry{"", "", "Wach- & Schließgesellschaft", ""},
    // One name only, or nothing but numbers.
    WrittenEntry{"Oma", "", "", ""},
    WrittenEntry{"", "Hausmeister", "", ""},
    WrittenEntry{"", "", "", ""},
    WrittenEntry{"", "", "", ""},
    // Markup, and what other programs take for commands.
    WrittenEntry{"<b>Fett</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", ""},
    WrittenEntry{"&lt;Tom&gt;", "O'Reilly & \"Söhne\"", "A&amp;B", "</td></table>"},
    WrittenEntry{"javascript:alert(1)", "${jndi:ldap://192.0.2.1/a}", "%s%n%x", "{{7*7}}"},
    WrittenEntry{"=1+1", "'; DROP TABLE contacts; --", "C:\\Windows\\system32", ""},
    WrittenEntry{"[Klick](https://example.com)", "**Stern**", "@here <at>Alle</at>", "# Chef"},
    // From right to left, and what turns the direction.
    WrittenEntry{"مريم", "الخطيب", "مخبز الشرق", "مديرة"},
    WrittenEntry{"דוד", "כהן", "כהן ובניו", ""},
    WrittenEntry{"Sara \u05db\u05d4\u05df", "(Büro) מנהל", "Cohen & כהן", ""},
    WrittenEntry{"\u202Egpj.exe", "Rechnung", "\u2066Isoliert\u2069", "\u200FMarke"},
    // Emoji, combining marks, other scripts, invisible ones.
    WrittenEntry{"Zoë 🎉", "Party-Service 🥳", "Fest & Feier 🎈", "👩‍👩‍👧‍👦"},
    WrittenEntry{"🇩🇪", "👍🏽", "❤️", "🏳️‍🌈"},
    WrittenEntry{"Jo\u0308rg", "Mu\u0308ller (zerlegt)", "", ""},
    WrittenEntry{"Z̷̛̭a̸̤͝l̶̟̅g̵͖̈́o̶̬̾", "Überlauf", "", ""},
    WrittenEntry{"小明", "王", "王氏餐馆", "经理"},
    WrittenEntry{"Дмитрий", "Иванов", "ООО «Ромашка»", "Директор"},
    WrittenEntry{"\u200B", "\u00A0", "\u2028", "\uFEFF"},
    WrittenEntry{"Zeile\neins", "Tab\tzwei", "\r\n\r\nLeer", "\x01\x1b[31mrot"},
    WrittenEntry{
        "Maximiliane-Alexandra-Friederike-Wilhelmine-Charlotte-Leopoldine-Josephine-Antonia",
        "Freifrau von Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz-Donaudampf"
        "schifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        "Vierhundertfünfundfünfzigtausendneunhundertachtundneunzig Kleinigkeiten GmbH & Co. KGaA",
        "Stellvertretende Abteilungsleiterin für grundsätzliche Angelegenheiten"},
};

}  // namespace

std::span<const WrittenEntry> written_entries() {
  return kEntries;
}

}  // namespace sfteams::simulator
