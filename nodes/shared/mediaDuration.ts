const BYTES_PER_SAMPLE_16_BIT = 2;

/** Length of headerless PCM in seconds; mono, as speech services give it. */
export function rawAudioSeconds(bytes: number, sampleRateHz: number, bytesPerSample = BYTES_PER_SAMPLE_16_BIT): number {
	return bytes / (sampleRateHz * bytesPerSample);
}

/**
 * The true length of audio, read from its bytes: every frame is counted, so a missing or wrong header changes nothing.
 *
 * @param extension of the file, such as `mp3`; it decides how the bytes are read
 * @returns seconds, or undefined when the bytes can't be read as audio
 */
export async function measureAudioSeconds(bytes: Uint8Array, extension: string): Promise<number | undefined> {
	const { parseBuffer } = await import('music-metadata');
	try {
		const { format } = await parseBuffer(
			bytes,
			{ path: `audio.${extension}`, size: bytes.byteLength },
			{ duration: true, skipCovers: true },
		);
		return format.duration;
	} catch {
		return undefined;
	}
}
