/** Bytes of one silent MPEG-1 layer III frame: 128 kbps, 44.1 kHz, mono. */
const FRAME_BYTES = 417;
const SAMPLES_PER_FRAME = 1152;
const RATE_HZ = 44_100;

/** Silent MP3 of so many frames. */
export function mp3(frames: number): Buffer {
	const frame = Buffer.alloc(FRAME_BYTES);
	frame.set([0xff, 0xfb, 0x90, 0xc4]);
	return Buffer.concat(Array.from({ length: frames }, () => frame));
}

export function mp3Seconds(frames: number): number {
	return (frames * SAMPLES_PER_FRAME) / RATE_HZ;
}

/** The frame that encoders put first to describe the length of a file. */
export function infoFrame(): Buffer {
	const frame = mp3(1);
	frame.write('Info', 21, 'latin1');
	return frame;
}

export function id3v2(bytes: number): Buffer {
	const header = Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, bytes >> 7, bytes & 0x7f]);
	return Buffer.concat([header, Buffer.alloc(bytes)]);
}

/** 16-bit mono WAV of so many samples. */
export function wav(samples: number, rateHz = 16_000, declaredBytes = samples * 2): Buffer {
	const header = Buffer.alloc(44);
	header.write('RIFF', 0, 'latin1');
	header.writeUInt32LE(36 + samples * 2, 4);
	header.write('WAVEfmt ', 8, 'latin1');
	header.writeUInt32LE(16, 16);
	header.writeUInt16LE(1, 20);
	header.writeUInt16LE(1, 22);
	header.writeUInt32LE(rateHz, 24);
	header.writeUInt32LE(rateHz * 2, 28);
	header.writeUInt16LE(2, 32);
	header.writeUInt16LE(16, 34);
	header.write('data', 36, 'latin1');
	header.writeUInt32LE(declaredBytes, 40);
	return Buffer.concat([header, Buffer.alloc(samples * 2, 1)]);
}
