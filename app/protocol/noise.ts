// Noise_NNpsk0_25519_AESGCM_SHA256, the initiator's side (Noise revision 34; docs/protocol.md,
// part 4). Payloads of the handshake are empty in the protocol; the published vector has some.

import { type Bytes, ByteWriter, concat, utf8, wipe } from './bytes.ts';
import type { Agree, CipherKey, Crypto, Material } from './crypto/crypto.ts';
import { peerBroke, ProtocolError } from './errors.ts';
import { MAX_U64, NOISE_TAG } from './limits.ts';

const PROTOCOL_NAME = utf8('Noise_NNpsk0_25519_AESGCM_SHA256');
const EMPTY: Bytes = new Uint8Array(0);
const KEY = 32;

/** The prologue of this protocol; `name` is canonical. */
export function prologueFor(name: string): Bytes {
  return utf8(`starface-teams/1\0${name}`);
}

function nonceOf(counter: bigint): Bytes {
  return new ByteWriter(12).u32(0).u64(counter).bytes;
}

/** One direction after the handshake. Calls must not overlap: await each before the next. */
export class NoiseCipher {
  readonly #crypto: Crypto;
  #key: CipherKey | null;
  #counter: bigint;

  /** `counter`: the number of the next message. */
  constructor(crypto: Crypto, key: CipherKey, counter = 0n) {
    this.#crypto = crypto;
    this.#key = key;
    this.#counter = counter;
  }

  /** Throws ProtocolError tunnel.noise-broken behind 2^64 - 1 messages. */
  async seal(plaintext: Bytes): Promise<Bytes> {
    const { key, nonce } = this.#next();
    return this.#crypto.seal(key, nonce, EMPTY, plaintext);
  }

  /** Throws ProtocolError tunnel.noise-…; nothing is opened after the first failure. */
  async open(packet: Bytes): Promise<Bytes> {
    const { key, nonce } = this.#next();
    if (packet.length < NOISE_TAG) {
      this.#key = null;
      throw peerBroke('tunnel.noise-bad-length', `a packet of ${packet.length} bytes came`);
    }
    const plaintext = await this.#crypto.open(key, nonce, EMPTY, packet);
    if (plaintext !== null) return plaintext;
    this.#key = null;
    throw peerBroke('tunnel.noise-tampered', 'a packet came whose tag does not fit');
  }

  #next(): { key: CipherKey; nonce: Bytes } {
    // 2^64 - 1 is reserved by the Noise specification.
    if (this.#key === null || this.#counter >= MAX_U64) {
      throw new ProtocolError(
        'tunnel.noise-broken',
        'after an error nothing can be encrypted or decrypted any more',
        'connect again',
      );
    }
    return { key: this.#key, nonce: nonceOf(this.#counter++) };
  }
}

/** What a handshake gives. */
export interface NoiseTransport {
  readonly send: NoiseCipher;
  readonly receive: NoiseCipher;
  readonly handshakeHash: Bytes;
}

/** ck, h and the key of the handshake's tags. */
class SymmetricState {
  readonly #crypto: Crypto;
  #chainingKey: Bytes = PROTOCOL_NAME.slice();
  #key: CipherKey | null = null;
  #counter = 0n;
  hash: Bytes = PROTOCOL_NAME.slice();

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  async mixHash(data: Bytes): Promise<void> {
    this.hash = await this.#crypto.sha256(concat(this.hash, data));
  }

  async mixKey(material: Bytes): Promise<void> {
    const [chainingKey, key] = await this.#split(await this.#crypto.material(material), 2);
    await this.#advance(chainingKey, key);
  }

  async mixKeyAndHash(psk: Material): Promise<void> {
    const [chainingKey, data, key] = await this.#split(psk, 3);
    await this.mixHash(data ?? EMPTY);
    await this.#advance(chainingKey, key);
  }

  async seal(plaintext: Bytes): Promise<Bytes> {
    const { key, nonce } = this.#next();
    const sealed = await this.#crypto.seal(key, nonce, this.hash, plaintext);
    await this.mixHash(sealed);
    return sealed;
  }

  async open(sealed: Bytes): Promise<Bytes | null> {
    const { key, nonce } = this.#next();
    const plaintext = await this.#crypto.open(key, nonce, this.hash, sealed);
    if (plaintext !== null) await this.mixHash(sealed);
    return plaintext;
  }

  /** The keys of initiator → responder and back; the state is wiped. */
  async finish(): Promise<[Bytes, Bytes]> {
    const [first, second] = await this.#split(await this.#crypto.material(EMPTY), 2);
    this.wipe();
    return [first ?? EMPTY, second ?? EMPTY];
  }

  wipe(): void {
    wipe(this.#chainingKey);
    this.#key = null;
  }

  /** HKDF of the Noise specification, section 4.3: RFC 5869 with the chaining key as salt. */
  async #split(material: Material, count: number): Promise<Bytes[]> {
    const all = await this.#crypto.hkdf(material, this.#chainingKey, EMPTY, count * KEY);
    const parts = Array.from({ length: count }, (_, i) => all.slice(i * KEY, (i + 1) * KEY));
    wipe(all);
    return parts;
  }

  async #advance(chainingKey = EMPTY, key = EMPTY): Promise<void> {
    wipe(this.#chainingKey);
    this.#chainingKey = chainingKey;
    this.#key = await this.#crypto.cipherKey(key);
    this.#counter = 0n;
    wipe(key);
  }

  #next(): { key: CipherKey; nonce: Bytes } {
    if (this.#key === null) throw new TypeError('a tag before the first key');
    return { key: this.#key, nonce: nonceOf(this.#counter++) };
  }
}

export class NoiseInitiator {
  readonly #crypto: Crypto;
  readonly #state: SymmetricState;
  readonly #agree: Agree;
  readonly #publicBytes: Bytes;

  private constructor(crypto: Crypto, state: SymmetricState, publicBytes: Bytes, agree: Agree) {
    this.#crypto = crypto;
    this.#state = state;
    this.#publicBytes = publicBytes;
    this.#agree = agree;
  }

  /** `ephemeral`: 32 random bytes of this handshake only; wiped in here. */
  static async start(
    crypto: Crypto,
    psk: Material,
    prologue: Bytes,
    ephemeral: Bytes,
  ): Promise<NoiseInitiator> {
    const state = new SymmetricState(crypto);
    await state.mixHash(prologue);
    await state.mixKeyAndHash(psk);
    const { publicBytes, agree } = await crypto.x25519(ephemeral);
    wipe(ephemeral);
    return new NoiseInitiator(crypto, state, publicBytes, agree);
  }

  /** -> psk, e. Once, and first. */
  async write(payload: Bytes = EMPTY): Promise<Bytes> {
    await this.#state.mixHash(this.#publicBytes);
    await this.#state.mixKey(this.#publicBytes);
    return concat(this.#publicBytes, await this.#state.seal(payload));
  }

  /**
   * <- e, ee. Once, behind write(). `size`: the bytes of the payload. Throws ProtocolError
   * tunnel.noise-bad-length or tunnel.handshake-failed.
   */
  async read(packet: Bytes, size = 0): Promise<{ payload: Bytes; transport: NoiseTransport }> {
    if (packet.length !== KEY + size + NOISE_TAG) {
      throw peerBroke('tunnel.noise-bad-length', `a handshake of ${packet.length} bytes came`);
    }
    const peer = packet.slice(0, KEY);
    await this.#state.mixHash(peer);
    await this.#state.mixKey(peer);
    const shared = await this.#agree(peer);
    if (shared === null) throw this.#failed();
    await this.#state.mixKey(shared);
    wipe(shared);
    const payload = await this.#state.open(packet.slice(KEY));
    if (payload === null) throw this.#failed();
    const keys = await this.#state.finish();
    const [send, receive] = await Promise.all(keys.map((key) => this.#crypto.cipherKey(key)));
    wipe(...keys);
    if (send === undefined || receive === undefined) throw new TypeError('two keys are missing');
    const transport = {
      send: new NoiseCipher(this.#crypto, send),
      receive: new NoiseCipher(this.#crypto, receive),
      handshakeHash: this.#state.hash,
    };
    return { payload, transport };
  }

  #failed(): ProtocolError {
    this.#state.wipe();
    return new ProtocolError(
      'tunnel.handshake-failed',
      'the encrypted session could not be established: both sides have different keys or names',
      'ask the administrator of the PBX for the current key file',
    );
  }
}
