// All that protocol/ takes from the platform besides the language: UTF-8. It is compiled without
// the DOM's types, so that whatever else it used would not compile.

declare class TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}

declare class TextDecoder {
  constructor(label: 'utf-8', options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes: Uint8Array): string;
}
