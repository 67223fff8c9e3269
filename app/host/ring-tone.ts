// The ring tone, made by the browser: no file to load. Browsers give sound only after a click or
// a key; until then `allowed` is false, and a ring that has begun starts with the first click.

import { type ReadonlySignal, signal } from '@preact/signals-core';

const GESTURES = ['pointerdown', 'keydown'] as const;
/** A ring of two short trills, then silence. */
const PERIOD_S = 3;
const TRILLS_S = [0, 0.55];
const TRILL_S = 0.4;
const LOUDNESS = 0.12;

export class RingTone {
  private readonly shownAllowed = signal(false);
  readonly allowed: ReadonlySignal<boolean> = this.shownAllowed;
  private context: AudioContext | null = null;
  private ending: (() => void) | null = null;
  private wanted = false;

  constructor() {
    const first = (): void => {
      void this.unlock();
    };
    for (const gesture of GESTURES) window.addEventListener(gesture, first, { passive: true });
  }

  /** Inside of a click or key only. */
  private async unlock(): Promise<void> {
    if (this.shownAllowed.value || typeof AudioContext === 'undefined') return;
    try {
      this.context ??= new AudioContext();
      await this.context.resume();
      this.shownAllowed.value = this.context.state === 'running';
    } catch {
      // The frame may not play sound at all.
    }
    if (this.wanted && this.shownAllowed.value) this.start();
  }

  set(on: boolean): void {
    this.wanted = on;
    if (!on) {
      this.ending?.();
      this.ending = null;
    } else if (this.shownAllowed.value) {
      this.start();
    }
  }

  private start(): void {
    const { context } = this;
    if (context === null || this.ending !== null) return;
    // A system that slept may have put the sound to sleep, too.
    void context.resume().catch(() => undefined);
    const out = context.createGain();
    out.gain.value = 0;
    out.connect(context.destination);
    const tones = [440, 554].map((pitch) => {
      const tone = context.createOscillator();
      tone.frequency.value = pitch;
      tone.connect(out);
      tone.start();
      return tone;
    });
    const once = (): void => {
      for (const trill of TRILLS_S) {
        const begin = context.currentTime + trill;
        out.gain.setTargetAtTime(LOUDNESS, begin, 0.02);
        out.gain.setTargetAtTime(0, begin + TRILL_S, 0.05);
      }
    };
    once();
    const timer = setInterval(once, PERIOD_S * 1_000);
    this.ending = () => {
      clearInterval(timer);
      for (const tone of tones) tone.stop();
      out.disconnect();
    };
  }
}
