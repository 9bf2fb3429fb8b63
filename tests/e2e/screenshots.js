// Makes the pictures of docs/screens: each screen of the page, light, dark and on a phone, side by side in one file. What
// axe finds in any of them is said as well, and is a failure.
//   node tests/e2e/screenshots.js        needs pngquant (apt-get install pngquant)
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startServer } from '../lib/server.js';
import { violations } from './axe.js';
import { LOOKS, walk } from './screens.js';
import { Stage, launch } from './stage.js';

const FOLDER = fileURLToPath(new URL('../../docs/screens/', import.meta.url));
const BYTES_MAX = 100_000;

const browser = await launch();
const complaints = [];
const pictures = new Map(); // Of each screen: its look, and that as a PNG.

for (const [look, given] of Object.entries(LOOKS)) {
  const stage = new Stage(browser);
  stage.useServer(await startServer({ args: ['--dev'] }));
  await walk(stage, given, async (page, screen) => {
    await page.mouse.move(0, 0); // What is pointed at looks different.
    const picture = await page.screenshot();
    pictures.set(screen, { ...pictures.get(screen), [look]: picture.toString('base64') });
    complaints.push(...(await violations(page)).map((text) => `${screen}, ${look}: ${text}`));
  });
  stage.checkNoComplaints();
  await stage.clear();
}

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const page = await browser.newPage({ viewport: { width: 1100, height: 880 } });
for (const [screen, looks] of pictures) {
  await page.setContent(sheet(looks));
  const png = await page.locator('main').screenshot();
  const small = execFileSync('pngquant', ['--strip', '--speed', '1', '--nofs', '160', '-'], { input: png, maxBuffer: 10 * BYTES_MAX });
  if (small.length > BYTES_MAX) complaints.push(`${screen}.png has ${small.length} bytes`);
  writeFileSync(join(FOLDER, `${screen}.png`), small);
  console.log(`${screen}.png: ${small.length} bytes`);
}
await browser.close();

for (const text of complaints) console.log(text);
console.log(`${pictures.size} screens, ${complaints.length} complaints`);
process.exit(complaints.length > 0 || pictures.size === 0 ? 1 : 0);

/** Two wide pictures on the left, the narrow one beside them. */
function sheet({ light, dark, phone }) {
  const image = (data) => `<img src="data:image/png;base64,${data}">`;
  return `<style>
    body { margin: 0 }
    main { display: flex; gap: 20px; padding: 20px; width: max-content; background: #8a8f8c }
    div { display: grid; gap: 20px }
    img { display: block; border-radius: 10px }
    div img { width: 640px; height: 415px }
    main > img { height: 850px }
  </style><main><div>${image(light)}${image(dark)}</div>${image(phone)}</main>`;
}
