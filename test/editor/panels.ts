import type { Page } from 'playwright-core';
import type { PageElement } from './dom';

const PANEL = '[data-test-id="node-parameters"]';
const FORM = '[data-test-id="editCredential-modal"]';

/** What the panel of a node shows. */
export interface Panel {
	/** Internal names of the parameters to be seen. */
	parameters: string[];
	/** Names of the accounts that are chosen, one a credential. */
	credentials: string[];
}

/** Opens a node of the workflow on the canvas, reads its panel and closes it again. */
export async function readPanel(page: Page, nodeName: string): Promise<Panel> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${nodeName}"]`).dblclick();
	const panel = page.locator(PANEL);
	await panel.waitFor();
	await page.waitForLoadState('networkidle');
	const shown = await panel.evaluate((element: PageElement) => {
		const prefix = 'parameter-input-';
		const visible = [...element.querySelectorAll(`[data-test-id^="${prefix}"]`)].filter(
			(input) => input.offsetParent !== null,
		);
		return {
			parameters: visible.map(({ dataset }) => (dataset.testId ?? '').slice(prefix.length)),
			credentials: [...element.querySelectorAll('[data-test-id="node-credentials-select"] input')].map(
				({ value }) => value,
			),
		};
	});
	await page.keyboard.press('Escape');
	await panel.waitFor({ state: 'hidden' });
	return shown;
}

/** A field of a credential's form: its internal name, and whether what is typed into it is masked. */
export interface FormField {
	name: string;
	masked: boolean;
}

/** Opens the form of a stored credential and reads its fields. */
export async function readCredentialForm(page: Page, credentialId: string): Promise<FormField[]> {
	await page.goto(`/home/credentials/${credentialId}`);
	const fields = page.locator(`${FORM} [data-test-id="credential-connection-parameter"]`);
	await fields.first().waitFor();
	await page.waitForLoadState('networkidle');
	return await fields.evaluateAll((elements: PageElement[]) => {
		const prefix = 'parameter-input-';
		return elements.map((element) => ({
			name: element.querySelector(`[data-test-id^="${prefix}"]`)?.dataset.testId?.slice(prefix.length) ?? '',
			masked: element.querySelector('input[type="password"]') !== null,
		}));
	});
}
