// Runs the public audits of the npm package `graphql-http` against a server.
//
//   npm install --no-save graphql-http graphql
//   node tests/conformance/graphql-http.mjs http://127.0.0.1:8080/graphql
//
// The package is looked up from the working directory, so that it can live in a
// scratch folder. Exits with 1 if a MUST or SHOULD audit fails, 2 on misuse.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const url = process.argv[2];
if (!url) {
  console.error('usage: node graphql-http.mjs <url>');
  process.exit(2);
}

const require = createRequire(pathToFileURL(join(process.cwd(), 'package.json')));
const { serverAudits } = require('graphql-http');

const count = { passed: 0, failed: 0, optional: 0 };
for (const audit of serverAudits({ url, fetchFn: fetch })) {
  const result = await audit.fn();
  const label = `${audit.id} ${audit.name}`;
  if (result.status === 'ok') {
    count.passed += 1;
    console.log(`ok    ${label}`);
    continue;
  }
  // The suite calls a failed MAY a notice.
  const level = audit.name.split(' ')[0];
  if (level === 'MAY') count.optional += 1;
  else count.failed += 1;
  console.log(`${level === 'MAY' ? 'may  ' : 'FAIL '} ${label}: ${result.reason}`);
  if (result.response) {
    const { status, headers } = result.response;
    console.log(`      ${status} ${headers.get('content-type')}`);
  }
}
const { passed, failed, optional } = count;
console.log(`${passed} passed, ${failed} failed, ${optional} optional not met`);
process.exit(failed === 0 ? 0 : 1);
