/**
 * `n8n-workflow` of tests and of bundled programs: the same modules, each loaded when one of its names is first used. The
 * whole package has 679 of them and takes half a second, in each test file and program anew, and most use three names.
 */
const errors = () => require('n8n-workflow/dist/cjs/errors/index.js');
const interfaces = () => require('n8n-workflow/dist/cjs/interfaces.js');
const utils = () => require('n8n-workflow/dist/cjs/utils.js');
const nodeHelpers = () => ({ NodeHelpers: require('n8n-workflow/dist/cjs/node-helpers.js') });
const whole = () => require('n8n-workflow/dist/cjs/index.js');

const HOMES = {
	NodeApiError: errors,
	NodeOperationError: errors,
	NodeConnectionTypes: interfaces,
	NodeHelpers: nodeHelpers,
	isSafeObjectProperty: utils,
	setSafeObjectProperty: utils,
	sleep: utils,
	updateDisplayOptions: utils,
};

module.exports = new Proxy(
	{ __esModule: true },
	{ get: (target, name) => (Object.hasOwn(target, name) ? target : (HOMES[name] ?? whole)())[name] },
);
