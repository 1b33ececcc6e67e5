import type { INodeType } from 'n8n-workflow';

import { Alert } from '../../nodes/Alert/Alert.node';
import { ElevenLabs } from '../../nodes/ElevenLabs/ElevenLabs.node';
import { ElevenLabsTrigger } from '../../nodes/ElevenLabs/ElevenLabsTrigger.node';
import { GoApi } from '../../nodes/GoApi/GoApi.node';
import { GoApiTrigger } from '../../nodes/GoApi/GoApiTrigger.node';
import { JobTracker } from '../../nodes/JobTracker/JobTracker.node';
import { JobTrackerTrigger } from '../../nodes/JobTracker/JobTrackerTrigger.node';
import { NcaToolkit } from '../../nodes/NcaToolkit/NcaToolkit.node';
import { NcaToolkitTrigger } from '../../nodes/NcaToolkit/NcaToolkitTrigger.node';
import { ScriptSplitter } from '../../nodes/ScriptSplitter/ScriptSplitter.node';
import { SpacesPersist } from '../../nodes/SpacesPersist/SpacesPersist.node';

const PACKAGE = 'n8n-nodes-video-engine';

const OWN: INodeType[] = [
	new Alert(),
	new ElevenLabs(),
	new ElevenLabsTrigger(),
	new GoApi(),
	new GoApiTrigger(),
	new JobTracker(),
	new JobTrackerTrigger(),
	new NcaToolkit(),
	new NcaToolkitTrigger(),
	new ScriptSplitter(),
	new SpacesPersist(),
];

const BY_NAME = new Map(OWN.map((type) => [`${PACKAGE}.${type.description.name}`, type]));

/** One of our own nodes, as it is shipped; undefined for n8n's. */
export function ownNodeType(name: string): INodeType | undefined {
	return BY_NAME.get(name);
}
