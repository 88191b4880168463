// Debian's Chromium, driven by Playwright, that trusts the emulator's certificate authority the way a user's browser does.
import { chromium } from 'playwright-core';
import { existsSync } from 'node:fs';
import { cleanUp } from './cleanup.mjs';
import { run } from './emulator.mjs';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);

/** A browser whose user has run `exthost-emu cert trust`. `env` is the home that the emulator runs in. */
export async function openBrowser(t, env) {
  const trusted = run(env, ['cert', 'trust']);
  if (trusted.code !== 0) throw new Error(`cert trust failed: ${trusted.err}`);
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    env,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  cleanUp(t, () => browser.close());
  return browser;
}

/** A page that fails the test if a script throws or the console shows an error. */
export async function openPage(t, browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.failures = [];
  page.on('pageerror', (error) => page.failures.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // Chromium asks every origin for this picture; an extension need not have one.
    if (message.location().url.endsWith('/favicon.ico')) return;
    if (message.type() === 'error') page.failures.push(`console: ${message.text()}`);
  });
  cleanUp(t, () => context.close());
  return page;
}
