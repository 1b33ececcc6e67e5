/** A request for NCA: where it goes and its body, still without `webhook_url` and `id`. */
export interface NcaPayload {
	path: string;
	body: Record<string, unknown>;
}

/** One option of ffmpeg in NCA's spelling. */
export interface FfmpegOption {
	option: string;
	argument?: string | number;
}

/** Builds an {@link FfmpegOption}. */
export function option(name: string, argument?: string | number): FfmpegOption {
	return argument === undefined ? { option: name } : { option: name, argument };
}

/** One input of a compose call. */
export interface ComposeInput {
	file_url: string;
	options?: FfmpegOption[];
}

/**
 * A call of `/v1/ffmpeg/compose` with one MP4 as its output, whose length and size NCA reports back.
 * Filter chains are joined by NCA with `;`.
 */
export function composePayload(inputs: ComposeInput[], filters: string[], outputOptions: FfmpegOption[]): NcaPayload {
	return {
		path: '/v1/ffmpeg/compose',
		body: {
			inputs,
			filters: filters.map((filter) => ({ filter })),
			outputs: [{ options: outputOptions }],
			global_options: [option('-y')],
			metadata: { duration: true, filesize: true },
		},
	};
}
