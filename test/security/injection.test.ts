/** @reads tracker/ workflows/ */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import busboy from 'busboy';
import fc from 'fast-check';
import { buildCaptionPayload } from '../../engine/nca/caption';
import { buildCombinePayload, type CombineInput } from '../../engine/nca/combine';
import { buildConcatenatePayload } from '../../engine/nca/concatenate';
import { buildMixPayload, type MixInput } from '../../engine/nca/mix';
import { checkObjectKey } from '../../engine/net/objectKey';
import { locateSpaces, objectRequestUrl, ownObjectAddress, publicObjectUrl } from '../../engine/net/spaces';
import { readVideoOptions } from '../../engine/video/options';
import { buildSlackMessage } from '../../nodes/Alert/actions/slack/message';
import { buildMultipart } from '../../nodes/ElevenLabs/multipart';
import { eventJson } from '../../nodes/shared/eventJson';
import { redactDeep } from '../../nodes/shared/redact';
import { passes } from '../../sandbox/airtable/formula/evaluate';
import { parseFormula } from '../../sandbox/airtable/formula/parse';
import { formulaField, formulaString } from '../../tracker/airtable/formula';
import { credentialsOf, run } from '../nodes/spacesPersist/support';
import { failureOfItem } from '../support/errorItem';
import { withSandbox } from '../support/sandbox';
import { call, SERVICES, validBody } from './support/callers';
import { anyText } from '../support/anyText';

function finds(formula: string, fields: Record<string, string>): boolean {
	const scope = {
		recordId: 'rec1',
		createdTime: '2026-01-01T00:00:00Z',
		now: 0,
		field: (name: string) => fields[name] ?? null,
	};
	return passes(parseFormula(formula), scope);
}

describe('a value in an Airtable formula', () => {
	it.each([
		"x'",
		"' & '",
		"', TRUE(), '",
		"x') + ('",
		'x\\',
		"x\\'",
		"x', {status}='completed",
		"'}, {",
		'"',
		"x\n',1",
		'{job_key}',
	])('%j finds its own row, and no other', (value) => {
		const formula = `${formulaField('job_key')}=${formulaString(value)}`;

		expect(finds(formula, { job_key: value })).toBe(true);
		expect(finds(formula, { job_key: 'another', status: 'completed' })).toBe(false);
	});
});

describe('the code of the tracker', () => {
	it('puts no value between quotes of its own into a formula', () => {
		const folder = join(__dirname, '../../tracker');
		const unsafe = readdirSync(folder, { recursive: true, encoding: 'utf8' })
			.filter((path) => path.endsWith('.ts') && !path.endsWith('formula.ts'))
			.filter((path) => {
				const code = readFileSync(join(folder, path), 'utf8');
				return /[=(,]\s*(?:'|"|\\")\$\{/.test(code) || /\{\$\{[^}]*\}\}\s*[=<>!]/.test(code);
			});

		expect(unsafe).toEqual([]);
	});
});

describe('the key of an object', () => {
	const location = () => {
		const found = locateSpaces({
			region: 'nyc3',
			endpoint: '',
			bucket: 'bucket',
			accessKey: 'a',
			secretKey: 's',
			publicBaseUrl: '',
			forcePathStyle: true,
			allowedInternalHosts: '',
		});
		if (!found.ok) throw new Error(found.message);
		return found.value;
	};

	it.each([
		'../other-bucket/x',
		'a/../../x',
		'/etc/passwd',
		'a//b',
		'a\\..\\b',
		'a\u0000.mp4',
		'a\r\nx-amz-acl: public-read',
		'a\u007f',
		'.',
		'a/.',
		'\ud800',
	])('%j is refused', (key) => expect(checkObjectKey(key).ok).toBe(false));

	it.each([
		'%2e%2e/x',
		'..%2fx',
		'a/%2e%2e/%2e%2e/x',
		'a/．．/x',
		'a/‥/x',
		'a?versionId=1',
		'a#b',
		"a';b",
		'-rf',
		'ä 日本 🎬.mp4',
	])('%j stays one object in its bucket', (key) => {
		expect(checkObjectKey(key).ok).toBe(true);
		for (const url of [objectRequestUrl(location(), key), publicObjectUrl(location(), key)]) {
			const { pathname, search, hash, host } = new URL(url);
			expect({ host, search, hash }).toEqual({ host: 'nyc3.digitaloceanspaces.com', search: '', hash: '' });
			expect(decodeURIComponent(pathname)).toBe(`/bucket/${key}`);
			expect(ownObjectAddress(location(), url)).toEqual({ bucket: 'bucket', key });
		}
	});

	it('leads out of its bucket with no text at all', () => {
		const parts = fc.constantFrom(
			'..',
			'.',
			'/',
			'\\',
			'%2e',
			'%2f',
			'%',
			'a',
			'\r\n',
			'\u0000',
			'?',
			'#',
			'．',
			'@',
			':',
		);
		fc.assert(
			fc.property(
				fc.oneof(
					anyText(),
					fc.array(parts).map((list) => list.join('')),
				),
				(key) => {
					if (!checkObjectKey(key).ok) return;
					const { pathname, host } = new URL(objectRequestUrl(location(), key));
					expect([host, decodeURIComponent(pathname)]).toEqual(['nyc3.digitaloceanspaces.com', `/bucket/${key}`]);
				},
			),
		);
	});
});

describe('a header', () => {
	const sandbox = withSandbox(['spaces']);

	it.each(['video/mp4\r\nx-amz-acl: public-read-write', 'video/mp4\nx: y', 'video/mp4\u0000', 'vidéo/mp4😀'])(
		'is not ended by a content type such as %j: nothing is stored',
		async (contentType) => {
			const binary = { data: { data: Buffer.from('ID3').toString('base64'), mimeType: 'audio/mpeg' } };
			const [[item]] = await run(
				credentialsOf(sandbox()),
				{ source: 'binary', objectKey: 'a/b.mp3', options: { contentType, access: 'private' } },
				{ continueOnFail: true, items: [{ json: {}, binary }] },
			);

			expect(failureOfItem(item)).toBeDefined();
			expect(sandbox().report().services.spaces?.routes).not.toHaveProperty(['PUT /:bucket/:key']);
		},
	);

	it('of a form is not ended by names of fields or files', async () => {
		const hostile = fc.string({ unit: fc.constantFrom('"', '\r', '\n', 'a', ';', '-', ':', ' ', '\\', '%') });
		const value = fc.string({ unit: fc.constantFrom('\r', '\n', '-', 'a', '"') });
		await fc.assert(
			fc.asyncProperty(hostile, value, hostile, async (fileName, text, mimeType) => {
				const form = buildMultipart(
					{ text },
					{ field: 'file', fileName: `a${fileName}`, mimeType: `audio/mpeg${mimeType}`, bytes: Buffer.from('x') },
				);
				expect(await partsOf(form.body, form.contentType)).toEqual({ fields: [['text', text]], files: ['file'] });
			}),
		);
	});
});

async function partsOf(body: Buffer, contentType: string) {
	const fields: string[][] = [];
	const files: string[] = [];
	await new Promise<void>((resolve, reject) => {
		const parser = busboy({ headers: { 'content-type': contentType } });
		parser.on('field', (name, value) => fields.push([name, value]));
		parser.on('file', (name, stream) => {
			files.push(name);
			stream.pipe(new Writable({ write: (_chunk, _encoding, done) => done() }));
		});
		parser.on('close', resolve).on('error', reject).end(body);
	});
	return { fields, files };
}

describe('what ffmpeg is told', () => {
	const combine: CombineInput = {
		voiceUrl: 'https://s.test/v.mp3',
		voiceS: 3,
		clipUrl: 'https://s.test/c.mp4',
		width: 1280,
		height: 720,
		fps: 30,
		fit: 'loop',
		preset: 'fast',
	};
	const mix: MixInput = {
		videoUrl: 'https://s.test/v.mp4',
		musicUrl: 'https://s.test/m.mp3',
		durationS: 9,
		musicVolumeDb: -20,
		fadeOutS: 2,
	};
	/** The graph and the options, without the addresses of the inputs. */
	const commandOf = (built: ReturnType<typeof buildMixPayload>) => {
		if (!built.ok) return undefined;
		const { inputs, ...rest } = built.value.body as { inputs: Array<{ file_url: string; options?: unknown }> };
		return JSON.stringify([inputs.map(({ options }) => options), rest]);
	};
	/** Ends of strings, chains, labels, options and lists, in the words of a shell and of ffmpeg. */
	const hostile = fc.string({
		unit: fc.constantFrom(
			"'",
			'"',
			';',
			',',
			'[',
			']',
			':',
			'=',
			'\\',
			'-',
			' ',
			'\n',
			'%',
			'$',
			'(',
			'`',
			'|',
			'&',
			'{',
			'}',
			'a',
			'/',
			'.',
			'é',
		),
	});
	const url = hostile.map((tail) => `https://s.test/${tail}`);
	const anything = fc.oneof(
		hostile,
		fc.double(),
		fc.constantFrom(null, undefined, true, [], {}, '1;drawtext=text=x', '1,subtitles=/etc/passwd', 'fast -f null -'),
	);

	it('does not depend on the names of files, with quotes, semicolons and dashes in them', () => {
		fc.assert(
			fc.property(url, url, (one, two) => {
				const combined = commandOf(buildCombinePayload({ ...combine, voiceUrl: one, clipUrl: two }));
				if (combined !== undefined) expect(combined).toBe(commandOf(buildCombinePayload(combine)));
				const mixed = commandOf(buildMixPayload({ ...mix, videoUrl: one, musicUrl: two }));
				if (mixed !== undefined) expect(mixed).toBe(commandOf(buildMixPayload(mix)));
			}),
		);
	});

	it.each([
		"https://s.test/a'.mp4",
		'https://s.test/a b.mp4',
		'https://s.test/a.mp4\nfile /etc/passwd',
		'https://s.test/a\\b.mp4',
		'https://s.test/a"b.mp4',
		'-i /etc/passwd',
		'concat:/etc/passwd|x',
		'file:///etc/passwd',
		'subfile,,start,0,end,9,,:/etc/passwd',
		'https://u:p@s.test/a.mp4',
	])('takes no part of a list or protocol such as %j for a URL', (hostileUrl) => {
		const wrong = { ok: false, code: 'invalid_url' };
		expect(buildConcatenatePayload({ videoUrls: [hostileUrl] })).toMatchObject(wrong);
		expect(buildCombinePayload({ ...combine, clipUrl: hostileUrl })).toMatchObject(wrong);
		expect(buildMixPayload({ ...mix, musicUrl: hostileUrl })).toMatchObject(wrong);
		expect(buildCaptionPayload({ videoUrl: hostileUrl })).toMatchObject(wrong);
	});

	it('holds nothing but numbers and words of our own, whatever stands in the settings', () => {
		const fields = fc.record(
			{
				voiceS: anything,
				clipS: anything,
				width: anything,
				height: anything,
				fps: anything,
				fit: anything,
				framing: anything,
				preset: anything,
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(fields, (wrong) => {
				const command = commandOf(buildCombinePayload({ ...combine, ...(wrong as object) }));
				if (command !== undefined) expect(command).toMatch(/^[\w\s"{}[\],:;=.()/+*-]*$/);
			}),
		);
		fc.assert(
			fc.property(
				fc.record(
					{ durationS: anything, musicVolumeDb: anything, fadeOutS: anything, targetLufs: anything },
					{ requiredKeys: [] },
				),
				(wrong) => {
					const command = commandOf(buildMixPayload({ ...mix, ...(wrong as object) }));
					if (command !== undefined) expect(command).not.toMatch(/NaN|Infinity|undefined|object|drawtext|subtitles/);
				},
			),
		);
	});

	it('has captions that begin no command of the caption script', () => {
		const text = fc.string({
			unit: fc.constantFrom('{', '}', '\\', 'N', 'p', '1', '<', ',', '\n', 'a', ' '),
			minLength: 1,
		});
		fc.assert(
			fc.property(text, fc.constantFrom('text' as const, 'srt' as const), (value, kind) => {
				const built = buildCaptionPayload({ videoUrl: 'https://s.test/v.mp4', captions: { kind, value } });
				expect(built.ok && String(built.value.body.captions)).not.toMatch(/[{}\\]/);
			}),
		);
	});

	it.each([
		{ fontFamily: 'Arial,0,0;drawtext' },
		{ fontFamily: "x':fontfile=/etc/passwd" },
		{ lineColor: '#FFFFFF&}{\\p1' },
		{ language: 'en; rm -rf' },
		{ position: '{\\an5}' as never },
		{ fontSizePx: '12' as never },
	])('takes no style such as %j', (style) => {
		expect(buildCaptionPayload({ videoUrl: 'https://s.test/v.mp4', ...style })).toMatchObject({ ok: false });
	});
});

describe('keys that reach a prototype', () => {
	const POLLUTED = '{"__proto__":{"polluted":"yes"},"constructor":{"prototype":{"polluted":"yes"}},';
	const isPolluted = () => ({}) as { polluted?: string };

	afterEach(() => {
		expect(isPolluted().polluted).toBeUndefined();
		expect(Object.prototype).not.toHaveProperty('polluted');
	});

	it.each(SERVICES)('change nothing when a callback of %s brings them', async (service) => {
		const body = validBody(service).replace('{', POLLUTED);
		const nested = validBody(service)
			.replaceAll(/:\s*\{/g, `:${POLLUTED}`)
			.replaceAll(',}', '}');

		expect((await call(service, { body })).event).toMatchObject({ service, outcome: 'completed' });
		for (const hostile of [body, nested]) {
			const { event } = await call(service, { body: hostile });
			expect(event?.polluted).toBeUndefined();
			expect(Object.getPrototypeOf(event)).toBe(Object.prototype);
		}
	});

	it('change nothing when settings or cells bring them', () => {
		const settings = JSON.parse(`${POLLUTED}"background_task_input":${POLLUTED}"mode":"pro"}}`) as Record<
			string,
			unknown
		>;
		const options = readVideoOptions(settings);

		expect(options.ok && options.value.background.taskInput).toMatchObject({ mode: 'pro' });
		expect(options.ok && (options.value as { polluted?: string }).polluted).toBeFalsy();
		expect((redactDeep(settings) as { polluted?: string }).polluted).toBeUndefined();
		expect((eventJson(settings as never) as { polluted?: string }).polluted).toBeUndefined();
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
		'are no settings, states or kinds: "%s"',
		(word) => {
			for (const field of ['background', 'clip_fit', 'encoder_preset']) {
				expect(readVideoOptions({ [field]: word })).toMatchObject({ ok: false, code: 'invalid_setting' });
			}
		},
	);
});

describe('mails', () => {
	it('hold the HTML that our own node has built and escaped, and no other', () => {
		const folder = join(__dirname, '../../workflows');
		const templates = readdirSync(folder).map(
			(file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as { nodes: MailNode[] },
		);
		const mails = templates.flatMap(({ nodes }) => nodes.filter(({ type }) => type === 'n8n-nodes-base.emailSend'));

		expect(mails.length).toBeGreaterThan(0);
		for (const { parameters } of mails) expect([undefined, '={{ $json.html }}']).toContain(parameters.html);
	});
});

interface MailNode {
	type: string;
	parameters: { html?: string };
}

describe('an alert', () => {
	it('makes no link, mention or format of a provider’s words', () => {
		const words = '<!channel> <https://evil.test|click> <@U123> </p><script>alert(1)</script> ``` & *bold*';
		const message = buildSlackMessage({
			title: 'A title',
			message: words,
			severity: 'error',
			facts: [{ label: 'Video', value: words }],
			reason: words,
		});

		const texts = JSON.stringify({ text: message.text, blocks: message.blocks.slice(1) });
		expect(texts).not.toMatch(/<!|<@|<https|<script|<\/p>/);
	});
});
