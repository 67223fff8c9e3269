/** By code of docs/errors.md: what happened, and what the user can do. */
export const problems = {
  'transport.connect-failed':
    'The connector cannot be reached. Check your network connection. If other websites open, ask your administrator whether the connector is running and allows this page.',
  'rest.pbx-error': 'The address book of the STARFACE is not available. Calls are not affected.',
  'client.connection-lost': 'The connection was lost. It will be restored automatically.',
  'client.timeout': 'The agent of the PBX did not answer in time. Try again.',
  'client.session-lost':
    'The connection could not be restored in time. Sign in again and check whether your last action was carried out.',
  'client.closed': 'The connection was closed.',
  'client.protocol-error':
    'The other side sent something unexpected. Reload this page. If this happens again, report it to your administrator.',
  'tunnel.normal': 'The connection was closed by the other side.',
  'tunnel.protocol-error':
    'Page, connector and agent do not understand each other. Reload this page. If this happens again, report it to your administrator.',
  'tunnel.version-unsupported':
    'Page, connector and agent have versions that do not fit together. Reload this page, or ask your administrator for an update.',
  'tunnel.admission-refused':
    'Name and key are not accepted. Use the current key file, or ask your administrator for it.',
  'tunnel.pbx-offline':
    'Name and key are correct, but the PBX is not connected at the moment. It will be tried again automatically. If this goes on, inform your administrator.',
  'tunnel.name-taken': 'The PBX is registered twice. Inform your administrator.',
  'tunnel.name-not-enrolled':
    'The operator of the connector has not enrolled this PBX. Inform your administrator.',
  'tunnel.name-disabled':
    'The operator of the connector has disabled this PBX. Inform your administrator.',
  'tunnel.try-again-later': 'The connector is busy. It will be tried again automatically.',
  'tunnel.registration-refused':
    'The connector does not accept the PBX. Inform your administrator.',
  'tunnel.too-many-streams':
    'Too many users are connected at the moment. It will be tried again automatically.',
  'tunnel.key-revoked': 'The key is no longer valid. Ask your administrator for the new key file.',
  'tunnel.replaced': 'This session was continued in another window.',
  'tunnel.timeout': 'The other side did not answer in time. It will be tried again automatically.',
  'tunnel.handshake-failed':
    'The encrypted connection to the PBX failed: the key does not fit, or the connection was tampered with. Use the current key file.',
  'tunnel.session-unknown': 'The PBX does not know this session any more. Sign in again.',
  'tunnel.session-ended': 'The session was ended by the PBX. Sign in again.',
  'tunnel.too-slow': 'The network was too slow for too long. Check it, then sign in again.',
  'tunnel.too-large': 'This is too large to be sent.',
  'tunnel.shutting-down':
    'The other side is being restarted. It will be tried again automatically.',
  'tunnel.internal':
    'An internal error occurred. Reload this page. If this happens again, report it.',
  'session.login-paused':
    'There were too many wrong passwords lately. Signing in is paused so that the PBX does not block everybody.',
  'session.not-signed-in': 'This was not carried out because you are not signed in.',
  'session.already-signed-in': 'Somebody is signed in already. Sign out first.',
  'session.signed-out': 'You were signed out by an administrator or by the PBX. Sign in again.',
  'session.ticket-refused': 'The saved sign-in is no longer valid. Sign in with your password.',
  'session.tickets-off': 'Your administrator does not allow sign-ins to be saved.',
  'session.tickets-not-saved':
    'The PBX could not record the end of your saved sign-ins yet. Inform your administrator.',
  'session.ticket-not-made':
    'Your sign-in could not be saved. Sign in with your password next time.',
  'session.shutting-down': 'The agent of the PBX is being restarted. Try again in a minute.',
  'session.too-many-calls': 'Too many requests are waiting. Wait a moment and try again.',
  'session.answer-too-large': 'The answer of the PBX is too large.',
  'session.method-not-allowed': 'Your administrator does not allow this.',
  'license.no-seat':
    'All licences are in use at the moment. Try again when a colleague has signed out, or ask your administrator to free one.',
  'license.not-named':
    'You have no licence for the Teams integration. Ask your administrator to assign one.',
  'license.right-unknown':
    'The PBX does not show whether you may use the Teams integration. Inform your administrator.',
  'license.seat-withdrawn':
    'An administrator has withdrawn your licence. Sign in again when one is free.',
  'license.not-administrator': 'Only licence administrators may do this.',
  'license.no-such-holder': 'This user holds no licence any more.',
  'uci.disabled':
    'The connection to the PBX is switched off. Ask your administrator to activate the UCI connection.',
  'uci.login-refused':
    'User name or password is wrong, or you may not sign in at the PBX. Check both and try again.',
  'uci.sign-in-over': 'Your sign-in at the PBX is over. Sign in with your password.',
  'oauth.refused':
    'The PBX does not let you in: the password is wrong, or you lack the right "API access with Password Grant", or the agent is not set up correctly. Check the password; if it is right, inform your administrator.',
  'oauth.client-refused':
    'The PBX no longer knows the agent and renews no sign-in until your administrator has corrected its client ID and secret.',
  'oauth.no-password-grant':
    'The PBX does not accept passwords, because an external identity provider signs its users in. This app cannot sign in there.',
  'oauth.token-not-taken':
    'Your password is right, but the PBX does not let you in. Ask your administrator for the right to UCI.',
  'oauth.unwell': 'The PBX answered with an error. It may be restarting. Try again.',
  'uci.unreachable': 'The PBX does not answer. Try again, or inform your administrator.',
  'uci.timeout':
    'The PBX did not answer in time. Whether your last action was carried out is not known.',
  'uci.broken-reply':
    'The PBX gave an answer that cannot be understood. It may be restarting. Try again.',
  'uci.pbx-error': 'The PBX answered with an error. It may be restarting. Try again.',
  'uci.no-uci-at-url':
    'The agent does not find the PBX at its configured address. Inform your administrator.',
  'uci.fault': 'The PBX did not carry this out.',
  'uci.access-refused': 'The PBX refuses this: you have no right or licence for it.',
  'uci.not-connected':
    'Your connection to the PBX is interrupted. It will be restored automatically.',
  'uci.connection-closed': 'Your connection to the PBX was closed meanwhile.',
  'uci.too-many-waiting': 'Too many requests wait for the PBX. Try again in a moment.',
  'uci.bad-params': 'The PBX cannot process this input.',
  'transport.listen-failed':
    'The agent cannot receive the events of the PBX. Inform your administrator.',
  'keygen.key-length': 'The key is incomplete or too long. It has 40 characters.',
  'keygen.key-character': 'The key contains a character that cannot be part of a key.',
  'keygen.key-checksum': 'The key contains a typing error.',
  'keygen.bad-name':
    'This is not a valid name. Enter the host name of your STARFACE, such as pbx.example.com.',
  'keygen.bad-connector':
    'The address of the connector in this key file is not valid. Ask your administrator for a new key file.',
  'keygen.no-key-file':
    'This is not a key file, or it is damaged. Choose the file that your administrator gave you.',
  'keygen.key-file-version':
    'This key file was created by a newer version. Reload this page, or ask your administrator for an update.',
  'keygen.key-file-member':
    'This key file is incomplete or was changed. Ask your administrator for a new one.',
  'keygen.file-too-large':
    'This file is too large to be a key file. Choose the file that your administrator gave you.',
  'telephony.refused': 'The PBX has refused this without a reason.',
  'telephony.gone': 'This is no longer there. The list is being loaded again.',
  'telephony.not-offered': 'Your PBX does not offer this.',
  'telephony.busy': 'This is already under way. Wait until it has ended.',
  'telephony.bad-number': 'This is not a phone number.',
  'telephony.uncertain': 'Whether this was carried out is not known.',
  'telephony.stopped': 'You were signed out meanwhile.',
};
