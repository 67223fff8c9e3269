// The package for Teams (app/package): its manifest, filled in as the connector does it for a host,
// against Microsoft's own schemas, and what no schema says.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';

/** Where the repository is; set by tools/run-tests.js. */
declare const REPOSITORY: string;

const directory = path.join(REPOSITORY, 'app', 'package');
const AUTHORITY = 'connector.example.com:8443';
const FILLED_IN: Record<string, string> = {
  '@ID@': '6f0c2d6e-3f55-5d57-9f6f-0d2f7b1c9a10',
  '@VERSION@': '1.2.300',
  '@URL@': `https://${AUTHORITY}`,
  '@AUTHORITY@': AUTHORITY,
  '@DEVELOPER@': 'x'.repeat(32),
  '@WEBSITE@': `https://${AUTHORITY}/app/`,
  '@PRIVACY@': `https://${AUTHORITY}/app/privacy`,
  '@TERMS@': `https://${AUTHORITY}/app/terms`,
};

interface Tab {
  entityId: string;
  name: string;
  contentUrl: string;
  websiteUrl: string;
}

interface Manifest {
  $schema: string;
  manifestVersion: string;
  icons: { color: string; outline: string };
  accentColor: string;
  validDomains: string[];
  staticTabs: Tab[];
  localizationInfo: { additionalLanguages: { languageTag: string; file: string }[] };
}

type Words = Record<string, string>;

function file(name: string): string {
  return readFileSync(path.join(directory, name), 'utf8');
}

function manifest(): Manifest {
  const text = file('manifest.json').replace(/@[A-Z]+@/g, (mark) => {
    const value = FILLED_IN[mark];
    assert.ok(value !== undefined, `${mark} is filled in`);
    return value;
  });
  return JSON.parse(text) as Manifest;
}

interface Validate {
  (document: unknown): boolean;
  errors: { instancePath: string; message?: string }[] | null;
}
interface Ajv {
  compile(schema: object): Validate;
}

// Both are CommonJS whose types an ES module cannot name.
const load = createRequire(path.join(REPOSITORY, 'app', 'package.json'));
const AjvDraft04 = load('ajv-draft-04') as new (options: object) => Ajv;
const addFormats = load('ajv-formats') as (ajv: Ajv) => void;

/** Says what is wrong with a document by one of Microsoft's schemas of this version. */
function faults(schema: string, document: unknown): string[] {
  const place = 'app/node_modules/@microsoft/app-manifest/build/json-schemas/teams/v1.22';
  const text = readFileSync(path.join(REPOSITORY, place, schema), 'utf8');
  // \a is no escape of JavaScript's; one of the patterns does not compile with the flag u.
  const ajv = new AjvDraft04({ strict: false, unicodeRegExp: false, allErrors: true });
  addFormats(ajv);
  const validate = ajv.compile(JSON.parse(text.replace(/\\\\a/g, '\\\\x07')) as object);
  validate(document);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
}

test('the manifest is one by the schema of its version', () => {
  assert.equal(manifest().manifestVersion, '1.22');
  assert.deepEqual(faults('MicrosoftTeams.schema.json', manifest()), []);
});

test('the schema finds what is wrong, so that silence means something', () => {
  assert.notDeepEqual(faults('MicrosoftTeams.schema.json', { ...manifest(), more: 1 }), []);
  const tooLong = { ...(JSON.parse(file('de.json')) as Words), 'name.short': 'x'.repeat(31) };
  assert.notDeepEqual(faults('MicrosoftTeams.Localization.schema.json', tooLong), []);
});

test('every language is there by its schema, and says every text that is shown', () => {
  const shown = manifest();
  for (const { file: name } of shown.localizationInfo.additionalLanguages) {
    const words = JSON.parse(file(name)) as Words;
    assert.deepEqual(faults('MicrosoftTeams.Localization.schema.json', words), []);
    const wanted = [
      'name.short',
      'name.full',
      'description.short',
      'description.full',
      ...shown.staticTabs.map((_, index) => `staticTabs[${index}].name`),
    ];
    assert.deepEqual(
      Object.keys(words).filter((key) => key !== '$schema'),
      wanted,
    );
  }
});

test('tabs have ids of their own, and all pages are of the valid domain', () => {
  const { staticTabs, validDomains } = manifest();
  assert.deepEqual(
    staticTabs.map((tab) => tab.entityId),
    ['main', 'info'],
  );
  for (const tab of staticTabs) {
    for (const url of [tab.contentUrl, tab.websiteUrl])
      assert.ok(validDomains.includes(new URL(url).host), url);
  }
});

test('the package has no file that the manifest does not name', () => {
  const { icons, localizationInfo } = manifest();
  const named = [
    'manifest.json',
    'draw-icons.py',
    icons.color,
    icons.outline,
    ...localizationInfo.additionalLanguages.map((language) => language.file),
  ];
  assert.deepEqual(readdirSync(directory).sort(), named.sort());
});

/** The pixels of a PNG as draw-icons.py writes it: red, green, blue and alpha, no filter. */
function pixels(name: string, size: number): number[][] {
  const png = readFileSync(path.join(directory, name));
  assert.equal(png.toString('latin1', 0, 8), '\x89PNG\r\n\x1a\n');
  assert.equal(png.readUInt32BE(16), size);
  assert.equal(png.readUInt32BE(20), size);
  assert.deepEqual([...png.subarray(24, 29)], [8, 6, 0, 0, 0]);
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const rows = inflateSync(Buffer.concat(data));
  const row = size * 4 + 1;
  assert.equal(rows.length, row * size);
  return Array.from({ length: size * size }, (_, index) => {
    const at = Math.floor(index / size) * row + 1 + (index % size) * 4;
    return [...rows.subarray(at, at + 4)];
  });
}

test('the colour icon is a full square of the accent colour around its symbol', () => {
  const ground = manifest()
    .accentColor.match(/[0-9a-f]{2}/g)
    ?.map((hex) => parseInt(hex, 16));
  let symbol = 0;
  pixels('color.png', 192).forEach((pixel, index) => {
    const [x, y] = [index % 192, Math.floor(index / 192)];
    assert.equal(pixel[3], 255);
    if (x >= 48 && x < 144 && y >= 48 && y < 144) symbol += pixel[0] === 255 ? 1 : 0;
    else assert.deepEqual(pixel.slice(0, 3), ground, `${x}, ${y}`);
  });
  assert.ok(symbol > 1000);
});

test('the outline is white or nothing, pixel by pixel, and reaches the edges', () => {
  const drawn = pixels('outline.png', 32);
  for (const pixel of drawn) {
    assert.deepEqual(pixel.slice(0, 3), [255, 255, 255]);
    assert.ok(pixel[3] === 0 || pixel[3] === 255);
  }
  const there = (index: number) => drawn[index]?.[3] === 255;
  const rows = Array.from({ length: 32 }, (_, i) => i);
  assert.ok(rows.some((y) => there(y * 32)) && rows.some((y) => there(y * 32 + 31)));
  assert.ok(drawn.filter((pixel) => pixel[3] === 255).length > 200);
});
