/** @reads workflows/ bench/ */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { ICredentialType } from 'n8n-workflow';
import { AirtableTrackerApi } from '../../credentials/AirtableTrackerApi.credentials';
import { DigitalOceanSpacesApi } from '../../credentials/DigitalOceanSpacesApi.credentials';
import { ElevenLabsApi } from '../../credentials/ElevenLabsApi.credentials';
import { GoApiApi } from '../../credentials/GoApiApi.credentials';
import { NcaToolkitApi } from '../../credentials/NcaToolkitApi.credentials';
import { VideoEngineCallbackApi } from '../../credentials/VideoEngineCallbackApi.credentials';
import { SCRIPT_SIZE_LIMIT_BYTES } from '../../engine/script/constants';
import { CLIP_MIN_HEIGHT_PX, CLIP_MIN_S, CLIP_MIN_WIDTH_PX } from '../../engine/video/constants';
import { HEALTH_PATH, INTAKE_PATH, JOBS_PATH, VIDEOS_PATH } from '../../sandbox/demo/constants';
import { readOptions } from '../../sandbox/demo/options';
import { REPLACEABLE } from '../../sandbox/demo/services';
import { SCHEMA } from '../../tracker/airtable/schema';
import { NOTICE_KINDS } from '../../tracker/notices';
import { anchors, codeBlocks, codeWords, pagePaths, readPage, ROOT, tableRows } from './pages';

const SCREENSHOT_MAX_BYTES = 300_000;
const manifest = JSON.parse(readPage('package.json')) as { scripts: Record<string, string> };
/** Those that are not jest's. */
const ownTestOptions = ['fast', 'changed', 'record-costs'].filter((name) =>
	readPage('tools/test/main.mjs').includes(`--${name}`),
);
const benches = readdirSync(join(ROOT, 'bench'))
	.filter((file) => file.endsWith('.ts'))
	.map((file) => file.slice(0, -'.ts'.length));

describe.each(pagePaths())('%s', (path) => {
	const page = readPage(path);

	it('links to files and headings that exist', () => {
		for (const [, target] of page.matchAll(/\]\(([^)\s]+)\)/g)) {
			if (/^[a-z]+:/.test(target)) continue;
			const [file, anchor] = target.split('#');
			const linked = file === '' ? path : normalize(join(dirname(path), file));
			expect({ linked, exists: existsSync(join(ROOT, linked)) }).toEqual({ linked, exists: true });
			if (anchor !== undefined) expect(anchors(readPage(linked))).toContain(anchor);
		}
	});

	it('names commands that exist', () => {
		for (const [, script] of page.matchAll(/npm run ([\w:-]+)/g))
			expect(Object.keys(manifest.scripts)).toContain(script);
		for (const [, bench] of page.matchAll(/npm run bench -- ([\w-]+)/g)) expect(benches).toContain(bench);
		for (const [, words] of page.matchAll(/npm test -- ([\w/ -]+)/g)) {
			const all = words.trim().split(' ');
			const options = all.filter((word) => word.startsWith('--'));
			for (const option of options) expect(ownTestOptions).toContain(option.slice('--'.length));
			for (const folder of all.filter((word) => !options.includes(word)))
				expect(existsSync(join(ROOT, folder))).toBe(true);
		}
		for (const [, tool] of page.matchAll(/node (tools\/[\w.]+)/g)) expect(existsSync(join(ROOT, tool))).toBe(true);
	});

	it('gives JSON that can be read', () => {
		for (const code of codeBlocks(page, 'json')) expect(() => JSON.parse(code) as unknown).not.toThrow();
	});
});

describe('README.md', () => {
	const page = readPage('README.md');

	it('shows pictures that are small enough for a page', () => {
		const pictures = [...page.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, file]) => file);
		expect(pictures.length).toBeGreaterThan(0);
		for (const file of pictures) expect(statSync(join(ROOT, file)).size).toBeLessThan(SCREENSHOT_MAX_BYTES);
	});

	it('names options of the demo that it takes', () => {
		const rows = tableRows(page, 'Try it');
		expect(rows.length).toBeGreaterThan(0);
		for (const [cell] of rows) {
			const [option, value] = codeWords(cell)[0].split(' ');
			expect(() => readOptions(value === undefined ? [option] : [option, '1'])).not.toThrow();
		}
	});

	it('names columns that the tracker makes, or fields of a request', () => {
		const columns = SCHEMA.flatMap(({ fields }) => fields.map(({ name }) => name));
		const requestFields = tableRows(readPage('docs/api.md'), 'Fields').map(([cell]) => codeWords(cell)[0]);
		const named = codeWords(page).filter((word) => /^[a-z]+(_[a-z]+)+$/.test(word));
		expect(named.length).toBeGreaterThan(0);
		for (const name of named) expect([...columns, ...requestFields, ...NOTICE_KINDS]).toContain(name);
	});

	it('names every kind of alert with its limit, and no other', () => {
		const [, section] = page.split('\n## Alerts\n');
		const rows = tableRows(section.split('\n## ')[0]);
		expect(rows.map(([kind]) => codeWords(kind)[0])).toEqual([...NOTICE_KINDS]);
		const fields = new AirtableTrackerApi().properties;
		for (const [, , limit] of rows) {
			const [name] = codeWords(limit);
			if (name === undefined) continue;
			const shown = limit.split(', ')[1];
			expect(fields.find((field) => field.name === name)?.default).toBe(shown === 'none' ? 0 : Number(shown));
		}
	});
});

describe('docs/api.md', () => {
	const page = readPage('docs/api.md');
	const intake = readPage('workflows/01-intake-api.json');

	it('names the address of workflow 01, and the fields that it reads', () => {
		expect(page).toContain(`POST ${INTAKE_PATH}`);
		const fields = tableRows(page, 'Fields').map(([cell]) => codeWords(cell)[0]);
		for (const field of fields) expect(intake).toContain(field);
		const read = [...intake.matchAll(/body\??\.(\w+)/g)].map(([, field]) => field);
		expect(fields).toEqual(expect.arrayContaining(read));
	});

	it('names every address of workflows 07 and 11, every act, and the status of every refusal', () => {
		const api = readPage('workflows/07-status-api.json');
		for (const path of [JOBS_PATH, VIDEOS_PATH, HEALTH_PATH]) expect(page).toContain(`GET ${path}`);
		const rows = tableRows(page, 'Act on it');
		const acts = rows.filter((row) => row.length === 2).map(([act]) => codeWords(act)[0]);
		const known = [...api.matchAll(/"rightValue": "(\w+)"/g)].map(([, act]) => act);
		expect(acts.sort()).toEqual(known.sort());
		const documented = rows
			.filter((row) => row.length === 3)
			.map(([status, code]) => `${codeWords(code)[0]}: ${status}`);
		const answered = [...(/\(\{ (.+?) \}\)\[/.exec(api)?.[1].split(', ') ?? [])];
		expect(documented.filter((line) => !/unknown_act|unavailable/.test(line)).sort()).toEqual(answered.sort());
	});

	it('names the limit and the codes of the engine', () => {
		expect(page).toContain(SCRIPT_SIZE_LIMIT_BYTES.toLocaleString('en'));
		const sources = ['engine/script/validate.ts', 'engine/video/options.ts', 'workflows/01-intake-api.json'];
		const text = sources.map((path) => readFileSync(join(ROOT, path), 'utf8')).join('');
		for (const [, cell] of tableRows(page, 'Errors')) expect(text).toContain(`'${codeWords(cell)[0]}'`);
	});
});

describe('docs/clips.md', () => {
	const page = readPage('docs/clips.md');

	it('gives the limits that clips are held to', () => {
		expect(page).toContain(`at least ${CLIP_MIN_WIDTH_PX} × ${CLIP_MIN_HEIGHT_PX}`);
		expect(page).toContain(`at least ${CLIP_MIN_S} s`);
	});

	it('names columns of the Segments table', () => {
		const columns = SCHEMA.find(({ name }) => name === 'Segments')?.fields.map(({ name }) => name);
		expect(columns).toEqual(expect.arrayContaining(['Video', 'voice_s', 'clip_error', 'clip_url']));
		for (const word of codeWords(page).filter((code) => /^(clip|voice)_\w+$/.test(code) && code !== 'clip_fit')) {
			expect(columns).toContain(word);
		}
	});
});

describe('docs/costs.md', () => {
	const page = readPage('docs/costs.md');
	const columns = SCHEMA.flatMap(({ fields }) => fields);
	const fields = new AirtableTrackerApi().properties;

	it('gives the prices of the credential with their defaults', () => {
		const rows = tableRows(page).filter(([name]) => codeWords(name)[0]?.endsWith('Price'));
		const prices = fields.filter(({ name }) => name.endsWith('Price'));
		expect(rows.map(([name, value]) => [codeWords(name)[0], Number(value)])).toEqual(
			prices.map(({ name, default: value }) => [name, value]),
		);
	});

	it('names every state of a call, and no other', () => {
		const paidCalls = SCHEMA.find(({ name }) => name === 'Paid Calls');
		const choices = paidCalls?.fields.find(({ name }) => name === 'state')?.options?.choices as Array<{ name: string }>;
		const rows = tableRows(page).flatMap(([name]) => codeWords(name).filter((word) => !word.endsWith('Price')));
		expect(rows.sort()).toEqual(choices.map(({ name }) => name).sort());
	});

	it('names columns and fields that exist', () => {
		const known = [...columns.map(({ name }) => name), ...fields.map(({ name }) => name)];
		const words = codeWords(page).filter((word) => /^[a-z]+(_[a-z]+)+$|^[a-z]+[A-Z]/.test(word));
		expect(known).toEqual(expect.arrayContaining(words));
	});
});

describe('docs/go-live.md', () => {
	const page = readPage('docs/go-live.md');
	const types: Record<string, ICredentialType> = {
		elevenLabs: new ElevenLabsApi(),
		goApi: new GoApiApi(),
		spaces: new DigitalOceanSpacesApi(),
		nca: new NcaToolkitApi(),
		airtable: new AirtableTrackerApi(),
		callback: new VideoEngineCallbackApi(),
	};
	const parts = tableRows(page).map(
		([part, must, may]) => [codeWords(part)[0], codeWords(must), codeWords(may)] as const,
	);

	it('names every part of a --config file, and no other', () => {
		expect(parts.map(([part]) => part).sort()).toEqual([...REPLACEABLE, 'callback'].sort());
		expect(Object.keys(types).sort()).toEqual(parts.map(([part]) => part).sort());
	});

	it.each(parts)('names every field of the credential behind "%s"', (part, must, may) => {
		const fields = types[part].properties.map(({ name }) => name);
		expect([...must, ...may].sort()).toEqual([...fields].sort());
	});

	it('gives examples of --config files with fields that exist', () => {
		const examples = codeBlocks(page, 'json').map((code) => JSON.parse(code) as Record<string, object>);
		for (const [part, fields] of examples.flatMap((example) => Object.entries(example))) {
			const row = parts.find(([name]) => name === part);
			expect(Object.keys(fields)).toEqual(expect.arrayContaining([...(row?.[1] ?? ['?'])]));
			expect([...(row?.[1] ?? []), ...(row?.[2] ?? [])]).toEqual(expect.arrayContaining(Object.keys(fields)));
		}
	});
});

describe('docs/development.md', () => {
	const page = readPage('docs/development.md');

	it('names folders that exist', () => {
		const folders = codeWords(page).filter((word) => /^[\w/]+\/$|^test\/\w+$/.test(word) && word !== 'dist/');
		expect(folders.length).toBeGreaterThan(10);
		for (const folder of folders)
			expect({ folder, exists: existsSync(join(ROOT, folder)) }).toEqual({ folder, exists: true });
	});

	it('tells how to put an export into the form of the templates', async () => {
		const tool = (await import(join(ROOT, 'tools', 'template.mjs'))) as {
			templateText(exported: object, id?: string): string;
		};
		for (const file of readdirSync(join(ROOT, 'workflows'))) {
			const text = readPage(join('workflows', file));
			const template = JSON.parse(text) as { nodes: Array<{ credentials?: Record<string, object> }> };
			const nodes = template.nodes.map(({ credentials, ...node }) => ({
				...(credentials === undefined ? {} : { credentials: withIds(credentials) }),
				...node,
			}));
			const exported = { ...template, nodes, id: 'anotherId', versionId: 'v', meta: { instanceId: 'i' }, active: true };
			expect(tool.templateText(exported, (template as { id?: string }).id)).toBe(text);
		}
	});
});

function withIds(credentials: Record<string, object>): Record<string, object> {
	return Object.fromEntries(
		Object.entries(credentials).map(([type, account]) => [type, { ...account, id: 'ofAnInstance' }]),
	);
}
