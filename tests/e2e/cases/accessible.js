// Every screen as axe sees it: wide and light, then narrow and dark.
import assert from 'node:assert/strict';

import { violations } from '../axe.js';
import { LOOKS, walk } from '../screens.js';

const WIDE = { width: 1280, height: 800 };
const NARROW = { width: 390, height: 844 };

export const cases = [
  {
    name: 'axe is at work: it finds a picture without words and text that can hardly be read',
    async run(stage) {
      const { page } = await stage.person('alice', { loggedIn: false });
      await page.goto('about:blank');
      await page.setContent('<html lang="en"><title>x</title><main><img src="data:,"><p style="color: #999; background: #fff">pale</p></main></html>');
      const rules = (await violations(page)).map((text) => text.split(' ')[0]).sort();
      assert.deepEqual(rules, ['color-contrast', 'image-alt']);
    },
  },
  {
    name: 'no screen breaks a rule of WCAG 2.1 A and AA that axe knows, wide and light or narrow and dark',
    async run(stage) {
      const found = [];
      const visited = [];
      const look = async (page, screen, colorScheme, size) => {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize(size);
        found.push(...(await violations(page)).map((text) => `${screen}, ${colorScheme}: ${text}`));
      };
      await walk(stage, LOOKS.light, async (page, screen) => {
        visited.push(screen);
        await look(page, screen, 'dark', NARROW);
        await look(page, screen, 'light', WIDE);
      });
      assert.deepEqual(found, []);
      assert.ok(visited.length >= 17, `${visited.length} screens`);
    },
  },
];
