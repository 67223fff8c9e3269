// What the layers above use of the protocol.

export type { Bytes } from './bytes.ts';
export type { ErrorCode } from './codes.ts';
export { clientUrl, checkedConnectorUrl } from './connector_url.ts';
export { type Credentials, deriveCredentials } from './credentials.ts';
export { chooseCrypto } from './crypto/choose.ts';
export type { Crypto } from './crypto/crypto.ts';
export type { Subtle } from './crypto/subtle.ts';
export type { EndedBy, Ending, NextStep } from './ending.ts';
export { ProtocolError } from './errors.ts';
export { type Json, JsonReader, type JsonObject, jsonText } from './json_text.ts';
export { Double } from './json_writer.ts';
export { type KeyFile, parseKeyFile } from './key_file.ts';
export { CLIENT_SUBPROTOCOL } from './limits.ts';
export { Link, type LinkEvent, type LinkOptions, type Output } from './link.ts';
export { type Call, type RemoteError, RpcClient, type RpcEvent } from './rpc_client.ts';
export { SessionLedger } from './session_ledger.ts';
export { checkSystemKey, displaySystemKey, type KeyCheck, parseSystemKey } from './system_key.ts';
export { canonicalSystemName } from './system_name.ts';
export { decodeValue, encodeValue, PbxBinary, PbxDate, type PbxValue } from './values.ts';
