/** Some bundled libraries publish an `import` condition only, which jest's CommonJS resolver does not take by itself. */
module.exports = (request, options) => {
	try {
		return options.defaultResolver(request, options);
	} catch (error) {
		if (request.startsWith('.') || request.startsWith('/')) throw error;
		return options.defaultResolver(request, { ...options, conditions: [...(options.conditions ?? []), 'import'] });
	}
};
