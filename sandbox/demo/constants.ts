import { join } from 'node:path';
import { ROOT } from './n8n/constants';

export const WORKFLOWS_DIR = join(ROOT, 'workflows');
export const DEFAULT_SCRIPT = join(ROOT, 'sandbox', 'demo', 'script.txt');
export const DEFAULT_OUT = join('out', 'demo.mp4');
export const DEFAULT_DIR = '.n8n-demo';
export const DEFAULT_PORT = 5678;

export const INTAKE_PATH = '/webhook/video-engine/api/v1/process-script';
/** Workflow 07: videos under way, and jobs by any of their ids. */
export const VIDEOS_PATH = '/webhook/video-engine/api/v1/videos';
export const JOBS_PATH = '/webhook/video-engine/api/v1/jobs';
/** Workflow 11. */
export const HEALTH_PATH = '/webhook/video-engine/health';
export const API_KEY_HEADER = 'X-API-Key';

export const POLL_MS = 500;
/** A real base allows 5 requests a second, and n8n needs them. */
export const POLL_REAL_AIRTABLE_MS = 5_000;
/** With nothing new for so long, a line says what is being waited for. */
export const QUIET_MS = 20_000;
/** Between two clips that are put in while the video is being made. */
export const CLIP_PAUSE_MS = 3_000;
export const REQUEST_TIMEOUT_MS = 60_000;
export const DEFAULT_TIMEOUT_MIN = 60;
export const ELEVEN_LABS_SLOTS = 2;
export const DEMO_BUCKET = 'video-engine';

export const EXIT_FAILED = 1;
export const EXIT_USAGE = 2;
export const EXIT_INTERRUPTED = 130;
