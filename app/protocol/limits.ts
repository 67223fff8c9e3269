// Every size and every deadline of docs/protocol.md, part 8, that concerns a client.

export const PROTOCOL_VERSION = 1;
export const CLIENT_SUBPROTOCOL = 'starface-teams-client.v1';
export const CLIENT_PATH = '/v1/client';

export const MAX_WEBSOCKET_MESSAGE = 16_376;
export const FRAME_HEADER = 8;
export const MAX_FRAME_PAYLOAD = MAX_WEBSOCKET_MESSAGE - FRAME_HEADER;
/** One DATA frame carries exactly one packet. */
export const MAX_PACKET = 4_080;
/** The only stream of a client's link. */
export const CLIENT_STREAM = 1;
/** Credit of each direction at the opening, and the most that may ever be outstanding. */
export const MAX_CREDIT = 65_536;
/** A receiver returns credit at the latest when it has consumed this much. */
export const CREDIT_BATCH = MAX_CREDIT / 2;

export const MAX_SOFTWARE = 64;
export const MAX_REASON = 120;

export const NOISE_TAG = 16;
export const MAX_PLAINTEXT = MAX_PACKET - NOISE_TAG;
export const RECORD_HEADER = 3;

export const MAX_MESSAGE_TO_AGENT = 262_144;
export const MAX_MESSAGE_TO_CLIENT = 4_194_304;
/** What a session keeps of messages that are not acknowledged. */
export const MAX_QUEUED_TO_AGENT = 1_048_576;

/** An ACK leaves after this many messages, this many bytes of them, or this time (ms). */
export const ACK_EVERY = 16;
export const ACK_EVERY_BYTES = 65_536;
export const ACK_DELAY = 200;

/** From the upgrade to the connector's answer (ms). */
export const ADMISSION_DEADLINE = 10_000;
/** From ADMITTED to OPENED or RESUMED (ms). */
export const SESSION_DEADLINE = 10_000;

export const MAX_KEY_FILE = 16_384;
export const MAX_JSON_DEPTH = 32;
export const MAX_CALLS = 64;
export const MAX_METHOD = 256;
/** Seconds that an error may ask to wait for. */
export const MAX_RETRY_AFTER = 86_400;

export const MAX_U64 = 0xffff_ffff_ffff_ffffn;
