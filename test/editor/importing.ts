import type { Page } from 'playwright-core';
import { readFile } from 'node:fs/promises';

const byTestId = (name: string) => `[data-test-id="${name}"]`;
const NODES = byTestId('canvas-node');

/** How a person brings a file into n8n's editor. */
export type Way = 'From File' | 'From URL' | 'paste';

async function openMenuOfImports(page: Page): Promise<void> {
	await page.locator(byTestId('workflow-menu')).click();
	await page.getByRole('menuitem', { name: 'Import' }).first().hover();
}

async function chooseFile(page: Page, path: string): Promise<void> {
	await openMenuOfImports(page);
	const [chooser] = await Promise.all([
		page.waitForEvent('filechooser'),
		page.getByRole('menuitem', { name: /from file/i }).click(),
	]);
	await chooser.setFiles(path);
}

async function nameUrl(page: Page, url: string): Promise<void> {
	await openMenuOfImports(page);
	await page.getByRole('menuitem', { name: /from url/i }).click();
	await page.locator(byTestId('workflow-url-import-input')).fill(url);
	await page.locator(byTestId('confirm-workflow-import-url-button')).click();
}

/** What the page runs when somebody presses Ctrl+V on the canvas. */
const PASTE = `(text) => {
	const clipboardData = new DataTransfer();
	clipboardData.setData('text/plain', text);
	document.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
}`;

/**
 * Imports a workflow into a new one and publishes it, by clicks alone.
 *
 * @param place the file's path, or its address for "From URL"
 */
export async function importAndPublish(page: Page, way: Way, place: string, nodeCount: number): Promise<void> {
	await page.goto('/workflow/new');
	await page.locator(byTestId('workflow-menu')).waitFor();
	await page.waitForLoadState('networkidle');
	if (way === 'From File') await chooseFile(page, place);
	else if (way === 'From URL') await nameUrl(page, place);
	else await page.evaluate(`(${PASTE})(${JSON.stringify(await readFile(place, 'utf8'))})`);
	await page
		.locator(NODES)
		.nth(nodeCount - 1)
		.waitFor();
	await publish(page);
}

async function publish(page: Page): Promise<void> {
	const open = page.locator(byTestId('workflow-open-publish-modal-button'));
	await open.click();
	const [answer] = await Promise.all([
		page.waitForResponse((response) => /\/rest\/workflows\/[^/]+\/activate$/.test(new URL(response.url()).pathname)),
		page.locator(byTestId('workflow-publish-button')).click(),
	]);
	if (!answer.ok()) throw new Error(`n8n did not publish the workflow: ${answer.status()} ${await answer.text()}`);
}
