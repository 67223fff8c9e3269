import type * as en from '../en/index.ts';

export const problems: typeof en.problems = {
  'transport.connect-failed':
    'Der Cloud-Connector ist nicht erreichbar. Prüfen Sie Ihre Netzwerkverbindung. Wenn andere Webseiten sich öffnen lassen, fragen Sie Ihren Administrator, ob der Cloud-Connector läuft und diese Seite zulässt.',
  'rest.pbx-error': 'Das Adressbuch der STARFACE ist nicht verfügbar. Anrufe sind nicht betroffen.',
  'client.connection-lost':
    'Die Verbindung ist abgebrochen. Sie wird automatisch wiederhergestellt.',
  'client.timeout':
    'Der Agent der Anlage hat nicht rechtzeitig geantwortet. Versuchen Sie es erneut.',
  'client.session-lost':
    'Die Verbindung ließ sich nicht rechtzeitig wiederherstellen. Melden Sie sich erneut an und prüfen Sie, ob Ihre letzte Aktion ausgeführt wurde.',
  'client.closed': 'Die Verbindung wurde geschlossen.',
  'client.protocol-error':
    'Die Gegenseite hat etwas Unerwartetes gesendet. Laden Sie diese Seite neu. Wenn es wieder geschieht, melden Sie es Ihrem Administrator.',
  'tunnel.normal': 'Die Gegenseite hat die Verbindung geschlossen.',
  'tunnel.protocol-error':
    'Seite, Cloud-Connector und Agent verstehen einander nicht. Laden Sie diese Seite neu. Wenn es wieder geschieht, melden Sie es Ihrem Administrator.',
  'tunnel.version-unsupported':
    'Die Versionen von Seite, Cloud-Connector und Agent passen nicht zusammen. Laden Sie diese Seite neu, oder bitten Sie Ihren Administrator um ein Update.',
  'tunnel.admission-refused':
    'Name und Schlüssel werden nicht angenommen. Verwenden Sie die aktuelle Schlüsseldatei, oder bitten Sie Ihren Administrator darum.',
  'tunnel.pbx-offline':
    'Name und Schlüssel sind richtig, aber die Anlage ist zurzeit nicht verbunden. Es wird automatisch erneut versucht. Hält es an, informieren Sie Ihren Administrator.',
  'tunnel.name-taken': 'Die Anlage ist doppelt registriert. Informieren Sie Ihren Administrator.',
  'tunnel.name-not-enrolled':
    'Der Betreiber des Cloud-Connectors hat diese Anlage nicht zugelassen. Informieren Sie Ihren Administrator.',
  'tunnel.name-disabled':
    'Der Betreiber des Cloud-Connectors hat diese Anlage gesperrt. Informieren Sie Ihren Administrator.',
  'tunnel.try-again-later':
    'Der Cloud-Connector ist ausgelastet. Es wird automatisch erneut versucht.',
  'tunnel.registration-refused':
    'Der Cloud-Connector nimmt die Anlage nicht an. Informieren Sie Ihren Administrator.',
  'tunnel.too-many-streams':
    'Zurzeit sind zu viele Benutzer verbunden. Es wird automatisch erneut versucht.',
  'tunnel.key-revoked':
    'Der Schlüssel gilt nicht mehr. Bitten Sie Ihren Administrator um die neue Schlüsseldatei.',
  'tunnel.replaced': 'Diese Sitzung wurde in einem anderen Fenster fortgesetzt.',
  'tunnel.timeout':
    'Die Gegenseite hat nicht rechtzeitig geantwortet. Es wird automatisch erneut versucht.',
  'tunnel.handshake-failed':
    'Die verschlüsselte Verbindung zur Anlage ist gescheitert: Der Schlüssel passt nicht, oder die Verbindung wurde manipuliert. Verwenden Sie die aktuelle Schlüsseldatei.',
  'tunnel.session-unknown': 'Die Anlage kennt diese Sitzung nicht mehr. Melden Sie sich erneut an.',
  'tunnel.session-ended': 'Die Anlage hat die Sitzung beendet. Melden Sie sich erneut an.',
  'tunnel.too-slow':
    'Das Netzwerk war zu lange zu langsam. Prüfen Sie es und melden Sie sich erneut an.',
  'tunnel.too-large': 'Das ist zu groß, um gesendet zu werden.',
  'tunnel.shutting-down':
    'Die Gegenseite wird gerade neu gestartet. Es wird automatisch erneut versucht.',
  'tunnel.internal':
    'Ein interner Fehler ist aufgetreten. Laden Sie diese Seite neu. Wenn es wieder geschieht, melden Sie ihn.',
  'session.login-paused':
    'Zuletzt wurden zu viele falsche Passwörter eingegeben. Die Anmeldung pausiert, damit die Anlage nicht alle sperrt.',
  'session.not-signed-in': 'Das wurde nicht ausgeführt, weil Sie nicht angemeldet sind.',
  'session.already-signed-in': 'Es ist bereits jemand angemeldet. Melden Sie sich zuerst ab.',
  'session.signed-out':
    'Sie wurden von einem Administrator oder von der Anlage abgemeldet. Melden Sie sich erneut an.',
  'session.ticket-refused':
    'Die gespeicherte Anmeldung gilt nicht mehr. Melden Sie sich mit Ihrem Passwort an.',
  'session.tickets-off': 'Ihr Administrator erlaubt nicht, Anmeldungen zu speichern.',
  'session.tickets-not-saved':
    'Die Anlage konnte das Ende Ihrer gespeicherten Anmeldungen noch nicht festhalten. Informieren Sie Ihren Administrator.',
  'session.ticket-not-made':
    'Ihre Anmeldung ließ sich nicht speichern. Melden Sie sich beim nächsten Mal mit Ihrem Passwort an.',
  'session.shutting-down':
    'Der Agent der Anlage wird gerade neu gestartet. Versuchen Sie es in einer Minute erneut.',
  'session.too-many-calls':
    'Zu viele Anfragen warten. Warten Sie einen Moment und versuchen Sie es erneut.',
  'session.answer-too-large': 'Die Antwort der Anlage ist zu groß.',
  'session.method-not-allowed': 'Ihr Administrator erlaubt das nicht.',
  'license.no-seat':
    'Zurzeit sind alle Lizenzen belegt. Versuchen Sie es erneut, wenn sich jemand abgemeldet hat, oder bitten Sie Ihren Administrator, eine freizugeben.',
  'license.not-named':
    'Sie haben keine Lizenz für die Teams-Integration. Bitten Sie Ihren Administrator, Ihnen eine zuzuweisen.',
  'license.right-unknown':
    'Die Anlage zeigt nicht, ob Sie die Teams-Integration nutzen dürfen. Informieren Sie Ihren Administrator.',
  'license.seat-withdrawn':
    'Ein Administrator hat Ihnen die Lizenz entzogen. Melden Sie sich wieder an, sobald eine frei ist.',
  'license.not-administrator': 'Das dürfen nur Lizenz-Administratoren.',
  'license.no-such-holder': 'Dieser Benutzer belegt keine Lizenz mehr.',
  'uci.disabled':
    'Die Verbindung zur Anlage ist abgeschaltet. Bitten Sie Ihren Administrator, die UCI-Verbindung zu aktivieren.',
  'uci.login-refused':
    'Benutzername oder Passwort ist falsch, oder Sie dürfen sich an der Anlage nicht anmelden. Prüfen Sie beides und versuchen Sie es erneut.',
  'uci.sign-in-over':
    'Ihre Anmeldung an der Anlage ist abgelaufen. Melden Sie sich mit Ihrem Passwort an.',
  'oauth.refused':
    'Die Anlage lässt Sie nicht hinein: Das Passwort ist falsch, Ihnen fehlt das Recht „API Zugriff mit OAuth Password Grant“, oder der Agent ist nicht richtig eingerichtet. Prüfen Sie das Passwort; stimmt es, informieren Sie Ihren Administrator.',
  'oauth.client-refused':
    'Die Anlage kennt den Agenten nicht mehr und erneuert keine Anmeldung, bis Ihr Administrator Client-ID und Secret berichtigt hat.',
  'oauth.no-password-grant':
    'Die Anlage nimmt keine Passwörter an, weil ein externer Identitätsanbieter ihre Benutzer anmeldet. Diese App kann sich dort nicht anmelden.',
  'oauth.token-not-taken':
    'Ihr Passwort stimmt, aber die Anlage lässt Sie nicht hinein. Bitten Sie Ihren Administrator um das Recht auf UCI.',
  'oauth.unwell':
    'Die Anlage hat mit einem Fehler geantwortet. Vielleicht startet sie gerade neu. Versuchen Sie es erneut.',
  'uci.unreachable':
    'Die Anlage antwortet nicht. Versuchen Sie es erneut, oder informieren Sie Ihren Administrator.',
  'uci.timeout':
    'Die Anlage hat nicht rechtzeitig geantwortet. Ob Ihre letzte Aktion ausgeführt wurde, ist nicht bekannt.',
  'uci.broken-reply':
    'Die Anlage hat eine unverständliche Antwort gegeben. Vielleicht startet sie gerade neu. Versuchen Sie es erneut.',
  'uci.pbx-error':
    'Die Anlage hat mit einem Fehler geantwortet. Vielleicht startet sie gerade neu. Versuchen Sie es erneut.',
  'uci.no-uci-at-url':
    'Der Agent findet die Anlage nicht unter der eingestellten Adresse. Informieren Sie Ihren Administrator.',
  'uci.fault': 'Die Anlage hat das nicht ausgeführt.',
  'uci.access-refused': 'Die Anlage lehnt das ab: Ihnen fehlt ein Recht oder eine Lizenz dafür.',
  'uci.not-connected':
    'Ihre Verbindung zur Anlage ist unterbrochen. Sie wird automatisch wiederhergestellt.',
  'uci.connection-closed': 'Ihre Verbindung zur Anlage wurde inzwischen geschlossen.',
  'uci.too-many-waiting':
    'Zu viele Anfragen warten auf die Anlage. Versuchen Sie es gleich erneut.',
  'uci.bad-params': 'Die Anlage kann diese Eingabe nicht verarbeiten.',
  'transport.listen-failed':
    'Der Agent kann die Ereignisse der Anlage nicht empfangen. Informieren Sie Ihren Administrator.',
  'keygen.key-length': 'Der Schlüssel ist unvollständig oder zu lang. Er hat 40 Zeichen.',
  'keygen.key-character': 'Der Schlüssel enthält ein Zeichen, das in keinem Schlüssel vorkommt.',
  'keygen.key-checksum': 'Der Schlüssel enthält einen Tippfehler.',
  'keygen.bad-name':
    'Das ist kein gültiger Name. Geben Sie den Hostnamen Ihrer STARFACE ein, zum Beispiel pbx.example.com.',
  'keygen.bad-connector':
    'Die Adresse des Cloud-Connectors in dieser Schlüsseldatei ist ungültig. Bitten Sie Ihren Administrator um eine neue.',
  'keygen.no-key-file':
    'Das ist keine Schlüsseldatei, oder sie ist beschädigt. Wählen Sie die Datei, die Sie von Ihrem Administrator erhalten haben.',
  'keygen.key-file-version':
    'Diese Schlüsseldatei stammt von einer neueren Version. Laden Sie diese Seite neu, oder bitten Sie Ihren Administrator um ein Update.',
  'keygen.key-file-member':
    'Diese Schlüsseldatei ist unvollständig oder wurde verändert. Bitten Sie Ihren Administrator um eine neue.',
  'keygen.file-too-large':
    'Diese Datei ist zu groß für eine Schlüsseldatei. Wählen Sie die Datei, die Sie von Ihrem Administrator erhalten haben.',
  'telephony.refused': 'Die Anlage hat das ohne Angabe von Gründen abgelehnt.',
  'telephony.gone': 'Das gibt es nicht mehr. Die Liste wird neu geladen.',
  'telephony.not-offered': 'Ihre Anlage bietet das nicht an.',
  'telephony.busy': 'Das läuft bereits. Warten Sie, bis es beendet ist.',
  'telephony.bad-number': 'Das ist keine Rufnummer.',
  'telephony.uncertain': 'Ob das ausgeführt wurde, ist nicht bekannt.',
  'telephony.stopped': 'Sie wurden inzwischen abgemeldet.',
};
