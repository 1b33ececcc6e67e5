import type { Operations } from '../../shared/router';
import { execute as deleteObject } from './delete.operation';
import { execute as head } from './head.operation';
import { execute as persist } from './persist.operation';
import { execute as presign } from './presign.operation';

export const operations: Operations = { default: { delete: deleteObject, head, persist, presign } };
