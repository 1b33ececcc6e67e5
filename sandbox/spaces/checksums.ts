import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Checksums that a client may send as `x-amz-checksum-<name>`. */
export const CHECKSUM_ALGORITHMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum that is fed as the bytes come. */
export interface Digest {
	update(bytes: Uint8Array): void;
	digest(): Buffer;
}

export function createDigest(algorithm: ChecksumAlgorithm | 'md5'): Digest {
	switch (algorithm) {
		case 'crc32':
			return new Crc32();
		case 'crc32c':
			return new Crc32c();
		case 'crc64nvme':
			return new Crc64Nvme();
		default:
			return createHash(algorithm);
	}
}

class Crc32 implements Digest {
	private value = 0;

	update(bytes: Uint8Array): void {
		this.value = crc32(bytes, this.value);
	}

	digest(): Buffer {
		return bigEndian(this.value);
	}
}

/** Castagnoli's polynomial, reflected. */
const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
	let value = index;
	for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
	return value >>> 0;
});

class Crc32c implements Digest {
	private value = 0xffffffff;

	update(bytes: Uint8Array): void {
		let value = this.value;
		for (const byte of bytes) value = (value >>> 8) ^ CRC32C_TABLE[(value ^ byte) & 0xff];
		this.value = value;
	}

	digest(): Buffer {
		return bigEndian(~this.value >>> 0);
	}
}

/** The NVMe polynomial, reflected, as halves of 32 bits: whole numbers of 64 bits would be far too slow. */
const CRC64_LOW = new Uint32Array(256);
const CRC64_HIGH = new Uint32Array(256);
for (let index = 0; index < 256; index++) {
	let low = index;
	let high = 0;
	for (let bit = 0; bit < 8; bit++) {
		const carry = low & 1;
		low = (low >>> 1) | ((high & 1) << 31);
		high >>>= 1;
		if (carry) {
			low ^= 0xac4bc9b5;
			high ^= 0x9a6c9329;
		}
	}
	CRC64_LOW[index] = low;
	CRC64_HIGH[index] = high;
}

class Crc64Nvme implements Digest {
	private low = 0xffffffff;

	private high = 0xffffffff;

	update(bytes: Uint8Array): void {
		let { low, high } = this;
		for (const byte of bytes) {
			const index = (low ^ byte) & 0xff;
			low = ((low >>> 8) | (high << 24)) ^ CRC64_LOW[index];
			high = (high >>> 8) ^ CRC64_HIGH[index];
		}
		this.low = low;
		this.high = high;
	}

	digest(): Buffer {
		return Buffer.concat([bigEndian(~this.high >>> 0), bigEndian(~this.low >>> 0)]);
	}
}

function bigEndian(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value >>> 0);
	return bytes;
}
