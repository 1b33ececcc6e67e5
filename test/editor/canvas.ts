import type { Page } from 'playwright-core';
import type { PageDocument, PageElement } from './dom';

/** In the page, where these functions run. */
declare const document: PageDocument;

const CANVAS_MS = 60_000;
/** Rounding of the canvas, in pixels. */
const SLACK_PX = 1;

export interface Box {
	name: string;
	left: number;
	top: number;
	right: number;
	bottom: number;
}

/** What the canvas shows of a workflow. */
export interface Canvas {
	/** Names of all nodes but stickies. */
	nodes: string[];
	/** Names of nodes whose type n8n does not know. */
	unknown: string[];
	/** Names of nodes with the red triangle. */
	withIssues: string[];
	/** Where nodes stand, with their labels, in pixels of the window. */
	boxes: Box[];
	stickies: Box[];
	/** Addresses of the pictures on nodes, and whether each could be drawn. */
	icons: Array<{ url: string; drawn: boolean }>;
}

/** Opens a workflow and reads the canvas once it has settled. */
export async function readCanvas(page: Page, workflowId: string, nodeCount: number): Promise<Canvas> {
	await page.goto(`/workflow/${workflowId}`);
	await page.waitForFunction(
		(count) => document.querySelectorAll('[data-test-id="canvas-node"]').length === count,
		nodeCount,
		{ timeout: CANVAS_MS },
	);
	await page.waitForLoadState('networkidle');
	return await page.evaluate(() => {
		const nodes = [...document.querySelectorAll('[data-test-id="canvas-node"]')];
		const nameOf = (node: PageElement) => node.dataset.nodeName ?? '';
		const having = (testId: string) =>
			nodes.filter((node) => node.querySelector(`[data-test-id="${testId}"]`) !== null).map(nameOf);
		const boxOf = (name: string, parts: PageElement[]) => {
			const rects = parts.map((part) => part.getBoundingClientRect());
			return {
				name,
				left: Math.min(...rects.map(({ left }) => left)),
				top: Math.min(...rects.map(({ top }) => top)),
				right: Math.max(...rects.map(({ right }) => right)),
				bottom: Math.max(...rects.map(({ bottom }) => bottom)),
			};
		};
		return {
			nodes: nodes.map(nameOf),
			unknown: having('node-not-installed'),
			withIssues: having('node-issues'),
			boxes: nodes.map((node) => boxOf(nameOf(node), [node, ...node.querySelectorAll('[class*="_description_"] *')])),
			stickies: [...document.querySelectorAll('[data-test-id="sticky"]')].map((sticky) =>
				boxOf((sticky.querySelector('h1, h2')?.textContent ?? '').trim(), [sticky]),
			),
			icons: nodes
				.flatMap((node) => [...node.querySelectorAll('img')])
				.map(({ src, naturalWidth }) => ({ url: src, drawn: naturalWidth > 0 })),
		};
	});
}

/** Pairs of nodes that cover each other, and nodes that stand on the border of a sticky. */
export function clashes({ boxes, stickies }: Canvas): string[] {
	const pairs = boxes.flatMap((box, index) =>
		boxes.slice(index + 1).flatMap((other) => (overlap(box, other) ? [`${box.name} covers ${other.name}`] : [])),
	);
	const crossings = boxes.flatMap((box) =>
		stickies.flatMap((sticky) =>
			overlap(box, sticky) && !inside(box, sticky) ? [`${box.name} crosses the border of "${sticky.name}"`] : [],
		),
	);
	return [...pairs, ...crossings];
}

function overlap(a: Box, b: Box): boolean {
	return (
		a.left < b.right - SLACK_PX &&
		b.left < a.right - SLACK_PX &&
		a.top < b.bottom - SLACK_PX &&
		b.top < a.bottom - SLACK_PX
	);
}

function inside(box: Box, frame: Box): boolean {
	return (
		box.left >= frame.left - SLACK_PX &&
		box.right <= frame.right + SLACK_PX &&
		box.top >= frame.top - SLACK_PX &&
		box.bottom <= frame.bottom + SLACK_PX
	);
}
