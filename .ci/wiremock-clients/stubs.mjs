// `wiremock-captain` and `wiremock-rest-client` of npm against a vendor's port.
import assert from 'node:assert/strict';
import captain from 'wiremock-captain';
import rest from 'wiremock-rest-client';

const { WireMock, WireMockAPI, BodyType, DelayType, EndpointFeature, MatchingAttributes, WireMockFault } = captain;
const port = process.argv[2];
const get = (path) => fetch(port + path);

// wiremock-captain: its documented examples.
const mock = new WireMock(port);
await mock.clearAll();
const made = await mock.register(
  { method: 'POST', endpoint: '/test-endpoint', body: { hello: 'world' } },
  { status: 200, body: { goodbye: 'world' } });
const post = (body) => fetch(port + '/test-endpoint', { method: 'POST', body: JSON.stringify(body) });
let answer = await post({ hello: 'world' });
assert.deepEqual([answer.status, await answer.json()], [200, { goodbye: 'world' }]);
assert.equal((await post({ hello: 'moon' })).status, 404);
assert.equal((await mock.getMapping(made.id)).id, made.id);
const asked = await mock.getRequestsForAPI('POST', '/test-endpoint');
assert.deepEqual(asked.map((one) => one.request.body).sort(), ['{"hello":"moon"}', '{"hello":"world"}']);
assert.equal((await mock.getUnmatchedRequests()).length, 1);

const api = new WireMockAPI(port, '/things/.*', 'GET', { requestEndpointFeature: EndpointFeature.UrlPathPattern });
await api.registerDefaultResponse({ status: 404, body: 'none' }, { responseBodyType: BodyType.Body, stubPriority: 9 });
await api.register(
  { headers: { accept: 'text/x-thing' }, queryParameters: { page: '2' } },
  { status: 200, body: 'a thing' },
  { responseBodyType: BodyType.Body, stubPriority: 1,
    requestHeaderFeatures: { accept: MatchingAttributes.Contains },
    responseDelay: { type: DelayType.FIXED, constantDelay: 120 } });
assert.equal(await (await get('/things/7')).text(), 'none');
const begun = performance.now();
answer = await fetch(port + '/things/7?page=2', { headers: { accept: 'text/x-thing, */*' } });
assert.equal(await answer.text(), 'a thing');
assert.ok(performance.now() - begun >= 120);

const scenario = (required, next) =>
  ({ scenario: { scenarioName: 'states', requiredScenarioState: required, newScenarioState: next } });
await mock.register({ method: 'GET', endpoint: '/state' }, { status: 201 }, scenario('Started', 'over'));
await mock.register({ method: 'GET', endpoint: '/state' }, { status: 202 }, scenario('over', 'over'));
for (const status of [201, 202, 202]) assert.equal((await get('/state')).status, status);
assert.deepEqual((await mock.getAllScenarios()).map(({ name, state }) => [name, state]), [['states', 'over']]);
await mock.resetAllScenarios();
assert.equal((await get('/state')).status, 201);

for (const fault of Object.values(WireMockFault)) {
  const { id } = await mock.register({ method: 'GET', endpoint: '/broken' }, { status: 200 }, { fault });
  await assert.rejects(get('/broken').then((broken) => broken.text()), undefined, fault);
  await mock.deleteMapping(id);
}
await assert.rejects(
  mock.register({ method: 'GET', endpoint: '/x' }, { status: 200 }, { webhook: { method: 'GET', url: 'http://x' } }),
  (error) => error.response.status === 422 && /postServeActions/.test(JSON.stringify(error.response.data)));
await mock.clearAll();
assert.deepEqual([await mock.getAllMappings(), await mock.getAllRequests()], [[], []]);

// wiremock-rest-client: every service that Ringback has.
const client = new rest.WireMockRestClient(port, { logLevel: 'silent', continueOnFailure: true });
const stub = { request: { method: 'GET', urlPathPattern: '/api/hello.*' },
  response: { status: 200, jsonBody: { hello: 'world' } }, metadata: { by: 'rest' } };
const { id } = await client.mappings.createMapping(stub);
assert.deepEqual(await (await get('/api/helloworld')).json(), { hello: 'world' });
assert.equal((await client.mappings.getAllMappings()).meta.total, 1);
await client.mappings.updateMapping(id, { ...stub, response: { status: 204 } });
assert.equal((await get('/api/hello')).status, 204);
assert.equal((await client.mappings.findByMetaData({ matchesJsonPath: '$.by' })).meta.total, 1);
assert.equal((await client.requests.getCount({ method: 'GET', urlPathPattern: '/api/.*' })).count, 2);
assert.equal((await client.requests.findRequests({ url: '/api/hello' })).requests.length, 1);
const [latest] = (await client.requests.getAllRequests()).requests;
assert.equal((await client.requests.getRequest(latest.id)).stubMapping.id, id);
await client.requests.deleteRequest(latest.id);
assert.equal((await client.requests.getCount({})).count, 1);
await client.global.updateGlobalSettings({ fixedDelay: 0 });
assert.deepEqual((await client.scenarios.getAllScenarios()).scenarios, []);
await client.mappings.saveAllMappings();
await client.mappings.resetAllMappings();
assert.equal((await client.mappings.getMapping(id)).id, id);
await client.mappings.deleteMapping(id);
await client.global.resetAll();
assert.deepEqual((await client.mappings.getAllMappings()).mappings, []);
console.log('wiremock-captain and wiremock-rest-client of npm: well');
