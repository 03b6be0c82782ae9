// Preloaded (NODE_OPTIONS=--require): makes this Node.js look like one that is too old. It says so, and it fails on everything that an
// old one might fail on: all that is loaded but the program's first file, what that checks with, and modules that any Node.js has.
const { registerHooks } = require('node:module');

Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
const KNOWN = /^node:(fs|module|os|path)$|\/main\.js$|\/node-version\.js$/;
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    if (!KNOWN.test(found.url)) throw new SyntaxError(`an old Node.js cannot load ${found.url}`);
    return found;
  },
});
